"""Fewer of the rows over which means can be averaged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from glm_magic.predictor.tables import GroupTerm, PredictorTables, Shift, Table


def with_rows(tables: PredictorTables, kept: NDArray[np.bool_]) -> PredictorTables:
    """Keep some of the rows.

    Parameters
    ----------
    tables : PredictorTables
    kept : ndarray of bool, shape (n_rows,)

    Returns
    -------
    PredictorTables
    """

    def shift(one: Shift) -> Shift:
        return replace(one, one=_of(one.one), slope=_of(one.slope))

    def _of(values: NDArray[np.float64]) -> NDArray[np.float64]:
        # One number stands for all rows that change alike.
        return values if len(values) != len(kept) else values[kept]

    def table(one: Table) -> Table:
        return replace(one, observed=one.observed[kept], shifts=tuple(map(shift, one.shifts)))

    def grouped(term: GroupTerm) -> GroupTerm:
        return replace(term, by=tuple(replace(by, observed=by.observed[kept]) for by in term.by))

    return replace(
        tables,
        n_rows=int(kept.sum()),
        variables=tuple(replace(one, observed=_of(one.observed)) for one in tables.variables),
        tables=tuple(map(table, tables.tables)),
        parameters=tuple(replace(one, groups=tuple(map(grouped, one.groups))) for one in tables.parameters),
    )
