"""The functions of a formula, tabulated over the values at which their variables can be held."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic.model import FormulaSource, Model
from glm_magic.predictor.formula.exposure import exposure_of
from glm_magic.predictor.formula.frames import completed, frame_at, is_plain_number
from glm_magic.predictor.places import reference_of
from glm_magic.predictor.tables import Grouping, Shift, Table
from glm_magic.predictor.tables.groups import codes_of
from glm_magic.predictor.tables.shifts import Shifts
from glm_magic.predictor.tables.variables import held_variable

MOST_CELLS = 20_000
"""Combinations of values over which a function of several predictors is tabulated, 80 kB as 4-byte numbers."""


class NoValueError(Exception):
    """A part of a formula that could not be evaluated over the grids of the variables `names`."""

    def __init__(self, names: tuple[str, ...], reason: str) -> None:
        self.names = names
        self.reason = reason
        super().__init__(reason)


class Entries:
    """The tables of a formula, made as its terms ask for them.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    fixed : mapping of str to str
        Variables that cannot be moved, and why.
    rows : ndarray of int, shape (n_rows,)
        Of the data.

    Attributes
    ----------
    variables : dict of str to Variable
    tables : list of Table
    """

    def __init__(
        self, model: Model, source: FormulaSource, fixed: Mapping[str, str], rows: NDArray[np.intp]
    ) -> None:
        self.source = source
        self.rows = rows
        exposure = exposure_of(source)
        reference = reference_of(model.predictors, exposure)
        self.columns = {column.name: column for column in model.predictors}
        self.variables = {
            name: held_variable(
                column,
                reference[name],
                fixed.get(name, ""),
                rows,
                whole=pd.api.types.is_integer_dtype(source.frame[name]),
            )
            for name, column in self.columns.items()
        }
        # The grid of a factor that cannot be moved is its reference alone.
        self.first = {
            name: float(column.levels.index(self.variables[name].levels[0])) if column.levels else 0.0
            for name, column in self.columns.items()
        }
        # A rate is per unit of its exposure, which is no cause of it.
        moving = (one for one in self.columns.values() if one.name not in {*fixed, *exposure})
        self.shifts = Shifts(source, [one for one in moving if not one.levels], rows)
        self.tables: list[Table] = []
        self._places: dict[tuple[tuple[str, ...], bytes, bytes, bytes], int] = {}

    def constant(self, number: float) -> int:
        """Tabulate a number that is the same everywhere.

        Parameters
        ----------
        number : float

        Returns
        -------
        int
            Its place in `tables`.
        """
        return self._place((), np.asarray(float(number)), np.full(len(self.rows), float(number)), ())

    def products(self, parts: Iterable[Any]) -> list[tuple[int, ...]]:
        """Multiply the parts of a term: for each of its columns, a table of each part.

        The columns of the last part vary fastest, as in formulae's ``get_interaction_matrix``.

        Parameters
        ----------
        parts : iterable of formulae variables and calls

        Returns
        -------
        list of tuple of int
            Places in `tables`.
        """
        products: list[tuple[int, ...]] = [()]
        for part in parts:
            own = self._part(part)
            products = [(*before, place) for before in products for place in own]
        return products

    def _part(self, part: Any) -> list[int]:
        """Tabulate a variable or a call, column by column."""
        names = self._names(part)
        sizes = [len(self.variables[name].grid) for name in names]
        if prod(sizes) > MOST_CELLS:
            raise NoValueError(
                names,
                f"{part.name} computes with {_listed(names)} together, and has a value for each of "
                f"{prod(sizes):,} combinations, too many for a table",
            )
        # Making frames and evaluating in them takes most of the time of a simple formula.
        if is_plain_number(part) and names:
            values = self.variables[part.name].grid
        else:
            values = self._over(names, part.name, part.eval_new_data)
        columns = values.reshape(len(values), -1).T
        observed = self._at_rows(part).reshape(len(self.rows), len(columns))
        shifts = self.shifts.of(part, names, observed)
        return [
            self._place(names, column.reshape(sizes), own, moved)
            for column, own, moved in zip(columns, observed.T, shifts, strict=True)
        ]

    def _at_rows(self, part: Any) -> NDArray[np.float64]:
        """Evaluate a part of the formula at the rows of the data, where it has a value in any case."""
        if not len(self.rows):
            return np.zeros(0)
        if is_plain_number(part):
            return np.asarray(self.source.frame[part.name].iloc[self.rows], dtype=float)
        return np.asarray(part.eval_new_data(self._observed), dtype=float)[: len(self.rows)]

    @cached_property
    def _observed(self) -> pd.DataFrame:
        return completed(self.source, self.source.frame.iloc[self.rows].reset_index(drop=True))

    def _over(
        self, names: tuple[str, ...], part: str, evaluate: Callable[[pd.DataFrame], Any]
    ) -> NDArray[np.float64]:
        """Evaluate a part of the formula at every combination of the values of its variables."""
        count = prod(len(self.variables[name].grid) for name in names)
        rows = self._each if len(names) == 1 else completed(self.source, self._together(names))
        try:
            with np.errstate(all="ignore"):
                values = np.asarray(evaluate(rows), dtype=float)
        # The user's own function may raise anything for values that it was not written for.
        except Exception as problem:
            why = f"{type(problem).__name__}: {problem}".splitlines()[0]
            raise NoValueError(names, f"{part} has no value between those of the data ({why})") from problem
        return values[:count]

    @cached_property
    def _each(self) -> pd.DataFrame:
        """Rows in which every variable moves along its own grid, and stands at its end where others have more values.

        One frame for all of them, because there may be hundreds.
        """
        longest = max(len(one.grid) for one in self.variables.values())
        values = {
            name: one.grid[np.minimum(np.arange(longest), len(one.grid) - 1)] + self.first[name]
            for name, one in self.variables.items()
        }
        return completed(self.source, frame_at(self.source, self.columns.values(), values))

    def _together(self, names: tuple[str, ...]) -> pd.DataFrame:
        if not names:
            return self.source.frame.iloc[[0]]
        meshes = np.meshgrid(*(self.variables[name].grid + self.first[name] for name in names), indexing="ij")
        values = {name: mesh.ravel() for name, mesh in zip(names, meshes, strict=True)}
        return frame_at(self.source, [self.columns[name] for name in names], values)

    def _names(self, part: Any) -> tuple[str, ...]:
        return tuple(name for name in self.columns if name in part.var_names)

    def _place(
        self,
        names: tuple[str, ...],
        values: NDArray[np.float64],
        observed: NDArray[np.float64],
        shifts: tuple[Shift, ...],
    ) -> int:
        """Keep a table, unless there is an equal one."""
        values = np.array(values, dtype=float, order="C")
        observed = np.array(observed, dtype=float)
        moved = b"".join(array.tobytes() for one in shifts for array in (one.one, one.slope))
        key = (names, values.tobytes(), observed.tobytes(), moved)
        place = self._places.setdefault(key, len(self.tables))
        if place == len(self.tables):
            self.tables.append(Table(variables=names, values=values, observed=observed, shifts=shifts))
        return place

    def grouping(self, part: Any) -> Grouping:
        """Tell the groups of a grouping factor, or of a part of a nested one, apart.

        Parameters
        ----------
        part : formulae variable or call

        Returns
        -------
        Grouping
        """
        names = self._names(part)
        if len(names) != 1:
            raise NoValueError(names, f"the groups of {part.name} are not those of one variable")
        if not self.columns[names[0]].levels:
            self.shifts.unmoved[names[0]] = f"{part.name} tells groups apart, and other values have none"
        grid = self.variables[names[0]].grid + self.first[names[0]]
        codes = codes_of(part, self.columns[names[0]], grid, self._each)
        observed = self._at_rows(part)
        return Grouping(
            variable=names[0],
            codes=codes,
            n_groups=len(part.contrast_matrix.labels),
            observed=observed.reshape(len(self.rows), -1).argmax(axis=1).astype(np.int32)
            if len(self.rows)
            else np.zeros(0, dtype=np.int32),
        )


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
