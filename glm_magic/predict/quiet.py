"""Predictive draws without PyMC's line about them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unannounced() -> Iterator[None]:
    """Leave out the line ``Sampling: [y]`` that PyMC logs before it draws, of this thread alone.

    Whatever else PyMC logs is heard, and so is this line in other threads: a level of the logger would be of all.
    """
    logger = logging.getLogger("pymc.sampling.forward")
    thread = threading.get_ident()

    def heard(record: logging.LogRecord) -> bool:
        return record.thread != thread or not record.getMessage().startswith("Sampling: ")

    logger.addFilter(heard)
    try:
        yield
    finally:
        logger.removeFilter(heard)
