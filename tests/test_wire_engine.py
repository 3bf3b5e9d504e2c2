"""Programs on the wire: what is stored is what the engine makes of them today."""

from __future__ import annotations

import base64
import json
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pymc as pm
import pytest

from glm_magic.engines.instant import lower
from glm_magic.engines.instant.bridge import kernel
from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.priors import PRIORS
from glm_magic.engines.instant.program import Constant, Program

WRITER = runpy.run_path(str(Path(__file__).parent / "wire" / "write_engine.py"))
STORED = json.loads(WRITER["ENGINE"].read_text("utf-8"))


def stored(reference) -> np.ndarray:
    dtype, shape, offset = reference["$"]
    data = base64.b64decode(STORED["buffer"])
    return np.frombuffer(data, f"<{dtype}", int(np.prod(shape)), offset).reshape(shape)


def test_the_stored_programs_are_what_they_were():
    cases = WRITER["cases"]()
    assert [case.name for case in cases] == [case["name"] for case in STORED["schema"]["cases"]]
    for case, written in zip(cases, STORED["schema"]["cases"], strict=True):
        np.testing.assert_array_equal(case.words, stored(written["words"]))
        np.testing.assert_allclose(case.numbers, stored(written["numbers"]), rtol=1e-13, err_msg=case.name)
        assert np.isfinite(case.values).all()
        for name in ("values", "gradients", "constrained"):
            np.testing.assert_allclose(
                getattr(case, name), stored(written[name]), rtol=1e-11, atol=1e-11, err_msg=case.name
            )


@pytest.mark.parametrize("prior", PRIORS, ids=[prior.name for prior in PRIORS])
def test_a_family_of_priors_is_what_the_engine_reads_from_pymc(prior):
    values = {one.name: np.array(one.start + 0.25) for one in prior.arguments}
    with pm.Model() as model:
        x = getattr(pm, prior.name)("x", **values)
        pm.Normal("y", x, 1.0, observed=[0.5])
    program = lower(model)
    assert isinstance(program, Program)
    # A constant gamma, Weibull or beta is read by its mean: another kernel for the same density.
    (own,) = [factor for factor in program.factors if factor.variables == ("x",)]
    assert DISTRIBUTIONS[prior.distribution].domains[0] == prior.support
    numbers = [Constant(values=np.array([slot])) for slot in prior.slots(*map(float, values.values()))]
    slots = (own.slots[0], *numbers)
    machines = [
        kernel(replace(program, factors=(factor,)))
        for factor in (own, replace(own, distribution=prior.distribution, slots=slots))
    ]
    for u in (-1.0, 0.2, 0.9):
        (value, gradient), (expected, slope) = [machine.log_density(np.array([u])) for machine in machines]
        assert value == pytest.approx(expected, rel=1e-12)
        np.testing.assert_allclose(gradient, slope, rtol=1e-11, atol=1e-12)


def test_every_family_of_priors_is_compared_with_scipy():
    assert set(WRITER["SCIPY"]) == {prior.name for prior in PRIORS}
