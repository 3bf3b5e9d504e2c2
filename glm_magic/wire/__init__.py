"""Views <-> one JSON schema and one buffer: the Python side of the wall.

Records become objects, field by field; arrays become ``{"$": [dtype, shape, offset]}`` into
one little-endian buffer of float32, int32 and uint32 columns. What single precision cannot hold is declared with
``field(metadata=EXACT)`` and travels as float64. ``js/src/wire.ts`` is the twin, and ``tests/wire`` holds payloads that
both sides read.
"""

from __future__ import annotations

from glm_magic.wire.payload import EXACT, Payload
from glm_magic.wire.reading import decode
from glm_magic.wire.writing import encode

__all__ = ["EXACT", "Payload", "decode", "encode"]
