"""Read what the fan needs from the graph of a hand-written PyMC model.

- `mean`: an observed variable -> the graph of its mean
- `leaves`, `cuts`: that graph as a function of the draws and of the data in it
- `sources`, `relations`, `naming`: which column of the user's each vector of data is, or is made of
- `probe`: questions to the mean, answered by evaluating it at a few points
- `axes`: the predictors along which it can be drawn
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray

from glm_magic.model.observed import observed_variables
from glm_magic.predictor import NoPredictor, Predictor, parted
from glm_magic.predictor.graph.axes import Setting, in_sample_axis, predictor_axes
from glm_magic.predictor.graph.leaves import Surface, data_values, find_surface
from glm_magic.predictor.graph.mean import ResponseMean, response_mean
from glm_magic.predictor.graph.naming import Layout, lay_out
from glm_magic.predictor.graph.probe import by_row, matters, points, proportional
from glm_magic.predictor.graph.relations import Vector
from glm_magic.predictor.graph.sources import read_sources

SLIDERS = (
    "To get sliders, write the mean as a function of predictors with one value per row: "
    "arrays of the length of the response, or pm.Data."
)


def read_graph(model: pm.Model, columns: Mapping[str, NDArray[Any]]) -> Predictor | NoPredictor:
    """Find the mean of an observed variable, and the predictors along which it can be drawn.

    It is the first whose mean depends on a free variable.

    Parameters
    ----------
    model : pymc.Model
    columns : mapping of str to ndarray
        Columns of the data and arrays of the namespace, in order of preference. Those that are not
        of shape (n_rows,) are ignored.

    Returns
    -------
    Predictor or NoPredictor
        If no predictor can be moved, the only axis runs over rows and says how to get sliders.
    """
    observed = observed_variables(model)
    names = [str(rv.name).removesuffix("_observed") for rv in observed]
    if not observed:
        return NoPredictor(
            reason="the model has no observed variable, so there is no mean to draw (a pm.Potential has none). "
            "Give a distribution observed=..."
        )
    reasons = []
    draws = points(model)
    for rv, name in zip(observed, names, strict=True):
        found = _read_variable(model, rv, columns, draws, [n for n in names if n != name])
        if isinstance(found, Predictor):
            return found
        reasons.append(found.reason)
    return NoPredictor(reason="; ".join(reasons))


def _read_variable(
    model: pm.Model,
    rv: Any,
    columns: Mapping[str, NDArray[Any]],
    draws: dict[str, NDArray[Any]],
    others: list[str],
) -> Predictor | NoPredictor:
    """Read one observed variable."""
    (values,) = data_values([model.rvs_to_values[rv]])
    if values.ndim != 1 or rv.owner.op.ndim_supp > 1:
        return NoPredictor(
            reason=f"{rv.name!r} has {values.ndim} dimensions; lines need a response with one value per row"
        )
    mean = response_mean(rv)
    if isinstance(mean, NoPredictor):
        return mean
    y = values.astype(np.float64)
    if mean.rows is not None:
        y = np.full(len(mean.rows), np.nan)
        y[mean.rows] = values
    surface = find_surface(mean.graph, model, len(y), draws, categories=mean.categories)
    if isinstance(surface, str):
        return NoPredictor(reason=f"{rv.name!r} has no mean that can be drawn: {surface}")
    if not surface.names:
        return NoPredictor(reason=_fixed_mean(rv))
    notes = [*mean.notes]
    if others:
        notes.append(f"The lines are about {rv.name}; the model also observes {', '.join(others)}.")
    if mean.rows is not None:
        notes.append(f"{int((~mean.rows).sum())} rows have no response; they are not among the points.")
    return _assemble(str(rv.name).removesuffix("_observed"), model, surface, mean, y, columns, draws, notes)


def _fixed_mean(rv: Any) -> str:
    """Say why a mean that no parameter moves has no lines, and what the parameters do instead."""
    if rv.owner.op.ndim_supp:
        moved = "they are in the covariance, as in the marginal likelihood of a Gaussian process"
    else:
        moved = "they move its spread or its shape, as in a model of volatility"
    return (
        f"the mean of {rv.name!r} is the same whatever the parameters are: {moved}. "
        "Data, Trace and Summary are whole"
    )


def _assemble(
    response: str,
    model: pm.Model,
    surface: Surface,
    mean: ResponseMean,
    y: Vector,
    columns: Mapping[str, NDArray[Any]],
    draws: dict[str, NDArray[Any]],
    notes: list[str],
) -> Predictor:
    """Name the data, decide what can move, and make the axes."""
    sources = read_sources(columns, surface.leaves, y)
    layout = lay_out(surface.leaves, sources, model)
    trials = _trials(mean, len(y))
    observed_y, name_of_trials, held = y, "trials", {}
    if mean.trials is not None:
        same = [n for n, s in sources.items() if trials is not None and np.array_equal(s.values, trials)]
        name_of_trials = same[0] if same else "trials"
        observed_y = np.full(len(y), np.nan) if trials is None else y / trials
        held[name_of_trials] = "1 (trials: lines are proportions)"
        if trials is None:
            notes.append("The number of trials is a parameter, so the points cannot be shown as proportions.")
    if mean.categories:
        observed_y = np.full(len(y), np.nan)
        notes.append("The lines are probabilities of categories; the rows have none, so there are no points.")
    movable = by_row(surface, layout, draws)
    names = [name for name in layout.bases if matters(surface, layout, draws, name)] if movable else []
    exposures = _exposures(surface, mean, layout, draws, names, y)
    for name in exposures:
        observed_y = observed_y / layout.bases[name].values
    ylabel = mean.ylabel.format(y=response, trials=name_of_trials)
    if exposures:
        ylabel = f"E[{response} / {' / '.join(exposures)} | x]"
    setting = Setting(
        surface=surface, layout=layout, link=mean.link, names=tuple(n for n in names if n not in exposures),
        exposures=exposures, also_held=held, categories=_categories(surface, y, columns),
    )  # fmt: skip
    axes, others, left_out = parted(predictor_axes(setting))
    if not axes:
        axes = (in_sample_axis(setting, f"{_why(layout, movable=movable)} {SLIDERS}", draws),)
    return Predictor(
        axes=axes,
        ylabel=ylabel,
        observed_y=observed_y,
        notes=tuple(notes),
        others=others,
        left_out=left_out,
    )


def _why(layout: Layout, *, movable: bool) -> str:
    """Why there are only in-sample lines."""
    if not movable:
        return (
            "In-sample lines: the mean at the rows that were fitted. No predictor can be moved, because the "
            "mean of a row depends on more than that row's data (a parameter per row, or other rows)."
        )
    if not layout.bases:
        return "In-sample lines: the mean at the rows that were fitted. The mean uses no predictor."
    return (
        "In-sample lines: the mean at the rows that were fitted. The data in the mean do not change it "
        "enough to be moved."
    )


def _trials(mean: ResponseMean, n_rows: int) -> Vector | None:
    """Read the number of trials of every row; None if there are none, or if they are not data."""
    if mean.trials is None or not mean.trials_known:
        return None
    (values,) = data_values([mean.trials])
    return np.broadcast_to(values, (n_rows,)).astype(np.float64)


def _exposures(
    surface: Surface,
    mean: ResponseMean,
    layout: Layout,
    draws: dict[str, NDArray[Any]],
    names: list[str],
    y: Vector,
) -> tuple[str, ...]:
    """Predictors that the mean of a count or an amount is proportional to, whatever the parameters.

    One predictor is never an exposure if it is all there is: its own line is then the better answer.
    """
    if not mean.positive or mean.trials is not None or mean.categories or np.nanmin(y) < 0:
        return ()
    found = [
        name
        for name in names
        if not layout.bases[name].levels
        and np.all(layout.bases[name].values > 0)
        and proportional(surface, layout, draws, name, mean.link)
    ]
    return tuple(found) if len(found) < len(names) else ()


def _categories(surface: Surface, y: Vector, columns: Mapping[str, NDArray[Any]]) -> tuple[str, ...]:
    """Labels of the categories of the response: the values of a text column that it codes, else numbers."""
    if not surface.n_categories:
        return ()
    for column in columns.values():
        array = np.asarray(column)
        if array.shape == y.shape and array.dtype.kind in "OUS":
            labels, codes = np.unique(array.astype(str), return_inverse=True)
            if len(labels) == surface.n_categories and np.array_equal(codes, y):
                return tuple(str(label) for label in labels)
    return tuple(str(k) for k in range(surface.n_categories))
