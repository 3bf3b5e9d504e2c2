"""One draw of a whole array of random variables, without compiling."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc
from numpy.typing import NDArray
from pytensor.compile.mode import Mode


def drawn(distribution: Any, rng: np.random.Generator) -> NDArray[Any]:
    """Draw once from a PyMC distribution whose parameters are arrays.

    Parameters
    ----------
    distribution : TensorVariable
        Of ``pymc.Normal.dist(...)`` and the like.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray
    """
    # NumPy draws all numbers in one call, which compiling, of a second or more, could not make quicker.
    mode = Mode(linker="py", optimizer="fast_compile")
    return np.asarray(pymc.draw(distribution, random_seed=rng, mode=mode))
