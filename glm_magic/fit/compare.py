"""Fits of one response, compared by how well they predict it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from glm_magic.errors import ModelError
from glm_magic.fit import Fit


def compare(fits: Mapping[str, Fit], method: str = "stacking", var_name: str | None = None) -> pd.DataFrame:
    """Compare fits by their leave-one-out cross-validation.

    Parameters
    ----------
    fits : mapping of str to Fit
        Of the same response in the same rows.
    method : {"stacking", "BB-pseudo-BMA", "pseudo-BMA"}
        How the weights are computed.
    var_name : str, optional
        The response, where the models have more than one.

    Returns
    -------
    pandas.DataFrame
        What `arviz_stats.compare` gives: a row per fit, the best first, with ``elpd``, its standard error ``se``,
        the difference ``elpd_diff`` to the best with its standard error ``dse``, the effective number of parameters
        ``p`` and the ``weight``. In ArviZ 1 a worse fit has a negative difference, before that a positive one.

    Raises
    ------
    ModelError
        If the fits are not of the same observations, or a fit has no model.

    Notes
    -----
    Each fit's `Fit.loo`, with its warnings. Weights by stacking: Yao, Vehtari, Simpson and Gelman 2018, Bayesian
    Analysis 13(3). A difference of less than 4, or of less than a few ``dse``, says little (Sivula, Magnusson,
    Matamoros and Vehtari 2025, arXiv 2008.10296).

    Examples
    --------
    >>> compare({"line": fit, "by school": other})  # doctest: +SKIP
    """
    import arviz_stats

    _check(fits)
    names = list(fits)
    for name in names[1:]:
        _check_same(names[0], fits[names[0]], name, fits[name])
    table: pd.DataFrame = arviz_stats.compare(
        {name: fit.loo(var_name) for name, fit in fits.items()}, method=method
    )
    return table


def _check(fits: object) -> None:
    """Refuse what is not several fits by name."""
    if isinstance(fits, Mapping) and len(fits) > 1 and all(isinstance(fit, Fit) for fit in fits.values()):
        return
    raise ModelError(
        "compare takes two or more fits by name", remedy='Write compare({"line": fit, "by school": other}).'
    )


def _check_same(first: str, one: Fit, second: str, other: Fit) -> None:
    """Refuse fits whose observations differ: their densities are not of the same thing."""
    both = [fit.posterior["observed_data"].to_dataset() for fit in (one, other)]
    names = [" and ".join(map(str, sorted(data.data_vars, key=str))) for data in both]
    if names[0] != names[1]:
        raise ModelError(
            f"{first!r} is a model of {names[0]}, and {second!r} of {names[1]}",
            remedy="Compare fits of the same response.",
        )
    for name in both[0].data_vars:
        ours, theirs = (np.asarray(data[name]) for data in both)
        if ours.shape != theirs.shape:
            rows = [len(np.atleast_1d(array)) for array in (ours, theirs)]
            raise ModelError(
                f"{first!r} has {rows[0]} rows, and {second!r} has {rows[1]}",
                remedy="Fit both to the rows that have every column of both.",
            )
        if not np.array_equal(ours, theirs):
            raise ModelError(
                f"{first!r} and {second!r} have other values of {name}",
                remedy="Fit both to the same rows, in the same order.",
            )
