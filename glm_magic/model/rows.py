"""Which rows and columns a formula is fitted to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from glm_magic.data import Table, as_column, check_lengths, is_vector
from glm_magic.errors import DataError, FormulaError, Where, did_you_mean
from glm_magic.model import Dropped
from glm_magic.model.arguments import BUILT_IN, MISSING, following_rows, look_up
from glm_magic.request import FormulaCell


def used_columns(cell: FormulaCell, table: Table, namespace: Mapping[str, Any]) -> pd.DataFrame:
    """Take the columns that a formula names from the table, then from arrays of the namespace.

    A name of the table is a column. Another vector is a column where only a column has a meaning: as a
    term or a factor of its own. In the brackets of a function it is an argument (``bs(x, knots=knots)``),
    unless it has a value for each row and the function follows its rows (``log(w)``).

    Parameters
    ----------
    cell : FormulaCell
    table : Table
        Without columns when the formula stands for itself.
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
    doubtful: dict[str, Any] = {}
    for name, where in cell.names:
        if name in table.columns:
            columns[name] = table.frame[name].array
            continue
        value = look_up(name, namespace)
        if value is MISSING and name not in BUILT_IN:
            raise FormulaError(
                f"no column {name!r} in {table.name}",
                where=where,
                remedy=did_you_mean(name, table.columns)
                or "Name a data frame in the header, %%glm df, or define the array before this cell.",
            )
        if value is not MISSING and is_vector(value):
            known, value = (columns, as_column(value)) if name in cell.terms else (doubtful, value)
            known[name] = value
    check_lengths(columns)
    rows = len(table.frame) if table.columns else len(next(iter(columns.values()), ()))
    aligned = {name: value for name, value in doubtful.items() if len(value) == rows}
    following = following_rows(cell, columns, aligned, namespace)
    columns |= {name: as_column(doubtful[name]) for name in doubtful if name in following}
    if not columns:
        raise FormulaError(
            "the formula names no column",
            where=None,
            remedy=f"Columns of {table.name}: {', '.join(table.columns)}.",
        )
    return pd.DataFrame({name: columns[name] for name, _ in cell.names if name in columns})


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
        Columns of Python objects that are all numbers have become numbers, and narrow numbers wide ones.
    dropped : Dropped or None
        None when every row is complete.

    Raises
    ------
    DataError
        If fewer than two rows are left.
    """
    missing = frame.isna()
    incomplete = missing.any(axis=1)
    counts = {column: int(count) for column, count in missing.sum().items() if count}
    # Where nothing is missing the rows stay where they are: a copy may be large.
    kept = frame.loc[~incomplete].reset_index(drop=True) if counts else frame
    # formulae does not know pandas' Arrow types, and without missing values NumPy's hold the same.
    arrow = [name for name, dtype in kept.dtypes.items() if isinstance(dtype, pd.ArrowDtype)]
    kept = kept.assign(**{str(name): kept[name].to_numpy() for name in arrow}).infer_objects()
    kept = kept.astype(_widened(kept))
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


def _widened(frame: pd.DataFrame) -> dict[str, str]:
    """Choose 64 bits for narrow numbers, in which functions of a formula wrap around: ``I(x - 5)`` of a uint8."""
    wider = {}
    for name, dtype in frame.dtypes.items():
        if isinstance(dtype, np.dtype) and dtype.kind in "iuf" and dtype not in (np.int64, np.float64):
            large = dtype == np.uint64 and frame[name].max() > np.iinfo(np.int64).max
            wider[str(name)] = "float64" if dtype.kind == "f" or large else "int64"
    return wider


def check_values(frame: pd.DataFrame, terms: Collection[str], places: Mapping[str, Where]) -> None:
    """Refuse what is neither a number nor a category: infinities, dates, lists.

    Parameters
    ----------
    frame : pandas.DataFrame
    terms : collection of str
        The columns that are terms themselves; what functions make of others is checked in the design.
    places : mapping of str to Where
        Where the formula names each column.

    Raises
    ------
    DataError
    """
    for name in (name for name in frame.columns if name in terms):
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
    return None


def numbers_as_text(values: pd.Series[Any]) -> bool:
    """Tell whether a column is text, and every value of it a number: ids such as ``"101"``.

    Parameters
    ----------
    values : pandas.Series

    Returns
    -------
    bool
    """
    if pd.api.types.is_numeric_dtype(values) or isinstance(values.dtype, pd.CategoricalDtype):
        return False
    distinct = values.unique()
    text = all(isinstance(value, str) for value in distinct)
    return text and bool(pd.to_numeric(pd.Series(distinct), errors="coerce").notna().all())
