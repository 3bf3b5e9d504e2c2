"""One seed of all that PyMC takes as one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from operator import index
from typing import Any

from glm_magic.request.options import LARGEST_SEED


def seed_of(value: object) -> object:
    """Make one seed of all that PyMC takes as ``random_seed``, without using a generator up.

    Parameters
    ----------
    value : object
        A whole number, several, or a generator of NumPy, which is drawn from as a copy.

    Returns
    -------
    object
        A whole number that every engine takes; what is no seed stays as it is.
    """
    if _drawing(value) is not None:
        draw = _drawing(deepcopy(value))
        assert draw is not None
        return int(draw()) % (LARGEST_SEED + 1)
    plain: Any = value.tolist() if hasattr(value, "tolist") else value
    several = isinstance(plain, list | tuple)
    wholes = [_whole(number) for number in (plain if several else [plain])]
    numbers = [number for number in wholes if number is not None and number >= 0]
    if not numbers or len(numbers) < len(wholes):
        return value
    return _folded(numbers) if several or numbers[0] > LARGEST_SEED else numbers[0]


def _drawing(generator: object) -> Callable[[], int] | None:
    """Find how a generator of NumPy gives a whole number; this room does not import NumPy."""
    match generator:
        case object(generate_state=state):
            return lambda: state(1)[0]
        case object(integers=integers):
            return lambda: integers(LARGEST_SEED)
        case object(random_raw=raw):
            return lambda: raw()
        case object(get_state=_, randint=randint):
            return lambda: randint(2**31 - 1)
    return None


def _whole(number: Any) -> int | None:
    """Read a whole number of Python's or of NumPy's."""
    try:
        return None if isinstance(number, bool) else index(number)
    except TypeError:
        return None


def _folded(numbers: Sequence[int]) -> int:
    """Make one seed of numbers, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(repr(list(numbers)).encode(), digest_size=4).digest(), "little")
