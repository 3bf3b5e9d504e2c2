"""Draws from the prior, without compiling.

PyMC compiles a function for the prior of every new model, which takes seconds. Here the graph is walked once, from the
hyperpriors on, and each operation computes all draws at once with NumPy, as PyTensor's own Python implementation of it
does for one. Draws are the leading dim of every value that is random.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pymc
from numpy.typing import NDArray
from pymc.distributions.continuous import FlatRV, HalfFlatRV
from pymc.distributions.transforms import Ordered, _default_transform
from pytensor.compile.builders import OpFromGraph
from pytensor.compile.ops import ViewOp
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant
from pytensor.graph.traversal import io_toposort
from pytensor.scan.op import Scan
from pytensor.tensor.elemwise import DimShuffle, Elemwise
from pytensor.tensor.math import Dot
from pytensor.tensor.random.op import RandomVariable
from pytensor.tensor.type import TensorType

from glm_magic.model.names import label_of
from glm_magic.model.ordered import RareOrderError, ascending
from glm_magic.model.untraced import untraced

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPrior:
    """Why a prior cannot be drawn from.

    Attributes
    ----------
    reason : str
        A clause.
    """

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
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


class _NotDrawnError(Exception):
    """A node that cannot be drawn or computed; the message is a clause."""


def prior_draws(
    model: pymc.Model, names: Sequence[str], count: int, seed: int
) -> Mapping[str, Array] | NoPrior:
    """Draw some variables of a model jointly from the prior.

    Parameters
    ----------
    model : pymc.Model
    names : sequence of str
        Of free or deterministic variables.
    count : int
    seed : int

    Returns
    -------
    dict of str to ndarray, shape (count, ...), or NoPrior
        The draws are those of the prior whose density is sampled: what PyMC gives with `pymc.logp`. For a variable
        whose elements are in order, such as the thresholds of an ordinal response, this is the distribution
        truncated to that order, while `pymc.sample_prior_predictive` draws the elements in any order.
    """
    if model.potentials:
        return NoPrior(
            reason=f"the potential {model.potentials[0].name!r} is a part of the prior that has no draws"
        )
    wanted = [model[name] for name in names]
    walk = _Walk(count, np.random.default_rng(seed), model)
    try:
        # Wide priors overflow, and such draws are shown as missing; a warning would be about no line of the user's.
        with untraced(), np.errstate(all="ignore"):
            walk.through(io_toposort([], wanted))
        return {name: walk.draws_of(variable) for name, variable in zip(names, wanted, strict=True)}
    except _NotDrawnError as problem:
        return NoPrior(reason=str(problem))


class _Walk:
    """One pass over a graph.

    Parameters
    ----------
    count : int
        Draws.
    random : numpy.random.Generator
    model : pymc.Model
        Whose transforms say where its variables can lie.
    """

    def __init__(self, count: int, random: np.random.Generator, model: pymc.Model) -> None:
        self.count = count
        self.random = random
        self.transforms = {variable: model.rvs_to_transforms[variable] for variable in model.free_RVs}
        self.known: dict[Any, _Value] = {}

    def draws_of(self, variable: Any) -> Array:
        """Give all draws of a variable that has been computed."""
        value = self.value_of(variable)
        return np.broadcast_to(value.array, (self.count, *value.own)) if not value.random else value.array

    def value_of(self, variable: Any) -> _Value:
        """Look up what a node takes."""
        if variable in self.known:
            return self.known[variable]
        match variable:
            case Constant():
                return _Value(array=variable.data, random=False)
            case SharedVariable():
                return _Value(array=variable.get_value(borrow=True), random=False)
        raise _NotDrawnError(f"{variable} has no value")

    def through(self, nodes: Sequence[Any]) -> None:
        """Compute nodes, each after those that it depends on."""
        for node in nodes:
            for variable in node.outputs:
                self.check(variable)
            if isinstance(node.op, RandomVariable):
                self.known[node.outputs[1]] = self.drawn(node)
            elif isinstance(node.op, OpFromGraph):
                self.inside(node)
            else:
                self.known.update(zip(node.outputs, self.computed(node), strict=True))

    def inside(self, node: Any) -> None:
        """Walk through the graph that a distribution is made of."""
        inner = node.op.fgraph
        for variable, outer in zip(inner.inputs, node.inputs, strict=True):
            if not _is_generator(variable):
                self.known[variable] = self.value_of(outer)
        self.through(io_toposort(inner.inputs, inner.outputs))
        for variable, outer in zip(inner.outputs, node.outputs, strict=True):
            if not _is_generator(outer):
                self.known[outer] = self.value_of(variable)

    def check(self, variable: Any) -> None:
        """Refuse a variable that its transform keeps within a part of its distribution's support."""
        transform, op = self.transforms.get(variable), variable.owner.op
        match transform:
            case None:
                return
            case Ordered(positive=False, ascending=True) if isinstance(op, RandomVariable):
                parameters = op.dist_params(variable.owner)
                plain = not op.ndim_supp and not any(op.ndims_params) and variable.type.ndim == 1
                if plain and not any(self.value_of(one).random for one in parameters):
                    return
        if type(_default_transform(op, variable)) is not type(transform):
            raise _NotDrawnError(
                f"{_called(variable)} is sampled within bounds that its distribution does not have"
            )

    def drawn(self, node: Any) -> _Value:
        """Draw a random variable: a number for each draw of its parameters."""
        variable, op = node.outputs[1], node.op
        if isinstance(op, FlatRV | HalfFlatRV):
            raise _NotDrawnError(f"the prior of {_called(variable)} is flat, and cannot be drawn from")
        parameters = [self.value_of(one) for one in op.dist_params(node)]
        size = self.value_of(op.size_param(node)).array
        shape = _batch(op, parameters) if size is None else tuple(map(int, size))
        ordered = isinstance(self.transforms.get(variable), Ordered)
        try:
            if ordered:
                found = self.in_order(op, [one.array for one in parameters], shape, _called(variable))
            elif not any(one.random for one in parameters):
                fixed = [one.array for one in parameters]
                found = np.asarray(op.rng_fn(self.random, *fixed, (self.count, *shape)))
            elif op.ndim_supp or any(op.ndims_params):
                each = (
                    op.rng_fn(self.random, *(one.of(at) for one in parameters), shape)
                    for at in range(self.count)
                )
                found = np.stack([np.asarray(one) for one in each])
            else:
                aligned = [_aligned(one, len(shape)) for one in parameters]
                found = np.asarray(op.rng_fn(self.random, *aligned, (self.count, *shape)))
        except NotImplementedError as problem:
            raise _NotDrawnError(
                f"the prior of {_called(variable)} cannot be drawn from: {problem}"
            ) from problem
        if found.shape[: 1 + len(shape)] != (self.count, *shape):
            raise _NotDrawnError(f"the prior of {_called(variable)} gave draws of shape {found.shape}")
        return _Value(array=found.astype(variable.type.dtype, copy=False), random=True)

    def in_order(self, op: Any, parameters: Sequence[Array], shape: tuple[int, ...], called: str) -> Array:
        """Draw independent numbers that ascend."""
        (length,) = shape
        full = [np.broadcast_to(one, shape) for one in parameters]
        if all((one == one[:1]).all() for one in full):
            # Ascending numbers with one distribution are its order statistics.
            return np.sort(np.asarray(op.rng_fn(self.random, *parameters, (self.count, length))), axis=-1)

        def element(place: int, count: int) -> Array:
            return np.asarray(op.rng_fn(self.random, *(one[place] for one in full), (count,)))

        try:
            return ascending([partial(element, place) for place in range(length)], self.count)
        except RareOrderError as problem:
            raise _NotDrawnError(f"of the prior of {called} too few draws ascend: {problem}") from problem

    def computed(self, node: Any) -> list[_Value]:
        """Compute a node that is not random by itself."""
        inputs = [self.value_of(one) for one in node.inputs]
        op = node.op
        if not any(one.random for one in inputs):
            made = _performed(node, [one.array for one in inputs])
            return [_Value(array=array, random=False) for array in made]
        match op:
            case ViewOp():
                return [inputs[0]]
            case Elemwise():
                made = _elementwise(op, [_aligned(one, node.outputs[0].type.ndim) for one in inputs])
            case DimShuffle():
                (array,) = (one.array for one in inputs)
                order = [axis if axis == "x" else axis + 1 for axis in op.new_order]
                moved = array.transpose([0, *(axis for axis in order if axis != "x"), *_dropped(op)])
                lengths = iter(moved.shape[1:])
                made = [moved.reshape(self.count, *(1 if axis == "x" else next(lengths) for axis in order))]
            case Dot() if all(one.array.ndim - one.random == 2 for one in inputs):
                made = [np.matmul(*(one.array for one in inputs))]
            case _:
                every = [_performed(node, [one.of(at) for one in inputs]) for at in range(self.count)]
                made = [np.stack(arrays) for arrays in zip(*every, strict=True)]
        return [_Value(array=array, random=True) for array in made]


def _called(variable: Any) -> str:
    """Name a variable; one within another distribution has only an operation."""
    return repr(label_of(variable.name)) if variable.name else str(variable.owner.op)


def _is_generator(variable: Any) -> bool:
    return "Generator" in type(variable.type).__name__


def _batch(op: Any, parameters: Sequence[_Value]) -> tuple[int, ...]:
    """Give the shape that the parameters of one draw have together."""
    shapes = [one.own for one in parameters]
    own = [shape[: len(shape) - core] for shape, core in zip(shapes, op.ndims_params, strict=True)]
    return np.broadcast_shapes(*own)


def _aligned(value: _Value, ndim: int) -> Array:
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
        raise _NotDrawnError("a loop in it (Scan) would have to be compiled")
    storage: list[list[Any]] = [[None] for _ in node.outputs]
    try:
        # Without this NumPy would choose the type of the result: the reciprocal of the whole number 2 would be 0.
        node.op.prepare_node(node, None, None, "py")
        node.op.perform(node, list(inputs), storage)
    except NotImplementedError as problem:
        raise _NotDrawnError(f"{node.op} has no implementation in Python: {problem}") from problem
    return [made for (made,) in storage]
