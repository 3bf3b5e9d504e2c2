"""Distributions of whole numbers. Kernels leave out what depends on the data alone: it moves nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numba import carray
from numpy.typing import NDArray
from scipy.special import gammaln

from glm_magic.engines.instant.distributions.record import Distribution, distribution
from glm_magic.engines.instant.layout import (
    BLOCK_ROWS,
    CHUNK,
    FIRST_PARAMETER,
    GA,
    GB,
    LOGP,
    SECOND_PARAMETER,
    THIRD_PARAMETER,
    VALUE,
    A,
    B,
)
from glm_magic.engines.instant.special import digamma_rising, log_rising


def bernoulli(n, block_):
    """``y log p + (1 - y) log(1 - p)`` (McCullagh and Nelder 1989, sec. 4.4)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        y = block[VALUE + A, i]
        # Not a sum: a probability of exactly 0 or 1 has an infinite logarithm.
        block[LOGP, i] = block[FIRST_PARAMETER + A, i] if y > 0.5 else block[FIRST_PARAMETER + B, i]
        block[FIRST_PARAMETER + GA, i] = y
        block[FIRST_PARAMETER + GB, i] = 1.0 - y


def binomial(n, block_):
    """``y log p + (n - y) log(1 - p)`` (McCullagh and Nelder 1989, sec. 4.4)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        y = block[VALUE + A, i]
        rest = block[FIRST_PARAMETER + A, i] - y
        hits = y * block[SECOND_PARAMETER + A, i] if y > 0.0 else 0.0
        misses = rest * block[SECOND_PARAMETER + B, i] if rest > 0.0 else 0.0
        block[LOGP, i] = hits + misses
        block[SECOND_PARAMETER + GA, i] = y
        block[SECOND_PARAMETER + GB, i] = rest


def beta_binomial(n, block_):
    """Beta-binomial with mean n mu and precision kappa (`pymc.BetaBinomial`, alpha = mu kappa)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        y, kappa = block[VALUE + A, i], block[THIRD_PARAMETER + A, i]
        trials = block[FIRST_PARAMETER + A, i]
        a = math.exp(block[SECOND_PARAMETER + A, i]) * kappa
        b = math.exp(block[SECOND_PARAMETER + B, i]) * kappa
        block[LOGP, i] = log_rising(a, y) + log_rising(b, trials - y) - log_rising(kappa, trials)
        by_a = a * digamma_rising(a, y)
        by_b = b * digamma_rising(b, trials - y)
        block[SECOND_PARAMETER + GA, i] = by_a
        block[SECOND_PARAMETER + GB, i] = by_b
        block[THIRD_PARAMETER + GA, i] = by_a + by_b - kappa * digamma_rising(kappa, trials)


def beta_binomial_shapes(n, block_):
    """Beta-binomial with shapes alpha and beta (`pymc.BetaBinomial`)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        y, trials = block[VALUE + A, i], block[FIRST_PARAMETER + A, i]
        a, b = block[SECOND_PARAMETER + A, i], block[THIRD_PARAMETER + A, i]
        block[LOGP, i] = log_rising(a, y) + log_rising(b, trials - y) - log_rising(a + b, trials)
        both = digamma_rising(a + b, trials)
        block[SECOND_PARAMETER + GA, i] = a * (digamma_rising(a, y) - both)
        block[THIRD_PARAMETER + GA, i] = b * (digamma_rising(b, trials - y) - both)


def poisson(n, block_):
    """``y log mu - mu`` (McCullagh and Nelder 1989, sec. 6.2)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        y, mu = block[VALUE + A, i], block[FIRST_PARAMETER + A, i]
        block[LOGP, i] = (y * block[FIRST_PARAMETER + B, i] if y > 0.0 else 0.0) - mu
        block[FIRST_PARAMETER + GA, i] = y - mu


def negative_binomial(n, block_):
    """Negative binomial with mean mu and variance ``mu + mu**2 / alpha`` (Hilbe 2011, eq. 8.8: NB2)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        y, mu = block[VALUE + A, i], block[FIRST_PARAMETER + A, i]
        alpha = block[SECOND_PARAMETER + A, i]
        # log of alpha / (alpha + mu) and of mu / (alpha + mu); exact when one is much the larger.
        odds = block[FIRST_PARAMETER + B, i] - block[SECOND_PARAMETER + B, i]
        e = math.exp(-abs(odds))
        tail = math.log1p(e)
        log_alpha, log_mu = min(-odds, 0.0) - tail, min(odds, 0.0) - tail
        share = (e if odds > 0.0 else 1.0) / (1.0 + e)
        block[LOGP, i] = log_rising(alpha, y) + alpha * log_alpha + (y * log_mu if y > 0.0 else 0.0)
        block[FIRST_PARAMETER + GA, i] = (y - mu) * share
        # (mu - y) / (alpha + mu), times alpha
        pull = (mu - y) * share
        block[SECOND_PARAMETER + GA, i] = alpha * (digamma_rising(alpha, y) + log_alpha) + pull


def _arrangements(y: NDArray[np.float64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the logarithm of the binomial coefficient n over y."""
    return np.asarray(gammaln(n + 1) - gammaln(y + 1) - gammaln(n - y + 1))


def _factorial(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the logarithm of 1 / y!."""
    return np.asarray(-gammaln(y + 1))


COUNTS: Mapping[str, Distribution] = {
    "bernoulli": distribution(bernoulli, value="fixed", p="unit"),
    "binomial": distribution(binomial, _arrangements, value="fixed", n="fixed", p="unit"),
    "beta_binomial": distribution(
        beta_binomial, _arrangements, value="fixed", n="fixed", mu="unit", kappa="positive"
    ),
    "beta_binomial_shapes": distribution(
        beta_binomial_shapes, _arrangements, value="fixed", n="fixed", alpha="positive", beta="positive"
    ),
    "poisson": distribution(poisson, _factorial, value="fixed", mu="positive"),
    "negative_binomial": distribution(
        negative_binomial, _factorial, value="fixed", mu="positive", alpha="positive"
    ),
}
"""Name to distribution."""
