"""Effects of groups without a correlation, and the PyMC block that has one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from keyword import iskeyword
from typing import Any

import bambi
import numpy as np
import pymc

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters, bambi_response_term
from glm_magic.diagnose import Finding, Remedy, finding
from glm_magic.model import FormulaSource
from glm_magic.request.again import Asked, block_header

# The last statement of the block, by family with its own link; `eta` is the linear predictor.
LIKELIHOODS = {
    ("gaussian", "identity"): 'Normal("{y}", eta, sigma, observed={y})',
    ("poisson", "log"): 'Poisson("{y}", pm.math.exp(eta), observed={y})',
    ("bernoulli", "logit"): 'Bernoulli("{y}", logit_p=eta, observed={y})',
}
# What the block calls its own variables.
_OWN = re.compile(r"eta|sigma|Intercept|Intercept_centered|pm|np|pt|(b|u|sd|chol|corr|row|levels|offset)\d+")


def correlation_findings(source: FormulaSource, title: str, asked: Asked) -> Iterator[Finding]:
    """Say once that the effects of ``(x|g)`` have no correlation.

    Parameters
    ----------
    source : FormulaSource
    title : str
        The formula as the user wrote it.
    asked : Asked

    Yields
    ------
    Finding
    """
    if not source.correlated:
        return
    pairs = "; ".join(" and ".join(names) for names in source.correlated)
    block = correlated_block(source, title)
    yield finding(
        "correlation",
        severity="note",
        message=f"the effects {pairs} have no correlation in Bambi; lme4 and brms would estimate one",
        advice="If it matters, write the model as a PyMC block with LKJCholeskyCov"
        + (", in a cell of its own" if block else ""),
        value="none",
        threshold="more than one effect in a bracket",
        remedy=Remedy(change="a PyMC block", line=f"{block_header(asked)}\n{block}") if block else None,
    )


def correlated_block(source: FormulaSource, title: str) -> str:
    """Write a formula's model as a PyMC block, with a covariance of the effects that stand together.

    Parameters
    ----------
    source : FormulaSource
    title : str

    Returns
    -------
    str
        Its statements; empty where the model has something other than columns, their products and
        effects of one grouping factor each, or another family than `LIKELIHOODS`.
    """
    likelihood = LIKELIHOODS.get((source.family, source.link))
    components = bambi_parameters(source.bambi)
    response = bambi_response_term(source.bambi).name
    if likelihood is None or len(components) > 1 or not _is_name(response, source):
        return ""
    (component,) = components.values()
    try:
        lines = [
            f"# {title.splitlines()[0]}, with correlated effects",
            *_lines(source, component),
            likelihood.format(y=response),
        ]
    except _NotPlainError:
        return ""
    return "\n".join(lines)


class _NotPlainError(Exception):
    """Something in the model is not written out here."""


def _lines(source: FormulaSource, component: Any) -> Iterator[str]:
    parts: list[str] = []
    if component.offset_terms or component.hsgp_terms:
        raise _NotPlainError
    # The prior of an intercept that Bambi centers holds at the mean of the predictors.
    centered, at_zero = bool(source.centered), "Intercept"
    if component.intercept_term:
        name = "Intercept_centered" if centered else "Intercept"
        yield f"{name} = {_written(name, component.intercept_term.prior)}"
        parts.append(name)
    for place, (label, term) in enumerate(component.common_terms.items()):
        yield f"b{place} = {_written(label, term.prior)}"
        column = _product(term.term.components, source)
        mean = f"np.mean({column})"
        parts.append(f"b{place} * ({column} - {mean})" if centered else f"b{place} * {column}")
        at_zero += f" - b{place} * {mean}"
    if centered:
        yield f'Intercept = Deterministic("Intercept", {at_zero.replace("Intercept", "Intercept_centered", 1)})'
    for name, parameter in bambi_marginal_parameters(source.bambi).items():
        yield f"{name} = {_written(name, parameter.prior)}"
    for place, (factor, names) in enumerate(_by_factor(source, component).items()):
        terms = [component.group_specific_terms[name] for name in names]
        yield f"levels{place}, row{place} = np.unique({factor}, return_inverse=True)"
        yield from _effects(place, factor, terms)
        columns = [
            "" if term.kind == "intercept" else _product(term.term.expr.components, source) for term in terms
        ]
        parts += [
            f"u{place}[row{place}, {column}]" + (f" * {slope}" if slope else "")
            for column, slope in enumerate(columns)
        ]
    yield f"eta = {' + '.join(parts)}"


def _effects(place: int, factor: str, terms: Sequence[Any]) -> Iterator[str]:
    """Write the effects of the levels of a factor, u = L z with the covariance L L'."""
    count, spread = len(terms), _spread([term.prior for term in terms])
    if count == 1:
        yield f'sd{place} = {spread[0]}("{terms[0].name}_sigma", {spread[1]}, shape=1)'
        factored = f"offset{place} * sd{place}"
    else:
        yield (
            f'chol{place}, corr{place}, sd{place} = LKJCholeskyCov("{factor}_chol", n={count}, eta=2, '
            f"sd_dist={spread[0]}.dist({spread[1]}, shape={count}))"
        )
        # offset @ chol.T, by element: few columns, and no need of BLAS.
        factored = f"(offset{place}[:, None, :] * chol{place}).sum(axis=-1)"
    yield f'offset{place} = Normal("{factor}_offset", 0, 1, shape=(len(levels{place}), {count}))'
    yield f'u{place} = Deterministic("{factor}_effects", {factored})'


def _by_factor(source: FormulaSource, component: Any) -> Mapping[str, list[str]]:
    """List the terms of each grouping factor; one of two brackets of the same factor is not written out."""
    terms = component.group_specific_terms
    names = {
        name: term.term.factor.name for name, term in terms.items() if _is_name(term.term.factor.name, source)
    }
    by_factor: dict[str, list[str]] = {}
    for name, factor in names.items():
        by_factor.setdefault(factor, []).append(name)
    together = {frozenset(one) for one in source.correlated}
    alone = all(len(one) == 1 or frozenset(one) in together for one in by_factor.values())
    if len(names) < len(terms) or not alone:
        raise _NotPlainError
    return by_factor


def _product(components: Sequence[Any], source: FormulaSource) -> str:
    """Write the column of a term: a number of the data, or a product of some."""
    plain = all(part.kind == "numeric" and not hasattr(part, "call") for part in components)
    names = [part.name for part in components]
    if not plain or not all(_is_name(name, source) for name in names):
        raise _NotPlainError
    return " * ".join(names)


def _is_name(name: str, source: FormulaSource) -> bool:
    free = name.isidentifier() and not iskeyword(name) and _OWN.fullmatch(name) is None
    # A column hides PyMC's name.
    return free and name in source.frame.columns and not hasattr(pymc, name)


def _written(label: str, prior: Any) -> str:
    """Write a prior as a statement of PyMC."""
    if not isinstance(prior, bambi.Prior) or prior.dist is not None:
        raise _NotPlainError
    return f'{prior.name}("{label}", {_arguments([prior])})'


def _arguments(priors: Sequence[Any]) -> str:
    """Write the arguments of priors of one kind, a list where there are several."""
    written = []
    for name in priors[0].args:
        values = [np.asarray(prior.args[name], dtype=float) for prior in priors]
        if any(value.size != 1 for value in values):
            raise _NotPlainError
        numbers = [f"{value.item():.3g}" for value in values]
        written.append(f"{name}={numbers[0] if len(numbers) == 1 else '[' + ', '.join(numbers) + ']'}")
    return ", ".join(written)


def _spread(priors: Sequence[Any]) -> tuple[str, str]:
    """Write the distribution of the standard deviations of effects: its name, and its arguments."""
    spreads = [prior.args.get("sigma") for prior in priors]
    alike = all(prior.name == "Normal" and not np.any(prior.args.get("mu", 0)) for prior in priors)
    kinds = {(one.name, tuple(one.args)) for one in spreads if isinstance(one, bambi.Prior)}
    nested = any(not isinstance(one, bambi.Prior) for one in spreads)
    if not alike or nested or len(kinds) != 1:
        raise _NotPlainError
    deeper = any(isinstance(value, bambi.Prior) for one in spreads for value in one.args.values())
    if deeper:
        raise _NotPlainError
    return spreads[0].name, _arguments(spreads)
