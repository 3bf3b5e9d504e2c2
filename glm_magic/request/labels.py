"""Labels of the summary as users write them: ``1|school[7]``, ``I(x/10)``, ``g[b]``.

Spaces inside of a label do not matter, as they do not in a formula: ``I(x/10)`` is ``I(x / 10)``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from glm_magic.errors import FormulaError, Where, did_you_mean

_GLUE = frozenset("([{|:")
"""What only a label holds: where one of these is in it, spaces are the user's own."""
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Labels:
    """The numbers that a text may name.

    Parameters
    ----------
    numbers : iterable of (str, str)
        The label of each number, and that of its variable: ``("g[b]", "g")``.
    """

    def __init__(self, numbers: Iterable[tuple[str, str]]) -> None:
        self._own: dict[str, list[int]] = {}
        self._squeezed: dict[str, set[str]] = {}
        self._variables: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}
        for place, (label, variable) in enumerate(numbers):
            self._own.setdefault(label, []).append(place)
            self._squeezed.setdefault(squeezed(label)[0], set()).add(label)
            self._names[squeezed(variable)[0]] = variable
            self._variables.setdefault(variable, []).append(label)
        # By their first letter; the longest first.
        self._starts: dict[str, list[str]] = {}
        for label in sorted(self._own, key=len, reverse=True):
            self._starts.setdefault(label[:1], []).append(label)
        self._loose: dict[str, list[str]] = {}
        for text in sorted(self._squeezed, key=len, reverse=True):
            if _GLUE.intersection(text):
                self._loose.setdefault(text[:1], []).append(text)

    def place(self, label: str) -> int:
        """Give the position of a number among those that may be named."""
        return self._own[label][0]

    def at(self, text: str, start: int, short: tuple[str, Sequence[int]]) -> tuple[str, int] | None:
        """Read the longest label that stands at a place of a text.

        Parameters
        ----------
        text : str
        start : int
            Of a letter.
        short : (str, sequence of int)
            The text as `squeezed` gives it.

        Returns
        -------
        (str, int) or None
            The label, and where it ends.
        """
        found: tuple[str, int] | None = None
        for label in self._starts.get(text[start : start + 1], ()):
            if text.startswith(label, start) and _ends(label, text, start + len(label)):
                found = label, start + len(label)
                break
        rest, offsets = short
        begin = bisect_left(offsets, start)
        for label in self._loose.get(rest[begin : begin + 1], ()):
            if rest.startswith(label, begin):
                end = offsets[begin + len(label) - 1] + 1
                if _ends(label, text, end) and (found is None or end > found[1]):
                    return self._one(label, text, start, end), end
        return found

    def named(self, text: str, where: Where | None = None) -> list[int]:
        """Find the numbers of a name: one number, or all of a variable.

        Parameters
        ----------
        text : str
            A label of the summary, or a variable's name.
        where : Where, optional
            Where the user wrote it.

        Returns
        -------
        list of int
            Their positions.

        Raises
        ------
        FormulaError
            If there is no such number.
        """
        if text in self._own:
            return self._own[text]
        short = squeezed(text)[0]
        known = self._variables.get(self._names.get(short, "")) or sorted(self._squeezed.get(short, ()))
        if not known:
            raise self.unknown(text, where)
        return sorted({place for label in known for place in self._own[label]})

    def number(self, text: str, where: Where) -> str:
        """Find the one number of a name.

        Parameters
        ----------
        text : str
        where : Where

        Returns
        -------
        str
            Its label.

        Raises
        ------
        FormulaError
            If there is no such number, or there are several.
        """
        if text in self._own:
            label = text
        elif (short := squeezed(text)[0]) in self._squeezed:
            label = self._one(short, where.text, where.start, where.end)
        else:
            raise self.unknown(text, where)
        if len(self._own[label]) > 1:
            raise FormulaError(f"{len(self._own[label])} numbers are called {label!r}", where=where)
        return label

    def unknown(self, text: str, where: Where | None) -> FormulaError:
        """Say that no number has a name."""
        several = self._variables.get(self._names.get(squeezed(text)[0], ""), [])
        if several:
            shown = ", ".join(several[:3]) + ", ..." * (len(several) > 3)
            return FormulaError(
                f"{text!r} is {len(several)} numbers", where=where, remedy=f"Write which: {shown}."
            )
        names = [*self._own, *self._variables]
        return FormulaError(f"no parameter is called {text!r}", where=where, remedy=did_you_mean(text, names))

    def _one(self, short: str, text: str, start: int, end: int) -> str:
        """Choose among labels that differ in their spaces only: the one as written, or the only one."""
        written, known = text[start:end], self._squeezed[short]
        if written in known or len(known) == 1:
            return written if written in known else next(iter(known))
        raise FormulaError(
            f"{' and '.join(map(repr, sorted(known)))} differ in their spaces only",
            where=Where(text=text, start=start, end=end),
            remedy="Write one of them with its own spaces.",
        )


def squeezed(text: str) -> tuple[str, Sequence[int]]:
    """Leave out the spaces that do not part two words.

    Parameters
    ----------
    text : str

    Returns
    -------
    (str, sequence of int)
        The rest, and where each of its letters stood.
    """
    letters: list[str] = []
    offsets: list[int] = []
    gap = False
    for position, letter in enumerate(text):
        if letter.isspace():
            gap = True
            continue
        if gap and letters and _is_word(letters[-1]) and _is_word(letter):
            letters.append(" ")
            offsets.append(position - 1)
        letters.append(letter)
        offsets.append(position)
        gap = False
    return "".join(letters), offsets


def stretch(text: str, start: int) -> int:
    """Find the end of what looks like a name: a word with the brackets and the bars that follow it.

    Parameters
    ----------
    text : str
    start : int

    Returns
    -------
    int
        `start` where there is no word.
    """
    position = start
    while position < len(text):
        letter = text[position]
        if letter in _CLOSING and position > start:
            end = text.find(_CLOSING[letter], position)
            position = len(text) if end < 0 else end + 1
        elif _is_word(letter) or letter in ".|:":
            position += 1
        else:
            break
    return position


def _ends(label: str, text: str, end: int) -> bool:
    """Tell whether a label ends where it stands: nothing follows that would make it another name."""
    after = text[end : end + 1]
    return not (after and ((_is_word(label[-1]) and _is_word(after)) or after in "([{|:."))


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_"
