"""The priors of a hand-written model, read off its graph."""

from __future__ import annotations

from typing import Any

from pytensor.graph.basic import Constant
from pytensor.graph.traversal import ancestors

from glm_magic.code import Numbers, Random
from glm_magic.code.families import KNOWN, short, why_fixed
from glm_magic.engines.instant.probe import constants
from glm_magic.model import Model
from glm_magic.model.names import label_of
from glm_magic.tables.distributions import inputs_of


def block_priors(model: Model) -> tuple[Random, ...]:
    """List the free variables of a PyMC model.

    Parameters
    ----------
    model : Model

    Returns
    -------
    tuple of Random
        Each named by the PyMC variable; numbers are those of the graph.
    """
    built = model.pymc
    # What a variable is made of, other variables left aside, is evaluated at once: each function costs milliseconds.
    known: dict[tuple[str, str], Any] = {}
    read = {variable.name: inputs_of(variable) for variable in built.free_RVs}
    others: dict[tuple[str, str], str] = {}
    for name, found in read.items():
        for argument, (expression, inverse) in (found[1] if found else {}).items():
            names = _names_in(expression, {*built.named_vars})
            if names is None or names:
                others[name, argument] = ", ".join(sorted(names or ())) or "other values"
            else:
                known[name, argument] = (expression, inverse)
    values = dict(zip(known, constants([expression for expression, _ in known.values()]), strict=True))
    numbers = {
        place: short(1 / values[place] if inverse else values[place]) for place, (_, inverse) in known.items()
    }
    return tuple(_random(model, name, read[name], numbers, others) for name in read)


def _random(
    model: Model,
    name: str,
    found: tuple[str, dict[str, tuple[Any, bool]]] | None,
    numbers: dict[tuple[str, str], Numbers],
    others: dict[tuple[str, str], str],
) -> Random:
    if found is None:
        return Random(
            name=name, target=name, variable=name, label=label_of(name), family="", arguments={},
            fixed="its distribution is made of others",
        )  # fmt: skip
    family, inputs = found
    arguments: dict[str, Numbers | str] = {
        argument: others[name, argument] if (name, argument) in others else numbers[name, argument]
        for argument in sorted(inputs, key=lambda one: _place(family, one))
    }
    return Random(
        name=name,
        target=name,
        variable=name,
        label=label_of(name),
        family=family,
        arguments=arguments,
        dims=tuple(model.pymc.named_vars_to_dims.get(name) or ()),
        fixed=why_fixed(family, arguments),
    )


def _place(family: str, argument: str) -> int:
    order = KNOWN.get(family, ())
    return order.index(argument) if argument in order else len(order)


def _names_in(expression: Any, own: set[str]) -> set[str] | None:
    """Name the variables of the model that an expression is made of; None where it has other values alone."""
    if isinstance(expression, Constant):
        return set()
    # PyTensor has no names for what is computed on the way.
    every = list(ancestors([expression]))
    names = {str(one.name) for one in every if one.name in own}
    outside = any(
        one.owner is None and not isinstance(one, Constant) and one.name not in own for one in every
    )
    return None if outside and not names else names
