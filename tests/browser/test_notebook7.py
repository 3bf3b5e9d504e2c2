"""The panel in Notebook 7: the same front end in another host."""

from __future__ import annotations

from panels import PanelOnPage, eventually


def test_a_panel_is_alive_in_notebook_7(notebook7, quiet_page, saved_fit):
    cell = f"import glm_magic\np = glm_magic.load({str(saved_fit)!r}).panel()\np"
    notebook7.open(quiet_page, notebook7.write("panel", [cell]))
    notebook7.run(quiet_page)
    assert notebook7.errors(quiet_page) == []
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    assert panel.is_alive()
    panel.slider.press("ArrowRight")
    assert panel.lines == "101 of 1,000 lines"
    eventually(lambda: notebook7.ask(quiet_page, "p.n_lines") == "101")
    panel.tighten("x", "0.2")
    eventually(lambda: notebook7.ask(quiet_page, "p.what_if") == "{'priors': {'x': 'Normal(0, 0.2)'}}")
