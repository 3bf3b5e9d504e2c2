"""Which mass matrix a posterior needs, told from its curvature where it is highest, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from glm_magic.engines.approach import Density
from glm_magic.engines.starts import is_possible

Floats = NDArray[np.float64]
Shape = Literal["round", "correlated", "ridge", "open", "unknown"]

MOST_STEPS = 100
"""Of the climb. It may end short of the top: what matters is the order of magnitude."""
STEP = 1e-5
"""Half the distance of the two gradients whose difference is a row of the Hessian."""
SHARE = 0.01
"""Most of it, as a share of the conditional sd of a parameter: over more, a log or logit link bends."""
ROUND = 0.2
"""Curvature from which on a diagonal mass matrix suffices: NUTS takes about 1 / sqrt of it as many steps."""
RIDGE = 1.5e-7
"""Curvature below which only vague priors tell parameters apart (see `shape`)."""


def shape(density: Density, starts: Iterable[Floats]) -> Shape:
    """Tell the shape of a posterior from the least curvature that it has once each parameter has unit scale.

    - ``"round"``: no direction is much narrower than a single parameter; a diagonal mass matrix suffices.
    - ``"correlated"``: one is, as with predictors that are not centred; the mass matrix needs the correlations.
    - ``"ridge"``: the data cannot tell parameters apart. Chains that mix along it would hide what R-hat, the
      effective sample size and the depth of the trees otherwise say.
    - ``"open"``: the climb ended at no maximum: in the neck of a funnel, whose divergences smaller steps would
      hide, or at a kink, as of Laplace errors.
    - ``"unknown"``: the density is finite at no start, or its curvature is not finite.

    Two intercepts with priors of scale t that share n observations of scale s have the scaled Hessian
    ((1, r), (r, 1)) with r = (n / s^2) / (n / s^2 + 1 / t^2), so the least curvature 1 - r, about s^2 / (n t^2):
    for t = 1000 s it is 1e-7 with 10 observations, 1e-9 with 1,000. A straight line in x with mean m and standard
    deviation d has 1 - m / sqrt(m^2 + d^2), about d^2 / (2 m^2): 1e-5 for the calendar years 1990 to 2020, 1e-6
    for those of a decade, 2e-7 for those of five years. `RIDGE` lies between the two kinds.

    Parameters
    ----------
    density : callable
    starts : iterable of ndarray, shape (n_dim,)
        Unconstrained; the climb begins at the first with a finite density.

    Returns
    -------
    str
    """
    with np.errstate(all="ignore"):
        top = _top(density, starts)
        curvature = np.nan if top is None else flattest(density, top)
    if np.isnan(curvature):
        return "unknown"
    if abs(curvature) <= RIDGE:
        return "ridge"
    # A climb cut short of the top of a narrow posterior may leave some negative curvature.
    return "round" if curvature >= ROUND else "open" if curvature <= -ROUND else "correlated"


def flattest(density: Density, at: Floats) -> float:
    """Compute the least eigenvalue of the negative Hessian that is scaled to unit diagonal.

    It is 1 where the parameters are uncorrelated, and 0 where the posterior does not change in some direction.

    Parameters
    ----------
    density : callable
    at : ndarray, shape (n_dim,)

    Returns
    -------
    float
        Not a number where a gradient is not finite.
    """
    hessian = np.array([_row(density, at, place, STEP) for place in range(len(at))])
    for place, curvature in enumerate(np.abs(np.diag(hessian))):
        # Of predictors that are large numbers the coefficients are small ones.
        if np.isfinite(curvature) and STEP * np.sqrt(curvature) > SHARE:
            hessian[place] = _row(density, at, place, SHARE / np.sqrt(curvature))
    if not np.isfinite(hessian).all():
        return np.nan
    diagonal = np.abs(np.diag(hessian))
    # A parameter of which nothing is known keeps its row of zeros: it is a ridge by itself.
    scale = 1.0 / np.sqrt(np.where(diagonal > 0.0, diagonal, 1.0))
    scaled = scale[:, np.newaxis] * (hessian + hessian.T) * (0.5 * scale)
    return float(np.linalg.eigvalsh(scaled)[0]) if np.isfinite(scaled).all() else np.nan


def _row(density: Density, at: Floats, place: int, step: float) -> Floats:
    """Differentiate the gradient in one direction, by a central difference; a row of the negative Hessian."""
    moved = np.zeros_like(at)
    moved[place] = step
    return (density(at - moved)[1] - density(at + moved)[1]) / (2.0 * step)


def _top(density: Density, starts: Iterable[Floats]) -> Floats | None:
    """Climb from the first start that is finite (BFGS; Nocedal and Wright 2006, algorithm 6.1)."""

    def depth(u: Floats) -> tuple[float, Floats]:
        value, slope = density(u)
        finite = np.isfinite(value) and np.isfinite(slope).all()
        return (-value, -slope) if finite else (np.inf, np.zeros_like(slope))

    for start in starts:
        if is_possible(density, start):
            found = minimize(depth, start, jac=True, method="BFGS", options={"maxiter": MOST_STEPS})
            return np.asarray(found.x)
    return None
