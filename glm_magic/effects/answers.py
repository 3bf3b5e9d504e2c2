"""From what is moved to a table, or to draws."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence

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
from glm_magic.posterior import Posterior
from glm_magic.predict import predictable
from glm_magic.predict.size import check_size
from glm_magic.predictor.expectation import PER_CATEGORY, effects
from glm_magic.predictor.group import average
from glm_magic.views.lines import stacked


def answer(
    model: Model,
    posterior: Posterior,
    asked: Asked,
    read: Callable[[FormulaSource], Sequence[Moved]],
    words: str,
    notes: Sequence[str] = (),
) -> pd.DataFrame | xarray.DataArray:
    """Answer a question about effects.

    Parameters
    ----------
    model : Model
    posterior : Posterior
    asked : Asked
    read : callable
        Says of a formula what is moved.
    words : str
        What the effects are of the mean, to be filled in: ``"slope of {}"``.
    notes : sequence of str
        What there is to say before anything is computed.

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
    moved = read(source)
    terms = list(effects(source))
    grid = grid_of(model, source, asked)
    levels = {column.name: column.levels for column in model.predictors if column.levels}
    groups = None if asked.by is None else groups_of(grid, asked.by, asked.weights, levels)
    every = [rows_moved(model, source, grid, one, terms, asked) for one in moved]
    outside = chosen_outside(model, source, grid, moved)
    for note in outside:
        # At the line that calls the verb of the fit.
        warnings.warn(note, Extrapolation, stacklevel=5)
    labels = grid.given if groups is None else groups.labels
    categories = len(bambi_response_term(source.bambi).levels) if source.family in PER_CATEGORY else 1
    if asked.draws or groups is not None:
        count = sum(max(one.settings, len(one.pairs)) for one in moved)
        check_size(
            "effects",
            len(labels) * count * categories,
            posterior.draws.sizes["chain"] * posterior.draws.sizes["draw"],
            "Ask for fewer rows or groups at once.",
        )
    samples = stacked(posterior.draws)

    def answered() -> Iterator[Effects]:
        for one, rows in zip(moved, every, strict=True):
            parts = evaluated(source, rows, samples, terms, asked.scale, asked.seed)
            blocks = of_rows(parts, one) if groups is None else of_groups(parts, one, groups)
            yield Effects(moved=one, labels=labels, blocks=blocks)

    population = average(source, frozenset.intersection(*(rows.factors for rows in every)), terms)
    name = words.format(words_of(source, asked.scale))
    title = f"{name}, for {population}" if population else name
    said = [*notes, *outside, *stepped_outside(source, grid, moved)]
    said += dict.fromkeys(note for rows in every for note in rows.notes)
    if asked.draws:
        coords = {dim: posterior.draws[dim].values for dim in ("chain", "draw")}
        made = draws_of(answered(), title, coords)
        made.attrs["notes"] = said
        return made
    chains = posterior.draws.sizes["chain"]
    table = table_of(answered(), Summaries(prob=asked.prob, above=asked.above, chains=chains))
    table.columns.name = title
    table.attrs = {"effects": name, "population": population, "notes": [*said, *infinite(table)]}
    if asked.above is not None:
        table.attrs["above"] = asked.above
    return table
