"""The sensitivities that the browser's tests compare with: what arviz-stats says today."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "wire"))  # pytest's importlib mode finds no neighbours
WRITER = importlib.import_module("write_sensitivity")


def leaves(value: Any) -> list[Any]:
    """List the numbers and texts of nested mappings and lists, in their order."""
    match value:
        case dict():
            return [leaf for name, one in value.items() for leaf in (name, *leaves(one))]
        case list():
            return [leaf for one in value for leaf in leaves(one)]
        case _:
            return [value]


def test_the_stored_sensitivities_are_those_of_today():
    stored = leaves(json.loads(WRITER.SENSITIVITY.read_text("utf-8")))
    today = leaves(WRITER.sensitivity())
    assert [one for one in today if isinstance(one, str)] == [one for one in stored if isinstance(one, str)]
    numbers = [[one for one in side if not isinstance(one, str)] for side in (today, stored)]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-8, abs=1e-10)
