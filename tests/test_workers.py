"""How pytest-xdist spreads tests over its workers: conftest.py in a run of its own, with two of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Each test notes when it began and ended; the first of each file waits until both workers are there.
FILE = """
import json, os, pathlib, time
import pytest
folder = pathlib.Path({folder!r})
name, worker = pathlib.Path(__file__).name, os.environ["PYTEST_XDIST_WORKER"]

def test_meets_the_other_worker():
    (folder / (worker + ".here")).touch()
    until = time.monotonic() + 60
    while len(list(folder.glob("*.here"))) < 2 and time.monotonic() < until:
        time.sleep(0.01)

def wait_a_moment(mark):
    began = time.monotonic()
    time.sleep(0.05)
    with (folder / "log").open("a") as log:
        print(json.dumps([name, worker, mark, began, time.monotonic()]), file=log)
"""
ALONE = """
@pytest.mark.alone
@pytest.mark.parametrize("number", range(4))
def test_alone(number):
    wait_a_moment("alone")
"""
TOGETHER = """
@pytest.mark.parametrize("number", range(8))
def test_among_others(number):
    wait_a_moment("")
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """What each test of three files noted: file, worker, mark, beginning and end."""
    pytest.importorskip("xdist")
    folder = tmp_path_factory.mktemp("spread")
    (folder / "tests" / "browser").mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    alone\n")
    shutil.copy(Path(__file__).with_name("conftest.py"), folder / "tests")
    head = FILE.format(folder=str(folder))
    (folder / "tests" / "browser" / "test_a.py").write_text(head + TOGETHER)
    (folder / "tests" / "browser" / "test_b.py").write_text(head + TOGETHER)
    (folder / "tests" / "test_c.py").write_text(head + ALONE + TOGETHER)
    # Nothing that this run is told reaches the one inside it, not even that it is a worker.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    spread = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *spread, "tests"],
        cwd=folder,
        env=outside,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    noted = [json.loads(line) for line in (folder / "log").read_text().splitlines()]
    assert len(noted) == 28
    return sorted(noted, key=lambda one: one[3])


@pytest.mark.slow
def test_no_other_worker_runs_a_test_beside_one_that_is_alone(ran):
    at_once = {
        frozenset((mark, other_mark))
        for place, (_, _, mark, _, ended) in enumerate(ran)
        for _, _, other_mark, began, _ in ran[place + 1 :]
        if began < ended
    }
    # The others do run at once, or this test could not tell.
    assert at_once == {frozenset([""])}


@pytest.mark.slow
def test_one_worker_has_all_tests_that_need_a_browser(ran):
    workers = {name: {worker for file, worker, *_ in ran if file == name} for name, *_ in ran}
    assert len(workers["test_a.py"]) == 1
    assert workers["test_a.py"] == workers["test_b.py"]
    assert workers["test_c.py"] != workers["test_a.py"]
