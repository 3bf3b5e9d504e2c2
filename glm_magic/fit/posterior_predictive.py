"""fit.posterior_predictive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glm_magic.errors import ModelError
from glm_magic.interrupts import Answered, Listening
from glm_magic.request.options import check_value
from glm_magic.turns import Turn

if TYPE_CHECKING:
    import xarray

    from glm_magic.fit import Fit


def posterior_predictive(fit: Fit, seed: int | None = None) -> xarray.DataTree:
    """Draw the data anew, once for each draw of the posterior.

    Parameters
    ----------
    seed : int, optional
        The fit's own when not given.

    Returns
    -------
    xarray.DataTree
        A copy of ``fit.posterior`` with the group ``posterior_predictive``, which ArviZ's checks, such as
        ``az.plot_ppc_dist``, compare with ``observed_data``. Whole numbers stay whole.

    Raises
    ------
    ModelError
        For a loaded fit whose file holds no model, and for a model without an observed variable.

    Notes
    -----
    Groups keep their own effects. Censored and truncated responses are drawn as they were observed. A formula
    needs no compiling; a hand-written model is drawn from by ``pm.sample_posterior_predictive``.
    """
    import xarray

    from glm_magic.predict.replicated import from_posterior

    model = fit._predicting("posterior_predictive")
    if seed is not None:
        check_value("seed", seed, label="seed", error=ModelError)
    with Listening(), Answered("before the observations were drawn"), Turn():
        drawn = from_posterior(model, fit._record, fit._record.seed if seed is None else seed)
        return fit.posterior.copy().assign({"posterior_predictive": xarray.DataTree(drawn)})
