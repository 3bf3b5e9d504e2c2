"""Families of priors that the panel can change, and why another prior is fixed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from glm_magic.code import Numbers
from glm_magic.engines.instant.priors import PRIORS

KNOWN: Mapping[str, tuple[str, ...]] = {
    prior.name: tuple(argument.name for argument in prior.arguments) for prior in PRIORS
}
"""Families that can be changed, with their arguments in PyMC's order."""


def short(value: Any) -> Numbers:
    """Give numbers as an array, of one number where all are equal.

    Parameters
    ----------
    value : array_like

    Returns
    -------
    ndarray
        Of shape (1,), or the array's own.
    """
    array = np.atleast_1d(np.asarray(value, dtype=float))
    return array.reshape(-1)[:1] if array.size and (array == array.reshape(-1)[0]).all() else array


def why_fixed(family: str, arguments: Mapping[str, Numbers | str]) -> str:
    """Say why a prior cannot be changed in the panel.

    Parameters
    ----------
    family : str
    arguments : mapping of str to ndarray or str

    Returns
    -------
    str
        Empty where it can be.
    """
    others = [value for value in arguments.values() if isinstance(value, str)]
    if others:
        return f"it depends on {', '.join(others)}"
    if family not in KNOWN:
        return f"the page has no {family} to change"
    if set(arguments) != set(KNOWN[family]):
        return f"it is written by {', '.join(arguments)}, not by {', '.join(KNOWN[family])}"
    if any(value.ndim > 1 for value in arguments.values() if not isinstance(value, str)):
        return "its numbers have two dimensions"
    return ""
