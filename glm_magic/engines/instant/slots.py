"""A parameter of a distribution in, a slot out: a constant, or an inverse link of a linear predictor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glm_magic.engines.instant.blocks import blocks
from glm_magic.engines.instant.linear import Read, read_linear
from glm_magic.engines.instant.links import LINKS
from glm_magic.engines.instant.probe import Probe, candidates, constants, free_ancestors, without_axes
from glm_magic.engines.instant.program import (
    Constant,
    Floats,
    LinearPredictor,
    NotInstant,
    Point,
    Positions,
    Slot,
    Variable,
)
from glm_magic.engines.instant.tell_link import spreads, tell_link

EXACT_STEP = 2.0**80
"""Beside it an offset vanishes, and no column of data overflows."""
LINKED_STEP = 2.0**-3
"""Behind a link: small enough for any link to keep its digits."""
MOST_ROWS = 2_000
"""Rows by which a predictor is chosen, however many there are."""
ROUNDING = 1e-12
"""What a few roundings may make of 1 or 0."""


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
    own = names.variable(without_axes(expression))
    if own is not None and own.size == 1:
        return point(own, domain, np.array([own.start]))
    tried = candidates(expression, {rv for _, rv in free})
    probe = Probe(free, tried, names.n_dim)
    same = _constant(probe, shape)
    if same is not None:
        return same
    problem: NotInstant | None = None
    fits = [spreads(value, shape) for value in probe(np.zeros(names.n_dim))]
    for place in _polynomials(probe, len(tried)):
        if not fits[place]:
            continue  # Coefficients on their way to a predictor, say.
        alone = probe if len(tried) == 1 else Probe(free, [tried[place]], names.n_dim)
        read = _predictor(alone, shape)
        if isinstance(read, NotInstant):
            problem = problem or read
            continue
        told = tell_link(probe, place, read, domain, shape)
        if told is not None:
            return _slot(_moved(read, told.factor, told.shift), told.link, domain, probe)
    links = [name for of, name in LINKS if of == domain and name != "identity"]
    for link in links if fits[-1] else []:
        read = _behind(probe, domain, link, shape)
        if isinstance(read, Read):
            return _slot(read, link, domain, probe)
    return problem or NotInstant(reason="a parameter is no inverse link of a linear predictor")


def _constant(probe: Probe, shape: tuple[int, ...]) -> Constant | None:
    """Find out whether a parameter only seems to depend on variables, as ``n (1 - p) / p`` of ``p = n / (2 + n)``."""
    random = np.random.default_rng(3)
    seen: list[Floats] = []
    # At several scales: far from zero a probability is 1 whatever the coefficients, and an exponential infinite.
    for scale in (1.0, 1e-3, 1e-6, 1e-12):
        value = probe(scale * random.uniform(0.2, 0.8, probe.n_dim))[-1]
        if not np.isfinite(value).all():
            continue
        if seen and not _equal(seen[0].reshape(-1), value.reshape(-1)):
            return None
        seen.append(value)
    constant = len(seen) > 1 and spreads(seen[0], shape)
    return Constant(values=_spread(seen[0], shape)) if constant else None


def _equal(one: Floats, other: Floats) -> bool:
    """Whether two evaluations are the same but for a few roundings."""
    return all(
        bool((abs(one[rows] - other[rows]) <= ROUNDING * abs(one[rows])).all()) for rows in blocks(one.size)
    )


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
    if value.shape == shape:
        return value.reshape(-1)
    return np.ascontiguousarray(np.broadcast_to(value, shape)).ravel()


def _polynomials(probe: Probe, count: int) -> list[int]:
    """List the candidates that may be a linear predictor: the last first, for that is the parameter itself.

    Along any straight line such a predictor, effects times scales included, is a parabola: its third
    difference is zero.
    """
    random = np.random.default_rng(1)
    start, step = random.normal(size=probe.n_dim), random.normal(size=probe.n_dim)
    # A few rows are enough to choose what is read; `read_linear` confirms it in all.
    ahead = [[_some(value) for value in probe(start + k * step)] for k in range(4)]
    found = []
    for place in reversed(range(count)):
        a, b, c, d = (values[place] for values in ahead)
        size = abs(a) + 3 * abs(b) + 3 * abs(c) + abs(d)
        if not np.isfinite(size).all():
            continue
        if (abs(d - 3 * c + 3 * b - a) <= 1e-9 * size.max(initial=0.0)).all():
            found.append(place)
    return found


def _some(value: Floats) -> Floats:
    """Take some rows, from the first to the last."""
    flat = value.reshape(-1)
    return flat[np.linspace(0, flat.size - 1, min(flat.size, MOST_ROWS), dtype=np.int64)]


def _predictor(probe: Probe, shape: tuple[int, ...]) -> Read | NotInstant:
    return read_linear(lambda c: _spread(probe(c)[0], shape), probe.variables, probe.n_dim, step=EXACT_STEP)


def _behind(probe: Probe, domain: str, link: str, shape: tuple[int, ...]) -> Read | NotInstant:
    """Read a predictor that stands nowhere in the graph, through the link itself."""
    forward = LINKS[domain, link].forward

    def predictor(c: Floats) -> Floats:
        return forward(_spread(probe(c)[-1], shape))

    with np.errstate(all="ignore"):
        return read_linear(predictor, probe.variables, probe.n_dim, step=LINKED_STEP)


def _moved(read: Read, factor: float, shift: float) -> Read:
    """Multiply a predictor, and add to it."""
    if factor == 1 and shift == 0:
        return read
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
        return point(_owner(probe, int(read.columns[0])), domain, read.columns)
    if plain and len(read.columns) == 0 and len(read.groups) == 1:
        group = read.groups[0]
        if group.scale < 0 and (group.multiplier == 1).all():
            return point(_owner(probe, int(group.index[0])), domain, group.index)
    return LinearPredictor(
        offset=read.offset if read.offset.any() else np.zeros(1),
        columns=read.columns,
        dense=read.dense,
        groups=read.groups,
        link=link,
    )


def _owner(probe: Probe, position: int) -> Variable:
    return next(one for one in probe.variables if one.start <= position < one.start + one.size)


def point(variable: Variable, domain: str, positions: Positions) -> Point:
    """Read elements of a free variable, from ``u`` where the transform is the link of their domain: that is exact.

    Parameters
    ----------
    variable : Variable
    domain : str
        The slot's (`layout`).
    positions : ndarray of int
        Which elements.

    Returns
    -------
    Point
    """
    match domain, variable.transform.kind:
        case "positive", "log":
            return Point(positions=positions, source="u", link="log")
        case "unit", "logodds":
            return Point(positions=positions, source="u", link="logit")
        case _:
            return Point(positions=positions, source="c", link="identity")
