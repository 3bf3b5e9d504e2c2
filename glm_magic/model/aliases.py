"""Names in the PyMC model for terms whose own name PyMC refuses, or is taken.

A term's alias is its name everywhere: in the PyMC model, in the posterior and in what Bambi looks up.

A name is taken by a dimension of the posterior, by a parameter of the family, by the response, or by what
another term makes: the factor ``g`` makes the dimension ``g_dim``, so a column ``g_dim`` cannot keep its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bambi
from bambi.priors import Prior
from bambi.terms import CommonTerm, GroupSpecificTerm, HSGPTerm

from glm_magic._stack import bambi_parameters, bambi_response_term
from glm_magic.model.names import CENTERED, COLUMN, RESERVED, posterior_name


def alias(model: bambi.Model) -> None:
    """Give terms an alias whose names PyMC refuses or which are taken.

    Parameters
    ----------
    model : bambi.Model
        With its priors, not yet built.
    """
    parent = model.family.likelihood.parent
    response = bambi_response_term(model)
    parameters = set(model.family.likelihood.params)
    categories = _dims_of_response(response) | {"threshold_dim"}
    taken = {*parameters, response.name, *RESERVED, *categories}
    for parameter, component in bambi_parameters(model).items():
        for name, term in component.terms.items():
            label = name if parameter == parent else f"{parameter}_{name}"
            made = {label, *(f"{label}_{suffix}" for suffix in _suffixes(term))}
            # A column called sigma stands in the summary beside the parameter sigma.
            own = posterior_name(f"{label}{COLUMN}" if made & taken else label)
            if own != label:
                term.alias = own
            taken |= made
    taken_or_refused = response.name in {*parameters, *RESERVED} or "/" in response.name
    if taken_or_refused:
        own = posterior_name(response.name)
        response.alias = own if own != response.name else f"{response.name}{COLUMN}"


def _dims_of_response(response: Any) -> set[str]:
    """Name the dimensions that the categories of a response have, if it has any."""
    coords = set(response.coords)
    return coords | {f"{response.name}_dim"} if coords or response.categorical else set()


def _suffixes(term: Any) -> Iterator[str]:
    """Yield what stands after a term's own name in the names of its other variables and dims."""
    match term:
        case CommonTerm(kind="intercept"):
            yield CENTERED.removeprefix("_")
        case HSGPTerm():
            yield from ("sigma", "ell", "weights", "weights_raw", "weights_dim", "by", "var")
        case GroupSpecificTerm(prior=prior):
            yield "offset"
            yield from (name for name, value in prior.args.items() if isinstance(value, Prior))
        case _:
            prior = getattr(term, "prior", None)
            yield "dim"
            yield from ("tau", "lam", "raw") if isinstance(prior, Prior) and prior.name == "Horseshoe" else ()
