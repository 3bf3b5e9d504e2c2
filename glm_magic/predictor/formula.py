"""The fan of a Bambi model: one axis per predictor, one more per two-way interaction.

The definition is that of brms's ``conditional_effects`` (Bürkner 2017, J. Stat. Softw. 80(1),
and its help page): numeric predictors are held at their mean, factors at their reference
level, group-specific effects at the population, trials and exposure at 1. In an interaction
a second numeric predictor stands at its mean and one standard deviation to either side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters, bambi_response_term
from glm_magic.model import Column, FormulaSource, Model
from glm_magic.predictor import Axis, Held, NoPredictor, Predictor, Stratum, numeric_grid
from glm_magic.predictor.expectation import means_over, ylabel
from glm_magic.predictor.frames import frame_at
from glm_magic.predictor.group import MOST_LEVELS, group_axis, grouping_factors

MOST_STRATA = 8


def read_formula(model: Model) -> Predictor | NoPredictor:
    """List the axes of a Bambi model's fan.

    Parameters
    ----------
    model : Model
        With a `FormulaSource`.

    Returns
    -------
    Predictor or NoPredictor
        None without predictors: an intercept-only model has no axis to draw along.
    """
    source = model.source
    assert isinstance(source, FormulaSource)
    fixed = common_columns(model, source)
    factors = grouping_factors(model, source)
    if not fixed and not factors:
        return NoPredictor(
            reason="The formula has no predictor, so there is no line to draw: see Trace and Summary."
        )
    exposure = exposure_of(source)
    reference = _reference(model.predictors, exposure)
    axes = [_axis(model, source, fixed, reference, x, None) for x in fixed if x.name not in exposure]
    for x, by in _interactions(source, fixed):
        axes.append(_axis(model, source, fixed, reference, x, by))
    notes = list(_notes(source, exposure, fixed))
    for factor in factors:
        if len(factor.levels) <= MOST_LEVELS:
            axes.append(
                group_axis(model, source, factor, _held(fixed, reference, {factor.name}, exposure), reference)
            )
        else:
            notes.append(
                f"{factor.name} has {len(factor.levels):,} levels, too many for an axis: "
                "fit.predict gives the mean of any of them."
            )
    return Predictor(
        axes=tuple(axes),
        ylabel=ylabel(source),
        observed_y=_observed(model, source, exposure),
        notes=tuple(notes),
    )


def common_columns(model: Model, source: FormulaSource) -> list[Column]:
    """Keep the predictors that stand in a common term of any parameter.

    Parameters
    ----------
    model : Model
    source : FormulaSource

    Returns
    -------
    list of Column
    """
    names = {
        name
        for parameter in bambi_parameters(source.bambi).values()
        if parameter.design.common is not None
        for term in parameter.design.common.terms.values()
        for component in getattr(term, "components", ())
        for name in component.var_names
    }
    return [column for column in model.predictors if column.name in names]


def exposure_of(source: FormulaSource) -> dict[str, float]:
    """Find the exposure variables, and the value that makes their offset vanish.

    Parameters
    ----------
    source : FormulaSource

    Returns
    -------
    dict of str to float
        ``offset(log(e))`` -> {e: 1}; ``offset(e)`` under a log link -> {e: 0}; other offsets
        are not exposures, and their variables are held like any other.
    """
    if source.link != "log":
        return {}
    found: dict[str, float] = {}
    for term in _terms(source):
        if term.kind != "offset" or len(term.var_names or ()) != 1:
            continue
        (name,) = term.var_names
        match term.name.replace(" ", ""):
            case text if text == f"offset(log({name}))" or text == f"offset(np.log({name}))":
                found[name] = 1.0
            case text if text == f"offset({name})":
                found[name] = 0.0
    return found


def _terms(source: FormulaSource) -> Iterable[Any]:
    parent = bambi_parameters(source.bambi)[source.bambi.family.likelihood.parent]
    return () if parent.design.common is None else parent.design.common.terms.values()


def _reference(predictors: Iterable[Column], exposure: Mapping[str, float]) -> dict[str, float]:
    """Hold each predictor: its value, or for a factor the position of its reference level."""
    return {
        column.name: exposure.get(column.name, 0.0 if column.levels else float(np.mean(column.values)))
        for column in predictors
    }


def _held(
    columns: Iterable[Column], reference: Mapping[str, float], moving: set[str], exposure: Mapping[str, float]
) -> tuple[Held, ...]:
    held = []
    for column in columns:
        if column.name in moving:
            continue
        value = reference[column.name]
        if column.levels:
            text = f"{column.levels[int(value)]} (reference)"
        elif column.name in exposure:
            text = f"{value:g} (exposure: rates)"
        else:
            text = f"{value:.4g} (mean)"
        held.append(Held(name=column.name, value=text))
    return tuple(held)


def _interactions(source: FormulaSource, columns: list[Column]) -> list[tuple[Column, Column]]:
    """List the pairs of predictors that share a term, the first of them as x."""
    by_name = {column.name: column for column in columns}
    pairs: dict[tuple[str, str], None] = {}
    for parameter in bambi_parameters(source.bambi).values():
        if parameter.design.common is None:
            continue
        for term in parameter.design.common.terms.values():
            together = [
                name
                for name in by_name
                if any(name in part.var_names for part in getattr(term, "components", ()))
            ]
            for index, first in enumerate(together):
                for second in together[index + 1 :]:
                    # A numeric x makes lines, so it moves and the factor tells the fans apart.
                    swap = by_name[first].levels and not by_name[second].levels
                    pairs[(second, first) if swap else (first, second)] = None
    return [(by_name[x], by_name[by]) for x, by in pairs if len(by_name[by].levels) <= MOST_STRATA]


def _axis(
    model: Model,
    source: FormulaSource,
    columns: list[Column],
    reference: dict[str, float],
    x: Column,
    by: Column | None,
) -> Axis:
    grid = np.arange(len(x.levels), dtype=float) if x.levels else numeric_grid(x.values)
    strata: list[Stratum] = []
    for label, settings in _settings(by):
        values = {name: np.full(len(grid), value) for name, value in (reference | settings).items()} | {
            x.name: grid
        }
        frame = frame_at(source, model.predictors, values)
        strata += [
            Stratum(label=", ".join(filter(None, (label, category))), mean=mean)
            for category, mean in means_over(source, frame)
        ]
    moving = {x.name} | ({by.name} if by else set())
    return Axis(
        label=f"{x.name} by {by.name}" if by else x.name,
        x=x.name,
        levels=x.levels,
        grid=grid,
        held=_held(columns, reference, moving, exposure_of(source)),
        observed_x=x.values,
        strata=tuple(strata),
    )


def _settings(by: Column | None) -> list[tuple[str, dict[str, float]]]:
    """Say where a second predictor stands, one fan each."""
    if by is None:
        return [("", {})]
    if by.levels:
        return [(f"{by.name} = {level}", {by.name: float(code)}) for code, level in enumerate(by.levels)]
    mean, sd = float(np.mean(by.values)), float(np.std(by.values, ddof=1))
    places = (("mean - sd", mean - sd), ("mean", mean), ("mean + sd", mean + sd))
    return [(f"{by.name} = {value:.3g} ({name})", {by.name: value}) for name, value in places]


def _observed(model: Model, source: FormulaSource, exposure: Mapping[str, float]) -> NDArray[np.float64]:
    """Put the response on the scale of the lines."""
    response = model.response
    rows = len(source.frame)
    if response is None or response.levels:
        return np.full(rows, np.nan)
    values = response.values
    for name, vanishing in exposure.items():
        exposed = source.frame[name].to_numpy(dtype=float)
        values = values / (exposed if vanishing == 1.0 else np.exp(exposed))
    return values


def _notes(source: FormulaSource, exposure: Mapping[str, float], columns: list[Column]) -> Iterable[str]:
    term = bambi_response_term(source.bambi)
    if exposure:
        yield f"Lines and points are rates: {' and '.join(exposure)} held at exposure 1."
    if term.term.kind == "proportion":
        yield "Lines and points are proportions (one trial)."
    if term.is_censored:
        yield "Lines are the mean of the latent response; hollow points are censored at the value drawn."
    if term.is_truncated:
        yield "Lines are the location of the response before truncation."
    for by in columns:
        if len(by.levels) > MOST_STRATA:
            yield f"{by.name} has {len(by.levels)} levels: no fan per level is drawn."
