"""Critical sections of other people's code, which an exception would leave half done.

A library that is half imported fails when it is imported again, in the next cell. A `KeyboardInterrupt` while numba
compiles may leave its tables of types, functions and LLVM objects half written, and the next model then fails to
compile. Numba compiles in passes, and errors leave a pass all the time; so a stop is safe where a pass begins.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

_IMPORTING = "<frozen importlib._bootstrap>"
_COMPILERS = ("numba.", "llvmlite.")
_PASS = "numba:run_pass"

_LISTENERS: list[Any] = []
"""The listener that numba knows, once there is one."""


def imports(frame: FrameType | None) -> int:
    """Count the imports that a frame is part of.

    Parameters
    ----------
    frame : frame, optional
        Where the main thread is.

    Returns
    -------
    int
    """
    codes = (one.f_code for one in _outwards(frame))
    return sum(code.co_name == "_find_and_load" and code.co_filename == _IMPORTING for code in codes)


def compiles(frame: FrameType | None) -> bool:
    """Whether a frame is part of a compilation by numba.

    Parameters
    ----------
    frame : frame, optional
        Where the main thread is.

    Returns
    -------
    bool
    """
    # A namespace of the user's may hold anything under that name, or nothing.
    return any(str(one.f_globals.get("__name__")).startswith(_COMPILERS) for one in _outwards(frame))


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    """Yield a frame, its caller, and so on."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def before_each_pass(action: Callable[[], None]) -> None:
    """Have numba call a function whenever a pass begins; later calls of this do nothing.

    Parameters
    ----------
    action : callable
        It may raise `KeyboardInterrupt`.

    Notes
    -----
    Numba must have been imported.
    """
    if _LISTENERS:
        return
    event = sys.modules["numba.core.event"]

    class Listener(event.Listener):  # type: ignore[misc, name-defined]
        def on_start(self, _event: Any) -> None:
            action()

        def on_end(self, _event: Any) -> None:
            pass

    _LISTENERS.append(Listener())
    event.register(_PASS, _LISTENERS[0])
