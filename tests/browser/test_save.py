"""Every plot can be saved, as a picture and as its numbers, and nothing of it is lost in silence."""

from __future__ import annotations

import csv
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from panels import PanelOnPage
from playwright.sync_api import expect

import glm_magic
from glm_magic.document import frame_html, page_html
from glm_magic.views.panel import payload_of

SVG = "{http://www.w3.org/2000/svg}"
KINDS = ("SVG", "PNG", "CSV")
WRITER = Path(__file__).parents[1] / "wire" / "write.py"
FAN_INK = "#e69f00"


@pytest.fixture
def opened(quiet_page: Any, tmp_path: Path) -> Callable[[str], Any]:
    """Open a document with the network cut."""
    quiet_page.context.set_offline(True)

    def open_document(content: str) -> Any:
        (tmp_path / "document.html").write_text(content, "utf-8")
        quiet_page.goto((tmp_path / "document.html").as_uri())
        return quiet_page

    return open_document


def choose(panel, plot, kind):
    panel.front.get_by_role("button", name=f"Save the {plot}", exact=True).click()
    panel.front.get_by_role("menuitem", name=kind).click()


def save(page, panel, plot, kind, folder):
    with page.expect_download() as download:
        choose(panel, plot, kind)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def read_table(path):
    header, *rows = csv.reader(path.read_text("utf-8").splitlines())
    return header, rows


def numbers(rows):
    return np.array(rows, dtype=np.float64)


def fan_lines(view):
    """The curves that Python ships for the first axis, shape (lines, grid), and their mean."""
    stratum = view.tabs.fan.axes[0].strata[0]
    return stratum.lines.draws @ stratum.lines.rows.T, stratum.mean


def test_the_fan_is_saved_as_it_is_shown(opened, hostile_view, tmp_path):
    page = opened(page_html(hostile_view, payload_of(hostile_view)))
    panel = PanelOnPage(page.locator(".glm-panel"))
    panel.choose("Fan")
    panel.settle()
    svg, png, table = (save(page, panel, "fan", kind, tmp_path) for kind in KINDS)
    assert {path.stem for path in (svg, png, table)} == {svg.stem}
    assert svg.stem.startswith("y-x-script-")
    assert svg.stem.endswith("-fan")

    picture = ElementTree.parse(svg).getroot()
    inked = [group for group in picture.iter(f"{SVG}g") if group.get("stroke") == FAN_INK]
    assert sum(len(group.findall(f"{SVG}path")) for group in inked) == 4
    assert picture.findtext(f"{SVG}title") == hostile_view.title
    described = panel.front.locator("canvas[role=img]").get_attribute("aria-label")
    assert " ".join(picture.findtext(f"{SVG}desc").split()) == " ".join(described.split())
    assert not [name for element in picture.iter() for name in element.attrib if name == "class"]
    assert {"0.5", "x"} <= {text.text for text in picture.iter(f"{SVG}text")}

    assert {"posterior line", "posterior mean", "true curve"} <= {
        text.text for text in picture.iter(f"{SVG}text")
    }
    size = struct.unpack(">II", png.read_bytes()[16:24])
    assert size == tuple(2 * int(picture.get(side)) for side in ("width", "height"))
    box = panel.front.locator(".glm-plot").bounding_box()
    assert int(picture.get("width")) == round(box["width"])
    assert int(picture.get("height")) > round(box["height"])  # the legend is beneath

    header, rows = read_table(table)
    curves, mean = fan_lines(hostile_view)
    at = header.index("mean")
    assert (header[0], len(header) - at - 1) == ("x", 4)
    np.testing.assert_allclose(numbers(rows)[:, 0], hostile_view.tabs.fan.axes[0].grid, rtol=1e-6)
    np.testing.assert_allclose(numbers(rows)[:, at], mean, rtol=1e-6)
    np.testing.assert_allclose(numbers(rows)[:, at + 1 :], curves[:4].T, rtol=1e-6)


def test_the_saved_picture_looks_like_the_one_that_is_shown(opened, hostile_view, tmp_path):
    page = opened(page_html(hostile_view, payload_of(hostile_view)))
    panel = PanelOnPage(page.locator(".glm-panel"))
    panel.choose("Fan")
    panel.settle()
    before = panel.picture()
    png = save(page, panel, "fan", "PNG", tmp_path)
    assert panel.picture() == before  # the plot is still what it was
    panel.slider.press("End")
    expect(panel.root.locator(".glm-tab-fan output").first).to_contain_text("6 of 6")
    panel.settle()
    assert panel.picture()[0]["ink"] > before[0]["ink"]  # and goes on
    # The picture is not the blank that is written where an image could not be drawn.
    assert len(png.read_bytes()) > 10_000


def test_data_and_trace_are_saved_with_their_own_numbers(opened, saved_fit, tmp_path):
    fit = glm_magic.load(saved_fit)
    view = fit.view
    page = opened(page_html(view, payload_of(view)))
    panel = PanelOnPage(page.locator(".glm-panel"))

    panel.choose("Data")
    panel.front.get_by_label("Colour").select_option("g")
    header, rows = read_table(save(page, panel, "scatter plot", "CSV", tmp_path))
    columns = {column.name: column for column in view.tabs.data.columns}
    assert header == ["x", "y", "g"]
    for place, name in enumerate(("x", "y")):  # the wire has 32 bits, of which none is lost
        found = np.array([row[place] for row in rows]).astype(np.float32)
        np.testing.assert_array_equal(found, np.float32(columns[name].values))
    group = columns["g"]
    assert [row[2] for row in rows] == [group.levels[code] for code in group.codes]

    panel.choose("Trace")
    panel.front.get_by_role(
        "application", name="Draws of x", exact=True
    ).hover()  # of many rows, one has its buttons
    header, rows = read_table(save(page, panel, "trace of x", "CSV", tmp_path))
    at = [column.label for column in view.draws.columns].index("x")
    draws = view.draws.centre[at] + np.float32(view.draws.values[at])
    assert header == ["draw", *(f"chain {chain + 1}" for chain in range(view.draws.n_chains))]
    np.testing.assert_array_equal(numbers(rows)[:, 0], np.arange(view.draws.n_draws) + 1)
    np.testing.assert_allclose(numbers(rows)[:, 1:], draws.T, rtol=1e-12)
    for kind in KINDS:
        assert save(page, panel, "densities of x", kind, tmp_path).stat().st_size > 100


def test_a_plot_is_saved_by_keys_alone(opened, hostile_view):
    page = opened(page_html(hostile_view, payload_of(hostile_view)))
    panel = PanelOnPage(page.locator(".glm-panel"))
    panel.choose("Fan")
    button = panel.front.get_by_role("button", name="Save the fan", exact=True)
    button.press("Enter")
    expect(panel.front.get_by_role("menuitem", name="SVG")).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(panel.front.get_by_role("menu")).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(panel.front.get_by_role("menuitem", name="CSV")).to_be_focused()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith("-fan.csv")
    expect(button).to_be_focused()


def test_a_frame_of_ours_saves(opened, hostile_view, tmp_path):
    frame = frame_html(hostile_view, payload_of(hostile_view))
    page = opened(f'<!doctype html><meta charset="utf-8"><body>{frame}')
    panel = PanelOnPage(page.frame_locator("iframe").locator(".glm-panel"))
    panel.choose("Fan")
    for kind in KINDS:
        assert save(page, panel, "fan", kind, tmp_path).stat().st_size > 50


def test_a_live_panel_saves(jupyterlab, quiet_page, tmp_path):
    cell = f"""import runpy
from glm_magic.panel import Panel
from glm_magic.views.panel import payload_of
view = runpy.run_path({str(WRITER)!r})["example_view"]()
Panel(view, payload_of(view))"""
    jupyterlab.open(quiet_page, jupyterlab.write("save", [cell]))
    jupyterlab.run(quiet_page)
    panel = PanelOnPage(quiet_page.locator(".jp-NotebookPanel .glm-panel"))
    panel.choose("Fan")
    for kind in KINDS:
        assert save(quiet_page, panel, "fan", kind, tmp_path).stat().st_size > 50


def test_where_downloads_are_forbidden_the_content_is_shown(opened, hostile_view):
    frame = frame_html(hostile_view, payload_of(hostile_view)).replace(" allow-downloads", "")
    page = opened(f'<!doctype html><meta charset="utf-8"><body>{frame}')
    panel = PanelOnPage(page.frame_locator("iframe").locator(".glm-panel"))
    panel.choose("Fan")
    said = panel.front.locator(".glm-saved")
    downloads: list[Any] = []
    page.on("download", lambda download: downloads.append(download))
    shown = {}
    for kind in KINDS:
        choose(panel, "fan", kind)
        said.get_by_role("button", name="No file? Show it here").click()
        place = said.locator("img" if kind == "PNG" else "textarea")
        expect(place).to_be_visible()
        shown[kind] = place.get_attribute("src") if kind == "PNG" else place.input_value()
    assert ElementTree.fromstring(shown["SVG"]).tag == f"{SVG}svg"
    assert shown["PNG"].startswith("data:image/png;base64,")
    assert said.locator("img").count() == 0  # what was shown last is the CSV
    assert shown["CSV"].startswith("x,mean,")
    assert downloads == []
