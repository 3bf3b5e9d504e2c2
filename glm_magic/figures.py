"""The views as matplotlib figures, in the panel's own colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from glm_magic.errors import ModelError, did_you_mean
from glm_magic.predictor.links import inverse_link
from glm_magic.views import Unavailable
from glm_magic.views.data import CategoryColumn, NumericColumn
from glm_magic.views.fan import FanAxis, axis_title
from glm_magic.views.lines import AffineLines, CurveLines
from glm_magic.views.panel import PanelView

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe & Ito 2008, a palette that colour-blind readers tell apart.
ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE = "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7"
PALETTE = (ORANGE, SKY, GREEN, PURPLE, VERMILION, BLUE)
DASHES = ("-", "--", "-.", ":")
View = TypeVar("View")


def _need(view: View | Unavailable) -> View:
    if isinstance(view, Unavailable):
        raise ModelError(view.unavailable)
    return view


def data_figure(view: PanelView, x: str | None) -> Figure:
    """Draw the observations.

    Parameters
    ----------
    view : PanelView
    x : str or None
        A predictor; the first if None.

    Returns
    -------
    matplotlib.figure.Figure
    """
    data = _need(view.tabs.data)
    name = data.x[0] if x is None else x
    if name not in data.x:
        raise ModelError(f"there is no predictor {name!r}", remedy=did_you_mean(name, data.x))
    columns = {column.name: column for column in data.columns}
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot(_positions(columns[name]), _positions(columns[data.response]), "x", label="observed")
    for line in data.truth:
        if line.x == name:
            axes.plot(line.grid, line.y, color=GREEN, lw=2, label="true regression line")
            axes.legend()
    _name_levels(axes, columns[name])
    axes.set(xlabel=name, ylabel=data.response, title=view.modelled)
    return figure


def _positions(column: NumericColumn | CategoryColumn) -> NDArray[np.float64]:
    return column.values if isinstance(column, NumericColumn) else column.codes.astype(float)


def _name_levels(axes: Axes, column: NumericColumn | CategoryColumn) -> None:
    if isinstance(column, CategoryColumn):
        axes.set_xticks(range(len(column.levels)), column.levels)


def trace_figure(view: PanelView) -> Figure:
    """Draw a density and the chains of every number, a row each.

    Parameters
    ----------
    view : PanelView

    Returns
    -------
    matplotlib.figure.Figure
    """
    trace = _need(view.tabs.trace)
    figure = Figure(figsize=(9, 1.8 * len(trace.rows)), layout="constrained")
    grid = figure.subplots(len(trace.rows), 2, squeeze=False)
    for (left, right), row in zip(grid, trace.rows, strict=True):
        for chain, (density, draws) in enumerate(zip(row.density.y, row.trace, strict=True)):
            style = {"color": PALETTE[chain % len(PALETTE)], "ls": DASHES[chain % len(DASHES)], "lw": 1}
            left.plot(row.density.x, density, **style)
            right.plot(np.arange(len(draws)) * trace.every, draws, color=style["color"], lw=0.5)
        if row.truth is not None:
            left.axvline(row.truth, color="black", lw=1, ls=":", label="true value")
            left.legend(fontsize="small")
        left.set_title(row.label, fontsize="medium")
        left.set_yticks([])
    return figure


def fan_figure(view: PanelView, x: str | None, lines: int | None) -> Figure:
    """Draw posterior lines over one predictor, crosses above them.

    Parameters
    ----------
    view : PanelView
    x : str or None
        An axis by its label; the first if None.
    lines : int or None
        How many lines; as many as the panel shows at first if None.

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
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    for position, stratum in enumerate(axis.strata):
        colour = PALETTE[position % len(PALETTE)]
        _draw_lines(axes, axis, line_values(stratum.lines)[:shown], colour)
        marker = "o" if axis.kind == "category" else ""
        axes.plot(
            axis.grid,
            stratum.mean,
            marker=marker,
            ls="" if marker else "-",
            color="black",
            lw=1.5,
            label=stratum.label or "mean",
        )
        if stratum.truth is not None:
            axes.plot(axis.grid, stratum.truth, color=GREEN, lw=2, label="true regression line")
    if axis.points is not None:
        axes.plot(axis.points.x, axis.points.y, "x", color=BLUE, label="observed", zorder=3)
    if axis.kind == "category":
        axes.set_xticks(axis.grid, axis.levels)
    axes.set(title=axis_title(fan, axis), xlabel=axis.x, ylabel=fan.ylabel)
    axes.legend()
    return figure


def _draw_lines(axes: Axes, axis: FanAxis, values: NDArray[np.float64], colour: str) -> None:
    if axis.kind == "category":
        axes.plot(np.broadcast_to(axis.grid, values.shape).T, values.T, "_", color=colour, alpha=0.3)
    else:
        axes.plot(axis.grid, values.T, color=colour, alpha=0.3, lw=0.8)


def line_values(lines: AffineLines | CurveLines) -> NDArray[np.float64]:
    """Evaluate lines as the browser does, shape (n_lines, n_grid)."""
    match lines:
        case AffineLines():
            return inverse_link(lines.link, lines.draws @ lines.rows.T + lines.offset)
        case CurveLines():
            return lines.values
