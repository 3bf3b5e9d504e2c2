"""The lines of a formula cell as the user means them: a list of tokens each."""

from __future__ import annotations

from collections.abc import Iterator

from glm_magic.errors import FormulaError
from glm_magic.request.scan import OPENING, Kind, Token, where

_CONTINUES_AFTER = frozenset(["+", "-", "*", "/", ":", "|", "~", ",", "**"])
_CONTINUES_BEFORE = frozenset(["+", "-", "*", "/", ":", "|", "**"])


def logical_lines(text: str, tokens: Iterator[Token]) -> Iterator[list[Token]]:
    """Group tokens into lines as the user means them.

    A line goes on while a bracket is open, after an operator, and when the next line begins
    with an operator.

    Parameters
    ----------
    text : str
        The whole cell.
    tokens : iterator of Token

    Yields
    ------
    list of Token
        Never empty.

    Raises
    ------
    FormulaError
        When brackets do not match.
    """
    line: list[Token] = []
    opened: list[Token] = []
    for token in tokens:
        if line and not opened and token.row > line[-1].row and not _goes_on(line[-1], token):
            yield line
            line = []
        if token.kind is Kind.OPEN:
            opened.append(token)
        elif token.kind is Kind.CLOSE:
            _close(text, opened, token)
        line.append(token)
    if opened:
        raise FormulaError(
            f"{opened[-1].text} is not closed",
            where=where(text, opened[-1]),
            remedy=f"Add {OPENING[opened[-1].text]} where it ends.",
        )
    if line:
        yield line


def _goes_on(last: Token, following: Token) -> bool:
    return last.is_operator(*_CONTINUES_AFTER) or following.is_operator(*_CONTINUES_BEFORE)


def _close(text: str, opened: list[Token], token: Token) -> None:
    if not opened:
        raise FormulaError(
            f"{token.text} closes nothing",
            where=where(text, token),
            remedy="Take it away, or open the bracket before it.",
        )
    expected = OPENING[opened[-1].text]
    if token.text != expected:
        raise FormulaError(
            f"{token.text} does not match {opened[-1].text}",
            where=where(text, token),
            remedy=f"Close {opened[-1].text} with {expected} first.",
        )
    opened.pop()
