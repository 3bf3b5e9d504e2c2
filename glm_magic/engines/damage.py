"""Damaged files in the cache of what PyTensor compiles: removed, so that they are compiled again.

PyTensor keeps machine code on disk, most of it through numba. numba unpickles what it finds there: a file that was
cut, by a full disk or a machine switched off, fails every fit of a model that uses it.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from numba.core.caching import Cache
from pytensor.link.c.cmodule import dlimport

from glm_magic.engines.draws import Draws
from glm_magic.errors import EngineError

MOST_REMOVED = 200
"""Files removed for one fit. Each costs another attempt, which finds the others compiled."""

NOTE = "damaged files in the cache of compiled models were compiled again"


def with_a_whole_cache(draw: Callable[[], Draws]) -> Draws:
    """Compile and sample, and again without the files that could not be read.

    Parameters
    ----------
    draw : callable
        Compiles before it samples.

    Returns
    -------
    Draws
        With a note if files were removed.

    Raises
    ------
    EngineError
        If a damaged file cannot be removed; it names the folder.
    """
    for removed in range(MOST_REMOVED):
        try:
            drawn = draw()
        except Exception as error:
            index = _index_of_damaged(error)
            if index is None:
                _check_modules(error)
                raise
            _remove(index, error)
        else:
            return replace(drawn, notes=(*drawn.notes, NOTE)) if removed else drawn
    return draw()


def _index_of_damaged(error: Exception) -> Path | None:
    """Find the cache, by its index, that an error was raised from while it was read."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code is Cache._load_overload.__code__:
            return Path(frame.f_locals["self"]._cache_file._index_path)
    return None


def _check_modules(error: Exception) -> None:
    """Name the folder of a module in C that Python cannot import: PyTensor has it open, and cannot replace it."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code is dlimport.__code__:
            folder = Path(frame.f_locals["fullpath"]).parent
            raise EngineError(
                "a file in the cache of compiled models is damaged",
                remedy=f"Delete the folder {folder} and restart the kernel; what is needed is compiled again.",
            ) from error


def _remove(index: Path, error: Exception) -> None:
    """Remove an index: numba writes the code it names again."""
    try:
        with suppress(FileNotFoundError):
            index.unlink()
    except OSError as problem:
        raise EngineError(
            f"a file in the cache of compiled models is damaged, and cannot be removed: {problem.strerror}",
            remedy=f"Delete the folder {index.parent}; what is needed is compiled again.",
        ) from error
