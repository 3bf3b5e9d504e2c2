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
from pymc.distributions.continuous import FlatRV, HalfFlatRV
from pymc.distributions.transforms import Ordered, _default_transform
from pytensor.compile.builders import OpFromGraph
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant
from pytensor.graph.traversal import io_toposort
from pytensor.tensor.random.op import RandomVariable

from glm_magic.model.computed import Array, NodeValue, NotDrawnError, aligned, batch, computed
from glm_magic.model.names import label_of
from glm_magic.model.ordered import RareOrderError, ascending
from glm_magic.model.untraced import untraced


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPrior:
    """Why a prior cannot be drawn from.

    Attributes
    ----------
    reason : str
        A clause.
    """

    reason: str


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
    except NotDrawnError as problem:
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
        self.known: dict[Any, NodeValue] = {}

    def draws_of(self, variable: Any) -> Array:
        """Give all draws of a variable that has been computed."""
        value = self.value_of(variable)
        return np.broadcast_to(value.array, (self.count, *value.own)) if not value.random else value.array

    def value_of(self, variable: Any) -> NodeValue:
        """Look up what a node takes."""
        if variable in self.known:
            return self.known[variable]
        match variable:
            case Constant():
                return NodeValue(array=variable.data, random=False)
            case SharedVariable():
                return NodeValue(array=variable.get_value(borrow=True), random=False)
        raise NotDrawnError(f"{variable} has no value")

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
                inputs = [self.value_of(one) for one in node.inputs]
                self.known.update(zip(node.outputs, computed(node, inputs, self.count), strict=True))

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
            raise NotDrawnError(
                f"{_called(variable)} is sampled within bounds that its distribution does not have"
            )

    def drawn(self, node: Any) -> NodeValue:
        """Draw a random variable: a number for each draw of its parameters."""
        variable, op = node.outputs[1], node.op
        if isinstance(op, FlatRV | HalfFlatRV):
            raise NotDrawnError(f"the prior of {_called(variable)} is flat, and cannot be drawn from")
        parameters = [self.value_of(one) for one in op.dist_params(node)]
        size = self.value_of(op.size_param(node)).array
        shape = batch(op, parameters) if size is None else tuple(map(int, size))
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
                wide = [aligned(one, len(shape)) for one in parameters]
                found = np.asarray(op.rng_fn(self.random, *wide, (self.count, *shape)))
        except NotImplementedError as problem:
            raise NotDrawnError(
                f"the prior of {_called(variable)} cannot be drawn from: {problem}"
            ) from problem
        if found.shape[: 1 + len(shape)] != (self.count, *shape):
            raise NotDrawnError(f"the prior of {_called(variable)} gave draws of shape {found.shape}")
        return NodeValue(array=found.astype(variable.type.dtype, copy=False), random=True)

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
            raise NotDrawnError(f"of the prior of {called} too few draws ascend: {problem}") from problem


def _called(variable: Any) -> str:
    """Name a variable; one within another distribution has only an operation."""
    return repr(label_of(variable.name)) if variable.name else str(variable.owner.op)


def _is_generator(variable: Any) -> bool:
    return "Generator" in type(variable.type).__name__
