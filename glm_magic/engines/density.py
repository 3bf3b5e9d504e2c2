"""PyMC's own log density and initial point of a model, without compiling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import pymc as pm
import pytensor
import pytensor.tensor as pt
from pymc.initial_point import make_initial_point_expression
from pytensor.graph.fg import FunctionGraph
from pytensor.scalar.basic import Second
from pytensor.tensor.elemwise import Elemwise

from glm_magic.engines.checks import AS_WRITTEN
from glm_magic.engines.structure import Kept, shared_copy, structure, value_of

LogDensity = Callable[[Mapping[str, Any]], tuple[float, Sequence[Any]]]

# Functions belong to the process, as compiled code does; these are the places that hold them.
DERIVED = Kept(16)
STARTS = Kept(16)


def log_density(model: pm.Model) -> LogDensity:
    """Make PyMC's own log density and gradient of a model, evaluated as written.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    callable
        From a point, by name of value variable, to the log density and its gradients by the value
        variables of `model.free_RVs`. It is derived once for all models of the same structure.
    """
    derived, numbers = _once(model, DERIVED, _density)

    def evaluate(point: Mapping[str, Any]) -> tuple[float, Sequence[Any]]:
        value, *gradients = derived.function(*[point[name] for name in derived.names], *numbers)
        return float(value), gradients

    return evaluate


def initial_point(model: pm.Model) -> Mapping[str, Any]:
    """Compute PyMC's own initial point; what `model.initial_point` gives, derived once per structure.

    Parameters
    ----------
    model : pymc.Model
        Of distributions that have a point of support: PyMC begins others at a random one.

    Returns
    -------
    mapping of str to ndarray
        Unconstrained, by name of value variable.
    """
    derived, numbers = _once(model, STARTS, _start)
    return dict(zip(derived.names, derived.function(*numbers), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Derived:
    """Something derived from a model, as a function of the model's numbers.

    Attributes
    ----------
    function : callable
    names : tuple of str
        Value variables.
    places : tuple of int
        Which of the structure's numbers are its last arguments.
    """

    function: Any
    names: tuple[str, ...]
    places: tuple[int, ...]


def _once(
    model: pm.Model, kept: Kept, derive: Callable[[pm.Model, Mapping[int, Any]], _Derived]
) -> tuple[_Derived, Sequence[Any]]:
    """Derive once for all models of a structure; give the numbers of this one too."""
    found = structure(model)
    derived = kept.get(found.key)
    if derived is None:
        copy = shared_copy(model, found)
        if copy is None:
            return derive(model, {}), []
        derived = derive(copy.model, copy.shared)
        kept.put(found.key, derived)
    return derived, [value_of(found.numbers[place]) for place in derived.places]


def _density(model: pm.Model, shared: Mapping[int, Any]) -> _Derived:
    values = [model.rvs_to_values[rv] for rv in model.free_RVs]
    # Two at a time: NumPy, which evaluates this, adds no more than 32 arrays at once.
    logp = reduce(add, (term.sum() for term in model.logp(sum=False)))
    return _function(model, values, _without_fills([logp, *pytensor.grad(logp, values)]), shared)


def _start(model: pm.Model, shared: Mapping[int, Any]) -> _Derived:
    point = make_initial_point_expression(
        free_rvs=model.free_RVs,
        rvs_to_transforms=model.rvs_to_transforms,
        initval_strategies=model.rvs_to_initial_values,
        return_transformed=True,
    )
    return _function(model, [], point, shared)


def _function(
    model: pm.Model, inputs: Sequence[Any], outputs: Sequence[Any], shared: Mapping[int, Any]
) -> _Derived:
    numbers = {variable: variable.type() for variable in shared.values()}
    function = pytensor.function(
        [*inputs, *numbers.values()],
        list(outputs),
        givens=numbers,
        mode=AS_WRITTEN,
        on_unused_input="ignore",
    )
    names = tuple(model.rvs_to_values[rv].name for rv in model.free_RVs)
    return _Derived(function=function, names=names, places=tuple(shared))


def _without_fills(graphs: Sequence[Any]) -> list[Any]:
    """Replace ``second(a, b)``, of which gradients are full: Python evaluates it number by number."""
    graph = FunctionGraph(outputs=list(graphs), clone=False)
    for node in graph.toposort():
        if isinstance(node.op, Elemwise) and isinstance(node.op.scalar_op, Second):
            like, number = node.inputs
            filled = pt.alloc(number, *(like.shape[axis] for axis in range(like.ndim)))
            graph.replace(node.outputs[0], node.outputs[0].type.filter_variable(filled), import_missing=True)
    return list(graph.outputs)
