"""Write ``tests/wire/distributions.json``: distribution functions of every family, of scipy, in Bambi's parameters.

``python tests/wire/write_distributions.py``. The browser draws observations of these families
(``js/test/fit/families.test.ts``), and ``tests/test_wire_distributions.py`` draws them in Python.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import gamma

from glm_magic.files import write

DISTRIBUTIONS = Path(__file__).parent / "distributions.json"
AT = (0.02, 0.2, 0.5, 0.8, 0.98)
"""Probabilities near which the distribution functions are given."""


def _gamma(mu: float, alpha: float) -> Any:
    return stats.gamma(alpha, scale=mu / alpha)


def _negative_binomial(mu: float, alpha: float) -> Any:
    return stats.nbinom(alpha, alpha / (alpha + mu))


def _weibull(mu: float, alpha: float) -> Any:
    return stats.weibull_min(alpha, scale=mu / gamma(1 + 1 / alpha))


def _beta(mu: float, kappa: float) -> Any:
    return stats.beta(mu * kappa, (1 - mu) * kappa)


class _Mixture:
    """Zero, or what a distribution gives; a hurdle's is above zero."""

    def __init__(self, psi: float, there: Any, *, hurdle: bool) -> None:
        self.psi, self.there = psi, there
        self.below = there.cdf(0.0) if hurdle else 0.0

    def ppf(self, p: float) -> float:
        """Give a point near a quantile: of what is there."""
        return float(self.there.ppf(self.below + p * (1 - self.below)))

    def cdf(self, x: float) -> float:
        """Give the distribution function at a number that is not negative."""
        return float(1 - self.psi + self.psi * (self.there.cdf(x) - self.below) / (1 - self.below))


class _Circle:
    """Angles from -pi to pi."""

    def __init__(self, mu: float, kappa: float) -> None:
        self.own = stats.vonmises(kappa, mu)

    def ppf(self, p: float) -> float:
        """Give a quantile of the deviation."""
        return float(self.own.ppf(p))

    def cdf(self, x: float) -> float:
        """Give the probability between -pi and an angle."""
        return float(self.own.cdf(x) - self.own.cdf(-np.pi))


def _zeros(there: Any, psi: float) -> Any:
    return _Mixture(psi, there, hurdle=False)


def _hurdle(there: Any, psi: float) -> Any:
    return _Mixture(psi, there, hurdle=True)


def families() -> list[tuple[str, dict[str, float], int | None, Any]]:
    """List families, with parameters, trials, and the frozen distribution."""
    norm, poisson, binom = stats.norm, stats.poisson, stats.binom
    return [
        ("gaussian", {"mu": 1.0, "sigma": 2.0}, None, norm(1, 2)),
        ("t", {"mu": 1.0, "sigma": 2.0, "nu": 3.0}, None, stats.t(3, 1, 2)),
        ("laplace", {"mu": 1.0, "b": 2.0}, None, stats.laplace(1, 2)),
        (
            "asymmetriclaplace",
            {"mu": 1.0, "b": 2.0, "kappa": 1.5},
            None,
            stats.laplace_asymmetric(1.5, 1, 0.5),
        ),
        ("exgaussian", {"mu": 1.0, "sigma": 0.5, "nu": 2.0}, None, stats.exponnorm(4, 1, 0.5)),
        ("lognormal", {"mu": 0.3, "sigma": 0.8}, None, stats.lognorm(0.8, scale=np.exp(0.3))),
        ("bernoulli", {"p": 0.3}, None, stats.bernoulli(0.3)),
        ("binomial", {"p": 0.3}, 10, binom(10, 0.3)),
        ("binomial", {"p": 0.93}, 2_000, binom(2_000, 0.93)),
        ("beta", {"mu": 0.3, "kappa": 5.0}, None, _beta(0.3, 5)),
        ("beta", {"mu": 0.4, "kappa": 0.2}, None, _beta(0.4, 0.2)),
        ("beta_binomial", {"mu": 0.3, "kappa": 2.0}, 12, stats.betabinom(12, 0.6, 1.4)),
        ("poisson", {"mu": 0.7}, None, poisson(0.7)),
        ("poisson", {"mu": 11.0}, None, poisson(11)),
        ("poisson", {"mu": 80.0}, None, poisson(80)),
        ("poisson", {"mu": 30_000.0}, None, poisson(30_000)),
        ("negativebinomial", {"mu": 20.0, "alpha": 0.7}, None, _negative_binomial(20, 0.7)),
        ("gamma", {"mu": 2.0, "alpha": 3.0}, None, _gamma(2, 3)),
        ("gamma", {"mu": 2.0, "alpha": 0.2}, None, _gamma(2, 0.2)),
        ("exponential", {"mu": 2.0}, None, stats.expon(scale=2)),
        ("weibull", {"mu": 2.0, "alpha": 1.7}, None, _weibull(2, 1.7)),
        ("wald", {"mu": 2.0, "lam": 3.0}, None, stats.invgauss(2 / 3, scale=3)),
        ("wald", {"mu": 2.0, "lam": 0.01}, None, stats.invgauss(200, scale=0.01)),
        ("vonmises", {"mu": 0.5, "kappa": 2.0}, None, _Circle(0.5, 2)),
        ("vonmises", {"mu": -0.2, "kappa": 300.0}, None, _Circle(-0.2, 300)),
        ("zero_inflated_poisson", {"psi": 0.6, "mu": 4.0}, None, _zeros(poisson(4), 0.6)),
        (
            "zero_inflated_negativebinomial",
            {"psi": 0.6, "mu": 4.0, "alpha": 2.0},
            None,
            _zeros(_negative_binomial(4, 2), 0.6),
        ),
        ("zero_inflated_binomial", {"psi": 0.6, "p": 0.4}, 9, _zeros(binom(9, 0.4), 0.6)),
        ("hurdle_poisson", {"psi": 0.6, "mu": 0.3}, None, _hurdle(poisson(0.3), 0.6)),
        ("hurdle_poisson", {"psi": 0.6, "mu": 40.0}, None, _hurdle(poisson(40), 0.6)),
        (
            "hurdle_negativebinomial",
            {"psi": 0.6, "mu": 2.0, "alpha": 0.8},
            None,
            _hurdle(_negative_binomial(2, 0.8), 0.6),
        ),
        ("hurdle_gamma", {"psi": 0.6, "mu": 2.0, "alpha": 3.0}, None, _hurdle(_gamma(2, 3), 0.6)),
        (
            "hurdle_lognormal",
            {"psi": 0.6, "mu": 0.3, "sigma": 0.8},
            None,
            _hurdle(stats.lognorm(0.8, scale=np.exp(0.3)), 0.6),
        ),
    ]


def distributions_json() -> str:
    """Write the text of `DISTRIBUTIONS`: a family a line."""
    lines = []
    for family, parameters, trials, own in families():
        at = sorted({float(f"{own.ppf(p):.6g}") for p in AT})
        found = {
            "family": family,
            "parameters": parameters,
            "trials": trials,
            "at": at,
            "cdf": [float(f"{own.cdf(x):.12g}") for x in at],
        }
        lines.append(json.dumps(found, allow_nan=False))
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    write(DISTRIBUTIONS, distributions_json().encode("utf-8"))
