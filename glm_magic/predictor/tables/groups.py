"""Which group a value belongs to, and the distribution from which the effects of a new one are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from bambi.priors import Prior
from numpy.typing import NDArray

from glm_magic.model import Column, Model
from glm_magic.model.names import label_of
from glm_magic.predictor.tables import Argument

FACTOR_DIM = "__factor_dim"


def codes_of(part: Any, column: Column, grid: NDArray[np.float64], each: pd.DataFrame) -> NDArray[np.int32]:
    """Find the group at each position of a grid.

    Parameters
    ----------
    part : formulae variable or call
        Of a grouping factor.
    column : Column
        The variable that it is a function of.
    grid : ndarray, shape (n_grid,)
    each : pandas.DataFrame
        Rows of which the first n_grid have the variable at its grid.

    Returns
    -------
    ndarray of int, shape (n_grid,)
        -1 where the data have no group.
    """
    call = getattr(part, "call", None)
    # A number that is a grouping factor too has no group between the values of the data.
    known = np.ones(len(grid), dtype=bool)
    if call is None or call.callee == "C":
        known = np.isin(grid, column.values)
    chosen = np.flatnonzero(known)
    rows = each.iloc[[*chosen, *range(len(grid), len(each))]].reset_index(drop=True)
    indicators = np.asarray(part.eval_new_data(rows))[: len(chosen)]
    codes = np.full(len(grid), -1, dtype=np.int32)
    codes[known] = np.where(indicators.any(axis=1), indicators.argmax(axis=1), -1)
    return codes


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
