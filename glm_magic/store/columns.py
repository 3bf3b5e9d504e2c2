"""Columns of data as numbers and bytes that any machine reads alike, and back: nothing is pickled.

The bytes depend on what a column says, not on how pandas holds it (objects or strings, Arrow or NumPy), so that
both generations write the same file and the digest of a column is that of its content.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic.store.arrays import Array, Arrays, Unstorable
from glm_magic.store.door import UnsoundError

Kind = Literal["number", "truth", "text", "time", "category", "interval"]
# How pandas may hold numbers and truth values with missing ones; anything else is read back as NumPy has it.
MASKED = frozenset(
    [
        "Int8",
        "Int16",
        "Int32",
        "Int64",
        "UInt8",
        "UInt16",
        "UInt32",
        "UInt64",
        "Float32",
        "Float64",
        "boolean",
    ]
)
CLOSED = ("left", "right", "both", "neither")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A column as the file keeps it.

    Attributes
    ----------
    kind : {"number", "truth", "text", "time", "category", "interval"}
    dtype : str
        NumPy's of the numbers or times; empty for others.
    held : str
        How pandas holds it, where that is not NumPy's way: ``"Int64"``, ``"object"``, ``"string"``.
    values : int
        The array of the values, by its place: numbers; positions in the levels for text and categories.
    missing : int or None
        The array of truth values that says which are missing, where any is.
    levels : Stored or None
        Of a category: its categories, in their order. Of an interval: the right ends.
    texts : int or None
        Of text: the array with the distinct values, as JSON.
    ordered : bool
        Of a category.
    closed : str
        Of an interval.
    """

    kind: Kind
    values: int
    dtype: str = ""
    held: str = ""
    missing: int | None = None
    levels: Stored | None = None
    texts: int | None = None
    ordered: bool = False
    closed: str = ""


def stored(values: pd.Series[Any], arrays: Arrays) -> Stored:
    """Write a column.

    Parameters
    ----------
    values : pandas.Series
    arrays : Arrays
        Gets the numbers.

    Returns
    -------
    Stored

    Raises
    ------
    Unstorable
        If it holds anything but numbers, truth values, text, times and categories of these.
    """
    dtype, kinds = values.dtype, pd.api.types
    if isinstance(dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy().astype(np.int32)
        levels = stored(pd.Series(dtype.categories), arrays)
        return Stored(kind="category", values=arrays.add(codes), levels=levels, ordered=bool(dtype.ordered))
    if isinstance(dtype, pd.IntervalDtype):
        return _stored_intervals(values, arrays)
    missing = values.isna().to_numpy(dtype=bool)
    kept = values[~missing]
    held = "object" if kinds.is_object_dtype(dtype) else ""
    if isinstance(dtype, pd.api.extensions.ExtensionDtype) and not isinstance(dtype, pd.StringDtype):
        held = str(dtype) if str(dtype) in MASKED else ""
    # pandas would make text of Arrow's kind, which has no half of a letter.
    if held == "object" and not all(type(one) is str for one in kept.to_numpy(dtype=object)):
        kept = kept.infer_objects()
    mask = arrays.add(missing) if missing.any() else None
    if kinds.is_bool_dtype(kept.dtype):
        full = np.zeros(len(values), np.uint8)
        full[~missing] = kept.to_numpy(dtype=bool)
        return Stored(kind="truth", values=arrays.add(full), held=held, missing=mask)
    if kinds.is_numeric_dtype(kept.dtype) and not kinds.is_complex_dtype(kept.dtype):
        return _stored_numbers(values, kept, missing, arrays, held, mask)
    if isinstance(kept.dtype, np.dtype) and kept.dtype.kind in "mM":
        ticks = values.to_numpy(dtype=kept.dtype).astype(np.int64)
        return Stored(kind="time", values=arrays.add(ticks), dtype=str(kept.dtype), held=held)
    texts = kept.to_numpy(dtype=object)
    if not all(type(one) is str for one in texts):
        found = sorted({type(one).__name__ for one in texts})
        raise Unstorable(f"holds {' and '.join(found[:3])}")
    codes = np.zeros(len(values), np.int32)
    codes[~missing], distinct = pd.factorize(texts)
    held = "object" if held or not isinstance(dtype, pd.StringDtype) else _string(dtype)
    known = arrays.add_json([str(one) for one in distinct])
    return Stored(kind="text", values=arrays.add(codes), texts=known, held=held, missing=mask)


def _string(dtype: pd.StringDtype) -> str:
    """Name a string dtype: pandas' own default has NaN for a missing text, the other one NA."""
    return "str" if dtype.na_value is not pd.NA else "string"


def _stored_numbers(
    values: pd.Series[Any],
    kept: pd.Series[Any],
    missing: NDArray[np.bool_],
    arrays: Arrays,
    held: str,
    mask: Any,
) -> Stored:
    plain = kept.dtype if isinstance(kept.dtype, np.dtype) else getattr(kept.dtype, "numpy_dtype", None)
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iuf":
        # As they are: NaN says itself that it is missing.
        return Stored(
            kind="number", values=arrays.add(values.to_numpy()), dtype=values.dtype.str.lstrip("<>=|")
        )
    if not isinstance(plain, np.dtype) or plain.kind not in "iuf":
        raise Unstorable(f"holds {values.dtype}")
    full = np.zeros(len(values), plain)
    full[~missing] = kept.to_numpy(dtype=plain)
    return Stored(
        kind="number",
        values=arrays.add(full),
        dtype=plain.str.lstrip("<>=|"),
        held=held or ("Int64" if plain.kind in "iu" else "Float64"),
        missing=mask,
    )


def _stored_intervals(values: pd.Series[Any], arrays: Arrays) -> Stored:
    if values.isna().any():
        raise Unstorable("holds intervals that are missing")
    intervals = pd.arrays.IntervalArray(values)
    left, right = (stored(pd.Series(ends), arrays) for ends in (intervals.left, intervals.right))
    if {left.kind, right.kind} != {"number"}:
        raise Unstorable(f"holds {values.dtype}")
    return replace(left, kind="interval", levels=right, closed=intervals.closed)


def restored(column: Stored, arrays: Arrays) -> pd.Series[Any]:
    """Read a column back.

    Parameters
    ----------
    column : Stored
    arrays : Arrays

    Returns
    -------
    pandas.Series

    Raises
    ------
    UnsoundError
        If it contradicts itself.
    """
    match column.kind:
        case "number":
            return _masked(_numbers(column, arrays), column, arrays)
        case "truth":
            return _masked(arrays.at(column.values, "ub").astype(bool), column, arrays)
        case "time":
            return pd.Series(
                arrays.at(column.values, "i").astype(_dtype(column.dtype, "mM")), dtype=_held(column)
            )
        case "text":
            known = None if column.texts is None else arrays.json_at(column.texts)
            if not isinstance(known, list) or not all(isinstance(one, str) for one in known):
                raise UnsoundError("a column of text has no texts")
            codes = _codes(column, arrays, lowest=0, levels=max(len(known), 1))
            return _masked(np.array([*known, ""], dtype=object)[codes], column, arrays)
        case "category":
            if column.levels is None or column.levels.kind == "category":
                raise UnsoundError("a category has no levels")
            levels = restored(column.levels, arrays)
            if not levels.is_unique or levels.isna().any():
                raise UnsoundError("the levels of a category are not distinct")
            codes = _codes(column, arrays, lowest=-1, levels=len(levels))
            index = pd.Index(levels)
            return pd.Series(pd.Categorical.from_codes(codes, index, ordered=column.ordered))
        case "interval":
            return _restored_intervals(column, arrays)


def _restored_intervals(column: Stored, arrays: Arrays) -> pd.Series[Any]:
    if column.levels is None or column.levels.kind != "number" or column.closed not in CLOSED:
        raise UnsoundError("an interval has no ends")
    left, right = _numbers(column, arrays), _numbers(column.levels, arrays)
    try:
        return pd.Series(pd.arrays.IntervalArray.from_arrays(left, right, closed=column.closed))
    except (ValueError, TypeError) as problem:
        raise UnsoundError(f"its intervals are none: {problem}") from problem


def _numbers(column: Stored, arrays: Arrays) -> Array:
    return arrays.at(column.values, "iuf").astype(_dtype(column.dtype, "iuf"))


def _dtype(name: str, kinds: str) -> np.dtype[Any]:
    try:
        dtype = np.dtype(name)
    except (TypeError, ValueError) as problem:
        raise UnsoundError(f"no numbers are of type {name!r:.40}") from problem
    if dtype.kind not in kinds or dtype.itemsize > np.dtype(np.longdouble).itemsize:
        raise UnsoundError(f"the data cannot be of type {name!r:.40}")
    return dtype


def _codes(column: Stored, arrays: Arrays, *, lowest: int, levels: int) -> Array:
    codes = arrays.at(column.values, "i")
    if len(codes) and not (lowest <= codes.min() and codes.max() < levels):
        raise UnsoundError("a column has values that are none of its levels")
    return codes


def _held(column: Stored) -> Any:
    if column.held not in MASKED | {"", "object", "str", "string"}:
        raise UnsoundError(f"no column is held as {column.held!r:.40}")
    return column.held or None


def _masked(values: Array, column: Stored, arrays: Arrays) -> pd.Series[Any]:
    """Hold values as pandas did, with their missing ones."""
    held = _held(column)
    objects = column.missing is not None or held == "object" or values.dtype == object
    made: pd.Series[Any] = pd.Series(values, dtype=object if objects else None)
    if column.missing is not None:
        missing = arrays.at(column.missing, "ub")
        if len(missing) != len(values):
            raise UnsoundError("a column has another length than its missing values")
        made[missing.astype(bool)] = None
    try:
        return made if held in (None, "object") else made.astype(held)
    except (TypeError, ValueError, OverflowError) as problem:
        raise UnsoundError(f"a column cannot be held as {held!r}: {problem}") from problem
