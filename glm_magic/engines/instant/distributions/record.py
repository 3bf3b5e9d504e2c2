"""What a distribution is to the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


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
    """

    kernel: Callable[..., Any]
    slots: tuple[str, ...]
    domains: tuple[str, ...]


def distribution(kernel: Callable[..., Any], **domains: str) -> Distribution:
    """Make a record from a kernel and its slots in order, ``value="real", mu="real", ...``."""
    return Distribution(kernel=kernel, slots=tuple(domains), domains=tuple(domains.values()))
