"""The observations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from glm_magic.model import Column, Model
from glm_magic.model.observed import observed_variables
from glm_magic.predictor import MOST_AXES
from glm_magic.predictor.words import worth_saying
from glm_magic.views import Unavailable

if TYPE_CHECKING:
    from glm_magic.views.fan import FanView

MOST_ROWS = 5_000
MOST_VALUES = 150_000
"""Of all columns together: with more than 30 of them fewer rows are drawn."""
MISSING = np.uint32(0xFFFFFFFF)
CENSORED = "censored"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericColumn:
    """A numeric variable: values, shape (n_shown,)."""

    name: str
    values: NDArray[np.float64]
    kind: Literal["numeric"] = "numeric"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryColumn:
    """A categorical variable: codes, shape (n_shown,), into levels; `MISSING` where unknown."""

    name: str
    levels: tuple[str, ...]
    codes: NDArray[np.uint32]
    kind: Literal["category"] = "category"


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthLine:
    """The true mean along x: grid and y, both of shape (n_grid,)."""

    x: str
    grid: NDArray[np.float64]
    y: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataView:
    """The data tab.

    Attributes
    ----------
    n_rows, n_shown : int
        Rows fitted, and rows drawn.
    response : str
    columns : tuple of NumericColumn or CategoryColumn
        The response first.
    x, colours : tuple of str
        Names of the columns that can be x, and that can colour the points.
    jitter : bool
        Whether the response is 0 or 1 only.
    hollow : str or None
        Name of the column that says which points are censored.
    notes : tuple of str
    truth : tuple of TruthLine
    left_out : tuple of str
        What is not shipped, and how to get it.
    """

    n_rows: int
    n_shown: int
    response: str
    columns: tuple[NumericColumn | CategoryColumn, ...]
    x: tuple[str, ...]
    colours: tuple[str, ...]
    jitter: bool
    hollow: str | None
    notes: tuple[str, ...]
    truth: tuple[TruthLine, ...] = ()
    left_out: tuple[str, ...] = ()


def chosen_rows(n_rows: int, seed: int, n_columns: int = 1) -> NDArray[np.intp]:
    """Choose the rows to draw: all, or some of them by seed, in their own order.

    Parameters
    ----------
    n_rows, seed : int
    n_columns : int
        Predictors of the model.

    Returns
    -------
    ndarray of int
        At most `MOST_ROWS`, and fewer where there are many columns.
    """
    most = min(MOST_ROWS, MOST_VALUES // max(1, min(n_columns, 2 * MOST_AXES)))
    if n_rows <= most:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(seed).choice(n_rows, most, replace=False))


def used_rows(model: Model) -> NDArray[np.intp]:
    """Give the rows that the likelihood has, by position; none of a response of several columns."""
    if model.used is not None:
        return model.used
    return np.arange(0 if model.response is None else len(model.response.values))


def shown_rows(model: Model, seed: int, n_columns: int = 1) -> NDArray[np.intp]:
    """Choose the rows to draw of those that are used; arguments as for `chosen_rows`."""
    used = used_rows(model)
    return used[chosen_rows(len(used), seed, n_columns)]


def data_view(model: Model, rows: NDArray[np.intp], truth: tuple[TruthLine, ...]) -> DataView | Unavailable:
    """Lay the observations out.

    Parameters
    ----------
    model : Model
    rows : ndarray of int, shape (n_shown,)
        The rows to draw.
    truth : tuple of TruthLine

    Returns
    -------
    DataView or Unavailable
    """
    response = model.response
    if response is None:
        return Unavailable(unavailable=_no_scatter(model))
    n_rows = len(used_rows(model))
    predictors, left_out = _first(column for column in model.predictors if column.name != response.name)
    notes = [_drawn_said(len(rows), n_rows)] if len(rows) < n_rows else []
    if model.used is not None:
        notes.append(f"{n_rows:,} of {len(response.values):,} rows are used.")
    if words := worth_saying(model):
        notes.append(f"The model is of {words}.")
    columns = [_column(column, rows) for column in (response, *predictors)]
    if not predictors:
        notes.append("The model has no predictor that is a column: x is the row.")
        columns.append(NumericColumn(name="row", values=rows.astype(float)))
    if model.censored is not None:
        codes = model.censored[rows].astype(np.uint32)
        columns.append(CategoryColumn(name=CENSORED, levels=("observed", "censored"), codes=codes))
    return DataView(
        n_rows=n_rows,
        n_shown=len(rows),
        response=response.name,
        columns=tuple(columns),
        x=tuple(column.name for column in predictors) or ("row",),
        colours=tuple(column.name for column in predictors if column.levels),
        jitter=is_binary(response),
        hollow=CENSORED if model.censored is not None else None,
        notes=tuple(notes),
        truth=truth,
        left_out=tuple(left_out),
    )


def fewer_rows(view: DataView, keep: Callable[[int], NDArray[np.intp]]) -> DataView:
    """Leave observations out; a note says so.

    Parameters
    ----------
    view : DataView
    keep : callable
        Gives the positions to keep of so many.

    Returns
    -------
    DataView
        The same one if all are kept.
    """
    kept = keep(view.n_shown)
    if len(kept) == view.n_shown:
        return view

    def one(column: NumericColumn | CategoryColumn) -> NumericColumn | CategoryColumn:
        if isinstance(column, NumericColumn):
            return replace(column, values=column.values[kept])
        return replace(column, codes=column.codes[kept])

    others = [note for note in view.notes if note != _drawn_said(view.n_shown, view.n_rows)]
    return replace(
        view,
        n_shown=len(kept),
        columns=tuple(map(one, view.columns)),
        notes=(_drawn_said(len(kept), view.n_rows), *others),
    )


def _drawn_said(n_shown: int, n_rows: int) -> str:
    return f"{n_shown:,} of {n_rows:,} rows drawn."


def _no_scatter(model: Model) -> str:
    observed = [str(variable.name) for variable in observed_variables(model.pymc)]
    if not observed:
        factors = ", and a pm.Potential has no rows" if model.pymc.potentials else ""
        return f"The model has no observed variable{factors}, so there are no observations to draw."
    if len(observed) == 1:
        return "The response is not one column of numbers, so there is no scatter of it."
    return f"None of {', '.join(observed)} is one column of numbers, so there is no scatter of them."


def _first(predictors: Iterable[Column]) -> tuple[list[Column], list[str]]:
    """Keep as many predictors as the fan has axes, in their order, and say which are left out."""
    kinds: dict[str, list[Column]] = {"numeric": [], "categorical": []}
    every = list(predictors)
    for column in every:
        kinds["categorical" if column.levels else "numeric"].append(column)
    others = {column.name for kind in kinds.values() for column in kind[MOST_AXES:]}
    left_out = [
        f"The first {MOST_AXES} of {len(kind):,} {name} predictors are here; "
        f"fit.plot_data({kind[MOST_AXES].name!r}) draws any other."
        for name, kind in kinds.items()
        if len(kind) > MOST_AXES
    ]
    return [column for column in every if column.name not in others], left_out


def is_binary(column: Column) -> bool:
    """Tell whether a response is 0 or 1 in every row that has one."""
    known = column.values[~np.isnan(column.values)]
    return not column.levels and bool(np.isin(known, (0.0, 1.0)).all())


def _column(column: Column, rows: NDArray[np.intp]) -> NumericColumn | CategoryColumn:
    values = column.values[rows]
    if not column.levels:
        return NumericColumn(name=column.name, values=values)
    codes = np.where(np.isnan(values), MISSING, np.nan_to_num(values)).astype(np.uint32)
    return CategoryColumn(name=column.name, levels=column.levels, codes=codes)


def true_lines(fan: FanView | Unavailable) -> tuple[TruthLine, ...]:
    """Take the true mean along each predictor from the fan, for the data tab."""
    if isinstance(fan, Unavailable):
        return ()
    return tuple(
        TruthLine(x=axis.x, grid=axis.grid, y=axis.strata[0].truth)
        for axis in fan.axes
        if len(axis.strata) == 1 and axis.strata[0].truth is not None and axis.label == axis.x
    )
