"""E[y | x] at new values of the predictors, from a finished fit."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic.data import as_table
from glm_magic.errors import DataError, Extrapolation, ModelError, did_you_mean
from glm_magic.model import Column, FormulaSource, Model
from glm_magic.model.columns import undrawn_columns
from glm_magic.posterior import Posterior
from glm_magic.predictor import Curves, Linear
from glm_magic.predictor.expectation import effects, means_over
from glm_magic.predictor.formula import common_columns
from glm_magic.predictor.group import average, slopes_of
from glm_magic.predictor.words import modelled, no_value
from glm_magic.request.options import check_value
from glm_magic.views.lines import averaged, response_over, stacked


def predict(model: Model, posterior: Posterior, new: Any, prob: float) -> pd.DataFrame:
    """Summarise the mean of the response at new rows.

    Parameters
    ----------
    model : Model
        Of a formula.
    posterior : Posterior
    new : frame, or mapping of str to array or to one value
        A column for each predictor. A grouping factor that is left out stays at the population;
        one that is given adds its level's own effects.
    prob : float
        Probability of the equal-tailed interval.

    Returns
    -------
    pandas.DataFrame
        The rows of `new` with mean, sd and the interval's ends. The name of its columns says what
        they summarise, ``"E[math], for an average school"``, as does ``attrs["modelled"]``.

    Warns
    -----
    Extrapolation
        If a value lies outside the data.

    Raises
    ------
    ModelError
        For a hand-written model, whose new rows only its author can describe, and for a formula with a
        function that computes with a whole column, such as ``np.argsort(v)``.
    DataError
        If a predictor is missing, or a level is unknown.
    """
    source = model.source
    if not isinstance(source, FormulaSource):
        raise ModelError(
            "predict needs a formula: a hand-written model does not say which column is which",
            remedy="Use pm.set_data and pm.sample_posterior_predictive with fit.model and fit.posterior.",
        )
    check_value("prob", prob, label="prob", error=ModelError)
    for _, reason in no_value(source):
        raise ModelError(f"predict cannot be used: {reason}")
    given = _rows(new)
    factors = _factors(model, source, given)
    needed = {column.name for column in common_columns(model, source)} | slopes_of(source, factors)
    needed |= set(undrawn_columns(source.bambi, source.frame))
    missing = [name for name in source.frame.columns if name in needed - set(given.columns)]
    if missing:
        raise DataError(
            f"the new data lack {', '.join(map(repr, missing))}",
            remedy=did_you_mean(missing[0], [str(name) for name in given.columns]),
        )
    frame = _in_own_types(source, model.predictors, given)
    notes = _outside(source, model.predictors, given)
    for note in notes:
        # At the line that calls fit.predict.
        warnings.warn(note, Extrapolation, stacklevel=3)
    samples = stacked(posterior.draws)
    parts = []
    for category, mean in means_over(source, frame, factors):
        draws = response_over(mean, samples)
        made: dict[str, Any] = {"category": category} if category else {}
        made |= _summary(mean, draws, prob)
        # A predictor may be called like a column of this table.
        part = given.rename(columns={name: f"{name} (given)" for name in made})
        parts.append(part.assign(**made))
    table = pd.concat(parts, ignore_index=True)
    population = average(source, factors)
    words = modelled(source, {})
    table.columns.name = f"{words}, for {population}" if population else words
    table.attrs = {"modelled": words, "population": population, "notes": notes}
    return table


def _rows(new: Any) -> pd.DataFrame:
    """Bring new values to a frame: they are a frame of any kind, or columns in which one value is for all rows."""
    frame = None if isinstance(new, Mapping) else as_table(new, "the new data").frame
    named = new if frame is None else {name: frame[name] for name in frame.columns}
    columns = {str(name): np.atleast_1d(np.asarray(values)) for name, values in named.items()}
    for name, values in columns.items():
        if values.ndim > 1:
            raise DataError(f"{name} has {values.ndim} dimensions in the new data, and a column has one")
    lengths = {name: len(values) for name, values in columns.items() if len(values) != 1}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise DataError(
            f"the new columns differ in length: {listed}", remedy="Give one value, or one for each row."
        )
    rows = next(iter(lengths.values()), 1 if frame is None else len(frame))
    full = {
        name: values if len(values) == rows else np.repeat(values, rows) for name, values in columns.items()
    }
    return pd.DataFrame(full, index=range(rows))


def _outside(source: FormulaSource, columns: tuple[Column, ...], given: pd.DataFrame) -> list[str]:
    """Say which new values lie outside the data, where the formula is followed without evidence."""
    notes = []
    for column in columns:
        if column.levels or column.name not in given:
            continue
        own = source.frame[column.name].to_numpy(dtype=float)
        low, high = own.min(), own.max()
        rounding = 1e-9 * max(abs(low), abs(high))
        values = pd.to_numeric(given[column.name]).to_numpy(dtype=float)
        outside = values[(values < low - rounding) | (values > high + rounding)]
        if len(outside):
            notes.append(
                f"{column.name} = {', '.join(f'{value:.4g}' for value in outside[:3])}{' ...' * (len(outside) > 3)} "
                f"is outside the data, where {column.name} is from {low:.4g} to {high:.4g}"
            )
    return notes


def _factors(model: Model, source: FormulaSource, given: pd.DataFrame) -> set[str]:
    """List the grouping factors that the new rows name; the others stay at the population.

    A number that is a predictor too, as in ``year + (1|year)``, has no effects at a new value:
    it stays at the population.
    """
    levelled = {column.name for column in model.predictors if column.levels}
    terms = [factors for _, factors, _ in effects(source)]
    named = {name for factors in terms for name in factors if name in given} & levelled
    for name in sorted(named):
        if not any(name in factors and factors <= named for factors in terms):
            partners = min((factors for factors in terms if name in factors), key=len) - named
            raise DataError(
                f"{name} has effects only together with {' and '.join(sorted(partners))}",
                remedy="Give both, or neither for the population's mean.",
            )
    return named


def _in_own_types(source: FormulaSource, columns: tuple[Column, ...], given: pd.DataFrame) -> pd.DataFrame:
    """Give new values the dtypes of the data, and fill what the mean does not need."""
    made = {}
    for name in undrawn_columns(source.bambi, source.frame):
        # A function takes it as it is.
        made[name] = given[name]
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
    return pd.DataFrame(made, index=given.index)


def _numbers(name: str, values: pd.Series[Any]) -> pd.Series[Any]:
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    if not np.isfinite(numbers).all():
        raise DataError(
            f"{name} needs finite numbers in the new data, not {values[~np.isfinite(numbers)].iloc[0]}"
        )
    return numbers


def _summary(
    mean: Linear | Curves, draws: NDArray[np.float64], prob: float
) -> dict[str, NDArray[np.float64]]:
    low, high = (1 - prob) / 2, (1 + prob) / 2
    centre = averaged(mean, draws)
    apart = draws - centre
    if isinstance(mean, Curves) and mean.circular:
        # From the mean direction, so that 3.1 and -3.1 are near each other.
        apart = np.angle(np.exp(1j * apart))
    return {
        "mean": centre,
        "sd": apart.std(axis=0, ddof=1),
        f"{100 * low:g}%": centre + np.quantile(apart, low, axis=0),
        f"{100 * high:g}%": centre + np.quantile(apart, high, axis=0),
    }
