"""Which rows and columns a formula is fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bambi
import numpy as np
import pandas as pd

from glm_magic._stack import bambi_parameters
from glm_magic.data import Table, is_vector
from glm_magic.errors import DataError, FormulaError, did_you_mean
from glm_magic.model import Dropped
from glm_magic.request import FormulaCell


def used_columns(cell: FormulaCell, table: Table, namespace: Mapping[str, Any]) -> pd.DataFrame:
    """Take the named columns from the table, then from arrays of the namespace.

    Parameters
    ----------
    cell : FormulaCell
    table : Table
    namespace : mapping of str to object

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    FormulaError
        If a name is nowhere to be found.
    DataError
        If the columns differ in length.
    """
    columns: dict[str, Any] = {}
    for name, where in cell.names:
        if name in table.columns:
            columns[name] = table.frame[name].array
        elif name in namespace and is_vector(namespace[name]):
            columns[name] = getattr(namespace[name], "array", np.asarray(namespace[name]))
        elif name not in namespace and name != "np":
            raise FormulaError(
                f"no column {name!r} in {table.name}", where=where, remedy=did_you_mean(name, table.columns)
            )
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length:,}" for name, length in lengths.items())
        raise DataError(f"the columns differ in length: {listed}")
    if not columns:
        raise FormulaError(
            "the formula names no column",
            where=None,
            remedy=f"Columns of {table.name}: {', '.join(table.columns)}.",
        )
    return pd.DataFrame(columns)


def complete_rows(frame: pd.DataFrame, name: str) -> tuple[pd.DataFrame, Dropped | None]:
    """Keep the rows without a missing value, and say which were left out.

    Parameters
    ----------
    frame : pandas.DataFrame
    name : str
        What the data are called.

    Returns
    -------
    kept : pandas.DataFrame
    dropped : Dropped or None
        None when every row is complete.

    Raises
    ------
    DataError
        If fewer than two rows are left.
    """
    missing = frame.isna()
    incomplete = missing.any(axis=1)
    kept = frame.loc[~incomplete].reset_index(drop=True)
    counts = {column: int(count) for column, count in missing.sum().items() if count}
    if len(kept) < 2:
        remedy = f"Missing values: {', '.join(f'{c} {k:,}' for c, k in counts.items())}." if counts else ""
        raise DataError(
            f"{name} has {len(kept)} row{'s' * (len(kept) != 1)} to fit, and a regression needs at least 2",
            remedy=remedy,
        )
    if not counts:
        return kept, None
    return kept, Dropped(rows=int(incomplete.sum()), of=len(frame), columns=counts)


def check_values(frame: pd.DataFrame) -> None:
    """Refuse infinities, and text that holds numbers.

    Parameters
    ----------
    frame : pandas.DataFrame

    Raises
    ------
    DataError
    """
    for name in frame.columns:
        values = frame[name]
        if pd.api.types.is_numeric_dtype(values):
            infinite = int(np.isinf(values.to_numpy(dtype=float)).sum())
            if infinite:
                raise DataError(
                    f"column {name!r} has {infinite:,} infinite value{'s' * (infinite != 1)}",
                    remedy="Drop those rows, or replace them by what they stand for.",
                )
        elif not isinstance(values.dtype, pd.CategoricalDtype) and _is_text_of_numbers(values):
            raise DataError(
                f"column {name!r} is text, but every value is a number",
                remedy=f"Convert it: df[{name!r}] = pd.to_numeric(df[{name!r}]); or write C({name}) for categories.",
            )


def _is_text_of_numbers(values: pd.Series[Any]) -> bool:
    """Tell a column of numbers read as text from categories that are called 1, 2, 3."""
    if values.nunique() <= len(values) / 2:
        return False
    return bool(pd.to_numeric(values, errors="coerce").notna().all()) and all(
        isinstance(value, str) for value in values
    )


def check_design(model: bambi.Model) -> None:
    """Refuse design columns that no coefficient can be given to.

    They are not finite (the log of a negative number), or the same in every row (a cell of an
    interaction that no row is in): Bambi scales a coefficient's prior by the column's spread.

    Parameters
    ----------
    model : bambi.Model

    Raises
    ------
    DataError
    """
    for component in bambi_parameters(model).values():
        common = component.design.common
        if common is None:
            continue
        for name, part in common.slices.items():
            columns = np.asarray(common.design_matrix[:, part], dtype=float)
            finite = np.isfinite(columns).all(axis=1)
            if not finite.all():
                row = int(np.argmin(finite))
                raise DataError(
                    f"the term {name!r} is not a finite number in row {row} ({int((~finite).sum()):,} rows)",
                    remedy="A function outside its domain gives NaN or inf: drop those rows or change the term.",
                )
            constant = np.ptp(columns, axis=0) == 0
            if constant.any() and common.terms[name].kind not in ("intercept", "offset"):
                label = common.terms[name].labels[int(np.argmax(constant))]
                raise DataError(
                    f"{label!r} is {columns[0, np.argmax(constant)]:g} in every row",
                    remedy="Its coefficient cannot be told from the intercept: drop the term or the empty level.",
                )
