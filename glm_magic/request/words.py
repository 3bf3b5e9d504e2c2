"""The words of a magic line, each knowing where it stands.

The standard library's shlex gives no positions, and an error has to point.
Quotes hold words together; a backslash is a letter like any other, so that Windows paths
need no care. ``#`` at the start of a word begins a comment.
"""

from __future__ import annotations

from dataclasses import dataclass

from glm_magic.errors import HeaderError, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of the magic line.

    Attributes
    ----------
    text : str
        Without its quotes.
    offsets : tuple of int
        For each letter of `text`, its offset in the line.
    line : str
        The whole line.
    start, end : int
        The stretch of the line, quotes included.
    """

    text: str
    offsets: tuple[int, ...]
    line: str
    start: int
    end: int

    @property
    def quoted(self) -> bool:
        """Whether the word begins with a quote."""
        return self.line[self.start] in "'\""

    def where(self, start: int = 0, end: int | None = None) -> Where:
        """Where the letters from `start` to `end` of the word stand in the line."""
        inside = self.offsets[start:end]
        if not inside or (start == 0 and end is None):
            return Where(text=self.line, start=self.start, end=self.end)
        return Where(text=self.line, start=inside[0], end=inside[-1] + 1)


def read_words(line: str, end: int | None = None) -> list[Word]:
    """Split a magic line into words.

    Parameters
    ----------
    line : str
        The whole line.
    end : int, optional
        Where the header ends in the line; the rest is left alone.

    Returns
    -------
    list of Word

    Raises
    ------
    HeaderError
        When a quote is not closed.
    """
    stop = len(line) if end is None else end
    words: list[Word] = []
    position = 0
    while position < stop:
        if line[position].isspace():
            position += 1
        elif line[position] == "#":
            break
        else:
            word = _read_word(line, position, stop)
            words.append(word)
            position = word.end
    return words


def _read_word(line: str, start: int, stop: int) -> Word:
    offsets: list[int] = []
    position = start
    while position < stop and not line[position].isspace():
        if line[position] in "'\"":
            closing = closing_quote(line, position, stop)
            offsets.extend(range(position + 1, closing))
            position = closing + 1
        else:
            offsets.append(position)
            position += 1
    text = "".join(line[offset] for offset in offsets)
    return Word(text=text, offsets=tuple(offsets), line=line, start=start, end=position)


def closing_quote(line: str, opening: int, stop: int) -> int:
    """Find the quote that closes the one at `opening`.

    Raises
    ------
    HeaderError
        When there is none before `stop`.
    """
    closing = line.find(line[opening], opening + 1, stop)
    if closing < 0:
        raise HeaderError(
            "a quote is not closed",
            where=Where(text=line, start=opening, end=opening + 1),
            remedy=f"Add {line[opening]} where the quoted text ends.",
        )
    return closing
