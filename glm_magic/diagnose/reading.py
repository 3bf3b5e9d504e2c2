"""How a formula and its priors were read, where that may not be what was meant."""

from __future__ import annotations

from collections.abc import Iterator

from glm_magic.diagnose import Finding, finding
from glm_magic.diagnose.correlation import correlation_findings
from glm_magic.diagnose.failed import Rules
from glm_magic.model import FormulaSource
from glm_magic.model.targets import shadowed_classes
from glm_magic.request.again import Asked


def reading_rules(source: FormulaSource, title: str, asked: Asked) -> Rules:
    """List the rules on what a formula says, for `apply_rules`.

    Parameters
    ----------
    source : FormulaSource
    title : str
        The formula as the user wrote it.
    asked : Asked

    Yields
    ------
    (str, callable)
    """
    yield "the prior of the intercept", lambda: _intercept_prior(source)
    yield "priors of a class", lambda: _shadowed(source)
    yield "unused categories", lambda: _unused(source)
    yield "correlated effects", lambda: correlation_findings(source, title, asked)


def _intercept_prior(source: FormulaSource) -> Iterator[Finding]:
    if names := [one.name for one in source.centered if one.name in source.own_priors]:
        label = " and of ".join(names)
        yield finding(
            "intercept_prior",
            severity="note",
            message=f"your prior of the {label} holds at the mean of the predictors, where Bambi centres them",
            advice=f"The {label} in the table is at zero of every predictor; 0 + Intercept in the formula puts "
            "the prior there too",
        )


def _shadowed(source: FormulaSource) -> Iterator[Finding]:
    for name, words in shadowed_classes(source.bambi).items():
        if name in source.own_priors:
            yield finding(
                "class_prior",
                severity="note",
                message=f"your prior of {name} is that of the column {name}, not of {words}",
                advice="Rename the column to give all of them a prior at once",
            )


def _unused(source: FormulaSource) -> Iterator[Finding]:
    if source.unused:
        listed = "; ".join(f"{name}: {', '.join(levels)}" for name, levels in source.unused.items())
        yield finding(
            "unused_categories",
            severity="note",
            message=f"categories without a row were left out ({listed})",
            advice="If they should have rows, check how the data were selected",
            value=str(sum(map(len, source.unused.values()))),
            threshold="above 0",
        )
