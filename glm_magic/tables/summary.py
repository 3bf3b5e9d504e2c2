"""The summary as a DataFrame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from glm_magic.diagnose.estimates import Estimate
from glm_magic.diagnose.interval import equal_tailed
from glm_magic.errors import ModelError
from glm_magic.request.options import check_value


def summary_frame(estimates: Sequence[Estimate], prob: float) -> pd.DataFrame:
    """Write the table as a DataFrame.

    Parameters
    ----------
    estimates : sequence of Estimate
    prob : float
        Probability of the equal-tailed interval.

    Returns
    -------
    pandas.DataFrame
        A row per number, all levels included; columns mean, sd, the two ends of the
        interval named by their percentage, ess_bulk, ess_tail, r_hat, mcse_mean.

    Raises
    ------
    ModelError
        If the probability is not one.
    """
    check_value("prob", prob, label="prob", error=ModelError)
    interval = equal_tailed(prob)
    # Between infinite draws there is no quantile: it is NaN.
    with np.errstate(invalid="ignore"):
        rows = [
            {
                "mean": one.mean,
                "sd": one.sd,
                **dict(zip(interval.names, np.quantile(one.scalar.draws, interval.ends), strict=True)),
                "ess_bulk": one.ess_bulk,
                "ess_tail": one.ess_tail,
                "r_hat": one.r_hat,
                "mcse_mean": one.mcse_mean,
            }
            for one in estimates
        ]
    return pd.DataFrame(rows, index=pd.Index([one.scalar.label for one in estimates], name="parameter"))
