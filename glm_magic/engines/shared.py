"""A model with a shared variable in place of each of its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor
from pymc.model.fgraph import fgraph_from_model, model_from_fgraph

from glm_magic.engines.structure import Structure, value_of


def number_name(place: int) -> str:
    """Name the shared variable that stands for a number."""
    return f"glm_magic number {place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A model whose numbers can be exchanged.

    Attributes
    ----------
    model : pymc.Model
        With the variables of the original, in its order.
    shared : mapping of int to SharedVariable
        By place among the structure's numbers; one that nothing uses has none.
    """

    model: pm.Model
    shared: Mapping[int, Any]


def shared_copy(model: pm.Model, found: Structure) -> Copy | None:
    """Copy a model with a shared variable in place of each number.

    Parameters
    ----------
    model : pymc.Model
    found : Structure
        Of this model.

    Returns
    -------
    Copy or None
        None for a model that PyMC does not copy.
    """
    try:
        graph, memo = fgraph_from_model(model)
    except (NotImplementedError, ValueError):
        # Models with initial values, and models within models.
        return None
    shared = {}
    for place, number in enumerate(found.numbers):
        node = memo.get(number, number)
        if node in graph.variables:
            value = np.array(value_of(number))
            shared[place] = pytensor.shared(value, name=number_name(place), shape=value.shape)
            graph.replace(node, shared[place], import_missing=True)
    copy = model_from_fgraph(graph, mutate_fgraph=True)
    for theirs, own in (
        (model.free_RVs, copy.free_RVs),
        (model.observed_RVs, copy.observed_RVs),
        (model.deterministics, copy.deterministics),
    ):
        order = {variable.name: place for place, variable in enumerate(theirs)}
        own.sort(key=lambda variable, order=order: order[variable.name])
    return Copy(model=copy, shared=shared)
