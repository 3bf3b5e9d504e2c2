"""A panel in a frame of another page: as high as its content, and light or dark as the page is."""

from __future__ import annotations

import pytest
from panels import TABS, UNFOLD, PanelOnPage, eventually
from playwright.sync_api import expect

import glm_magic
from glm_magic.document import frame_html
from glm_magic.views.panel import payload_of


@pytest.fixture
def host(quiet_page, saved_fit, tmp_path):
    """A page with a frame below each other; returns their panels."""
    fit = glm_magic.load(saved_fit)
    frame = frame_html(fit.view, payload_of(fit.view))
    (tmp_path / "host.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>A lesson</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<body><main><h1>A lesson</h1>{frame}<p>More words.</p>{frame}</main>",
        "utf-8",
    )
    quiet_page.goto((tmp_path / "host.html").as_uri())
    frames = quiet_page.locator("iframe.glm-frame")
    expect(frames).to_have_count(2)
    return [PanelOnPage(frame.content_frame.locator(".glm-panel")) for frame in frames.all()]


def fits(panel, frame):
    """Neither a scroll bar inside the frame nor space beneath the panel."""
    content = panel.root.evaluate("() => document.body.getBoundingClientRect().height")
    scrolls = panel.root.evaluate(
        "() => [document.scrollingElement].some(el => el.scrollHeight > innerHeight || el.scrollWidth > innerWidth)"
    )
    return not scrolls and abs(frame.bounding_box()["height"] - content) <= 1


def test_the_frame_is_as_high_as_its_content_whatever_is_chosen_unfolded_or_narrowed(host, quiet_page):
    panel, frame = host[0], quiet_page.locator("iframe.glm-frame").first
    heights = set()
    for width in (1280, 320, 700):
        quiet_page.set_viewport_size({"width": width, "height": 800})
        for tab in TABS:
            panel.choose(tab)
            eventually(lambda: fits(panel, frame))
            heights.add(frame.bounding_box()["height"])
        panel.choose("Summary")
        eventually(lambda: fits(panel, frame))
        folded = frame.bounding_box()["height"]
        panel.root.evaluate(UNFOLD)
        eventually(lambda folded=folded: fits(panel, frame) and frame.bounding_box()["height"] > folded)
        panel.root.evaluate("root => root.querySelectorAll('details').forEach(one => { one.open = false; })")
        eventually(lambda folded=folded: fits(panel, frame) and frame.bounding_box()["height"] == folded)
        assert quiet_page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    assert len(heights) > 4


@pytest.mark.parametrize(
    ("attribute", "dark", "light"),
    [
        ("data-theme", "dark", "light"),  # pydata-sphinx-theme, Furo
        ("data-md-color-scheme", "slate", "default"),  # Material for MkDocs
        ("data-bs-theme", "dark", "light"),  # Bootstrap, Quarto
        ("data-jp-theme-light", "false", "true"),  # JupyterLab, nbconvert
        ("data-vscode-theme-kind", "vscode-dark", "vscode-light"),
        ("class", "quarto-dark", "quarto-light"),
        ("style", "background: #101014", "background: #ffffff"),  # any other page
    ],
)
def test_the_frame_follows_what_the_page_announces_against_the_system(
    host, quiet_page, attribute, dark, light
):
    panel = host[0]
    quiet_page.emulate_media(color_scheme="dark")
    for value, expected in ((light, "light"), (dark, "dark"), (light, "light")):
        quiet_page.evaluate(f"value => document.body.setAttribute({attribute!r}, value)", value)
        expect(panel.root).to_have_attribute("data-glm-theme", expected)
        # Otherwise the frame has a backdrop of its own around the panel.
        frame = quiet_page.locator("iframe").first
        expect(frame).to_have_css("color-scheme", expected)
        expect(frame.content_frame.locator("html")).to_have_css("color-scheme", expected)


def test_the_frame_follows_the_system_where_the_page_says_nothing(host, quiet_page):
    for scheme in ("dark", "light"):
        quiet_page.emulate_media(color_scheme=scheme)
        expect(host[0].root).to_have_attribute("data-glm-theme", scheme)
