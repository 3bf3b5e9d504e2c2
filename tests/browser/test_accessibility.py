"""axe-core finds nothing: in every tab of several kinds of model, light and dark, wide and narrow.

All rules that axe runs by default: WCAG 2 A and AA, and its best practices.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from kinds import KINDS, fit_of
from panels import TABS, UNFOLD, PanelOnPage, eventually

import glm_magic
from glm_magic.document import frame_html
from glm_magic.views.panel import payload_of

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (1280, 360, 320)

FOUND = """async root => (await axe.run(root, {resultTypes: ["violations"]})).violations.map(
  ({id, nodes}) => `${id}: ${nodes[0].html.slice(0, 120)} ${nodes[0].failureSummary}`)"""

# axe judges no text inside an SVG, whose background it cannot know. Here it is the panel's; the arithmetic is axe's.
FAINT = """root => {
  const {Color, getContrast} = axe.commons.color;
  const colour = text => { const parsed = new Color(); parsed.parseString(text); return parsed; };
  const background = colour(getComputedStyle(root).backgroundColor);
  return [...root.querySelectorAll(".glm-plot text")]
    .map(text => [text.textContent, getContrast(background, colour(getComputedStyle(text).fill))])
    .filter(([, contrast]) => contrast < 4.5);
}"""


@pytest.fixture(scope="module")
def axe():
    """The script of axe-core; the front end's development tools bring it."""
    if not AXE.is_file() and os.environ.get("GLM_MAGIC_REQUIRE_BROWSER") != "1":
        pytest.skip("axe-core is not installed: run `python hatch_build.py`")
    return AXE.read_text("utf-8")


@pytest.fixture(scope="module", params=KINDS)
def kind(request, tmp_path_factory):
    """The page of a fit of each kind."""
    path = tmp_path_factory.mktemp("kinds") / f"{request.param}.html"
    fit_of(request.param).to_html(path)
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_tab_of_a_page(kind, axe, quiet_page, scheme):
    quiet_page.emulate_media(color_scheme=scheme)
    quiet_page.goto(kind.as_uri())
    quiet_page.evaluate(axe)
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    found = {}
    for width in WIDTHS:
        quiet_page.set_viewport_size({"width": width, "height": 900})
        for tab in TABS:
            panel.choose(tab)
            panel.root.evaluate(UNFOLD)
            panel.settle()
            found[width, tab] = quiet_page.locator("html").evaluate(FOUND) + panel.root.evaluate(FAINT)
    assert {place: words for place, words in found.items() if words} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_where_the_fit_is_changed(axe, quiet_page, scheme, tmp_path):
    fit_of("line").to_html(tmp_path / "line.html")
    quiet_page.emulate_media(color_scheme=scheme)
    quiet_page.goto((tmp_path / "line.html").as_uri())
    quiet_page.evaluate(axe)
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    panel.tighten("x", "0.2")
    panel.front.get_by_label("x mu", exact=True).fill("none")
    panel.front.get_by_label("x mu", exact=True).press("Enter")
    found = {}
    for tab in ("Model", *TABS):
        panel.choose(tab)
        panel.root.evaluate(UNFOLD)
        panel.settle()
        found[tab] = quiet_page.locator("html").evaluate(FOUND) + panel.root.evaluate(FAINT)
    assert {tab: words for tab, words in found.items() if words} == {}


def test_axe_would_find_faint_words_and_a_missing_landmark(kind, axe, quiet_page):
    quiet_page.goto(kind.as_uri())
    quiet_page.evaluate(axe)
    root = quiet_page.locator(".glm-panel")
    root.evaluate("el => { el.style.setProperty('--glm-muted', '#bbb'); }")
    root.evaluate("() => document.querySelector('main').replaceWith(document.querySelector('.glm-page'))")
    eventually(lambda: PanelOnPage(root).ink() > 0)
    rules = {words.partition(":")[0] for words in quiet_page.locator("html").evaluate(FOUND)}
    assert rules == {"color-contrast", "landmark-one-main", "region"}
    assert root.evaluate(FAINT) != []


def test_axe_finds_nothing_in_a_page_with_frames(axe, quiet_page, saved_fit, tmp_path):
    fit = glm_magic.load(saved_fit)
    frame = frame_html(fit.view, payload_of(fit.view))
    (tmp_path / "frames.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Two fits</title>'
        f"<body><main><h1>Two fits</h1>{frame}<h2>The other</h2>{frame}</main>",
        "utf-8",
    )
    quiet_page.goto((tmp_path / "frames.html").as_uri())
    roots = [frame.content_frame.locator(".glm-panel") for frame in quiet_page.locator("iframe").all()]
    for root in roots:
        PanelOnPage(root).choose("Fan")
    for document in quiet_page.frames:
        document.evaluate(axe)
        # A sandboxed frame has no origin that could be named.
        document.evaluate("() => axe.configure({allowedOrigins: ['<unsafe_all_origins>']})")
    assert quiet_page.locator("html").evaluate(FOUND) == []
    titles = quiet_page.locator("iframe").evaluate_all("frames => frames.map(frame => frame.title)")
    assert titles == ["y ~ x * g", "y ~ x * g (2)"]


def test_axe_finds_nothing_in_the_panel_of_a_cell(axe, jupyterlab, quiet_page, saved_fit):
    cell = f"import glm_magic\nglm_magic.load({str(saved_fit)!r})"
    jupyterlab.open(quiet_page, jupyterlab.write("accessible", [cell]))
    jupyterlab.run(quiet_page)
    quiet_page.evaluate(axe)
    panel = PanelOnPage(quiet_page.locator(".jp-NotebookPanel .glm-panel"))
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
    found = {}
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        quiet_page.evaluate(change, theme)
        dark = "dark" if theme.endswith("Dark") else "light"
        eventually(lambda dark=dark: panel.root.get_attribute("data-glm-theme") == dark)
        for tab in TABS:
            panel.choose(tab)
            panel.root.evaluate(UNFOLD)
            panel.settle()
            found[theme, tab] = panel.root.evaluate(FOUND) + panel.root.evaluate(FAINT)
    quiet_page.evaluate(change, "JupyterLab Light")
    assert {place: words for place, words in found.items() if words} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_lesson(axe, quiet_page, saved_fit, tmp_path, scheme):
    fit = glm_magic.load(saved_fit)
    text = (
        "### First\n\nA [link](https://example.org), `code` and\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\n"
        + "x" * 200
    )
    glm_magic.page([fit, text, fit, "# Second", fit], tmp_path / "lesson.html", title="A lesson")
    quiet_page.emulate_media(color_scheme=scheme)
    quiet_page.goto((tmp_path / "lesson.html").as_uri())
    quiet_page.evaluate(axe)
    headings = quiet_page.locator("h1, .glm-title, .lesson-text :is(h2, h3)")
    assert headings.evaluate_all(
        "all => all.map(({tagName, textContent}) => tagName + ' ' + textContent)"
    ) == [
        *("H1 A lesson", "H2 y ~ x * g", "H2 First", "H3 y ~ x * g", "H2 Second", "H3 y ~ x * g"),
    ]
    found = {}
    for width in WIDTHS:
        quiet_page.set_viewport_size({"width": width, "height": 900})
        found[width] = quiet_page.locator("html").evaluate(FOUND)
        assert quiet_page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth"), width
    assert {width: words for width, words in found.items() if words} == {}
