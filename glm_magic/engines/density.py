"""PyMC's own log density of a model, without compiling."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import pymc as pm
import pytensor
import pytensor.tensor as pt
from pytensor.graph.fg import FunctionGraph
from pytensor.scalar.basic import Second
from pytensor.tensor.elemwise import Elemwise

from glm_magic.engines.checks import AS_WRITTEN
from glm_magic.engines.structure import Kept, shared_copy, structure, value_of

LogDensity = Callable[[Mapping[str, Any]], tuple[float, Sequence[Any]]]

# Functions belong to the process, as compiled code does; this is the one place that holds them.
DERIVED = Kept(16)


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
    found = structure(model)
    derived = DERIVED.get(found.key)
    if derived is None:
        copy = shared_copy(model, found)
        if copy is None:
            return _evaluate(_derived(model, {}), [])
        derived = _derived(copy.model, copy.shared)
        DERIVED.put(found.key, derived)
    return _evaluate(derived, [value_of(found.numbers[place]) for place in derived.places])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Derived:
    """A log density as a function of a point and of numbers.

    Attributes
    ----------
    function : callable
    names : tuple of str
        Value variables, its first arguments.
    places : tuple of int
        Which of the structure's numbers are its other arguments.
    """

    function: Any
    names: tuple[str, ...]
    places: tuple[int, ...]


def _derived(model: pm.Model, shared: Mapping[int, Any]) -> _Derived:
    values = [model.rvs_to_values[rv] for rv in model.free_RVs]
    # Two at a time: NumPy, which evaluates this, adds no more than 32 arrays at once.
    logp = reduce(add, (term.sum() for term in model.logp(sum=False)))
    numbers = {variable: variable.type() for variable in shared.values()}
    function = pytensor.function(
        [*values, *numbers.values()],
        _without_fills([logp, *pytensor.grad(logp, values)]),
        givens=numbers,
        mode=AS_WRITTEN,
        on_unused_input="ignore",
    )
    return _Derived(function=function, names=tuple(value.name for value in values), places=tuple(shared))


def _without_fills(graphs: Sequence[Any]) -> list[Any]:
    """Replace ``second(a, b)``, of which gradients are full: Python evaluates it number by number."""
    graph = FunctionGraph(outputs=list(graphs), clone=False)
    for node in graph.toposort():
        if isinstance(node.op, Elemwise) and isinstance(node.op.scalar_op, Second):
            like, number = node.inputs
            filled = pt.alloc(number, *(like.shape[axis] for axis in range(like.ndim)))
            graph.replace(node.outputs[0], node.outputs[0].type.filter_variable(filled), import_missing=True)
    return list(graph.outputs)


def _evaluate(derived: _Derived, numbers: Sequence[Any]) -> LogDensity:
    def evaluate(point: Mapping[str, Any]) -> tuple[float, Sequence[Any]]:
        value, *gradients = derived.function(*[point[name] for name in derived.names], *numbers)
        return float(value), gradients

    return evaluate
