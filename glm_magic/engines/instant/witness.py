"""PyMC's own log density and its gradient at points of the posterior.

They travel with the program, so that whoever samples it elsewhere can tell that it still is what PyMC means.

The gradient is PyTensor's, of PyMC's graph as it is written. It is put together by the chain rule: of each
distribution by its value and parameters, which is derived once per process (`laws`), and of these by the
unconstrained point, which is all that a new model costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pytensor.graph.traversal import ancestors

from glm_magic.engines.derived import derived_once, function_of
from glm_magic.engines.instant.program import Floats, Program
from glm_magic.engines.kept import Kept
from glm_magic.engines.laws import Law, inputs_of, is_real, slope_of, widened
from glm_magic.model.observed import observed_variables

GRADIENTS = Kept(16)


def witness(model: pm.Model, program: Program, points: Floats) -> tuple[Floats, Floats]:
    """Evaluate PyMC's log density of a model, with its gradient, as PyMC writes them.

    Parameters
    ----------
    model : pymc.Model
    program : Program
        Lowered from it; says where its variables are in a point.
    points : ndarray, shape (n_points, n_dim)
        Unconstrained.

    Returns
    -------
    values : ndarray, shape (n_points,)
        With all constants, of which the program leaves out some.
    gradients : ndarray, shape (n_points, n_dim)
    """
    derived, numbers = derived_once(model, GRADIENTS, _derived)
    (evaluate,) = derived.functions
    values, gradients = [], []
    for u in points:
        parts = [u[one.start : one.start + one.size].reshape(one.shape) for one in program.variables]
        value, gradient = evaluate(parts, numbers)
        values.append(value)
        gradients.append(np.concatenate([np.ravel(part) for part in gradient]))
    return np.array(values), np.array(gradients)


def prepare(model: pm.Model) -> None:
    """Derive the gradient, once for all models of the same structure, so that `witness` is fast.

    Parameters
    ----------
    model : pymc.Model
    """
    derived_once(model, GRADIENTS, _derived)


def _derived(model: pm.Model, shared: Mapping[int, Any]) -> tuple[Any, ...]:
    return (_ChainRule(model, shared),)


class _ChainRule:
    """Log density and gradient of a model, from those of its distributions.

    Parameters
    ----------
    model : pymc.Model
    shared : mapping of int to SharedVariable
    """

    def __init__(self, model: pm.Model, shared: Mapping[int, Any]) -> None:
        values = [model.rvs_to_values[rv] for rv in model.free_RVs]
        constrained, jacobian = _constrained(model, values)
        self._laws: list[tuple[Law, int]] = []
        arguments: list[Any] = []
        rest: Any = jacobian
        for rv in [*model.free_RVs, *observed_variables(model)]:
            own = [rv if rv in constrained else model.rvs_to_values[rv], *inputs_of(rv)]
            law = slope_of(rv, own[0])
            if law is None:
                rest = rest + pm.logp(rv, own[0]).sum()
                continue
            self._laws.append((law, len(own)))
            arguments += own
        # The parameters of one variable are functions of others, as they are sampled.
        wide = {one: pt.cast(one, "float64") for one in shared.values() if str(one.type.dtype) == "float32"}
        rest, *arguments = widened([rest, *arguments], {**wide, **constrained})
        moving = set(values)
        # Each argument by itself: two may be the same variable, and one may be computed from another.
        self._places = [
            place
            for place, one in enumerate(arguments)
            if is_real(one) and not moving.isdisjoint(ancestors([one]))
        ]
        apart = {place: pt.tensor_copy(arguments[place]) for place in self._places}
        slopes = {place: one.type() for place, one in apart.items()}
        known = {one: slopes[place] for place, one in apart.items()}
        gradient = pytensor.grad(rest, values, known_grads=known, disconnected_inputs="ignore")
        self._forward = function_of(values, [rest, *arguments], shared)
        self._backward = function_of([*values, *slopes.values()], gradient, shared)

    def __call__(self, point: Sequence[Any], numbers: Sequence[Any]) -> tuple[float, list[Any]]:
        """Evaluate the log density, and the gradient by variable."""
        rest, *arguments = self._forward(*point, *numbers)
        value, at = float(rest), 0
        slopes: dict[int, Any] = {}
        for law, count in self._laws:
            own = arguments[at : at + count]
            found, *by = law(*own)
            value += float(found)
            real = [at + place for place, one in enumerate(own) if np.asarray(one).dtype.kind == "f"]
            slopes |= dict(zip(real, by, strict=True))
            at += count
        return value, self._backward(*point, *(slopes[place] for place in self._places), *numbers)


def _constrained(model: pm.Model, values: Sequence[Any]) -> tuple[dict[Any, Any], Any]:
    """Give each free variable as a function of its unconstrained value, and the sum of the log Jacobians."""
    constrained, jacobian = {}, pt.constant(0.0)
    for rv, value in zip(model.free_RVs, values, strict=True):
        transform = model.rvs_to_transforms[rv]
        if transform is None:
            constrained[rv] = value
            continue
        constrained[rv] = transform.backward(value, *rv.owner.inputs)
        jacobian = jacobian + transform.log_jac_det(value, *rv.owner.inputs).sum()
    return constrained, jacobian
