"""Prior lines -> Bambi priors.

A target is named as the summary names it: a term (``x``, ``1|school``, ``Intercept``), a
parameter of the family (``sigma``), or a term of an auxiliary formula (``sigma_x``).
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import bambi
import pymc
from pymc.logprob.utils import ParameterValueError
from pytensor.compile.mode import Mode
from pytensor.graph.rewriting.db import RewriteDatabaseQuery

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters
from glm_magic.errors import FormulaError, did_you_mean
from glm_magic.request import Argument, Call, Prior

if TYPE_CHECKING:
    from bambi import Prior as BambiPrior


# Evaluated in Python: a millisecond, where compiling takes seconds.
AS_WRITTEN = Mode(linker="py", optimizer=RewriteDatabaseQuery(include=[]))


def set_priors(model: bambi.Model, priors: Sequence[Prior]) -> None:
    """Give a Bambi model the priors that the user wrote.

    Parameters
    ----------
    model : bambi.Model
        Not yet built; its priors are replaced where named.
    priors : sequence of Prior

    Raises
    ------
    FormulaError
        If a target is no term or parameter of the model, or a distribution or one of its
        arguments is unknown.
    """
    targets = _targets(model)
    chosen: dict[str, Any] = {}
    for prior in priors:
        if prior.target not in targets:
            raise FormulaError(
                f"the model has no term or parameter {prior.target!r}",
                where=prior.where,
                remedy=did_you_mean(prior.target, targets),
            )
        component, term = targets[prior.target]
        _check_nesting(prior, term)
        value = to_bambi(prior.distribution)
        if term is None or component is None:
            chosen[term or prior.target] = value
        else:
            chosen.setdefault(component, {})[term] = value
    if chosen:
        model.set_priors(priors=chosen)


def _targets(model: bambi.Model) -> dict[str, tuple[str | None, str | None]]:
    """Map each name in the summary to (auxiliary component or None, term or None)."""
    parent = model.family.likelihood.parent
    targets: dict[str, tuple[str | None, str | None]] = {}
    for name, component in bambi_parameters(model).items():
        for term in component.terms:
            if name == parent:
                targets[term] = (None, term)
            else:
                targets[f"{name}_{term}"] = (name, term)
    return targets | dict.fromkeys(bambi_marginal_parameters(model), (None, None))


def _check_nesting(prior: Prior, term: str | None) -> None:
    values = (*prior.distribution.args, *prior.distribution.kwargs.values())
    nested = [value for value in values if isinstance(value, Call)]
    if nested and not (term and "|" in term):
        raise FormulaError(
            f"the prior of {prior.target!r} has a distribution inside",
            where=nested[0].where,
            remedy="Only the priors of group-specific terms such as 1|school may be nested; put a number here.",
        )


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
            return list(argument)
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
    distribution = getattr(pymc, call.name, None)
    if not (inspect.isclass(distribution) and issubclass(distribution, pymc.Distribution)):
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
    return [
        name
        for name, value in vars(pymc).items()
        if inspect.isclass(value) and issubclass(value, pymc.Distribution) and value.__name__ == name
    ]
