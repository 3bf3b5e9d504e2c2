"""A lesson of two fits in hosts that run Python while it is read."""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path

import pytest
from exports import NETWORK, assert_alive, needs
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

APP = """
import marimo

app = marimo.App()


@app.cell
def _():
    import glm_magic

    fit = glm_magic.load({path!r})
    fit
    return (fit,)


@app.cell
def _(fit):
    fit.panel()
    return


if __name__ == "__main__":
    app.run()
"""
FRONT_END = re.compile(r"https://cdn\.jsdelivr\.net/npm/@marimo-team/frontend@[^/]+/dist/(.+)")


def only_this_machine(page):
    """Let a page reach nothing but this machine."""

    def answer(route):
        if "//127.0.0.1:" in route.request.url:
            route.continue_()
        else:
            route.abort()

    page.route(NETWORK, answer)


@needs("voila")
def test_voila_shows_live_panels(lesson, server_process, record, page, tmp_path):
    with record("Voila", package="voila", how="`voila lesson.ipynb`", shows="widget"):
        options = ["--no-browser", "--port={port}", "--Voila.ip=127.0.0.1"]
        with server_process(["voila", str(lesson), *options], tmp_path, answers="/static/") as server:
            only_this_machine(page)
            page.goto(server.url, timeout=120_000)
            live = page.locator(".glm-slot > .glm-panel")
            expect(live).to_have_count(2, timeout=60_000)
            for index in range(2):
                assert_alive(PanelOnPage(live.nth(index)))


@pytest.fixture
def app(saved_fit, tmp_path):
    path = tmp_path / "lesson.py"
    path.write_text(APP.format(path=str(saved_fit)), "utf-8")
    return path


def run_all(page):
    """Run the cells; marimo hears no key before it is connected."""
    expect(page.get_by_test_id("run-button").first).to_be_visible(timeout=60_000)

    def begun():
        page.keyboard.press("Control+Shift+R")
        page.wait_for_timeout(1_000)
        return page.locator(".glm-panel").count() > 0

    eventually(begun)


@needs("marimo")
@pytest.mark.parametrize("mode", ["run", "edit"])
def test_marimo_shows_live_panels(mode, app, server_process, record, page, tmp_path):
    with record(f"marimo {mode}", package="marimo", how=f"`marimo {mode} lesson.py`", shows="widget"):
        options = ["--headless", "--no-token", "--port={port}", "--host=127.0.0.1"]
        if mode == "edit":
            options.append("--skip-update-check")
        with server_process(["marimo", mode, str(app), *options], tmp_path) as server:
            only_this_machine(page)
            page.goto(server.url)
            if mode == "edit":
                run_all(page)
            live = page.locator(".glm-panel")
            expect(live).to_have_count(2, timeout=120_000)
            for index in range(2):
                assert_alive(PanelOnPage(live.nth(index)))


@needs("marimo")
def test_what_marimo_exports_is_alive_once_its_own_front_end_is_there(app, run, record, page, tmp_path):
    import marimo

    static = Path(marimo.__file__).parent / "_static"
    said = {"shows": "widget", "lacks": "marimo's own front end, which the page fetches from a CDN"}
    with record("marimo, exported", package="marimo", how="`marimo export html lesson.py`", **said) as seen:
        run("marimo", "export", "html", app, "-o", tmp_path / "lesson.html")
        seen["bytes"] = (tmp_path / "lesson.html").stat().st_size

        def answer(route):
            wanted = FRONT_END.match(route.request.url)
            file = static / wanted[1] if wanted else static
            if not file.is_file():
                route.abort()
                return
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            route.fulfill(path=file, content_type=kind, headers={"access-control-allow-origin": "*"})

        page.route(NETWORK, answer)
        page.goto((tmp_path / "lesson.html").as_uri())
        live = page.locator(".glm-panel")
        expect(live).to_have_count(2, timeout=60_000)
        for index in range(2):
            assert_alive(PanelOnPage(live.nth(index)))
