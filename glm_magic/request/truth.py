"""The values of ``--truth "Intercept=1, x=2, 1|school_sigma=0.5"``."""

from __future__ import annotations

import math
from collections.abc import Iterator

from glm_magic.errors import HeaderError
from glm_magic.request.words import Word

_EXAMPLE = 'Write --truth "Intercept=1, x=2, sigma=0.5", for example.'


def read_truth(word: Word, begin: int = 0) -> dict[str, float]:
    """Read true values by parameter name.

    Names may be any term label: a comma inside brackets and all but the last ``=`` of a
    part belong to the name (``bs(x, df=5)=1``).

    Parameters
    ----------
    word : Word
        The word that holds the values.
    begin : int
        Where they begin in the word.

    Returns
    -------
    dict of str to float

    Raises
    ------
    HeaderError
        When a part is not ``NAME=VALUE``, or a name is given twice.
    """
    values: dict[str, float] = {}
    for start, end in _parts(word.text, begin):
        part = word.text[start:end]
        name, equals, number = part.rpartition("=")
        name = name.strip()
        where = word.where(start, end)
        if not equals or not name:
            raise HeaderError(f"--truth needs NAME=VALUE, not {part!r}", where=where, remedy=_EXAMPLE)
        value = _number(number)
        if value is None:
            place = word.where(end - len(number), end) if number else where
            raise HeaderError(
                f"--truth needs a number for {name}, not {number.strip()!r}", where=place, remedy=_EXAMPLE
            )
        if name in values:
            raise HeaderError(f"--truth gives {name} twice", where=where, remedy="Keep one of the two.")
        values[name] = value
    return values


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _parts(text: str, begin: int) -> Iterator[tuple[int, int]]:
    """Stretches between the commas that stand outside brackets, without outer spaces."""
    depth = 0
    start = begin
    for position in range(begin, len(text) + 1):
        letter = text[position : position + 1]
        depth += (letter in "([{" and letter != "") - (letter in ")]}" and letter != "")
        if letter == "" or (letter == "," and depth <= 0):
            stretch = text[start:position]
            lead = len(stretch) - len(stretch.lstrip())
            yield start + lead, max(start + lead, start + len(stretch.rstrip()))
            start = position + 1
