"""Every prior of a model: its text, who chose it, and where it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from bambi.priors import Prior
from bambi.terms import GroupSpecificTerm, HSGPTerm

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters
from glm_magic.model import FormulaSource, Model
from glm_magic.model.families import ORDINAL
from glm_magic.model.names import CENTERED, known_labels, label_of, variable_of
from glm_magic.posterior import UNFOLDED
from glm_magic.predictor.words import scale_of
from glm_magic.tables.distributions import is_numeric, prior_text, variable_text

YOU, BAMBI = "you", "Bambi"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The prior of a variable, or of one of its numbers."""

    parameter: str
    prior: str
    chosen_by: str
    holds: str


def priors_frame(model: Model) -> pd.DataFrame:
    """List the priors of a model.

    Parameters
    ----------
    model : Model

    Returns
    -------
    pandas.DataFrame
        A row per number, named as in the summary, or one for all levels of a group-specific term; columns
        prior, chosen_by and holds.
    """
    source = model.source
    rows = list(_of_formula(source, model) if isinstance(source, FormulaSource) else _of_block(model))
    index = pd.Index([row.parameter for row in rows], name="parameter")
    columns = {name: [getattr(row, name) for row in rows] for name in ("prior", "chosen_by", "holds")}
    return pd.DataFrame(columns, index=index)


def _of_block(model: Model) -> Iterator[_Row]:
    """Read what the user wrote off the graph."""
    for variable in model.pymc.free_RVs:
        text = variable_text(variable, model.pymc)
        yield _Row(parameter=label_of(variable.name), prior=text, chosen_by=YOU, holds="")


def _of_formula(source: FormulaSource, model: Model) -> Iterator[_Row]:
    parent = source.bambi.family.likelihood.parent
    marginal = bambi_marginal_parameters(source.bambi)
    centered = {intercept.name for intercept in source.centered}
    for parameter, component in bambi_parameters(source.bambi).items():
        scale = _scale(source, parameter)
        prefix = "" if parameter == parent else f"{parameter}_"
        for name, term in component.terms.items():
            if name in component.offset_terms:
                continue
            variable = variable_of(source, parameter, name)
            # A column called sigma stands beside the parameter sigma, whose priors a line means.
            own = f"{prefix}{name}" if f"{prefix}{name}" not in marginal else ""
            match term:
                case HSGPTerm():
                    yield from _of_process(source, model, term, variable, own, scale)
                case GroupSpecificTerm():
                    yield from _of_groups(source, model, term, variable, own, scale)
                case _:
                    at = ""
                    if term.kind == "intercept":
                        middle = "at the mean of the predictors, "
                        at = middle if variable in centered else "where the predictors are zero, "
                    who = _who(source, own)
                    yield from _rows(model, variable, term.prior, who, f"{at}on the scale of {scale}")
    for name, record in marginal.items():
        holds = f"on the scale of {scale_of(source)}" if source.family in ORDINAL else ""
        fixed = not isinstance(record.prior, Prior)
        yield from _rows(model, name, record.prior, _who(source, name), "fixed" if fixed else holds)


def _scale(source: FormulaSource, parameter: str) -> str:
    if parameter == source.bambi.family.likelihood.parent:
        return scale_of(source)
    link = source.bambi.family.link[parameter].name
    return parameter if link == "identity" else f"{link} of {parameter}"


def _who(source: FormulaSource, *targets: str) -> str:
    return YOU if source.own_priors.intersection(targets) else BAMBI


def _of_groups(
    source: FormulaSource, model: Model, term: Any, variable: str, own: str, scale: str
) -> Iterator[_Row]:
    """Give the prior of the levels in a row, and those of its parameters in rows of their own."""
    group = own.partition("|")[2]
    who = _who(source, own)
    yield _Row(
        parameter=label_of(variable),
        prior=prior_text(term.prior),
        chosen_by=who,
        holds=f"each level of {group}, on the scale of {scale}",
    )
    inner = [(variable, own, term.prior)]
    while inner:
        outer, target, prior = inner.pop()
        for argument, value in prior.args.items():
            if isinstance(value, Prior):
                name = f"{outer}_{term.hyperprior_alias.get(argument, argument)}"
                line = f"{target}_{argument}"
                chosen = YOU if who == YOU else _who(source, line)
                yield from _rows(
                    model, name, value, chosen, f"between levels of {group}, on the scale of {scale}"
                )
                inner.append((name, line, value))
            elif f"{target}_{argument}" in source.own_priors:
                yield from _rows(model, f"{outer}_{argument}", value, YOU, "fixed")


def _of_process(
    source: FormulaSource, model: Model, term: Any, variable: str, own: str, scale: str
) -> Iterator[_Row]:
    """Give the priors of a covariance function, and that of the weights of its basis functions."""
    unit = (
        "predictors divided by their largest distance" if term.scale_predictors else "unit of the predictors"
    )
    for parameter, prior in term.prior.items():
        holds = unit if parameter == "ell" else f"on the scale of {scale}"
        yield from _rows(
            model, f"{variable}_{parameter}", prior, _who(source, own, f"{own}_{parameter}"), holds
        )
    for name in (f"{variable}_weights_raw", f"{variable}_weights"):
        if name in {free.name for free in model.pymc.free_RVs}:
            text = "Normal(0, 1)" if name.endswith("_raw") else "Normal(0, the square root of its spectrum)"
            yield _Row(
                parameter=label_of(name), prior=text, chosen_by=BAMBI, holds="weights of the basis functions"
            )


def _rows(model: Model, variable: str, prior: Any, who: str, holds: str) -> Iterator[_Row]:
    """Give a row per number, or one for a variable that is folded or has a prior of all its numbers."""
    label = label_of(variable)
    numbers = known_labels(model).get(label, ())
    new = model.new_priors.get(variable) or model.new_priors.get(f"{variable}{CENTERED}")
    if new is not None:
        prior, who = Prior(new.family, **new.arguments), YOU
    shape = _shape(model, variable)
    texts: list[str] = []
    if isinstance(prior, Prior) and len(numbers) == int(np.prod(shape, dtype=int)):
        texts = _texts(prior, shape)
    if not texts or (len(texts) > UNFOLDED and len(set(texts)) == 1):
        yield _Row(
            parameter=label, prior=texts[0] if texts else prior_text(prior), chosen_by=who, holds=holds
        )
        return
    for number, text in zip(numbers, texts, strict=True):
        # A line may be of one number: g[b] ~ Normal(0, 1).
        chosen = YOU if number in getattr(model.source, "own_priors", ()) else who
        yield _Row(parameter=number, prior=text, chosen_by=chosen, holds=holds)


def _shape(model: Model, variable: str) -> tuple[int, ...]:
    dims = model.pymc.named_vars_to_dims.get(variable) or ()
    return tuple(len(model.pymc.coords.get(dim) or ()) for dim in dims)


def _texts(prior: Prior, shape: tuple[int, ...]) -> list[str]:
    """Write the prior of each number; nothing where an argument is not one value per number."""
    try:
        arguments = {
            name: np.broadcast_to(np.asarray(value, dtype=float), shape)
            for name, value in prior.args.items()
            if not isinstance(value, Prior) and is_numeric(value)
        }
    except ValueError:
        # Of a multivariate distribution: its arguments are vectors for all numbers together.
        return []
    return [
        prior_text(prior, {name: value[place] for name, value in arguments.items()})
        for place in np.ndindex(*shape)
    ]
