"""Densities of every number, chain by chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray

from glm_magic.diagnose.estimates import Estimate, moves
from glm_magic.posterior import Scalar
from glm_magic.views.bandwidth import bandwidth

GRID = 100
SAME_SPREAD = 1.5
"""Ratio of standard deviations up to which chains have one bandwidth."""
MOST_DENSITIES = 60
"""Of numbers that are not folded; estimating one takes about a millisecond. The browser estimates the others."""
MOST_FOLDED_DENSITIES = 24
MOST_ROWS = 1_000
"""Of numbers that are not folded, and of those that are."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRow:
    """One number's density; its chains are in `DrawsView`.

    Attributes
    ----------
    label : str
    term : str or None
        What it is folded under.
    mean : float
    truth : float or None
    density : Density or None
        None where the browser estimates it, from the draws that are shipped.
    circular : bool
        Whether the number is an angle.
    """

    label: str
    term: str | None
    mean: float
    truth: float | None
    density: Density | None = None
    circular: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceView:
    """The trace tab.

    Attributes
    ----------
    rows : tuple of TraceRow
    notes : tuple of str
    """

    rows: tuple[TraceRow, ...]
    notes: tuple[str, ...] = ()


def trace_view(estimates: Sequence[Estimate], truth: Mapping[str, float]) -> TraceView:
    """Lay the traces out.

    Parameters
    ----------
    estimates : sequence of Estimate
    truth : mapping of str to float
        True values by label.

    Returns
    -------
    TraceView
        Of more than `MOST_ROWS` folded levels those whose chains agree least; a note says so.
    """
    unfolded = [one for one in estimates if one.scalar.term is None]
    folded = [one for one in estimates if one.scalar.term is not None]
    shown = [*unfolded[:MOST_ROWS], *_worst(folded, MOST_ROWS)]
    estimated = {
        one.scalar.label for one in (*unfolded[:MOST_DENSITIES], *_worst(folded, MOST_FOLDED_DENSITIES))
    }
    notes = []
    if len(unfolded) > MOST_ROWS:
        notes.append(f"The first {MOST_ROWS:,} of {len(unfolded):,} parameters; fit.posterior has all.")
    if len(folded) > MOST_ROWS:
        notes.append(
            f"Of {len(folded):,} folded values, the {MOST_ROWS:,} with the largest R-hat; fit.posterior has all."
        )
    return TraceView(
        rows=tuple(
            TraceRow(
                label=one.scalar.label,
                term=one.scalar.term,
                mean=one.mean,
                truth=truth.get(one.scalar.label),
                density=_density(one.scalar)
                if one.scalar.circular or one.scalar.label in estimated
                else None,
                circular=one.scalar.circular,
            )
            for one in shown
        ),
        notes=tuple(notes),
    )


def _worst(estimates: Sequence[Estimate], most: int) -> list[Estimate]:
    """Keep those whose chains agree least, in the order in which they stand."""
    if len(estimates) <= most:
        return list(estimates)
    ranked = sorted(estimates, key=lambda one: -np.nan_to_num(one.r_hat, nan=0.0))
    kept = {one.scalar.label for one in ranked[:most]}
    return [one for one in estimates if one.scalar.label in kept]


def _density(scalar: Scalar) -> Density:
    """Kernel densities of arviz-stats on one common grid, zero outside a chain's own range.

    Zero everywhere if a chain does not move, or has draws that are no finite numbers.
    """
    low, high = float(scalar.draws.min()), float(scalar.draws.max())
    grid = np.linspace(low, high, GRID) if moves(scalar.draws) else np.array([low])
    if scalar.draws.shape[1] < 2 or not all(moves(chain) for chain in scalar.draws):
        return Density(x=grid, y=np.zeros((len(scalar.draws), len(grid))))
    found = [_angles(chain) for chain in scalar.draws] if scalar.circular else _kernels(scalar.draws)
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
