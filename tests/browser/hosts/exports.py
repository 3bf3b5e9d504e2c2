"""A page from disk, in a browser whose network is cut."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from panels import PanelOnPage, eventually

NETWORK = re.compile(r"^(https?|wss?):")


def needs(*packages: str) -> Any:
    """Skip a test where a host is not installed."""
    missing = [name for name in packages if not _installed(name)]
    reason = f"{', '.join(missing)} is not installed; `pip install 'glm-magic[hosts]'` brings it"
    return pytest.mark.skipif(bool(missing), reason=reason)


def _installed(package: str) -> bool:
    try:
        return bool(importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        return False


class Opened:
    """A page that was opened from disk, and what it asked for.

    Parameters
    ----------
    page : playwright Page
    path : Path
    """

    def __init__(self, page: Any, path: Path) -> None:
        self.page = page
        self.asked: set[str] = set()
        self.files: set[str] = set()
        page.on("request", self._note)
        page.route(NETWORK, lambda route: route.abort())
        page.goto(path.as_uri(), wait_until="domcontentloaded")

    def _note(self, request: Any) -> None:
        if NETWORK.match(request.url):
            self.asked.add(urlsplit(request.url).hostname or "")
            # What a page's own template asks for is the host's affair; a frame is ours.
            assert request.frame == self.page.main_frame, request.url
        elif request.url.startswith("file:"):
            self.files.add(request.url)

    def panels(self) -> list[PanelOnPage]:
        """Give the two panels of the lesson, each in its frame."""
        frames = self.page.locator("iframe.glm-frame")
        eventually(lambda: frames.count() == 2)
        return [PanelOnPage(frames.nth(index).content_frame.locator(".glm-panel")) for index in range(2)]


def assert_alive(panel: PanelOnPage) -> None:
    """Go through a panel's tabs, and move the slider: the picture changes."""
    assert panel.is_alive()
    before = panel.picture()
    panel.slider.press("End")
    eventually(lambda: panel.picture() != before)
    assert re.fullmatch(r"([\d,]+) of \1 lines", panel.lines)


def assert_refits(panel: PanelOnPage) -> None:
    """Tighten a prior, and take that back: the posterior follows."""
    before = panel.numbers()["x"]
    panel.tighten("x", "0.02")
    assert abs(panel.numbers()["x"]["mean"]) < abs(before["mean"])
    panel.root.get_by_role("button", name="Reset", exact=True).click()
    eventually(lambda: panel.numbers()["x"] == before)
