"""Do the predictors of a binary response overlap? Told by maximum likelihood, where that can tell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

STEPS = 20
SLACK = 1e-7
"""How far a direction may separate before it counts."""
FARTHEST = 30.0
"""Of a linear predictor: beyond it a probability is 0 or 1 but for 1e-13."""


def separated(signed: NDArray[np.float64]) -> bool | None:
    """Tell by Newton's method whether a direction separates zeros and ones.

    A finite maximum likelihood estimate exists if and only if none does (Albert & Anderson 1984, Biometrika
    71(1), 1-10). Where the estimate is found, the residuals ``w`` are positive and ``sum(w * signed)`` is zero;
    so for any direction ``b`` with ``signed @ b >= 0`` and elements within 1, the sum of ``signed @ b`` is at
    most the norm of that gradient over the smallest residual. Where the steps end at a point that tells all rows
    apart, that is such a direction.

    Parameters
    ----------
    signed : ndarray, shape (n_rows, n_columns)
        Rows of the design, negative where the response is 0; elements within 1.

    Returns
    -------
    bool or None
        None where this does not tell: where some rows are told apart and others are not, say.
    """
    b = np.zeros(signed.shape[1])
    for _ in range(STEPS):
        eta = signed @ b
        if eta.min() > SLACK * abs(b).max():
            return True
        if abs(eta).max(initial=0.0) > FARTHEST:
            return None
        # The probability of what was not observed.
        residual = expit(-eta)
        gradient = residual @ signed
        if abs(gradient).sum() <= SLACK * residual.min():
            return False
        curvature = (signed * (residual * (1 - residual))[:, np.newaxis]).T @ signed
        try:
            b = b + np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError:
            return None
    return None
