"""What a distribution is to the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One distribution.

    Attributes
    ----------
    kernel : callable
        For numba: reads A and B of each slot; writes LOGP, and GA and GB of each slot.
    slots : tuple of str
        Names of the slots, the value first.
    domains : tuple of str
        Their domains (`layout`).
    left_out : callable or None
        What the kernel leaves out of the log density, a function of the data alone: of the values of the slots
        whose domain is fixed, in order. None where it leaves out nothing.
    """

    kernel: Callable[..., Any]
    slots: tuple[str, ...]
    domains: tuple[str, ...]
    left_out: Callable[..., NDArray[np.float64]] | None = None


def distribution(
    kernel: Callable[..., Any], left_out: Callable[..., NDArray[np.float64]] | None = None, /, **domains: str
) -> Distribution:
    """Make a record from a kernel, what it leaves out, and its slots in order: ``value="real", mu="real", ...``."""
    return Distribution(
        kernel=kernel, slots=tuple(domains), domains=tuple(domains.values()), left_out=left_out
    )
