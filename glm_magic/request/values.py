"""Values written in a formula that formulae's own scanner cannot read: lists, exponents, quotes.

formulae looks a backquoted name up by its text, and writes that text in the label of the term. A value is
therefore handed on as a name in backquotes, under which `glm_magic.model.arguments` puts the value itself.
"""

from __future__ import annotations

import ast
from decimal import Decimal, InvalidOperation

from glm_magic.errors import FormulaError, Where
from glm_magic.request.grammar import role, wants_operand
from glm_magic.request.prior import Fixed
from glm_magic.request.scan import Kind, Token, has_quote, one_line, plain_number, where

_REMEDY = "Write numbers, text and names in it, or compute it in the notebook first and write its name."
_READABLE = (
    ast.List, ast.Tuple, ast.Dict, ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.Slice,
    ast.UnaryOp, ast.USub, ast.UAdd, ast.Load,
)  # fmt: skip
# These are formulas to Bambi: without an intercept, and with one.
_INTERCEPTS = ("0", "1")


def fold(text: str, tokens: list[Token]) -> list[Token]:
    """Make one token of each value that formulae cannot read.

    Inside the brackets of a function that is a list, a tuple, a dictionary, an element of a variable
    (``bins[0]``), a number with an exponent and a string with a quote.

    Parameters
    ----------
    text : str
        The whole cell.
    tokens : list of Token
        A line or a part of it, with brackets that match.

    Returns
    -------
    list of Token

    Raises
    ------
    FormulaError
        When a list holds something that has to be computed.
    """
    folded: list[Token] = []
    opened: list[str] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        before = folded[-1] if folded else None
        end = _value_end(tokens, index) if "call" in opened and wants_operand(before) else index
        if end > index:
            folded.append(_value(text, token, tokens[end - 1]))
            index = end
            continue
        if token.kind is Kind.OPEN:
            opened.append(role(before, token))
        elif token.kind is Kind.CLOSE:
            opened.pop()
        folded.append(token)
        index += 1
    return folded


def _value_end(tokens: list[Token], start: int) -> int:
    """Index after the value that begins at `start`; `start` itself when formulae can read what is there."""
    token = tokens[start]
    following = tokens[start + 1].text if start + 1 < len(tokens) else ""
    match token.kind:
        case Kind.NUMBER if not plain_number(token.text):
            return start + 1
        case Kind.STRING if has_quote(token.text):
            return start + 1
        case Kind.NAME if following == "[":
            return _closing(tokens, start + 1)
        case Kind.OPEN:
            end = _closing(tokens, start)
            separator = {"(": ",", "{": ":"}.get(token.text)
            if separator is None or separator in _outermost(tokens[start + 1 : end - 1]):
                return end
    return start


def _closing(tokens: list[Token], start: int) -> int:
    """Index after the bracket that closes the one at `start`."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index].kind is Kind.OPEN) - (tokens[index].kind is Kind.CLOSE)
        if depth == 0:
            return index + 1
    return len(tokens)


def _outermost(tokens: list[Token]) -> set[str]:
    """Operators outside all brackets."""
    found: set[str] = set()
    depth = 0
    for token in tokens:
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if depth == 0 and token.kind is Kind.OPERATOR:
            found.add(token.text)
    return found


def _value(text: str, first: Token, last: Token) -> Token:
    place = where(text, first, last)
    try:
        tree = ast.parse(one_line(text, first.start, last.end), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise FormulaError("Python does not understand this value", where=place, remedy=_REMEDY) from None
    for node in ast.walk(tree.body):
        if not isinstance(node, _READABLE):
            named = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
            raise FormulaError(f"{named} cannot be computed inside a list", where=place, remedy=_REMEDY)
    written = ast.unparse(tree.body)
    if "`" in written:
        raise FormulaError("a value in a formula cannot hold a backquote", where=place, remedy=_REMEDY)
    return Token(Kind.VALUE, written, first.start, last.end, first.row)


def read_number(text: str, tokens: list[Token]) -> Fixed | None:
    """Read the number at which a parameter is fixed.

    ``0``, ``1`` and ``-1`` are formulas, as in ``sigma ~ 1``: a whole number of that size is written with a
    point (``sigma ~ 1.0``).

    Parameters
    ----------
    text : str
        The whole cell.
    tokens : list of Token
        What stands right of the tilde.

    Returns
    -------
    Fixed or None
        None when it is a formula.
    """
    return None if tokens[-1].text in _INTERCEPTS else number_of(text, tokens)


def number_of(text: str, tokens: list[Token]) -> Fixed | None:
    """Read a number with its signs, whole ones included; None when it is none."""
    *signs, last = tokens
    if last.kind is not Kind.NUMBER or not all(sign.is_operator("+", "-") for sign in signs):
        return None
    try:
        size = Decimal(last.text)
    except InvalidOperation:
        # Digits of other scripts with a point among them.
        return None
    negative = sum(sign.text == "-" for sign in signs) % 2
    place = Where(text=text, start=tokens[0].start, end=last.end)
    return Fixed(value=float(-size if negative else size), where=place)
