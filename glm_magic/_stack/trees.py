"""InferenceData of ArviZ 0.23, and DataTree of ArviZ 1."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray


def to_tree(result: Any) -> xarray.DataTree:
    """Turn what a sampler or a file gave into a DataTree.

    Parameters
    ----------
    result : arviz.InferenceData or xarray.DataTree
        ArviZ 0.23 has the first, ArviZ 1 the second.

    Returns
    -------
    xarray.DataTree
        The same groups; a DataTree is returned as it is.
    """
    import xarray

    if isinstance(result, xarray.DataTree):
        return result
    tree: xarray.DataTree = result.to_datatree()
    return tree


def to_native(tree: xarray.DataTree) -> Any:
    """Turn a DataTree into what this ArviZ, PyMC and Bambi take.

    Parameters
    ----------
    tree : xarray.DataTree
        A posterior and its other groups.

    Returns
    -------
    arviz.InferenceData or xarray.DataTree
        The first where ArviZ still has that class.
    """
    arviz: Any = importlib.import_module("arviz")
    # Not hasattr: ArviZ 1 answers with a warning about its migration.
    if "InferenceData" in vars(arviz):
        return arviz.from_datatree(tree)
    return tree


def group(result: Any, name: str) -> xarray.Dataset:
    """Read one group of a sampler's result as a Dataset.

    Parameters
    ----------
    result : arviz.InferenceData or xarray.DataTree
        What a sampler returned.
    name : str
        ``"posterior"``, ``"sample_stats"``, ...

    Returns
    -------
    xarray.Dataset
        The group: a copy of its index, not of its arrays.
    """
    found = result[name]
    dataset: xarray.Dataset = found.to_dataset() if hasattr(found, "to_dataset") else found
    return dataset
