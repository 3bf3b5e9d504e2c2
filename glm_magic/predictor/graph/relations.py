"""Is one vector of data a function of others? Found numerically, so that the code's form is no matter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Recipe = Callable[[Mapping[str, Vector]], Vector]
Function = Callable[[Vector], Vector]

SHAPES: tuple[Function, ...] = (np.log, np.log1p, np.sqrt, np.exp, np.reciprocal)
MAX_DEGREE = 4
# A fit with k coefficients is evidence only if there are clearly more than k points.
SPARE_POINTS = 3
# Or each point was seen this many times on average: a factor's columns have few points, often repeated.
REPEATS = 3


def close(vector: Vector, other: Vector, tolerance: float) -> bool:
    """Whether two vectors are equal up to a tolerance relative to the largest value."""
    scale = float(np.max(np.abs(vector))) or 1.0
    return bool(np.all(np.isfinite(other))) and float(np.max(np.abs(vector - other))) <= tolerance * scale


def affine(vector: Vector, values: Vector, tolerance: float) -> Function | None:
    """``vector = a + b * values``, or None."""
    coefficients = _fit(vector, [values], tolerance)
    return None if coefficients is None else _line(coefficients)


def rescaled(vector: Vector, values: Vector, tolerance: float) -> Function | None:
    """As `affine`, but only as people rescale: centred, shifted, in another unit, or onto 0 to 1."""
    coefficients = _fit(vector, [values], tolerance)
    if coefficients is None:
        return None
    spread = float(np.ptp(vector))
    intercept, slope = coefficients
    natural = (
        abs(float(vector.mean())) <= 1e-6 * spread
        or abs(intercept) <= 1e-9 * spread
        or abs(slope - 1) <= 1e-9
        or (abs(vector.min()) <= 1e-9 and abs(vector.max() - 1) <= 1e-9)
    )
    return _line(coefficients) if natural else None


def shaped(vector: Vector, values: Vector, tolerance: float) -> Function | None:
    """Fit a polynomial of degree 2 to 4, or a line in a logarithm, root, exponential or reciprocal."""
    centre, scale = float(values.mean()), float(values.std()) or 1.0
    standard = (values - centre) / scale
    n_distinct = len(np.unique(values))
    # A polynomial through as many points as it has coefficients says nothing.
    for degree in range(2, min(MAX_DEGREE, n_distinct - 2) + 1):
        coefficients = _fit(vector, [standard**k for k in range(1, degree + 1)], tolerance)
        if coefficients is not None:
            return _polynomial(coefficients, centre, scale)
    for shape in SHAPES:
        for shift, unit in ((0.0, 1.0), (centre, scale)):
            with np.errstate(all="ignore"):
                bent = shape((values - shift) / unit)
            coefficients = _fit(vector, [bent], tolerance)
            if coefficients is not None:
                return _bent(shape, coefficients, shift, unit)
    return None


def interaction(
    vector: Vector, a: Vector, b: Vector, tolerance: float
) -> Callable[[Vector, Vector], Vector] | None:
    """Fit a product of two vectors, each perhaps centred: affine in a, b and a * b; or None."""
    coefficients = _fit(vector, [a, b, a * b], tolerance)
    if coefficients is None:
        return None
    c, with_a, with_b, with_both = (float(v) for v in coefficients)
    if abs(with_both) * float(np.ptp(a * b)) <= 1e-6 * float(np.ptp(vector)):
        return None  # a sum, not a product
    return lambda x, z: c + with_a * x + with_b * z + with_both * x * z


def _fit(vector: Vector, terms: list[Vector], tolerance: float) -> Vector | None:
    """Coefficients (constant first) if the terms give the vector, else None."""
    if not all(np.all(np.isfinite(term)) for term in terms) or not np.all(np.isfinite(vector)):
        return None
    # Most pairs have nothing to do with each other: a few rows say so without a long computation.
    some = np.linspace(0, len(vector) - 1, min(len(vector), 200)).astype(int)
    few = [term[some] for term in terms]
    if len(some) < len(vector) and _solve(vector[some], few, tolerance, exact_rank=False) is None:
        return None
    spread, distinct = float(np.ptp(vector)), len(np.unique(np.column_stack(terms), axis=0))
    needed = len(terms) + 1
    repeated = distinct >= needed and len(vector) >= REPEATS * distinct
    if spread == 0.0 or not (distinct >= needed + SPARE_POINTS or repeated):
        return None
    return _solve(vector, terms, tolerance, exact_rank=True)


def _solve(vector: Vector, terms: list[Vector], tolerance: float, *, exact_rank: bool) -> Vector | None:
    """Least squares, or None if it leaves a rest."""
    # Scaled columns keep the least squares accurate for years, populations and prices.
    sizes = np.array([float(np.max(np.abs(term))) or 1.0 for term in terms])
    design = np.column_stack([np.ones(len(vector)), *(t / s for t, s in zip(terms, sizes, strict=True))])
    solution, _, rank, _ = np.linalg.lstsq(design, vector, rcond=None)
    rest = float(np.max(np.abs(design @ solution - vector)))
    size = max(float(np.ptp(vector)), 1e-6 * float(np.max(np.abs(vector))))
    # On some of the rows the terms may be collinear; only a rest is then an answer.
    if rest > 10 * tolerance * size or (exact_rank and rank < design.shape[1]):
        return None
    return np.concatenate([solution[:1], solution[1:] / sizes])


def _line(coefficients: Vector) -> Function:
    intercept, slope = (float(v) for v in coefficients)
    return lambda v: intercept + slope * v


def _polynomial(coefficients: Vector, centre: float, scale: float) -> Function:
    return lambda v: np.asarray(np.polynomial.polynomial.polyval((v - centre) / scale, coefficients), float)


def _bent(shape: Function, coefficients: Vector, shift: float, unit: float) -> Function:
    intercept, slope = (float(v) for v in coefficients)
    return lambda v: intercept + slope * shape((v - shift) / unit)
