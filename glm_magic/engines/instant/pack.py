"""A program as two blocks of memory, which the driver reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glm_magic.engines.instant import records
from glm_magic.engines.instant.compiling import KERNEL, compiled
from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.layout import CHUNK
from glm_magic.engines.instant.links import LINKS
from glm_magic.engines.instant.program import (
    Constant,
    Factor,
    Floats,
    Group,
    LinearPredictor,
    Point,
    Positions,
    Program,
    Slot,
    Variable,
    rows_of,
)

_TRANSFORMS = {
    "identity": records.IDENTITY,
    "log": records.LOG,
    "logodds": records.LOGODDS,
    "interval": records.INTERVAL,
    "lower": records.LOWER,
    "upper": records.UPPER,
}
_NATURAL = {"real": 1, "positive": 1, "unit": 2, "fixed": 0}
"""How many natural coordinates a domain has (`layout`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A program in memory.

    Attributes
    ----------
    words : ndarray of int64
    numbers : ndarray of float64
    address : ndarray of uint64, shape (4,)
        Where both are, and how long: what the driver is given.
    """

    words: NDArray[np.int64]
    numbers: Floats
    address: NDArray[np.uint64]


Kernels = Callable[[Callable[..., Any]], int]
"""From a kernel to the word by which a reader finds it."""


def address(kernel: Callable[..., Any]) -> int:
    """Give the address of a kernel's machine code, by which the driver calls it."""
    return int(compiled(kernel, KERNEL).address)


def number(kernel: Callable[..., Any]) -> int:
    """Give the place of a kernel among those of distributions, then of links, by which the page calls it."""
    kernels = [one.kernel for one in DISTRIBUTIONS.values()] + [one.kernel for one in LINKS.values()]
    return kernels.index(kernel)


def pack(program: Program, kernels: Kernels = address) -> Packed:
    """Lay a program out.

    Parameters
    ----------
    program : Program
    kernels : callable, optional
        `address`, or `number` where the reader is the page.

    Returns
    -------
    Packed
        Holds the memory: keep it as long as anything samples.
    """
    memory, factors = _Memory(), program.factors
    table = records.HEADER + records.VARIABLE * len(program.variables)
    memory.words([0] * (table + len(factors)))
    memory.write(
        0,
        _record(
            {
                records.N_DIM: program.n_dim,
                records.N_VARIABLES: len(program.variables),
                records.N_FACTORS: len(factors),
            }
        ),
    )
    for place, variable in enumerate(program.variables):
        memory.write(records.HEADER + records.VARIABLE * place, _variable(memory, variable))
    for place, factor in enumerate(factors):
        memory.write(table + place, [_factor(memory, factor, kernels)])
    return memory.packed()


def _record(words: Mapping[int, int]) -> list[int]:
    """Put named words in their places, of which none is left out."""
    return [words[place] for place in range(len(words))]


def _variable(memory: _Memory, variable: Variable) -> list[int]:
    transform = variable.transform
    return _record(
        {
            records.VARIABLE_START: variable.start,
            records.VARIABLE_SIZE: variable.size,
            records.VARIABLE_KIND: _TRANSFORMS[transform.kind],
            records.VARIABLE_LOWER: memory.numbers(transform.lower),
            records.VARIABLE_UPPER: memory.numbers(transform.upper),
        }
    )


def _factor(memory: _Memory, factor: Factor, kernels: Kernels) -> int:
    distribution = DISTRIBUTIONS[factor.distribution]
    weights = -1 if factor.weights is None else memory.numbers(factor.weights)
    slots = [
        _slot(memory, slot, domain, kernels)
        for slot, domain in zip(factor.slots, distribution.domains, strict=True)
    ]
    record = _record(
        {
            records.FACTOR_KERNEL: kernels(distribution.kernel),
            records.FACTOR_ROWS: factor.rows,
            records.FACTOR_SLOTS: len(slots),
            records.FACTOR_WEIGHTS: weights,
        }
    )
    return memory.words([*record, *slots])


def _slot(memory: _Memory, slot: Slot, domain: str, kernels: Kernels) -> int:
    match slot:
        case Constant(values=values):
            first, second = coordinates(values, domain)
            link, natural, rest = 0, 0, _constant(memory, first, second)
            kind = records.CONSTANT
        case Point():
            link, natural, rest = (
                kernels(LINKS[domain, slot.link].kernel),
                _NATURAL[domain],
                _point(memory, slot),
            )
            kind = records.POINT
        case LinearPredictor():
            link, natural, rest = (
                kernels(LINKS[domain, slot.link].kernel),
                _NATURAL[domain],
                _linear(memory, slot),
            )
            kind = records.LINEAR
    record = {
        records.SLOT_KIND: kind,
        records.SLOT_ONE: int(rows_of(slot) == 1),
        records.SLOT_NATURAL: natural,
        records.SLOT_LINK: link,
        **rest,
    }
    return memory.words(_record(record))


def _constant(memory: _Memory, first: Floats, second: Floats | None) -> dict[int, int]:
    return {
        records.CONSTANT_FIRST: memory.numbers(first),
        records.CONSTANT_SECOND: -1 if second is None else memory.numbers(second),
    }


def _point(memory: _Memory, slot: Point) -> dict[int, int]:
    return {
        records.POINT_FROM_U: int(slot.source == "u"),
        records.POINT_POSITIONS: memory.words(slot.positions),
        records.POINT_IN_A_ROW: memory.words(in_a_row(slot.positions)),
    }


def _linear(memory: _Memory, slot: LinearPredictor) -> dict[int, int]:
    return {
        records.LINEAR_OFFSET: memory.numbers(slot.offset),
        records.LINEAR_OFFSETS: int(len(slot.offset) > 1),
        records.LINEAR_N_COLUMNS: len(slot.columns),
        records.LINEAR_COLUMNS: memory.words(slot.columns),
        records.LINEAR_DENSE: memory.numbers(slot.dense.ravel()),
        records.LINEAR_N_GROUPS: len(slot.groups),
        records.LINEAR_GROUPS: memory.words(
            [word for group in slot.groups for word in _group(memory, group)]
        ),
    }


def _group(memory: _Memory, group: Group) -> list[int]:
    return _record(
        {
            records.GROUP_MULTIPLIER: memory.numbers(group.multiplier),
            records.GROUP_INDEX: memory.words(group.index),
            records.GROUP_SCALE: group.scale,
            records.GROUP_IN_A_ROW: memory.words(in_a_row(group.index)),
        }
    )


def in_a_row(positions: Positions) -> Positions:
    """Tell for each chunk whether its positions follow one another: such loops use vector registers."""
    steps = np.diff(positions, prepend=positions[:1] - 1) != 1
    starts = np.arange(0, len(positions), CHUNK)
    steps[starts] = False
    return np.asarray(np.add.reduceat(steps, starts) == 0, dtype=np.int64)


def coordinates(values: Floats, domain: str) -> tuple[Floats, Floats | None]:
    """Take constants to the coordinates of their domain (`layout`)."""
    # A value on the edge of its domain has an infinite coordinate; the density tells what it means.
    with np.errstate(divide="ignore", invalid="ignore"):
        match domain:
            case "positive":
                return values, np.log(values)
            case "unit":
                return np.log(values), np.log1p(-values)
            case _:
                return values, None


class _Memory:
    """Two growing blocks; what is appended gets a position that never changes."""

    def __init__(self) -> None:
        self._words: list[Positions] = []
        self._numbers: list[Floats] = []
        self._n_words = 0
        self._n_numbers = 0
        self._later: list[tuple[int, list[int]]] = []

    def words(self, values: Sequence[int] | Positions) -> int:
        """Append whole numbers; give where they begin."""
        at = self._n_words
        self._words.append(np.asarray(values, dtype=np.int64))
        self._n_words += len(values)
        return at

    def numbers(self, values: Floats) -> int:
        """Append numbers; give where they begin."""
        at = self._n_numbers
        self._numbers.append(np.asarray(values, dtype=np.float64))
        self._n_numbers += len(values)
        return at

    def write(self, at: int, values: list[int]) -> None:
        """Fill in words whose values were not known when they were appended."""
        self._later.append((at, values))

    def packed(self) -> Packed:
        """Close both blocks."""
        words = np.concatenate(self._words)
        for at, values in self._later:
            words[at : at + len(values)] = values
        numbers = np.concatenate([*self._numbers, np.zeros(1)])
        address = np.array([words.ctypes.data, numbers.ctypes.data, len(words), len(numbers)], np.uint64)
        return Packed(words=words, numbers=numbers, address=address)
