"""Markdown -> HTML that can be put into a page: no markup of its own, and nothing to be fetched."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

from glm_magic import files
from glm_magic.errors import FileError
from glm_magic.lesson.outline import Outline

SCHEMES = ("http", "https", "mailto")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".svg": "image/svg+xml",  # in an img element, which runs no script and loads nothing
}


class _Markdown(MarkdownIt):
    """CommonMark with tables and strikethrough; HTML is text, and a link has one of `SCHEMES` or none."""

    def __init__(self) -> None:
        super().__init__("js-default", {"html": False})
        self.add_render_rule("fence", _code)
        self.add_render_rule("code_block", _code)
        self.add_render_rule("table_open", lambda *_: '<div class="lesson-table" tabindex="0"><table>\n')
        self.add_render_rule("table_close", lambda *_: "</table></div>\n")

    def validateLink(self, url: str) -> bool:  # noqa: N802  # the library's own name
        scheme = SCHEME.match(url.strip())
        return scheme is None or scheme.group(1).lower() in SCHEMES


def _code(_renderer: object, tokens: Sequence[Token], at: int, *_: object) -> str:
    """Write code that a keyboard can scroll, as the table above: nothing else in it takes the focus."""
    return f'<pre tabindex="0"><code>{escape(tokens[at].content)}</code></pre>\n'


def as_html(markdown: str, outline: Outline) -> str:
    """Render a text.

    Parameters
    ----------
    markdown : str
    outline : Outline
        Its headings are added here, which gives them their levels and anchors.

    Returns
    -------
    str

    Raises
    ------
    FileError
        If a picture cannot be put into the page.
    """
    reader, links = _Markdown(), dict[str, Any]()
    tokens = reader.parse(markdown, links)
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = outline.add(int(token.tag[1:]), _words(tokens[position + 1]))
            token.tag = tokens[position + 2].tag = heading.tag
            token.attrSet("id", heading.anchor)
    for token in _inline(tokens):
        if token.type == "image":
            token.attrSet("src", _embedded(str(token.attrGet("src"))))
    return str(reader.renderer.render(tokens, reader.options, links))


def _inline(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _inline(token.children or ())


def _words(heading: Token) -> str:
    """Give a heading as plain text; a line break in it is a space."""
    return "".join(
        " " if token.type.endswith("break") else token.content
        for token in heading.children or ()
        if token.type != "image"
    )


def _embedded(source: str) -> str:
    """Turn the name of a picture's file into the picture itself: the page asks for nothing."""
    if SCHEME.match(source) or source.startswith("//"):
        raise FileError(
            f"the picture {source!r:.80} is on another machine, which a page asks for nothing",
            remedy="Save it as a file and name that: ![What it shows](picture.png).",
        )
    name = unquote(source)
    kind = PICTURES.get(PurePosixPath(name).suffix.lower())
    if kind is None:
        raise FileError(
            f"{name!r:.80} is no picture that a page can hold", remedy=f"It can hold {', '.join(PICTURES)}."
        )
    return f"data:{kind};base64,{base64.b64encode(files.read(name)).decode('ascii')}"
