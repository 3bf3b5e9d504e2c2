"""The variables of a built model: which are drawn, and what they are to the user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bambi
import numpy as np

from glm_magic._stack import bambi_parameters, bambi_response_term
from glm_magic.model.centering import CenteredIntercept, name_in_model


def variables_drawn(model: bambi.Model, centered: Sequence[CenteredIntercept]) -> tuple[str, ...]:
    """Name what to draw: not the response's parameters (one per row), not what is computed afterwards."""
    built = model.backend.model
    left_out = {component.alias or parameter for parameter, component in bambi_parameters(model).items()}
    left_out |= {intercept.name for intercept in centered}
    return tuple(
        variable.name
        for variable in (*built.free_RVs, *built.deterministics)
        if variable.name not in left_out
    )


def internal(model: bambi.Model, centered: Sequence[CenteredIntercept]) -> frozenset[str]:
    """Name the variables of the parameterisation: centered intercepts, and offsets of group effects."""
    names = {intercept.sampled for intercept in centered}
    offsets = {f"{name}_offset" for name in group_terms(model)}
    return frozenset(names | (offsets & set(model.backend.model.named_vars)))


def group_terms(model: bambi.Model) -> dict[str, str]:
    """Name the variables of group-specific effects, each with the term that the user knows it by."""
    terms: dict[str, str] = {}
    parent = model.family.likelihood.parent
    for parameter, component in bambi_parameters(model).items():
        for name, term in component.group_specific_terms.items():
            terms[name_in_model(term)] = name if parameter == parent else f"{parameter}_{name}"
    return terms


def censored(model: bambi.Model) -> Any:
    """Tell of each row whether its response is censored; None where none can be."""
    term = bambi_response_term(model)
    return np.asarray(term.data)[:, -1] != 0 if term.is_censored else None
