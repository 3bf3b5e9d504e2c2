"""PyMC's, Bambi's and ArviZ's functions, given a fit's model and its posterior, agree with the fit."""

from __future__ import annotations

import bambi
import numpy as np
import pandas as pd
import pymc
import pytest
from scipy import stats

from glm_magic import glm
from glm_magic._stack import to_native

# PyMC's own functions are called here, outside a fit: the first that compiles looks for a BLAS, which is about speed.
pytestmark = pytest.mark.filterwarnings("ignore:PyTensor could not link to a BLAS")

N = 60
FEW = {"draws": 40, "tune": 200, "chains": 2, "seed": 1}


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x, z = rng.normal(3, 1, N), rng.normal(size=N)
    g = rng.choice(list("abcd"), N)
    y = 280 + 5 * x + 4 * np.array([ord(one) - 97 for one in g]) + rng.normal(0, 3, N)
    return pd.DataFrame(
        {
            "x": x,
            "z": z,
            "g": g,
            "y": y,
            "n": rng.integers(1, 9, N),
            "count": rng.poisson(np.exp(0.3 * x)),
            "hit": (rng.random(N) < 0.4).astype(int),
            "kind": rng.choice(["low", "middle", "high"], N),
            "grade": pd.Categorical(rng.integers(1, 5, N), ordered=True),
        }
    )


KINDS = {
    "line": ("y ~ x", {}),
    "polynomial": ("y ~ poly(x, 2) + z", {}),
    "spline": ("y ~ bs(x, df=4)", {}),
    "contrast": ("y ~ x + C(g, Treatment('b'))", {}),
    "slash": ("y ~ I(x / 10)", {}),
    "interaction": ("y ~ x * g", {}),
    "no intercept": ("y ~ 0 + g + x", {}),
    "groups": ("y ~ x + (1|g)", {}),
    "slopes": ("y ~ x + (z|g)", {}),
    "centred groups": ("y ~ x + (1|g)", {"priors": {"1|g": "StudentT(3, 0, HalfNormal(5))"}}),
    "sigma": ("y ~ x\nsigma ~ z", {}),
    "offset": ("count ~ x + offset(log(n))", {"family": "poisson"}),
    "trials": ("p(hit, n) ~ x + (1|g)", {"family": "binomial"}),
    "process": ("y ~ hsgp(x, m=5, c=1.5)", {}),
    "categories": ("kind ~ x + z", {"family": "categorical"}),
    "ordered": ("grade ~ 0 + x", {"family": "cumulative"}),
}


@pytest.fixture(scope="module", params=KINDS, ids=str)
def fit(request, frame):
    formula, options = KINDS[request.param]
    return glm(formula, frame, **options, **FEW)


def native(fit):
    return to_native(fit.posterior.copy(deep=True))


def pointwise(result, name):
    group = result.get("log_likelihood", result)
    return np.asarray(group[name].transpose("chain", "draw", ...))


def observed(fit):
    (one,) = fit.model.observed_RVs
    return one.name


def test_the_posterior_has_every_free_variable_of_the_model(fit):
    drawn = set(fit.posterior["posterior"].data_vars)
    assert {variable.name for variable in fit.model.free_RVs} <= drawn


def test_log_likelihoods_of_pymc_and_of_bambi_are_equal(fit):
    theirs = pymc.compute_log_likelihood(
        native(fit), model=fit.model, extend_inferencedata=False, progressbar=False
    )
    of_bambi = fit.bambi.compute_log_likelihood(native(fit), inplace=False)
    name = observed(fit)
    np.testing.assert_allclose(pointwise(theirs, name), pointwise(of_bambi, name), rtol=1e-8, atol=1e-8)


def test_parameters_that_pymc_computes_are_those_of_bambi(fit):
    parent = fit.bambi.family.likelihood.parent
    if fit.bambi.family.name == "cumulative":
        pytest.skip("Bambi gives the variable of the probabilities the dims of another")
    forward = pymc.sample_posterior_predictive(
        native(fit), model=fit.model, var_names=[parent], progressbar=False, random_seed=1
    )
    predicted = fit.bambi.predict(native(fit), kind="response_params", inplace=False)
    expected = np.asarray(predicted["posterior"][parent].transpose("chain", "draw", ...))
    found = np.asarray(forward["posterior_predictive"][parent].transpose("chain", "draw", ...))
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-8, atol=1e-10)


def test_the_log_likelihood_of_a_line_is_the_closed_form(frame):
    fit = glm("y ~ x", frame, **FEW)
    draws = fit.posterior["posterior"]
    mean = (
        np.asarray(draws["Intercept"])[..., None] + np.asarray(draws["x"])[..., None] * frame["x"].to_numpy()
    )
    expected = stats.norm.logpdf(frame["y"].to_numpy(), mean, np.asarray(draws["sigma"])[..., None])
    theirs = pymc.compute_log_likelihood(
        native(fit), model=fit.model, extend_inferencedata=False, progressbar=False
    )
    np.testing.assert_allclose(pointwise(theirs, "y"), expected, rtol=1e-10)


def test_the_model_fitted_again_reports_the_same_intercept(frame):
    first = glm("y ~ x + poly(z, 2)", frame, seed=1)
    again = glm(first.model, seed=2)
    ours, theirs = first.summary().loc["Intercept"], again.summary().loc["Intercept"]
    assert abs(ours["mean"] - theirs["mean"]) < 4 * np.hypot(ours["mcse_mean"], theirs["mcse_mean"])
    assert abs(ours["mean"] - 280) < 4 * ours["sd"]


def test_bambi_fits_its_model_again_with_the_same_intercept(frame):
    """Bambi moves the intercept after sampling; the model that it is given here has both already."""
    fit = glm("y ~ x", frame, seed=1)
    again = fit.bambi.fit(draws=300, tune=300, chains=2, random_seed=1, progressbar=False)
    theirs = float(again["posterior"]["Intercept"].mean())
    assert abs(theirs - fit.summary().loc["Intercept", "mean"]) < 1
    fit.bambi.set_priors({"x": bambi.Prior("Normal", mu=5, sigma=1)})
    anew = fit.bambi.fit(draws=300, tune=300, chains=2, random_seed=1, progressbar=False)
    assert abs(float(anew["posterior"]["Intercept"].mean()) - 280) < 8


def test_what_is_internal_is_in_no_table(frame):
    fit = glm("y ~ x + (1|g)", frame, **FEW)
    assert {"Intercept_centered", "1|g_offset"} <= set(fit.posterior["posterior"].data_vars)
    labels = " ".join(fit.summary().index)
    assert "centered" not in labels
    assert "offset" not in labels
    assert "Intercept_centered" not in repr(fit)


def test_a_column_called_like_the_centered_intercept_keeps_its_effect(frame):
    odd = frame.rename(columns={"z": "Intercept_centered"})
    fit = glm("y ~ x + Intercept_centered", odd, **FEW)
    assert "Intercept_centered (column)" in fit.summary().index


def test_observed_data_are_those_of_pymc(frame):
    fit = glm("count ~ x", frame, family="poisson", **FEW)
    found = fit.posterior["observed_data"]["count"]
    assert found.dtype.kind == "i"
    assert found.dims == ("__obs__",)
    np.testing.assert_array_equal(found["__obs__"], np.arange(N))
    np.testing.assert_array_equal(found, frame["count"])
