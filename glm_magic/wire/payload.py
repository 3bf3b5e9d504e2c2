"""What crosses the wall, and how its arrays are written."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

REFERENCE = "$"
DTYPES: dict[str, np.dtype[Any]] = {name: np.dtype(f"<{name}") for name in ("f4", "f8", "i4", "u4")}
WHOLE = {"i4": np.int32, "u4": np.uint32}
EXACT = MappingProxyType({"exact": True})
"""Metadata of a field whose arrays keep double precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What crosses the wall.

    Attributes
    ----------
    schema : dict
        JSON.
    buffer : bytes
        Columns of numbers of 4 or 8 bytes, each at a multiple of its size, little-endian.
    """

    schema: dict[str, Any]
    buffer: bytes
