"""A saved notebook, reopened: with its kernel the panel is live again, without it the page is there."""

from __future__ import annotations

import shutil

import pytest
from exports import assert_alive, assert_refits
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

NAMES = {"jupyterlab": ("JupyterLab 4", "jupyterlab"), "notebook7": ("Notebook 7", "notebook")}
SHUTDOWN = "async () => { await window.jupyterapp.serviceManager.sessions.shutdownAll(); }"
SAVE = "async () => { await window.jupyterapp.commands.execute('docmanager:save'); }"


@pytest.mark.parametrize("host", ["jupyterlab", "notebook7"])
def test_a_reopened_notebook_shows_the_panel(host, request, quiet_page, saved_fit, record):
    name, package = NAMES[host]
    with record(name, package=package, how="`%%glm`; reopened without a kernel: the page", shows="widget"):
        reopen(request.getfixturevalue(host), quiet_page, saved_fit)


def reopen(jupyter, page, saved_fit):
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
    assert_alive(PanelOnPage(frame))
    assert_refits(PanelOnPage(frame))
    expect(live).to_have_count(0)
    expect(page.get_by_text("model not found")).to_have_count(0)


def test_an_executed_notebook_is_alive_in_jupyterlab_once_it_is_trusted(executed, jupyterlab, run, page):
    path = jupyterlab.folder / "executed.ipynb"
    shutil.copy(executed, path)
    jupyterlab.open(page, path.name)
    # What a stranger's notebook may show: no script runs, and the table is there.
    expect(page.get_by_text("Summary as a table")).to_have_count(2)
    expect(page.locator("iframe.glm-frame")).to_have_count(0)

    run("nbformat.sign", path, JUPYTER_DATA_DIR=str(jupyterlab.folder.parent / "data"))
    jupyterlab.open(page, path.name)
    frames = page.locator("iframe.glm-frame")
    expect(frames).to_have_count(2, timeout=30_000)
    for index in range(2):
        assert_alive(PanelOnPage(frames.nth(index).content_frame.locator(".glm-panel")))
