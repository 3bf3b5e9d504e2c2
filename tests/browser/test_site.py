"""The documentation as a reader has it: opened from disk, with the network cut."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from panels import PanelOnPage, eventually

SITE = Path(__file__).parents[2] / "build" / "site"


@pytest.fixture(scope="module")
def site():
    """The folder that `make docs` fills."""
    if not SITE.with_suffix(".stamp").exists():
        if os.environ.get("GLM_MAGIC_REQUIRE_BROWSER") == "1":
            pytest.fail("the documentation is not built: make docs")
        pytest.skip("the documentation is not built: make docs")
    return SITE


@pytest.fixture
def reader(quiet_page):
    """A page that asks for nothing but files; `asked` lists what else it asked for."""
    asked = []
    quiet_page.on(
        "request", lambda request: request.url.startswith(("file:", "data:")) or asked.append(request.url)
    )
    quiet_page.route("http*://**", lambda route: route.abort())
    yield quiet_page
    assert [url for url in asked if url not in ("about:blank", "about:srcdoc")] == []


@pytest.mark.parametrize(("name", "panels"), [("tutorial", 3), ("trust", 1)])
def test_the_panels_of_a_page_are_alive(name, panels, site, reader):
    reader.goto((site / f"{name}.html").as_uri())
    frames = reader.locator("iframe.glm-frame")
    assert frames.count() == panels
    for frame in frames.all():
        frame.scroll_into_view_if_needed()
        panel = PanelOnPage(frame.content_frame.locator(".glm-panel"))
        assert panel.is_alive()
        before = panel.lines
        panel.slider.press("End")
        eventually(lambda panel=panel, before=before: panel.lines != before)


def test_a_panel_takes_the_theme_that_the_reader_chooses(site, reader):
    reader.goto((site / "trust.html").as_uri())
    panel = PanelOnPage(reader.locator("iframe.glm-frame").content_frame.locator(".glm-panel"))
    panel.choose("Fan")
    eventually(lambda: panel.ink() > 100)
    reader.evaluate("document.documentElement.dataset.theme = 'light'")
    eventually(lambda: panel.root.evaluate(TEXT_IS_LIGHT) is False)
    reader.evaluate("document.documentElement.dataset.theme = 'dark'")
    eventually(lambda: panel.root.evaluate(TEXT_IS_LIGHT) is True)


TEXT_IS_LIGHT = "el => Number(getComputedStyle(el).color.match(/\\d+/)[0]) > 128"


def test_the_search_finds_a_page_without_a_server(site, reader):
    reader.goto((site / "search.html").as_uri() + "?q=separation")
    eventually(lambda: reader.locator("#search-results a[href*='trust.html']").count() > 0)


@pytest.mark.parametrize("name", ["tutorial", "howto/working-with-a-fit", "api/fit", "options"])
def test_a_page_fits_a_narrow_window(name, site, reader):
    reader.set_viewport_size({"width": 360, "height": 800})
    reader.goto((site / f"{name}.html").as_uri())
    assert reader.evaluate("document.documentElement.scrollWidth") <= 360
