"""An executed notebook as a page: by nbconvert, and by examples/build_page.py."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

BUILD_PAGE = Path(__file__).parents[2] / "examples" / "build_page.py"


@pytest.fixture(scope="module")
def executed(saved_fit, tmp_path_factory):
    """An executed notebook that holds a fit."""
    path = tmp_path_factory.mktemp("exports") / "fit.ipynb"
    code = f"import glm_magic\nfit = glm_magic.load({str(saved_fit)!r})\nfit"
    sources = [code, "fit", "fit.panel()"]
    cells = [nbformat.v4.new_markdown_cell("# A fit"), *map(nbformat.v4.new_code_cell, sources)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    nbconvert(path, "--to", "notebook", "--execute", "--inplace")
    return path


def nbconvert(path, *options):
    subprocess.run([sys.executable, "-m", "nbconvert", "--log-level=ERROR", *options, path], check=True)


def open_offline(page, path):
    page.route(re.compile("^https?:"), lambda route: route.abort())
    page.goto(path.as_uri())


def test_no_widget_is_left_in_a_notebook_that_nobody_saw(executed):
    notebook = nbformat.read(executed, as_version=4)
    outputs = [output for cell in notebook.cells[1:] for output in cell.outputs]
    assert len(outputs) == 3
    assert all("widget" not in mime for output in outputs for mime in output.data)
    # The script of the panel, by a text of its own.
    assert sum(output.data["text/html"].count("This panel cannot be shown") for output in outputs) == 1


def test_nbconvert_keeps_a_page_that_is_alive_and_the_table(executed, page):
    nbconvert(executed, "--to", "html")
    open_offline(page, executed.with_suffix(".html"))
    frames = page.locator("iframe.glm-frame")
    expect(frames).to_have_count(3)
    for index in range(3):
        panel = PanelOnPage(frames.nth(index).content_frame.locator(".glm-panel"))
        assert panel.is_alive()
        fits_its_frame(frames.nth(index))
    page.get_by_text("Summary as a table").first.click()
    expect(page.locator("details").first.locator("tbody tr")).to_have_count(7)


def fits_its_frame(frame):
    """No scroll bar inside, and no empty space beneath."""
    eventually(lambda: frame.get_attribute("data-glm-sized") is not None)
    content = frame.content_frame.locator("body").bounding_box()["height"]
    eventually(lambda: abs(frame.bounding_box()["height"] - content) <= 1)


def test_the_page_of_a_notebook_is_alive_without_a_network(executed, quiet_page, tmp_path):
    said = []
    quiet_page.on("console", lambda message: said.append(message.text))
    runpy.run_path(str(BUILD_PAGE))["write_page"](executed, tmp_path / "fit.html")
    open_offline(quiet_page, tmp_path / "fit.html")
    panel = PanelOnPage(quiet_page.locator("iframe.glm-frame").first.content_frame.locator(".glm-panel"))
    assert panel.is_alive()
    panel.slider.press("End")
    assert panel.lines == "1,000 of 1,000 lines"
    assert [text for text in said if not text.startswith("Canvas2D")] == []  # that is this test reading ink
