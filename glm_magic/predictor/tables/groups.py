"""The distribution of a group's effects, from which those of a new group are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from bambi.priors import Prior

from glm_magic.model import Model
from glm_magic.model.names import label_of
from glm_magic.predictor.tables import Argument

FACTOR_DIM = "__factor_dim"


def arguments_of(
    model: Model, labels: Mapping[str, tuple[str, ...]], record: Any, variable: str, shape: tuple[int, int]
) -> tuple[Argument, ...]:
    """List the arguments of the distribution of a term's effects.

    Parameters
    ----------
    model : Model
    labels : mapping of str to tuple of str
        Of `known_labels`.
    record : bambi.terms.GroupSpecificTerm
    variable : str
        Of the posterior.
    shape : tuple of int
        Columns of the term, and categories of the response (1 where it has none).

    Returns
    -------
    tuple of Argument
    """
    dims = model.pymc.named_vars_to_dims
    own = [dim for dim in dims[variable] if not str(dim).endswith(FACTOR_DIM)]
    sizes = [len(model.pymc.coords[dim]) for dim in own]
    found = []
    for name, value in record.prior.args.items():
        if not isinstance(value, Prior):
            found.append(
                Argument(name=name, values=np.broadcast_to(np.asarray(value, dtype=float), shape).copy())
            )
            continue
        hyper = f"{variable}_{record.hyperprior_alias.get(name, name)}"
        known = dims.get(hyper) or ()
        # Of length 1 along the dims over which it is the same.
        at = [size if dim in known else 1 for dim, size in zip(own, sizes, strict=True)]
        flat = np.array(labels[label_of(hyper)], dtype=object)
        full = np.broadcast_to(flat.reshape(at), sizes).reshape(shape)
        found.append(Argument(name=name, labels=tuple(map(tuple, full.tolist()))))
    return tuple(found)
