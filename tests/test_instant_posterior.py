"""Whole models: the instant engine's posteriors are those of PyMC's own NUTS."""

from __future__ import annotations

import bambi
import numpy as np
import pandas as pd
import pymc as pm
import pytest
from arviz_stats.base import array_stats

from glm_magic import engines
from glm_magic.request import Options

pytestmark = pytest.mark.slow

N = 80
RNG = np.random.default_rng(8927)
X, Z = RNG.normal(size=N), RNG.normal(size=N)
G = RNG.integers(0, 5, N)
H = RNG.integers(0, 4, N)
EFFECT = np.array([-0.8, -0.4, 0.0, 0.5, 0.9])[G]
MEAN = 0.4 + 0.7 * X + EFFECT
FRAME = pd.DataFrame(
    {
        "x": X,
        "z": Z,
        "g": np.array(list("abcde"))[G],
        "y": MEAN + 0.5 * RNG.normal(size=N),
        "hit": (RNG.random(N) < 1 / (1 + np.exp(-MEAN))).astype(int),
        "k": RNG.binomial(9, 1 / (1 + np.exp(-MEAN))),
        "trials": np.full(N, 9),
        "count": RNG.poisson(np.exp(MEAN)),
        "positive": RNG.gamma(4, np.exp(MEAN) / 4),
        "share": RNG.beta(3, 2 + np.exp(-X), N),
    }
)


def formula(text: str | bambi.Formula, family: str = "gaussian", **options):
    def model() -> pm.Model:
        made = bambi.Model(text, FRAME, family=family, **options)
        made.build()
        return made.backend.model

    return model


def robust() -> pm.Model:
    """A vector of coefficients, and degrees of freedom that are estimated."""
    with pm.Model() as model:
        b = pm.Normal("b", 0, 1, shape=3)
        nu, sigma = pm.Gamma("nu", alpha=2, beta=0.1), pm.HalfCauchy("sigma", 1)
        design = np.column_stack([np.ones(N), X, Z])
        pm.StudentT("y", nu=nu, mu=pm.math.dot(design, b), sigma=sigma, observed=FRAME["y"])
    return model


def centred() -> pm.Model:
    """Group effects with a scale of their own, centred, and an offset."""
    with pm.Model(coords={"group": list("abcde")}) as model:
        scale = pm.Exponential("scale", 1.0)
        a = pm.Normal("a", 0, scale, dims="group")
        slope = pm.Laplace("slope", 0, 1)
        pm.Poisson("y", mu=pm.math.exp(a[G] + slope * X + 0.1), observed=FRAME["count"])
    return model


def shares() -> pm.Model:
    """A mean and a precision."""
    with pm.Model() as model:
        mean = pm.math.invlogit(pm.Normal("a", 0, 1) + pm.StudentT("b", nu=3, mu=0, sigma=1) * X)
        kappa = pm.LogNormal("kappa", 1, 1)
        pm.Beta("y", alpha=mean * kappa, beta=(1 - mean) * kappa, observed=FRAME["share"])
    return model


MODELS = {
    "a line": formula("y ~ x"),
    "an interaction": formula("y ~ x * g"),
    "a spline": formula("y ~ bs(x, df=4) + z"),
    "slopes by group": formula("y ~ x + (x|g)"),
    "centred by group": formula("y ~ x + (1|g)", noncentered=False),
    "a scale that varies": formula(bambi.Formula("y ~ x + g", "sigma ~ z")),
    "bernoulli": formula("hit ~ x + z", "bernoulli"),
    "binomial, probit": formula("p(k, trials) ~ x + (1|g)", "binomial", link="probit"),
    "poisson by group": formula("count ~ x + (1|g)", "poisson"),
    "negative binomial": formula("count ~ x + g", "negativebinomial"),
    "gamma": formula("positive ~ x + g", "gamma", link="log"),
    "robust, by hand": robust,
    "centred, by hand": centred,
    "shares, by hand": shares,
}


def moments(draws: np.ndarray) -> dict[str, tuple[float, float]]:
    """Give mean and sd of one number's draws, shape (n_chains, n_draws), each with its Monte Carlo error."""
    axes = {"chain_axis": 0, "draw_axis": 1}
    return {
        "mean": (float(draws.mean()), float(array_stats.mcse(draws, method="mean", **axes))),
        "sd": (float(draws.std(ddof=1)), float(array_stats.mcse(draws, method="sd", **axes))),
    }


@pytest.mark.parametrize("name", MODELS)
def test_means_and_sds_are_those_of_pymc(name):
    """Within 4 Monte Carlo standard errors of both, at fixed seeds."""
    model = MODELS[name]()
    options = Options(engine="instant", draws=2000, tune=1000, chains=2, seed=1, target_accept=0.9)
    ours = engines.sample(model, options, lambda progress: None).posterior
    with model:
        # Compiled by numba in both generations of PyMC: the least time for compiling and sampling together.
        theirs = pm.sample(
            draws=1000, tune=700, chains=2, cores=1, random_seed=1, target_accept=0.9, nuts_sampler="pymc",
            progressbar=False, compute_convergence_checks=False, compile_kwargs={"mode": "NUMBA"},
        )["posterior"]  # fmt: skip
    compared = 0
    for rv in model.free_RVs:
        one, other = (part[rv.name].values.reshape(2, part.sizes["draw"], -1) for part in (ours, theirs))
        for element in range(one.shape[-1]):
            mine, reference = moments(one[..., element]), moments(other[..., element])
            for moment, (value, error) in mine.items():
                expected, its_error = reference[moment]
                assert abs(value - expected) <= 4 * np.hypot(error, its_error), (rv.name, element, moment)
            compared += 1
    assert compared == sum(np.size(value) for value in model.initial_point().values())
