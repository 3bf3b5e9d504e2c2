"""A model that nutpie compiled, used again for other numbers.

A copy of the model is compiled in which its numbers are shared variables; a model of the same
structure then brings its own. What that gives is compared with PyMC's density before it is used.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
from pymc.initial_point import make_initial_point_fn
from pymc.logprob.utils import ParameterValueError

from glm_magic import _stack
from glm_magic.engines.checks import starting_points
from glm_magic.engines.density import log_density
from glm_magic.engines.kept import Kept
from glm_magic.engines.shared import number_name, shared_copy
from glm_magic.engines.structure import Structure, structure, value_of

SAME = 1e-6
"""Relative error of two log densities that are the same, one of them evaluated unsimplified."""

# Machine code belongs to the process; this is the one place that holds what nutpie compiled.
COMPILED = Kept(8)


def compiled_model(model: pm.Model, variables: Sequence[str]) -> Any:
    """Compile a model for nutpie, or give it the machine code of one with the same structure.

    Parameters
    ----------
    model : pymc.Model
    variables : sequence of str
        Deterministic variables to keep.

    Returns
    -------
    nutpie.compile_pymc.CompiledPyMCModel
    """
    import nutpie

    found = structure(model)
    key = (found.key, tuple(variables))
    kept = COMPILED.get(key)
    if kept is None:
        copy = shared_copy(model, found)
        if copy is None:
            return nutpie.compile_pymc_model(model, var_names=list(variables))
        kept = nutpie.compile_pymc_model(copy.model, var_names=list(variables))
    filled = _filled(kept, model, found)
    if not _agrees(filled, model):
        return nutpie.compile_pymc_model(model, var_names=list(variables))
    COMPILED.put(key, kept)
    return filled


def _filled(compiled: Any, model: pm.Model, found: Structure) -> Any:
    """Give machine code the numbers, labels and start of a model."""
    names = _stack.nutpie_data_names(compiled)
    numbers = {number_name(place): value_of(number) for place, number in enumerate(found.numbers)}
    data = {name: number for name, number in numbers.items() if name in names}
    labels = {name: pd.Index(values) for name, values in model.coords.items() if values is not None}
    return replace(
        compiled.with_data(**data),
        _coords={**compiled.coords, **labels},
        initial_point_func=_start(model, compiled.n_dim),
    )


def _start(model: pm.Model, n_dim: int) -> Callable[[Any], Any]:
    """Make the function that begins a chain: PyMC's own, jittered, one thread at a time."""
    draw: Any = make_initial_point_fn(model=model, jitter_rvs=set(model.free_RVs), return_transformed=True)
    lock = threading.Lock()

    def start(seed: Any) -> Any:
        with lock:
            point = draw(seed)
        return flat(point, model, n_dim)

    return start


def flat(point: Any, model: pm.Model, n_dim: int) -> Any:
    """Write a point in one row, as machine code takes it.

    Parameters
    ----------
    point : mapping of str to array
        By the names of the value variables.
    model : pymc.Model
    n_dim : int

    Returns
    -------
    ndarray, shape (n_dim,)
    """
    names = [model.rvs_to_values[rv].name for rv in model.free_RVs]
    row = np.concatenate([np.ravel(point[name]).astype(np.float64) for name in names])
    assert len(row) == n_dim
    return row


def _agrees(compiled: Any, model: pm.Model) -> bool:
    """Compare machine code with PyMC's density as written, at the first starting point that is possible."""
    written = log_density(model)
    for point in starting_points(model):
        try:
            with np.errstate(all="ignore"):
                expected = written(point)
        except NotImplementedError:
            # Operations that exist only compiled cannot be compared, so that such a model is compiled anew.
            return False
        except ParameterValueError:
            # A negative mean, under a link that gives one.
            continue
        u = flat(point, model, compiled.n_dim)
        gradient, found = np.empty_like(u), np.empty(1)
        refused = compiled.compiled_logp_func.ctypes(
            len(u), *(pointer(array) for array in (u, gradient, found)), compiled.user_data.ctypes.data
        )
        # It refuses a point where its gradient is not finite, and with the numbers as constants it may be.
        return not refused and bool(np.isclose(found[0], expected, rtol=SAME, atol=SAME))
    return False


def pointer(array: Any) -> Any:
    """Give the address of an array of float64, as machine code takes it."""
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
