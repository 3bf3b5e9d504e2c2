"""The tokens of a formula cell, each knowing where it stands.

A token is a name (dots included: ``np.log``), a number, a string, a backquoted name, a bracket
or an operator; `values.fold` makes one token of a list. Comments, blanks and line ends are no tokens.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from glm_magic.errors import FormulaError, Where

OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = frozenset(OPENING.values())
_TWO_LETTERS = ("**", "//", "==", "!=", "<=", ">=")
_ONE_LETTER = "+-*/:|~,=<>%!;@^&"
_LITERALS = ("True", "False", "None")


class Kind(Enum):
    """What a token is."""

    NAME = "name"
    NUMBER = "number"
    STRING = "string"
    QUOTED = "backquoted name"
    OPEN = "opening bracket"
    CLOSE = "closing bracket"
    OPERATOR = "operator"
    VALUE = "value that formulae cannot read"


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the cell.

    Attributes
    ----------
    kind : Kind
    text : str
        As typed, quotes included.
    start, end : int
        Offsets in the cell.
    row : int
        The line of the cell on which it begins, from 0.
    """

    kind: Kind
    text: str
    start: int
    end: int
    row: int

    def is_operator(self, *texts: str) -> bool:
        """Whether it is one of these operators."""
        return self.kind is Kind.OPERATOR and self.text in texts

    @property
    def ends_operand(self) -> bool:
        """Whether a value can end here, so that what follows is a binary operator."""
        if self.kind is Kind.NAME:
            return self.text in _LITERALS or not keyword.iskeyword(self.text)
        return self.kind not in (Kind.OPEN, Kind.OPERATOR)


def scan(text: str, start: int = 0) -> Iterator[Token]:
    """Read tokens one by one.

    Parameters
    ----------
    text : str
        The whole cell.
    start : int
        Where to begin.

    Yields
    ------
    Token

    Raises
    ------
    FormulaError
        At a letter that has no meaning, or a quote that is not closed.
    """
    position, row = start, 0
    while position < len(text):
        letter = text[position]
        if letter == "\n":
            row += 1
            position += 1
        elif letter.isspace():
            position += 1
        elif letter == "#":
            position = _line_end(text, position)
        else:
            kind, end = _token(text, position)
            yield Token(kind, text[position:end], position, end, row)
            position = end


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _token(text: str, position: int) -> tuple[Kind, int]:
    letter = text[position]
    after = text[position + 1 : position + 2]
    if letter in OPENING:
        return Kind.OPEN, position + 1
    if letter in CLOSING:
        return Kind.CLOSE, position + 1
    if letter in "'\"`":
        kind = Kind.QUOTED if letter == "`" else Kind.STRING
        return kind, _quote_end(text, position, kind)
    if letter.isdecimal() or (letter == "." and after.isdecimal()):
        return Kind.NUMBER, _number_end(text, position)
    if letter.isalpha() or letter == "_":
        return Kind.NAME, _name_end(text, position)
    if text[position : position + 2] in _TWO_LETTERS:
        return Kind.OPERATOR, position + 2
    if letter in _ONE_LETTER:
        return Kind.OPERATOR, position + 1
    raise FormulaError(
        f"{letter!r} has no meaning in a formula",
        where=Where(text=text, start=position, end=position + 1),
        remedy="Write a name with special letters in backquotes: `my column`.",
    )


def _quote_end(text: str, opening: int, kind: Kind) -> int:
    closing = text.find(text[opening], opening + 1, _line_end(text, opening))
    if closing < 0:
        raise FormulaError(
            "a backquote is not closed" if kind is Kind.QUOTED else "a string is not closed",
            where=Where(text=text, start=opening, end=opening + 1),
            remedy=f"Add {text[opening]} where it ends, on the same line.",
        )
    return closing + 1


def _number_end(text: str, position: int) -> int:
    end = _while(text, position, str.isdecimal)
    if text[end : end + 1] == ".":
        end = _while(text, end + 1, str.isdecimal)
    if text[end : end + 1] in ("e", "E"):
        sign = end + 1 + (text[end + 1 : end + 2] in ("+", "-"))
        if text[sign : sign + 1].isdecimal():
            end = _while(text, sign, str.isdecimal)
    return end


def _name_end(text: str, position: int) -> int:
    return _while(text, position, lambda letter: letter.isalnum() or letter in "._")


def _while(text: str, position: int, holds: Callable[[str], bool]) -> int:
    while position < len(text) and holds(text[position]):
        position += 1
    return position


def plain_number(number: str) -> bool:
    """Tell whether formulae can read a number: digits, and digits after the point if there is one."""
    return number.replace(".", "0", 1).isdecimal() and not number.endswith(".")


def has_quote(string: str) -> bool:
    """Tell whether a string holds a quote, at which formulae would end it."""
    return any(quote in string[1:-1] for quote in "'\"")


def where(text: str, first: Token, last: Token | None = None) -> Where:
    """Where the tokens from `first` to `last` stand."""
    return Where(text=text, start=first.start, end=(last or first).end)


def outer(tokens: list[Token]) -> Iterator[tuple[int, Token]]:
    """Tokens outside all brackets, with their index; the brackets themselves are left out."""
    depth = 0
    for index, token in enumerate(tokens):
        if token.kind is Kind.OPEN:
            depth += 1
        elif token.kind is Kind.CLOSE:
            depth -= 1
        elif depth == 0:
            yield index, token


def join(text: str, tokens: list[Token], quote: str = "") -> str:
    """Put the tokens on one line, with the user's own spacing where it was on one line.

    Parameters
    ----------
    text : str
        The whole cell.
    tokens : list of Token
        Not empty.
    quote : str
        What to put around a value; a backquote makes it a name that formulae reads.

    Returns
    -------
    str
    """
    parts: list[str] = []
    before: Token | None = None
    for token in tokens:
        gap = "" if before is None else text[before.end : token.start]
        parts.append(gap if not gap.strip(" ") else " ")
        parts.append(f"{quote}{token.text}{quote}" if token.kind is Kind.VALUE else token.text)
        before = token
    return "".join(parts)


def one_line(text: str, start: int, end: int) -> str:
    """Blank comments and line ends of a stretch, so that every offset stays.

    Parameters
    ----------
    text : str
        The whole cell.
    start, end : int

    Returns
    -------
    str
        Of ``end - start`` letters.
    """
    letters = []
    quote = ""
    comment = False
    for letter in text[start:end]:
        comment = comment and letter != "\n"
        if letter in "'\"" and not comment:
            quote = "" if letter == quote else quote or letter
        comment = comment or (letter == "#" and not quote)
        letters.append(" " if comment or letter.isspace() else letter)
    return "".join(letters)
