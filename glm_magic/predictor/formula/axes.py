"""The fan of a Bambi model: one axis per predictor, one more per two-way interaction.

The definition is that of brms's ``conditional_effects`` (Bürkner 2017, J. Stat. Softw. 80(1),
and its help page): numeric predictors are held at their mean, factors at their reference
level, group-specific effects at the population, trials and exposure at 1. In an interaction
a second numeric predictor stands at its mean and one standard deviation to either side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters, bambi_response_term
from glm_magic.model import Column, FormulaSource, Model
from glm_magic.model.columns import inner_name
from glm_magic.model.families import DISPROPORTIONATE
from glm_magic.predictor import Axis, Held, Later, NoPredictor, Predictor, Stratum, numeric_grid, parted
from glm_magic.predictor.formula.design import parent_of
from glm_magic.predictor.formula.expectation import is_affine, means_over
from glm_magic.predictor.formula.exposure import common_terms, exposed, exposure_of, unit_of
from glm_magic.predictor.formula.frames import frame_at
from glm_magic.predictor.formula.group import MOST_LEVELS, average, group_axis, grouping_factors, slopes_of
from glm_magic.predictor.places import places_of, reference_of
from glm_magic.predictor.words import no_value, ylabel
from glm_magic.stages import Attempt, unguarded

MOST_STRATA = 8


def read_formula(model: Model, attempt: Attempt = unguarded) -> Predictor | NoPredictor:
    """List the axes of a Bambi model's fan.

    Parameters
    ----------
    model : Model
        With a `FormulaSource`.
    attempt : Attempt
        How each axis is made; one that fails is left out, and a note says so.

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
    if not is_affine(source) and len(parent_of(source).offset_terms) > 1:
        return NoPredictor(
            reason=f"Bambi cannot predict for family {source.family!r} with more than one offset: "
            "add them up in one, such as offset(log(a) + b)."
        )
    exposure = exposure_of(source)
    reference = reference_of(model.predictors, exposure)
    moving = [column for column in fixed if column.name not in {*exposure, *source.whole}]
    pairs = _interactions(source, moving)
    setting = (model, source, fixed, reference)
    predictors = [Later(label=x.name, column=x, make=partial(_axis, *setting, x, None)) for x in moving]
    axes, others, left_out = parted(
        {
            "numeric predictors": [one for one in predictors if not one.column.levels],
            "categorical predictors": [one for one in predictors if one.column.levels],
            "interactions": [
                Later(label=_by(x, by), column=x, make=partial(_axis, *setting, x, by))
                for x, by in pairs
                if len(by.levels) <= MOST_STRATA
            ],
            "grouping factors": [
                Later(
                    label=_own_effects(factor, fixed),
                    column=factor,
                    make=partial(_group_axis, *setting, factor),
                )
                for factor in factors
                if len(factor.levels) <= MOST_LEVELS and factor.name not in source.whole
            ],
        },
        attempt,
    )
    left_out = (*left_out, *(f"No lines over {names}: {reason}." for names, reason in no_value(source)))
    if not axes and left_out:
        return NoPredictor(reason=" ".join(left_out))
    # The first predictor of the formula is shown first, whatever it is.
    place = {one.label: place for place, one in enumerate(predictors)}
    return Predictor(
        axes=tuple(sorted(axes, key=lambda axis: place.get(axis.label, len(place)))),
        others=others,
        left_out=left_out,
        ylabel=ylabel(source, exposure),
        observed_y=_observed(model, source, exposure),
        notes=(*_response_notes(source, exposure), *_level_notes(pairs, factors)),
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


def _held(
    source: FormulaSource, columns: Iterable[Column], reference: Mapping[str, float], moving: set[str]
) -> tuple[Held, ...]:
    exposure = exposure_of(source)
    held = []
    for column in columns:
        if column.name in moving:
            continue
        value = reference[column.name]
        if column.levels:
            text = f"{column.levels[int(value)]} (reference)"
        elif column.name in exposure:
            text = f"{value:,.6g} (exposure: rates)"
        else:
            text = f"{value:.4g} (mean)"
        if column.name in source.whole:
            text = f"{text}, {source.whole[column.name]} where it is on average"
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
            named = {name for part in getattr(term, "components", ()) for name in part.var_names}
            together = [name for name in by_name if name in named]
            for index, first in enumerate(together):
                for second in together[index + 1 :]:
                    # A numeric x makes lines, so it moves and the factor tells the fans apart.
                    swap = by_name[first].levels and not by_name[second].levels
                    pairs[(second, first) if swap else (first, second)] = None
    return [(by_name[x], by_name[by]) for x, by in pairs]


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
        population=average(source, ()),
        label=_by(x, by) if by else x.name,
        x=x.name,
        levels=x.levels,
        grid=grid,
        held=_held(source, columns, reference, moving),
        observed_x=x.values,
        strata=tuple(strata),
        note=""
        if _moves_mean(source, x)
        else f"{x.name} is not in the formula of the mean: the lines are flat.",
    )


def _moves_mean(source: FormulaSource, x: Column) -> bool:
    """Tell whether the mean can change along x; in ``sigma ~ x`` alone it cannot."""
    return not is_affine(source) or any(x.name in (term.var_names or ()) for term in common_terms(source))


def _group_axis(
    model: Model, source: FormulaSource, fixed: list[Column], reference: dict[str, float], factor: Column
) -> Axis:
    """Hold what the factor's own effects depend on, too: z in ``(z|g)``."""
    names = {column.name for column in fixed} | slopes_of(source, {factor.name})
    columns = [column for column in model.predictors if column.name in names]
    held = _held(source, columns, reference, {factor.name})
    return group_axis(model, source, factor, held, reference, _own_effects(factor, fixed))


def _by(x: Column, by: Column) -> str:
    return f"{x.name} by {by.name}"


def _own_effects(factor: Column, fixed: list[Column]) -> str:
    """Label the axis of a grouping factor, which may be a predictor too."""
    alone = all(column is not factor for column in fixed)
    return factor.name if alone else f"{factor.name} (own effects)"


def _settings(by: Column | None) -> list[tuple[str, dict[str, float]]]:
    """Say where a second predictor stands, one fan each."""
    if by is None:
        return [("", {})]
    if by.levels:
        return [(f"{by.name} = {level}", {by.name: float(code)}) for code, level in enumerate(by.levels)]
    places = places_of(by.values)
    return [(f"{by.name} = {value:.3g} ({name})", {by.name: value}) for name, value in places]


def _observed(model: Model, source: FormulaSource, exposure: Mapping[str, float]) -> NDArray[np.float64]:
    """Put the response on the scale of the lines."""
    response = model.response
    rows = len(source.frame)
    if response is None or response.levels or (exposure and source.family in DISPROPORTIONATE):
        return np.full(rows, np.nan)
    return response.values / exposed(source, exposure)


def _response_notes(source: FormulaSource, exposure: Mapping[str, float]) -> Iterable[str]:
    term = bambi_response_term(source.bambi)
    if exposure and source.family in DISPROPORTIONATE:
        yield f"Lines are the mean at exposure 1 ({unit_of(exposure)}); it is not proportional to exposure."
    elif exposure:
        yield f"Lines and points are rates: {inner_name(term)} per {unit_of(exposure)}."
    if term.term.kind == "proportion":
        yield "Lines and points are proportions (one trial)."
    if term.is_censored:
        yield "Lines are the mean of the latent response; hollow points are censored at the value drawn."
    if term.is_truncated or term.is_constrained:
        yield "Lines are the location of the response before truncation."


def _level_notes(pairs: Iterable[tuple[Column, Column]], factors: Iterable[Column]) -> Iterable[str]:
    for x, by in pairs:
        if len(by.levels) > MOST_STRATA:
            yield f"{by.name} has {len(by.levels)} levels, too many for a fan of {x.name} for each."
    for factor in factors:
        if len(factor.levels) > MOST_LEVELS:
            yield (
                f"{factor.name} has {len(factor.levels):,} levels, too many for an axis: "
                "fit.predict gives the mean of any of them."
            )
