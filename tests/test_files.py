"""A file is written whole or not at all, wherever it is, and says why not."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from glm_magic import files
from glm_magic.errors import FileError

OLD, NEW = b"the old content", b"the new content" * 1000
needs_locks = pytest.mark.skipif(files.fcntl is None, reason="this system locks no files")


@pytest.fixture
def old(tmp_path):
    """A file that is already there."""
    path = tmp_path / "old"
    path.write_bytes(OLD)
    return path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def failing(monkeypatch):
    """Make a call of the system fail."""

    def fail(call, code):
        def refuse(*args, **kwargs):
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(files.os, call, refuse)

    return fail


def test_the_parts_are_joined_and_replace_what_was_there(old):
    files.write(old, b"one, ", memoryview(b"two"), b"")
    assert old.read_bytes() == b"one, two"
    assert names(old.parent) == ["old"]


@pytest.mark.parametrize(
    "name",
    ["plain", "with spaces and 'quotes'", "☃ Åre", "x" * 255, "-f", "line\nbreak", ".hidden", "back\\slash"],
)
def test_any_name_can_be_written(tmp_path, name):
    for _ in range(2):
        files.write(tmp_path / name, NEW)
        assert files.read(tmp_path / name) == NEW
        assert names(tmp_path) == [name]


def test_relative_paths_and_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    files.write("here", NEW)
    files.write("~/there", NEW)
    assert files.read("~/here") == files.read("./there") == NEW


@pytest.mark.parametrize("path", ["", "a\0b", "\ud800", 5, None, b"bytes", "~nobody-has-this-name/file"])
def test_what_is_no_name_is_refused(path):
    for attempt in (lambda: files.write(path, NEW), lambda: files.read(path)):
        with pytest.raises(FileError, match=r"not the name of a file|cannot be found"):
            attempt()


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o027, 0o077])
def test_a_new_file_has_the_mode_of_new_files(tmp_path, mask):
    before = os.umask(mask)
    try:
        files.write(tmp_path / "new", NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o666 & ~mask


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o666, 0o200])
def test_a_file_keeps_its_mode(old, mode):
    old.chmod(mode)
    files.write(old, NEW)
    assert stat.S_IMODE(old.stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_keeps_its_owner(old):
    os.chown(old, 1234, 2345)
    files.write(old, NEW)
    assert (old.stat().st_uid, old.stat().st_gid) == (1234, 2345)


def test_a_link_stays_and_its_target_is_replaced(old, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    direct, relative = folder / "direct", folder / "relative"
    direct.symlink_to(old)
    relative.symlink_to("direct")
    files.write(relative, NEW)
    assert old.read_bytes() == NEW
    assert [link.is_symlink() for link in (direct, relative)] == [True, True]
    assert names(folder) == ["direct", "relative"]


def test_a_link_to_nothing_makes_its_target(tmp_path):
    (tmp_path / "link").symlink_to("made")
    files.write(tmp_path / "link", NEW)
    assert (tmp_path / "made").read_bytes() == NEW
    assert (tmp_path / "link").is_symlink()


def test_where_nothing_can_be_written(old, tmp_path):
    circle = tmp_path / "circle"
    circle.symlink_to("circle")
    cases = {
        tmp_path / "none" / "file": "there is no such folder",
        old / "file": "is a file, not a folder",
        tmp_path: "it is a folder",
        circle: "in a circle",
        tmp_path / ("x" * 256): "name is too long",
    }
    for path, reason in cases.items():
        with pytest.raises(FileError, match=f"cannot write .*{reason}") as raised:
            files.write(path, NEW)
        assert raised.value.remedy
    assert names(tmp_path) == ["circle", "old"]


def test_a_read_only_file_is_left_alone(old):
    old.chmod(0o444)
    with pytest.raises(FileError, match="the file is read-only"):
        files.write(old, NEW)
    assert (old.read_bytes(), names(old.parent)) == (OLD, ["old"])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="becomes another user")
def test_a_folder_of_somebody_else(tmp_path):
    script = """
import os
from glm_magic import files
os.setuid(65534)
files.write("new", b"")
"""
    # Pytest's own folders can be entered by one user alone.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False
        )
        assert "FileError: cannot write 'new': permission denied" in done.stderr
        assert names(Path(folder)) == []


@pytest.mark.parametrize("call", ["open", "write", "fsync"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_a_call_that_fails_costs_nothing(old, failing, call, code):
    failing(call, code)
    with pytest.raises(FileError, match="cannot write"):
        files.write(old, NEW)
    assert (old.read_bytes(), names(old.parent)) == (OLD, ["old"])


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_cannot_sync_is_written_to(old, failing, code):
    failing("fsync", code)
    files.write(old, NEW)
    assert old.read_bytes() == NEW


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_an_interrupt_costs_nothing(old, monkeypatch, call):
    def stop(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.os, call, stop)
    with pytest.raises(KeyboardInterrupt):
        files.write(old, NEW)
    assert (old.read_bytes(), names(old.parent)) == (OLD, ["old"])


def test_the_content_is_on_the_disk_before_it_takes_the_place(old, monkeypatch):
    order = []
    sync, replace = os.fsync, Path.replace
    monkeypatch.setattr(files.os, "fsync", lambda handle: (order.append("fsync"), sync(handle)))
    monkeypatch.setattr(Path, "replace", lambda *args: (order.append("replace"), replace(*args))[1])
    files.write(old, NEW)
    assert order == ["fsync", "replace", "fsync"]


def test_a_limit_on_the_size_of_files(old):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(FileError, match="larger than the system allows"):
            files.write(old, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (old.read_bytes(), names(old.parent)) == (OLD, ["old"])


def abandoned(folder):
    """A temporary file whose writer has died."""
    path = folder / ".glm-magic-0123abcd.tmp"
    path.write_bytes(b"half")
    return path


@needs_locks
def test_abandoned_files_are_swept_and_others_are_not(tmp_path):
    left = abandoned(tmp_path)
    kept = [".glm-magic-0123abcd.tmp.nc", "glm-magic-0123abcd.tmp", ".glm-magic-notes.tmp", ".x.nc.part"]
    for name in kept:
        (tmp_path / name).write_bytes(b"the user's own")
    files.write(tmp_path / "new", NEW)
    assert not left.exists()
    assert names(tmp_path) == sorted([*kept, "new"])


@needs_locks
def test_the_file_of_a_living_writer_is_not_swept(tmp_path):
    handle, living = files._open_temporary(tmp_path, 0o600)
    files.write(tmp_path / "other", NEW)
    assert living.exists()
    os.close(handle)
    files.write(tmp_path / "other", NEW)
    assert names(tmp_path) == ["other"]


@needs_locks
def test_a_link_that_looks_like_ours_is_not_followed(old, tmp_path):
    link = tmp_path / ".glm-magic-0123abcd.tmp"
    link.symlink_to(old)
    (tmp_path / ".glm-magic-89abcdef.tmp").mkdir()
    os.mkfifo(tmp_path / ".glm-magic-01234567.tmp")
    files.write(tmp_path / "new", NEW)
    assert old.read_bytes() == OLD
    assert len(names(tmp_path)) == 5


@needs_locks
def test_without_locks_only_age_tells(tmp_path, monkeypatch):
    def no_locks(*args):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(files.fcntl, "flock", no_locks)
    left = abandoned(tmp_path)
    files.write(tmp_path / "new", NEW)
    assert left.exists()
    os.utime(left, (time.time() - 2 * files.DAY,) * 2)
    files.write(tmp_path / "new", NEW)
    assert names(tmp_path) == ["new"]


def test_a_system_without_locks_or_owners(old, monkeypatch):
    """As on Windows, where an open file cannot be renamed."""
    monkeypatch.setattr(files, "fcntl", None)
    left = abandoned(old.parent)
    files.write(old, NEW)
    assert old.read_bytes() == NEW
    assert left.exists()


@needs_locks
def test_a_file_that_is_swept_before_it_is_locked_is_made_again(tmp_path, monkeypatch):
    lock, made = files._lock, []

    def late(handle):
        (path,) = tmp_path.iterdir()
        made.append(path.name)
        if len(made) < 3:
            path.unlink()
        return lock(handle)

    monkeypatch.setattr(files, "_lock", late)
    files.write(tmp_path / "new", NEW)
    assert (len(made), names(tmp_path)) == (3, ["new"])


def test_writers_at_once_leave_one_whole_file(tmp_path):
    """Twelve threads write to two files of one folder; each sweeps what the others might hold."""
    contents = [bytes([65 + number]) * 300_000 for number in range(12)]
    troubles, tries, seen = [], 0, 0

    def keep_writing(number):
        try:
            for _ in range(20):
                files.write(tmp_path / f"file {number % 2}", contents[number])
        except FileError as problem:
            troubles.append(problem)

    threads = [threading.Thread(target=keep_writing, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        for name in ("file 0", "file 1"):
            tries += 1
            if (tmp_path / name).exists():
                seen += 1
                assert files.read(tmp_path / name) in contents
    print(f"{seen} of {tries} looks found a whole file while {12 * 20} were written")
    assert troubles == []
    assert seen > 0
    assert names(tmp_path) == ["file 0", "file 1"]


def test_a_pipe_is_written_to_when_somebody_reads(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="no program reads"):
        files.write(pipe, NEW)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    deadline = time.monotonic() + 60
    while not read and time.monotonic() < deadline:
        try:
            files.write(pipe, NEW * 10)
            reader.join(60)
        except FileError:
            time.sleep(0.01)
    assert read == [NEW * 10]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has this device")
def test_devices(tmp_path):
    files.write("/dev/null", NEW)
    with pytest.raises(FileError, match="No space left on device"):
        files.write("/dev/full", NEW)
    with pytest.raises(FileError, match="a device or a pipe"):
        files.read("/dev/zero")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="/dev/stdout leads there")
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_the_standard_output(tmp_path, name, kind):
    script = f"from glm_magic import files; files.write({name!r}, b'written')"
    command = [sys.executable, "-c", script]
    if kind == "pipe":
        text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    else:
        with (tmp_path / "out").open("wb") as out:
            out.write(b"first, ")
            out.flush()
            subprocess.run(command, stdout=out, check=True)
        text = (tmp_path / "out").read_bytes().removeprefix(b"first, ")
    assert text == b"written"


def test_what_cannot_be_read(tmp_path):
    with pytest.raises(FileError, match="there is no file"):
        files.read(tmp_path / "none")
    with pytest.raises(FileError, match="is a folder"):
        files.read(tmp_path)
    with pytest.raises(FileError, match=r"cannot read .*too long"):
        files.read(tmp_path / ("x" * 300))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileError, match="a device or a pipe"):
        files.read(tmp_path / "pipe")
