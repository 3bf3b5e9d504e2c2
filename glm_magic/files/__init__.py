"""Files: written whole or not at all.

What is written is in memory before a file is touched. It goes to a temporary file in the
target's folder, is forced to the disk, and then takes the target's place in one step. So a
full disk, a killed process or a second writer leaves either the old file or the new one.

A writer holds a lock on its temporary file, which the system releases when the writer dies.
Each write removes the temporary files in its folder that nobody holds.

Links are followed: a link stays, and the file that it leads to is replaced. A pipe or a device
such as ``/dev/stdout`` holds nothing that could be kept, and is written to directly.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from glm_magic.errors import FileError
from glm_magic.files.direct import ATTEMPTS, is_descriptor, pour, write_directly

fcntl: Any
try:
    import fcntl
except ImportError:  # Windows locks no whole files; there, age alone tells what was left behind
    fcntl = None

# Short, so that it fits beside a target whose own name is as long as a name may be.
TEMPORARY = re.compile(r"\.glm-magic-[0-9a-f]{8}\.tmp")
# Where files cannot be locked, no write takes as long as this.
DAY = 86_400.0

UNCHANGED = "what was there before is unchanged"
REASONS = {
    errno.ENOENT: ("there is no such folder", "Make the folder first, or choose another."),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "Choose another folder."),
    errno.EACCES: ("permission denied", "Choose a folder in which you may write."),
    errno.EPERM: ("the system does not permit it", "Choose another folder."),
    errno.EROFS: ("the file system is read-only", "Choose a folder on another one."),
    errno.ENOSPC: ("No space left on device", f"Free some space, or choose another disk; {UNCHANGED}."),
    errno.EDQUOT: ("your disk quota is used up", f"Free some space, or choose another disk; {UNCHANGED}."),
    errno.EFBIG: ("the file would be larger than the system allows", f"Choose another disk; {UNCHANGED}."),
    errno.ENAMETOOLONG: ("the name is too long", "Choose a shorter one."),
    errno.ELOOP: ("the links lead in a circle", "Choose another name."),
    errno.EBUSY: ("another program holds the file's place", "Choose another name."),
    errno.ENXIO: ("no program reads from it", "Start the program that reads first."),
    errno.EPIPE: ("the program that read from it has stopped", "Start it again, or choose a file."),
}
"""What the system's errors mean for somebody who writes a file, and what to do."""


def write(path: str | os.PathLike[str], *parts: bytes | memoryview) -> None:
    """Write a file; it is whole or not touched.

    Parameters
    ----------
    path : str or path-like
        ``~`` is the home folder. The mode of an existing file is kept.
    *parts : bytes or memoryview
        The content, in order.

    Raises
    ------
    FileError
        If it cannot be written there. What was there before is unchanged.
    """
    target = named(path)
    try:
        old = _status(target)
        if old is not None and stat.S_ISDIR(old.st_mode):
            raise FileError(
                f"cannot write {str(target)!r}: it is a folder", remedy="Give the name of a file in it."
            )
        if old is not None and (not stat.S_ISREG(old.st_mode) or is_descriptor(target)):
            write_directly(target, old, parts)
        else:
            # Links are followed here, so that the rename replaces the file and not the link.
            _replace(Path(os.path.realpath(target)), old, parts)
    except OSError as problem:
        raise _refused("write", target, problem) from problem


def read(path: str | os.PathLike[str]) -> bytes:
    """Read a whole file.

    Parameters
    ----------
    path : str or path-like
        ``~`` is the home folder.

    Returns
    -------
    bytes

    Raises
    ------
    FileError
        If there is no such file, or it is not a file, or it cannot be read.
    """
    target = named(path)
    try:
        found = _status(target)
        if found is None:
            raise FileError(f"there is no file {str(target)!r}", remedy="Check the folder and the spelling.")
        if stat.S_ISDIR(found.st_mode):
            raise FileError(f"{str(target)!r} is a folder", remedy="Give the name of a file in it.")
        if not stat.S_ISREG(found.st_mode):
            raise FileError(f"{str(target)!r} is a device or a pipe, not a file")
        return target.read_bytes()
    except OSError as problem:
        raise _refused("read", target, problem) from problem
    except MemoryError as problem:
        raise FileError(f"{str(target)!r} does not fit into the memory") from problem


def named(path: str | os.PathLike[str]) -> Path:
    """Turn what the user named into a path.

    Parameters
    ----------
    path : str or path-like
        ``~`` is the home folder.

    Returns
    -------
    Path

    Raises
    ------
    FileError
        If no file can have that name.
    """
    try:
        target = Path(path)
        # A text that is no name is found here, not by the system's calls one after the other.
        if not os.fspath(path) or b"\0" in os.fsencode(target):
            raise ValueError
        return target.expanduser()
    except (TypeError, ValueError) as problem:
        raise FileError(f"{path!r} is not the name of a file", remedy="Give a text or a Path.") from problem
    except RuntimeError as problem:
        raise FileError(f"{path!r} cannot be found: {problem}", remedy="Write the folder out.") from problem


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _refused(verb: str, path: Path, problem: OSError) -> FileError:
    reason, remedy = REASONS.get(problem.errno or 0, (problem.strerror or str(problem), ""))
    return FileError(f"cannot {verb} {str(path)!r}: {reason}", remedy=remedy if verb == "write" else "")


def _replace(target: Path, old: os.stat_result | None, parts: tuple[bytes | memoryview, ...]) -> None:
    """Write beside the target, then take its place."""
    # A rename needs no permission for the file that it replaces, only for the folder.
    if old is not None and not (old.st_mode & 0o222 and os.access(target, os.W_OK)):
        raise FileError(
            f"cannot write {str(target)!r}: the file is read-only",
            remedy="Choose another name, or make the file writable.",
        )
    _sweep(target.parent)
    # The mask of new files is applied by the system; a private file's successor is private from the start.
    handle, temporary = _open_temporary(target.parent, 0o666 if old is None else 0o600)
    try:
        try:
            pour(handle, parts)
            _sync(handle)
            if old is not None:
                _dress(temporary, old)
            if fcntl is not None:
                # While the lock is held: an unlocked temporary file may be swept.
                temporary.replace(target)
        finally:
            os.close(handle)
        if fcntl is None:
            temporary.replace(target)  # Windows renames no open file
    finally:
        with suppress(OSError):
            temporary.unlink()
    _sync_folder(target.parent)


def _open_temporary(folder: Path, mode: int) -> tuple[int, Path]:
    """Make a temporary file and lock it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    for _ in range(ATTEMPTS):
        path = folder / f".glm-magic-{secrets.token_hex(4)}.tmp"
        try:
            handle = os.open(path, flags, mode)
        except FileExistsError:
            continue
        # Another writer may have swept it before it was locked.
        if _lock(handle) and path.exists():
            return handle, path
        os.close(handle)
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _lock(handle: int) -> bool:
    """Lock a temporary file; False when a sweeper holds it. Some file systems have no locks."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _sweep(folder: Path) -> None:
    """Remove the temporary files of writers that have died."""
    # What cannot be looked at or removed is left to the next write; this one does not need it.
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if TEMPORARY.fullmatch(entry.name):
                with suppress(OSError):
                    _remove_if_abandoned(Path(entry.path))


def _remove_if_abandoned(path: Path) -> None:
    found = path.lstat()
    # Another user's file is that user's to remove; nothing else bears such a name.
    if not stat.S_ISREG(found.st_mode) or (hasattr(os, "geteuid") and os.geteuid() not in (0, found.st_uid)):
        return
    if fcntl is None:
        _remove_if_old(path, found)
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        # Still locked, so that a writer that has only just made it notices.
        path.unlink()
    except BlockingIOError:
        pass
    except OSError:
        _remove_if_old(path, found)
    finally:
        os.close(handle)


def _remove_if_old(path: Path, found: os.stat_result) -> None:
    if time.time() - found.st_mtime > DAY:
        path.unlink()


def _sync(handle: int) -> None:
    """Force a file to the disk before it takes the place of another."""
    try:
        os.fsync(handle)
    except OSError as problem:
        # Some network and user-space file systems have no such call; they keep their own promises.
        if problem.errno not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
            raise


def _sync_folder(folder: Path) -> None:
    """Force a rename to the disk. The file is whole either way, so a refusal is no failure."""
    if fcntl is None:
        return  # Windows opens no folders
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _dress(path: Path, old: os.stat_result) -> None:
    """Give a file the owner and the mode of the one that it replaces."""
    if hasattr(os, "chown"):
        # Only root gives files away; others may still give one to another group of their own.
        for owner in (old.st_uid, -1):
            with suppress(PermissionError):
                os.chown(path, owner, old.st_gid)
                break
    path.chmod(stat.S_IMODE(old.st_mode))
