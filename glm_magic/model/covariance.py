"""Priors of Gaussian processes: each parameter of a covariance function has its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glm_magic.errors import FormulaError, Where

if TYPE_CHECKING:
    from bambi.terms import HSGPTerm


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariance:
    """A parameter of the covariance function of an ``hsgp`` term.

    Attributes
    ----------
    term : bambi.terms.HSGPTerm
    parameter : str
        ``"sigma"`` or ``"ell"``.
    label : str
        The term as the summary names it.
    parameters : tuple of str
        Every parameter of the function.
    """

    term: HSGPTerm
    parameter: str
    label: str
    parameters: tuple[str, ...]


def covariances_of(component: Any, prefix: str) -> dict[str, Covariance]:
    """Name the parameters of each Gaussian process of a parameter's formula.

    Parameters
    ----------
    component : object
        Bambi's record of a parameter that has a formula; its terms have Bambi's own priors.
    prefix : str
        What the summary writes before its terms.

    Returns
    -------
    dict of str to Covariance
        ``hsgp(x, m=5, c=2)_ell`` as the summary names it.
    """
    return {
        f"{prefix}{name}_{parameter}": Covariance(
            term=term, parameter=parameter, label=f"{prefix}{name}", parameters=tuple(term.prior)
        )
        for name, term in component.hsgp_terms.items()
        for parameter in term.prior
    }


def set_covariance(target: Covariance, chosen: Mapping[str, Any], where: Where) -> None:
    """Give a Gaussian process the priors that the user wrote.

    As in Bambi, the predictors are then in their own unit, unless ``scale=True`` is in the formula:
    Bambi divides them by their largest distance only for its own priors (``HSGPTerm.scale_predictors``).

    Parameters
    ----------
    target : Covariance
    chosen : mapping of str to bambi.Prior or float
        The priors that the user wrote, by target.
    where : Where
        The target in the user's text.

    Raises
    ------
    FormulaError
        If a parameter of the same process has no prior: Bambi's own is one for scaled predictors.
    """
    names = {parameter: f"{target.label}_{parameter}" for parameter in target.parameters}
    lacking = [name for name in names.values() if name not in chosen]
    if lacking:
        raise FormulaError(
            f"{target.label} has a prior of {target.parameter}, and none of {lacking[0].rpartition('_')[2]}",
            where=where,
            remedy=f"Write a prior for both, in the unit of the predictor: {lacking[0]} ~ InverseGamma(3, 1).",
        )
    target.term.prior = {parameter: chosen[name] for parameter, name in names.items()}
    target.term.automatic_priors = False
