"""Means, new observations and parameters of the response at new values of the predictors.

- `rows`: new values, in the types of the data
- `new_groups`: levels that are not in the data
- `response`: new observations, from the family's distribution
- `mixtures`, `bounds`: those of families with zeros or categories, and those within bounds
- `size`: how large an answer may be
- `summary`: draws as a table, or as xarray
- `replicated`: the data anew, from the posterior or from the prior
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray
from numpy.typing import NDArray

from glm_magic._stack import bambi_marginal_parameters, bambi_response_term
from glm_magic.errors import Extrapolation, ModelError, did_you_mean
from glm_magic.model import FormulaSource, Model
from glm_magic.model.families import CIRCULAR, COLUMNS, PER_CATEGORY
from glm_magic.posterior import Posterior, stacked
from glm_magic.predict.bounds import Bounds, bounds_of
from glm_magic.predict.new_groups import Part, parts_of
from glm_magic.predict.response import columns_besides, observed_name, simulated, trials_of
from glm_magic.predict.rows import Rows, new_rows, rows_of_the_data
from glm_magic.predict.size import check_size
from glm_magic.predict.summary import Drawn, Evaluated, dataset_of, table_of
from glm_magic.predictor import Linear
from glm_magic.predictor.formula.expectation import (
    Effect,
    effects,
    every_effect,
    means_over,
    parameters_over,
)
from glm_magic.predictor.formula.group import average
from glm_magic.predictor.response import response_over
from glm_magic.predictor.words import modelled, no_value
from glm_magic.request.options import check_value

Kind = Literal["mean", "response", "parameters"]
Groups = Literal["as given", "population"]
KINDS = ("mean", "response", "parameters")
GROUPS = ("as given", "population")


def predict(
    model: Model,
    posterior: Posterior,
    new: Any,
    prob: float,
    *,
    kind: Kind = "mean",
    groups: Groups = "as given",
    sample_new_groups: bool = False,
    draws: bool = False,
    seed: int | None = None,
) -> pd.DataFrame | xarray.DataArray | xarray.Dataset:
    """Predict at new rows; `glm_magic.fit.predict` says what each argument means.

    Parameters
    ----------
    model : Model
        Of a formula.
    posterior : Posterior
    new : frame, mapping of str to array or to one value, or None
    prob : float
        Probability of the equal-tailed interval.
    kind : str
    groups : str
    sample_new_groups : bool
    draws : bool
    seed : int, optional

    Returns
    -------
    pandas.DataFrame, xarray.DataArray or xarray.Dataset

    Raises
    ------
    ModelError
        For a hand-written model, whose new rows only its author can describe, and for a formula with a
        function that computes with a whole column, such as ``np.argsort(v)``.
    DataError
        If a predictor is missing, or a level is unknown.
    """
    source = predictable(model, "predict")
    check_value("prob", prob, label="prob", error=ModelError)
    check_choice("kind", kind, KINDS)
    check_choice("groups", groups, GROUPS)
    check_choice("draws", draws, (True, False))
    check_choice("sample_new_groups", sample_new_groups, (True, False))
    terms = list(effects(source) if kind == "mean" else every_effect(source))
    own = groups == "as given"
    if new is None:
        factors = {name for one in terms for name in one.factors if own}
        rows = rows_of_the_data(model, source, factors, columns_besides(source) if kind == "response" else ())
    else:
        rows = new_rows(model, source, new, terms=terms, own=own, sampled=sample_new_groups)
    for note in rows.outside:
        # At the line that calls fit.predict.
        warnings.warn(note, Extrapolation, stacklevel=3)
    if draws:
        levels = len(_levels(source)) if source.family in PER_CATEGORY else 1
        check_size(
            "predictions",
            len(rows.frame) * levels,
            posterior.draws.sizes["chain"] * posterior.draws.sizes["draw"],
            "Predict fewer rows at once, or ask for the table, which is computed part by part.",
        )
    evaluated = evaluate(source, posterior, rows, terms, new, kind=kind, seed=seed)
    if draws:
        return _labelled(source, posterior, rows, kind, evaluated)
    table = table_of(rows.given, evaluated, prob)
    words, population = _words(source, kind), average(source, rows.factors, terms)
    table.columns.name = f"{words}, for {population}" if population else words
    table.attrs = {"modelled": words, "population": population, "notes": [*rows.outside, *rows.notes]}
    return table


def predictable(model: Model, verb: str) -> FormulaSource:
    """Give the formula of a model that can be evaluated at new rows.

    Parameters
    ----------
    model : Model
    verb : str
        What is asked for, as it stands in an error.

    Returns
    -------
    FormulaSource

    Raises
    ------
    ModelError
        For a hand-written model, whose new rows only its author can describe, and for a formula with a
        function that computes with a whole column, such as ``np.argsort(v)``.
    """
    source = model.source
    if not isinstance(source, FormulaSource):
        raise ModelError(
            f"{verb} needs a formula: a hand-written model does not say which column is which",
            remedy="Use pm.set_data and pm.sample_posterior_predictive with fit.model and fit.posterior.",
        )
    for _, reason in no_value(source):
        raise ModelError(f"{verb} cannot be used: {reason}")
    return source


def evaluate(
    source: FormulaSource,
    posterior: Posterior,
    rows: Rows,
    terms: Sequence[Effect],
    new: Any,
    *,
    kind: Kind,
    seed: int | None,
) -> Iterator[Evaluated]:
    """Evaluate the draws at rows, part by part.

    Parameters
    ----------
    source : FormulaSource
    posterior : Posterior
    rows : Rows
    terms : sequence of Effect
        The group-specific terms that matter.
    new : object
        What the rows were read from, where trials may stand besides.
    kind : str
    seed : int or None
        The fit's own when not given.

    Yields
    ------
    Evaluated
    """
    chosen = posterior.seed if seed is None else int(seed)
    of_response = np.random.default_rng(chosen)
    trials = trials_of(source, new) if kind == "response" else None
    bounds = bounds_of(source, new) if kind == "response" else None
    for part in parts_of(source, rows, stacked(posterior.draws), terms, chosen):
        match kind:
            case "mean":
                yield part.places, means_at(source, part, rows)
            case "parameters":
                yield part.places, _parameters(source, part, rows)
            case _:
                own = None if trials is None else trials[part.places]
                parameters = parameters_over(source, part.frame, rows.factors)(part.samples)
                found = simulated(source, parameters, own, _at(bounds, part.places), of_response)
                yield part.places, _observations(source, found)


def _at(bounds: Bounds | None, places: NDArray[np.intp]) -> Bounds | None:
    """Give the bounds of some rows; those that are numbers are the same in every row."""
    if bounds is None or len(bounds[0]) == 1:
        return bounds
    return bounds[0][places], bounds[1][places]


def means_at(source: FormulaSource, part: Part, rows: Rows) -> list[Drawn]:
    """Evaluate the draws of the mean at some rows.

    Parameters
    ----------
    source : FormulaSource
    part : Part
    rows : Rows
        All rows, of which the part has some.

    Returns
    -------
    list of Drawn
        One; or one for each category of the response.
    """
    found = means_over(source, part.frame, rows.factors)
    if all(isinstance(mean, Linear) for _, mean in found):
        return [Drawn(draws=response_over(mean, part.samples), category=name) for name, mean in found]
    # The categories of a response are one evaluation.
    curves = found[0][1].evaluate(part.samples)  # type: ignore[union-attr]
    made = []
    for name, mean in found:
        assert not isinstance(mean, Linear)
        own = curves if mean.category is None else curves[..., mean.category]
        made.append(Drawn(draws=own, category=name, circular=mean.circular))
    return made


def _parameters(source: FormulaSource, part: Part, rows: Rows) -> list[Drawn]:
    parent = source.bambi.family.likelihood.parent
    numbers = set(bambi_marginal_parameters(source.bambi))
    made = []
    for name, values in parameters_over(source, part.frame, rows.factors)(part.samples).items():
        if name == "threshold":
            # Cut points belong to no row; the probabilities are computed from them.
            continue
        if values.ndim == 2:
            circular = source.family in CIRCULAR and name == parent
            made.append(Drawn(draws=values, parameter=name, constant=name in numbers, circular=circular))
            continue
        made += [
            Drawn(draws=values[..., place], parameter=name, category=level)
            for place, level in enumerate(_levels(source))
        ]
    return made


def _observations(source: FormulaSource, found: np.ndarray[Any, Any]) -> list[Drawn]:
    if source.family in COLUMNS:
        return [Drawn(draws=found[..., place], category=level) for place, level in enumerate(_levels(source))]
    levels = _levels(source) if source.family in PER_CATEGORY else ()
    return [Drawn(draws=found, levels=levels, circular=source.family in CIRCULAR)]


def _levels(source: FormulaSource) -> tuple[str, ...]:
    return tuple(str(level) for level in bambi_response_term(source.bambi).levels)


def _words(source: FormulaSource, kind: Kind) -> str:
    """Say what the rows are predictions of."""
    match kind:
        case "mean":
            return modelled(source, {})
        case "parameters":
            return f"parameters of family {source.family}"
        case _:
            return f"new {observed_name(source)}"


def _labelled(
    source: FormulaSource, posterior: Posterior, rows: Rows, kind: Kind, evaluated: Iterator[Evaluated]
) -> xarray.DataArray | xarray.Dataset:
    coords = {dim: posterior.draws[dim].values for dim in ("chain", "draw")}
    term = bambi_response_term(source.bambi)
    name = str(term.alias or term.name) if kind == "response" else _words(source, kind)
    found = dataset_of(evaluated, name, len(rows.given), coords)
    return found if kind == "parameters" else found[name]


def check_choice(name: str, value: object, known: Sequence[object]) -> None:
    """Raise `ModelError` when an argument is not one of the values that are known."""
    if not any(type(value) is type(one) and value == one for one in known):
        raise ModelError(
            f"{name} must be {', '.join(map(repr, known[:-1]))} or {known[-1]!r}, not {value!r:.60}",
            remedy=did_you_mean(str(value), [str(one) for one in known]),
        )
