"""A PyMC cell -> Model: the user's statements, run in the user's names.

Names resolve in the order of the cell's design: assigned in the block, columns of DATA, the
user's namespace, PyMC's public names, ``pm``, ``np`` and ``pt``. What the block assigns is
kept apart until the fit has succeeded, so that a failing cell binds nothing.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np
import pymc
import pytensor.tensor
from numpy.typing import NDArray

from glm_magic import interrupts
from glm_magic.data import Table, vectors_of
from glm_magic.errors import BlockError, ModelError, Where
from glm_magic.model import BlockSource, Column, Model
from glm_magic.request import BlockCell
from glm_magic.request.python import place

FILENAME = "<glm cell>"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRun:
    """A block that has been run up to the sampling.

    Attributes
    ----------
    pymc : pymc.Model
    names : dict of str to object
        What the block sees and assigns.
    arguments : dict of str to object
        The evaluated arguments of its ``sample(...)``.
    code : CodeType or None
        What follows the sampling.
    """

    pymc: pymc.Model
    names: dict[str, Any]
    arguments: dict[str, Any]
    code: CodeType | None


def run_block(
    cell: BlockCell, table: Table | None, namespace: Mapping[str, Any], filename: str = FILENAME
) -> BlockRun:
    """Run a block up to its sampling.

    Parameters
    ----------
    cell : BlockCell
    table : Table or None
        DATA; its columns hide names of the notebook.
    namespace : mapping of str to object
        The notebook's names; not changed.
    filename : str
        How tracebacks name the cell.

    Returns
    -------
    BlockRun

    Raises
    ------
    BlockError
        If the block makes no model with an observed variable.

    Notes
    -----
    A function that the block defines keeps the names as they are now: it does not see what the
    notebook assigns later.
    """
    # Tracebacks look the user's own lines up here.
    linecache.cache[filename] = (len(cell.text), None, cell.text.splitlines(keepends=True), filename)
    names = _visible(cell, table, namespace)
    exec(_code(cell.before, filename), names)
    model = (
        pymc.Model()
        if cell.context is None
        else eval(_code(ast.Expression(body=cell.context), filename), names)
    )
    if not isinstance(model, pymc.Model):
        raise BlockError(
            f"the block's `with` opens something of type {type(model).__name__}, not a PyMC model",
            where=None if cell.context is None else place(cell.text, cell.context),
            remedy="Write: with pm.Model() as model:",
        )
    if cell.context_name is not None:
        names[cell.context_name] = model
    with model:
        exec(_code(cell.model, filename), names)
    if not model.observed_RVs and not model.potentials:
        raise BlockError(
            "the model has no observed variable",
            where=_last_line(cell.text),
            remedy='Give the response its data: Normal("y", mu=..., sigma=..., observed=y).',
        )
    arguments = {} if cell.sample is None else cell.sample.arguments
    return BlockRun(
        pymc=model,
        names=names,
        arguments={
            key: eval(_code(ast.Expression(body=value), filename), names) for key, value in arguments.items()
        },
        code=_code(cell.after, filename) if cell.after.body else None,
    )


def finish_block(cell: BlockCell, run: BlockRun, idata: object) -> dict[str, Any]:
    """Run what follows the sampling, and collect the names for the notebook.

    Parameters
    ----------
    cell : BlockCell
    run : BlockRun
    idata : object
        The posterior as this generation of ArviZ has it; bound to the name that
        ``sample(...)`` is assigned to.

    Returns
    -------
    dict of str to object
        What the block assigned.
    """
    if cell.sample is not None and cell.sample.target is not None:
        run.names[cell.sample.target] = idata
    if run.code is not None:
        # The user's own statements may take for ever: they are stopped at once.
        interrupts.release()
        with run.pymc:
            exec(run.code, run.names)
    return {name: run.names[name] for name in cell.stores if name in run.names}


def _visible(cell: BlockCell, table: Table | None, namespace: Mapping[str, Any]) -> dict[str, Any]:
    public = {name: getattr(pymc, name) for name in dir(pymc) if not name.startswith("_")}
    short = {"pm": pymc, "np": np, "pt": pytensor.tensor}
    columns: dict[str, Any] = {}
    if table is not None:
        used = set(cell.loads)
        columns = {name: column_values(table, name) for name in table.columns if name in used}
    return {**short, **public, **namespace, **columns}


def column_values(table: Table, name: str) -> NDArray[Any]:
    """Give a column as an array: numbers as they are, anything else as objects."""
    values: NDArray[Any] = table.frame[name].to_numpy()
    return values


def _code(tree: ast.Module | ast.Expression, filename: str) -> CodeType:
    # Our own __future__ imports are not the user's.
    kind = "exec" if isinstance(tree, ast.Module) else "eval"
    code: CodeType = compile(tree, filename, kind, dont_inherit=True)
    return code


def _last_line(text: str) -> Where:
    start = text.rstrip().rfind("\n") + 1
    return Where(text=text, start=start, end=len(text.rstrip()))


def block_model(model: pymc.Model, table: Table | None, namespace: Mapping[str, Any], title: str) -> Model:
    """Describe a hand-written model.

    Parameters
    ----------
    model : pymc.Model
    table : Table or None
    namespace : mapping of str to object
        Where the names of data vectors are looked for.
    title : str

    Returns
    -------
    Model

    Raises
    ------
    ModelError
        If nothing in it is free.
    """
    if not model.free_RVs:
        raise ModelError(
            "the model has nothing to estimate: no free variable", remedy='Add one: Normal("slope", 0, 1).'
        )
    response = _response(model)
    length = len(response.values) if response is not None else 0
    if response is not None and not length:
        raise ModelError(
            f"the observed variable {response.name!r} has no values",
            remedy="Look at its data: it is empty, or all of it is missing.",
        )
    return Model(
        pymc=model,
        source=BlockSource(vectors=vectors_of(table, namespace, length) if length else {}),
        title=title,
        variables=tuple(variable.name for variable in model.unobserved_RVs),
        circular=frozenset(rv.name for rv in model.free_RVs if rv.owner.op.name == "vonmises"),
        response=response,
    )


def _response(model: pymc.Model) -> Column | None:
    """Read the observed values of the first observed vector."""
    for variable in model.observed_RVs:
        values = model.rvs_to_values[variable]
        data = getattr(values, "data", None)
        array = values.get_value() if data is None and hasattr(values, "get_value") else data
        if isinstance(array, np.ndarray) and array.ndim == 1 and np.issubdtype(array.dtype, np.number):
            return Column(name=variable.name, values=np.asarray(array, dtype=float))
    return None
