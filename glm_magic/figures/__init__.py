"""The views as matplotlib figures: the panel's numbers, in sizes and widths of the user's rcParams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from glm_magic.errors import ModelError, did_you_mean
from glm_magic.figures.paper import Pens, as_written, figure_of, grid_of_axes, one_axes, pens
from glm_magic.predictor.links import inverse_link
from glm_magic.views import Unavailable
from glm_magic.views.data import MISSING, CategoryColumn, NumericColumn
from glm_magic.views.fan import FanAxis, axis_title
from glm_magic.views.lines import AffineLines, CurveLines
from glm_magic.views.panel import FitView
from glm_magic.views.trace import drawn_rows

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DASHES = ("-", "--", "-.", ":")
View = TypeVar("View")


def _need(view: View | Unavailable) -> View:
    if isinstance(view, Unavailable):
        raise ModelError(view.unavailable)
    return view


def data_figure(view: FitView, x: str | None, ax: Any = None) -> Figure:
    """Draw the observations.

    Parameters
    ----------
    view : FitView
    x : str or None
        A predictor; the first if None.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    data = _need(view.tabs.data)
    name = data.x[0] if x is None else x
    if name not in data.x:
        raise ModelError(f"there is no predictor {name!r}", remedy=did_you_mean(name, data.x))
    columns = {column.name: column for column in data.columns}
    axes, pen = one_axes(ax), pens()
    hollow = None if data.hollow is None else _positions(columns[data.hollow])
    _draw_points(axes, _positions(columns[name]), _positions(columns[data.response]), hollow, pen)
    true = [line for line in data.truth if line.x == name]
    for line in true:
        axes.plot(line.grid, line.y, color=pen.truth, lw=4 / 3 * pen.width, label="true regression line")
    if true or hollow is not None:
        axes.legend()
    for axis, column in ((axes.xaxis, columns[name]), (axes.yaxis, columns[data.response])):
        if isinstance(column, CategoryColumn):
            axis.set_ticks(range(len(column.levels)), [as_written(level) for level in column.levels])
    axes.set(xlabel=as_written(name), ylabel=as_written(data.response), title=as_written(view.modelled))
    return figure_of(axes)


def _positions(column: NumericColumn | CategoryColumn) -> NDArray[np.float64]:
    if isinstance(column, NumericColumn):
        return column.values
    return np.where(column.codes == MISSING, np.nan, column.codes.astype(float))


def _draw_points(
    axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64], hollow: NDArray[Any] | None, pen: Pens
) -> None:
    """Draw crosses, and a ring where an observation is censored."""
    known = np.full(len(x), fill_value=True) if hollow is None else np.asarray(hollow) == 0
    axes.plot(x[known], y[known], "x", color=pen.observed, label="observed", zorder=3)
    if hollow is not None:
        axes.plot(
            x[~known], y[~known], "o", color=pen.observed, markerfacecolor="none", label="censored", zorder=3
        )


def trace_figure(view: FitView, ax: Any = None) -> Figure:
    """Draw a density and the chains of every number, a row each; of very many those of `TraceView.drawn`.

    Parameters
    ----------
    view : FitView
    ax : array or sequence of matplotlib.axes.Axes, optional
        Two for each number.

    Returns
    -------
    matplotlib.figure.Figure
    """
    trace = _need(view.tabs.trace)
    draws = _need(view.draws)
    rows = list(drawn_rows(trace, draws))
    if not rows:
        raise ModelError("there is no number whose chains could be drawn")
    grid, pen = grid_of_axes(ax, len(rows)), pens()
    for (left, right), one in zip(grid, rows, strict=True):
        row = one.row
        for chain, (density, drawn) in enumerate(zip(one.density.y, one.chains, strict=True)):
            colour, dashes = pen.colour(chain), DASHES[chain % len(DASHES)]
            left.plot(one.density.x, density, color=colour, ls=dashes, lw=2 / 3 * pen.width)
            right.plot(np.arange(len(drawn)) * draws.every, drawn, color=colour, lw=pen.width / 3)
        if row.truth is not None:
            left.axvline(row.truth, color=pen.ink, lw=2 / 3 * pen.width, ls=":", label="true value")
            left.legend()
        left.set_title(as_written(row.label))
        left.set_yticks([])
    return figure_of(grid[0][0])


def fan_figure(view: FitView, x: str | None, lines: int | None, ax: Any = None) -> Figure:
    """Draw posterior lines over one predictor, crosses above them.

    Parameters
    ----------
    view : FitView
    x : str or None
        An axis by its label; the first if None.
    lines : int or None
        How many lines; as many as the panel shows at first if None.
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ModelError
        If there is no such axis, or there are not so many lines.
    """
    fan = _need(view.tabs.fan)
    labels = [axis.label for axis in fan.axes]
    if x is not None and x not in labels:
        raise ModelError(f"the fan has no axis {x!r}", remedy=did_you_mean(x, labels))
    if lines is not None and lines > fan.n_draws:
        raise ModelError(
            f"lines={lines} is more than the {fan.n_draws:,} lines that this fan has",
            remedy=f"Write lines={fan.n_draws}, or less.",
        )
    axis = fan.axes[0 if x is None else labels.index(x)]
    shown = min(view.n_lines if lines is None else lines, fan.n_draws)
    axes, pen = one_axes(ax), pens()
    many, category = len(axis.strata) > 1, axis.kind == "category"
    for position, stratum in enumerate(axis.strata):
        colour, dashes = pen.colour(position), DASHES[position % len(DASHES)]
        _draw_lines(axes, axis, line_values(stratum.lines)[:shown], colour, pen)
        axes.plot(
            axis.grid,
            stratum.mean,
            marker="o" if category else "",
            ls="" if category else dashes,
            # Of several strata, each has the colour of its lines, so that the legend tells them apart.
            color=colour if many else pen.ink,
            lw=4 / 3 * pen.width if many else pen.width,
            label=as_written(stratum.label) or "mean",
        )
        if stratum.truth is not None:
            axes.plot(
                axis.grid,
                stratum.truth,
                color=pen.truth,
                lw=4 / 3 * pen.width,
                label="true regression line",
            )
    if axis.points is not None:
        _draw_points(axes, axis.points.x, axis.points.y, axis.points.hollow, pen)
    if category:
        axes.set_xticks(axis.grid, [as_written(level) for level in axis.levels])
    axes.set(
        title=as_written(axis_title(fan, axis)), xlabel=as_written(axis.x), ylabel=as_written(fan.ylabel)
    )
    axes.legend()
    return figure_of(axes)


def _draw_lines(axes: Axes, axis: FanAxis, values: NDArray[np.float64], colour: Any, pen: Pens) -> None:
    if axis.kind == "category":
        axes.plot(np.broadcast_to(axis.grid, values.shape).T, values.T, "_", color=colour, alpha=0.3)
    else:
        axes.plot(axis.grid, values.T, color=colour, alpha=0.3, lw=pen.width / 2)


def line_values(lines: AffineLines | CurveLines) -> NDArray[np.float64]:
    """Evaluate lines as the browser does, shape (n_lines, n_grid)."""
    match lines:
        case AffineLines():
            return inverse_link(lines.link, lines.draws @ lines.rows.T + lines.offset)
        case CurveLines():
            return lines.values
