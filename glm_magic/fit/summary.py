"""The summary table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from glm_magic.diagnose.estimates import Estimate
from glm_magic.fit.whole import probability, summarised
from glm_magic.tables.choose import Kind, Transform, chosen, transformed
from glm_magic.tables.summary import summary_frame

if TYPE_CHECKING:
    from glm_magic.fit import Fit


def summary(
    fit: Fit,
    prob: float | None = None,
    *,
    kind: Kind = "all",
    names: str | Sequence[str] | None = None,
    transform: Transform | None = None,
) -> pd.DataFrame:
    """Summarise the posterior, a row per number.

    Parameters
    ----------
    prob : float, optional
        Probability of the equal-tailed interval; as in the panel when not given.
    kind : {"all", "population", "groups"}
        All numbers; all but the levels of group-specific terms, whose standard deviations stay; or these
        levels alone.
    names : str or list of str, optional
        The numbers to show, in this order: ``"x"``, ``"g[b]"``; the name of a variable, ``"g"``, is all of
        its numbers.
    transform : str or callable, optional
        Computed of the draws before they are summarised, so that the mean is that of exp(x) and not exp of
        the mean: exp, expm1, log, sqrt, abs, expit, logit, or a function of an array of draws, chain by
        draw. The name of the columns, and ``attrs["transform"]``, say which.

    Returns
    -------
    pandas.DataFrame
        Columns mean, sd, the interval's ends, ess_bulk, ess_tail, r_hat, mcse_mean.

    Raises
    ------
    ModelError
        If no number of the posterior can be summarised, or the transform gives no number.
    FormulaError
        If there is no number of a name.

    Notes
    -----
    - mean: Mean of all draws
    - sd: Standard deviation of all draws: how uncertain the parameter is
    - interval: Equal-tailed interval: as much of the posterior lies below it as above
    - ess_bulk: How many independent draws the mean is worth; 100 per chain or more are advised
    - ess_tail: How many independent draws the ends of the interval are worth; 100 per chain or more are advised
    - r_hat: How far the chains disagree: 1 when they agree, above 1.01 draw more
    - mcse_mean: Monte Carlo standard error: how far the mean would move if the sampling were repeated

    The parameters are explained below the panel's Summary: ``1|school_sigma``, for one, is how much
    the intercept differs between schools, a standard deviation.

    Examples
    --------
    >>> fit.summary(kind="population", transform="exp")  # odds ratios of a logistic regression  # doctest: +SKIP
    """
    rows, prob, name = asked_rows(fit, prob, kind, names, transform)
    table = summary_frame(rows, prob)
    if name is not None:
        table.columns.name = f"{name}(parameter)"
        table.attrs["transform"] = name
    return table


def asked_rows(
    fit: Fit,
    prob: float | None,
    kind: Kind,
    names: str | Sequence[str] | None,
    transform: Transform | None,
) -> tuple[Sequence[Estimate], float, str | None]:
    """Give the rows that are asked for, the probability of their interval, and the name of the transform.

    Parameters
    ----------
    fit : Fit
    prob, kind, names, transform
        As in `summary`.

    Returns
    -------
    (sequence of Estimate, float, str or None)
    """
    rows = chosen(summarised(fit), fit._record, kind, names)
    prob = probability(fit, prob)
    if transform is None:
        return rows, prob, None
    rows, name = transformed(rows, transform)
    return rows, prob, name
