"""E[y | x] at new values of the predictors, from a finished fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic.errors import DataError, ModelError, did_you_mean
from glm_magic.model import Column, FormulaSource, Model
from glm_magic.posterior import Posterior
from glm_magic.predictor import Curves, Linear
from glm_magic.predictor.expectation import is_affine, means_over
from glm_magic.predictor.formula import common_columns
from glm_magic.predictor.group import with_effects
from glm_magic.views.fan import response_over, stacked


def predict(
    model: Model, posterior: Posterior, new: Mapping[str, Any] | pd.DataFrame, prob: float
) -> pd.DataFrame:
    """Summarise the mean of the response at new rows.

    Parameters
    ----------
    model : Model
        Of a formula.
    posterior : Posterior
    new : mapping of str to array, or pandas.DataFrame
        A column for each predictor; grouping factors may be left out.
    prob : float
        Probability of the equal-tailed interval.

    Returns
    -------
    pandas.DataFrame
        The rows of `new` with mean, sd and the interval's ends.

    Raises
    ------
    ModelError
        For a hand-written model, whose new rows only its author can describe.
    DataError
        If a predictor is missing, or a level is unknown.
    """
    source = model.source
    if not isinstance(source, FormulaSource):
        raise ModelError(
            "predict needs a formula: a hand-written model does not say which column is which",
            remedy="Use pm.set_data and pm.sample_posterior_predictive with fit.model and fit.posterior.",
        )
    given = pd.DataFrame({name: np.atleast_1d(np.asarray(values)) for name, values in new.items()})
    needed = common_columns(model, source)
    missing = [column.name for column in needed if column.name not in given]
    if missing:
        raise DataError(
            f"the new data lack {', '.join(map(repr, missing))}",
            remedy=did_you_mean(missing[0], [str(name) for name in given.columns]),
        )
    frame = _in_own_types(source, model.predictors, given)
    samples = stacked(posterior.draws)
    parts = []
    for category, mean in _means(source, model, frame, given):
        draws = response_over(mean, samples)
        part = given.copy()
        if category:
            part["category"] = category
        parts.append(part.assign(**_summary(draws, prob)))
    return pd.concat(parts, ignore_index=True)


def _means(
    source: FormulaSource, model: Model, frame: pd.DataFrame, given: pd.DataFrame
) -> list[tuple[str, Linear | Curves]]:
    """Take the population's mean, or that of the groups that the new rows name."""
    common = {column.name for column in common_columns(model, source)}
    groups = [
        column.name for column in model.predictors if column.name in given and column.name not in common
    ]
    if not groups:
        return means_over(source, frame)
    if not is_affine(source):
        raise ModelError(
            f"predict for levels of {', '.join(groups)} is not possible with family {source.family!r}",
            remedy="Leave the grouping factors out for the population's mean.",
        )
    return [("", with_effects(source, frame, set(groups)))]


def _in_own_types(source: FormulaSource, columns: tuple[Column, ...], given: pd.DataFrame) -> pd.DataFrame:
    """Give new values the dtypes of the data, and fill what the mean does not need."""
    made = {}
    for column in columns:
        own = source.frame[column.name]
        if column.name not in given:
            # Only grouping factors are left out; any level will do, for their effects are not used.
            made[column.name] = pd.Series([own.iloc[0]] * len(given), dtype=own.dtype)
            continue
        values = given[column.name]
        if not column.levels:
            made[column.name] = _numbers(column.name, values)
            continue
        known = {str(level): level for level in own.unique()}
        unknown = [str(value) for value in values if str(value) not in known]
        if unknown:
            raise DataError(
                f"{column.name} has no level {unknown[0]!r}", remedy=did_you_mean(unknown[0], known)
            )
        made[column.name] = pd.Series([known[str(value)] for value in values], dtype=own.dtype)
    return pd.DataFrame(made)


def _numbers(name: str, values: pd.Series[Any]) -> pd.Series[Any]:
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    if not np.isfinite(numbers).all():
        raise DataError(
            f"{name} needs finite numbers in the new data, not {values[~np.isfinite(numbers)].iloc[0]!r}"
        )
    return numbers


def _summary(draws: NDArray[np.float64], prob: float) -> dict[str, NDArray[np.float64]]:
    low, high = (1 - prob) / 2, (1 + prob) / 2
    return {
        "mean": draws.mean(axis=0),
        "sd": draws.std(axis=0, ddof=1),
        f"{100 * low:g}%": np.quantile(draws, low, axis=0),
        f"{100 * high:g}%": np.quantile(draws, high, axis=0),
    }
