"""The bandwidth of a kernel density, as arviz-stats chooses it, in a quarter of the time.

It is the mean of Silverman's rule (1986, "Density Estimation", eq. 3.31) and of the improved Sheather-Jones rule
(Botev, Grotowski and Kroese 2010, "Kernel density estimation via diffusion", Annals of Statistics 38(5),
2916-2957). The second is the root of an equation, and arviz-stats takes the powers in it anew at every step of the
search; here they are taken once. The tests hold the bandwidth against arviz-stats.
"""

from __future__ import annotations

import math

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from scipy.optimize import brentq

Floats = NDArray[np.float64]

BINS = 512
"""Of the histogram whose cosine transform is used, as in `array_stats.kde`."""
LARGEST = 0.01
"""Squared bandwidth, relative to the squared range, up to which a root is looked for."""
STAGES = 7
"""Derivatives that the improved Sheather-Jones rule begins with."""
UNDERFLOW = 746.0
"""The exponential of minus this is zero in 64 bits."""


def bandwidth(draws: Floats) -> float:
    """Choose the bandwidth that ``array_stats.kde(draws)`` chooses.

    Parameters
    ----------
    draws : ndarray, shape (n_draws,)
        Finite, and not all alike.

    Returns
    -------
    float
    """
    silverman = float(array_stats.bw_silverman(draws, x_std=np.std(draws)))
    width = float(draws.max() - draws.min())
    counts, _ = np.histogram(draws, bins=BINS, range=(draws.min(), draws.max()))
    squared = _root(counts / len(draws), len(draws))
    # Where the equation has no root, arviz-stats takes Silverman's rule in its place.
    improved = silverman if squared is None else math.sqrt(squared) * width
    return 0.5 * (silverman + improved)


def _root(frequencies: Floats, size: int) -> float | None:
    """Solve eq. 30 of Botev, Grotowski and Kroese; None where no root is found.

    Parameters
    ----------
    frequencies : ndarray, shape (BINS,)
        Relative, of the bins of the histogram.
    size : int
        Draws.
    """
    # As in arviz-stats, the highest frequency is left out.
    k_squared = np.arange(1.0, BINS - 1) ** 2
    power = array_stats.dct1d(frequencies)[1 : BINS - 1] ** 2
    weighted = {j: k_squared**j * power for j in range(2, STAGES + 1)}
    # (2j - 1)!! / sqrt(pi / 2) times (1 + 2**(-j - 1/2)) / 3, of eq. 29.
    factors = {
        j: (1 + 0.5 ** (j + 0.5)) / 3 * math.prod(range(1, 2 * j, 2)) / (math.pi / 2) ** 0.5
        for j in range(2, STAGES)
    }
    rate = -(math.pi**2) * k_squared

    def roughness(j: int, t: float) -> float:
        """Estimate the squared norm of the j-th derivative of the density, smoothed by t."""
        # Beyond this frequency the exponential is zero.
        last = len(rate) if t * -rate[-1] <= UNDERFLOW else int(math.sqrt(UNDERFLOW / t) / math.pi) + 1
        return float(weighted[j][:last] @ np.exp(rate[:last] * t)) * 0.5 * math.pi ** (2 * j)

    def equation(t: float) -> float:
        norm = roughness(STAGES, t)
        for j in range(STAGES - 1, 1, -1):
            norm = roughness(j, (factors[j] / (size * norm)) ** (2 / (3 + 2 * j)))
        return float(t - (2 * size * math.sqrt(math.pi) * norm) ** -0.4)

    try:
        found, how = brentq(equation, 0.0, LARGEST, full_output=True, disp=False)
    except ValueError:
        # The equation has one sign at both ends.
        return None
    return float(found) if how.converged and found > 0 else None
