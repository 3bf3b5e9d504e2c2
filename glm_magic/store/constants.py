"""Values that a formula names, as JSON and arrays: numbers, text, lists and arrays of these, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from glm_magic.model.recipe import numpy_function, numpy_name
from glm_magic.store.arrays import Array, Arrays, Unstorable
from glm_magic.store.columns import stored
from glm_magic.store.door import UnsoundError

DEEPEST = 20
# Digits of a whole number.
LONGEST = 1000


def written(value: Any, arrays: Arrays, depth: int = 0) -> Any:
    """Write a value.

    Parameters
    ----------
    value : object
    arrays : Arrays
        Gets the arrays.
    depth : int
        How many lists it stands in.

    Returns
    -------
    object
        JSON.

    Raises
    ------
    Unstorable
        If it is anything but a number, text, an array or a list, tuple or dictionary of these.
    """
    if depth > DEEPEST:
        raise Unstorable("is nested too deeply")
    function = numpy_name(value)
    if function is not None:
        return {"numpy": function}
    match value:
        case None | bool() | str():
            return value
        case np.bool_():
            return bool(value)
        case float():
            return {"float": float(value).hex()}
        case int() if type(value) is int and abs(value) < 10**LONGEST:
            return {"int": str(value)}
        case list():
            return [written(item, arrays, depth + 1) for item in value]
        case tuple() if type(value) is tuple:
            return {"tuple": [written(item, arrays, depth + 1) for item in value]}
        case Mapping():
            pairs = [[written(part, arrays, depth + 1) for part in pair] for pair in value.items()]
            return {"dict": pairs}
        case np.ndarray() | np.number() if np.asarray(value).dtype.kind in "biuf":
            array = np.asarray(value)
            return {
                "array": arrays.add(array),
                "dtype": array.dtype.str.lstrip("<>=|"),
                "shape": None if isinstance(value, np.number) else list(array.shape),
            }
        case np.ndarray() if value.dtype.kind in "UO" and all(isinstance(one, str) for one in value.flat):
            texts = [str(one) for one in value.flat]
            return {"texts": texts, "shape": list(value.shape), "dtype": value.dtype.kind}
        case pd.Series() if isinstance(value.index, pd.RangeIndex) and value.index.equals(
            pd.RangeIndex(len(value))
        ):
            return {"series": _series(value, arrays)}
    return _refused(value)


def _series(value: pd.Series[Any], arrays: Arrays) -> Any:
    column = stored(value, arrays)
    if column.kind != "number" or column.held:
        return _refused(value)
    return {"array": column.values, "dtype": column.dtype, "shape": [len(value)]}


def _refused(value: Any) -> NoReturn:
    raise Unstorable(f"is of type {type(value).__name__}")


def read(value: Any, arrays: Arrays, depth: int = 0) -> Any:
    """Read a value back.

    Parameters
    ----------
    value : object
        JSON.
    arrays : Arrays
    depth : int

    Returns
    -------
    object

    Raises
    ------
    UnsoundError
        If it is none that `written` writes.
    """
    if depth > DEEPEST + 1:
        raise UnsoundError("a value of the formula is nested too deeply")

    def each(items: list[Any]) -> list[Any]:
        return [read(item, arrays, depth + 1) for item in items]

    match value:
        case None | bool() | str():
            return value
        case list():
            return each(value)
        case {"float": str() as text} if len(value) == 1:
            return _number(text, float.fromhex)
        case {"int": str() as text} if len(value) == 1 and len(text) <= LONGEST + 1:
            return _number(text, int)
        case {"tuple": list() as items} if len(value) == 1:
            return tuple(each(items))
        case {"dict": list() as pairs} if len(value) == 1:
            return _dictionary(pairs, each)
        case {"numpy": str() as name} if len(value) == 1 and numpy_function(name) is not None:
            return numpy_function(name)
        case {"array": int() as place, "dtype": str() as dtype, "shape": shape} if len(value) == 3:
            return _array(arrays, place, dtype, shape)
        case {"series": {"array": int() as place, "dtype": str() as dtype, "shape": list() as shape}}:
            array = _array(arrays, place, dtype, shape)
            if array.ndim == 1:
                return pd.Series(array)
        case {"texts": list() as texts, "shape": list() as shape, "dtype": "U" | "O" as kind}:
            return _texts(texts, shape, str if kind == "U" else object)
    raise UnsoundError(f"a value of the formula cannot be read: {value!r:.60}")


def _number(text: str, kind: Callable[[str], Any]) -> Any:
    try:
        return kind(text)
    except (ValueError, OverflowError) as problem:
        raise UnsoundError(f"{text!r:.40} is no number") from problem


def _dictionary(pairs: list[Any], each: Callable[[list[Any]], list[Any]]) -> dict[Any, Any]:
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise UnsoundError("a dictionary of the formula has no pairs")
    try:
        return dict(each(pair) for pair in pairs)
    except TypeError as problem:
        raise UnsoundError(f"a dictionary of the formula cannot be read: {problem}") from problem


def _array(arrays: Arrays, place: int, dtype: str, shape: Any) -> Array:
    flat = arrays.at(place, "iuf")
    try:
        kind = np.dtype(dtype)
        if kind.kind not in "biuf":
            raise UnsoundError(f"an array of the formula cannot be of type {dtype!r:.40}")
        made = flat.astype(kind)
        # A scalar has no shape, not even an empty one.
        return made[0] if shape is None else made.reshape(shape)
    except (TypeError, ValueError, LookupError) as problem:
        raise UnsoundError(f"an array of the formula cannot be read: {problem}") from problem


def _texts(texts: list[Any], shape: list[Any], dtype: type) -> Array:
    if not all(isinstance(one, str) for one in texts):
        raise UnsoundError("the texts of the formula are none")
    try:
        return np.array(texts, dtype=dtype).reshape(shape)
    except (TypeError, ValueError) as problem:
        raise UnsoundError(f"texts of the formula cannot be read: {problem}") from problem
