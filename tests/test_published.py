"""Published posteriors, on data that can be made from their description.

Each expected mean and sd is the published one; the tolerance is a quarter of a published sd
(sources: the notebooks of pymc-examples and Bambi's documentation that each case names). Seeds
are fixed; nothing here was tuned to pass.
"""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from scipy.special import expit

from glm_magic import glm

pytestmark = pytest.mark.slow
SEED = 1234


def assert_published(fit, expected, tolerance=0.25):
    summary = fit.summary()
    for label, (mean, sd) in expected.items():
        assert abs(summary.loc[label, "mean"] - mean) <= tolerance * sd, label
        assert 0.85 <= summary.loc[label, "sd"] / sd <= 1.15, label


@pytest.fixture(scope="module")
def line():
    """Seed 8927: intercept 1, slope 2, noise 0.5 on 200 points."""
    rng = np.random.default_rng(8927)
    x = np.linspace(0, 1, 200)
    return {"x": x, "y": 1 + 2 * x + rng.normal(scale=0.5, size=200)}


# Least squares on the same data: estimates and standard errors.
LINE = {"Intercept": (1.0461, 0.0734), "slope": (2.0597, 0.1269), "sigma": (0.5235, 0.0265)}


def test_the_line_as_a_formula(line):
    fit = glm("y ~ x", line, seed=SEED, truth={"Intercept": 1, "x": 2})
    assert_published(fit, {"x" if name == "slope" else name: value for name, value in LINE.items()}, 0.15)
    assert fit.findings == ()
    axis = fit.view.tabs.fan.axes[0]
    np.testing.assert_allclose(axis.strata[0].truth, 1 + 2 * axis.grid)
    predicted = fit.predict({"x": [0.0, 1.0]})
    assert predicted["mean"].tolist() == pytest.approx([1.046, 3.106], abs=0.02)


def test_the_line_by_hand(line):
    with pm.Model() as model:
        sigma = pm.HalfCauchy("sigma", beta=10)
        intercept = pm.Normal("Intercept", 0, sigma=20)
        slope = pm.Normal("slope", 0, sigma=20)
        pm.Normal("y", mu=intercept + slope * line["x"], sigma=sigma, observed=line["y"])
    fit = glm(model, line, seed=SEED, truth={"Intercept": 1, "slope": 2})
    assert_published(fit, LINE, 0.15)
    (axis,) = fit.view.tabs.fan.axes
    assert (axis.label, axis.strata[0].lines.kind) == ("x", "affine")
    np.testing.assert_allclose(axis.strata[0].truth, 1 + 2 * axis.grid)


def test_outliers_under_student_t():
    """Bambi's t_regression."""
    rng = np.random.default_rng(1211)
    x = np.linspace(0, 1, 100)
    y = 1 + 2 * x + rng.normal(scale=0.5, size=100)
    data = {"x": np.append(x, [0.1, 0.15, 0.2]), "y": np.append(y, [8, 6, 9])}
    fit = glm("y ~ x", data, family="t", seed=SEED)
    assert_published(
        fit, {"Intercept": (1.018, 0.119), "x": (1.785, 0.2), "sigma": (0.468, 0.055), "nu": (2.69, 0.678)}
    )


def test_a_term_whose_name_breaks_nutpie():
    """Bambi's polynomial_regression, the projectile: its name holds commas."""
    t = np.linspace(0, 2, 100)
    rng = np.random.default_rng(1234)
    rng.normal(0, 0.3, 100)  # the falling ball's noise, drawn before from the same generator
    x = -4.905 * t**2 + 7 * t + 1.5 + rng.normal(0, 0.2, 100)
    fit = glm("x ~ poly(t, 2, raw=True)", {"x": x[x >= 0], "t": t[x >= 0]}, seed=SEED)
    assert_published(
        fit,
        {
            "Intercept": (1.561, 0.067),
            "poly(t, 2, raw=True)[0]": (6.911, 0.196),
            "poly(t, 2, raw=True)[1]": (-4.87, 0.118),
            "sigma": (0.201, 0.017),
        },
    )
    assert [axis.label for axis in fit.view.tabs.fan.axes] == ["t"]


def test_a_design_matrix_by_hand():
    """GLM-out-of-sample-predictions of pymc-examples: a pm.Data matrix with a product column."""
    rng = np.random.default_rng(8927)
    x1, x2 = rng.normal(0, 2, 250), rng.normal(0, 2, 250)
    y = rng.binomial(1, expit(-0.5 + x1 - x2 + 2 * x1 * x2), 250)
    kept = rng.permutation(250)[:175]
    x1, x2, y = x1[kept], x2[kept], y[kept]
    with pm.Model(coords={"coeffs": ["Intercept", "x1", "x2", "x1:x2"]}) as model:
        design = pm.Data("X", np.column_stack([np.ones(175), x1, x2, x1 * x2]))
        b = pm.Normal("b", 0, 1, dims="coeffs")
        pm.Bernoulli("y", p=pm.math.invlogit(design @ b), observed=y)
    fit = glm(model, {"x1": x1, "x2": x2, "y": y}, seed=SEED)
    assert_published(
        fit,
        {
            "b[Intercept]": (-0.215, 0.231),
            "b[x1]": (0.705, 0.193),
            "b[x2]": (-0.675, 0.209),
            "b[x1:x2]": (1.698, 0.303),
        },
    )
    assert [axis.label for axis in fit.view.tabs.fan.axes] == ["x1", "x2"]


def test_eight_schools_centred_is_not_to_be_trusted():
    """Rubin 1981; the centred form, as the Stan and ArviZ documentation show it."""
    effects = np.array([28, 8, -3, 7, -1, 1, 18, 12.0])
    errors = np.array([15, 10, 16, 11, 9, 11, 10, 18.0])
    with pm.Model() as model:
        mu, tau = pm.Normal("mu", 0, 5), pm.HalfCauchy("tau", 5)
        theta = pm.Normal("theta", mu, tau, shape=8)
        pm.Normal("y", theta, errors, observed=effects)
    rules = {finding.rule for finding in glm(model, seed=SEED).findings}
    assert {"divergences", "ess_bulk", "energy"} <= rules


@pytest.mark.parametrize("n", [10, 100, 1000])
def test_two_intercepts_that_cannot_be_told_apart(n):
    """Statistical Rethinking, model 9.4; a mass matrix that made these chains mix would hide it."""
    y = np.random.default_rng(0).normal(0, 1, n)
    with pm.Model() as model:
        a1, a2 = pm.Normal("a1", 0, 1000), pm.Normal("a2", 0, 1000)
        pm.Normal("y", a1 + a2, pm.HalfNormal("sigma", 1), observed=y)
    rules = {finding.rule for finding in glm(model, seed=SEED).findings}
    assert {"r_hat", "tree_depth", "ess_bulk"} <= rules
