"""Write ``tests/wire/engine.json``: programs of the instant engine, and their log densities and gradients.

``python tests/wire/write_engine.py``. The page packs and evaluates the same programs (``js/test/engine``), and
``tests/test_wire_engine.py`` evaluates what is stored again. Programs are made by hand: every distribution with every
link, every distribution as a prior whose parameters are random, and what else a program may hold.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from glm_magic.engines.instant.bridge import kernel
from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.links import LINKS
from glm_magic.engines.instant.pack import number, pack
from glm_magic.engines.instant.priors import PRIORS
from glm_magic.engines.instant.program import (
    Constant,
    Factor,
    Floats,
    Group,
    LinearPredictor,
    Point,
    Positions,
    Program,
    Slot,
    Transform,
    Variable,
)
from glm_magic.files import write
from glm_magic.wire import EXACT, encode

ENGINE = Path(__file__).parent / "engine.json"
ROWS, POINTS = 8, 3
NOWHERE = np.zeros(0)
KINDS = {
    "real": ("identity", "c", "identity"),
    "positive": ("log", "u", "log"),
    "unit": ("logodds", "u", "logit"),
}
"""Of each domain: the transform, and how a slot reads a variable that has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A program, as it is packed for the page, and what it is at a few points."""

    name: str
    program: Program = field(metadata=EXACT)
    words: Positions
    numbers: Floats = field(metadata=EXACT)
    points: Floats = field(metadata=EXACT)
    values: Floats = field(metadata=EXACT)
    gradients: Floats = field(metadata=EXACT)
    constrained: Floats = field(metadata=EXACT)


class Sketch:
    """A program that grows."""

    def __init__(self) -> None:
        self.variables: list[Variable] = []
        self.factors: list[Factor] = []

    def variable(
        self, size: int, kind: str = "identity", lower: Floats = NOWHERE, upper: Floats = NOWHERE
    ) -> Any:
        """Add a variable; give its positions."""
        start = sum(one.size for one in self.variables)
        transform = Transform(kind=kind, lower=lower, upper=upper)
        name = f"v{len(self.variables)}"
        self.variables.append(Variable(name=name, shape=(size,), start=start, transform=transform))
        return np.arange(start, start + size)

    def point(self, domain: str, size: int = 1) -> Point:
        """Add a variable of a domain; give a slot that reads it."""
        kind, source, link = KINDS[domain]
        return Point(positions=self.variable(size, kind), source=source, link=link)

    def factor(
        self, distribution: str, *slots: Slot, rows: int = ROWS, weights: Floats | None = None
    ) -> None:
        """Add a distribution."""
        name = f"f{len(self.factors)}"
        self.factors.append(
            Factor(distribution=distribution, rows=rows, slots=slots, weights=weights, variables=(name,))
        )

    def normal(self, positions: Any, mu: float, sigma: float) -> None:
        """Add a normal prior."""
        value = Point(positions=positions, source="c", link="identity")
        self.factor("normal", value, constant(mu), constant(sigma), rows=len(positions))

    def program(self) -> Program:
        """Close it."""
        return Program(variables=tuple(self.variables), factors=tuple(self.factors))


def constant(*values: float) -> Constant:
    """Make a slot that nothing moves."""
    return Constant(values=np.array(values, dtype=np.float64))


def data(distribution: str, rows: int, rng: np.random.Generator) -> list[Constant | None]:
    """Make the value of a likelihood, and its other slots that are data; None where a slot is none."""
    found = DISTRIBUTIONS[distribution]
    y = {
        "real": 1 + rng.normal(size=rows),
        "positive": np.exp(0.4 * rng.normal(size=rows)),
        "unit": rng.uniform(0.1, 0.9, size=rows),
        "fixed": rng.poisson(2.0, size=rows).astype(float),
    }[found.domains[0]]
    if distribution == "bernoulli":
        y = np.minimum(y, 1.0)
    more = {
        "n": y + rng.integers(0, 4, size=rows),
        "count": np.full(rows, 2.0),
        "squares": np.full(rows, 1.5),
    }
    slots = [
        Constant(values=np.asarray(more[slot], float)) if slot in more else None for slot in found.slots[1:]
    ]
    return [Constant(values=y), *slots]


def likelihood(distribution: str, link: str, rows: int, columns: int = 2) -> Program:
    """Make a regression: the first parameter that is a mean, or else the first, on columns of which one is constant."""
    sketch, rng = Sketch(), np.random.default_rng(8927)
    found, slots = DISTRIBUTIONS[distribution], data(distribution, rows, rng)
    free = [place for place, slot in enumerate(slots) if slot is None]
    main = next((place for place in free if found.slots[place] in ("mu", "p")), free[0])
    b = sketch.variable(columns)
    x = np.vstack([np.ones(rows), rng.uniform(-1, 1, size=(columns - 1, rows))])
    sketch.normal(b, 0.0, 2.0)
    for place in free:
        if place == main:
            slots[place] = linear(b, x, link)
        else:
            slots[place] = own = sketch.point(found.domains[place])
            if found.domains[place] == "positive":
                sketch.factor("half_normal", own, constant(1.5), rows=1)
    sketch.factor(distribution, *[slot for slot in slots if slot is not None], rows=rows)
    return sketch.program()


def linear(
    columns: Any, dense: Floats, link: str, groups: tuple[Group, ...] = (), offset: Floats | None = None
) -> LinearPredictor:
    """Make a linear slot."""
    offset = np.zeros(1) if offset is None else offset
    return LinearPredictor(offset=offset, columns=columns, dense=dense, groups=groups, link=link)


def prior(distribution: str) -> Program:
    """Make a prior of three numbers with random parameters, each on its own scale."""
    sketch, found = Sketch(), DISTRIBUTIONS[distribution]
    slots = [sketch.point(domain, 3 if place == 0 else 1) for place, domain in enumerate(found.domains)]
    sketch.factor(distribution, *slots, rows=3)
    return sketch.program()


def grouped() -> Program:
    """Make two chunks of rows with weights, an offset, five columns, and groups with a scale and without one."""
    sketch, rng, rows = Sketch(), np.random.default_rng(8927), 300
    b, offsets = sketch.variable(5), sketch.variable(6)
    scale, effects, sigma = sketch.point("positive"), sketch.variable(rows), sketch.point("positive")
    sketch.normal(b, 0.0, 2.0)
    sketch.normal(offsets, 0.0, 1.0)
    sketch.normal(effects, 0.0, 0.5)
    sketch.factor("half_student_t", scale, constant(4.0), constant(1.0), rows=1)
    sketch.factor("half_normal", sigma, constant(1.0), rows=1)
    groups = (
        Group(
            multiplier=np.ones(rows),
            index=offsets[rng.integers(0, 6, size=rows)],
            scale=int(scale.positions[0]),
        ),
        Group(multiplier=rng.integers(0, 2, size=rows).astype(float), index=effects, scale=-1),
    )
    dense = rng.integers(-2, 3, size=(5, rows)) / 4
    mu = linear(b, dense, "identity", groups, rng.integers(0, 3, size=rows) / 2)
    y, weights = rng.integers(-8, 9, size=rows) / 4, rng.integers(0, 3, size=rows) / 2
    sketch.factor("normal", Constant(values=y), mu, sigma, rows=rows, weights=weights)
    return sketch.program()


def bounded() -> Program:
    """Make a variable with each transform, in one predictor."""
    sketch, rng = Sketch(), np.random.default_rng(8927)
    lower, upper = np.array([-1.0, 0.5]), np.array([2.0, 4.0])
    positions = np.concatenate(
        [
            sketch.variable(2, "interval", lower, upper),
            sketch.variable(2, "lower", lower, NOWHERE),
            sketch.variable(2, "upper", NOWHERE, upper),
            sketch.variable(1, "logodds"),
        ]
    )
    mu = linear(positions, rng.normal(size=(7, ROWS)), "identity")
    sketch.factor("normal", data("normal", ROWS, rng)[0] or constant(0.0), mu, constant(0.7))
    return sketch.program()


def one_mean() -> Program:
    """Make a predictor without rows of its own, and elements of a vector out of order."""
    sketch, rng = Sketch(), np.random.default_rng(8927)
    b, scales = sketch.variable(2), sketch.point("positive", 3)
    sketch.normal(b[::-1], 0.5, 1.0)
    mixed = Point(positions=scales.positions[rng.integers(0, 3, size=ROWS)], source="u", link="log")
    y = data("normal", ROWS, rng)[0] or constant(0.0)
    sketch.factor("normal", y, linear(b, np.array([[1.0], [0.5]]), "identity"), mixed)
    return sketch.program()


def programs() -> Iterator[tuple[str, Program]]:
    """Yield programs with their names."""
    for distribution, found in DISTRIBUTIONS.items():
        free = [place for place, domain in enumerate(found.domains) if place and domain != "fixed"]
        main = next((place for place in free if found.slots[place] in ("mu", "p")), free[0])
        for domain, link in LINKS:
            if domain == found.domains[main]:
                yield f"{distribution} {link}", likelihood(distribution, link, ROWS)
        if "fixed" not in found.domains:
            yield f"{distribution} prior", prior(distribution)
    yield "grouped", grouped()
    yield "bounded", bounded()
    yield "one mean", one_mean()


def cases() -> list[Case]:
    """Evaluate each program near a point at which every predictor is in its domain."""
    made = []
    for name, program in programs():
        rng, machine = np.random.default_rng(8927), kernel(program)
        centre = np.zeros(program.n_dim)
        if name.endswith(tuple(link for _, link in LINKS)):
            centre[0] = 0.5
        points = centre + 0.1 * rng.normal(size=(POINTS, program.n_dim))
        found, packed = [machine.log_density(u) for u in points], pack(program, number)
        made.append(
            Case(
                name=name,
                program=program,
                words=packed.words,
                numbers=packed.numbers,
                points=points,
                values=np.array([value for value, _ in found]),
                gradients=np.array([gradient for _, gradient in found]),
                constrained=np.array([machine.constrained(u) for u in points]),
            )
        )
    return made


SCIPY: dict[str, Callable[..., Any]] = {
    "Normal": stats.norm,
    "StudentT": stats.t,
    "Cauchy": stats.cauchy,
    "Laplace": stats.laplace,
    "HalfNormal": lambda sigma: stats.halfnorm(scale=sigma),
    "HalfStudentT": lambda nu, sigma: Half(stats.t(nu, 0, sigma)),
    "HalfCauchy": lambda beta: stats.halfcauchy(scale=beta),
    "Exponential": lambda lam: stats.expon(scale=1 / lam),
    "Gamma": lambda alpha, beta: stats.gamma(alpha, scale=1 / beta),
    "InverseGamma": lambda alpha, beta: stats.invgamma(alpha, scale=beta),
    "LogNormal": lambda mu, sigma: stats.lognorm(sigma, scale=np.exp(mu)),
    "Weibull": lambda alpha, beta: stats.weibull_min(alpha, scale=beta),
    "Beta": stats.beta,
}


@dataclass(frozen=True, slots=True)
class Half:
    """The absolute value of a number whose distribution is symmetric about 0."""

    whole: Any

    def ppf(self, p: float) -> float:
        """Give a quantile."""
        return float(self.whole.ppf(0.5 + p / 2))

    def cdf(self, x: float) -> float:
        """Give the distribution function."""
        return float(2 * self.whole.cdf(x) - 1)

    def logpdf(self, x: float) -> float:
        """Give the log density."""
        return float(np.log(2) + self.whole.logpdf(x))


def priors() -> list[dict[str, Any]]:
    """Evaluate each family of priors near its quantiles, with other numbers than it begins with."""
    found = []
    for prior in PRIORS:
        values = [argument.start + 0.25 for argument in prior.arguments]
        own = SCIPY[prior.name](*values)
        at = [float(f"{own.ppf(p):.6g}") for p in (0.02, 0.3, 0.6, 0.98)]
        logp, below = [float(own.logpdf(x)) for x in at], [float(own.cdf(x)) for x in at]
        found.append({"family": prior.name, "values": values, "at": at, "logp": logp, "cdf": below})
    return found


def engine_json() -> str:
    """Write the text of `ENGINE`."""
    payload = encode(cases())
    schema = {"version": 2, "cases": payload.schema}
    buffer = base64.b64encode(payload.buffer).decode("ascii")
    return json.dumps({"buffer": buffer, "schema": schema, "priors": priors()}, allow_nan=False) + "\n"


if __name__ == "__main__":
    write(ENGINE, engine_json().encode("utf-8"))
