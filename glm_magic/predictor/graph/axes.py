"""Axes of the fan of a PyMC model: grids, held values and the lines over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import xarray
from numpy.typing import NDArray

from glm_magic.model import Column
from glm_magic.predictor import Axis, Curves, Held, Later, Link, Stratum, numeric_grid
from glm_magic.predictor.graph.leaves import Surface, leaf_values
from glm_magic.predictor.graph.naming import Layout
from glm_magic.predictor.graph.relations import Vector
from glm_magic.predictor.graph.sources import Base

MAX_ROWS_SHOWN = 500
COLLINEAR = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A mean with its data named.

    Attributes
    ----------
    surface : Surface
    layout : Layout
    link : Link
    names : tuple of str
        Bases that can be an axis.
    exposures : tuple of str
        Bases that are held at 1.
    also_held : mapping of str to str
        What is held but is no base, with its value: the trials.
    categories : tuple of str
        Labels of the response's categories; empty if it has none.
    """

    surface: Surface
    layout: Layout
    link: Link
    names: tuple[str, ...]
    exposures: tuple[str, ...]
    also_held: Mapping[str, str]
    categories: tuple[str, ...]


def predictor_axes(setting: Setting) -> dict[str, list[Later]]:
    """One axis per predictor that can be moved: numbers first, then levels."""
    kinds: dict[str, list[Later]] = {"numeric predictors": [], "categorical predictors": []}
    for name in setting.names:
        base = setting.layout.bases[name]
        column = Column(name=base.name, values=base.values, levels=base.levels)
        later = Later(label=base.name, column=column, make=partial(_axis, setting, base))
        kinds["categorical predictors" if base.levels else "numeric predictors"].append(later)
    return kinds


def held_value(setting: Setting, base: Base) -> tuple[float, str]:
    """Where a base stands while another one moves, as a number and in words."""
    if base.name in setting.exposures:
        return 1.0, "1 (exposure: lines are rates)"
    if base.is_index:
        # A group without rows knows nothing but its prior.
        first = int(base.values.min())
        return float(first), f"{base.levels[first]} (first group)"
    if base.levels:
        return 0.0, "0 (reference)"
    value = float(np.mean(base.values))
    return value, f"{value:.4g} (mean)"


def _axis(setting: Setting, base: Base) -> Axis:
    """Make the axis of one base."""
    grid = np.arange(len(base.levels), dtype=np.float64) if base.levels else numeric_grid(base.values)
    bases = setting.layout.bases
    others = [bases[n] for n in (*setting.names, *setting.exposures) if n != base.name]
    held = [Held(name=other.name, value=held_value(setting, other)[1]) for other in others]
    held += [Held(name=name, value=value) for name, value in setting.also_held.items()]
    values = {name: np.full(len(grid), held_value(setting, other)[0]) for name, other in bases.items()}
    return Axis(
        label=base.name,
        x=base.name,
        levels=base.levels,
        grid=grid,
        held=tuple(held),
        observed_x=base.values,
        strata=_strata(setting, _over_grid(setting, {**values, base.name: grid})),
        note=_note(base, others),
    )


def _note(base: Base, others: list[Base]) -> str:
    """Say what a reader must know to trust an axis."""
    notes = []
    if base.unmatched:
        notes.append(
            f"{base.name} is a column of {base.unmatched} that matches no column of the data; "
            "the other columns are held still while it moves."
        )
    for other in others:
        if base.levels or other.levels:
            continue
        r = float(np.corrcoef(base.values, other.values)[0, 1])
        if abs(r) > COLLINEAR:
            notes.append(
                f"{other.name} is held still while {base.name} moves, although the two go together "
                f"in the data (r = {r:.3f})."
            )
    return " ".join(notes)


Lines = Callable[[xarray.Dataset], NDArray[np.float64]]


def _over_grid(setting: Setting, values: dict[str, Vector]) -> Lines:
    """Lines over a grid, evaluated in chunks of as many points as the fit had rows.

    The graph holds the number of rows in many places, and pm.Data must not be resized.
    """
    surface, n_grid = setting.surface, len(next(iter(values.values())))
    chunks = []
    for start in range(0, n_grid, surface.n_rows):
        rows = np.minimum(np.arange(start, start + surface.n_rows), n_grid - 1)
        chunks.append(setting.layout.arrays({name: v[rows] for name, v in values.items()}))

    def lines(posterior: xarray.Dataset) -> NDArray[np.float64]:
        draws = surface.read(posterior)
        return np.concatenate([surface.rows(draws, chunk) for chunk in chunks], axis=1)[:, :n_grid]

    return lines


def _strata(setting: Setting, lines: Lines) -> tuple[Stratum, ...]:
    """One stratum, or one per category of the response."""
    if not setting.categories:
        return (Stratum(label="", mean=Curves(evaluate=lines, link=setting.link)),)
    return tuple(
        Stratum(label=label, mean=Curves(evaluate=lines, link=setting.link, category=k))
        for k, label in enumerate(setting.categories)
    )


def in_sample_axis(setting: Setting, note: str, draws: dict[str, NDArray[Any]]) -> Axis:
    """Draw the mean at the rows that were fitted, when nothing can be moved.

    Parameters
    ----------
    setting : Setting
    note : str
        Why, and how to get more.
    draws : mapping of str to ndarray, shape (n_samples, ...)
        Points of the free variables, to find the predictor that goes with the mean.

    Returns
    -------
    Axis
        ``x`` is ``"row"``. With numeric data in the mean the rows are sorted by the vector that
        correlates most with it; at most `MAX_ROWS_SHOWN` rows are on the grid.
    """
    surface = setting.surface
    original = [leaf_values(leaf) for leaf in surface.leaves]
    mean = surface.rows(draws, original)
    order, sorted_by = _order(setting, mean.reshape(*mean.shape[:2], -1)[..., 0])
    shown = np.unique(np.linspace(0, surface.n_rows - 1, min(surface.n_rows, MAX_ROWS_SHOWN)).astype(int))
    if sorted_by:
        note = f"{note} The rows are sorted by {sorted_by}."
    if len(shown) < surface.n_rows:
        note = f"{note} {len(shown)} of {surface.n_rows} rows are on the line."
    position = np.empty(surface.n_rows)
    position[order] = np.arange(surface.n_rows)

    def lines(posterior: xarray.Dataset) -> NDArray[np.float64]:
        return surface.rows(surface.read(posterior), original)[:, order[shown]]

    held = [Held(name=name, value=value) for name, value in setting.also_held.items()]
    return Axis(
        label="row",
        x="row",
        grid=shown.astype(np.float64),
        held=tuple(held),
        observed_x=position,
        strata=_strata(setting, lines),
        note=note,
    )


def _order(setting: Setting, mean: NDArray[np.float64]) -> tuple[NDArray[np.intp], str]:
    """Rows in the order of the numeric base that correlates most with the mean, else as they are."""
    best, name = 0.0, ""
    for base in setting.layout.bases.values():
        for line in mean:
            if base.levels or np.ptp(line) == 0.0 or not np.all(np.isfinite(line)):
                continue
            r = abs(float(np.corrcoef(base.values, line)[0, 1]))
            if r > best:
                best, name = r, base.name
    if not name:
        return np.arange(mean.shape[1]), ""
    return np.argsort(setting.layout.bases[name].values, kind="stable"), name
