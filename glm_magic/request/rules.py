"""What the values of options must be: a rule gives a value as plain Python, or raises ValueError."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from numbers import Integral, Real

from glm_magic.request import ENGINES
from glm_magic.traits import Trait


def word(value: object) -> str:
    """Take a word: text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def engine(value: object) -> str:
    """Take the name of an engine."""
    if value not in ENGINES:
        raise ValueError
    return str(value)


def whole(lowest: int, highest: float = math.inf) -> Callable[[object], int]:
    """Make the rule of a whole number within bounds."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, Integral) or not lowest <= int(value) <= highest:
            raise ValueError
        return int(value)

    return check


def probability(value: object) -> float:
    """Take a number between 0 and 1, without the ends."""
    if isinstance(value, bool) or not isinstance(value, Real) or not 0 < float(value) < 1:
        raise ValueError
    return float(value)


def within(trait: Trait) -> Callable[[object], float]:
    """Make the rule of a number that a trait can hold."""

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, Real) or not trait.holds(float(value)):
            raise ValueError
        return float(value)

    return check


def switch(value: object) -> bool:
    """Take True or False."""
    if not isinstance(value, bool):
        raise ValueError
    return value


def truth(value: object) -> dict[str, float]:
    """Take finite numbers by name."""
    if not isinstance(value, Mapping):
        raise ValueError
    for name, number in value.items():
        if not isinstance(name, str) or isinstance(number, bool) or not isinstance(number, Real):
            raise ValueError
        if not math.isfinite(number):
            raise ValueError
    return {name: float(number) for name, number in value.items()}
