"""Write ``tests/wire/predictors.json``: predictors of many models, draws made by hand, and what Python makes of them.

``python tests/wire/write_predictors.py``. The browser evaluates the same tables (``js/test/fit/fixture.test.ts``), and
``tests/test_wire_bambi.py`` compares all with Bambi's own predictions. Grids are thinned to keep the file small.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from bambi.defaults.families import BUILTIN_FAMILIES
from bambi.families.univariate import Gaussian
from numpy.typing import NDArray

from glm_magic.data import as_table
from glm_magic.files import write
from glm_magic.model import Model
from glm_magic.model.formula import formula_model
from glm_magic.model.given import written_priors
from glm_magic.predictor.links import INVERSE
from glm_magic.predictor.tables import Parameter, PredictorTables, Table, Variable
from glm_magic.predictor.tables.build import tables_of
from glm_magic.predictor.tables.evaluate import averaged, evaluate
from glm_magic.request import Options
from glm_magic.request.cell import read_cell
from glm_magic.request.prior_lines import read_prior
from glm_magic.views.draws import DrawColumn, DrawsView
from glm_magic.views.predictor import PredictorView, labels_of, predictor_view
from glm_magic.wire import EXACT, encode

PREDICTORS = Path(__file__).parent / "predictors.json"
N, DRAWS, CHAINS = 36, 6, 2
KEPT = 8
"""Positions of a number that are kept, at most two more for its start and its places."""

Array = NDArray[np.float64]
STEP = np.arange(N)
FRAME = pd.DataFrame(
    {
        "x": 0.3 + 2.4 * ((0.618 * STEP) % 1),
        "z": 1.0 + np.sin(STEP),
        "w": np.cos(2.0 * STEP),
        "k": STEP % 5,
        "e": 0.5 + 15.0 * ((0.414 * STEP) % 1),
        "year": 1990 + STEP,
        "g": np.array(list("abc"))[(STEP * STEP + STEP // 7) % 3],
        "h": np.resize(["one", "two", "two"], N),
        "flag": STEP % 3 == 0,
        "size": pd.Categorical(np.resize(["small", "middle", "large"], N), ["small", "middle", "large"], ordered=True),
        "town": np.repeat(["ayr", "bonn", "cork"], N // 3),
        "school": np.resize(["s0", "s1"], N),
        "c1": 1 + STEP % 4,
        "c2": 2 + STEP % 3,
        "c3": 1 + STEP % 2,
        "y": np.sin(3.0 * STEP),
        "positive": 1.2 + np.cos(STEP),
        "hit": (STEP // 2) % 2,
        "count": STEP % 6,
        "some": 1 + STEP % 6,
        "share": 0.5 + 0.4 * np.sin(STEP),
        "won": STEP % 8,
        "n": np.full(N, 8),
        "m": 7 + STEP % 3,
        "kind": np.resize(["low", "middle", "high"], N),
        "grade": pd.Categorical(np.resize([1, 2, 3, 4], N), ordered=True),
        "angle": 2.5 * np.sin(STEP),
        "status": np.resize(["none", "none", "right"], N),
    }
)  # fmt: skip
NAMES = {"np": np, "pd": pd, "power": np.power}
# Gaussian models: every kind of term.
TERMS = (
    "1", "x*z + I(x**2)", "poly(x, 3) + poly(z, 2, raw=True)", "bs(x, df=4)*g", "g*h + x", "0 + g*h", "x*C(g, Sum)",
    "C(k, Treatment(2))*x", "x*size", "x:C(x > 1)", "C(x > 1)*z", "scale(x)*z + center(w)", "np.maximum(x, z)*g",
    "power(x, 1.5)*flag", "np.exp(-x) + np.sqrt(e)", "x*z*g", "x + offset(np.log(e)) + offset(np.exp(w))",
    "year + x + g:x", "I(x / (z + 9)) + w", "np.argsort(x) + z", "k + C(k)", "0 + x + g", "pd.cut(x, 3)*z",
)  # fmt: skip
# Right-hand sides of families are plain; their links differ (see `links_of`).
FAMILIES = {
    "gaussian": "y ~ x", "t": "y ~ x", "laplace": "y ~ x", "asymmetriclaplace": "y ~ x", "exgaussian": "y ~ x",
    "bernoulli": "hit ~ x*g", "binomial": "p(won, n) ~ x", "beta": "share ~ x", "beta_binomial": "p(won, n) ~ x",
    "poisson": "count ~ x + offset(np.log(e))", "negativebinomial": "count ~ x*z", "gamma": "positive ~ x + g",
    "exponential": "positive ~ x", "weibull": "positive ~ x", "wald": "positive ~ x", "lognormal": "positive ~ x",
    "vonmises": "angle ~ x", "zero_inflated_poisson": "count ~ x\npsi ~ z*g",
    "zero_inflated_negativebinomial": "count ~ x", "zero_inflated_binomial": "p(won, n) ~ x",
    "hurdle_poisson": "count ~ x + (1|g)\npsi ~ (x|h)", "hurdle_negativebinomial": "count ~ x\nalpha ~ z",
    "hurdle_gamma": "positive ~ x", "hurdle_lognormal": "positive ~ x",
    "categorical": "kind ~ x*g", "cumulative": "grade ~ x*g", "sratio": "grade ~ x + (x|g)",
    "multinomial": "c(c1, c2, c3) ~ x*g", "dirichlet_multinomial": "c(c1, c2, c3) ~ x + (1|g)",
}  # fmt: skip
OTHERS = (
    ("y ~ x\nsigma ~ z*g", "gaussian"), ("share ~ x\nkappa ~ bs(z, df=4)", "beta"), ("y ~ x\nnu ~ g", "t"),
    ("kind ~ x + (h|g)", "categorical"), ("hit ~ x + (x|g) + (1|town/school)", "bernoulli"),
    ("y ~ x + (x|town:school) + (0 + z|h)", None), ("y ~ g*x + (x|g)", None), ("y ~ k + (1|k)", None),
    ("y ~ (bs(x, df=4)|g)", None), ("y ~ x + (1|C(z > 1))", None), ("grade ~ offset(z) + x", "cumulative"),
    ("censored(positive, status) ~ x*g", "weibull"), ("truncated(y, lb=-2) ~ x*z", "gaussian"),
    ("weighted(y, e) ~ x", "gaussian"), ("grade ~ 1", "sratio"), ("p(won, m) ~ x*h", "beta_binomial"),
    ("positive ~ x\nsigma ~ bs(z, df=4)", "hurdle_lognormal"),
    ("hit ~ bs(x, df=4) + g", "bernoulli"), ("p(won, n) ~ poly(x, 2)*z", "binomial"),
    ("constrained(share, 0, 1) ~ x*h", "gaussian"), ("y ~ 1 + (1|g) + (x|h)", "asymmetriclaplace"),
)  # fmt: skip
# Probabilities that are a sum, at which they are between 0 and 1.
PROBABILITIES = (
    ("hit ~ 0 + z + offset(0.34 + 0.1*share)", "bernoulli"),
    ("p(won, n) ~ 0 + z + offset(0.34 + 0.1*share)", "binomial"),
    ("p(won, n) ~ 0 + z + offset(0.34 + 0.1*share)", "zero_inflated_binomial"),
)  # fmt: skip
PRIORS = (
    ("y ~ x + (1|g)", None, {"1|g": "StudentT(nu=4, mu=0, sigma=HalfNormal(1))"}),
    ("count ~ x", "zero_inflated_poisson", {"psi": "0.25"}),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is evaluated, and what Python gives.

    Attributes
    ----------
    link : str
        In the place of the main parameter's.
    held : tuple of (str, int)
    groups : tuple of str
    linear, parameters : tuple of ndarray
        Of each parameter.
    mean : ndarray or None
    """

    link: str
    held: tuple[tuple[str, int], ...]
    groups: tuple[str, ...]
    linear: tuple[Array, ...] = field(metadata=EXACT)
    parameters: tuple[Array, ...] = field(metadata=EXACT)
    mean: Array | None = field(metadata=EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """A mean over rows, and what Python gives.

    Attributes
    ----------
    link : str
    held : tuple of (str, int)
    groups : tuple of str
    mean : ndarray or None
    reason : str
        Why there is none.
    """

    link: str
    held: tuple[tuple[str, int], ...]
    groups: tuple[str, ...]
    mean: Array | None = field(metadata=EXACT)
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A model with six draws."""

    name: str
    draws: DrawsView
    predictor: PredictorView
    questions: tuple[Question, ...]
    averages: tuple[Average, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """All of them."""

    cases: tuple[Case, ...]
    version: int = 2


def models() -> Iterator[tuple[str, str | None, Mapping[str, str], str | None]]:
    """List every model: its text, family, priors and link; of families that this Bambi has."""
    for right in TERMS:
        yield f"y ~ {right}", None, {}, None
    for family, text in FAMILIES.items():
        if family in BUILTIN_FAMILIES:
            yield text, family, {}, None
    for text, family in OTHERS:
        yield text, family, {}, None
    for text, family, priors in PRIORS:
        yield text, family, priors, None
    for text, family in PROBABILITIES:
        yield text, family, {}, "identity"


def name_of(text: str, family: str | None, link: str | None = None) -> str:
    """Name a case."""
    return f"{text} [{family or 'gaussian'}{f', {link}' if link else ''}]"


def built(
    text: str,
    family: str | None,
    priors: Mapping[str, str],
    link: str | None = None,
    names: Mapping[str, Any] | None = None,
) -> Model:
    """Build a model; nothing is sampled."""
    options = Options(family=family, link=link)
    given = tuple(read_prior(target, value) for target, value in written_priors(priors).items())
    cell = read_cell(text)
    return formula_model(
        replace(cell, priors=(*cell.priors, *given)), as_table(FRAME), {**NAMES, **(names or {})}, options
    )


def links_of(tables: PredictorTables) -> list[str]:
    """List the links of a family that the browser can invert; the Gaussian stands for all links."""
    main = tables.parameters[0]
    every = BUILTIN_FAMILIES[tables.family]["family"].SUPPORTED_LINKS[main.name]
    more = [*INVERSE] if BUILTIN_FAMILIES[tables.family]["family"] is Gaussian else []
    return [main.link, *(one for one in dict.fromkeys([*every, *more]) if one != main.link)]


def made(text: str, family: str | None, priors: Mapping[str, str], link: str | None = None) -> Case:
    """Tabulate a model, give it draws, and evaluate."""
    model = built(text, family, priors, link)
    tables = tables_of(model, np.arange(N))
    assert isinstance(tables, PredictorTables), tables
    exact = draws_of(tables)
    draws = shipped(exact)
    unseen = np.full(N, np.nan)
    view = predictor_view(model, unseen, np.arange(N), draws, exact)
    linear = view.linear if isinstance(view, PredictorView) else ()
    small = thinned(tables)
    predictor = PredictorView(
        tables=small, rows=np.arange(N, dtype=np.uint32), observed=unseen, linear=linear
    )
    # Where single precision is too coarse, the browser has exact linear predictors to start from.
    used = exact if linear else {label: draws.column(label) for label in exact}
    plain = family in FAMILIES and FAMILIES[family] == text
    links = links_of(small) if plain else [small.parameters[0].link]
    return Case(
        name=name_of(text, family, link),
        draws=draws,
        predictor=predictor,
        questions=tuple(questions(small, used, links)),
        averages=tuple(averages(small, used)),
    )


def draws_of(tables: PredictorTables, count: int = DRAWS) -> dict[str, Array]:
    """Make draws by hand: of a size at which every link has an inverse."""
    rng = np.random.default_rng(20)
    exact: dict[str, Array] = {}
    arguments = [one for p in tables.parameters for term in p.groups for one in term.arguments]
    scales = {own for one in arguments for column in one.labels for own in column}
    for label in sorted(labels_of(tables) | scales):
        u = rng.random(count)
        exact[label] = 0.3 + u if label in scales else _coefficient(label, u)
    for parameter in tables.parameters:
        # A parameter without a formula is a number on its own scale.
        if parameter.name == "threshold":
            labels = [label for column in parameter.columns for label in column.labels]
            for place, label in enumerate(labels):
                exact[label] = place - 0.5 + 0.8 * exact[label]
        elif parameter.link == "identity" and not parameter.groups and len(parameter.columns) == 1:
            for label in parameter.columns[0].labels:
                if label == parameter.name:
                    exact[label] = rng.random(count) if label == "psi" else 0.4 + 2 * rng.random(count)
    if "year" in exact:
        # Their coefficients cancel, so that single precision is too coarse (see `views.predictor`).
        exact["Intercept"] = exact["Intercept"] - 2_000.0 * exact["year"]
    return exact


def _coefficient(label: str, u: Array) -> Array:
    return 1.0 + u if label.split("[")[0].endswith("Intercept") else 0.4 * (u - 0.3)


def shipped(exact: Mapping[str, Array]) -> DrawsView:
    """Ship draws as `views.draws` does."""
    values = np.array([*exact.values()]).reshape(len(exact), CHAINS, -1)
    centre = values.mean(axis=(1, 2))
    return DrawsView(
        n_chains=CHAINS,
        n_draws=DRAWS // CHAINS,
        every=1,
        columns=tuple(DrawColumn(label=label, term=None, truth=None) for label in exact),
        centre=centre,
        values=values - centre[:, np.newaxis, np.newaxis],
        order=np.array([3, 0, 5, 1, 4, 2], dtype=np.uint32),
        divergent=np.zeros(0, dtype=np.uint32),
    )


def thinned(tables: PredictorTables) -> PredictorTables:
    """Keep some positions of each number's grid."""
    kept = {one.name: _kept(one) for one in tables.variables}

    def table(one: Table) -> Table:
        return replace(one, values=one.values[np.ix_(*(kept[name] for name in one.variables))])

    def parameter(one: Parameter) -> Parameter:
        groups = tuple(
            replace(
                term,
                by=tuple(replace(by, codes=by.codes[kept[by.variable]]) for by in term.by),
            )
            for term in one.groups
        )
        return replace(one, groups=groups)

    return replace(
        tables,
        variables=tuple(_thinned(one, kept[one.name]) for one in tables.variables),
        tables=tuple(table(one) if one.variables else one for one in tables.tables),
        parameters=tuple(map(parameter, tables.parameters)),
    )


def _kept(one: Variable) -> NDArray[np.intp]:
    if one.levels:
        return np.arange(len(one.grid))
    spread = np.linspace(0, len(one.grid) - 1, min(KEPT, len(one.grid))).astype(np.intp)
    return np.union1d(spread, [one.start])


def _thinned(one: Variable, kept: NDArray[np.intp]) -> Variable:
    return replace(
        one,
        grid=one.grid[kept],
        start=int(np.searchsorted(kept, one.start)),
        stops=np.zeros(0, dtype=np.int32),
        places=(),
        levels=tuple(one.levels[at] for at in kept) if one.levels else (),
    )


def linked(tables: PredictorTables, link: str) -> PredictorTables:
    """Change the link of the main parameter."""
    main, *others = tables.parameters
    return replace(tables, parameters=(replace(main, link=link), *others))


def questions(tables: PredictorTables, draws: Mapping[str, Array], links: list[str]) -> Iterator[Question]:
    """Evaluate at random positions: the first at the start, with and without groups' effects; one for each link.

    With a single link there are two more: at the ends of all grids, and without the effects of the last grouping.
    """
    rng = np.random.default_rng(len(tables.tables))
    by = sorted({one.variable for p in tables.parameters for term in p.groups for one in term.by})
    several = len(links) > 1
    for place, link in enumerate([links[0], *links] if several else [*links] * (5 if by else 4)):
        held = [(one.name, int(rng.random() * len(one.grid))) for one in tables.variables]
        groups = () if place == 0 else tuple(by)
        if not several and place == 3:
            held = [(one.name, len(one.grid) - 1) for one in tables.variables]
        elif not several and place == 4:
            groups = tuple(by[:-1])
        own = linked(tables, link)
        found = evaluate(own, draws, dict(held) if place else {}, groups)
        yield Question(
            link=link,
            held=tuple(held) if place else (),
            groups=groups,
            linear=tuple(found.linear[one.name] for one in tables.parameters),
            parameters=tuple(found.parameters[one.name] for one in tables.parameters),
            mean=found.mean,
        )


def averages(tables: PredictorTables, draws: Mapping[str, Array]) -> Iterator[Average]:
    """Average over rows with each variable held in turn, and with none."""
    if not tables.mean:
        return
    by = sorted({one.variable for p in tables.parameters for term in p.groups for one in term.by})
    for place, names in enumerate([(), *((one.name,) for one in tables.variables)]):
        held = tuple((name, len(tables.variable(name).grid) - 1) for name in names)
        groups = tuple(by) if place % 2 else ()
        link = tables.parameters[0].link
        try:
            mean, reason = averaged(tables, draws, dict(held), groups), ""
        except ValueError as problem:
            mean, reason = None, str(problem)
        yield Average(link=link, held=held, groups=groups, mean=mean, reason=reason)


def predictors_json() -> str:
    """Encode all cases as the text of `PREDICTORS`: ``{"schema", "buffer"}``, the buffer in base64."""
    payload = encode(Cases(cases=tuple(made(*one) for one in models())))
    content: dict[str, Any] = {
        "schema": payload.schema,
        "buffer": base64.b64encode(payload.buffer).decode("ascii"),
    }
    # A case a line, so that a change of one is seen as such.
    lines = ",\n".join(
        json.dumps(one, allow_nan=False, separators=(",", ":")) for one in payload.schema["cases"]
    )
    head = json.dumps({"version": payload.schema["version"]})[:-1]
    return f'{{"schema": {head}, "cases": [\n{lines}\n]}},\n"buffer": {json.dumps(content["buffer"])}}}\n'


if __name__ == "__main__":
    missing = set(FAMILIES) - set(BUILTIN_FAMILIES)
    if missing:
        sys.exit(f"this Bambi lacks {', '.join(sorted(missing))}: write the file with a newer one")
    write(PREDICTORS, predictors_json().encode("utf-8"))
