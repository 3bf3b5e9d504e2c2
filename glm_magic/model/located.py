"""Code of a cell, and where its statements stand while they run."""

from __future__ import annotations

import ast
import linecache
from types import CodeType, FrameType

from glm_magic.errors import Where
from glm_magic.request.python import deeply, offset

FILENAME = "<glm cell>"


def list_lines(text: str, filename: str) -> None:
    """Give Python the lines of a cell, for its tracebacks.

    Parameters
    ----------
    text : str
        The cell.
    filename : str
        How tracebacks name it.
    """
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)


def compiled(tree: ast.Module | ast.Expression, filename: str) -> CodeType:
    """Compile statements, or an expression, of a cell.

    Parameters
    ----------
    tree : ast.Module or ast.Expression
    filename : str
        How tracebacks name the cell.

    Returns
    -------
    code
    """
    # Our own __future__ imports are not the user's.
    kind = "exec" if isinstance(tree, ast.Module) else "eval"
    code: CodeType = deeply(lambda: compile(tree, filename, kind, dont_inherit=True))
    return code


def place_of(frame: FrameType, text: str, at: int | None = None) -> Where | None:
    """Find what a frame of a cell evaluates.

    Parameters
    ----------
    frame : frame
    text : str
        The cell.
    at : int, optional
        The instruction; the present one when not given.

    Returns
    -------
    Where or None
        None where the code says nothing of it.
    """
    at = frame.f_lasti if at is None else at
    row, last_row, column, last_column = list(frame.f_code.co_positions())[at // 2]
    if row is None or last_row is None or column is None or last_column is None:
        return None
    return Where(text=text, start=offset(text, row, column), end=offset(text, last_row, last_column))


def last_line(text: str) -> Where:
    """Where the last line of a cell stands."""
    start = text.rstrip().rfind("\n") + 1
    return Where(text=text, start=start, end=len(text.rstrip()))
