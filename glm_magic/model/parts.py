"""Priors of a part of a term: the spread of a group's effects, or one number of several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import bambi
import numpy as np
import pymc
from bambi.terms import CommonTerm, GroupSpecificTerm
from pymc.logprob.utils import ParameterValueError

from glm_magic._stack import bambi_marginal_parameters, bambi_response_term
from glm_magic.errors import FormulaError
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.model.families import ORDINAL
from glm_magic.model.targets import hyperparameters
from glm_magic.request.prior import Call, Fixed, Prior

Chosen = dict[str, Any]
# What `order_thresholds` adds to a prior.
_OF_ORDER = ("transform", "initval")


def parts_of(model: bambi.Model, targets: Mapping[str, Any], chosen: Chosen) -> list[str]:
    """Name the parts of terms that may have a prior of their own.

    Parameters
    ----------
    model : bambi.Model
    targets : mapping of str to object
        Of `targets_of`.
    chosen : dict of str to object
        The priors that the user wrote, by target; the others' are Bambi's.

    Returns
    -------
    list of str
        ``1|school_sigma``, ``g[b]``, ``threshold[0]``.
    """
    names: list[str] = []
    for label, target in targets.items():
        if isinstance(target, GroupSpecificTerm):
            names += [name for name, _, _ in hyperparameters(label, chosen.get(label, target.prior))]
        else:
            names += numbers_of(model, label, target)
    return names


def numbers_of(model: bambi.Model, label: str, target: Any) -> list[str]:
    """Label the numbers of a target that has several, as the summary does.

    Parameters
    ----------
    model : bambi.Model
    label : str
    target : object
        Of `targets_of`.

    Returns
    -------
    list of str
        Empty for one number, and where each category of the response has its own.
    """
    response = bambi_response_term(model)
    if target in bambi_marginal_parameters(model).values():
        count = len(response.levels) - 1 if model.family.name in ORDINAL and label == "threshold" else 0
        return [f"{label}[{place}]" for place in range(count)]
    if not isinstance(target, CommonTerm) or response.coords or target.data.ndim < 2:
        return []
    levels = next(iter(target.coords.values()), range(target.data.shape[1]))
    return [f"{label}[{level}]" for level in levels]


def set_part(
    prior: Prior,
    model: bambi.Model,
    targets: Mapping[str, Any],
    chosen: Chosen,
    read: Callable[[Call], Any],
) -> str | None:
    """Put the prior of a part into that of its term.

    Parameters
    ----------
    prior : Prior
        The user's line.
    model : bambi.Model
    targets : mapping of str to object
        Of `targets_of`.
    chosen : dict of str to object
        The priors that the user wrote, by target; changed.
    read : callable
        Makes a `bambi.Prior` of a written distribution.

    Returns
    -------
    str or None
        The term; None where there is no such part.

    Raises
    ------
    FormulaError
        If the part cannot have such a prior.
    """
    for label, target in targets.items():
        if not prior.target.startswith(label):
            continue
        whole = chosen[label] if label in chosen else deepcopy(getattr(target, "prior", None))
        if isinstance(target, GroupSpecificTerm):
            for name, holder, argument in hyperparameters(label, whole):
                if name == prior.target:
                    holder.args[argument] = _of_argument(prior, holder, argument, read)
                    chosen[label] = whole
                    return label
        elif prior.target in (names := numbers_of(model, label, target)):
            call = _distribution(prior)
            chosen[label] = _with_number(prior, whole, read(call), names)
            return label
    return None


def _of_argument(prior: Prior, holder: bambi.Prior, argument: str, read: Callable[[Call], Any]) -> Any:
    """Give an argument of a group's distribution its prior, or the number at which it is fixed."""
    match prior.distribution:
        case Call() as call:
            return read(call)
        case Fixed(value=value, where=where):
            # The others that are estimated stand at 1, which is in the range of each.
            others = {name: 1.0 if isinstance(one, bambi.Prior) else one for name, one in holder.args.items()}
            try:
                distribution = getattr(pymc, holder.name).dist(**{**others, argument: value})
                pymc.logp(distribution, 0.0).eval(mode=AS_WRITTEN)
            except (ParameterValueError, ValueError) as problem:
                raise FormulaError(
                    f"{holder.name} needs {str(problem).splitlines()[0]}",
                    where=where,
                    remedy=f"Write another number, or a prior: {prior.target} ~ HalfNormal(2).",
                ) from None
            return value


def _distribution(prior: Prior) -> Call:
    match prior.distribution:
        case Call() as call:
            return call
        case Fixed(where=where):
            raise FormulaError(
                f"{prior.target!r} is estimated, and Bambi fixes none of its kind at a number",
                where=where,
                remedy="Write a prior that is narrow around it.",
            )


def _with_number(prior: Prior, whole: Any, value: Any, names: list[str]) -> Any:
    """Replace the arguments of one number: the numbers of a term have one kind of distribution."""
    where = prior.distribution.where
    own = {name: argument for name, argument in whole.args.items() if name not in _OF_ORDER}
    if whole.name != value.name or set(own) != set(value.args):
        raise FormulaError(
            f"the numbers of {names[0].rpartition('[')[0]} share one kind of distribution, here "
            f"{whole.name}({', '.join(own)})",
            where=where,
            remedy="Write the same kind with the same arguments, or give a prior to the whole term.",
        )
    arguments = {}
    for name, argument in own.items():
        one = value.args[name]
        if isinstance(one, bambi.Prior) or np.ndim(one):
            raise FormulaError(
                f"{prior.target!r} is one number, and so is each argument of its prior",
                where=where,
                remedy="Write Normal(0, 1), for example.",
            )
        several = np.broadcast_to(np.asarray(argument, dtype=float), len(names)).copy()
        several[names.index(prior.target)] = one
        arguments[name] = several
    return bambi.Prior(whole.name, **arguments)
