"""A parameter of a distribution in, a slot out: a constant, or an inverse link of a linear predictor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glm_magic.engines.instant.linear import Read, read_linear
from glm_magic.engines.instant.links import LINKS
from glm_magic.engines.instant.probe import Probe, candidates, constants, free_ancestors
from glm_magic.engines.instant.program import (
    Constant,
    Floats,
    Linear,
    NotInstant,
    Point,
    Positions,
    Slot,
    Variable,
)

EXACT_STEP = 2.0**80
"""Beside it an offset vanishes, and no column of data overflows."""
LINKED_STEP = 2.0**-3
"""Behind a link: small enough for any link to keep its digits."""
SAME = 1e-10
"""Relative error below which a link is the right one; wrong ones are off by far more."""
ROUNDING = 1e-12
"""What a few roundings may make of 1 or 0."""
LEAST_POINTS = 3
"""Points at which a parameter must be defined in some row, to tell its link by it."""
LEAST_DISTINCT = 4
"""Values of a predictor by which a link may be told: through fewer, too many curves go."""
TRIED = 400
"""Values of a predictor that are looked at, over as many points as that takes, and some more."""
MOST_ROWS = 2_000
"""Rows by which a link is told, however many there are; then all are looked at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The model's random variables.

    Attributes
    ----------
    free : tuple of (Variable, TensorVariable)
    observed : frozenset of TensorVariable
    """

    free: tuple[tuple[Variable, Any], ...]
    observed: frozenset[Any]

    def variable(self, rv: Any) -> Variable | None:
        """Give the record of a free variable; None for another."""
        return next((variable for variable, own in self.free if own is rv), None)

    @property
    def n_dim(self) -> int:
        """Length of a point."""
        return sum(variable.size for variable, _ in self.free)


def read_slot(expression: Any, domain: str, shape: tuple[int, ...], names: Names) -> Slot | NotInstant:
    """Find out what a parameter is.

    Parameters
    ----------
    expression : TensorVariable
        The parameter, on its own scale.
    domain : str
        The slot's domain (`layout`).
    shape : tuple of int
        Shape of the random variable; the parameter is spread to it.
    names : Names

    Returns
    -------
    Slot or NotInstant
    """
    free = free_ancestors([expression], names.free)
    if any(rv in names.observed for rv in _ends(expression, names)):
        return NotInstant(reason="a parameter depends on an observed variable")
    if not free:
        return Constant(values=_spread(constants([expression])[0], shape))
    if domain == "fixed":
        return NotInstant(reason="a number of trials is not constant")
    own = names.variable(expression)
    if own is not None and own.size == 1:
        return _point(own, domain, np.array([own.start]))
    same = _constant(expression, free, shape, names.n_dim)
    if same is not None:
        return same
    direct = _direct(Probe(free, [expression], names.n_dim), domain, shape)
    if isinstance(direct, Linear | Point):
        return direct
    *inner, _ = tried = candidates(expression, {rv for _, rv in free})
    probe = Probe(free, tried, names.n_dim)
    problem = direct
    for place in _polynomials(probe, len(inner)):
        read = _predictor(probe, place, shape)
        if isinstance(read, NotInstant):
            problem = problem or read
            continue
        for link, factor, shift in _links(probe, place, read, domain, shape):
            return _slot(_moved(read, factor, shift), link, domain, probe)
    for link in (name for of, name in LINKS if of == domain and name != "identity"):
        read = _behind(probe, domain, link, shape)
        if isinstance(read, Read):
            return _slot(read, link, domain, probe)
    return problem or NotInstant(reason="a parameter is no inverse link of a linear predictor")


def _direct(probe: Probe, domain: str, shape: tuple[int, ...]) -> Slot | NotInstant | None:
    """Read a parameter that is a linear predictor itself; None for one that is not."""
    if (domain, "identity") not in LINKS or not _polynomials(probe, 1):
        return None
    read = _predictor(probe, 0, shape)
    if isinstance(read, NotInstant):
        return read
    # A function that is flat far out may pass for a line; near zero it does not.
    for point in _moderate(probe, read)[:LEAST_POINTS]:
        expected = _spread(probe(point)[0], shape)
        if not (abs(read(point) - expected) <= SAME * abs(expected).max()).all():
            return None
    return _slot(read, "identity", domain, probe)


def _constant(
    expression: Any, free: Sequence[tuple[Variable, Any]], shape: tuple[int, ...], n_dim: int
) -> Constant | None:
    """Find out whether a parameter only seems to depend on variables, as ``n (1 - p) / p`` of ``p = n / (2 + n)``."""
    random = np.random.default_rng(3)
    probe = Probe(free, [expression], n_dim)
    # At several scales: far from zero a probability is 1 whatever the coefficients.
    one, *others = (probe(scale * random.uniform(0.2, 0.8, n_dim))[0] for scale in (1.0, 1e-3, 1e-6, 1e-12))
    defined = [other for other in others if np.isfinite(other).all()]
    if not defined or not all((abs(one - other) <= ROUNDING * abs(one)).all() for other in defined):
        return None
    return Constant(values=_spread(one, shape)) if _spreads(one, shape) else None


def _ends(expression: Any, names: Names) -> Iterator[Any]:
    """Yield the random variables that an expression uses, looking no further than those."""
    stop = {rv for _, rv in names.free} | set(names.observed)
    seen: set[Any] = set()
    stack = [expression]
    while stack:
        variable = stack.pop()
        if variable in seen:
            continue
        seen.add(variable)
        if variable in stop:
            yield variable
        elif variable.owner is not None:
            stack.extend(variable.owner.inputs)


def _spread(value: Floats, shape: tuple[int, ...]) -> Floats:
    """Give one row when a value holds for all of them, else one per element."""
    if value.size == 1:
        return value.reshape(1)
    return np.ascontiguousarray(np.broadcast_to(value, shape)).ravel()


def _polynomials(probe: Probe, count: int) -> list[int]:
    """List the candidates that may be a linear predictor.

    Along any straight line such a predictor, effects times scales included, is a parabola: its third
    difference is zero.
    """
    random = np.random.default_rng(1)
    start, step = random.normal(size=probe.n_dim), random.normal(size=probe.n_dim)
    ahead = [probe(start + k * step) for k in range(4)]
    found = []
    for place in range(count):
        a, b, c, d = (values[place] for values in ahead)
        size = abs(a) + 3 * abs(b) + 3 * abs(c) + abs(d)
        if not np.isfinite(size).all():
            continue
        if (abs(d - 3 * c + 3 * b - a) <= 1e-9 * size.max(initial=0.0)).all():
            found.append(place)
    return found


def _predictor(probe: Probe, place: int, shape: tuple[int, ...]) -> Read | NotInstant:
    if not _spreads(probe(np.zeros(probe.n_dim))[place], shape):
        return NotInstant(reason="a parameter has another shape than the data")
    return read_linear(
        lambda c: _spread(probe(c)[place], shape), probe.variables, probe.n_dim, step=EXACT_STEP
    )


def _spreads(value: Floats, shape: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(value.shape, shape) == shape or value.size == 1
    except ValueError:
        return False


def _links(
    probe: Probe, place: int, read: Read, domain: str, shape: tuple[int, ...]
) -> Iterator[tuple[str, float, float]]:
    """Yield the link that takes the predictor, times a factor and with a shift, to the parameter."""
    points = _moderate(probe, read)
    if not _spreads(probe(points[0])[-1], shape):
        return
    n_rows = int(np.prod(shape, dtype=int))
    some = np.linspace(0, n_rows - 1, min(n_rows, MOST_ROWS), dtype=np.int64)

    def at(point: Floats, rows: Positions) -> Floats:
        values = probe(point)
        return np.stack([np.broadcast_to(values[k], shape).ravel()[rows] for k in (place, -1)])

    seen = np.stack([at(point, some) for point in points], axis=1)
    for sign in (1.0, -1.0):
        for of, name in LINKS:
            if of != domain:
                continue
            line = _fitted(name, domain, sign, *seen)
            if line is None:
                continue
            if len(some) < n_rows and not _follows(name, domain, *line, *at(points[0], np.arange(n_rows))):
                continue
            yield name, *line
            return


def _fitted(
    name: str, domain: str, sign: float, eta: Floats, parameter: Floats
) -> tuple[float, float] | None:
    """Find the factor and shift with which a link takes one to the other, shape (n_points, n_rows) each."""
    link = LINKS[domain, name]
    seen = link.forward(parameter)
    # Elsewhere a parameter means nothing, and may be what no link gives.
    known = np.isfinite(seen) & _inside(link.inverse(sign * eta), domain) & _inside(parameter, domain)
    if known.any(axis=1).sum() < LEAST_POINTS or len(np.unique(eta[known])) < LEAST_DISTINCT:
        return None
    factor, shift = _line(eta[known], seen[known])
    if abs(factor) * np.ptp(eta[known]) < ROUNDING * abs(seen[known]).max():
        # The predictor moved, and the parameter did not.
        return None
    return (factor, shift) if _same(link.inverse(factor * eta[known] + shift), parameter[known]) else None


def _follows(name: str, domain: str, factor: float, shift: float, eta: Floats, parameter: Floats) -> bool:
    """Whether a link and a line take the predictor to the parameter in all rows, where that has a meaning."""
    known = _inside(parameter, domain) & np.isfinite(LINKS[domain, name].forward(parameter))
    return _same(LINKS[domain, name].inverse(factor * eta[known] + shift), parameter[known])


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


def _same(one: Floats, other: Floats) -> bool:
    """Whether two parameters agree."""
    return bool((abs(one - other) <= SAME * np.maximum(abs(other), 1e-12)).all())


def _moderate(probe: Probe, read: Read) -> list[Floats]:
    """Draw points at which the predictor moves by about one, whatever the scale of its columns."""
    random = np.random.default_rng(2)
    largest = np.ones(probe.n_dim)
    terms = len(read.columns) + len(read.groups)
    for position, column in zip(read.columns, read.dense, strict=True):
        largest[position] = max(abs(column).max(), 1e-300) * terms
    for group in read.groups:
        largest[group.index] = max(abs(group.multiplier).max(), 1e-300) * terms
    points = []
    for _ in range(6 + TRIED // len(read.offset)):
        point = random.uniform(0.5, 1.5, probe.n_dim)
        moving = np.concatenate([read.columns, *[group.index for group in read.groups]]).astype(int)
        point[moving] *= np.where(random.random(len(moving)) < 0.5, -1.0, 1.0)
        for variable in probe.variables:
            if variable.transform.kind in ("log", "logodds"):
                own = slice(variable.start, variable.start + variable.size)
                # A scale or a probability: elsewhere its function may not be defined.
                point[own] = abs(point[own]) * (0.5 if variable.transform.kind == "logodds" else 1.0)
        points.append(point / largest)
    return points


def _behind(probe: Probe, domain: str, link: str, shape: tuple[int, ...]) -> Read | NotInstant:
    """Read a predictor that stands nowhere in the graph, through the link itself."""
    forward = LINKS[domain, link].forward

    def predictor(c: Floats) -> Floats:
        return forward(_spread(probe(c)[-1], shape))

    if not _spreads(probe(np.zeros(probe.n_dim))[-1], shape):
        return NotInstant(reason="a parameter has another shape than the data")
    with np.errstate(all="ignore"):
        return read_linear(predictor, probe.variables, probe.n_dim, step=LINKED_STEP)


def _moved(read: Read, factor: float, shift: float) -> Read:
    """Multiply a predictor, and add to it."""
    groups = tuple(replace(group, multiplier=factor * group.multiplier) for group in read.groups)
    return Read(
        offset=factor * read.offset + shift, columns=read.columns, dense=factor * read.dense, groups=groups
    )


def _slot(read: Read, link: str, domain: str, probe: Probe) -> Slot:
    """Make the slot; elements that reach it unchanged are taken where they are."""
    plain = link == "identity" and not read.offset.any()
    if (
        plain
        and len(read.columns) == 1
        and not read.groups
        and (read.dense == 1).all()
        and read.dense.size == 1
    ):
        return _point(_owner(probe, int(read.columns[0])), domain, read.columns)
    if plain and len(read.columns) == 0 and len(read.groups) == 1:
        group = read.groups[0]
        if group.scale < 0 and (group.multiplier == 1).all():
            return _point(_owner(probe, int(group.index[0])), domain, group.index)
    return Linear(
        offset=read.offset if read.offset.any() else np.zeros(1),
        columns=read.columns,
        dense=read.dense,
        groups=read.groups,
        link=link,
    )


def _owner(probe: Probe, position: int) -> Variable:
    return next(one for one in probe.variables if one.start <= position < one.start + one.size)


def _point(variable: Variable, domain: str, positions: Positions) -> Point:
    """Read elements from ``u`` where the transform is the link of their domain: that is exact."""
    match domain, variable.transform.kind:
        case "positive", "log":
            return Point(positions=positions, source="u", link="log")
        case "unit", "logodds":
            return Point(positions=positions, source="u", link="logit")
        case _:
            return Point(positions=positions, source="c", link="identity")
