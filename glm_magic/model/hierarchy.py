"""Priors whose parameterisation or order Bambi leaves to its user: of groups, and of thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bambi
import numpy as np
import pymc
from bambi.priors import Prior
from numpy.typing import NDArray

from glm_magic._stack import bambi_centre, bambi_parameters, bambi_response_term
from glm_magic.errors import FormulaError, Where
from glm_magic.model.as_written import AS_WRITTEN

if TYPE_CHECKING:
    from bambi.terms import GroupSpecificTerm


def parameterise(model: bambi.Model) -> None:
    """Centre the effects of groups whose prior Bambi's non-centred form cannot express.

    Bambi writes every effect as an offset times a scale: right for ``Normal(0, HalfNormal(2))``; it
    drops another mean silently, and fails for other distributions.

    Parameters
    ----------
    model : bambi.Model
        With its priors, not yet built.
    """
    terms: list[GroupSpecificTerm] = [
        term
        for component in bambi_parameters(model).values()
        for term in component.group_specific_terms.values()
    ]
    bambi_centre(model, [term for term in terms if not _is_offset_times_scale(term.prior)], terms)


def _is_offset_times_scale(prior: Prior) -> bool:
    sigma, mu = prior.args.get("sigma"), prior.args.get("mu", 0.0)
    if prior.name != "Normal" or not isinstance(sigma, Prior) or isinstance(mu, Prior):
        return False
    nested = any(isinstance(argument, Prior) for argument in sigma.args.values())
    return not nested and bool(np.all(np.asarray(mu) == 0))


def order_thresholds(prior: Prior, model: bambi.Model, where: Where) -> Prior:
    """Complete a prior of the thresholds between the categories of the response.

    Those of a cumulative model increase, which Bambi declares in its own prior only; those of a sequential
    one (``sratio``) are free.

    Parameters
    ----------
    prior : bambi.Prior
    model : bambi.Model
        Of an ordinal family.
    where : Where
        The prior in the user's text.

    Returns
    -------
    bambi.Prior
        With the transform that keeps their order, and a start in that order.

    Raises
    ------
    FormulaError
        If it is a prior of another number of thresholds.
    """
    count = len(bambi_response_term(model).levels) - 1
    sizes = {np.size(value) for value in prior.args.values()} - {1, count}
    if sizes:
        raise FormulaError(
            f"the response has {count + 1} categories, so there are {count} thresholds, and the prior is of "
            f"{min(sizes)}",
            where=where,
            remedy="Write as many numbers as there are thresholds, or one for all of them.",
        )
    if model.family.name == "cumulative":
        start = _increasing(prior, count)
        prior.update(transform=pymc.distributions.transforms.ordered, initval=start)
    return prior


def _increasing(prior: Prior, count: int) -> NDArray[np.float64]:
    """Choose increasing values near the middle of a distribution, at most 1 from its median."""
    distribution: Any = getattr(pymc, prior.name)
    try:
        drawn = pymc.draw(distribution.dist(**prior.args, shape=(200, count)), random_seed=0, mode=AS_WRITTEN)
    except NotImplementedError:
        # Flat has no draws.
        return np.linspace(-1.0, 1.0, count)
    middles = np.median(drawn, axis=0)
    if np.all(np.diff(middles) > 0) and np.ptp(middles) <= 4:
        return np.asarray(middles)
    quantiles = np.quantile(drawn, np.linspace(0.25, 0.75, count + 2)[1:-1])
    away = quantiles - np.median(drawn)
    return np.asarray(np.median(drawn) + away / max(1.0, float(np.abs(away).max())))
