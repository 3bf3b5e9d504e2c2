"""What hosts that cannot be run here are given, a page within a page, and paper."""

from __future__ import annotations

import nbformat
import pytest
from exports import Opened, assert_alive, assert_refits, needs
from panels import PanelOnPage
from playwright.sync_api import expect

import glm_magic

# nbconvert starts the browser that playwright would download; here it is the one of this machine.
WEBPDF = """
import os
from functools import partialmethod
from nbconvert.nbconvertapp import main
from playwright.async_api import BrowserType

BrowserType.launch = partialmethod(BrowserType.launch, executable_path=os.environ["CHROMIUM"])
main()
"""


def outputs(executed):
    """The text/html of each fit, which is all that such hosts take from the notebook."""
    notebook = nbformat.read(executed, as_version=4)
    found = [output.data for cell in notebook.cells for output in cell.get("outputs", [])]
    assert all(set(data) == {"text/html", "text/plain"} for data in found)
    return [data["text/html"] for data in found]


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("Quarto", "`execute: enabled: true`"),
        ("MyST, Jupyter Book 2", "`myst build --execute --html`"),
    ],
)
def test_what_a_host_is_given_is_alive(name, how, executed, record, page, tmp_path):
    with record(name, how=how, shows="page", tried="what it is given") as seen:
        path = tmp_path / "page.html"
        body = "\n<h2>Text between</h2>\n".join(outputs(executed))
        path.write_text(f"<!doctype html><meta charset=utf-8><title>x</title><body>{body}</body>", "utf-8")
        seen["bytes"] = path.stat().st_size
        opened = Opened(page, path)
        for panel in opened.panels():
            assert_alive(panel)
        assert opened.asked == set()


@needs("pypandoc-binary")
def test_pandoc_passes_the_panels_on(executed, page, tmp_path):
    """Quarto hands an output to pandoc as a block of raw HTML."""
    import pypandoc

    blocks = "\n\n".join(f"```{{=html}}\n{html}\n```" for html in outputs(executed))
    path = tmp_path / "page.html"
    pypandoc.convert_text(
        f"# A lesson\n\n{blocks}",
        "html",
        "markdown",
        extra_args=["-s", "-V", "title=x"],
        outputfile=str(path),
    )
    opened = Opened(page, path)
    for panel in opened.panels():
        assert_alive(panel)
    assert opened.asked == set()


@pytest.mark.parametrize("sandbox", ["", ' sandbox="allow-scripts"'], ids=["a frame", "a sandbox"])
def test_a_saved_page_is_alive_in_a_frame(sandbox, saved_fit, record, page, tmp_path):
    with record("a web page or LMS", how="`fit.to_html(path)` in an `<iframe>`", shows="page") as seen:
        glm_magic.load(saved_fit).to_html(tmp_path / "fit.html")
        seen["bytes"] = (tmp_path / "fit.html").stat().st_size
        path = tmp_path / "page.html"
        frame = f'<iframe src="fit.html" width="100%" height="700"{sandbox}></iframe>'
        path.write_text(f"<!doctype html><meta charset=utf-8><title>x</title><body>{frame}</body>", "utf-8")
        page.set_viewport_size({"width": 900, "height": 900})
        page.goto(path.as_uri())
        panel = PanelOnPage(page.frame_locator("iframe").locator(".glm-panel"))
        assert_alive(panel)
        assert_refits(panel)


def test_a_page_that_holds_less_is_alive_and_says_so(saved_fit, page, tmp_path):
    glm_magic.load(saved_fit).to_html(tmp_path / "fit.html", max_bytes=0)
    page.goto((tmp_path / "fit.html").as_uri())
    panel = PanelOnPage(page.locator(".glm-panel"))
    assert panel.is_alive()
    assert panel.lines == "100 of 100 lines"
    expect(page.locator(".glm-badge")).to_have_text("Note")
    panel.choose("Summary")
    expect(panel.front.get_by_label("Findings")).to_contain_text(
        "The page would exceed 0 bytes, so this page holds 100 of 1,000 lines"
    )


@needs("pypdfium2")
def test_webpdf_prints_the_panels(executed, run, record, browser_type_launch_args, tmp_path):
    import pypdfium2

    (tmp_path / "webpdf.py").write_text(WEBPDF, "utf-8")
    # By itself, nbconvert prints a tenth of a second after the page is loaded: on a busy machine, one frame was once
    # blank on paper.
    wait = "--WebPDFExporter.page_render_timeout=3000"
    how = f"`--to webpdf {wait}`"
    with record("nbconvert, webpdf", package="nbconvert", how=how, shows="picture") as seen:
        run(
            *("webpdf", "--to=webpdf", "--WebPDFExporter.disable_sandbox=True", wait),
            *(f"--output-dir={tmp_path}", executed),
            folder=tmp_path,
            CHROMIUM=browser_type_launch_args["executable_path"],
        )
        path = tmp_path / "lesson.pdf"
        seen["bytes"] = path.stat().st_size
        pages = list(pypdfium2.PdfDocument(path))
        text = " ".join(one.get_textpage().get_text_range() for one in pages)
        assert text.count("4 chains × 250 draws") == 2
        drawn = [
            one
            for sheet in pages
            for one in sheet.get_objects()
            if one.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
        ]
        assert len(drawn) >= 2
