"""The magic line: ``%%glm [DATA] [options]`` and ``%glm DATA [options]: FORMULA``.

::

    line -> read_words -> words with places -> read_header -> Header
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from glm_magic.errors import HeaderError, Where, did_you_mean
from glm_magic.request import Options
from glm_magic.request.options import (
    BY_FLAG,
    FITTING,
    OPTIONS,
    Option,
    asked_truth,
    check_options,
    wrong_value,
)
from glm_magic.request.truth import read_truth
from glm_magic.request.usage import help_text
from glm_magic.request.words import Word, closing_quote, read_words

__all__ = ["OPTIONS", "Header", "check_options", "help_text", "read_header", "split_line"]

_SHORT_FLAG = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The magic line, read.

    Attributes
    ----------
    data : str or None
        Name of a data frame or a path, as typed.
    data_where : Where or None
        Its place in the line.
    options : Options
        The defaults, with what the user typed put over them.
    given : mapping of str to Where
        Fields of `options` that the user typed, each with the place of its value.
    out : str or None
        The name to bind the fit to.
    static : bool
        Show HTML only.
    quiet : bool
        Show nothing: no progress, no panel.
    help : bool
        Show the help text; nothing else of the line was read.
    """

    data: str | None = None
    data_where: Where | None = None
    options: Options
    given: Mapping[str, Where] = field(default_factory=dict)
    out: str | None = None
    static: bool = False
    quiet: bool = False
    help: bool = False


def read_header(line: str, defaults: Options, *, end: int | None = None) -> Header:
    """Read the magic line.

    Parameters
    ----------
    line : str
        What follows ``%%glm``, or the whole line of ``%glm``.
    defaults : Options
        Values of the options that are not typed.
    end : int, optional
        Where the header ends in `line`; the rest is a formula.

    Returns
    -------
    Header

    Raises
    ------
    HeaderError
        When a word is not understood or a value breaks its rule.
    """
    words = read_words(line, end)
    if any(word.text in ("-h", "--help") for word in words):
        return Header(options=defaults, help=True)
    for word in words:
        _refuse_formula(word)
    data, typed = _sort_words(words)
    values = {name: _read_value(typed[name]) for name in typed}
    given = {name: typed[name].value_where() for name in typed if name in FITTING}
    options = replace(defaults, **{name: values[name] for name in given})  # type: ignore[arg-type]
    asked = given.get("ask_truth")
    options = asked_truth(
        check_options(options, where=given), label=None if asked is None else "--ask-truth", where=asked
    )
    return Header(
        data=None if data is None else data.text,
        data_where=None if data is None else data.where(),
        options=options,
        given=given,
        out=None if "out" not in typed else str(values["out"]),
        static="static" in typed,
        quiet="quiet" in typed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    """An option as typed: ``--draws 500`` (value in its own word) or ``--draws=500``."""

    option: Option
    flag: str
    word: Word
    value: Word | None
    begin: int = 0

    def value_where(self) -> Where:
        if self.value is None:
            return self.word.where()
        return self.value.where(self.begin)


def _refuse_formula(word: Word) -> None:
    """Refuse a tilde, unless it begins a path or stands in quotes."""
    if "~" not in word.text or word.quoted or _is_home(word.text, 0):
        return
    at = word.text.index("~")
    raise HeaderError(
        "a formula does not belong in the header",
        where=word.where(at, at + 1),
        remedy="Put it on the first line of the cell, or after a colon: %glm DATA: y ~ x.",
    )


def _sort_words(words: list[Word]) -> tuple[Word | None, dict[str, _Typed]]:
    data: Word | None = None
    typed: dict[str, _Typed] = {}
    rest = iter(words)
    for word in rest:
        if word.text.startswith("-") and not word.quoted:
            option = _read_option(word, rest)
            if option.option.name in typed:
                raise HeaderError(
                    f"{option.option.flags[-1]} is given twice",
                    where=word.where(),
                    remedy="Keep one of the two.",
                )
            typed[option.option.name] = option
        elif data is None:
            data = _read_data(word)
        else:
            raise HeaderError(
                f"more than one DATA: {data.text!r} and {word.text!r}",
                where=word.where(),
                remedy="Name one data frame or file (in quotes when the path has spaces); a formula "
                "belongs in the cell, or after a colon in %glm DATA: FORMULA.",
            )
    return data, typed


def _read_data(word: Word) -> Word:
    if not word.text.strip():
        raise HeaderError(
            "DATA is empty",
            where=word.where(),
            remedy="Name a data frame or a file, or leave it out to use the notebook's arrays.",
        )
    return word


def _read_option(word: Word, rest: Iterator[Word]) -> _Typed:
    flag, equals, _ = word.text.partition("=")
    option = BY_FLAG.get(flag)
    if option is None:
        raise HeaderError(
            f"unknown option {flag}",
            where=word.where(0, len(flag)),
            remedy=_nearest(flag),
        )
    if not option.metavar:
        if equals:
            raise HeaderError(f"{flag} takes no value", where=word.where(), remedy=f"Write {flag} alone.")
        return _Typed(option=option, flag=flag, word=word, value=None)
    if equals:
        return _Typed(option=option, flag=flag, word=word, value=word, begin=len(flag) + 1)
    value = next(rest, None)
    if value is None or (not value.quoted and value.text.partition("=")[0] in BY_FLAG):
        raise HeaderError(
            f"{flag} needs a value",
            where=word.where(),
            remedy=f"Write {flag} {option.example}, for example.",
        )
    return _Typed(option=option, flag=flag, word=word, value=value)


def _nearest(flag: str) -> str:
    long_flags = [option.flags[-1] for option in OPTIONS]
    beginnings = [known for known in long_flags if len(flag) > _SHORT_FLAG and known.startswith(flag)]
    if beginnings:
        return f"Did you mean {' or '.join(map(repr, beginnings))}? Options cannot be shortened."
    suggestion = did_you_mean(flag, long_flags)
    return suggestion if suggestion.startswith("Did") else "%glm --help lists the options."


def _read_value(typed: _Typed) -> object:
    option, value = typed.option, typed.value
    if value is None:
        return True
    if option.name == "truth":
        return read_truth(value, typed.begin)
    text = value.text[typed.begin :]
    try:
        read = option.read(text)
    except ValueError:
        raise wrong_value(option, text, label=typed.flag, where=typed.value_where()) from None
    if option.name == "out" and (not text.isidentifier() or keyword.iskeyword(text)):
        raise wrong_value(option, text, label=typed.flag, where=typed.value_where())
    return read


def split_line(line: str) -> tuple[str, str | None, int]:
    """Split the line of ``%glm DATA [options]: FORMULA``.

    The first colon outside quotes ends the header, unless a tilde comes first: then all of
    the line is a formula. The colon of a drive (``C:/x.csv``) does not count.

    Parameters
    ----------
    line : str
        What follows ``%glm``.

    Returns
    -------
    header : str
    formula : str or None
        None when there is neither colon nor tilde.
    offset : int
        Where the formula begins in `line`.

    Raises
    ------
    HeaderError
        When a quote before the colon is not closed.
    """
    position = 0
    while position < len(line):
        letter = line[position]
        starts_word = position == 0 or line[position - 1].isspace()
        if letter in "'\"`":
            position = closing_quote(line, position, len(line))
        elif letter == "#" and starts_word:
            break
        elif letter == "~" and not (starts_word and _is_home(line, position)):
            _refuse_header_words(line, position)
            return "", line, 0
        elif letter == ":" and not _is_drive(line, position):
            return line[:position], line[position + 1 :], position + 1
        position += 1
    return line, None, len(line)


def _refuse_header_words(line: str, tilde: int) -> None:
    """Refuse ``%glm df y ~ x``: words without an operator before the tilde are a header."""
    words = line[:tilde].split()
    bare = all(not set("+*/:,|()[]`'\"").intersection(word) for word in words)
    if bare and len(words) > 1:
        at = line.index(words[-1], line.index(words[-2]) + len(words[-2]))
        raise HeaderError(
            "a colon is missing between header and formula",
            where=Where(text=line, start=at, end=at + len(words[-1])),
            remedy=f"Write %glm {' '.join(words[:-1])}: {words[-1]} ~ ...",
        )


def _is_home(text: str, position: int) -> bool:
    return text[position : position + 2] in ("~/", "~\\")


def _is_drive(line: str, colon: int) -> bool:
    begins = colon == 1 or (colon > 1 and line[colon - 2].isspace())
    return begins and line[colon - 1].isalpha() and line[colon + 1 : colon + 2] in ("/", "\\")
