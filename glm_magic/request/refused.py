"""What a hypothesis cannot hold, with a caret under it and what to write instead."""

from __future__ import annotations

from collections.abc import Collection

from glm_magic.errors import FormulaError, Where, nearest
from glm_magic.request.labels import Labels, stretch

EXAMPLE = "Write Days > 8, for example."
# Signs of other languages, and of logic that no probability needs.
_FOREIGN = {
    "&&": "Write and between conditions.",
    "&": "Write and between conditions.",
    "||": "Write or between conditions.",
    "|": "Write or between conditions; a group's effect is written as the summary writes it.",
    "^": "Write ** for a power.",
    "!=": "The probability that a continuous number is not another one is 1: write < or >.",
    "//": "Write / to divide.",
    "%": "Write / to divide.",
    "~": "A hypothesis compares: write <, > or =.",
}


def where(text: str, start: int, end: int) -> Where:
    """Mark a stretch of the hypothesis; it may lie behind its end, where something is missing."""
    return Where(text=text, start=min(start, len(text)), end=min(end, len(text)))


def wrong(text: str, message: str, start: int, end: int | None = None, remedy: str = "") -> FormulaError:
    """Say what is wrong with a stretch, or with one letter."""
    return FormulaError(message, where=where(text, start, start + 1 if end is None else end), remedy=remedy)


def unexpected(text: str, start: int) -> FormulaError:
    """Say that nothing of a hypothesis begins as this does.

    Parameters
    ----------
    text : str
        The hypothesis.
    start : int
        Where it cannot be read on.

    Returns
    -------
    FormulaError
    """
    for sign, remedy in _FOREIGN.items():
        if text.startswith(sign, start):
            return wrong(text, f"{sign} has no meaning in a hypothesis", start, start + len(sign), remedy)
    end = max(stretch(text, start), start + 1)
    return wrong(
        text, f"{text[start:end]!r} cannot stand here", start, end, "Write an operator between two numbers."
    )


def no_operand(text: str, start: int, labels: Labels, functions: Collection[str]) -> FormulaError:
    """Say that no parameter, number or function begins here.

    Parameters
    ----------
    text : str
        The hypothesis.
    start : int
        Where one is needed.
    labels : Labels
        The numbers that a hypothesis may name.
    functions : collection of str
        What it may call.

    Returns
    -------
    FormulaError
    """
    end = stretch(text, start)
    if end == start:
        return unexpected(text, start)
    word = text[start:end]
    if word == "not":
        return wrong(
            text, "not has no meaning in a hypothesis", start, end, "Turn the comparison round: x <= 0."
        )
    called = word.partition("(")[0]
    if "(" in word and called.isidentifier() and nearest(called, functions):
        return wrong(
            text,
            f"no parameter is called {word!r}, and no function {called!r}",
            start,
            start + len(called),
            nearest(called, functions),
        )
    return labels.unknown(word, where(text, start, end))
