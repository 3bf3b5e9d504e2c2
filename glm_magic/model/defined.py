"""Rows in which a function of the formula has no value: ``np.log`` of a negative number, ``pd.cut`` outside its bins.

They are left out like rows in which a column has none, as R's ``model.frame`` does it (Chambers & Hastie
1992, Statistical Models in S, section 3.3.3). An infinite value is a value; `glm_magic.model.design` refuses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic.errors import DataError, Where
from glm_magic.model import Dropped
from glm_magic.model.arguments import calls_of, rows_kept
from glm_magic.model.calls import environment, inside, operations, value_of
from glm_magic.request import FormulaCell

Booleans = NDArray[np.bool_]


def defined_rows(
    cell: FormulaCell,
    frame: pd.DataFrame,
    given: dict[str, Any],
    dropped: Dropped | None,
    where: Where,
) -> tuple[pd.DataFrame, dict[str, Any], Dropped | None]:
    """Keep the rows in which every function of the formula has a value.

    Parameters
    ----------
    cell : FormulaCell
    frame : pandas.DataFrame
        Rows without a missing value in a column.
    given : dict of str to object
        What the functions are given besides columns; matrices have the rows of `frame`.
    dropped : Dropped or None
        The rows that were left out so far.
    where : Where
        The formula.

    Returns
    -------
    frame, given, dropped
        The arguments themselves where nothing is missing.

    Raises
    ------
    DataError
        If fewer than two rows are left, or a function lacks others once its rows are left out.
    """
    before = len(frame)
    counts: dict[str, int] = {}
    while found := _undefined(cell, frame, given):
        again = next((name for name in found if name in counts), None)
        if again is not None:
            raise DataError(
                f"{again} has missing values, and new ones once their rows are left out: "
                "it computes with other rows",
                where=where,
                remedy="Add its result to the data as a column and use that; the rows without a value "
                "are then left out.",
            )
        counts |= {name: int(missing.sum()) for name, missing in found.items()}
        kept = ~np.any(list(found.values()), axis=0)
        if kept.sum() < 2:
            listed = ", ".join(
                f"{name} has none in {int(missing.sum()):,}" for name, missing in found.items()
            )
            raise DataError(
                f"{int(kept.sum())} of {len(frame):,} rows have a value of every function: {listed}",
                where=where,
                remedy="A function outside its domain has no value: change the term, or look at the data.",
            )
        given = rows_kept(given, kept)
        frame = frame.loc[kept].reset_index(drop=True)
    if not counts:
        return frame, given, dropped
    rows, of, columns = (0, before, {}) if dropped is None else (dropped.rows, dropped.of, dropped.columns)
    return frame, given, Dropped(rows=rows + before - len(frame), of=of, columns={**columns, **counts})


def _undefined(cell: FormulaCell, frame: pd.DataFrame, given: Mapping[str, Any]) -> dict[str, Booleans]:
    """Find the rows in which functions have no value although everything in their brackets has one."""
    env = environment(given)
    found: dict[str, Booleans] = {}
    for call in calls_of(cell):
        lacking: list[Any] = []
        for node in operations(call.call, env):
            if any(part is inner for part in _every_part(node) for inner in lacking):
                continue
            missing = _missing(value_of(node, frame, env), len(frame))
            if missing is not None and missing.any():
                lacking.append(node)
                found[str(node)] = missing
    return found


def _every_part(node: Any) -> list[Any]:
    return [part for own in inside(node) for part in (own, *_every_part(own))]


def _missing(value: Any, rows: int) -> Booleans | None:
    """Tell which rows have no value; None for what is not a value for each row."""
    missing = np.asarray(pd.isna(np.asarray(value) if isinstance(value, list | tuple) else value))
    if missing.dtype != bool or missing.ndim not in (1, 2) or len(missing) != rows:
        return None
    return missing if missing.ndim == 1 else np.asarray(missing.any(axis=1))
