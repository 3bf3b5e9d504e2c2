"""Imports and kernels, fetched while the user still types.

``%load_ext`` returns at once; a daemon thread imports the heavy libraries and brings the kernels of
the instant engine, from numba's cache or by compiling them. A cell that comes earlier waits for the
imports alone, and says so; a kernel it needs it takes from the thread, or makes itself.
"""

from __future__ import annotations

import atexit
import importlib
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from glm_magic.errors import Interrupted

LIBRARIES = (
    "pandas",
    "pymc",
    "bambi",
    "arviz_base",
    "arviz_stats",
    "nutpie",
    "glm_magic.cells",
    "glm_magic.panel",
)
"""What a first cell imports, in an order in which each finds the ones before it ready."""

HEAD_START = 0.05
"""Seconds that ``%load_ext`` has to itself: an import holds Python's lock, and would slow it down."""

POLL_SECONDS = 0.1
END_SECONDS = 10.0


def warm_kernels(go_on: Callable[[], bool]) -> None:
    """Bring the kernels of the instant engine, as long as `go_on` says so."""
    from glm_magic.engines import instant

    instant.warm(go_on)


class Preload:
    """One thread that imports and warms.

    Parameters
    ----------
    libraries : sequence of str
        Modules to import.
    warm : callable
        Called after them with a function that tells whether to go on.
    """

    def __init__(
        self,
        libraries: Sequence[str] = LIBRARIES,
        warm: Callable[[Callable[[], bool]], None] = warm_kernels,
    ) -> None:
        self._libraries = libraries
        self._warm = warm
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self._imported = threading.Event()
        self._free = threading.Event()
        self._free.set()
        self._fits = 0
        self._counting = threading.Lock()

    def start(self) -> None:
        """Begin, unless it has begun before."""
        self._begin(self._warm)

    def bring(self, say: Callable[[str], None]) -> None:
        """Import what has not been imported, and `wait` for it.

        A stop in the middle of an import leaves libraries half imported, and they fail when they are imported
        again. Stops reach the main thread only; so this thread imports even where nothing is to be preloaded.

        Parameters
        ----------
        say : callable
            Hears, while it takes, what is waited for.
        """
        if not all(name in sys.modules for name in self._libraries):
            self._begin(_nothing)
        self.wait(say)

    def _begin(self, warm: Callable[[Callable[[], bool]], None]) -> None:
        if self._thread is not None and self._thread.is_alive() and not self._stopped.is_set():
            return
        self._stopped, self._imported = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=(warm,), name="glm-magic preload", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the import or the kernel at hand."""
        self._stopped.set()
        self._free.set()

    def end(self) -> None:
        """Stop, and wait: a thread in the middle of compiled code must not outlive the interpreter."""
        self.stop()
        if self._thread is not None:
            self._thread.join(END_SECONDS)

    def wait(self, say: Callable[[str], None]) -> None:
        """Wait until everything is imported, or until the thread has given up.

        Parameters
        ----------
        say : callable
            Hears, while it takes, what is waited for.

        Raises
        ------
        Interrupted
            The user would not wait; the thread ends after the import at hand.
        """
        if self._thread is None:
            return
        began = time.monotonic()
        try:
            while self._thread.is_alive() and not self._imported.wait(POLL_SECONDS):
                seconds = time.monotonic() - began
                say(f"Importing PyMC, Bambi and ArviZ: once per session, {seconds:.0f} s so far.")
        except KeyboardInterrupt as stop:
            self.stop()
            raise Interrupted("while importing; nothing was drawn") from stop

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave the processor to a fit: no further kernel is begun meanwhile."""
        with self._counting:
            self._fits += 1
            self._free.clear()
        try:
            yield
        finally:
            with self._counting:
                self._fits -= 1
                if not self._fits:
                    self._free.set()

    def _run(self, warm: Callable[[Callable[[], bool]], None]) -> None:
        stopped, imported = self._stopped, self._imported
        stopped.wait(HEAD_START)
        try:
            for name in self._libraries:
                if stopped.is_set():
                    return
                importlib.import_module(name)
        except ImportError:
            # The cell that needs it imports it again, and shows the error where the user looks.
            return
        finally:
            imported.set()

        def go_on() -> bool:
            self._free.wait()
            return not stopped.is_set()

        warm(go_on)


def _nothing(_go_on: Callable[[], bool]) -> None:
    """Warm nothing."""


# One per process, like the imports that it makes.
PRELOAD = Preload()
atexit.register(PRELOAD.end)
