"""A fit as the functions of ArviZ, PyMC and Bambi take it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import xarray

from glm_magic._stack import to_native
from glm_magic.errors import ModelError, did_you_mean
from glm_magic.fit.log_likelihood import log_likelihood
from glm_magic.fit.posterior_predictive import posterior_predictive
from glm_magic.fit.prior_predictive import prior_predictive

if TYPE_CHECKING:
    from glm_magic.fit import Fit

ON_REQUEST: Mapping[str, Callable[[Fit], xarray.Dataset | xarray.DataTree]] = {
    "log_likelihood": log_likelihood,
    "posterior_predictive": posterior_predictive,
    "prior": prior_predictive,
    "prior_predictive": prior_predictive,
}
"""Groups that are computed when they are asked for, under ArviZ's names: by verbs that give the group, or a tree
that holds it beside others."""


def to_arviz(fit: Fit, groups: Sequence[str] = ()) -> Any:
    """Give the fit as the functions of this ArviZ, PyMC and Bambi take it.

    Parameters
    ----------
    groups : sequence of str
        What is computed besides: ``"log_likelihood"``, ``"posterior_predictive"``, ``"prior"``,
        ``"prior_predictive"``.

    Returns
    -------
    arviz.InferenceData or xarray.DataTree
        The first with ArviZ 0.23, the second with ArviZ 1; groups posterior, sample_stats, observed_data and those
        that were asked for. The posterior holds every free variable of `model`, also those that no table shows. What
        is added to it is not added to the fit.

    Raises
    ------
    ModelError
        If there is no such group, or if it needs the model and the fit has none.

    Examples
    --------
    >>> az.plot_trace(fit.to_arviz())  # doctest: +SKIP
    >>> az.loo(fit.to_arviz(groups=["log_likelihood"]))  # doctest: +SKIP
    >>> bmb.interpret.comparisons(fit.bambi, fit.to_arviz(), "x")  # doctest: +SKIP
    >>> pm.sample_posterior_predictive(fit.to_arviz(), model=fit.model)  # doctest: +SKIP
    """
    given: Any = [groups] if isinstance(groups, str) else groups
    wanted = list(given) if isinstance(given, Iterable) else []
    if not isinstance(given, Iterable) or not all(isinstance(name, str) for name in wanted):
        raise ModelError(
            f"groups must be a list of names, not {groups!r:.60}", remedy="Write groups=['log_likelihood']."
        )
    there = {name: node.to_dataset() for name, node in fit.posterior.children.items()}
    for name in wanted:
        if name not in {*there, *ON_REQUEST}:
            raise ModelError(f"there is no group {name!r}", remedy=did_you_mean(name, [*there, *ON_REQUEST]))
    verbs = {ON_REQUEST[name] for name in wanted if name not in there}
    results = {verb: verb(fit) for verb in verbs}
    made = {name: _group(results[ON_REQUEST[name]], name) for name in wanted if name not in there}
    return to_native(xarray.DataTree.from_dict({**there, **made}))


def _group(made: xarray.Dataset | xarray.DataTree, name: str) -> xarray.Dataset:
    return made if isinstance(made, xarray.Dataset) else made[name].to_dataset()
