"""Which link takes a linear predictor to a parameter? Told by their values, never by how they were written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glm_magic.engines.instant.blocks import blocks
from glm_magic.engines.instant.linear import Read
from glm_magic.engines.instant.links import LINKS
from glm_magic.engines.instant.probe import Probe
from glm_magic.engines.instant.program import Floats, Positions

SAME = 1e-10
"""Relative error below which a link is the right one; wrong ones are off by far more."""
ROUNDING = 1e-12
"""What a few roundings may make of 1 or 0."""
SATURATED = 1e-3
"""Nearer to 0 or 1 a probability may have lost the digits of its predictor."""
LEAST_POINTS = 3
"""Points at which a parameter must be defined in some row, to tell its link by it."""
LEAST_DISTINCT = 4
"""Values of a predictor by which a link may be told: through fewer, too many curves go."""
TRIED = 400
"""Values of a predictor that are looked at, over as many points as that takes, and some more."""
OTHERS = (1.0, 1e-3, 1e-6, 1e-9)
"""Sizes of variables outside a predictor, of which the first is taken at which the parameter is finite."""
MOST_ROWS = 2_000
"""Rows by which a link is told, however many there are; then all are looked at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A parameter is ``link(factor * predictor + shift)``.

    Attributes
    ----------
    link : str
    factor, shift : float
    """

    link: str
    factor: float
    shift: float


def tell_link(probe: Probe, place: int, read: Read, domain: str, shape: tuple[int, ...]) -> Told | None:
    """Find the link that takes a predictor, times a factor and with a shift, to a parameter.

    Parameters
    ----------
    probe : Probe
        Its last expression is the parameter.
    place : int
        Which of its expressions is the predictor; the last one where the parameter is the predictor.
    read : Read
        The predictor.
    domain : str
        The parameter's domain (`layout`).
    shape : tuple of int
        Shape of the random variable.

    Returns
    -------
    Told or None
    """
    others = _others(probe, read)
    points = _moderate(probe, read, LEAST_POINTS, others)
    if not spreads(probe(points[0])[-1], shape):
        return None
    if place == probe.n_outputs - 1:
        # A function that is flat far out, where the predictor was read, may pass for one; near zero it does not.
        itself = all(_equal(probe(point)[-1], read(point), shape) for point in points)
        return Told(link="identity", factor=1.0, shift=0.0) if itself else None
    points = _moderate(probe, read, LEAST_POINTS + 1 + TRIED // len(read.offset), others)
    n_rows = int(np.prod(shape, dtype=int))
    some = np.linspace(0, n_rows - 1, min(n_rows, MOST_ROWS), dtype=np.int64)

    def at(values: Sequence[Floats], rows: Positions) -> Floats:
        return np.stack([np.broadcast_to(values[k], shape).flat[rows] for k in (place, -1)])

    seen = np.stack([at(probe(point), some) for point in points], axis=1)
    for sign in (1.0, -1.0):
        for of, name in LINKS:
            told = _fitted(name, domain, sign, *seen) if of == domain else None
            if told is None:
                continue
            if len(some) == n_rows:
                return told
            values = probe(points[0])
            if all(
                _holds(told, domain, *at(values, np.arange(rows.start, rows.stop))) for rows in blocks(n_rows)
            ):
                return told
    return None


def spreads(value: Floats, shape: tuple[int, ...]) -> bool:
    """Whether a parameter has a value for each element of a shape, or one for all."""
    try:
        return np.broadcast_shapes(value.shape, shape) == shape or value.size == 1
    except ValueError:
        return False


def _fitted(name: str, domain: str, sign: float, eta: Floats, parameter: Floats) -> Told | None:
    """Fit factor and shift of a link to predictors and parameters, shape (n_points, n_rows) each."""
    link = LINKS[domain, name]
    seen = link.forward(parameter)
    # Elsewhere a parameter means nothing, and may be what no link gives.
    known = np.isfinite(seen) & _inside(link.inverse(sign * eta), domain) & _inside(parameter, domain)
    fit = next((rows for rows in _precise(known, parameter, name) if _tells(rows, eta)), None)
    if fit is None:
        return None
    if np.ptp(parameter[fit]) <= ROUNDING * abs(parameter[fit]).max():
        # It has saturated: what moves it is rounding.
        return None
    factor, shift = _line(eta[fit], seen[fit])
    if abs(factor) * np.ptp(eta[fit]) < ROUNDING * abs(seen[fit]).max():
        # The predictor moved, and the parameter did not.
        return None
    same = _same(link.inverse(factor * eta[known] + shift), parameter[known])
    return Told(link=name, factor=factor, shift=shift) if same else None


def _precise(known: NDArray[np.bool_], parameter: Floats, link: str) -> Sequence[NDArray[np.bool_]]:
    """Give the values by which a link may be told, the best choice first.

    A probability near 1 has rounded: its predictor is not to be found from it. Near 0 some are written so that
    they have too.
    """
    if link not in ("logit", "probit", "cloglog"):
        return (known,)
    below = known & (parameter < 1 - SATURATED)
    return below & (parameter > SATURATED), below


def _tells(rows: NDArray[np.bool_], eta: Floats) -> bool:
    """Whether these values of a predictor are enough to tell a link."""
    return bool(rows.any(axis=1).sum() >= LEAST_POINTS and len(np.unique(eta[rows])) >= LEAST_DISTINCT)


def _holds(told: Told, domain: str, eta: Floats, parameter: Floats) -> bool:
    """Whether a link takes the predictor to the parameter in all rows where that means something."""
    link = LINKS[domain, told.link]
    known = _inside(parameter, domain) & np.isfinite(link.forward(parameter))
    return _same(link.inverse(told.factor * eta[known] + told.shift), parameter[known])


def _inside(parameter: Floats, domain: str) -> NDArray[np.bool_]:
    """Tell which values a domain has."""
    match domain:
        case "positive":
            return parameter > 0
        case "unit":
            return (parameter > 0) & (parameter < 1)
        case _:
            return np.isfinite(parameter)


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """Fit a line; a factor and a shift that are 1, -1 or 0 but for rounding are made so."""
    centre = x - x.mean()
    spread = float(centre @ centre)
    factor = float(centre @ (y - y.mean())) / spread if spread > 0 else 1.0
    factor = float(np.rint(factor)) if abs(abs(factor) - 1) < ROUNDING else factor
    shift = float(np.mean(y - factor * x))
    return factor, 0.0 if abs(shift) < ROUNDING * max(1.0, abs(factor) * float(abs(x).max())) else shift


def _equal(parameter: Floats, predictor: Floats, shape: tuple[int, ...]) -> bool:
    """Whether a parameter is a predictor, shape (n_rows,) or (1,), but for rounding."""
    whole = parameter if len(predictor) == 1 else np.broadcast_to(parameter, shape)
    expected = whole.reshape(-1)
    if len(predictor) != len(expected):
        return bool((abs(predictor - expected) <= SAME * abs(expected).max()).all())
    most = SAME * max(float(abs(expected[rows]).max()) for rows in blocks(len(expected)))
    return all(bool((abs(predictor[rows] - expected[rows]) <= most).all()) for rows in blocks(len(expected)))


def _same(one: Floats, other: Floats) -> bool:
    """Whether two parameters agree."""
    return bool((abs(one - other) <= SAME * np.maximum(abs(other), 1e-12)).all())


def _others(probe: Probe, read: Read) -> float:
    """Find how large variables outside the predictor may be: beside incomes, a coefficient of 1 is too large."""
    for size in OTHERS:
        if all(np.isfinite(probe(point)[-1]).all() for point in _moderate(probe, read, LEAST_POINTS, size)):
            return size
    return 1.0


def _moderate(probe: Probe, read: Read, count: int, others: float) -> list[Floats]:
    """Draw points at which the predictor moves by about one, whatever the scale of its columns.

    Variables outside the predictor are about as large as `others`, unless they must be positive.
    """
    random = np.random.default_rng(2)
    largest, moves = np.full(probe.n_dim, 1 / others), np.zeros(probe.n_dim, dtype=bool)
    terms = len(read.columns) + len(read.groups)
    moves[read.columns] = True
    for position, column in zip(read.columns, read.dense, strict=True):
        largest[position] = max(abs(column).max(), 1e-300) * terms
    for group in read.groups:
        moves[group.index] = True
        largest[group.index] = max(abs(group.multiplier).max(), 1e-300) * terms
        if group.scale >= 0:
            largest[group.scale] = 1.0
    points = []
    for _ in range(count):
        point = random.uniform(0.5, 1.5, probe.n_dim)
        point[moves] *= np.where(random.random(moves.sum()) < 0.5, -1.0, 1.0)
        scaled = point / largest
        for variable in probe.variables:
            if variable.transform.kind in ("log", "logodds"):
                own = slice(variable.start, variable.start + variable.size)
                # A scale or a probability: elsewhere its function may not be defined.
                inside = abs(point[own]) * (0.5 if variable.transform.kind == "logodds" else 1.0)
                scaled[own] = np.where(moves[own], inside / largest[own], inside)
        points.append(scaled)
    return points
