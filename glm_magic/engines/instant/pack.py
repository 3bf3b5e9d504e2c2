"""A program as two blocks of memory, which the driver reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    rows_of,
)

_TRANSFORMS = ("identity", "log", "logodds", "interval", "lower", "upper")
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


def pack(program: Program) -> Packed:
    """Lay a program out, with the addresses of the kernels it uses.

    Parameters
    ----------
    program : Program

    Returns
    -------
    Packed
        Holds the memory: keep it as long as anything samples.
    """
    memory = _Memory()
    factors = merged(program.factors)
    head = memory.words(
        [program.n_dim, len(program.variables), len(factors), 0]
        + [0] * (records.VARIABLE * len(program.variables) + len(factors))
    )
    for number, variable in enumerate(program.variables):
        transform = variable.transform
        memory.write(
            head + records.HEADER + records.VARIABLE * number,
            [
                variable.start,
                variable.size,
                _TRANSFORMS.index(transform.kind),
                memory.numbers(transform.lower),
                memory.numbers(transform.upper),
            ],
        )
    table = head + records.HEADER + records.VARIABLE * len(program.variables)
    for number, factor in enumerate(factors):
        memory.write(table + number, [_factor(memory, factor)])
    return memory.packed()


def merged(factors: Sequence[Factor]) -> tuple[Factor, ...]:
    """Join priors that differ only in their constants and in what they are priors of.

    Fifty coefficients have fifty normal priors: one factor of fifty rows is read faster.
    """
    joined: dict[object, list[Factor]] = {}
    for factor in factors:
        value, *parameters = factor.slots
        plain = isinstance(value, Point) and all(isinstance(slot, Constant) for slot in parameters)
        key: object = id(factor)
        if plain and isinstance(value, Point):
            key = (factor.distribution, value.source, value.link)
        joined.setdefault(key, []).append(factor)
    return tuple(_joined(same) if len(same) > 1 else same[0] for same in joined.values())


def _joined(factors: Sequence[Factor]) -> Factor:
    rows = [factor.rows for factor in factors]
    slots: list[Slot] = []
    for place, slot in enumerate(factors[0].slots):
        same = [factor.slots[place] for factor in factors]
        match slot:
            case Point():
                positions = [one.positions for one in same if isinstance(one, Point)]
                slots.append(replace(slot, positions=np.concatenate(positions)))
            case _:
                values = [
                    np.broadcast_to(one.values, n)
                    for one, n in zip(same, rows, strict=True)
                    if isinstance(one, Constant)
                ]
                slots.append(Constant(values=np.concatenate(values)))
    return Factor(
        distribution=factors[0].distribution,
        rows=sum(rows),
        slots=tuple(slots),
        variables=tuple(name for factor in factors for name in factor.variables),
    )


def _factor(memory: _Memory, factor: Factor) -> int:
    distribution = DISTRIBUTIONS[factor.distribution]
    weights = -1 if factor.weights is None else memory.numbers(factor.weights)
    slots = [
        _slot(memory, slot, domain) for slot, domain in zip(factor.slots, distribution.domains, strict=True)
    ]
    kernel = compiled(distribution.kernel, KERNEL).address
    return memory.words([kernel, factor.rows, len(slots), weights, *slots])


def _slot(memory: _Memory, slot: Slot, domain: str) -> int:
    match slot:
        case Constant(values=values):
            first, second = coordinates(values, domain)
            one = int(len(values) == 1)
            at = -1 if second is None else memory.numbers(second)
            return memory.words([records.CONSTANT, one, 0, 0, memory.numbers(first), at])
        case Point(positions=positions, source=source, link=link):
            one = int(len(positions) == 1)
            kernel = compiled(LINKS[domain, link].kernel, KERNEL).address
            return memory.words(
                [
                    records.POINT,
                    one,
                    _NATURAL[domain],
                    kernel,
                    int(source == "u"),
                    memory.words(positions),
                    memory.words(in_a_row(positions)),
                ]
            )
        case LinearPredictor():
            one = int(rows_of(slot) == 1)
            kernel = compiled(LINKS[domain, slot.link].kernel, KERNEL).address
            groups = memory.words([word for group in slot.groups for word in _group(memory, group)])
            return memory.words(
                [
                    records.LINEAR,
                    one,
                    _NATURAL[domain],
                    kernel,
                    memory.numbers(slot.offset),
                    int(len(slot.offset) > 1),
                    len(slot.columns),
                    memory.words(slot.columns),
                    memory.numbers(slot.dense.ravel()),
                    len(slot.groups),
                    groups,
                ]
            )


def _group(memory: _Memory, group: Group) -> list[int]:
    return [
        memory.numbers(group.multiplier),
        memory.words(group.index),
        group.scale,
        memory.words(in_a_row(group.index)),
    ]


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
