"""Where the graph of a mean is cut: its data, and which parameters the data pick from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pytensor.graph.traversal import io_toposort
from pytensor.tensor.elemwise import DimShuffle, Elemwise
from pytensor.tensor.type import TensorType

from glm_magic._stack import takes_rows

Variable = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A dimension of parameters from which an index picks.

    Attributes
    ----------
    name : str
        Name of the variable that is indexed, or of the one that it is computed from; empty if unknown.
    axis : int
        Which of its dimensions.
    size : int
        The length of that dimension; 0 if unknown.
    """

    name: str
    axis: int
    size: int


def depending(graph: Variable, free: list[Variable]) -> set[Variable]:
    """Variables of the graph that depend on a free variable, with the free variables it uses."""
    given = set(free)
    depends = given & {graph}
    for node in io_toposort(free, [graph]):
        inner = [v for v in node.inputs if v in given or v in depends]
        if inner:
            depends.update(inner, node.outputs)
    return depends


Cuts = dict[Variable, tuple[Picked, ...]]


def find_cuts(graph: Variable, depends: set[Variable]) -> Cuts:
    """Where the graph is cut: data, each with what it indexes."""
    cuts: Cuts = {}
    seen: set[Variable] = set()
    stack: list[tuple[Variable, Picked | None]] = [(graph, None)]
    while stack:
        variable, picked = stack.pop()
        if picked is None and variable in seen:
            continue
        seen.add(variable)
        if variable in depends:
            # A free variable ends the graph: its own parameters are not part of the mean.
            inputs = [] if is_random(variable) else list(_inputs(variable, depends))
            stack.extend(reversed(inputs))
        elif picked is None and _by_row(variable):
            stack.extend((v, None) for v in reversed(variable.owner.inputs))
        elif isinstance(variable.type, TensorType):
            cuts[variable] = (*cuts.get(variable, ()), *(() if picked is None else (picked,)))
    return cuts


def _inputs(variable: Variable, depends: set[Variable]) -> Iterator[tuple[Variable, Picked | None]]:
    """List the inputs of a variable's node, each with what it indexes (or None)."""
    node = variable.owner
    axes = indexed_axes(node) if takes_rows(node.op) else {}
    for position, v in enumerate(node.inputs):
        is_index = position in axes and v not in depends
        yield v, _picked(node.inputs[0], axes[position]) if is_index else None


def indexed_axes(node: Any) -> dict[int, int]:
    """Find which dimension each index of an advanced indexing picks from.

    Parameters
    ----------
    node : pytensor.graph.basic.Apply
        Of an operation that `takes_rows`.

    Returns
    -------
    dict of int to int
        From the position of an index among the node's inputs to a dimension of the first input.
        A mask of several dimensions has the first of them.
    """
    # PyTensor 3 lists slices and the positions of the other inputs; PyTensor 2 has all of them as inputs.
    listed = getattr(node.op, "idx_list", None) or range(len(node.inputs) - 1)
    found: dict[int, int] = {}
    axis = 0
    for entry in listed:
        kind = None if isinstance(entry, slice) else node.inputs[1 + entry].type
        if kind is None or type(kind).__name__ == "SliceType":
            axis += 1
        elif hasattr(kind, "dtype"):
            found[1 + entry] = axis
            axis += kind.ndim if kind.dtype == "bool" else 1
    return found


def _picked(variable: Variable, axis: int) -> Picked:
    """Describe the dimension of a variable that is indexed."""
    size = variable.type.shape[axis]
    named = variable
    # ``(mu + sigma * z)[g]`` picks from z: the input that has this dimension.
    while not named.name and named.owner is not None and isinstance(named.owner.op, Elemwise):
        like = [v for v in named.owner.inputs if v.type.shape[axis] == size != 1]
        if not like:
            break
        named = next((v for v in like if v.name), like[0])
    return Picked(name=str(named.name or ""), axis=axis, size=int(size or 0))


def _by_row(variable: Variable) -> bool:
    """Whether each row of a variable is computed from the same row of its inputs."""
    return variable.owner is not None and isinstance(variable.owner.op, Elemwise | DimShuffle)


def is_random(variable: Variable) -> bool:
    """Tell whether a variable is the output of a random operation."""
    return variable.owner is not None and hasattr(variable.owner.op, "ndim_supp")
