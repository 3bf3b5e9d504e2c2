"""What is written on the wire is read back, and what is damaged is refused."""

from __future__ import annotations

import runpy
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from glm_magic.errors import FileError
from glm_magic.views import Unavailable
from glm_magic.views.glossary import column_meanings
from glm_magic.views.summary import LIMITS
from glm_magic.wire import EXACT, Payload, decode, encode


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
        Payload(schema={"radius": {"$": ["c8", [1], 0]}, "kind": "round"}, buffer=b"\x00" * 8),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    text: str
    whole: int
    number: float
    truth: bool
    choice: Literal["one", "two"]
    pair: tuple[int, str]
    many: tuple[str, ...]
    named: dict[str, str]
    maybe: str | None
    shape: Round | Flat | None
    floats: NDArray[np.float64]
    codes: NDArray[np.uint32]
    younger: int = 7


EVERYTHING = {
    "text": "a",
    "whole": 1,
    "number": 1.5,
    "truth": True,
    "choice": "two",
    "pair": [1, "a"],
    "many": ["a", "b"],
    "named": {"a": "b"},
    "maybe": None,
    "shape": {"kind": "flat", "sides": {"$": ["u4", [1], 8]}},
    "floats": {"$": ["f4", [2], 0]},
    "codes": {"$": ["u4", [1, 1], 8]},
}
BUFFER = np.array([1, 2], "<f4").tobytes() + np.array([3], "<u4").tobytes()


def read(**changes):
    return decode(Everything, Payload(schema={**EVERYTHING, **changes}, buffer=BUFFER))


def test_every_kind_of_field_is_read():
    back = read()
    assert (back.pair, back.many, back.named, back.younger) == ((1, "a"), ("a", "b"), {"a": "b"}, 7)
    assert back.shape.sides.tolist() == [3]
    assert (back.floats.tolist(), back.codes.tolist()) == ([1, 2], [[3]])
    assert (back.floats.dtype, back.codes.dtype) == (np.float64, np.uint32)


def test_a_number_may_be_whole_and_one_that_json_lacks_is_nan():
    assert isinstance(read(number=2).number, float)
    assert np.isnan(read(number=None).number)
    # Whole numbers may stand where any number may.
    assert read(floats={"$": ["u4", [1], 8]}).floats.tolist() == [3.0]


WRONG = {
    "text": [None, 1, True, ["a"], {"a": "b"}, {"$": ["f4", [1], 0]}],
    "whole": [None, 1.0, "1", True, []],
    "number": ["1.5", True, float("inf"), float("nan"), 10**400, []],
    "truth": [None, 0, 1, "true"],
    "choice": [None, "three", 1, ["one"], {}],
    "pair": [None, [1], [1, "a", 2], ["a", 1], "1a", {}],
    "many": [None, "ab", [1], [None], {"a": "b"}],
    "named": [None, {"a": 1}, ["a"], "a"],
    "maybe": [1, False, []],
    "shape": [
        1,
        "flat",
        [],
        {},
        {"kind": "flat"},
        {"kind": "square", "sides": {"$": ["u4", [1], 8]}},
        {"kind": ["flat"], "sides": {"$": ["u4", [1], 8]}},
        {"kind": "round", "sides": {"$": ["u4", [1], 8]}},
        {"kind": "flat", "sides": {"$": ["u4", [1], 8]}, "more": 1},
    ],
    "floats": [
        None,
        1.0,
        [1.0],
        {},
        {"$": None},
        {"$": ["f4", [2]]},
        {"$": ["f4", [2], 0, 0]},
        {"$": ["f4", [2], 0], "more": 1},
        {"$": ["c8", [1], 0]},
        {"$": [["f4"], [1], 0]},
        {"$": ["f4", 2, 0]},
        {"$": ["f4", [2.0], 0]},
        {"$": ["f4", [True], 0]},
        {"$": ["f4", ["2"], 0]},
        {"$": ["f4", [-1], 0]},
        {"$": ["f4", [4], 0]},
        {"$": ["f4", [2], 8]},
        {"$": ["f4", [1], 2]},
        {"$": ["f4", [1], -4]},
        {"$": ["f4", [1], "0"]},
        {"$": ["f4", [1], 10**30]},
        {"$": ["f4", [10**30], 0]},
        {"$": ["f4", [0, 10**30], 0]},
        {"$": ["f4", [0, 2**40, 2**40], 0]},
        {"$": ["f4", [1] * 100, 0]},
    ],
    "codes": [{"$": ["f4", [2], 0]}, None, 3],
    "younger": [None, "7"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in WRONG.items() for value in values], ids=repr
)
def test_a_field_that_is_not_what_it_says_is_refused(field, value):
    with pytest.raises(FileError, match=rf"cannot be read: {field}"):
        read(**{field: value})


@pytest.mark.parametrize("field", sorted(EVERYTHING))
def test_a_missing_field_is_named(field):
    schema = {name: value for name, value in EVERYTHING.items() if name != field}
    with pytest.raises(FileError, match=f"which has a '{field}'"):
        decode(Everything, Payload(schema=schema, buffer=BUFFER))


def test_an_unknown_field_is_named():
    with pytest.raises(FileError, match="which has no 'more'"):
        read(more=1)


def test_the_wrong_place_is_named():
    sheet = encode(SHEET)
    sheet.schema["shapes"][1]["sides"] = "four"
    with pytest.raises(FileError, match=r"shapes\[1\]\.sides is not an array but 'four'"):
        decode(Sheet, sheet)


def test_nesting_without_end_is_refused():
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Nested:
        inner: object

    schema = {}
    for _ in range(100_000):
        schema = {"inner": schema}
    with pytest.raises(FileError, match="cannot be read"):
        decode(Nested, Payload(schema=schema, buffer=b""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Precise:
    codes: NDArray[np.int32]
    single: NDArray[np.float64]
    double: NDArray[np.float64] = field(metadata=EXACT)
    doubles: tuple[NDArray[np.float64], ...] = field(metadata=EXACT)


def test_double_precision_and_signed_numbers_survive():
    third = np.array([1 / 3])
    sent = Precise(codes=np.array([-1], np.int32), single=third, double=third, doubles=(third, 2 * third))
    payload = encode(sent)
    assert payload.schema["double"]["$"] == ["f8", [1], 8]
    back = decode(Precise, payload)
    assert back.codes.tolist() == [-1]
    assert back.single[0] == np.float32(1 / 3)
    assert [back.double[0], back.doubles[0][0], back.doubles[1][0]] == [1 / 3, 1 / 3, 2 / 3]


def test_a_panel_of_the_first_version_is_still_read():
    """Panels that 0.1.0 saved have one fit, its chains in the rows of Trace, and none of the fields that came later."""
    from glm_magic.store.version1 import upgraded
    from glm_magic.views.panel import PanelView, payload_of

    view = runpy.run_path(str(Path(__file__).parent / "wire" / "write.py"))["example_view"]()
    payload = payload_of(view)
    fit = deepcopy(payload.schema["fits"][0])
    tabs = fit["tabs"]
    later = [
        *((fit, name) for name in ("modelled", "draws", "predictor", "show_truth")),
        (tabs["trace"], "drawn"),
        *((finding, "remedy") for finding in fit["findings"]),
        *((tabs["summary"], name) for name in ("scale", "columns", "parameters", "limits")),
        *((row, "exponential") for row in tabs["summary"]["rows"]),
        *((axis, "population") for axis in tabs["fan"]["axes"]),
    ]
    for record, name in later:
        del record[name]
    nothing = {"$": ["u4", [0], 0]}
    tabs["trace"] |= {"n_chains": 2, "n_draws": 6, "every": 1, "divergent": nothing}
    tabs["trace"]["notes"].append("Chains show every 2nd of 12 draws; densities are of all.")
    for row in tabs["trace"]["rows"]:
        row["trace"] = nothing
    first = Payload(schema=upgraded({"version": 1, **fit}), buffer=payload.buffer)
    (old,) = decode(PanelView, first).fits
    assert old.modelled == old.tabs.summary.scale == old.tabs.fan.axes[0].population == ""
    assert old.show_truth
    assert "fit again" in old.predictor.unavailable
    assert old.tabs.trace.drawn == ()
    assert {finding.remedy for finding in old.findings} == {None}
    assert old.tabs.summary.parameters == ()
    # Headings and limits are the same for every fit.
    assert (old.tabs.summary.columns, old.tabs.summary.limits) == (column_meanings(), LIMITS)
    assert {row.exponential for row in old.tabs.summary.rows} == {""}
    assert old.tabs.trace.notes == view.tabs.trace.notes
    assert [row.label for row in old.tabs.trace.rows] == [row.label for row in view.tabs.trace.rows]
    assert decode(PanelView, payload).fits[0].findings[0].remedy == view.findings[0].remedy
