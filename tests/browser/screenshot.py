"""Make ``examples/panel.png`` for the README: ``python -m pytest tests/browser/screenshot.py``.

No test, so pytest runs it only when it is named.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from panels import PanelOnPage, eventually

TARGET = Path(__file__).parents[2] / "examples" / "panel.png"
MOST_BYTES = 250_000
# The first example's data and model.
DATA = """import numpy as np, pandas as pd
rng = np.random.default_rng(8927)
x = np.linspace(0, 1, 200)
data = pd.DataFrame({"x": x, "y": 1 + 2 * x + rng.normal(scale=0.5, size=200)})
%load_ext glm_magic"""
CELL = '%%glm data --draws 3000 --seed 8927 --truth "Intercept=1, x=2, sigma=0.5"\ny ~ x'


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "device_scale_factor": 2, "viewport": {"width": 1180, "height": 1000}}


def test_the_fan_is_photographed(jupyterlab, quiet_page):
    jupyterlab.open(quiet_page, jupyterlab.write("panel", [DATA, CELL]))
    jupyterlab.run(quiet_page)
    assert jupyterlab.errors(quiet_page) == []
    panel = PanelOnPage(quiet_page.locator(".jp-NotebookPanel .glm-panel"))
    panel.choose("Fan")
    eventually(lambda: panel.ink() > 100)
    quiet_page.add_style_tag(content=".Toastify { display: none }")  # JupyterLab asks for its news
    quiet_page.mouse.move(0, 0)
    panel.root.screenshot(path=TARGET)
    assert TARGET.stat().st_size < MOST_BYTES
