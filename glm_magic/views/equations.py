"""The model as lines of mathematics: the response, its linear predictors, and the priors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters, bambi_response_term
from glm_magic.code import Random
from glm_magic.model import FormulaSource, Model
from glm_magic.model.columns import inner_name
from glm_magic.model.names import label_of, variable_of
from glm_magic.model.observed import observed_variables
from glm_magic.model.targets import components_of
from glm_magic.tables.distributions import variable_text
from glm_magic.views.mathml import Line, name, number, operator, words

DIGITS = 4
MOST_NUMBERS = 4
"""Different numbers of a prior that are written out."""
TILDE, EQUALS, PLUS, COMMA = operator("~"), operator("="), operator("+"), operator(",")
OPEN, CLOSE = operator("("), operator(")")


def equations_of(model: Model, priors: Sequence[Random]) -> tuple[Line, ...]:
    """Write a model as lines of mathematics.

    Parameters
    ----------
    model : Model
    priors : sequence of Random
        Of `glm_magic.code.priors.priors_of`.

    Returns
    -------
    tuple of Line
        The response first, then what its parameters are, then a line for each prior.
    """
    match model.source:
        case FormulaSource() as source:
            main = tuple(_of_formula(source))
            symbols = _symbols(source)
        case _:
            main = tuple(_of_block(model))
            symbols = {}
    return (*main, *(_prior(one, symbols) for one in priors))


def _symbols(source: FormulaSource) -> dict[str, Line]:
    """Give what the priors are of, by the name of the parameter, where it is not that name."""
    found: dict[str, Line] = {}
    centered = {label_of(intercept.name) for intercept in source.centered}
    for parameter, component in bambi_parameters(source.bambi).items():
        for label in component.terms:
            target = label_of(variable_of(source, parameter, label))
            if label in component.group_specific_terms:
                found[target] = (name("u", target),)
            elif label in component.common_terms:
                found[target] = (name("beta", target),)
            elif target in centered:
                found[target] = (name(target), words("at the mean of the predictors"))
    return found


def _of_formula(source: FormulaSource) -> Iterator[Line]:
    bambi = source.bambi
    likelihood = bambi.family.likelihood
    formulas, marginal = bambi_parameters(bambi), bambi_marginal_parameters(bambi)
    known = [one for one in likelihood.params if one in {*formulas, *marginal}]
    response = name(inner_name(bambi_response_term(bambi)))
    yield (response, TILDE, *_call(likelihood.name, [(name(one),) for one in known]))
    for (prefix, component), parameter in zip(components_of(bambi), formulas, strict=True):
        link = bambi.family.link[parameter].name
        yield (*_linked(link, parameter), EQUALS, *_sum(_summands(component, prefix)))
    for parameter, record in marginal.items():
        if isinstance(record.prior, int | float):
            yield (name(parameter), EQUALS, number(f"{record.prior:.{DIGITS}g}"))


def _linked(link: str, parameter: str) -> Line:
    """Write the link of a parameter."""
    own = name(parameter)
    match link:
        case "identity":
            return (own,)
        case "inverse":
            return (number("1"), operator("/"), own)
        case "inverse_squared":
            return (number("1"), operator("/"), name(f"{parameter}²"))
        case "softmax":
            return (name("softmax⁻¹"), OPEN, own, CLOSE)
        case _:
            return (name(link), OPEN, own, CLOSE)


def _summands(component: Any, prefix: str) -> Iterator[Line]:
    for label, term in component.terms.items():
        target = f"{prefix}{label}"
        if term is component.intercept_term:
            yield (name(target),)
        elif label in component.offset_terms:
            yield (name(label.removeprefix("offset(").removesuffix(")")),)
        elif label in component.hsgp_terms:
            yield (name(target),)
        elif label in component.group_specific_terms:
            slope, _, group = label.partition("|")
            effect = (name("u", target), operator("["), name(group), operator("]"))
            yield effect if slope == "1" else (*effect, name(slope))
        else:
            dot = [operator("·")] if np.ndim(term.data) > 1 else []
            yield (name("beta", target), *dot, name(label))


def _sum(summands: Iterable[Line]) -> Line:
    every = list(summands) or [(number("0"),)]
    return tuple(chain(every[0], *((PLUS, *one) for one in every[1:])))


def _prior(random: Random, symbols: Mapping[str, Line]) -> Line:
    """Write the prior of a variable."""
    own = symbols.get(random.label, (name(random.target),))
    if not random.family:
        return (*own, TILDE, words(random.fixed))
    offset = random.variable.endswith("_offset") and random.variable != random.name
    arguments: list[Line] = [
        (name(label_of(value)),) if isinstance(value, str) else _numbers(value)
        for value in random.arguments.values()
    ]
    if offset:
        # Its own variable is the offset; what the user knows is the effect.
        arguments = [(number("0"),), (name(f"{random.target}_sigma"),)]
    return (*own, TILDE, *_call(random.family, arguments))


def _numbers(values: Any) -> Line:
    flat = [number(f"{value:.{DIGITS}g}") for value in np.ravel(values)]
    if len(flat) == 1:
        return flat
    shown = flat if len(flat) <= MOST_NUMBERS else [*flat[: MOST_NUMBERS - 1], operator("…")]
    return (operator("["), *chain(shown[:1], *((COMMA, one) for one in shown[1:])), operator("]"))


def _call(function: str, arguments: Sequence[Line]) -> Line:
    inside = chain(arguments[0], *((COMMA, *one) for one in arguments[1:])) if arguments else ()
    return (name(function), OPEN, *inside, CLOSE)


def _of_block(model: Model) -> Iterator[Line]:
    """Write the observed variables of a hand-written model, by the names of what they are made of."""
    for variable in observed_variables(model.pymc):
        written = variable_text(variable, model.pymc)
        family, _, rest = written.partition("(")
        yield (name(label_of(variable.name)), TILDE, name(family), OPEN, name(rest.removesuffix(")")), CLOSE)
