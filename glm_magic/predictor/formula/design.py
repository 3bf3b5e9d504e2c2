"""Design rows of a mean, or of another parameter, that is affine in the draws before its inverse link."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import numpy as np
import pandas as pd
import xarray
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters
from glm_magic.model import FormulaSource
from glm_magic.model.names import variable_of
from glm_magic.predictor import Linear, Link
from glm_magic.predictor.formula.frames import completed

Coefficient = tuple[str, tuple[int, ...]]


def parent_of(source: FormulaSource) -> Any:
    """Return Bambi's record of the family's main parameter."""
    return bambi_parameters(source.bambi)[source.bambi.family.likelihood.parent]


def linear(
    source: FormulaSource, frame: pd.DataFrame, factors: Collection[str] = (), parameter: str | None = None
) -> Linear:
    """Evaluate the design rows of a parameter.

    Parameters
    ----------
    source : FormulaSource
    frame : pandas.DataFrame
        n_grid rows, a column for each predictor.
    factors : collection of str
        Grouping factors whose effects are included; others stay at the population.
    parameter : str, optional
        A parameter of the family that has a formula; the main one when not given.

    Returns
    -------
    Linear
    """
    parent = source.bambi.family.likelihood.parent
    name = parent if parameter is None else parameter
    offset, rows, coefficients = _common(source, frame, name)
    if factors:
        blocks, own = _group(source, frame, factors, name)
        rows, coefficients = [*rows, *blocks], [*coefficients, *own]
    return Linear(
        coefficients=tuple(coefficients),
        rows=np.hstack(rows) if rows else np.zeros((len(frame), 0)),
        offset=offset,
        link=cast(Link, source.link if name == parent else source.bambi.family.link[name].name),
    )


def coefficients_of(mean: Linear, samples: xarray.Dataset) -> NDArray[np.float64]:
    """Take the draws of the coefficients that a design multiplies.

    Parameters
    ----------
    mean : Linear
    samples : xarray.Dataset
        Draws, dim ``sample`` first.

    Returns
    -------
    ndarray, shape (n_samples, p)
    """
    # By way of the variables: looking a DataArray up takes a thousand times as long.
    variables = samples.variables
    columns = [variables[name].values[_of_every_sample(index)] for name, index in mean.coefficients]
    return np.stack(columns, axis=1) if columns else np.zeros((samples.sizes["sample"], 0))


def _of_every_sample(index: tuple[int, ...]) -> tuple[Any, ...]:
    return (slice(None), *index)


def _common(
    source: FormulaSource, frame: pd.DataFrame, parameter: str
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]], list[Coefficient]]:
    """Evaluate offsets, and rows and coefficients of the common terms."""
    offset = np.zeros(len(frame))
    rows: list[NDArray[np.float64]] = []
    coefficients: list[Coefficient] = []
    common = bambi_parameters(source.bambi)[parameter].design.common
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
        variable = variable_of(source, parameter, name)
        scalar = not _dims(source, variable)
        coefficients += [(variable, () if scalar else (index,)) for index in range(block.shape[1])]
        rows.append(block)
    return offset, rows, coefficients


def _group(
    source: FormulaSource, frame: pd.DataFrame, factors: Collection[str], parameter: str
) -> tuple[list[NDArray[np.float64]], list[Coefficient]]:
    """Evaluate rows and coefficients of the group-specific terms of some factors."""
    rows: list[NDArray[np.float64]] = []
    coefficients: list[Coefficient] = []
    group = bambi_parameters(source.bambi)[parameter].design.group
    if group is None:
        return rows, coefficients
    whole = completed(source, frame)
    for name, term in group.terms.items():
        if not set(term.factor.var_names) <= set(factors):
            continue
        # Term by term: the frame has no existing level of a factor that stays at the population.
        block = term.eval_new_data(whole)[: len(frame)].toarray().astype(float)
        # formulae orders the columns by level, then by the term's own columns, as PyMC's dims are.
        own = block.shape[1] // len(term.groups)
        variable = variable_of(source, parameter, name)
        scalar = len(_dims(source, variable)) == 1
        # Of hundreds of levels a few are asked for.
        used = np.flatnonzero(block.any(axis=0))
        coefficients += [(variable, (int(at),) if scalar else divmod(int(at), own)) for at in used]
        rows.append(block[:, used])
    return rows, coefficients


def _dims(source: FormulaSource, variable: str) -> tuple[str, ...]:
    """Name the dims of a term's coefficients in the PyMC model."""
    return tuple(source.bambi.backend.model.named_vars_to_dims.get(variable) or ())
