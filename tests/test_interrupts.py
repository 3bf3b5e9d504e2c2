"""Stops: raised at once, remembered until they are answered, and held back where draws would be lost."""

# ruff: noqa: PT012  # a stop is raised somewhere in a block; where it may be raised is what is tested

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import traceback
from contextlib import suppress

import pytest

from glm_magic import interrupts
from glm_magic.errors import Interrupted, ModelError
from glm_magic.interrupts import Answered, Listening, Sampling

pytestmark = pytest.mark.usefixtures("stops_arrive")


def press_stop() -> None:
    """SIGINT, and a moment for Python to hear it."""
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(3):
        time.sleep(0)


def lose_a_stop() -> None:
    """A stop in a callback from C code, which cannot pass exceptions on."""
    ctypes.CFUNCTYPE(None)(press_stop)()


def test_a_stop_is_raised_at_once_and_becomes_one_line():
    reached = False
    with pytest.raises(Interrupted, match="while waiting"), Listening(), Answered("while waiting"):
        press_stop()
        reached = True
    assert not reached
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_stop_that_c_code_drops_is_raised_again(capfd):
    with pytest.raises(Interrupted), Listening(), Answered("while compiling"):
        lose_a_stop()
        time.sleep(10)
        pytest.fail("it was lost")
    # Python would have printed a traceback.
    assert capfd.readouterr().err == ""
    assert sys.unraisablehook is not interrupts._dropped


def test_a_stop_that_is_swallowed_is_found_at_the_next_look():
    with pytest.raises(KeyboardInterrupt), Listening():
        with suppress(BaseException):
            press_stop()
        interrupts.look()
        pytest.fail("it was lost")


def test_a_stop_that_became_another_error_is_a_stop():
    with pytest.raises(Interrupted), Listening(), Answered("while compiling"):
        try:
            press_stop()
        except KeyboardInterrupt:
            raise RuntimeError("no object code") from None


def test_an_error_without_a_stop_stays():
    with pytest.raises(RuntimeError), Listening(), Answered("while compiling"):
        raise RuntimeError("its own")
    with pytest.raises(ModelError), Listening(), Answered("while compiling"):
        raise ModelError("ours")


def test_an_import_is_not_torn(tmp_path, monkeypatch):
    (tmp_path / "slow_to_import.py").write_text(
        "import time\nfor _ in range(30):\n    time.sleep(0.01)\nWHOLE = True\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt), Listening():
        import slow_to_import  # noqa: F401

        time.sleep(10)
        pytest.fail("it was lost")
    assert sys.modules.pop("slow_to_import").WHOLE


def test_a_stop_waits_for_the_next_pass_of_the_compiler():
    import numba

    compiler = {"__name__": "numba.core.anything", "press_stop": press_stop}
    exec("def in_the_midst():\n    press_stop()\n    return 'whole'", compiler)
    done = []

    def compiled_meanwhile() -> None:
        done.append(compiler["in_the_midst"]())
        # Frames of numba lie around it, so nothing but the next pass may raise the stop.
        numba.njit(lambda x: x + 1)(1)
        done.append("too late")

    # As if numba compiled all the while.
    around = {"__name__": "numba.core.anything", "compiled_meanwhile": compiled_meanwhile}
    exec("def compiled():\n    compiled_meanwhile()", around)
    with (
        pytest.raises(Interrupted, match="while compiling") as stop,
        Listening(),
        Answered("while compiling"),
    ):
        around["compiled"]()
    assert done == ["whole"]
    assert stop.value.__cause__ is not None
    assert any(frame.name == "on_start" for frame in traceback.extract_tb(stop.value.__cause__.__traceback__))


def test_the_second_stop_waits_for_the_draws():
    collected = False
    with pytest.raises(Interrupted), Listening(), Answered("at the end"):
        with Sampling():
            interrupts.collect_after_a_stop()
            with pytest.raises(KeyboardInterrupt):
                press_stop()
            interrupts.postpone()
            press_stop()
            press_stop()
            collected = True
        assert interrupts.taken()
        assert not interrupts.taken()
        raise Interrupted("the panel is shown")
    assert collected


def test_what_was_held_back_is_raised_on_release():
    with pytest.raises(KeyboardInterrupt), Listening():
        interrupts.hold()
        press_stop()
        interrupts.release()
        pytest.fail("it was lost")


def test_stops_are_held_back_for_a_while_only(monkeypatch):
    monkeypatch.setattr(interrupts, "COLLECTING_SECONDS", 0.05)
    with pytest.raises(KeyboardInterrupt), Listening():
        interrupts.hold()
        time.sleep(0.1)
        press_stop()
        pytest.fail("it was held back")


def test_a_stop_that_nobody_answers_is_raised_in_the_end():
    with pytest.raises(KeyboardInterrupt), Listening():
        interrupts.hold()
        press_stop()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_inside_another_nothing_changes():
    with Listening():
        handler = signal.getsignal(signal.SIGINT)
        with Listening():
            assert signal.getsignal(signal.SIGINT) is handler
        assert signal.getsignal(signal.SIGINT) is handler


@pytest.mark.parametrize("theirs", [signal.SIG_IGN, lambda number, frame: None])
def test_handlers_of_others_stay(theirs):
    before = signal.signal(signal.SIGINT, theirs)
    try:
        with Listening(), Answered("never"):
            assert signal.getsignal(signal.SIGINT) is theirs
            press_stop()
            interrupts.look()
            assert not interrupts.taken()
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_have_no_stops():
    seen = []

    def run() -> None:
        with Listening(), Answered("never"):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_chain_leaves_stops_to_its_parent():
    script = """
        import os, signal, time
        from glm_magic.interrupts import Listening
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with Listening():
            child = os.fork()
            if not child:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.1)
                os._exit(7)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "7", done.stderr
