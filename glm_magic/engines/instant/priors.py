"""Families of priors, as a user writes them and as the kernels compute them.

The build of the page reads this table from its source (`js/translate`), hence literals: one entry is one call of
`Prior`. `forms` reads the same distributions from PyMC's graph.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One argument of a family.

    Attributes
    ----------
    name : str
        As PyMC names it.
    domain : str
        ``"real"`` or ``"positive"``.
    start : float
        Its value when the family is chosen.
    """

    name: str
    domain: str
    start: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """One family.

    Attributes
    ----------
    name : str
        As PyMC names it.
    distribution : str
        A key of `distributions.DISTRIBUTIONS`.
    support : str
        The domain of its values: ``"real"``, ``"positive"`` or ``"unit"``.
    arguments : tuple of Argument
        In PyMC's order.
    slots : callable
        From the arguments to the parameters of the distribution, in the order of its slots.
    """

    name: str
    distribution: str
    support: str
    arguments: tuple[Argument, ...]
    slots: Callable[..., tuple[float, ...]]


def _real(name: str, start: float) -> Argument:
    return Argument(name=name, domain="real", start=start)


def _positive(name: str, start: float) -> Argument:
    return Argument(name=name, domain="positive", start=start)


PRIORS = (
    Prior(
        name="Normal",
        distribution="normal",
        support="real",
        arguments=(_real("mu", 0), _positive("sigma", 1)),
        slots=lambda mu, sigma: (mu, sigma),
    ),
    Prior(
        name="StudentT",
        distribution="student_t",
        support="real",
        arguments=(_positive("nu", 4), _real("mu", 0), _positive("sigma", 1)),
        slots=lambda nu, mu, sigma: (nu, mu, sigma),
    ),
    Prior(
        name="Cauchy",
        distribution="cauchy",
        support="real",
        arguments=(_real("alpha", 0), _positive("beta", 1)),
        slots=lambda alpha, beta: (alpha, beta),
    ),
    Prior(
        name="Laplace",
        distribution="laplace",
        support="real",
        arguments=(_real("mu", 0), _positive("b", 1)),
        slots=lambda mu, b: (mu, b),
    ),
    Prior(
        name="HalfNormal",
        distribution="half_normal",
        support="positive",
        arguments=(_positive("sigma", 1),),
        slots=lambda sigma: (sigma,),
    ),
    Prior(
        name="HalfStudentT",
        distribution="half_student_t",
        support="positive",
        arguments=(_positive("nu", 4), _positive("sigma", 1)),
        slots=lambda nu, sigma: (nu, sigma),
    ),
    Prior(
        name="HalfCauchy",
        distribution="half_cauchy",
        support="positive",
        arguments=(_positive("beta", 1),),
        slots=lambda beta: (beta,),
    ),
    Prior(
        name="Exponential",
        distribution="exponential",
        support="positive",
        arguments=(_positive("lam", 1),),
        slots=lambda lam: (1 / lam,),
    ),
    Prior(
        name="Gamma",
        distribution="gamma_rate",
        support="positive",
        arguments=(_positive("alpha", 2), _positive("beta", 1)),
        slots=lambda alpha, beta: (alpha, beta),
    ),
    Prior(
        name="InverseGamma",
        distribution="inverse_gamma",
        support="positive",
        arguments=(_positive("alpha", 3), _positive("beta", 2)),
        slots=lambda alpha, beta: (alpha, beta),
    ),
    Prior(
        name="LogNormal",
        distribution="lognormal",
        support="positive",
        arguments=(_real("mu", 0), _positive("sigma", 1)),
        slots=lambda mu, sigma: (mu, sigma),
    ),
    Prior(
        name="Weibull",
        distribution="weibull_scale",
        support="positive",
        arguments=(_positive("alpha", 2), _positive("beta", 1)),
        slots=lambda alpha, beta: (alpha, beta),
    ),
    Prior(
        name="Beta",
        distribution="beta_shapes",
        support="unit",
        arguments=(_positive("alpha", 2), _positive("beta", 2)),
        slots=lambda alpha, beta: (alpha, beta),
    ),
)
"""What a prior can be changed to. Uniform and Flat are not among them: bounds are part of a variable's transform."""
