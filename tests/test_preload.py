"""The background import: at once, once, and never in the way."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from glm_magic.engines.instant import compiling, links
from glm_magic.errors import Interrupted
from glm_magic.preload import LIBRARIES, Preload

ROOT = Path(__file__).parents[1]


def finished(preload, timeout=10.0):
    preload._thread.join(timeout)
    return not preload._thread.is_alive()


def test_it_imports_and_then_warms(monkeypatch):
    done = []
    monkeypatch.setattr("importlib.import_module", done.append)
    preload = Preload(("a", "b"), lambda go_on: done.append(go_on()))
    preload.start()
    preload.wait(lambda words: None)
    assert finished(preload)
    assert done == ["a", "b", True]


def test_it_begins_once(monkeypatch):
    go = threading.Event()
    monkeypatch.setattr("importlib.import_module", lambda name: go.wait(10))
    preload = Preload(("a",), lambda go_on: None)
    preload.start()
    first = preload._thread
    preload.start()
    assert preload._thread is first
    go.set()
    assert finished(preload)


def test_who_waits_is_told_and_does_not_wait_for_the_kernels(monkeypatch):
    warming = threading.Event()
    monkeypatch.setattr("importlib.import_module", lambda name: time.sleep(0.25))
    preload = Preload(("a",), lambda go_on: warming.wait(10))
    said = []
    preload.start()
    preload.wait(said.append)
    assert preload._thread.is_alive()
    assert said
    assert "Importing PyMC, Bambi and ArviZ" in said[0]
    warming.set()
    assert finished(preload)


def test_an_interrupt_ends_the_wait_and_soon_the_thread(monkeypatch):
    imported = []

    def slow(name):
        time.sleep(0.3)
        imported.append(name)

    def press_stop(words):
        raise KeyboardInterrupt

    monkeypatch.setattr("importlib.import_module", slow)
    preload = Preload(("a", "b", "c", "d"), lambda go_on: imported.append("warm"))
    preload.start()
    with pytest.raises(Interrupted, match="while importing"):
        preload.wait(press_stop)
    assert finished(preload)
    assert len(imported) <= 2


def test_nothing_is_waited_for_when_nothing_was_begun():
    Preload().wait(lambda words: pytest.fail("nothing to say"))


def test_a_cell_imports_in_a_thread_where_nothing_was_begun(monkeypatch):
    imported = []

    def note(name):
        imported.append((name, threading.current_thread() is threading.main_thread()))
        monkeypatch.setitem(sys.modules, name, object())

    monkeypatch.setattr("importlib.import_module", note)
    preload = Preload(
        ("not_yet_a", "not_yet_b"), lambda go_on: pytest.fail("only the imports were asked for")
    )
    preload.bring(lambda words: None)
    assert finished(preload)
    # A stop reaches the main thread alone, and so cannot leave a library half imported.
    assert imported == [("not_yet_a", False), ("not_yet_b", False)]
    preload.bring(lambda words: pytest.fail("nothing to wait for"))
    assert len(imported) == 2


def test_kernels_wait_for_the_last_of_two_fits():
    preload = Preload((), lambda go_on: None)
    first, second = preload.paused(), preload.paused()
    with first:
        with second:
            pass
        assert not preload._free.is_set()
    assert preload._free.is_set()


def test_a_library_that_is_broken_is_left_to_the_cell(monkeypatch):
    def broken(name):
        raise ImportError(name)

    monkeypatch.setattr("importlib.import_module", broken)
    preload = Preload(("a",), lambda go_on: pytest.fail("nothing to warm"))
    preload.start()
    preload.wait(lambda words: None)
    assert finished(preload)


def test_no_kernel_is_begun_while_a_fit_runs(monkeypatch):
    monkeypatch.setattr("importlib.import_module", lambda name: None)
    counted = []

    def warm(go_on):
        while go_on() and len(counted) < 100:
            counted.append(1)
            time.sleep(0.01)

    preload = Preload((), warm)
    with preload.paused():
        preload.start()
        time.sleep(0.3)
        assert not counted
    assert finished(preload)
    assert len(counted) == 100
    preload.end()


IN_IPYTHON = """
import sys, time
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
config = Config()
config.HistoryManager.enabled = False
{configure}
shell = InteractiveShell.instance(config=config)
import threading
shell.run_line_magic("load_ext", "glm_magic")
from glm_magic.preload import PRELOAD
PRELOAD.wait(lambda words: None)
{then}
"""


def run(configure, then, tmp_path):
    return subprocess.run(
        [sys.executable, "-c", IN_IPYTHON.format(configure=configure, then=then)],
        env={**os.environ, "IPYTHONDIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_the_extension_imports_in_the_background_and_exits_cleanly(tmp_path):
    done = run("", f"print(all(name in sys.modules for name in {LIBRARIES!r}))", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True"]
    assert done.stderr == ""


@pytest.mark.slow
def test_the_extension_can_be_told_to_import_nothing(tmp_path):
    done = run(
        "config.GlmMagic.preload = False",
        "time.sleep(0.5); print('pymc' in sys.modules, threading.active_count())",
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False", "1"]


# Kernels on disk


@pytest.fixture
def forgotten(monkeypatch):
    """No kernel has been compiled in this process."""
    monkeypatch.setattr(compiling, "_done", {})
    monkeypatch.setattr(compiling, "_notes", [])


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_cache_that_cannot_be_written_is_a_note(forgotten, monkeypatch, number):
    def fail(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.save", fail)
    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile.load", lambda *args: None)
    for kernel in (links.real_identity, links.real_inverse):
        assert compiling.compiled(kernel, compiling.KERNEL).address
    (note,) = compiling.notes()
    assert os.strerror(number) in note


def test_a_kernel_on_disk_is_not_taken_once_what_it_shares_has_changed(forgotten, monkeypatch, tmp_path):
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path))
    hits = []
    for shared in ("as it is", "as it is", "changed"):
        monkeypatch.setattr(compiling, "_SHARED", shared.replace(" ", "_"))
        compiling._done.clear()
        hits.append(compiling.compiled(links.real_identity, compiling.KERNEL).cache_hits)
    assert hits == [0, 1, 0]


def test_no_folder_for_the_cache_is_a_note(forgotten, monkeypatch):
    monkeypatch.setattr("numba.core.caching.CacheImpl._locator_classes", [])
    assert compiling.compiled(links.real_identity, compiling.KERNEL).address
    assert "no folder can be written" in compiling.notes()[0]


def test_two_threads_share_one_compilation(forgotten, monkeypatch):
    made = []

    def slow(function, signature):
        time.sleep(0.1)
        made.append(signature)
        return function

    monkeypatch.setattr(compiling, "_compiled", slow)
    threads = [
        threading.Thread(target=compiling.compiled, args=(links.real_log, compiling.KERNEL)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
