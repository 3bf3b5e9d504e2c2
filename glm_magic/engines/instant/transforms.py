"""PyMC's transforms, for compiled code: from the unconstrained point to the constrained one, and back for gradients."""

from __future__ import annotations

import math

from numba import njit

from glm_magic.engines.instant.pointers import BARE, SUMS
from glm_magic.engines.instant.records import (
    HEADER,
    IDENTITY,
    INTERVAL,
    LOG,
    LOWER,
    N_VARIABLES,
    UPPER,
    VARIABLE,
    VARIABLE_KIND,
    VARIABLE_LOWER,
    VARIABLE_SIZE,
    VARIABLE_START,
    VARIABLE_UPPER,
)


@njit(fastmath=SUMS, **BARE)
def constrain(words, numbers, u, c, slope, gradient):
    """Take u to c; give the log-Jacobian, its gradient, and dc/du.

    The transforms are those of `pymc.logprob.transforms`: Log, LogOdds and Interval.
    """
    total = 0.0
    at = HEADER
    for _ in range(words[N_VARIABLES]):
        start, size, kind = words[at + VARIABLE_START], words[at + VARIABLE_SIZE], words[at + VARIABLE_KIND]
        lower, upper = words[at + VARIABLE_LOWER], words[at + VARIABLE_UPPER]
        if kind == IDENTITY:
            for i in range(start, start + size):
                c[i], slope[i], gradient[i] = u[i], 1.0, 0.0
            size = 0
        for k in range(size):
            i = start + k
            x = u[i]
            if kind in (LOG, LOWER, UPPER):
                e = math.exp(x)
                slope[i], gradient[i] = e, 1.0
                total += x
                if kind == LOG:
                    c[i] = e
                elif kind == LOWER:
                    c[i] = numbers[lower + k] + e
                else:
                    c[i], slope[i] = numbers[upper + k] - e, -e
            else:
                # p and q = 1 - p, each exact however small; log p + log q is the log-Jacobian.
                e = math.exp(-abs(x))
                large, small = 1.0 / (1.0 + e), e / (1.0 + e)
                p = large if x >= 0.0 else small
                q = small if x >= 0.0 else large
                total -= abs(x) + 2.0 * math.log1p(e)
                gradient[i] = q - p
                width = 1.0
                c[i] = p
                if kind == INTERVAL:
                    width = numbers[upper + k] - numbers[lower + k]
                    total += math.log(width)
                    c[i] = numbers[lower + k] + width * p
                slope[i] = width * p * q
        at += VARIABLE
    return total


@njit(fastmath=SUMS, **BARE)
def chain(n, from_c, slope, gradient):
    """Take the gradient by c to that by u; give 0, or what is not a number if any part is not finite."""
    nothing = 0.0
    for i in range(n):
        gradient[i] += from_c[i] * slope[i]
        nothing += 0.0 * gradient[i]
    return nothing
