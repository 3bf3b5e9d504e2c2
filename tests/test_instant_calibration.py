"""Simulation-based calibration of the instant engine.

Talts, Betancourt, Simpson, Vehtari and Gelman 2018, "Validating Bayesian inference algorithms with
simulation-based calibration", arXiv 1804.06788, algorithm 2: parameters are drawn from the prior, data
from them, and their rank among thinned posterior draws must be uniform.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pymc as pm
import pytest
from scipy import stats

from glm_magic import engines
from glm_magic.request import Options

pytestmark = pytest.mark.slow

SIMULATIONS = 200
DRAWS = 63
"""Of each posterior, after thinning: ranks are 0 to 63."""
THIN = 8
BINS = 16
N = 30
X = np.linspace(-1, 1, N)
GROUP = np.arange(N) % 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """A prior to draw from, and the model that goes with it.

    Attributes
    ----------
    prior : callable
        From a generator to parameters by name.
    data : callable
        From a generator and parameters to the response.
    model : callable
        From the response to a PyMC model.
    """

    prior: Callable
    data: Callable
    model: Callable


def line(y):
    with pm.Model() as model:
        a, b, sigma = pm.Normal("a", 0, 1), pm.Normal("b", 0, 1), pm.Exponential("sigma", 1.0)
        pm.Normal("y", a + b * X, sigma, observed=y)
    return model


def logistic(y):
    with pm.Model() as model:
        a, b = pm.StudentT("a", nu=5, mu=0, sigma=1), pm.Normal("b", 0, 1.5)
        pm.Bernoulli("y", logit_p=a + b * X, observed=y)
    return model


def counts(y):
    with pm.Model() as model:
        a, scale = pm.Normal("a", 0.5, 0.5), pm.HalfNormal("scale", 0.7)
        offset = pm.Normal("offset", 0, 1, shape=5)
        pm.Poisson("y", pm.math.exp(a + scale * offset[GROUP]), observed=y)
    return model


SIMULATED = {
    "line": Simulation(
        prior=lambda rng: {"a": rng.normal(), "b": rng.normal(), "sigma": rng.exponential()},
        data=lambda rng, at: rng.normal(at["a"] + at["b"] * X, at["sigma"]),
        model=line,
    ),
    "logistic": Simulation(
        prior=lambda rng: {"a": rng.standard_t(5), "b": rng.normal(0, 1.5)},
        data=lambda rng, at: (rng.random(N) < 1 / (1 + np.exp(-at["a"] - at["b"] * X))).astype(int),
        model=logistic,
    ),
    "counts by group": Simulation(
        prior=lambda rng: {
            "a": rng.normal(0.5, 0.5), "scale": abs(rng.normal(0, 0.7)), "offset": rng.normal(size=5)
        },
        data=lambda rng, at: rng.poisson(np.exp(at["a"] + at["scale"] * at["offset"][GROUP])),
        model=counts,
    ),
}  # fmt: skip


def ranks(simulation: Simulation) -> dict[str, np.ndarray]:
    """Rank each parameter, or its first element, among its posterior's draws; shape (n_simulations,)."""
    rng = np.random.default_rng(8927)
    found: dict[str, list[int]] = {}
    for number in range(SIMULATIONS):
        truth = simulation.prior(rng)
        model = simulation.model(simulation.data(rng, truth))
        options = Options(engine="instant", draws=DRAWS * THIN, tune=400, chains=1, seed=number)
        posterior = engines.sample(model, options, lambda progress: None).posterior
        for name, value in truth.items():
            draws = posterior[name].values.reshape(DRAWS * THIN, -1)[::THIN, 0]
            found.setdefault(name, []).append(int((draws < np.ravel(value)[0]).sum()))
    return {name: np.array(one) for name, one in found.items()}


@pytest.mark.parametrize("name", SIMULATED)
def test_ranks_are_uniform(name):
    """By a chi-square test with a fixed seed, at 0.001 for all parameters of a model together."""
    found = ranks(SIMULATED[name])
    for parameter, one in found.items():
        counts = np.bincount(one * BINS // (DRAWS + 1), minlength=BINS)
        assert counts.sum() == SIMULATIONS
        assert stats.chisquare(counts).pvalue > 0.001 / len(found), (parameter, counts)


def test_ranks_of_another_prior_are_not():
    """The same test finds a prior that is twice as wide as the one that was drawn from."""
    wrong = Simulation(
        prior=lambda rng: {"a": rng.standard_t(5), "b": rng.normal(0, 3.0)},
        data=SIMULATED["logistic"].data,
        model=logistic,
    )
    one = ranks(wrong)["b"]
    assert stats.chisquare(np.bincount(one * BINS // (DRAWS + 1), minlength=BINS)).pvalue < 1e-6
