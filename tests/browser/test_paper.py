"""Paper shows every figure and the table, light, one after another, and nothing to press."""

from __future__ import annotations

import re

import pytest
from kinds import KINDS, fit_of
from panels import TABS, PanelOnPage, eventually
from playwright.sync_api import expect

import glm_magic
from glm_magic.document import frame_html
from glm_magic.views.panel import payload_of

# What would be on paper, read at once: printing waits for nothing.
SHEET = """root => {
  const seen = el => el.checkVisibility() && el.getBoundingClientRect().height > 0;
  const ink = canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
    .reduce((n, value, i) => n + (i % 4 === 3 && value > 0), 0);
  const lowest = [...root.querySelectorAll(".glm-plot")].filter(seen).map(plot => ink(plot.querySelector("canvas")));
  return {
    headings: [...root.querySelectorAll(".glm-paper-title")].filter(seen).map(({textContent}) => textContent),
    controls: [...root.querySelectorAll("input, select, textarea, .glm-button, [role=tab]")].filter(seen).length,
    figures: lowest.length,
    least: Math.min(...lowest),
    rows: [...root.querySelectorAll(".glm-table tbody tr")].filter(seen).length,
    background: getComputedStyle(root).backgroundColor,
    widest: [...root.querySelectorAll("*:not(svg *)")].filter(seen)
      .reduce((most, el) => Math.max(most, el.getBoundingClientRect().right), 0),
    range: root.querySelector(".glm-tab-fan output")?.textContent,
  };
}"""


@pytest.fixture(scope="module", params=KINDS)
def kind(request, tmp_path_factory):
    """The page of a fit of each kind."""
    path = tmp_path_factory.mktemp("paper") / f"{request.param}.html"
    fit_of(request.param).to_html(path)
    return path


def assert_all_is_on_paper(sheet, least=100):
    assert sheet["headings"] == list(TABS)
    assert sheet["controls"] == 0
    assert sheet["figures"] >= 2 + 2 * 2  # Data, Fan, and two for each of at least two parameters
    assert sheet["least"] > least
    assert sheet["rows"] >= 2
    assert sheet["background"] == "rgb(255, 255, 255)"
    assert re.fullmatch(r"[\d,]+ of [\d,]+ lines", sheet["range"])


def test_what_is_shown_as_print_is_all_there_and_goes_back(kind, quiet_page):
    quiet_page.emulate_media(color_scheme="dark")
    quiet_page.goto(kind.as_uri())
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    panel.choose("Trace")
    quiet_page.emulate_media(media="print", color_scheme="dark")
    expect(panel.root).to_have_attribute("data-glm-paper", "all")
    sheet = panel.root.evaluate(SHEET)
    assert_all_is_on_paper(sheet)
    assert sheet["widest"] <= 680
    quiet_page.emulate_media(media="screen", color_scheme="dark")
    expect(panel.root).not_to_have_attribute("data-glm-paper", re.compile(""))
    expect(panel.root).to_have_attribute("data-glm-theme", "dark")
    expect(panel.root.get_by_role("tab", name="Trace")).to_have_attribute("aria-selected", "true")
    assert panel.root.locator("[role=tabpanel]:visible").count() == 1
    assert panel.is_alive()


@pytest.mark.parametrize("width", [1280, 320])
def test_what_is_printed_was_drawn_before(kind, quiet_page, width):
    quiet_page.set_viewport_size({"width": width, "height": 800})
    quiet_page.emulate_media(color_scheme="dark")
    quiet_page.goto(kind.as_uri())
    root = quiet_page.locator(".glm-panel")
    # The panel listens first, so that this hears what it did at once.
    root.evaluate(f"root => addEventListener('beforeprint', () => {{ window.sheet = ({SHEET})(root); }})")
    printed = quiet_page.pdf(format="A4", margin=dict.fromkeys(("top", "right", "bottom", "left"), "1cm"))
    sheet = quiet_page.evaluate("() => window.sheet")
    assert_all_is_on_paper(sheet)
    assert len(re.findall(rb"/Type /Page\b", printed)) > 1
    expect(root).not_to_have_attribute("data-glm-paper", re.compile(""))


def test_no_page_break_cuts_a_figure_or_a_row(kind, quiet_page):
    quiet_page.goto(kind.as_uri())
    quiet_page.emulate_media(media="print")
    root = quiet_page.locator(".glm-panel")
    expect(root).to_have_attribute("data-glm-paper", "all")
    for part in (".glm-plot", ".glm-trace-row", ".glm-table tbody tr", ".glm-finding"):
        breaks = root.locator(part).evaluate_all("all => all.map(el => getComputedStyle(el).breakInside)")
        assert set(breaks) <= {"avoid"}
    scroll = root.locator(".glm-scroll")
    assert set(scroll.evaluate_all("all => all.map(el => getComputedStyle(el).overflowX)")) == {"visible"}


@pytest.fixture
def host(quiet_page, saved_fit, tmp_path):
    """A page with two frames, the second out of sight."""
    fit = glm_magic.load(saved_fit)
    frame = frame_html(fit.view, payload_of(fit.view))
    (tmp_path / "host.html").write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>A lesson</title>'
        f"<body>{frame}{'<p>Words.</p>' * 60}{frame}",
        "utf-8",
    )
    quiet_page.goto((tmp_path / "host.html").as_uri())
    eventually(lambda: quiet_page.locator("iframe").first.get_attribute("data-glm-sized") is not None)
    return quiet_page


def test_frames_of_a_page_that_is_shown_as_print_are_as_high_as_all_their_tabs(host):
    before = [frame.bounding_box()["height"] for frame in host.locator("iframe").all()]
    host.emulate_media(media="print")
    for frame, low in zip(host.locator("iframe").all(), before, strict=True):
        root = frame.content_frame.locator(".glm-panel")
        expect(root).to_have_attribute("data-glm-paper", "all")
        assert_all_is_on_paper(root.evaluate(SHEET))
        eventually(lambda frame=frame, low=low: frame.bounding_box()["height"] > 2 * low)
        assert root.evaluate("() => document.scrollingElement.scrollHeight <= innerHeight")
    expect(host.locator("details.glm-as-table").first).to_be_hidden()
    host.emulate_media(media="screen")
    eventually(lambda: host.locator("iframe").first.bounding_box()["height"] == before[0])
    expect(host.locator("details.glm-as-table").first).to_be_visible()


def test_a_page_that_is_opened_as_print_has_its_frames_so_from_the_first(host):
    """As nbconvert's webpdf does."""
    host.emulate_media(media="print")
    host.reload()
    for frame in host.locator("iframe").all():
        root = frame.content_frame.locator(".glm-panel")
        expect(root).to_have_attribute("data-glm-paper", "all")
        eventually(
            lambda root=root: root.evaluate("() => document.scrollingElement.scrollHeight <= innerHeight")
        )
        assert_all_is_on_paper(root.evaluate(SHEET))
    assert host.locator("details.glm-as-table:visible").count() == 0


def test_a_page_that_is_printed_opens_the_tables_beneath_its_frames(host):
    host.evaluate(
        """() => addEventListener("beforeprint", () => {
          window.open_tables = [...document.querySelectorAll("details.glm-as-table")].map(({open}) => open);
        })"""
    )
    root = host.locator("iframe").first.content_frame.locator(".glm-panel")
    root.evaluate(f"root => addEventListener('beforeprint', () => {{ window.sheet = ({SHEET})(root); }})")
    host.pdf(format="A4")
    assert host.evaluate("() => window.open_tables") == [True, True]
    assert host.locator("details.glm-as-table[open]").count() == 0
    sheet = root.evaluate("() => window.sheet")
    assert sheet["headings"] == ["Data"]
    assert (sheet["controls"], sheet["figures"]) == (0, 1)
    assert sheet["least"] > 100
