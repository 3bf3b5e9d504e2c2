"""What can go wrong, told to the user.

::

    GlmError                what, where (with a caret) and what to do
    ├── HeaderError         the magic line and its options
    ├── FormulaError        a formula, prior or auxiliary line, or a hypothesis
    ├── BlockError          a PyMC block
    ├── DataError           the data: a frame, a column, a value
    ├── ModelError          family, link, prior or response do not fit together
    ├── EngineError         an engine is missing or could not sample
    │   └── StartError      the log density is not finite wherever a chain could start
    └── FileError           a saved fit cannot be written or read
    Interrupted             the user stopped the fit (a KeyboardInterrupt)
    Extrapolation           a prediction at values outside the data (a warning)

A notebook prints these as a few lines without a traceback, and the cell fails,
so that "Run All" stops there.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, TracebackType


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A stretch of the user's own text.

    Attributes
    ----------
    text : str
        What the user typed: the whole header, cell or formula.
    start, end : int
        Offsets into `text`, in characters; ``start <= end``.
    """

    text: str
    start: int
    end: int

    def narrowed(self, part: str) -> Where:
        """Point at a part of the stretch, or at all of it when the part does not stand there."""
        at = self.text.find(part, self.start, self.end)
        return self if at < 0 else Where(text=self.text, start=at, end=at + len(part))

    def words(self) -> str:
        """Give the stretch itself."""
        return self.text[self.start : self.end]

    def pointer(self) -> str:
        """Draw the user's line with carets under the stretch, indented by four spaces."""
        line_start = self.text.rfind("\n", 0, self.start) + 1
        line_end = self.text.find("\n", self.start)
        line = self.text[line_start : None if line_end < 0 else line_end]
        column = self.start - line_start
        width = max(1, min(self.end, line_start + len(line)) - self.start)
        # Tabs are kept in the padding, so that the carets stay under their text.
        padding = "".join("\t" if letter == "\t" else " " for letter in line[:column])
        return f"    {line}\n    {padding}{'^' * width}"


NOWHERE: Mapping[str, Where] = MappingProxyType({})
"""The places of options that were not typed in a header."""


class GlmError(Exception):
    """A request that cannot be carried out.

    Parameters
    ----------
    message : str
        What is wrong, in one sentence without a full stop.
    where : Where, optional
        The user's text that is to blame.
    remedy : str, optional
        What to do about it, in one sentence.
    """

    def __init__(self, message: str, *, where: Where | None = None, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """Message, pointer and remedy, as the notebook shows them."""
        parts = [self.message]
        if self.where is not None:
            parts.append(self.where.pointer())
        if self.remedy:
            parts.append(self.remedy)
        return "\n\n".join(parts)

    def _render_traceback_(self) -> list[str]:
        """Give IPython the lines to print instead of a traceback."""
        return f"{type(self).__name__}: {self}".split("\n")


class HeaderError(GlmError):
    """The magic line or one of its options is wrong."""


class FormulaError(GlmError):
    """A formula, prior or auxiliary line, or a hypothesis about its parameters, is wrong."""


class BlockError(GlmError):
    """A PyMC block is wrong."""


class DataError(GlmError):
    """The data cannot be found or cannot be used."""


class ModelError(GlmError):
    """Family, link, priors and response do not make a model."""


class EngineError(GlmError):
    """An engine is missing, or it could not sample the model."""


class StartError(EngineError):
    """The log density is not finite wherever a chain could start."""


class FileError(GlmError):
    """A file cannot be written, or is not a saved fit."""


class Interrupted(KeyboardInterrupt):
    """The user stopped the fit; what was drawn has been shown.

    It stays a KeyboardInterrupt, so that "Run All" stops.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def _render_traceback_(self) -> list[str]:
        """Give IPython one line to print instead of a traceback."""
        return [f"Interrupted: {self.message}"]


def own_lines(traceback: TracebackType | None, filename: str) -> TracebackType | None:
    """Cut a traceback so that it begins in the user's own text.

    Parameters
    ----------
    traceback : TracebackType or None
    filename : str
        What the user's text was compiled as.

    Returns
    -------
    TracebackType or None
        None when no frame of it runs the user's text.
    """
    while traceback is not None and traceback.tb_frame.f_code.co_filename != filename:
        traceback = traceback.tb_next
    return traceback


def innermost(traceback: TracebackType | None) -> TracebackType | None:
    """Give the end of a traceback: where the error was raised."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the known words that look like a mistyped one.

    Parameters
    ----------
    word : str
        What the user typed.
    known : iterable of str
        What would have been understood.

    Returns
    -------
    str
        ``"Did you mean 'weight'?"``, or ``""`` when nothing is near.
    """
    folded = {str(name).casefold(): str(name) for name in known}
    near = difflib.get_close_matches(word.casefold(), list(folded), n=2, cutoff=0.6)
    return f"Did you mean {' or '.join(repr(folded[name]) for name in near)}?" if near else ""


class Extrapolation(UserWarning):
    """A prediction at values that the data do not reach."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known words, or else say what is known.

    Parameters
    ----------
    word : str
        What the user typed.
    known : iterable of str
        What would have been understood.

    Returns
    -------
    str
        `nearest`, or at most twelve known names; ``""`` when nothing is known.
    """
    # A column may be called anything, and a message is read line by line.
    choices = sorted({" ".join(str(name).split()) for name in known})
    if not choices:
        return ""
    more = f" and {len(choices) - 12} more" if len(choices) > 12 else ""
    return nearest(word, choices) or f"Known here: {', '.join(choices[:12])}{more}."
