"""`%%glm` cells that are really run in JupyterLab."""

from __future__ import annotations

import pytest
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

DATA = """import numpy as np, pandas as pd
rng = np.random.default_rng(1)
x = rng.normal(size=200)
df = pd.DataFrame({"weight": x, "y": 1 + 2 * x + rng.normal(scale=0.5, size=200)})
%load_ext glm_magic"""
SMALL = "--draws 200 --tune 200 --seed 1"

# Collects every text that the outputs' progress ever shows.
LISTEN = """() => {
  window.progress = [];
  const look = () => document.querySelectorAll(".jp-OutputArea-output").forEach(output => {
    const text = output.innerText.trim();
    if (/^(Importing|Compiling|Sampling)/.test(text)) window.progress.push(text);
  });
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""


@pytest.fixture
def run(jupyterlab, quiet_page):
    """Run cells after one that makes the data; return the page."""

    def run_cells(*cells):
        jupyterlab.open(quiet_page, jupyterlab.write("cell", [DATA, *cells]))
        quiet_page.evaluate(LISTEN)
        jupyterlab.run(quiet_page)
        return quiet_page

    return run_cells


def cell(page, number):
    """The code cell of a number, counted from 0."""
    return page.locator(".jp-NotebookPanel .jp-CodeCell").nth(number)


def test_a_cell_shows_progress_and_then_its_panel_alone(run, jupyterlab):
    page = run(f"%%glm df {SMALL}\ny ~ weight")
    assert jupyterlab.errors(page) == []
    progress = page.evaluate("() => window.progress")
    assert any(text.startswith(("Sampling 4 chains", "Compiling")) for text in progress)

    output = cell(page, 1).locator(".jp-Cell-outputArea")
    panel = PanelOnPage(output.locator(".glm-panel"))
    assert panel.is_alive()
    assert jupyterlab.ask(page, "type(_).__name__, _.posterior.posterior.sizes['draw']") == "('Fit', 200)"
    assert not any(word in output.inner_text() for word in ("Importing", "Compiling", "Sampling"))
    gap = panel.root.bounding_box()["y"] - output.bounding_box()["y"]
    assert gap < 12


def test_a_semicolon_silences_the_panel_and_keeps_the_fit(run, jupyterlab):
    page = run(f"%%glm df {SMALL} --out silent\ny ~ weight;", "silent.incomplete")
    assert jupyterlab.errors(page) == []
    assert page.locator(".jp-NotebookPanel .glm-panel").count() == 0
    assert cell(page, 1).locator(".jp-Cell-outputArea").inner_text().strip() == ""
    expect(cell(page, 2).locator(".jp-OutputArea-output")).to_have_text("False")


def test_a_misspelt_column_ends_the_run_with_a_caret_and_a_suggestion(run, jupyterlab):
    # JupyterLab sends all cells, and the kernel drops those it has by then: on a busy machine the last is late.
    page = run("get_ipython().kernel.stop_on_error_timeout = 2", "%%glm df\ny ~ wieght", "never = True")
    [error] = jupyterlab.errors(page)
    assert "weight" in error
    shown = cell(page, 2).locator(".jp-Cell-outputArea")
    expect(shown).to_contain_text("^^^^^^")
    expect(shown).to_contain_text("Did you mean")
    assert "Traceback" not in shown.inner_text()
    assert len(shown.inner_text().splitlines()) < 10
    eventually(lambda: jupyterlab.ask(page, "'never' in globals()") == "False")


def test_a_static_cell_shows_a_frame_that_is_alive(run):
    page = run(f"%%glm df {SMALL} --static\ny ~ weight")
    frame = cell(page, 1).frame_locator("iframe.glm-frame")
    panel = PanelOnPage(frame.locator(".glm-panel"))
    assert panel.is_alive()
    panel.slider.press("ArrowRight")
    assert panel.lines.startswith("101 of ")


def test_an_interrupted_cell_shows_what_it_has_and_binds_no_name(jupyterlab, quiet_page):
    page = quiet_page
    cells = [DATA, "%%glm df --draws 200000 --seed 1 --out long\ny ~ weight"]
    jupyterlab.open(page, jupyterlab.write("cell", cells))
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    # Some thousand draws are beyond tuning, so that there is something to show.
    expect(cell(page, 1).locator(".glm-progress")).to_contain_text("of 201,000", timeout=120_000)
    eventually(lambda: "(tuning)" not in cell(page, 1).locator(".glm-progress").inner_text())
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:interrupt-kernel'); }")
    panel = PanelOnPage(cell(page, 1).locator(".glm-panel"))
    expect(panel.root.locator(".glm-badge").first).to_have_text("incomplete: interrupted", timeout=60_000)
    eventually(lambda: len(jupyterlab.errors(page)) == 1)
    assert "no name was bound" in jupyterlab.errors(page)[0]
    eventually(lambda: jupyterlab.ask(page, "'long' in globals()") == "False", 60)
    assert cell(page, 1).locator(".glm-progress").count() == 0
