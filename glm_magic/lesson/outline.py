"""The headings of a page, beneath its title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

TITLE_LEVEL = 1
DEEPEST_LEVEL = 6
"""HTML has no deeper heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One heading.

    Attributes
    ----------
    depth : int
        2 right beneath the title; one more than the heading above it.
    anchor : str
        Its id, of which the page has no other.
    text : str
    """

    depth: int
    anchor: str
    text: str

    @property
    def level(self) -> int:
        """The level of its element."""
        return min(self.depth, DEEPEST_LEVEL)

    @property
    def tag(self) -> str:
        """The element: ``"h2"``."""
        return f"h{self.level}"


class Outline:
    """Collects headings in the order of the page.

    Notes
    -----
    Texts are written apart from each other: one begins with ``##``, the next with ``#``. So the depth of a heading
    is counted from the headings above it, and no level is ever skipped, which readers who go from
    heading to heading rely on (WCAG 2.2, technique G141).
    """

    def __init__(self) -> None:
        self.headings: list[Heading] = []
        self._levels: list[int] = []
        self._anchors: set[str] = set()

    def add(self, level: int, text: str) -> Heading:
        """Add a heading of a text.

        Parameters
        ----------
        level : int
            As it is written: 2 for ``##``.
        text : str

        Returns
        -------
        Heading
        """
        while self._levels and self._levels[-1] >= level:
            self._levels.pop()
        self._levels.append(level)
        return self._kept(TITLE_LEVEL + len(self._levels), text)

    def beneath(self, text: str) -> Heading:
        """Add a heading beneath the last one of a text.

        Parameters
        ----------
        text : str

        Returns
        -------
        Heading
        """
        return self._kept(TITLE_LEVEL + len(self._levels) + 1, text)

    def as_html(self) -> str:
        """Write the table of contents.

        Returns
        -------
        str
            Nested lists of links; nothing where there is no heading.
        """
        if not self.headings:
            return ""
        parts, depth = ['<nav aria-label="Contents">'], TITLE_LEVEL
        for heading in self.headings:
            parts.append(
                "<ul>" if heading.depth > depth else "</li>" + "</ul></li>" * (depth - heading.depth)
            )
            parts.append(f'\n<li><a href="#{heading.anchor}">{escape(heading.text)}</a>')
            depth = heading.depth
        closing = "</li></ul>" * (depth - TITLE_LEVEL)
        return f"{''.join(parts)}{closing}\n</nav>\n"

    def _kept(self, depth: int, text: str) -> Heading:
        words = " ".join(text.split())
        self.headings.append(Heading(depth=depth, anchor=self._anchor(words), text=words))
        return self.headings[-1]

    def _anchor(self, text: str) -> str:
        """Name a heading as GitHub does, so that ``[see above](#one-line-for-all)`` finds it."""
        slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-").strip("-") or "section"
        anchor, number = slug, 1
        while anchor in self._anchors:
            number += 1
            anchor = f"{slug}-{number}"
        self._anchors.add(anchor)
        return anchor
