"""Every control of the fan, by its accessible name, in a page whose network is cut; the numbers are Python's."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from kinds import fit_of
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

HOURS, COURSE = "hours_of_preparation", "course"


@pytest.fixture
def fan(quiet_page, tmp_path):
    """Open the fan of a kind of model."""
    quiet_page.context.set_offline(True)

    def open_kind(kind):
        fit_of(kind).to_html(tmp_path / "fit.html")
        quiet_page.goto((tmp_path / "fit.html").as_uri())
        panel = PanelOnPage(quiet_page.locator(".glm-panel"))
        panel.choose("Fan")
        return panel

    return open_kind


def pick(panel, name, label):
    panel.front.get_by_label(name, exact=True).select_option(label=label)


def sentence(panel, at=0):
    return panel.front.get_by_role("img").nth(at).get_attribute("aria-label")


def table(panel, page, folder):
    """The numbers drawn, as they are saved."""
    panel.front.get_by_role("button", name="Save the fan", exact=True).click()
    with page.expect_download() as download:
        panel.front.get_by_role("menuitem", name="CSV").click()
    path = folder / "fan.csv"
    download.value.save_as(path)
    header, *rows = csv.reader(path.read_text("utf-8").splitlines())
    return pd.DataFrame(rows, columns=header)


def predicted(kind, new):
    """Draws of the mean at new rows: shape (n_draws, n_rows)."""
    draws = fit_of(kind).predict(new, draws=True)
    return draws.stack(sample=("chain", "draw")).values.T


def assert_means(saved, expected):
    np.testing.assert_allclose(np.asarray(saved, dtype=float), expected, rtol=1e-5)


def hours_of(saved):
    """The grid is saved in single precision, whose ends may lie outside the data."""
    hours = next(one for one in fit_of("logistic").view.tabs.data.columns if one.name == HOURS).values
    return saved[HOURS].astype(float).clip(hours.min(), hours.max())


def settled(panel):
    """Means are of all draws once nothing has changed for a moment."""
    panel.root.page.wait_for_timeout(400)


def test_predictors_are_held_where_they_are_put(fan, page, tmp_path):
    panel = fan("logistic")
    for course in ("analysis", "statistics"):
        pick(panel, f"{COURSE} held at", course)
        settled(panel)
        saved = table(panel, page, tmp_path)
        new = pd.DataFrame({HOURS: hours_of(saved), COURSE: course})
        assert_means(saved["mean"], predicted("logistic", new).mean(axis=0))
    panel.front.get_by_role("button", name="Reset").click()
    expect(panel.front.get_by_label(f"{COURSE} held at")).to_have_value("0")


def test_the_axis_is_any_predictor(fan, page, tmp_path):
    panel = fan("logistic")
    pick(panel, "x variable", COURSE)
    slider = panel.front.get_by_role("slider", name=f"{HOURS} held at")
    slider.press("End")
    settled(panel)
    hours = float(slider.get_attribute("aria-valuetext"))
    saved = table(panel, page, tmp_path)
    new = pd.DataFrame({HOURS: hours, COURSE: saved[COURSE]})
    np.testing.assert_allclose(
        saved["mean"].astype(float), predicted("logistic", new).mean(axis=0), rtol=2e-3
    )


def test_one_fan_for_each_level_of_another(fan, page, tmp_path):
    panel = fan("logistic")
    pick(panel, "By", COURSE)
    saved = table(panel, page, tmp_path)
    assert list(dict.fromkeys(saved["group"])) == [
        f"{COURSE} = {one}" for one in ("algebra", "analysis", "statistics")
    ]
    new = pd.DataFrame({HOURS: hours_of(saved), COURSE: saved["group"].str.split(" = ").str[1]})
    assert_means(saved["mean"], predicted("logistic", new).mean(axis=0))
    expect(panel.front.get_by_label(f"{COURSE} held at")).to_have_count(0)


def test_the_scale_of_the_link(fan, page, tmp_path):
    panel = fan("logistic")
    pick(panel, "Scale", "link")
    saved = table(panel, page, tmp_path)
    share = predicted("logistic", pd.DataFrame({HOURS: hours_of(saved), COURSE: "algebra"}))
    np.testing.assert_allclose(
        saved["mean"].astype(float), np.log(share / (1 - share)).mean(axis=0), rtol=1e-4, atol=1e-4
    )
    expect(panel.front.get_by_text("Observations have no place on the scale of the link")).to_be_visible()


def test_averages_over_the_data(fan, page, tmp_path):
    panel = fan("logistic")
    pick(panel, "Others", "averaged over the data")
    expect(panel.front.get_by_label("Held values")).to_be_hidden()
    saved = table(panel, page, tmp_path)
    course = next(one for one in fit_of("logistic").view.tabs.data.columns if one.name == COURSE)
    rows = np.array(course.levels)[course.codes]
    for at, row in saved.iloc[[0, -1]].iterrows():
        new = pd.DataFrame({HOURS: hours_of(saved)[at], COURSE: rows})
        assert_means([row["mean"]], [predicted("logistic", new).mean()])


@pytest.mark.parametrize(
    ("show", "words"),
    [
        ("median and bands, pointwise", "at each point by itself"),
        ("median and bands, curvewise", "of whole lines"),
        ("new observations", "of new observations"),
    ],
)
def test_bands(fan, page, tmp_path, show, words):
    panel = fan("line")
    pick(panel, "Show", show)
    expect(panel.front.get_by_text(words).first).to_be_visible()
    saved = table(panel, page, tmp_path)
    assert list(saved) == [
        *("x", "median", "lower 95%", "upper 95%", "lower 89%", "upper 89%", "lower 50%", "upper 50%")
    ]
    ordered = saved[
        ["lower 95%", "lower 89%", "lower 50%", "median", "upper 50%", "upper 89%", "upper 95%"]
    ].astype(float)
    assert (np.diff(ordered, axis=1) >= -1e-6).all()
    expect(panel.front.get_by_label("Fan lines")).to_have_count(0)


def test_points_and_truth(fan):
    panel = fan("line")
    legend = panel.front.get_by_role("list", name="Legend")
    expect(legend).to_contain_text("true curve")
    panel.front.get_by_label("Show truth").uncheck()
    expect(legend).not_to_contain_text("true curve")
    pick(panel, "Points", "none")
    expect(legend).not_to_contain_text("observed")


def test_points_near_the_held_values(fan):
    panel = fan("logistic")
    expect(panel.front.get_by_text("The observations are all rows")).to_be_visible()
    pick(panel, "Points", "near the held values")
    expect(panel.front.get_by_text("of 240 observations are near the held values")).to_be_visible()


@pytest.mark.parametrize("place", ["beside", "under"])
def test_the_fan_of_the_prior(fan, place):
    panel = fan("line")
    pick(panel, "Prior", place)
    if place == "beside":
        expect(panel.front.locator("figcaption")).to_have_text(["Posterior", "Prior"])
        expect(panel.front.get_by_role("img")).to_have_count(2)
    else:
        expect(panel.front.get_by_role("list", name="Legend")).to_contain_text("prior line")


def test_group_specific_effects(fan):
    panel = fan("groups")
    effects = panel.front.get_by_label("Group-specific effects")
    expect(panel.front.locator(".glm-tab-title")).to_contain_text("for an average school")
    population = sentence(panel)
    effects.select_option(label="one level")
    pick(panel, "school held at", "school 3")
    expect(panel.front.get_by_text("observations are of the school shown")).to_be_visible()
    settled(panel)
    one = sentence(panel)
    assert one != population
    effects.select_option(label="several levels")
    panel.front.get_by_label("Levels").select_option(["school 3", "school 5"])
    expect(panel.front.locator("figcaption")).to_have_text(["school = school 3", "school = school 5"])
    assert sentence(panel).split(";")[1:] == one.split(";")[1:]
    effects.select_option(label="a new level")
    expect(panel.front.locator(".glm-tab-title")).to_contain_text("for a new school")


def test_one_draw_is_chosen_by_keys_and_freed_by_escape(fan):
    panel = fan("line")
    status = panel.root.get_by_role("status", name="Selected draw")
    expect(status).to_be_empty()
    lines = panel.front.get_by_role("application", name="Lines", exact=True)
    lines.focus()
    lines.press("ArrowRight")
    expect(status).to_contain_text("draw ")
    expect(status).to_contain_text("sigma")
    first = status.inner_text()
    lines.press("ArrowRight")
    eventually(lambda: status.inner_text() != first)
    lines.press("Enter")
    panel.choose("Trace")
    expect(status).to_contain_text("sigma")
    panel.root.get_by_role("tab", name="Trace").press("Escape")
    expect(status).to_be_empty()


def test_a_line_is_chosen_by_the_pointer(fan):
    panel = fan("line")
    status = panel.root.get_by_role("status", name="Selected draw")
    figure = panel.front.locator(".glm-plot").first
    box = figure.bounding_box()
    for height in np.linspace(0.2, 0.8, 40):
        panel.root.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * height)
        panel.root.page.wait_for_timeout(20)
        if status.inner_text():
            break
    expect(status).to_contain_text("draw ")


def test_play_shows_one_draw_after_another(fan):
    panel = fan("line")
    status = panel.root.get_by_role("status", name="Selected draw")
    panel.front.get_by_role("button", name="Play").click()
    expect(status).to_contain_text("draw ")
    first = status.inner_text()
    eventually(lambda: status.inner_text() != first)
    panel.front.get_by_role("button", name="Pause").click()
    expect(status).to_be_empty()


def test_nothing_plays_where_motion_is_reduced(fan, page):
    page.emulate_media(reduced_motion="reduce")
    panel = fan("line")
    expect(panel.front.get_by_role("button", name="Play")).to_be_disabled()


def test_partial_residuals(fan):
    panel = fan("logistic")
    pick(panel, "Points", "partial residuals")
    expect(panel.front.get_by_text("Points are partial residuals")).to_be_visible()
    expect(panel.front.get_by_role("list", name="Legend")).to_contain_text("partial residual")
    pick(panel, "By", COURSE)
    expect(panel.front.get_by_text("No partial residuals")).to_be_visible()


def test_the_axis_of_lines_is_not_that_of_new_observations(fan):
    panel = fan("line")
    canvas = panel.front.locator(".glm-plot").first
    before = canvas.screenshot()
    pick(panel, "Show", "new observations")
    assert canvas.screenshot() != before
    pick(panel, "Show", "lines")
    eventually(lambda: canvas.screenshot() == before)
