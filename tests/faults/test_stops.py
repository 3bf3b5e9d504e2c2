"""Stops at many moments: none is lost, none loses draws, and the next cell knows nothing of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

TRIES = int(os.environ.get("GLM_MAGIC_FAULT_TRIES", "2"))
"""Stops of each kind; a few in every run, many when something here has changed."""
LONGEST = 60.0
"""Seconds that a try may take, compiling included, before it counts as stuck."""

QUICK = "%%glm df -o fit --draws 100 --tune 100 --seed 1\ny ~ x"
KEPT = "Interrupted: the panel above shows the draws that were kept; no name was bound"


def block(engine: str, name: str = "a", options: str = "") -> str:
    """A model that is not instant; with another name it is compiled anew."""
    return (
        f"%%glm df -o fit --engine {engine} --seed 1 {options}\n"
        "with pm.Model() as model:\n"
        f"    a = pm.StudentT('{name}', nu=3, mu=0, sigma=1)\n"
        "    pm.Potential('p', -2 * pm.math.abs(a))\n"
        "    pm.Normal('y', a + pm.math.sin(df.x.values * a), 1, observed=df.y.values)\n"
    )


def stopped(tries, before=(QUICK,), after=(QUICK,), **environment) -> tuple[list, list, list]:
    """Run cells in a process of their own; give what came of those before, stopped and after."""
    plan = {"before": before, "tries": tries, "after": after}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("stopped.py"))],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST * (len(before) + len(tries) + len(after)),
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    ran = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(ran) == len(before) + len(tries) + len(after)
    return ran[: len(before)], ran[len(before) : len(before) + len(tries)], ran[len(before) + len(tries) :]


def check_untouched(ran: list) -> None:
    for one in ran:
        assert one["restored"], one
        assert one["changed"] == [], one
        assert one["left"] == [], one


def moments(seed: int, low: float, high: float) -> list[float]:
    return sorted(np.random.default_rng(seed).uniform(low, high, TRIES).tolist())


def test_a_stop_while_compiling_is_one_line_and_leaves_nothing():
    tries = [
        {"cell": block("nutpie", f"a{place}"), "stops": [at]}
        for place, at in enumerate(moments(1, 0.05, 3.0))
    ]
    _, ran, (again, quick) = stopped(
        tries, after=(block("nutpie", "a0"), QUICK), PYTENSOR_FLAGS="numba__cache=False"
    )
    for one in ran:
        assert one["sent"], "the stop came after the fit"
        assert one["error"] == "Interrupted", one
        assert len(one["lines"]) == 1, one
        assert not one["fit"]
    check_untouched(ran)
    # The model that was stopped is fitted by the next cell, as if it had not been.
    for one in (again, quick):
        assert one["error"] is None, one["raised"]
        assert np.isfinite(one["mean"]).all()


SAMPLED = [
    pytest.param("%%glm df -o fit --draws 200000 --seed 1\ny ~ x", 0.4, 1.5, id="instant"),
    pytest.param(block("nutpie", options="--draws 400000 --tune 50"), 0.6, 2.0, id="nutpie"),
    pytest.param(
        block("pymc", options="--draws 100000 --tune 50 --cores 2 --chains 2"),
        3.0,
        6.0,
        id="pymc in processes",
    ),
    pytest.param(
        block("pymc", options="--draws 100000 --tune 50 --cores 1 --chains 2"), 3.0, 6.0, id="pymc in turn"
    ),
]


# Stops that must fall into sampling: other tests would move it.
@pytest.mark.alone
@pytest.mark.parametrize(("cell", "low", "high"), SAMPLED)
def test_impatient_stops_lose_no_draws(cell, low, high):
    gaps = np.random.default_rng(2).uniform(0.0, 0.6, (TRIES, 2)).cumsum(axis=1)
    tries = [
        {"cell": cell, "stops": [at, *(at + gap).tolist()]}
        for at, gap in zip(moments(3, low, high), gaps, strict=True)
    ]
    small = cell.replace("00000 ", "00 ")
    (first, *_), ran, (again,) = stopped(tries, before=(small,), after=(small,))
    kept = [one for one in ran if one["lines"] == [KEPT]]
    for one in ran:
        assert one["error"] == "Interrupted", one
        assert len(one["lines"]) == 1, one
        # On a busy machine the first stop may come before the first draw.
        assert one in kept or "before any draw" in one["lines"][0] or "compiling" in one["lines"][0], one
        assert bool(one["shown"]) == (one in kept), one
        assert not one["fit"]
    assert kept, "no stop fell into sampling"
    check_untouched(ran)
    assert again["mean"] == first["mean"]


def test_a_stop_around_the_views_is_neither_lost_nor_costs_the_fit():
    cell = "%%glm df -o fit --draws 2000 --tune 500 --seed 1\ny ~ x"
    tries = [{"cell": cell, "stops": [at]} for at in moments(4, 0.05, 0.8) for _ in range(2)]
    (whole, _), ran, (again,) = stopped(tries, before=(cell, QUICK), after=(cell,))
    for one in ran:
        if one["sent"]:
            assert one["error"] in ("Interrupted", "KeyboardInterrupt"), one
        if one["error"] == "Interrupted":
            assert len(one["lines"]) <= 1 or "no name was bound" not in one["lines"][-1], one
        # A fit that is bound is whole.
        assert one["mean"] in (None, whole["mean"])
    check_untouched(ran)
    assert again["mean"] == whole["mean"]
