"""What is derived from a model, once for all models of the same structure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pymc as pm
import pytensor

from glm_magic.engines.kept import Kept
from glm_magic.engines.shared import shared_copy
from glm_magic.engines.structure import structure, value_of
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.model.untraced import untraced


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """Something derived from a model, as functions of the model's numbers.

    Attributes
    ----------
    functions : tuple of callable
    names : tuple of str
        Value variables.
    places : tuple of int
        Which of the structure's numbers are their last arguments.
    """

    functions: tuple[Any, ...]
    names: tuple[str, ...]
    places: tuple[int, ...]


def derived_once(
    model: pm.Model,
    kept: Kept,
    derive: Callable[[pm.Model, Mapping[int, Any]], tuple[Any, ...]],
) -> tuple[Derived, Sequence[Any]]:
    """Derive once for all models of a structure; give the numbers of this one too.

    Parameters
    ----------
    model : pymc.Model
    kept : Kept
        Where what was derived is kept.
    derive : callable
        From a model, and the shared variables that stand for its numbers, to functions.

    Returns
    -------
    derived : Derived
    numbers : sequence
        The last arguments of the functions.
    """
    found = structure(model)
    derived = kept.get(found.key)
    if derived is None:
        with untraced():
            copy = shared_copy(model, found)
            source, shared = (model, {}) if copy is None else (copy.model, copy.shared)
            functions = derive(source, shared)
        derived = Derived(
            functions=functions,
            names=tuple(model.rvs_to_values[rv].name for rv in model.free_RVs),
            places=tuple(shared),
        )
        if copy is not None:
            kept.put(found.key, derived)
    return derived, [value_of(found.numbers[place]) for place in derived.places]


def function_of(inputs: Sequence[Any], outputs: Sequence[Any], shared: Mapping[int, Any]) -> Any:
    """Make a function, evaluated as written, whose last arguments are a model's numbers.

    Parameters
    ----------
    inputs, outputs : sequence of Variable
    shared : mapping of int to SharedVariable
        What stands for the numbers.

    Returns
    -------
    callable
    """
    numbers = {variable: variable.type() for variable in shared.values()}
    return pytensor.function(
        [*inputs, *numbers.values()],
        list(outputs),
        givens=numbers,
        mode=AS_WRITTEN,
        on_unused_input="ignore",
    )
