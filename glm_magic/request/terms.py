"""Names in formulas, and the label that formulae gives a term."""

from __future__ import annotations

from dataclasses import dataclass, field

from glm_magic.errors import FormulaError, Where
from glm_magic.request.grammar import role
from glm_magic.request.prior import Value
from glm_magic.request.scan import OPENING, Kind, Token, outer, where

_LITERALS = frozenset(["True", "False", "None"])


def term_label(text: str, tokens: list[Token]) -> str:
    """Write a term as the summary names it.

    As formulae does (formulae 0.6, ``terms/call_resolver.py``): spaces around operators inside a
    call, ``name=value`` without, no grouping brackets, no backquotes, ``{x}`` is ``I(x)``.

    Parameters
    ----------
    text : str
        The whole cell.
    tokens : list of Token
        The term, not empty, with brackets that match.

    Returns
    -------
    str
        For example ``I(x ** 2)`` for ``I(x**2)``, ``1|school`` for ``(1 | school)``.

    Raises
    ------
    FormulaError
        When the tokens are more than one term.
    """
    parts: list[str] = []
    closing: list[str] = []
    before: Token | None = None
    for token in tokens:
        if token.kind is Kind.OPEN:
            opened, closed = _bracket(before, token)
            parts.append(opened)
            closing.append(closed)
        elif token.kind is Kind.CLOSE:
            parts.append(closing.pop())
        elif token.kind is not Kind.OPERATOR:
            parts.append(_operand(token))
        elif any(closing):
            parts.append(_spaced(before, token))
        elif token.is_operator(":", "|"):
            parts.append(token.text)
        else:
            raise FormulaError(
                "a prior belongs to one term",
                where=where(text, token),
                remedy="Write one prior line for each term: x ~ Normal(0, 1).",
            )
        before = token
    return "".join(parts)


def _bracket(before: Token | None, token: Token) -> tuple[str, str]:
    if token.text == "{":
        return "I(", ")"
    if before is not None and before.kind is Kind.NAME:
        return token.text, OPENING[token.text]
    return "", ""


def _operand(token: Token) -> str:
    if token.kind is Kind.QUOTED:
        return token.text[1:-1]
    if token.kind is Kind.NUMBER and "." in token.text:
        return str(float(token.text))
    return token.text


def _spaced(before: Token | None, token: Token) -> str:
    unary = before is None or not before.ends_operand
    if token.is_operator(","):
        return ", "
    if token.is_operator("=", ":", "|") or unary:
        return token.text
    return f" {token.text} "


@dataclass(slots=True)
class Names:
    """What the formulas of a cell name, each with its first place.

    Attributes
    ----------
    names : dict of str to Where
        Variables.
    calls : dict of str to Where
        Functions.
    terms : set of str
        Variables outside the brackets of functions.
    values : dict of str to Value
        Values that formulae cannot read.
    """

    names: dict[str, Where] = field(default_factory=dict)
    calls: dict[str, Where] = field(default_factory=dict)
    terms: set[str] = field(default_factory=set)
    values: dict[str, Value] = field(default_factory=dict)

    def collect(self, text: str, tokens: list[Token]) -> None:
        """Add the names of a formula, or of a part of it.

        Keyword names, literals and the level in ``x[level]`` are no variables. A dotted name that is
        not called is one variable, as in formulae: R's ``Sepal.Length`` is a column.

        Parameters
        ----------
        text : str
            The whole cell.
        tokens : list of Token
            With brackets that match.
        """
        opened: list[str] = []
        for index, token in enumerate(tokens):
            following = tokens[index + 1] if index + 1 < len(tokens) else None
            match token.kind:
                case Kind.OPEN:
                    opened.append(role(tokens[index - 1] if index else None, token))
                case Kind.CLOSE:
                    opened.pop()
                case Kind.VALUE:
                    self.values.setdefault(token.text, Value(text=token.text, where=where(text, token)))
                case Kind.QUOTED:
                    self._variable(token.text[1:-1], where(text, token), opened)
                case Kind.NAME if token.text in _LITERALS or _is_keyword(following):
                    pass
                case Kind.NAME if following is not None and following.text == "(":
                    self.calls.setdefault(token.text, where(text, token))
                case Kind.NAME if not _is_level(tokens, index):
                    self._variable(token.text, where(text, token), opened)

    def _variable(self, name: str, place: Where, opened: list[str]) -> None:
        # The first variable of all is the response, or what the response is computed from.
        if "call" not in opened or not self.names:
            self.terms.add(name)
        self.names.setdefault(name, place)


def _is_keyword(following: Token | None) -> bool:
    return following is not None and following.is_operator("=")


def _is_level(tokens: list[Token], index: int) -> bool:
    return index > 1 and tokens[index - 1].text == "[" and tokens[index - 2].kind is Kind.NAME


def find_tilde(text: str, line: list[Token]) -> int:
    """Find the tilde of a line.

    Returns
    -------
    int
        Its index in `line`; -1 when there is none.

    Raises
    ------
    FormulaError
        When there are two, or one stands inside brackets.
    """
    outside = [index for index, token in outer(line) if token.is_operator("~")]
    inside = [token for index, token in enumerate(line) if token.is_operator("~") and index not in outside]
    if len(outside) > 1:
        second = line[outside[1]]
        carried = second.row > line[0].row
        raise FormulaError(
            "two ~ in one line",
            where=where(text, second),
            remedy="The line before ends with an operator or this one begins with one, so the two are "
            "read as one line; take that operator away."
            if carried
            else "Write each formula and each prior on its own line.",
        )
    if inside:
        opened = next(token for token in line if token.kind is Kind.OPEN)
        raise FormulaError(
            "~ stands inside brackets",
            where=where(text, inside[0]),
            remedy=f"Close {opened.text} before the ~, or take the bracket away.",
        )
    return outside[0] if outside else -1
