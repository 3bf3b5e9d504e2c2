"""Priors that are given as objects of Bambi, written as a prior line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

import bambi
import numpy as np

from glm_magic.errors import ModelError

_REMEDY = 'Write a PyMC distribution, such as "Normal(0, 1)", or bmb.Prior("Normal", mu=0, sigma=1).'


def written_priors(priors: Mapping[str, str | float | bambi.Prior]) -> dict[str, str | float]:
    """Write the priors of ``glm(priors=...)`` as text, so that each is read, checked and shown in one way.

    Parameters
    ----------
    priors : mapping of str to str, float or bambi.Prior
        By target; a `bambi.Prior` may hold numbers, arrays and other priors.

    Returns
    -------
    dict of str to str or float

    Raises
    ------
    ModelError
        If a prior is none of these, or a `bambi.Prior` cannot be written as text.
    """
    return {target: _written(target, prior) for target, prior in priors.items()}


def _written(target: str, prior: Any) -> str | float:
    if not isinstance(target, str):
        raise ModelError(
            f"priors= has a target of type {type(target).__name__}",
            remedy='Write names as the summary prints them: priors={"x": "Normal(0, 1)"}.',
        )
    if isinstance(prior, bambi.Prior):
        return _call(target, prior)
    if isinstance(prior, str | int | float) and not isinstance(prior, bool):
        return prior
    if isinstance(prior, Real) and not isinstance(prior, bool):
        return float(prior)
    raise ModelError(f"the prior of {target} is of type {type(prior).__name__}", remedy=_REMEDY)


def _call(target: str, prior: bambi.Prior) -> str:
    """Write ``Normal(mu=0.0, sigma=HalfNormal(sigma=2.0))``."""
    if prior.dist is not None:
        raise ModelError(
            f"the prior of {target} has a dist= function, which cannot be checked, shown or saved",
            remedy="Use a distribution of PyMC's by its name, or write the model as a PyMC block.",
        )
    if getattr(prior, "noncentered", None) is not None:
        raise ModelError(
            f"the prior of {target} sets noncentered=, which glm-magic chooses by itself",
            remedy="Leave noncentered= out: it changes how the prior is sampled, not the prior.",
        )
    arguments = (f"{name}={_argument(target, value)}" for name, value in prior.args.items())
    return f"{prior.name}({', '.join(arguments)})"


def _argument(target: str, value: Any) -> str:
    if isinstance(value, bambi.Prior):
        return _call(target, value)
    if isinstance(value, Real | np.ndarray | list | tuple) and not isinstance(value, bool):
        numbers = np.asarray(value)
        if numbers.dtype.kind in "iuf" and numbers.ndim < 2:
            listed = [_number(number) for number in numbers.ravel().tolist()]
            return f"[{', '.join(listed)}]" if numbers.ndim else listed[0]
    raise ModelError(
        f"the prior of {target} has an argument that is no number, list of numbers or prior: {value!r:.60}",
        remedy=_REMEDY,
    )


def _number(number: float) -> str:
    """Write a number so that it is read as the same number: 2 for 2.0."""
    if math.isfinite(number) and float(number).is_integer() and abs(number) < 1e15:
        return str(int(number))
    return repr(number)
