"""The Model tab: the model in mathematics, its priors, and the code that gives the same posterior."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glm_magic.wire import EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorArgument:
    """One argument of a prior.

    Attributes
    ----------
    name : str
        PyMC's.
    values : ndarray, shape (1,) or (n_labels,)
    """

    name: str
    values: NDArray[np.float64] = field(metadata=EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorRecord:
    """The prior of one random variable.

    Attributes
    ----------
    name : str
        As `Fit.refit` takes it, and as a line of a cell names it: ``"x"``, ``"1|school_sigma"``.
    variable : str
        The PyMC variable.
    labels : tuple of str
        The numbers of the posterior whose prior this is, as the summary labels them.
    family : str
        ``"Normal"``.
    arguments : tuple of PriorArgument
        In PyMC's order.
    rest : str
        What follows the arguments in PyMC's call.
    given : str or None
        The line of the cell that gives it; None where Bambi chose it.
    fixed : str
        Why it cannot be changed in the panel; empty where it can.
    """

    name: str
    variable: str
    labels: tuple[str, ...]
    family: str
    arguments: tuple[PriorArgument, ...]
    rest: str
    given: str | None
    fixed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelView:
    """The Model tab.

    Attributes
    ----------
    mathml : tuple of str
        A ``<math>`` element for each line of the model.
    lines : tuple of str
        The same lines as plain text.
    priors : tuple of PriorRecord
    code : tuple of str or int
        A PyMC program. A number is the place of the prior whose call belongs there.
    cell : str
        The ``%%glm`` cell without lines of priors that can be changed; empty where there is none.
    notes : tuple of str
    """

    mathml: tuple[str, ...]
    lines: tuple[str, ...]
    priors: tuple[PriorRecord, ...]
    code: tuple[str | int, ...]
    cell: str
    notes: tuple[str, ...]
