"""One thread at a time builds, compiles and evaluates models.

PyTensor, Bambi and numba keep state of the process: caches of rewritten graphs, configuration that is changed and
restored, filters of warnings. So a fit holds the turn from its model to its last view, and gives it away only while
compiled code samples. A thread that already has the turn may take it again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import Literal, ParamSpec, Protocol, Self, TypeVar

from glm_magic import interrupts
from glm_magic.errors import Interrupted
from glm_magic.interrupts import Answered, Listening

POLL_SECONDS = 0.1

# A stop that falls between taking the lock and writing down who has it would lock all later fits out.
interrupts.never_raise_in(__file__)


class _Lock:
    """The lock, which thread has it, and how often that thread has taken it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.owner: int | None = None
        self.depth = 0

    def mine(self) -> bool:
        return self.owner == threading.get_ident()

    def take(self, depth: int, say: Callable[[float], None]) -> None:
        """Wait for the lock, looking for stops and saying how many seconds it takes."""
        began = time.monotonic()
        while not self.lock.acquire(timeout=POLL_SECONDS):
            interrupts.look()
            say(time.monotonic() - began)
        self.owner, self.depth = threading.get_ident(), depth

    def give(self) -> int:
        """Give the lock away; say how often it was taken."""
        depth, self.depth, self.owner = self.depth, 0, None
        self.lock.release()
        return depth


_LOCK = _Lock()


def _silent(seconds: float) -> None:
    """Hear nothing."""


class Turn:
    """Have the turn while this runs; wait for it where another thread has it.

    Parameters
    ----------
    say : callable, optional
        Called with the seconds waited, about ten times a second; it may raise.
    """

    def __init__(self, say: Callable[[float], None] = _silent) -> None:
        self._say = say

    def __enter__(self) -> Self:
        if _LOCK.mine():
            _LOCK.depth += 1
        else:
            _LOCK.take(1, self._say)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        # It is not ours if a stop ended the waiting after `Elsewhere`.
        if _LOCK.mine():
            if _LOCK.depth > 1:
                _LOCK.depth -= 1
            else:
                _LOCK.give()
        return False


class Elsewhere:
    """Give the turn away while this runs, and wait for it afterwards.

    Parameters
    ----------
    say : callable, optional
        Called while it is waited for, as in `Turn`.

    Raises
    ------
    Interrupted
        The user would not wait; the turn belongs to the other thread.
    """

    def __init__(self, say: Callable[[float], None] = _silent) -> None:
        self._say = say
        self._depth = 0

    def __enter__(self) -> Self:
        if _LOCK.mine():
            self._depth = _LOCK.give()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Literal[False]:
        if self._depth:
            try:
                _LOCK.take(self._depth, self._say)
            except KeyboardInterrupt as stop:
                raise Interrupted("while waiting for another fit; the draws are lost") from stop
        return False


class _Result(Protocol):
    """What a fit gives."""

    @property
    def incomplete(self) -> bool: ...


P = ParamSpec("P")
R = TypeVar("R", bound=_Result)


def in_turn(fit: Callable[P, R]) -> Callable[P, R]:
    """Let a function have the turn while it fits, and answer the user's stops in one line.

    Parameters
    ----------
    fit : callable
        Its result says whether it is incomplete.

    Returns
    -------
    callable
        The same; it raises `Interrupted` after a stop, unless that has been answered by an incomplete fit.
    """

    @wraps(fit)
    def answering(*args: P.args, **kwargs: P.kwargs) -> R:
        with Listening(), Answered("before the fit was finished"), Turn():
            made = fit(*args, **kwargs)
            if interrupts.taken() and not made.incomplete:
                raise Interrupted("after the last draw; the fit was not returned")
            return made

    return answering
