"""The random variables of a model, each with the numbers of its prior."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from bambi.priors import Prior
from bambi.terms import GroupSpecificTerm, HSGPTerm

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters
from glm_magic.code import Numbers, Random
from glm_magic.code.families import KNOWN, short, why_fixed
from glm_magic.code.graph import block_priors
from glm_magic.code.literals import numbers
from glm_magic.model import FormulaSource, Model, NewPrior
from glm_magic.model.names import CENTERED, label_of, variable_of

PLAIN = re.compile(r"[^\W\d][\w.]*")
"""A name that a formula takes without backquotes."""
_TRANSFORMS = {"ordered": "pm.distributions.transforms.ordered"}


def priors_of(model: Model) -> tuple[Random, ...]:
    """List the random variables of a model that have a prior.

    Parameters
    ----------
    model : Model

    Returns
    -------
    tuple of Random
        Those of the main formula first, then of auxiliary ones, then parameters without a formula.
    """
    match model.source:
        case FormulaSource() as source:
            found = tuple(_of_formula(source, model))
        case _:
            return block_priors(model)
    return tuple(
        one if new is None else _renewed(one, new)
        for one, new in ((one, model.new_priors.get(one.variable)) for one in found)
    )


def _renewed(one: Random, new: NewPrior) -> Random:
    """Give a random variable a prior that the model got after Bambi had written it."""
    arguments = {name: np.array([value]) for name, value in new.arguments.items()}
    return replace(one, family=new.family, arguments=arguments)


def named(model: Model) -> dict[str, str]:
    """Map the target of each prior, as `glm_magic.request.prior_lines.read_prior` gives it, to its PyMC variable.

    Parameters
    ----------
    model : Model

    Returns
    -------
    dict of str to str
        ``{"Intercept": "Intercept_centered", "1|school_sigma": "1|school_sigma"}``; without those that cannot be
        changed.
    """
    return {one.target: one.variable for one in priors_of(model) if not one.fixed}


def _of_formula(source: FormulaSource, model: Model) -> Iterator[Random]:
    parent = source.bambi.family.likelihood.parent
    marginal = bambi_marginal_parameters(source.bambi)
    centered = {intercept.name: intercept.sampled for intercept in source.centered}
    typed = _typed(source)
    for parameter, component in bambi_parameters(source.bambi).items():
        prefix = "" if parameter == parent else f"{parameter}_"
        for name, term in component.terms.items():
            if name in component.offset_terms:
                continue
            variable, target = variable_of(source, parameter, name), f"{prefix}{name}"
            match term:
                case HSGPTerm():
                    yield from map(typed, _of_process(model, term, variable, target))
                case GroupSpecificTerm():
                    yield from map(typed, _of_groups(model, term, variable, target))
                case _:
                    sampled = centered.get(variable, variable)
                    if target in marginal:
                        # No line can name a column that is called like a parameter.
                        yield _random(
                            model, variable, sampled, term.prior, f"a line of {target} means the parameter"
                        )
                    else:
                        yield typed(_random(model, target, sampled, term.prior))
    for name, record in marginal.items():
        if isinstance(record.prior, Prior):
            yield _random(model, name, record.alias or name, record.prior)


def _typed(source: FormulaSource) -> Callable[[Random], Random]:
    """Make the function that writes the backquotes that a line needs."""
    quoted = sorted(filter(needs_quotes, map(str, source.frame.columns)), key=len, reverse=True)
    if not quoted:
        return lambda random: random
    names = re.compile("|".join(map(re.escape, quoted)))
    return lambda random: replace(random, name=names.sub(lambda found: f"`{found[0]}`", random.target))


def needs_quotes(column: str) -> bool:
    """Tell whether a formula takes a name in backquotes alone.

    Parameters
    ----------
    column : str

    Returns
    -------
    bool
    """
    return not PLAIN.fullmatch(column)


def _random(model: Model, name: str, variable: str, prior: Prior, fixed: str = "") -> Random:
    """Read a prior of Bambi's."""
    if prior.name == "Horseshoe":
        fixed = "a Horseshoe is made of three variables"
    own = {key: value for key, value in prior.args.items() if key not in ("transform", "initval")}
    order = KNOWN.get(prior.name, ())
    arguments: dict[str, Numbers | str] = {
        key: f"{variable}_{key}" if isinstance(own[key], Prior) else short(own[key])
        for key in sorted(own, key=lambda key: order.index(key) if key in order else len(order))
    }
    return Random(
        name=name,
        target=name,
        variable=variable,
        label=label_of(variable.removesuffix(CENTERED)),
        family=prior.name,
        arguments=arguments,
        dims=tuple(model.pymc.named_vars_to_dims.get(variable) or ()),
        computing=_computing(prior),
        fixed=fixed or why_fixed(prior.name, arguments),
    )


def _computing(prior: Prior) -> dict[str, str]:
    found: dict[str, str] = {}
    transform = prior.args.get("transform")
    if transform is not None:
        found["transform"] = _TRANSFORMS.get(type(transform).__name__.lower(), _TRANSFORMS["ordered"])
    if prior.args.get("initval") is not None:
        found["initval"] = numbers(prior.args["initval"])
    return found


def _of_groups(model: Model, term: Any, variable: str, target: str) -> Iterator[Random]:
    """Give the prior of the effects of groups, and those of its parameters."""
    free = {one.name for one in model.pymc.free_RVs}
    hyper = list(_hyperpriors(term, variable, target, term.prior))
    if f"{variable}_offset" in free:
        spread = f"{target}_sigma"
        yield Random(
            name=target,
            target=target,
            variable=f"{variable}_offset",
            label=label_of(variable),
            family="Normal",
            arguments={"mu": np.zeros(1), "sigma": np.ones(1)},
            dims=tuple(model.pymc.named_vars_to_dims.get(f"{variable}_offset") or ()),
            fixed=f"its spread is {spread}",
        )
    else:
        yield _random(model, target, variable, term.prior)
    for name, line, prior in hyper:
        yield _random(model, line, name, prior)


def _hyperpriors(term: Any, variable: str, target: str, prior: Prior) -> Iterator[tuple[str, str, Prior]]:
    for argument, value in prior.args.items():
        if isinstance(value, Prior):
            name = f"{variable}_{term.hyperprior_alias.get(argument, argument)}"
            yield name, f"{target}_{argument}", value
            yield from _hyperpriors(term, name, f"{target}_{argument}", value)


def _of_process(model: Model, term: Any, variable: str, target: str) -> Iterator[Random]:
    """Give the priors of a covariance function, and that of the weights of its basis functions."""
    for parameter, prior in term.prior.items():
        if isinstance(prior, Prior):
            yield _random(model, f"{target}_{parameter}", f"{variable}_{parameter}", prior)
    weights = f"{variable}_weights{'' if term.centered else '_raw'}"
    scale = "its spectrum" if term.centered else np.ones(1)
    yield Random(
        name=f"{target}_weights",
        target=f"{target}_weights",
        variable=weights,
        label=label_of(weights),
        family="Normal",
        arguments={"mu": np.zeros(1), "sigma": scale},
        dims=tuple(model.pymc.named_vars_to_dims.get(weights) or ()),
        fixed="the weights of basis functions follow from the covariance function",
    )
