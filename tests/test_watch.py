"""Progress as a terminal shows it: often enough to be true, seldom enough to be read."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import IPython
import pytest

from glm_magic.engines import Progress
from glm_magic.watch import Watch


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal():
    return Terminal()


def progress(stage, elapsed=0.0):
    return Progress(chains=(), stage=stage, elapsed=elapsed)


def test_a_new_stage_is_shown_at_once(terminal, monkeypatch):
    # Not in the fixture: pytest takes standard error back before the test.
    monkeypatch.setattr(sys, "stderr", terminal)
    with Watch(SimpleNamespace(), quiet=False) as watch:
        watch.say("Importing PyMC")
        watch(progress("compiling"))
        watch(progress("sampling"))
    texts = [text for text in terminal.getvalue().split("\r\x1b[K") if text]
    assert [text.split(",")[0].split()[0] for text in texts] == ["Importing", "Compiling", "Sampling"]


def test_the_same_stage_is_not_shown_again_within_a_moment(terminal, monkeypatch):
    # Not in the fixture: pytest takes standard error back before the test.
    monkeypatch.setattr(sys, "stderr", terminal)
    with Watch(SimpleNamespace(), quiet=False) as watch:
        for elapsed in (0.0, 0.01, 0.02):
            watch(progress("sampling", elapsed))
    assert terminal.getvalue().count("Sampling") == 1


def test_a_quiet_watch_shows_nothing(terminal, monkeypatch):
    # Not in the fixture: pytest takes standard error back before the test.
    monkeypatch.setattr(sys, "stderr", terminal)
    with Watch(SimpleNamespace(), quiet=True) as watch:
        watch.say("Importing PyMC")
        watch(progress("compiling"))
    assert terminal.getvalue() == ""


@pytest.mark.parametrize("somebody", [True, False])
def test_progress_is_shown_where_somebody_watches(somebody, monkeypatch):
    """What nbconvert or Sphinx executes would keep an empty output for it."""
    kernel = SimpleNamespace(get_parent=lambda: {"content": {"allow_stdin": somebody}})
    shell = SimpleNamespace(kernel=kernel)
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    monkeypatch.delenv("SERVER_SOFTWARE", raising=False)
    shown = []
    monkeypatch.setattr(
        "IPython.display.display",
        lambda *objects, **_: shown.append(objects) or SimpleNamespace(update=lambda *_, **__: None),
    )
    with Watch(shell, quiet=False) as watch:
        watch.say("Importing PyMC")
    assert bool(shown) == somebody
