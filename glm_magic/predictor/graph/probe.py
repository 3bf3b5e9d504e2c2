"""Questions to a compiled mean, answered by evaluating it at a few points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray
from pytensor.configdefaults import config

from glm_magic.predictor import Link
from glm_magic.predictor.graph.leaves import MODE, Surface, leaf_values
from glm_magic.predictor.graph.naming import Layout
from glm_magic.predictor.graph.relations import Vector
from glm_magic.predictor.links import inverse_link

Draws = dict[str, NDArray[Any]]

_TOLERANCE = 1e-6
_JITTER = 0.5


def points(model: pm.Model) -> Draws:
    """Two points in the domain of the free variables, in their own units.

    The initial point, moved by seeded normal steps where the variables are unconstrained. The two
    differ in every variable; an effect that is zero at both by accident has probability zero.
    """
    rng = np.random.default_rng(1)
    with config.change_flags(mode="FAST_COMPILE"):  # a name: the flag takes no Mode
        start = model.initial_point(random_seed=1)
    compiled = pm.compile(
        model.value_vars, model.replace_rvs_by_values(model.free_RVs), mode=MODE, on_unused_input="ignore"
    )
    found = []
    for turn in range(2):
        moved = [_moved(np.asarray(start[str(v.name)]), turn, rng) for v in model.value_vars]
        found.append(compiled(*moved))
    return {
        str(rv.name): np.stack([np.asarray(values) for values in pair])
        for rv, pair in zip(model.free_RVs, zip(*found, strict=True), strict=True)
    }


def _moved(value: NDArray[Any], turn: int, rng: np.random.Generator) -> NDArray[Any]:
    """Find a neighbour of an initial value; whole numbers move by one at the second turn."""
    if value.dtype.kind == "f":
        return np.asarray(value + _JITTER * rng.standard_normal(value.shape), dtype=value.dtype)
    if value.dtype.kind == "b":
        return value ^ bool(turn)
    return np.asarray(np.where(value == 0, turn, value - turn), dtype=value.dtype)


def by_row(surface: Surface, layout: Layout, draws: Draws) -> bool:
    """Whether the mean of a row depends on that row's data alone.

    If it does, the means go with the rows in any order, and filling every row with the data of row r
    gives every row the mean of row r. Not so if there is a parameter per row, or a sum over rows.
    """
    original = surface.rows(draws, [leaf_values(leaf) for leaf in surface.leaves])
    scale = _scale(original)
    # Rows in another order have the same means in that order ...
    order = np.random.default_rng(1).permutation(surface.n_rows)
    moved = {name: base.values[order] for name, base in layout.bases.items()}
    if not _equal(surface.rows(draws, layout.arrays(moved)), original[:, order], scale):
        return False
    # ... and none of them changes when the others become like it.
    for row in sorted({0, surface.n_rows // 2, surface.n_rows - 1}):
        filled = {name: np.full(surface.n_rows, base.values[row]) for name, base in layout.bases.items()}
        if not _equal(surface.rows(draws, layout.arrays(filled)), original[:, [row]], scale):
            return False
    return True


def matters(surface: Surface, layout: Layout, draws: Draws, name: str) -> bool:
    """Whether the mean changes with a base."""
    values = {key: base.values for key, base in layout.bases.items()}
    before = surface.rows(draws, layout.arrays(values))
    # Turned by one, sorted values change in every row but repeats; the extremes are sure to change.
    values[name] = _exchanged(values[name])
    after = surface.rows(draws, layout.arrays(values))
    return not np.allclose(before, after, rtol=1e-9, atol=1e-9 * _scale(before), equal_nan=True)


def proportional(surface: Surface, layout: Layout, draws: Draws, name: str, link: Link) -> bool:
    """Whether the mean is proportional to a base, whatever the parameters: an exposure."""
    values: dict[str, Vector] = {key: base.values for key, base in layout.bases.items()}
    before = inverse_link(link, surface.rows(draws, layout.arrays(values)))
    values[name] = 2 * values[name]
    after = inverse_link(link, surface.rows(draws, layout.arrays(values)))
    return bool(np.allclose(after, 2 * before, rtol=1e-9))


def _equal(found: NDArray[np.float64], expected: NDArray[np.float64], scale: float) -> bool:
    return np.allclose(found, expected, rtol=_TOLERANCE, atol=_TOLERANCE * scale, equal_nan=True)


def _exchanged(values: Vector) -> Vector:
    """Put the same values in another order: each becomes the next of the sorted distinct ones."""
    distinct, codes = np.unique(values, return_inverse=True)
    return np.asarray(distinct[(codes + 1) % len(distinct)])


def _scale(values: NDArray[np.float64]) -> float:
    finite = values[np.isfinite(values)]
    return float(np.max(np.abs(finite))) if finite.size else 1.0
