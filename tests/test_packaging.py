"""The distribution: built from a clean checkout, installed on a machine with Python and nothing else."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUNDLE = {f"glm_magic/static/{name}" for name in ("widget.js", "page.js", "host.js", "widget.css")}
LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv*", "node_modules", "static", "build", "dist", "__pycache__", ".*_cache", ".hypothesis"
)


@pytest.fixture(scope="module")
def bare_environment(tmp_path_factory):
    """An environment whose PATH leads nowhere: no Node, no npm, no compiler."""
    return {**os.environ, "PATH": str(tmp_path_factory.mktemp("empty"))}


@pytest.fixture(scope="module")
def distribution(tmp_path_factory, bare_environment):
    """An sdist from a clean checkout, and a wheel from that sdist."""
    pytest.importorskip("build")
    checkout = tmp_path_factory.mktemp("checkout") / "glm-magic"
    shutil.copytree(ROOT, checkout, ignore=LEFT_BEHIND)
    out = tmp_path_factory.mktemp("dist")
    run = [sys.executable, "-m", "build", "--outdir", str(out)]
    subprocess.run([*run, "--sdist", str(checkout)], env=bare_environment, check=True)
    (sdist,) = out.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(out / "unpacked", filter="data")
    (unpacked,) = (out / "unpacked").iterdir()
    # Were this build to fetch from npm, it would fail: nothing answers there.
    no_npm = {**bare_environment, "npm_config_registry": "http://127.0.0.1:9/"}
    subprocess.run([*run, "--wheel", str(unpacked)], env=no_npm, check=True)
    (wheel,) = out.glob("*.whl")
    return sdist, wheel


@pytest.mark.slow
@pytest.mark.packaging
def test_sdist_and_wheel_hold_the_bundle(distribution):
    sdist, wheel = distribution
    with tarfile.open(sdist) as archive:
        shipped = {name.partition("/")[2] for name in archive.getnames()}
    with zipfile.ZipFile(wheel) as archive:
        installed = set(archive.namelist())
    assert shipped >= BUNDLE | {
        "LICENSE",
        "README.md",
        "js/package-lock.json",
        "js/src/widget.ts",
        "js/translate/source.py",
    }
    assert installed >= BUNDLE | {"glm_magic/__init__.py", "glm_magic/traits.json"}
    left = ("node_modules", "__pycache__", ".gen.ts")
    assert not {name for name in shipped | installed if any(part in name for part in left)}
    assert {name.split("/")[0] for name in installed} == {"glm_magic", f"glm_magic-{version()}.dist-info"}


@pytest.mark.slow
@pytest.mark.packaging
def test_the_wheel_installs_on_a_machine_with_python_and_nothing_else(
    distribution, bare_environment, tmp_path
):
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    # Its dependencies are not ours to test: each has wheels of its own.
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", distribution[1]]
    subprocess.run(install, env=bare_environment, check=True)
    script = (
        "import glm_magic, pathlib; folder = pathlib.Path(glm_magic.__file__).parent; "
        "print(*sorted(path.relative_to(folder.parent).as_posix() for path in folder.glob('static/*')))"
    )
    done = subprocess.run(
        [python, "-I", "-c", script], env=bare_environment, check=True, capture_output=True, text=True
    )
    assert set(done.stdout.split()) >= BUNDLE


def test_the_bundle_is_rebuilt_only_when_a_source_is_newer(hook, tmp_path):
    static, source = tmp_path / "glm_magic" / "static", tmp_path / "js" / "src" / "tabs" / "fan.ts"
    assert not hook.bundle_is_current(tmp_path)
    write_at(source, 100)
    for name in hook.OUTPUTS:
        write_at(static / name, 100)
    assert hook.bundle_is_current(tmp_path)
    write_at(source, 101)
    assert not hook.bundle_is_current(tmp_path)
    write_at(source, 100)
    write_at(tmp_path / "glm_magic" / "traits.json", 101)  # the bundle holds this table
    assert not hook.bundle_is_current(tmp_path)
    write_at(tmp_path / "glm_magic" / "traits.json", 100)
    assert hook.bundle_is_current(tmp_path)
    write_at(
        tmp_path / "glm_magic" / "engines" / "instant" / "distributions" / "real.py", 101
    )  # and its kernels
    assert not hook.bundle_is_current(tmp_path)


def test_an_sdist_uses_the_bundle_it_carries(hook, tmp_path):
    for name in hook.OUTPUTS:
        write_at(tmp_path / "glm_magic" / "static" / name, 1)
    write_at(tmp_path / "js" / "src" / "widget.ts", 2)
    write_at(tmp_path / "PKG-INFO", 3)
    assert hook.bundle_is_current(tmp_path)


def test_metadata_of_the_installed_package():
    about = metadata.metadata("glm-magic")
    assert about["License-Expression"] == "BSD-3-Clause"
    assert about["Version"] == version()


@pytest.fixture
def hook():
    """The build hook as a module."""
    pytest.importorskip("hatchling")
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def version() -> str:
    """The version that pyproject.toml states."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def write_at(path: Path, time: float) -> None:
    """Write a small file and say when it was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x", "utf-8")
    os.utime(path, (time, time))


def test_an_extra_that_is_advised_exists():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    texts = [path.read_text("utf-8") for path in (ROOT / "glm_magic").rglob("*.py")]
    advised = {name for text in texts for name in re.findall(r"glm-magic\[(\w+)\]", text)}
    assert "polars" in advised
    assert advised <= extras.keys()
