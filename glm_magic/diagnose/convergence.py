"""Whether the chains agree, and how precisely each number is known.

R-hat is the rank-normalised, folded split R-hat, and the effective sample sizes are bulk and
tail (5% and 95% quantiles), all of Vehtari, Gelman, Simpson, Carpenter & Bürkner (2021),
"Rank-normalization, folding, and localization", Bayesian Analysis 16(2), 667-718, and what
arviz-stats gives (`chains`).

The thresholds are theirs: R-hat above 1.01, and fewer than 100 effective draws per chain. What is
said beyond them goes by size. R-hat is itself estimated: with 400 effective draws the halves of
four chains that agree give values up to 1.02 (the ratio of the variances between and within them is
an F variable), so among many numbers a few pass 1.01 by chance, and more draws settle it. Above
1.05, where RStan and CmdStan warn, the chains disagree.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from glm_magic.diagnose import Finding, finding
from glm_magic.diagnose.estimates import Estimate
from glm_magic.diagnose.failed import apply_rules
from glm_magic.diagnose.remedies import longer, other_engine, remedy
from glm_magic.diagnose.rules import Severity
from glm_magic.request.again import Asked
from glm_magic.stages import Attempt, unguarded

UNKNOWN = Asked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A threshold on one of an estimate's numbers.

    Attributes
    ----------
    name : str
    label : str
        What the number is called.
    value : callable
        The number; NaN passes.
    side : {"above", "below"}
        On which side of the thresholds trouble lies.
    careful, slight, stop : float
        Where a finding begins, up to where the excess is small, and where an error begins.
    few, saying, severe : str
        What it means where the excess is small, where it is not, and where it is an error; the
        parameters follow.
    """

    name: str
    label: str
    value: Callable[[Estimate], float]
    side: Literal["above", "below"]
    careful: float
    slight: float
    stop: float
    few: str
    saying: str
    severe: str = ""

    def excess(self, one: Estimate) -> float:
        """How far an estimate lies on the wrong side of `careful`; negative when it does not."""
        return self._beyond(self.value(one), self.careful)

    def size(self, worst: float) -> Literal["slight", "plain", "severe"]:
        """How bad the worst value is."""
        if self._beyond(worst, self.stop) > 0:
            return "severe"
        return "plain" if self._beyond(worst, self.slight) > 0 else "slight"

    def _beyond(self, value: float, limit: float) -> float:
        return value - limit if self.side == "above" else limit - value


def thresholds(n_chains: int) -> tuple[Threshold, ...]:
    """List the thresholds of R-hat, effective sample size and Monte Carlo error.

    Parameters
    ----------
    n_chains : int

    Returns
    -------
    tuple of Threshold
    """
    enough = 100.0 * n_chains
    return (
        Threshold(
            name="r_hat",
            label="R-hat",
            value=lambda one: one.r_hat,
            side="above",
            careful=1.01,
            slight=1.02,
            stop=1.05,
            few="a little above 1.01 for",
            saying="the chains do not agree yet about",
            severe="the chains disagree about",
        ),
        Threshold(
            name="ess_bulk",
            label="bulk ESS",
            value=lambda one: one.ess_bulk,
            side="below",
            careful=enough,
            slight=0.75 * enough,
            stop=100.0,
            few=f"a little below {enough:g} for the mean of",
            saying="few effective draws for the mean of",
            severe="too few effective draws for the mean of",
        ),
        Threshold(
            name="ess_tail",
            label="tail ESS",
            value=lambda one: one.ess_tail,
            side="below",
            careful=enough,
            slight=0.75 * enough,
            stop=100.0,
            few=f"a little below {enough:g} for the interval of",
            saying="few effective draws for the interval of",
            severe="too few effective draws for the interval of",
        ),
        Threshold(
            name="mcse",
            label="MCSE / sd",
            value=lambda one: one.mcse_mean / one.sd if one.sd > 0 else float("nan"),
            side="above",
            careful=0.05,
            slight=0.06,
            stop=math.inf,
            few="a little above 0.05 for",
            saying="the Monte Carlo error is large against the sd of",
        ),
    )


def convergence_findings(
    estimates: Sequence[Estimate],
    n_chains: int,
    engine: str,
    asked: Asked = UNKNOWN,
    attempt: Attempt = unguarded,
) -> list[Finding]:
    """Apply the rules on R-hat, effective sample size and Monte Carlo error.

    Parameters
    ----------
    estimates : sequence of Estimate
    n_chains : int
    engine : str
        Which engine drew; another is advised where nutpie's chains disagree.
    asked : Asked, optional
        How the fit was asked for.
    attempt : Attempt
        How each rule is run.

    Returns
    -------
    list of Finding
        At most one per rule, about the worst number.
    """
    rules = [(rule.label, partial(_broken, rule, estimates, engine, asked)) for rule in thresholds(n_chains)]
    return apply_rules([*rules, ("angles", lambda: _circular(estimates))], attempt)


def _broken(rule: Threshold, estimates: Sequence[Estimate], engine: str, asked: Asked) -> Finding | None:
    bad = sorted((one for one in estimates if rule.excess(one) > 0), key=rule.excess, reverse=True)
    return _about(rule, bad, len(estimates), engine, asked) if bad else None


def _circular(estimates: Sequence[Estimate]) -> Finding | None:
    circular = sorted({one.scalar.label for one in estimates if one.scalar.circular})
    if not circular:
        return None
    return finding(
        "circular",
        severity="note",
        message=f"{', '.join(circular)} is an angle: its mean is a direction; R-hat and ESS do not apply",
        advice="Read its trace on the circle; draws near +pi and -pi are neighbours",
    )


def _about(rule: Threshold, bad: Sequence[Estimate], of: int, engine: str, asked: Asked) -> Finding:
    """Report the worst of the numbers that pass a threshold, and how many there are."""
    worst = rule.value(bad[0])
    size = rule.size(worst)
    named = ", ".join(f"{one.scalar.label} ({rule.value(one):.4g})" for one in bad[:3])
    more = f" and {len(bad) - 3:,} more" if len(bad) > 3 else ""
    few, plain, severe = messages(rule)
    severity: Severity
    match size:
        case "slight":
            # With many numbers a few pass the threshold by chance.
            severity = "note" if len(bad) <= MOST_BY_CHANCE * of else "warning"
            message, advice = few, SETTLE
        case "plain":
            severity, message, advice = "warning", plain, AGAIN
        case "severe":
            severity, message, advice = "error", severe, severe_advice(engine)
    share = {"count": f"{len(bad):,}", "of": f"{of:,} number{'s' * (of != 1)}"}
    return finding(
        rule.name,
        severity=severity,
        message=message.format(named=f"{named}{more}", **share),
        advice=advice,
        value=f"{worst:.4g}",
        threshold=f"{rule.side} {rule.careful:g}",
        remedy=remedy(
            asked, other_engine(asked.options, engine) if size == "severe" else longer(asked.options)
        ),
    )


MOST_BY_CHANCE = 0.05
SETTLE = "More draws would settle it (--draws)"
AGAIN = "Draw more (--draws, --tune); if it stays, centre or rescale predictors or use tighter priors"


def messages(rule: Threshold) -> tuple[str, str, str]:
    """Give the message for a slight, a plain and a severe excess, with braces for what was measured.

    Parameters
    ----------
    rule : Threshold

    Returns
    -------
    tuple of str
        ``{named}`` are the worst numbers, ``{count}`` of ``{of}``.
    """
    return (
        f"{rule.label}: {rule.few} {{count}} of {{of}}: {{named}}",
        f"{rule.label}: {rule.saying} {{named}}",
        f"{rule.label}: {rule.severe} {{named}}",
    )


def severe_advice(engine: str) -> str:
    """Say what helps where chains disagree.

    Parameters
    ----------
    engine : str
        Which engine drew.

    Returns
    -------
    str
    """
    if engine in ("instant", "nutpie"):
        return (
            "Refit with PyMC's NUTS: --engine pymc --target-accept 0.99. "
            "If it stays, look for two modes or use tighter priors"
        )
    return (
        "Refit with --tune 4000 --target-accept 0.99; if it stays, look for two modes or use tighter priors"
    )
