"""What is written on the wire is read back, and what is damaged is refused."""

from __future__ import annotations

import runpy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from glm_magic.errors import FileError
from glm_magic.views import Unavailable
from glm_magic.wire import Payload, decode, encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    radius: np.ndarray
    kind: Literal["round"] = "round"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    sides: np.ndarray
    kind: Literal["flat"] = "flat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    name: str
    shapes: tuple[Round | Flat, ...]
    other: Flat | Unavailable
    number: float | None


SHEET = Sheet(
    name='<b>"quoted"</b>\n☃',
    shapes=(Round(radius=np.array([1.5, np.nan])), Flat(sides=np.array([3, 4], dtype=np.uint32))),
    other=Unavailable(unavailable="no"),
    number=None,
)


def test_a_record_survives_the_wire():
    back = decode(Sheet, encode(SHEET))
    assert (back.name, back.other, back.number) == (SHEET.name, SHEET.other, None)
    assert isinstance(back.shapes[0], Round)
    assert isinstance(back.shapes[1], Flat)
    np.testing.assert_array_equal(back.shapes[0].radius, SHEET.shapes[0].radius)
    assert back.shapes[1].sides.dtype == np.uint32


def test_columns_are_little_endian_and_four_bytes_wide():
    payload = encode(Flat(sides=np.array([1, 256], dtype=np.uint32)))
    assert payload.buffer == b"\x01\x00\x00\x00\x00\x01\x00\x00"
    assert payload.schema["sides"] == {"$": ["u4", [2], 0]}
    assert encode(Round(radius=np.array([1.0]))).buffer == b"\x00\x00\x80\x3f"


def test_an_array_that_is_referred_to_twice_is_written_once():
    same = np.arange(1000.0)
    payload = encode(
        Sheet(name="", shapes=(Round(radius=same), Round(radius=same.copy())), other=SHEET.other, number=1.0)
    )
    assert len(payload.buffer) == 4000
    assert decode(Sheet, payload).shapes[1].radius[-1] == 999


def test_json_holds_no_nan():
    assert encode(replace(SHEET, number=float("nan"))).schema["number"] is None


@given(arrays.arrays(np.float32, st.integers(0, 50), elements=st.floats(width=32, allow_nan=False)))
def test_every_float32_survives(values):
    np.testing.assert_array_equal(decode(Round, encode(Round(radius=values))).radius, values.astype(float))


@pytest.mark.parametrize(
    "damaged",
    [
        Payload(schema={}, buffer=b""),
        Payload(schema={"radius": {"$": ["f4", [9], 0]}, "kind": "round"}, buffer=b"\x00" * 8),
        Payload(schema={"radius": {"$": ["f8", [1], 0]}, "kind": "round"}, buffer=b"\x00" * 8),
    ],
    ids=["nothing", "short buffer", "unknown dtype"],
)
def test_damage_is_told(damaged):
    with pytest.raises(FileError, match="cannot be read"):
        decode(Round, damaged)


def test_the_stored_payload_is_what_is_written_today():
    """The browser's tests read the same file: a change here must be a change there."""
    written = runpy.run_path(str(Path(__file__).parent / "wire" / "write.py"))
    assert written["EXAMPLE"].read_text("utf-8") == written["example_json"]()
