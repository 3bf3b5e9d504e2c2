"""What a model is once it is lowered: arrays, and names of kernels.

A log density is a sum of factors, one per random variable, and every factor is a
distribution with slots: the value first, then the parameters. Priors and likelihoods are
the same thing here; a likelihood is a factor whose value is data.

Two vectors run through everything: the unconstrained point ``u`` that the sampler moves,
and the constrained one ``c``, each of length ``n_dim``: all free variables in the model's
order, each flattened.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_NUMBERS = 60_000
"""Of a program that is kept row by row: 0.5 MB."""

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotInstant:
    """Why a model has no program.

    Attributes
    ----------
    reason : str
        A clause that ends "not instant: ...", in the user's terms.
    """

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A slot that no free variable moves.

    Attributes
    ----------
    values : ndarray, shape (1,) or (n_rows,)
        On the distribution's own scale.
    """

    values: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A slot that is elements of a free variable.

    Attributes
    ----------
    positions : ndarray of int, shape (1,) or (n_rows,)
        Which elements.
    source : str
        ``"u"`` for the unconstrained, ``"c"`` for the constrained vector.
    link : str
        Takes the element to the slot: with ``"u"`` it is the variable's own transform.
    """

    positions: Positions
    source: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group-specific term: row r adds ``multiplier[r] * scale * c[index[r]]``.

    Attributes
    ----------
    multiplier : ndarray, shape (n_rows,)
    index : ndarray of int, shape (n_rows,)
        Position of the row's coefficient.
    scale : int
        Position of the scale of a non-centred effect; -1 for none.
    """

    multiplier: Floats
    index: Positions
    scale: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearPredictor:
    """A slot that is an inverse link of a linear predictor.

    Attributes
    ----------
    offset : ndarray, shape (1,) or (n_rows,)
    columns : ndarray of int, shape (n_columns,)
        Positions of the coefficients of `dense`.
    dense : ndarray, shape (n_columns, n_rows), C order
        The design matrix, one row of memory per coefficient.
    groups : tuple of Group
    link : str
    """

    offset: Floats
    columns: Positions
    dense: Floats
    groups: tuple[Group, ...]
    link: str


Slot = Constant | Point | LinearPredictor


def rows_of(slot: Slot) -> int:
    """Give the number of rows of a slot: 1 when one value holds for all."""
    match slot:
        case Constant(values=values):
            return len(values)
        case Point(positions=positions):
            return len(positions)
        case LinearPredictor():
            grouped = [len(group.multiplier) for group in slot.groups]
            return max([len(slot.offset), slot.dense.shape[1] if len(slot.columns) else 1, *grouped])


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One distribution.

    Attributes
    ----------
    distribution : str
        A key of `distributions.DISTRIBUTIONS`.
    rows : int
    slots : tuple of Slot
        The value, then the parameters in the distribution's order. A slot has as many
        rows as the factor, or one that holds for all.
    weights : ndarray, shape (n_rows,), or None
        How often each row counts; None when once.
    variables : tuple of str
        The random variables whose density this is.
    """

    distribution: str
    rows: int
    slots: tuple[Slot, ...]
    weights: Floats | None = None
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """How PyMC takes one free variable from ``u`` to ``c``.

    Attributes
    ----------
    kind : str
        ``"identity"``, ``"log"``, ``"logodds"``, ``"interval"``, ``"lower"`` or ``"upper"``.
    lower, upper : ndarray, shape (size,)
        Bounds; zeros where the kind has none.
    """

    kind: str
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A free variable.

    Attributes
    ----------
    name : str
    shape : tuple of int
    start : int
        Where it begins in ``u`` and ``c``.
    transform : Transform
    """

    name: str
    shape: tuple[int, ...]
    start: int
    transform: Transform

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A log density ready to be packed.

    Attributes
    ----------
    variables : tuple of Variable
    factors : tuple of Factor
    """

    variables: tuple[Variable, ...]
    factors: tuple[Factor, ...]

    @property
    def n_dim(self) -> int:
        """Length of ``u`` and of ``c``."""
        return sum(variable.size for variable in self.variables)

    @property
    def numbers(self) -> int:
        """How many numbers the slots hold."""
        return sum(_numbers(slot) for factor in self.factors for slot in factor.slots)

    @property
    def likelihoods(self) -> tuple[Factor, ...]:
        """The factors of observed variables."""
        free = {variable.name for variable in self.variables}
        return tuple(factor for factor in self.factors if not free.issuperset(factor.variables))


def _numbers(slot: Slot) -> int:
    match slot:
        case Constant(values=values):
            return len(values)
        case Point(positions=positions):
            return len(positions)
        case LinearPredictor():
            return slot.offset.size + slot.dense.size + 2 * sum(len(one.index) for one in slot.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    """A model that was read.

    Attributes
    ----------
    small : Program
        Compressed, for the sampler.
    whole : Program or None
        Row by row; None where it holds more than `MOST_NUMBERS`.
    """

    small: Program
    whole: Program | None
