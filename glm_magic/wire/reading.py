"""JSON and one buffer -> a record, each field against its annotation."""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from functools import cache
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from glm_magic.errors import FileError
from glm_magic.wire.payload import DTYPES, WHOLE, Payload

Record = TypeVar("Record")
# Sizes that no panel reaches, and that NumPy still takes.
LONGEST, MOST_AXES, LARGEST = 2**31, 8, 10**300
WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def decode(kind: type[Record], payload: Payload) -> Record:
    """Read a record back, each field against its annotation.

    Parameters
    ----------
    kind : type
        The dataclass that was written: of records, tuples, sets, mappings of text, strings, numbers,
        literals, unions with None or of records, and arrays.
    payload : Payload

    Returns
    -------
    object
        Of type `kind`, arrays as float64 and uint32. A float that JSON could not hold is NaN.

    Raises
    ------
    FileError
        If the payload is not such a record; it names the first field that is wrong. A field
        with a default may be missing, for it is younger than the file.
    """
    try:
        return typing.cast(Record, _Reader(payload.buffer).read(kind, payload.schema, ""))
    except _MismatchError as problem:
        raise FileError(f"the saved panel cannot be read: {problem}") from problem
    except RecursionError as problem:
        raise FileError("the saved panel cannot be read: it is nested too deeply") from problem


class _MismatchError(Exception):
    """A value is not what its field holds."""

    def __init__(self, place: str, wanted: str, value: Any) -> None:
        seen = repr(value)
        super().__init__(f"{place or 'it'} is not {wanted} but {seen[:40]}{'...' * (len(seen) > 40)}")


class _Reader:
    """Reads values by the annotations of their fields.

    Parameters
    ----------
    buffer : bytes
        What references point into.
    """

    def __init__(self, buffer: bytes) -> None:
        self.buffer = buffer

    def read(self, kind: Any, value: Any, place: str) -> Any:
        """Read one value; `place` says where it stands, for the message."""
        if dataclasses.is_dataclass(kind):
            return self.record(typing.cast(type, kind), value, place)
        match typing.get_origin(kind):
            case typing.Union | types.UnionType:
                return self.union(typing.get_args(kind), value, place)
            case typing.Literal:
                return self.literal(typing.get_args(kind), value, place)
            case builtin if builtin is tuple:
                return self.items(typing.get_args(kind), value, place)
            case builtin if builtin is frozenset:
                return frozenset(self.items((*typing.get_args(kind), ...), value, place))
            case builtin if builtin is dict:
                return self.mapping(typing.get_args(kind)[1], value, place)
        elements = _elements(kind)
        if elements is not None:
            return self.array(elements, value, place)
        return self.plain(kind, value, place)

    def record(self, kind: type, value: Any, place: str) -> Any:
        """Read a dataclass from an object with its fields, and no others."""
        if not isinstance(value, dict):
            raise _MismatchError(place, "an object", value)
        hints = _hints(kind)
        unknown = value.keys() - hints.keys()
        if unknown:
            raise _MismatchError(place, f"a {kind.__name__}, which has no {min(unknown)!r},", value)
        missing = _required(kind) - value.keys()
        if missing:
            raise _MismatchError(place, f"a {kind.__name__}, which has a {min(missing)!r},", value)
        prefix = f"{place}." if place else ""
        return kind(**{name: self.read(hints[name], item, prefix + name) for name, item in value.items()})

    def union(self, members: tuple[Any, ...], value: Any, place: str) -> Any:
        """Read the member that a value can be: by its ``kind``, else by its fields."""
        if value is None and type(None) in members:
            return None
        others = [member for member in members if member is not type(None)]
        if len(others) == 1:
            return self.read(others[0], value, place)
        plain = [member for member in others if member in WORDS]
        if plain and not isinstance(value, dict):
            return self.read(next((one for one in plain if type(value) is one), plain[0]), value, place)
        fitting = [member for member in others if isinstance(value, dict) and _fits(member, value)]
        if len(fitting) != 1:
            raise _MismatchError(place, " or ".join(f"a {member.__name__}" for member in others), value)
        return self.record(fitting[0], value, place)

    def literal(self, allowed: tuple[Any, ...], value: Any, place: str) -> Any:
        """Read one of some values; True is not 1 here."""
        if any(type(value) is type(one) and value == one for one in allowed):
            return value
        raise _MismatchError(place, f"one of {', '.join(map(repr, allowed))}", value)

    def items(self, kinds: tuple[Any, ...], value: Any, place: str) -> tuple[Any, ...]:
        """Read a tuple: ``tuple[X, ...]`` of any length, ``tuple[X, Y]`` of its own."""
        if not isinstance(value, list):
            raise _MismatchError(place, "a list", value)
        if kinds[-1] is ...:
            kinds = kinds[:1] * len(value)
        if len(kinds) != len(value):
            raise _MismatchError(place, f"a list of {len(kinds)}", value)
        return tuple(
            self.read(kind, item, f"{place}[{at}]")
            for at, (kind, item) in enumerate(zip(kinds, value, strict=True))
        )

    def mapping(self, kind: Any, value: Any, place: str) -> dict[str, Any]:
        """Read a mapping of text to values of one kind."""
        if not isinstance(value, dict):
            raise _MismatchError(place, "an object", value)
        return {str(key): self.read(kind, item, f"{place}[{key!r}]") for key, item in value.items()}

    def array(self, elements: tuple[Any, ...], value: Any, place: str) -> Any:
        """Read a reference, whose array lies in the buffer as a whole."""
        match value:
            case {"$": ["f4" | "f8" | "i4" | "u4" as name, list() as shape, int() as offset]} if (
                len(value) == 1
            ):
                pass
            case _:
                raise _MismatchError(place, "an array", value)
        if not self.holds(shape, offset, DTYPES[name].itemsize):
            raise _MismatchError(place, f"an array within {len(self.buffer):,} bytes", value)
        wanted = next((kind for kind in (np.uint32, np.int32, np.int64) if kind in elements), np.float64)
        # Positions are 64 bits wide in Python, and 32 on the wire.
        carried = np.int32 if wanted is np.int64 else wanted
        if wanted is not np.float64 and carried is not WHOLE.get(name):
            raise _MismatchError(place, "an array of whole numbers", value)
        flat = np.frombuffer(self.buffer, DTYPES[name], count=math.prod(shape), offset=offset).reshape(shape)
        # Whole numbers may take the place of any numbers.
        kind = np.float64 if np.float64 in elements else WHOLE.get(name, np.float64)
        return flat.astype(np.int64 if wanted is np.int64 else kind)

    def holds(self, shape: list[Any], offset: Any, width: int) -> bool:
        """Tell whether an array of that shape lies in the buffer, where the browser can read it."""
        if len(shape) > MOST_AXES or not all(type(size) is int and size >= 0 for size in (*shape, offset)):
            return False
        # NumPy counts an empty array's other axes.
        countable = math.prod(max(size, 1) for size in shape) <= LONGEST
        return bool(
            countable and offset % width == 0 and offset + width * math.prod(shape) <= len(self.buffer)
        )

    def plain(self, kind: Any, value: Any, place: str) -> Any:
        """Read text, a number or a truth value."""
        match value:
            case bool():
                fits = kind is bool
            case int():
                fits = kind is int or (kind is float and abs(value) <= LARGEST)
            case float():
                fits = kind is float and math.isfinite(value)
            case None:
                fits = kind is float
            case _:
                fits = kind is str and isinstance(value, str)
        if not fits:
            raise _MismatchError(place, WORDS.get(kind, str(kind)), value)
        if kind is float:
            return math.nan if value is None else float(value)
        return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(typing.cast(Any, kind))}


@cache
def _required(kind: type) -> frozenset[str]:
    missing = dataclasses.MISSING
    return frozenset(
        field.name
        for field in dataclasses.fields(typing.cast(Any, kind))
        if field.default is missing and field.default_factory is missing
    )


def _fits(kind: type, value: dict[str, Any]) -> bool:
    """Tell whether an object is meant as a record of that kind."""
    hints = _hints(kind)
    tag = hints.get("kind")
    if typing.get_origin(tag) is Literal and "kind" in value:
        return value["kind"] in typing.get_args(tag)
    return _required(kind) <= value.keys() <= hints.keys()


def _elements(kind: Any) -> tuple[Any, ...] | None:
    """Read the types of an array's elements off its annotation; None where no array is meant."""
    if kind is np.ndarray:
        return ()
    # NDArray[X] is an alias of its own, or short for ndarray[..., dtype[X]].
    match typing.get_origin(kind), typing.get_args(kind):
        case origin, elements if origin is NDArray:
            return elements
        case origin, (_, dtype) if origin is np.ndarray:
            return typing.get_args(dtype)
    return None
