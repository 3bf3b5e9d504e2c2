"""From what is moved to a table, or to draws."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pandas as pd
import xarray

from glm_magic._stack import bambi_response_term
from glm_magic.effects import Asked
from glm_magic.effects.contrasts import Moved
from glm_magic.effects.estimates import Effects, Summaries, draws_of, infinite, table_of
from glm_magic.effects.grid import chosen_outside, grid_of, groups_of, rows_moved, stepped_outside
from glm_magic.effects.scale import check_scale, words_of
from glm_magic.effects.within import evaluated, of_groups, of_rows
from glm_magic.errors import Extrapolation
from glm_magic.model import FormulaSource, Model
from glm_magic.model.families import PER_CATEGORY
from glm_magic.posterior import Posterior, stacked
from glm_magic.predict import predictable
from glm_magic.predict.rows import Rows
from glm_magic.predict.size import check_size
from glm_magic.predictor.formula.expectation import effects
from glm_magic.predictor.formula.group import average

Read = Callable[[FormulaSource], tuple[Sequence[Moved], Sequence[str]]]
"""Says of a formula what is moved, and what there is to say about that."""


def answer(
    model: Model, posterior: Posterior, asked: Asked, read: Read, words: str
) -> pd.DataFrame | xarray.DataArray:
    """Answer a question about effects.

    Parameters
    ----------
    model : Model
    posterior : Posterior
    asked : Asked
    read : Read
    words : str
        What the effects are of the mean, to be filled in: ``"slope of {}"``.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray

    Raises
    ------
    ModelError
        For a model without a formula, a scale that the family does not have, or an answer that is too large.
    DataError
        If a predictor is missing, or a level is unknown.
    """
    source = predictable(model, asked.verb)
    check_scale(source, asked.scale)
    moved, notes = read(source)
    terms = list(effects(source))
    grid = grid_of(model, source, asked)
    levels = {column.name: column.levels for column in model.predictors if column.levels}
    groups = None if asked.by is None else groups_of(grid, asked.by, asked.weights, levels)
    labels = grid.given if groups is None else groups.labels
    if asked.draws or groups is not None:
        _check_size(source, posterior, len(labels), moved)
    samples = stacked(posterior.draws)
    seen: list[Rows] = []

    def answered() -> Iterator[Effects]:
        # One predictor at a time: the rows of all of them might not fit into memory.
        for one in moved:
            rows = rows_moved(model, source, grid, one, terms, asked)
            parts = evaluated(source, rows, samples, terms, asked.scale, asked.seed)
            blocks = of_rows(parts, one) if groups is None else of_groups(parts, one, groups)
            yield Effects(moved=one, labels=labels, blocks=blocks)
            seen.append(replace(rows, given=rows.given.iloc[:0], frame=rows.frame.iloc[:0]))

    made: pd.DataFrame | xarray.DataArray
    if asked.draws:
        made = draws_of(answered(), {dim: posterior.draws[dim].values for dim in ("chain", "draw")})
    else:
        chains = posterior.draws.sizes["chain"]
        made = table_of(answered(), Summaries(prob=asked.prob, above=asked.above, chains=chains))
    outside = chosen_outside(model, source, grid, moved)
    for note in outside:
        # At the line that calls the verb of the fit.
        warnings.warn(note, Extrapolation, stacklevel=5)
    said = [*notes, *outside, *stepped_outside(source, grid, moved)]
    said += dict.fromkeys(note for rows in seen for note in rows.notes)
    population = average(source, frozenset.intersection(*(rows.factors for rows in seen)), terms)
    mean = words_of(source, asked.scale)
    title = words.format(mean) + (f", for {population}" if population else "")
    made.attrs = {"modelled": mean, "population": population, "notes": said}
    if isinstance(made, xarray.DataArray):
        return made.rename(title)
    made.columns.name = title
    if asked.above is not None:
        made.attrs["above"] = asked.above
    if samples.sizes["sample"] > 1:
        said += infinite(made)
    return made


def _check_size(source: FormulaSource, posterior: Posterior, places: int, moved: Sequence[Moved]) -> None:
    categories = len(bambi_response_term(source.bambi).levels) if source.family in PER_CATEGORY else 1
    check_size(
        "effects",
        places * categories * sum(max(one.settings, len(one.pairs)) for one in moved),
        posterior.draws.sizes["chain"] * posterior.draws.sizes["draw"],
        "Ask for fewer rows or groups at once.",
    )
