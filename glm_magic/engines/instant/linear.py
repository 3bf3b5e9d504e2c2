"""Read a linear predictor off a function, by trying points.

A predictor of a GLM is a polynomial of its free variables, of degree one in most and of degree two where
an effect is an offset times a scale. So a few well-chosen points tell all of it: at zero the offset, at
unit vectors the design matrix, and for indexed effects, however many groups there are, two points: with
every effect 1 the predictor is each row's multiplier, with effects 1, 2, 3, ... it is the multiplier
times the number of the row's group. Random points confirm what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from glm_magic.engines.instant.blocks import blocks
from glm_magic.engines.instant.program import Floats, Group, NotInstant, Positions, Variable

Predictor = Callable[[Floats], Floats]
"""From a constrained point, shape (n_dim,), to the predictor, shape (n_rows,): a new array each time."""

SAME = 1e-9
"""Relative error below which two evaluations agree; a wrong reading is off by far more."""
MOST_UNIT_VECTORS = 16
"""Variables up to this size are read one element at a time; larger ones are first tried as an index."""
MOST_DENSE = 1_000
MOST_SCALES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A predictor as arrays; the fields are those of `program.LinearPredictor`.

    Attributes
    ----------
    offset : ndarray, shape (n_rows,)
    columns : ndarray of int, shape (n_columns,)
    dense : ndarray, shape (n_columns, n_rows)
    groups : tuple of Group
    """

    offset: Floats
    columns: Positions
    dense: Floats
    groups: tuple[Group, ...]

    def __call__(self, c: Floats) -> Floats:
        """Evaluate the predictor at one point."""
        eta = np.asarray(c[self.columns] @ self.dense)
        eta += self.offset
        for group in self.groups:
            scale = 1.0 if group.scale < 0 else c[group.scale]
            for rows in blocks(len(eta)):
                eta[rows] += group.multiplier[rows] * scale * c[group.index[rows]]
        return eta


def read_linear(
    predictor: Predictor, variables: Sequence[Variable], n_dim: int, step: float
) -> Read | NotInstant:
    """Read offset, design matrix and group-specific effects.

    Parameters
    ----------
    predictor : callable
    variables : sequence of Variable
        Those that it depends on.
    n_dim : int
        Length of a point.
    step : float
        How far from zero to look: a power of two, so that dividing by it is exact. A large one
        makes the offset vanish beside the tiniest column; a link that overflows needs a small one.

    Returns
    -------
    Read or NotInstant
    """
    reader = _Reader(predictor, n_dim, step)
    if not np.isfinite(reader.offset).all():
        return NotInstant(reason="its predictor is not finite where the coefficients are zero")
    pairs = reader.pairs(variables)
    if isinstance(pairs, NotInstant):
        return pairs
    columns: list[int] = []
    dense: list[Floats] = []
    groups: list[Group] = []
    for variable in variables:
        read = reader.effects(variable, None)
        if isinstance(read, NotInstant):
            return read
        columns.extend(read.columns)
        dense.extend(read.dense)
        groups.extend(read.groups)
    for effect, scale in pairs:
        for element in range(scale.start, scale.start + scale.size):
            read = reader.effects(effect, element)
            if isinstance(read, NotInstant):
                return read
            n_rows = len(reader.offset)
            for position, column in zip(read.columns, read.dense, strict=True):
                index = np.full(n_rows, position, dtype=np.int64)
                groups.append(Group(multiplier=column, index=index, scale=element))
            groups.extend(read.groups)
    found = Read(
        offset=reader.offset,
        columns=np.array(columns, dtype=np.int64),
        dense=_stacked(dense, len(reader.offset)),
        groups=tuple(groups),
    )
    confirmed = all(reader.agree([found(point)], [predictor(point)]) for point in reader.points(variables))
    return found if confirmed else NotInstant(reason="its predictor is not linear in the coefficients")


def _stacked(columns: list[Floats], n_rows: int) -> Floats:
    """Put columns into one array, letting each go once it is there: they may be as large as the data."""
    found = np.empty((len(columns), n_rows))
    for place in range(len(columns)):
        found[place] = columns[place]
        columns[place] = found[place]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Effects:
    """What one variable adds: dense columns, or indexed effects."""

    columns: tuple[int, ...] = ()
    dense: tuple[Floats, ...] = ()
    groups: tuple[Group, ...] = ()


class _Reader:
    """Points to try, and what they gave."""

    def __init__(self, predictor: Predictor, n_dim: int, step: float) -> None:
        self._predictor = predictor
        self._n_dim = n_dim
        self._step = step
        # Any fixed seed: these points only have to be in no special place.
        self._random = np.random.default_rng(20_240_229)
        self.offset = predictor(np.zeros(n_dim))
        self._alone: dict[tuple[int, ...], Floats] = {}

    def points(self, variables: Sequence[Variable]) -> list[Floats]:
        """Draw three points at which all variables move."""
        return [self._moved(variables) for _ in range(3)]

    def _moved(self, variables: Sequence[Variable]) -> Floats:
        point = np.zeros(self._n_dim)
        for variable in variables:
            # Away from zero, so that no product vanishes by chance.
            size = self._random.uniform(0.5, 1.5, variable.size)
            sign = 1.0 if variable.transform.kind in ("log", "lower") else -1.0
            point[variable.start : variable.start + variable.size] = size * np.where(
                self._random.random(variable.size) < 0.5, sign, 1.0
            )
        return point * min(self._step, 1.0)

    @staticmethod
    def agree(ones: Sequence[Floats], others: Sequence[Floats]) -> bool:
        """Whether two sums of predictors are the same but for rounding."""

        def sizes(rows: slice) -> Floats:
            first, second = (reduce(np.add, [abs(one[rows]) for one in side]) for side in (ones, others))
            return np.asarray(np.maximum(first, second))

        def same(rows: slice) -> bool:
            first, second = (reduce(np.add, [one[rows] for one in side]) for side in (ones, others))
            apart = first - second
            # Rows where large terms cancel cannot be as exact as these terms are.
            return bool((abs(apart) <= SAME * np.maximum(sizes(rows), 1e-6 * most)).all())

        n_rows = len(ones[0])
        most = max((float(sizes(rows).max()) for rows in blocks(n_rows)), default=0.0)
        return bool(np.isfinite(most)) and all(same(rows) for rows in blocks(n_rows))

    def pairs(self, variables: Sequence[Variable]) -> list[tuple[Variable, Variable]] | NotInstant:
        """Find the variables that multiply each other: (effect, scale)."""
        everything = self._moved(variables)
        if self._additive(everything, self._moved(variables)):
            return []
        involved = [one for one in variables if not self._additive(_only(everything, one), everything)]
        found = []
        for place, one in enumerate(involved):
            if not self._additive(_only(everything, one), _only(self._moved(variables), one)):
                return NotInstant(reason=f"the predictor is not linear in {one.name!r}")
            for other in involved[place + 1 :]:
                if not self._additive(_only(everything, one), _only(everything, other)):
                    found.append(_effect_and_scale(one, other))
        effects, scales = {pair[0].name for pair in found}, {pair[1].name for pair in found}
        if effects & scales:
            names = ", ".join(sorted(effects & scales))
            return NotInstant(reason=f"its predictor multiplies three variables, {names} among them")
        if sum(scale.size for scale in {scale.name: scale for _, scale in found}.values()) > MOST_SCALES:
            return NotInstant(reason="its effects have one scale each")
        return found

    def _additive(self, one: Floats, other: Floats) -> bool:
        """Whether two moves from zero do the same together as one after the other."""
        both, first, second = self._predictor(one + other), self._predictor(one), self._predictor(other)
        return self.agree([both, self.offset], [first, second])

    def effects(self, variable: Variable, scale: int | None) -> _Effects | NotInstant:
        """Read what one variable adds to each row, alone or for one unit of a scale."""
        positions = np.arange(variable.start, variable.start + variable.size)
        if scale is not None or variable.size > MOST_UNIT_VECTORS:
            for blocks in _split(positions.reshape(variable.shape)):
                read = [self._indexed(block, scale) for block in blocks]
                if all(group is not None for group in read):
                    groups = [group for group in read if group is not None and group.multiplier.any()]
                    return _Effects(groups=tuple(groups))
        n_rows = len(self.offset)
        if variable.size > MOST_DENSE:
            return NotInstant(
                reason=f"its predictor needs a dense matrix of {n_rows:,} × {variable.size:,} for {variable.name!r}"
            )
        columns = {
            int(position): self._response(np.array([position]), np.ones(1), scale) for position in positions
        }
        moving = {position: column for position, column in columns.items() if column.any()}
        if not all(np.isfinite(column).all() for column in moving.values()):
            return NotInstant(reason=f"its predictor is not finite for a large {variable.name!r}")
        return _Effects(columns=tuple(moving), dense=tuple(moving.values()))

    def _indexed(self, positions: Positions, scale: int | None) -> Group | None:
        """Read elements of which each row takes one; None when some row takes more."""
        numbers = np.arange(1.0, len(positions) + 1)
        multiplier = self._response(positions, np.ones(len(positions)), scale)
        moves = multiplier != 0
        with np.errstate(all="ignore"):
            ratio = self._response(positions, numbers, scale)[moves] / multiplier[moves]
        nearest = np.rint(ratio)
        if not (np.isfinite(ratio).all() and (abs(ratio - nearest) < 1e-3).all()):
            return None
        if ((nearest < 1) | (nearest > len(positions))).any():
            return None
        place = np.zeros(len(multiplier), dtype=np.int64)
        place[moves] = nearest.astype(np.int64) - 1
        trial = self._random.uniform(0.5, 1.5, len(positions))
        if not self.agree([multiplier * trial[place]], [self._response(positions, trial, scale)]):
            return None
        return Group(multiplier=multiplier, index=positions[place], scale=-1 if scale is None else scale)

    def _response(self, positions: Positions, values: Floats, scale: int | None) -> Floats:
        """Difference that elements make, per unit, alone or for one unit of a scale."""
        point = np.zeros(self._n_dim)
        point[positions] = values * self._step
        # In place, for each evaluation is a new array, as long as the data are many.
        alone = self._predictor(point)
        alone -= self.offset
        if scale is not None:
            only_scale = np.zeros(self._n_dim)
            only_scale[scale] = 1.0
            point[scale] = 1.0
            together = self._predictor(point)
            together -= self._predictor(only_scale)
            together -= alone
            alone = together
        alone /= self._step
        return alone


def _only(point: Floats, variable: Variable) -> Floats:
    """Keep one variable of a point, and set the others to zero."""
    kept = np.zeros_like(point)
    own = slice(variable.start, variable.start + variable.size)
    kept[own] = point[own]
    return kept


def _effect_and_scale(one: Variable, other: Variable) -> tuple[Variable, Variable]:
    """Order a product: the scale is the shorter one, and positive if only one of them is."""

    def as_scale(variable: Variable) -> tuple[int, bool]:
        return variable.size, variable.transform.kind == "identity"

    return (other, one) if as_scale(one) < as_scale(other) else (one, other)


def _split(positions: Positions) -> list[list[Any]]:
    """Ways to part a variable into blocks of which each row may take one element."""
    ways = [[positions.ravel()]]
    if positions.ndim > 1:
        last = positions.reshape(-1, positions.shape[-1])
        first = positions.reshape(positions.shape[0], -1)
        ways.append([last[:, k] for k in range(last.shape[1])] if last.shape[1] <= MOST_SCALES else [])
        ways.append(list(first) if first.shape[0] <= MOST_SCALES else [])
    return [way for way in ways if way]
