"""Photograph every tab of five kinds of model, to be looked at: ``make photographs``.

No test, so pytest runs it only when it is named. The pictures are in ``build/photographs``: one for each kind of model,
tab and look.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from kinds import KINDS, fit_of
from panels import TABS, PanelOnPage

TARGET = Path(__file__).parents[2] / "build" / "photographs"
LOOKS = {"light": ("light", 1000), "dark": ("dark", 1000), "narrow": ("light", 360)}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_photographed(kind, look, quiet_page, tmp_path):
    scheme, width = LOOKS[look]
    TARGET.mkdir(parents=True, exist_ok=True)
    path = tmp_path / f"{kind}.html"
    fit_of(kind).to_html(path)
    quiet_page.emulate_media(color_scheme=scheme)
    quiet_page.set_viewport_size({"width": width, "height": 900})
    quiet_page.goto(path.as_uri())
    panel = PanelOnPage(quiet_page.locator(".glm-panel"))
    for tab in TABS:
        panel.choose(tab)
        # What is far out of sight is not drawn.
        quiet_page.set_viewport_size(
            {"width": width, "height": int(panel.root.bounding_box()["height"]) + 40}
        )
        panel.settle()
        panel.root.screenshot(path=TARGET / f"{kind} {tab} {look}.png")
