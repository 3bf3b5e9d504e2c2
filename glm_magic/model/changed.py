"""A PyMC model with other priors, with some of its rows, or with another response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.model.fgraph import fgraph_from_model, model_from_fgraph
from pytensor.tensor.random.op import RandomVariable
from pytensor.tensor.type import TensorType

from glm_magic.errors import ModelError
from glm_magic.model import NewPrior
from glm_magic.model.observed import observed_variables
from glm_magic.model.untraced import untraced


def changed_model(
    model: pm.Model,
    priors: Mapping[str, NewPrior],
    rows: NDArray[np.intp] | None,
    response: NDArray[np.float64] | None,
) -> pm.Model:
    """Change a copy of a model.

    Parameters
    ----------
    model : pymc.Model
        With one observed variable, of one dimension, if rows or response change.
    priors : mapping of str to NewPrior
        By free variable; of the support of what was there, for the transform stays.
    rows : ndarray of int, shape (n_used,), or None
        The rows that are used, by position; None for all.
    response : ndarray, shape (n_rows,), or None
        Values of all rows, None for those that are there.

    Returns
    -------
    pymc.Model
        What is computed from parameters and all rows, such as a ``Deterministic`` mean, stays as it was.

    Raises
    ------
    ModelError
        For a model that PyMC does not copy.
    """
    with untraced():
        try:
            graph, memo = fgraph_from_model(model)
        except (NotImplementedError, ValueError) as problem:
            raise ModelError(
                f"PyMC cannot copy this model: {problem}",
                remedy="Change the model itself, and fit it again.",
            ) from problem
        for name, prior in priors.items():
            old = memo[model[name]].owner.inputs[0]
            # Dims leave a length open.
            shape = old.shape if None in old.type.shape else old.type.shape
            new = getattr(pm, prior.family).dist(**prior.arguments, shape=shape)
            graph.replace(old, new, import_missing=True)
        copy = model_from_fgraph(graph, mutate_fgraph=True)
        _in_order(model.free_RVs, copy.free_RVs)
        _in_order(model.deterministics, copy.deterministics)
        if rows is not None or response is not None:
            _observe(copy, rows, response)
    return copy


def _in_order(theirs: list[Any], own: list[Any]) -> None:
    order = {variable.name: place for place, variable in enumerate(theirs)}
    own.sort(key=lambda variable: order[variable.name])


def _observe(model: pm.Model, rows: NDArray[np.intp] | None, response: NDArray[np.float64] | None) -> None:
    """Register the observed variable anew."""
    (rv,) = observed_variables(model)
    value = model.rvs_to_values[rv]
    before = value.get_value() if hasattr(value, "get_value") else value.data
    values = np.asarray(before if response is None else response).astype(rv.dtype)
    dims = model.named_vars_to_dims.pop(rv.name, None)
    model.observed_RVs.remove(rv)
    model.values_to_rvs.pop(model.rvs_to_values.pop(rv))
    for known in (model.rvs_to_transforms, model.rvs_to_initial_values):
        known.pop(rv, None)
    del model.named_vars[rv.name]
    if rows is None:
        model.register_rv(rv, rv.name, observed=values, dims=dims)
    elif isinstance(rv.owner.op, RandomVariable):
        # Its dimension has the labels of all rows.
        model.register_rv(_of_rows(rv, rows, len(values)), rv.name, observed=values[rows])
    else:
        _by_density(model, rv, rows, values)


def _of_rows(rv: Any, rows: NDArray[np.intp], n_rows: int) -> Any:
    """Give the random variable of some rows: its parameters are those of these rows."""
    node = rv.owner
    size = node.op.size_param(node)

    def some(given: Any) -> Any:
        if given is size:
            return pt.constant([len(rows)], dtype="int64") if isinstance(given.type, TensorType) else given
        of_rows = isinstance(given.type, TensorType) and given.ndim and given.type.shape[-1] in (None, n_rows)
        return given[rows] if of_rows else given

    made = node.clone_with_new_inputs([some(given) for given in node.inputs], strict=False)
    return made.outputs[node.outputs.index(rv)]


def _by_density(model: pm.Model, rv: Any, rows: NDArray[np.intp], values: NDArray[Any]) -> None:
    """Observe some rows of a distribution that holds numbers of its own for all of them, such as weights."""
    node = rv.owner
    size = node.op.size_param(node)
    given = [one for one in node.inputs if isinstance(one.type, TensorType) and one is not size]
    every = pt.constant(values)

    def whole(own: Any, argument: Any) -> Any:
        # The density of the other rows is left out, at whatever parameters.
        return (
            argument.ravel()[0] if own.ndim == 0 else pt.set_subtensor(pt.ones(len(values))[rows], argument)
        )

    def logp(value: Any, *arguments: Any) -> Any:
        known = {size: pt.constant([len(values)], dtype="int64")}
        known |= {own: whole(own, argument) for own, argument in zip(given, arguments, strict=True)}
        remade = node.clone_with_new_inputs([known.get(one, one) for one in node.inputs], strict=False)
        return pm.logp(remade.outputs[node.outputs.index(rv)], pt.set_subtensor(every[rows], value))[rows]

    arguments = [one if one.ndim == 0 else pt.broadcast_to(one, (len(values),))[rows] for one in given]
    with model:
        pm.CustomDist(rv.name, *arguments, logp=logp, observed=values[rows])
