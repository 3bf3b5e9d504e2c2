"""Posterior -> findings: what should not be trusted, and what to do about it.

- `convergence`: R-hat, effective sample sizes and Monte Carlo errors, per number
- `sampler`: divergences, tree depth, energy, chains, interruption
- `data`: rows dropped, predictors that cannot be told apart, separation, another family

Thresholds are those of Vehtari et al. (2021), *Bayesian Analysis* 16(2), and of Stan's and
PyMC's own warnings; each rule names its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


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
    """

    rule: str
    severity: Severity
    message: str
    advice: str
    value: str = ""
    threshold: str = ""
    source: str = ""

    def __str__(self) -> str:
        """One line: severity, message and advice."""
        return f"[{self.severity}] {self.message}. {self.advice}."


def by_severity(findings: list[Finding]) -> tuple[Finding, ...]:
    """Put the worst first, otherwise in the order of the rules."""
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))
