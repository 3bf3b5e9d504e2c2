"""The two C functions that nutpie calls: log density with gradient, and draw.

Both read a packed program (`pack`): ``words`` (positions and sizes) and ``numbers`` (data).
The driver knows no distribution and no link: it fills a block for a chunk of rows, calls
them through pointers, and adds the gradients up. So it is compiled once per machine, and a
new family is one small kernel more.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from glm_magic.engines.instant.layout import (
    BLOCK,
    CHUNK,
    DA,
    DB,
    ETA,
    FIRST,
    GA,
    GB,
    LOGP,
    MOST_SLOTS,
    SLOT,
    A,
    B,
)
from glm_magic.engines.instant.pointers import (
    BARE,
    SUMS,
    address_of,
    call,
    integers_at,
    keep,
    numbers_at,
    part,
)
from glm_magic.engines.instant.predict import in_a_row, predict, push_back
from glm_magic.engines.instant.records import (
    CONSTANT,
    CONSTANT_FIRST,
    CONSTANT_SECOND,
    FACTOR,
    FACTOR_KERNEL,
    FACTOR_ROWS,
    FACTOR_SLOTS,
    FACTOR_WEIGHTS,
    HEADER,
    LINEAR,
    N_DIM,
    N_FACTORS,
    N_VARIABLES,
    POINT,
    POINT_FROM_U,
    POINT_IN_A_ROW,
    POINT_POSITIONS,
    SLOT_KIND,
    SLOT_LINK,
    SLOT_NATURAL,
    SLOT_ONE,
    VARIABLE,
)
from glm_magic.engines.instant.transforms import chain, constrain

# nutpie takes a positive return for a divergence, and 0 for a value.
FINE, NOT_FINITE = 0, 3


# Loops, not slices: with `a[:] = b` numba compiles, for seconds, what it would say if the shapes differed. And
# pointers, not arrays: numba passes an array as seven numbers, and counts the references to it at every call.
@njit(**BARE)
def copy(numbers, start, n, block, first):
    """Copy a chunk of data to the block."""
    here, data = part(block, first), part(numbers, start)
    for i in range(n):
        here[i] = data[i]


@njit(fastmath=SUMS, **BARE)
def fill(words, numbers, at, start, n, rows, u, c, block, first):
    """Bring one slot's coordinates into the block."""
    kind = words[at + SLOT_KIND]
    if kind == CONSTANT:
        copy(numbers, words[at + CONSTANT_FIRST] + start, n, block, first + A * CHUNK)
        if words[at + CONSTANT_SECOND] >= 0:
            copy(numbers, words[at + CONSTANT_SECOND] + start, n, block, first + B * CHUNK)
        return
    eta = part(block, first + ETA * CHUNK)
    if kind == POINT:
        source = u if words[at + POINT_FROM_U] == 1 else c
        positions = part(words, words[at + POINT_POSITIONS] + start)
        if in_a_row(words, words[at + POINT_IN_A_ROW], start):
            own = part(source, positions[0])
            for i in range(n):
                eta[i] = own[i]
        else:
            for i in range(n):
                eta[i] = source[positions[i]]
    else:
        predict(words, numbers, at, start, n, rows, c, eta)
    call(words[at + SLOT_LINK], n, part(block, first))


@njit(fastmath=SUMS, **BARE)
def drain(words, numbers, at, start, n, rows, c, block, first, from_u, from_c):
    """Take one slot's derivatives from the block to the gradients by u and by c."""
    slope = part(block, first + ETA * CHUNK)
    ga, da = part(block, first + GA * CHUNK), part(block, first + DA * CHUNK)
    if words[at + SLOT_NATURAL] == 2:
        gb, db = part(block, first + GB * CHUNK), part(block, first + DB * CHUNK)
        for i in range(n):
            slope[i] = ga[i] * da[i] + gb[i] * db[i]
    else:
        for i in range(n):
            slope[i] = ga[i] * da[i]
    if words[at + SLOT_KIND] == LINEAR:
        push_back(words, numbers, at, start, n, rows, c, slope, from_c)
        return
    gradient = from_u if words[at + POINT_FROM_U] == 1 else from_c
    positions = part(words, words[at + POINT_POSITIONS] + start)
    if in_a_row(words, words[at + POINT_IN_A_ROW], start):
        own = part(gradient, positions[0])
        for i in range(n):
            own[i] += slope[i]
    else:
        for i in range(n):
            gradient[positions[i]] += slope[i]


@njit(fastmath=SUMS, **BARE)
def weigh(words, numbers, at, weights, n, n_slots, block):
    """Count each row as often as its weight says."""
    weight = part(numbers, weights)
    logp = part(block, LOGP * CHUNK)
    for i in range(n):
        logp[i] *= weight[i]
    for s in range(n_slots):
        for k in range(words[words[at + FACTOR + s] + SLOT_NATURAL]):
            derivative = part(block, (FIRST + SLOT * s + GA + k) * CHUNK)
            for i in range(n):
                derivative[i] *= weight[i]


@njit(fastmath=SUMS, **BARE)
def total_of(block, first, n):
    """Add numbers of the block up."""
    here, total = part(block, first), 0.0
    for i in range(n):
        total += here[i]
    return total


@njit(fastmath=SUMS, **BARE)
def fill_all(words, numbers, at, start, n, rows, u, c, block):
    """Bring the coordinates of all slots of a factor into the block, for a chunk of rows.

    A slot with one row for all is filled before the first chunk and spread.
    """
    for s in range(words[at + FACTOR_SLOTS]):
        slot, first = words[at + FACTOR + s], (FIRST + SLOT * s) * CHUNK
        one = words[slot + SLOT_ONE]
        if one == 0:
            fill(words, numbers, slot, start, n, rows, u, c, block, first)
        elif start == 0:
            fill(words, numbers, slot, start, one, one, u, c, block, first)
            for i in range(1, n):
                block[first + A * CHUNK + i] = block[first + A * CHUNK]
                block[first + B * CHUNK + i] = block[first + B * CHUNK]


@njit(fastmath=SUMS, **BARE)
def factor(words, numbers, at, u, c, from_u, from_c, block, sums):
    """Add one factor: its log density is returned, its gradient is added to both gradients.

    The derivatives of a slot with one row for all are summed over the chunks, and drained after the last.
    """
    kernel, rows = words[at + FACTOR_KERNEL], words[at + FACTOR_ROWS]
    n_slots, weights = words[at + FACTOR_SLOTS], words[at + FACTOR_WEIGHTS]
    total = 0.0
    for s in range(2 * n_slots):
        sums[s] = 0.0
    for start in range(0, rows, CHUNK):
        n = min(CHUNK, rows - start)
        fill_all(words, numbers, at, start, n, rows, u, c, block)
        call(kernel, n, block)
        if weights >= 0:
            weigh(words, numbers, at, weights + start, n, n_slots, block)
        total += total_of(block, LOGP * CHUNK, n)
        for s in range(n_slots):
            slot, first = words[at + FACTOR + s], (FIRST + SLOT * s) * CHUNK
            one = words[slot + SLOT_ONE]
            if words[slot + SLOT_NATURAL] == 0:
                continue
            if one == 0:
                drain(words, numbers, slot, start, n, rows, c, block, first, from_u, from_c)
                continue
            sums[2 * s] += total_of(block, first + GA * CHUNK, n)
            if words[slot + SLOT_NATURAL] == 2:
                sums[2 * s + 1] += total_of(block, first + GB * CHUNK, n)
            if start + n == rows:
                block[first + GA * CHUNK], block[first + GB * CHUNK] = sums[2 * s], sums[2 * s + 1]
                drain(words, numbers, slot, one - 1, one, one, c, block, first, from_u, from_c)
    return total


@njit(fastmath=SUMS, **BARE)
def accumulate(words, numbers, u, c, slope, gradient, from_c, block, sums):
    """Add all factors and the log-Jacobian up; the gradient is finished by `chain`.

    Writes the constrained point to `c`, dc/du to `slope`, and the gradient by u and by c where they belong.
    """
    for i in range(words[N_DIM]):
        from_c[i] = 0.0
    total = constrain(words, numbers, u, c, slope, gradient)
    at = HEADER + VARIABLE * words[N_VARIABLES]
    for f in range(words[N_FACTORS]):
        total += factor(words, numbers, words[at + f], u, c, gradient, from_c, block, sums)
    return total


def density(_n: int, u: Any, gradient: Any, logp: Any, program: Any) -> int:
    """Compute log density and gradient at an unconstrained point; C signature `compiling.DENSITY`."""
    words, numbers = integers_at(program[0]), numbers_at(program[1])
    n = words[N_DIM]
    # One array, which is kept until the end: what points into it does not hold it.
    work = np.empty(3 * n + BLOCK + 2 * MOST_SLOTS)
    c = numbers_at(address_of(work))
    slope, from_c, block = part(c, n), part(c, 2 * n), part(c, 3 * n)
    total = accumulate(words, numbers, u, c, slope, gradient, from_c, block, part(block, BLOCK))
    logp[0] = total
    finite = chain(n, from_c, slope, gradient) + 0.0 * total == 0.0
    keep(work)
    return FINE if finite else NOT_FINITE


def expand(_n: int, _n_draw: int, u: Any, draw: Any, program: Any) -> int:
    """Write the constrained point; C signature `compiling.EXPAND`."""
    words, numbers = integers_at(program[0]), numbers_at(program[1])
    work = np.empty(2 * words[N_DIM])
    slope = numbers_at(address_of(work))
    constrain(words, numbers, u, draw, slope, part(slope, words[N_DIM]))
    keep(work)
    return FINE
