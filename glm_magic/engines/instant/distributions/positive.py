"""Distributions of scales: positive numbers, most often priors."""

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
from glm_magic.engines.instant.special import (
    HALF_LOG_TWO_PI,
    LOG_PI,
    LOG_TWO,
    digamma,
    digamma_rising,
    lgamma,
    log_rising,
)


def lognormal(n, block_):
    """Log y is normal with mean mu and standard deviation sigma (BDA3, table A.1)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        precision = 1.0 / block[SECOND_PARAMETER + A, i]
        log_y = block[VALUE + B, i]
        z = (log_y - block[FIRST_PARAMETER + A, i]) * precision
        block[LOGP, i] = -0.5 * z * z - block[SECOND_PARAMETER + B, i] - HALF_LOG_TWO_PI - log_y
        block[VALUE + GA, i] = -z * precision - 1.0
        block[FIRST_PARAMETER + GA, i] = z * precision
        block[SECOND_PARAMETER + GA, i] = z * z - 1.0


def half_normal(n, block_):
    """Absolute value of a normal with mean 0 (`pymc.HalfNormal`)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        z = block[VALUE + A, i] / block[FIRST_PARAMETER + A, i]
        block[LOGP, i] = LOG_TWO - HALF_LOG_TWO_PI - block[FIRST_PARAMETER + B, i] - 0.5 * z * z
        block[VALUE + GA, i] = -z * z
        block[FIRST_PARAMETER + GA, i] = z * z - 1.0


def half_cauchy(n, block_):
    """Absolute value of a Cauchy (Gelman 2006, Bayesian Analysis 1(3), sec. 3.2)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        z = block[VALUE + A, i] / block[FIRST_PARAMETER + A, i]
        pull = 2.0 * z * z / (1.0 + z * z)
        block[LOGP, i] = LOG_TWO - LOG_PI - block[FIRST_PARAMETER + B, i] - math.log1p(z * z)
        block[VALUE + GA, i] = -pull
        block[FIRST_PARAMETER + GA, i] = pull - 1.0


def half_student_t(n, block_):
    """Absolute value of Student's t with location 0 (Gelman 2006, Bayesian Analysis 1(3), sec. 2.1)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    known, constant, slope = -1.0, 0.0, 0.0
    for i in range(n):
        nu = block[FIRST_PARAMETER + A, i]
        if nu != known:
            known = nu
            constant = LOG_TWO + log_rising(0.5 * nu, 0.5)
            constant -= 0.5 * (block[FIRST_PARAMETER + B, i] + LOG_PI)
            slope = 0.5 * digamma_rising(0.5 * nu, 0.5) - 0.5 / nu
        z = block[VALUE + A, i] / block[SECOND_PARAMETER + A, i]
        tail = math.log1p(z * z / nu)
        pull = (nu + 1.0) * z * z / (nu + z * z)
        block[LOGP, i] = constant - block[SECOND_PARAMETER + B, i] - 0.5 * (nu + 1.0) * tail
        block[VALUE + GA, i] = -pull
        block[FIRST_PARAMETER + GA, i] = nu * (slope - 0.5 * tail) + 0.5 * pull
        block[SECOND_PARAMETER + GA, i] = pull - 1.0


def exponential(n, block_):
    """Density ``exp(-y / mu) / mu``; mu is the mean (`pymc.Exponential`, whose lam is 1 / mu)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        ratio = block[VALUE + A, i] / block[FIRST_PARAMETER + A, i]
        block[LOGP, i] = -block[FIRST_PARAMETER + B, i] - ratio
        block[VALUE + GA, i] = -ratio
        block[FIRST_PARAMETER + GA, i] = ratio - 1.0


def gamma_rate(n, block_):
    """Density ``beta**alpha y**(alpha - 1) exp(-beta y) / Gamma(alpha)`` (BDA3, table A.1)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    known, constant, slope = -1.0, 0.0, 0.0
    for i in range(n):
        alpha = block[FIRST_PARAMETER + A, i]
        if alpha != known:
            known, constant, slope = alpha, lgamma(alpha), digamma(alpha)
        log_beta, log_y = block[SECOND_PARAMETER + B, i], block[VALUE + B, i]
        rate = block[SECOND_PARAMETER + A, i] * block[VALUE + A, i]
        block[LOGP, i] = alpha * log_beta - constant + (alpha - 1.0) * log_y - rate
        block[VALUE + GA, i] = alpha - 1.0 - rate
        block[FIRST_PARAMETER + GA, i] = alpha * (log_beta - slope + log_y)
        block[SECOND_PARAMETER + GA, i] = alpha - rate


def inverse_gamma(n, block_):
    """Density ``beta**alpha y**(-alpha - 1) exp(-beta / y) / Gamma(alpha)`` (BDA3, table A.1)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    known, constant, slope = -1.0, 0.0, 0.0
    for i in range(n):
        alpha = block[FIRST_PARAMETER + A, i]
        if alpha != known:
            known, constant, slope = alpha, lgamma(alpha), digamma(alpha)
        log_beta, log_y = block[SECOND_PARAMETER + B, i], block[VALUE + B, i]
        ratio = block[SECOND_PARAMETER + A, i] / block[VALUE + A, i]
        block[LOGP, i] = alpha * log_beta - constant - (alpha + 1.0) * log_y - ratio
        block[VALUE + GA, i] = ratio - alpha - 1.0
        block[FIRST_PARAMETER + GA, i] = alpha * (log_beta - slope - log_y)
        block[SECOND_PARAMETER + GA, i] = alpha - ratio


POSITIVE: Mapping[str, Distribution] = {
    "lognormal": distribution(lognormal, value="positive", mu="real", sigma="positive"),
    "half_normal": distribution(half_normal, value="positive", sigma="positive"),
    "half_cauchy": distribution(half_cauchy, value="positive", beta="positive"),
    "half_student_t": distribution(half_student_t, value="positive", nu="positive", sigma="positive"),
    "exponential": distribution(exponential, value="positive", mu="positive"),
    "gamma_rate": distribution(gamma_rate, value="positive", alpha="positive", beta="positive"),
    "inverse_gamma": distribution(inverse_gamma, value="positive", alpha="positive", beta="positive"),
}
"""Name to distribution."""
