"""A formula written as a change of another: ``. ~ . + z``, as in R's ``update.formula``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from glm_magic.errors import FormulaError
from glm_magic.request import FormulaCell
from glm_magic.request.cell import read_cell
from glm_magic.request.scan import Kind, Token, scan
from glm_magic.request.terms import find_tilde

DOT = "."


def with_dots(text: str, before: str) -> str:
    """Write a formula out in which a dot stands for what the formula had there before.

    Parameters
    ----------
    text : str
        The new formula; further lines are left as they are.
    before : str
        The formula as it was, in one line.

    Returns
    -------
    str
        ``"y ~ x + z"`` of ``". ~ . + z"`` and ``"y ~ x"``. A term that is taken away, ``. - x``, is left out
        where it stands in the formula by itself; else formulae takes it away.
    """
    left, right = _sides(before)
    marked = _marked(text)
    if not marked:
        return text
    line_end = _line_end(text)
    tilde = next((at for at, letter in enumerate(_blanked(text)) if letter == "~"), line_end)
    pieces, last = [], 0
    for at in marked:
        pieces.append(text[last:at])
        pieces.append(left if at < tilde else _inside(text, at, right))
        last = at + 1
    return _simplified("".join([*pieces, text[last:]]))


def _marked(text: str) -> list[int]:
    """Find the dots that stand by themselves, outside quotes."""
    plain = _blanked(text)

    def part_of_name(letter: str) -> bool:
        return letter.isalnum() or letter in "._"

    return [
        at
        for at, letter in enumerate(plain)
        if letter == DOT
        and not part_of_name(plain[at - 1 : at] or " ")
        and not part_of_name(plain[at + 1 : at + 2] or " ")
    ]


def _blanked(text: str) -> str:
    """Blank what stands in quotes, so that every offset stays."""
    letters, quote = [], ""
    for letter in text:
        inside = bool(quote)
        if letter in "'\"`" and quote in ("", letter):
            quote = "" if quote else letter
            inside = True
        letters.append("x" if inside else letter)
    return "".join(letters)


def _line_end(text: str) -> int:
    end = text.find("\n")
    return len(text) if end < 0 else end


def _sides(formula: str) -> tuple[str, str]:
    tokens = list(scan(formula))
    tilde = tokens[find_tilde(formula, tokens)]
    return formula[: tilde.start].strip(), formula[tilde.end :].strip()


def _inside(text: str, at: int, right: str) -> str:
    """Put brackets around the terms where another operator than + would take one of them alone."""
    before, after = text[:at].rstrip()[-1:], text[at + 1 :].lstrip(" ")[:1]
    alone = before == "~" or (before == "+" and not right.startswith("-"))
    if alone and after in ("", "+", "-", "\n", "#"):
        return right
    return f"({right})"


def _simplified(text: str) -> str:
    """Leave a term out that is added and then taken away."""
    end = _line_end(text)
    line, rest = text[:end], text[end:]
    tokens = list(scan(line))
    tilde = find_tilde(line, tokens)
    parts = _parts(line, tokens[tilde + 1 :])
    kept: list[tuple[str, str]] = []
    for sign, term in parts:
        same = [at for at, one in enumerate(kept) if one[0] == "+" and _plain(one[1]) == _plain(term)]
        if sign == "-" and same:
            del kept[same[-1]]
        else:
            kept.append((sign, term))
    if len(kept) == len(parts):
        return text
    terms = " ".join(f"{sign} {term}" for sign, term in kept).removeprefix("+ ") or "1"
    return f"{line[: tokens[tilde].end]} {terms}{rest}"


def _parts(line: str, tokens: Sequence[Token]) -> list[tuple[str, str]]:
    """Split a side of a formula at the signs outside brackets."""
    parts: list[tuple[str, list[Token]]] = [("+", [])]
    depth = 0
    for token in tokens:
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if depth == 0 and token.is_operator("+", "-"):
            parts.append((token.text, []))
        else:
            parts[-1][1].append(token)
    return [(sign, line[part[0].start : part[-1].end]) for sign, part in parts if part]


def changed(
    lines: Sequence[str],
    priors: Mapping[str, str],
    formula: str | None,
    given: Mapping[str, str | float | None],
) -> tuple[FormulaCell, dict[str, str | float]]:
    """Change formula and priors; what is not given stays.

    Parameters
    ----------
    lines : sequence of str
        The formula and its auxiliary formulas as they were.
    priors : mapping of str to str
        As they were.
    formula : str or None
        A formula, with further lines for auxiliary formulas and priors; dots stand for the old sides.
    given : mapping of str to str, float or None
        New priors by target; None takes a prior back.

    Returns
    -------
    cell : FormulaCell
        The new formula with the auxiliary formulas of both; those of the new one count.
    priors : dict of str to str or float
        Of both; those that are given count, then those of the new formula.

    Raises
    ------
    FormulaError
        If the new text is no formula.
    """
    text = lines[0] if formula is None else with_dots(formula, lines[0])
    new = _formula(text)
    taken = {line.parameter for line in new.auxiliaries}
    old = _formula("\n".join(lines))
    kept = [line.formula for line in old.auxiliaries if line.parameter not in taken]
    own = {_plain(prior.where.words()): prior for prior in new.priors}
    every: dict[str, str | float] = {
        target: prior for target, prior in priors.items() if _plain(target) not in own
    }
    for target, prior in given.items():
        known = next((one for one in every if _plain(one) == _plain(target)), target)
        if prior is None:
            every.pop(known, None)
        else:
            every[known] = prior
            own.pop(_plain(target), None)
    cell = replace(_formula("\n".join([text, *kept])), priors=tuple(own.values()))
    return cell, every


def _plain(target: str) -> str:
    return "".join(target.split()).strip("`()")


def _formula(text: str) -> FormulaCell:
    cell = read_cell(text)
    if not isinstance(cell, FormulaCell):
        raise FormulaError("formula= takes a formula, not a PyMC block", remedy='Write formula=". ~ . + z".')
    return cell
