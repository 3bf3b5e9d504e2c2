"""How the parameters of PyMC's distributions become slots.

A distribution may be written in several forms; the first whose every slot is a constant or an
inverse link of a linear predictor is taken. The means come first, for that is what
regressions predict. Parameters are what `op.dist_params` gives, in both generations of PyMC.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytensor.tensor as pt


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way to write a distribution.

    Attributes
    ----------
    distribution : str
        A key of `distributions.DISTRIBUTIONS`.
    slots : callable
        From PyMC's parameters to the slots after the value, as PyTensor expressions.
    zeros : callable
        From PyMC's parameters to those that have to be the constant 0.
    """

    distribution: str
    slots: Callable[..., tuple[Any, ...]]
    zeros: Callable[..., tuple[Any, ...]] = lambda *_: ()


def _wide(parameter: Any) -> Any:
    """Compute with 64 bits: PyTensor holds a 3.0 in 32, and would divide by it in 32."""
    return pt.cast(parameter, "float64")


def _reciprocal(scale: Any) -> Any:
    """Undo PyMC's own reciprocal of a rate, in its precision, so that a rate of 3.0 is 3.0 again."""
    return _wide(1 / scale)


def _as_given(distribution: str) -> tuple[Form, ...]:
    return (Form(distribution=distribution, slots=lambda *parameters: parameters),)


FORMS: Mapping[str, tuple[Form, ...]] = {
    "normal": _as_given("normal"),
    "t": _as_given("student_t"),
    "cauchy": _as_given("cauchy"),
    "laplace": _as_given("laplace"),
    "asymmetriclaplace": _as_given("asymmetric_laplace"),
    "lognormal": _as_given("lognormal"),
    "halfnormal": (
        Form(distribution="half_normal", slots=lambda _, sigma: (sigma,), zeros=lambda loc, _: (loc,)),
    ),
    "halfcauchy": _as_given("half_cauchy"),
    "halfstudentt": _as_given("half_student_t"),
    "exponential": (Form(distribution="exponential", slots=lambda scale: (1 / _reciprocal(scale),)),),
    "gamma": (
        Form(distribution="gamma", slots=lambda alpha, scale: (_wide(alpha) / _reciprocal(scale), alpha)),
        Form(distribution="gamma_rate", slots=lambda alpha, scale: (alpha, _reciprocal(scale))),
    ),
    "invgamma": _as_given("inverse_gamma"),
    "weibull": (
        Form(
            distribution="weibull",
            slots=lambda alpha, beta: (_wide(beta) * pt.gamma(1 + 1 / _wide(alpha)), alpha),
        ),
        Form(distribution="weibull_scale", slots=lambda alpha, beta: (alpha, beta)),
    ),
    "wald": (
        Form(
            distribution="wald",
            slots=lambda mu, lam, _: (mu, lam),
            zeros=lambda _mu, _lam, shift: (shift,),
        ),
    ),
    "beta": (
        Form(distribution="beta", slots=lambda a, b: (_wide(a) / (_wide(a) + _wide(b)), _wide(a) + _wide(b))),
        Form(distribution="beta_shapes", slots=lambda a, b: (a, b)),
    ),
    "bernoulli": _as_given("bernoulli"),
    "binomial": _as_given("binomial"),
    "beta_binomial": (
        Form(
            distribution="beta_binomial",
            slots=lambda n, a, b: (n, _wide(a) / (_wide(a) + _wide(b)), _wide(a) + _wide(b)),
        ),
        Form(distribution="beta_binomial_shapes", slots=lambda n, a, b: (n, a, b)),
    ),
    "poisson": _as_given("poisson"),
    "negative_binomial": (
        Form(distribution="negative_binomial", slots=lambda n, p: (_wide(n) * (1 - p) / p, n)),
    ),
}
"""PyMC's name of a distribution (``op.name``) to its forms."""

CONSTANT_DENSITY: Mapping[str, str] = {"uniform": "interval", "flat": "identity", "half_flat": "log"}
"""Priors without a density of their own: PyMC's name, and the transform that holds their bounds."""
