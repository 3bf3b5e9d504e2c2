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
from typing import Any, Literal, get_args

Display = Literal["auto", "widget", "page", "text"]
"""What a user may ask for."""

Form = Literal["slot", "widget", "page", "shared", "text"]
"""What is displayed."""

DISPLAYS: tuple[Display, ...] = get_args(Display)


class _Notebook:
    """What is known of the notebook, of which a kernel has one: the user's choice, and whether the script is in it."""

    display: Display = "auto"
    carried: bool = False


def ask_for(display: Display) -> None:
    """Set how fits are displayed from now on.

    Parameters
    ----------
    display : {"auto", "widget", "page", "text"}
    """
    _Notebook.display = display


def carries_the_script() -> bool:
    """Whether the next shared page is the one that brings the script; from then on it is not.

    Returns
    -------
    bool
    """
    first, _Notebook.carried = not _Notebook.carried, True
    return first


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
    return _of_the_host() != "shared"


def _of_the_host() -> Form:
    ipython = sys.modules.get("IPython")
    kernel = getattr(None if ipython is None else ipython.get_ipython(), "kernel", None)
    # Without a kernel the host takes what it can show of a widget, its page and its text: a terminal the text.
    if kernel is None or _draws_outputs_apart():
        return "widget"
    return "slot" if _is_voila() or _answers(kernel) else "shared"


def _answers(kernel: Any) -> bool:
    """Whether a person sent what the kernel executes: nbclient and its like let no cell ask for input."""
    parent: dict[str, Any] = getattr(kernel, "get_parent", dict)()
    return bool(parent.get("content", {}).get("allow_stdin", True))


def _draws_outputs_apart() -> bool:
    """Whether the host keeps outputs where a widget's code cannot reach them: Colab, and VS Code."""
    return "google.colab" in sys.modules or "VSCODE_PID" in os.environ


def _is_voila() -> bool:
    """Whether Voila executes the notebook: it does so without a person, and then serves it to one."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")
