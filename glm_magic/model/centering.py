"""The intercept where the predictors are zero, beside the one that Bambi samples.

Bambi samples ``intercept + (X - mean(X)) b`` and reports ``intercept - mean(X) b`` under the same name
(``PyMCModel._clean_results``), so that PyMC's functions, given its posterior and its model, evaluate
another model. Here the variable that is sampled is called ``Intercept_centered``, and ``Intercept`` is
a deterministic variable of it and the coefficients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import bambi
import numpy as np
import pymc
import pytensor.tensor as pt
import xarray
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters
from glm_magic.model.names import CENTERED


@dataclass(frozen=True, slots=True, kw_only=True)
class CenteredIntercept:
    """An intercept that is sampled at the mean of the predictors.

    Attributes
    ----------
    name : str
        The variable at zero, ``"Intercept"`` or ``"sigma_Intercept"``.
    means : mapping of str to ndarray, shape (n_columns,)
        Variable of each common term, with the means of the term's design columns.
    """

    name: str
    means: Mapping[str, NDArray[np.float64]]

    @property
    def sampled(self) -> str:
        """The variable at the mean of the predictors."""
        return f"{self.name}{CENTERED}"


def build_centered(
    model: bambi.Model, uncentered: frozenset[str] = frozenset()
) -> tuple[CenteredIntercept, ...]:
    """Build a Bambi model, with both intercepts of each parameter that has predictors.

    Parameters
    ----------
    model : bambi.Model
        With its priors and aliases, not yet built.
    uncentered : frozenset of str
        Parameters of the family whose intercept is sampled where the predictors are zero.

    Returns
    -------
    tuple of CenteredIntercept
        One for each other parameter whose predictors are centered.
    """
    components = {
        parameter: component
        for parameter, component in bambi_parameters(model).items()
        if parameter not in uncentered and component.intercept_term and component.common_terms
    }
    names = {parameter: name_in_model(one.intercept_term) for parameter, one in components.items()}
    centered = tuple(_centered(component, names[parameter]) for parameter, component in components.items())
    designs = [(term, term.data) for one in components.values() for term in one.common_terms.values()]
    for parameter, component in components.items():
        component.intercept_term.alias = f"{names[parameter]}{CENTERED}"
    # Bambi has one switch for all parameters: where they differ, those that are centered get centered columns.
    if uncentered:
        model.center_predictors = False
        for term, data in designs:
            term.data = data - data.mean(axis=0)
    try:
        model.build()
    finally:
        # What Bambi looks up in a posterior is the intercept at zero.
        for parameter, component in components.items():
            component.intercept_term.alias = names[parameter]
        for term, data in designs:
            term.data = data
    for one in centered:
        _add(model.backend.model, one)
    # Bambi would move the intercepts that it samples from this model, and those are at zero already.
    # A model that is built anew, after other priors, asks the original.
    at_zero = copy(model)
    at_zero.center_predictors = False
    model.backend.spec = at_zero
    return centered


def name_in_model(term: Any) -> str:
    """Name the variable of a term in the PyMC model that Bambi builds.

    Parameters
    ----------
    term : bambi.terms.CommonTerm or bambi.terms.GroupSpecificTerm

    Returns
    -------
    str
    """
    return str(term.alias or term.name)


def _centered(component: Any, name: str) -> CenteredIntercept:
    means = {
        name_in_model(term): np.atleast_1d(np.asarray(term.data.mean(axis=0), dtype=float))
        for term in component.common_terms.values()
    }
    return CenteredIntercept(name=name, means=means)


def _add(built: pymc.Model, intercept: CenteredIntercept) -> None:
    """Add the intercept at zero to a PyMC model."""
    sampled = built[intercept.sampled]
    at_zero: Any = sampled
    for variable, means in intercept.means.items():
        coefficients = built[variable]
        # The response's categories, where it has any, are the last dim of both.
        own = coefficients.ndim - sampled.ndim
        at_zero = at_zero - (pt.dot(means, coefficients) if own else means[0] * coefficients)
    with built:
        pymc.Deterministic(intercept.name, at_zero, dims=built.named_vars_to_dims.get(intercept.sampled))


def with_intercepts(draws: xarray.Dataset, intercepts: Sequence[CenteredIntercept]) -> xarray.Dataset:
    """Compute the intercepts at zero from draws.

    Parameters
    ----------
    draws : xarray.Dataset
        Of the variables that are sampled; dims ``(chain, draw, ...)``.
    intercepts : sequence of CenteredIntercept

    Returns
    -------
    xarray.Dataset
        The draws, and the values of the PyMC model's deterministic variables of these names.
    """
    # As variables, without their coordinates: xarray would compare those in every sum.
    known = draws.variables
    found: dict[str, xarray.Variable] = {}
    for intercept in intercepts:
        at_zero = sampled = known[intercept.sampled]
        for variable, means in intercept.means.items():
            coefficients = known[variable]
            # What is left beside the intercept's dims (chain, draw, the response's categories)
            # runs along the term's own columns of the design.
            own = [dim for dim in coefficients.dims if dim not in sampled.dims]
            if own:
                at_zero = at_zero - xarray.dot(coefficients, xarray.Variable(own, means), dim=own)
            else:
                at_zero = at_zero - coefficients * float(means[0])
        found[intercept.name] = at_zero.transpose(*sampled.dims)
    return draws.assign(found)
