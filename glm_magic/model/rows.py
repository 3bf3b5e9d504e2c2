"""Which rows and columns a formula is fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bambi
import numpy as np
import pandas as pd
from formulae.categorical import ENCODINGS

from glm_magic._stack import bambi_parameters
from glm_magic.data import Table, as_column, check_lengths, is_vector
from glm_magic.errors import DataError, FormulaError, Where, did_you_mean
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
            columns[name] = as_column(namespace[name])
        elif name not in namespace and name != "np" and name not in ENCODINGS:
            raise FormulaError(
                f"no column {name!r} in {table.name}",
                where=where,
                remedy=did_you_mean(name, table.columns)
                or "Name a data frame in the header, %%glm df, or define the array before this cell.",
            )
    check_lengths(columns)
    if not columns:
        raise FormulaError(
            "the formula names no column",
            where=None,
            remedy=f"Columns of {table.name}: {', '.join(table.columns)}.",
        )
    return pd.DataFrame(columns)


def complete_rows(
    frame: pd.DataFrame, name: str, places: Mapping[str, Where]
) -> tuple[pd.DataFrame, Dropped | None]:
    """Keep the rows without a missing value, and say which were left out.

    Parameters
    ----------
    frame : pandas.DataFrame
    name : str
        What the data are called.
    places : mapping of str to Where
        Where the formula names each column.

    Returns
    -------
    kept : pandas.DataFrame
        Columns of Python objects that are all numbers have become numbers.
    dropped : Dropped or None
        None when every row is complete.

    Raises
    ------
    DataError
        If fewer than two rows are left.
    """
    missing = frame.isna()
    incomplete = missing.any(axis=1)
    kept = frame.loc[~incomplete].reset_index(drop=True).infer_objects()
    counts = {column: int(count) for column, count in missing.sum().items() if count}
    if len(kept) < 2:
        empty = [column for column, count in counts.items() if count == len(frame)]
        listed = f"Missing values: {', '.join(f'{c} {k:,}' for c, k in counts.items())}."
        if len(frame) > 1 and empty:
            raise DataError(
                f"column {empty[0]!r} has no values: all {len(frame):,} are missing",
                where=places.get(empty[0]),
                remedy="Fill the column, or take it out of the formula.",
            )
        raise DataError(
            f"{name} has {len(kept)} row{'s' * (len(kept) != 1)} to fit, and a regression needs at least 2",
            where=places.get(next(iter(counts), "")),
            remedy=f"{listed} Rows with a missing value are left out."
            if counts
            else "Check how it was made.",
        )
    if not counts:
        return kept, None
    return kept, Dropped(rows=int(incomplete.sum()), of=len(frame), columns=counts)


def check_values(frame: pd.DataFrame, places: Mapping[str, Where]) -> None:
    """Refuse what is neither a number nor a category: infinities, dates, text that holds numbers.

    Parameters
    ----------
    frame : pandas.DataFrame
    places : mapping of str to Where
        Where the formula names each column.

    Raises
    ------
    DataError
    """
    for name in frame.columns:
        fault = _fault(name, frame[name])
        if fault is not None:
            message, remedy = fault
            raise DataError(f"column {name!r} {message}", where=places.get(name), remedy=remedy)


def _fault(name: str, values: pd.Series[Any]) -> tuple[str, str] | None:
    """Say what keeps a column out of a regression, and what to do about it."""
    kinds = pd.api.types
    if isinstance(values.dtype, pd.CategoricalDtype) or kinds.is_bool_dtype(values):
        return None
    if kinds.is_complex_dtype(values):
        return "holds complex numbers", "Take the real part or the modulus first."
    if kinds.is_numeric_dtype(values):
        infinite = int(np.isinf(values.to_numpy(dtype=float)).sum())
        if not infinite:
            return None
        plural = "s" * (infinite != 1)
        return (
            f"has {infinite:,} infinite value{plural}",
            "Drop those rows, or replace them by what they mean.",
        )
    if kinds.is_datetime64_any_dtype(values) or kinds.is_timedelta64_dtype(values):
        return "holds dates or times", "Make numbers of them first, such as days since the first one."
    # A string dtype holds nothing else; an array of objects is faster to look through than a Series.
    text = isinstance(values.dtype, pd.StringDtype)
    found = (
        ["str"] if text else sorted({one.__name__ for one in set(map(type, values.to_numpy(dtype=object)))})
    )
    if found != ["str"]:
        return (
            f"holds {' and '.join(found[:3])}, neither numbers nor text",
            f"Convert it: df[{name!r}] = df[{name!r}].astype(float); or .astype(str) for categories.",
        )
    # Categories that are called 1, 2, 3 repeat; numbers that were read as text hardly do.
    if values.nunique() > len(values) / 2 and pd.to_numeric(values, errors="coerce").notna().all():
        return (
            "is text, but every value is a number",
            f"Convert it: df[{name!r}] = pd.to_numeric(df[{name!r}]); or .astype('category') for categories.",
        )
    return None


def check_design(model: bambi.Model, where: Where) -> None:
    """Refuse design columns that no coefficient can be given to.

    They are not finite (the log of a negative number), or the same in every row (a cell of an
    interaction that no row is in): Bambi scales a coefficient's prior by the column's spread.

    Parameters
    ----------
    model : bambi.Model
    where : Where
        The formula.

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
                    where=where,
                    remedy="A function outside its domain gives NaN or inf: drop those rows or change the term.",
                )
            constant = np.ptp(columns, axis=0) == 0
            if constant.any() and common.terms[name].kind not in ("intercept", "offset"):
                label = common.terms[name].labels[int(np.argmax(constant))]
                raise DataError(
                    f"{label!r} is {columns[0, np.argmax(constant)]:g} in every row",
                    where=where,
                    remedy="Its coefficient cannot be told from the intercept: drop the term or the empty level.",
                )
