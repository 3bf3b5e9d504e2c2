"""A model -> the PyMC program that gives the same posterior, as text.

- `priors`: every random variable, with the numbers of its prior
- `rows`, `columns`, `response`: the data, as arrays that are computed by name
- `predictor`, `likelihood`: the statements of the model
- `program`: the parts put together
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Random:
    """A random variable and its prior.

    Attributes
    ----------
    name : str
        As a line of a cell and `Fit.refit` name it: ``"x"``, ``"1|school_sigma"``, with backquotes where a line
        needs them.
    target : str
        The same without backquotes: that of `glm_magic.request.prior.Prior`.
    variable : str
        The PyMC variable: ``"Intercept_centered"``.
    label : str
        The parameter whose numbers have this prior, as the summary names it.
    family : str
        PyMC's name of the distribution.
    arguments : mapping of str to ndarray or str
        Numbers, of shape (1,) where all are equal; or the name of another variable.
    dims : tuple of str
    computing : mapping of str to str
        What the call has besides, as Python: ``{"transform": "pm.distributions.transforms.ordered"}``.
    fixed : str
        Why it cannot be changed in the panel; empty where it can.
    """

    name: str
    target: str
    variable: str
    label: str
    family: str
    arguments: Mapping[str, Numbers | str]
    dims: tuple[str, ...] = ()
    computing: Mapping[str, str] = field(default_factory=dict)
    fixed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A PyMC program.

    Attributes
    ----------
    parts : tuple of str or Random
        Text, and priors in whose place their calls belong.
    """

    parts: tuple[str | Random, ...]
