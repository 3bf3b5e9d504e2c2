"""Rows that are alike, counted.

Rows with the same value and the same parameters have the same log density, so that one of them and a
weight will do. Where the log density is linear in the value, they need not even have the same value:
their sum is sufficient (McCullagh and Nelder 1989, sec. 2.2.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic.engines.instant.program import (
    Constant,
    Factor,
    Floats,
    Group,
    LinearPredictor,
    Point,
    Slot,
)

SAMPLE = 20_000
"""Rows looked at before all are."""


def counted(factor: Factor) -> Factor | None:
    """Count equal rows; None when that does not halve them.

    Parameters
    ----------
    factor : Factor

    Returns
    -------
    Factor or None
    """
    columns = list(_columns(factor))
    if not _may_pay(columns, factor.rows):
        return None
    classes, first = _classes(columns, factor.rows)
    if 2 * len(first) > factor.rows:
        return None
    # Two rows of one class differ when their hashes collide; then nothing is counted.
    if any((column[first][classes] != column).any() for column in columns):
        return None
    weights = np.ones(factor.rows) if factor.weights is None else factor.weights
    return _summed(factor, classes, first, weights)


def _columns(factor: Factor) -> Iterator[NDArray[np.float64]]:
    """Yield what must be equal in equal rows, as numbers."""
    linear_in_value = factor.distribution in ("bernoulli", "binomial", "poisson")
    for place, slot in enumerate(factor.slots):
        # Of a binomial the number of trials is summed too.
        if linear_in_value and (place == 0 or (place == 1 and factor.distribution == "binomial")):
            continue
        match slot:
            case Constant(values=values):
                yield from [values] if len(values) > 1 else []
            case Point(positions=positions):
                yield from [positions.astype(np.float64)] if len(positions) > 1 else []
            case LinearPredictor():
                yield from [slot.offset] if len(slot.offset) > 1 else []
                yield from (column for column in slot.dense if len(column) > 1)
                for group in slot.groups:
                    if len(group.multiplier) > 1:
                        yield group.multiplier
                        yield group.index.astype(np.float64)


def _may_pay(columns: list[Floats], n_rows: int) -> bool:
    """Tell from a sample whether the rows may be halved.

    Among ``m`` of ``n`` rows in at most ``n / 2`` classes, at least ``m**2 / n`` pairs are expected to be alike;
    a quarter of that is asked for.
    """
    if n_rows <= SAMPLE or not columns:
        return True
    chosen = np.random.default_rng(3).choice(n_rows, SAMPLE, replace=False)
    classes, first = _classes([column[chosen] for column in columns], SAMPLE)
    sizes = np.bincount(classes, minlength=len(first)).astype(np.float64)
    return bool((sizes * (sizes - 1) / 2).sum() >= SAMPLE**2 / n_rows / 4)


def _classes(columns: list[Floats], n_rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give each row the number of its content, and give each class's first row too."""
    mixed = np.zeros(n_rows, dtype=np.uint64)
    for column in columns:
        # 0.0 is added so that -0.0 becomes 0.0; the constants are those of SplitMix64 (Steele et al. 2014).
        mixed ^= (column + 0.0).view(np.uint64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    classes, _ = pd.factorize(mixed)
    first = np.full(int(classes.max()) + 1, -1, dtype=np.int64)
    first[classes[::-1]] = np.arange(len(classes))[::-1]
    return classes, first


def _summed(factor: Factor, classes: NDArray[np.int64], first: NDArray[np.int64], weights: Floats) -> Factor:
    """Keep the first row of each class, and sum what the others add."""
    slots = tuple(_taken(slot, first) for slot in factor.slots)
    count = np.asarray(np.bincount(classes, weights), dtype=np.float64)
    value = factor.slots[0]
    assert isinstance(value, Constant)
    total = np.asarray(np.bincount(classes, weights * value.values), dtype=np.float64)
    match factor.distribution:
        case "bernoulli":
            head = (Constant(values=total), Constant(values=count))
            return Factor(distribution="binomial", rows=len(first), slots=(*head, *slots[1:]))
        case "binomial":
            trials = factor.slots[1]
            assert isinstance(trials, Constant)
            trials_total = np.asarray(np.bincount(classes, weights * trials.values), dtype=np.float64)
            head = (Constant(values=total), Constant(values=trials_total))
            return Factor(distribution="binomial", rows=len(first), slots=(*head, *slots[2:]))
        case "poisson":
            # Rows without weight have no mean, and need none.
            mean = Constant(values=total / np.where(count > 0, count, 1))
            return replace(factor, rows=len(first), slots=(mean, *slots[1:]), weights=count)
        case _:
            return replace(factor, rows=len(first), slots=slots, weights=count)


def _taken(slot: Slot, rows: NDArray[np.int64]) -> Slot:
    """Keep some rows of a slot."""
    match slot:
        case Constant(values=values):
            return slot if len(values) == 1 else Constant(values=values[rows])
        case Point(positions=positions):
            return slot if len(positions) == 1 else replace(slot, positions=positions[rows])
        case LinearPredictor():
            dense = slot.dense if slot.dense.shape[1] == 1 else np.ascontiguousarray(slot.dense[:, rows])
            groups = tuple(
                group
                if len(group.multiplier) == 1
                else Group(multiplier=group.multiplier[rows], index=group.index[rows], scale=group.scale)
                for group in slot.groups
            )
            offset = slot.offset if len(slot.offset) == 1 else slot.offset[rows]
            return replace(slot, offset=offset, dense=dense, groups=groups)
