"""The panel of a fit as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from glm_magic import files
from glm_magic.display.pages import room_of, within
from glm_magic.document import page_html

if TYPE_CHECKING:
    from glm_magic.fit import Fit


def to_html(fit: Fit, path: str | Path, *, max_bytes: int | None = None) -> None:
    """Write the panel as one page that needs no kernel and no network.

    Parameters
    ----------
    path : str or Path
    max_bytes : int, optional
        A larger page holds fewer lines, draws and observations, and says so. Its table is always whole.

    Raises
    ------
    FileError
        If it cannot be written there, or `max_bytes` is no number of bytes. What was there before is
        unchanged.
    """
    room = None if max_bytes is None else room_of(max_bytes)
    # A label may hold half of a surrogate pair, which is no character.
    files.write(path, within(room, page_html, fit.view, fit._payload).encode("utf-8", "replace"))
