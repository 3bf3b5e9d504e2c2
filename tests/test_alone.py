"""Tests that are marked `alone` have the machine to themselves, also where pytest-xdist runs several at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Each worker notes when its tests began and ended; the first of each waits until both workers are there.
FILE = """
import json, pathlib, time
import pytest
here = pathlib.Path(__file__).parent

def test_meets_the_other_worker():
    (here / (pathlib.Path(__file__).name + ".here")).touch()
    until = time.monotonic() + 60
    while len(list(here.glob("*.here"))) < 2 and time.monotonic() < until:
        time.sleep(0.01)

def wait_a_moment(mark):
    began = time.monotonic()
    time.sleep(0.05)
    with (here / "log").open("a") as log:
        print(json.dumps([mark, began, time.monotonic()]), file=log)

@pytest.mark.parametrize("number", range(8))
def test_among_others(number):
    wait_a_moment("")
"""
AMONG = FILE[FILE.index("@pytest") :]
ALONE = """
@pytest.mark.alone
@pytest.mark.parametrize("number", range(4))
def test_alone(number):
    wait_a_moment("alone")
"""


@pytest.mark.slow
def test_no_other_worker_runs_a_test_meanwhile(tmp_path):
    pytest.importorskip("xdist")
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    alone\n")
    (tmp_path / "test_a.py").write_text(FILE.replace(AMONG, ALONE + AMONG))
    (tmp_path / "test_b.py").write_text(FILE)
    # Nothing that this run is told reaches the one inside it, not even that it is a worker.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "."],
        cwd=tmp_path,
        env=outside,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ran = sorted(map(json.loads, (tmp_path / "log").read_text().splitlines()), key=lambda one: one[1])
    assert len(ran) == 20
    overlapping = {
        frozenset((one[0], other[0]))
        for place, one in enumerate(ran)
        for other in ran[place + 1 :]
        if other[1] < one[2]
    }
    # The others do run at once, or this test could not tell.
    assert overlapping == {frozenset([""])}
