"""PyMC's own log density and initial point of a model, evaluated as written, without compiling.

The log density of a model is the sum of those of its random variables, and each is a function of the
variable's value and parameters alone. That function, which PyMC gives with `pymc.logp`, is the same in
every model, so it is derived once per process: a new model costs only the graph of its parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import pymc as pm
import pytensor
from pymc.initial_point import make_initial_point_expression

from glm_magic.engines.derived import derived_once, function_of
from glm_magic.engines.kept import Kept
from glm_magic.engines.laws import inputs_of, law_of
from glm_magic.model.observed import observed_variables

Point = Mapping[str, Any]
"""Unconstrained values, by name of value variable."""

# Functions belong to the process, as compiled code does; these are the places that hold them.
WHOLE = Kept(16)
DERIVED = Kept(16)
STARTS = Kept(16)


def log_density(model: pm.Model) -> Callable[[Point], float]:
    """Make PyMC's own log density of any model.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    callable
        From a point to the log density. It is derived once for all models of the same structure.
    """
    derived, numbers = derived_once(model, WHOLE, _whole)

    def evaluate(point: Point) -> float:
        (value,) = derived.functions[0](*[point[name] for name in derived.names], *numbers)
        return float(value)

    return evaluate


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """PyMC's log density, term by term.

    Attributes
    ----------
    constrain : callable
        From a point to the values of the free variables on their own scale, in the model's order, and last
        the logarithm of the transforms' Jacobian determinant.
    priors, likelihoods : callable
        From what `constrain` gives to the log densities of the free and of the observed variables, by name:
        each is summed over its elements, and without its transform's part.
    """

    constrain: Callable[[Point], Sequence[Any]]
    priors: Callable[[Sequence[Any]], Mapping[str, float]]
    likelihoods: Callable[[Sequence[Any]], Mapping[str, float]]


def log_densities(model: pm.Model) -> Terms:
    """Make PyMC's own log density of each random variable of a model without potentials.

    Parameters
    ----------
    model : pymc.Model
        Whose transforms depend on no random variable.

    Returns
    -------
    Terms
        Derived once for all models of the same structure.
    """
    derived, numbers = derived_once(model, DERIVED, _terms)
    constrain, priors, likelihoods = derived.functions
    return Terms(
        constrain=lambda point: constrain(*[point[name] for name in derived.names], *numbers),
        priors=lambda constrained: priors(constrained[:-1], numbers),
        likelihoods=lambda constrained: likelihoods(constrained[:-1], numbers),
    )


def initial_point(model: pm.Model) -> Point:
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
    derived, numbers = derived_once(model, STARTS, _start)
    return dict(zip(derived.names, derived.functions[0](*numbers), strict=True))


def _whole(model: pm.Model, shared: Mapping[int, Any]) -> tuple[Any, ...]:
    # Two at a time: NumPy, which evaluates this, adds no more than 32 arrays at once.
    logp = reduce(add, (term.sum() for term in model.logp(sum=False)))
    return (function_of(_values(model), [logp], shared),)


def _start(model: pm.Model, shared: Mapping[int, Any]) -> tuple[Any, ...]:
    point = make_initial_point_expression(
        free_rvs=model.free_RVs,
        rvs_to_transforms=model.rvs_to_transforms,
        initval_strategies=model.rvs_to_initial_values,
        return_transformed=True,
    )
    return (function_of([], point, shared),)


def _terms(model: pm.Model, shared: Mapping[int, Any]) -> tuple[Any, ...]:
    """Make three functions: of the variables on their own scale, of the priors, of the likelihoods."""
    jacobian: list[Any] = []
    constrained = []
    for rv, value in zip(model.free_RVs, _values(model), strict=True):
        transform = model.rvs_to_transforms[rv]
        inputs = rv.owner.inputs
        constrained.append(value if transform is None else transform.backward(value, *inputs))
        jacobian.extend([] if transform is None else [transform.log_jac_det(value, *inputs).sum()])
    total = reduce(add, jacobian, pytensor.tensor.constant(0.0))
    return (
        function_of(_values(model), [*constrained, total], shared),
        _Own(model.free_RVs, list(zip(model.free_RVs, model.free_RVs, strict=True)), shared),
        _Own(model.free_RVs, [(rv, model.rvs_to_values[rv]) for rv in observed_variables(model)], shared),
    )


class _Own:
    """The log densities of some random variables, each of its own value and parameters.

    Parameters
    ----------
    free : sequence of TensorVariable
        What the parameters depend on: the graph ends there.
    valued : sequence of (TensorVariable, TensorVariable)
        Random variables and their values.
    shared : mapping of int to SharedVariable
    """

    def __init__(
        self, free: Sequence[Any], valued: Sequence[tuple[Any, Any]], shared: Mapping[int, Any]
    ) -> None:
        self._names = [rv.name for rv, _ in valued]
        self._laws: list[tuple[Callable[..., Any] | None, int]] = []
        outputs: list[Any] = []
        for rv, value in valued:
            law = law_of(rv, value)
            arguments = [pm.logp(rv, value).sum()] if law is None else [value, *inputs_of(rv)]
            self._laws.append((law, len(arguments)))
            outputs.extend(arguments)
        self._arguments = function_of(free, outputs, shared)

    def __call__(self, constrained: Sequence[Any], numbers: Sequence[Any]) -> Mapping[str, float]:
        """Evaluate all, by name."""
        arguments = iter(self._arguments(*constrained, *numbers))
        found = {}
        for name, (law, count) in zip(self._names, self._laws, strict=True):
            own = [next(arguments) for _ in range(count)]
            found[name] = float(own[0] if law is None else law(*own))
        return found


def _values(model: pm.Model) -> list[Any]:
    return [model.rvs_to_values[rv] for rv in model.free_RVs]
