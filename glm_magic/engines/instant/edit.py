"""A program and a change of it -> the changed program: another prior, some of the rows, another response.

``js/src/engine/edit.ts`` does the same in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.priors import Prior
from glm_magic.engines.instant.program import (
    Constant,
    Factor,
    Floats,
    LinearPredictor,
    Point,
    Positions,
    Program,
    Slot,
    Variable,
)
from glm_magic.engines.instant.slots import point

Array = TypeVar("Array", Floats, Positions)

SUPPORTS = {"identity": "real", "log": "positive", "logodds": "unit"}
"""The support of a variable by the kind of its transform; those with bounds of their own are not here."""

COUNTS = ("poisson", "negative_binomial")
TRIALS = ("binomial", "beta_binomial", "beta_binomial_shapes")
"""Distributions whose second slot is the number of trials."""


def with_prior(program: Program, variable: Variable, family: Prior, values: Sequence[float]) -> Program:
    """Give all elements of a variable another prior.

    Parameters
    ----------
    program : Program
    variable : Variable
        One of the program's, whose support is that of the family.
    family : Prior
    values : sequence of float
        The family's arguments, in its order.

    Returns
    -------
    Program
    """
    domain = DISTRIBUTIONS[family.distribution].domains[0]
    positions = np.arange(variable.start, variable.start + variable.size)
    parameters = [Constant(values=np.array([float(value)])) for value in family.slots(*values)]
    made = Factor(
        distribution=family.distribution,
        rows=variable.size,
        slots=(point(variable, domain, positions), *parameters),
        variables=(variable.name,),
    )
    others = [one for one in program.factors if one.variables != made.variables]
    # A flat prior has no factor, and the sum has no order.
    return replace(program, factors=(*others, made))


def with_rows(program: Program, rows: NDArray[np.intp]) -> Program:
    """Keep some rows of the likelihood, by position."""
    return _observed(program, lambda factor: _kept(factor, rows))


def with_response(program: Program, response: Floats) -> Program:
    """Observe other values, shape (n_rows,); counts of successes where the response is of trials."""
    return _observed(
        program, lambda factor: replace(factor, slots=(Constant(values=response), *factor.slots[1:]))
    )


def _observed(program: Program, change: Callable[[Factor], Factor]) -> Program:
    (likelihood,) = program.likelihoods
    return replace(
        program, factors=tuple(change(one) if one is likelihood else one for one in program.factors)
    )


def _kept(factor: Factor, rows: NDArray[np.intp]) -> Factor:
    def some(values: Array) -> Array:
        # What holds for all rows has one, and stays.
        return values[..., rows] if factor.rows > 1 and values.shape[-1] == factor.rows else values

    def slot_of(slot: Slot) -> Slot:
        match slot:
            case Constant(values=values):
                return Constant(values=some(values))
            case Point(positions=positions):
                return replace(slot, positions=some(positions))
            case LinearPredictor():
                groups = tuple(
                    replace(one, multiplier=some(one.multiplier), index=some(one.index))
                    for one in slot.groups
                )
                dense = np.ascontiguousarray(some(slot.dense))
                return replace(slot, offset=some(slot.offset), dense=dense, groups=groups)

    return replace(
        factor,
        rows=len(rows),
        slots=tuple(map(slot_of, factor.slots)),
        weights=None if factor.weights is None else some(factor.weights),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """A response that the model cannot have.

    Attributes
    ----------
    row : int
        Its first row.
    support : str
        What it can be: ``"0 or 1"``.
    """

    row: int
    support: str


def impossible(likelihood: Factor, response: Floats) -> Impossible | None:
    """Find the first value that a response cannot have.

    Parameters
    ----------
    likelihood : Factor
    response : ndarray, shape (n_rows,)

    Returns
    -------
    Impossible or None
    """
    holds, support = _support(likelihood, response)
    wrong = np.flatnonzero(~(np.isfinite(response) & holds))
    return Impossible(row=int(wrong[0]), support=support) if len(wrong) else None


def _support(likelihood: Factor, y: Floats) -> tuple[NDArray[np.bool_], str]:
    name = likelihood.distribution
    if name == "bernoulli":
        return (y == 0) | (y == 1), "0 or 1"
    if name in COUNTS:
        return (y >= 0) & (y == np.floor(y)), "a count"
    if name in TRIALS:
        trials = likelihood.slots[1]
        most = trials.values if isinstance(trials, Constant) else np.inf
        return (y >= 0) & (y <= most) & (y == np.floor(y)), "a count of at most its trials"
    match DISTRIBUTIONS[name].domains[0]:
        case "unit":
            return (y > 0) & (y < 1), "between 0 and 1"
        case "positive":
            return y > 0, "positive"
        case _:
            return np.ones(len(y), dtype=bool), "a number"
