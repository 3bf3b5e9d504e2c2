"""One draw, everywhere: what is pointed at in one tab lights up in the others, in a page with the network cut."""

from __future__ import annotations

import re

import pytest
from kinds import fit_of
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

# Inked pixels of the canvases that show what is pointed at.
LIT = """root => [...root.querySelectorAll("[role=tabpanel]:not([hidden]) canvas.glm-overlay")]
  .filter(({width}) => width > 0)
  .map(canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
    .reduce((n, value, i) => n + (i % 4 === 3 && value > 0), 0))"""


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    path = tmp_path_factory.mktemp("selection") / "line.html"
    fit_of("line").to_html(path)
    return path


@pytest.fixture
def panel(html, quiet_page):
    quiet_page.context.set_offline(True)
    quiet_page.goto(html.as_uri())
    return PanelOnPage(quiet_page.locator(".glm-panel"))


def status(panel):
    return panel.root.get_by_role("status", name="Selected draw")


def place(plot, across=0.5, down=0.4):
    box = plot.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def plots_of(panel, label):
    return panel.root.get_by_role("application", name=f"Draws of {label}", exact=True).locator(".glm-plot")


def test_a_draw_of_a_trace_lights_up_in_all_rows_and_in_pairs(panel, quiet_page):
    panel.choose("Trace")
    eventually(lambda: panel.ink() > 100)
    expect(status(panel)).to_have_text("")
    height = panel.root.locator(".glm-selected").bounding_box()["height"]
    quiet_page.mouse.move(*place(plots_of(panel, "x").nth(1)))
    expect(status(panel)).to_have_text(re.compile(r"draw \d+: chain \d, draw \d+.* · y = .* x.*sigma"))
    eventually(lambda: min(panel.root.evaluate(LIT)) > 50)
    assert panel.root.locator(".glm-selected").bounding_box()["height"] == height
    quiet_page.mouse.click(*place(plots_of(panel, "x").nth(1)))
    pinned = status(panel).inner_text()
    panel.choose("Pairs")
    eventually(lambda: panel.root.evaluate(LIT)[0] > 50)
    assert status(panel).inner_text() == pinned
    panel.root.get_by_role("application", name="Pairs of draws").press("Escape")
    expect(status(panel)).to_have_text("")
    eventually(lambda: panel.root.evaluate(LIT) == [0])


def test_an_interval_is_brushed_by_dragging_and_by_keys_and_cleared(panel, quiet_page):
    panel.choose("Trace")
    eventually(lambda: panel.ink() > 100)
    density = plots_of(panel, "sigma").nth(0)
    density.scroll_into_view_if_needed()
    quiet_page.mouse.move(*place(density, 0.4))
    quiet_page.mouse.down()
    quiet_page.mouse.move(*place(density, 0.6), steps=4)
    quiet_page.mouse.up()
    expect(status(panel)).to_have_text(re.compile(r"^\d+ of 40 draws: sigma between 0\.\d+ and 0\.\d+$"))
    expect(panel.front.locator(".glm-result").first).to_have_text(re.compile(r"^of \d+ draws: mean"))
    brushed = status(panel).inner_text()
    panel.root.get_by_role("application", name="Draws of sigma").press("Shift+ArrowUp")
    expect(status(panel)).not_to_have_text(brushed)
    panel.root.get_by_role("button", name="Clear brush").click()
    expect(status(panel)).to_have_text("")
    expect(panel.front.locator(".glm-result").first).to_have_text(re.compile(r"^mean"))


def test_every_diagnostic_and_density_is_drawn(panel):
    panel.choose("Trace")
    pictures = set()
    for name in ("trace", "rank ECDF difference", "ESS growth", "autocorrelation"):
        panel.root.get_by_label("Diagnostic").select_option(name)
        eventually(lambda: panel.ink() > 100)
        pictures.add(tuple(canvas["ink"] for canvas in panel.picture()[1::2]))
        for layout in ("by chain", "overlaid"):
            panel.root.get_by_label("Density", exact=True).select_option(layout)
            eventually(lambda: panel.ink() > 100)
    assert len(pictures) == 4
    truth = panel.front.get_by_label("Show truth")
    expect(panel.front.locator(".glm-result").first).to_have_text(re.compile("truth 1$"))
    truth.uncheck()
    expect(panel.front.locator(".glm-result").first).not_to_have_text(re.compile("truth"))


def test_pairs_are_of_the_chosen_parameters(panel, quiet_page):
    panel.choose("Pairs")
    panel.root.get_by_label("Horizontal").select_option("sigma")
    panel.root.get_by_label("Vertical").select_option("Intercept")
    image = panel.front.get_by_role("img")
    expect(image).to_have_attribute(
        "aria-label", re.compile(r"^Intercept against sigma: correlation -?0\.\d+ over 40 draws")
    )
    eventually(lambda: panel.ink() > 100)
    field = panel.root.get_by_role("application", name="Pairs of draws")
    field.press("ArrowRight")
    first = status(panel).inner_text()
    field.press("ArrowRight")
    expect(status(panel)).not_to_have_text(first)
    field.press("Escape")
    expect(status(panel)).to_have_text("")
    assert any(pointed(panel, quiet_page, field, across / 20) for across in range(4, 18))


def pointed(panel, page, field, across):
    """Whether a draw lights up somewhere on a vertical line."""
    for down in range(2, 18):
        page.mouse.move(*place(field, across, down / 20))
        if status(panel).inner_text():
            return True
    return False


def test_two_hundred_parameters_are_searched_and_drawn_only_in_sight(quiet_page, tmp_path):
    fit = fit_of("line")
    quiet_page.context.set_offline(True)
    (tmp_path / "wide.html").write_text(wide(fit), "utf-8")
    quiet_page.goto((tmp_path / "wide.html").as_uri())
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    panel.choose("Trace")
    eventually(lambda: panel.ink() > 100)
    assert panel.front.locator(".glm-trace-row").count() == 200
    drawn = panel.front.locator("canvas:not(.glm-overlay)").evaluate_all(
        "all => all.filter(({width}) => width > 0).length"
    )
    assert drawn < 2 * 40
    before = quiet_page.evaluate("() => document.scrollingElement.scrollHeight")
    quiet_page.evaluate("() => scrollTo(0, document.scrollingElement.scrollHeight / 2)")
    eventually(lambda: panel.front.locator(".glm-trace-row").nth(99).locator("canvas").count() == 4)
    assert quiet_page.evaluate("() => document.scrollingElement.scrollHeight") == before
    panel.root.get_by_role("searchbox", name="Find parameters").fill("b[19")
    expect(panel.front.locator(".glm-trace-row")).to_have_count(11)


def wide(fit):
    """The page of a fit with 200 parameters, of which Python has made no densities."""
    from dataclasses import replace

    import numpy as np

    from glm_magic.document import page_html
    from glm_magic.views.draws import DrawColumn
    from glm_magic.views.panel import payload_of
    from glm_magic.views.trace import TraceRow, TraceView

    labels = [f"b[{i}]" for i in range(200)]
    draws = np.random.default_rng(1).normal(size=(200, 4, 100))
    view = replace(
        fit.view,
        draws=replace(
            fit.view.draws,
            n_chains=4,
            n_draws=100,
            columns=tuple(DrawColumn(label=label, term=None, truth=None) for label in labels),
            centre=np.zeros(200),
            values=draws,
            order=np.arange(400, dtype=np.uint32),
        ),
        tabs=replace(
            fit.view.tabs,
            trace=TraceView(
                rows=tuple(TraceRow(label=one, term=None, mean=0.0, truth=None) for one in labels)
            ),
        ),
    )
    return page_html(view, payload_of(view))


def test_the_equation_is_that_of_the_line_that_is_drawn(quiet_page, tmp_path):
    fit_of("groups").to_html(tmp_path / "groups.html")
    quiet_page.goto((tmp_path / "groups.html").as_uri())
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    panel.choose("Trace")
    field = panel.root.get_by_role("application", name="Draws of x", exact=True)
    field.press("ArrowRight")
    field.press("Enter")
    line = r" · y = (-?[\d.]+ [+-] [\d.]+) x, for "
    expect(status(panel)).to_have_text(re.compile(line + "an average school"))
    drawn = [re.search(line, status(panel).inner_text())[1]]
    panel.choose("Fan")
    for effects, words in (
        ("one level", "school = school 0"),
        ("a new level", "a new school"),
        ("several levels", "each school, whose effects are added"),
    ):
        panel.front.get_by_label("Group-specific effects").select_option(effects)
        expect(status(panel)).to_have_text(re.compile(line + words))
        drawn.append(re.search(line, status(panel).inner_text())[1])
    assert len(set(drawn)) == 3
    assert drawn[0] == drawn[3]


def test_the_pinned_draw_is_in_summary_effects_and_data_too(panel):
    panel.choose("Trace")
    field = panel.root.get_by_role("application", name="Draws of x", exact=True)
    field.press("ArrowRight")
    field.press("Enter")
    expect(status(panel)).to_contain_text("sigma")
    name, value = re.search(r"^(draw \d+):.* x (-?[\d.]+)", status(panel).inner_text(), re.DOTALL).groups()
    for tab in ("Data", "Effects", "Fan"):
        panel.choose(tab)
        eventually(lambda: panel.root.evaluate(LIT)[0] > 50)
    panel.choose("Summary")
    expect(panel.front.locator("thead th").last).to_have_text(name)
    row = panel.front.locator("tbody tr").filter(
        has=panel.root.page.get_by_role("rowheader", name="x", exact=True)
    )
    expect(row.locator("td").last).to_have_text(value)
    panel.root.get_by_role("tab", name="Summary").press("Escape")
    expect(panel.front.locator("thead th").last).not_to_have_text(name)
    panel.choose("Data")
    eventually(lambda: panel.root.evaluate(LIT) == [0])


def test_a_change_of_a_control_is_announced(panel):
    panel.choose("Pairs")
    said = panel.root.get_by_role("status", name="Result")
    expect(said).to_have_text("")
    panel.root.get_by_label("Horizontal").select_option("sigma")
    expect(said).to_have_text(re.compile("^.* against sigma: correlation"))


def test_every_plot_of_trace_is_saved_by_name_and_one_row_is_a_stop_of_the_tab_key(panel):
    panel.choose("Trace")
    eventually(lambda: panel.ink() > 100)
    for label in ("Intercept", "x", "sigma"):
        save = panel.front.get_by_role("button", name=f"Save the densities of {label}", exact=True)
        expect(save).to_have_attribute("tabindex", "0" if label == "Intercept" else "-1")
    save.click()
    expect(panel.front.get_by_role("menuitem", name="CSV")).to_be_visible()
    expect(save).to_have_css("opacity", "1")
    expect(save).to_have_attribute("tabindex", "0")
