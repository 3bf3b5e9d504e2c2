"""What the command says: a message of one to three lines, which begins as those of compilers do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from glm_magic.errors import GlmError, Where

if TYPE_CHECKING:
    from glm_magic.diagnose import Finding

MOST_LINES = 3


def said(stream: TextIO, text: str) -> None:
    """Write a text and a line's end; what the stream cannot encode becomes a question mark.

    Parameters
    ----------
    stream : text file
    text : str
    """
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        stream.flush()
    except BrokenPipeError:
        # Nobody reads on, as behind `| head`. Python would say so once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def of_error(program: str, error: GlmError, model: str, name: str | None) -> str:
    """Tell an error: what, where and what to do.

    Parameters
    ----------
    program : str
    error : GlmError
    model : str
        The text of the formula or block.
    name : str or None
        The file that holds it; None for a formula on the command line.

    Returns
    -------
    str
        ``FILE:LINE:COLUMN`` where the place is known; then the user's line, and carets with the remedy.
    """
    where = error.where
    message, remedy = _one_line(error.message), _one_line(error.remedy)
    # Places in the command line are named by their options.
    if where is None or not model or where.text != model:
        return "\n".join([f"{program}: error: {message}", *([f"    {remedy}"] if remedy else [])])
    source, carets = where.pointer().split("\n")
    place = "" if name is None else f"{name}:{_place(where)}: "
    return f"{program}: error: {place}{message}\n{source}\n{f'{carets} {remedy}'.rstrip()}"


def of_own_error(program: str, error: Exception, own: TracebackType, model: str, name: str) -> str:
    """Tell an error of the user's own statements by the line that raised it.

    Parameters
    ----------
    program : str
    error : Exception
    own : TracebackType
        It begins in the user's text.
    model : str
    name : str
        What the text was compiled as.

    Returns
    -------
    str
    """
    row = own.tb_lineno
    at: TracebackType | None = own
    while at is not None:
        row = at.tb_lineno if at.tb_frame.f_code.co_filename == name else row
        at = at.tb_next
    lines = model.splitlines()
    line = lines[row - 1].strip() if row <= len(lines) else ""
    return f"{program}: error: {name}:{row}: {type(error).__name__}: {_one_line(str(error))}\n    {line}"


def _place(where: Where) -> str:
    before = where.text[: where.start]
    return f"{before.count(chr(10)) + 1}:{where.start - before.rfind(chr(10))}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def of_findings(program: str, findings: Sequence[Finding]) -> str:
    """Tell why a fit should not be trusted.

    Parameters
    ----------
    program : str
    findings : sequence of Finding
        The errors among them, at least one.

    Returns
    -------
    str
    """
    shown = findings if len(findings) <= MOST_LINES else findings[: MOST_LINES - 1]
    lines = [f"{program}: not to be trusted: {_one_line(f'{one.message}. {one.advice}')}." for one in shown]
    if len(shown) < len(findings):
        lines.append(
            f"{program}: not to be trusted: {len(findings) - len(shown)} more reasons, see the summary."
        )
    return "\n".join(lines)
