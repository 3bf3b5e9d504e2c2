"""Python's own parser, with errors that point into the user's cell."""

from __future__ import annotations

import ast
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TypeVar

from glm_magic.errors import BlockError, Where

_NOT_PYTHON = (SyntaxError, ValueError)
_DEEPEST = 200_000
_STACK_BYTES = 512 * 2**20
# PyMC sets this limit when it is imported, which may happen while a cell is read.
_LIMIT_OF_PYMC = 10_000

Result = TypeVar("Result")


def deeply(work: Callable[[], Result]) -> Result:
    """Do what recurses over a syntax tree, as deep as the tree may be.

    A sum of a thousand terms is a thousand levels deep, which is where Python stops by default.
    Such work is done once more in a thread with a large stack.

    Parameters
    ----------
    work : callable
        Without side effects that a second call would repeat.

    Returns
    -------
    object
        What `work` returns.

    Raises
    ------
    BlockError
        When the tree is too deep for Python itself.
    """
    try:
        return work()
    except (RecursionError, MemoryError):  # The parser's own word for too deep is MemoryError.
        pass
    done: Future[Result] = Future()
    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK_BYTES)
    sys.setrecursionlimit(_DEEPEST)
    try:
        thread = threading.Thread(target=_finish, args=(done, work), daemon=True)
        thread.start()
    finally:
        threading.stack_size(size)
    try:
        return done.result()
    except (RecursionError, MemoryError):
        raise BlockError(
            "Python cannot read so long an expression: it is nested too deeply",
            remedy="Write it as a dot product, such as pt.dot(X, b), or sum parts of it under names of their own.",
        ) from None
    finally:
        sys.setrecursionlimit(max(limit, _LIMIT_OF_PYMC))


def _finish(done: Future[Result], work: Callable[[], Result]) -> None:
    try:
        done.set_result(work())
    except BaseException as error:  # noqa: BLE001  # it is raised again in the thread that waits
        done.set_exception(error)


def parse(text: str) -> ast.Module:
    """Parse a cell; every node keeps the line and column of the user's text.

    Parameters
    ----------
    text : str
        The cell as typed; all of it may be indented.

    Returns
    -------
    ast.Module

    Raises
    ------
    BlockError
        When it is not Python, or uses what a cell cannot (``await``, ``%time``).
    """
    # An indented cell is the body of an `if`, so that no column moves and no string changes.
    indented = _first_code_line(text)[:1].isspace()
    try:
        tree = ast.parse(f"if True:\n{text}" if indented else text)
    except _NOT_PYTHON as error:
        raise _not_python(text, error, shift=int(indented)) from None
    if indented:
        tree = _unwrap(text, tree)
    _refuse_await(text, tree)
    try:
        with warnings.catch_warnings():
            # They are shown when the block is compiled to run.
            warnings.simplefilter("ignore")
            compile(tree, "<cell>", "exec", dont_inherit=True)
    except _NOT_PYTHON as error:
        raise _not_python(text, error, shift=0) from None
    return tree


def place(text: str, node: ast.AST) -> Where:
    """Where a node stands in the cell."""
    begin = offset(text, getattr(node, "lineno", 1), getattr(node, "col_offset", 0))
    end = offset(text, getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0))
    return Where(text=text, start=begin, end=max(begin, end))


def offset(text: str, row: int, column: int) -> int:
    """Turn Python's line (from 1) and column (bytes of UTF-8) into an offset in letters."""
    start = _line_start(text, row)
    line = text[start : start + column]
    return start + len(line.encode()[:column].decode(errors="ignore"))


def _line_start(text: str, row: int) -> int:
    position = 0
    for _ in range(row - 1):
        ends = [end for end in (text.find("\n", position), text.find("\r", position)) if end >= 0]
        if not ends:
            return len(text)
        position = min(ends)
        position += 2 if text[position : position + 2] == "\r\n" else 1
    return position


def _first_code_line(text: str) -> str:
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            return line
    return ""


def _unwrap(text: str, tree: ast.Module) -> ast.Module:
    wrapper = tree.body[0]
    assert isinstance(wrapper, ast.If)
    ast.increment_lineno(tree, -1)
    if len(tree.body) > 1 or wrapper.orelse:
        raise BlockError(
            "the first line is indented more than a later one",
            where=place(text, (tree.body[1:] or wrapper.orelse)[0]),
            remedy="Give the lines of the cell the same indentation.",
        )
    return ast.Module(body=wrapper.body, type_ignores=[])


def _not_python(text: str, error: BaseException, *, shift: int) -> BlockError:
    remedy = "Correct it, or write a formula on the first line: y ~ x."
    if not isinstance(error, SyntaxError) or error.lineno is None:
        return BlockError(f"Python does not understand this cell: {error}", remedy=remedy)
    where = _error_place(text, error, shift)
    first = text[where.start : where.start + 1]
    line_start = text.rfind("\n", 0, where.start) + 1
    line = text[line_start:].lstrip(" \t")
    if line[:1] in ("%", "!", "?") or first in ("!", "?"):
        return BlockError(
            "IPython magics and shell commands do not work inside %%glm",
            where=where,
            remedy="Move them to a cell of their own, or above %%glm (%%time works there).",
        )
    message = _shifted(error.msg, shift)
    return BlockError(f"Python does not understand this: {message}", where=where, remedy=remedy)


def _error_place(text: str, error: SyntaxError, shift: int) -> Where:
    row = max((error.lineno or 1) - shift, 1)
    start = min(_line_start(text, row) + max((error.offset or 1) - 1, 0), len(text))
    end = start + 1
    if error.end_lineno == error.lineno and error.end_offset is not None and error.offset is not None:
        end = start + max(error.end_offset - error.offset, 1)
    return Where(text=text, start=start, end=min(end, len(text)))


def _shifted(message: str, shift: int) -> str:
    """Correct the line number (`shift` too large) that some of Python's messages end with."""
    lead, found, number = message.rpartition("on line ")
    if found and number.isdecimal():
        return f"{lead}{found}{int(number) - shift}"
    return message


def _refuse_await(text: str, tree: ast.Module) -> None:
    for node in walk_scope(tree):
        asynchronous = isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith) or (
            isinstance(node, ast.comprehension) and node.is_async
        )
        if asynchronous:
            place_of = node.target if isinstance(node, ast.comprehension) else node
            raise BlockError(
                "await does not work inside %%glm",
                where=place(text, place_of),
                remedy="Await it in the cell before, and use the result here.",
            )
        if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom):
            word = "return" if isinstance(node, ast.Return) else "yield"
            raise BlockError(
                f"{word} stands outside a function",
                where=place(text, node),
                remedy="Write the statements of the model without it.",
            )


def walk_scope(node: ast.AST) -> Iterator[ast.AST]:
    """Walk the nodes that run at the top level, in the order of the text, without entering functions."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one is not node:
            yield one
        if one is node or not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(reversed(list(ast.iter_child_nodes(one))))
