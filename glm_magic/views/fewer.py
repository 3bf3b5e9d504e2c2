"""A panel that holds fewer lines, draws and observations, for a page with little room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from glm_magic.diagnose import by_severity, finding
from glm_magic.predictor.tables.rows import with_rows
from glm_magic.views import Unavailable
from glm_magic.views.data import DataView, fewer_rows
from glm_magic.views.draws import DrawsView, fewer_draws, ordinal
from glm_magic.views.fan import LEAST_LINES, FanView, fewer_lines, fewer_points
from glm_magic.views.panel import FitView
from glm_magic.views.predictor import PredictorView
from glm_magic.views.prior import PriorView, fewer_prior_draws
from glm_magic.views.trace import with_densities

NO_ROOM = Unavailable(
    unavailable="This page has no room for all rows of the data, so it cannot be sampled again; the panel can."
)
BYTES = 11
"""Of a number in double precision, as text of a page."""
ENGINE_SHARE = 0.25
"""Of the room that a program may take."""
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


def fewer(view: FitView, room: Room) -> Iterator[FitView]:
    """Halve what a panel ships, again and again.

    Parameters
    ----------
    view : FitView
    room : Room
        Says why.

    Yields
    ------
    FitView
        Down to `LEAST_LINES` lines, `draws.LEAST_DRAWS` draws of each chain and `LEAST_ROWS` observations. The table
        is always whole. A finding and the notes of the tabs say what is left out.
    """
    last: list[str] = []
    view = _with_densities(view)
    for halvings in range(1, MOST_HALVINGS + 1):
        less = _with_engine(_share(view, 0.5**halvings), view, room)
        kept = _kept(less, view)
        if not kept or kept == last:
            return
        last = kept
        note = finding(
            "page_size",
            severity="note",
            message=f"{room.reason}, so this page holds {', '.join(kept)}; the table is of all draws",
            advice=room.advice,
        )
        yield replace(less, findings=by_severity((*view.findings, note)))


def _with_densities(view: FitView) -> FitView:
    """Estimate the densities that the browser would estimate from the draws that are left out."""
    trace, draws = view.tabs.trace, view.draws
    if isinstance(trace, Unavailable) or isinstance(draws, Unavailable):
        return view
    return replace(view, tabs=replace(view.tabs, trace=with_densities(trace, draws)))


def _share(view: FitView, share: float) -> FitView:
    """Keep a share of draws, lines and observations, and at least what a picture needs."""
    data, fan, draws, prior = view.tabs.data, view.tabs.fan, view.draws, view.prior
    keep = partial(sample, share=share)
    if isinstance(data, DataView):
        data = fewer_rows(data, keep)
    if isinstance(draws, DrawsView):
        n_lines = max(LEAST_LINES, int(len(draws.order) * share))
        draws = fewer_draws(draws, share)
        draws = replace(draws, order=draws.order[:n_lines])
    if isinstance(prior, PriorView):
        prior = fewer_prior_draws(prior, share)
    if isinstance(fan, FanView):
        fan = fewer_points(fewer_lines(fan, max(LEAST_LINES, int(fan.n_draws * share))), keep)
    tabs = replace(view.tabs, data=data, fan=fan)
    return replace(view, tabs=tabs, draws=draws, predictor=_less(view, draws, keep), prior=prior)


def _with_engine(less: FitView, whole: FitView, room: Room) -> FitView:
    """Leave out what is sampled again where its rows are left out, or it takes much of the room itself."""
    engine = whole.engine
    if isinstance(engine, Unavailable):
        return less
    large = BYTES * engine.program.numbers > ENGINE_SHARE * room.size
    return replace(less, engine=NO_ROOM) if large or less.tabs.data is not whole.tabs.data else less


def _less(
    view: FitView, draws: DrawsView | Unavailable, keep: Callable[[int], NDArray[np.intp]]
) -> PredictorView | Unavailable:
    """Keep what belongs to the draws and the rows that are kept."""
    whole, predictor = view.draws, view.predictor
    if isinstance(predictor, Unavailable) or isinstance(draws, Unavailable) or isinstance(whole, Unavailable):
        return predictor
    step = draws.every // whole.every
    rows = keep(len(predictor.observed))
    places = np.isin(predictor.rows, rows)
    return replace(
        predictor,
        tables=with_rows(predictor.tables, places),
        rows=np.searchsorted(rows, predictor.rows[places]).astype(np.uint32),
        observed=predictor.observed[rows],
        linear=tuple(_every(one, whole, step) for one in predictor.linear),
    )


def _every(linear: NDArray[np.float64], whole: DrawsView, step: int) -> NDArray[np.float64]:
    chains = linear.reshape(whole.n_chains, whole.n_shown, *linear.shape[1:])[:, ::step]
    return chains.reshape(-1, *linear.shape[1:])


def _kept(less: FitView, view: FitView) -> list[str]:
    """Say what is kept of each part that holds less."""
    said = []
    fewer, whole = less.tabs, view.tabs
    match fewer.fan, whole.fan:
        case FanView(n_draws=few), FanView(n_draws=all_) if few < all_:
            said.append(f"{few:,} of {all_:,} lines")
    match less.draws, view.draws:
        case DrawsView(every=every), DrawsView(every=all_) if every > all_:
            said.append(f"every {ordinal(every)} draw of the chains")
    match less.prior, view.prior:
        case PriorView(n_draws=few), PriorView(n_draws=all_) if few < all_:
            said.append(f"{few:,} of {all_:,} draws from the prior")
    match fewer.data, whole.data:
        case DataView(n_shown=few, n_rows=n_rows), DataView(n_shown=all_) if few < all_:
            said.append(f"{few:,} of {n_rows:,} observations")
        case Unavailable(), _ if _points(fewer.fan) < _points(whole.fan):
            said.append(f"{_points(fewer.fan):,} of {_points(whole.fan):,} observations")
    if less.engine is NO_ROOM and view.engine is not NO_ROOM:
        said.append("nothing to sample again")
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
