"""What two models have in common when only their numbers differ.

Refitting with other data, priors or seed should not derive or compile anything again. So a model is
parted into a key, which is its graph, and its numbers; whatever was made from a model with an equal
key serves, once it is given the other numbers.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
from pymc.logprob.transforms import Transform
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable
from pytensor.graph.traversal import ancestors

SMALL = 8
"""Whole-number arrays up to this size may be shapes or axes: they belong to the key, by value."""


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
    """

    key: Hashable
    numbers: tuple[Any, ...]


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
        parts.append((rv.name, walk(rv), rv in model.observed_RVs, _Transforms(rv, walk)(transform)))
        if value not in model.value_vars:
            parts.append(walk(value))
    for other in [*model.deterministics, *model.potentials]:
        parts.append((other.name, walk(other)))
    dims = tuple((name, tuple(dims)) for name, dims in model.named_vars_to_dims.items())
    return Structure(key=(tuple(parts), tuple(walk.nodes), dims), numbers=tuple(walk.numbers))


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
                operation(variable.owner.op),
                variable.owner.outputs.index(variable),
                variable.type,
                inputs,
            )
        if isinstance(variable, SharedVariable):
            if not hasattr(variable.type, "shape"):
                return "random state"
            value = variable.get_value(borrow=True)
            if not is_number(value):
                return "constant", variable.type, _by_value(value)
            self.numbers.append(variable)
            return "number", variable.type, value.shape
        if not isinstance(variable, Constant):
            return "input", variable.type
        if is_number(variable.data):
            self.numbers.append(variable)
            return "number", variable.type
        return "constant", variable.type, _by_value(variable.data)


def is_number(data: Any) -> bool:
    """Whether a constant is data or a parameter, rather than a shape, an axis or an option."""
    if not isinstance(data, np.ndarray):
        return False
    if data.dtype.kind == "f" and data.size and np.isinf(data).all():
        return False  # A bound that is absent: PyMC leaves its half of a density out.
    return data.dtype.kind == "f" or (data.dtype.kind in "iub" and data.size > SMALL)


class _Itself:
    """Equal only for the very same thing, which it keeps: a free address is soon another thing's."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.thing is self.thing

    def __hash__(self) -> int:
        return id(self.thing)


def _by_value(data: Any) -> Hashable:
    match data:
        case np.ndarray() | np.generic() if not data.dtype.hasobject:
            return data.dtype.str, data.shape, data.tobytes()
        case None | bool() | int() | float() | complex() | str() | bytes() | slice():
            # 1, 1.0 and True are equal to each other, and so are 0.0 and -0.0.
            return type(data), repr(data)
    return _Itself(data)


def operation(op: Any) -> Hashable:
    """Describe an operation: by itself, or by its graph where each is built anew for every model."""
    inner = getattr(op, "fgraph", None)
    if inner is None:
        itself: Hashable = op
        return itself
    walk = _Walk()
    for given in inner.inputs:
        walk(given)
    ends = tuple(walk(end) for end in inner.outputs)
    # A loop's settings say which of its inputs are states, and how far it looks back.
    settings = (getattr(op, "info", None), getattr(op, "truncate_gradient", None))
    # The class, not its name: PyMC makes one for every CustomDist, whose density is no part of this graph.
    return type(op), settings, ends, tuple(walk.nodes), _values(walk.numbers)


def _values(numbers: Iterable[Any]) -> Hashable:
    return tuple(_by_value(value_of(number)) for number in numbers if hasattr(number.type, "dtype"))


class _Transforms:
    """Describes the transform of a variable by its type and all that it computes with.

    A copy of a model keeps the transforms of the original. So numbers in them belong to the key, by
    value, but for those that a transform is given with the variable: the bounds of a Uniform.

    Parameters
    ----------
    rv : Variable
    walk : _Walk
        Of the model.
    """

    def __init__(self, rv: Any, walk: _Walk) -> None:
        self._inputs = rv.owner.inputs
        self._walk = walk
        self._within: list[Any] = []

    def __call__(self, thing: Any) -> Hashable:
        """Describe a transform, or a part of one; a function in it is only ever equal to itself."""
        match thing:
            case Variable():
                return self._variable(thing, given=[])
            case list() | tuple() | dict() | Transform():
                return self._parts(thing)
        return _by_value(thing)

    def _parts(self, thing: Any) -> Hashable:
        for depth, outer in enumerate(self._within):
            if outer is thing:
                return "within", depth
        self._within.append(thing)
        parts: Iterable[Any] = thing
        bounds: tuple[Any, ...] = ()
        if isinstance(thing, dict):
            parts = [part for item in thing.items() for part in item]
        elif isinstance(thing, Transform):
            settings = _settings(thing)
            if "args_fn" in settings:
                bounds = tuple(settings.pop("args_fn")(*self._inputs))
            parts = [part for item in sorted(settings.items()) for part in item]
        described = tuple(self(part) for part in parts), tuple(self._bound(end) for end in bounds)
        self._within.pop()
        return type(thing), *described

    def _bound(self, end: Any) -> Hashable:
        return self._variable(end, given=self._inputs) if isinstance(end, Variable) else self(end)

    def _variable(self, variable: Any, given: list[Any]) -> Hashable:
        """Give a variable's place in the graph, and the numbers that do not come with the model's own."""
        known = set(ancestors(given))
        numbers = [one for one in ancestors([variable]) if one.owner is None and one not in known]
        return "variable", self._walk(variable), _values(n for n in numbers if _has_value(n))


def _has_value(variable: Any) -> bool:
    return isinstance(variable, Constant | SharedVariable)


def _settings(transform: Transform) -> dict[str, Any]:
    """List the attributes of a transform, wherever it keeps them."""
    slots = [name for kind in type(transform).__mro__ for name in getattr(kind, "__slots__", ())]
    own = {name: getattr(transform, name) for name in slots if hasattr(transform, name)}
    return own | getattr(transform, "__dict__", {})


def value_of(number: Any) -> Any:
    """Give the array of a constant or a shared variable."""
    return number.data if isinstance(number, Constant) else number.get_value(borrow=True)
