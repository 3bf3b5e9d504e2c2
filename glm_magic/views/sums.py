"""How the shown numbers of a posterior are made of the coordinates that are sampled, and these of those.

A number is a coordinate itself, a sum of some (an intercept where the predictors are zero), or an offset times
its scale (an effect of a group). Which of these it is, is read off the draws, which hold both sides exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray
from pytensor.graph.traversal import ancestors

from glm_magic.engines.instant import Program
from glm_magic.posterior import Scalar
from glm_magic.wire import EXACT

Floats = NDArray[np.float64]

TOLERANCE = 1e-9
"""Relative to the largest value."""
SPARE = 24
"""Draws, besides those that determine a sum, at which it is compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """One number as a sum of products of others.

    The sum over k of ``weights[k] * x[at[k]] * x[scales[k]] ** power``, plus a constant; without the last factor
    where ``scales[k]`` is -1.

    Attributes
    ----------
    constant : float
    at : ndarray of int, shape (n_terms,)
    weights : ndarray, shape (n_terms,)
    scales : ndarray of int, shape (n_terms,)
    power : int
        1, or -1 for an offset, which is its effect divided by the scale.
    """

    constant: float
    at: NDArray[np.int32]
    weights: Floats = field(metadata=EXACT)
    scales: NDArray[np.int32]
    power: int

    def of(self, x: Floats) -> Floats:
        """Evaluate it: `x` has shape (n_numbers, n_draws), the result (n_draws,)."""
        terms = self.weights[:, np.newaxis] * x[self.at]
        scaled = self.scales >= 0
        terms[scaled] *= x[self.scales[scaled]] ** self.power
        return np.asarray(self.constant + terms.sum(axis=0))


def column_sums(
    model: pm.Model, program: Program, constrained: Floats, columns: Sequence[Scalar]
) -> tuple[Sum, ...] | str:
    """Say how each column is made of the constrained coordinates.

    Parameters
    ----------
    model : pymc.Model
    program : Program
    constrained : ndarray, shape (n_draws, n_dim)
        All draws of the coordinates.
    columns : sequence of Scalar

    Returns
    -------
    tuple of Sum, or str
        The name of a variable that is computed in another way.
    """
    places = {one.name: one.start + np.arange(one.size) for one in program.variables}
    sizes = {one.name: one.shape for one in program.variables}
    found: dict[tuple[str, tuple[int, ...]], Sum] = {}
    for name in dict.fromkeys(one.variable for one in columns):
        own = [one for one in columns if one.variable == name]
        if name in places:
            flat = [int(np.ravel_multi_index(one.index, sizes[name])) if one.index else 0 for one in own]
            made: Sequence[Sum] | None = [_itself(int(places[name][at])) for at in flat]
        else:
            within = {rv.name: places[rv.name] for rv in _sources(model, name)}
            values = np.array([one.draws.ravel() for one in own])
            made = _products(values, constrained.T, within) or _linear(values, constrained.T, within)
        if made is None:
            return name
        found |= {(name, one.index): sum_ for one, sum_ in zip(own, made, strict=True)}
    return tuple(found[one.variable, one.index] for one in columns)


def coordinate_sums(columns: Sequence[Sum], n_dim: int) -> tuple[Sum, ...] | None:
    """Say how each constrained coordinate is made of the columns.

    Parameters
    ----------
    columns : sequence of Sum
        Of `column_sums`.
    n_dim : int
        Number of coordinates.

    Returns
    -------
    tuple of Sum or None
        None where a coordinate cannot be told from the columns.
    """
    shown = {int(one.at[0]): place for place, one in enumerate(columns) if _is_itself(one)}
    found = {at: _itself(place, power=-1) for at, place in shown.items()}
    for place, one in enumerate(columns):
        hidden = [int(at) for at in one.at if int(at) not in found]
        if len(hidden) == 1 and shown.keys() >= {*one.at.tolist(), *one.scales.tolist()} - {-1, hidden[0]}:
            solved = _solved(one, hidden[0], place, shown)
            found |= {} if solved is None else {hidden[0]: solved}
    return tuple(found[at] for at in range(n_dim)) if found.keys() >= set(range(n_dim)) else None


def _solved(one: Sum, hidden: int, place: int, shown: Mapping[int, int]) -> Sum | None:
    """Turn a column's sum around to give the only coordinate that is no column."""
    (at,) = np.flatnonzero(one.at == hidden)
    weight, scale = float(one.weights[at]), int(one.scales[at])
    others = [k for k in range(len(one.at)) if k != at]
    if scale >= 0:
        if others or one.constant != 0 or scale not in shown:
            return None
        return _sum([place], [1 / weight], scales=[shown[scale]], power=-1)
    if (one.scales >= 0).any():
        return None
    return _sum(
        [place, *(shown[int(one.at[k])] for k in others)],
        [1 / weight, *(-float(one.weights[k]) / weight for k in others)],
        constant=-one.constant / weight,
        power=-1,
    )


def _sources(model: pm.Model, name: str) -> list[Any]:
    """List the free variables that a deterministic one is computed from."""
    reached = set(ancestors([model[name]], blockers=model.free_RVs))
    return [rv for rv in model.free_RVs if rv in reached]


def _sum(
    at: Sequence[int],
    weights: Sequence[float],
    *,
    constant: float = 0.0,
    scales: Sequence[int] | None = None,
    power: int = 1,
) -> Sum:
    return Sum(
        constant=constant,
        at=np.array(at, dtype=np.int32),
        weights=np.array(weights, dtype=np.float64),
        scales=np.full(len(at), -1, dtype=np.int32) if scales is None else np.array(scales, dtype=np.int32),
        power=power,
    )


def _itself(at: int, power: int = 1) -> Sum:
    return _sum([at], [1.0], power=power)


def _is_itself(one: Sum) -> bool:
    return len(one.at) == 1 and one.scales[0] < 0 and one.weights[0] == 1 and one.constant == 0


def _products(
    values: Floats, coordinates: Floats, within: Mapping[str, NDArray[np.int64]]
) -> list[Sum] | None:
    """Read numbers, one for each element of a variable, as that element times another coordinate.

    Parameters
    ----------
    values : ndarray, shape (n_numbers, n_draws)
    coordinates : ndarray, shape (n_dim, n_draws)
    within : mapping of str to ndarray of int
        Positions of the variables that the numbers are computed from.
    """
    for at, scales in _pairs(within, len(values)):
        with np.errstate(all="ignore"):
            ratio = values / coordinates[at]
            # Each number has one scale; the first draw tells which, and the others are compared.
            near = abs(ratio[:, :1] - coordinates[scales, 0]).argmin(axis=1)
            made = coordinates[at] * coordinates[scales[near]]
        if _equal(made, values):
            return [
                _sum([a], [1.0], scales=[s]) for a, s in zip(at.tolist(), scales[near].tolist(), strict=True)
            ]
    return None


def _pairs(
    within: Mapping[str, NDArray[np.int64]], count: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield offsets, as many as there are numbers, with the coordinates that may scale them."""
    for name, at in within.items():
        others = [places for other, places in within.items() if other != name]
        if others and len(at) == count:
            yield at, np.concatenate(others)


def _linear(values: Floats, coordinates: Floats, within: Mapping[str, NDArray[np.int64]]) -> list[Sum] | None:
    """Read numbers as sums of coordinates; arguments as for `_products`."""
    at = np.concatenate([np.zeros(0, dtype=np.int64), *within.values()])
    needed = len(at) + 1 + SPARE
    if values.shape[1] < needed:
        return None
    kept = np.linspace(0, values.shape[1] - 1, 2 * needed).astype(int)
    x, y = coordinates[np.ix_(at, kept)], values[:, kept]
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return None
    centre, spread = x.mean(axis=1), x.std(axis=1)
    spread[spread == 0] = 1.0
    standard = np.vstack([np.ones(x.shape[1]), (x - centre[:, np.newaxis]) / spread[:, np.newaxis]])
    solved = np.linalg.lstsq(standard[:, ::2].T, y[:, ::2].T, rcond=None)[0].T
    weights = solved[:, 1:] / spread
    # What is nothing but rounding belongs to no term.
    weights[abs(solved[:, 1:]) <= TOLERANCE * abs(y).max(axis=1, keepdims=True)] = 0.0
    constants = (y - weights @ x).mean(axis=1)
    constants[abs(constants) <= TOLERANCE * abs(y).max(axis=1)] = 0.0
    if not _equal(constants[:, np.newaxis] + weights @ x, y):
        return None
    return [
        _sum(at[own != 0].tolist(), own[own != 0].tolist(), constant=float(constant))
        for own, constant in zip(weights, constants, strict=True)
    ]


def _equal(made: Floats, values: Floats) -> bool:
    if not np.isfinite(values).all():
        return False
    return bool((abs(made - values) <= TOLERANCE * abs(values).max(axis=1, keepdims=True)).all())
