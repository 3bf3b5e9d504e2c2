"""Where predictors are held while another moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from glm_magic.model import Column

_STEP = float(np.cbrt(np.finfo(float).eps))
"""The step of a central difference, as a part of the range of x, at which the error of truncation, of the order of the
step's square, and that of rounding, divided by the step, are of one size (Nocedal & Wright 2006, Numerical
Optimization, 2nd edition, section 8.1)."""


def reference_of(predictors: Iterable[Column], exposure: Mapping[str, float]) -> dict[str, float]:
    """Hold each predictor: its value, or for a factor the position of its reference level.

    Parameters
    ----------
    predictors : iterable of Column
    exposure : mapping of str to float
        Of `exposure_of`.

    Returns
    -------
    dict of str to float
    """
    return {
        column.name: exposure.get(column.name, 0.0 if column.levels else float(np.mean(column.values)))
        for column in predictors
    }


def places_of(values: NDArray[np.float64]) -> tuple[tuple[str, float], ...]:
    """Choose where a number stands when there is a fan at each of three places.

    Parameters
    ----------
    values : ndarray, shape (n_rows,)

    Returns
    -------
    tuple of (str, float)
        What each place is called, and its value, in ascending order.
    """
    mean, sd = float(np.mean(values)), float(np.std(values, ddof=1))
    low, high = float(np.min(values)), float(np.max(values))
    # A skewed variable has no values one standard deviation down, and log(z) may not exist there.
    below = ("mean - sd", mean - sd) if mean - sd >= low else ("smallest", low)
    above = ("mean + sd", mean + sd) if mean + sd <= high else ("largest", high)
    return below, ("mean", mean), above


def derivative_step(values: NDArray[np.float64]) -> float:
    """Choose how far apart the two ends of a difference quotient lie.

    Parameters
    ----------
    values : ndarray, shape (n_rows,)
        Of the variable.

    Returns
    -------
    float
    """
    width = float(np.ptp(values)) or max(1.0, float(np.abs(values).max()))
    return _STEP * width


def is_indicator(column: Column) -> bool:
    """Tell whether a number is 0 or 1 in every row.

    Parameters
    ----------
    column : Column

    Returns
    -------
    bool
    """
    return not column.levels and set(np.unique(column.values)) == {0.0, 1.0}
