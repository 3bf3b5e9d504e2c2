"""A lesson is one document: fits and Markdown under one outline, with the bundle in it once."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import glm_magic
from glm_magic.document import bundled, page_html
from glm_magic.errors import FileError
from glm_magic.lesson.markdown import as_html
from glm_magic.lesson.outline import Outline
from glm_magic.views.panel import payload_of

INTRODUCTION = """# Where we begin

Text with *emphasis*, a [link](https://example.org/a?b=1&c=2) and a [place](#the-fit-again).

| a | b |
|---|---|
| 1 | 2 |

### The model & its `priors`
"""
AFTER = "# Where we begin\n\n## The fit, again"


class Elements(HTMLParser):
    """What a document holds: its elements with their attributes, and the text of some."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self._open = [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        for tag in self._open:
            self.texts[tag] = self.texts.get(tag, "") + data

    def named(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def lesson(line_fit, tmp_path_factory):
    path = tmp_path_factory.mktemp("lesson") / "lesson.html"
    glm_magic.page(
        [INTRODUCTION, line_fit, "Text without a heading.", line_fit, AFTER, line_fit],
        path,
        title="Lines & <circles>",
    )
    return path.read_text("utf-8")


def headings(text):
    return [
        (int(level), anchor, re.sub("<[^>]+>", "", words))
        for level, anchor, words in re.findall(r'<h([1-6])(?: id="([^"]*)")?>(.*?)</h\1>', text)
    ]


def test_the_bundle_and_the_policy_are_there_once(lesson):
    assert lesson.count(bundled("page.js")) == 1
    assert lesson.count(bundled("widget.css")) == 1
    found = Elements(lesson)
    scripts = found.named("script")
    assert [one.get("type") for one in scripts] == ["application/json"] * 3 + [None]
    (policy,) = [one["content"] for one in found.named("meta") if "http-equiv" in one]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert policy.count("sha256-") == 2


def test_each_fit_has_its_payload_and_its_table(lesson, line_fit):
    payloads = re.findall(r'class="glm-payload">(.*?)</script>', lesson)
    assert len(payloads) == 3
    assert base64.b64decode(json.loads(payloads[2])["buffer"]) == payload_of(line_fit.view).buffer
    assert lesson.count("<noscript>") == 3


def test_the_page_is_smaller_than_its_fits_in_pages_of_their_own(lesson, line_fit):
    once = len(bundled("page.js")) + len(bundled("widget.css"))
    assert len(lesson) < 3 * len(page_html(line_fit.view, payload_of(line_fit.view))) - 1.9 * once


def test_headings_have_one_title_and_no_level_is_skipped(lesson):
    assert headings(lesson) == [
        (1, "", "Lines &amp; &lt;circles&gt;"),
        (2, "where-we-begin", "Where we begin"),
        (3, "the-model--its-priors", "The model &amp; its priors"),
        (4, "", "y ~ x"),
        (4, "", "y ~ x"),
        (2, "where-we-begin-2", "Where we begin"),
        (3, "the-fit-again", "The fit, again"),
        (4, "", "y ~ x"),
    ]
    # The headings of fits above stand there without scripts; else the script makes them, of that level.
    assert re.findall('data-glm-heading="(.)"', lesson) == ["4", "4", "4"]
    assert [level for level in Elements(lesson).elements if level[0] in ("main", "nav")] == [
        ("main", {}),
        ("nav", {"aria-label": "Contents"}),
    ]


def test_contents_link_to_every_heading_and_are_nested_as_they_are(lesson):
    (nav,) = re.findall(r"<nav.*?</nav>", lesson, re.S)
    anchors = re.findall(' id="([^"]*)"', lesson)
    assert anchors[2:4] + anchors[-1:] == ["y--x", "y--x-2", "y--x-3"]
    assert re.findall('href="#([^"]*)"', nav) == anchors
    assert nav.count("<ul>") == nav.count("</ul>") == 5
    assert nav.count("<li>") == nav.count("</li>") == 7
    depth, depths = 0, []
    for part in re.findall("</?ul>|<a", nav):
        depth += {"<ul>": 1, "</ul>": -1}.get(part, 0)
        depths += [depth] * (part == "<a")
    assert depths == [level - 1 for level, *_ in headings(lesson)[1:]]


def test_levels_are_counted_from_the_headings_above():
    outline = Outline()
    written = [(3, "c"), (4, "d"), (2, "b"), (6, "f"), (1, "a"), (2, "b")]
    assert [outline.add(*one).depth for one in written] == [2, 3, 2, 3, 2, 3]
    assert [one.anchor for one in outline.headings] == ["c", "d", "b", "f", "a", "b-2"]
    for level in range(2, 9):
        deepest = outline.add(level, "?!")
    assert (deepest.depth, deepest.tag, deepest.anchor) == (9, "h6", "section-7")


def test_a_page_of_one_text_has_no_contents(tmp_path):
    glm_magic.page(["Only text."], tmp_path / "text.html", title="T")
    assert "<nav" not in (tmp_path / "text.html").read_text("utf-8")


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<div style='color:red'>\n\n# x\n\n</div>",
        "# <script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x]( java\nscript:alert(1))",
        "[x]: data:text/html,<script>alert(1)</script>\n\n[x]",
        "<javascript:alert(1)>",
        "[x](vbscript:x)",
        "[x](file:///etc/passwd)",
        "![x](javascript:alert(1))",
        '[x](https://example.org "\\" onmouseover=alert(1)")',
        "```<script>\nalert(1)\n```",
    ],
)
def test_markup_and_unsafe_links_stay_text(markdown):
    outline = Outline()
    found = Elements(as_html(markdown, outline) + outline.as_html())
    assert not {"script", "img", "div"} & {tag for tag, _ in found.elements}
    attributes = [attribute for _, each in found.elements for attribute in each.items()]
    assert not [name for name, _ in attributes if name.startswith("on") or name == "style"]
    addresses = [value for name, value in attributes if name in ("href", "src")]
    assert [one for one in addresses if not one.startswith(("https:", "#"))] == []


def test_what_is_wider_than_the_page_can_be_scrolled_by_keyboard():
    html = as_html("| a |\n|---|\n| 1 |\n\n```python\na < 1\n```\n\n    indented\n", Outline())
    assert re.findall(r'<(\w+)[^>]* tabindex="0"', html) == ["div", "pre", "pre"]
    assert html.count("</table></div>") == 1
    assert "<code>a &lt; 1\n</code>" in html


@pytest.mark.parametrize("target", ["https://a.org", "http://a.org", "mailto:a@b.org", "#part", "other.html"])
def test_links_lead_to_pages_mail_files_and_anchors(target):
    assert Elements(as_html(f"[x]({target})", Outline())).named("a") == [{"href": target}]


def test_a_picture_becomes_part_of_the_page(tmp_path):
    content = b"\x89PNG\r\n\x1a\n"
    (tmp_path / "my picture.png").write_bytes(content)
    source = f"{tmp_path.as_posix()}/my picture.png"
    (image,) = Elements(as_html(f"![What it shows](<{source}>)", Outline())).named("img")
    assert image["alt"] == "What it shows"
    assert base64.b64decode(image["src"].removeprefix("data:image/png;base64,")) == content


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("https://example.org/a.png", "is on another machine"),
        ("//example.org/a.png", "is on another machine"),
        ("a.txt", "is no picture that a page can hold"),
        ("missing.png", "there is no file"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_an_error(source, message, tmp_path):
    with pytest.raises(FileError, match=message):
        glm_magic.page([f"![x]({source})"], tmp_path / "a.html", title="T")
    assert not (tmp_path / "a.html").exists()


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([], "of no items"),
        ("text", "a list of fits and texts, not of one str"),
        (Path("a.md"), "a list of fits and texts, not of one"),
        (7, "not of one int"),
        (["text", 7], "item 2 of the page is of type int"),
        ([Path("a.md")], r"item 1 of the page is of type \w*Path"),
        (["text", "intro.md"], "item 2 of the page is 'intro.md', the name of a file"),
        (["fit.nc"], "the name of a file"),
    ],
)
def test_wrong_items_are_named(items, message, tmp_path):
    with pytest.raises(FileError, match=message) as caught:
        glm_magic.page(items, tmp_path / "a.html", title="T")
    assert caught.value.remedy
    assert not (tmp_path / "a.html").exists()


@pytest.mark.parametrize("title", ["", "  ", None, 7])
def test_a_page_needs_a_title(title, tmp_path):
    with pytest.raises(FileError, match="the title of a page must be a text"):
        glm_magic.page(["text"], tmp_path / "a.html", title=title)


def test_one_fit_is_no_list(line_fit, tmp_path):
    with pytest.raises(FileError, match="not of one Fit"):
        glm_magic.page(line_fit, tmp_path / "a.html", title="T")


def test_an_old_page_stays_when_the_new_one_cannot_be_made(tmp_path):
    path = tmp_path / "a.html"
    path.write_text("old", "utf-8")
    with pytest.raises(FileError):
        glm_magic.page(["![x](missing.png)"], path, title="T")
    assert path.read_text("utf-8") == "old"
    with pytest.raises(FileError, match="there is no such folder"):
        glm_magic.page(["text"], tmp_path / "none" / "a.html", title="T")
