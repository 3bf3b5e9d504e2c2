"""What evaluates the mean of the response in the browser, at any held values and for any draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters
from glm_magic.model import FormulaSource, Model
from glm_magic.predictor.tables import NoTables, Parameter, PredictorTables
from glm_magic.predictor.tables.build import tables_of
from glm_magic.predictor.tables.evaluate import evaluate
from glm_magic.views import Unavailable
from glm_magic.views.draws import DrawsView
from glm_magic.wire import EXACT

Draws = Mapping[str, NDArray[np.float64]]

MOST_ROWS = 2_000
"""Over which means are averaged, if there are few tables."""
MOST_OBSERVED = 30_000
"""Entries at those rows, of all tables, 0.24 MB."""
LEAST_ROWS = 100
MOST_ENTRIES = 200_000
"""Of all tables, 1.6 MB."""
PRECISION = 1e-6
"""Of linear predictors, as a part of their standard deviation."""
NOT_TABULATED = "Predictors cannot be moved here"


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictorView:
    """Predictor tables, and where they start from.

    Attributes
    ----------
    tables : PredictorTables
    rows : ndarray of int, shape (n_rows,)
        Over which the tables can be averaged, by their positions among the rows that the Data tab draws.
    observed : ndarray, shape (n_shown,)
        The response on the scale of the mean at the rows that the Data tab draws: a rate where there are trials or an
        exposure; NaN where it has no such value.
    linear : tuple of ndarray, shape (n_shown_draws,) or (n_shown_draws, n_categories)
        For each parameter of the family: the linear predictor of the shipped draws at the start of every
        variable, for the population. Coefficients of calendar years are large and cancel; what is added to these
        does not.
    """

    tables: PredictorTables
    rows: NDArray[np.uint32]
    observed: NDArray[np.float64]
    linear: tuple[NDArray[np.float64], ...] = field(metadata=EXACT)


def predictor_view(
    model: Model, observed: NDArray[np.float64], shown: NDArray[np.intp], draws: DrawsView, exact: Draws
) -> PredictorView | Unavailable:
    """Tabulate the predictor for the browser.

    Parameters
    ----------
    model : Model
    observed : ndarray, shape (n_rows,)
        The response on the scale of the mean.
    shown : ndarray of int, shape (n_shown,)
        The rows that the Data tab draws.
    draws : DrawsView
        As they are shipped.
    exact : mapping of str to ndarray, shape (n_draws,)
        The same draws in double precision, by label.

    Returns
    -------
    PredictorView or Unavailable
    """
    if not isinstance(model.source, FormulaSource):
        return Unavailable(unavailable=f"{NOT_TABULATED}: the mean of a PyMC block is no sum of products.")
    most = max(LEAST_ROWS, min(MOST_ROWS, MOST_OBSERVED // _n_columns(model.source)))
    rows = averaged_rows(len(shown), most)
    tables = tables_of(model, shown[rows])
    if isinstance(tables, NoTables):
        return Unavailable(unavailable=f"{NOT_TABULATED}: {tables.reason}.")
    if not tables.mean:
        return Unavailable(unavailable=f"{NOT_TABULATED}: {tables.reason}.")
    size = sum(table.values.size + table.observed.size for table in tables.tables)
    more = sum(one.one.size + one.slope.size for table in tables.tables for one in table.shifts)
    if size <= MOST_ENTRIES < size + more:
        tables = _still(tables, size + more)
    if size > MOST_ENTRIES:
        return Unavailable(
            unavailable=f"{NOT_TABULATED}: their tables would have {size:,} entries, over {MOST_ENTRIES:,}."
        )
    missing = labels_of(tables) - {one.label for one in draws.columns}
    if missing:
        return Unavailable(
            unavailable=f"{NOT_TABULATED}: the draws of {len(missing):,} of the model's numbers are not here."
        )
    return PredictorView(
        tables=tables,
        rows=rows.astype(np.uint32),
        observed=observed[shown],
        linear=linear_of(tables, draws, exact),
    )


def _still(tables: PredictorTables, size: int) -> PredictorTables:
    """Leave out what moves in the rows of the data."""
    reason = f"its tables would have {size:,} entries, over {MOST_ENTRIES:,}"
    return replace(
        tables,
        tables=tuple(replace(one, shifts=()) for one in tables.tables),
        variables=tuple(one if one.levels else replace(one, unmoved=reason) for one in tables.variables),
    )


def _n_columns(source: FormulaSource) -> int:
    """Count the columns of all common designs: there are no more tables than that, but for a few."""
    designs = (component.design.common for component in bambi_parameters(source.bambi).values())
    return max(1, sum(int(one.design_matrix.shape[1]) for one in designs if one is not None))


def averaged_rows(n_rows: int, most: int) -> NDArray[np.intp]:
    """Choose the rows over which means are averaged: all of them, or so many at random.

    Parameters
    ----------
    n_rows, most : int

    Returns
    -------
    ndarray of int
        In ascending order; they depend on `n_rows` alone.
    """
    if n_rows <= most:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(n_rows).choice(n_rows, most, replace=False))


def labels_of(tables: PredictorTables) -> set[str]:
    """Name the numbers of the posterior that tables multiply.

    Parameters
    ----------
    tables : PredictorTables

    Returns
    -------
    set of str
    """
    common = {label for one in tables.parameters for column in one.columns for label in column.labels}
    terms = [term for one in tables.parameters for term in one.groups]
    levels = {label for term in terms for column in term.labels for group in column for label in group}
    return common | levels


def linear_of(tables: PredictorTables, draws: DrawsView, exact: Draws) -> tuple[NDArray[np.float64], ...]:
    """Give `PredictorView.linear` for shipped draws.

    Parameters
    ----------
    tables : PredictorTables
    draws : DrawsView
    exact : mapping of str to ndarray, shape (n_draws,)
        The same draws in double precision, by label.

    Returns
    -------
    tuple of ndarray
    """
    sizes = np.abs(draws.values).max(axis=(1, 2), initial=0.0)
    largest = {one.label: float(size) for one, size in zip(draws.columns, sizes, strict=True)}
    return linear_at_start(tables, exact, largest)


def linear_at_start(
    tables: PredictorTables, exact: Draws, largest: Mapping[str, float]
) -> tuple[NDArray[np.float64], ...]:
    """Give the linear predictors at the start, where the shipped draws are too coarse for them.

    Parameters
    ----------
    tables : PredictorTables
    exact : mapping of str to ndarray, shape (n_draws,)
        Draws in double precision, by label.
    largest : mapping of str to float
        The largest number that is shipped of each: single precision rounds it by a part of it.

    Returns
    -------
    tuple of ndarray, shape (n_draws,) or (n_draws, n_categories)
        One for each parameter of the family; none where the shipped draws are precise enough.
    """
    own = {label: exact[label] for label in labels_of(tables)}
    if not own:
        return ()
    linear = evaluate(tables, own).linear
    found = tuple(linear[one.name] for one in tables.parameters)
    lost = [_rounding(tables, one, largest) for one in tables.parameters]
    spread = [float(np.std(one, axis=0).min()) for one in found]
    fine = all(error <= PRECISION * max(size, PRECISION) for error, size in zip(lost, spread, strict=True))
    return () if fine else found


def _rounding(tables: PredictorTables, parameter: Parameter, sizes: Mapping[str, float]) -> float:
    """Bound what single precision of the draws may change in a linear predictor."""
    largest = [float(np.abs(table.values).max(initial=0.0)) for table in tables.tables]
    total = 0.0
    for column in parameter.columns:
        for label in column.labels:
            entry = prod(largest[at] for at in column.tables)
            total += entry * sizes[label] * float(np.finfo(np.float32).eps) / 2
    return total
