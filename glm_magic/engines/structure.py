"""What two models have in common when only their numbers differ.

Refitting with other data, priors or seed should not derive or compile anything again. So a model is
parted into a key, which is its graph, and its numbers; whatever was made from a model with an equal
key serves, once it is given the other numbers.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant
from pytensor.graph.replace import clone_replace

from glm_magic import _stack
from glm_magic.engines.checks import AS_WRITTEN

SMALL = 8
"""Whole-number arrays up to this size may be shapes or axes: they belong to the key, by value."""

KEPT = 16
"""Models whose derived functions are kept in a process; the one not used for longest goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """A model without its numbers, and its numbers.

    Attributes
    ----------
    key : hashable
        Equal for models with the same operations, wiring, names, types, shapes and transforms.
    numbers : tuple of Variable
        Constants and shared variables of the graph that are data or parameters of priors, in an order
        that models with an equal key share.
    in_density : int
        How many of them, the first, the log density may depend on.
    """

    key: Hashable
    numbers: tuple[Any, ...]
    in_density: int


def structure(model: pm.Model) -> Structure:
    """Part a model into its graph and its numbers.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    Structure
    """
    walk = _Walk()
    parts: list[Hashable] = []
    for rv in model.basic_RVs:
        value = model.rvs_to_values[rv]
        transform = model.rvs_to_transforms.get(rv)
        parts.append((rv.name, walk(rv), rv in model.observed_RVs, type(transform).__name__))
        if value not in model.value_vars:
            parts.append(walk(value))
        if hasattr(transform, "args_fn"):
            parts.extend(None if end is None else walk(end) for end in transform.args_fn(*rv.owner.inputs))
    in_density = len(walk.numbers)
    for other in [*model.deterministics, *model.potentials]:
        parts.append((other.name, walk(other)))
    dims = tuple((name, tuple(dims)) for name, dims in model.named_vars_to_dims.items())
    return Structure(
        key=(tuple(parts), tuple(walk.nodes), dims), numbers=tuple(walk.numbers), in_density=in_density
    )


class _Walk:
    """Numbers the variables of a graph in the order in which they are met."""

    def __init__(self) -> None:
        self.nodes: list[Hashable] = []
        self.numbers: list[Any] = []
        self._met: dict[Any, int] = {}

    def __call__(self, variable: Any) -> int:
        """Walk upwards from a variable; give its number."""
        stack = [variable]
        while stack:
            here = stack[-1]
            if here in self._met:
                stack.pop()
                continue
            waiting = [] if here.owner is None else [one for one in here.owner.inputs if one not in self._met]
            if waiting:
                stack.extend(waiting)
                continue
            stack.pop()
            self.nodes.append(self._describe(here))
            self._met[here] = len(self._met)
        return self._met[variable]

    def _describe(self, variable: Any) -> Hashable:
        if variable.owner is not None:
            inputs = tuple(self._met[one] for one in variable.owner.inputs)
            return (
                _operation(variable.owner.op),
                variable.owner.outputs.index(variable),
                variable.type,
                inputs,
            )
        if isinstance(variable, SharedVariable):
            if hasattr(variable.type, "shape"):
                self.numbers.append(variable)
                return "shared", variable.type, variable.get_value(borrow=True).shape
            return "random state"
        if not isinstance(variable, Constant):
            return "input", variable.type
        if is_number(variable):
            self.numbers.append(variable)
            return "number", variable.type
        return "constant", variable.type, _by_value(variable.data)


def is_number(constant: Any) -> bool:
    """Whether a constant is data or a parameter, rather than a shape, an axis or an option."""
    data = constant.data
    if not isinstance(data, np.ndarray):
        return False
    return data.dtype.kind == "f" or (data.dtype.kind in "iub" and data.size > SMALL)


def _by_value(data: Any) -> Hashable:
    return (data.dtype.str, data.shape, data.tobytes()) if isinstance(data, np.ndarray) else repr(data)


def _operation(op: Any) -> Hashable:
    """Describe an operation: by itself, or by its graph where each is built anew for every model."""
    inner = getattr(op, "fgraph", None)
    if inner is None:
        itself: Hashable = op
        return itself
    walk = _Walk()
    for given in inner.inputs:
        walk(given)
    ends = tuple(walk(end) for end in inner.outputs)
    values = tuple(_by_value(number.data) for number in walk.numbers if isinstance(number, Constant))
    return type(op).__name__, ends, tuple(walk.nodes), values


LogDensity = Callable[[Mapping[str, Any]], tuple[float, Sequence[Any]]]


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
    kept = DERIVED.get(found.key)
    if kept is None or not kept.serves(found):
        kept = _derive(model, found)
        DERIVED.put(found.key, kept)
    numbers = [
        np.reshape(_value(found.numbers[place]), shape)
        for place, shape in zip(kept.places, kept.shapes, strict=True)
    ]

    def evaluate(point: Mapping[str, Any]) -> tuple[float, Sequence[Any]]:
        value, *gradients = kept.function(*[point[name] for name in kept.names], *numbers)
        return float(value), gradients

    return evaluate


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
    shapes : tuple of tuple of int
        Shapes in which the function takes them.
    twins : mapping of int to int
        Numbers that PyMC merged with another, because they were equal: they must be so again.
    fixed : mapping of int to hashable
        Numbers that PyMC built into the graph: another model must have the same.
    """

    function: Any
    names: tuple[str, ...]
    places: tuple[int, ...]
    shapes: tuple[tuple[int, ...], ...]
    twins: Mapping[int, int]
    fixed: Mapping[int, Hashable]

    def serves(self, found: Structure) -> bool:
        """Whether a model of equal key may use the function."""
        content = [_content(number) for number in found.numbers[: found.in_density]]
        return all(content[place] == content[twin] for place, twin in self.twins.items()) and all(
            content[place] == value for place, value in self.fixed.items()
        )


def _derive(model: pm.Model, found: Structure) -> _Derived:
    values = [model.rvs_to_values[rv] for rv in model.free_RVs]
    logp = model.logp()
    graphs = [logp, *pytensor.grad(logp, values)]
    inputs, places, shapes = _inputs(graphs, found)
    arguments = [*values, *places.values()]
    function = pytensor.function(
        arguments, clone_replace(graphs, replace=inputs), mode=AS_WRITTEN, on_unused_input="ignore"
    )
    contents = [_content(number) for number in found.numbers[: found.in_density]]
    twins, fixed = {}, {}
    for place, content in enumerate(contents):
        if place not in places:
            twin = next((other for other in places if contents[other] == content), None)
            if twin is None:
                fixed[place] = content
            else:
                twins[place] = twin
    return _Derived(
        function=function,
        names=tuple(value.name for value in values),
        places=tuple(places),
        shapes=tuple(shapes[place] for place in places),
        twins=twins,
        fixed=fixed,
    )


def _inputs(
    graphs: Sequence[Any], found: Structure
) -> tuple[dict[Any, Any], dict[int, Any], dict[int, tuple[int, ...]]]:
    """Find a model's numbers in graphs derived from it, and make an input of each.

    PyMC may copy a constant, or drop an axis of length one; then it is known by its content, unless
    that is a single number, or that of two.
    """
    numbers = found.numbers[: found.in_density]
    same = {id(_source(number)): place for place, number in enumerate(numbers)}
    contents = [_content(number) for number in numbers]
    equal = {
        content: place
        for place, content in enumerate(contents)
        if contents.count(content) == 1 and _value(numbers[place]).size > SMALL
    }
    inputs: dict[Any, Any] = {}
    places: dict[int, Any] = {}
    shapes: dict[int, tuple[int, ...]] = {}
    for variable in _stack.ancestors(graphs):
        place = same.get(id(_source(variable)))
        if place is None and isinstance(variable, Constant) and isinstance(variable.data, np.ndarray):
            place = equal.get(_content(variable))
        # Two copies of one number that differ in shape cannot share an input.
        if place is not None and (place not in places or places[place].type == variable.type):
            inputs[variable] = places.setdefault(place, variable.type())
            shapes[place] = _value(variable).shape
    return inputs, places, shapes


def _source(variable: Any) -> Any:
    """Give what a number's copies share: a constant's array, or the shared variable itself."""
    return variable.data if isinstance(variable, Constant) else variable


def _content(number: Any) -> Hashable:
    """Give a number's type and digits, whatever its shape."""
    value = _value(number)
    return value.dtype.str, value.tobytes()


def _value(number: Any) -> Any:
    return number.data if isinstance(number, Constant) else number.get_value(borrow=True)


class Kept:
    """Things made from models, by structure; the least recently used goes first.

    Parameters
    ----------
    most : int
        How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._things: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """Give what was kept, or None."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
            return self._things.get(key)

    def put(self, key: Hashable, thing: Any) -> None:
        """Keep a thing."""
        with self._lock:
            self._things[key] = thing
            self._things.move_to_end(key)
            while len(self._things) > self._most:
                self._things.popitem(last=False)


# Derived functions belong to the process, as compiled code does; this is the one place that holds them.
DERIVED = Kept(KEPT)
