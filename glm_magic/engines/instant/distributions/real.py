"""Distributions of real numbers."""

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
    SLOT,
    THIRD_PARAMETER,
    VALUE,
    A,
    B,
)
from glm_magic.engines.instant.special import HALF_LOG_TWO_PI, LOG_PI, LOG_TWO, digamma_rising, log_rising

FOURTH_PARAMETER = THIRD_PARAMETER + SLOT


def normal(n, block_):
    """Density ``exp(-z**2 / 2) / (sigma sqrt(2 pi))``, z = (y - mu) / sigma (Gelman et al. 2013, BDA3, table A.1)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        precision = 1.0 / block[SECOND_PARAMETER + A, i]
        z = (block[VALUE + A, i] - block[FIRST_PARAMETER + A, i]) * precision
        block[LOGP, i] = -0.5 * z * z - block[SECOND_PARAMETER + B, i] - HALF_LOG_TWO_PI
        block[VALUE + GA, i] = -z * precision
        block[FIRST_PARAMETER + GA, i] = z * precision
        block[SECOND_PARAMETER + GA, i] = z * z - 1.0


def normal_summary(n, block_):
    """Several normal observations by their sufficient statistics.

    ``-count (log sigma + log(2 pi) / 2) - ((value - mu)**2 + squares) / (2 sigma**2)``, where `value`
    and `squares` come from a QR decomposition (Gelman et al. 2013, BDA3, sec. 14.2).
    """
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        precision = 1.0 / block[SECOND_PARAMETER + A, i]
        z = (block[VALUE + A, i] - block[FIRST_PARAMETER + A, i]) * precision
        q = z * z + block[FOURTH_PARAMETER + A, i] * precision * precision
        count = block[THIRD_PARAMETER + A, i]
        block[LOGP, i] = -0.5 * q - count * (block[SECOND_PARAMETER + B, i] + HALF_LOG_TWO_PI)
        block[FIRST_PARAMETER + GA, i] = z * precision
        block[SECOND_PARAMETER + GA, i] = q - count


def student_t(n, block_):
    """Student's t with nu degrees of freedom, location mu and scale sigma (BDA3, table A.1)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    known, constant, slope = -1.0, 0.0, 0.0
    for i in range(n):
        nu = block[FIRST_PARAMETER + A, i]
        if nu != known:
            known = nu
            constant = log_rising(0.5 * nu, 0.5)
            constant -= 0.5 * (block[FIRST_PARAMETER + B, i] + LOG_PI)
            slope = 0.5 * digamma_rising(0.5 * nu, 0.5) - 0.5 / nu
        precision = 1.0 / block[THIRD_PARAMETER + A, i]
        z = (block[VALUE + A, i] - block[SECOND_PARAMETER + A, i]) * precision
        tail = math.log1p(z * z / nu)
        pull = (nu + 1.0) * z / (nu + z * z)
        block[LOGP, i] = constant - block[THIRD_PARAMETER + B, i] - 0.5 * (nu + 1.0) * tail
        block[VALUE + GA, i] = -pull * precision
        block[FIRST_PARAMETER + GA, i] = nu * (slope - 0.5 * tail) + 0.5 * pull * z
        block[SECOND_PARAMETER + GA, i] = pull * precision
        block[THIRD_PARAMETER + GA, i] = pull * z - 1.0


def cauchy(n, block_):
    """Student's t with one degree of freedom, location alpha and scale beta (`pymc.Cauchy`)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        precision = 1.0 / block[SECOND_PARAMETER + A, i]
        z = (block[VALUE + A, i] - block[FIRST_PARAMETER + A, i]) * precision
        pull = 2.0 * z / (1.0 + z * z)
        block[LOGP, i] = -LOG_PI - block[SECOND_PARAMETER + B, i] - math.log1p(z * z)
        block[VALUE + GA, i] = -pull * precision
        block[FIRST_PARAMETER + GA, i] = pull * precision
        block[SECOND_PARAMETER + GA, i] = pull * z - 1.0


def laplace(n, block_):
    """Density ``exp(-|y - mu| / b) / (2 b)`` (`pymc.Laplace`)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        precision = 1.0 / block[SECOND_PARAMETER + A, i]
        z = (block[VALUE + A, i] - block[FIRST_PARAMETER + A, i]) * precision
        side = 1.0 if z > 0.0 else (-1.0 if z < 0.0 else 0.0)
        block[LOGP, i] = -LOG_TWO - block[SECOND_PARAMETER + B, i] - abs(z)
        block[VALUE + GA, i] = -side * precision
        block[FIRST_PARAMETER + GA, i] = side * precision
        block[SECOND_PARAMETER + GA, i] = abs(z) - 1.0


def asymmetric_laplace(n, block_):
    """Density ``b / (kappa + 1 / kappa) exp(-b |y - mu| kappa**s)``, s the side of y (`pymc.AsymmetricLaplace`)."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        b, kappa = block[FIRST_PARAMETER + A, i], block[SECOND_PARAMETER + A, i]
        z = (block[VALUE + A, i] - block[THIRD_PARAMETER + A, i]) * b
        side = 1.0 if z > 0.0 else (-1.0 if z < 0.0 else 0.0)
        stretch = kappa if z > 0.0 else 1.0 / kappa
        size = abs(z) * stretch
        block[LOGP, i] = block[FIRST_PARAMETER + B, i] - math.log(kappa + 1.0 / kappa) - size
        block[VALUE + GA, i] = -b * side * stretch
        block[FIRST_PARAMETER + GA, i] = 1.0 - size
        block[SECOND_PARAMETER + GA, i] = (1.0 / kappa - kappa) / (kappa + 1.0 / kappa) - side * size
        block[THIRD_PARAMETER + GA, i] = b * side * stretch


REAL: Mapping[str, Distribution] = {
    "normal": distribution(normal, value="real", mu="real", sigma="positive"),
    "normal_summary": distribution(
        normal_summary, value="fixed", mu="real", sigma="positive", count="fixed", squares="fixed"
    ),
    "student_t": distribution(student_t, value="real", nu="positive", mu="real", sigma="positive"),
    "cauchy": distribution(cauchy, value="real", alpha="real", beta="positive"),
    "laplace": distribution(laplace, value="real", mu="real", b="positive"),
    "asymmetric_laplace": distribution(
        asymmetric_laplace, value="real", b="positive", kappa="positive", mu="real"
    ),
}
"""Name to distribution."""
