"""Predictors on the wire: what the browser's tests read is what Python says today; `test_wire_bambi` asks Bambi."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

pytest.importorskip("bambi")

from bambi.defaults.families import BUILTIN_FAMILIES

sys.path.insert(0, str(Path(__file__).parent / "wire"))  # pytest's importlib mode finds no neighbours
WRITER, STORED = importlib.import_module("write_predictors"), importlib.import_module("stored")
MODELS = list(WRITER.models())
NAMES = [WRITER.name_of(text, family, link) for text, family, _, link in MODELS]

pytestmark = STORED.BUILDING


@pytest.fixture(scope="module")
def stored():
    """The cases of the file, by name."""
    return {one.name: one for one in STORED.read(WRITER.PREDICTORS, WRITER.Cases).cases}


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_the_stored_predictors_are_what_is_written_today(model, stored):
    case = STORED.sent(WRITER.made(*model))
    STORED.same(case, stored[case.name])


def test_every_model_of_the_file_is_written(stored):
    missing = {WRITER.name_of(t, f) for f, t in WRITER.FAMILIES.items() if f not in BUILTIN_FAMILIES}
    assert set(stored) == {*NAMES} | missing


def test_every_family_and_link_is_in_the_file(stored):
    """The families of Bambi with each link that it offers for the main parameter."""
    found = {(one.predictor.tables.family, asked.link) for one in stored.values() for asked in one.questions}
    for name, builtin in BUILTIN_FAMILIES.items():
        main = next(iter(builtin["link"]))
        for link in builtin["family"].SUPPORTED_LINKS[main]:
            assert (name, link) in found
