"""The tab Model in a page from disk, with the network cut: a prior is changed by hand, and every tab follows."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

import glm_magic

SAMPLED = re.compile("^Sampled again: ")


@pytest.fixture(scope="module")
def line():
    rng = np.random.default_rng(3)
    x = rng.normal(size=60)
    data = pd.DataFrame({"x": x, "y": 1 + 2 * x + rng.normal(size=60)})
    return glm_magic.glm("y ~ x", data, draws=250, tune=300, chains=2, seed=1)


@pytest.fixture
def panel(line, quiet_page, tmp_path):
    line.to_html(tmp_path / "fit.html")
    quiet_page.context.set_offline(True)
    quiet_page.goto((tmp_path / "fit.html").as_uri())
    found = PanelOnPage(quiet_page.locator(".glm-panel"))
    found.choose("Model")
    return found


def status(panel):
    return panel.root.get_by_role("status", name="Refit")


def mean_of(panel, label):
    """The mean of a number in Summary, which is left as the tab in front."""
    panel.choose("Summary")
    return float(
        panel.front.get_by_role("row", name=re.compile(rf"^{label} "))
        .get_by_role("cell")
        .first.inner_text()
        .split("\n")[0]
    )


def test_a_prior_that_is_typed_changes_the_summary_and_what_is_sensitive(panel):
    before = mean_of(panel, "x")
    panel.choose("Model")
    table = panel.front.get_by_role("table")
    expect(table.get_by_role("row", name=re.compile("^x 0"))).not_to_contain_text("potential")
    sigma = panel.front.get_by_label("x sigma", exact=True)
    sigma.fill("0.1")
    sigma.press("Enter")
    expect(status(panel)).to_have_text(SAMPLED)
    expect(table.get_by_role("row", name=re.compile("^x 0"))).to_contain_text("potential prior-data conflict")
    expect(panel.root.locator("ul").first).to_contain_text("Potential prior-data conflict")
    assert mean_of(panel, "x") < 0.75 * before
    panel.root.get_by_role("button", name="Reset").click()
    eventually(lambda: mean_of(panel, "x") == before)


def test_nonsense_is_answered_beside_the_number(panel):
    for text in ("0", "-1", "wide", "1e308", ""):
        sigma = panel.front.get_by_label("x sigma", exact=True)
        sigma.fill(text)
        sigma.press("Enter")
        expect(panel.front.get_by_role("alert").filter(has_text="sigma must be")).to_be_visible()
        expect(sigma).to_have_value(text)
    expect(status(panel)).to_be_hidden()


def test_handles_are_dragged_while_the_axis_stays(panel, quiet_page):
    handle = panel.front.get_by_role("slider", name="x mu handle")
    handle.scroll_into_view_if_needed()
    ends = (handle.get_attribute("min"), handle.get_attribute("max"))
    box, low, high = handle.bounding_box(), *map(float, ends)

    def at(value):
        return box["x"] + 9 + (value - low) / (high - low) * (box["width"] - 18)

    y = box["y"] + box["height"] / 2
    quiet_page.mouse.move(at(float(handle.input_value())), y)
    quiet_page.mouse.down()
    for value in (0.2, 0.5, 0.8, 1.0):
        quiet_page.mouse.move(at(value), y, steps=3)
        assert (handle.get_attribute("min"), handle.get_attribute("max")) == ends
    quiet_page.mouse.up()
    eventually(
        lambda: abs(float(panel.front.get_by_label("x mu", exact=True).input_value()) - 1) < (high - low) / 50
    )
    expect(status(panel)).to_have_text(SAMPLED)


def test_by_keys_alone_a_family_is_chosen_and_a_prior_is_tightened(panel, quiet_page):
    family = panel.front.get_by_label("x prior", exact=True)
    family.focus()
    family.press("s")  # StudentT
    width = panel.front.get_by_role("slider", name="x sigma handle")
    expect(width).to_be_visible()
    said = float(width.get_attribute("aria-valuetext").removeprefix("sigma "))
    for _ in range(8):
        quiet_page.keyboard.press("Tab")
        if width.evaluate("el => el === document.activeElement"):
            break
    width.press("PageDown")
    eventually(lambda: float(width.get_attribute("aria-valuetext").removeprefix("sigma ")) < said)
    expect(status(panel)).to_have_text(SAMPLED)


def test_the_cell_and_the_program_are_copied_with_the_priors_of_the_moment(panel, quiet_page):
    quiet_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sigma = panel.front.get_by_label("x sigma", exact=True)
    sigma.fill("0.5")
    sigma.press("Enter")
    for title, button, line in (
        ("The equivalent cell", "Copy as cell", "x ~ Normal(0, 0.5)"),
        ("The equivalent PyMC code", "Copy PyMC code", 'pm.Normal("x", mu=0, sigma=0.5)'),
    ):
        panel.front.get_by_text(title, exact=True).click()
        panel.front.get_by_role("button", name=button, exact=True).click()
        eventually(lambda line=line: line in quiet_page.evaluate("navigator.clipboard.readText()"))
