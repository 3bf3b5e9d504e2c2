"""A telephone, 320 pixels wide: nothing is cut, covered or out of reach."""

from __future__ import annotations

import pytest
from kinds import KINDS, fit_of
from panels import CROWDED, TABS, UNFOLD, PanelOnPage, eventually
from playwright.sync_api import expect


@pytest.fixture(params=KINDS)
def narrow(request, quiet_page, tmp_path_factory):
    """The panel of a fit of each kind on a narrow page."""
    path = tmp_path_factory.mktemp("narrow") / f"{request.param}.html"
    fit_of(request.param).to_html(path)
    quiet_page.set_viewport_size({"width": 320, "height": 640})
    quiet_page.goto(path.as_uri())
    return PanelOnPage(quiet_page.locator(".glm-panel"))


def test_no_text_is_cut_or_covered_and_every_control_is_in_reach(narrow, quiet_page):
    found = {}
    for width in (320, 360, 480):
        quiet_page.set_viewport_size({"width": width, "height": 640})
        for tab in TABS:
            narrow.choose(tab)
            narrow.root.evaluate(UNFOLD)
            narrow.settle()
            found[width, tab] = quiet_page.evaluate(CROWDED)
    assert {place: words for place, words in found.items() if words} == {}


def test_a_wide_table_scrolls_by_keys_in_its_own_region_with_the_names_in_sight(narrow, quiet_page):
    narrow.choose("Summary")
    table = narrow.front.get_by_role("group", name="Summary table")
    table.focus()
    name = table.locator("tbody th[scope=row]").first
    before = name.bounding_box()["x"]
    table.press("ArrowRight")
    eventually(lambda: table.evaluate("el => el.scrollLeft") > 0)
    assert name.bounding_box()["x"] == before
    assert quiet_page.evaluate("() => document.scrollingElement.scrollLeft") == 0
    quiet_page.set_viewport_size({"width": 1280, "height": 800})
    expect(table).to_have_count(0)  # what fits is no stop for the keyboard


def test_choosing_a_tab_moves_no_other(narrow):
    tabs = narrow.root.get_by_role("tab")

    def places():
        return [tab.bounding_box() for tab in tabs.all()]

    before = places()
    for tab in TABS[1:]:
        narrow.choose(tab)
        assert [(box["x"], box["width"]) for box in places()] == [(box["x"], box["width"]) for box in before]
    assert len({box["y"] for box in before}) == 1


def test_all_that_is_said_of_a_draw_is_in_reach_and_moves_nothing(narrow, quiet_page):
    narrow.choose("Trace")
    status = narrow.root.get_by_role("status", name="Selected draw")
    drawn = "() => document.querySelector('.glm-panel [role=tabpanel]:not([hidden]) canvas')?.width > 0"
    reached = "el => el.scrollTop + el.clientHeight >= el.scrollHeight - 1"
    for width in (320, 360, 620, 1000):
        quiet_page.set_viewport_size({"width": width, "height": 640})
        height = status.bounding_box()["height"]
        field = narrow.front.get_by_role("application").first
        field.scroll_into_view_if_needed()
        quiet_page.wait_for_function(drawn)  # what is in sight is drawn a moment later
        field.press("ArrowRight")
        expect(status).to_contain_text("draw ")
        expect(status).not_to_contain_text("undefined")
        assert status.bounding_box()["height"] == height
        if status.evaluate("el => el.scrollHeight > el.clientHeight"):
            expect(status).to_have_attribute("tabindex", "0")
            status.press("End")
            eventually(lambda: status.evaluate(reached))
        field.press("Escape")


def test_the_words_of_an_effect_stand_apart_from_its_numbers(narrow, quiet_page):
    narrow.choose("Effects")
    narrow.settle()
    boxes = """all => all.map(el => el.getBoundingClientRect())
      .map(({left, right, top, bottom}) => [left, right, top, bottom])"""
    for width in (320, 360, 480, 640):
        quiet_page.set_viewport_size({"width": width, "height": 640})
        narrow.settle()
        names = narrow.front.locator(".glm-effect-name").evaluate_all(boxes)
        numbers = narrow.front.locator(".glm-effect-name ~ text").evaluate_all(boxes)
        for left, right, top, bottom in names:
            for start, end, above, beneath in numbers:
                if (left, right, top, bottom) == (start, end, above, beneath):
                    continue
                aside = start - right > 5 or left - end > 5
                assert aside or above > top + 10 or top > above + 10, width


def test_a_long_formula_leaves_the_tabs_in_sight(narrow):
    title = narrow.root.locator(".glm-title")
    assert title.get_attribute("title") == title.inner_text()
    title.evaluate("el => { el.textContent = 'y ~ ' + 'x + '.repeat(400); }")
    assert title.bounding_box()["height"] < 70
    assert len(title.text_content()) > 1600


def test_a_table_that_is_cut_has_a_shadow_where_it_goes_on(narrow):
    narrow.choose("Summary")
    shadow = "el => getComputedStyle(el).backgroundAttachment"
    assert narrow.front.get_by_role("group", name="Summary table").evaluate(shadow) == "local, scroll"
