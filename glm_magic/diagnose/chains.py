"""R-hat and effective sample sizes of many numbers at once.

What arviz-stats computes, number by number and with the ranks of each taken anew for every diagnostic,
a thousand groups would wait ten seconds for. Here they are computed for all numbers together; the tests
hold each against arviz-stats. The definitions are those of Vehtari, Gelman, Simpson, Carpenter and
Bürkner (2021), "Rank-normalization, folding, and localization", Bayesian Analysis 16(2), 667-718.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.special import ndtri

Floats = NDArray[np.float64]

AT_ONCE = 16
"""Numbers that are computed together: their Fourier transforms stay in the processor's cache."""
TAIL = (0.05, 0.95)
"""Quantiles whose effective sample size is the tail's (section 4.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostics:
    """Convergence diagnostics: how far chains agree, one value per number.

    Attributes
    ----------
    ess_mean, ess_bulk, ess_tail : ndarray, shape (n_numbers,)
        Effective sample sizes.
    r_hat : ndarray, shape (n_numbers,)
        Infinite where a chain never moved.
    """

    ess_mean: Floats
    ess_bulk: Floats
    ess_tail: Floats
    r_hat: Floats


def diagnostics(draws: Floats) -> Diagnostics:
    """Compare the chains of some numbers.

    Parameters
    ----------
    draws : ndarray, shape (n_numbers, n_chains, n_draws)
        Finite; at least 4 draws. A single chain is compared with itself, first half against second.

    Returns
    -------
    Diagnostics
    """
    cores = os.cpu_count() or 1
    # Few numbers of many draws keep all cores busy too.
    at_once = max(1, min(AT_ONCE, -(-len(draws) // cores)))
    blocks = [draws[start : start + at_once] for start in range(0, len(draws), at_once)]
    if not blocks:
        return Diagnostics(**dict.fromkeys(("ess_mean", "ess_bulk", "ess_tail", "r_hat"), np.zeros(0)))
    # NumPy lets other threads run while it sorts and transforms.
    threads = ThreadPoolExecutor(cores)
    try:
        columns = [np.concatenate(column) for column in zip(*threads.map(_together, blocks), strict=True)]
    finally:
        # After a stop, what has been begun ends by itself: nobody waits for it.
        threads.shutdown(wait=False, cancel_futures=True)
    return Diagnostics(ess_mean=columns[0], ess_bulk=columns[1], ess_tail=columns[2], r_hat=columns[3])


def size_of_mean(draws: Floats) -> Floats:
    """Give the effective sample size of the mean alone, of draws that move.

    Parameters
    ----------
    draws : ndarray, shape (n_numbers, n_chains, n_draws)
        Finite; at least 4 draws.

    Returns
    -------
    ndarray, shape (n_numbers,)
    """
    return _ess(_split(draws))


def _together(draws: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    halves = _split(draws)
    normal = _normal_scores(halves)
    quantiles = np.quantile(draws.reshape(len(draws), -1), TAIL, axis=1)[..., None, None]
    tails = [_ess(_split((draws <= quantile).astype(np.float64))) for quantile in quantiles]
    return _ess(halves), _ess(normal), np.minimum(*tails), _rank_r_hat(draws, halves, normal)


def _split(draws: Floats) -> Floats:
    """Part each chain in two; with an odd number of draws the middle one is left out."""
    half = draws.shape[-1] // 2
    return np.concatenate([draws[..., :half], draws[..., -half:]], axis=1)


def _normal_scores(draws: Floats) -> Floats:
    """Give normal quantiles of the ranks among all draws of a number (eq. 14); draws alike share theirs."""
    flat = draws.reshape(len(draws), -1)
    size = flat.shape[1]
    order = np.argsort(flat, axis=1)
    ordered = np.take_along_axis(flat, order, axis=1)
    # A shared rank is the mean of the first and the last of those that are alike.
    place = np.arange(size)
    new = np.ones(flat.shape, dtype=bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    first = np.maximum.accumulate(np.where(new, place, 0), axis=1)
    ends = np.ones(flat.shape, dtype=bool)
    ends[:, :-1] = new[:, 1:]
    last = np.minimum.accumulate(np.where(ends, place, size)[:, ::-1], axis=1)[:, ::-1]
    # So all scores are among twice as many as draws.
    scores = ndtri((np.arange(2 * size - 1) / 2 + 1 - 3 / 8) / (size + 1 / 4))
    found = np.empty(flat.shape)
    np.put_along_axis(found, order, scores[first + last], axis=1)
    return found.reshape(draws.shape)


def _rank_r_hat(draws: Floats, halves: Floats, normal: Floats) -> Floats:
    """Give the larger of R-hat of location and of spread (section 4.2)."""
    if draws.shape[1] == 1:
        return _rank_r_hat_of_one(halves)
    median = np.median(halves.reshape(len(halves), -1), axis=1)[:, None, None]
    found = np.maximum(_r_hat(normal), _r_hat(_normal_scores(abs(halves - median))))
    # A chain that never moved has no spread within; it agrees with no other.
    return np.where((np.ptp(draws, axis=2) == 0).any(axis=1), np.inf, found)


def _rank_r_hat_of_one(halves: Floats) -> Floats:
    quarters = _split(halves)
    return _rank_r_hat(halves, quarters, _normal_scores(quarters))


def _r_hat(chains: Floats) -> Floats:
    """Potential scale reduction (eqs. 1 to 4)."""
    n_draws = chains.shape[2]
    between = n_draws * chains.mean(axis=2).var(axis=1, ddof=1)
    within = chains.var(axis=2, ddof=1).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.sqrt((between / within + n_draws - 1) / n_draws))


def _ess(chains: Floats) -> Floats:
    """Effective sample size (eqs. 10 to 13), by Geyer's initial monotone sequence."""
    n_numbers, n_chains, n_draws = chains.shape
    size = n_chains * n_draws
    covariance = _autocovariance(chains)
    within = covariance[:, 0] * n_draws / (n_draws - 1)
    total = covariance[:, 0].copy()
    if n_chains > 1:
        total += chains.mean(axis=2).var(axis=1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = 1 - (within[:, None] - covariance) / total[:, None]
    rho[:, 0] = 1
    # Sums of neighbours, (0, 1), (2, 3), ...; the sequence ends with the first that is not positive.
    last = max(0, (n_draws - 3) // 2)
    even = rho[:, 0 : 2 * last + 1 : 2]
    pairs = even + rho[:, 1 : 2 * last + 2 : 2]
    ended = ~(pairs > 0)
    ended[:, last] = True
    end = ended.argmax(axis=1)[:, None]
    monotone = np.minimum.accumulate(pairs, axis=1)
    summed = np.where(np.arange(last + 1) < end, monotone, 0).sum(axis=1)
    # Of the pair that ends it, the first counts where it is positive, or the pair is after all.
    closing = np.take_along_axis(even, end, axis=1)[:, 0]
    closing_pair = np.take_along_axis(pairs, end, axis=1)[:, 0]
    closing = np.where((closing > 0) | ((closing_pair >= 0) & (end[:, 0] > 0)), closing, 0)
    time = np.maximum(-1 + 2 * summed + closing, 1 / np.log10(size))
    constant = np.ptp(chains.reshape(n_numbers, -1), axis=1) < np.finfo(float).resolution
    return np.asarray(np.where(constant, size, size / time))


def _autocovariance(chains: Floats) -> Floats:
    """Autocovariance of each lag, the mean over chains, shape (n_numbers, n_draws)."""
    n_draws = chains.shape[2]
    length = fft.next_fast_len(2 * n_draws, real=True)
    transformed = fft.rfft(chains - chains.mean(axis=2, keepdims=True), n=length, axis=2)
    # The transform is linear: the mean over chains is taken before it is undone.
    power = (transformed.real**2 + transformed.imag**2).mean(axis=1)
    return np.asarray(fft.irfft(power, n=length, axis=1)[:, :n_draws] / n_draws)
