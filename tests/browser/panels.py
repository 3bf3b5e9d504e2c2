"""What a reader sees of a panel, and what they do with it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from glm_magic import traits

TABS = tuple(traits.TABS.values())

# After two frames, whatever was asked to be drawn is drawn.
PICTURE = """async root => {
  const frame = () => new Promise(resolve => requestAnimationFrame(resolve));
  await frame(); await frame();
  const front = root.querySelector("[role=tabpanel]:not([hidden])");
  // What is out of sight is not drawn, and nothing need be pointed at.
  const drawn = [...front.querySelectorAll("canvas:not(.glm-overlay)")].filter(({width}) => width > 0);
  return drawn.map(canvas => {
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

# The rows of Summary: the numbers of this moment, by heading, without the ghosts beneath them.
NUMBERS = """table => {
  const texts = cell => [...cell.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
  const own = cell => texts(cell).map(({data}) => data).join("");
  const heads = [...table.querySelectorAll("thead th")].map(({textContent}) => textContent);
  return [...table.querySelectorAll("tbody tr")].map(row => {
    const cells = [...row.querySelectorAll("td")].map(cell => Number(own(cell).replaceAll(",", "").replace("−", "-")));
    const at = name => cells[heads.indexOf(name) - 1];
    return [row.querySelector("th").textContent, {mean: at("mean"), sd: at("sd"), ess: at("ESS bulk")}];
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
        """Click on a tab; where that misses, press Enter on it until it is in front.

        While the frames of a page still grow to their height, and a notebook scrolls to the cell that was hit instead,
        what is below them moves, and click after click misses.
        """
        button = self.root.get_by_role("tab", name=tab, exact=True)
        in_front = self.root.get_by_role("tab", name=tab, exact=True, selected=True)
        button.click()
        eventually(lambda: in_front.count() == 1 or button.press("Enter"))

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

    @property
    def refit(self) -> Any:
        """What the panel says of a change."""
        return self.root.get_by_role("status", name="Refit")

    def tighten(self, prior: str, sigma: str) -> None:
        """Type the width of a prior in Model, and wait for its posterior."""
        self.choose("Model")
        field = self.front.get_by_label(f"{prior} sigma", exact=True)
        field.fill(sigma)
        field.press("Enter")
        self.sampled_again()

    def sampled_again(self) -> None:
        """Wait for the posterior of a change."""
        expect(self.refit).to_have_text(re.compile("^Sampled again: "), timeout=30_000)

    def numbers(self) -> dict[str, dict[str, float]]:
        """Give mean, sd and bulk ESS of every parameter in Summary, which is left as the tab in front."""
        self.choose("Summary")
        return dict(self.front.get_by_role("table").evaluate(NUMBERS))

    def picture(self) -> list[dict[str, float]]:
        """The canvases in front, each as its inked pixels and their mean lightness."""
        return self.root.evaluate(PICTURE)

    def settle(self) -> None:
        """Wait until what was chosen, unfolded or resized is laid out, and drawn where it is drawn."""
        drawn = self.picture()
        if drawn:
            eventually(lambda: self.ink() > 0)

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
            self.front.evaluate("front => front.scrollIntoView()")
            assert self.front.inner_text().strip(), tab
            if tab == "Summary":
                assert self.front.locator("tbody tr").count() > 1
            elif tab == "Model":
                pass  # of fixed priors there is no picture
            elif tab == "Effects" and self.front.locator(".glm-unavailable").count() == 1:
                pass  # of a PyMC block, whose text says so
            else:
                eventually(lambda: self.ink() > 100)
        self.choose("Fan")
        return True


def eventually(holds: Callable[[], object], seconds: float = 60) -> None:
    """Wait until a condition holds; asking the page lets it go on.

    On a new machine a kernel compiles in the background while it is asked.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.1)


# What a reader at the keyboard would open.
UNFOLD = """root => {
  root.querySelectorAll("details").forEach(details => { details.open = true; });
  root.querySelectorAll(".glm-unfold[aria-expanded=false]").forEach(button => button.click());
}"""

# Texts that are seen, by the boxes of their lines; what scrolls out of its region is not.
CROWDED = """() => {
  const seen = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || !parent.checkVisibility()) continue;
    if (parent.closest("script, noscript, option, .glm-spoken")) continue;
    const scroll = parent.closest(".glm-scroll, .glm-mathematics")?.getBoundingClientRect();
    const status = parent.closest(".glm-selected > [role=status]")?.getBoundingClientRect();
    const stays = parent.closest("th:first-child, caption") !== null; // the numbers pass beneath it
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const {left, right, top, bottom} of range.getClientRects()) {
      if (status && (top < status.top - 1 || bottom > status.bottom + 1)) continue;
      if (right - left < 1 || (scroll && !stays && (right > scroll.right || left < scroll.left))) continue;
      seen.push({text: node.data.trim(), parent, left, right, top, bottom});
    }
  }
  const outside = ({left, right}) => left < -0.5 || right > innerWidth + 0.5;
  const found = seen.filter(outside).map(({text}) => `outside: ${text}`);
  seen.forEach((a, i) => {
    for (const b of seen.slice(i + 1)) {
      if (a.parent === b.parent) continue;
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 4) found.push(`${a.text} on ${b.text}`);
    }
  });
  const page = document.scrollingElement;
  if (page.scrollWidth > innerWidth) found.push(`the page is ${page.scrollWidth} wide`);
  for (const el of document.querySelectorAll("button, input, select, summary")) {
    const box = el.getBoundingClientRect();
    if (box.width && el.checkVisibility() && outside(box)) found.push(`out of reach: ${el.outerHTML.slice(0, 80)}`);
  }
  return found;
}"""
