"""Points at which a program and PyMC's density as written can both be right.

PyMC writes the chance of a failure as ``log(1 - p)``. Evaluated as written that rounds where the predictor
is large, as it is at a jittered start with ages or incomes, while the kernels of the program stay exact.
So the coefficients are scaled by their columns: each term of a predictor then adds about as much as the
others, whatever the units of the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.program import (
    Constant,
    Factor,
    Floats,
    LinearPredictor,
    Point,
    Program,
    Variable,
)

EXACT: Mapping[tuple[str, str], tuple[float, float]] = {
    ("unit", "logit"): (-20.0, 20.0),
    ("unit", "probit"): (-6.0, 6.0),
    ("unit", "cloglog"): (-20.0, 3.0),
    ("real", "log"): (-40.0, 40.0),
    ("positive", "log"): (-15.0, 40.0),
    ("positive", "cloglog"): (-20.0, 20.0),
    ("positive", "softplus"): (-20.0, 1e6),
}
"""(domain, link) to the predictors between which a log density as written keeps 8 digits.

``log(1 - p)`` has a relative error of about 1e-16 / (1 - p) / -log(1 - p): below 3e-9 where 1 - p is above
2e-9, which bounds the first three. A negative binomial as written takes 1 - p from p = n / (n + mu), which
bounds small means; exponentials of 40 and more would drown the other rows.
"""

NEAR_ZERO = 1e-4
"""Beside the largest predictor, one whose reciprocal would drown the other rows."""

_ONE_SIGN = {
    ("real", "inverse"), ("positive", "identity"), ("positive", "inverse"),
    ("positive", "inverse_squared"), ("unit", "identity"),
}  # fmt: skip
"""Links that are not defined for every predictor, or not at 0."""


def is_exact(factor: Factor, c: Floats) -> bool:
    """Tell whether the log density as written keeps its digits at a constrained point.

    Parameters
    ----------
    factor : Factor
    c : ndarray, shape (n_dim,)

    Returns
    -------
    bool
        By the predictors; a factor without one is exact everywhere.
    """
    for slot, domain in _predictors(factor):
        low, high = EXACT.get((domain, slot.link), (-np.inf, np.inf))
        with np.errstate(all="ignore"):
            eta = slot.offset + c[slot.columns] @ slot.dense
            for group in slot.groups:
                eta = eta + group.multiplier * (1.0 if group.scale < 0 else c[group.scale]) * c[group.index]
        # Not a number is not exact either.
        if not (low <= eta.min() and eta.max() <= high):
            return False
        if slot.link.startswith("inverse") and abs(eta).min() < NEAR_ZERO * abs(eta).max():
            return False
    return True


_SCALE_SLOT = {"normal": 2, "student_t": 3, "cauchy": 2, "laplace": 2}
"""Which slot of a prior of any real number is its scale."""


class Scales:
    """How far the coordinates of a program move its predictors and priors, and points that suit both.

    Parameters
    ----------
    program : Program

    Attributes
    ----------
    sizes : ndarray, shape (n_dim,)
        What a coefficient has to be for its term to have its share of a predictor of moderate size: about 1
        behind a link, the size of the data without one. 0 for what is no coefficient.
    spreads : ndarray, shape (n_dim,)
        The scale of a coordinate's prior, where that is a constant; else 0.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self.sizes, self.spreads = np.zeros(program.n_dim), np.zeros(program.n_dim)
        # Of the terms of predictors that must be positive; 0 where a term may have either sign.
        self._signs = np.zeros(program.n_dim)
        for factor in program.factors:
            value, scale = factor.slots[0], factor.slots[_SCALE_SLOT.get(factor.distribution, 0)]
            if isinstance(value, Point) and isinstance(scale, Constant):
                self.spreads[value.positions] = scale.values
            for slot, domain in _predictors(factor):
                one_sign = (domain, slot.link) in _ONE_SIGN
                unit = (
                    _size(factor) if (domain, slot.link) == ("real", "identity") else 0.5 if one_sign else 2.0
                )
                share = unit / max(len(slot.columns) + len(slot.groups), 1)
                for position, column in zip(slot.columns, slot.dense, strict=True):
                    self._put(
                        np.array([position]), share / _largest(column), _sign(column) if one_sign else 0.0
                    )
                for group in slot.groups:
                    size = share / _largest(group.multiplier)
                    index = np.zeros(program.n_dim, dtype=bool)
                    index[group.index] = True
                    self._put(index, size if group.scale < 0 else 1.0, 0.1 if one_sign else 0.0)
                    if group.scale >= 0:
                        self._put(np.array([group.scale]), size, 1.0)

    def _put(self, positions: NDArray[np.int64] | NDArray[np.bool_], size: float, sign: float) -> None:
        """Keep the smallest size of each coordinate that several predictors share."""
        known = self.sizes[positions]
        smaller = (known == 0) | (size < known)
        self.sizes[positions] = np.where(smaller, size, known)
        self._signs[positions] = np.where(self._signs[positions] == 0, sign, self._signs[positions])

    def moderate(self, u: Floats, random: np.random.Generator) -> Floats:
        """Give coefficients their sizes, up to a factor and a sign drawn for each; leave the other coordinates.

        Parameters
        ----------
        u : ndarray, shape (n_dim,)
            Unconstrained, as is what is returned.
        random : numpy.random.Generator

        Returns
        -------
        ndarray, shape (n_dim,)
        """
        c = self.sizes * self._factors(random)
        moved = u.copy()
        for variable in self._program.variables:
            own = slice(variable.start, variable.start + variable.size)
            coefficient = self.sizes[own] > 0
            inside = unconstrained(variable, _inside(variable, c[own], random))
            moved[own] = np.where(coefficient, inside, moved[own])
        return moved

    def spread(self, u: Floats, random: np.random.Generator) -> Floats:
        """Move from a point by the scales of the priors: a prior that is wide moves only far out."""
        size = random.uniform(0.5, 1.5, len(u)) * random.choice([-1.0, 1.0], len(u))
        return np.asarray(u + self.spreads * size)

    def displaced(self, u: Floats, random: np.random.Generator) -> Floats:
        """Move from a point by as much: coefficients by their sizes, the other coordinates not."""
        moved = u.copy()
        for variable in self._program.variables:
            if variable.transform.kind == "identity":
                own = slice(variable.start, variable.start + variable.size)
                moved[own] += (self.sizes * self._factors(random))[own]
        return moved

    def directions(self, u: Floats, blocks: int, random: np.random.Generator) -> Iterator[Floats]:
        """Draw directions, in each of which some coordinates move, and in all of them all.

        Parameters
        ----------
        u : ndarray, shape (n_dim,)
            Where the directions begin.
        blocks : int
            How many there are; one per coordinate if that is fewer.
        random : numpy.random.Generator

        Yields
        ------
        ndarray, shape (n_dim,)
            A step of 1 along it moves each of its coordinates by about its own size.
        """
        steps = np.ones(len(u))
        for variable in self._program.variables:
            if variable.transform.kind == "identity":
                own = slice(variable.start, variable.start + variable.size)
                # A reciprocal changes as fast as the coefficient is small.
                size = np.where(self._signs[own] == 0, np.maximum(self.sizes[own], abs(u[own])), abs(u[own]))
                steps[own] = np.where(size > 0, size, 1.0)
        steps *= random.uniform(0.5, 1.5, len(u)) * random.choice([-1.0, 1.0], len(u))
        for block in np.array_split(random.permutation(len(u)), min(blocks, len(u))):
            direction = np.zeros(len(u))
            direction[block] = steps[block]
            yield direction

    def _factors(self, random: np.random.Generator) -> Floats:
        size = random.uniform(0.5, 1.5, len(self.sizes))
        either = random.choice([-1.0, 1.0], len(self.sizes))
        return size * np.where(
            self._signs == 0, either, np.where(abs(self._signs) < 1, 0.1 * either, self._signs)
        )


def unconstrained(variable: Variable, values: Floats) -> Floats:
    """Take elements of a variable from its own scale to the sampler's."""
    low, high = variable.transform.lower, variable.transform.upper
    # A draw may have rounded to its bound; the check leaves such a point out.
    with np.errstate(divide="ignore"):
        match variable.transform.kind:
            case "log":
                return np.log(values)
            case "logodds":
                return np.log(values) - np.log1p(-values)
            case "interval":
                return np.log(values - low) - np.log(high - values)
            case "lower":
                return np.log(values - low)
            case "upper":
                return np.log(high - values)
            case _:
                return values


def _inside(variable: Variable, values: Floats, random: np.random.Generator) -> Floats:
    """Bring elements of a variable within its bounds, where they are not."""
    size = np.where(values == 0, 1.0, abs(values))
    low, high = variable.transform.lower, variable.transform.upper
    match variable.transform.kind:
        case "log":
            return size
        case "logodds" | "interval":
            low, high = (np.zeros(1), np.ones(1)) if variable.transform.kind == "logodds" else (low, high)
            margin = (high - low) * random.uniform(0.01, 0.1, len(values))
            return np.clip(values, low + margin, high - margin)
        case "lower":
            return np.where(values > low, values, low + size)
        case "upper":
            return np.where(values < high, values, high - size)
        case _:
            return values


def _predictors(factor: Factor) -> Iterator[tuple[LinearPredictor, str]]:
    """Yield the linear slots of a factor, with their domains."""
    for slot, domain in zip(factor.slots, DISTRIBUTIONS[factor.distribution].domains, strict=True):
        if isinstance(slot, LinearPredictor):
            yield slot, domain


def _size(factor: Factor) -> float:
    """Give the size of the data; 1 for a prior."""
    value = factor.slots[0]
    return _largest(value.values) if isinstance(value, Constant) else 1.0


def _largest(values: Floats) -> float:
    """Give the largest absolute value, or 1 when all are 0."""
    return max(float(values.max()), -float(values.min())) or 1.0


def _sign(column: Floats) -> float:
    """Give the sign of a column; 0.1, for a small term of either sign, when it has both."""
    if (column >= 0).all():
        return 1.0
    return -1.0 if (column <= 0).all() else 0.1
