"""Fits on the wire for the browser's laboratory: the stored ones are of the programs that Python makes today."""

from __future__ import annotations

import base64
import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("bambi")

from glm_magic.engines.instant import lower
from glm_magic.engines.instant.bridge import kernel
from glm_magic.views.engine import EngineView
from glm_magic.views.model import ModelView
from glm_magic.views.panel import PanelView, payload_of
from glm_magic.wire import Payload, decode

sys.path.insert(0, str(Path(__file__).parent / "wire"))  # pytest's importlib mode finds no neighbours
WRITER = importlib.import_module("write_laboratory")
STORED = {one["name"]: one for one in json.loads(WRITER.LABORATORY.read_text("utf-8"))["fits"]}


@pytest.fixture(scope="module")
def fits():
    return dict(WRITER.fits())


def view_of(name):
    one = STORED[name]
    payload = Payload(schema=one["schema"], buffer=base64.b64decode(one["buffer"]))
    (view,) = decode(PanelView, payload).fits
    return view


def test_every_fit_is_stored(fits):
    assert list(fits) == list(STORED)


@pytest.mark.parametrize("name", STORED)
def test_a_stored_engine_is_of_the_program_of_today(name, fits):
    engine, program = view_of(name).engine, lower(fits[name].model)
    assert isinstance(engine, EngineView)
    for u, value, gradient in zip(engine.points, engine.values, engine.gradients, strict=True):
        ours, stored = kernel(program).log_density(u), kernel(engine.program).log_density(u)
        np.testing.assert_allclose(ours[0], stored[0], rtol=1e-12)
        np.testing.assert_allclose(stored[1], gradient, atol=1e-9 * max(1, abs(gradient).max()))
        assert np.isfinite(value)


@pytest.mark.parametrize("name", STORED)
def test_a_stored_panel_has_the_fields_of_today(name, fits):
    def fields(schema):
        """Give the names of a panel's fields; numbers, and what depends on the draws, are left aside."""
        return {tab: sorted(view) for tab, view in schema["tabs"].items()} | {"fit": sorted(schema)}

    (today,) = payload_of(fits[name].view).schema["fits"]
    (stored,) = STORED[name]["schema"]["fits"]
    assert fields(stored) == fields(today)
    assert stored["title"] == today["title"]
    assert sorted(stored["engine"]) == sorted(today["engine"])
    assert isinstance(view_of(name).tabs.model, ModelView)
