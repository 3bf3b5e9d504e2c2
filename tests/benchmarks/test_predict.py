"""Means at 1,000 new rows from 4,000 draws, against Bambi's predict and NumPy's quantiles.

``make bench`` prints times and ratios; nothing is asserted, for the machines are shared.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from glm_magic import glm
from glm_magic._stack import to_native, to_tree
from glm_magic.errors import Extrapolation

ROUNDS = 7
FORMULAS = {
    "line": ("y ~ x", {}),
    "groups": ("y ~ x + (x|g)", {}),
    "counts": ("count ~ x + (1|g)", {"family": "poisson"}),
    "zeros": ("count ~ x + (1|g)", {"family": "zero_inflated_poisson"}),
}


def seconds(run: Callable[[], Any]) -> float:
    """The median of some rounds in a warm kernel."""
    run()
    found = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        run()
        found.append(time.perf_counter() - begin)
    return statistics.median(found)


FAMILIES = {
    "t": ("y ~ x", {}),
    "bernoulli": ("hit ~ x", {}),
    "binomial": ("p(hits, n) ~ x", {}),
    "beta_binomial": ("p(hits, n) ~ x", {}),
    "zero_inflated_binomial": ("p(hits, n) ~ x", {}),
    "poisson": ("count ~ x", {}),
    "negativebinomial": ("count ~ x", {}),
    "zero_inflated_poisson": ("count ~ x", {}),
    "zero_inflated_negativebinomial": ("count ~ x", {}),
    "hurdle_poisson": ("count ~ x", {}),
    "hurdle_negativebinomial": ("count ~ x", {}),
    "hurdle_gamma": ("time ~ x", {"link": "log"}),
    "hurdle_lognormal": ("time ~ x", {}),
    "gamma": ("time ~ x", {"link": "log"}),
    "wald": ("time ~ x", {"link": "log"}),
    "weibull": ("time ~ x", {"link": "log"}),
    "beta": ("share ~ x", {}),
    "vonmises": ("angle ~ x", {}),
    "categorical": ("kind ~ x", {}),
    "cumulative": ("grade ~ x", {}),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_observations_of_a_family(family, no_sampling):
    """How long does not depend on where the draws are from."""
    formula, options = FAMILIES[family]
    rng = np.random.default_rng(1)
    x, n = rng.normal(3, 1, 300), rng.integers(1, 9, 300)
    data = pd.DataFrame(
        {
            "x": x,
            "n": n,
            "y": 2 * x + rng.normal(size=300),
            "hit": rng.binomial(1, 0.4, 300),
            "hits": rng.binomial(n, 0.4),
            "count": rng.poisson(np.exp(0.3 * x)),
            "time": rng.gamma(2, 2, 300),
            "share": rng.beta(2, 3, 300),
            "angle": rng.vonmises(0, 2, 300),
            "kind": rng.choice(["low", "middle", "high"], 300),
            "grade": pd.Categorical(rng.integers(1, 5, 300), ordered=True),
        }
    )
    fit = glm(formula, data, family=family, draws=1000, chains=4, seed=1, **options)
    new = pd.DataFrame({"x": np.linspace(x.min(), x.max(), 1000), "n": np.resize(n, 1000)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Extrapolation)
        found = {
            kind: seconds(lambda kind=kind: fit.predict(new, kind=kind)) for kind in ("mean", "response")
        }
    print(f"\n{family}: means {found['mean']:.3f} s, new observations {found['response']:.3f} s")


@pytest.mark.parametrize("name", FORMULAS)
def test_means_at_a_thousand_rows(name):
    formula, options = FORMULAS[name]
    rng = np.random.default_rng(1)
    x, g = rng.normal(3, 1, 300), np.resize([f"s{number:02d}" for number in range(20)], 300)
    data = pd.DataFrame({"x": x, "g": g, "y": 2 * x + rng.normal(size=300)})
    data["count"] = rng.poisson(np.exp(0.3 * x))
    fit = glm(formula, data, draws=1000, chains=4, seed=1, **options)
    new = pd.DataFrame({"x": np.linspace(x.min(), x.max(), 1000), "g": np.resize(g, 1000)})
    native = to_native(fit.posterior.copy(deep=True))

    def bambi() -> Any:
        predicted = to_tree(fit.bambi.predict(native, data=new, inplace=False))
        lines = predicted["posterior"][fit.bambi.family.likelihood.parent].to_numpy().reshape(4000, 1000)
        return lines.mean(axis=0), lines.std(axis=0), np.quantile(lines, [0.055, 0.945], axis=0)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Extrapolation)
        ours, theirs = seconds(lambda: fit.predict(new)), seconds(bambi)
        observations = seconds(lambda: fit.predict(new, kind="response"))
    print(f"\n{name}: means {ours:.3f} s, Bambi {theirs:.3f} s ({theirs / ours:.1f} times as long)")
    print(f"{name}: new observations {observations:.3f} s")
