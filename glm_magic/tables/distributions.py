"""Distributions written as users write them: ``Normal(0, 2.5)``."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc
from bambi.priors import Prior
from pytensor.graph.basic import Constant
from pytensor.tensor.elemwise import DimShuffle
from pytensor.tensor.random.op import RandomVariable

from glm_magic.model.as_written import AS_WRITTEN

DIGITS = 4
MOST_WRITTEN = 12
"""Numbers of an array that are written out."""
# What Bambi passes to PyMC with a prior, and is no part of it.
_COMPUTING = frozenset({"transform", "initval"})
# What the inputs of PyMC's operations are, where they are not the arguments of the distribution in its own order:
# none of them, or an argument's inverse (the `dist` methods of PyMC's distributions).
_INVERSE = "1/"
_INPUTS: Mapping[str, tuple[str, ...]] = {
    "AsymmetricLaplace": ("b", "kappa", "mu"),
    "BetaBinomial": ("n", "alpha", "beta"),
    "Exponential": ("1/lam",),
    "Gamma": ("alpha", "1/beta"),
    "HalfCauchy": ("", "beta"),
    "HalfNormal": ("", "sigma"),
    "NegativeBinomial": ("n", "p"),
    "Rice": ("b", "sigma"),
    "SkewNormal": ("mu", "sigma", "alpha"),
    "Triangular": ("lower", "c", "upper"),
    "TruncatedNormal": ("mu", "sigma", "lower", "upper"),
    "Wald": ("mu", "lam", "alpha"),
}


def prior_text(prior: Any, arguments: Mapping[str, Any] | None = None) -> str:
    """Write a prior of Bambi's.

    Parameters
    ----------
    prior : bambi.Prior or float
        A number is the value at which a parameter is fixed.
    arguments : mapping of str to object, optional
        Those of one number, in place of the prior's own.

    Returns
    -------
    str
        Numbers have 4 digits; arguments are in PyMC's order, and named from the first that it leaves out.
    """
    if not isinstance(prior, Prior):
        return _value(prior)
    given = {**prior.args, **(arguments or {})}
    return _call(prior.name, {name: _value(given[name]) for name in given if name not in _COMPUTING})


def variable_text(variable: Any, model: pymc.Model) -> str:
    """Write the distribution of a variable of a PyMC model.

    Parameters
    ----------
    variable : TensorVariable
        A free variable.
    model : pymc.Model

    Returns
    -------
    str
        Constants have 4 digits, other variables their names; as PyMC prints it where the distribution is
        made of others.
    """
    read = inputs_of(variable)
    if read is None:
        return _printed(variable)
    name, inputs = read
    given = {argument: _input(one, model, inverse=inverse) for argument, (one, inverse) in inputs.items()}
    return _call(name, given)


def inputs_of(variable: Any) -> tuple[str, dict[str, tuple[Any, bool]]] | None:
    """Read the distribution of a variable off its graph.

    Parameters
    ----------
    variable : TensorVariable
        A random variable.

    Returns
    -------
    tuple of str and dict, or None
        PyMC's name, and its arguments in PyMC's order: each an expression, and whether the argument is its inverse.
        None where the distribution is made of others.
    """
    op = variable.owner.op
    name = (getattr(op, "_print_name", None) or ("",))[0]
    distribution = getattr(pymc, name, None)
    signed = isinstance(op, RandomVariable) or getattr(op, "extended_signature", None)
    if distribution is None or not signed:
        return None
    inputs = list(op.dist_params(variable.owner))
    names = _INPUTS.get(name, ())
    if len(names) != len(inputs):
        names = tuple(_signature(name))
    if len(names) < len(inputs):
        return None
    return name, {
        argument.removeprefix(_INVERSE): (one, argument.startswith(_INVERSE))
        for argument, one in zip(names, inputs, strict=False)
        if argument
    }


def _printed(variable: Any) -> str:
    """Write a distribution as PyMC does."""
    printed = str(variable.str_repr(formatting="plain")).removeprefix(f"{variable.name} ~ ")
    name, bracket, rest = printed.partition("(")
    # An operation of PyMC's own has a name of its own: _LKJCholeskyCovRV.
    own = type(variable.owner.op).__name__.strip("_").removesuffix("RV") if name.startswith("_") else name
    return f"{own}{bracket}{rest}"


def is_numeric(value: Any) -> bool:
    """Tell whether an argument is a number, or an array of them."""
    return np.asarray(value).dtype.kind in "biuf"


def _signature(name: str) -> dict[str, inspect.Parameter]:
    """Give the parameters of a PyMC distribution, in its own order; none of one that is Bambi's alone."""
    distribution = getattr(pymc, name, None)
    signature = {} if distribution is None else dict(inspect.signature(distribution.dist).parameters)
    variable = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return {argument: one for argument, one in signature.items() if one.kind not in variable}


def _call(name: str, given: dict[str, str]) -> str:
    parts = []
    for argument, one in _signature(name).items():
        if argument not in given or one.kind is inspect.Parameter.KEYWORD_ONLY:
            break
        parts.append(given.pop(argument))
    parts += [f"{argument}={value}" for argument, value in given.items()]
    return f"{name}({', '.join(parts)})"


def _input(variable: Any, model: pymc.Model, *, inverse: bool = False) -> str:
    """Write an input of a random variable: its value, its name, or the names that it is computed from."""
    while variable.owner is not None and isinstance(variable.owner.op, DimShuffle):
        # A number that stands for each element of a vector is still that number.
        (variable,) = variable.owner.inputs
    if variable.name in model.named_vars and not inverse:
        return str(variable.name)
    names: dict[str, None] = {}
    waiting = [variable]
    while waiting:
        one = waiting.pop()
        if one.name in model.named_vars:
            names[one.name] = None
        elif one.owner is not None:
            if isinstance(one.owner.op, RandomVariable):
                return "<random>"
            waiting += one.owner.inputs
        elif not isinstance(one, Constant):
            return f"<{one.name or 'data'}>"
    if names:
        return f"f({', '.join(sorted(names))})"
    value = variable.eval(mode=AS_WRITTEN)
    return _value(1 / value if inverse else value)


def _value(value: Any) -> str:
    if isinstance(value, Prior):
        return prior_text(value)
    if not is_numeric(value):
        return str(value)
    numbers = np.asarray(value, dtype=float)
    if numbers.ndim == 0 or (numbers.size and np.all(numbers == numbers.flat[0]) and numbers.ndim == 1):
        return f"{numbers.flat[0]:.{DIGITS}g}"
    if numbers.size > MOST_WRITTEN:
        return f"<{' x '.join(map(str, numbers.shape))} numbers>"
    return f"[{', '.join(_value(one) for one in numbers)}]"
