"""The page: one file that is alive without a kernel and without a network."""

from __future__ import annotations

import csv
import html
import io
from pathlib import Path

import pytest
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

import glm_magic
from glm_magic.document import bundled, frame_html, page_html
from glm_magic.views.panel import payload_of

WRITER = Path(__file__).parents[1] / "wire" / "write.py"
CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture
def offline(quiet_page):
    """Open a file with the network cut; at the end there was no request but that file, and no violation of a policy."""
    asked, said = [], []
    # A worker is made of the page's own text.
    quiet_page.on("request", lambda request: request.url.startswith("blob:") or asked.append(request.url))
    quiet_page.on("console", lambda message: said.append(message.text))  # where violations are reported
    quiet_page.context.set_offline(True)

    def open_file(path):
        quiet_page.goto(path.as_uri())
        return quiet_page

    yield open_file
    assert [url for url in asked if not url.startswith(("file:", "about:srcdoc"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1
    # The first is this test reading ink, the second a clipboard that is closed on purpose.
    assert [text for text in said if not text.startswith(("Canvas2D", "Permissions policy violation"))] == []


@pytest.fixture(scope="module")
def fit(saved_fit):
    return glm_magic.load(saved_fit)


@pytest.fixture
def fit_page(fit, tmp_path):
    fit.to_html(tmp_path / "fit.html")
    return tmp_path / "fit.html"


def test_every_tab_of_the_page_is_alive_without_a_network(offline, fit_page):
    assert_alive_with_its_slider(PanelOnPage(offline(fit_page).locator(".glm-panel")))


def assert_alive_with_its_slider(panel):
    assert panel.is_alive()
    panel.slider.focus()
    few = panel.picture()[0]["ink"]
    panel.slider.press("End")
    assert panel.lines == "1,000 of 1,000 lines"
    eventually(lambda: panel.picture()[0]["ink"] > few)


def test_the_frame_is_alive_and_scrolls_in_itself_alone(offline, fit, tmp_path):
    (tmp_path / "frame.html").write_text(
        f'<meta charset="utf-8"><body>{frame_html(fit.view, payload_of(fit.view))}', "utf-8"
    )
    frame = offline(tmp_path / "frame.html").frame_locator("iframe.glm-frame")
    panel = PanelOnPage(frame.locator(".glm-panel"))
    assert panel.is_alive()
    for tab in ("Data", "Summary"):
        panel.choose(tab)
        assert panel.root.evaluate("() => document.documentElement.scrollHeight <= innerHeight")
    panel.choose("Trace")
    assert panel.root.evaluate(
        "() => { const page = document.scrollingElement; return page.scrollWidth <= innerWidth; }"
    )


@pytest.mark.parametrize("policy", ["worker-src blob:; ", ""], ids=["workers", "no workers"])
def test_a_changed_prior_is_sampled_by_workers_or_where_a_policy_refuses_them_by_the_page(
    policy, fit, quiet_page, tmp_path
):
    written = page_html(fit.view, payload_of(fit.view))
    assert written.count("worker-src blob:; ") == 1
    (tmp_path / "fit.html").write_text(written.replace("worker-src blob:; ", policy), "utf-8")
    quiet_page.goto((tmp_path / "fit.html").as_uri())
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    before = panel.numbers()["x"]
    panel.tighten("x", "0.02")
    assert bool(quiet_page.workers) == bool(policy)
    assert abs(panel.numbers()["x"]["mean"]) < abs(before["mean"])


def test_the_page_follows_a_dark_system(offline, fit_page, page):
    page.emulate_media(color_scheme="dark")
    panel = PanelOnPage(offline(fit_page).locator(".glm-panel"))
    expect(panel.root).to_have_attribute("data-glm-theme", "dark")
    dark = panel.light()
    page.emulate_media(color_scheme="light")
    eventually(lambda: panel.light() < dark - 80)


def test_the_page_without_scripts_shows_the_summary(browser, fit_page):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(fit_page.as_uri())
    expect(page.locator("noscript tbody tr")).to_have_count(7)
    expect(page.locator("main h1")).to_have_text("y ~ x * g")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.locator("noscript").bounding_box()["width"] == 320 - 2 * 8  # the table scrolls within
    context.close()


@pytest.mark.parametrize("kind", ["page", "frame", "table"])
def test_hostile_names_are_text(offline, hostile_view, tmp_path, kind):
    payload = payload_of(hostile_view)
    written = {
        "page": lambda: page_html(hostile_view, payload),
        "frame": lambda: frame_html(hostile_view, payload),
        "table": lambda: frame_html(hostile_view, payload).partition("</iframe>")[2],
    }[kind]()
    if not written.startswith("<!doctype"):
        written = f'<!doctype html><meta charset="utf-8"><body>{written}'
    (tmp_path / "hostile.html").write_text(written, "utf-8")
    page = offline(tmp_path / "hostile.html")
    if kind == "table":
        page.locator("details").evaluate("details => { details.open = true; }")
        expect(page.locator("caption")).to_have_text(hostile_view.title)
        assert_nothing_ran(page.locator("details"))
        return
    place = page.frame_locator("iframe") if kind == "frame" else page
    assert_hostile_texts_are_shown(PanelOnPage(place.locator(".glm-panel")), hostile_view)


def test_hostile_names_are_text_in_jupyterlab(jupyterlab, quiet_page, hostile_view):
    cell = f"""import runpy
from glm_magic.panel import Panel
from glm_magic.views.panel import payload_of
view = runpy.run_path({str(WRITER)!r})["example_view"]()
Panel(view, payload_of(view))"""
    jupyterlab.open(quiet_page, jupyterlab.write("panel", [cell]))
    jupyterlab.run(quiet_page)
    panel = PanelOnPage(quiet_page.locator(".jp-NotebookPanel .glm-panel"))
    assert_hostile_texts_are_shown(panel, hostile_view)


def assert_hostile_texts_are_shown(panel, view):
    expect(panel.root.locator(".glm-title")).to_have_text(view.title, use_inner_text=True)
    expect(panel.root.locator(".glm-footer")).to_have_text(view.footer, use_inner_text=True)
    panel.choose("Data")
    panel.front.get_by_label("x variable").select_option(index=1)
    panel.front.get_by_label("Colour").select_option(index=1)
    eventually(lambda: panel.ink() > 10)
    panel.choose("Trace")
    panel.front.locator("summary").click()
    eventually(lambda: panel.ink() > 10)
    panel.choose("Summary")
    panel.front.locator(".glm-unfold").click()
    expect(panel.front.locator("tbody th").last).to_contain_text("<img src=x onerror=")
    panel.choose("Fan")
    panel.front.get_by_label("x variable").select_option(index=1)
    eventually(lambda: panel.ink() > 10)
    assert_nothing_ran(panel.root)


def assert_nothing_ran(root):
    assert root.evaluate("() => typeof hacked") == "undefined"
    assert root.locator("img, script:not([type='application/json'])").count() == 0


def expected_csv(fit):
    """The table by the fit's own summary, its numbers with the decimals that the panel shows."""
    rows = fit.view.tabs.summary.rows
    return [[row.label, f"{row.mean:.{row.digits}f}", f"{row.sd:.{row.digits}f}"] for row in rows]


def test_the_summary_is_copied_as_csv_markdown_and_latex(offline, fit, fit_page, page):
    page.context.grant_permissions(CLIPBOARD)
    panel = PanelOnPage(offline(fit_page).locator(".glm-panel"))
    panel.choose("Summary")
    copied = {}
    for kind in ("CSV", "Markdown", "LaTeX"):
        panel.front.get_by_role("button", name=f"Copy {kind}").click()
        expect(panel.front.locator(".glm-status")).to_have_text(f"{kind} copied")
        copied[kind] = page.evaluate("() => navigator.clipboard.readText()")
    table = list(csv.reader(io.StringIO(copied["CSV"])))
    assert table[0][:5] == ["parameter", "mean", "sd", "5.5%", "94.5%"]
    assert [row[:3] for row in table[1:]] == expected_csv(fit)
    assert copied["Markdown"].splitlines()[2].startswith(f"| Intercept | {table[1][1]} |")
    assert rf"  Intercept & {table[1][1]} & " in copied["LaTeX"]
    assert r"x:g[mid]" in copied["LaTeX"]


def test_without_a_clipboard_the_text_is_shown_and_selected(offline, fit, fit_page, tmp_path):
    inner = html.escape(fit_page.read_text("utf-8"))
    frame = f'<iframe sandbox="allow-scripts" width="900" height="700" srcdoc="{inner}"></iframe>'
    (tmp_path / "sandbox.html").write_text(f'<meta charset="utf-8">{frame}', "utf-8")
    frame = offline(tmp_path / "sandbox.html").frame_locator("iframe")
    panel = PanelOnPage(frame.locator(".glm-panel"))
    panel.choose("Summary")
    panel.front.get_by_role("button", name="Copy CSV").click()
    area = panel.front.get_by_label("CSV of the summary table")
    table = list(csv.reader(io.StringIO(area.input_value())))
    assert [row[:3] for row in table[1:]] == expected_csv(fit)
    assert area.evaluate("area => area.selectionEnd - area.selectionStart === area.value.length")


def test_every_fit_of_a_lesson_is_alive_and_its_contents_lead_there(offline, fit, tmp_path):
    path = tmp_path / "lesson.html"
    texts = ["# First\n\nSee [the last](#last).", "# Second\n\n" + "Text.\n\n" * 40, "## Last"]
    glm_magic.page([item for text in texts for item in (text, fit)], path, title="A lesson")
    assert path.read_text("utf-8").count(bundled("page.js")) == 1
    page = offline(path)
    expect(page.locator("h1")).to_have_text("A lesson")
    expect(page.locator("main .glm-panel")).to_have_count(3)
    for place in range(3):
        assert_alive_with_its_slider(PanelOnPage(page.locator("main .glm-panel").nth(place)))
    links = page.locator("nav[aria-label=Contents] a")
    expect(links).to_have_text(["First", "y ~ x * g", "Second", "y ~ x * g", "Last", "y ~ x * g"])
    for place in (4, 0):
        links.nth(place).click()
        heading = page.locator(f"[id='{links.nth(place).get_attribute('href')[1:]}']")
        expect(heading).to_be_in_viewport()
