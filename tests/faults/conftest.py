"""What the tests of faults share: small fits from files, so that nothing is sampled."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import glm_magic

# pytest imports files by path; what the tests share is a module beside them.
sys.path.insert(0, str(Path(__file__).parent))
from opened import OLD_FILES


@pytest.fixture(scope="session")
def small_fit():
    """A fit of 12 rows with a group of three levels, 2 x 8 draws."""
    return glm_magic.load(OLD_FILES[0])


@pytest.fixture(scope="session")
def saved_bytes(small_fit, tmp_path_factory):
    """The same fit as today's `save` writes it."""
    path = tmp_path_factory.mktemp("saved") / "fit.nc"
    small_fit.save(path)
    return path.read_bytes()


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 64 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("file systems can be mounted by root alone")
    yield folder
    subprocess.run(["umount", folder], check=True)
