"""Formula cells: the model line, auxiliary formulas and priors.

::

    text -> scan -> logical_lines -> model line        fold, check_side, names and functions
                                  -> NAME ~ Dist(...)  read_distribution -> Prior
                                  -> NAME ~ number     read_number -> Prior
                                  -> NAME ~ terms      fold, check_side -> Auxiliary
"""

from __future__ import annotations

import keyword

from glm_magic.errors import FormulaError, Where
from glm_magic.request import Auxiliary, FormulaCell
from glm_magic.request.grammar import check_side
from glm_magic.request.lines import logical_lines
from glm_magic.request.prior import Prior
from glm_magic.request.prior_lines import (
    fixed_at,
    is_prior,
    prior_of,
    refuse_mistyped_prior,
    starts_distribution,
)
from glm_magic.request.scan import Token, join, outer, scan, where
from glm_magic.request.terms import Names, find_tilde, term_label
from glm_magic.request.values import fold, read_number

EXAMPLES = "Write a formula, such as y ~ x, or the statements of a PyMC model, such as x = Normal('x', 0, 1)."


def read_formula(text: str, start: int = 0) -> FormulaCell:
    """Read a formula cell.

    Parameters
    ----------
    text : str
        The cell, or the whole line of ``%glm``.
    start : int
        Where the formula begins in `text`.

    Returns
    -------
    FormulaCell

    Raises
    ------
    FormulaError
        When a line is neither a formula nor a prior, with a caret.
    """
    lines = list(logical_lines(text, scan(text, start)))
    if lines and lines[-1][-1].is_operator(";"):
        # IPython's silencing semicolon
        lines[-1].pop()
        lines = [line for line in lines if line]
    if not lines:
        raise FormulaError("the cell is empty", remedy=EXAMPLES)
    model = lines[0]
    tilde = _check_tilde(text, model)
    if is_prior(text, model[tilde + 1 :]):
        raise FormulaError(
            "the first line must be the model, and this is a prior",
            where=where(text, model[0], model[-1]),
            remedy="Write the model first, such as y ~ x, and the priors below it.",
        )
    model = fold(text, model)
    tilde = _check_tilde(text, model)
    _check_formula(text, model, tilde)
    auxiliaries, priors, formulas = _read_further(text, model, tilde, lines[1:])
    found = Names()
    for formula in [model, *formulas]:
        found.collect(text, formula)
    return FormulaCell(
        formula=join(text, model),
        bambi=join(text, model, "`"),
        response=join(text, model[:tilde]),
        auxiliaries=tuple(auxiliaries),
        priors=tuple(priors),
        text=text,
        start=model[0].start,
        names=tuple(found.names.items()),
        calls=tuple(found.calls.items()),
        terms=frozenset(found.terms),
        values=tuple(found.values.values()),
    )


def _check_tilde(text: str, line: list[Token]) -> int:
    """Index of the tilde, with something on each side of it."""
    tilde = find_tilde(text, line)
    if tilde < 0:
        raise _no_tilde(text, line)
    if tilde == 0:
        raise FormulaError(
            "nothing stands left of ~",
            where=where(text, line[0]),
            remedy="Write the response before it: y ~ x.",
        )
    if tilde == len(line) - 1:
        # the right side is empty, which is told there
        check_side(text, [], after=line[tilde])
    return tilde


def _no_tilde(text: str, line: list[Token]) -> FormulaError:
    place = where(text, line[0], line[-1])
    if keyword.iskeyword(line[0].text) or any(token.is_operator("=") for _, token in outer(line)):
        return FormulaError(
            "this line is Python, and the cell begins with a formula",
            where=place,
            remedy="A cell is either formula lines or a PyMC block: put the other in its own cell.",
        )
    return FormulaError(
        "no ~ in this line",
        where=place,
        remedy="Write the response, ~ and the terms: y ~ x + z.",
    )


def _check_formula(text: str, line: list[Token], tilde: int) -> None:
    check_side(text, line[:tilde])
    check_side(text, line[tilde + 1 :], after=line[tilde])


def _read_further(
    text: str, model: list[Token], tilde: int, lines: list[list[Token]]
) -> tuple[list[Auxiliary], list[Prior], list[list[Token]]]:
    """Priors, auxiliary formulas, and the right sides of the latter."""
    auxiliaries: list[Auxiliary] = []
    priors: list[Prior] = []
    formulas: list[list[Token]] = []
    response = term_label_or_text(text, model[:tilde])
    seen = {response: "the response of the model"}
    for line in lines:
        at = _check_tilde(text, line)
        left, right = fold(text, line[:at]), line[at + 1 :]
        number = read_number(text, right) if right else None
        if number is not None or starts_distribution(right):
            prior = prior_of(text, left, text, right) if number is None else fixed_at(text, left, number)
            priors.append(prior)
            _once(seen, prior.target, prior.where)
        else:
            refuse_mistyped_prior(text, right)
            right = fold(text, right)
            line = [*left, line[at], *right]
            _check_formula(text, line, len(left))
            auxiliary = _auxiliary(text, line, len(left))
            auxiliaries.append(auxiliary)
            formulas.append(right)
            _once(seen, auxiliary.parameter, auxiliary.where)
    return auxiliaries, priors, formulas


def _once(seen: dict[str, str], name: str, place: Where) -> None:
    if name in seen:
        raise FormulaError(
            f"{name} stands left of ~ twice",
            where=place,
            remedy=f"It is {seen[name]} already; keep one of the two lines.",
        )
    seen[name] = "given above"


def _auxiliary(text: str, line: list[Token], tilde: int) -> Auxiliary:
    return Auxiliary(
        parameter=term_label_or_text(text, line[:tilde]),
        formula=join(text, line),
        bambi=join(text, line, "`"),
        where=where(text, line[0], line[tilde - 1]),
    )


def term_label_or_text(text: str, tokens: list[Token]) -> str:
    """Give a term's label, or the text itself where it is no single term."""
    try:
        return term_label(text, tokens)
    except FormulaError:
        return join(text, tokens)
