"""A panel that holds fewer lines, draws and observations, for a page with little room."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from glm_magic.diagnose import by_severity, finding
from glm_magic.views import Unavailable
from glm_magic.views.data import DataView, fewer_rows
from glm_magic.views.fan import LEAST_LINES, FanView, fewer_lines, fewer_points
from glm_magic.views.panel import PanelView, Tabs
from glm_magic.views.trace import TraceView, fewer_draws, ordinal

LEAST_DRAWS = 100
"""Of each chain of the Trace tab."""
LEAST_ROWS = 500
MOST_HALVINGS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much a page may hold, and what is said of one that holds less than the fit.

    Attributes
    ----------
    size : int
        Bytes.
    reason : str
        Why there is no more, a clause: ``"the page may have 100,000 bytes"``.
    advice : str
        Where the rest is and how to get more room, a clause.
    """

    size: int
    reason: str
    advice: str


def fewer(view: PanelView, room: Room) -> Iterator[PanelView]:
    """Halve what a panel ships, again and again.

    Parameters
    ----------
    view : PanelView
    room : Room
        Says why.

    Yields
    ------
    PanelView
        Down to `LEAST_LINES` lines, `LEAST_DRAWS` draws of each chain and `LEAST_ROWS` observations. The table
        is always whole. A finding and the notes of the tabs say what is left out.
    """
    last = view.tabs
    for halvings in range(1, MOST_HALVINGS + 1):
        tabs = _share(view.tabs, 0.5**halvings)
        kept = _kept(tabs, view.tabs)
        if not kept or kept == _kept(last, view.tabs):
            return
        last = tabs
        note = finding(
            "page_size",
            severity="note",
            message=f"{room.reason}, so this page holds {', '.join(kept)}; the table is of all draws",
            advice=room.advice,
        )
        yield replace(view, tabs=tabs, findings=by_severity((*view.findings, note)))


def _share(tabs: Tabs, share: float) -> Tabs:
    """Keep a share of every tab, and at least what a picture needs."""
    data, trace, fan = tabs.data, tabs.trace, tabs.fan
    keep = partial(sample, share=share)
    if isinstance(data, DataView):
        data = fewer_rows(data, keep)
    if isinstance(trace, TraceView):
        shown = max((row.trace.shape[1] for row in trace.rows), default=0)
        trace = fewer_draws(trace, max(LEAST_DRAWS, int(shown * share)))
    if isinstance(fan, FanView):
        fan = fewer_points(fewer_lines(fan, max(LEAST_LINES, int(fan.n_draws * share))), keep)
    return replace(tabs, data=data, trace=trace, fan=fan)


def _kept(fewer: Tabs, whole: Tabs) -> list[str]:
    """Say what is kept of each tab that holds less."""
    said = []
    match fewer.fan, whole.fan:
        case FanView(n_draws=few), FanView(n_draws=all_) if few < all_:
            said.append(f"{few:,} of {all_:,} lines")
    match fewer.trace, whole.trace:
        case TraceView(every=every), TraceView(every=all_) if every > all_:
            said.append(f"every {ordinal(every)} draw of the chains")
    match fewer.data, whole.data:
        case DataView(n_shown=few, n_rows=n_rows), DataView(n_shown=all_) if few < all_:
            said.append(f"{few:,} of {n_rows:,} observations")
        case Unavailable(), _ if _points(fewer.fan) < _points(whole.fan):
            said.append(f"{_points(fewer.fan):,} of {_points(whole.fan):,} observations")
    return said


def _points(fan: FanView | Unavailable) -> int:
    if isinstance(fan, Unavailable):
        return 0
    return max((len(axis.points.x) for axis in fan.axes if axis.points is not None), default=0)


def sample(n: int, share: float) -> NDArray[np.intp]:
    """Choose observations at random: every k-th would be of one group where the data repeat every k rows.

    Parameters
    ----------
    n : int
        How many there are.
    share : float
        Of them, in (0, 1].

    Returns
    -------
    ndarray of int
        Positions in order, `LEAST_ROWS` at least. They depend on `n` alone, so that all tabs keep the same
        observations, and those of a smaller share are among those of a larger one.
    """
    n_kept = min(n, max(LEAST_ROWS, int(n * share)))
    return np.sort(np.random.default_rng(n).permutation(n)[:n_kept])
