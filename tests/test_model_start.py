"""Links that give no possible mean where the priors have their centre: which link, and what to write."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pymc as pm
import pytest

from glm_magic.api import glm
from glm_magic.errors import StartError

RNG = np.random.default_rng(8927)
X = RNG.normal(size=80)
DATA = pd.DataFrame(
    {
        "x": X,
        "g": np.repeat(["a", "b", "c", "d"], 20),
        "count": RNG.poisson(np.exp(1 + 0.3 * X)),
        "cost": RNG.gamma(5, np.exp(1 + 0.2 * X) / 5),
        "hit": RNG.integers(0, 2, 80),
        "n": np.full(80, 9),
        "k": RNG.binomial(9, 0.4, 80),
    }
)


@pytest.mark.parametrize(
    ("formula", "family", "link", "other"),
    [
        ("cost ~ 0 + x", "gamma", None, "log"),
        ("cost ~ x\nIntercept ~ Uniform(-9, -8)", "gamma", "inverse", "log"),
        ("cost ~ 0 + x", "gamma", "identity", "log"),
        ("cost ~ 0 + x", "wald", None, "log"),
        ("cost ~ g\nIntercept ~ Uniform(-99, -98)", "exponential", "identity", "log"),
        ("cost ~ 0 + x", "weibull", "inverse", "log"),
        ("count ~ 0 + x", "poisson", "identity", "log"),
        ("count ~ 0 + x", "negativebinomial", "identity", "log"),
        ("hit ~ 0 + x", "bernoulli", "identity", "logit"),
        ("p(k, n) ~ 0 + x", "binomial", "identity", "logit"),
    ],
)
def test_a_link_that_cannot_start_is_named_with_what_to_write(formula, family, link, other):
    with pytest.raises(StartError) as caught:
        glm(formula, DATA, family=family, link=link, draws=20, tune=20, chains=1, seed=1)
    error = caught.value
    assert f"family {family!r} with link" in error.message
    assert link is None or repr(link) in error.message
    assert f"--link {other}" in error.remedy
    assert ("Intercept ~ Normal(" in error.remedy) == ("0 +" not in formula)


def test_the_default_link_of_gaussian_is_never_accused():
    impossible = "count ~ x\nsigma ~ Uniform(-2, -1)"
    with pytest.raises(StartError) as caught:
        glm(impossible, DATA, draws=20, tune=20, chains=1, seed=1)
    assert "link" not in caught.value.message


@pytest.mark.parametrize(
    ("formula", "family", "link"),
    [
        ("cost ~ x", "gamma", None),
        ("cost ~ x", "gamma", "identity"),
        ("cost ~ wide", "gamma", "inverse"),
        ("cost ~ x + wide + k + hit + n2", "gamma", "inverse"),
        ("cost ~ x", "wald", None),
        ("cost ~ g", "exponential", "identity"),
        ("count ~ x", "poisson", "identity"),
        ("hit ~ x", "bernoulli", "identity"),
        ("p(k, n) ~ x", "binomial", "identity"),
    ],
)
def test_a_link_that_starts_at_few_points_is_started_at_one_of_them(formula, family, link):
    """Of ten points around the centre of the priors, which PyMC tries, all may have a row with a negative mean."""
    data = DATA.assign(wide=1e6 * X, n2=RNG.uniform(size=80))
    fit = glm(formula, data, family=family, link=link, draws=300, tune=500, seed=1)
    response = data["k"] / data["n"] if "p(" in formula else data[formula.split()[0]]
    means = fit.predict(
        data.drop(columns=["cost", "count"])[[c for c in data if c in formula.partition("~")[2]]]
    )
    # A generalized linear model with an intercept fits the mean of the data closely, whatever its link.
    assert abs(means["mean"].mean() - response.mean()) < 0.15 * response.mean()


@pytest.mark.slow
@pytest.mark.parametrize("family", ["gamma", "poisson"])
def test_what_the_error_says_to_write_can_be_fitted(family):
    link = {"gamma": None, "poisson": "identity"}[family]
    formula = "cost ~ x" if family == "gamma" else "count ~ x"
    with pytest.raises(StartError) as caught:
        glm(f"{formula}\nIntercept ~ Uniform(-9, -8)", DATA, family=family, link=link, seed=1)
    prior = re.search(r"Intercept ~ Normal\([^)]*\)", caught.value.remedy)[0]
    fit = glm(f"{formula}\n{prior}", DATA, family=family, link=link, draws=100, tune=300, seed=1)
    # The mean of the response lies within the posterior of the mean at the predictors' mean.
    at_mean = fit.predict({"x": [X.mean()]}).iloc[0]
    assert abs(at_mean["mean"] - DATA[formula.split()[0]].mean()) < 4 * at_mean["sd"]


def test_a_flat_prior_without_a_posterior_is_an_error_and_not_a_panic():
    """The mean is below 1 and the counts above: the likelihood rises for ever, and nutpie's threads panic."""
    x, count = np.linspace(0.2, 1, 40), np.full(40, 3)
    with pm.Model() as model:
        slope = pm.Flat("slope")
        intercept = pm.AsymmetricLaplace("intercept", b=1.5, kappa=0.8, mu=0.1)
        mean = 1 - pm.math.exp(-pm.math.exp(intercept + slope * x))
        pm.NegativeBinomial("y", mu=mean, alpha=1.7, observed=count)
    with pytest.raises(StartError, match="no point to start from") as caught:
        glm(model, seed=1)
    assert "narrower priors" in caught.value.remedy
