"""Posterior lines over one predictor, with the observations: the fan tab."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from glm_magic.model import Model
from glm_magic.posterior import Posterior
from glm_magic.predictor import Axis, Held, NoPredictor, Predictor
from glm_magic.predictor.words import worth_saying
from glm_magic.stages import Attempt, unguarded
from glm_magic.views import Unavailable, failed_tab
from glm_magic.views.data import is_binary
from glm_magic.views.lines import MOST_LINES, AffineLines, CurveLines, FanStratum, brush_of

MOST_HELD = 12
"""Predictors whose value is named under an axis."""
MOST_NUMBERS = 400_000
"""Of the lines of all axes, 1.6 MB."""
LEAST_LINES = 100
"""As many as are shown at first."""
TITLE = "Posterior regression lines"
LINES_HERE = "{:,} lines are here; "
LINES_ELSEWHERE = "fit.plot_fan(lines={}) draws more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The observations on the axis: x, y and whether hollow, each of shape (n_shown,)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    hollow: NDArray[np.uint32] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FanAxis:
    """The fan along one predictor; see `predictor.Axis`."""

    label: str
    x: str
    kind: Literal["numeric", "category"]
    grid: NDArray[np.float64]
    levels: tuple[str, ...]
    held: tuple[Held, ...]
    points: Points | None
    jitter: bool
    note: str | None
    strata: tuple[FanStratum, ...]
    population: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FanView:
    """The fan tab.

    Attributes
    ----------
    title, response, ylabel : str
    n_draws : int
        Lines shipped.
    axes : tuple of FanAxis
    numbers : ndarray of int, shape (n_draws,)
        The draw of each line, by its number in the fit.
    notes : tuple of str
    left_out : tuple of str
        What is not shipped, and how to get it.
    """

    title: str
    response: str
    ylabel: str
    n_draws: int
    axes: tuple[FanAxis, ...]
    numbers: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, dtype=np.uint32))
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def fan_view(
    model: Model,
    posterior: Posterior,
    predictor: Predictor | NoPredictor,
    rows: NDArray[np.intp],
    truth: Mapping[str, float],
    attempt: Attempt = unguarded,
) -> FanView | Unavailable:
    """Lay the fan out.

    Parameters
    ----------
    model : Model
    posterior : Posterior
    predictor : Predictor or NoPredictor
    rows : ndarray of int, shape (n_shown,)
        The observations to draw.
    truth : mapping of str to float
        True values by label.
    attempt : Attempt
        How the lines over each predictor are made; those that fail cost their axis.

    Returns
    -------
    FanView or Unavailable
    """
    if isinstance(predictor, NoPredictor):
        return Unavailable(unavailable=predictor.reason)
    brush = brush_of(posterior, truth)
    binary = model.response is not None and is_binary(model.response)

    def one(axis: Axis) -> FanAxis:
        return FanAxis(
            label=axis.label,
            x=axis.x,
            kind="category" if axis.levels else "numeric",
            grid=axis.grid,
            levels=axis.levels,
            held=_held(axis.held),
            points=_points(model, predictor, axis, rows),
            jitter=binary,
            note=axis.note or None,
            strata=tuple(brush.strata(axis)),
            population=axis.population,
        )

    made = [
        attempt(f"the lines over {axis.label}", partial(one, axis), failed_tab) for axis in predictor.axes
    ]
    axes = tuple(axis for axis in made if isinstance(axis, FanAxis))
    missing = [axis for axis in made if isinstance(axis, Unavailable)]
    if not axes and missing:
        return missing[0]
    shipped = within_budget(axes, min(brush.ordered.count, MOST_LINES))
    return FanView(
        title=f"{TITLE}: {words}" if (words := worth_saying(model)) else TITLE,
        response=model.response.name if model.response else model.title,
        ylabel=predictor.ylabel,
        n_draws=shipped.n_lines,
        axes=shipped.axes,
        numbers=brush.numbers[: shipped.n_lines],
        notes=predictor.notes,
        left_out=(*predictor.left_out, *shipped.left_out, *(one.unavailable for one in missing)),
    )


def axis_title(fan: FanView, axis: FanAxis) -> str:
    """Write the title over one axis, with whom the lines are for."""
    return f"{fan.title}, for {axis.population}" if axis.population else fan.title


def _held(held: tuple[Held, ...]) -> tuple[Held, ...]:
    """Name the first of the predictors that are held, and count the others."""
    if len(held) <= MOST_HELD + 1:
        return held
    others = Held(name=f"{len(held) - MOST_HELD:,} others", value="their mean or reference level")
    return (*held[:MOST_HELD], others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """What of a fan goes to the browser.

    Attributes
    ----------
    axes : tuple of FanAxis
    n_lines : int
        Lines of each.
    left_out : tuple of str
    """

    axes: tuple[FanAxis, ...]
    n_lines: int
    left_out: tuple[str, ...] = ()


def within_budget(axes: tuple[FanAxis, ...], n_lines: int) -> Shipped:
    """Leave lines out of a fan that is too large for a page, and then its last axes.

    Parameters
    ----------
    axes : tuple of FanAxis
    n_lines : int
        Lines of each.

    Returns
    -------
    Shipped
        At most `MOST_NUMBERS`, or one axis with `LEAST_LINES`.
    """
    widths = _numbers_per_line(axes)
    fewest = min(n_lines, LEAST_LINES)
    kept = max(1, int((np.cumsum(widths) * fewest <= MOST_NUMBERS).sum()))
    most = max(fewest, min(n_lines, MOST_NUMBERS // max(1, sum(widths[:kept]))))
    if kept == len(axes) and most == n_lines:
        return Shipped(axes=axes, n_lines=n_lines)
    left_out = []
    if most < n_lines:
        left_out.append(LINES_HERE.format(most) + LINES_ELSEWHERE.format(n_lines))
    if kept < len(axes):
        left_out.append(
            f"Lines over {kept} of {len(axes)} are here; fit.plot_fan({axes[kept].label!r}) draws others."
        )
    return Shipped(
        axes=tuple(_with_lines(axis, most) for axis in axes[:kept]), n_lines=most, left_out=tuple(left_out)
    )


def _numbers_per_line(axes: tuple[FanAxis, ...]) -> list[int]:
    """Count what each axis adds to the buffer per line; equal draws are written once."""
    seen: set[Hashable] = set()
    widths = []
    for axis in axes:
        width = 0
        for stratum in axis.strata:
            lines = stratum.lines
            numbers = lines.draws if isinstance(lines, AffineLines) else lines.values
            place = (numbers.ctypes.data, numbers.shape)
            width += numbers.shape[1] if place not in seen else 0
            seen.add(place)
        widths.append(width)
    return widths


def _with_lines(axis: FanAxis, n_lines: int) -> FanAxis:
    def cut(lines: AffineLines | CurveLines) -> AffineLines | CurveLines:
        if isinstance(lines, AffineLines):
            return replace(lines, draws=lines.draws[:n_lines])
        return replace(lines, values=lines.values[:n_lines])

    return replace(axis, strata=tuple(replace(one, lines=cut(one.lines)) for one in axis.strata))


def fewer_lines(fan: FanView, n_lines: int) -> FanView:
    """Leave lines out of a fan; a note says how to draw them.

    Parameters
    ----------
    fan : FanView
    n_lines : int
        Lines of each axis; the first ones of a random order.

    Returns
    -------
    FanView
        The same fan if it has no more.
    """
    if n_lines >= fan.n_draws:
        return fan
    said, says = LINES_HERE.format(fan.n_draws), LINES_HERE.format(n_lines)
    left_out = [one.replace(said, says) for one in fan.left_out if one.startswith(said)] or [
        says + LINES_ELSEWHERE.format(fan.n_draws)
    ]
    left_out += [one for one in fan.left_out if not one.startswith(said)]
    axes = tuple(_with_lines(axis, n_lines) for axis in fan.axes)
    return replace(fan, n_draws=n_lines, axes=axes, numbers=fan.numbers[:n_lines], left_out=tuple(left_out))


def fewer_points(fan: FanView, keep: Callable[[int], NDArray[np.intp]]) -> FanView:
    """Leave observations out of a fan.

    Parameters
    ----------
    fan : FanView
    keep : callable
        Gives the positions to keep of so many.

    Returns
    -------
    FanView
    """

    def one(points: Points | None) -> Points | None:
        if points is None:
            return None
        kept = keep(len(points.x))
        hollow = None if points.hollow is None else points.hollow[kept]
        return Points(x=points.x[kept], y=points.y[kept], hollow=hollow)

    return replace(fan, axes=tuple(replace(axis, points=one(axis.points)) for axis in fan.axes))


def _points(model: Model, predictor: Predictor, axis: Axis, rows: NDArray[np.intp]) -> Points | None:
    if not np.isfinite(predictor.observed_y).any() or not np.isfinite(axis.observed_x).any():
        return None
    hollow = None if model.censored is None else model.censored[rows].astype(np.uint32)
    return Points(x=axis.observed_x[rows], y=predictor.observed_y[rows], hollow=hollow)
