"""The mean of the response over draws, on its own scale."""

from __future__ import annotations

import numpy as np
import xarray
from numpy.typing import NDArray

from glm_magic.predictor import Curves, Linear
from glm_magic.predictor.formula.design import coefficients_of
from glm_magic.predictor.links import inverse_link


def response_over(mean: Linear | Curves, samples: xarray.Dataset) -> NDArray[np.float64]:
    """Evaluate a mean.

    Parameters
    ----------
    mean : Linear or Curves
    samples : xarray.Dataset
        Draws, dim ``sample`` first, as `posterior.stacked` gives them.

    Returns
    -------
    ndarray, shape (n_samples, n_grid)
        On the scale of the response.
    """
    eta = _multiplied(mean, samples) if isinstance(mean, Linear) else one_of(mean, mean.evaluate(samples))
    return inverse_link(mean.link, eta)


def averaged(mean: Linear | Curves, lines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average lines, angles on the circle.

    Parameters
    ----------
    mean : Linear or Curves
    lines : ndarray, shape (n_samples, n_grid)
        On the scale of the response.

    Returns
    -------
    ndarray, shape (n_grid,)
    """
    if isinstance(mean, Curves) and mean.circular:
        return np.asarray(np.angle(np.exp(1j * lines).mean(axis=0)))
    return np.asarray(lines.mean(axis=0))


def one_of(mean: Curves, curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take the curves of a mean's own category from those of all of them.

    Parameters
    ----------
    mean : Curves
    curves : ndarray, shape (n_samples, n_grid) or (n_samples, n_grid, n_categories)
        Of its `evaluate`.

    Returns
    -------
    ndarray, shape (n_samples, n_grid)
    """
    return curves if mean.category is None else curves[..., mean.category]


def _multiplied(mean: Linear, samples: xarray.Dataset) -> NDArray[np.float64]:
    # Draw by draw in memory for each row: that is how they are summarised.
    product: NDArray[np.float64] = mean.rows @ coefficients_of(mean, samples).T
    product += mean.offset[:, np.newaxis]
    return product.T
