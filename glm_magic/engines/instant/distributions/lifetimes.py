"""Distributions of positive numbers whose mean is regressed on."""

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
    LOGP,
    SECOND_PARAMETER,
    VALUE,
    A,
    B,
)
from glm_magic.engines.instant.special import HALF_LOG_TWO_PI, digamma, lgamma


def gamma(n, block_):
    """Gamma with mean mu and shape alpha (McCullagh and Nelder 1989, sec. 8.2)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    known, constant, slope = -1.0, 0.0, 0.0
    for i in range(n):
        alpha, log_alpha = block[SECOND_PARAMETER + A, i], block[SECOND_PARAMETER + B, i]
        if alpha != known:
            known, constant, slope = alpha, lgamma(alpha), digamma(alpha)
        log_y, log_mu = block[VALUE + B, i], block[FIRST_PARAMETER + B, i]
        ratio = block[VALUE + A, i] / block[FIRST_PARAMETER + A, i]
        block[LOGP, i] = alpha * (log_alpha - log_mu + log_y - ratio) - log_y - constant
        block[VALUE + GA, i] = alpha * (1.0 - ratio) - 1.0
        block[FIRST_PARAMETER + GA, i] = alpha * (ratio - 1.0)
        block[SECOND_PARAMETER + GA, i] = alpha * (log_alpha + 1.0 - log_mu - slope + log_y - ratio)


def weibull_scale(n, block_):
    """Density ``alpha / y (y / beta)**alpha exp(-(y / beta)**alpha)`` (`pymc.Weibull`)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        alpha, log_y = block[FIRST_PARAMETER + A, i], block[VALUE + B, i]
        power = alpha * (log_y - block[SECOND_PARAMETER + B, i])
        hazard = math.exp(power)
        block[LOGP, i] = block[FIRST_PARAMETER + B, i] + power - log_y - hazard
        block[VALUE + GA, i] = alpha * (1.0 - hazard) - 1.0
        block[FIRST_PARAMETER + GA, i] = 1.0 + power * (1.0 - hazard)
        block[SECOND_PARAMETER + GA, i] = alpha * (hazard - 1.0)


def weibull(n, block_):
    """Weibull with mean mu, and scale ``mu / Gamma(1 + 1 / alpha)``.

    Johnson, Kotz and Balakrishnan 1994, "Continuous Univariate Distributions" 1, sec. 21.2.
    """
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    known, constant, slope = -1.0, 0.0, 0.0
    for i in range(n):
        alpha, log_y = block[SECOND_PARAMETER + A, i], block[VALUE + B, i]
        if alpha != known:
            known, constant = alpha, lgamma(1.0 + 1.0 / alpha)
            slope = digamma(1.0 + 1.0 / alpha) / alpha
        power = alpha * (log_y - block[FIRST_PARAMETER + B, i] + constant)
        hazard = math.exp(power)
        pull = alpha * (hazard - 1.0)
        block[LOGP, i] = block[SECOND_PARAMETER + B, i] + power - log_y - hazard
        block[VALUE + GA, i] = -pull - 1.0
        block[FIRST_PARAMETER + GA, i] = pull
        block[SECOND_PARAMETER + GA, i] = 1.0 + power * (1.0 - hazard) + pull * slope


def wald(n, block_):
    """Inverse Gaussian with mean mu and shape lam (Tweedie 1957, Annals of Mathematical Statistics 28(2), eq. 1)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        y, lam = block[VALUE + A, i], block[SECOND_PARAMETER + A, i]
        ratio = y / block[FIRST_PARAMETER + A, i]
        distance = lam * (ratio - 1.0) * (ratio - 1.0) / y
        log_lam, log_y = block[SECOND_PARAMETER + B, i], block[VALUE + B, i]
        block[LOGP, i] = 0.5 * (log_lam - distance) - HALF_LOG_TWO_PI - 1.5 * log_y
        block[VALUE + GA, i] = -1.5 - 0.5 * lam * (ratio - 1.0) * (ratio + 1.0) / y
        block[FIRST_PARAMETER + GA, i] = lam * (ratio - 1.0) * ratio / y
        block[SECOND_PARAMETER + GA, i] = 0.5 - 0.5 * distance


LIFETIMES: Mapping[str, Distribution] = {
    "gamma": distribution(gamma, value="positive", mu="positive", alpha="positive"),
    "weibull": distribution(weibull, value="positive", mu="positive", alpha="positive"),
    "weibull_scale": distribution(weibull_scale, value="positive", alpha="positive", beta="positive"),
    "wald": distribution(wald, value="positive", mu="positive", lam="positive"),
}
"""Name to distribution."""
