"""The panel as one self-contained HTML page: the same bundle, the same payload, no kernel.

The page makes no request: its Content-Security-Policy allows nothing but the one inline
script and the one inline style sheet, by their hashes, and workers that this script makes of its own text.
"""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from pathlib import Path

from glm_magic.errors import FileError
from glm_magic.stages import Stages
from glm_magic.traits import first_state
from glm_magic.views import Unavailable
from glm_magic.views.panel import FitView
from glm_magic.views.summary import SummaryView, cells, headings, meaning_of
from glm_magic.wire import Payload

STATIC = Path(__file__).parent / "static"
FRAME_HEIGHT = 720
"""Pixels, where the page around the frame runs no script: Fan and Data fit in whole, a longer Trace scrolls."""

PAYLOAD = "@glm-payload@"
"""Where the payload goes in the document that frames share; `js/src/host.ts` puts it there."""


_AROUND = (
    ":root{color-scheme:light dark}:root[data-theme=light]{color-scheme:light}:root[data-theme=dark]{color-scheme:dark}"
    "body{margin:0;padding:8px}noscript{display:block;overflow-x:auto}"
    "@media print{:root:root{color-scheme:light}body{padding:0}}"
)
"""What a document of ours says around its panels; a frame takes the theme of the page around it."""


def bundled(name: str) -> str:
    """Read a file of the browser bundle.

    Parameters
    ----------
    name : str
        ``"widget.js"``, ``"page.js"``, ``"host.js"`` or ``"widget.css"``.

    Returns
    -------
    str

    Raises
    ------
    FileError
        If the bundle was not built.
    """
    path = STATIC / name
    if not path.is_file():
        raise FileError(
            f"the browser bundle is missing: {path}",
            remedy="Install again, or run `python hatch_build.py` in a checkout.",
        )
    return path.read_text(encoding="utf-8")


def page_html(view: FitView, payload: Payload) -> str:
    """Write the page.

    Parameters
    ----------
    view : FitView
    payload : Payload
        The same view, encoded.

    Returns
    -------
    str
        A whole HTML document.
    """
    return document_html(view.title, f"<main>{panel_html(view, payload, heading=1)}</main>")


def panel_html(view: FitView, payload: Payload, *, heading: int) -> str:
    """Write a panel's place in a document of ours, and its summary for readers without scripts.

    Parameters
    ----------
    view : FitView
    payload : Payload
        The same view, encoded.
    heading : int
        Level of the heading that its title is, from 1 to 6.

    Returns
    -------
    str
    """
    title = f"<h{heading}>{escape(view.title)}</h{heading}>"
    return _panel(_state_json(view, payload), title + table_html(view), heading=heading)


def _panel(state: str, without_script: str, *, heading: int | None = None) -> str:
    """Write a panel's place in a document, from parts that are HTML already.

    The script makes the panel's title a heading of that level. A frame's document asks for none and has no ``main``
    either: the page around the frame has its own, and there is one of each on a page.
    """
    level = "" if heading is None else f' data-glm-heading="{heading}"'
    return (
        f'<div class="glm-page"{level}>'
        f'<script type="application/json" class="glm-payload">{state}</script></div>\n'
        f"<noscript>{without_script}</noscript>\n"
    )


def document_html(title: str, body: str, style: str = "") -> str:
    """Write a document that allows itself the panel's script and style sheet, and no request.

    Parameters
    ----------
    title : str
        Text.
    body : str
        HTML, with a place for each panel.
    style : str, optional
        What it says of the rest of the body.

    Returns
    -------
    str
    """
    script, style = bundled("page.js"), f"{bundled('widget.css')}\n{_AROUND}{style}"
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; worker-src blob:; base-uri 'none'; form-action 'none'"
    )
    return (
        "<!doctype html>\n"
        '<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n"
        f"<style>{style}</style></head>\n"
        f"<body>{body}\n<script>{script}</script></body></html>\n"
    )


def _state_json(view: FitView, payload: Payload) -> str:
    """Write what the panel starts from."""
    state = {
        "schema": payload.schema,
        "buffer": base64.b64encode(payload.buffer).decode("ascii"),
        **first_state(n_lines=view.n_lines, prob=view.prob, show_truth=view.show_truth),
    }
    return _inline_json(state)


def frame_html(view: FitView, payload: Payload) -> str:
    """Write the page in a frame, for a notebook's ``text/html``.

    Parameters
    ----------
    view : FitView
    payload : Payload

    Returns
    -------
    str
        A sandboxed ``<iframe srcdoc>``, which may download what its plots are saved as, the summary table for
        readers without scripts, and the script that gives the frame the height of its content and the theme of the
        page.
    """
    title = escape(view.title)
    page = escape(document_html(view.title, _panel(_state_json(view, payload), table_html(view))))
    return (
        '<iframe class="glm-frame" sandbox="allow-scripts allow-downloads" allow="clipboard-write" frameborder="0" '
        f'width="100%" height="{FRAME_HEIGHT}" title="{title}" srcdoc="{page}"></iframe>\n'
        f"{_table_on_request(view)}<script>{bundled('host.js')}</script>"
    )


def shared_html(view: FitView, payload: Payload, *, carries: bool) -> str:
    """Write a frame that shares the panel's script with the other frames of a page, which must run scripts.

    Parameters
    ----------
    view : FitView
    payload : Payload
    carries : bool
        Whether this is the one that brings the script: the first of a notebook.

    Returns
    -------
    str
        The payload, the summary table, and the script that makes the frame.
    """
    template = _inline_json(document_html("glm-magic", _panel(PAYLOAD, ""))) if carries else ""
    return (
        f'<div class="glm-shared" data-glm-title="{escape(view.title)}" data-glm-height="{FRAME_HEIGHT}">'
        f'<script type="application/json" class="glm-payload">{_state_json(view, payload)}</script></div>\n'
        + _table_on_request(view)
        + (f'<script type="application/json" class="glm-template">{template}</script>\n' if carries else "")
        + f"<script>{bundled('host.js')}</script>"
    )


def _table_on_request(view: FitView) -> str:
    return (
        f'<details class="glm-as-table"><summary>Summary as a table</summary>{table_html(view)}</details>\n'
    )


def slot_html(slot: str, page: str) -> str:
    """Write an element whose content a live panel replaces.

    Parameters
    ----------
    slot : str
        The panel's `slot`.
    page : str
        What is shown without a kernel.

    Returns
    -------
    str
    """
    return f'<div class="glm-slot" data-glm-slot="{slot}">{page}</div>'


def table_html(view: FitView) -> str:
    """Write the findings and the summary as plain HTML.

    Parameters
    ----------
    view : FitView

    Returns
    -------
    str
    """
    findings = "".join(
        f"<li><strong>{escape(one.severity)}</strong>: {escape(one.message)}. {escape(one.advice)}."
        + (f"<br><code>{escape(one.remedy.line)}</code>" if one.remedy else "")
        + "</li>"
        for one in view.findings
    )
    return (
        (f"<p>Modelled: {escape(view.modelled)}</p>" if view.modelled else "")
        + (f"<ul>{findings}</ul>" if findings else "")
        + Stages().attempt(
            "the table", lambda: _table(view), lambda failure: f"<p>{escape(str(failure))}.</p>"
        )
        + f"<p>{escape(view.footer)}</p>"
    )


def _table(view: FitView) -> str:
    summary = view.tabs.summary
    if isinstance(summary, Unavailable):
        return f"<p>{escape(summary.unavailable)}</p>"
    heads = headings(view.prob)
    rows = "".join(f"<tr>{row}</tr>" for row in _rows(summary, view.prob))
    return (
        # pandas' class: themes give such tables their colours, and leave the background of the output alone.
        f'<table class="dataframe"><caption>{escape(view.title)}</caption><thead><tr>'
        + "".join(f'<th scope="col" title="{escape(meaning_of(head))}">{escape(head)}</th>' for head in heads)
        + f"</tr></thead><tbody>{rows}</tbody></table>"
    )


def _rows(summary: SummaryView, prob: float) -> list[str]:
    return [
        f'<th scope="row">{escape(row.label)}</th>'
        + "".join(f"<td>{escape(number)}</td>" for number in numbers)
        for row, numbers in zip(summary.rows, cells(summary, prob, ""), strict=True)
    ]


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _inline_json(state: object) -> str:
    """JSON that cannot end its script element, whatever the labels hold."""
    text = json.dumps(state, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
