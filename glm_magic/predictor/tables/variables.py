"""The values at which a predictor can be held."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glm_magic.model import Column
from glm_magic.predictor import numeric_grid
from glm_magic.predictor.places import is_indicator, places_of
from glm_magic.predictor.tables import Variable

ANYWHERE = np.zeros(0, dtype=np.int32)
MOST_WHOLE = 101
"""Whole numbers with no more values than this have a stop at each of them."""


def held_variable(
    column: Column, reference: float, reason: str, rows: NDArray[np.intp], *, whole: bool
) -> Variable:
    """Choose where a predictor can be held.

    Parameters
    ----------
    column : Column
    reference : float
        Where it starts: a number, or the position of a level.
    reason : str
        Why it cannot be moved; empty where it can.
    rows : ndarray of int, shape (n_rows,)
        Of the data, at which its values are kept.
    whole : bool
        Whether its values are whole numbers.

    Returns
    -------
    Variable
    """
    observed = np.asarray(column.values[rows], dtype=float)
    if reason:
        levels = column.levels[int(reference) : int(reference) + 1]
        grid = np.array([0.0 if levels else reference])
        return Variable(
            name=column.name,
            grid=grid,
            levels=levels,
            stops=ANYWHERE,
            start=0,
            reason=reason,
            observed=observed,
        )
    if column.levels:
        grid = np.arange(len(column.levels), dtype=float)
        return Variable(
            name=column.name,
            grid=grid,
            levels=column.levels,
            stops=ANYWHERE,
            start=int(reference),
            observed=observed,
        )
    own = np.unique(column.values)
    whole = whole and len(own) <= MOST_WHOLE
    places = places_of(column.values)
    marked = [value for _, value in places]
    grid = np.unique(np.concatenate([numeric_grid(column.values), [reference], marked, own if whole else []]))
    at = np.searchsorted(grid, np.union1d(own, [reference])).astype(np.int32) if whole else ANYWHERE
    return Variable(
        name=column.name,
        grid=grid,
        stops=at,
        start=int(np.searchsorted(grid, reference)),
        places=tuple((name, int(np.searchsorted(grid, value))) for name, value in places),
        observed=observed,
        indicator=is_indicator(column),
    )
