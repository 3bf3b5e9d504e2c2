"""The rows at which the mean is evaluated, and the groups over which it is averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic.effects import Asked
from glm_magic.effects.contrasts import Moved, named
from glm_magic.errors import DataError, ModelError, did_you_mean
from glm_magic.model import FormulaSource, Model
from glm_magic.predict.rows import Rows, brought, check_columns, new_rows, outside, rows_of_the_data
from glm_magic.predictor.formula.axes import common_columns
from glm_magic.predictor.formula.expectation import Effect
from glm_magic.predictor.formula.exposure import exposure_of
from glm_magic.predictor.formula.frames import frame_at
from glm_magic.predictor.places import reference_of

TYPICAL = "mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows before a predictor is moved in them.

    Attributes
    ----------
    given : pandas.DataFrame
        n_rows rows, as the user gave them.
    at : tuple of str
        The columns that were set to chosen values.
    """

    given: pd.DataFrame
    at: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Which rows are averaged together.

    Attributes
    ----------
    codes : ndarray of int, shape (n_rows,)
        The group of each row.
    shares : ndarray, shape (n_rows,)
        The weight of each row in the average of its group; those of a group add up to 1.
    labels : pandas.DataFrame
        n_groups rows: what tells them apart.
    """

    codes: NDArray[np.intp]
    shares: NDArray[np.float64]
    labels: pd.DataFrame


def grid_of(model: Model, source: FormulaSource, asked: Asked) -> Grid:
    """Take the rows of the data, typical values or new rows, and set some predictors to chosen values.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    asked : Asked

    Returns
    -------
    Grid
        Every row once at each combination of the values of `asked.at`.

    Raises
    ------
    DataError
        If there is no predictor of a name.
    """
    if asked.new is None:
        beside = [*(asked.by or ()), *([] if asked.weights is None else [asked.weights])]
        given = rows_of_the_data(model, source, (), beside).given
    elif isinstance(asked.new, str):
        given = _typical(model, source, asked.new)
    else:
        given = brought(asked.new)
    chosen = {named(model, source, name).name: _values(name, values) for name, values in asked.at.items()}
    combinations = list(product(*chosen.values()))
    rows = len(given)
    made = given.iloc[np.tile(np.arange(rows), len(combinations))].reset_index(drop=True)
    for place, name in enumerate(chosen):
        values = pd.Series([combination[place] for combination in combinations])
        made[name] = values.iloc[np.repeat(np.arange(len(combinations)), rows)].to_numpy()
    return Grid(given=made, at=tuple(chosen))


def _typical(model: Model, source: FormulaSource, new: str) -> pd.DataFrame:
    """Hold predictors where the fan holds them; the grouping factors are left out, for the population."""
    if new != TYPICAL:
        raise ModelError(
            f"new must be {TYPICAL!r}, a frame or a mapping of predictors to values, not {new!r:.60}",
            remedy="Without it, the rows of the data are taken.",
        )
    reference = reference_of(model.predictors, exposure_of(source))
    whole = frame_at(source, model.predictors, {name: np.array([one]) for name, one in reference.items()})
    common = {column.name for column in common_columns(model, source)}
    grouping = {column.name for column in model.predictors if column.levels and column.name not in common}
    return whole[[name for name in whole.columns if name not in grouping]]


def _values(name: str, values: Any) -> list[Any]:
    listed = [values] if isinstance(values, str) else np.atleast_1d(np.asarray(values, dtype=object)).tolist()
    if not listed:
        raise DataError(f"at gives {name} no value", remedy="Give one value, or several.")
    return listed


def groups_of(
    grid: Grid, by: Sequence[str], weights: str | None, levels: Mapping[str, Sequence[str]]
) -> Groups:
    """Divide rows by the levels of some columns.

    Parameters
    ----------
    grid : Grid
    by : sequence of str
    weights : str or None
        The column that weighs the rows; all weigh the same when None.
    levels : mapping of str to sequence of str
        Of the factors among the predictors, in their order; other columns are sorted.

    Returns
    -------
    Groups
        The columns of `Grid.at` divide them too: rows at different chosen values are never averaged.

    Raises
    ------
    DataError
        If there is no such column, a value is missing, or a weight is no weight.
    """
    names = list(dict.fromkeys([*grid.at, *by]))
    _check_beside(grid, "by", names)
    # Without a column, every row is in the first group.
    columns = [np.zeros(len(grid.given), dtype=np.intp)]
    columns += [_codes(grid.given[name], name, levels.get(name, ())) for name in names]
    _, first, codes = np.unique(np.column_stack(columns), axis=0, return_index=True, return_inverse=True)
    codes = np.ravel(codes)
    weighed = np.ones(len(codes)) if weights is None else _weights(grid, weights)
    totals = np.bincount(codes, weighed)
    if (totals == 0).any():
        raise DataError(f"the weights {weights!r:.60} of the rows that are averaged are all 0")
    labels = grid.given[names].iloc[first].reset_index(drop=True)
    return Groups(codes=codes, shares=weighed / totals[codes], labels=labels)


def _check_beside(grid: Grid, argument: str, names: Sequence[str]) -> None:
    for name in names:
        if name not in grid.given:
            known = did_you_mean(str(name), [str(column) for column in grid.given.columns])
            raise DataError(
                f"{argument} needs a column {name!r:.60} in the rows that are averaged",
                remedy=f"{known} A fit keeps the columns of its formula; new=data brings others.",
            )


def _weights(grid: Grid, name: str) -> NDArray[np.float64]:
    _check_beside(grid, "weights", [name])
    values = pd.to_numeric(grid.given[name], errors="coerce").to_numpy(dtype=float)
    bad = ~(np.isfinite(values) & (values >= 0))
    if bad.any():
        raise DataError(f"a weight must be a number of at least 0, not {grid.given[name].to_numpy()[bad][0]}")
    return np.asarray(values)


def _codes(values: pd.Series[Any], name: str, levels: Sequence[str]) -> NDArray[np.intp]:
    """Give a number to each value of a column, in the order of its levels, or as they are sorted."""
    if values.isna().any():
        raise DataError(f"{name} has a missing value in the rows that are averaged", remedy="Leave it out.")
    known = {level: place for place, level in enumerate(levels)}
    texts = values.astype(str)
    if known and texts.isin(known).all():
        return np.array([known[text] for text in texts], dtype=np.intp)
    # Text where the values cannot be compared with each other, or are lists.
    mixed = values.dtype == object and {type(value) for value in values} != {str}
    return np.asarray(pd.factorize(texts if mixed else values, sort=True)[0])


def rows_moved(
    model: Model, source: FormulaSource, grid: Grid, moved: Moved, terms: Sequence[Effect], asked: Asked
) -> Rows:
    """Move a predictor to each of its settings.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    grid : Grid
        n_rows rows.
    moved : Moved
    terms : sequence of Effect
        The group-specific terms that matter.
    asked : Asked

    Returns
    -------
    Rows
        n_rows times n_settings rows, the settings of a row one after the other. All settings have the effects
        of the same grouping factors, and a new level has the same effects at each of them.

    Raises
    ------
    DataError
        If a predictor is missing, or a level is unknown.
    """
    rows = len(grid.given)
    stacked = grid.given.iloc[np.repeat(np.arange(rows), moved.settings)].reset_index(drop=True)
    if moved.name:
        if moved.steps:
            check_columns(grid.given, [moved.name])
        own = grid.given[moved.name] if moved.steps else None
        stacked[moved.name] = moved.moved(own, rows).ravel()
    own_effects = asked.groups == "as given"
    return new_rows(model, source, stacked, terms=terms, own=own_effects, sampled=asked.sample_new_groups)


def chosen_outside(model: Model, source: FormulaSource, grid: Grid, moved: Sequence[Moved]) -> list[str]:
    """Say which values that the user chose lie outside the data; `rows_moved` has found that they are numbers.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    grid : Grid
    moved : sequence of Moved

    Returns
    -------
    list of str
    """
    found = outside(source, model.predictors, grid.given)
    for one in moved:
        if one.values:
            found += outside(source, model.predictors, pd.DataFrame({one.name: list(one.values)}))
    return list(dict.fromkeys(found))


def stepped_outside(source: FormulaSource, grid: Grid, moved: Sequence[Moved]) -> list[str]:
    """Say how many rows a step takes out of the range of the data.

    Parameters
    ----------
    source : FormulaSource
    grid : Grid
    moved : sequence of Moved

    Returns
    -------
    list of str
    """
    notes = []
    for one in moved:
        if not one.steps or one.steps[0] != 0:
            # The ends of a derivative's step are next to the row itself.
            continue
        data = source.frame[one.name].to_numpy(dtype=float)
        own = pd.to_numeric(grid.given[one.name]).to_numpy(dtype=float)
        ends = own + one.steps[-1]
        within = (own >= data.min()) & (own <= data.max())
        beyond = int((within & ((ends < data.min()) | (ends > data.max()))).sum())
        if beyond:
            notes.append(
                f"{one.name} {one.steps[-1]:+g} is outside the data in {beyond:,} of {len(own):,} rows, where "
                f"{one.name} is from {data.min():.4g} to {data.max():.4g}"
            )
    return notes
