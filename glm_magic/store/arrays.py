"""The arrays of a file: what its record of the data refers to, and the door through which it is read."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glm_magic.store.door import UnsoundError

Array = NDArray[Any]


class Unstorable(Exception):  # noqa: N818 - it is caught and told, never shown as an error
    """A column or a value that the file has no way to write; the message says what it is."""


class Arrays:
    """The arrays of a file, in the order in which they are referred to."""

    def __init__(self, arrays: tuple[Array, ...] = ()) -> None:
        self.all: list[Array] = list(arrays)

    def add(self, array: Any) -> int:
        """Append an array, little-endian and in a row; give its place."""
        values = np.ascontiguousarray(array).ravel()
        values = values.astype(np.uint8) if values.dtype.kind == "b" else values
        values = values.astype(np.float32) if values.dtype == np.float16 else values
        self.all.append(values.astype(values.dtype.newbyteorder("<"), copy=False))
        return len(self.all) - 1

    def add_json(self, value: Any) -> int:
        """Append a JSON document as bytes: ASCII, so that any text comes back, whatever letters it holds."""
        return self.add(np.frombuffer(json.dumps(value).encode("ascii"), np.uint8))

    def at(self, place: int, kinds: str) -> Array:
        """Give an array whose numbers are of one of some kinds."""
        if (
            not 0 <= place < len(self.all)
            or self.all[place].ndim != 1
            or self.all[place].dtype.kind not in kinds
        ):
            raise UnsoundError(f"the record of the data refers to array {place}, which is not there")
        return self.all[place]

    def json_at(self, place: int) -> Any:
        """Read a JSON document back."""
        try:
            return json.loads(self.at(place, "u").astype(np.uint8).tobytes())
        except (ValueError, RecursionError) as problem:
            raise UnsoundError(f"a text of the data is no JSON: {problem}") from problem

    @property
    def size(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in self.all)
