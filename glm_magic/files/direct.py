"""Pipes, devices and files that are already open: they are written to directly."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from glm_magic.errors import FileError

ATTEMPTS = 100
CHUNK = 1 << 24


def pour(handle: int, parts: tuple[bytes | memoryview, ...]) -> None:
    """Write all parts to an open file, however little of them the system takes at once."""
    for part in parts:
        rest = memoryview(part).cast("B")
        while rest:
            rest = rest[os.write(handle, rest[:CHUNK]) :]


def is_descriptor(path: Path) -> bool:
    """Tell whether a path is an open file of this process: ``/dev/stdout``, ``/dev/fd/3``."""
    for _ in range(ATTEMPTS):
        folder = os.path.realpath(path.parent)
        if folder.startswith("/proc/") or folder == "/dev/fd":
            return True
        if not path.is_symlink():
            return False
        path = Path(folder, path.readlink())
    return False


def write_directly(path: Path, found: os.stat_result, parts: tuple[bytes | memoryview, ...]) -> None:
    """Write to a pipe, a terminal or another device; append to a file that is already open."""
    if stat.S_ISBLK(found.st_mode):
        raise FileError(f"cannot write {str(path)!r}: it is a disk", remedy="Give the name of a file.")
    # A pipe that nobody reads is an error: without O_NONBLOCK, opening it would wait for a reader.
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        os.set_blocking(handle, True)
        pour(handle, parts)
    finally:
        os.close(handle)
