"""Rows left out, moved and simulated in the Data tab: a page from disk that samples again with the network cut."""

from __future__ import annotations

import csv
import re

import pytest
from kinds import fit_of
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

ROWS = 100


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    path = tmp_path_factory.mktemp("whatif") / "line.html"
    fit_of("line").to_html(path)
    return path


@pytest.fixture
def panel(html, quiet_page):
    quiet_page.context.set_offline(True)
    quiet_page.goto(html.as_uri())
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    panel.choose("Data")
    eventually(lambda: panel.ink() > 100)
    return panel


def field(panel):
    return panel.front.get_by_role("application", name="Rows of the data")


def row(panel):
    return panel.front.get_by_role("status", name="Row", exact=True)


def refit(panel):
    return panel.root.get_by_role("status", name="Refit")


def picture(panel):
    return panel.front.get_by_role("img")


def sampled(panel):
    expect(refit(panel)).to_have_text(re.compile("^Sampled again"), timeout=30_000)


def place(panel):
    """The row in the middle of the picture, by the ring around it: its place in pixels of the window."""
    field(panel).press("Home")
    for _ in range(ROWS // 2):
        field(panel).press("ArrowRight")
    at = panel.front.locator("canvas.glm-overlay").evaluate(
        """async canvas => {
          const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
          await frame(); await frame();
          const {data, width} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let [x, y, n] = [0, 0, 0];
          for (let i = 0; i < data.length / 4; i++) {
            if (data[4 * i + 3] > 0) { x += i % width; y += Math.floor(i / width); n += 1; }
          }
          const scale = canvas.clientWidth / width;
          return {x: x / n * scale, y: y / n * scale};
        }"""
    )
    box = panel.front.locator("canvas.glm-overlay").bounding_box()
    return box["x"] + at["x"], box["y"] + at["y"]


def test_a_row_is_clicked_out_and_in_and_dragged(panel, quiet_page):
    quiet_page.mouse.click(*place(panel))
    expect(picture(panel)).to_have_attribute("aria-label", re.compile("1 row left out"))
    expect(row(panel)).to_have_text(re.compile("left out$"))
    sampled(panel)
    quiet_page.mouse.click(*place(panel))  # elsewhere: the finding above the tabs, of few draws, has gone
    expect(picture(panel)).not_to_have_attribute("aria-label", re.compile("left out"))
    x, y = place(panel)  # and has come back
    quiet_page.mouse.move(x, y)
    quiet_page.mouse.down()
    quiet_page.mouse.move(x + 30, y - 70, steps=5)
    quiet_page.mouse.up()
    expect(row(panel)).to_have_text(re.compile("in the data$"))
    expect(picture(panel)).to_have_attribute("aria-label", re.compile("1 row with another value"))
    sampled(panel)
    panel.root.get_by_role("button", name="Reset", exact=True).click()
    expect(picture(panel)).not_to_have_attribute("aria-label", re.compile("another value"))
    expect(refit(panel)).to_be_hidden()


def test_a_finger_on_a_row_leaves_it_out(html, window, watched):
    page = window(has_touch=True, offline=True).new_page()
    with watched(page):
        page.goto(html.as_uri())
        panel = PanelOnPage(page.locator(".glm-panel"))
        panel.choose("Data")
        page.touchscreen.tap(*place(panel))
        expect(picture(panel)).to_have_attribute("aria-label", re.compile("1 row left out"))
    page.context.close()


def test_fewer_rows_have_a_wider_posterior_and_are_saved_with_the_changes(panel, quiet_page):
    def width():
        panel.choose("Summary")
        cells = (
            panel.front.locator("tbody tr", has_text=re.compile("^x")).first.locator("td").all_inner_texts()
        )
        panel.choose("Data")
        return float(cells[1].splitlines()[0])

    before = width()
    slider = panel.front.get_by_role("slider", name="Rows used")
    slider.fill("20")
    panel.front.get_by_role("combobox", name="Which rows").select_option(label="random")
    expect(slider).to_have_attribute("aria-valuetext", f"20 of {ROWS}")
    sampled(panel)
    assert width() > 1.3 * before
    field(panel).press("Home")
    value = panel.front.get_by_role("spinbutton", name="Row value")
    value.fill("7.25")
    value.press("Enter")
    expect(row(panel)).to_have_text(re.compile("y = 7.25"))
    panel.front.get_by_role("button", name="Save").click()
    with quiet_page.expect_download() as saved:
        panel.root.get_by_role("menuitem", name="CSV").click()
    rows = list(csv.DictReader(saved.value.path().read_text("utf-8").splitlines()))
    assert sum(int(one["used"]) for one in rows) == 20
    assert [one["y"] for one in rows].count("7.25") == 1


def test_a_response_is_simulated_again_and_again(panel):
    again = panel.front.get_by_role("button", name="Simulate again")
    for n in range(1, 6):
        again.press("Enter")
        caption = re.compile(f"^Share of 89% intervals that held the truth, in {n} simulated data set")
        expect(panel.front.locator("caption")).to_have_text(caption, timeout=30_000)
    names = panel.front.locator("tbody th").all_inner_texts()
    assert names == ["Intercept", "x", "sigma"]
    held = panel.front.locator("tbody tr td:nth-child(3)").all_inner_texts()
    assert all(re.fullmatch(r"[0-5] of 5", text) for text in held)
    panel.front.get_by_role("button", name="Repeat").click()
    expect(panel.front.locator("caption")).to_have_text(
        re.compile(r"in ([89]|\d\d) simulated"), timeout=60_000
    )
    panel.front.get_by_role("button", name="Stop").click()
    expect(panel.front.get_by_role("button", name="Repeat")).to_be_visible()
    panel.front.get_by_role("combobox", name="Simulate at").select_option(label="a posterior draw")
    expect(panel.front.locator("caption")).to_have_count(0)
    again.click()
    expect(panel.front.locator("caption")).to_have_text(re.compile(r" at draw \d+: chain \d, draw \d+$"))
    panel.root.get_by_role("button", name="Reset", exact=True).click()
    expect(panel.front.locator("caption")).to_have_count(0)


def test_rows_are_changed_by_keys_alone(panel, quiet_page):
    for _ in range(40):
        if field(panel).evaluate("el => el === el.getRootNode().activeElement"):
            break
        quiet_page.keyboard.press("Tab")
    else:
        pytest.fail("the rows are no stop of the Tab key")
    quiet_page.keyboard.press("ArrowRight")
    first = row(panel).inner_text()
    assert re.fullmatch(r"Row 1: x = 0, y = -?[\d.]+", first)
    quiet_page.keyboard.press("Enter")
    expect(row(panel)).to_have_text(f"{first}, left out")
    quiet_page.keyboard.press("ArrowRight")
    quiet_page.keyboard.press("Shift+ArrowUp")
    quiet_page.keyboard.press("+")
    expect(row(panel)).to_have_text(re.compile(r"^Row 2: .* in the data$"))
    expect(picture(panel)).to_have_attribute(
        "aria-label", re.compile("1 row left out, 1 row with another value")
    )
    sampled(panel)
