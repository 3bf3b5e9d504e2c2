"""Tables, draws and held values -> linear predictors and the mean of the response.

The browser does the same in TypeScript; fixtures for it are made from these functions.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import prod
from typing import cast

import numpy as np
from numpy.typing import NDArray

from glm_magic.predictor import Link
from glm_magic.predictor.formula.expectation import MEANS
from glm_magic.predictor.links import inverse_link
from glm_magic.predictor.tables import Grouping, GroupTerm, Parameter, PredictorTables
from glm_magic.predictor.tables.means import CATEGORIES

Array = NDArray[np.float64]
Draws = Mapping[str, Array]
GroupOf = Callable[[Grouping], int]


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

    def group(one: Grouping) -> int:
        return int(one.codes[at[one.variable]])

    return _evaluated(tables, draws, entries, group, frozenset(groups))


def averaged(
    tables: PredictorTables,
    draws: Draws,
    held: Mapping[str, int],
    groups: Collection[str] = (),
) -> Array:
    """Average the mean over rows of the data, within each draw.

    Parameters
    ----------
    tables : PredictorTables
        With rows, and a mean.
    draws : mapping of str to ndarray, shape (n_draws,)
        By the labels of the summary.
    held : mapping of str to int
        Positions in the grids of the variables that are the same in every row; the others have their own values.
    groups : collection of str
        Grouping variables whose own effects are included; others stay at the population.

    Returns
    -------
    ndarray, shape (n_draws,) or (n_draws, n_categories)

    Raises
    ------
    ValueError
        If a function computes with a variable that is held and one that is not: it is tabulated over grids, and
        the rows lie between.
    """
    for table in tables.tables:
        if 0 < len(held.keys() & set(table.variables)) < len(table.variables):
            raise ValueError(
                f"{' and '.join(table.variables)} stand in one function: hold all or none of them"
            )
    total: Array | float = 0.0
    for row in range(tables.n_rows):
        entries = [
            float(table.values[tuple(held[name] for name in table.variables)])
            if table.variables and table.variables[0] in held
            else float(table.observed[row])
            for table in tables.tables
        ]

        def group(one: Grouping, row: int = row) -> int:
            return int(one.codes[held[one.variable]] if one.variable in held else one.observed[row])

        mean = _evaluated(tables, draws, entries, group, frozenset(groups)).mean
        assert mean is not None, tables.reason
        total = total + mean
    return np.asarray(total / tables.n_rows)


def _evaluated(
    tables: PredictorTables, draws: Draws, entries: list[float], group: GroupOf, groups: frozenset[str]
) -> Evaluated:
    """Evaluate every draw, given the entry of each table and the group of each variable."""
    count = len(next(iter(draws.values())))
    linear = {one.name: _linear(one, entries, draws, group, groups, count) for one in tables.parameters}
    main = tables.parameters[0].name
    values: dict[str, Array] = {}
    for one in tables.parameters:
        if one.name == main and tables.categories:
            values[one.name] = CATEGORIES[tables.mean](one.link, linear[main], linear.get("threshold"))
        else:
            values[one.name] = inverse_link(cast(Link, one.link), linear[one.name])
    mean = None
    if tables.mean:
        mean = values[main] if tables.mean in ("main", *CATEGORIES) else MEANS[tables.mean](values)
    return Evaluated(linear=linear, parameters=values, mean=mean)


def _linear(
    parameter: Parameter,
    entries: list[float],
    draws: Draws,
    group: GroupOf,
    groups: frozenset[str],
    count: int,
) -> Array:
    """Add up the columns of a parameter: shape (n_draws,), or with a column for each category."""
    width = max((len(column.labels) for column in parameter.columns), default=1)
    eta = np.zeros((count, max(width, 1)))
    for column in parameter.columns:
        value = prod(entries[place] for place in column.tables)
        eta += value * _taken(draws, column.labels)
    for term in parameter.groups:
        place = _place(term, group) if {one.variable for one in term.by} <= groups else -1
        if place < 0:
            continue
        for own, labels in zip(term.columns, term.labels, strict=True):
            eta = eta + prod(entries[entry] for entry in own) * _taken(draws, labels[place])
    return eta[:, 0] if eta.shape[1] == 1 else eta


def _taken(draws: Draws, labels: tuple[str, ...]) -> Array:
    """Take the draws of a column's coefficients; the coefficient of an offset is 1."""
    return np.stack([draws[label] for label in labels], axis=1) if labels else np.ones((1, 1))


def _place(term: GroupTerm, group: GroupOf) -> int:
    """Find the group of a term; -1 where the data have none."""
    place = 0
    for one in term.by:
        code = group(one)
        if code < 0:
            return -1
        place = place * one.n_groups + code
    return place
