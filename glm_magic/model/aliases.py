"""Safe names for terms whose own would break PyMC, nutpie or xarray, or are taken.

A name is taken by a dimension of the posterior, by a parameter of the family, by the response, or by what
another term makes: the factor ``g`` makes the dimension ``g_dim``, so a column ``g_dim`` cannot keep its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bambi
from bambi.priors import Prior
from bambi.terms import GroupSpecificTerm, HSGPTerm

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters, bambi_response_term
from glm_magic.model.names import RESERVED

# PyMC refuses "/" in the name of a variable, and nutpie splits the names of dims at commas.
BREAKING = frozenset(",/")


def alias(model: bambi.Model) -> dict[str, str]:
    """Give terms whose names break or are taken a safe name.

    Parameters
    ----------
    model : bambi.Model
        With its priors, not yet built.

    Returns
    -------
    dict of str to str
        Safe name to the name the user sees.
    """
    aliases: dict[str, str] = {}
    parent = model.family.likelihood.parent
    response = bambi_response_term(model)
    parameters = set(model.family.likelihood.params)
    categories = _dims_of_response(response) | {"threshold_dim"}
    taken = {*parameters, response.name, *RESERVED, *categories}
    # The response and the main parameter are no variables of the posterior.
    shown = {*bambi_marginal_parameters(model), *categories}
    for parameter, component in bambi_parameters(model).items():
        for name, term in component.terms.items():
            label = name if parameter == parent else f"{parameter}_{name}"
            made = {label, *(f"{label}_{suffix}" for suffix in _suffixes(term))}
            if BREAKING & set(name) or made & taken:
                term.alias = f"glm_term_{len(aliases) + 1}"
                # A column called sigma stands in the summary beside the parameter sigma.
                aliases[term.alias] = f"{label} (column)" if made & shown else label
            taken |= made
            shown |= made
    if BREAKING & set(response.name) or response.name in {*parameters, *RESERVED}:
        response.alias = "glm_response"
        aliases[response.alias] = response.name
    return aliases


def _dims_of_response(response: Any) -> set[str]:
    """Name the dimensions that the categories of a response have, if it has any."""
    coords = set(response.coords)
    return coords | {f"{response.name}_dim"} if coords or response.categorical else set()


def _suffixes(term: Any) -> Iterator[str]:
    """Yield what stands after a term's own name in the names of its other variables and dims."""
    match term:
        case HSGPTerm():
            yield from ("sigma", "ell", "weights", "weights_raw", "weights_dim", "by", "var")
        case GroupSpecificTerm(prior=prior):
            yield "offset"
            yield from (name for name, value in prior.args.items() if isinstance(value, Prior))
        case _:
            prior = getattr(term, "prior", None)
            yield "dim"
            yield from ("tau", "lam", "raw") if isinstance(prior, Prior) and prior.name == "Horseshoe" else ()
