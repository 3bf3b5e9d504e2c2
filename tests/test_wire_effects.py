"""The average effects that the browser's tests compare with are those that Python gives today."""

from __future__ import annotations

import base64
import json
import runpy
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("bambi")

from bambi.defaults.families import BUILTIN_FAMILIES

from glm_magic import load
from glm_magic.wire import Payload, encode

pytestmark = [
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
    pytest.mark.filterwarnings("ignore:Using 'c\\(:FutureWarning"),
    pytest.mark.filterwarnings("ignore:Scan return signature:DeprecationWarning"),
]
WRITTEN = runpy.run_path(str(Path(__file__).parent / "wire" / "write_effects.py"))
ROWS = [row for row in WRITTEN["ROWS"] if row[1] is None or row[1] in BUILTIN_FAMILIES]


@pytest.fixture(scope="module")
def stored():
    content = json.loads(WRITTEN["EFFECTS"].read_text("utf-8"))
    payload = Payload(schema=content["schema"], buffer=base64.b64decode(content["buffer"]))
    return {one["name"]: one for one in plain(payload)["cases"]}


def plain(payload):
    """A payload as JSON, with its arrays in the place of their references."""
    kinds = {"f4": "<f4", "f8": "<f8", "i4": "<i4", "u4": "<u4"}

    def walk(node):
        if isinstance(node, dict) and "$" in node:
            dtype, shape, start = node["$"]
            values = np.frombuffer(payload.buffer, kinds[dtype], int(np.prod(shape)), start)
            return values.reshape(shape).astype(float)
        if isinstance(node, dict):
            return {name: walk(value) for name, value in node.items()}
        return [walk(one) for one in node] if isinstance(node, list) else node

    return walk(payload.schema)


def alike(found, expected, where=""):
    """Two records with the same texts, and numbers that differ by rounding."""
    match expected:
        case dict():
            assert found.keys() == expected.keys(), where
            for name, value in expected.items():
                alike(found[name], value, f"{where}.{name}")
        case list():
            assert len(found) == len(expected), where
            for place, (one, other) in enumerate(zip(found, expected, strict=True)):
                alike(one, other, f"{where}[{place}]")
        case np.ndarray() | float():
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6, err_msg=where)
        case _:
            assert found == expected, where


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]} {row[2]}")
def test_the_stored_effects_are_those_of_today(row, stored):
    made = WRITTEN["made"](*row)
    alike(plain(encode(made)), stored[made.name])


def test_a_fit_that_was_stored_answers_as_the_panel_does(stored, tmp_path):
    text, family, link, _ = next(row for row in ROWS if row[0] == "hit ~ x*t + g")
    WRITTEN["fitted"](text, family, link).save(tmp_path / "fit.nc")
    fit = load(tmp_path / "fit.nc")
    case = stored[f"{text} [{family}, {link}]"]
    asked = next(one for one in case["questions"] if one["contrast"] == "pairwise")
    table = fit.avg_comparisons({"g": "pairwise"}, by="t", above=asked["above"], prob=WRITTEN["PROB"])
    assert list(table["contrast"]) == asked["contrasts"]
    assert list(map(str, table["t"])) == asked["levels"]
    columns = ["median", "10%", "90%", "p_above", "mcse_p_above"]
    np.testing.assert_allclose(table[columns].to_numpy(dtype=float), asked["table"], rtol=1e-9)
