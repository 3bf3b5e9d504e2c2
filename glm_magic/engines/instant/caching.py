"""numba's on-disk cache, whose files may be damaged.

numba unpickles what it finds and runs the machine code in it. A file that was cut, by a full disk or a machine
switched off, then fails every fit; a flipped bit in it may end the process. Here each file begins with a digest of
the rest, and what cannot be read is compiled and written again.
"""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path
from typing import Any

from numba.core import sigutils
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.ccallback import CFunc

DIGEST_BYTES = hashlib.sha256().digest_size


class DamagedError(Exception):
    """A file of the cache is not as it was written."""


class _SealedFiles(IndexDataCacheFile):  # type: ignore[misc]  # numba has no types
    """Index and machine code of one kernel; the machine code with its digest."""

    def _save_data(self, name: str, data: Any) -> None:
        code = self._dump(data)
        with self._open_for_write(self._data_path(name)) as file:
            file.write(hashlib.sha256(code).digest() + code)

    def _load_data(self, name: str) -> Any:
        try:
            sealed = Path(self._data_path(name)).read_bytes()
        except FileNotFoundError:
            # Nothing is damaged: numba compiles again without a word.
            raise
        except OSError as problem:
            raise DamagedError(problem.strerror) from problem
        digest, code = sealed[:DIGEST_BYTES], sealed[DIGEST_BYTES:]
        if hashlib.sha256(code).digest() != digest:
            raise DamagedError("its digest is another")
        return pickle.loads(code)


class _Cache(FunctionCache):  # type: ignore[misc]  # numba has no types
    """The cache of one kernel.

    Attributes
    ----------
    damage : Exception or None
        Why its files could not be read.
    unwritten : OSError or None
        Why they could not be written.
    """

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self.damage: Exception | None = None
        self.unwritten: OSError | None = None
        self._cache_file = _SealedFiles(
            cache_path=self._cache_path,
            filename_base=self._impl.filename_base,
            source_stamp=self._impl.locator.get_source_stamp(),
        )

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Load machine code, or nothing where that fails."""
        try:
            return super().load_overload(sig, target_context)
        except Exception as problem:  # noqa: BLE001  # unpickling damaged bytes raises whatever they spell
            self.damage = problem
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Save machine code, in place of what could not be loaded."""
        try:
            if self.damage is not None:
                self.flush()
            super().save_overload(sig, data)
        except OSError as problem:
            self.unwritten = problem


class CachedKernel(CFunc):  # type: ignore[misc]  # numba has no types
    """What ``numba.cfunc(signature, cache=True)`` makes, with the cache of this module.

    Parameters
    ----------
    function : callable
    signature : numba signature
    options : dict
        Options of numba's compiler.
    """

    def __init__(self, function: Any, signature: Any, options: dict[str, Any]) -> None:
        super().__init__(function, sigutils.normalize_signature(signature), {}, options)
        self.problem = ""
        try:
            self._cache = _Cache(function)
        except RuntimeError as problem:
            # This is what numba raises where it finds no folder to write to.
            if "cannot cache" not in str(problem):
                raise
            self.problem = "compiled kernels could not be kept on disk (no folder can be written)"
        self.compile()
        if isinstance(self._cache, _Cache):
            self.problem = _problem(self._cache)


def _problem(cache: _Cache) -> str:
    """Say what the user should know of a cache; nothing when it works."""
    if cache.unwritten is not None:
        return f"compiled kernels could not be kept on disk ({cache.unwritten.strerror})"
    if cache.damage is not None:
        return "damaged files in the cache of compiled kernels were compiled again"
    return ""
