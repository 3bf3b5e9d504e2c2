"""Inverse links, as Bambi defines them (``bambi.families.link``)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from glm_magic.predictor import Link

INVERSE: dict[Link, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "identity": lambda eta: eta,
    "log": np.exp,
    "logit": expit,
    "probit": ndtr,
    "cloglog": lambda eta: -np.expm1(-np.exp(eta)),
    "loglog": lambda eta: np.exp(-np.exp(-eta)),
    "inverse": lambda eta: 1 / eta,
    "inverse_squared": lambda eta: 1 / np.sqrt(eta),
    "sqrt": np.square,
    "softplus": lambda eta: np.logaddexp(0, eta),
    "cauchit": lambda eta: 0.5 + np.arctan(eta) / np.pi,
    "tan_2": lambda eta: 2 * np.arctan(eta),
}


def inverse_link(link: Link, eta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring a linear predictor to the response scale.

    Parameters
    ----------
    link : Link
    eta : ndarray
        Linear predictor, any shape.

    Returns
    -------
    ndarray
        Of the same shape; not finite where the link has no inverse (1 / 0).
    """
    # A draw outside the link's domain is drawn as a gap; it is no reason to warn per point.
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return INVERSE[link](np.asarray(eta, dtype=float))
