"""A lesson: several fits with text between them, as one HTML document.

The bundle is in the document once; each panel has its payload beside it. As in the page of one fit, the policy
allows the one script and the one style sheet, and no request.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from html import escape
from typing import Any

from glm_magic import files
from glm_magic.document import document_html, panel_html
from glm_magic.errors import FileError
from glm_magic.fit import Fit
from glm_magic.lesson.markdown import as_html
from glm_magic.lesson.outline import Outline

STYLE = """
body{background:Canvas;color:CanvasText;font:16px/1.6 system-ui,sans-serif;overflow-wrap:break-word}
main{max-width:58rem;margin:0 auto}
h1,h2,h3,h4,h5,h6{line-height:1.25}
.lesson-text{max-width:46rem}
.lesson-text pre,.lesson-table{overflow-x:auto}
.lesson-text table{border-collapse:collapse}
.lesson-text th,.lesson-text td{padding:.2em .7em;border:1px solid GrayText}
.lesson-text img{max-width:100%}
.lesson-fit{margin:1.5rem 0}
"""

LOOKS_LIKE_A_FILE = re.compile(r"\S+\.(?:md|markdown|txt|rst|html?|ipynb|nc)")
EXAMPLE = "Write page([fit, 'Some *Markdown*.', other_fit], 'lesson.html', title='A lesson')."


def page(items: Iterable[Fit | str], path: str | os.PathLike[str], *, title: str) -> None:
    r"""Write a page of several fits with text between them, which needs no kernel and no network.

    Parameters
    ----------
    items : list of Fit or str
        In the order of the page. A text is Markdown: CommonMark, tables and strikethrough.
    path : str or path-like
        Where to write it.
    title : str
        The title of the page, and its first heading.

    Raises
    ------
    FileError
        If an item is neither a fit nor a text, a picture cannot be put into the page, or the page cannot be
        written there. What was there before is unchanged.

    Notes
    -----
    - The panel's script is in the page once, however many fits there are.
    - Headings of the text, and the formulas of the fits, have anchors and are listed at the top of the page. The
      title is the only first-level heading; those of the text are numbered beneath it, so that none is skipped.
    - HTML in the text is shown as text. Links lead to http, https and mailto addresses, to other files and to
      anchors of the page; what claims to be another link stays text.
    - A picture, ``![Residuals](residuals.png)``, is read from its file and becomes part of the page.
    - Mathematics is not typeset: ``$\beta$`` is shown as it is written. Unicode (β₁) reads well, and backquotes
      keep stars and underscores from being read as Markdown.

    Examples
    --------
    >>> page(
    ...     ["## One line for all", pooled, "## A line for each school", varying],
    ...     "lesson.html",
    ...     title="Partial pooling",
    ... )  # doctest: +SKIP
    """
    found, heading = _checked(items), _title(title)
    # A label may hold half of a surrogate pair, which is no character.
    files.write(path, _document(heading, found).encode("utf-8", "replace"))


def _checked(items: Any) -> list[Fit | str]:
    """Refuse what a page cannot show."""
    if isinstance(items, str | bytes | Fit | os.PathLike) or not isinstance(items, Iterable):
        raise FileError(
            f"a page is made of a list of fits and texts, not of one {type(items).__name__}", remedy=EXAMPLE
        )
    found = list(items)
    if not found:
        raise FileError("a page of no items would be empty", remedy=EXAMPLE)
    for number, item in enumerate(found, start=1):
        if isinstance(item, str) and LOOKS_LIKE_A_FILE.fullmatch(item.strip()):
            raise FileError(
                f"item {number} of the page is {item!r:.80}, the name of a file and not its text",
                remedy="Read it first: pathlib.Path('text.md').read_text(), or glm_magic.load('fit.nc').",
            )
        if not isinstance(item, str | Fit):
            raise FileError(
                f"item {number} of the page is of type {type(item).__name__}, neither a fit nor a text",
                remedy="A fit is what glm(), a %%glm cell or glm_magic.load() gives; a text is Markdown.",
            )
    return found


def _title(title: Any) -> str:
    if not isinstance(title, str) or not title.strip():
        raise FileError(
            f"the title of a page must be a text, not {title!r:.60}", remedy="Write title='A lesson'."
        )
    return " ".join(title.split())


def _document(title: str, items: list[Fit | str]) -> str:
    outline = Outline()
    parts = [_text(item, outline) if isinstance(item, str) else _panel(item, outline) for item in items]
    body = f"<main>\n<h1>{escape(title)}</h1>\n{outline.as_html()}{''.join(parts)}</main>"
    return document_html(title, body, STYLE)


def _text(markdown: str, outline: Outline) -> str:
    return f'<div class="lesson-text">\n{as_html(markdown, outline)}</div>\n'


def _panel(fit: Fit, outline: Outline) -> str:
    heading = outline.beneath(fit.view.title)
    panel = panel_html(fit.view, fit._payload, heading=heading.level)
    return f'<section class="lesson-fit" id="{heading.anchor}">\n{panel}</section>\n'
