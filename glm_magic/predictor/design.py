"""Design rows of a mean that is affine in the draws."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters
from glm_magic.model import FormulaSource
from glm_magic.model.names import variable_of
from glm_magic.predictor import Linear, Link
from glm_magic.predictor.frames import completed

Coefficient = tuple[str, tuple[int, ...]]


def parent_of(source: FormulaSource) -> Any:
    """Return Bambi's record of the family's main parameter."""
    return bambi_parameters(source.bambi)[source.bambi.family.likelihood.parent]


def linear(source: FormulaSource, frame: pd.DataFrame, factors: Collection[str] = ()) -> Linear:
    """Evaluate the design rows of the main parameter.

    Parameters
    ----------
    source : FormulaSource
    frame : pandas.DataFrame
        n_grid rows, a column for each predictor.
    factors : collection of str
        Grouping factors whose effects are included; others stay at the population.

    Returns
    -------
    Linear
    """
    offset, rows, coefficients = _common(source, frame)
    if factors:
        blocks, own = _group(source, frame, factors)
        rows, coefficients = [*rows, *blocks], [*coefficients, *own]
    return Linear(
        coefficients=tuple(coefficients),
        rows=np.hstack(rows) if rows else np.zeros((len(frame), 0)),
        offset=offset,
        link=cast(Link, source.link),
    )


def _common(
    source: FormulaSource, frame: pd.DataFrame
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]], list[Coefficient]]:
    """Evaluate offsets, and rows and coefficients of the common terms."""
    offset = np.zeros(len(frame))
    rows: list[NDArray[np.float64]] = []
    coefficients: list[Coefficient] = []
    common = parent_of(source).design.common
    # Without a common term there is no design to evaluate.
    if common is None:
        return offset, rows, coefficients
    every = np.asarray(common.evaluate_new_data(completed(source, frame)).design_matrix, dtype=float)
    design = every[: len(frame)]
    for name, part in common.slices.items():
        block = design[:, part]
        if common.terms[name].kind == "offset":
            offset = offset + block.sum(axis=1)
            continue
        scalar = not _dims(source, name)
        variable = variable_of(source, source.bambi.family.likelihood.parent, name)
        coefficients += [(variable, () if scalar else (index,)) for index in range(block.shape[1])]
        rows.append(block)
    return offset, rows, coefficients


def _group(
    source: FormulaSource, frame: pd.DataFrame, factors: Collection[str]
) -> tuple[list[NDArray[np.float64]], list[Coefficient]]:
    """Evaluate rows and coefficients of the group-specific terms of some factors."""
    rows: list[NDArray[np.float64]] = []
    coefficients: list[Coefficient] = []
    whole = completed(source, frame)
    for name, term in group_terms(source).items():
        if not set(term.factor.var_names) <= set(factors):
            continue
        # Term by term: the frame has no existing level of a factor that stays at the population.
        block = np.asarray(term.eval_new_data(whole).todense(), dtype=float)[: len(frame)]
        # formulae orders the columns by level, then by the term's own columns, as PyMC's dims are.
        own = block.shape[1] // len(term.groups)
        scalar = len(_dims(source, name)) == 1
        variable = variable_of(source, source.bambi.family.likelihood.parent, name)
        coefficients += [
            (variable, (index,) if scalar else divmod(index, own)) for index in range(block.shape[1])
        ]
        rows.append(block)
    return rows, coefficients


def group_terms(source: FormulaSource) -> dict[str, Any]:
    """List formulae's group-specific terms of the main parameter by name."""
    group = parent_of(source).design.group
    return {} if group is None else dict(group.terms)


def _dims(source: FormulaSource, term: str) -> tuple[str, ...]:
    """Name the dims of a term's coefficients in the PyMC model."""
    name = variable_of(source, source.bambi.family.likelihood.parent, term)
    return tuple(source.bambi.backend.model.named_vars_to_dims.get(name) or ())
