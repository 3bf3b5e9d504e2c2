"""A full disk, a limit or a kill costs the new file, never the old one, and leaves nothing behind for long."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from opened import OLD_FILES, everything

import glm_magic
from glm_magic.errors import FileError

ROOT = Path(__file__).parents[2]
WRITERS = {"fit.nc": "save", "fit.html": "to_html"}
every_writer = pytest.mark.parametrize(("name", "writer"), WRITERS.items(), ids=WRITERS.values())


def attempt(write, path):
    """Write; give the error, if there is one."""
    try:
        write(path)
    except FileError as problem:
        return problem
    return None


@every_writer
def test_a_full_disk(small_fit, tiny_disk, name, writer):
    """Filled to each of many degrees; today's file is there or yesterday's, whole."""
    path, filler, outcomes = tiny_disk / name, tiny_disk / "filler", []
    for full in range(0, 65_536, 4096):
        with suppress(OSError):
            filler.write_bytes(bytes(full))
        before = path.read_bytes() if path.exists() else None
        problem = attempt(getattr(small_fit, writer), path)
        outcomes.append("written" if problem is None else "refused")
        if problem is not None:
            assert "No space left on device" in problem.message
            assert "Free some space" in problem.remedy
            assert (path.read_bytes() if path.exists() else None) == before
        assert {entry.name for entry in tiny_disk.iterdir()} <= {name, "filler"}
        filler.unlink()
    print(f"{writer} on {len(outcomes)} disks: {outcomes.count('refused')} full")
    assert "refused" in outcomes
    if path.exists() and path.suffix == ".nc":
        assert everything(glm_magic.load(path)) == everything(small_fit)


@every_writer
def test_limits_on_the_size_of_files(small_fit, tmp_path, name, writer):
    path = tmp_path / name
    getattr(small_fit, writer)(path)
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    limits = [0, 1, 512, 4096, *range(8192, len(before), len(before) // 8), len(before) - 1]
    for limit in limits:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        try:
            with pytest.raises(FileError, match="larger than the system allows"):
                getattr(small_fit, writer)(path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert (path.read_bytes(), [entry.name for entry in tmp_path.iterdir()]) == (before, [name])
    print(f"{writer} under {len(limits)} limits: all refused, the file unchanged")


@every_writer
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has this device")
def test_a_device_that_is_always_full(small_fit, name, writer):
    with pytest.raises(FileError, match="No space left on device"):
        getattr(small_fit, writer)("/dev/full")


@every_writer
def test_where_a_fit_cannot_be_written(small_fit, tmp_path, name, writer):
    write = getattr(small_fit, writer)
    read_only = tmp_path / "read-only"
    read_only.write_bytes(b"old")
    read_only.chmod(0o444)
    places = [
        tmp_path / "none" / name,
        tmp_path,
        read_only,
        read_only / name,
        "",
        "a\0b",
        "~nobody-at-all/x",
        5,
    ]
    for place in places:
        with pytest.raises(FileError):
            write(place)
    assert [entry.name for entry in tmp_path.iterdir()] == ["read-only"]
    assert read_only.read_bytes() == b"old"


@every_writer
def test_names_links_and_the_home_folder(small_fit, tmp_path, monkeypatch, name, writer):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    small_fit_writer = getattr(small_fit, writer)
    suffix = Path(name).suffix
    names = [f"with space{suffix}", f"Åre ☃{suffix}", "x" * (255 - len(suffix)) + suffix, f"target{suffix}"]
    for one in names:
        small_fit_writer(one)
    (tmp_path / "link").symlink_to(names[-1])
    small_fit_writer("~/link")
    assert (tmp_path / "link").is_symlink()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted([*names, "link"])
    if writer == "save":
        assert all(repr(glm_magic.load(one)) == repr(small_fit) for one in [*names, "~/link"])


def test_savers_at_once_leave_one_whole_file(small_fit, tmp_path):
    path, troubles = tmp_path / "fit.nc", []

    def save_often():
        try:
            for _ in range(5):
                small_fit.save(path)
        except FileError as problem:
            troubles.append(problem)

    threads = [threading.Thread(target=save_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    loads = 0
    while any(thread.is_alive() for thread in threads):
        if path.exists():
            glm_magic.load(path)
            loads += 1
    for thread in threads:
        thread.join()
    print(f"20 saves by 4 threads, {loads} loads meanwhile")
    assert troubles == []
    assert [entry.name for entry in tmp_path.iterdir()] == ["fit.nc"]
    assert repr(glm_magic.load(path)) == repr(small_fit)


# Forks a writer that does nothing else, as often as it is asked to: starting Python takes longer than writing.
NURSERY = """
import os, sys
sys.path.insert(0, {root!r})
import glm_magic
fit = glm_magic.load({old!r})
fit._payload
fit.{writer}("warm-up")
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        while True:
            fit.{writer}({name!r})
    print(child, flush=True)
    os.waitpid(child, 0)
"""


@every_writer
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks its writers")
def test_kills_at_any_moment(small_fit, tmp_path, name, writer):
    """40 writers are killed, each after up to 60 ms of writing the same file over and over."""
    small_fit.save(tmp_path / "fit.nc")
    small_fit.to_html(tmp_path / "fit.html")
    whole, rng = (tmp_path / name).read_bytes(), random.Random(5)
    script = NURSERY.format(root=str(ROOT), old=str(OLD_FILES[0]), writer=writer, name=name)
    kills, left = 40, 0
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as nursery:
        for _ in range(kills):
            nursery.stdin.write("\n")
            nursery.stdin.flush()
            child = int(nursery.stdout.readline())
            time.sleep(rng.uniform(0, 0.06))
            os.kill(child, signal.SIGKILL)
            temporary = [entry for entry in tmp_path.iterdir() if entry.name.startswith(".glm-magic-")]
            left += bool(temporary)
            content = (tmp_path / name).read_bytes()
            if writer == "save":
                assert repr(glm_magic.load(tmp_path / name)) == repr(small_fit)
            else:
                assert content == whole
        nursery.stdin.close()
    getattr(small_fit, writer)(tmp_path / "next")
    print(f"{kills} kills during {writer}: {kills} whole files, {left} left a temporary file, none remained")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["fit.html", "fit.nc", "next", "warm-up"]
