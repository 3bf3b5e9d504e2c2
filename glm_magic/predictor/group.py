"""A grouping factor as an axis: draws per level, with that level's own effects."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from glm_magic._stack import bambi_parameters
from glm_magic.model import Column, FormulaSource, Model
from glm_magic.model.names import posterior_name
from glm_magic.predictor import Axis, Held, Linear, Stratum
from glm_magic.predictor.expectation import is_affine, linear
from glm_magic.predictor.frames import frame_at

MOST_LEVELS = 30


def grouping_factors(model: Model, source: FormulaSource) -> list[Column]:
    """List the factors of group-specific terms of the mean that can be an axis.

    Parameters
    ----------
    model : Model
    source : FormulaSource

    Returns
    -------
    list of Column
        Empty where the mean is not affine in the draws: their fan is the population's.
    """
    parent = bambi_parameters(source.bambi)[source.bambi.family.likelihood.parent]
    if parent.design.group is None or not is_affine(source):
        return []
    names = {name for term in parent.design.group.terms.values() for name in term.factor.var_names}
    crossed = {
        name
        for term in parent.design.group.terms.values()
        if len(term.factor.var_names) > 1
        for name in term.factor.var_names
    }
    return [column for column in model.predictors if column.levels and column.name in names - crossed]


def group_axis(
    model: Model,
    source: FormulaSource,
    factor: Column,
    held: tuple[Held, ...],
    reference: Mapping[str, float],
) -> Axis:
    """Draw the mean of each level of a grouping factor, its own effects included.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    factor : Column
        The grouping factor.
    held : tuple of Held
        The population-level predictors, as they are held.
    reference : mapping of str to float
        Their values.

    Returns
    -------
    Axis
        Categorical; other factors' effects stay at the population.
    """
    grid = np.arange(len(factor.levels), dtype=float)
    values = {name: np.full(len(grid), value) for name, value in reference.items()} | {factor.name: grid}
    frame = frame_at(source, model.predictors, values)
    return Axis(
        label=factor.name,
        x=factor.name,
        levels=factor.levels,
        grid=grid,
        held=held,
        observed_x=factor.values,
        strata=(Stratum(label="", mean=with_effects(source, frame, {factor.name})),),
        note=f"Each level of {factor.name} with its own effects; other axes show the population.",
    )


def with_effects(source: FormulaSource, frame: pd.DataFrame, factors: set[str]) -> Linear:
    """Join factors' group-specific columns to the population's design rows.

    Parameters
    ----------
    source : FormulaSource
    frame : pandas.DataFrame
        n_grid rows, a column per predictor.
    factors : set of str
        Whose effects to include; the others stay at the population.

    Returns
    -------
    Linear
    """
    population = linear(source, frame)
    group = bambi_parameters(source.bambi)[source.bambi.family.likelihood.parent].design.group
    matrix = np.asarray(group.evaluate_new_data(frame).design_matrix.todense(), dtype=float)
    blocks, coefficients = [population.rows], [*population.coefficients]
    for name, part in group.slices.items():
        term = group.terms[name]
        if not set(term.factor.var_names) <= factors:
            continue
        block = matrix[:, part]
        # formulae orders the columns by level, then by the term's own columns, as PyMC's dims are.
        per_level = block.shape[1] // len(term.groups)
        variable = posterior_name(name)
        dims = source.bambi.backend.model.named_vars_to_dims[_pymc_name(source, name)]
        coefficients += [
            (variable, (index // per_level, index % per_level) if len(dims) > 1 else (index,))
            for index in range(block.shape[1])
        ]
        blocks.append(block)
    return Linear(
        coefficients=tuple(coefficients),
        rows=np.hstack(blocks),
        offset=population.offset,
        link=population.link,
    )


def _pymc_name(source: FormulaSource, term: str) -> str:
    parent = bambi_parameters(source.bambi)[source.bambi.family.likelihood.parent]
    return parent.terms[term].alias or term
