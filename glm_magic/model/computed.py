"""One node of a graph, computed by NumPy for all draws at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pytensor.compile.ops import ViewOp
from pytensor.scan.op import Scan
from pytensor.tensor.elemwise import DimShuffle, Elemwise
from pytensor.tensor.math import Dot
from pytensor.tensor.type import TensorType

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeValue:
    """What a node of the graph computes; where it is random, with a draw at each place of its first dim."""

    array: Any
    random: bool

    @property
    def own(self) -> tuple[int, ...]:
        """The shape of one draw."""
        return tuple(self.array.shape[self.random :])

    def of(self, draw: int) -> Any:
        """Give one draw."""
        return self.array[draw] if self.random else self.array


class NotDrawnError(Exception):
    """A node that cannot be drawn or computed; the message is a clause."""


def computed(node: Any, inputs: Sequence[NodeValue], count: int) -> list[NodeValue]:
    """Compute a node that is not random by itself.

    Parameters
    ----------
    node : pytensor.graph.basic.Apply
    inputs : sequence of NodeValue
        What it takes.
    count : int
        Draws.

    Returns
    -------
    list of NodeValue
        Of its outputs; random where any input is.

    Raises
    ------
    NotDrawnError
        If PyTensor computes it in compiled code only.
    """
    op = node.op
    if not any(one.random for one in inputs):
        made = _performed(node, [one.array for one in inputs])
        return [NodeValue(array=array, random=False) for array in made]
    match op:
        case ViewOp():
            return [inputs[0]]
        case Elemwise():
            made = _elementwise(op, [aligned(one, node.outputs[0].type.ndim) for one in inputs])
        case DimShuffle():
            (array,) = (one.array for one in inputs)
            order = [axis if axis == "x" else axis + 1 for axis in op.new_order]
            moved = array.transpose([0, *(axis for axis in order if axis != "x"), *_dropped(op)])
            lengths = iter(moved.shape[1:])
            made = [moved.reshape(count, *(1 if axis == "x" else next(lengths) for axis in order))]
        case Dot() if all(one.array.ndim - one.random == 2 for one in inputs):
            made = [np.matmul(*(one.array for one in inputs))]
        case _:
            every = [_performed(node, [one.of(at) for one in inputs]) for at in range(count)]
            made = [np.stack(arrays) for arrays in zip(*every, strict=True)]
    return [NodeValue(array=array, random=True) for array in made]


def batch(op: Any, parameters: Sequence[NodeValue]) -> tuple[int, ...]:
    """Give the shape that the parameters of one draw have together."""
    shapes = [one.own for one in parameters]
    own = [shape[: len(shape) - core] for shape, core in zip(shapes, op.ndims_params, strict=True)]
    return np.broadcast_shapes(*own)


def aligned(value: NodeValue, ndim: int) -> Array:
    """Put the draws first and what one draw has last, where NumPy broadcasts."""
    if not value.random:
        return np.asarray(value.array)
    own = value.own
    return np.asarray(value.array).reshape(len(value.array), *(1,) * (ndim - len(own)), *own)


def _dropped(op: Any) -> list[int]:
    """List the dims of length 1 that a DimShuffle leaves out, after the draws."""
    kept = {axis for axis in op.new_order if axis != "x"}
    return [axis + 1 for axis in range(op.input_ndim) if axis not in kept]


def _elementwise(op: Any, arrays: Sequence[Array]) -> list[Array]:
    """Compute an elementwise operation on arrays with more dims than in the graph."""
    ndim = max(one.ndim for one in arrays)
    full = [one.reshape(*(1,) * (ndim - one.ndim), *one.shape) for one in arrays]
    node = op.make_node(*(TensorType(one.dtype, shape=one.shape)() for one in full))
    return _performed(node, full)


def _performed(node: Any, inputs: Sequence[Any]) -> list[Any]:
    """Have PyTensor compute a node in Python."""
    if isinstance(node.op, Scan):
        raise NotDrawnError("a loop in it (Scan) would have to be compiled")
    storage: list[list[Any]] = [[None] for _ in node.outputs]
    try:
        # Without this NumPy would choose the type of the result: the reciprocal of the whole number 2 would be 0.
        node.op.prepare_node(node, None, None, "py")
        node.op.perform(node, list(inputs), storage)
    except NotImplementedError as problem:
        raise NotDrawnError(f"{node.op} has no implementation in Python: {problem}") from problem
    return [made for (made,) in storage]
