"""What the draws say about each number: its moments, and how precisely they are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from glm_magic.diagnose.chains import Diagnostics, diagnostics, size_of_mean
from glm_magic.posterior import Posterior, Scalar, numbers_of
from glm_magic.stages import Attempt, Failure

FEWEST_DRAWS = 4
ROUNDING = 1e-12
"""Draws whose range is a smaller part of them than this do not move: they differ by rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What the draws say about one number.

    Attributes
    ----------
    scalar : Scalar
    mean, sd : float
        Of all draws; for an angle the circular mean and deviation, in radians.
    mcse_mean : float
        Monte Carlo standard error of the mean; NaN when it cannot be computed.
    ess_bulk, ess_tail : float
        Effective sample sizes; NaN for an angle or a constant.
    r_hat : float
        NaN for an angle or a constant.
    """

    scalar: Scalar
    mean: float
    sd: float
    mcse_mean: float
    ess_bulk: float
    ess_tail: float
    r_hat: float

    @property
    def digits(self) -> int:
        """Decimals worth showing: the last one is of the size of the Monte Carlo error."""
        scale = self.mcse_mean if self.mcse_mean > 0 else self.sd / 10
        if not (math.isfinite(scale) and scale > 0):
            return 3
        return int(min(8, max(0, round(-math.log10(scale)))))


def estimates_of(posterior: Posterior, attempt: Attempt) -> tuple[Estimate, ...]:
    """Summarise every number of the posterior.

    Parameters
    ----------
    posterior : Posterior
    attempt : Attempt
        How it is run: what cannot be read or summarised costs the rows of its variable.

    Returns
    -------
    tuple of Estimate
    """
    read: dict[str, list[Scalar]] = {}
    for name in map(str, posterior.draws.data_vars):
        read[name] = attempt(f"the numbers of {name}", partial(numbers_of, posterior, name), lambda _: [])

    def one_by_one(_: Failure) -> tuple[Estimate, ...]:
        nothing: tuple[Estimate, ...] = ()
        parts = [
            attempt(f"the summary of {name}", partial(summarise, numbers), lambda _: nothing)
            for name, numbers in read.items()
        ]
        return tuple(chain.from_iterable(parts))

    everything = list(chain.from_iterable(read.values()))
    return attempt("the summary of all numbers at once", partial(summarise, everything), one_by_one)


def summarise(scalars: Sequence[Scalar]) -> tuple[Estimate, ...]:
    """Summarise the draws of some numbers, whose chains have the same draws.

    Parameters
    ----------
    scalars : sequence of Scalar

    Returns
    -------
    tuple of Estimate
        One for each, in their order.
    """
    ordinary = [one for one in scalars if not one.circular and _comparable(one.draws)]
    found = diagnostics(np.stack([one.draws for one in ordinary])) if ordinary else None
    places = {id(one): place for place, one in enumerate(ordinary)}
    made = []
    for one in scalars:
        moments = _moments_of_angle(one.draws) if one.circular else _moments(one.draws)
        made.append(_estimate(one, *moments, found, places.get(id(one))))
    return tuple(made)


def _estimate(
    scalar: Scalar, mean: float, sd: float, found: Diagnostics | None, place: int | None
) -> Estimate:
    nan = math.nan
    if found is None or place is None:
        return Estimate(scalar=scalar, mean=mean, sd=sd, mcse_mean=nan, ess_bulk=nan, ess_tail=nan, r_hat=nan)
    return Estimate(
        scalar=scalar,
        mean=mean,
        sd=sd,
        mcse_mean=sd / math.sqrt(found.ess_mean[place]),
        ess_bulk=float(found.ess_bulk[place]),
        ess_tail=float(found.ess_tail[place]),
        r_hat=float(found.r_hat[place]),
    )


def _comparable(draws: NDArray[np.float64]) -> bool:
    """Whether there is anything to compare: numbers, that move, in enough draws."""
    return draws.shape[1] >= FEWEST_DRAWS and moves(draws)


def moves(draws: NDArray[np.float64]) -> bool:
    """Whether draws are finite numbers and differ by more than rounding.

    The diagonal of a correlation matrix is 1, give or take the last digit.
    """
    return bool(np.isfinite(draws).all() and np.ptp(draws) > ROUNDING * np.abs(draws).max())


def errors_of_shares(holds: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the Monte Carlo errors of shares of the draws, by the effective sample sizes of their indicators.

    An error is missing where all draws agree: how rare the contrary is cannot be seen from them.

    Parameters
    ----------
    holds : ndarray of bool, shape (n_numbers, n_chains, n_draws)

    Returns
    -------
    ndarray, shape (n_numbers,)
    """
    errors = np.full(len(holds), np.nan)
    differ = holds.any(axis=(1, 2)) & ~holds.all(axis=(1, 2))
    if holds.shape[-1] >= FEWEST_DRAWS and differ.any():
        indicators = holds[differ].astype(float)
        errors[differ] = indicators.std(axis=(1, 2), ddof=1) / np.sqrt(size_of_mean(indicators))
    return errors


def _moments(draws: NDArray[np.float64]) -> tuple[float, float]:
    # Infinite and enormous draws have no deviation: it is shown as missing.
    with np.errstate(invalid="ignore", over="ignore"):
        return float(draws.mean()), float(draws.std(ddof=1)) if draws.size > 1 else math.nan


def _moments_of_angle(draws: NDArray[np.float64]) -> tuple[float, float]:
    """Mean direction and circular deviation; an angle has no linear R-hat, for +-pi are close together."""
    resultant = np.exp(1j * draws).mean()
    return float(np.angle(resultant)), math.sqrt(max(0.0, -2 * math.log(max(abs(resultant), 1e-300))))
