"""The linear predictor of a packed program, for compiled code: its values, and its share of the gradient."""

from __future__ import annotations

from numba import njit

from glm_magic.engines.instant.layout import CHUNK
from glm_magic.engines.instant.pointers import BARE, SUMS, part
from glm_magic.engines.instant.records import (
    GROUP,
    GROUP_IN_A_ROW,
    GROUP_INDEX,
    GROUP_MULTIPLIER,
    GROUP_SCALE,
    LINEAR_COLUMNS,
    LINEAR_DENSE,
    LINEAR_GROUPS,
    LINEAR_N_COLUMNS,
    LINEAR_N_GROUPS,
    LINEAR_OFFSET,
    LINEAR_OFFSETS,
)


@njit(**BARE)
def in_a_row(words, at, start):
    """Tell whether the positions of a chunk follow one another: such a loop uses vector registers."""
    return words[at + start // CHUNK] == 1


@njit(fastmath=SUMS, **BARE)
def predict(words, numbers, at, start, n, rows, c, eta):
    """Write a chunk of a linear predictor into `eta`."""
    if words[at + LINEAR_OFFSETS] == 0:
        offset_of_all = numbers[words[at + LINEAR_OFFSET]]
        for i in range(n):
            eta[i] = offset_of_all
    else:
        offset = part(numbers, words[at + LINEAR_OFFSET] + start)
        for i in range(n):
            eta[i] = offset[i]
    n_columns, columns = words[at + LINEAR_N_COLUMNS], words[at + LINEAR_COLUMNS]
    dense = words[at + LINEAR_DENSE] + start
    # Four columns at a time: eta is read and written a quarter as often.
    for j in range(0, n_columns - 3, 4):
        b0, b1 = c[words[columns + j]], c[words[columns + j + 1]]
        b2, b3 = c[words[columns + j + 2]], c[words[columns + j + 3]]
        x0, x1 = part(numbers, dense + j * rows), part(numbers, dense + (j + 1) * rows)
        x2, x3 = part(numbers, dense + (j + 2) * rows), part(numbers, dense + (j + 3) * rows)
        for i in range(n):
            eta[i] += b0 * x0[i] + b1 * x1[i] + b2 * x2[i] + b3 * x3[i]
    for j in range(n_columns - n_columns % 4, n_columns):
        b = c[words[columns + j]]
        x = part(numbers, dense + j * rows)
        for i in range(n):
            eta[i] += b * x[i]
    for g in range(words[at + LINEAR_N_GROUPS]):
        group = words[at + LINEAR_GROUPS] + GROUP * g
        multiplier = part(numbers, words[group + GROUP_MULTIPLIER] + start)
        index = part(words, words[group + GROUP_INDEX] + start)
        scale = words[group + GROUP_SCALE]
        s = 1.0 if scale < 0 else c[scale]
        if in_a_row(words, words[group + GROUP_IN_A_ROW], start):
            effect = part(c, index[0])
            for i in range(n):
                eta[i] += multiplier[i] * s * effect[i]
        else:
            for i in range(n):
                eta[i] += multiplier[i] * s * c[index[i]]


@njit(fastmath=SUMS, **BARE)
def push_back(words, numbers, at, start, n, rows, c, slope, gradient):
    """Add what a chunk of a linear predictor, whose derivative is `slope`, gives the gradient."""
    n_columns, columns = words[at + LINEAR_N_COLUMNS], words[at + LINEAR_COLUMNS]
    dense = words[at + LINEAR_DENSE] + start
    for j in range(0, n_columns - 3, 4):
        x0, x1 = part(numbers, dense + j * rows), part(numbers, dense + (j + 1) * rows)
        x2, x3 = part(numbers, dense + (j + 2) * rows), part(numbers, dense + (j + 3) * rows)
        s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
        for i in range(n):
            s0 += slope[i] * x0[i]
            s1 += slope[i] * x1[i]
            s2 += slope[i] * x2[i]
            s3 += slope[i] * x3[i]
        gradient[words[columns + j]] += s0
        gradient[words[columns + j + 1]] += s1
        gradient[words[columns + j + 2]] += s2
        gradient[words[columns + j + 3]] += s3
    for j in range(n_columns - n_columns % 4, n_columns):
        x = part(numbers, dense + j * rows)
        total = 0.0
        for i in range(n):
            total += slope[i] * x[i]
        gradient[words[columns + j]] += total
    for g in range(words[at + LINEAR_N_GROUPS]):
        group = words[at + LINEAR_GROUPS] + GROUP * g
        multiplier = part(numbers, words[group + GROUP_MULTIPLIER] + start)
        index = part(words, words[group + GROUP_INDEX] + start)
        scale = words[group + GROUP_SCALE]
        s = 1.0 if scale < 0 else c[scale]
        total = 0.0
        if in_a_row(words, words[group + GROUP_IN_A_ROW], start):
            effect, own = part(c, index[0]), part(gradient, index[0])
            for i in range(n):
                d = slope[i] * multiplier[i]
                own[i] += d * s
                total += d * effect[i]
        else:
            for i in range(n):
                d = slope[i] * multiplier[i]
                gradient[index[i]] += d * s
                total += d * c[index[i]]
        if scale >= 0:
            gradient[scale] += total
