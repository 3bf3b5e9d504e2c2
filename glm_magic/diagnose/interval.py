"""The ends of an equal-tailed interval, and what tables call them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An equal-tailed interval.

    Attributes
    ----------
    ends : tuple of float
        The probabilities below its lower and its upper end.
    names : tuple of str
        What tables call its ends: ``("5.5%", "94.5%")``.
    """

    ends: tuple[float, float]
    names: tuple[str, str]


def equal_tailed(prob: float) -> Interval:
    """Place the ends of an equal-tailed interval.

    Parameters
    ----------
    prob : float
        Of the interval.

    Returns
    -------
    Interval
    """
    low, high = (1 - prob) / 2, (1 + prob) / 2
    return Interval(ends=(low, high), names=(f"{100 * low:g}%", f"{100 * high:g}%"))
