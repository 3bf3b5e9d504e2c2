"""Kernels to machine code, once per machine: numba's on-disk cache."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from numba import cfunc, types

KERNEL = types.void(types.int64, types.CPointer(types.float64))
"""A distribution or a link: number of rows; the block, or the slot in it."""

# Machine code belongs to the process; this is the one place that holds it.
_done: dict[Callable[..., Any], Any] = {}
_lock = threading.RLock()


def compiled(function: Callable[..., Any], signature: Any) -> Any:
    """Compile a kernel, or load it from the cache.

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
            _done[function] = cfunc(
                signature,
                cache=True,
                # A division by zero is infinite; looking for it would keep loops out of vector registers.
                error_model="numpy",
                # A multiplication and an addition in one step, rounded once.
                fastmath={"contract"},
            )(function)
        return _done[function]
