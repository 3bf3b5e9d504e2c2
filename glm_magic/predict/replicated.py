"""The data anew: from the posterior, or from the prior."""

from __future__ import annotations

from typing import Any

import pymc
import xarray
from pymc.distributions.continuous import FlatRV, HalfFlatRV

from glm_magic._stack import bambi_response_term, group, to_native
from glm_magic.errors import ModelError
from glm_magic.idata import observed_data
from glm_magic.model import FormulaSource, Model
from glm_magic.model.names import dims_of
from glm_magic.model.observed import observed_variables
from glm_magic.posterior import Posterior
from glm_magic.predict import predict
from glm_magic.predict.quiet import unannounced
from glm_magic.predict.size import check_size


def from_posterior(model: Model, posterior: Posterior, seed: int) -> xarray.Dataset:
    """Draw the response anew for each draw of the posterior.

    Parameters
    ----------
    model : Model
    posterior : Posterior
    seed : int

    Returns
    -------
    xarray.Dataset
        The observed variables under their names, with their dims behind ``chain`` and ``draw``.

    Raises
    ------
    ModelError
        If nothing is observed.
    """
    if not model.pymc.observed_RVs:
        raise ModelError(
            "the model has no observed variable, so there is nothing to draw anew",
            remedy="Give a distribution observed=..., in place of a pm.Potential.",
        )
    check_size(
        "observations",
        sum(array.size for array in posterior.tree["observed_data"].data_vars.values()),
        posterior.draws.sizes["chain"] * posterior.draws.sizes["draw"],
        "Draw fewer rows at once: fit.predict(data.iloc[:10_000], kind='response', draws=True).",
    )
    source = model.source
    if not isinstance(source, FormulaSource) or _as_observed(source):
        native = to_native(posterior.tree)
        with unannounced():
            drawn = pymc.sample_posterior_predictive(
                native,
                model=model.pymc,
                var_names=[str(one.name) for one in observed_variables(model.pymc)],
                random_seed=seed,
                progressbar=False,
                extend_inferencedata=False,
            )
        return group(drawn, "posterior_predictive")
    # Without compiling: the family's distribution, as at new rows.
    (response,) = observed_variables(model.pymc)
    name = str(response.name)
    made: Any = predict(model, posterior, None, 0.5, kind="response", draws=True, seed=seed)
    if model.used is not None:
        made = made.isel({made.dims[2]: model.used})
    known = model.pymc.named_vars_to_dims.get(name)
    dims = dict(zip(made.dims[2:], dims_of(name, known, made.ndim - 2), strict=True))
    renamed = made.rename({old: new for old, new in dims.items() if old != new}).rename(name)
    dataset: xarray.Dataset = renamed.to_dataset()
    return dataset


def _as_observed(source: FormulaSource) -> bool:
    """Tell whether only the PyMC model knows how the response is observed: censored.

    Nor has a function that computes with the whole column a value at rows that are given.
    """
    term = bambi_response_term(source.bambi)
    return bool(term.is_censored or source.whole)


def from_prior(model: Model, draws: int, seed: int) -> xarray.DataTree:
    """Draw parameters from the prior, and the response from those.

    Parameters
    ----------
    model : Model
    draws : int
    seed : int

    Returns
    -------
    xarray.DataTree
        Groups prior, prior_predictive and observed_data; the last two only if something is observed.

    Raises
    ------
    ModelError
        If a prior cannot be drawn from.
    """
    flat = [one.name for one in model.pymc.free_RVs if isinstance(one.owner.op, FlatRV | HalfFlatRV)]
    if flat:
        raise ModelError(
            f"the prior cannot be drawn from: that of {' and '.join(map(repr, flat))} is flat",
            remedy="Give a proper prior, such as pm.Normal.",
        )
    source = model.source
    names = None
    if isinstance(source, FormulaSource):
        # Those of the posterior, and not the response's parameters, one for each row.
        centered = [intercept.name for intercept in source.centered]
        names = [*model.variables, *centered, *(str(one.name) for one in observed_variables(model.pymc))]
    try:
        with unannounced():
            drawn = pymc.sample_prior_predictive(draws, model=model.pymc, var_names=names, random_seed=seed)
    except NotImplementedError as problem:
        raise ModelError(
            f"the prior cannot be drawn from: {problem}",
            remedy="The message is PyMC's own: give it random=...",
        ) from problem
    groups = {"prior": group(drawn, "prior")}
    if model.pymc.observed_RVs:
        groups |= {
            "prior_predictive": group(drawn, "prior_predictive"),
            "observed_data": observed_data(model.pymc),
        }
    return xarray.DataTree.from_dict(groups)
