"""Formula cells: the model line, auxiliary formulas and priors.

::

    text -> scan -> logical_lines -> model line        check_side, names and functions
                                  -> NAME ~ Dist(...)  read_distribution -> Prior
                                  -> NAME ~ terms      check_side -> Auxiliary
"""

from __future__ import annotations

import keyword

from glm_magic.errors import FormulaError, Where
from glm_magic.request import Auxiliary, FormulaCell, Prior
from glm_magic.request.grammar import check_side
from glm_magic.request.priors import distribution_name, read_distribution
from glm_magic.request.scan import Kind, Token, join, logical_lines, outer, scan, where
from glm_magic.request.terms import collect, find_tilde, term_label

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
    if _is_prior(text, model[tilde + 1 :]):
        raise FormulaError(
            "the first line must be the model, and this is a prior",
            where=where(text, model[0], model[-1]),
            remedy="Write the model first, such as y ~ x, and the priors below it.",
        )
    _check_formula(text, model, tilde)
    auxiliaries, priors, formulas = _read_further(text, model, tilde, lines[1:])
    names: dict[str, Where] = {}
    calls: dict[str, Where] = {}
    for formula in [model, *formulas]:
        collect(text, formula, names, calls)
    return FormulaCell(
        formula=join(text, model),
        response=join(text, model[:tilde]),
        auxiliaries=tuple(auxiliaries),
        priors=tuple(priors),
        text=text,
        start=model[0].start,
        names=tuple(names.items()),
        calls=tuple(calls.items()),
    )


def read_prior(target: str, text: str) -> Prior:
    """Read one entry of ``glm(priors={target: text})``.

    Parameters
    ----------
    target : str
        A term or a parameter, in any spacing.
    text : str
        A distribution, such as ``"Normal(0, 1)"``.

    Returns
    -------
    Prior

    Raises
    ------
    FormulaError
        When either cannot be read.
    """
    named = _one_line(target, "a prior needs the name of a term")
    distribution = _one_line(text, f"the prior of {target} is empty")
    if not _starts_distribution(distribution):
        raise FormulaError(
            f"the prior of {target} is not a distribution",
            where=where(text, distribution[0], distribution[-1]),
            remedy='Write a PyMC distribution, such as "Normal(0, 1)".',
        )
    check_side(target, named)
    return _prior(target, named, text, distribution)


def read_auxiliary(text: str) -> Auxiliary:
    """Read one auxiliary formula of ``glm(formula, ...)``: ``"sigma ~ x"``.

    Raises
    ------
    FormulaError
        When it cannot be read.
    """
    line = _one_line(text, "an auxiliary formula is empty")
    tilde = _check_tilde(text, line)
    _check_formula(text, line, tilde)
    return _auxiliary(text, line, tilde)


def _one_line(text: str, empty: str) -> list[Token]:
    lines = list(logical_lines(text, scan(text)))
    if not lines:
        raise FormulaError(empty, remedy="Write a term and a distribution: x ~ Normal(0, 1).")
    if len(lines) > 1:
        raise FormulaError(
            "more than one line",
            where=where(text, lines[1][0], lines[1][-1]),
            remedy="Give each formula and each prior by itself.",
        )
    return lines[0]


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
        left, right = line[:at], line[at + 1 :]
        if _starts_distribution(right):
            check_side(text, left)
            prior = _prior(text, left, text, right)
            priors.append(prior)
            _once(seen, prior.target, prior.where)
        else:
            _refuse_mistyped_prior(text, right)
            _check_formula(text, line, at)
            auxiliary = _auxiliary(text, line, at)
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
        where=where(text, line[0], line[tilde - 1]),
    )


def term_label_or_text(text: str, tokens: list[Token]) -> str:
    """Give a term's label, or the text itself where it is no single term."""
    try:
        return term_label(text, tokens)
    except FormulaError:
        return join(text, tokens)


def _prior(target: str, named: list[Token], text: str, distribution: list[Token]) -> Prior:
    end = _closing(distribution)
    if end < len(distribution) - 1:
        raise FormulaError(
            "a prior is one distribution",
            where=where(text, distribution[end + 1], distribution[-1]),
            remedy="Take the rest away, or write it as an argument: Normal(0, HalfNormal(2)).",
        )
    return Prior(
        target=term_label(target, named),
        distribution=read_distribution(text, distribution[0].start, distribution[end].end),
        where=where(target, named[0], named[-1]),
    )


def _closing(tokens: list[Token]) -> int:
    """Index of the bracket that closes the first one."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if token.kind is Kind.CLOSE and depth == 0:
            return index
    return len(tokens) - 1


def _starts_distribution(tokens: list[Token]) -> bool:
    """Whether the tokens begin as ``Normal(``; ``I(`` and ``np.log(`` are functions of formulae."""
    called = len(tokens) > 1 and tokens[0].kind is Kind.NAME and tokens[1].text == "("
    return called and distribution_name(tokens[0].text) is not None


def _is_prior(text: str, right: list[Token]) -> bool:
    """Whether the right side is a distribution of numbers; ``Standardize(x)`` is the user's function."""
    if not _starts_distribution(right) or _closing(right) < len(right) - 1:
        return False
    try:
        read_distribution(text, right[0].start, right[-1].end)
    except FormulaError:
        return False
    return True


def _refuse_mistyped_prior(text: str, right: list[Token]) -> None:
    """Refuse what is neither terms nor a distribution: ``normal(0, 1)``, ``bmb.Prior(...)``."""
    called = len(right) > 1 and right[0].kind is Kind.NAME and right[1].text == "("
    if not called:
        return
    foreign = right[0].text in ("bmb.Prior", "bambi.Prior")
    variables = [token for token in right[1:] if token.kind in (Kind.NAME, Kind.QUOTED)]
    numbers = any(token.kind is Kind.NUMBER for token in right)
    if foreign or (numbers and not variables and _closing(right) == len(right) - 1):
        raise FormulaError(
            f"{right[0].text} is not a PyMC distribution",
            where=where(text, right[0]),
            remedy="Write the distribution as PyMC spells it, with a capital: Normal(0, 1).",
        )
