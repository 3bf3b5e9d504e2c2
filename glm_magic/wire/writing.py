"""A record of views -> JSON and one buffer."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from glm_magic.wire.payload import DTYPES, REFERENCE, Payload


def encode(view: Any) -> Payload:
    """Write a record of views.

    Parameters
    ----------
    view : dataclass instance
        Of records, tuples, sets of text, strings, numbers, None and arrays.

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
        self.written: dict[tuple[int, bytes], int] = {}

    def plain(self, value: Any, *, exact: bool = False) -> Any:
        """Turn a value into JSON, its arrays into references."""
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {
                field.name: self.plain(getattr(value, field.name), exact=exact or "exact" in field.metadata)
                for field in dataclasses.fields(value)
            }
        match value:
            case np.ndarray():
                return {REFERENCE: self.place(value, exact=exact)}
            case tuple() | list():
                return [self.plain(item, exact=exact) for item in value]
            case frozenset():
                return sorted(self.plain(item) for item in value)
            case Mapping():
                return {str(key): self.plain(item) for key, item in value.items()}
            case np.generic():
                return self.plain(value.item())
            case float() if not math.isfinite(value):
                # JSON has no NaN or infinity.
                return None
            case _:
                return value

    def place(self, array: np.ndarray[Any, Any], *, exact: bool) -> list[Any]:
        """Append an array to the buffer, unless it holds the same bytes already."""
        name = {"u": "u4", "b": "u4", "i": "i4"}.get(array.dtype.kind, "f8" if exact else "f4")
        # Beyond float32's range a value becomes infinite, which the browser draws as missing.
        with np.errstate(over="ignore"):
            data = np.ascontiguousarray(array, dtype=DTYPES[name]).tobytes()
        known = (DTYPES[name].itemsize, data)
        if known not in self.written:
            # The browser reads an array only from a multiple of its element's size.
            gap = -self.size % DTYPES[name].itemsize
            self.written[known] = self.size + gap
            self.chunks += [b"\0" * gap, data]
            self.size += gap + len(data)
        return [name, list(array.shape), self.written[known]]
