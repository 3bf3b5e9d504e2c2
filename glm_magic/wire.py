"""Views <-> one JSON schema and one buffer: the Python side of the wall.

Records become objects, field by field; arrays become ``{"$": [dtype, shape, offset]}`` into
one little-endian buffer of float32 and uint32 columns. ``js/src/wire.ts`` is the twin, and
``tests/wire`` holds payloads that both sides read.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np

from glm_magic.errors import FileError

Record = TypeVar("Record")
REFERENCE = "$"
DTYPES = {"f4": np.dtype("<f4"), "u4": np.dtype("<u4")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What crosses the wall.

    Attributes
    ----------
    schema : dict
        JSON.
    buffer : bytes
        Columns of 4-byte numbers, little-endian.
    """

    schema: dict[str, Any]
    buffer: bytes


def encode(view: Any) -> Payload:
    """Write a record of views.

    Parameters
    ----------
    view : dataclass instance
        Of records, tuples, strings, numbers, None and arrays.

    Returns
    -------
    Payload
        An array that is referred to twice is written once.
    """
    writer = _Writer()
    return Payload(schema=writer.plain(view), buffer=b"".join(writer.chunks))


class _Writer:
    """Collects the arrays while a record is walked."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.size = 0
        self.written: dict[bytes, int] = {}

    def plain(self, value: Any) -> Any:
        """Turn a value into JSON, its arrays into references."""
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: self.plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        match value:
            case np.ndarray():
                return {REFERENCE: self.place(value)}
            case tuple() | list():
                return [self.plain(item) for item in value]
            case Mapping():
                return {str(key): self.plain(item) for key, item in value.items()}
            case np.generic():
                return self.plain(value.item())
            case float() if not math.isfinite(value):
                # JSON has no NaN or infinity.
                return None
            case _:
                return value

    def place(self, array: np.ndarray[Any, Any]) -> list[Any]:
        """Append an array to the buffer, unless the same bytes stand there."""
        name = "u4" if array.dtype.kind in "ub" else "f4"
        # Beyond float32's range a value becomes infinite, which the browser draws as missing.
        with np.errstate(over="ignore"):
            data = np.ascontiguousarray(array, dtype=DTYPES[name]).tobytes()
        if data not in self.written:
            self.written[data] = self.size
            self.chunks.append(data)
            self.size += len(data)
        return [name, list(array.shape), self.written[data]]


def decode(kind: type[Record], payload: Payload) -> Record:
    """Read a record back.

    Parameters
    ----------
    kind : type
        The dataclass that was written.
    payload : Payload

    Returns
    -------
    object
        Of type `kind`, arrays as float64 and uint32.

    Raises
    ------
    FileError
        If the payload is not such a record.
    """
    try:
        return typing.cast(Record, _read(kind, payload.schema, payload.buffer))
    except (KeyError, TypeError, ValueError, IndexError) as problem:
        raise FileError(f"the saved panel cannot be read: {problem!r}") from problem


def _read(kind: Any, value: Any, buffer: bytes) -> Any:
    origin = typing.get_origin(kind)
    if isinstance(value, dict) and REFERENCE in value:
        name, shape, offset = value[REFERENCE]
        flat = np.frombuffer(buffer, DTYPES[name], count=math.prod(shape), offset=offset).reshape(shape)
        return flat.astype(np.float64) if name == "f4" else flat.copy()
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _read(_member(typing.get_args(kind), value), value, buffer)
    if origin is tuple:
        return tuple(_read(typing.get_args(kind)[0], item, buffer) for item in value)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        known = {field.name for field in dataclasses.fields(kind)}
        return typing.cast(Any, kind)(
            **{key: _read(hints[key], item, buffer) for key, item in value.items() if key in known}
        )
    return value


def _member(members: tuple[Any, ...], value: Any) -> Any:
    """Choose the member of a union: by its ``kind``, else by its fields."""
    records = [member for member in members if dataclasses.is_dataclass(member)]
    if not isinstance(value, dict) or not records:
        return next((member for member in members if member is not type(None)), None)
    for record in records:
        hint = typing.get_type_hints(record).get("kind")
        if (
            typing.get_origin(hint) is Literal
            and value.get("kind") in typing.get_args(hint)
            and len(typing.get_args(hint)) == 1
        ):
            return record
    return next(
        record for record in records if {field.name for field in dataclasses.fields(record)} == value.keys()
    )
