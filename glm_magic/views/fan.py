"""Posterior lines over one predictor.

Lines are a seeded permutation of the draws, balanced over the chains, so that one line more
is the same lines and one more. The mean curve is the mean of the lines (not the line of the
mean parameters), over every draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray
from numpy.typing import NDArray

from glm_magic.model import Model
from glm_magic.posterior import Posterior, scalars
from glm_magic.predictor import Axis, Curves, Held, Linear, Link, NoPredictor, Predictor
from glm_magic.predictor.links import inverse_link
from glm_magic.views import Unavailable
from glm_magic.views.data import TruthLine, is_binary
from glm_magic.views.factor import factor

TITLE = "Posterior predictive regression lines"
MOST_LINES = 1_000
# Whole curves cost an evaluation of the model per draw; their mean is over this many.
MOST_CURVES = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AffineLines:
    """Lines that the browser multiplies: inverse link of ``draws @ rows.T + offset``.

    Attributes
    ----------
    draws : ndarray, shape (n_lines, p)
    rows : ndarray, shape (n_grid, p)
    offset : ndarray, shape (n_grid,)
    link : Link
    """

    draws: NDArray[np.float64]
    rows: NDArray[np.float64]
    offset: NDArray[np.float64]
    link: Link
    kind: Literal["affine"] = "affine"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveLines:
    """Whole lines on the response scale: values, shape (n_lines, n_grid)."""

    values: NDArray[np.float64]
    kind: Literal["curves"] = "curves"


@dataclass(frozen=True, slots=True, kw_only=True)
class FanStratum:
    """One fan: its lines, their mean over all draws and the true mean, shape (n_grid,)."""

    label: str
    lines: AffineLines | CurveLines
    mean: NDArray[np.float64]
    truth: NDArray[np.float64] | None


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


def chosen_draws(n_chains: int, n_draws: int, most: int, seed: int) -> NDArray[np.intp]:
    """Order draws for the fan: a permutation of each chain, the chains taking turns.

    Parameters
    ----------
    n_chains, n_draws : int
    most : int
        How many to choose at most.
    seed : int

    Returns
    -------
    ndarray of int, shape (min(most, n_chains * n_draws),)
        Positions ``chain * n_draws + draw``, without repeats; any first part of them is
        balanced over the chains to within one.
    """
    rng = np.random.default_rng(seed)
    per_chain = np.array([rng.permutation(n_draws) + chain * n_draws for chain in range(n_chains)])
    return per_chain.T.ravel()[:most]


def fan_view(
    model: Model,
    posterior: Posterior,
    predictor: Predictor | NoPredictor,
    rows: NDArray[np.intp],
    truth: Mapping[str, float],
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

    Returns
    -------
    FanView or Unavailable
    """
    if isinstance(predictor, NoPredictor):
        return Unavailable(unavailable=predictor.reason)
    n_chains, n_draws = (posterior.draws.sizes[dim] for dim in ("chain", "draw"))
    order = chosen_draws(n_chains, n_draws, MOST_CURVES, posterior.seed)
    samples = stacked(posterior.draws)
    brush = _Brush(samples=samples, order=order, truth=_truth_sample(posterior, samples, truth))
    binary = model.response is not None and is_binary(model.response)
    axes = []
    for axis in predictor.axes:
        strata = tuple(
            FanStratum(
                label=one.label,
                lines=brush.lines(one.mean),
                mean=brush.mean(one.mean),
                truth=brush.true(one.mean),
            )
            for one in axis.strata
        )
        axes.append(
            FanAxis(
                label=axis.label,
                x=axis.x,
                kind="category" if axis.levels else "numeric",
                grid=axis.grid,
                levels=axis.levels,
                held=axis.held,
                points=_points(model, predictor, axis, rows),
                jitter=binary,
                note=axis.note or None,
                strata=strata,
            )
        )
    return FanView(
        title=TITLE,
        response=model.response.name if model.response else model.title,
        ylabel=predictor.ylabel,
        n_draws=len(order[:MOST_LINES]),
        axes=tuple(axes),
        notes=predictor.notes,
    )


def stacked(draws: xarray.Dataset) -> xarray.Dataset:
    """Join chains and draws in one dimension ``sample``, chain by chain, first of all dims."""
    joined = draws.stack(sample=("chain", "draw")).drop_vars(("sample", "chain", "draw"))
    return joined.transpose("sample", ...)


def true_lines(fan: FanView | Unavailable) -> tuple[TruthLine, ...]:
    """Take the true mean along each predictor from the fan, for the data tab."""
    if isinstance(fan, Unavailable):
        return ()
    return tuple(
        TruthLine(x=axis.x, grid=axis.grid, y=axis.strata[0].truth)
        for axis in fan.axes
        if len(axis.strata) == 1 and axis.strata[0].truth is not None and axis.label == axis.x
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Brush:
    """Evaluates means over draws.

    Attributes
    ----------
    samples : xarray.Dataset
        Every draw, dim ``sample`` first.
    order : ndarray of int
        The draws in the order of the lines.
    truth : xarray.Dataset or None
        Two samples at the true values; what is not given differs between them.
    """

    samples: xarray.Dataset
    order: NDArray[np.intp]
    truth: xarray.Dataset | None

    def lines(self, mean: Linear | Curves) -> AffineLines | CurveLines:
        """Evaluate the lines to ship, in their order."""
        chosen = self.samples.isel(sample=self.order[:MOST_LINES])
        match mean:
            case Linear():
                return AffineLines(
                    draws=_coefficients(mean, chosen), rows=mean.rows, offset=mean.offset, link=mean.link
                )
            case Curves():
                return _compact(mean.evaluate(chosen), mean.link)

    def mean(self, mean: Linear | Curves) -> NDArray[np.float64]:
        """Average the lines, shape (n_grid,)."""
        used = self.samples if isinstance(mean, Linear) else self.samples.isel(sample=self.order)
        return np.asarray(response_over(mean, used).mean(axis=0))

    def true(self, mean: Linear | Curves) -> NDArray[np.float64] | None:
        """Evaluate the mean at the true values, if they settle it."""
        if self.truth is None:
            return None
        first, second = response_over(mean, self.truth)
        # What the user did not give differs between the two: equal curves do not need it.
        return first if np.allclose(first, second, rtol=1e-9, atol=0) else None


def response_over(mean: Linear | Curves, samples: xarray.Dataset) -> NDArray[np.float64]:
    """Give the mean on the response scale, shape (n_samples, n_grid)."""
    match mean:
        case Linear():
            eta = _coefficients(mean, samples) @ mean.rows.T + mean.offset
        case Curves():
            eta = mean.evaluate(samples)
    return inverse_link(mean.link, eta)


def _coefficients(mean: Linear, samples: xarray.Dataset) -> NDArray[np.float64]:
    columns = [samples[name].values[place(index)] for name, index in mean.coefficients]
    return np.stack(columns, axis=1) if columns else np.zeros((samples.sizes["sample"], 0))


def place(index: tuple[int, ...]) -> tuple[Any, ...]:
    """Index all samples of one number of a variable."""
    return (slice(None), *index)


def _compact(eta: NDArray[np.float64], link: Link) -> AffineLines | CurveLines:
    """Ship few columns instead of whole curves, where the curves have no more in them."""
    factors = factor(eta)
    if factors is None:
        return CurveLines(values=inverse_link(link, eta))
    return AffineLines(draws=factors.scores, rows=factors.rows, offset=factors.centre, link=link)


def _truth_sample(
    posterior: Posterior, samples: xarray.Dataset, truth: Mapping[str, float]
) -> xarray.Dataset | None:
    """Make two samples at the true values; numbers without one differ between the two."""
    if not truth:
        return None
    last = samples.sizes["sample"] - 1
    # A number that is not given stands at two different draws.
    made = samples.isel(sample=[0, last]).copy(deep=True).map(lambda values: values.astype(float))
    for scalar in scalars(posterior):
        if scalar.label in truth:
            made[scalar.variable].values[place(scalar.index)] = truth[scalar.label]
    return made


def _points(model: Model, predictor: Predictor, axis: Axis, rows: NDArray[np.intp]) -> Points | None:
    if not np.isfinite(predictor.observed_y).any() or not np.isfinite(axis.observed_x).any():
        return None
    hollow = None if model.censored is None else model.censored[rows].astype(np.uint32)
    return Points(x=axis.observed_x[rows], y=predictor.observed_y[rows], hollow=hollow)
