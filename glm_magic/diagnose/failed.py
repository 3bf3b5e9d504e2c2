"""Stages that could not be carried out after the draws existed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from glm_magic.diagnose import Finding, finding
from glm_magic.stages import Attempt, Failure, together

MOST_NAMED = 3
Rule = Callable[[], Iterable[Finding] | Finding | None]
Rules = Iterable[tuple[str, Rule]]


def apply_rules(rules: Rules, attempt: Attempt) -> list[Finding]:
    """Apply rules one by one: one that fails costs its own findings.

    Parameters
    ----------
    rules : iterable of (str, callable)
        What each looks at, and the rule.
    attempt : Attempt

    Returns
    -------
    list of Finding
    """
    found: list[Finding] = []
    for name, rule in rules:
        found += attempt(f"the check of {name}", partial(_listed, rule), lambda _: [])
    return found


def _listed(rule: Rule) -> list[Finding]:
    match rule():
        case None:
            return []
        case Finding() as found:
            return [found]
        case several:
            return list(several)


def failed_findings(failures: Iterable[Failure]) -> list[Finding]:
    """Say which stages failed, and with what.

    Parameters
    ----------
    failures : iterable of Failure

    Returns
    -------
    list of Finding
        One for all stages that failed for the same reason.
    """
    return [
        finding(
            "failed",
            severity="warning",
            message=f"{_named(stages)} could not be made: {reason}",
            advice="The draws are kept. Please report this with the model; fit.failures has the error",
            value=str(len(stages)),
            threshold="above 0",
        )
        for reason, stages in together(failures).items()
    ]


def _named(stages: list[str]) -> str:
    more = f" and {len(stages) - MOST_NAMED:,} more" if len(stages) > MOST_NAMED else ""
    return f"{', '.join(stages[:MOST_NAMED])}{more}"
