"""A prior is tightened with keys alone, and what follows is said: the network cut, motion reduced."""

from __future__ import annotations

import re

import pytest
from kinds import fit_of
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

FOCUSED = "root => root.contains(document.activeElement)"
LIVE = ".glm-spoken[aria-live=polite]"


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "line.html"
    fit_of("line").to_html(path)
    return path


@pytest.fixture
def panel(html, quiet_page):
    quiet_page.emulate_media(reduced_motion="reduce")
    quiet_page.context.set_offline(True)
    quiet_page.goto(html.as_uri())
    return PanelOnPage(quiet_page.locator(".glm-panel"))


def go(panel, to, key="Tab"):
    """Press a key until an element has the focus; before that, something in the panel has it."""
    for _ in range(40):
        if to.evaluate("el => el === document.activeElement"):
            return
        panel.root.page.keyboard.press(key)
    pytest.fail(f"{key} does not lead to {to}")


def to_model(panel):
    go(panel, panel.root.get_by_role("tab", name="Data"))
    go(panel, panel.root.get_by_role("tab", name="Model"), "ArrowRight")


def heard(panel, pattern):
    """What the live region of a change speaks comes to that."""
    region = panel.root.locator(LIVE)
    expect(region.first).to_have_text(re.compile(pattern), timeout=15_000)


def test_a_prior_is_tightened_and_what_happened_is_heard(panel, quiet_page):
    keyboard = quiet_page.keyboard
    before = panel.numbers()["x"]["mean"]
    quiet_page.reload()
    to_model(panel)
    sigma = panel.front.get_by_label("x sigma", exact=True)
    go(panel, sigma)
    keyboard.press("Control+a")
    keyboard.type("0.2")
    keyboard.press("Enter")
    panel.sampled_again()
    expect(sigma).to_be_focused()
    heard(panel, r"^Sampled again: \d+ × [\d,]+ draws, R-hat 1\.\d\d, ESS [\d,]+")
    keyboard.press("ArrowUp")
    expect(sigma).to_have_value("0.21")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    expect(sigma).to_have_value("0.19")
    panel.sampled_again()
    expect(sigma).to_be_focused()

    handle = panel.front.get_by_role("slider", name="x sigma handle")
    go(panel, handle)
    width = handle.get_attribute("aria-valuetext")
    keyboard.press("ArrowRight")
    eventually(lambda: handle.get_attribute("aria-valuetext") != width)
    panel.sampled_again()
    expect(handle).to_be_focused()
    expect(panel.refit).to_have_attribute("aria-live", "off")  # it changes in every frame of a drag

    go(panel, panel.root.get_by_role("tab", name="Model"), "Shift+Tab")
    go(panel, panel.root.get_by_role("tab", name="Summary"), "ArrowLeft")
    assert 0 < panel.numbers()["x"]["mean"] < 0.75 * before


@pytest.mark.parametrize(
    ("button", "said"),
    [("Keep", "^Kept[.] Sampled again: "), ("Reset", "^No change: the posterior of the fit[.]$")],
)
def test_a_change_is_kept_or_let_go(button, said, panel, quiet_page):
    to_model(panel)
    go(panel, panel.front.get_by_label("x sigma", exact=True))
    quiet_page.keyboard.press("ArrowDown")
    panel.sampled_again()
    go(panel, panel.root.get_by_role("button", name=button, exact=True))
    quiet_page.keyboard.press("Enter")
    heard(panel, said)
    expect(panel.root.get_by_role("button", name=button, exact=True)).to_be_hidden()
    expect(panel.front).to_be_focused()  # what had the focus has gone


def test_a_number_that_is_none_is_said_and_stays_to_be_corrected(panel, quiet_page):
    to_model(panel)
    sigma = panel.front.get_by_label("x sigma", exact=True)
    go(panel, sigma)
    quiet_page.keyboard.press("Control+a")
    quiet_page.keyboard.type("-1")
    quiet_page.keyboard.press("Enter")
    expect(panel.front.get_by_role("alert").filter(has_text="sigma must be")).to_be_visible()
    expect(sigma).to_have_attribute("aria-invalid", "true")
    expect(sigma).to_be_focused()
    expect(panel.refit).to_be_hidden()


def test_a_family_is_chosen(panel, quiet_page):
    to_model(panel)
    family = panel.front.get_by_label("x prior", exact=True)
    go(panel, family)
    quiet_page.keyboard.press("s")  # StudentT
    panel.sampled_again()
    expect(family).to_be_focused()
    assert panel.root.evaluate(FOCUSED)
