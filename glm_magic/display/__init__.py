"""How a fit is displayed: a live panel to a person, a page where nobody answers, text in a terminal.

A notebook keeps what it is sent. A widget's view is a reference to a model in a running kernel, so a notebook that is
reopened, published or printed shows an error in its place. Two ways lead out. Where nobody answers, because nbconvert,
papermill, Sphinx or Quarto executes the notebook, the output is a page: HTML that is alive by itself. Where a person
works in JupyterLab or Notebook 7, it is that page too, inside a slot; the live panel takes the slot's place for as long
as there is a kernel.
"""

from __future__ import annotations

import os
import sys
from typing import Any, ClassVar, Literal, get_args

Display = Literal["auto", "widget", "page", "text"]
"""What a user may ask for."""

Form = Literal["slot", "widget", "page", "shared", "text"]
"""What is displayed."""

DISPLAYS: tuple[Display, ...] = get_args(Display)

MAX_PAGE_BYTES = 20_000_000
"""Of all pages in a notebook: what mail and learning platforms take. In JupyterLab that is some 80 small fits."""


class _Notebook:
    """What is known of the notebook, of which a kernel has one: the user's choices, and what is in its outputs.

    Attributes
    ----------
    display : {"auto", "widget", "page", "text"}
    max_page_bytes : int or None
        Budget of all pages; None means no limit.
    carried : bool
        Whether the script is in it.
    written : dict
        By cell: the message that executed it, and the bytes of the pages in its outputs.
    """

    display: Display = "auto"
    max_page_bytes: int | None = MAX_PAGE_BYTES
    carried: bool = False
    written: ClassVar[dict[str, tuple[str, int]]] = {}


def ask_for(display: Display) -> None:
    """Set how fits are displayed from now on.

    Parameters
    ----------
    display : {"auto", "widget", "page", "text"}
    """
    _Notebook.display = display


def limit_pages(max_page_bytes: int | None) -> None:
    """Set the budget of the pages in the notebook.

    Parameters
    ----------
    max_page_bytes : int or None
        None means no limit.
    """
    _Notebook.max_page_bytes = max_page_bytes


def max_page_bytes() -> int | None:
    """Give the budget of the pages in the notebook; None means no limit."""
    return _Notebook.max_page_bytes


def bytes_left() -> int | None:
    """Give what the pages of the notebook have left of their budget.

    Returns
    -------
    int or None
        None where there is no limit, and without a kernel, where nothing is kept. A cell that is executed again
        replaces its outputs, so what it wrote before does not count, if the host tells which cell it executes.
    """
    parent = _parent()
    if _Notebook.max_page_bytes is None or parent is None:
        return None
    cell, message = _cell(parent)
    used = sum(size for at, (by, size) in _Notebook.written.items() if at != cell or by == message)
    return max(0, _Notebook.max_page_bytes - used)


def count_page(size: int) -> None:
    """Count a page that the cell being executed writes.

    Parameters
    ----------
    size : int
        Bytes.
    """
    parent = _parent()
    if parent is None:
        return
    cell, message = _cell(parent)
    by, before = _Notebook.written.get(cell, (message, 0))
    _Notebook.written[cell] = (message, size + (before if by == message else 0))


def carried() -> bool:
    """Whether the panel's script is in the notebook."""
    return _Notebook.carried


def carry() -> None:
    """Note that the panel's script is in the notebook."""
    _Notebook.carried = True


def form() -> Form:
    """Choose how to display a fit here and now.

    Returns
    -------
    {"slot", "widget", "page", "shared", "text"}
        ``"widget"`` is an ipywidget's view, ``"slot"`` a page whose place the live panel takes, and ``"shared"``
        a page that has its script from the first fit of the notebook.
    """
    match _Notebook.display:
        case "auto":
            return _of_the_host()
        case asked:
            return asked


def is_watched() -> bool:
    """Whether somebody sees what is shown while a cell runs; a program that executes a notebook keeps it instead.

    Returns
    -------
    bool
    """
    parent = _parent()
    return parent is None or _is_voila() or _answers(parent)


def _of_the_host() -> Form:
    # Without a kernel the host takes what it can show of a widget, its page and its text: a terminal the text.
    if _parent() is None:
        return "widget"
    person = is_watched()
    # nbconvert, run from a terminal of such a host, is taken for it: a page by itself is alive in both.
    if _draws_outputs_apart():
        return "widget" if person else "page"
    return "slot" if person else "shared"


def _parent() -> dict[str, Any] | None:
    """Give the message that the kernel answers; None without a kernel."""
    ipython = sys.modules.get("IPython")
    kernel = getattr(None if ipython is None else ipython.get_ipython(), "kernel", None)
    if kernel is None:
        return None
    message: dict[str, Any] = getattr(kernel, "get_parent", dict)()
    return message


def _answers(parent: dict[str, Any]) -> bool:
    """Whether a person sent what the kernel executes: nbclient and its like let no cell ask for input."""
    return bool(parent.get("content", {}).get("allow_stdin", True))


def _cell(parent: dict[str, Any]) -> tuple[str, str]:
    """Tell which cell is executed, and by which message; a cell without a name is never executed again."""
    message = str(parent.get("header", {}).get("msg_id", ""))
    return str(parent.get("metadata", {}).get("cellId", message)), message


def _draws_outputs_apart() -> bool:
    """Whether the host keeps outputs where a widget's code cannot reach them: Colab, and VS Code."""
    return "google.colab" in sys.modules or "VSCODE_PID" in os.environ


def _is_voila() -> bool:
    """Whether Voila executes the notebook: it does so without a person, and then serves it to one."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")
