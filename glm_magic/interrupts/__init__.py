"""Stops by the user: none is lost, and none loses draws.

Python turns SIGINT into a `KeyboardInterrupt` in whatever the main thread runs at that moment. In a callback
from C code, or in a function that catches everything, the exception disappears and the fit goes on; in the
middle of unpacking draws it costs them. While a fit runs, SIGINT therefore has the handler of this room. It
raises `KeyboardInterrupt` at once, as Python does, but also remembers the stop until somebody has answered it:
`look`, between the stages of a fit, raises it again if the exception was lost. While numba compiles, a stop waits for
the next pass of the compiler. From the first stop of a sampler until its draws have been collected, and for a moment
after sampling, stops are only remembered.

Nothing changes in threads other than the main one, nor where SIGINT is ignored or has a handler of the user's.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import Any, Literal, NoReturn, Self

from glm_magic import critical
from glm_magic.errors import GlmError, Interrupted
from glm_magic.interrupts import stops
from glm_magic.interrupts.stops import Stops

COLLECTING_SECONDS = 10.0
"""So long may the collecting of draws take before a stop ends it."""

FINISHING_SECONDS = 3.0
"""So long after sampling, a stop waits for what is made of the draws; after that it is raised at once."""

AGAIN_SECONDS = 0.05
"""So long after a stop that could not be raised, or was dropped by C code, it is raised again."""

_KERNEL = ("ipykernel.ipkernel", "ipykernel.kernelbase")
"""Modules whose handlers stop a cell, as Python's own handler does."""

_QUIET_FILES = {__file__, stops.__file__}
"""Where a stop is not raised: a context manager of ours that is half entered would never be left."""

_STOPS = Stops()


def never_raise_in(file: str) -> None:
    """Have stops that fall into a file only remembered; its code must `look` for them.

    Parameters
    ----------
    file : str
        A module's ``__file__``.
    """
    _QUIET_FILES.add(file)


def _heard(_number: int, frame: FrameType | None) -> None:
    """Remember a stop, and raise it where that is safe."""
    if os.getpid() != _STOPS.process:
        return
    if _STOPS.held() or _STOPS.impatient:
        # A stop that was sent while stops were held back may be heard long after, at the end of a C function.
        _STOPS.impatient = _STOPS.impatient and _STOPS.held()
        _STOPS.later = True
        return
    _STOPS.asked = True
    if _would_tear(frame):
        _STOPS.pending = True
        _raise_soon()
    else:
        _raise()


def _would_tear(frame: FrameType | None) -> bool:
    """Whether an exception would leave something half done that later fits need."""
    if frame is not None and frame.f_code.co_filename in _QUIET_FILES:
        return True
    if critical.imports(frame) > _STOPS.imports:
        return True
    if critical.compiles(frame):
        critical.before_each_pass(look)
        return True
    return False


def _raise() -> NoReturn:
    _STOPS.asked, _STOPS.pending = True, False
    if _STOPS.collects:
        # Here and not where the exception is caught: a second stop may fall in between.
        _STOPS.held_until, _STOPS.impatient = time.monotonic() + COLLECTING_SECONDS, True
    raise KeyboardInterrupt


def _raise_soon() -> None:
    """Have the stop raised in a moment, wherever the main thread will then be."""
    # Not threading.Thread: the main thread may have been stopped while it held a lock of that module.
    _thread.start_new_thread(_raise_again, ())


def _raise_again() -> None:
    time.sleep(AGAIN_SECONDS)
    with _STOPS.again:
        if _STOPS.listening and _STOPS.pending:
            _thread.interrupt_main()


def _dropped(unraisable: Any) -> None:
    """Raise a stop again that C code could not pass on; `sys.unraisablehook` while a fit runs."""
    if _STOPS.asked and issubclass(unraisable.exc_type, KeyboardInterrupt):
        _STOPS.pending = True
        _raise_soon()
    else:
        _STOPS.hook(unraisable)


def _is_ours() -> bool:
    """Whether stops are heard here: in the main thread, while something is `Listening`."""
    return _STOPS.listening and threading.current_thread() is threading.main_thread()


def look() -> None:
    """Raise a stop that has not arrived, unless stops are held back.

    Raises
    ------
    KeyboardInterrupt
    """
    if _is_ours() and (_STOPS.asked or (_STOPS.later and not _STOPS.held())):
        _raise()


def taken() -> bool:
    """Count stops as answered.

    Returns
    -------
    bool
        Whether there were any.
    """
    if not _is_ours():
        return False
    found = _STOPS.asked or _STOPS.later
    _STOPS.asked = _STOPS.pending = _STOPS.later = False
    return found


def postpone() -> None:
    """Count a stop that has arrived as one that was held back: it is answered when the fit is finished."""
    if _is_ours():
        _STOPS.asked, _STOPS.pending, _STOPS.later = False, False, True


def hold() -> None:
    """Hold stops back from now on: draws are being collected."""
    if _is_ours():
        _STOPS.held_until = time.monotonic() + COLLECTING_SECONDS


def release() -> None:
    """Hold stops back no longer, and raise one that was.

    Raises
    ------
    KeyboardInterrupt
    """
    if _is_ours():
        _STOPS.held_until, _STOPS.impatient = 0.0, False
        look()


def release_soon() -> None:
    """Hold stops back no longer, and raise one that was in a moment: what was drawn is bound by then."""
    if _is_ours():
        _STOPS.held_until, _STOPS.impatient = 0.0, False
        if _STOPS.asked or _STOPS.later:
            _STOPS.asked, _STOPS.pending, _STOPS.later = True, True, False
            _raise_soon()


def collect_after_a_stop() -> None:
    """Say that a sampler runs: the next stop is raised, and those after it are held back."""
    if _is_ours():
        _STOPS.collects = True


class Listening:
    """Hear stops while this runs; inside another it does nothing.

    Notes
    -----
    Left without an error, it raises a stop that nobody has answered.
    """

    def __init__(self) -> None:
        self._before: Any = None

    def __enter__(self) -> Self:
        if _STOPS.listening or threading.current_thread() is not threading.main_thread():
            return self
        before = signal.getsignal(signal.SIGINT)
        if before is not signal.default_int_handler and getattr(before, "__module__", None) not in _KERNEL:
            return self
        _STOPS.clear()
        _STOPS.process, _STOPS.hook, self._before = os.getpid(), sys.unraisablehook, before
        _STOPS.listening, _STOPS.imports = True, critical.imports(sys._getframe())
        sys.unraisablehook = _dropped
        signal.signal(signal.SIGINT, _heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        if self._before is not None:
            with _STOPS.again:
                unanswered = taken()
                _STOPS.listening = False
            signal.signal(signal.SIGINT, self._before)
            # Somebody may have put a hook of his own over ours.
            if sys.unraisablehook is _dropped:
                sys.unraisablehook = _STOPS.hook
            if unanswered and error is None:
                raise KeyboardInterrupt
        return False


class Answered:
    """Turn a stop into `Interrupted`: one line that says what was stopped.

    Parameters
    ----------
    what : str
        As in "Interrupted: while compiling; nothing was drawn".

    Notes
    -----
    A stop that was lost on the way is found when this is left. An error that comes after a lost stop, and that
    is none of ours, is taken to be its consequence.
    """

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        match error:
            case Interrupted():
                taken()
            case KeyboardInterrupt():
                taken()
                raise Interrupted(self._what) from error
            case GlmError():
                pass
            case None | Exception():
                if _is_ours() and _STOPS.asked:
                    taken()
                    raise Interrupted(self._what) from error
        return False


class Sampling:
    """From compiling a model to its draws.

    Notes
    -----
    For `FINISHING_SECONDS` after it, stops are remembered and not raised: what is made of the draws seldom takes
    longer, and a stop would cost them.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        if _is_ours():
            _STOPS.collects = False
            _STOPS.impatient = _STOPS.impatient and error is None
            _STOPS.held_until = time.monotonic() + FINISHING_SECONDS if error is None else 0.0
        return False
