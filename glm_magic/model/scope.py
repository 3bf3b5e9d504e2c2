"""What a PyMC block sees, and what can be told from its names before it runs."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import pymc
import pytensor.tensor
from numpy.typing import NDArray

from glm_magic.data import Table
from glm_magic.errors import BlockError, Where, nearest
from glm_magic.request import BlockCell

SQUARE = 3_037_000_500
"""The least whole number whose square does not fit into 64 bits."""
_NEED_A_MODEL = frozenset(["Deterministic", "Potential", "Data"])
_OF_EVERY_MODULE = frozenset(["__file__", "__annotations__", "__module__", "__qualname__", "__class__"])


def visible(cell: BlockCell, table: Table | None, namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Collect the names that a block sees before it assigns any.

    Parameters
    ----------
    cell : BlockCell
    table : Table or None
        DATA; its columns hide names of the notebook.
    namespace : mapping of str to object
        The notebook's names, which hide PyMC's.

    Returns
    -------
    dict of str to object
    """
    public = {name: getattr(pymc, name) for name in dir(pymc) if not name.startswith("_")}
    short = {"pm": pymc, "np": np, "pt": pytensor.tensor}
    columns: dict[str, Any] = {}
    if table is not None:
        used = set(cell.loads)
        columns = {name: column_values(table, name) for name in table.columns if name in used}
    return {**short, **public, **namespace, **columns}


def column_values(table: Table, name: str) -> NDArray[Any]:
    """Give a column as an array: numbers, anything else as objects.

    Whole numbers are wide enough for differences and squares, which NumPy would let wrap around: 64 bits, and floats
    from `SQUARE` on.
    """
    values: NDArray[Any] = table.frame[name].to_numpy()
    if values.dtype.kind not in "iu" or not len(values):
        return values
    largest = max(abs(int(values.min())), abs(int(values.max())))
    return values.astype(np.float64 if largest >= SQUARE else np.int64, copy=False)


def refuse_unknown(cell: BlockCell, names: Mapping[str, Any]) -> None:
    """Find a name that a block is certain to read and that nothing defines.

    Parameters
    ----------
    cell : BlockCell
    names : mapping of str to object
        What it sees.

    Raises
    ------
    BlockError
        For the first of them.
    """
    known = {*names, *vars(builtins), *_OF_EVERY_MODULE}
    for name, where in cell.places.items():
        if name not in known:
            raise unknown_name(name, where, {*names, *cell.stores})


def unknown_name(name: str, where: Where, names: set[str]) -> BlockError:
    """Say that there is no such name, and which was meant."""
    public = [known for known in (*names, *vars(builtins)) if not known.startswith("_")]
    return BlockError(
        f"unknown name {name!r}",
        where=where,
        remedy=nearest(name, public) or "Assign it in the block or in an earlier cell, or name its DATA.",
    )


def is_bare(cell: BlockCell, names: Mapping[str, Any]) -> bool:
    """Tell whether a block writes its model without a context of its own.

    Parameters
    ----------
    cell : BlockCell
    names : mapping of str to object
        What it sees.

    Returns
    -------
    bool
        Whether its statements need a model around them. A model that was around those that make their
        own would become its parent.
    """
    if cell.makes_model:
        return False
    called = [_resolved(dotted, names) for dotted in cell.calls]
    if any(_needs_model(value) for value in called):
        return True
    return not cell.may_make_model and not any(_makes_model(value) for value in called)


def _resolved(dotted: tuple[str, ...], names: Mapping[str, Any]) -> Any:
    """Look a dotted name up without running anything: in modules and classes alone."""
    value = names.get(dotted[0])
    for word in dotted[1:]:
        value = vars(value).get(word) if isinstance(value, ModuleType | type) else None
    return value


def _needs_model(value: Any) -> bool:
    """Whether it is a distribution of PyMC's, or what else belongs to a model."""
    of_pymc = str(getattr(value, "__module__", "")).partition(".")[0] == "pymc"
    return of_pymc and (hasattr(value, "dist") or getattr(value, "__name__", "") in _NEED_A_MODEL)


def _makes_model(value: Any) -> bool:
    """Whether it is a model's class, or a function that calls it."""
    if isinstance(value, type):
        return issubclass(value, pymc.Model)
    return isinstance(value, FunctionType) and "Model" in value.__code__.co_names
