"""The panel in Chromium, at one and two device pixels per CSS pixel: milliseconds of script, and between frames.

``make bench PYTEST='-k panel'`` measures pages, which need no kernel. The script of a frame is timed whole, whichever
part of the panel it is of; what the browser rasters shows in the time between frames.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import glm_magic

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
MACHINE = importlib.import_module("chromium")
SCRIPT = Path(__file__).with_name("panel.js")
FRAMES = 360
pytestmark = pytest.mark.skipif(MACHINE.CHROMIUM is None, reason="no Chromium found")


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=MACHINE.CHROMIUM, args=MACHINE.ARGUMENTS)


@pytest.fixture(params=[1, 2], ids=["dpr 1", "dpr 2"])
def opened(request, chromium):
    """Opens a page file in a window of its own."""
    context = chromium.new_context(
        viewport={"width": 1000, "height": 1000}, device_scale_factor=request.param
    )

    def open_page(path: Path):
        page = context.new_page()
        page.add_init_script(path=SCRIPT)
        page.goto(path.as_uri())
        page.locator(".glm-panel").wait_for()
        return page

    yield open_page
    context.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Fits, and the pages of them, by name."""
    folder = tmp_path_factory.mktemp("pages")
    for name, fit in fits().items():
        fit.to_html(folder / f"{name}.html")
    return folder


def fits() -> dict[str, glm_magic.Fit]:
    rng = np.random.default_rng(8927)
    n = 200
    x, z = np.linspace(0, 1, n), rng.normal(size=n)
    group = np.array([f"g{i % 197:03d}" for i in range(1_000)])
    wide = pd.DataFrame({"g": group, "x": rng.normal(size=1_000)})
    wide["y"] = wide.x + rng.normal(size=197)[np.arange(1_000) % 197] + rng.normal(size=1_000)
    table = pd.DataFrame({"x": x, "z": z, "k": rng.choice(list("abc"), n)})
    table["y"] = 1 + 2 * x + rng.normal(scale=0.5, size=n)
    table["hit"] = (rng.random(n) < 1 / (1 + np.exp(-(4 * x - 2 + z * x)))).astype(int)
    truth = {"Intercept": 1.0, "x": 2.0, "sigma": 0.5}
    return {
        "line": glm_magic.glm("y ~ x", table, seed=8927, truth=truth),
        "logistic": glm_magic.glm("hit ~ x * z + k", table, family="bernoulli", seed=8927),
        "200 parameters": glm_magic.glm("y ~ x + (1|g)", wide, seed=8927),
    }


def tell(what: str, found: dict[str, list[float]]) -> None:
    """Print medians, the 95th of a hundred and the longest."""
    parts = []
    for label, values in (("work", found["works"]), ("between frames", found["frames"])):
        median, most = np.quantile(values, [0.5, 0.95])
        parts.append(f"{label} {median:.1f}, 95 % up to {most:.1f}, longest {max(values):.1f}")
    print(f"\n{what}: {'; '.join(parts)} (ms)")


def fan(page, lines: int = 1_000) -> None:
    """Bring the fan to the front with so many lines."""
    page.get_by_role("tab", name="Fan", exact=True).click()
    slider = page.get_by_role("slider", name="Fan lines")
    slider.evaluate(
        "(el, n) => { el.value = n; el.dispatchEvent(new Event('input', {bubbles: true})); }", str(lines)
    )
    page.wait_for_timeout(500)


LINE, LOGISTIC = "line", "logistic"
DRAGGED = [
    (LINE, "Fan lines", {}),
    (LOGISTIC, "Fan lines", {}),
    (LOGISTIC, "Fan lines", {"By": "k"}),
    (LOGISTIC, "z held at", {}),
    (LOGISTIC, "z held at", {"By": "k"}),
    (LOGISTIC, "z held at", {"Show": "median and bands, pointwise"}),
    (LOGISTIC, "z held at", {"Show": "median and bands, curvewise"}),
    (LOGISTIC, "z held at", {"Show": "new observations"}),
    (LOGISTIC, "Interval probability", {"Interval": "on"}),
]


@pytest.mark.parametrize(
    ("name", "slider", "chosen"), DRAGGED, ids=[", ".join([a, b, *c.values()]) for a, b, c in DRAGGED]
)
def test_dragging_a_slider_of_the_fan(opened, written, name, slider, chosen, request):
    page = opened(written / f"{name}.html")
    fan(page)
    front = page.locator("[role=tabpanel]:not([hidden])")
    for label, choice in chosen.items():
        if label == "Interval":
            front.get_by_role("checkbox", name=label).check()
        else:
            front.get_by_label(label, exact=True).select_option(label=choice)
    page.wait_for_timeout(500)
    found = page.evaluate("([label, n]) => glmBench.drag(label, n)", [slider, FRAMES])
    tell(f"{request.node.callspec.id}, 1,000 lines", found)
    assert len(found["works"]) == FRAMES


def test_opening(opened, written, request):
    page = opened(written / "line.html")
    first = page.evaluate("glmOpened")
    print(f"\n{request.node.callspec.id}: opened in {first:.0f} ms")
    page = opened(written / "200 parameters.html")
    print(f"with 200 parameters: {page.evaluate('glmOpened'):.0f} ms")


def test_scrolling_through_200_parameters(opened, written, request):
    page = opened(written / "200 parameters.html")
    page.get_by_role("tab", name="Trace", exact=True).click()
    page.locator("[role=tabpanel]:not([hidden]) summary").first.click()
    page.wait_for_timeout(500)
    found = page.evaluate("n => glmBench.scroll(n)", 2 * FRAMES)
    tell(f"{request.node.callspec.id}, Trace of 200 parameters, scrolling", found)


@pytest.mark.parametrize("tab", ["Fan", "Trace", "Pairs"])
def test_hovering(opened, written, tab, request):
    page = opened(written / "line.html")
    page.get_by_role("tab", name=tab, exact=True).click()
    page.wait_for_timeout(500)
    found = page.evaluate("n => glmBench.hover(n)", FRAMES)
    tell(f"{request.node.callspec.id}, hovering, {found['said']} sentences", found)
    assert found["said"] > 2
