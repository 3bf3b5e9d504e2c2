"""Distributions of numbers between 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Mapping

from numba import carray

from glm_magic.engines.instant.distributions.record import Distribution, distribution
from glm_magic.engines.instant.layout import (
    BLOCK_ROWS,
    CHUNK,
    FIRST_PARAMETER,
    GA,
    GB,
    LOGP,
    SECOND_PARAMETER,
    VALUE,
    A,
    B,
)
from glm_magic.engines.instant.special import digamma, lgamma


def beta(n, block_):
    """Beta with mean mu and precision kappa (Ferrari and Cribari-Neto 2004, J. Applied Statistics 31(7), eq. 4)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    known, constant, slope = -1.0, 0.0, 0.0
    for i in range(n):
        kappa = block[SECOND_PARAMETER + A, i]
        if kappa != known:
            known, constant, slope = kappa, lgamma(kappa), digamma(kappa)
        a = math.exp(block[FIRST_PARAMETER + A, i]) * kappa
        b = math.exp(block[FIRST_PARAMETER + B, i]) * kappa
        log_y, log_rest = block[VALUE + A, i], block[VALUE + B, i]
        block[LOGP, i] = constant - lgamma(a) - lgamma(b) + (a - 1.0) * log_y + (b - 1.0) * log_rest
        by_a, by_b = a * (log_y - digamma(a)), b * (log_rest - digamma(b))
        block[VALUE + GA, i] = a - 1.0
        block[VALUE + GB, i] = b - 1.0
        block[FIRST_PARAMETER + GA, i] = by_a
        block[FIRST_PARAMETER + GB, i] = by_b
        block[SECOND_PARAMETER + GA, i] = kappa * slope + by_a + by_b


def beta_shapes(n, block_):
    """Density ``y**(alpha - 1) (1 - y)**(beta - 1) / B(alpha, beta)`` (BDA3, table A.1)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    known_a, known_b, constant, by_a, by_b = -1.0, -1.0, 0.0, 0.0, 0.0
    for i in range(n):
        a, b = block[FIRST_PARAMETER + A, i], block[SECOND_PARAMETER + A, i]
        if a != known_a or b != known_b:
            known_a, known_b = a, b
            constant = lgamma(a + b) - lgamma(a) - lgamma(b)
            by_a, by_b = digamma(a + b) - digamma(a), digamma(a + b) - digamma(b)
        log_y, log_rest = block[VALUE + A, i], block[VALUE + B, i]
        block[LOGP, i] = constant + (a - 1.0) * log_y + (b - 1.0) * log_rest
        block[VALUE + GA, i] = a - 1.0
        block[VALUE + GB, i] = b - 1.0
        block[FIRST_PARAMETER + GA, i] = a * (by_a + log_y)
        block[SECOND_PARAMETER + GA, i] = b * (by_b + log_rest)


PROPORTIONS: Mapping[str, Distribution] = {
    "beta": distribution(beta, value="unit", mu="unit", kappa="positive"),
    "beta_shapes": distribution(beta_shapes, value="unit", alpha="positive", beta="positive"),
}
"""Name to distribution."""
