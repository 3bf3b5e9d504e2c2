"""How far the posterior supports statements about its parameters.

As brms's ``hypothesis()`` (Bürkner 2017, "brms: An R Package for Bayesian Multilevel Models Using Stan",
Journal of Statistical Software 80(1); its reference page has the definitions): the posterior probability of
a statement is the share of the draws in which it holds, and its evidence ratio is that probability against
that of the contrary. For a point, ``x = 0``, the evidence ratio is the Savage-Dickey ratio of the posterior's
density there to the prior's (Wagenmakers, Lodewyckx, Kuriyal & Grasman 2010, Cognitive Psychology 60, 158-189).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from glm_magic.diagnose.estimates import errors_of_shares, moves
from glm_magic.diagnose.interval import equal_tailed
from glm_magic.errors import FormulaError, ModelError
from glm_magic.posterior import Scalar
from glm_magic.request.statement import Comparison, Hypothesis, Step
from glm_magic.tables.functions import BY_NAME

Draws = NDArray[np.float64]
Prior = Callable[[], Mapping[str, Draws]]
"""Gives draws of the prior by label."""

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": np.power,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
    "and": np.logical_and,
    "or": np.logical_or,
}


def hypotheses_frame(
    hypotheses: Sequence[Hypothesis], scalars: Sequence[Scalar], prob: float, prior: Prior
) -> pd.DataFrame:
    """Answer hypotheses from the draws.

    Parameters
    ----------
    hypotheses : sequence of Hypothesis
    scalars : sequence of Scalar
        Every number that they name.
    prob : float
        Probability of the equal-tailed interval.
    prior : callable
        Draws of the prior, asked for by ``=`` alone.

    Returns
    -------
    pandas.DataFrame
        A row per hypothesis: estimate, sd and interval of its left side less its right (missing where it
        makes several comparisons), probability, its Monte Carlo error, evidence ratio, and what to know.

    Raises
    ------
    FormulaError
        If an expression is no number in some draws.
    ModelError
        If a hypothesis is about a point and there are no draws of the prior.
    """
    draws = {one.label: one.draws for one in scalars}
    interval = equal_tailed(prob)
    low, high = interval.names
    rows = []
    for one in hypotheses:
        difference = _difference(one, draws)
        row: dict[str, Any] = {"estimate": math.nan, "sd": math.nan, low: math.nan, high: math.nan}
        if difference is not None:
            # Infinite draws have no deviation and no quantiles.
            with np.errstate(all="ignore"):
                ends = np.quantile(difference, interval.ends)
                sd = difference.std(ddof=1) if difference.size > 1 else math.nan
                row = {"estimate": difference.mean(), "sd": sd, low: ends[0], high: ends[1]}
        point = isinstance(one.parts[0], Comparison) and one.parts[0].sign == "="
        row |= _of_point(one, difference, prior) if point else _of_region(one, draws)
        rows.append(row)
    index = pd.Index([one.text.strip() for one in hypotheses], name="hypothesis")
    return pd.DataFrame(rows, index=index)


def _of_region(hypothesis: Hypothesis, draws: Mapping[str, Draws]) -> dict[str, Any]:
    """Count the draws in which a statement holds."""
    holds = _holds(hypothesis, draws)
    probability = float(holds.mean())
    note = ""
    if probability == 1:
        note = f"holds in all {holds.size:,} draws: the evidence ratio is > {holds.size:,}"
    elif probability == 0:
        note = f"holds in none of {holds.size:,} draws: the evidence ratio is < 1/{holds.size:,}"
    return {
        "probability": probability,
        "mcse_probability": float(errors_of_shares(holds[None])[0]),
        "evidence_ratio": math.inf if probability == 1 else probability / (1 - probability),
        "note": note,
    }


def _of_point(hypothesis: Hypothesis, difference: Draws | None, prior: Prior) -> dict[str, Any]:
    """Compare the densities of posterior and prior at a point."""
    assert difference is not None
    before = _difference(hypothesis, _prior_of(hypothesis, prior))
    assert before is not None
    densities = [_density_at_zero(one, hypothesis) for one in (difference, before)]
    ratio = densities[0] / densities[1] if densities[1] > 0 else math.inf
    note = "" if densities[1] > 0 else "the prior has no draws near this point: the ratio is unknown"
    ratio = ratio if densities[1] > 0 else math.nan
    return {
        "probability": ratio / (1 + ratio),
        "mcse_probability": math.nan,
        "evidence_ratio": ratio,
        "note": note or "Savage-Dickey ratio: the posterior's density at this point to the prior's",
    }


def _prior_of(hypothesis: Hypothesis, prior: Prior) -> Mapping[str, Draws]:
    draws = prior()
    for part in hypothesis.parts:
        for step in (*part.left, *part.right) if isinstance(part, Comparison) else ():
            if step.kind == "parameter" and step.value not in draws:
                raise ModelError(
                    f"the draws of the prior have no {step.value}",
                    where=step.where,
                    remedy="Write an interval instead: abs(x) < 0.1.",
                )
    return draws


def _density_at_zero(draws: Draws, hypothesis: Hypothesis) -> float:
    flat = draws.ravel()
    if not moves(flat):
        raise ModelError(
            f"{hypothesis.text.strip()} compares numbers that do not vary, so there is no density",
            remedy="Write < or >.",
        )
    return float(stats.gaussian_kde(flat)(0.0)[0])


def _difference(hypothesis: Hypothesis, draws: Mapping[str, Draws]) -> Draws | None:
    """Compute left less right of the one comparison, or None where there are several."""
    if len(hypothesis.parts) > 1 or not isinstance(one := hypothesis.parts[0], Comparison):
        return None
    left, right = _computed(one.left, draws), _computed(one.right, draws)
    with np.errstate(all="ignore"):
        return np.broadcast_to(left - right, _shape(draws))


def _holds(hypothesis: Hypothesis, draws: Mapping[str, Draws]) -> NDArray[np.bool_]:
    stack: list[Any] = []
    for part in hypothesis.parts:
        if isinstance(part, Comparison):
            left, right = _computed(part.left, draws), _computed(part.right, draws)
            stack.append(_OPERATORS[part.sign](left, right))
        else:
            second = stack.pop()
            stack.append(_OPERATORS[part](stack.pop(), second))
    return np.broadcast_to(np.asarray(stack[0], dtype=bool), _shape(draws))


def _shape(draws: Mapping[str, Draws]) -> tuple[int, ...]:
    return next(iter(draws.values())).shape


def _computed(steps: Sequence[Step], draws: Mapping[str, Draws]) -> Any:
    """Compute an expression in every draw."""
    stack: list[Any] = []
    value: Any
    for step in steps:
        # What is no number is refused below, and infinity is one.
        with np.errstate(all="ignore"):
            match step.kind:
                case "number":
                    value = np.float64(step.value)
                case "parameter":
                    value = draws[str(step.value)]
                case "negative":
                    value = -stack.pop()
                case "function":
                    value = BY_NAME[str(step.value)](stack.pop())
                case "operator":
                    second = stack.pop()
                    value = _OPERATORS[str(step.value)](stack.pop(), second)
        lost = int(np.isnan(value).sum())
        if lost:
            raise _no_number(step, lost, np.size(value))
        stack.append(value)
    return stack[0]


def _no_number(step: Step, lost: int, of: int) -> FormulaError:
    share = "" if of == 1 else f" in {lost:,} of {of:,} draws"
    return FormulaError(
        f"{step.where.words()} is no number{share}",
        where=step.where,
        remedy="A logarithm and a root need numbers above zero, logit those between 0 and 1."
        if step.kind == "function"
        else "The hypothesis cannot be answered in these draws.",
    )
