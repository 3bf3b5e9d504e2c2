"""Distributions of families on the wire: what scipy says today, and what Python itself draws."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("bambi")

from bambi.defaults.families import BUILTIN_FAMILIES, get_builtin_family

from glm_magic.predict.response import simulated

WRITER = runpy.run_path(str(Path(__file__).parent / "wire" / "write_distributions.py"))
STORED = json.loads(WRITER["DISTRIBUTIONS"].read_text("utf-8"))
N = 20_000


def test_the_stored_distributions_are_those_of_scipy():
    written = json.loads(WRITER["distributions_json"]())
    assert [{**one, "at": None, "cdf": None} for one in written] == [
        {**one, "at": None, "cdf": None} for one in STORED
    ]
    for one, other in zip(written, STORED, strict=True):
        np.testing.assert_allclose(one["at"], other["at"], rtol=1e-5)
        np.testing.assert_allclose(one["cdf"], other["cdf"], rtol=1e-5)


@pytest.mark.parametrize("one", STORED, ids=[f"{one['family']} {one['parameters']}" for one in STORED])
def test_python_draws_them_too(one):
    """The same parameters are the same distribution on both sides, within four Monte Carlo standard errors."""
    if one["family"] not in BUILTIN_FAMILIES:
        pytest.skip(f"this Bambi has no family {one['family']}")
    family = get_builtin_family(one["family"])
    parameters = {name: np.full((N, 1), value) for name, value in one["parameters"].items()}
    trials = None if one["trials"] is None else np.array([one["trials"]])
    source = SimpleNamespace(bambi=SimpleNamespace(family=family))
    drawn = simulated(source, parameters, trials, None, np.random.default_rng(3))[:, 0]
    for x, expected in zip(one["at"], one["cdf"], strict=True):
        share = float(np.mean(drawn <= x))
        assert abs(share - expected) <= 4 * np.sqrt(expected * (1 - expected) / N)
