"""What the fan needs: E[y | x, held values] as a function of the posterior draws.

- `formula`: a Bambi model; design rows over a grid, so that the browser can multiply
- `graph`: a hand-written PyMC model; the mean is read from the graph of its observed variable
- `tables`: a Bambi model; tables whose products are design rows at any held values

The first two give the records below. A line of the fan is the mean of the response for one posterior
draw, on the response scale, over the grid of one predictor, with the others held at the
reference of brms's ``conditional_effects`` (numeric: mean; factor: reference level;
group-specific effects: population; trials and exposure: 1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import xarray
from numpy.typing import NDArray

from glm_magic.model import Column
from glm_magic.stages import Attempt, unguarded

Link = Literal[
    "identity", "log", "logit", "probit", "cloglog", "loglog",
    "inverse", "inverse_squared", "sqrt", "softplus", "cauchit", "tan_2",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Where another predictor stands while x moves.

    Attributes
    ----------
    name : str
        The predictor.
    value : str
        Its value and the rule, to be read: ``"3.22 (mean)"``, ``"a (reference)"``.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A mean that is affine in the draws before the inverse link.

    Attributes
    ----------
    coefficients : tuple of (str, tuple of int)
        The posterior variables that are multiplied, with the index into their own
        (non chain, draw) dimensions; length p.
    rows : ndarray, shape (n_grid, p)
        Design rows.
    offset : ndarray, shape (n_grid,)
        Added to the linear predictor.
    link : Link
        The mean is the inverse link of ``rows @ coefficients + offset``.
    """

    coefficients: tuple[tuple[str, tuple[int, ...]], ...]
    rows: NDArray[np.float64]
    offset: NDArray[np.float64]
    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """A mean that is known as whole curves.

    Attributes
    ----------
    evaluate : callable
        From a posterior Dataset with one dimension ``sample`` in place of chain and draw to
        an array of shape (n_samples, n_grid): the linear predictor if `link` is not
        ``"identity"``, else the mean. With `category`, of shape (n_samples, n_grid, n_categories).
    link : Link
        The mean is the inverse link of what `evaluate` returns.
    category : int or None
        Which category of the response, if `evaluate` returns all of them at once.
    circular : bool
        Whether the mean is an angle in radians, to be averaged on the circle.
    """

    evaluate: Callable[[xarray.Dataset], NDArray[np.float64]]
    link: Link = "identity"
    category: int | None = None
    circular: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """One fan of an axis: a level of a second predictor, or a category of the response.

    Attributes
    ----------
    label : str
        What tells it from the others; empty when it is the only one.
    mean : Linear or Curves
    """

    label: str
    mean: Linear | Curves


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One predictor along which the fan can be drawn.

    Attributes
    ----------
    label : str
        ``"x"``, or ``"x by g"`` when there is a fan per level of g.
    x : str
        The predictor.
    levels : tuple of str
        Names of the grid's positions when x is categorical, else empty.
    grid : ndarray, shape (n_grid,)
        Values of x in its own unit, or 0, 1, ... for levels.
    held : tuple of Held
        The other predictors.
    observed_x : ndarray, shape (n_rows,)
        x of the rows that were fitted, as on the grid; NaN where unknown.
    strata : tuple of Stratum
    note : str
        What cannot be moved, or how to read the axis; may be empty.
    population : str
        Whom the lines are for, where groups have effects that are left out: ``"an average
        school"``; may be empty.
    """

    label: str
    x: str
    levels: tuple[str, ...] = ()
    grid: NDArray[np.float64]
    held: tuple[Held, ...] = ()
    observed_x: NDArray[np.float64]
    strata: tuple[Stratum, ...]
    note: str = ""
    population: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """An axis that is made when it is asked for.

    Attributes
    ----------
    label : str
        Of the axis.
    column : Column
        The predictor.
    make : callable
        Makes the axis.
    """

    label: str
    column: Column
    make: Callable[[], Axis]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """Every axis of a model's fan.

    Attributes
    ----------
    axes : tuple of Axis
        At least one; the first is shown first.
    others : tuple of Later
        Further axes, of a model with more predictors than anybody chooses from.
    left_out : tuple of str
        How many those are, and how to get them.
    ylabel : str
        What the lines are: ``"E[y | x]"``, ``"P(y = 1 | x)"``, ``"E[crashes per km | x]"``.
    observed_y : ndarray, shape (n_rows,)
        The response on the scale of the lines: proportions for trials, rates for exposure;
        NaN where it cannot be put there.
    notes : tuple of str
    """

    axes: tuple[Axis, ...]
    ylabel: str
    observed_y: NDArray[np.float64]
    notes: tuple[str, ...] = ()
    others: tuple[Later, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPredictor:
    """Why there is no fan, and how to get one.

    Attributes
    ----------
    reason : str
    """

    reason: str


GRID_POINTS = 100
MOST_AXES = 30
"""Axes of one kind that are made with the fit, in the order of the model; others when they are asked for."""


def parted(
    kinds: Mapping[str, Sequence[Later]], attempt: Attempt = unguarded
) -> tuple[tuple[Axis, ...], tuple[Later, ...], tuple[str, ...]]:
    """Make the first axes of each kind, and say which are left.

    Parameters
    ----------
    kinds : mapping of str to sequence of Later
        Axes in their order, by what they are called in the plural: ``"numeric predictors"``.
    attempt : Attempt
        How each axis is made; one that fails is left out, and that is said.

    Returns
    -------
    axes : tuple of Axis
    others : tuple of Later
        Not made yet.
    left_out : tuple of str
        How many were made of each kind, and how to get the others.
    """
    first = [one for kind in kinds.values() for one in kind[:MOST_AXES]]
    others = [one for kind in kinds.values() for one in kind[MOST_AXES:]]
    left_out = [
        f"Lines over the first {MOST_AXES} of {len(kind):,} {name}; "
        f"fit.plot_fan({kind[MOST_AXES].label!r}) draws those over any other."
        for name, kind in kinds.items()
        if len(kind) > MOST_AXES
    ]
    made = [attempt(f"the lines over {one.label}", one.make, str) for one in first]
    left_out += [f"{reason}." for reason in made if isinstance(reason, str)]
    return tuple(axis for axis in made if isinstance(axis, Axis)), tuple(others), tuple(left_out)


def numeric_grid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spread `GRID_POINTS` points evenly over the range of the finite values.

    Parameters
    ----------
    values : ndarray, shape (n_rows,)

    Returns
    -------
    ndarray, shape (n_grid,)
        A single point when all values are equal.
    """
    finite = values[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    return np.array([low]) if low == high else np.linspace(low, high, GRID_POINTS)


def predictors_of(predictor: Predictor | NoPredictor) -> tuple[Column, ...]:
    """List the predictors along which there is an axis, as columns of the data tab.

    Parameters
    ----------
    predictor : Predictor or NoPredictor

    Returns
    -------
    tuple of Column
    """
    if isinstance(predictor, NoPredictor):
        return ()
    columns = [Column(name=axis.x, values=axis.observed_x, levels=axis.levels) for axis in predictor.axes]
    columns += [later.column for later in predictor.others]
    return tuple({column.name: column for column in columns}.values())
