"""Write ``tests/wire/intervals.json``: draws made by hand, and what NumPy and scipy say of their intervals.

``python tests/wire/write_intervals.py``. The browser draws the same bands (``js/test/fit/intervals.test.ts``), and
``tests/test_wire_intervals.py`` compares the file with what is written today.

- pointwise bands: `numpy.quantile` at each grid point
- curvewise bands: ranks of curves, counted one by one
- new observations and new groups: quantiles and moments of the mixture of the draws' distributions, of scipy
- partial residuals: written out for each formula
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from bambi.defaults.families import BUILTIN_FAMILIES
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq
from scipy.special import gamma
from write_predictors import CHAINS, FAMILIES, FRAME, N, built, draws_of, name_of, thinned

from glm_magic.files import write
from glm_magic.predictor.tables import PredictorTables
from glm_magic.predictor.tables.build import tables_of
from glm_magic.predictor.tables.evaluate import evaluate
from glm_magic.views.draws import DrawColumn, DrawsView
from glm_magic.views.predictor import PredictorView
from glm_magic.wire import EXACT, encode

INTERVALS = Path(__file__).parent / "intervals.json"
DRAWS = 100
SEEDS = 100
"""How often the browser draws an observation, or a group, for each of the draws."""
PROBS = (0.95, 0.89, 0.5)
AVERAGED = 60
"""Draws of a case with residuals beyond those over which fitted values are averaged."""

Array = NDArray[np.float64]
Values = Mapping[str, Array]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """A fan and its bands: of each category of the response, or of one.

    Attributes
    ----------
    x : str
    held : tuple of (str, int)
    groups : tuple of str
    scale : str
    n_lines : int
        The first in the order of the fan.
    median : ndarray, shape (n_sets, n_grid)
    pointwise, curvewise : ndarray, shape (n_sets, n_probs, 2, n_grid)
    """

    x: str
    held: tuple[tuple[str, int], ...] = ()
    groups: tuple[str, ...] = ()
    scale: str = "response"
    n_lines: int = DRAWS
    median: Array = field(default_factory=lambda: np.zeros((0, 0)), metadata=EXACT)
    pointwise: Array = field(default_factory=lambda: np.zeros((0, 0)), metadata=EXACT)
    curvewise: Array = field(default_factory=lambda: np.zeros((0, 0)), metadata=EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What is drawn anew, and its distribution.

    Attributes
    ----------
    x : str
    fresh : tuple of str
        At a new level of which grouping variables; new observations where there are none.
    at : tuple of int
        Positions of x.
    ends : ndarray, shape (n_probs, 2, 2, n_at)
        Of each interval, of each end: quantiles that are four Monte Carlo standard errors to either side.
    moments : ndarray, shape (2, n_at), or None
        The mean, and that of the square; None where they say little.
    """

    x: str
    fresh: tuple[str, ...]
    at: tuple[int, ...]
    ends: Array = field(metadata=EXACT)
    moments: Array | None = field(metadata=EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Residuals:
    """Partial residuals of each row."""

    x: str
    held: tuple[tuple[str, int], ...]
    groups: tuple[str, ...]
    values: Array = field(metadata=EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A model with draws."""

    name: str
    draws: DrawsView
    predictor: PredictorView
    bands: tuple[Bands, ...] = ()
    simulated: tuple[Simulated, ...] = ()
    residuals: tuple[Residuals, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """All of them."""

    cases: tuple[Case, ...]
    probs: tuple[float, ...] = PROBS
    seeds: int = SEEDS
    version: int = 2


def shipped(exact: Values) -> DrawsView:
    """Ship draws in single precision, with the fan's order at random."""
    values = np.array([*exact.values()]).reshape(len(exact), CHAINS, -1)
    centre = values.mean(axis=(1, 2))
    count = values[0].size
    return DrawsView(
        n_chains=CHAINS,
        n_draws=count // CHAINS,
        every=1,
        columns=tuple(DrawColumn(label=label, term=None, truth=None) for label in exact),
        centre=centre,
        values=values - centre[:, np.newaxis, np.newaxis],
        order=np.random.default_rng(8).permutation(count).astype(np.uint32),
        divergent=np.zeros(0, dtype=np.uint32),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A model's tables, and its draws in the precision in which they are shipped."""

    name: str
    tables: PredictorTables
    view: DrawsView
    draws: dict[str, Array]

    def predictor(self, observed: Array) -> PredictorView:
        """Give what the browser reads."""
        rows = np.arange(N, dtype=np.uint32)
        return PredictorView(tables=self.tables, rows=rows, observed=observed, linear=())

    def case(self, observed: Array | None = None, **more: Any) -> Case:
        """Give a case."""
        view = self.predictor(np.full(N, np.nan) if observed is None else observed)
        return Case(name=self.name, draws=self.view, predictor=view, **more)


def made(text: str, family: str | None, priors: Mapping[str, str] | None = None, count: int = DRAWS) -> Made:
    """Tabulate a model, and give it draws."""
    model = built(text, family, priors or {})
    tables = tables_of(model, np.arange(N))
    assert isinstance(tables, PredictorTables), tables
    view = shipped(draws_of(tables, count))
    return Made(
        name=name_of(text, family),
        tables=thinned(tables),
        view=view,
        draws={one.label: view.column(one.label) for one in view.columns},
    )


# Bands.


def curves_of(one: Made, asked: Bands) -> Array:
    """Evaluate at each position of x: shape (n_sets, n_lines, n_grid)."""
    places = one.view.order[: asked.n_lines]
    along = []
    for at in range(len(one.tables.variable(asked.x).grid)):
        found = evaluate(one.tables, one.draws, {**dict(asked.held), asked.x: at}, asked.groups)
        value = found.linear[one.tables.parameters[0].name] if asked.scale == "link" else found.mean
        assert value is not None
        along.append(value.reshape(len(value), -1)[places])
    return np.moveaxis(np.array(along), (2, 1, 0), (0, 1, 2))


def pointwise(curves: Array, prob: float) -> Array:
    """Give the equal-tailed interval at each grid point."""
    return np.quantile(curves, [(1 - prob) / 2, (1 + prob) / 2], axis=0)


def depths_of(curves: Array) -> Array:
    """Average half-space depths over grid points (Fraiman & Muniz 2001, Trimmed means for functional data)."""
    count = len(curves)
    ranks = stats.rankdata(curves, axis=0)
    # One grid point after another, so that curves are tied where they are in the browser.
    total = np.zeros(count)
    for column in np.minimum(ranks, count + 1 - ranks).T:
        total += column / count
    return total / curves.shape[1]


def curvewise(curves: Array, prob: float) -> Array:
    """Give the band that the fewest whole curves, at least that share of them, are within.

    It is an envelope of the deepest curves (Mirzargar, Whitaker & Kirby 2014, Curve Boxplot): others run
    within it, so that there are fewer deepest ones than curves within. From one envelope to the next more curves may
    come in than are wanted: the band stops between the last one that is and the next.
    """
    order = np.argsort(-depths_of(curves), kind="stable")
    wanted = int(np.ceil(prob * len(curves) - 1e-9))

    def envelope(count: int) -> Array:
        deepest = curves[order[:count]]
        return np.array([deepest.min(axis=0), deepest.max(axis=0)])

    def inside(band: Array) -> int:
        return int(np.sum(np.all((curves >= band[0]) & (curves <= band[1]), axis=1)))

    enough = next(count for count in range(1, len(curves) + 1) if inside(envelope(count)) >= wanted)
    outer = envelope(enough)
    if enough == 1:
        return outer
    inner = envelope(enough - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.where(curves > inner[1], (curves - inner[1]) / (outer[1] - inner[1]), 0.0)
        below = np.where(curves < inner[0], (inner[0] - curves) / (inner[0] - outer[0]), 0.0)
    steps = np.sort(np.maximum(above, below).max(axis=1))
    reached = steps[wanted - 1]
    after = steps[wanted] if wanted < len(steps) and steps[wanted] <= 1 else 1.0
    band: Array = inner + (reached + after) / 2 * (outer - inner)
    return band


def banded(one: Made, asked: Bands) -> Bands:
    """Answer."""
    curves = curves_of(one, asked)
    # The browser ranks the curves that it draws.
    drawn = curves.astype(np.float32).astype(float)
    return Bands(
        x=asked.x,
        held=asked.held,
        groups=asked.groups,
        scale=asked.scale,
        n_lines=asked.n_lines,
        median=np.median(curves, axis=1),
        pointwise=np.array([[pointwise(each, prob) for prob in PROBS] for each in curves]),
        curvewise=np.array([[curvewise(each, prob) for prob in PROBS] for each in drawn]),
    )


BANDS: Sequence[tuple[str, str | None, Sequence[Bands]]] = (
    ("y ~ x*z", None, (Bands(x="x"), Bands(x="x", held=(("z", 0),), n_lines=37))),
    ("y ~ bs(x, df=4) + (x|g)", None, (Bands(x="x", held=(("g", 1),), groups=("g",)), Bands(x="g", groups=("g",)))),
    ("hit ~ x*h + I(x**2)", "bernoulli", (Bands(x="x", held=(("h", 1),)), Bands(x="x", scale="link"))),
    ("count ~ x + offset(np.log(e))", "poisson", (Bands(x="x"), Bands(x="e"))),
    ("positive ~ x + g", "gamma", (Bands(x="x"), Bands(x="g"))),
    ("kind ~ x*g", "categorical", (Bands(x="x", held=(("g", 2),)),)),
    ("grade ~ x*g", "cumulative", (Bands(x="x"),)),
    ("count ~ x + z\npsi ~ x", "hurdle_poisson", (Bands(x="x"),)),
)  # fmt: skip


# New observations and new groups.


BASES: dict[str, Callable[[Values, int], Any]] = {
    "gaussian": lambda q, n: stats.norm(q["mu"], q["sigma"]),
    "t": lambda q, n: stats.t(q["nu"], q["mu"], q["sigma"]),
    "laplace": lambda q, n: stats.laplace(q["mu"], q["b"]),
    "asymmetriclaplace": lambda q, n: stats.laplace_asymmetric(q["kappa"], q["mu"], 1 / q["b"]),
    "exgaussian": lambda q, n: stats.exponnorm(q["nu"] / q["sigma"], q["mu"], q["sigma"]),
    "lognormal": lambda q, n: stats.lognorm(q["sigma"], scale=np.exp(q["mu"])),
    "bernoulli": lambda q, n: stats.bernoulli(q["p"]),
    "binomial": lambda q, n: stats.binom(n, q["p"]),
    "beta": lambda q, n: stats.beta(q["mu"] * q["kappa"], (1 - q["mu"]) * q["kappa"]),
    "beta_binomial": lambda q, n: stats.betabinom(n, q["mu"] * q["kappa"], (1 - q["mu"]) * q["kappa"]),
    "poisson": lambda q, n: stats.poisson(q["mu"]),
    "negativebinomial": lambda q, n: stats.nbinom(q["alpha"], q["alpha"] / (q["alpha"] + q["mu"])),
    "gamma": lambda q, n: stats.gamma(q["alpha"], scale=q["mu"] / q["alpha"]),
    "exponential": lambda q, n: stats.expon(scale=q["mu"]),
    "weibull": lambda q, n: stats.weibull_min(q["alpha"], scale=q["mu"] / gamma(1 + 1 / q["alpha"])),
    "wald": lambda q, n: stats.invgauss(q["mu"] / q["lam"], scale=q["lam"]),
}
HEAVY = frozenset({"t", "lognormal", "hurdle_lognormal", "wald"})
"""Moments of these do not exist, or rest on few observations."""


class Mixture:
    """The distribution of an observation over all draws: the mean of theirs.

    Parameters
    ----------
    family : str
    parameters : mapping of str to ndarray, shape (n_draws,)
    trials : int
        0 for a family without.
    bounds : ndarray, shape (2,), or None
    """

    def __init__(self, family: str, parameters: Values, trials: int = 0, bounds: Array | None = None) -> None:
        prefix = next((one for one in ("zero_inflated_", "hurdle_") if family.startswith(one)), "")
        self.own = BASES[family.removeprefix(prefix)](parameters, trials)
        self.psi: Array | float = parameters["psi"] if prefix else 1.0
        self.scale = max(trials, 1)
        # Counts of a hurdle are above zero, a truncated response is between its bounds.
        low, high = bounds if bounds is not None else (0.0 if prefix == "hurdle_" else -np.inf, np.inf)
        self.low = low
        self.before = self.own.cdf(low)
        self.within = self.own.cdf(high) - self.before
        self.discrete = hasattr(self.own.dist, "pmf")

    def cdf(self, x: float) -> float:
        """Give the distribution function."""
        there = np.clip((self.own.cdf(x) - self.before) / self.within, 0, 1)
        return float(np.mean((1 - self.psi) * (x >= 0) + self.psi * there))

    def ppf(self, p: float) -> float:
        """Give a quantile, of trials as a proportion."""
        inner = self.own.ppf(self.before + p * self.within)
        zeros = np.any(np.asarray(self.psi) < 1)
        if zeros and self.cdf(0.0) >= p:
            return 0.0
        most = float(np.max(inner))
        if self.discrete:
            return next(k for k in range(int(most) + 1) if self.cdf(k) >= p) / self.scale
        least = 0.0 if zeros else float(np.min(inner))
        return float(brentq(lambda x: self.cdf(x) - p, least - 1e-9, most + 1e-9, xtol=1e-10))

    def moments(self) -> tuple[float, float]:
        """Give the mean, and that of the square."""
        mean, variance = self.own.stats("mv")
        # Nothing of a hurdle's counts is lost with those that are zero, but their share.
        there = self.psi / self.within
        return float(np.mean(there * mean)) / self.scale, float(
            np.mean(there * (variance + mean**2))
        ) / self.scale**2


class Effects:
    """The mean with a new group's normal effects: a mixture of normal distributions."""

    def __init__(self, mean: Array, sd: Array) -> None:
        self.mean, self.sd = mean, sd

    def ppf(self, p: float) -> float:
        """Give a quantile."""
        each = stats.norm(self.mean, self.sd)
        least, most = each.ppf(p).min(), each.ppf(p).max()
        return float(brentq(lambda x: float(each.cdf(x).mean()) - p, least - 1e-9, most + 1e-9, xtol=1e-12))

    def moments(self) -> tuple[float, float]:
        """Give the mean, and that of the square."""
        return float(self.mean.mean()), float(np.mean(self.mean**2 + self.sd**2))


def ends_of(each: Sequence[Mixture | Effects]) -> Array:
    """Bound each end of each interval: four standard errors of a share, and one observation."""
    count = DRAWS * SEEDS
    ends = np.empty((len(PROBS), 2, 2, len(each)))
    for k, prob in enumerate(PROBS):
        for side, p in enumerate([(1 - prob) / 2, (1 + prob) / 2]):
            error = 4 * np.sqrt(p * (1 - p) / count) + 1 / count
            ends[k, side] = [[one.ppf(p - error) for one in each], [one.ppf(p + error) for one in each]]
    return ends


def observations(one: Made, x: str = "x") -> Simulated:
    """Give the distribution of a new observation at three positions."""
    at = (0, len(one.tables.variable(x).grid) // 2, len(one.tables.variable(x).grid) - 1)
    tables = one.tables
    each = [
        Mixture(
            tables.family,
            evaluate(tables, one.draws, {x: place}).parameters,
            tables.observation.trials,
            tables.observation.bounds,
        )
        for place in at
    ]
    plain = tables.family not in HEAVY and tables.observation.bounds is None
    moments = np.array([own.moments() for own in each]).T if plain else None
    return Simulated(x=x, fresh=(), at=at, ends=ends_of(each), moments=moments)


def groups(one: Made, fresh: tuple[str, ...], variance: Callable[[Values, float], Array]) -> Simulated:
    """Give the distribution of the mean at a new level; `variance` of its effects at a value of x."""
    grid = one.tables.variable("x").grid
    at = (0, len(grid) - 1)
    each = [
        Effects(
            evaluate(one.tables, one.draws, {"x": place}).linear[one.tables.parameters[0].name],
            np.sqrt(variance(one.draws, float(grid[place]))),
        )
        for place in at
    ]
    moments = np.array([own.moments() for own in each]).T
    return Simulated(x="x", fresh=fresh, at=at, ends=ends_of(each), moments=moments)


OBSERVED = (
    *((text, family) for family, text in FAMILIES.items()),
    ("truncated(y, lb=-0.5) ~ x", "gaussian"),
)
GROUPS: Sequence[tuple[str, str | None, tuple[str, ...], Callable[[Values, float], Array]]] = (
    ("y ~ x + (1|g)", None, ("g",), lambda q, x: q["1|g_sigma"] ** 2),
    ("count ~ x + (x|g)", "poisson", ("g",), lambda q, x: q["1|g_sigma"] ** 2 + (x * q["x|g_sigma"]) ** 2),
    # A new town has new schools.
    ("hit ~ x + (1|town/school)", "bernoulli", ("town",), lambda q, x: (
        q["1|town_sigma"] ** 2 + q["1|town:school_sigma"] ** 2
    )),
)  # fmt: skip


# Partial residuals.


def partial(one: Made, y: str, held: Mapping[str, int], groups: tuple[str, ...], mean: Any) -> Residuals:
    """Give the curve at each row's x, and what the mean leaves of its y; `mean` is written out for a formula."""
    places = one.view.order[:200]
    draws = {label: values[places][:, np.newaxis] for label, values in one.draws.items()}
    rows = {name: FRAME[name].to_numpy() for name in ("x", "z", "g")}
    standing: dict[str, Any] = {}
    for variable in one.tables.variables:
        if variable.name != "x":
            at = held.get(variable.name, variable.start)
            value = variable.levels[at] if variable.levels else variable.grid[at]
            standing[variable.name] = np.full(N, value)
    fitted = mean(draws, rows).mean(axis=0)
    curve = mean(draws, rows | standing).mean(axis=0)
    return Residuals(
        x="x", held=tuple(held.items()), groups=groups, values=curve + FRAME[y].to_numpy(dtype=float) - fitted
    )


def _line(q: Values, rows: Mapping[str, Any]) -> Array:
    return np.asarray(q["Intercept"] + q["x"] * rows["x"] + q["z"] * rows["z"])


def _of_groups(q: Values, rows: Mapping[str, Any]) -> Array:
    effects = np.array([q[f"1|g[{group}]"][:, 0] for group in rows["g"]]).T
    return np.asarray(_line(q, rows) + effects)


def _rate(q: Values, rows: Mapping[str, Any]) -> Array:
    return np.exp(_line(q, rows) + q["x:z"] * rows["x"] * rows["z"])


def residuals() -> Iterator[Case]:
    """Make the cases with residuals: over more draws than their fitted values are averaged over."""
    y = {name: FRAME[name].to_numpy(dtype=float) for name in ("y", "count")}
    line = made("y ~ x + z", None, count=200 + AVERAGED)
    yield line.case(y["y"], residuals=tuple(partial(line, "y", held, (), _line) for held in ({}, {"z": 0})))
    grouped = made("y ~ x + z + (1|g)", None, count=200 + AVERAGED)
    found = partial(grouped, "y", {"g": 2}, ("g",), _of_groups)
    yield grouped.case(y["y"], residuals=(found, partial(grouped, "y", {"z": 1}, (), _line)))
    counts = made("count ~ x*z", "poisson", count=200 + AVERAGED)
    asked = [partial(counts, "count", held, (), _rate) for held in ({}, {"z": 2})]
    yield counts.case(y["count"], residuals=tuple(asked))


def cases() -> Iterator[Case]:
    """Make every case of a family that this Bambi has."""
    for text, family, asked in BANDS:
        one = made(text, family)
        yield one.case(bands=tuple(banded(one, bands) for bands in asked))
    for text, family in OBSERVED:
        if (
            family in BUILTIN_FAMILIES
            and family.removeprefix("zero_inflated_").removeprefix("hurdle_") in BASES
        ):
            one = made(text, family)
            yield one.case(simulated=(observations(one),))
    for text, family, fresh, variance in GROUPS:
        one = made(text, family)
        yield one.case(simulated=(groups(one, fresh, variance),))
    yield from residuals()


def intervals_json() -> str:
    """Encode all cases as the text of `INTERVALS`: ``{"schema", "buffer"}``, the buffer in base64."""
    payload = encode(Cases(cases=tuple(cases())))
    lines = ",\n".join(
        json.dumps(one, allow_nan=False, separators=(",", ":")) for one in payload.schema["cases"]
    )
    head = json.dumps({name: value for name, value in payload.schema.items() if name != "cases"})[:-1]
    buffer = json.dumps(base64.b64encode(payload.buffer).decode("ascii"))
    return f'{{"schema": {head}, "cases": [\n{lines}\n]}},\n"buffer": {buffer}}}\n'


if __name__ == "__main__":
    missing = {family for _, family in OBSERVED} - set(BUILTIN_FAMILIES)
    if missing:
        sys.exit(f"this Bambi lacks {', '.join(sorted(missing))}: write the file with a newer one")
    write(INTERVALS, intervals_json().encode("utf-8"))
