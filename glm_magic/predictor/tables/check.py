"""Products of table entries against the design that formulae makes of whole rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters
from glm_magic.model import FormulaSource, Model
from glm_magic.predictor.formula.frames import completed, frame_at
from glm_magic.predictor.tables import GroupTerm, Parameter, PredictorTables

COMBINATIONS = 12
TOLERANCE = 1e-9

Positions = Mapping[str, NDArray[np.intp]]
Difference = tuple[list[str], str]
"""Variables of a column, and what is wrong with it."""


def differing(model: Model, source: FormulaSource, tables: PredictorTables) -> dict[str, str]:
    """Compare tables with the design of the model, at combinations of values that are drawn at random.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    tables : PredictorTables

    Returns
    -------
    dict of str to str
        The variables of the columns that differ, and why they cannot be moved; empty where all agree. Of the
        columns those with the fewest variables: where ``x`` is wrong, ``x:z`` is, too, and ``z`` may be right.
    """
    at = _combinations(tables)
    entries = [
        table.values[tuple(at[name] for name in table.variables)]
        if table.variables
        else np.full(COMBINATIONS, float(table.values))
        for table in tables.tables
    ]
    frame = completed(source, _rows(model, source, tables, at))
    found: list[Difference] = []
    by_name = {one.name: one for one in tables.parameters}
    for name, component in bambi_parameters(source.bambi).items():
        with np.errstate(all="ignore"):
            found += _of_common(tables, by_name[name], component.design.common, frame, entries)
            found += _of_groups(tables, by_name[name], component.design.group, frame, entries, at)
    fewest = min((len(names) for names, _ in found), default=0)
    return {name: reason for names, reason in found if len(names) == fewest for name in names}


def _combinations(tables: PredictorTables) -> dict[str, NDArray[np.intp]]:
    """Draw positions for every variable; the first combination is the reference."""
    rng = np.random.default_rng(11)
    named = {
        one.variable: one.codes
        for parameter in tables.parameters
        for term in parameter.groups
        for one in term.by
    }
    at: dict[str, NDArray[np.intp]] = {}
    for one in tables.variables:
        # Between the groups of the data there is none, and formulae would refuse to evaluate there.
        allowed = np.flatnonzero(named[one.name] >= 0) if one.name in named else np.arange(len(one.grid))
        at[one.name] = rng.choice(allowed, COMBINATIONS)
        if one.start in allowed:
            at[one.name][0] = one.start
    return at


def _rows(model: Model, source: FormulaSource, tables: PredictorTables, at: Positions) -> pd.DataFrame:
    """Write the combinations in the user's own values."""
    values = {}
    for column in model.predictors:
        one = tables.variable(column.name)
        own = one.grid[at[one.name]]
        # The grid of a factor that cannot be moved has one position.
        values[one.name] = own + column.levels.index(one.levels[0]) if column.levels else own
    if not values:
        return source.frame.iloc[np.zeros(COMBINATIONS, dtype=int)].reset_index(drop=True)
    return frame_at(source, model.predictors, values)


def _of_common(
    tables: PredictorTables,
    parameter: Parameter,
    common: Any,
    frame: pd.DataFrame,
    entries: list[NDArray[np.float64]],
) -> list[Difference]:
    if common is None:
        return []
    design = np.asarray(common.evaluate_new_data(frame).design_matrix, dtype=float)[:COMBINATIONS]
    found: list[Difference] = []
    # By order: Bambi takes the intercept of an ordinal response out of the design, and leaves the slices as they were.
    for column, expected in zip(parameter.columns, design.T, strict=True):
        if not _equal(_multiplied(entries, column.tables), expected):
            found.append((_variables(tables, column.tables), _words(column.term)))
    return found


def _of_groups(
    tables: PredictorTables,
    parameter: Parameter,
    group: Any,
    frame: pd.DataFrame,
    entries: list[NDArray[np.float64]],
    at: Positions,
) -> list[Difference]:
    found: list[Difference] = []
    for term in parameter.groups:
        block = group.terms[term.term].eval_new_data(frame)[:COMBINATIONS].toarray()
        codes = _codes(term, at)
        made = np.zeros((COMBINATIONS, len(term.groups), len(term.columns)))
        for place, own in enumerate(term.columns):
            made[np.arange(COMBINATIONS), codes, place] = _multiplied(entries, own)
        if not _equal(made.reshape(COMBINATIONS, -1), block[:, : made[0].size]):
            names = [name for own in term.columns for name in _variables(tables, own)]
            found.append(([*names, *(one.variable for one in term.by)], _words(term.term)))
    return found


def _codes(term: GroupTerm, at: Positions) -> NDArray[np.intp]:
    codes = np.zeros(COMBINATIONS, dtype=np.intp)
    for one in term.by:
        codes = codes * one.n_groups + one.codes[at[one.variable]]
    return codes


def _multiplied(entries: list[NDArray[np.float64]], places: Iterable[int]) -> NDArray[np.float64]:
    product = np.ones(COMBINATIONS)
    for place in places:
        product = product * entries[place]
    return product


def _variables(tables: PredictorTables, places: Iterable[int]) -> list[str]:
    names = dict.fromkeys(name for place in places for name in tables.tables[place].variables)
    # A constant belongs to no variable; where it is wrong, holding one would not help.
    return list(names) or [""]


def _equal(made: NDArray[np.float64], expected: NDArray[np.float64]) -> bool:
    return bool(np.allclose(made, expected, rtol=TOLERANCE, atol=1e-12, equal_nan=True))


def _words(name: str) -> str:
    return (
        f"{name} depends on more than the values of its own variables, so that a table of it would be wrong"
    )
