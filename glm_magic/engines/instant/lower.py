"""A PyMC model in, a program out: `lower`.

PyMC's graph stays the one definition of the model. It is asked what a predictor is at a few points
(`linear`), never how it was written, so that a formula and a hand-written block with the same meaning
give the same program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm

from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.forms import CONSTANT_DENSITY, FORMS, Form
from glm_magic.engines.instant.probe import constants, free_ancestors
from glm_magic.engines.instant.program import (
    Constant,
    Factor,
    Floats,
    NotInstant,
    Program,
    Slot,
    Transform,
    Variable,
)
from glm_magic.engines.instant.slots import Names, point, read_slot
from glm_magic.engines.instant.weights import read_weighted
from glm_magic.model.observed import observed_variables

_INTERVALS = {(True, True): "interval", (True, False): "lower", (False, True): "upper"}


def lower(model: pm.Model) -> Program | NotInstant:
    """Turn a model into a program.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    Program or NotInstant
        The second with the first reason that was found.
    """
    try:
        return _lower(model)
    except NotImplementedError:
        return NotInstant(reason="some of its operations cannot be evaluated before they are compiled")
    # Whatever PyTensor raises here it raises of the model, and does so again where the model is compiled:
    # the engine that does will say it properly, and this reason is shown to the user too.
    except Exception as problem:  # noqa: BLE001
        lines = str(problem).strip().splitlines() or [type(problem).__name__]
        return NotInstant(reason=f"PyTensor cannot evaluate it ({lines[0]})")


def _lower(model: pm.Model) -> Program | NotInstant:
    if model.potentials:
        names = ", ".join(repr(potential.name) for potential in model.potentials)
        return NotInstant(reason=f"the model has a Potential, {names}")
    if not model.observed_RVs:
        return NotInstant(reason="the model has no data")
    variables: list[Variable] = []
    for rv in model.free_RVs:
        variable = _variable(model, rv, sum(one.size for one in variables))
        if isinstance(variable, NotInstant):
            return variable
        variables.append(variable)
    random = Names(
        free=tuple(zip(variables, model.free_RVs, strict=True)), observed=frozenset(model.observed_RVs)
    )
    factors: list[Factor] = []
    for rv in [*observed_variables(model), *model.free_RVs]:
        read = _factor(model, rv, random)
        if isinstance(read, NotInstant):
            return NotInstant(reason=f"{read.reason} (in {rv.name!r})")
        if read is not None:
            factors.append(replace(read, variables=(rv.name,)))
    return Program(variables=tuple(variables), factors=tuple(factors))


def _variable(model: pm.Model, rv: Any, start: int) -> Variable | NotInstant:
    """Read a free variable's shape and transform."""
    if np.dtype(rv.dtype).kind != "f":
        return NotInstant(reason=f"{rv.name!r} is discrete")
    shape = tuple(int(length) for length in _shape(rv))
    transform = _transform(model.rvs_to_transforms[rv], rv, int(np.prod(shape, dtype=int)))
    if isinstance(transform, NotInstant):
        return transform
    return Variable(name=rv.name, shape=shape, start=start, transform=transform)


def _shape(rv: Any) -> Sequence[int]:
    known = rv.type.shape
    if all(length is not None for length in known):
        return tuple(known)
    return tuple(constants([rv.shape])[0].astype(int))


def _transform(transform: Any, rv: Any, size: int) -> Transform | NotInstant:
    nowhere = np.zeros(0)
    match None if transform is None else type(transform).__name__:
        case None:
            return Transform(kind="identity", lower=nowhere, upper=nowhere)
        case "LogTransform":
            return Transform(kind="log", lower=nowhere, upper=nowhere)
        case "LogOddsTransform":
            return Transform(kind="logodds", lower=nowhere, upper=nowhere)
        case "Interval":
            ends = transform.args_fn(*rv.owner.inputs)
            if _random(ends):
                return NotInstant(reason=f"the bounds of {rv.name!r} are not constant")
            lower, upper = (nowhere if end is None else _spread(constants([end])[0], size) for end in ends)
            kind = _INTERVALS[ends[0] is not None, ends[1] is not None]
            return Transform(kind=kind, lower=lower, upper=upper)
        case name:
            return NotInstant(reason=f"{rv.name!r} has the transform {name}")


def _random(expressions: Sequence[Any]) -> list[Any]:
    """List the random variables that expressions depend on."""
    found, seen, stack = [], set(), [one for one in expressions if one is not None]
    while stack:
        variable = stack.pop()
        if variable in seen or variable.owner is None:
            continue
        seen.add(variable)
        if hasattr(variable.owner.op, "dist_params"):
            found.append(variable)
        stack.extend(variable.owner.inputs)
    return found


def _spread(values: Floats, size: int) -> Floats:
    return np.broadcast_to(values.ravel() if values.size == size else values, (size,)).astype(np.float64)


def _factor(model: pm.Model, rv: Any, names: Names) -> Factor | NotInstant | None:
    """Read one random variable's density; None when it is constant where it is not zero."""
    name = _name(rv)
    variable = names.variable(rv)
    if name in CONSTANT_DENSITY and variable is not None:
        if variable.transform.kind != CONSTANT_DENSITY[name] or free_ancestors(_parameters(rv), names.free):
            return NotInstant(reason=f"{rv.name!r} has bounds that its transform does not hold")
        return None
    if name in FORMS:
        value = _data(model, rv) if variable is None else variable
        return value if isinstance(value, NotInstant) else _read(rv, value, names)
    weighted = _weighted(model, rv, names) if variable is None else None
    return weighted or NotInstant(
        reason=f"there is no kernel for the distribution {_titled(rv.owner.op, name)}"
    )


def _weighted(model: pm.Model, rv: Any, names: Names) -> Factor | NotInstant | None:
    """Read a likelihood that is a known distribution with weights; None when it is not."""
    value = _data(model, rv)
    found = None if isinstance(value, NotInstant) else read_weighted(rv, value, FORMS, names)
    if found is None or isinstance(value, NotInstant):
        return None
    read = _read(found.base, value, names)
    return read if isinstance(read, NotInstant) else replace(read, weights=found.weights)


def _read(rv: Any, value: Floats | Variable, names: Names) -> Factor | NotInstant:
    """Read the density of a known distribution at data or at a free variable, in the first form that fits."""
    problem = NotInstant(reason="")
    for form in FORMS[_name(rv)]:
        read = _slots(form, rv, _parameters(rv), value.shape, names)
        if not isinstance(read, NotInstant):
            domain = DISTRIBUTIONS[form.distribution].domains[0]
            rows = int(np.prod(value.shape, dtype=int))
            return Factor(distribution=form.distribution, rows=rows, slots=(_value(value, domain), *read))
        problem = problem if problem.reason else read
    return problem


def _name(rv: Any) -> str:
    """Give PyMC's name of a random variable's operation."""
    op = rv.owner.op
    return getattr(op, "name", None) or type(op).__name__


def _parameters(rv: Any) -> Sequence[Any]:
    op = rv.owner.op
    parameters: Sequence[Any] = op.dist_params(rv.owner) if hasattr(op, "dist_params") else ()
    return parameters


def _titled(op: Any, name: str) -> str:
    """Name a distribution as PyMC's users do."""
    titled = getattr(op, "_print_name", None)
    return titled[0] if titled else name


def _data(model: pm.Model, rv: Any) -> Floats | NotInstant:
    """Give the observed values of a likelihood."""
    value = model.rvs_to_values[rv]
    if _random([value]):
        return NotInstant(reason="some of its values are not observed")
    values = constants([value])[0]
    if not np.isfinite(values).all():
        return NotInstant(reason="its data are not finite")
    if values.size == 0:
        return NotInstant(reason="it has no rows")
    return values


def _slots(
    form: Form, rv: Any, parameters: Sequence[Any], shape: tuple[int, ...], names: Names
) -> tuple[Slot, ...] | NotInstant:
    """Read a distribution's parameters in one of its forms."""
    for zero in form.zeros(*parameters):
        if free_ancestors([zero], names.free) or constants([zero])[0].any():
            return NotInstant(reason=f"{rv.name!r} is shifted")
    domains = DISTRIBUTIONS[form.distribution].domains[1:]
    slots: list[Slot] = []
    for expression, domain in zip(form.slots(*parameters), domains, strict=True):
        slot = read_slot(expression, domain, shape, names)
        if isinstance(slot, NotInstant):
            return slot
        slots.append(slot)
    return tuple(slots)


def _value(value: Floats | Variable, domain: str) -> Slot:
    """Make the first slot: data, or elements of the free variable itself."""
    if not isinstance(value, Variable):
        return Constant(values=np.ascontiguousarray(value, dtype=np.float64).ravel())
    return point(value, domain, np.arange(value.start, value.start + value.size))
