"""What is known of the stops of a process."""

from __future__ import annotations

import threading
import time
from typing import Any


class Stops:
    """What is known of the stops of this process.

    Attributes
    ----------
    process : int
        The process that listens; a forked chain leaves stops to its parent.
    listening : bool
        Whether SIGINT has the handler of this room.
    imports : int
        Imports that were going on when it began: a module may fit a model.
    asked : bool
        Whether a stop was raised, or is to be raised, that nobody has answered.
    pending : bool
        Whether it is to be raised: an exception would have torn something, or has been dropped.
    later : bool
        Whether a stop was remembered, and not raised, because stops were held back.
    held_until : float
        `time.monotonic` until which stops are held back.
    collects : bool
        Whether the next stop ends a sampler, whose draws are then collected.
    impatient : bool
        Whether a sampler was stopped, and the next stop may have been sent before its draws were collected.
    """

    def __init__(self) -> None:
        self.process = 0
        self.imports = 0
        self.listening = False
        self.hook: Any = None
        self.again = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget every stop."""
        self.asked = self.pending = self.later = self.collects = self.impatient = False
        self.held_until = 0.0

    def held(self) -> bool:
        """Tell whether stops are held back now."""
        return time.monotonic() < self.held_until
