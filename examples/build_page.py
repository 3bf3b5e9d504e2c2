"""Write an executed notebook as one interactive page that needs nothing but itself.

``python examples/build_page.py build/pymc_401.ipynb build/pymc_401.html``

nbconvert's own page fetches MathJax, require.js and the widget manager from the
network. This one keeps the fits' ``text/html``, sandboxed frames that carry their
pages with them or share one, and forbids itself every request by a
Content-Security-Policy. Works from a file and with the network cut.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter

from glm_magic.files import write

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
SCRIPT_TYPES = {"", "module", "text/javascript", "application/javascript"}

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""

STYLE = """
:root { color-scheme: light; }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color: #1f2328; background: #fff; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem 1.25rem 4rem; }
h1, h2, h3 { line-height: 1.25; }
a.anchor-link, .prompt { display: none; }
a { color: #0b5cad; }
pre, code { font: 14px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
.highlight, .input_area > pre { background: #f6f8fa; border-radius: 6px; overflow-x: auto; }
.highlight pre, .output_text pre { margin: 0; padding: .6rem .8rem; }
.output_stderr { background: #fff4f4; }
.output_area { margin: .5rem 0; overflow-x: auto; }
img { max-width: 100%; }
table { border-collapse: collapse; font-size: 14px; }
th, td { padding: .2rem .7rem; border: 0; border-bottom: 1px solid #d8dee4; text-align: right; }
iframe { width: 100%; border: 0; }
"""


class Inline(NamedTuple):
    """What a page carries inline, and a Content-Security-Policy must name by its hash."""

    scripts: set[str]
    styles: set[str]
    style_attributes: set[str]


def write_page(notebook: Path, page: Path) -> None:
    """Write the executed `notebook` as the self-contained `page`."""
    executed = nbformat.read(notebook, as_version=4)
    without_widgets(executed)
    body, _ = HTMLExporter(template_name="basic", anchor_link_text="").from_notebook_node(executed)
    style = STYLE + HtmlFormatter(style="default").get_style_defs(".highlight")
    title = html.escape(title_of(executed, otherwise=notebook.stem))
    draft = PAGE.format(policy="", title=title, style=style, body=body)
    policy = html.escape(content_security_policy(inline_parts(draft)), quote=True)
    page.parent.mkdir(parents=True, exist_ok=True)
    write(page, PAGE.format(policy=policy, title=title, style=style, body=body).encode("utf-8"))


def without_widgets(notebook: Any) -> None:
    """Take the widget views out of `notebook`, so that their ``text/html`` is shown."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)


def title_of(notebook: Any, *, otherwise: str) -> str:
    """Return the first heading of `notebook`."""
    lines = (
        line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()
    )
    return next((line.lstrip("# ") for line in lines if line.startswith("# ")), otherwise)


def content_security_policy(inline: Inline) -> str:
    """Return the policy that allows what is `inline`, images in data URLs, a panel's workers, and nothing else.

    A frame with ``srcdoc`` inherits its parent's policy, so `inline` must hold
    the frames' own scripts and styles too. Hashes of style attributes count only
    beside ``'unsafe-hashes'``. A frame's ``srcdoc`` is no request: ``frame-src``
    stays shut.
    """
    styles = [*sources(inline.styles)]
    if inline.style_attributes:
        styles += ["'unsafe-hashes'", *sources(inline.style_attributes)]
    return "; ".join(
        [
            "default-src 'none'",
            " ".join(["script-src", *(sources(inline.scripts) or ["'none'"])]),
            " ".join(["style-src", *(styles or ["'none'"])]),
            "img-src data:",
            "worker-src blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def sources(texts: Iterable[str]) -> list[str]:
    """Return the hash sources of `texts`, in an order that does not depend on the run."""
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def inline_parts(page: str) -> Inline:
    """Return the inline scripts and styles of `page` and, in turn, of the frames in it."""
    reader = InlineReader()
    reader.feed(page.replace("\r\n", "\n").replace("\r", "\n"))  # as a browser reads it
    reader.close()
    return reader.found


class InlineReader(HTMLParser):
    """Read a page for its inline parts."""

    def __init__(self) -> None:
        super().__init__()
        self.found = Inline(set(), set(), set())
        self._text: list[str] | None = None
        self._template: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a style attribute, a frame's page, or the start of inline text."""
        given = {name: value or "" for name, value in attrs}
        if given.get("style"):
            self.found.style_attributes.add(given["style"])
        if "srcdoc" in given:
            self._add(given["srcdoc"])
        # The document that the frames of a page share, as a JSON string.
        self._template = [] if given.get("class") == "glm-template" else None
        is_script = tag == "script" and "src" not in given and given.get("type", "") in SCRIPT_TYPES
        self._text = [] if is_script or tag == "style" else None

    def handle_data(self, data: str) -> None:
        """Collect inline text."""
        for text in (self._text, self._template):
            if text is not None:
                text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Note the inline text that ends here."""
        if self._text is not None and tag in ("script", "style"):
            (self.found.scripts if tag == "script" else self.found.styles).add("".join(self._text))
        if self._template is not None and tag == "script":
            self._add(json.loads("".join(self._template)))
        self._text = self._template = None

    def _add(self, document: str) -> None:
        """Note the inline parts of a frame's document."""
        for mine, theirs in zip(self.found, inline_parts(document), strict=True):
            mine.update(theirs)


if __name__ == "__main__":
    write_page(Path(sys.argv[1]), Path(sys.argv[2]))
