"""The panel as plain text: for a terminal, and for ``text/plain``."""

from __future__ import annotations

from glm_magic.stages import Stages
from glm_magic.views import Unavailable
from glm_magic.views.data import DataView
from glm_magic.views.fan import FanView
from glm_magic.views.panel import FitView
from glm_magic.views.summary import cells, headings

MOST_PER_TERM = 12


def as_text(view: FitView) -> str:
    """Write title, findings, the summary table and the footer.

    Parameters
    ----------
    view : FitView

    Returns
    -------
    str
        Of a folded term the first `MOST_PER_TERM` levels; and what of the model the panel does not hold.
    """
    parts = [f"{view.title}\nmodelled: {view.modelled}" if view.modelled else view.title]
    if view.findings:
        parts.append("\n".join(str(finding) for finding in view.findings))
    parts.append(Stages().attempt("the table", lambda: _table(view), lambda failure: f"{failure}."))
    left_out = [
        *(f"Data: {one}" for one in _left_out(view.tabs.data)),
        *(f"Fan: {one}" for one in _left_out(view.tabs.fan)),
    ]
    if left_out:
        parts.append("\n".join(left_out))
    parts.append(view.footer)
    return "\n\n".join(parts)


def _left_out(tab: DataView | FanView | Unavailable) -> tuple[str, ...]:
    return () if isinstance(tab, Unavailable) else tab.left_out


def _table(view: FitView) -> str:
    summary = view.tabs.summary
    if isinstance(summary, Unavailable):
        return summary.unavailable
    lines = [["", *headings(view.prob)[1:]]]
    counts: dict[str, int] = {}
    for row, numbers in zip(summary.rows, cells(summary, view.prob, "-"), strict=True):
        if row.term is not None:
            counts[row.term] = counts.get(row.term, 0) + 1
            if counts[row.term] > MOST_PER_TERM:
                continue
        # A label may hold a line break; a line of the table may not.
        lines.append([" ".join(row.label.split()), *numbers])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    table = "\n".join(
        "  ".join(
            [
                line[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
            ]
        )
        for line in lines
    )
    more = [
        f"{term}: {count - MOST_PER_TERM:,} more, see fit.summary()"
        for term, count in counts.items()
        if count > MOST_PER_TERM
    ]
    return "\n".join([table, *more])
