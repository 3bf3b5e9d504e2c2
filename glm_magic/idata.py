"""The draws of a PyMC block as PyMC itself would return them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc
import xarray
from pymc.backends.arviz import find_constants, find_observations
from pymc.stats import compute_log_likelihood, compute_log_prior

from glm_magic._stack import group, to_native
from glm_magic.model.names import dims_of
from glm_magic.request.settings import Settings

_COMPUTED = {"log_likelihood": compute_log_likelihood, "log_prior": compute_log_prior}


def bound(tree: xarray.DataTree, model: pymc.Model, settings: Settings) -> Any:
    """Make what ``pm.sample(...)`` evaluates to.

    Parameters
    ----------
    tree : xarray.DataTree
        The fit's posterior; what the user does with the result does not change it.
    model : pymc.Model
    settings : Settings
        Which variables the draws hold, and what is computed besides.

    Returns
    -------
    arviz.InferenceData or xarray.DataTree
        With the groups posterior, sample_stats, observed_data and constant_data, and those that
        ``idata_kwargs`` asks for.
    """
    groups = {
        "posterior": tree["posterior"].to_dataset(),
        "sample_stats": tree["sample_stats"].to_dataset(),
        "observed_data": observed_data(model),
        "constant_data": _labelled(model, find_constants(model)),
    }
    filled = {
        name: _relabelled(dataset, model, settings.labels)
        for name, dataset in groups.items()
        if dataset.data_vars
    }
    idata = to_native(xarray.DataTree.from_dict(filled))
    for name, wanted in settings.groups.items():
        names = None if wanted is True else wanted
        idata = _COMPUTED[name](idata, var_names=names, model=model, progressbar=False)
    if settings.var_names is None:
        return idata
    every = {name: group(idata, name) for name in [*filled, *settings.groups]}
    kept = [name for name in every["posterior"].data_vars if name in settings.var_names]
    return to_native(xarray.DataTree.from_dict({**every, "posterior": every["posterior"][kept]}))


def _relabelled(
    dataset: xarray.Dataset, model: pymc.Model, labels: Mapping[str, Mapping[str, Any]]
) -> xarray.Dataset:
    """Name the dimensions of variables as ``idata_kwargs`` does; those of the model keep their labels."""
    if not labels:
        return dataset
    data = {}
    for name, array in dataset.data_vars.items():
        own = list(labels.get("dims", {}).get(str(name), ()))
        data[name] = ([*array.dims[: array.ndim - len(own)], *own], array.values)
    used = {dim for dims, _ in data.values() for dim in dims}
    old = {dim: index.values for dim, index in dataset.coords.items()}
    known = {**model.coords, **old, **labels.get("coords", {})}
    coords = {dim: (dim, list(named)) for dim, named in known.items() if dim in used and named is not None}
    return xarray.Dataset(data, coords=coords, attrs=dataset.attrs)


def observed_data(model: pymc.Model) -> xarray.Dataset:
    """Give what a model observed, as PyMC and ArviZ have it.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    xarray.Dataset
        A variable for each observed one, with its dims, coordinates and dtype.
    """
    return _labelled(model, find_observations(model))


def _labelled(model: pymc.Model, arrays: Mapping[str, Any]) -> xarray.Dataset:
    """Give arrays the dims and coordinates of the model's variables."""
    data = {}
    for name, values in arrays.items():
        array = np.asarray(values)
        dims = dims_of(name, model.named_vars_to_dims.get(name), array.ndim)
        data[name] = (dims, array)
    used = {dim for dims, _ in data.values() for dim in dims}
    coords = {
        dim: np.asarray(labels) for dim, labels in model.coords.items() if dim in used and labels is not None
    }
    return xarray.Dataset(data, coords=coords)
