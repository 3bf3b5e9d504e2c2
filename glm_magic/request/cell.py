"""A whole cell: a formula, or a PyMC block."""

from __future__ import annotations

import ast
import keyword

from glm_magic.errors import BlockError, FormulaError, GlmError, Where
from glm_magic.request import BlockCell, FormulaCell
from glm_magic.request.block import read_block
from glm_magic.request.formula import EXAMPLES, read_formula
from glm_magic.request.python import deeply, parse
from glm_magic.request.scan import Kind, Token, scan

_TERM_OPERATORS = ("+", "-", "*", "/", ":", "|", "**")
_BEFORE_UNARY = ("assert", "not", "if", "while", "with", "await", "del")


def read_cell(text: str, start: int = 0) -> FormulaCell | BlockCell:
    """Read a cell.

    A ``~`` between two operands, outside brackets, on the first line makes it a formula; Python
    has no such operator. Everything else is a PyMC block.

    Parameters
    ----------
    text : str
        The cell as typed, or the whole line of ``%glm``.
    start : int
        Where the formula begins in `text`, for ``%glm``.

    Returns
    -------
    FormulaCell or BlockCell

    Raises
    ------
    FormulaError, BlockError
        With a caret in `text`.
    """
    line = _first_line(text, start)
    if start or _has_tilde(line):
        return read_formula(text, start)
    if not line and _is_blank(text):
        raise FormulaError("the cell is empty", remedy=EXAMPLES)
    return deeply(lambda: _read_python(text, line))


def _read_python(text: str, line: list[Token]) -> BlockCell:
    try:
        tree = parse(text)
    except BlockError as error:
        raise _explained(text, line, error) from None
    if not any(_could_model(statement) for statement in tree.body):
        # A formula that lacks its tilde, such as `x + z`: the formula's own error says it best.
        read_formula(text)
        raise _no_tilde(text, line)
    return read_block(text)


def _first_line(text: str, start: int) -> list[Token]:
    """Tokens of the first logical line, as far as they can be read."""
    line: list[Token] = []
    depth = 0
    try:
        for token in scan(text, start):
            if line and depth <= 0 and token.row > line[-1].row and not _goes_on(line[-1], token):
                break
            depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
            line.append(token)
    except FormulaError:
        # Python has letters and strings that formulas do not; what was read so far decides.
        pass
    return line


def _goes_on(last: Token, following: Token) -> bool:
    return last.is_operator(*_TERM_OPERATORS, "~", ",") or following.is_operator(*_TERM_OPERATORS)


def _has_tilde(line: list[Token]) -> bool:
    """Whether a binary ``~`` stands outside brackets."""
    if line and line[0].kind is Kind.NAME and keyword.iskeyword(line[0].text):
        # A Python statement, unless the response is called `yield` or the like.
        return len(line) > 1 and line[1].is_operator("~") and line[0].text not in _BEFORE_UNARY
    depth = 0
    for index, token in enumerate(line):
        depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
        if depth == 0 and token.is_operator("~") and index and line[index - 1].ends_operand:
            return True
    return False


def _is_blank(text: str) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines())


def _could_model(statement: ast.stmt) -> bool:
    """Whether a statement can belong to a model: anything but a mere value, such as ``x + z``."""
    return not isinstance(statement, ast.Expr) or isinstance(statement.value, ast.Call)


def _explained(text: str, line: list[Token], error: BlockError) -> GlmError:
    """Say why a text is neither a formula nor Python."""
    mixed = _formula_line(text, error)
    if mixed is not None:
        return BlockError(
            "a formula line stands in a PyMC block",
            where=mixed,
            remedy="A cell is either formula lines or a PyMC block: put the other in its own cell.",
        )
    if _looks_like_terms(line):
        return _no_tilde(text, line)
    return error


def _formula_line(text: str, error: BlockError) -> Where | None:
    """Find the line of a syntax error, when it reads as a formula."""
    if error.where is None:
        return None
    start = text.rfind("\n", 0, error.where.start) + 1
    line = _first_line(text, start)
    if not _has_tilde(line):
        return None
    return Where(text=text, start=line[0].start, end=line[-1].end)


def _looks_like_terms(line: list[Token]) -> bool:
    """Whether a line is terms without a tilde: ``y x``, ``x + (1|g)``, ``x +``."""
    if not line or (len(line) > 1 and line[0].kind is Kind.NAME and line[1].text == "("):
        return False
    return all(
        token.is_operator(*_TERM_OPERATORS, "~")
        or token.kind is Kind.QUOTED
        or token.text in ("(", ")")
        or (token.kind in (Kind.NAME, Kind.NUMBER) and not keyword.iskeyword(token.text))
        for token in line
    )


def _no_tilde(text: str, line: list[Token]) -> FormulaError:
    if line and line[0].is_operator("~"):
        return FormulaError(
            "nothing stands left of ~",
            where=Where(text=text, start=line[0].start, end=line[0].end),
            remedy="Write the response before it: y ~ x.",
        )
    where = Where(text=text, start=line[0].start, end=line[-1].end) if line else None
    return FormulaError("no ~ in this cell, and no PyMC model", where=where, remedy=EXAMPLES)
