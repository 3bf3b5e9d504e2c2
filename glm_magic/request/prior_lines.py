"""Priors as lines: ``NAME ~ Dist(...)`` and ``NAME ~ number``."""

from __future__ import annotations

from glm_magic.errors import FormulaError, Where
from glm_magic.request.grammar import check_side
from glm_magic.request.lines import logical_lines
from glm_magic.request.prior import Fixed, Prior
from glm_magic.request.priors import distribution_name, read_distribution
from glm_magic.request.scan import Kind, Token, scan, where
from glm_magic.request.terms import term_label
from glm_magic.request.values import fold, number_of


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
        return fixed_at(target, named, fixed)
    distribution = _one_line(prior, f"the prior of {target} is empty")
    number = number_of(prior, distribution)
    if number is not None:
        return fixed_at(target, named, number)
    if not starts_distribution(distribution):
        raise FormulaError(
            f"the prior of {target} is neither a distribution nor a number",
            where=where(prior, distribution[0], distribution[-1]),
            remedy='Write a PyMC distribution, such as "Normal(0, 1)".',
        )
    return prior_of(target, named, prior, distribution)


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


def prior_of(target: str, named: list[Token], text: str, distribution: list[Token]) -> Prior:
    """Read a prior that is a distribution.

    Parameters
    ----------
    target : str
        The text that holds the name.
    named : list of Token
        The tokens left of the tilde.
    text : str
        The text that holds the distribution; of a cell, the same.
    distribution : list of Token
        The tokens right of it.

    Returns
    -------
    Prior

    Raises
    ------
    FormulaError
        If something follows the distribution, or one of the two cannot be read.
    """
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


def fixed_at(target: str, named: list[Token], number: Fixed) -> Prior:
    """Read a prior that is a number.

    Parameters
    ----------
    target : str
        The text that holds the name.
    named : list of Token
        The tokens left of the tilde.
    number : Fixed

    Returns
    -------
    Prior
    """
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


def starts_distribution(tokens: list[Token]) -> bool:
    """Whether the tokens begin as ``Normal(``; ``I(`` and ``np.log(`` are functions of formulae."""
    called = len(tokens) > 1 and tokens[0].kind is Kind.NAME and tokens[1].text == "("
    return called and distribution_name(tokens[0].text) is not None


def is_prior(text: str, right: list[Token]) -> bool:
    """Whether the right side is a distribution of numbers; ``Standardize(x)`` is the user's function."""
    if not starts_distribution(right) or _closing(right) < len(right) - 1:
        return False
    try:
        read_distribution(text, right[0].start, right[-1].end)
    except FormulaError:
        return False
    return True


def refuse_mistyped_prior(text: str, right: list[Token]) -> None:
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
