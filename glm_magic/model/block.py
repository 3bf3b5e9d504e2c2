"""A PyMC model that the user wrote -> Model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pymc
from numpy.typing import NDArray
from pymc.initial_point import convert_str_to_rv_dict
from pytensor.graph.basic import Constant
from pytensor.graph.traversal import ancestors

from glm_magic.data import Table, vectors_of
from glm_magic.errors import BlockError, ModelError, Where, did_you_mean
from glm_magic.model import BlockSource, Column, Model
from glm_magic.model.observed import observed_variables
from glm_magic.request.settings import Note

OBSERVED, UNOBSERVED = "_observed", "_unobserved"
RESERVED = ("chain", "draw")
"""Dimensions of the posterior; a deterministic variable of such a name is left out of it, as by PyMC."""


def left_out(model: pymc.Model) -> list[Note]:
    """Say which deterministic variables the posterior cannot hold.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    list of Note
    """
    return [
        Note(
            message=f"{variable.name!r} is not in the posterior, which has a dimension of that name",
            advice="Give it another name to see it",
        )
        for variable in model.deterministics
        if variable.name in RESERVED
    ]


def earlier(fits: int) -> list[Note]:
    """Say that a cell has fitted other models before this one.

    Parameters
    ----------
    fits : int

    Returns
    -------
    list of Note
    """
    if not fits:
        return []
    others = "1 fit" if fits == 1 else f"{fits} fits"
    return [
        Note(
            message=f"the cell made {others} before this one, and the panel shows the last",
            advice="What sample(...) returned holds the draws of each; give a model its own cell to see its panel",
        )
    ]


def block_model(
    model: pymc.Model, table: Table | None, namespace: Mapping[str, Any], title: str, text: str = ""
) -> Model:
    """Describe a hand-written model.

    Parameters
    ----------
    model : pymc.Model
    table : Table or None
    namespace : mapping of str to object
        Where the names of data vectors are looked for.
    title : str
    text : str, optional
        The cell that makes the model.

    Returns
    -------
    Model

    Raises
    ------
    ModelError
        If nothing in it is free, or a parameter has the name of a dimension of the posterior.
    """
    if not model.free_RVs:
        raise ModelError(
            "the model has nothing to estimate: no free variable", remedy='Add one: Normal("slope", 0, 1).'
        )
    for variable in model.free_RVs:
        if variable.name in RESERVED:
            raise ModelError(
                f"a parameter cannot be called {variable.name!r}: the posterior has a dimension of that name",
                remedy=f'Give it another name, such as "{variable.name}_effect".',
            )
    response = _response(model)
    length = len(response.values) if response is not None else 0
    if response is not None and np.isnan(response.values).all():
        raise ModelError(
            f"the observed variable {response.name!r} has no values",
            remedy="Look at its data: it is empty, or all of it is missing.",
        )
    return Model(
        pymc=model,
        source=BlockSource(vectors=vectors_of(table, namespace, length) if length else {}, text=text),
        title=title,
        variables=tuple(rv.name for rv in model.unobserved_RVs if rv.name not in RESERVED),
        circular=frozenset(rv.name for rv in model.free_RVs if rv.owner.op.name == "vonmises"),
        response=response,
    )


def _response(model: pymc.Model) -> Column | None:
    """Read the observed values of the first observed vector."""
    for variable in observed_variables(model):
        values = model.rvs_to_values[variable]
        data = getattr(values, "data", None)
        array = values.get_value() if data is None and hasattr(values, "get_value") else data
        if isinstance(array, np.ndarray) and array.ndim == 1 and np.issubdtype(array.dtype, np.number):
            values = np.asarray(array, dtype=float)
            seen = _seen(model, variable)
            if seen is None:
                return Column(name=variable.name, values=values)
            # Beside the predictors, which have a value in every row.
            whole = np.full(len(seen), np.nan)
            whole[seen] = values
            return Column(name=variable.name.removesuffix(OBSERVED), values=whole)
    return None


def _seen(model: pymc.Model, variable: Any) -> NDArray[np.bool_] | None:
    """Tell which rows of a response were observed, shape (n_rows,); None where PyMC imputes none.

    PyMC parts such a variable in two, ``y_observed`` and ``y_unobserved``, and puts ``y`` together of them: the
    places of the observed values stand there.
    """
    name = str(variable.name).removesuffix(OBSERVED)
    joined = model.named_vars.get(name)
    if name == variable.name or f"{name}{UNOBSERVED}" not in model.named_vars or joined is None:
        return None
    for one in ancestors([joined]):
        inputs = [] if one.owner is None else one.owner.inputs
        if variable in inputs and len(inputs) == 3 and isinstance(inputs[2], Constant):
            place = np.asarray(inputs[2].data)
            seen = np.zeros(joined.type.shape[0] or len(place), dtype=bool)
            seen[place] = True
            return seen
    return None


def keeping(model: Model, names: Sequence[str] | None, where: Where | None = None) -> Model:
    """Drop the deterministic variables that are not wanted.

    Parameters
    ----------
    model : Model
    names : sequence of str or None
        The variables wanted; None means all. Free variables are kept in any case: the panel needs them.
    where : Where, optional
        Where the user names them.

    Returns
    -------
    Model

    Raises
    ------
    BlockError
        If one of them is no variable of the model.
    """
    if names is None:
        return model
    for name in names:
        if name not in model.variables:
            raise BlockError(
                f"the model has no variable {name!r}", where=where, remedy=did_you_mean(name, model.variables)
            )
    free = {rv.name for rv in model.pymc.free_RVs}
    return replace(model, variables=tuple(name for name in model.variables if name in free or name in names))


@contextmanager
def beginning_at(
    model: pymc.Model, initvals: Mapping[Any, Any] | None, where: Where | None = None
) -> Iterator[None]:
    """Let the chains begin at values of the user's, for the time of a fit.

    Parameters
    ----------
    model : pymc.Model
    initvals : mapping or None
        Values by variable or by name, the names of transformed variables included.
    where : Where, optional
        Where the user writes them.

    Raises
    ------
    BlockError
        If one of them belongs to no variable of the model.
    """
    before = dict(model.rvs_to_initial_values)
    try:
        model.rvs_to_initial_values.update(_initial(model, initvals or {}, where))
        yield
    finally:
        model.rvs_to_initial_values.update(before)


def _initial(model: pymc.Model, initvals: Mapping[Any, Any], where: Where | None) -> dict[Any, Any]:
    """Read starting values; those of deterministic variables, which `pymc.find_MAP` gives too, are no start."""
    free = [str(variable.name) for variable in (*model.free_RVs, *model.value_vars)]
    derived = {variable.name for variable in model.deterministics}
    wanted = {}
    for key, value in initvals.items():
        name = getattr(key, "name", key)
        if name in free:
            wanted[key] = value
        elif name not in derived:
            raise BlockError(
                f"initvals names {name!r}, which is no free variable of the model",
                where=where,
                remedy=did_you_mean(str(name), free),
            )
    named: dict[Any, Any] = convert_str_to_rv_dict(model, wanted)
    return named
