"""`Fit.log_likelihood` is what PyMC computes, whichever engine drew."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray
from scipy import stats

from glm_magic import glm, load
from glm_magic._stack import group, to_native
from glm_magic.engines.instant.pointwise import Differs
from glm_magic.fit import log_likelihood

N = 60
FEW = {"draws": 50, "tune": 200, "chains": 2, "seed": 1}


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x = rng.normal(3, 1, N)
    return pd.DataFrame(
        {
            "x": x,
            "z": rng.normal(size=N),
            "g": rng.choice(list("abcd"), N),
            "y": 280 + 5 * x + rng.normal(0, 3, N),
            "k": rng.poisson(np.exp(0.3 * x)),
            "n": rng.integers(4, 9, N),
            "hits": rng.integers(0, 5, N),
            "w": rng.integers(1, 4, N),
            "kind": rng.choice(["low", "middle", "high"], N),
        }
    )


KINDS = {
    "line": ("y ~ x", {}),
    "groups and sigma": ("y ~ poly(x, 2) + (z|g)\nsigma ~ z", {}),
    "counts": ("k ~ x + offset(log(n))", {"family": "poisson"}),
    "trials": ("p(hits, n) ~ x + (1|g)", {"family": "beta_binomial"}),
    "weights": ("weighted(y, w) ~ x", {}),
    "categories": ("kind ~ x", {"family": "categorical"}),
}
INSTANT = {"line", "groups and sigma", "counts", "trials", "weights"}


def of_pymc(fit):
    found = pm.compute_log_likelihood(
        to_native(fit.posterior.copy()), model=fit.model, extend_inferencedata=False, progressbar=False
    )
    return found if isinstance(found, xarray.Dataset) else group(found, "log_likelihood")


def assert_same(fit):
    found, expected = fit.log_likelihood(), of_pymc(fit)
    assert set(found.data_vars) == set(expected.data_vars) == {rv.name for rv in fit.model.observed_RVs}
    for name in expected.data_vars:
        own = found[name]
        assert own.dims == expected[name].dims
        xarray.testing.assert_equal(own.coords.to_dataset(), expected[name].coords.to_dataset())
        np.testing.assert_allclose(own, expected[name], rtol=1e-10, atol=1e-10)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_that_of_pymc(kind, frame, without_sampling):
    formula, options = KINDS[kind]
    # nutpie would compile the others for half a minute, and any draws have a log-likelihood.
    with nullcontext() if kind in INSTANT else without_sampling():
        fit = glm(formula, frame, **options, **FEW)
    found = assert_same(fit)
    assert (found.attrs["computed_by"] == "the instant engine") == (kind in INSTANT)


def test_it_is_the_closed_form(frame):
    fit = glm("y ~ x", frame, **FEW)
    draws = fit.posterior["posterior"]
    mean = np.asarray(draws["Intercept"])[..., None] + np.asarray(draws["x"])[..., None] * frame["x"].values
    expected = stats.norm.logpdf(frame["y"].values, mean, np.asarray(draws["sigma"])[..., None])
    np.testing.assert_allclose(fit.log_likelihood()["y"], expected, rtol=1e-10)


def test_a_block_with_two_responses(frame):
    with pm.Model(coords={"row": np.arange(N)}) as model:
        slope = pm.Normal("slope", 0, 1)
        pm.Normal("y", 290, pm.HalfNormal("s", 5), observed=frame["y"], dims="row")
        pm.Poisson("k", pm.math.exp(slope * frame["z"].to_numpy()), observed=frame["k"])
    found = assert_same(glm(model, **FEW))
    assert found.attrs["computed_by"] == "the instant engine"
    assert found["y"].dims == ("chain", "draw", "row")


def test_of_another_engine_by_pymc(frame, no_sampling):
    fit = glm("y ~ x", frame, engine="nutpie", **FEW)
    assert assert_same(fit).attrs["computed_by"].startswith("PyMC")


def test_what_disagrees_is_not_given(frame, monkeypatch):
    fit = glm("y ~ x", frame, **FEW)
    monkeypatch.setattr(log_likelihood, "log_likelihoods", lambda *_: Differs(variable="y", error=0.1))
    with pytest.warns(UserWarning, match=r"of y differs from PyMC's by up to 1\.0e-01") as said:
        found = fit.log_likelihood()
    assert said[0].filename == __file__
    np.testing.assert_allclose(found["y"], of_pymc(fit)["y"], rtol=1e-12)


def test_it_adds_nothing_to_the_fit(frame):
    fit = glm("y ~ x", frame, **FEW)
    before = fit.posterior.copy(deep=True)
    fit.log_likelihood()
    xarray.testing.assert_identical(fit.posterior, before)


def test_a_loaded_fit_answers_alike(line_fit, tmp_path):
    line_fit.save(tmp_path / "fit.nc")
    xarray.testing.assert_allclose(
        load(tmp_path / "fit.nc").log_likelihood(), line_fit.log_likelihood(), rtol=1e-12
    )
