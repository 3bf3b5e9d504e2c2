"""A packed program, one factor at a time: what `check` compares with PyMC's random variables."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from glm_magic.engines.instant.bridge import Kernel
from glm_magic.engines.instant.compiling import DENSITY, compiled
from glm_magic.engines.instant.driver import density
from glm_magic.engines.instant.merge import merged
from glm_magic.engines.instant.program import Floats
from glm_magic.engines.instant.records import HEADER, N_FACTORS, VARIABLE
from glm_magic.engines.reuse import pointer


class Terms:
    """The factors of a packed program, each by itself.

    The machine code and the data are those that were sampled. Only the head, which lists the factors,
    is another: it lists one.

    Parameters
    ----------
    kernel : Kernel

    Attributes
    ----------
    factors : tuple of Factor
        Those of the packed program, in its order.
    """

    def __init__(self, kernel: Kernel) -> None:
        packed, n_dim = kernel.packed, kernel.program.n_dim
        self.factors = merged(kernel.program).factors
        self._table = HEADER + VARIABLE * len(kernel.program.variables)
        self._listed = packed.words[self._table : self._table + len(self.factors)].copy()
        self._words = packed.words.copy()
        self._address = packed.address.copy()
        self._address[0] = self._words.ctypes.data
        self._u, self._gradient, self._value = np.empty(n_dim), np.empty(n_dim), np.empty(1)
        self._call: Any = compiled(density, DENSITY).ctypes
        self._given = (
            n_dim,
            *(pointer(array) for array in (self._u, self._gradient, self._value)),
            self._address.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64)),
        )

    def whole(self, u: Floats) -> tuple[float, Floats]:
        """Evaluate the Jacobian of the transforms and all factors: log density and gradient."""
        self._words[N_FACTORS] = len(self._listed)
        self._words[self._table : self._table + len(self._listed)] = self._listed
        return self._evaluate(u)

    def jacobian(self, u: Floats) -> tuple[float, Floats]:
        """Evaluate the Jacobian of the transforms alone."""
        self._words[N_FACTORS] = 0
        return self._evaluate(u)

    def with_jacobian(self, place: int, u: Floats) -> tuple[float, Floats]:
        """Evaluate the Jacobian of the transforms and one factor."""
        self._words[N_FACTORS] = 1
        self._words[self._table] = self._listed[place]
        return self._evaluate(u)

    def _evaluate(self, u: Floats) -> tuple[float, Floats]:
        self._u[:] = u
        self._call(*self._given)
        return float(self._value[0]), self._gradient.copy()
