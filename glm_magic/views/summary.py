"""The summary table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from glm_magic.diagnose.convergence import thresholds
from glm_magic.diagnose.estimates import Estimate
from glm_magic.diagnose.interval import equal_tailed
from glm_magic.traits import PROB
from glm_magic.views.glossary import COLUMNS, Meaning, column_meanings

# Probabilities whose quantiles are shipped, so that the browser has the equal-tailed interval
# of any probability that it can be asked for without the draws.
PROBS = np.linspace((1 - PROB.max) / 2, (1 + PROB.max) / 2, 199)
MOST_PER_TERM = 200
MOST_ROWS = 400
"""Of numbers that are not folded under a term."""
MOST_FOLDED = 600
"""Of levels of all terms together."""
FEWEST_PER_TERM = 5
MOST_TERMS_NOTED = 4
EMPTY: Mapping[str, str] = MappingProxyType({})
ALL = "fit.summary() has all of them."


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """One number of the posterior.

    Attributes
    ----------
    label : str
    term : str or None
        What it is folded under.
    mean, sd, mcse_mean, ess_bulk, ess_tail, r_hat : float or None
        As in `Estimate`; None where it cannot be computed.
    digits : int
        Decimals worth showing.
    exponential : str
        What its exponential is: ``"odds ratio"``; empty where that has no meaning.
    """

    label: str
    term: str | None
    mean: float
    sd: float | None
    mcse_mean: float | None
    ess_bulk: float | None
    ess_tail: float | None
    r_hat: float | None
    digits: int
    exponential: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Where a column is flagged.

    Attributes
    ----------
    column : str
        Its heading.
    side : {"above", "below"}
    value : float
    per_chain : bool
        Whether it is the value for each chain.
    """

    column: str
    side: str
    value: float
    per_chain: bool


_HEADINGS = {"r_hat": "R-hat", "ess_bulk": "ESS bulk", "ess_tail": "ESS tail"}
LIMITS = tuple(
    Limit(column=_HEADINGS[one.name], side=one.side, value=one.careful, per_chain=one.side == "below")
    for one in thresholds(1)
    if one.name in _HEADINGS
)
"""Those of the findings about convergence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryView:
    """The table, and the quantiles for its intervals.

    Attributes
    ----------
    probs : ndarray, shape (n_probs,)
    rows : tuple of SummaryRow
    quantiles : ndarray, shape (n_rows, n_probs)
    notes : tuple of str
    scale : str
        What the coefficients are of, where it is not the response itself: ``"log odds of
        P(outcome = alive)"``.
    columns, parameters : tuple of Meaning
        One line on every column, in their order, and on every kind of parameter; rows belong to the longest name
        that their label begins with. The two ends of the interval are one column.
    limits : tuple of Limit
    """

    probs: NDArray[np.float64]
    rows: tuple[SummaryRow, ...]
    quantiles: NDArray[np.float64]
    notes: tuple[str, ...] = ()
    scale: str = ""
    columns: tuple[Meaning, ...] = field(default_factory=column_meanings)
    parameters: tuple[Meaning, ...] = ()
    limits: tuple[Limit, ...] = LIMITS


def summary_view(
    estimates: Sequence[Estimate],
    scale: str = "",
    parameters: tuple[Meaning, ...] = (),
    exponential: Mapping[str, str] = EMPTY,
) -> SummaryView:
    """Lay the table out.

    Parameters
    ----------
    estimates : sequence of Estimate
    scale : str, optional
        What the coefficients are of.
    parameters : tuple of Meaning, optional
        What the parameters mean.
    exponential : mapping of str to str, optional
        What the exponentials of parameters are, by label.

    Returns
    -------
    SummaryView
        At most `MOST_ROWS` rows and `MOST_PER_TERM` under one term; notes say how many there are.
    """
    counts = Counter(one.scalar.term for one in estimates)
    plain = counts.pop(None, 0)
    most = min(MOST_PER_TERM, max(FEWEST_PER_TERM, MOST_FOLDED // max(1, len(counts))))
    shown: list[Estimate] = []
    seen: Counter[str | None] = Counter()
    for one in estimates:
        term = one.scalar.term
        seen[term] += 1
        if seen[term] <= (MOST_ROWS if term is None else most):
            shown.append(one)
    notes = []
    if plain > MOST_ROWS:
        notes.append(f"The first {MOST_ROWS} of {plain:,} parameters are listed; {ALL}")
    long = [term for term, count in counts.items() if count > most]
    if len(long) > MOST_TERMS_NOTED:
        notes.append(f"Of each of {len(long):,} terms the first {most} levels are listed; {ALL}")
    else:
        notes += [f"{term}: the first {most} of {counts[term]:,} levels are listed; {ALL}" for term in long]
    # Between infinite draws there is no quantile: it is NaN.
    with np.errstate(invalid="ignore"):
        quantiles = [np.quantile(one.scalar.draws, PROBS) for one in shown]
    return SummaryView(
        probs=PROBS,
        rows=tuple(_row(one, exponential.get(one.scalar.label, "")) for one in shown),
        quantiles=np.array(quantiles).reshape(len(shown), len(PROBS)),
        notes=tuple(notes),
        scale=scale,
        parameters=parameters,
    )


def _row(one: Estimate, exponential: str = "") -> SummaryRow:
    return SummaryRow(
        label=one.scalar.label,
        term=one.scalar.term,
        mean=one.mean,
        sd=_finite(one.sd),
        mcse_mean=_finite(one.mcse_mean),
        ess_bulk=_finite(one.ess_bulk),
        ess_tail=_finite(one.ess_tail),
        r_hat=_finite(one.r_hat),
        digits=one.digits,
        exponential=exponential,
    )


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def quantile(summary: SummaryView, prob: float) -> list[float]:
    """Read a quantile of each row off the shipped ones.

    Parameters
    ----------
    summary : SummaryView
    prob : float
        In (0, 1).

    Returns
    -------
    list of float
        Interpolated between the nearest shipped probabilities.
    """
    return [float(np.interp(prob, summary.probs, row)) for row in summary.quantiles]


def headings(prob: float) -> tuple[str, ...]:
    """Name the columns of the summary as a table of text.

    Parameters
    ----------
    prob : float
        Of the equal-tailed interval.

    Returns
    -------
    tuple of str
    """
    ends = equal_tailed(prob).names
    names = [name for name in COLUMNS if name != "MCSE"]
    return tuple(head for name in names for head in (ends if name == "interval" else (name,)))


def meaning_of(heading: str) -> str:
    """Say what a column of `headings` means.

    Parameters
    ----------
    heading : str

    Returns
    -------
    str
    """
    return COLUMNS["interval" if heading.endswith("%") else heading]


def cells(summary: SummaryView, prob: float, none: str) -> list[tuple[str, ...]]:
    """Write the numbers of each row under `headings`, without the parameter.

    Parameters
    ----------
    summary : SummaryView
    prob : float
        Of the equal-tailed interval.
    none : str
        Stands where there is no number.

    Returns
    -------
    list of tuple of str
    """

    def written(value: float | None, digits: int) -> str:
        return none if value is None else f"{value:z,.{digits}f}"

    lows, highs = (quantile(summary, end) for end in equal_tailed(prob).ends)
    return [
        (
            *(written(value, row.digits) for value in (row.mean, row.sd, low, high)),
            *(written(value, 0) for value in (row.ess_bulk, row.ess_tail)),
            written(row.r_hat, 3),
        )
        for row, low, high in zip(summary.rows, lows, highs, strict=True)
    ]
