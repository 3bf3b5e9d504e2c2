"""What a reader sees or hears of a panel, to be compared before and after a change."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from panels import PanelOnPage

# Seconds in which what must change has changed.
PATIENCE = 10.0
# Seconds without a change after which nothing more is to come: means are of all draws after 150 ms.
QUIET = 0.2


def selected(panel: PanelOnPage) -> Any:
    return panel.root.get_by_role("status", name="Selected draw")


# Canvases in sight as numbers that differ where a pixel does; two frames after what was asked for.
PIXELS = """async (root, which) => {
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  await frame(); await frame();
  const front = root.querySelector("[role=tabpanel]:not([hidden])");
  return [...front.querySelectorAll(which)].filter(({width}) => width > 0).map(canvas => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const words = new Uint32Array(data.buffer);
    let sum = 17;
    for (let i = 0; i < words.length; i++) if (words[i] !== 0) sum = (Math.imul(sum, 31) + (words[i] ^ i)) | 0;
    return sum;
  });
}"""


def texts(el: Any) -> list[str]:
    return el.evaluate_all("all => all.map(el => el.innerText)")


# What a reader sees or hears of a panel.
LOOKS: dict[str, Callable[[PanelOnPage], Any]] = {
    "tab": lambda panel: panel.root.get_by_role("tab", selected=True).inner_text(),
    "picture": lambda panel: panel.root.evaluate(PIXELS, "canvas:not(.glm-overlay)"),
    "lit": lambda panel: panel.root.evaluate(PIXELS, "canvas.glm-overlay"),
    "sentence": lambda panel: panel.front.get_by_role("img").evaluate_all(
        "all => all.map(el => el.ariaLabel)"
    ),
    "status": lambda panel: selected(panel).inner_text(),
    "legend": lambda panel: texts(panel.front.get_by_role("list", name="Legend")),
    "title": lambda panel: texts(panel.front.locator(".glm-tab-title")),
    "notes": lambda panel: texts(panel.front.locator(".glm-notes p")),
    "results": lambda panel: texts(panel.front.locator(".glm-result")),
    "captions": lambda panel: texts(panel.front.locator("figcaption")),
    "table": lambda panel: texts(panel.front.get_by_role("row")),
    "height": lambda panel: panel.root.bounding_box()["height"],
    "menu": lambda panel: texts(panel.root.get_by_role("menuitem")),
}


def frames(panel: PanelOnPage) -> None:
    """Wait until what was chosen is drawn."""
    panel.root.evaluate(
        "async () => { for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame); }"
    )


def lights(panel: PanelOnPage) -> bool:
    """Whether a draw is selected, two frames from now."""
    frames(panel)
    return selected(panel).inner_text() != ""


def look(panel: PanelOnPage, changes: tuple[str, ...]) -> dict[str, Any]:
    return {change: LOOKS[change](panel) for change in changes}


def quiet(panel: PanelOnPage, changes: tuple[str, ...]) -> None:
    """Wait until nothing changes any more; what plays or repeats never comes to rest."""
    if panel.root.get_by_role("button", name=re.compile("^(Pause|Stop)$")).count() > 0:
        return
    refit = panel.root.locator("[role=status][aria-label=Refit]")
    soon(lambda: "ampling again" not in refit.text_content(), "the posterior of a change does not come")
    last, since = look(panel, changes), time.monotonic()
    deadline = since + PATIENCE
    while time.monotonic() - since < QUIET:
        now = look(panel, changes)
        if now != last:
            last, since = now, time.monotonic()
        assert time.monotonic() < deadline, "it does not come to rest"


def soon(holds: Callable[[], bool], words: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, words
        time.sleep(0.05)
