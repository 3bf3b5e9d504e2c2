"""How the functions of a formula change at the rows of the data when a number moves there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic.model import Column, FormulaSource
from glm_magic.predictor.formula.frames import completed, is_plain_number
from glm_magic.predictor.places import derivative_step
from glm_magic.predictor.tables import Shift

Array = NDArray[np.float64]

ALIKE = 1e-7
"""Changes of all rows that differ by less than this part of them differ by the rounding of a difference quotient."""


ONE = np.ones(1)


class _NoValueError(Exception):
    """A function of the formula that could not be evaluated."""


class Shifts:
    """The changes of a formula's functions, made as its terms ask for them.

    Parameters
    ----------
    source : FormulaSource
    numbers : iterable of Column
        Those that move.
    rows : ndarray of int, shape (n_rows,)
        Of the data.

    Attributes
    ----------
    unmoved : dict of str to str
        Numbers that cannot be moved in the rows, and why.
    """

    def __init__(self, source: FormulaSource, numbers: Iterable[Column], rows: NDArray[np.intp]) -> None:
        self.source = source
        self.rows = rows
        self.steps = {column.name: derivative_step(column.values) for column in numbers}
        self.unmoved: dict[str, str] = {}
        self._frames: dict[tuple[str, str], pd.DataFrame] = {}

    def of(self, part: Any, names: Sequence[str], observed: Array) -> list[tuple[Shift, ...]]:
        """Move each variable of a part of the formula.

        Parameters
        ----------
        part : formulae variable or call
        names : sequence of str
            Its variables.
        observed : ndarray, shape (n_rows, n_columns)
            Its values where nothing is moved.

        Returns
        -------
        list of tuple of Shift
            For each column; none for a number that is `unmoved`.
        """
        shifts: list[list[Shift]] = [[] for _ in range(observed.shape[1])]
        for name in names if len(self.rows) else ():
            if name not in self.steps or name in self.unmoved:
                continue
            if is_plain_number(part):
                shifts[0].append(Shift(variable=name, one=ONE, slope=ONE))
                continue
            alone = name if len(names) > 1 else ""
            try:
                one, low, high = (self._at(part, alone, by, observed.shape) for by in ("one", "low", "high"))
            except _NoValueError as problem:
                self.unmoved[name] = f"{part.name} has no value where {name} is moved: it raises {problem}"
                continue
            with np.errstate(all="ignore"):
                more, slope = one - observed, (high - low) / self.steps[name]
            for place, own in enumerate(shifts):
                own.append(Shift(variable=name, one=_once(more[:, place]), slope=_once(slope[:, place])))
        return [tuple(own) for own in shifts]

    def _at(self, part: Any, alone: str, by: str, shape: tuple[int, ...]) -> Array:
        try:
            with np.errstate(all="ignore"):
                values = np.asarray(part.eval_new_data(self._moved(alone, by)), dtype=float)
        # The user's own function may raise anything for values that it was not written for.
        except Exception as problem:
            raise _NoValueError(type(problem).__name__) from problem
        return values[: len(self.rows)].reshape(shape)

    def _moved(self, alone: str, by: str) -> pd.DataFrame:
        """Move one number; or all of them, for functions of a single one: there may be hundreds."""
        known = self._frames.get((alone, by))
        if known is not None:
            return known
        half = {"low": -0.5, "high": 0.5}
        frame = self.source.frame.iloc[self.rows].reset_index(drop=True)
        moved: Mapping[str, Array] = {
            name: frame[name].to_numpy(dtype=float) + (half[by] * step if by in half else 1.0)
            for name, step in self.steps.items()
            if name == alone or not alone
        }
        made = completed(self.source, frame.assign(**moved))
        self._frames[alone, by] = made
        return made


def _once(changes: Array) -> Array:
    """Keep one number where all rows change alike."""
    mean = float(changes.mean())
    alike = np.isfinite(mean) and float(np.ptp(changes)) <= ALIKE * abs(mean)
    return np.array([mean]) if alike else np.ascontiguousarray(changes)
