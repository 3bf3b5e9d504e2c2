"""Kernels to machine code, once per machine: numba's on-disk cache."""

from __future__ import annotations

import hashlib
import inspect
import threading
from collections.abc import Callable
from types import FunctionType
from typing import Any

from numba import types

from glm_magic.engines.instant import driver, layout, pointers, predict, records, special, transforms
from glm_magic.engines.instant.caching import CachedKernel

KERNEL = types.void(types.int64, types.CPointer(types.float64))
"""A distribution or a link: number of rows; the block, or the slot in it."""

DENSITY = types.int64(
    types.uint64,
    types.CPointer(types.double),
    types.CPointer(types.double),
    types.CPointer(types.double),
    types.CPointer(types.uint64),
)
"""Length, point, gradient out, log density out, program."""

EXPAND = types.int64(
    types.uint64,
    types.uint64,
    types.CPointer(types.double),
    types.CPointer(types.double),
    types.CPointer(types.uint64),
)
"""Length, length of the draw, point, draw out, program."""

# Machine code belongs to the process; this is the one place that holds it, and what is to be said of it.
_done: dict[Callable[..., Any], Any] = {}
_notes: list[str] = []
_lock = threading.RLock()


def compiled(function: Callable[..., Any], signature: Any) -> Any:
    """Compile a kernel, or load it from the cache; never in two threads at once.

    Parameters
    ----------
    function : callable
        A module-level function that numba can compile.
    signature : numba signature

    Returns
    -------
    numba.core.ccallback.CFunc
        With ``address`` and ``ctypes``.
    """
    with _lock:
        if function not in _done:
            _done[function] = _compiled(function, signature)
        return _done[function]


def notes() -> tuple[str, ...]:
    """Say what the user should know about the cache; nothing when it works."""
    with _lock:
        return tuple(_notes)


def _shared_digest() -> str:
    """Digest of the files that kernels take constants and functions from."""
    digest = hashlib.sha256()
    for module in (driver, layout, pointers, predict, records, special, transforms):
        digest.update(inspect.getsource(module).encode())
    return digest.hexdigest()[:8]


_SHARED = _shared_digest()


def _named(function: Callable[..., Any]) -> Callable[..., Any]:
    """Copy a kernel under a name of its own for each state of what it shares.

    numba's cache goes by this name and by the kernel's own file; it does not see that a constant or a
    function from another file has changed.
    """
    copy = FunctionType(function.__code__, function.__globals__, function.__name__)
    copy.__module__ = function.__module__
    # Another name than before the files had digests: an older file is not a damaged one.
    copy.__qualname__ = f"{function.__qualname__}_{_SHARED}_sealed"
    return copy


def _compiled(function: Callable[..., Any], signature: Any) -> Any:
    options = {
        # A division by zero is infinite; looking for it would keep loops out of vector registers.
        "error_model": "numpy",
        # A multiplication and an addition in one step, rounded once.
        "fastmath": {"contract"},
    }
    kernel = CachedKernel(_named(function), signature, options)
    if kernel.problem and kernel.problem not in _notes:
        _notes.append(kernel.problem)
    return kernel
