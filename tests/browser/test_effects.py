"""The tab Effects and the ratios of Summary, in the page with the network cut, by the names that a reader hears."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

import glm_magic


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(5)
    age, ward = rng.uniform(20, 70, 200), rng.choice(["north", "south", "west"], 200)
    odds = np.exp(-2 + 0.04 * age - 0.8 * (ward == "south"))
    return pd.DataFrame({"age": age, "ward": ward, "hit": (rng.random(200) < odds / (1 + odds)).astype(int)})


@pytest.fixture(scope="module")
def logistic(table):
    return glm_magic.glm("hit ~ age * ward", table, family="bernoulli", draws=200, tune=200, chains=2, seed=1)


@pytest.fixture
def panel(logistic, quiet_page, tmp_path):
    logistic.to_html(tmp_path / "fit.html")
    quiet_page.context.set_offline(True)
    quiet_page.goto((tmp_path / "fit.html").as_uri())
    return PanelOnPage(quiet_page.locator(".glm-panel"))


def sentence(panel):
    return panel.front.get_by_role("img").get_attribute("aria-label")


def numbers(panel):
    """Of each row in the sentence: its name, and its median."""
    found = re.findall(r"(?:\. |; )([^;]*?): (-?[\d.]+) \(", sentence(panel))
    return {name: float(median) for name, median in found}


def test_the_panel_and_python_give_the_same_effects(panel, logistic):
    panel.choose("Effects")
    assert sentence(panel).startswith("Average difference in P(hit = 1), median and 89% interval. age +1: ")
    panel.front.get_by_label("Of", exact=True).select_option("ward")
    panel.front.get_by_label("Contrast").select_option("pairwise")
    expected = logistic.avg_comparisons({"ward": "pairwise"})
    eventually(lambda: len(numbers(panel)) == 3)
    for (name, median), (_, row) in zip(numbers(panel).items(), expected.iterrows(), strict=True):
        assert name == f"ward: {row['contrast']}"
        assert median == pytest.approx(row["median"], abs=0.006)
    panel.front.get_by_label("Contrast").select_option("two levels")
    panel.front.get_by_label("From", exact=True).select_option("west")
    panel.front.get_by_label("To", exact=True).select_option("north")
    eventually(lambda: list(numbers(panel)) == ["ward: north - west"])
    panel.front.get_by_label("Effect", exact=True).select_option("slope")
    panel.front.get_by_label("By", exact=True).select_option("ward")
    eventually(lambda: list(numbers(panel)) == [f"age, ward = {ward}" for ward in ("north", "south", "west")])


def test_the_threshold_is_moved_by_keys_and_dragged_in_the_picture(panel, quiet_page):
    panel.choose("Effects")
    eventually(lambda: panel.picture()[0]["ink"] > 100)
    slider = panel.front.get_by_role("slider", name="Threshold c")
    expect(slider).to_have_attribute("aria-valuetext", "0")
    slider.focus()
    slider.press("ArrowRight")
    moved = float(slider.get_attribute("aria-valuetext"))
    assert moved > 0
    eventually(lambda: f"P(> {moved:g})" in sentence(panel))
    slider.press("ArrowLeft")
    # The line is at 0, where the axis says so.
    plot = panel.front.locator(".glm-plot")
    zero = plot.locator("svg text", has_text=re.compile(r"^0\.0+$")).bounding_box()
    box = plot.bounding_box()
    x, y = zero["x"] + zero["width"] / 2, box["y"] + box["height"] / 2
    quiet_page.mouse.move(x, y)
    quiet_page.mouse.down()
    quiet_page.mouse.move(x + 60, y, steps=4)
    quiet_page.mouse.up()
    eventually(lambda: float(slider.get_attribute("aria-valuetext")) > 0)
    dragged = float(slider.get_attribute("aria-valuetext"))
    eventually(lambda: f"P(> {dragged:g})" in sentence(panel))
    quiet_page.mouse.move(x, y)
    assert float(slider.get_attribute("aria-valuetext")) == dragged


def test_ratios_are_shown_on_request(panel):
    panel.choose("Effects")
    panel.front.get_by_label("Scale", exact=True).select_option("odds ratio")
    eventually(
        lambda: sentence(panel).startswith("Odds ratio: exponential of the average difference in log odds")
    )
    expect(panel.front.get_by_role("slider", name="Threshold c")).to_have_attribute("aria-valuetext", "1")
    panel.choose("Summary")
    row = panel.front.locator("tbody tr").filter(
        has=panel.root.page.get_by_role("rowheader", name="age", exact=True)
    )
    plain = float(row.locator("td").first.inner_text())
    panel.front.get_by_label("Show ratios").check()
    expect(panel.front.locator("thead th").nth(1)).to_have_text("scale")
    expect(row.locator("td").first).to_have_text("odds ratio")
    assert float(row.locator("td").nth(1).inner_text()) == pytest.approx(np.exp(plain), rel=0.01)
    expect(panel.front.locator("caption")).to_contain_text("coefficients as odds ratios")
    expect(panel.front.locator("tbody tr").first.locator("td").first).to_have_text("baseline odds")


def test_a_fit_without_tables_says_why_it_has_no_effects(quiet_page, tmp_path):
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("mu", 0, 1), 1, observed=[1.0, 2.0])
    glm_magic.glm(model, draws=100, tune=100, chains=2, seed=1).to_html(tmp_path / "block.html")
    quiet_page.goto((tmp_path / "block.html").as_uri())
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    panel.choose("Effects")
    expect(panel.front).to_contain_text("Predictors cannot be moved here")


def test_an_intercept_alone_has_an_average_prediction(quiet_page, tmp_path):
    fit = glm_magic.glm("y ~ 1", {"y": np.linspace(1, 3, 30)}, draws=150, tune=150, chains=2, seed=1)
    fit.to_html(tmp_path / "alone.html")
    quiet_page.goto((tmp_path / "alone.html").as_uri())
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    panel.choose("Effects")
    assert panel.front.get_by_label("Effect", exact=True).locator("option").all_inner_texts() == [
        "prediction"
    ]
    expect(panel.front.get_by_label("Of", exact=True)).to_have_count(0)
    assert numbers(panel)["all rows"] == pytest.approx(fit.avg_predictions()["median"].iloc[0], abs=0.006)
    panel.choose("Fan")
    expect(panel.front).to_contain_text("no predictor, so there is no line to draw")


def test_an_effect_is_brushed_and_the_other_tabs_show_its_draws(panel, quiet_page):
    panel.choose("Effects")
    panel.front.get_by_label("Of", exact=True).select_option("ward")
    field = panel.front.get_by_role("application", name="Draws of effects")
    eventually(lambda: len(numbers(panel)) == 2)
    whole = sentence(panel)
    box = field.locator(".glm-plot").bounding_box()
    x, y = box["x"] + 0.45 * box["width"], box["y"] + 0.25 * box["height"]
    quiet_page.mouse.move(x, y)
    quiet_page.mouse.down()
    quiet_page.mouse.move(x + 0.1 * box["width"], y, steps=4)
    quiet_page.mouse.up()
    status = panel.root.get_by_role("status", name="Selected draw")
    words = r"^\d+ of 400 draws: Average difference in P\(hit = 1\), ward: south - north between \S+ and \S+$"
    expect(status).to_have_text(re.compile(words))
    left = int(status.inner_text().split()[0])
    assert 0 < left < 400
    eventually(lambda: f"{left} brushed draws" in sentence(panel))
    assert sentence(panel).split("; ")[0] == whole.split("; ")[0]
    panel.choose("Fan")
    expect(panel.front.get_by_role("img")).to_have_attribute("aria-label", re.compile(f"of {left} posterior"))
    panel.choose("Pairs")
    expect(panel.front.get_by_role("img")).to_have_attribute(
        "aria-label", re.compile(f"over {left} of 400 draws")
    )
    panel.choose("Trace")
    expect(panel.front.locator(".glm-result").first).to_have_text(re.compile(f"^of {left} draws"))
    panel.choose("Summary")
    expect(panel.front.locator("caption")).to_contain_text("of all draws, whatever is brushed")
    panel.root.get_by_role("button", name="Clear brush").click()
    expect(panel.front.locator("caption")).not_to_contain_text("brushed")
