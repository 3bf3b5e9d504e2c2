"""Leave-one-out cross-validation of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xarray

from glm_magic.errors import ModelError, did_you_mean
from glm_magic.fit.log_likelihood import log_likelihood
from glm_magic.interrupts import Answered, Listening
from glm_magic.turns import Turn

if TYPE_CHECKING:
    from glm_magic.fit import Fit


def loo(fit: Fit, var_name: str | None = None, draws: int | None = None) -> Any:
    """Estimate how well the model predicts an observation that it has not seen: PSIS-LOO.

    Parameters
    ----------
    var_name : str, optional
        The response, where a model has more than one.
    draws : int, optional
        How many draws are used, spread evenly over the chains; all of them when not given.

    Returns
    -------
    arviz_stats.ELPDData
        ``elpd`` with its standard error ``se``, the effective number of parameters ``p``, and for each
        observation ``elpd_i`` and ``pareto_k``. What it prints counts the observations whose ``pareto_k`` is above
        ``good_k``: without them the posterior is so different that their part of ``elpd`` is a guess.

    Raises
    ------
    ModelError
        For a fit without its model, if `var_name` is no response, and if there are more than 500 million log
        densities (4 GB): then take fewer draws.

    Warns
    -----
    UserWarning
        If some ``pareto_k`` is above ``good_k``.

    Notes
    -----
    The expected log pointwise predictive density is estimated from the draws by Pareto smoothed importance
    sampling (Vehtari, Gelman and Gabry 2017, Statistics and Computing 27(5)), as ArviZ does it; ``good_k`` is
    ``min(1 - 1 / log10(S), 0.7)`` of S draws (Vehtari et al. 2024, Journal of Machine Learning Research 25(72)).
    A few observations above it belong to a flexible model or are outliers: ``loo.pareto_k`` says which they are.
    """
    import arviz_stats

    pointwise = log_likelihood(fit, draws)
    name = response_of(pointwise, var_name)
    tree = xarray.DataTree.from_dict(
        {
            "posterior": fit.posterior["posterior"].to_dataset().sel(draw=pointwise["draw"]),
            "log_likelihood": pointwise[[name]],
        }
    )
    with Listening(), Answered("before loo was computed"), Turn():
        return arviz_stats.loo(tree, pointwise=True, var_name=name)


def response_of(pointwise: xarray.Dataset, var_name: str | None) -> str:
    """Find the response that is meant.

    Parameters
    ----------
    pointwise : xarray.Dataset
        Log likelihood by response.
    var_name : str or None

    Returns
    -------
    str
    """
    names = [str(name) for name in pointwise.data_vars]
    if var_name in names:
        return str(var_name)
    if var_name is not None:
        raise ModelError(f"the model has no response {var_name!r}", remedy=did_you_mean(str(var_name), names))
    if len(names) > 1:
        raise ModelError(
            f"the model has {len(names)} responses: {', '.join(names)}",
            remedy=f"Say which is meant: loo(var_name={names[0]!r}).",
        )
    return names[0]
