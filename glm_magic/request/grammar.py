"""What formulae would refuse late or drop without a word, refused here with a caret.

formulae reads as far as it understands and leaves the rest out: ``y ~ x z`` fits ``y ~ x``
(formulae 0.6, ``Parser.parse``). So operands and operators have to alternate, and operators
have to stand where formulae reads them.
"""

from __future__ import annotations

from decimal import Decimal

from glm_magic.errors import FormulaError, Where
from glm_magic.request.scan import Kind, Token, has_quote, plain_number, where

_COMPUTE = "Compute it in the notebook first, or write a function and call it."
_UNKNOWN = {
    "%": _COMPUTE,
    "//": _COMPUTE,
    "@": _COMPUTE,
    "&": _COMPUTE,
    "!": _COMPUTE,
    "^": "Write ** for interactions up to an order, or I(x ** 2) for a power.",
    ";": "Write one formula or prior per line.",
}
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_ANYWHERE = ("+", "-", "*", "/", ":", "**")


def check_side(text: str, tokens: list[Token], *, after: Token | None = None) -> None:
    """Check one side of a tilde.

    Parameters
    ----------
    text : str
        The whole cell.
    tokens : list of Token
        The side, with brackets that match.
    after : Token, optional
        The tilde, for the right side.

    Raises
    ------
    FormulaError
        Where an operand or an operator is missing or has no meaning.
    """
    opened: list[str] = []
    before = after
    for token in tokens:
        _check_token(text, token)
        if wants_operand(before):
            _check_operand(text, before, token)
        else:
            _check_operator(text, before, token, opened, right=after is not None)
        if token.kind is Kind.OPEN:
            opened.append(role(before, token))
        elif token.kind is Kind.CLOSE:
            opened.pop()
        before = token
    if before is not None and wants_operand(before):
        raise _missing(text, before)


def role(before: Token | None, token: Token) -> str:
    """Tell what an opening bracket opens: a call, a level or a group.

    Parameters
    ----------
    before : Token or None
        What stands before the bracket.
    token : Token
        The bracket.

    Returns
    -------
    {"call", "level", "group"}
    """
    if token.text == "{":
        return "call"
    if before is not None and before.kind is Kind.NAME:
        return "level" if token.text == "[" else "call"
    return "group"


def wants_operand(before: Token | None) -> bool:
    """Tell whether a term or a value begins after a token."""
    return before is None or before.kind in (Kind.OPEN, Kind.OPERATOR)


def _check_token(text: str, token: Token) -> None:
    if token.is_operator(*_UNKNOWN):
        raise FormulaError(
            f"{token.text} has no meaning in a formula", where=where(text, token), remedy=_UNKNOWN[token.text]
        )
    if token.kind is Kind.NAME and token.text.startswith("_"):
        raise FormulaError(
            "a name in a formula cannot begin with _",
            where=where(text, token),
            remedy=f"Write it in backquotes: `{token.text}`.",
        )
    if token.kind is Kind.NUMBER and not plain_number(token.text):
        raise FormulaError(
            "a number in a formula cannot have an exponent",
            where=where(text, token),
            remedy=f"Write {_plain(token.text)} in full, without e.",
        )
    if token.kind is Kind.STRING and has_quote(token.text):
        raise FormulaError(
            "a string in a formula cannot hold a quote",
            where=where(text, token),
            remedy="Rename the level, or compute the column in the notebook first.",
        )


def _plain(number: str) -> str:
    return format(Decimal(number), "f")


def _check_operand(text: str, before: Token | None, token: Token) -> None:
    if token.kind is Kind.CLOSE:
        if before is not None and before.text == "(" and token.text == ")":
            return
        raise _missing(text, before or token)
    if token.kind is Kind.OPERATOR and not token.is_operator("+", "-"):
        raise FormulaError(
            f"a term is missing before {token.text}",
            where=where(text, token),
            remedy=f"Write what {token.text} belongs to, or take it away.",
        )


def _check_operator(text: str, before: Token | None, token: Token, opened: list[str], *, right: bool) -> None:
    assert before is not None
    if token.kind is Kind.CLOSE:
        return
    if token.text == "[" and (before.kind is Kind.CLOSE or (right and "call" not in opened)):
        raise _no_element(text, before, token)
    if token.kind is Kind.OPEN and token.text != "{" and before.kind is Kind.NAME:
        return
    if token.kind is not Kind.OPERATOR:
        raise FormulaError(
            f"an operator is missing between {before.text} and {token.text}",
            where=Where(text=text, start=before.start, end=token.end),
            remedy="Write + between terms, or put a name with spaces in backquotes.",
        )
    inside = opened[-1] if opened else ""
    if token.is_operator("|") and not inside and right:
        raise FormulaError(
            "a group-specific term needs brackets",
            where=where(text, token),
            remedy="Write (1|group) or (x|group).",
        )
    if token.is_operator("|") and inside == "call":
        raise FormulaError(
            "| cannot stand inside a function",
            where=where(text, token),
            remedy="Write + before the bracket if it is a group-specific term: x + (1|group).",
        )
    allowed = (
        token.is_operator(*_ANYWHERE)
        or (token.is_operator("|") and inside != "level")
        or (token.is_operator(",") and inside == "call")
        or (token.is_operator("=") and inside == "call" and before.kind is Kind.NAME)
        or (token.is_operator(*_COMPARISONS) and "call" in opened)
    )
    if not allowed:
        raise FormulaError(
            f"{token.text} cannot stand here",
            where=where(text, token),
            remedy="Write + between terms; commas, = and comparisons belong inside the brackets of a function: "
            "C(x, levels=order).",
        )


def _no_element(text: str, before: Token, token: Token) -> FormulaError:
    """Refuse ``g["b"]`` and ``f(a, b)[0]`` as terms: formulae leaves the level out, or reads no further."""
    end = text.find("]", token.end) + 1 or token.end
    return FormulaError(
        f"{text[token.start : end]} takes a part, and a term is a whole column or a function of some",
        where=Where(text=text, start=before.start, end=end),
        remedy="Compute the part in the notebook first and name it, or write a function that returns it.",
    )


def _missing(text: str, before: Token) -> FormulaError:
    if before.is_operator("~"):
        return FormulaError(
            "nothing stands right of ~",
            where=where(text, before),
            remedy="Write the terms after it: y ~ x. For an intercept alone write y ~ 1.",
        )
    return FormulaError(
        f"a term is missing after {before.text}",
        where=where(text, before),
        remedy="Write a term after it, or take it away.",
    )
