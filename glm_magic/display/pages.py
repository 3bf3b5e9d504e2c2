"""The page of a fit in a notebook's output, within the budget of the notebook's pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from numbers import Integral

from glm_magic import display
from glm_magic.diagnose.failed import failed_findings
from glm_magic.display import Form
from glm_magic.document import frame_html, shared_html
from glm_magic.errors import FileError
from glm_magic.stages import Failure, Stages
from glm_magic.views.fewer import Room, fewer
from glm_magic.views.panel import FitView, payload_of
from glm_magic.wire import Payload

Write = Callable[[FitView, Payload], str]


def page(form: Form, view: FitView, payload: Payload) -> str:
    """Write the page of a fit for the output of a cell, and count it.

    Parameters
    ----------
    form : {"slot", "widget", "page", "shared"}
        ``"shared"`` for a page that has its script from the first fit of the notebook.
    view : FitView
    payload : Payload
        The same view, encoded.

    Returns
    -------
    str
        Whole as long as the notebook's pages are within `display.limit_pages`. Beyond that it holds less and says
        so: never less than a picture needs, whatever the budget.
    """
    carries = form == "shared" and not display.carried()
    write: Write = partial(shared_html, carries=carries) if form == "shared" else frame_html
    html = within(_room(), write, view, payload)
    display.count_page(size_of(html))
    if carries:
        display.carry()
    return html


def _room() -> Room | None:
    left, budget = display.bytes_left(), display.max_page_bytes()
    if left is None or budget is None:
        return None
    return Room(
        size=left,
        reason=f"The pages of this notebook would exceed their budget of {budget / 1e6:,.6g} MB",
        advice=f"The live panel and fit.plot_fan() show all; `%config GlmMagic.max_page_bytes = {5 * budget or 1}` "
        "in the first cell gives the pages more room",
    )


def room_of(max_bytes: int) -> Room:
    """Give a page that is written by itself so many bytes.

    Parameters
    ----------
    max_bytes : int

    Returns
    -------
    Room

    Raises
    ------
    FileError
        If that is no number of bytes.
    """
    if isinstance(max_bytes, bool) or not isinstance(max_bytes, Integral) or max_bytes < 0:
        raise FileError(
            f"max_bytes must be a whole number of bytes, not {max_bytes!r:.60}",
            remedy="Write max_bytes=1_000_000, for example.",
        )
    return Room(
        size=int(max_bytes),
        reason=f"The page would exceed {max_bytes:,} bytes",
        advice="fit.panel() and fit.plot_fan() show all; a larger max_bytes of fit.to_html() gives the page more room",
    )


def within(room: Room | None, write: Write, view: FitView, payload: Payload) -> str:
    """Write a page that fits into a room, with fewer lines, draws and observations if need be.

    Parameters
    ----------
    room : Room or None
        None where there is no limit.
    write : callable
        Writes a view and its payload.
    view : FitView
    payload : Payload
        The same view, encoded.

    Returns
    -------
    str
        The whole page if it cannot be made smaller; a finding says why.
    """
    html = write(view, payload)
    if room is None or size_of(html) <= room.size:
        return html

    def smaller() -> str:
        found = html
        for less in fewer(view, room):
            found = write(less, payload_of(less))
            if size_of(found) <= room.size:
                break
        return found

    def whole(failure: Failure) -> str:
        told = replace(view, findings=(*view.findings, *failed_findings([failure])))
        return write(told, payload_of(told))

    return Stages().attempt("a page with fewer draws", smaller, whole)


def size_of(html: str) -> int:
    """Count the bytes of a page in a file; half a surrogate pair is no character and becomes a question mark."""
    return len(html.encode("utf-8", "replace"))
