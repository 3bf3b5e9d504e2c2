"""fit.prior_predictive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glm_magic.errors import ModelError
from glm_magic.interrupts import Answered, Listening
from glm_magic.request.options import check_value
from glm_magic.turns import Turn

if TYPE_CHECKING:
    import xarray

    from glm_magic.fit import Fit


def prior_predictive(fit: Fit, draws: int = 500, seed: int | None = None) -> xarray.DataTree:
    """Draw parameters from the prior, and the data from those.

    Parameters
    ----------
    draws : int
    seed : int, optional
        The fit's own when not given.

    Returns
    -------
    xarray.DataTree
        Groups ``prior``, with the intercept where the predictors are zero among its variables,
        ``prior_predictive`` and ``observed_data``, as ArviZ names them.

    Raises
    ------
    ModelError
        For a loaded fit whose file holds no model, and for a prior that cannot be drawn from, such as a flat one.

    Notes
    -----
    By ``pm.sample_prior_predictive`` with ``fit.model``.
    """
    from glm_magic.predict.replicated import from_prior

    model = fit._living("prior_predictive")
    check_value("draws", draws, label="draws", error=ModelError)
    if seed is not None:
        check_value("seed", seed, label="seed", error=ModelError)
    with Listening(), Answered("before the prior was drawn from"), Turn():
        return from_prior(model, int(draws), fit._record.seed if seed is None else seed)
