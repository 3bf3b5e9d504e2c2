"""Posterior lines over one predictor, with the observations: the fan tab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from glm_magic.views.data import TruthLine, is_binary
from glm_magic.views.lines import MOST_LINES, FanStratum, brush_of

TITLE = "Posterior predictive regression lines"


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
    notes : tuple of str
    """

    title: str
    response: str
    ylabel: str
    n_draws: int
    axes: tuple[FanAxis, ...]
    notes: tuple[str, ...] = ()


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
            held=axis.held,
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
    return FanView(
        title=f"{TITLE}: {words}" if (words := worth_saying(model)) else TITLE,
        response=model.response.name if model.response else model.title,
        ylabel=predictor.ylabel,
        n_draws=min(brush.ordered.sizes["sample"], MOST_LINES),
        axes=axes,
        notes=(*predictor.notes, *(axis.unavailable for axis in missing)),
    )


def axis_title(fan: FanView, axis: FanAxis) -> str:
    """Write the title over one axis, with whom the lines are for."""
    return f"{fan.title}, for {axis.population}" if axis.population else fan.title


def true_lines(fan: FanView | Unavailable) -> tuple[TruthLine, ...]:
    """Take the true mean along each predictor from the fan, for the data tab."""
    if isinstance(fan, Unavailable):
        return ()
    return tuple(
        TruthLine(x=axis.x, grid=axis.grid, y=axis.strata[0].truth)
        for axis in fan.axes
        if len(axis.strata) == 1 and axis.strata[0].truth is not None and axis.label == axis.x
    )


def _points(model: Model, predictor: Predictor, axis: Axis, rows: NDArray[np.intp]) -> Points | None:
    if not np.isfinite(predictor.observed_y).any() or not np.isfinite(axis.observed_x).any():
        return None
    hollow = None if model.censored is None else model.censored[rows].astype(np.uint32)
    return Points(x=axis.observed_x[rows], y=predictor.observed_y[rows], hollow=hollow)
