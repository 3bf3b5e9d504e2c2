"""Published posteriors, on data that can be made from their description.

Each expected mean and sd is the published one; the tolerance is a quarter of a published sd
(sources: the notebooks of pymc-examples and Bambi's documentation that each case names). Seeds
are fixed; nothing here was tuned to pass.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
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


# Motor Trend 1974, in Henderson & Velleman 1981, Biometrics 37, 391-411: R's mtcars.
CARS = {
    "mpg": "21 21 22.8 21.4 18.7 18.1 14.3 24.4 22.8 19.2 17.8 16.4 17.3 15.2 10.4 10.4 14.7 32.4 30.4 33.9 21.5 15.5 "
    "15.2 13.3 19.2 27.3 26 30.4 15.8 19.7 15 21.4",
    "cyl": "6 6 4 6 8 6 8 4 4 6 6 8 8 8 8 8 8 4 4 4 4 8 8 8 8 4 4 4 8 6 8 4",
    "hp": "110 110 93 110 175 105 245 62 95 123 123 180 180 180 205 215 230 66 52 65 97 150 150 245 175 66 91 113 264 "
    "175 335 109",
    "drat": "3.9 3.9 3.85 3.08 3.15 2.76 3.21 3.69 3.92 3.92 3.92 3.07 3.07 3.07 2.93 3 3.23 4.08 4.93 4.22 3.7 2.76 "
    "3.15 3.73 3.08 4.08 4.43 3.77 4.22 3.62 3.54 4.11",
    "gear": "4 4 4 3 3 3 3 4 4 4 4 3 3 3 3 3 3 4 4 4 3 3 3 3 3 4 5 5 5 5 5 4",
}


@pytest.fixture(scope="module")
def cars():
    numbers = pd.DataFrame({name: np.array(text.split(), dtype=float) for name, text in CARS.items()})
    assert numbers.mean().round(4).to_dict() == {
        "mpg": 20.0906, "cyl": 6.1875, "hp": 146.6875, "drat": 3.5966, "gear": 3.6875,
    }  # fmt: skip
    return numbers.astype({"cyl": int, "gear": int})


def assert_effects(table, expected):
    """Medians and ends of 95 % intervals within a quarter of a published sd, which is read off the interval."""
    published = np.array(expected)
    allowed = 0.25 * (published[:, 2] - published[:, 1]) / (2 * 1.96)
    found = table[["median", "2.5%", "97.5%"]].to_numpy()
    assert (np.abs(found - published) <= allowed[:, np.newaxis]).all(), table


def test_average_slopes_are_those_of_marginaleffects(cars):
    """Its author's example with brms in marginaleffects#529: `dydxavg` of ``hp ~ mpg + drat``."""
    fit = glm("hp ~ mpg + drat", cars, seed=SEED)
    assert_effects(fit.avg_slopes(prob=0.95), [(-10.013, -13.639, -6.113), (18.848, -23.478, 59.060)])


def test_average_comparisons_of_levels_are_those_of_marginaleffects(cars):
    """An example with rstanarm, whose default priors Bambi has, in bayestestR#670: gear against 3, by cyl."""
    fit = glm("mpg ~ C(gear) + C(cyl)", cars, seed=SEED)
    table = fit.avg_comparisons("gear", prob=0.95, by="cyl")
    assert list(table["contrast"]) == ["4 - 3"] * 3 + ["5 - 3"] * 3
    assert_effects(table, [(1.44, -2.54, 5.30)] * 3 + [(1.57, -2.28, 5.48)] * 3)


@pytest.mark.filterwarnings("ignore:hp = 50 is outside the data")
def test_average_predictions_at_chosen_values_are_those_of_marginaleffects(cars):
    """The medians in bayestestR#672, with rstanarm: every car with each number of cylinders, at 50 and 100 hp."""
    fit = glm("mpg ~ hp + C(cyl)", cars, seed=SEED)
    table = fit.avg_predictions(at={"cyl": [4, 6, 8], "hp": [50, 100]})
    published = np.array([27.41, 26.23, 21.51, 20.32, 18.88, 17.70])
    assert (np.abs(table["median"] - published) <= 0.25 * table["sd"]).all(), table
