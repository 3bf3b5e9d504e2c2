"""Predictors on the wire: what the browser's tests read is what Python says today; `test_wire_bambi` asks Bambi."""

from __future__ import annotations

import dataclasses
import importlib.util
import json
import sys
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("bambi")

from bambi.defaults.families import BUILTIN_FAMILIES

from glm_magic.wire import Payload, decode, encode


def writer():
    """The script that writes the file, as a module: its records are read by their annotations."""
    path = Path(__file__).parent / "wire" / "write_predictors.py"
    spec = importlib.util.spec_from_file_location("write_predictors", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


WRITER = writer()
MODELS = list(WRITER.models())
NAMES = [WRITER.name_of(text, family, link) for text, family, _, link in MODELS]

# What Bambi and formulae themselves warn about while a model is built.
pytestmark = [
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Using 'c\\(:FutureWarning"),
    pytest.mark.filterwarnings("ignore:Scan return signature:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
]


@pytest.fixture(scope="module")
def stored():
    """The cases of the file, by name."""
    content = json.loads(WRITER.PREDICTORS.read_text("utf-8"))
    payload = Payload(schema=content["schema"], buffer=b64decode(content["buffer"]))
    return {one.name: one for one in decode(WRITER.Cases, payload).cases}


def same(found, expected, place=""):
    """Compare records: texts and whole numbers as they are, numbers to the rounding of another platform."""
    if dataclasses.is_dataclass(found):
        assert type(found).__name__ == type(expected).__name__, place
        for one in dataclasses.fields(found):
            same(getattr(found, one.name), getattr(expected, one.name), f"{place}.{one.name}")
    elif isinstance(found, tuple):
        assert len(found) == len(expected), place
        for at, (own, other) in enumerate(zip(found, expected, strict=True)):
            same(own, other, f"{place}[{at}]")
    elif isinstance(found, np.ndarray) and found.dtype.kind == "f":
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=place)
    elif isinstance(found, np.ndarray):
        np.testing.assert_array_equal(found, expected, err_msg=place)
    else:
        assert found == expected, place


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_the_stored_predictors_are_what_is_written_today(model, stored):
    case = WRITER.made(*model)
    payload = encode(WRITER.Cases(cases=(case,)))
    (read,) = decode(WRITER.Cases, payload).cases
    same(read, stored[read.name])


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
