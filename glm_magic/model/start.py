"""A formula's model that has no point to start from: the link that is to blame, and what to write."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from bambi.defaults.families import BUILTIN_FAMILIES

from glm_magic._stack import bambi_parameters
from glm_magic.errors import StartError
from glm_magic.model import FormulaSource, Model
from glm_magic.model.families import BINARY, REAL, TRIALS, UNIT, family_of

# Links under which a predictor of any size does not give a mean that the family can have.
_OPEN: Mapping[str, tuple[str, Callable[[float], float]]] = {
    "identity": ("the linear predictor itself", lambda mean: mean),
    "inverse": ("1 / (linear predictor)", lambda mean: 1 / mean),
    "inverse_squared": ("1 / sqrt(linear predictor)", lambda mean: 1 / mean**2),
}
_CLOSED = ("log", "logit", "probit", "cloglog")
"""Links that give a possible mean for any predictor, the usual ones first."""


def explained(problem: StartError, model: Model) -> StartError:
    """Say which link keeps a model from being started.

    Parameters
    ----------
    problem : StartError
        No point was found at which the log density is finite, of those that were tried.
    model : Model

    Returns
    -------
    StartError
        `problem` itself for a hand-written model, and for a link that gives a possible mean everywhere.
    """
    source = model.source
    if not isinstance(source, FormulaSource) or source.link not in _OPEN or _is_free(source):
        return problem
    written, forward = _OPEN[source.link]
    response = model.response.name if model.response else "the response"
    return StartError(
        f"family {source.family!r} with link {source.link!r} found no point to start from: the mean of {response} "
        f"is {written}, which must be {_domain(source.family)} in every row and is not where the priors have "
        "their centre",
        remedy=" ".join([*_other_link(source), *_own_prior(source, model, forward)]),
    )


def _is_free(source: FormulaSource) -> bool:
    """Whether any predictor gives a mean that the family can have."""
    unrestricted = source.family not in TRIALS and family_of(source.family).support is REAL
    return unrestricted and source.link == "identity"


def _domain(family: str) -> str:
    support = family_of(family).support
    if family in TRIALS or support in (BINARY, UNIT):
        return "between 0 and 1"
    return "finite" if support is REAL else "positive"


def _other_link(source: FormulaSource) -> list[str]:
    """Name a link that gives a possible mean for any predictor."""
    family = BUILTIN_FAMILIES[source.family]
    links = family["family"].SUPPORTED_LINKS[family["likelihood"]["parent"]]
    closed = [name for name in _CLOSED if name in links and not (name == "cloglog" and "log" in links)]
    if _domain(source.family) == "finite":
        return ["Use --link identity."]
    return [f"Use --link {closed[0]}, under which every predictor gives a possible mean."] if closed else []


def _own_prior(source: FormulaSource, model: Model, forward: Callable[[float], float]) -> list[str]:
    """Write a prior of the intercept that is centred at the data."""
    parent = source.bambi.family.likelihood.parent
    if bambi_parameters(source.bambi)[parent].intercept_term is None or model.response is None:
        return []
    mean = float(np.mean(model.response.values))
    if not mean:
        return []
    centre = forward(mean)
    prior = f"Intercept ~ Normal({centre:.2g}, {abs(centre) / 4:.2g})"
    return [f"Or keep the link and centre the intercept at the data: {prior}."]
