"""New observations of every family, against the distribution functions of SciPy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from glm_magic import glm
from glm_magic.errors import DataError, ModelError
from glm_magic.predict import mixtures
from glm_magic.predict.bounds import within

N = 60
FEW = {"draws": 200, "chains": 2, "seed": 1}

pytestmark = [
    pytest.mark.filterwarnings("ignore::glm_magic.errors.Extrapolation"),
    pytest.mark.filterwarnings("ignore:Using 'c:FutureWarning"),
    # Of PyMC 5, while it builds a truncated distribution.
    pytest.mark.filterwarnings("ignore:Scan return signature:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x = rng.normal(3, 1, N)
    n = rng.integers(1, 12, N)
    y = 1 + x + rng.normal(size=N)
    count = rng.poisson(np.exp(0.3 * x)) * rng.binomial(1, 0.7, N)
    return pd.DataFrame(
        {
            "x": x,
            "y": y,
            "low": np.minimum(y - 0.1, 1.0),
            "n": n,
            "k": rng.binomial(n, 0.4),
            "count": count,
            "time": rng.gamma(2, 2, N),
            "amount": rng.gamma(2, 2, N) * rng.binomial(1, 0.7, N),
            "status": rng.choice(["none", "right"], N),
            "w": rng.uniform(0.5, 2.0, N),
            "a": rng.poisson(3, N),
            "b": rng.poisson(4, N),
            "c": rng.poisson(5, N),
            "kind": rng.choice(["low", "middle", "high"], N),
            "share": rng.beta(2, 3, N),
        }
    )


def gamma_of(q):
    return stats.gamma(q["alpha"], scale=q["mu"] / q["alpha"])


def negative_binomial_of(q):
    return stats.nbinom(q["alpha"], q["alpha"] / (q["alpha"] + q["mu"]))


class Inflated:
    """A distribution with zeros besides its own."""

    def __init__(self, psi, own):
        self.psi, self.own = psi, own

    def cdf(self, y):
        return (y >= 0) * (1 - self.psi) + self.psi * self.own.cdf(y)


class Above:
    """A distribution given that it is above a number."""

    def __init__(self, own, low=0):
        self.own, self.low = own, low

    def cdf(self, y):
        below = self.own.cdf(self.low)
        return np.maximum(self.own.cdf(y) - below, 0) / (1 - below)


def normal_of(q):
    return stats.norm(q["mu"], q["sigma"])


# Formula, options, and the distribution of an observation given the parameters and the columns of the new rows.
FAMILIES = {
    "weighted": ("weighted(y, w) ~ x", {}, lambda q, d: normal_of(q)),
    "binomial": ("p(k, n) ~ x", {"family": "binomial"}, lambda q, d: stats.binom(d["n"], q["p"])),
    "beta_binomial": (
        "p(k, n) ~ x",
        {"family": "beta_binomial"},
        lambda q, d: stats.betabinom(d["n"], q["mu"] * q["kappa"], (1 - q["mu"]) * q["kappa"]),
    ),
    "zero_inflated_binomial": (
        "p(k, n) ~ x",
        {"family": "zero_inflated_binomial"},
        lambda q, d: Inflated(q["psi"], stats.binom(d["n"], q["p"])),
    ),
    "zero_inflated_poisson": (
        "count ~ x\npsi ~ x",
        {"family": "zero_inflated_poisson"},
        lambda q, d: Inflated(q["psi"], stats.poisson(q["mu"])),
    ),
    "zero_inflated_negativebinomial": (
        "count ~ x",
        {"family": "zero_inflated_negativebinomial"},
        lambda q, d: Inflated(q["psi"], negative_binomial_of(q)),
    ),
    "hurdle_poisson": (
        "count ~ x",
        {"family": "hurdle_poisson"},
        lambda q, d: Inflated(q["psi"], Above(stats.poisson(q["mu"]))),
    ),
    "hurdle_negativebinomial": (
        "count ~ x",
        {"family": "hurdle_negativebinomial"},
        lambda q, d: Inflated(q["psi"], Above(negative_binomial_of(q))),
    ),
    "hurdle_gamma": (
        "amount ~ x",
        {"family": "hurdle_gamma", "link": "log"},
        lambda q, d: Inflated(q["psi"], gamma_of(q)),
    ),
    "hurdle_lognormal": (
        "amount ~ x",
        {"family": "hurdle_lognormal"},
        lambda q, d: Inflated(q["psi"], stats.lognorm(q["sigma"], scale=np.exp(q["mu"]))),
    ),
    # Latent, not as they would be recorded.
    "censored": ("censored(y, status) ~ x", {}, lambda q, d: normal_of(q)),
    "truncated by a column": ("truncated(y, low) ~ x", {}, lambda q, d: Above(normal_of(q), d["low"])),
    "truncated by a number": (
        "truncated(count, lb=0) ~ x",
        {"family": "poisson"},
        # Bounds are included: what is left out lies below 0, so nothing is.
        lambda q, d: stats.poisson(q["mu"]),
    ),
    "constrained": ("constrained(y, 0) ~ x", {}, lambda q, d: Above(normal_of(q))),
}


def uniforms(distribution, y, rng):
    """Randomised probability integral transforms: uniform if y has the distribution (Smith 1985, J. Forecasting 4)."""
    at = distribution.cdf(y)
    below = distribution.cdf(np.nextafter(y, -np.inf))
    return below + rng.random(y.shape) * (at - below)


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("place", ["the rows of the data", "new rows"])
def test_an_observation_has_the_distribution_of_its_parameters(name, place, frame, no_sampling):
    formula, options, distribution = FAMILIES[name]
    fit = glm(formula, frame, **options, **FEW)
    new = None
    if place == "new rows":
        new = {"x": [2.0, 3.0, 4.0], "n": [3, 0, 40], "low": [-1.0, 2.5, 5.0], "w": [1.0, 1.0, 1.0]}
    columns = frame if new is None else pd.DataFrame(new)
    y = fit.predict(new, kind="response", draws=True)
    parameters = fit.predict(new, kind="parameters", draws=True)
    given = {one: np.asarray(values.broadcast_like(y)) for one, values in parameters.data_vars.items()}
    rows = {one: np.broadcast_to(columns[one], y.shape) for one in ("n", "low")}
    found = uniforms(distribution(given, rows), y.to_numpy().astype(float), np.random.default_rng(3))
    # One value of each draw: those of a draw share its parameters, and are independent given them.
    assert stats.kstest(found.ravel(), "uniform").pvalue > 1e-3
    if formula.startswith(("p(", "count")):
        assert y.dtype.kind == "i"


@pytest.mark.parametrize("family", ["multinomial", "dirichlet_multinomial"])
def test_counts_of_categories_have_their_margins_and_add_up(family, frame, no_sampling):
    fit = glm("c(a, b, c) ~ x", frame, family=family, **FEW)
    new = {"x": [2.0, 4.0], "a": [0, 10], "b": [3, 10], "c": [4, 80]}
    y = fit.predict(new, kind="response", draws=True)
    parameters = fit.predict(new, kind="parameters", draws=True)
    np.testing.assert_array_equal(y.sum("category"), np.broadcast_to([7, 100], y.shape[:3]))
    n = np.broadcast_to([7, 100], y.shape[:3])
    own = np.asarray(parameters["p" if family == "multinomial" else "a"])
    rng = np.random.default_rng(3)
    for place in range(3):
        if family == "multinomial":
            margin = stats.binom(n, own[..., place])
        else:
            margin = stats.betabinom(n, own[..., place], own.sum(axis=-1) - own[..., place])
        found = uniforms(margin, y.to_numpy()[..., place].astype(float), rng)
        assert stats.kstest(found.ravel(), "uniform").pvalue > 1e-3


def test_categories_have_their_probabilities(frame, no_sampling):
    fit = glm("kind ~ x", frame, family="categorical", **FEW)
    y = fit.predict(kind="response", draws=True).to_numpy()
    p = fit.predict(draws=True).to_numpy()
    for place in range(3):
        z = ((y == place) - p[..., place]).sum() / np.sqrt((p[..., place] * (1 - p[..., place])).sum())
        assert abs(z) < 4


@pytest.mark.parametrize("mu", [1e-9, 1e-3, 0.5, 4.0, 300.0])
def test_a_count_above_zero_has_its_distribution_however_improbable_it_is(mu):
    rng = np.random.default_rng(5)
    q = {"mu": np.full(20_000, mu), "alpha": np.full(20_000, 1.7)}
    found = mixtures._positive_poisson(q, rng).astype(float)
    assert found.min() >= 1
    # Of a count above zero that is 1e-9 likely, SciPy's distribution function has no digits left: it is 1.
    if mu > 1e-6:
        assert stats.kstest(uniforms(Above(stats.poisson(mu)), found, rng), "uniform").pvalue > 1e-3
        found = mixtures._positive_negative_binomial(q, rng).astype(float)
        own = Above(negative_binomial_of({"mu": mu, "alpha": 1.7}))
        assert stats.kstest(uniforms(own, found, rng), "uniform").pvalue > 1e-3
    else:
        assert found.max() == 1
        assert mixtures._positive_negative_binomial(q, rng).max() == 1


def test_bounds_of_new_rows_are_in_their_columns(frame, no_sampling):
    fit = glm("truncated(y, low, ub=x + 20) ~ x", frame, **FEW)
    with pytest.raises(DataError, match="lack 'low'"):
        fit.predict({"x": 3.0}, kind="response")
    with pytest.raises(
        DataError, match="lower bound must be below the upper one, and they are 40 and 23 in row 1"
    ):
        fit.predict({"x": 3.0, "low": [0.0, 40.0]}, kind="response")
    # A mean, and parameters, need no bounds.
    assert len(fit.predict({"x": 3.0})) == 1
    assert "low" in fit.predict(kind="response")


def test_a_row_that_is_never_within_its_bounds_is_an_error(frame, no_sampling):
    fit = glm("truncated(y, low) ~ x", frame, **FEW)
    with pytest.raises(ModelError, match="in row 1 next to no new observation lies within the bounds"):
        fit.predict({"x": 3.0, "low": [0.0, 500.0]}, kind="response")


def test_an_improbable_number_within_bounds_is_found():
    """P(Z > 4) = 3.2e-5: the numbers above have the tail's own distribution."""
    rng = np.random.default_rng(2)
    zeros = np.zeros((400, 3))
    bounds = (np.array([4.0]), np.array([np.inf]))
    found = within(lambda q: rng.normal(q["mu"]), {"mu": zeros}, bounds, zeros.shape)
    tail = stats.truncnorm(4, np.inf)
    assert stats.kstest(found.ravel(), tail.cdf).pvalue > 1e-3


def test_a_truncated_response_is_drawn_anew_within_its_bounds(frame, no_sampling):
    fit = glm("truncated(y, low) ~ x", frame, **FEW)
    (drawn,) = fit.posterior_predictive()["posterior_predictive"].data_vars.values()
    assert (drawn.to_numpy() >= frame["low"].to_numpy()).all()
