"""Tables, draws and held values -> linear predictors and the mean of the response.

The browser does the same in TypeScript; fixtures for it are made from these functions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import prod
from typing import cast

import numpy as np
from numpy.typing import NDArray

from glm_magic.predictor import Link
from glm_magic.predictor.expectation import MEANS
from glm_magic.predictor.links import inverse_link
from glm_magic.predictor.tables import GroupTerm, Parameter, PredictorTables
from glm_magic.predictor.tables.means import CATEGORIES

Array = NDArray[np.float64]
Draws = Mapping[str, Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """The draws of a mean at held values.

    Attributes
    ----------
    linear : dict of str to ndarray, shape (n_draws,) or (n_draws, n_categories)
        The linear predictor of each parameter of the family.
    parameters : dict of str to ndarray
        Its inverse link; for a response with categories the main parameter is their probabilities.
    mean : ndarray, shape (n_draws,) or (n_draws, n_categories), or None
        E[y | x], or the probability of each category; None where it is not tabulated.
    """

    linear: dict[str, Array]
    parameters: dict[str, Array]
    mean: Array | None


def evaluate(
    tables: PredictorTables,
    draws: Draws,
    held: Mapping[str, int] | None = None,
    groups: Collection[str] = (),
) -> Evaluated:
    """Evaluate every draw at held values.

    Parameters
    ----------
    tables : PredictorTables
    draws : mapping of str to ndarray, shape (n_draws,)
        By the labels of the summary.
    held : mapping of str to int, optional
        Positions in the grids of the variables; those that are not given stand at their start.
    groups : collection of str
        Grouping variables whose own effects are included; others stay at the population.

    Returns
    -------
    Evaluated
    """
    at = {one.name: one.start for one in tables.variables} | dict(held or {})
    entries = [float(table.values[tuple(at[name] for name in table.variables)]) for table in tables.tables]
    count = len(next(iter(draws.values())))
    linear = {one.name: _linear(one, entries, draws, at, groups, count) for one in tables.parameters}
    main = tables.parameters[0].name
    values: dict[str, Array] = {}
    for one in tables.parameters:
        eta = linear[one.name]
        if one.name == main and tables.categories:
            values[one.name] = _probabilities(tables, one.link, linear)
        else:
            values[one.name] = inverse_link(cast(Link, one.link), eta)
    mean = None
    if tables.mean:
        mean = values[main] if tables.mean in ("main", *CATEGORIES) else MEANS[tables.mean](values)
    return Evaluated(linear=linear, parameters=values, mean=mean)


def _linear(
    parameter: Parameter,
    entries: list[float],
    draws: Draws,
    at: Mapping[str, int],
    groups: Collection[str],
    count: int,
) -> Array:
    """Add up the columns of a parameter: shape (n_draws,), or with a column for each category."""
    width = max((len(column.labels) for column in parameter.columns), default=1)
    eta = np.zeros((count, max(width, 1)))
    for column in parameter.columns:
        value = prod(entries[place] for place in column.tables)
        eta += value * _taken(draws, column.labels)
    for term in parameter.groups:
        group = _group(term, at) if {one.variable for one in term.by} <= set(groups) else -1
        if group < 0:
            continue
        for own, labels in zip(term.columns, term.labels, strict=True):
            eta = eta + prod(entries[place] for place in own) * _taken(draws, labels[group])
    return eta[:, 0] if eta.shape[1] == 1 else eta


def _taken(draws: Draws, labels: tuple[str, ...]) -> Array:
    """Take the draws of a column's coefficients; the coefficient of an offset is 1."""
    return np.stack([draws[label] for label in labels], axis=1) if labels else np.ones((1, 1))


def _group(term: GroupTerm, at: Mapping[str, int]) -> int:
    """Find the group at held values; -1 where the data have none."""
    place = 0
    for one in term.by:
        code = int(one.codes[at[one.variable]])
        if code < 0:
            return -1
        place = place * one.n_groups + code
    return place


def _probabilities(tables: PredictorTables, link: str, linear: Mapping[str, Array]) -> Array:
    """Give the main parameter of a response with categories: shape (n_draws, n_categories)."""
    return CATEGORIES[tables.mean](link, linear[tables.parameters[0].name], linear.get("threshold"))
