"""The programs that the browser's sampler is tested with are those that models are lowered to today."""

from __future__ import annotations

import base64
import json
import runpy
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from glm_magic.engines.instant import Program, lower
from glm_magic.wire import EXACT, encode

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowered:
    program: Program = field(metadata=EXACT)


def test_the_stored_programs_are_those_of_today():
    written = runpy.run_path(str(Path(__file__).parent / "wire" / "write_posteriors.py"))
    stored = json.loads(written["POSTERIORS"].read_text("utf-8"))
    buffer = base64.b64decode(stored["buffer"])
    found = {one["name"]: one["program"] for one in stored["schema"]["posteriors"]}
    models = [*written["crossed"](), *written["by_group"]()]
    assert list(found) == [name for name, _ in models]
    for name, model in models:
        today = encode(Lowered(program=lower(model)))
        assert plain(found[name], buffer) == plain(today.schema["program"], today.buffer), name


def plain(node, buffer):
    """Put the numbers of arrays in the place of their references."""
    match node:
        case {"$": [dtype, shape, offset]}:
            kind = {"f4": "<f4", "f8": "<f8", "i4": "<i4", "u4": "<u4"}[dtype]
            return [shape, np.frombuffer(buffer, kind, int(np.prod(shape)), offset).round(12).tolist()]
        case dict():
            return {key: plain(value, buffer) for key, value in node.items()}
        case list():
            return [plain(item, buffer) for item in node]
        case _:
            return node
