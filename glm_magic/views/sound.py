"""Whether the parts of a panel fit together.

A panel that comes from a file has the right types (`glm_magic.wire.decode`); this tells whether
its arrays have the lengths that belong together, and its names name something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from numpy.typing import NDArray

from glm_magic.predictor.tables import PredictorTables
from glm_magic.views import Unavailable
from glm_magic.views.data import MISSING, CategoryColumn, DataView, NumericColumn
from glm_magic.views.engine import EngineView
from glm_magic.views.fan import FanAxis, FanView
from glm_magic.views.lines import AffineLines, CurveLines, FanStratum
from glm_magic.views.panel import FitView
from glm_magic.views.predictor import PredictorView, labels_of
from glm_magic.views.prior import PriorView
from glm_magic.views.summary import SummaryView
from glm_magic.views.trace import TraceView

MOST_DIGITS = 20


def contradiction(view: FitView) -> str:
    """Find what does not fit together in a panel.

    Parameters
    ----------
    view : FitView

    Returns
    -------
    str
        The first contradiction, as a clause; empty when there is none.
    """
    return next(_contradictions(view), "")


def _contradictions(view: FitView) -> Iterator[str]:
    if not 0 < view.prob < 1:
        yield f"the intervals' probability is {view.prob}"
    if view.n_lines < 0:
        yield f"the fan shows {view.n_lines} lines"
    if isinstance(view.predictor, PredictorView):
        yield from _in_predictor(view.predictor.tables)
        if (view.predictor.rows >= len(view.predictor.observed)).any():
            yield "the predictor is averaged over rows that are not drawn"
    if isinstance(view.prior, PriorView):
        yield from _in_prior(view.prior, view.predictor)
    if isinstance(view.engine, EngineView):
        yield from _in_engine(view.engine)
    for tab in (getattr(view.tabs, field.name) for field in fields(view.tabs)):
        match tab:
            case DataView():
                yield from _in_data(tab)
            case TraceView():
                yield from _in_trace(tab)
            case SummaryView():
                yield from _in_summary(tab)
            case FanView():
                yield from _in_fan(tab)
            case Unavailable():
                pass


def _in_engine(engine: EngineView) -> Iterator[str]:
    n_dim = engine.program.n_dim
    shapes = [one.shape[1:] for one in (engine.starts, engine.points, engine.gradients)]
    if {*shapes, engine.mass.shape} != {(n_dim,)} or len(engine.starts) != len(engine.steps):
        yield "what is sampled again begins at points of another model"
    elif len(engine.points) != len(engine.values) or len(engine.points) != len(engine.gradients):
        yield "what PyMC says of the points is not said of each"
    if any(
        not ((one.at >= 0) & (one.at < n_dim)).all() or (one.scales >= n_dim).any() for one in engine.columns
    ):
        yield "a column of the draws is made of coordinates that the model has not"


def _in_prior(prior: PriorView, predictor: PredictorView | Unavailable) -> Iterator[str]:
    shape = (len(prior.labels), *prior.values.shape[1:])
    if len(shape) != 2 or prior.values.shape != shape or prior.centre.shape != shape[:1]:
        yield "the draws from the prior are not those of its numbers"
    elif any(len(one) != shape[1] for one in prior.linear):
        yield "a linear predictor under the prior has another number of draws"
    if isinstance(predictor, PredictorView) and not labels_of(predictor.tables) <= {*prior.labels}:
        yield "the prior has no draws of a number that the predictor needs"


def _in_data(data: DataView) -> Iterator[str]:
    columns = {column.name: column for column in data.columns}
    categories = {name for name, column in columns.items() if isinstance(column, CategoryColumn)}
    if not {data.response, *data.x, *data.colours} <= columns.keys() or not data.x:
        yield "the data have no columns for the response, the predictors or the colours"
    if not {*data.colours, *([] if data.hollow is None else [data.hollow])} <= categories:
        yield "a column of the data that tells points apart is no category"
    for column in data.columns:
        match column:
            case NumericColumn(values=values):
                fits = values.shape == (data.n_shown,)
            case CategoryColumn(codes=codes, levels=levels):
                known = codes[codes != MISSING]
                fits = codes.shape == (data.n_shown,) and bool((known < len(levels)).all())
        if not fits:
            yield f"column {column.name!r} does not hold {data.n_shown} rows or its own levels"
    if any(not _vectors(line.grid, line.y) for line in data.truth):
        yield "a true line has another length than its grid"


def _in_trace(trace: TraceView) -> Iterator[str]:
    for row in trace.rows:
        if row.density is None:
            continue
        x, y = row.density.x, row.density.y
        if x.ndim != 1 or y.ndim != 2 or y.shape[1] != len(x):
            yield f"the densities of {row.label!r} are not one for each chain"


def _in_predictor(tables: PredictorTables) -> Iterator[str]:
    lengths = {one.name: len(one.grid) for one in tables.variables}
    if any(not 0 <= one.start < len(one.grid) for one in tables.variables):
        yield "a predictor starts behind its own values"
    for table in tables.tables:
        shape = tuple(lengths.get(name, 0) for name in table.variables)
        moves = [values for one in table.shifts for values in (one.one, one.slope)]
        lengths_of_moves = {len(values) for values in moves} <= {1, tables.n_rows}
        if table.values.shape != shape or table.observed.shape != (tables.n_rows,) or not lengths_of_moves:
            yield "a predictor table has another size than its predictors and rows"
    places = range(len(tables.tables))
    for parameter in tables.parameters:
        products = [*(one.tables for one in parameter.columns)]
        products += [own for term in parameter.groups for own in term.columns]
        if any(at not in places for own in products for at in own):
            yield f"a design column of {parameter.name!r} has no table"
    if not tables.parameters:
        yield "the predictor tables have no parameter"


def _in_summary(summary: SummaryView) -> Iterator[str]:
    if summary.probs.ndim != 1 or not len(summary.probs):
        yield "the summary has no probabilities"
    elif summary.quantiles.shape != (len(summary.rows), len(summary.probs)):
        yield "the summary's quantiles are not those of its rows"
    if any(not 0 <= row.digits <= MOST_DIGITS for row in summary.rows):
        yield "the summary shows a number with an impossible number of decimals"


def _in_fan(fan: FanView) -> Iterator[str]:
    if fan.n_draws < 0:
        yield f"the fan has {fan.n_draws} lines"
    if not fan.axes:
        yield "the fan has no axis"
    for axis in fan.axes:
        if axis.grid.ndim != 1 or (axis.kind == "category" and len(axis.levels) != len(axis.grid)):
            yield f"the grid of {axis.label!r} is not its levels"
        elif not all(_stratum_fits(stratum, len(axis.grid), fan.n_draws) for stratum in axis.strata):
            yield f"the lines over {axis.label!r} do not fit its grid"
        if not _points_fit(axis):
            yield f"the points over {axis.label!r} have no x or no y"


def _stratum_fits(stratum: FanStratum, n_grid: int, n_lines: int) -> bool:
    ends = [stratum.mean] if stratum.truth is None else [stratum.mean, stratum.truth]
    match stratum.lines:
        case CurveLines(values=values):
            fits = values.shape == (n_lines, n_grid)
        case AffineLines(draws=draws, rows=rows, offset=offset):
            width = draws.shape[-1] if draws.ndim else 0
            shapes = (draws.shape, rows.shape, offset.shape)
            fits = shapes == ((n_lines, width), (n_grid, width), (n_grid,))
    return fits and all(line.shape == (n_grid,) for line in ends)


def _points_fit(axis: FanAxis) -> bool:
    points = axis.points
    if points is None:
        return True
    return _vectors(points.x, points.y, *([] if points.hollow is None else [points.hollow]))


def _vectors(*arrays: NDArray[Any]) -> bool:
    """Tell whether arrays are vectors of one length."""
    return all(array.ndim == 1 and len(array) == len(arrays[0]) for array in arrays)
