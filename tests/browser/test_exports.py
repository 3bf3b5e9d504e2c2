"""An executed notebook as a page: by nbconvert, and by examples/build_page.py."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from panels import PanelOnPage
from playwright.sync_api import expect

BUILD_PAGE = Path(__file__).parents[2] / "examples" / "build_page.py"


@pytest.fixture(scope="module")
def executed(saved_fit, tmp_path_factory):
    """An executed notebook that holds a fit."""
    path = tmp_path_factory.mktemp("exports") / "fit.ipynb"
    code = f"import glm_magic\nglm_magic.load({str(saved_fit)!r})"
    cells = [nbformat.v4.new_markdown_cell("# A fit"), nbformat.v4.new_code_cell(code)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    nbconvert(path, "--to", "notebook", "--execute", "--inplace")
    notebook = nbformat.read(path, as_version=4)
    # nbconvert writes the widgets' state, which JupyterLab by default does not: with it, its page asks a CDN.
    notebook.metadata.pop("widgets", None)
    nbformat.write(notebook, path)
    return path


def nbconvert(path, *options):
    subprocess.run([sys.executable, "-m", "nbconvert", "--log-level=ERROR", *options, path], check=True)


def open_offline(page, path):
    page.route("http*://**", lambda route: route.abort())
    page.goto(path.as_uri())


def test_nbconvert_keeps_a_page_that_is_alive_and_the_table(executed, page):
    nbconvert(executed, "--to", "html")
    open_offline(page, executed.with_suffix(".html"))
    panel = PanelOnPage(page.frame_locator("iframe.glm-frame").locator(".glm-panel"))
    assert panel.is_alive()
    page.get_by_text("Summary as a table").click()
    expect(page.locator("details tbody tr")).to_have_count(7)


def test_the_page_of_a_notebook_is_alive_without_a_network(executed, quiet_page, tmp_path):
    said = []
    quiet_page.on("console", lambda message: said.append(message.text))
    runpy.run_path(str(BUILD_PAGE))["write_page"](executed, tmp_path / "fit.html")
    open_offline(quiet_page, tmp_path / "fit.html")
    panel = PanelOnPage(quiet_page.frame_locator("iframe.glm-frame").locator(".glm-panel"))
    assert panel.is_alive()
    panel.slider.press("End")
    assert panel.lines == "1,000 of 1,000 lines"
    assert [text for text in said if not text.startswith("Canvas2D")] == []  # that is this test reading ink
