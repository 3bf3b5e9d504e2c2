"""The densities of one number, chain by chain; the browser has the same (`js/src/stats/kde.ts`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray

from glm_magic.diagnose.estimates import moves
from glm_magic.views.bandwidth import bandwidth

GRID = 100
SAME_SPREAD = 1.5
"""Ratio of standard deviations up to which chains have one bandwidth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """Densities of one number, one per chain.

    Attributes
    ----------
    x : ndarray, shape (n_grid,)
        In the number's own unit.
    y : ndarray, shape (n_chains, n_grid)
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def densities(draws: NDArray[np.float64], *, circular: bool) -> Density:
    """Estimate the densities of the chains on one common grid, zero outside a chain's own range.

    Parameters
    ----------
    draws : ndarray, shape (n_chains, n_draws)
    circular : bool
        Whether they are angles.

    Returns
    -------
    Density
        By kernels, as arviz-stats has them; zero everywhere if a chain does not move, or has draws that are no
        finite numbers.
    """
    low, high = float(draws.min()), float(draws.max())
    grid = np.linspace(low, high, GRID) if moves(draws) else np.array([low])
    if draws.shape[1] < 2 or not all(moves(chain) for chain in draws):
        return Density(x=grid, y=np.zeros((len(draws), len(grid))))
    found = [_angles(chain) for chain in draws] if circular else _kernels(draws)
    return Density(x=grid, y=np.array([np.interp(grid, x, y, left=0.0, right=0.0) for x, y in found]))


Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


def _angles(chain: NDArray[np.float64]) -> Curve:
    x, y, _ = array_stats.kde_circular(chain)
    return x, y


def _kernels(draws: NDArray[np.float64]) -> list[Curve]:
    """Estimate the density of each chain; draws have shape (n_chains, n_draws)."""
    common = _common_bandwidth(draws)
    found = []
    for chain in draws:
        x, y, _ = array_stats.kde_linear(chain, bw=bandwidth(chain) if common is None else common)
        found.append((x, y))
    return found


def _common_bandwidth(draws: NDArray[np.float64]) -> float | None:
    """Give chains of one spread one bandwidth, so that their densities differ where the chains do.

    That of all draws about their chain's mean, as if there were no more of them than one chain has:
    the best bandwidth of n draws goes with n**(-1/5) (Silverman 1986, "Density Estimation", eq. 3.21).
    Finding it is what takes time, and it is found once. Chains of other spreads find their own.
    """
    spread = draws.std(axis=1)
    if spread.max() > SAME_SPREAD * spread.min():
        return None
    centred = draws - draws.mean(axis=1, keepdims=True)
    return float(bandwidth(centred.ravel()) * len(draws) ** 0.2)
