"""Where chains begin: at the first jittered point that is possible.

PyMC jitters the initial point by up to 1 in each coordinate, and tries ten such points for each chain
(`pymc.init_nuts`). Under a link that does not give a possible mean for every predictor, such as the inverse link of a
gamma, nearly all of them are impossible: the slopes are too steep for the intercept. So after ten points the jitter
shrinks, in each coordinate by a power of ten of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from glm_magic.engines.approach import Density

Floats = NDArray[np.float64]
PLAIN = 10
"""Points that are tried as they come; as many as PyMC tries."""
TRIES = 1000
"""Points that are tried in all."""
DECADES = 8
"""Powers of ten by which a coordinate's jitter shrinks at most: a slope of 1 is 1e-8 then."""


def possible(density: Density, start: Callable[[int], Floats], centre: Floats) -> Callable[[int], Floats]:
    """Have a chain begin at the first point at which its density and the gradient are finite.

    Parameters
    ----------
    density : callable
        From an unconstrained point, shape (n_dim,), to the log density and its gradient.
    start : callable
        From a seed to a jittered point, shape (n_dim,).
    centre : ndarray, shape (n_dim,)
        The point that is jittered.

    Returns
    -------
    callable
        From a seed to a point: that of `start` itself where it is possible, or where no point is. One search that
        finds nothing is the last: a sampler asks for hundreds of starts before it gives up.
    """
    in_vain = threading.Event()

    def begin(seed: int) -> Floats:
        first = start(seed)
        if in_vain.is_set() or is_possible(density, first):
            return first
        random = np.random.default_rng([int(seed), TRIES])
        for tried in range(1, TRIES):
            point = start(int(random.integers(2**32)))
            point = point if tried < PLAIN else shrunk(point, centre, random)
            if is_possible(density, point):
                return point
        in_vain.set()
        return first

    return begin


def shrunk(point: Floats, centre: Floats, random: np.random.Generator) -> Floats:
    """Bring each coordinate of a point nearer to the centre, by a power of ten of its own.

    Parameters
    ----------
    point, centre : ndarray of one shape
    random : numpy.random.Generator

    Returns
    -------
    ndarray
        Of the same shape.
    """
    return np.asarray(centre + (point - centre) * 10.0 ** -random.uniform(0, DECADES, np.shape(point)))


def is_possible(density: Density, point: Floats) -> bool:
    """Tell whether a chain can begin at a point.

    Parameters
    ----------
    density : callable
    point : ndarray, shape (n_dim,)

    Returns
    -------
    bool
    """
    value, gradient = density(point)
    return bool(np.isfinite(value) and np.isfinite(gradient).all())
