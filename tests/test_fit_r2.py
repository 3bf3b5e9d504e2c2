"""`Fit.r2`: the Bayesian R-squared of Gelman et al. (2019), against closed forms, ArviZ and SciPy."""

from __future__ import annotations

import arviz_stats
import numpy as np
import pandas as pd
import pytest
import xarray
from scipy import special, stats

from glm_magic import glm, load
from glm_magic.errors import ModelError
from glm_magic.fit.r2 import r2_of_draws
from glm_magic.predictor.formula.variance import SECOND_MOMENTS, TRIALS, VARIANCES, moments

N = 60
FEW = {"draws": 100, "tune": 200, "chains": 2, "seed": 1}


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x = rng.normal(3, 1, N)
    g = rng.choice(list("abcd"), N)
    n = rng.integers(4, 9, N)
    return pd.DataFrame(
        {
            "x": x,
            "g": g,
            "y": 280 + 5 * x + 4 * np.array([ord(one) - 97 for one in g]) + rng.normal(0, 3, N),
            "hit": (rng.random(N) < special.expit(x - 3)).astype(int),
            "n": n,
            "hits": rng.binomial(n, special.expit(x - 3)),
            "kind": rng.choice(["low", "middle", "high"], N),
        }
    )


def of_draws(fit):
    return r2_of_draws(fit._model.source, fit._record)


def draws_of(fit, name):
    return np.asarray(fit.posterior["posterior"][name]).reshape(2 * FEW["draws"], -1)


def test_of_a_line_with_groups_it_is_the_closed_form(frame):
    fit = glm("y ~ x + (1|g)", frame, **FEW)
    levels = list(fit.posterior["posterior"]["1|g"].coords["g__factor_dim"].values)
    own = draws_of(fit, "1|g")[:, [levels.index(one) for one in frame["g"]]]
    mean = draws_of(fit, "Intercept") + draws_of(fit, "x") * frame["x"].to_numpy() + own
    explained = mean.var(axis=1, ddof=1)
    expected = explained / (explained + draws_of(fit, "sigma")[:, 0] ** 2)
    np.testing.assert_allclose(of_draws(fit), expected, rtol=1e-10)
    table = fit.r2(prob=0.5)
    np.testing.assert_allclose(
        table.loc["R2"], [expected.mean(), expected.std(ddof=1), *np.quantile(expected, [0.25, 0.75])]
    )
    assert list(table.columns) == ["mean", "sd", "25%", "75%"]
    assert list(fit.r2().columns) == ["mean", "sd", "5.5%", "94.5%"]


def test_groups_of_sigma_alone_count(frame):
    fit = glm("y ~ x\nsigma ~ 1 + (1|g)", frame, **FEW)
    levels = list(fit.posterior["posterior"]["sigma_1|g"].coords["g__factor_dim"].values)
    own = draws_of(fit, "sigma_1|g")[:, [levels.index(one) for one in frame["g"]]]
    sigma = np.exp(draws_of(fit, "sigma_Intercept") + own)
    explained = (draws_of(fit, "x") * frame["x"].to_numpy()).var(axis=1, ddof=1)
    np.testing.assert_allclose(of_draws(fit), explained / (explained + (sigma**2).mean(axis=1)), rtol=1e-10)


def in_arviz(**variables):
    data = {
        name: (("chain", "draw", "row")[: values.ndim + 1], values[None])
        for name, values in variables.items()
    }
    return xarray.DataTree.from_dict({"posterior": xarray.Dataset(data)})


def test_it_is_that_of_arviz(frame):
    line = glm("y ~ x", frame, **FEW)
    mean = draws_of(line, "Intercept") + draws_of(line, "x") * frame["x"].to_numpy()
    sigma = draws_of(line, "sigma")[:, 0]
    theirs = arviz_stats.bayesian_r2(
        in_arviz(mean=mean, sigma=sigma), pred_mean="mean", scale="sigma", summary=False
    )
    np.testing.assert_allclose(of_draws(line), theirs, rtol=1e-10)
    yes = glm("hit ~ x", frame, family="bernoulli", **FEW)
    p = special.expit(draws_of(yes, "Intercept") + draws_of(yes, "x") * frame["x"].to_numpy())
    theirs = arviz_stats.bayesian_r2(in_arviz(p=p), pred_mean="p", scale=None, summary=False)
    np.testing.assert_allclose(of_draws(yes), theirs, rtol=1e-10)


def test_trials_are_proportions(frame):
    fit = glm("p(hits, n) ~ x", frame, family="binomial", **FEW)
    p = special.expit(draws_of(fit, "Intercept") + draws_of(fit, "x") * frame["x"].to_numpy())
    inside = (p * (1 - p) / frame["n"].to_numpy()).mean(axis=1)
    explained = p.var(axis=1, ddof=1)
    np.testing.assert_allclose(of_draws(fit), explained / (explained + inside), rtol=1e-10)


A, B = np.array([0.7, 2.3, 5.0]), np.array([1.4, 0.6, 3.1])
P, PSI, T = np.array([0.2, 0.5, 0.8]), np.array([0.3, 0.9, 0.6]), np.array([3.0, 6.0, 9.0])
COUNTS = np.arange(2000)[:, None]


def zeros_beside(mass, psi, *, hurdle):
    """Moments of counts with a share of zeros, summed up."""
    share = psi / (1 - mass[0]) if hurdle else psi
    first, second = ((COUNTS**power * mass * share).sum(axis=0) for power in (1, 2))
    return first, second - first**2


def share_of(mean, variance, psi):
    return psi * mean, psi * (variance + mean**2) - (psi * mean) ** 2


def both(law):
    return law.mean(), law.var()


NBINOM = stats.nbinom(B, B / (B + A))
WEIBULL = stats.weibull_min(B, scale=A / special.gamma(1 + 1 / B))
BETABINOM = stats.betabinom(T.astype(int), P * A, (1 - P) * A)
ZERO_BINOM = share_of(P, P * (1 - P) / T, PSI)
EXPECTED = {
    "gaussian": ({"mu": A, "sigma": B}, both(stats.norm(A, B))),
    "t": ({"mu": A, "sigma": B, "nu": 2 + A}, both(stats.t(2 + A, A, B))),
    "laplace": ({"mu": A, "b": B}, both(stats.laplace(A, B))),
    "exgaussian": ({"mu": A, "sigma": B, "nu": PSI}, both(stats.exponnorm(PSI / B, A, B))),
    "lognormal": ({"mu": P, "sigma": B}, both(stats.lognorm(B, scale=np.exp(P)))),
    "gamma": ({"mu": A, "alpha": B}, both(stats.gamma(B, scale=A / B))),
    "exponential": ({"mu": A}, both(stats.expon(scale=A))),
    "weibull": ({"mu": A, "alpha": B}, both(WEIBULL)),
    "wald": ({"mu": A, "lam": B}, both(stats.invgauss(A / B, scale=B))),
    "beta": ({"mu": P, "kappa": A}, both(stats.beta(P * A, (1 - P) * A))),
    "bernoulli": ({"p": P}, both(stats.bernoulli(P))),
    "binomial": ({"p": P, TRIALS: T}, (P, stats.binom(T, P).var() / T**2)),
    "beta_binomial": ({"mu": P, "kappa": A, TRIALS: T}, (P, BETABINOM.var() / T**2)),
    "poisson": ({"mu": A}, both(stats.poisson(A))),
    "negativebinomial": ({"mu": A, "alpha": B}, both(NBINOM)),
    "zero_inflated_poisson": (
        {"mu": A, "psi": PSI},
        zeros_beside(stats.poisson.pmf(COUNTS, A), PSI, hurdle=False),
    ),
    "zero_inflated_negativebinomial": (
        {"mu": A, "alpha": B, "psi": PSI},
        zeros_beside(NBINOM.pmf(COUNTS), PSI, hurdle=False),
    ),
    "zero_inflated_binomial": ({"p": P, "psi": PSI, TRIALS: T}, ZERO_BINOM),
    "hurdle_poisson": ({"mu": A, "psi": PSI}, zeros_beside(stats.poisson.pmf(COUNTS, A), PSI, hurdle=True)),
    "hurdle_negativebinomial": (
        {"mu": A, "alpha": B, "psi": PSI},
        zeros_beside(NBINOM.pmf(COUNTS), PSI, hurdle=True),
    ),
    "hurdle_gamma": ({"mu": A, "alpha": B, "psi": PSI}, share_of(*both(stats.gamma(B, scale=A / B)), PSI)),
    "hurdle_lognormal": (
        {"mu": P, "sigma": PSI, "psi": PSI},
        share_of(*both(stats.lognorm(PSI, scale=np.exp(P))), PSI),
    ),
}


@pytest.mark.parametrize("family", EXPECTED)
def test_mean_and_variance_of_a_family(family):
    parameters, (mean, variance) = EXPECTED[family]
    found = moments(family, next(iter(parameters)), parameters)
    np.testing.assert_allclose(found[0], mean, rtol=1e-8)
    np.testing.assert_allclose(found[1], variance, rtol=1e-8)


def test_every_family_is_compared():
    assert set(EXPECTED) == {*VARIANCES, *SECOND_MOMENTS}


def test_two_degrees_of_freedom_explain_nothing():
    _, variance = moments("t", "mu", {"mu": A, "sigma": B, "nu": np.array([1.0, 2.0, 4.0])})
    np.testing.assert_array_equal(np.isinf(variance), [True, True, False])


def test_what_has_no_variance_is_refused(frame, no_sampling, tmp_path):
    with pytest.raises(ModelError, match="the family categorical has none"):
        glm("kind ~ x", frame, family="categorical", **FEW).r2()
    line = glm("y ~ x", frame, **FEW)
    with pytest.raises(ModelError, match="needs a formula"):
        glm(line.model, **FEW).r2()
    with pytest.raises(ModelError, match="prob"):
        line.r2(prob=2)
    line.save(tmp_path / "fit.nc")
    pd.testing.assert_frame_equal(load(tmp_path / "fit.nc").r2(), line.r2())
