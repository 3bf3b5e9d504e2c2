"""Normal observations by their sufficient statistics.

``sum((z - X b)**2)`` over many rows equals ``sum((q - R b)**2) + s`` over as many rows as columns, where
``[R q; 0 sqrt(s)]`` is the triangle of a QR decomposition of ``[X z]`` (Golub and Van Loan 2013, "Matrix
Computations", sec. 5.3.3). Unlike ``X'X`` it loses no digits when the mean dwarfs the noise. Rows with the
same groups are reduced together, so that group-specific effects keep their groups; their columns often repeat
those of the population, and then as many rows are left of a group as there are columns that do not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.linalg
from numpy.typing import NDArray

from glm_magic.engines.instant.program import (
    Constant,
    Factor,
    Floats,
    Group,
    LinearPredictor,
    rows_of,
)

ROUNDING = 1e-13
"""Relative size below which the rest of a column is nothing."""
ROWS_AT_ONCE = 16_384
"""Rows that are reduced at once, whatever their number: few enough for the processor's cache."""


def summarised(factor: Factor) -> Factor | None:
    """Reduce normal observations with one standard deviation; None when it does not halve them.

    Parameters
    ----------
    factor : Factor

    Returns
    -------
    Factor or None
        Of the distribution ``normal_summary``.
    """
    if factor.distribution != "normal":
        return None
    value, mu, sigma = factor.slots
    if not (isinstance(value, Constant) and isinstance(mu, LinearPredictor) and mu.link == "identity"):
        return None
    if rows_of(sigma) > 1 or factor.weights is not None:
        return None
    blocks = _blocks(mu, factor.rows)
    n_blocks = int(blocks.max()) + 1
    if 2 * n_blocks > factor.rows:
        return None
    rows = _Rows.of(value, mu, factor.rows)
    basis = _basis(rows) if n_blocks > 1 else Basis.of_all(rows.width - 1)
    if 2 * len(basis.columns) * n_blocks > factor.rows:
        return None
    reduced, squares, place = _reduced(rows.only(basis.columns), blocks)
    if 2 * len(reduced) > factor.rows:
        return None
    design, z = reduced[:, :-1] @ basis.weights, reduced[:, -1]
    n_columns = len(mu.columns)
    groups = tuple(
        Group(
            multiplier=np.ascontiguousarray(design[:, n_columns + number]),
            index=np.broadcast_to(group.index, factor.rows)[place],
            scale=group.scale,
        )
        for number, group in enumerate(mu.groups)
    )
    small = replace(
        mu, offset=np.zeros(1), dense=np.ascontiguousarray(design[:, :n_columns].T), groups=groups
    )
    return Factor(
        distribution="normal_summary",
        rows=len(reduced),
        slots=(
            Constant(values=np.ascontiguousarray(z)),
            small,
            sigma,
            # With one standard deviation for all only their sums count: each row carries the same share.
            Constant(values=np.array([factor.rows / len(reduced)])),
            Constant(values=np.array([squares / len(reduced)])),
        ),
    )


class _Rows:
    """Rows ``[X z]``, made a few at a time: the whole would be another copy of the data.

    Parameters
    ----------
    columns : list of ndarray, shape (n_rows,)
        Design, one array per column.
    z : ndarray, shape (n_rows,)
        Value less offset.
    """

    def __init__(self, columns: list[Floats], z: Floats) -> None:
        self._columns = columns
        self._z = z
        self.width = len(columns) + 1

    @classmethod
    def of(cls, value: Constant, mu: LinearPredictor, n_rows: int) -> _Rows:
        """Read them from the slots of a normal factor."""
        # A predictor that is the same in all rows has one row of design.
        columns = [
            np.broadcast_to(column, (n_rows,))
            for column in [*mu.dense, *(group.multiplier for group in mu.groups)]
        ]
        return cls(columns, np.broadcast_to(value.values - mu.offset, (n_rows,)))

    def only(self, columns: NDArray[np.int64]) -> _Rows:
        """Keep some columns of the design, and the value."""
        return _Rows([self._columns[column] for column in columns], self._z)

    def __len__(self) -> int:
        return len(self._z)

    def take(self, chosen: slice | NDArray[np.int64]) -> Floats:
        """Give some rows, shape (n_chosen, width)."""
        taken = [column[chosen] for column in self._columns]
        return np.stack([*taken, self._z[chosen]], axis=-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Columns of a design of which the others are sums: intercepts and slopes by group repeat the common ones.

    Attributes
    ----------
    columns : ndarray of int, shape (rank,)
    weights : ndarray, shape (rank, n_columns)
        The design is these columns times the weights.
    """

    columns: NDArray[np.int64]
    weights: Floats

    @classmethod
    def of_all(cls, n_columns: int) -> Basis:
        """Keep every column."""
        return cls(columns=np.arange(n_columns), weights=np.eye(n_columns))


def _basis(rows: _Rows) -> Basis:
    """Find a basis by a QR decomposition with pivots (Golub and Van Loan 2013, sec. 5.4.2)."""
    triangle = _tall(rows)[:, :-1]
    n_columns = triangle.shape[1]
    size = np.linalg.norm(triangle, axis=0)
    scaled = triangle / np.where(size > 0, size, 1)
    _, upper, order = scipy.linalg.qr(scaled, mode="economic", pivoting=True)
    diagonal = abs(np.diag(upper))
    rank = int((diagonal > ROUNDING * diagonal[0]).sum())
    if rank == 0:
        return Basis.of_all(n_columns)
    columns = order[:rank].astype(np.int64)
    weights = np.zeros((rank, n_columns))
    weights[:, order] = scipy.linalg.solve_triangular(upper[:rank, :rank], upper[:rank])
    weights = weights / size[columns, None] * size
    # Exactly themselves.
    weights[:, columns] = np.eye(rank)
    # What is left of a column has to be rounding beside the column itself, however large its parts are.
    left = np.linalg.norm(triangle - triangle[:, columns] @ weights, axis=0)
    return (
        Basis(columns=columns, weights=weights)
        if (left <= ROUNDING * size).all()
        else Basis.of_all(n_columns)
    )


def _blocks(mu: LinearPredictor, n_rows: int) -> NDArray[np.int64]:
    """Give each row the number of its combination of groups."""
    codes = np.zeros(n_rows, dtype=np.int64)
    for group in mu.groups:
        index, _ = pd.factorize(np.broadcast_to(group.index, n_rows), sort=True)
        codes, _ = pd.factorize(codes * (int(index.max()) + 1) + index, sort=True)
    return codes


def _reduced(rows: _Rows, blocks: NDArray[np.int64]) -> tuple[Floats, float, NDArray[np.int64]]:
    """Reduce each block.

    Returns
    -------
    reduced : ndarray, shape (n_reduced, width)
        Design and value of each reduced row.
    squares : float
        What no design explains: the squares that all blocks have beside their rows.
    place : ndarray of int, shape (n_reduced,)
        A row of the same block.
    """
    kept = rows.width - 1
    if not blocks.any():
        triangle = _tall(rows)
        return triangle[:kept], float(triangle[kept, kept] ** 2), np.zeros(kept, dtype=np.int64)
    order = np.argsort(blocks, kind="stable")
    sizes = np.bincount(blocks)
    begin = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    squares = 0.0
    parts, places, turns = [], [], []
    for size in np.unique(sizes):
        same = np.flatnonzero(sizes == size)
        members = order[begin[same][:, None] + np.arange(size)]
        if size < rows.width:
            # Too few to reduce: these rows stay as they are.
            parts.append(rows.take(members.ravel()))
            places.append(members.ravel())
            turns.append(np.tile(np.arange(size), len(same)))
            continue
        triangles = _triangle(rows.take(members))
        squares += float((triangles[:, kept, kept] ** 2).sum())
        parts.append(triangles[:, :kept].reshape(-1, rows.width))
        places.append(np.repeat(members[:, 0], kept))
        turns.append(np.tile(np.arange(kept), len(same)))
    # All first rows of the blocks, then all second ones: groups then follow one another.
    place = np.concatenate(places)
    best = np.lexsort((blocks[place], np.concatenate(turns)))
    return np.concatenate(parts)[best], squares, place[best]


def _triangle(rows: Floats) -> Floats:
    """Give the triangle of a QR decomposition, of one matrix or of each of many."""
    return np.asarray(np.linalg.qr(rows, mode="r"))


def _tall(rows: _Rows) -> Floats:
    """Reduce all rows to one triangle, part by part.

    The triangle of stacked triangles is the triangle of all rows (Demmel, Grigori, Hoemmen and Langou
    2012, SIAM J. Scientific Computing 34(1), sec. 3.1).
    """
    triangles = [
        _triangle(rows.take(slice(start, start + ROWS_AT_ONCE)))
        for start in range(0, len(rows), ROWS_AT_ONCE)
    ]
    stacked = np.concatenate(triangles)
    triangle = _triangle(stacked) if len(triangles) > 1 else triangles[0]
    whole = np.zeros((rows.width, rows.width))
    whole[: len(triangle)] = triangle
    return whole
