"""New observations: the family's distribution, at each draw of its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from bambi.families.family import get_response_dist
from numpy.typing import NDArray

from glm_magic._stack import bambi_response_term
from glm_magic.errors import DataError
from glm_magic.model import FormulaSource
from glm_magic.model.columns import inner_name
from glm_magic.model.families import CATEGORICAL, COLUMNS, PER_CATEGORY
from glm_magic.predict.bounds import Bounds, columns_of_bounds, within
from glm_magic.predict.drawing import drawn
from glm_magic.predict.mixtures import COUNTS, category, counts, dirichlet, with_zeros
from glm_magic.predict.rows import brought, check_columns

ONE_OF_SEVERAL = CATEGORICAL & PER_CATEGORY
"""Families whose response is one of several categories."""


def simulated(
    source: FormulaSource,
    parameters: Mapping[str, NDArray[np.float64]],
    trials: NDArray[np.int64] | None,
    bounds: Bounds | None,
    rng: np.random.Generator,
) -> NDArray[Any]:
    """Draw one new observation for each draw and row.

    Parameters
    ----------
    source : FormulaSource
    parameters : mapping of str to ndarray
        Of the family: shape (n_samples, n_rows[, n_categories]), or (n_samples, 1).
    trials : ndarray, shape (n_rows,), or None
        Of a family that has trials.
    bounds : tuple of ndarray, shape (n_rows,) or (1,), or None
        Between which the response is observed.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n_samples, n_rows[, n_categories])
        Counts and categories as whole numbers.
    """
    family = source.bambi.family
    if family.name in ONE_OF_SEVERAL:
        return category(parameters[family.likelihood.parent], rng)
    if family.name in COLUMNS:
        assert trials is not None
        shares = parameters[family.likelihood.parent]
        if family.name == "dirichlet_multinomial":
            shares = dirichlet(shares, rng)
        return counts(trials, shares, rng)
    given: dict[str, Any] = dict(parameters)
    if trials is not None:
        given["n"] = trials[np.newaxis]

    def draw(arguments: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        # PyMC has other parameters than Bambi: sigma, where Bambi has the shape of a gamma.
        if hasattr(family, "transform_kwargs"):
            arguments = family.transform_kwargs(dict(arguments))
        if family.name in COUNTS:
            return with_zeros(family.name, arguments, rng)
        return drawn(get_response_dist(family).dist(**arguments), rng)

    if bounds is None:
        return draw(given)
    return within(draw, given, bounds, np.broadcast_shapes(*(value.shape for value in given.values())))


def trials_of(source: FormulaSource, new: Any) -> NDArray[np.int64] | None:
    """Give the number of trials of each row, as in the data or as given.

    Parameters
    ----------
    source : FormulaSource
    new : frame, mapping of str to array or to one value, or None
        The new rows; the data when None.

    Returns
    -------
    ndarray, shape (n_rows,), or None
        None for a family without trials.

    Raises
    ------
    DataError
        If the new rows do not say how many, or say a number that is none.
    """
    term = bambi_response_term(source.bambi)
    counted = source.family in COLUMNS
    if not counted and term.term.kind != "proportion":
        return None
    if new is None:
        data = np.asarray(term.data)
        return (data.sum(axis=1) if counted else data[:, 1]).astype(np.int64)
    given = brought(new)
    names = columns_of_trials(source)
    check_columns(given, names)
    if counted:
        return _whole(given[names].sum(axis=1), "the sum of the counts")
    # Of p(y, n) only n is asked for: what is drawn is y.
    (call,) = term.term.components
    return _whole(pd.Series(np.asarray(call.eval_new_data(given))), "the number of trials")


def columns_of_trials(source: FormulaSource) -> list[str]:
    """Name the columns that say how many trials a row has: ``n`` of ``p(y, n)``, the counts of ``c(a, b)``."""
    term = bambi_response_term(source.bambi)
    if source.family in COLUMNS:
        return [str(name) for name in source.frame.columns if name in term.term.var_names]
    if term.term.kind != "proportion":
        return []
    (call,) = term.term.components
    name = str(getattr(call.call.args[1], "name", ""))
    return [name] if name in source.frame.columns else []


def columns_besides(source: FormulaSource) -> list[str]:
    """Name the columns that new observations need besides the predictors: trials, and bounds.

    Parameters
    ----------
    source : FormulaSource

    Returns
    -------
    list of str
    """
    return [*columns_of_trials(source), *columns_of_bounds(source)]


def observed_name(source: FormulaSource) -> str:
    """Name what is observed: ``y`` of ``p(y, n)`` and of ``censored(y, status)``, otherwise the response."""
    term = bambi_response_term(source.bambi)
    name = inner_name(term)
    return name.partition(" / ")[0] if term.term.kind == "proportion" else name


def _whole(values: pd.Series[Any], what: str) -> NDArray[np.int64]:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
    bad = ~(np.isfinite(numbers) & (numbers >= 0) & (numbers % 1 == 0))
    if bad.any():
        raise DataError(f"{what} must be a whole number of at least 0, not {values.to_numpy()[bad][0]}")
    return np.asarray(numbers, dtype=np.int64)
