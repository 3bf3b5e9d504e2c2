"""Our C functions as a model that nutpie samples.

nutpie's numba models are two function pointers, one pointer to data, and names. This is not
documented: it is held here, the versions of nutpie are pinned, and both generations are tested.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from glm_magic import _stack
from glm_magic.engines.instant.compiling import DENSITY, EXPAND, compiled
from glm_magic.engines.instant.driver import density, expand
from glm_magic.engines.instant.merge import merged
from glm_magic.engines.instant.pack import Packed, pack
from glm_magic.engines.instant.program import Floats, Program
from glm_magic.engines.reuse import pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """A program with its machine code.

    Attributes
    ----------
    program : Program
    packed : Packed
        With its priors merged.
    """

    program: Program
    packed: Packed

    def log_density(self, u: Floats) -> tuple[float, Floats]:
        """Evaluate the log density, up to a constant, and its gradient at one point.

        Parameters
        ----------
        u : ndarray, shape (n_dim,)
            Unconstrained.

        Returns
        -------
        value : float
        gradient : ndarray, shape (n_dim,)
        """
        u = np.ascontiguousarray(u, dtype=np.float64)
        gradient, value = np.empty_like(u), np.empty(1)
        call = compiled(density, DENSITY).ctypes
        call(len(u), pointer(u), pointer(gradient), pointer(value), _address(self.packed))
        return float(value[0]), gradient

    def constrained(self, u: Floats) -> Floats:
        """Take an unconstrained point to the model's own scale; both have shape (n_dim,)."""
        u = np.ascontiguousarray(u, dtype=np.float64)
        c = np.empty_like(u)
        compiled(expand, EXPAND).ctypes(len(u), len(u), pointer(u), pointer(c), _address(self.packed))
        return c


def kernel(program: Program) -> Kernel:
    """Pack a program, compiling or loading the functions it needs."""
    return Kernel(program=program, packed=pack(merged(program)))


def nutpie_model(kernel: Kernel, start: Callable[[int], Floats]) -> Any:
    """Make what nutpie samples.

    Parameters
    ----------
    kernel : Kernel
    start : callable
        From a seed to an unconstrained point.

    Returns
    -------
    nutpie.compile_pymc.CompiledPyMCModel
        Its draws are the free variables on their own scale, in order, under the names v0, v1, ...
    """
    variables = kernel.program.variables
    slices = [slice(variable.start, variable.start + variable.size) for variable in variables]
    return _stack.nutpie_model(
        dims={},
        _coords={},
        _shapes={f"v{place}": one.shape for place, one in enumerate(variables)},
        _n_dim=kernel.program.n_dim,
        n_expanded=kernel.program.n_dim,
        compiled_logp_func=compiled(density, DENSITY),
        compiled_expand_func=compiled(expand, EXPAND),
        initial_point_func=start,
        user_data=kernel.packed.address,
        # Nobody reads these, but they hold the memory that `address` points to.
        shared_data={"words": kernel.packed.words, "numbers": kernel.packed.numbers},
        # Names of our own: nutpie makes dims of them, and cannot carry every name that a user may give.
        shape_info=([f"v{place}" for place in range(len(variables))], slices, [v.shape for v in variables]),
        logp_func=None,
        expand_func=None,
    )


def _address(packed: Packed) -> Any:
    return packed.address.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64))
