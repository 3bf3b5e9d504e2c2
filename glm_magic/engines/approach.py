"""Where a chain begins that must not get lost: near the bulk of the posterior, found by climbing towards it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Density = Callable[[Floats], tuple[float, Floats]]
"""From an unconstrained point, shape (n_dim,), to the log density and its gradient."""

MOST_STEPS = 100
FEWEST_ASCENT = 1e-4
"""Share of the linear prediction that a step has to gain (Armijo's rule; Nocedal and Wright 2006, eq. 3.4)."""
HALVINGS = 20
LEAST_GAIN = 1e-8
"""Relative gain of a step below which a path has arrived."""
DRAWS = 5
"""Draws for the evidence bound of each step; Zhang et al. (2022), sec. 3.4, find few to be enough."""


def approach(density: Density, starts: Sequence[Floats], seed: int) -> Floats:
    """Climb from several starts towards the posterior, and draw a point near the best approximation met.

    A simplification of multi-path Pathfinder (Zhang, Carpenter, Gelman and Vehtari 2022, "Pathfinder:
    parallel quasi-Newton variational inference", JMLR 23(306), algorithms 1 and 2): quasi-Newton paths
    with the diagonal of the inverse Hessian alone. The point is drawn where the evidence lower bound
    was largest, not at a mode, where little of the mass of a hierarchical model is.

    Parameters
    ----------
    density : callable
    starts : sequence of ndarray, shape (n_dim,)
        Unconstrained, at least one.
    seed : int

    Returns
    -------
    ndarray, shape (n_dim,)
        The first start when no step from any of them gains density.
    """
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        paths = [_path(density, start, rng) for start in starts]
    bound, point = max(paths, key=lambda path: path[0])
    return point if bound > -np.inf else starts[0]


def _path(density: Density, start: Floats, rng: np.random.Generator) -> tuple[float, Floats]:
    """Climb from one start; give the largest evidence lower bound on the way, and a draw there."""
    value, slope = density(start)
    variance = 1.0 / np.maximum(np.abs(slope), 1.0)
    point, best, found = start, -np.inf, start
    for _ in range(MOST_STEPS):
        step = _step(density, point, value, slope, variance * slope)
        if step is None:
            break
        moved, new_value, new_slope = step
        variance = _updated(variance, moved - point, slope - new_slope)
        gained, point, value, slope = new_value - value, moved, new_value, new_slope
        bound, drawn = _bound(density, point + variance * slope, variance, rng)
        if bound > best:
            best, found = bound, drawn
        if gained < LEAST_GAIN * max(abs(value), 1.0):
            break
    return best, found


def _step(
    density: Density, point: Floats, value: float, slope: Floats, direction: Floats
) -> tuple[Floats, float, Floats] | None:
    """Search along an ascent direction by halving; None when nothing is gained."""
    ascent = float(direction @ slope)
    if not (np.isfinite(ascent) and ascent > 0.0):
        return None
    length = 1.0
    for _ in range(HALVINGS):
        moved = point + length * direction
        new_value, new_slope = density(moved)
        if np.isfinite(new_slope).all() and new_value >= value + FEWEST_ASCENT * length * ascent:
            return moved, new_value, new_slope
        length *= 0.5
    return None


def _updated(variance: Floats, moved: Floats, bent: Floats) -> Floats:
    """Update the diagonal of the inverse Hessian (Zhang et al. 2022, eq. 8, after Gilbert and Lemaréchal 1989).

    Parameters
    ----------
    variance : ndarray, shape (n_dim,)
    moved : ndarray, shape (n_dim,)
        The step.
    bent : ndarray, shape (n_dim,)
        By how much the gradient of the log density fell along it.
    """
    curvature = float(moved @ bent)
    if curvature <= 1e-12 * float(bent @ bent):
        return variance
    a, c = float(bent @ (variance * bent)), float(moved @ (moved / variance))
    inverse = a / (curvature * variance) + bent**2 / curvature - a * moved**2 / (curvature * c * variance**2)
    usable = np.isfinite(inverse) & (inverse > 0.0)
    return np.where(usable, 1.0 / np.where(usable, inverse, 1.0), variance)


def _bound(
    density: Density, centre: Floats, variance: Floats, rng: np.random.Generator
) -> tuple[float, Floats]:
    """Estimate the evidence lower bound of a normal approximation, and keep its likeliest draw."""
    noise = rng.normal(size=(DRAWS, len(centre)))
    points = centre + np.sqrt(variance) * noise
    values = np.array([density(point)[0] for point in points])
    if not np.isfinite(values).all():
        return -np.inf, centre
    entropy = 0.5 * np.log(variance).sum() + 0.5 * (noise**2).sum(axis=1)
    return float((values + entropy).mean()), points[int(np.argmax(values))]
