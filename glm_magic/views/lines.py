"""The lines of a fan: which draws, and their curves in a form that the browser can draw.

Lines are a seeded permutation of the draws, balanced over the chains, so that one line more
is the same lines and one more. The mean curve is the mean of the lines (not the line of the
mean parameters), over every draw or `MOST_AVERAGED` of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import xarray
from numpy.typing import NDArray

from glm_magic.posterior import Posterior, scalars, stacked
from glm_magic.predictor import Axis, Linear, Link
from glm_magic.predictor.links import inverse_link
from glm_magic.predictor.response import averaged
from glm_magic.views.factor import MOST_COLUMNS, factor, holds_in_single
from glm_magic.views.sample import EvaluatedCurves, Sample

MOST_LINES = 1_000
# Whole curves cost an evaluation of the model per draw; their mean is over this many.
MOST_CURVES = 4_000
# The mean of lines is over this many draws: with more it moves by less than a hundredth of the posterior's sd,
# and a grid of each of a million draws is a gigabyte.
MOST_AVERAGED = 40_000
# Draws whose lines are averaged at once, 0.4 MB of a grid of 100.
BLOCK = 500


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Brush:
    """Evaluates means over draws.

    Attributes
    ----------
    samples : Sample
        Every draw, or at least `MOST_AVERAGED` evenly spaced ones.
    ordered : Sample
        The draws in the order of the lines, at most `MOST_CURVES`.
    numbers : ndarray of int
        Of the draws in the order of the lines, in the fit.
    truth : Sample or None
        Two samples at the true values; what is not given differs between them.
    """

    samples: Sample
    ordered: Sample
    numbers: NDArray[np.uint32]
    truth: Sample | None

    def strata(self, axis: Axis) -> Iterator[FanStratum]:
        """Evaluate the fans of an axis."""
        # No longer than the axis: it is a few megabytes of curves.
        lines_drawn = EvaluatedCurves(sample=self.ordered)
        lines_true = None if self.truth is None else EvaluatedCurves(sample=self.truth)
        for stratum in axis.strata:
            mean = stratum.mean
            if isinstance(mean, Linear):
                lines, average = self._straight(mean)
                true = None if self.truth is None else self._eta(mean, self.truth)
            else:
                drawn = lines_drawn.curves(mean)
                lines = _shipped(mean.link, drawn[:MOST_LINES])
                average = averaged(mean, inverse_link(mean.link, drawn))
                true = None if lines_true is None else lines_true.curves(mean)
            yield FanStratum(
                label=stratum.label,
                lines=lines,
                mean=average,
                truth=None if true is None else _settled(inverse_link(mean.link, true)),
            )

    def _eta(self, mean: Linear, sample: Sample) -> NDArray[np.float64]:
        own = folded(mean, sample.coefficients(mean))
        product: NDArray[np.float64] = own.draws @ own.rows.T + mean.offset
        return product

    def _straight(self, mean: Linear) -> tuple[AffineLines | CurveLines, NDArray[np.float64]]:
        """Ship the lines of a linear predictor, in their order, and average all of them."""
        # The order is that of all draws, unless they are very many.
        complete = self.ordered.count == self.samples.count
        own = folded(mean, self.ordered.coefficients(mean))
        every = own if complete else folded(mean, self.samples.coefficients(mean))
        if mean.link == "identity":
            # The mean of the lines is the line of the means, which is one product.
            average = every.rows @ every.draws.mean(axis=0) + mean.offset
        else:
            average = _average(mean, every)
        draws = own.draws[:MOST_LINES]
        # In calendar years the coefficients are large and cancel, which 4 bytes do not hold.
        if holds_in_single(draws, own.rows, mean.offset):
            return AffineLines(draws=draws, rows=own.rows, offset=mean.offset, link=mean.link), average
        return _shipped(mean.link, draws @ own.rows.T + mean.offset), average


def _average(mean: Linear, every: Folded) -> NDArray[np.float64]:
    """Average lines block by block: a block stays in the processor's cache, and is one processor's work."""
    total = np.zeros(len(every.rows))
    for begin in range(0, len(every.draws), BLOCK):
        eta = every.draws[begin : begin + BLOCK] @ every.rows.T + mean.offset
        total += inverse_link(mean.link, eta).sum(axis=0)
    return total / len(every.draws)


def _shipped(link: Link, eta: NDArray[np.float64]) -> AffineLines | CurveLines:
    """Ship what makes the lines, in their order, in as few numbers as hold them."""
    factors = factor(eta)
    if factors is None:
        return CurveLines(values=inverse_link(link, eta))
    return AffineLines(draws=factors.scores, rows=factors.rows, offset=factors.centre, link=link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A predictor over a grid, with what does not move along it in one column.

    Along one of hundreds of predictors nearly all columns of the design stand still: their sum is one number
    per draw.

    Attributes
    ----------
    draws : ndarray, shape (n_samples, n_columns)
    rows : ndarray, shape (n_grid, n_columns)
    """

    draws: NDArray[np.float64]
    rows: NDArray[np.float64]


def folded(mean: Linear, draws: NDArray[np.float64]) -> Folded:
    """Fold the columns that stand still, where there are more than `MOST_COLUMNS`.

    Parameters
    ----------
    mean : Linear
    draws : ndarray, shape (n_samples, p)
        Of its coefficients.

    Returns
    -------
    Folded
    """
    moving = np.ptp(mean.rows, axis=0) > 0 if len(mean.rows) else np.zeros(draws.shape[1], dtype=bool)
    if draws.shape[1] <= MOST_COLUMNS or moving.all():
        return Folded(draws=draws, rows=mean.rows)
    still = draws @ np.where(moving, 0.0, mean.rows[0])
    ones = np.ones((len(mean.rows), 1))
    return Folded(
        draws=np.column_stack([still, draws[:, moving]]), rows=np.hstack([ones, mean.rows[:, moving]])
    )


def brush_of(posterior: Posterior, truth: Mapping[str, float]) -> Brush:
    """Order the draws of a posterior for painting.

    Parameters
    ----------
    posterior : Posterior
    truth : mapping of str to float
        True values by label.

    Returns
    -------
    Brush
    """
    n_chains, n_draws = (posterior.draws.sizes[dim] for dim in ("chain", "draw"))
    samples = stacked(posterior.draws)
    order = chosen_draws(n_chains, n_draws, MOST_CURVES, posterior.seed)
    return Brush(
        numbers=order.astype(np.uint32),
        samples=Sample(
            dataset=samples.isel(sample=slice(None, None, max(1, n_chains * n_draws // MOST_AVERAGED)))
        ),
        ordered=Sample(dataset=samples.isel(sample=order)),
        truth=_truth_sample(posterior, samples, truth),
    )


def _place(index: tuple[int, ...]) -> tuple[Any, ...]:
    """Index all samples of one number of a variable."""
    return (slice(None), *index)


def _settled(lines: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Give the true line if the true values settle it.

    What the user did not give differs between the two: equal lines do not need it.
    """
    first, second = lines
    return first if np.allclose(first, second, rtol=1e-9, atol=0) else None


def _truth_sample(posterior: Posterior, samples: xarray.Dataset, truth: Mapping[str, float]) -> Sample | None:
    """Make two samples at the true values; numbers without one differ between the two."""
    if not truth:
        return None
    last = samples.sizes["sample"] - 1
    # A number that is not given stands at two different draws.
    made = samples.isel(sample=[0, last]).copy(deep=True).map(lambda values: values.astype(float))
    for scalar in scalars(posterior):
        if scalar.label in truth:
            made[scalar.variable].values[_place(scalar.index)] = truth[scalar.label]
    return Sample(dataset=made)
