"""Posterior -> findings: what should not be trusted, and what to do about it.

- `convergence`: R-hat, effective sample sizes and Monte Carlo errors, per number
- `sampler`: divergences, tree depth, energy, chains, interruption
- `data`: rows dropped, predictors that cannot be told apart, separation, another family
- `failed`: what could not be made of the draws
- `rules`: the table of all of them, with their sources

Thresholds are those of Vehtari et al. (2021), *Bayesian Analysis* 16(2), and of Stan's and
PyMC's own warnings; each rule names its source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glm_magic.diagnose.rules import BY_NAME, Severity

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A change of settings, or a prior, that would help.

    Attributes
    ----------
    change : str
        What changes: ``"--target-accept 0.95"``.
    line : str
        The line to copy: the header of the cell with that change, where the header is known.
    """

    change: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing the user should know before reading the numbers.

    Attributes
    ----------
    rule : str
        Short name of the rule: ``"r_hat"``.
    severity : {"error", "warning", "note"}
        Do not interpret; be careful; good to know.
    message : str
        What was seen, worst parameter first.
    advice : str
        What to do about it.
    value, threshold : str
        What was measured, and where the rule begins.
    source : str
        Where the threshold is written.
    remedy : Remedy or None
        What would help, where that is a setting or a prior.
    """

    rule: str
    severity: Severity
    message: str
    advice: str
    value: str = ""
    threshold: str = ""
    source: str = ""
    remedy: Remedy | None = None

    def __str__(self) -> str:
        """Severity, message and advice in one line, and the line that would help below it."""
        text = f"[{self.severity}] {self.message}. {self.advice}."
        if self.remedy is None:
            return text
        return "\n".join([text, *(f"    {line}" for line in self.remedy.line.splitlines())])


def finding(
    rule: str,
    *,
    severity: Severity,
    message: str,
    advice: str,
    value: str = "",
    threshold: str = "",
    remedy: Remedy | None = None,
) -> Finding:
    """Make a finding of a rule in the table, which gives its source.

    Parameters
    ----------
    rule : str
        A name of `rules.BY_NAME`.
    severity : {"error", "warning", "note"}
    message, advice, value, threshold : str
        As in `Finding`.
    remedy : Remedy, optional

    Returns
    -------
    Finding
    """
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        advice=advice,
        value=value,
        threshold=threshold,
        source=BY_NAME[rule].source,
        remedy=remedy,
    )


def by_severity(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Put the worst first, otherwise in the order of the rules."""
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))
