"""Graphs built without remembering where in the source each node was made.

PyTensor keeps a stack trace of every node, for its own messages: a fifth of the time in which a graph is built.
Nobody wrote the graphs that are built here.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytensor

# The setting belongs to the process: the first thread to enter changes it, the last one to leave restores it.
_LOCK = threading.Lock()
_BEFORE: list[int] = []


@contextmanager
def untraced() -> Iterator[None]:
    """Build graphs without stack traces."""
    with _LOCK:
        _BEFORE.append(pytensor.config.traceback__limit if not _BEFORE else _BEFORE[0])
        pytensor.config.traceback__limit = 0
    try:
        yield
    finally:
        with _LOCK:
            before = _BEFORE.pop()
            if not _BEFORE:
                pytensor.config.traceback__limit = before
