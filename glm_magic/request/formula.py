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
from glm_magic.request.prior import Fixed, Prior
from glm_magic.request.priors import distribution_name, read_distribution
from glm_magic.request.scan import Kind, Token, join, logical_lines, outer, scan, where
from glm_magic.request.terms import Names, find_tilde, term_label
from glm_magic.request.values import fold, number_of, read_number

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


def read_prior(target: str, prior: str | float) -> Prior:
    """Read one entry of ``glm(priors={target: prior})``.

    Parameters
    ----------
    target : str
        A term or a parameter, in any spacing.
    prior : str or float
        A distribution, such as ``"Normal(0, 1)"``, or the number at which a parameter is fixed.

    Returns
    -------
    Prior

    Raises
    ------
    FormulaError
        When either cannot be read.
    """
    named = fold(target, _one_line(target, "a prior needs the name of a term"))
    if not isinstance(prior, str):
        text = repr(float(prior))
        fixed = Fixed(value=float(prior), where=Where(text=text, start=0, end=len(text)))
        return _fixed(target, named, fixed)
    distribution = _one_line(prior, f"the prior of {target} is empty")
    number = number_of(prior, distribution)
    if number is not None:
        return _fixed(target, named, number)
    if not _starts_distribution(distribution):
        raise FormulaError(
            f"the prior of {target} is neither a distribution nor a number",
            where=where(prior, distribution[0], distribution[-1]),
            remedy='Write a PyMC distribution, such as "Normal(0, 1)".',
        )
    return _prior(target, named, prior, distribution)


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
        left, right = fold(text, line[:at]), line[at + 1 :]
        number = read_number(text, right) if right else None
        if number is not None or _starts_distribution(right):
            prior = _prior(text, left, text, right) if number is None else _fixed(text, left, number)
            priors.append(prior)
            _once(seen, prior.target, prior.where)
        else:
            _refuse_mistyped_prior(text, right)
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


def _prior(target: str, named: list[Token], text: str, distribution: list[Token]) -> Prior:
    end = _closing(distribution)
    if end < len(distribution) - 1:
        raise FormulaError(
            "a prior is one distribution",
            where=where(text, distribution[end + 1], distribution[-1]),
            remedy="Take the rest away, or write it as an argument: Normal(0, HalfNormal(2)).",
        )
    return Prior(
        target=_target(target, named),
        distribution=read_distribution(text, distribution[0].start, distribution[end].end),
        where=where(target, named[0], named[-1]),
    )


def _target(text: str, named: list[Token]) -> str:
    """Name what a prior is of, as the summary prints it.

    That is a term, a parameter of a function's own (``hsgp(x, m=5, c=2)_ell``), or one number of several
    (``g[b]``, ``poly(x, 2)[0]``), whose level is written without quotes.
    """
    named, level = _without_level(text, named)
    own = ""
    if len(named) > 1 and named[-2].kind in (Kind.CLOSE, Kind.QUOTED) and named[-1].kind is Kind.NAME:
        *term, last = named
        # Nothing stands between them, and no name of a formula begins with an underscore.
        if last.text.startswith("_") and last.start == term[-1].end:
            named, own = term, last.text
    check_side(text, named)
    return term_label(text, named) + own + level


def _without_level(text: str, named: list[Token]) -> tuple[list[Token], str]:
    """Split the brackets off that hold a level of a term: its text may be anything."""
    if named[-1].text != "]":
        return named, ""
    depth = 0
    for place in reversed(range(len(named))):
        depth += (named[place].kind is Kind.CLOSE) - (named[place].kind is Kind.OPEN)
        if depth == 0:
            break
    if place == 0 or named[place - 1].end != named[place].start:
        return named, ""
    level = text[named[place].end : named[-1].start].strip()
    quoted = len(named) - place == 3 and named[place + 1].kind is Kind.STRING
    return named[:place], f"[{level[1:-1] if quoted else level}]"


def _fixed(target: str, named: list[Token], number: Fixed) -> Prior:
    return Prior(
        target=_target(target, named),
        distribution=number,
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
