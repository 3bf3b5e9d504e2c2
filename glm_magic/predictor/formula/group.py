"""A grouping factor as an axis: draws per level, with that level's own effects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from glm_magic.model import Column, FormulaSource, Model
from glm_magic.predictor import Axis, Held, Stratum
from glm_magic.predictor.formula.expectation import Effect, effects, is_affine, means_over
from glm_magic.predictor.formula.exposure import common_terms
from glm_magic.predictor.formula.frames import frame_at

MOST_LEVELS = 30


def grouping_factors(model: Model, source: FormulaSource) -> list[Column]:
    """List the factors that have effects of their own.

    Parameters
    ----------
    model : Model
    source : FormulaSource

    Returns
    -------
    list of Column
        Of ``(1|town/school)`` the town, whose effects are its own; a school's are those of a
        school in a town. A number that is a predictor too, as in ``year + (1|year)``, is none.
    """
    alone = {name for one in effects(source) if len(one.factors) == 1 for name in one.factors}
    named = {name for one in effects(source) for name in one.factors}
    columns = [column for column in model.predictors if column.name in named]
    if not is_affine(source) and any(not column.levels for column in columns):
        # Bambi's predict needs a level that exists for every factor, and a number is held between.
        return []
    return [column for column in columns if column.levels and column.name in alone]


def slopes_of(source: FormulaSource, factors: Iterable[str]) -> set[str]:
    """Name the variables whose effect differs between the groups of some factors."""
    chosen = set(factors)
    return {name for one in effects(source) if one.factors <= chosen for name in one.slopes}


def average(source: FormulaSource, own: Collection[str], of: Iterable[Effect] | None = None) -> str:
    """Say whom a mean is for when effects of groups are left out of it.

    Parameters
    ----------
    source : FormulaSource
    own : collection of str
        Grouping factors whose effects are included.
    of : iterable of Effect, optional
        The group-specific terms that matter; those of the mean when not given.

    Returns
    -------
    str
        ``"an average school"``, ``"an average town and school"``, ``"an average C(x > 0)"``; ``""`` where
        nothing is left out.
        A factor that is a predictor too, as in ``year + (1|year)``, is held like any other.
    """
    chosen = set(own) | _common_names(source)
    terms = [one for one in (effects(source) if of is None else of) if not one.factors <= set(own)]
    words = {
        name: word for one in terms for name, word in one.words.items() if name not in chosen or word != name
    }
    ordered = dict.fromkeys(words[name] for name in source.frame.columns if name in words)
    return f"an average {_listed(list(ordered))}" if ordered else ""


def _common_names(source: FormulaSource) -> set[str]:
    """List the variables of the common terms of the main parameter."""
    return {
        name
        for term in common_terms(source)
        if term.kind != "offset"
        for name in getattr(term, "var_names", None) or ()
    }


def _listed(names: list[str]) -> str:
    """Write ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def group_axis(
    model: Model,
    source: FormulaSource,
    factor: Column,
    held: tuple[Held, ...],
    reference: Mapping[str, float],
    label: str,
) -> Axis:
    """Draw the mean of each level of a grouping factor, its own effects included.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    factor : Column
        The grouping factor.
    held : tuple of Held
        The other predictors, as they are held.
    reference : mapping of str to float
        Their values.
    label : str
        Of the axis.

    Returns
    -------
    Axis
        Categorical; other factors' effects stay at the population.
    """
    grid = np.arange(len(factor.levels), dtype=float)
    values = {name: np.full(len(grid), value) for name, value in reference.items()} | {factor.name: grid}
    frame = frame_at(source, model.predictors, values)
    return Axis(
        label=label,
        x=factor.name,
        levels=factor.levels,
        grid=grid,
        held=held,
        observed_x=factor.values,
        strata=tuple(
            Stratum(label=category, mean=mean) for category, mean in means_over(source, frame, {factor.name})
        ),
        note=f"Each level of {factor.name} with its own effects; other axes show the population.",
        population=average(source, {factor.name}),
    )
