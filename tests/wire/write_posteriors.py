"""Write ``tests/wire/posteriors.json``: programs, and the posteriors that nutpie finds, for vitest to sample again.

``python tests/wire/write_posteriors.py``. Every likelihood with every link and every prior of each parameter, and
predictors with groups. The seed was chosen before the posteriors of nutpie and of the browser were compared.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pymc as pm
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from scipy import special

from glm_magic import engines
from glm_magic.engines.instant import Program, lower, unconstrained
from glm_magic.files import write
from glm_magic.request import Options
from glm_magic.wire import EXACT as IN_DOUBLE_PRECISION
from glm_magic.wire import encode

POSTERIORS = Path(__file__).parent / "posteriors.json"
OPTIONS = Options(engine="instant", draws=5_000, tune=1_000, chains=4, seed=8927, target_accept=0.9)
PAGE, LONGER = 1_000, 4
"""Draws of each chain in the page; and how much longer both samplers draw where chains are slow in tails."""
PROBS = np.array([0.05, 0.95])

N = 40
RNG = np.random.default_rng(8927)
X = np.round(RNG.uniform(0.2, 1.0, size=N), 2)
REAL = np.round(1 + X + 0.3 * RNG.normal(size=N), 2)
POSITIVE = np.round(np.exp(0.3 * RNG.normal(size=N)), 2)
LARGE = np.round(np.exp(REAL), 2)
COUNT = RNG.poisson(2, size=N)
HIT = RNG.integers(0, 2, size=N)
RARE = (np.arange(N) % 3 == 0).astype(np.int64)
"""Counts that a mean below 1 can have."""
SHARE = np.round(RNG.uniform(0.1, 0.9, size=N), 2)
TRIALS = COUNT + RNG.integers(1, 5, size=N)
GROUP = np.arange(N) % 5

REALS: dict[str, Callable[[str], Any]] = {
    "Normal": lambda name: pm.Normal(name, 0.2, 0.7),
    "StudentT": lambda name: pm.StudentT(name, nu=4, mu=0.1, sigma=0.7),
    "Cauchy": lambda name: pm.Cauchy(name, 0.1, 0.7),
    "Laplace": lambda name: pm.Laplace(name, 0.1, 0.7),
    "AsymmetricLaplace": lambda name: pm.AsymmetricLaplace(name, b=1.5, kappa=0.8, mu=0.1),
    "Flat": lambda name: pm.Flat(name),
    "Uniform": lambda name: pm.Uniform(name, -2, 3),
}
LIGHT: dict[str, Callable[[str], Any]] = {
    "HalfNormal": lambda name: pm.HalfNormal(name, 0.7),
    "Exponential": lambda name: pm.Exponential(name, 2.0),
    "Gamma": lambda name: pm.Gamma(name, alpha=2.0, beta=3.0),
    "LogNormal": lambda name: pm.LogNormal(name, -1.0, 0.7),
    "Weibull": lambda name: pm.Weibull(name, alpha=1.5, beta=1.0),
    "Wald": lambda name: pm.Wald(name, mu=1.0, lam=2.0),
}
"""Priors whose tails have moments, which a shape or a precision needs that the data do not bound."""
POSITIVES: dict[str, Callable[[str], Any]] = {
    **LIGHT,
    "HalfCauchy": lambda name: pm.HalfCauchy(name, 0.7),
    "HalfStudentT": lambda name: pm.HalfStudentT(name, nu=4, sigma=0.7),
    "HalfFlat": lambda name: pm.HalfFlat(name),
    "InverseGamma": lambda name: pm.InverseGamma(name, alpha=3.0, beta=1.0),
}
UNITS: dict[str, Callable[[str], Any]] = {
    "Beta": lambda name: pm.Beta(name, 2.0, 3.0),
    "Uniform": lambda name: pm.Uniform(name, 0, 1),
}

MEAN, CHANCE = ("identity", "log", "inverse"), ("identity", "logit", "probit", "cloglog")
LIKELIHOODS: dict[str, tuple[tuple[str, ...], Any, Callable[..., Any]]] = {
    "Normal": (MEAN, POSITIVES, lambda m, k: pm.Normal("y", m, k, observed=REAL)),
    "StudentT": (MEAN, POSITIVES, lambda m, k: pm.StudentT("y", nu=4, mu=m, sigma=k, observed=REAL)),
    "Laplace": (MEAN, POSITIVES, lambda m, k: pm.Laplace("y", m, k, observed=REAL)),
    "AsymmetricLaplace": (
        MEAN, LIGHT, lambda m, k: pm.AsymmetricLaplace("y", b=k, kappa=0.8, mu=m, observed=REAL)
    ),
    "LogNormal": (MEAN, POSITIVES, lambda m, k: pm.LogNormal("y", m, k, observed=LARGE)),
    "Bernoulli": (CHANCE, {}, lambda p: pm.Bernoulli("y", p=p, observed=HIT)),
    "Binomial": (CHANCE, {}, lambda p: pm.Binomial("y", n=TRIALS, p=p, observed=COUNT)),
    "BetaBinomial": (
        CHANCE, LIGHT, lambda p, k: pm.BetaBinomial("y", n=TRIALS, alpha=p * k, beta=(1 - p) * k, observed=COUNT)
    ),
    "Beta": (CHANCE, LIGHT, lambda p, k: pm.Beta("y", alpha=p * k, beta=(1 - p) * k, observed=SHARE)),
    "Poisson": ((*MEAN, "softplus"), {}, lambda m: pm.Poisson("y", m, observed=COUNT)),
    "NegativeBinomial": (("log",), LIGHT, lambda m, k: pm.NegativeBinomial("y", mu=m, alpha=k, observed=COUNT)),
    "NegativeBinomial of one shape": (
        ("identity", "inverse", "cloglog"), {}, lambda m: pm.NegativeBinomial("y", mu=m, alpha=1.7, observed=RARE)
    ),
    "Gamma": (MEAN, LIGHT, lambda m, k: pm.Gamma("y", alpha=k, beta=k / m, observed=POSITIVE)),
    "Exponential": (MEAN, {}, lambda m: pm.Exponential("y", lam=1 / m, observed=POSITIVE)),
    "Weibull": (
        MEAN, {}, lambda m: pm.Weibull("y", alpha=1.7, beta=m / special.gamma(1 + 1 / 1.7), observed=POSITIVE)
    ),
    "InverseGaussian": (
        (*MEAN, "inverse_squared"), LIGHT, lambda m, k: pm.Wald("y", mu=m, lam=k, observed=POSITIVE)
    ),
}  # fmt: skip

REAL_MEANS = {"Normal", "StudentT", "Laplace", "AsymmetricLaplace", "LogNormal"}
IMPROPER = {("NegativeBinomial of one shape", "cloglog", "Flat")}
"""No posterior: the mean is below 1, where any counts have a likelihood that is not zero."""


def inverse(link: str, eta: Any) -> Any:
    """Write the inverse links as a user would."""
    match link:
        case "identity":
            return eta
        case "log":
            return pm.math.exp(eta)
        case "inverse":
            return 1 / eta
        case "inverse_squared":
            return eta**-0.5
        case "logit":
            return pm.math.invlogit(eta)
        case "probit":
            return pm.math.invprobit(eta)
        case "softplus":
            return pm.math.log1pexp(eta)
        case _:
            return 1 - pm.math.exp(-pm.math.exp(eta))


def crossed() -> Iterator[tuple[str, pm.Model]]:
    """Make, of every likelihood and link, as many models as it takes to have every prior of every parameter."""
    for name, (links, auxiliaries, likelihood) in LIKELIHOODS.items():
        for link in links:
            bounded = link in ("inverse", "inverse_squared") or (
                link == "identity" and name not in REAL_MEANS
            )
            table = (UNITS if links is CHANCE else POSITIVES) if bounded else REALS
            priors = [one for one in table.items() if (name, link, one[0]) not in IMPROPER]
            others = [*auxiliaries.items()]
            for i in range(max((len(priors) + 1) // 2, len(others))):
                of_a, of_b = priors[2 * i % len(priors)], priors[(2 * i + 1) % len(priors)]
                of_k = [others[i % len(others)]] if others else []
                with pm.Model() as model:
                    a, b = of_a[1]("a"), of_b[1]("b")
                    match bounded, links is CHANCE:
                        # Within the link's domain, whatever the coefficients are.
                        case True, True:
                            eta = 0.1 + 0.4 * a * X + 0.4 * b * (1 - X)
                        case True, False:
                            eta = 0.2 + a * X + b * (1 - X)
                        case _:
                            eta = a + b * X
                    likelihood(inverse(link, eta), *(prior("k") for _, prior in of_k))
                yield f"{name}, {link}: {', '.join(prior for prior, _ in (of_a, of_b, *of_k))}", model


def by_group() -> Iterator[tuple[str, pm.Model]]:
    """Make predictors with groups, of vectors, and of a scale that varies."""
    with pm.Model() as slopes:
        a, b = pm.Normal("a", 0, 1), pm.Normal("b", 0, 1)
        scale, offset = pm.HalfNormal("scale", 0.7, shape=2), pm.Normal("offset", 0, 1, shape=(2, 5))
        mean = a + scale[0] * offset[0][GROUP] + (b + scale[1] * offset[1][GROUP]) * X
        pm.Normal("y", mean, pm.HalfNormal("k", 1), observed=REAL)
    yield "slopes by group", slopes
    with pm.Model() as counts:
        a, scale = pm.Normal("a", 0.5, 0.5), pm.HalfNormal("scale", 0.7)
        offset = pm.Normal("offset", 0, 1, shape=5)
        pm.Poisson("y", pm.math.exp(a + scale * offset[GROUP]), observed=COUNT)
    yield "counts by group", counts
    with pm.Model() as varying:
        b, c = pm.StudentT("b", nu=4, mu=0, sigma=1, shape=2), pm.Normal("c", 0, 1, shape=2)
        design = np.column_stack([np.ones(N), X])
        pm.Normal("y", pm.math.dot(design, b), pm.math.exp(pm.math.dot(design, c)), observed=REAL)
    yield "a scale that varies", varying


@dataclass(frozen=True, slots=True, kw_only=True)
class Posterior:
    """What nutpie found, coordinate by coordinate on the parameters' own scale."""

    name: str
    draws: int
    """Of each chain in the page."""
    program: Program = field(metadata=IN_DOUBLE_PRECISION)
    starts: NDArray[np.float64] = field(metadata=IN_DOUBLE_PRECISION)
    steps: NDArray[np.float64] = field(metadata=IN_DOUBLE_PRECISION)
    mass: NDArray[np.float64] = field(metadata=IN_DOUBLE_PRECISION)
    means: NDArray[np.float64] = field(metadata=IN_DOUBLE_PRECISION)
    means_mcse: NDArray[np.float64] = field(metadata=IN_DOUBLE_PRECISION)
    sds: NDArray[np.float64] = field(metadata=IN_DOUBLE_PRECISION)
    sds_mcse: NDArray[np.float64] = field(metadata=IN_DOUBLE_PRECISION)
    quantiles: NDArray[np.float64] = field(metadata=IN_DOUBLE_PRECISION)
    """Shape (n_dim, n_probs), and the effective draws of each."""
    quantiles_ess: NDArray[np.float64] = field(metadata=IN_DOUBLE_PRECISION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posteriors:
    """All of them, in the version of payloads that the browser decodes."""

    version: int
    probs: NDArray[np.float64] = field(metadata=IN_DOUBLE_PRECISION)
    posteriors: tuple[Posterior, ...]


def sampled(name: str, model: pm.Model, longer: int = 1) -> Posterior:
    """Sample a model with the instant engine."""
    program = lower(model)
    assert isinstance(program, Program), f"{name}: {program}"
    drawn = engines.sample(model, replace(OPTIONS, draws=longer * OPTIONS.draws), lambda progress: None)
    assert drawn.engine == "instant", name
    draws = [drawn.posterior[one.name].values for one in program.variables]
    c = np.concatenate([part.reshape(*part.shape[:2], -1) for part in draws], axis=2)
    u = np.concatenate(
        [unconstrained(one, c[:, :, one.start : one.start + one.size]) for one in program.variables], axis=2
    )
    every = [c[:, :, d] for d in range(program.n_dim)]
    worst = max(array_stats.rhat(one) for one in every)
    print(f"{name}: R-hat {worst:.4f}, {int(drawn.sample_stats['diverging'].sum())} divergences")
    return Posterior(
        name=name,
        draws=longer * PAGE,
        program=program,
        starts=u[:, -1],
        steps=drawn.sample_stats["step_size"].values[:, -1].astype(np.float64),
        mass=np.atleast_2d(np.cov(u.reshape(-1, program.n_dim), rowvar=False)),
        means=np.array([one.mean() for one in every]),
        means_mcse=np.array([array_stats.mcse(one, method="mean") for one in every]),
        sds=np.array([one.std(ddof=1) for one in every]),
        sds_mcse=np.array([sd_error(one) for one in every]),
        quantiles=np.array([np.quantile(one, PROBS) for one in every]),
        quantiles_ess=np.array(
            [[array_stats.ess(one, method="quantile", prob=p) for p in PROBS] for one in every]
        ),
    )


def sd_error(draws: NDArray[np.float64]) -> float:
    """Give the Monte Carlo standard error of a standard deviation, by that of the mean of squares."""
    squares = (draws - draws.mean()) ** 2
    return float(array_stats.mcse(squares, method="mean") / (2 * draws.std()))


def main() -> None:
    """Sample all of them."""
    found = (
        *(sampled(name, model) for name, model in crossed()),
        *(sampled(name, model, LONGER) for name, model in by_group()),
    )
    payload = encode(Posteriors(version=2, probs=PROBS, posteriors=found))
    buffer = base64.b64encode(payload.buffer).decode("ascii")
    write(POSTERIORS, (json.dumps({"schema": payload.schema, "buffer": buffer}) + "\n").encode("utf-8"))


if __name__ == "__main__":
    main()
