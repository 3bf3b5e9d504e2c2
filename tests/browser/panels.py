"""What a reader sees of a panel, and what they do with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

TABS = ("Data", "Trace", "Summary", "Fan")

# After two frames, whatever was asked to be drawn is drawn.
PICTURE = """async root => {
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  await frame(); await frame();
  const front = root.querySelector("[role=tabpanel]:not([hidden])");
  return [...front.querySelectorAll("canvas")].map(canvas => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let ink = 0, light = 0;
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] === 0) continue;
      ink += 1;
      light += data[i] + data[i + 1] + data[i + 2];
    }
    return {ink, light: ink ? light / (3 * ink) : 0};
  });
}"""


class PanelOnPage:
    """A panel in a browser.

    Parameters
    ----------
    root : playwright Locator
        The one `.glm-panel`.
    """

    def __init__(self, root: Any) -> None:
        self.root = root

    def choose(self, tab: str) -> None:
        """Click on a tab."""
        self.root.get_by_role("tab", name=tab, exact=True).click()

    @property
    def front(self) -> Any:
        """The content of the tab that is shown."""
        return self.root.locator("[role=tabpanel]:not([hidden])")

    @property
    def slider(self) -> Any:
        """The fan's slider."""
        return self.root.get_by_role("slider", name="Fan lines")

    @property
    def lines(self) -> str:
        """How many lines the fan says it shows: ``"100 of 1,000 lines"``."""
        return self.root.locator(".glm-tab-fan .glm-range output").first.inner_text()

    def picture(self) -> list[dict[str, float]]:
        """The canvases in front, each as its inked pixels and their mean lightness."""
        return self.root.evaluate(PICTURE)

    def ink(self) -> int:
        """Inked pixels of the canvas that has the fewest."""
        return min((int(canvas["ink"]) for canvas in self.picture()), default=0)

    def light(self) -> float:
        """Mean lightness of the ink of the first canvas, from 0 to 255."""
        return self.picture()[0]["light"]

    def is_alive(self) -> bool:
        """Go through the tabs: every one has text, and every one that draws has ink."""
        for tab in TABS:
            self.choose(tab)
            assert self.front.inner_text().strip(), tab
            if tab == "Summary":
                assert self.front.locator("tbody tr").count() > 1
            else:
                eventually(lambda: self.ink() > 100)
        return True


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until a condition holds; asking the page lets it go on.

    On a new machine a kernel compiles in the background while it is asked.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.1)
