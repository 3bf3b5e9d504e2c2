"""A loaded fit's panel in JupyterLab."""

from __future__ import annotations

import pytest
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

from glm_magic.traits import TABS as TRAIT_TABS

NARROW = 360
CELLS = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
ACTIVE_CELL = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"


@pytest.fixture
def show(jupyterlab, quiet_page, saved_fit):
    """Run cells after one that loads the fit as `fit` and its panel as `p`; return the panels.

    The notebook has the same name in every test, so its kernel is warm after the first.
    """

    def run(*cells: str, shown: int = 1) -> list[PanelOnPage]:
        load = f"import glm_magic, ipywidgets\nfit = glm_magic.load({str(saved_fit)!r})\np = fit.panel()"
        jupyterlab.open(quiet_page, jupyterlab.write("panel", [load, *cells]))
        jupyterlab.run(quiet_page)
        assert jupyterlab.errors(quiet_page) == []
        roots = quiet_page.locator(".jp-NotebookPanel .glm-panel")
        expect(roots).to_have_count(shown)
        return [PanelOnPage(root) for root in roots.all()]

    return run


def test_a_fit_is_shown_as_a_panel_whose_tabs_are_all_alive(show):
    [panel] = show("fit")
    assert panel.is_alive()
    expect(panel.root.locator(".glm-title")).to_have_text("y ~ x * g")
    expect(panel.front.locator(".glm-axis-title").last).to_have_text("E[y | x]")


def test_dragging_the_slider_draws_more_lines(show, quiet_page):
    [panel] = show("p")
    panel.choose("Fan")
    # Few enough that lines do not yet cover what more of them will.
    panel.slider.fill("10")
    few = panel.picture()[0]["ink"]
    box = panel.slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    quiet_page.mouse.move(box["x"] + 0.1 * box["width"], middle)
    quiet_page.mouse.down()
    quiet_page.mouse.move(box["x"] + 0.8 * box["width"], middle, steps=8)
    quiet_page.mouse.up()
    assert 600 < int(panel.slider.input_value()) < 1000
    eventually(lambda: panel.picture()[0]["ink"] > 1.2 * few)


def test_the_kernel_follows_the_slider_exactly(show, jupyterlab, quiet_page):
    [panel] = show("p")
    panel.choose("Fan")
    panel.slider.focus()
    for _ in range(3):
        quiet_page.keyboard.press("ArrowRight")
    assert panel.lines == "103 of 1,000 lines"
    assert panel.slider.get_attribute("aria-valuetext") == "103 of 1,000 lines"
    eventually(lambda: jupyterlab.ask(quiet_page, "p.n_lines, p.tab") == "(103, 'fan')")


def test_the_panel_follows_the_kernel(show, jupyterlab, quiet_page):
    [panel] = show("p")
    jupyterlab.ask(quiet_page, "p.set_trait('tab', 'fan'); p.set_trait('n_lines', 7)")
    eventually(lambda: panel.lines == "7 of 1,000 lines")


def test_the_slider_needs_no_kernel(show, quiet_page):
    [panel] = show("p")
    panel.choose("Fan")
    before = panel.picture()[0]["ink"]
    quiet_page.context.set_offline(True)
    try:
        panel.slider.focus()
        quiet_page.keyboard.press("End")
        assert panel.lines == "1,000 of 1,000 lines"
        eventually(lambda: panel.picture()[0]["ink"] > before)
        quiet_page.keyboard.press("Home")
        eventually(lambda: panel.picture()[0]["ink"] == 0)
    finally:
        quiet_page.context.set_offline(False)


def test_fewer_lines_are_the_first_of_the_same_lines(show, quiet_page):
    [panel] = show("p")
    panel.choose("Fan")
    panel.front.get_by_label("By", exact=True).select_option(label="g")
    first = panel.picture()[0]
    panel.slider.focus()
    for key in ("End", "PageDown", "ArrowLeft", "Home"):
        quiet_page.keyboard.press(key)
    for _ in range(100):
        quiet_page.keyboard.press("ArrowRight")
    assert panel.lines == "100 of 1,000 lines"
    eventually(lambda: panel.picture()[0]["ink"] == first["ink"])
    assert panel.light() == pytest.approx(first["light"], abs=0.01)  # blending rounds by the batch


def test_keys_in_the_panel_do_not_move_between_cells_nor_delete_them(show, quiet_page):
    [panel] = show("p", "1 + 1", "2 + 2")
    quiet_page.evaluate("() => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    panel.root.get_by_role("tab", name="Data").focus()
    for tab in ("Trace", "Pairs", "Summary", "Effects", "Fan"):
        quiet_page.keyboard.press("ArrowRight")
        expect(panel.root.get_by_role("tab", selected=True)).to_have_text(tab)
    quiet_page.keyboard.press("ArrowDown")
    panel.slider.focus()
    for key in ("ArrowUp", "ArrowDown", "ArrowDown", "ArrowLeft"):
        quiet_page.keyboard.press(key)
    assert panel.lines == "98 of 1,000 lines"
    panel.front.get_by_label("x variable").focus()
    for key in ("x", "d", "d", "b"):  # outside the panel: cut, delete, insert a cell
        quiet_page.keyboard.press(key)
    expect(panel.front.get_by_label("x variable")).to_be_focused()
    assert quiet_page.evaluate(CELLS) == 4
    assert quiet_page.evaluate(ACTIVE_CELL) == 1


def test_an_ipywidgets_slider_can_be_linked_both_ways(show, quiet_page):
    link = (
        "s = ipywidgets.IntSlider(value=100, max=1000)\nl = ipywidgets.jslink((s, 'value'), (p, 'n_lines'))"
    )
    [panel] = show(f"{link}\nipywidgets.VBox([s, p])")
    other = quiet_page.locator(".jp-NotebookPanel .widget-slider")
    panel.choose("Fan")
    panel.slider.focus()
    quiet_page.keyboard.press("ArrowRight")
    expect(other.locator(".widget-readout")).to_have_text("101")
    other.locator(".noUi-handle").focus()
    quiet_page.keyboard.press("ArrowLeft")
    quiet_page.keyboard.press("ArrowLeft")
    eventually(lambda: panel.lines == "99 of 1,000 lines")


# Another fit of the same model, with half of the lines.
REFIT = """from dataclasses import replace
from glm_magic.views.panel import payload_of
def refit():
    draws = replace(fit.view.draws, order=fit.view.draws.order[:500])
    payload = payload_of(replace(fit.view, title="refitted", draws=draws))
    with p.hold_sync():
        p.schema, p.buffer = payload.schema, payload.buffer"""
SCROLLED = "root => root.getBoundingClientRect().top"


def test_another_payload_keeps_tab_focus_scroll_and_what_was_chosen(show, jupyterlab, quiet_page):
    [panel] = show(REFIT, "p", "ipywidgets.HTML('<div style=\"height: 2000px\"></div>')")
    panel.choose("Summary")
    summary = panel.front.get_by_role("slider", name="Interval probability")
    summary.fill("0.5")
    panel.choose("Fan")
    panel.front.get_by_label("By", exact=True).select_option(label="g")
    panel.front.get_by_label("Interval", exact=True).check()
    panel.slider.focus()
    quiet_page.keyboard.press("End")
    assert panel.lines == "1,000 of 1,000 lines"
    top = panel.root.evaluate(SCROLLED)
    panel.front.evaluate("front => front.scrollIntoView()")
    before = panel.root.evaluate(SCROLLED)
    assert before < top
    jupyterlab.ask(quiet_page, "refit()")
    expect(panel.root.locator(".glm-title")).to_have_text("refitted")
    expect(panel.root.get_by_role("tab", selected=True)).to_have_text("Fan")
    eventually(lambda: panel.lines == "500 of 500 lines")
    expect(panel.slider).to_be_focused()
    assert panel.root.evaluate(SCROLLED) == before
    assert panel.front.get_by_label("By", exact=True).evaluate("by => by.selectedOptions[0].text") == "g"
    expect(panel.front.get_by_label("Interval", exact=True)).to_be_checked()
    expect(panel.front.get_by_role("slider", name="Interval probability")).to_have_value("0.5")
    eventually(lambda: panel.picture()[0]["ink"] > 100)
    quiet_page.keyboard.press("ArrowLeft")
    assert panel.lines == "499 of 500 lines"
    eventually(lambda: jupyterlab.ask(quiet_page, "p.n_lines, p.tab, p.prob") == "(499, 'fan', 0.5)")


def test_another_payload_does_not_take_the_slider_from_the_hand(show, jupyterlab, quiet_page):
    [panel] = show(REFIT, "p")
    panel.choose("Fan")
    box = panel.slider.bounding_box()
    middle = box["y"] + box["height"] / 2
    quiet_page.mouse.move(box["x"] + 0.1 * box["width"], middle)
    quiet_page.mouse.down()
    jupyterlab.ask(quiet_page, "refit()")
    expect(panel.root.locator(".glm-title")).to_have_text("refitted")
    quiet_page.mouse.move(box["x"] + 0.8 * box["width"], middle, steps=4)
    quiet_page.mouse.up()
    eventually(lambda: panel.lines.endswith(" of 500 lines"))
    assert 350 < int(panel.slider.input_value()) < 450


THINNED = """from dataclasses import replace
from glm_magic.panel import Panel
from glm_magic.views.draws import fewer_draws
from glm_magic.views.panel import payload_of
thin = replace(fit.view, draws=fewer_draws(fit.view.draws, 0.2))
Panel(thin, payload_of(thin), fit._whole)"""


def test_a_kernel_gives_the_draws_that_were_left_out(show, quiet_page):
    [panel] = show(THINNED)
    panel.choose("Pairs")
    some = panel.picture()[0]["ink"]
    expect(panel.front).to_contain_text("every 5th of")
    button = panel.root.get_by_role("button", name="Use all draws")
    button.focus()
    quiet_page.keyboard.press("Enter")
    expect(panel.root.get_by_role("status", name="All draws")).to_have_text("All draws are here.")
    expect(panel.front).not_to_contain_text("every 5th of")
    eventually(lambda: panel.picture()[0]["ink"] > 1.5 * some)


def test_a_panel_in_a_hidden_tab_is_drawn_when_it_is_shown(show, quiet_page):
    nested = "ipywidgets.HBox([ipywidgets.VBox([p], layout={'width': '100%'})])"
    [panel] = show(f"ipywidgets.Tab([ipywidgets.HTML('first'), {nested}])")
    quiet_page.locator(".jp-NotebookPanel .widget-tab .lm-TabBar-tab").nth(1).click()
    eventually(lambda: panel.ink() > 100)
    assert panel.root.bounding_box()["width"] > 500
    assert panel.is_alive()


def test_two_views_of_a_panel_stay_in_step(show, quiet_page):
    half = "layout={'width': '50%'}"
    left, right = show(
        f"ipywidgets.HBox([ipywidgets.VBox([p], {half}), ipywidgets.VBox([p], {half})])", shown=2
    )
    left.choose("Fan")
    expect(right.root.get_by_role("tab", selected=True)).to_have_text("Fan")
    left.slider.focus()
    quiet_page.keyboard.press("End")
    eventually(lambda: right.lines == "1,000 of 1,000 lines")
    eventually(lambda: right.picture()[0]["ink"] > 100)


def test_the_canvas_takes_the_colours_of_the_theme(show, quiet_page):
    [panel] = show("p")
    light = panel.light()
    change = "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
    quiet_page.evaluate(change, "JupyterLab Dark")
    try:
        expect(panel.root).to_have_attribute("data-glm-theme", "dark")
        eventually(lambda: panel.light() > light + 80)
    finally:
        quiet_page.evaluate(change, "JupyterLab Light")
    expect(panel.root).to_have_attribute("data-glm-theme", "light")
    eventually(lambda: abs(panel.light() - light) < 1)


STYLES = """root => [...root.querySelectorAll("*")].filter(el => !el.closest("svg, canvas")).map(el => {
  const style = getComputedStyle(el);
  const names = ["padding", "margin", "border-width", "list-style", "table-layout", "background-color", "color",
    "font-size", "font-family", "font-weight", "line-height", "text-align", "vertical-align", "white-space"];
  return [el.tagName + "." + el.className, ...names.map(name => name + ": " + style.getPropertyValue(name))];
})"""


@pytest.mark.parametrize("tab", TRAIT_TABS)
def test_the_styles_of_html_outputs_do_not_reach_the_panel(show, quiet_page, tab):
    """As an output of its own it is within one; as part of another widget it is not."""
    quiet_page.set_viewport_size({"width": 1280, "height": 6000})  # what is out of sight is not drawn
    output, part = show(f"p.tab = {tab!r}\np", "ipywidgets.VBox([p])", shown=2)
    assert "jp-RenderedHTMLCommon" in output.root.evaluate(
        "root => root.closest('.jp-OutputArea-output').className"
    )
    for panel in (output, part):
        eventually(lambda panel=panel: panel.root.locator(".glm-trace-plots > :empty").count() == 0)
    for own, other in zip(output.root.evaluate(STYLES), part.root.evaluate(STYLES), strict=True):
        assert own == other


@pytest.mark.parametrize("tab", TRAIT_TABS)
def test_a_narrow_panel_has_nothing_to_scroll_sideways(show, quiet_page, tab):
    [panel] = show(f"p.tab = {tab!r}\nipywidgets.VBox([p], layout={{'width': '{NARROW}px'}})")
    assert panel.root.bounding_box()["width"] <= NARROW
    outside = panel.root.evaluate(
        """root => {
          const right = root.getBoundingClientRect().right;
          return [...root.querySelectorAll("*")]
            .filter(el => !el.closest("table, svg, math") && el.getBoundingClientRect().right > right)
            .map(el => el.outerHTML.slice(0, 80));
        }"""
    )
    assert outside == []
    assert panel.root.evaluate("root => root.scrollWidth <= root.clientWidth")
