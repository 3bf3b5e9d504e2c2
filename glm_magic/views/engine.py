"""What the browser samples again: the program, where its chains begin, and what PyMC says of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glm_magic.engines.instant import Program
from glm_magic.wire import EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """One number as a sum of products of others.

    The sum over k of ``weights[k] * x[at[k]] * x[scales[k]] ** power``, plus a constant; without the last factor
    where ``scales[k]`` is -1.

    Attributes
    ----------
    constant : float
    at : ndarray of int, shape (n_terms,)
    weights : ndarray, shape (n_terms,)
    scales : ndarray of int, shape (n_terms,)
    power : int
        1, or -1 for an offset, which is its effect divided by the scale.
    """

    constant: float
    at: NDArray[np.int32]
    weights: NDArray[np.float64] = field(metadata=EXACT)
    scales: NDArray[np.int32]
    power: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineView:
    """What the page samples.

    Attributes
    ----------
    program : Program
        Before it is compressed, so that its rows are those of the Data tab.
    columns : tuple of Sum
        Each column of the shipped draws by the constrained coordinates.
    coordinates : tuple of Sum or None
        Each constrained coordinate by the columns of the shipped draws; None where these do not determine it.
    starts : ndarray, shape (n_chains, n_dim)
        Where chains begin, unconstrained.
    steps : ndarray, shape (n_chains,)
        Step sizes.
    mass : ndarray, shape (n_dim,)
        Variances of the unconstrained draws.
    points : ndarray, shape (n_points, n_dim)
        Unconstrained points at which the page compares itself with PyMC.
    values : ndarray, shape (n_points,)
        PyMC's log density there.
    gradients : ndarray, shape (n_points, n_dim)
        PyMC's gradient there.
    """

    program: Program = field(metadata=EXACT)
    columns: tuple[Sum, ...]
    coordinates: tuple[Sum, ...] | None
    starts: NDArray[np.float64] = field(metadata=EXACT)
    steps: NDArray[np.float64] = field(metadata=EXACT)
    mass: NDArray[np.float64] = field(metadata=EXACT)
    points: NDArray[np.float64] = field(metadata=EXACT)
    values: NDArray[np.float64] = field(metadata=EXACT)
    gradients: NDArray[np.float64] = field(metadata=EXACT)
