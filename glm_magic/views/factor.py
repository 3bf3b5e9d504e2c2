"""Curves as a few columns.

Lines of a model whose predictor is affine in its parameters lie in a space of as many
dimensions as there are parameters in it, whatever the curves look like and whoever wrote
the model. A singular value decomposition finds that space, and the browser multiplies.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_COLUMNS = 16
TOLERANCE = 1e-6
# Of the spread of the lines: a tenth of a pixel in a picture a thousand pixels high.
VISIBLE = 1e-4
FEW = 64
"""Lines whose spread is looked at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """Curves as ``scores @ rows.T + centre``.

    Attributes
    ----------
    scores : ndarray, shape (n_lines, rank)
    rows : ndarray, shape (n_grid, rank)
    centre : ndarray, shape (n_grid,)
    """

    scores: NDArray[np.float64]
    rows: NDArray[np.float64]
    centre: NDArray[np.float64]


def factor(curves: NDArray[np.float64]) -> Factors | None:
    """Factor curves if few columns hold them to within `TOLERANCE` of their spread.

    Parameters
    ----------
    curves : ndarray, shape (n_lines, n_grid)

    Returns
    -------
    Factors or None
        None where whole curves are shorter, or not finite.
    """
    if not np.isfinite(curves).all():
        return None
    centre = curves.mean(axis=0)
    left, values, right = np.linalg.svd(curves - centre, full_matrices=False)
    # The error of leaving the rest out is at most the first singular value left out.
    rank = int((values > TOLERANCE * max(values[0], 1e-300)).sum())
    n_lines, n_grid = curves.shape
    if rank > MOST_COLUMNS or rank * (n_lines + n_grid) >= n_lines * n_grid:
        return None
    return Factors(scores=left[:, :rank] * values[:rank], rows=right[:rank].T, centre=centre)


def holds_in_single(
    draws: NDArray[np.float64], rows: NDArray[np.float64], offset: NDArray[np.float64]
) -> bool:
    """Tell whether lines can still be multiplied from 4-byte numbers.

    Parameters
    ----------
    draws : ndarray, shape (n_lines, p)
    rows : ndarray, shape (n_grid, p)
    offset : ndarray, shape (n_grid,)

    Returns
    -------
    bool
        Whether rounding moves every line by less than `VISIBLE` of the lines' spread.
    """
    # Nearly always the spread of some lines is enough for all that rounding can do, and no other is computed.
    if _most_rounding(draws, rows, offset) <= VISIBLE * np.ptp(draws[:FEW] @ rows.T + offset):
        return True
    eta = draws @ rows.T + offset
    draws, rows, offset = (array.astype(np.float32).astype(float) for array in (draws, rows, offset))
    return bool(np.abs(draws @ rows.T + offset - eta).max() <= VISIBLE * np.ptp(eta))


def _most_rounding(
    draws: NDArray[np.float64], rows: NDArray[np.float64], offset: NDArray[np.float64]
) -> float:
    """Bound what rounding to 4 bytes can do to a line: each number moves by 2**-24 of itself or by 2**-150."""
    largest_draws, largest_rows = abs(draws).max(axis=0, initial=0.0), abs(rows).max(axis=0, initial=0.0)
    largest = np.concatenate([largest_draws, largest_rows, abs(offset)])
    # Not a number is not smaller than anything.
    if not (largest <= np.finfo(np.float32).max).all():
        return np.inf
    size = float(largest_draws @ largest_rows) + float(abs(offset).max(initial=0.0))
    return 2.0**-22 * size + 2.0**-148 * (1 + float(largest.sum()))
