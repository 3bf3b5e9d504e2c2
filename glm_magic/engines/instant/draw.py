"""Draws of the free variables in, the posterior that PyMC would have returned out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray
from pytensor import function
from pytensor.graph.replace import vectorize_graph

from glm_magic.engines.instant.program import Floats
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.model.names import dims_of

MOST_NUMBERS = 4_000_000
"""Numbers of a deterministic variable that are computed at once: 32 MB."""


def posterior(model: pm.Model, free: Mapping[str, Floats], variables: Sequence[str]) -> xarray.Dataset:
    """Add deterministic variables, dims and coordinates to draws.

    Parameters
    ----------
    model : pymc.Model
    free : mapping of str to ndarray, shape (n_chains, n_draws, ...)
        Draws of each free variable, on its own scale.
    variables : sequence of str
        Variables to keep.

    Returns
    -------
    xarray.Dataset
        Dims ``(chain, draw, ...)``; a variable without dims of its own has ``name_dim_0``, as ArviZ
        names them.
    """
    values = {rv.name: free[rv.name] for rv in model.free_RVs if rv.name in variables}
    values |= deterministics(model, free, [one for one in model.deterministics if one.name in variables])
    data, coords = {}, {}
    for name, array in values.items():
        dims = dims_of(name, model.named_vars_to_dims.get(name), array.ndim - 2)
        data[name] = (("chain", "draw", *dims), array)
        for dim, length in zip(dims, array.shape[2:], strict=True):
            labels = model.coords.get(dim)
            coords[dim] = np.arange(length) if labels is None else np.asarray(labels)
    shape = next(iter(free.values())).shape
    return xarray.Dataset(data, coords={"chain": np.arange(shape[0]), "draw": np.arange(shape[1]), **coords})


def deterministics(model: pm.Model, free: Mapping[str, Floats], wanted: Sequence[Any]) -> dict[str, Any]:
    """Compute deterministic variables from draws of the free ones.

    Parameters
    ----------
    model : pymc.Model
    free : mapping of str to ndarray, shape (n_chains, n_draws, ...)
    wanted : sequence of TensorVariable

    Returns
    -------
    dict of str to ndarray, shape (n_chains, n_draws, ...)
    """
    if not wanted:
        return {}
    # What a block computes from its data sees the data, not a draw of the likelihood.
    observed = {rv: model.rvs_to_values[rv] for rv in model.observed_RVs}
    many = {rv: pt.tensor(dtype=rv.dtype, shape=(None, *rv.type.shape)) for rv in model.free_RVs}
    evaluate = function(
        list(many.values()),
        vectorize_graph(list(wanted), replace={**many, **observed}),
        mode=AS_WRITTEN,
        on_unused_input="ignore",
    )
    n_chains, n_draws = next(iter(free.values())).shape[:2]
    flat = [free[rv.name].reshape(-1, *free[rv.name].shape[2:]).astype(rv.dtype) for rv in model.free_RVs]
    first = evaluate(*[array[:1] for array in flat])
    at_once = max(1, MOST_NUMBERS // max(1, *(value.size for value in first)))
    parts = [
        evaluate(*[array[start : start + at_once] for array in flat])
        for start in range(0, n_chains * n_draws, at_once)
    ]
    found = {}
    for place, one in enumerate(wanted):
        if first[place].ndim == one.ndim:
            # It depends on no free variable.
            found[one.name] = np.broadcast_to(first[place], (n_chains, n_draws, *first[place].shape))
        else:
            whole = np.concatenate([part[place] for part in parts])
            found[one.name] = whole.reshape(n_chains, n_draws, *whole.shape[1:])
    return found
