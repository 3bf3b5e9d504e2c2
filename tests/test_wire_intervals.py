"""The intervals that the browser's tests compare with: what NumPy and scipy say today."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("bambi")

from bambi.defaults.families import BUILTIN_FAMILIES

sys.path.insert(0, str(Path(__file__).parent / "wire"))  # pytest's importlib mode finds no neighbours
WRITER, STORED = importlib.import_module("write_intervals"), importlib.import_module("stored")

pytestmark = [
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Scan return signature:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
]


@pytest.fixture(scope="module")
def stored():
    """The cases of the file; a model may be there for its bands, and again for its observations."""
    return STORED.read(WRITER.INTERVALS, WRITER.Cases)


def test_the_stored_intervals_are_those_of_today(stored):
    today = STORED.sent(WRITER.Cases(cases=tuple(WRITER.cases())))
    missing = {family for _, family in WRITER.OBSERVED if family not in BUILTIN_FAMILIES}
    known = [one for one in stored.cases if one.predictor.tables.family not in missing]
    STORED.same(today.cases, tuple(known))
    assert (today.probs, today.seeds) == (stored.probs, stored.seeds)


def test_the_band_around_curves_has_the_stated_number_within():
    """Of different kinds of curves; counted without what makes the band."""
    rng = np.random.default_rng(5)
    x = np.linspace(0, 2, 15)
    lines = rng.normal(size=(80, 1)) + rng.normal(size=(80, 1)) * x
    for curves in (lines, np.cumsum(rng.normal(size=(60, 15)), axis=1), np.exp(lines)):
        for prob in WRITER.PROBS:
            low, high = WRITER.curvewise(curves, prob)
            within = sum(all(low <= one) and all(one <= high) for one in curves)
            assert within == np.ceil(prob * len(curves) - 1e-9)


@pytest.mark.parametrize(
    "family", ["hurdle_poisson", "zero_inflated_negativebinomial", "hurdle_gamma", "gamma"]
)
def test_the_distribution_over_draws_is_that_of_its_observations(family):
    """Moments and quantiles of a mixture of two, against so many draws of NumPy."""
    q = {"mu": np.array([0.7, 3.0]), "alpha": np.array([2.0, 0.8]), "psi": np.array([0.3, 0.8])}
    mixture = WRITER.Mixture(family, q)
    rng = np.random.default_rng(6)
    count = 40_000
    shape, mean, psi = (np.tile(q[name], count // 2) for name in ("alpha", "mu", "psi"))
    rate = mean if "poisson" in family else rng.gamma(shape, mean / shape)
    there = rate if "gamma" in family else rng.poisson(rate)
    while family == "hurdle_poisson" and np.any(there == 0):
        there = np.where(there == 0, rng.poisson(rate), there)
    drawn = np.where(rng.random(count) < psi, there, 0.0) if family != "gamma" else there
    for k, moment in enumerate(mixture.moments(), start=1):
        assert abs(np.mean(drawn**k) - moment) <= 4 * np.std(drawn**k) / np.sqrt(count)
    for p in (0.05, 0.5, 0.95):
        at = mixture.ppf(p)
        assert abs(np.mean(drawn <= at) - mixture.cdf(at)) <= 4 * np.sqrt(p * (1 - p) / count)
        assert mixture.cdf(at) >= p - 1e-9
