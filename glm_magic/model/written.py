"""A distribution as the user writes it -> a Bambi prior."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import bambi
import numpy as np
import pymc
from pymc.logprob.utils import ParameterValueError

from glm_magic.errors import FormulaError, did_you_mean
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.request.prior import Argument, Call

if TYPE_CHECKING:
    from bambi import Prior as BambiPrior


# Bambi's own priors that are no PyMC distribution, and their parameters.
BAMBI = {"Horseshoe": ("tau_nu", "lam_nu")}


def to_bambi(call: Call) -> BambiPrior:
    """Turn a written distribution into a Bambi prior.

    Parameters
    ----------
    call : Call
        Positional arguments are read in PyMC's own order.

    Returns
    -------
    bambi.Prior

    Raises
    ------
    FormulaError
        If PyMC has no such distribution, or it does not take such arguments.
    """
    arguments = _named_arguments(call)
    if not any(isinstance(value, Call) for value in arguments.values()):
        _try_out(call, {name: _value(value) for name, value in arguments.items()})
    return bambi.Prior(call.name, **{name: _value(value) for name, value in arguments.items()})


def _try_out(call: Call, arguments: Mapping[str, Any]) -> None:
    """Refuse arguments that the distribution cannot have, such as a negative scale."""
    if call.name in BAMBI:
        return
    if "support_shape" in _parameters(call):
        # The term's own dims shape it in the model.
        arguments = {"support_shape": (2,), **arguments}
    try:
        distribution = getattr(pymc, call.name).dist(**arguments)
    except (TypeError, ValueError, AttributeError) as problem:
        raise FormulaError(
            f"PyMC cannot make this {call.name}: {str(problem).splitlines()[0]}",
            where=call.where,
            remedy=f"Its arguments are {', '.join(_parameters(call))}.",
        ) from problem
    if distribution.type.ndim:
        return
    try:
        pymc.logp(distribution, 0.5).eval(mode=AS_WRITTEN)
    except ParameterValueError as problem:
        raise FormulaError(
            f"{call.name} needs {str(problem).splitlines()[0]}",
            where=call.where,
            remedy="Change the numbers of the prior.",
        ) from None
    except NotImplementedError:
        return  # A density that exists only after rewriting, or not at all.


def _value(argument: Argument) -> Any:
    match argument:
        case Call():
            return to_bambi(argument)
        case tuple():
            return np.array(argument, dtype=float)
        case _:
            return argument


def _named_arguments(call: Call) -> Mapping[str, Argument]:
    parameters = _parameters(call)
    if len(call.args) > len(parameters):
        raise FormulaError(
            f"{call.name} takes {len(parameters)} arguments, not {len(call.args)}",
            where=call.where,
            remedy=f"{call.name}({', '.join(parameters)})",
        )
    named = dict(zip(parameters, call.args, strict=False))
    for name, value in call.kwargs.items():
        if name in named:
            raise FormulaError(f"{call.name} got {name!r} twice", where=call.where)
        if name not in parameters:
            raise FormulaError(
                f"{call.name} has no argument {name!r}",
                where=call.where.narrowed(name),
                remedy=did_you_mean(name, parameters),
            )
        named[name] = value
    return named


def _parameters(call: Call) -> tuple[str, ...]:
    """Name the parameters of a PyMC distribution, in its own order."""
    if call.name in BAMBI:
        return BAMBI[call.name]
    distribution = getattr(pymc, call.name, None)
    if not _is_distribution(distribution):
        raise FormulaError(
            f"PyMC has no distribution {call.name!r}",
            where=call.where.narrowed(call.name),
            remedy=did_you_mean(call.name, distributions()),
        )
    kinds = inspect.Parameter
    signature = inspect.signature(cast(Any, distribution).dist)
    return tuple(
        name
        for name, parameter in signature.parameters.items()
        if parameter.kind not in (kinds.VAR_KEYWORD, kinds.VAR_POSITIONAL)
    )


def distributions() -> list[str]:
    """Name every distribution of PyMC."""
    return [name for name, value in vars(pymc).items() if _is_distribution(value) and value.__name__ == name]


def _is_distribution(value: Any) -> bool:
    """Tell whether PyMC's name is a distribution: a class with ``dist``, which `LogitNormal` makes of others."""
    return inspect.isclass(value) and callable(getattr(value, "dist", None))
