"""A lesson of two fits, and the record of what became of it in each host.

With ``GLM_MAGIC_RECORD_HOSTS=1`` (as in ``make hosts``, in one process) the tests write `results.json`, from which
`table.py` makes the table of the README.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # for exports.py
RESULTS = HERE / "results.json"

collect_ignore_glob = [] if importlib.util.find_spec("pytest_playwright") is not None else ["test_*.py"]


@pytest.fixture(scope="session")
def lesson(saved_fit, tmp_path_factory):
    """A notebook that nobody has executed: two headings, and a fit below each."""
    new = nbformat.v4
    cells = [
        new.new_markdown_cell("# A lesson"),
        new.new_code_cell(f"import glm_magic\n\nfit = glm_magic.load({str(saved_fit)!r})\nfit"),
        new.new_markdown_cell("## Another fit"),
        new.new_code_cell("fit"),
    ]
    notebook = new.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = tmp_path_factory.mktemp("lesson") / "lesson.ipynb"
    nbformat.write(notebook, path)
    return path


@pytest.fixture(scope="session")
def run(jupyter_environment):
    """Run a module of this Python, or a program, and show what it said if it fails."""

    def module(
        *command: object, folder: Path | None = None, program: Path | None = None, **environment: str
    ) -> None:
        done = subprocess.run(
            [*([sys.executable, "-m"] if program is None else [program]), *map(str, command)],
            cwd=folder,
            env={**jupyter_environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]

    return module


@pytest.fixture(scope="session")
def executed(lesson, run, tmp_path_factory):
    """The lesson, executed without a person."""
    folder = tmp_path_factory.mktemp("executed")
    run("nbconvert", "--to", "notebook", "--execute", f"--output-dir={folder}", lesson)
    return folder / "lesson.ipynb"


@pytest.fixture(scope="session")
def results() -> Iterator[dict[str, dict[str, object]]]:
    """What the tests of this session found, by host."""
    found: dict[str, dict[str, object]] = {}
    yield found
    if os.environ.get("GLM_MAGIC_RECORD_HOSTS") == "1" and found:
        before = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
        RESULTS.write_text(json.dumps({**before, **found}, indent=1, ensure_ascii=False) + "\n", "utf-8")


@pytest.fixture
def record(results):
    """Record what is seen in a host; whatever fails before the end is recorded as not alive."""

    @contextmanager
    def host(
        name: str, *, package: str = "", beside: Path | None = None, **said: object
    ) -> Iterator[dict[str, object]]:
        began = time.monotonic()
        version = _version(package, beside) if package else ""
        seen: dict[str, object] = {"version": version, **said, "alive": False}
        results[name] = seen
        yield seen
        seen["alive"] = True
        seen["seconds"] = round(time.monotonic() - began, 1)

    return host


def _version(package: str, program: Path | None) -> str:
    """Tell the version of a distribution: here, or beside a program of another environment."""
    if program is None:
        return importlib.metadata.version(package)
    code = f"import importlib.metadata; print(importlib.metadata.version({package!r}))"
    python = program.with_name("python")
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
