"""`Fit.loo` and `compare` are ArviZ's, and `loo` is near the fits that leave one out."""

from __future__ import annotations

import arviz_stats
import numpy as np
import pandas as pd
import pymc as pm
import pytest
from scipy import stats

import glm_magic
from glm_magic import compare, glm, load
from glm_magic.errors import ModelError
from glm_magic.predict import size

N = 60
FEW = {"draws": 300, "tune": 300, "chains": 2, "seed": 1}


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x, z = rng.normal(3, 1, N), rng.normal(size=N)
    return pd.DataFrame({"x": x, "z": z, "y": 280 + 5 * x + rng.normal(0, 3, N)})


@pytest.fixture(scope="module")
def fits(frame):
    return {"x": glm("y ~ x", frame, **FEW), "z": glm("y ~ z", frame, **FEW)}


def native(fit):
    """What ArviZ computes of PyMC's own log likelihood."""
    tree = fit.posterior.copy()
    found = pm.compute_log_likelihood(
        fit.to_arviz(), model=fit.model, extend_inferencedata=False, progressbar=False
    )
    tree["log_likelihood"] = type(tree)(found)
    return tree


def test_loo_is_that_of_arviz_and_pymc(fits):
    found, expected = fits["x"].loo(), arviz_stats.loo(native(fits["x"]), pointwise=True)
    assert found.elpd == pytest.approx(expected.elpd, rel=1e-9)
    assert found.se == pytest.approx(expected.se, rel=1e-9)
    assert found.p == pytest.approx(expected.p, rel=1e-7)
    np.testing.assert_allclose(found.pareto_k, expected.pareto_k, rtol=1e-6)
    assert not found.warning


def test_loo_is_near_the_exact_one(frame, fits):
    """Of least squares without one row: its t density there, within the Monte Carlo error of 600 draws.

    Seed 1; the priors of Bambi are wide enough not to be seen.
    """
    exact = 0.0
    for row in range(N):
        rest = frame.drop(index=row)
        design = np.column_stack([np.ones(N - 1), rest["x"]])
        coefficients, residual, *_ = np.linalg.lstsq(design, rest["y"], rcond=None)
        scale = np.sqrt(residual[0] / (N - 3))
        here = np.array([1.0, frame["x"][row]])
        spread = scale * np.sqrt(1 + here @ np.linalg.inv(design.T @ design) @ here)
        exact += stats.t.logpdf(frame["y"][row], N - 3, here @ coefficients, spread)
    assert fits["x"].loo().elpd == pytest.approx(exact, abs=0.5)


def test_a_bad_pareto_k_is_said(frame):
    odd = frame.assign(y=frame["y"].where(frame.index != 7, 400))
    fit = glm("y ~ x + I(x**2) + z", odd, **FEW)
    with pytest.warns(UserWarning, match="shape parameter of Pareto distribution is greater"):
        found = fit.loo()
    assert float(found.pareto_k[7]) > found.good_k
    assert "bad" in str(found)


def test_compare_is_that_of_arviz(fits):
    found = compare(fits)
    expected = arviz_stats.compare({name: native(fit) for name, fit in fits.items()})
    pd.testing.assert_frame_equal(found, expected)
    assert list(found.index) == ["x", "z"]
    assert glm_magic.compare is compare
    method = compare(fits, method="pseudo-BMA")
    assert method["weight"].iloc[0] > 0.99


def test_fits_of_other_observations_are_refused(frame, fits):
    shifted = frame.assign(y=frame["y"] + 1)
    others = {
        r"'a' has 60 rows, and 'b' has 55": glm("y ~ x", frame[:55], **FEW),
        r"'a' and 'b' have other values of y": glm("y ~ x", shifted, **FEW),
        r"'a' is a model of y, and 'b' of x": glm("x ~ z", frame, **FEW),
    }
    for message, other in others.items():
        with pytest.raises(ModelError, match=message):
            compare({"a": fits["x"], "b": other})


@pytest.mark.parametrize("given", [{}, {"a": None, "b": 1}, 3, ["a", "b"]])
def test_what_is_not_fits_by_name_is_refused(given):
    with pytest.raises(ModelError, match="two or more fits by name"):
        compare(given)


def test_one_of_several_responses_is_named(frame):
    with pm.Model() as model:
        location = pm.Normal("location", 0, 300)
        # An array, for PyMC takes the logarithm of a plain 10 in 32 bits.
        pm.Normal("y", location, np.array(10.0), observed=frame["y"])
        pm.Normal("x", location / 100, np.array(10.0), observed=frame["x"])
    fit = glm(model, **FEW)
    with pytest.raises(ModelError, match="2 responses: y, x"):
        fit.loo()
    with pytest.raises(ModelError, match="no response 'q'"):
        fit.loo(var_name="q")
    expected = arviz_stats.loo(native(fit), var_name="x")
    assert fit.loo(var_name="x").elpd == pytest.approx(expected.elpd, rel=1e-9)


def test_a_loaded_fit_answers_alike(fits, tmp_path):
    fits["x"].save(tmp_path / "fit.nc")
    assert load(tmp_path / "fit.nc").loo().elpd == pytest.approx(fits["x"].loo().elpd, rel=1e-12)


def test_draws_are_thinned_and_what_is_too_large_is_refused_before_it_is_computed(no_sampling, monkeypatch):
    rng = np.random.default_rng(8927)
    frame = pd.DataFrame({"x": rng.normal(size=60), "y": rng.normal(size=60)})
    fit = glm("y ~ x", frame, draws=1000, chains=2, seed=1)
    whole, some = fit.log_likelihood(), fit.log_likelihood(draws=200)
    assert dict(some.sizes) == {"chain": 2, "draw": 100, "__obs__": 60}
    assert set(np.asarray(some["draw"])) < set(range(1000))
    np.testing.assert_allclose(some["y"], whole["y"].sel(draw=some["draw"]))
    found = fit.loo(draws=200)
    assert found.n_samples == 200
    assert found.elpd == pytest.approx(fit.loo().elpd, abs=1)
    monkeypatch.setattr(size, "MOST_NUMBERS", 60 * 500)
    with pytest.raises(ModelError, match=r"60 rows and 2,000 draws would take 0 GB") as error:
        fit.loo()
    assert "draws=500" in str(error.value)
    assert fit.loo(draws=500).n_samples == 500
    for verb in (lambda: fit.predict(draws=True), fit.posterior_predictive):
        with pytest.raises(ModelError, match="60 rows"):
            verb()
    # A table is computed part by part.
    assert len(fit.predict()) == 60
    for draws in (0, "x", 1.5):
        with pytest.raises(ModelError, match="draws"):
            fit.loo(draws=draws)
