"""A saved notebook, reopened: with its kernel the panel is live again, without it the page is there."""

from __future__ import annotations

import pytest
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

SHUTDOWN = "async () => { await window.jupyterapp.serviceManager.sessions.shutdownAll(); }"
SAVE = "async () => { await window.jupyterapp.commands.execute('docmanager:save'); }"


@pytest.mark.parametrize("host", ["jupyterlab", "notebook7"])
def test_a_reopened_notebook_shows_the_panel(host, request, quiet_page, saved_fit):
    jupyter, page = request.getfixturevalue(host), quiet_page
    cells = [f"import glm_magic\nfit = glm_magic.load({str(saved_fit)!r})\np = fit.panel()\np", "fit"]
    name = jupyter.write("reopened", cells)
    jupyter.open(page, name)
    jupyter.run(page)
    assert jupyter.errors(page) == []
    live = page.locator(".glm-slot > .glm-panel")
    expect(live).to_have_count(2)
    PanelOnPage(live.first).choose("Fan")
    eventually(lambda: jupyter.ask(page, "p.tab") == "'fan'")

    page.evaluate(SAVE)
    jupyter.open(page, name)
    expect(live).to_have_count(2, timeout=30_000)
    expect(live.first.get_by_role("tab", name="Fan")).to_have_attribute("aria-selected", "true")

    page.evaluate(SHUTDOWN)
    jupyter.open(page, name)
    frame = page.frame_locator(".glm-slot iframe.glm-frame").last.locator(".glm-panel")
    assert PanelOnPage(frame).is_alive()
    expect(live).to_have_count(0)
    expect(page.get_by_text("model not found")).to_have_count(0)
