"""What nutpie is told of a posterior: which mass matrix to adapt, and which acceptance rate to aim at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glm_magic import _stack
from glm_magic.engines.approach import Density
from glm_magic.engines.shape import shape
from glm_magic.request import Options

WIDEST = 60
"""Most parameters whose correlations the mass matrix may have; with 100 they cost seconds of each fit."""
CAREFUL_ACCEPTANCE = 0.9
"""Target where parameters are correlated, and least target of a chain that begins again."""
OWN_MASS = frozenset({
    "adaptation", "sampler", "low_rank_modified_mass_matrix", "transform_adapt", "use_grad_based_mass_matrix",
})  # fmt: skip
"""Settings of nutpie by which users choose a mass matrix of their own."""


def adaptation(
    density: Density, starts: Iterable[NDArray[np.float64]], options: Options, *, wide: int
) -> dict[str, Any]:
    """Choose a mass matrix that has correlations too, and smaller steps, where the posterior asks for them.

    Predictors that are not centred correlate the coefficients, and groups their mean with the intercept. With a
    diagonal the chains then have so few effective draws that R-hat passes 1.01 by chance.

    Parameters
    ----------
    density : callable
    starts : iterable of ndarray, shape (n_dim,)
        Where the climb towards the posterior may begin.
    options : Options
        A mass matrix that the user chose is left alone.
    wide : int
        Parameters of the model, unconstrained.

    Returns
    -------
    dict of str to object
        Settings of nutpie; empty for its own defaults.
    """
    if wide > WIDEST or OWN_MASS & options.settings.engine.keys():
        return {}
    low_rank = _stack.nutpie_mass("low_rank")
    careful = {"target_accept": CAREFUL_ACCEPTANCE, **low_rank}
    return {"correlated": careful, "open": low_rank}.get(shape(density, starts), {})


def asked(options: Options) -> dict[str, Any]:
    """Give the settings of nutpie that the user chose.

    Parameters
    ----------
    options : Options

    Returns
    -------
    dict of str to object
    """
    own = {"target_accept": options.target_accept, "maxdepth": options.settings.max_treedepth}
    return {name: value for name, value in own.items() if value is not None} | dict(options.settings.engine)
