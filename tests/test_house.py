"""The rules of the house, so that nobody has to remember them."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "glm_magic"

# Data flows one way: a room may import the rooms before it in this list, and no other.
ROOMS = (
    "errors",
    "files",
    "critical",
    "interrupts",
    "turns",
    "stages",
    "traits",
    "wire",
    "request",
    "data",
    "_stack",
    "model",
    "predictor",
    "engines",
    "idata",
    "posterior",
    "diagnose",
    "predict",
    "effects",
    "tables",
    "code",
    "views",
    "store",
    "document",
    "text",
    "display",
    "panel",
    "figures",
    "fit",
    "lesson",
    "api",
    "cells",
    "watch",
    "preload",
    "complete",
    "magic",
    "command",
    "__main__",
)
# The front door (glm_magic/__init__.py) may open every room, but only when somebody knocks.
FRONT_DOOR = "__init__"
# Text in, records out: these need the standard library alone.
STANDARD_LIBRARY_ONLY = ("errors", "files", "traits", "request")
EXPORTED = {
    "glm", "load", "compare", "page", "Fit", "GlmError", "load_ipython_extension", "unload_ipython_extension",
}  # fmt: skip
HEAVY = ("pymc", "pytensor", "bambi", "arviz", "arviz_base", "arviz_stats", "pandas", "matplotlib", "nutpie")
MOST_LINES = 300

SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "static" not in path.parts)
IDS = [str(path.relative_to(PACKAGE)) for path in SOURCES]
every_source = pytest.mark.parametrize("path", SOURCES, ids=IDS)


def room_of(path: Path) -> str:
    """The room a file stands in: ``views/fan.py`` stands in ``views``."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_modules(path: Path) -> Iterator[str]:
    """Absolute names of the modules a file imports, wherever in the file it does so."""
    package = ("glm_magic", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*start, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names if base == "glm_magic")


def test_every_room_is_on_the_map():
    assert {room_of(path) for path in SOURCES} <= {*ROOMS, FRONT_DOOR}


@every_source
def test_a_room_imports_only_the_rooms_to_its_left(path):
    room = room_of(path)
    if room == FRONT_DOOR:
        return
    allowed = {*ROOMS[: ROOMS.index(room)], room}
    named = {name.split(".")[1] for name in imported_modules(path) if name.startswith("glm_magic.")}
    assert named & set(ROOMS) <= allowed


@every_source
def test_text_needs_the_standard_library_alone(path):
    if room_of(path) not in STANDARD_LIBRARY_ONLY:
        return
    outside = {name.split(".")[0] for name in imported_modules(path)} - sys.stdlib_module_names
    assert outside <= {"glm_magic"}


# Run in a fresh interpreter; prints what the main thread imported. Loading the extension may start a
# daemon thread that imports the heavy libraries: that is its purpose, and it is not seen here.
WATCHED = """
import sys, threading

class Watch:
    def find_spec(self, name, path=None, target=None):
        if threading.current_thread() is threading.main_thread():
            seen.add(name.partition(".")[0])

{before}
seen = set()
sys.meta_path.insert(0, Watch())
{action}
print(*sorted(seen))
"""
IN_IPYTHON = """
from IPython.testing.globalipapp import start_ipython
shell = start_ipython()
"""


@pytest.mark.parametrize(
    ("before", "action"),
    [
        pytest.param("", "import glm_magic", id="import glm_magic"),
        pytest.param(IN_IPYTHON, "shell.run_line_magic('load_ext', 'glm_magic')", id="load_ext"),
    ],
)
def test_the_front_door_opens_without_the_heavy_libraries(before, action, tmp_path):
    script = WATCHED.format(before=before, action=action) + "\nimport os; sys.stdout.flush(); os._exit(0)"
    # IPython keeps its history in IPYTHONDIR
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    imported = set(done.stdout.splitlines()[-1].split())
    assert "glm_magic" in imported
    assert imported.isdisjoint(HEAVY)


@every_source
def test_only_the_stack_room_names_a_version(path):
    if room_of(path) == "_stack":
        return
    tree = ast.parse(path.read_text("utf-8"))
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    calls = {ast.unparse(node.func).split(".")[-1] for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not attributes & {"__version__", "version_info", "hexversion"}
    assert not calls & {"Version", "parse_version"}


@every_source
def test_nothing_happens_in_place(path):
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    assert "inplace" not in {node.arg for node in nodes if isinstance(node, ast.arg)}
    # A library that offers it may be told not to.
    asked = [ast.unparse(node) for node in nodes if isinstance(node, ast.keyword) and node.arg == "inplace"]
    assert set(asked) <= {"inplace=False"}


def test_files_stay_short():
    written = [*SOURCES, *(ROOT / "js" / "src").rglob("*.ts"), *(ROOT / "js" / "src").rglob("*.css")]
    written += (ROOT / "js" / "translate").glob("*.py")
    # What the build writes nobody reads.
    written = [path for path in written if not path.name.endswith(".gen.ts")]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in written}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_the_ends_of_intervals_are_named_in_one_place():
    named = [path for path in SOURCES if re.search(r':g\}%"', path.read_text("utf-8"))]
    assert [str(path.relative_to(PACKAGE)) for path in named] == ["diagnose/interval.py"]


def test_nothing_is_called_utils():
    names = {path.stem.strip("_") for path in [*SOURCES, *(ROOT / "js" / "src").rglob("*.ts")]}
    assert names.isdisjoint({"util", "utils", "helpers", "misc", "common"})


def test_exported_names():
    import glm_magic

    assert set(glm_magic.__all__) == EXPORTED
    assert all(hasattr(glm_magic, name) for name in EXPORTED)
    assert set(dir(glm_magic)) >= EXPORTED


def written_files() -> list[Path]:
    """Every text file that git tracks or would track."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    paths = [ROOT / name.decode() for name in listing.split(b"\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:4096]]


# Put together from halves, so that this file keeps its own rule.
INDEX_HOST = "|".join(
    ["npm" + r"js\.org", "npm" + r"js\.com", "yarn" + r"pkg\.com", "python" + r"hosted\.org"]
)
MACHINE_PATH = r"(?<![\w.:/~])/" + r"(?:home|root|Users|work|tmp)/\w"


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(INDEX_HOST, id="a package index's host"),
        pytest.param(MACHINE_PATH, id="a machine's path"),
    ],
)
def test_files_name_no(pattern):
    found = re.compile(pattern)
    named = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in written_files()
        for match in found.finditer(path.read_text("utf-8"))
    }
    assert named == set()


TOP_LEVEL = {
    "glm_magic", "js", "tests", "examples", "docs", ".ci", ".github",
    "pyproject.toml", "hatch_build.py", "Makefile", "LICENSE", "CITATION.cff",
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", ".gitignore", ".editorconfig", ".pre-commit-config.yaml",
}  # fmt: skip


def test_the_top_level_holds_what_everybody_looks_for():
    assert {path.relative_to(ROOT).parts[0] for path in written_files()} <= TOP_LEVEL


def test_lines_end_where_their_text_ends():
    untidy = [
        str(path.relative_to(ROOT))
        for path in written_files()
        if (text := path.read_text("utf-8"))
        and (re.search(r"[ \t]+$", text, re.MULTILINE) or text[-1] != "\n")
    ]
    assert untidy == []


def test_the_lock_file_names_no_host():
    lock = (ROOT / "js" / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    # A package may say where it takes donations ("url"); that is not where it comes from.
    assert [line for line in lock.splitlines() if "://" in line and '"url": ' not in line] == []
