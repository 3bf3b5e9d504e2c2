"""Links: from a linear predictor to a parameter, in the coordinates of its domain (`layout`).

One link is one kernel and one entry of `LINKS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import carray
from scipy import special as scipy_special

from glm_magic.engines.instant.layout import CHUNK, DA, DB, ETA, SLOT, A, B
from glm_magic.engines.instant.program import Floats
from glm_magic.engines.instant.special import (
    HALF_ROOT_TWO_PI,
    INVERSE_ROOT_TWO_PI,
    ROOT_HALF,
    erfcx,
    exp,
    log1p_of_unit,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link in one domain.

    Attributes
    ----------
    kernel : callable
        For numba: reads ETA, and writes A, B, DA, DB.
    inverse : callable
        From predictor to parameter, for arrays; nan where it is not defined.
    forward : callable
        From parameter to predictor.
    """

    kernel: Callable[..., Any]
    inverse: Callable[[Floats], Floats]
    forward: Callable[[Floats], Floats]


def real_identity(n, slot_):
    """Value eta."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        slot[A, i] = slot[ETA, i]
        slot[DA, i] = 1.0


def real_log(n, slot_):
    """Value exp(eta)."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        value = exp(slot[ETA, i])
        slot[A, i] = value
        slot[DA, i] = value


def real_inverse(n, slot_):
    """Value 1 / eta."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        value = 1.0 / slot[ETA, i]
        slot[A, i] = value
        slot[DA, i] = -value * value


def positive_identity(n, slot_):
    """Value eta; not a number where eta is not positive, for not every density needs the logarithm."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        eta = slot[ETA, i]
        slot[A, i] = eta if eta > 0.0 else np.nan
        slot[B, i] = math.log(eta) if eta > 0.0 else np.nan
        slot[DA, i] = 1.0 / eta


def positive_log(n, slot_):
    """Value exp(eta), and its logarithm eta as it is."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        eta = slot[ETA, i]
        slot[A, i] = exp(eta)
        slot[B, i] = eta
        slot[DA, i] = 1.0


def positive_inverse(n, slot_):
    """Value 1 / eta; not a number where eta is not positive."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        eta = slot[ETA, i]
        slot[A, i] = 1.0 / eta if eta > 0.0 else np.nan
        slot[B, i] = -math.log(eta) if eta > 0.0 else np.nan
        slot[DA, i] = -1.0 / eta


def positive_inverse_squared(n, slot_):
    """Value eta**(-1/2): the canonical link of the inverse Gaussian (McCullagh and Nelder 1989, table 2.1)."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        eta = slot[ETA, i]
        slot[A, i] = 1.0 / math.sqrt(eta) if eta > 0.0 else np.nan
        slot[B, i] = -0.5 * math.log(eta) if eta > 0.0 else np.nan
        slot[DA, i] = -0.5 / eta


def positive_cloglog(n, slot_):
    """Value 1 - exp(-exp(eta)), which Bambi offers for means of counts."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        rate = math.exp(slot[ETA, i])
        value = -math.expm1(-rate)
        slot[A, i] = value
        slot[B, i] = math.log(value)
        slot[DA, i] = rate / math.expm1(rate) if rate > 0.0 else 1.0


def positive_softplus(n, slot_):
    """Value log(1 + exp(eta))."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        eta = slot[ETA, i]
        e = math.exp(-abs(eta))
        value = max(eta, 0.0) + math.log1p(e)
        slot[A, i] = value
        slot[B, i] = math.log(value)
        slot[DA, i] = (1.0 if eta >= 0.0 else e) / (1.0 + e) / value


def unit_identity(n, slot_):
    """Value eta."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        eta = slot[ETA, i]
        inside = 0.0 <= eta <= 1.0
        slot[A, i] = math.log(eta) if inside else np.nan
        slot[B, i] = math.log1p(-eta) if inside else np.nan
        slot[DA, i] = 1.0 / eta
        slot[DB, i] = -1.0 / (1.0 - eta)


def unit_logit(n, slot_):
    """Value 1 / (1 + exp(-eta))."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        eta = slot[ETA, i]
        e = exp(-abs(eta))
        log1p_e = log1p_of_unit(e)
        large = 1.0 / (1.0 + e)
        small = e * large
        slot[A, i] = min(eta, 0.0) - log1p_e
        slot[B, i] = min(-eta, 0.0) - log1p_e
        slot[DA, i] = small if eta >= 0.0 else large
        slot[DB, i] = -large if eta >= 0.0 else -small


def unit_probit(n, slot_):
    """Value of the standard normal distribution function, from the scaled error function (DLMF 7.18.3)."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        eta = slot[ETA, i]
        half_square = 0.5 * eta * eta
        # The smaller of both probabilities is the density of eta times Mills' ratio.
        ratio = HALF_ROOT_TWO_PI * erfcx(abs(eta) * ROOT_HALF)
        density = INVERSE_ROOT_TWO_PI * exp(-half_square)
        small = density * ratio
        log_small, log_large = math.log(INVERSE_ROOT_TWO_PI * ratio) - half_square, math.log1p(-small)
        by_small, by_large = 1.0 / ratio, density / (1.0 - small)
        slot[A, i] = log_large if eta > 0.0 else log_small
        slot[B, i] = log_small if eta > 0.0 else log_large
        slot[DA, i] = by_large if eta > 0.0 else by_small
        slot[DB, i] = -by_small if eta > 0.0 else -by_large


def unit_cloglog(n, slot_):
    """Value 1 - exp(-exp(eta))."""
    slot = carray(slot_, (SLOT, CHUNK))
    for i in range(n):
        rate = math.exp(slot[ETA, i])
        slot[A, i] = math.log(-math.expm1(-rate))
        slot[B, i] = -rate
        slot[DA, i] = rate / math.expm1(rate) if rate > 0.0 else 1.0
        slot[DB, i] = -rate


def _same(x: Floats) -> Floats:
    return x


def _exp(x: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.asarray(np.exp(x))


def _log(x: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.asarray(np.log(x))


def _reciprocal(x: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.asarray(1 / x)


def _power(exponent: float) -> Callable[[Floats], Floats]:
    def powered(x: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.asarray(x**exponent)

    return powered


def _cloglog(x: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.asarray(np.log(-np.log1p(-x)))


def _inverse_cloglog(x: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.asarray(-np.expm1(-np.exp(x)))


def _log1p_exp(x: Floats) -> Floats:
    # logaddexp warns of a NaN that was given.
    with np.errstate(invalid="ignore"):
        return np.logaddexp(0, x)


def _log_expm1(x: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.asarray(np.log(np.expm1(x)))


LINKS: Mapping[tuple[str, str], Link] = {
    ("real", "identity"): Link(kernel=real_identity, inverse=_same, forward=_same),
    ("real", "log"): Link(kernel=real_log, inverse=_exp, forward=_log),
    ("real", "inverse"): Link(kernel=real_inverse, inverse=_reciprocal, forward=_reciprocal),
    ("positive", "identity"): Link(kernel=positive_identity, inverse=_same, forward=_same),
    ("positive", "log"): Link(kernel=positive_log, inverse=_exp, forward=_log),
    ("positive", "inverse"): Link(kernel=positive_inverse, inverse=_reciprocal, forward=_reciprocal),
    ("positive", "inverse_squared"): Link(
        kernel=positive_inverse_squared, inverse=_power(-0.5), forward=_power(-2.0)
    ),
    ("positive", "cloglog"): Link(kernel=positive_cloglog, inverse=_inverse_cloglog, forward=_cloglog),
    ("positive", "softplus"): Link(kernel=positive_softplus, inverse=_log1p_exp, forward=_log_expm1),
    ("unit", "identity"): Link(kernel=unit_identity, inverse=_same, forward=_same),
    ("unit", "logit"): Link(kernel=unit_logit, inverse=scipy_special.expit, forward=scipy_special.logit),
    ("unit", "probit"): Link(kernel=unit_probit, inverse=scipy_special.ndtr, forward=scipy_special.ndtri),
    ("unit", "cloglog"): Link(kernel=unit_cloglog, inverse=_inverse_cloglog, forward=_cloglog),
}
"""(domain, link) to what is known of it."""
