"""Log density of each observation at each draw, by the kernels that sampled.

A fit needs only sums over rows, so equal rows are merged there and terms in the data alone are left out. Here the
program is lowered anew without being compressed, each row is computed, and what the kernels leave out is added:
that is what `pymc.compute_log_likelihood` gives.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pymc as pm
import xarray
from numba import types
from pymc.logprob.utils import ParameterValueError
from pytensor import function

from glm_magic import interrupts
from glm_magic.engines.instant import records
from glm_magic.engines.instant.check import LEAST, VALUE_TOLERANCE
from glm_magic.engines.instant.compiling import compiled
from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.driver import FINE, fill_all, weigh
from glm_magic.engines.instant.layout import BLOCK, CHUNK, LOGP
from glm_magic.engines.instant.lower import lower
from glm_magic.engines.instant.pack import pack
from glm_magic.engines.instant.pointers import (
    address_of,
    call,
    integers_at,
    keep,
    numbers_at,
    part,
)
from glm_magic.engines.instant.points import is_exact, unconstrained
from glm_magic.engines.instant.program import Constant, Factor, Floats, NotInstant, Program
from glm_magic.engines.reuse import pointer
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.model.observed import observed_variables

POINTWISE = types.int64(
    types.int64,
    types.CPointer(types.double),
    types.CPointer(types.double),
    types.CPointer(types.double),
    types.CPointer(types.uint64),
)
"""Number of points, the points unconstrained and constrained, log densities out, program of one factor."""

TRIED = 12
"""Draws that are looked through for `LEAST` at which PyMC's density as written keeps its digits."""
AT_ONCE = 4_000_000
"""Log densities that are computed before stops are looked for: a fraction of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differs:
    """Pointwise log densities that are not PyMC's.

    Attributes
    ----------
    variable : str
        The observed variable.
    error : float
        The largest relative difference.
    """

    variable: str
    error: float


def pointwise(n_points: int, u: Any, c: Any, out: Any, program: Any) -> int:
    """Compute the log density of each row at several points; C signature `POINTWISE`."""
    words, numbers = integers_at(program[0]), numbers_at(program[1])
    n_dim, at = words[records.N_DIM], words[records.HEADER + records.VARIABLE * words[records.N_VARIABLES]]
    kernel, rows = words[at + records.FACTOR_KERNEL], words[at + records.FACTOR_ROWS]
    n_slots, weights = words[at + records.FACTOR_SLOTS], words[at + records.FACTOR_WEIGHTS]
    work = np.empty(BLOCK)
    block = numbers_at(address_of(work))
    for place in range(n_points):
        own_u, own_c, found = part(u, place * n_dim), part(c, place * n_dim), part(out, place * rows)
        for start in range(0, rows, CHUNK):
            n = min(CHUNK, rows - start)
            fill_all(words, numbers, at, start, n, rows, own_u, own_c, block)
            call(kernel, n, block)
            if weights >= 0:
                weigh(words, numbers, at, weights + start, n, n_slots, block)
            for i in range(n):
                found[start + i] = block[LOGP * CHUNK + i]
    keep(work)
    return FINE


def log_likelihoods(model: pm.Model, draws: xarray.Dataset) -> Mapping[str, Floats] | NotInstant | Differs:
    """Compute the log density of each observation at each draw.

    Parameters
    ----------
    model : pymc.Model
    draws : xarray.Dataset
        Every free variable of the model, under its name, dims ``(chain, draw, ...)``.

    Returns
    -------
    mapping of str to ndarray, shape (n_chains, n_draws, ...); or NotInstant or Differs
        By observed variable. `Differs` when some draws, at which PyMC's own density was evaluated, say otherwise.
    """
    program = lower(model)
    if isinstance(program, NotInstant):
        return program
    constrained, free = _points(program, draws)
    shape = (draws.sizes["chain"], draws.sizes["draw"])
    found: dict[str, Floats] = {}
    for rv in observed_variables(model):
        (factor,) = [one for one in program.factors if one.variables == (rv.name,)]
        rows = _rows(program, factor, free, constrained)
        problem = _compared(model, rv, program, factor, constrained, rows)
        if problem is not None:
            return problem
        own = model.rvs_to_values[rv].type.shape
        length = own if all(one is not None for one in own) else (factor.rows,)
        found[rv.name] = rows.reshape(*shape, *length)
    return found


def _points(program: Program, draws: xarray.Dataset) -> tuple[Floats, Floats]:
    """Give the draws as points, constrained and unconstrained, shape (n_samples, n_dim)."""
    both: tuple[list[Floats], list[Floats]] = ([], [])
    for variable in program.variables:
        array = draws[variable.name].transpose("chain", "draw", ...).to_numpy()
        flat = array.reshape(-1, variable.size).astype(np.float64)
        both[0].append(flat)
        both[1].append(unconstrained(variable, flat))
    constrained, free = (np.ascontiguousarray(np.concatenate(one, axis=1)) for one in both)
    return constrained, free


def _rows(program: Program, factor: Factor, free: Floats, constrained: Floats) -> Floats:
    """Evaluate one factor row by row, shape (n_samples, n_rows)."""
    packed = pack(replace(program, factors=(factor,)))
    address = packed.address.ctypes.data_as(ctypes.POINTER(ctypes.c_uint64))
    evaluate: Any = compiled(pointwise, POINTWISE).ctypes
    found = np.empty((len(free), factor.rows))
    step = max(1, AT_ONCE // factor.rows)
    for start in range(0, len(free), step):
        interrupts.look()
        some = slice(start, start + step)
        given = (pointer(one) for one in (free[some], constrained[some], found[some]))
        evaluate(len(free[some]), *given, address)
    left_out = DISTRIBUTIONS[factor.distribution].left_out
    if left_out is not None:
        domains = DISTRIBUTIONS[factor.distribution].domains
        data = [
            slot.values
            for slot, domain in zip(factor.slots, domains, strict=True)
            if domain == "fixed" and isinstance(slot, Constant)
        ]
        found += left_out(*data) * (1.0 if factor.weights is None else factor.weights)
    return found


def _compared(
    model: pm.Model, rv: Any, program: Program, factor: Factor, constrained: Floats, rows: Floats
) -> NotInstant | Differs | None:
    """Compare some draws with PyMC's own log density, evaluated as written; None when they agree."""
    evaluate = function(
        list(model.free_RVs), pm.logp(rv, model.rvs_to_values[rv]), mode=AS_WRITTEN, on_unused_input="ignore"
    )
    compared = 0
    for place in np.linspace(len(rows) - 1, 0, min(TRIED, len(rows))).astype(int):
        point = constrained[place]
        if compared == LEAST:
            break
        if not is_exact(factor, point):
            continue
        values = [
            point[one.start : one.start + one.size].reshape(one.shape).astype(free.dtype)
            for one, free in zip(program.variables, model.free_RVs, strict=True)
        ]
        # As written, a density may refuse a parameter that has rounded to its bound.
        try:
            with np.errstate(all="ignore"):
                theirs = np.ravel(evaluate(*values))
        except ParameterValueError:
            continue
        compared += 1
        with np.errstate(invalid="ignore"):
            apart = np.where(theirs == rows[place], 0.0, abs(rows[place] - theirs))
            error = float((apart / np.maximum(1.0, abs(theirs))).max())
        # Not a number does not agree either.
        if not error <= VALUE_TOLERANCE:
            return Differs(variable=rv.name, error=error)
    if compared < min(LEAST, len(rows)):
        return NotInstant(reason=f"the log density of {rv.name!r} could be compared at {compared} draws")
    return None
