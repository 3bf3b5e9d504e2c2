"""Predictor tables: what evaluates E[y | x] of any draw at any held values, without Python.

A column of a design matrix is a product of functions of the predictors: ``x:g[b]`` is ``x`` times the indicator of
``b``, a column of ``bs(x)`` is a function of ``x`` alone. Each function is tabulated over the values at which its
predictor can be held, so that a design row is a product of table entries, exact at each of these values.

- `variables`: where each predictor can be held
- `entries`: the functions of a formula over those values
- `shifts`: how they change where a number moves in the rows of the data
- `groups`: which group a value belongs to, and the distribution of a new group's effects
- `build`: a formula and its data -> tables
- `check`: the products against formulae's own design at combinations of values
- `means`: how the mean is made of the parameters
- `observed`: what a new observation is besides its parameters
- `rows`: fewer of the rows over which means can be averaged
- `evaluate`: tables, draws and held values -> linear predictors and the mean; the browser mirrors it

The records hold arrays and strings only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glm_magic.predictor.ratios import Ratios
from glm_magic.predictor.tables.observed import Observation
from glm_magic.wire import EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A predictor, or a grouping factor, and the values at which it can be held.

    Attributes
    ----------
    name : str
    grid : ndarray, shape (n_grid,)
        Numbers in ascending order, or 0, 1, ... for levels; a single one where it cannot be moved.
    levels : tuple of str
        Names of the grid's positions, the reference first; empty for numbers.
    stops : ndarray of int, shape (n_stops,)
        Positions of the grid at which a control can stand, for whole numbers: their values in the data, and the
        mean; the grid is finer, to be drawn along. Empty where it can stand at any.
    start : int
        Position of the reference: the mean, the reference level, the value at which an exposure vanishes.
    places : tuple of (str, int)
        Positions of a number that tell three fans apart: the mean, and one standard deviation to either side.
    reason : str
        Why it cannot be moved, without a full stop; empty where it can.
    observed : ndarray, shape (n_rows,)
        At the rows of `Table.observed`: its values, or the positions of its levels.
    indicator : bool
        Whether it is a number that is 0 or 1 in every row: 1 is compared with 0 then, and it is not moved by 1.
    unmoved : str
        Why no number can be added to it in the rows of the data, where `reason` is empty; empty where one can.
    """

    name: str
    grid: NDArray[np.float64] = field(metadata=EXACT)
    levels: tuple[str, ...] = ()
    stops: NDArray[np.int32]
    start: int
    places: tuple[tuple[str, int], ...] = ()
    reason: str = ""
    observed: NDArray[np.float64] = field(metadata=EXACT)
    indicator: bool = False
    unmoved: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How a function changes at rows of the data when a number moves there, and the others stay.

    Attributes
    ----------
    variable : str
        The number.
    one : ndarray, shape (n_rows,) or (1,)
        The change where it is 1 more; once where all rows change alike.
    slope : ndarray, shape (n_rows,) or (1,)
        The derivative with respect to it, a central difference.
    """

    variable: str
    one: NDArray[np.float64] = field(metadata=EXACT)
    slope: NDArray[np.float64] = field(metadata=EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A function of one predictor over its grid, or of several over all combinations of theirs.

    Attributes
    ----------
    variables : tuple of str
        One; several for a function that computes with them together, ``np.maximum(x, z)``; none for a constant.
    values : ndarray, shape (n_grid, ...)
        A dimension for each variable, in their order.
    observed : ndarray, shape (n_rows,)
        Its values at rows of the data, over which a mean can be averaged; no rows where none were chosen.
    shifts : tuple of Shift
        One for each of its variables that moves in those rows.
    """

    variables: tuple[str, ...]
    values: NDArray[np.float64] = field(metadata=EXACT)
    observed: NDArray[np.float64] = field(metadata=EXACT)
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignColumn:
    """A column of a design: its value is a product of table entries.

    Attributes
    ----------
    term : str
        As formulae writes it.
    labels : tuple of str
        The number of the posterior that it multiplies, as the summary labels it; one for each category of the
        response where its coefficients differ between them; empty for an offset, whose coefficient is 1.
    tables : tuple of int
        Places in `PredictorTables.tables`; none for an intercept, whose value is 1.
    """

    term: str
    labels: tuple[str, ...]
    tables: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Which groups a variable tells apart.

    Attributes
    ----------
    variable : str
    codes : ndarray of int, shape (n_grid,)
        The group at each position of the variable's grid; -1 where the data have none.
    n_groups : int
    observed : ndarray of int, shape (n_rows,)
        The groups of the rows of `Table.observed`.
    """

    variable: str
    codes: NDArray[np.int32]
    n_groups: int
    observed: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """An argument of the distribution of groups' effects.

    Attributes
    ----------
    name : str
        As PyMC calls it, ``"sigma"``.
    labels : tuple of tuple of str
        For each column of the term, for each category of the response: the number of the posterior. Empty where it
        is no parameter.
    values : ndarray, shape (n_columns, n_categories), or None
        What it is then.
    """

    name: str
    labels: tuple[tuple[str, ...], ...] = ()
    values: NDArray[np.float64] | None = field(default=None, metadata=EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTerm:
    """Effects of groups: ``(x|g)``. At the population they are zero.

    Attributes
    ----------
    term : str
        As formulae writes it, ``"x|g"``.
    by : tuple of Grouping
        One; several for groups within groups, ``g:h``. A group's place is that of its codes in row-major order.
    groups : tuple of str
        Names of the groups, in their order.
    columns : tuple of tuple of int
        The tables whose product each column of the left side is; ``()`` for the 1 of ``(1|g)``.
    labels : tuple of tuple of tuple of str
        For each column, for each group: the number of the posterior, or one for each category of the response.
    distribution : str
        Of the effects of a new group, as PyMC calls it: ``"Normal"``.
    arguments : tuple of Argument
        Of that distribution.
    """

    term: str
    by: tuple[Grouping, ...]
    groups: tuple[str, ...]
    columns: tuple[tuple[int, ...], ...]
    labels: tuple[tuple[tuple[str, ...], ...], ...]
    distribution: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of the family: the inverse link of its linear predictor.

    Attributes
    ----------
    name : str
        ``"mu"``, ``"sigma"``.
    link : str
        ``"identity"`` for one without a formula, whose only column is the number itself.
    columns : tuple of DesignColumn
    groups : tuple of GroupTerm
    """

    name: str
    link: str
    columns: tuple[DesignColumn, ...]
    groups: tuple[GroupTerm, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorTables:
    """All that the mean of a formula's response needs besides draws.

    Attributes
    ----------
    variables : tuple of Variable
        In the order of the formula.
    tables : tuple of Table
        Each once, however many columns share it.
    parameters : tuple of Parameter
        Those of the family, the main one first.
    family : str
    mean : str
        How the mean is made of the parameters: ``"main"`` (it is the main one), or the family, which has a
        function of its own in `expectation.MEANS` or `tables.means.CATEGORIES`; empty where it is not tabulated.
    reason : str
        Why `mean` is empty, without a full stop.
    inputs : tuple of str
        The parameters that the mean depends on.
    categories : tuple of str
        Of the response, where the mean is a probability for each; empty otherwise.
    ylabel : str
        What the mean is, as on the axis of the fan.
    exposure : tuple of str
        Variables that start where they are 1, so that the mean is a rate.
    modelled, scale : str
        What the mean and the main linear predictor are: ``"P(hit = 1)"``, ``"log odds of P(hit = 1)"``.
    ratios : Ratios or None
        What exponentiated differences of that linear predictor are, where they are ratios.
    common : tuple of str
        The variables of common terms, exposures left out: those whose effects are asked for.
    observation : Observation
        What a new observation is, besides its parameters.
    n_rows : int
        How many rows of the data there are to average over.
    population : str
        Whom the mean is for while no group's effects are included, ``"an average school"``; may be empty.
    """

    variables: tuple[Variable, ...]
    tables: tuple[Table, ...]
    parameters: tuple[Parameter, ...]
    family: str
    mean: str
    reason: str = ""
    inputs: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    ylabel: str = ""
    exposure: tuple[str, ...] = ()
    population: str = ""
    modelled: str = ""
    scale: str = ""
    ratios: Ratios | None = None
    common: tuple[str, ...] = ()
    observation: Observation = field(default_factory=Observation)
    n_rows: int = 0

    def variable(self, name: str) -> Variable:
        """Find a variable by its name."""
        return next(one for one in self.variables if one.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTables:
    """Why a predictor has no tables at all.

    Attributes
    ----------
    reason : str
        Without a full stop.
    """

    reason: str
