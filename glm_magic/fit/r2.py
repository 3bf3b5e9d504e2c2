"""Bayesian R-squared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic import interrupts
from glm_magic.diagnose.interval import equal_tailed
from glm_magic.errors import ModelError
from glm_magic.interrupts import Answered, Listening
from glm_magic.model import FormulaSource
from glm_magic.posterior import Posterior, stacked
from glm_magic.predictor.formula.variance import has_variance, moments_at_data
from glm_magic.request.options import check_value
from glm_magic.turns import Turn

if TYPE_CHECKING:
    from glm_magic.fit import Fit

AT_ONCE = 4_000_000
"""Means that are computed at once: 32 MB."""


def r2(fit: Fit, prob: float | None = None) -> pd.DataFrame:
    r"""Compute the Bayesian R-squared: the share of the response's variance that the model explains.

    Parameters
    ----------
    prob : float, optional
        Probability of the equal-tailed interval; as in the panel when not given.

    Returns
    -------
    pandas.DataFrame
        One row, ``R2``: mean, sd and the interval's ends.

    Raises
    ------
    ModelError
        For a hand-written model, a response without mean and variance (categories, angles, quantiles), and a fit
        without its model.

    Notes
    -----
    Gelman, Goodrich, Gabry and Vehtari 2019, "R-squared for Bayesian Regression Models", The American
    Statistician 73(3), 307-309, in the form with the modelled residual variance: of each draw s

    .. math:: R^2_s = \frac{V_n(\mu_n^s)}{V_n(\mu_n^s) + \frac{1}{N} \sum_n \mathrm{Var}(y_n \mid \theta^s)}

    where :math:`\mu_n = E(y_n \mid \theta)`, with the effects of the groups, and :math:`V_n` is the variance of the
    N rows, divided by N - 1. The residual variance is the modelled one, such as :math:`\sigma^2` of a normal and
    :math:`p(1 - p)` of a yes or no; brms and Bambi take the variance of the residuals instead. Trials are
    counted as proportions; a censored or truncated response as it was before.
    """
    prob = fit._prob if prob is None else prob
    check_value("prob", prob, label="prob", error=ModelError)
    source = fit._living("r2").source
    if not isinstance(source, FormulaSource):
        raise ModelError(
            "r2 needs a formula: a hand-written model does not say what mean and variance of a row are",
            remedy="Use arviz_stats.bayesian_r2 with Deterministics of both.",
        )
    if not has_variance(source.family):
        raise ModelError(
            f"r2 needs a response with mean and variance, and the family {source.family} has none",
            remedy="Compare models of such a response by fit.loo().",
        )
    with Listening(), Answered("before R2 was computed"), Turn():
        draws = r2_of_draws(source, fit._record)
    interval = equal_tailed(prob)
    summary = {
        "mean": draws.mean(),
        "sd": draws.std(ddof=1),
        **dict(zip(interval.names, np.quantile(draws, interval.ends), strict=True)),
    }
    return pd.DataFrame(summary, index=["R2"])


def r2_of_draws(source: FormulaSource, posterior: Posterior) -> NDArray[np.float64]:
    """Compute the Bayesian R-squared of each draw.

    Parameters
    ----------
    source : FormulaSource
    posterior : Posterior

    Returns
    -------
    ndarray, shape (n_samples,)
        Chain by chain.
    """
    samples = stacked(posterior.draws)
    step = max(1, AT_ONCE // len(source.frame))
    found = []
    for start in range(0, samples.sizes["sample"], step):
        interrupts.look()
        mean, variance = moments_at_data(source, samples.isel(sample=slice(start, start + step)))
        mean, variance = np.broadcast_arrays(mean, variance)
        explained = mean.var(axis=1, ddof=1)
        found.append(explained / (explained + variance.mean(axis=1)))
    return np.concatenate(found)
