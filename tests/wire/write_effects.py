"""Write ``tests/wire/effects.json``: fits with draws made by hand, and the average effects that Python gives for them.

``python tests/wire/write_effects.py``. The browser averages the same draws over the same rows
(``js/test/fit/effects-fixture.test.ts``), and ``tests/test_wire_effects.py`` compares the file with what is written
today.
"""

from __future__ import annotations

import base64
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytensor
import xarray
from bambi.defaults.families import BUILTIN_FAMILIES
from numpy.typing import NDArray
from pymc.initial_point import make_initial_point_fn

from glm_magic import api
from glm_magic.engines import Draws
from glm_magic.files import write
from glm_magic.fit import Fit
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.views.draws import DrawsView
from glm_magic.views.predictor import PredictorView
from glm_magic.wire import EXACT, encode

EFFECTS = Path(__file__).parent / "effects.json"
N, CHAINS, DRAWS = 24, 2, 20
PROB = 0.8
Array = NDArray[np.float64]
STEP = np.arange(N)
FRAME = pd.DataFrame(
    {
        "x": 0.3 + 2.4 * ((0.618 * STEP) % 1),
        "z": 1.0 + np.sin(STEP),
        "k": STEP % 5,
        "t": (STEP // 3) % 2,
        "e": 0.5 + 15.0 * ((0.414 * STEP) % 1),
        "year": 1990 + STEP,
        "g": np.array(list("abc"))[(STEP * STEP + STEP // 7) % 3],
        "h": np.resize(["one", "two", "two"], N),
        "town": np.repeat(["ayr", "bonn", "cork"], N // 3),
        "school": np.resize(["s0", "s1"], N),
        "c1": 1 + STEP % 4,
        "c2": 2 + STEP % 3,
        "c3": 1 + STEP % 2,
        "y": np.sin(3.0 * STEP),
        "positive": 1.2 + np.cos(STEP),
        "hit": (STEP // 2) % 2,
        "count": STEP % 6,
        "share": 0.5 + 0.4 * np.sin(STEP),
        "won": STEP % 8,
        "n": np.full(N, 8),
        "kind": np.resize(["low", "middle", "high"], N),
        "grade": pd.Categorical(np.resize([1, 2, 3, 4], N), ordered=True),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked in the tab, and what Python answers.

    Attributes
    ----------
    effect, of, scale, by : str
    contrast : str
        ``"reference"``, ``"pairwise"`` or ``"typed"``.
    start, end : float
        Between which values, or positions of levels, for a typed one.
    above : float or None
        The threshold of the table.
    contrasts, levels, categories : tuple of str
        Of each effect; empty where there is nothing to tell apart.
    draws : ndarray, shape (n_effects, n_draws)
    table : ndarray, shape (n_effects, 5)
        Median, the interval's ends, P(> above) and its Monte Carlo error.
    """

    effect: str
    of: str
    contrast: str
    start: float
    end: float
    scale: str
    by: str
    above: float | None
    contrasts: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    draws: Array = field(default_factory=lambda: np.zeros((0, 0)), metadata=EXACT)
    table: Array = field(default_factory=lambda: np.zeros((0, 5)), metadata=EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A fit."""

    name: str
    draws: DrawsView
    predictor: PredictorView
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """All of them."""

    cases: tuple[Case, ...]
    version: int = 2


def ask(effect: str, of: str = "", contrast: str = "reference", by: str = "", **more: Any) -> Question:
    """Ask a question; `more` are its other fields."""
    given = {"scale": "response", "start": 0.0, "end": 0.0, "above": None, **more}
    return Question(effect=effect, of=of, contrast=contrast, by=by, **given)


AVERAGE = ask("prediction")
ONE, SLOPE = ask("comparison", "x"), ask("slope", "x")
BOTH = (AVERAGE, ONE, SLOPE)
LINK = (*BOTH, ask("comparison", "x", scale="link"), ask("slope", "x", scale="link", above=0.1))
RATIO = (
    *LINK,
    ask("comparison", "x", scale="ratio", above=1.0),
    ask("prediction", scale="ratio"),
    ask("slope", "x", scale="ratio"),
)
ROWS: Sequence[tuple[str, str | None, str | None, Sequence[Question]]] = (
    ("y ~ x + z", None, None, BOTH),
    ("y ~ x*g", None, None, (
        *BOTH, ask("prediction", by="g"), ask("slope", "x", by="g", above=-0.01), ask("comparison", "g"),
        ask("comparison", "g", "pairwise"), ask("comparison", "g", "pairwise", by="g"),
        ask("comparison", "g", "typed", start=2, end=1), ask("comparison", "x", "typed", start=0.7, end=2.05),
    )),
    ("hit ~ x*t + g", "bernoulli", "logit", (
        *RATIO, ask("comparison", "t"), ask("comparison", "t", by="g", scale="ratio"), ask("prediction", by="t"),
        ask("comparison", "x", "typed", start=0.5, end=2.2), ask("comparison", "g", "pairwise", by="t", above=-0.02),
    )),
    ("hit ~ x + h", "bernoulli", "probit", LINK),
    ("hit ~ x", "bernoulli", "cloglog", LINK),
    ("count ~ x*z + offset(np.log(e))", "poisson", "log", RATIO),
    ("count ~ bs(x, df=4) + g", "negativebinomial", "log", (*RATIO, ask("comparison", "g", scale="ratio"))),
    ("positive ~ poly(x, 2) + np.log(e)", "gamma", "log", (*RATIO, ask("comparison", "e"), ask("slope", "e"))),
    ("positive ~ x", "gamma", "inverse", LINK),
    ("positive ~ x", "wald", "inverse_squared", LINK),
    ("share ~ I(x**2) + x", "beta", "logit", RATIO),
    ("p(won, n) ~ x", "binomial", "logit", RATIO),
    ("y ~ np.maximum(x, z)*g", None, None, (*BOTH, ask("comparison", "z"), ask("slope", "z"), ask("comparison", "g"))),
    ("y ~ year + C(k) + year:g", None, None, (
        AVERAGE, ask("comparison", "year"), ask("slope", "year", by="g"), ask("comparison", "k", "pairwise"),
    )),
    ("y ~ x", "t", None, BOTH),
    ("count ~ x\npsi ~ z*g", "zero_inflated_poisson", None, (*RATIO, ask("comparison", "z"), ask("slope", "z"))),
    ("count ~ x", "hurdle_negativebinomial", None, BOTH),
    ("positive ~ x\nsigma ~ bs(z, df=4)", "hurdle_lognormal", None, (*LINK, ask("slope", "z"))),
    ("positive ~ x", "lognormal", None, LINK),
    ("kind ~ x*g + h", "categorical", None, (*BOTH, ask("comparison", "g", by="h"))),
    ("grade ~ x*h + g", "cumulative", None, (*BOTH, ask("comparison", "h", by="g"))),
    ("grade ~ x + (x|g)", "sratio", None, BOTH),
    ("c(c1, c2, c3) ~ x*g", "multinomial", None, BOTH),
    ("c(c1, c2, c3) ~ x + (1|g)", "dirichlet_multinomial", None, BOTH),
    ("hit ~ x + (x|g) + (1|town/school)", "bernoulli", None, (*RATIO, ask("prediction", by="town"))),
    ("y ~ g*x + (x|g)", None, None, (*BOTH, ask("comparison", "g", "pairwise"), ask("comparison", "x", by="g"))),
)  # fmt: skip


def drawn(model: Any, options: Any, report: Any, variables: Any = None) -> Draws:
    """Stand in for `engines.sample`: draws that depend on the names of the variables alone."""
    start = make_initial_point_fn(model=model, return_transformed=False)(0)
    values: dict[str, Array] = {}
    for rv in model.free_RVs:
        rng = np.random.default_rng(zlib.crc32(rv.name.encode()))
        own = rng.random((CHAINS * DRAWS, *np.shape(start[rv.name])))
        if rv.name.startswith("Intercept"):
            own = own + 3  # so large that every link has an inverse at every row
        if "year" in rv.name:
            own = own / 1000
        values[rv.name] = np.sort(own - 0.5, axis=-1) if "threshold" in rv.name else 0.25 + 0.5 * own
    derive = pytensor.function(
        list(model.free_RVs), list(model.deterministics), mode=AS_WRITTEN, on_unused_input="ignore"
    )
    derived = [derive(*(one[draw] for one in values.values())) for draw in range(CHAINS * DRAWS)]
    for rv, own in zip(model.deterministics, zip(*derived, strict=True), strict=True):
        values[rv.name] = np.stack(own)
    data = {}
    for name in values if variables is None else variables:
        own = values[name]
        dims = model.named_vars_to_dims.get(name) or [f"{name}_dim_{axis}" for axis in range(own.ndim - 1)]
        data[name] = (("chain", "draw", *dims), own.reshape(CHAINS, DRAWS, *own.shape[1:]))
    used = {dim for dims, _ in data.values() for dim in dims}
    coords = {dim: list(values) for dim, values in model.coords.items() if dim in used and values is not None}
    coords |= {"chain": np.arange(CHAINS), "draw": np.arange(DRAWS)}
    return Draws(
        posterior=xarray.Dataset(data, coords=coords),
        sample_stats=xarray.Dataset({"diverging": (("chain", "draw"), np.zeros((CHAINS, DRAWS), bool))}),
        engine="by hand",
        seed=1,
        seconds_compiling=0.0,
        seconds_sampling=0.1,
        incomplete=False,
        requested=DRAWS,
    )


def fitted(text: str, family: str | None, link: str | None) -> Fit:
    """Fit without sampling."""
    with patch.object(api, "sample", drawn):
        return api.glm(
            text, FRAME, family=family, link=link, chains=CHAINS, draws=DRAWS, seed=1, namespace={"np": np}
        )


def answered(fit: Fit, question: Question) -> Question:
    """Ask Python."""
    options: dict[str, Any] = {"scale": "response" if question.scale == "response" else "link"}
    options["by"] = [question.by] if question.by else []
    verb = getattr(fit, f"avg_{question.effect}s")
    arguments = [_moved(fit, question)] if question.of else []
    found = verb(*arguments, draws=True, **options)
    draws = found.to_numpy().reshape(-1, found.sizes["effect"]).T
    table = verb(*arguments, prob=PROB, **_threshold(question), **options)
    columns = ["median", *(name for name in table.columns if str(name).endswith("%"))]
    numbers = table[columns].to_numpy(dtype=float)
    if question.scale == "ratio":
        # Between two draws, a quantile of exponentials is not the exponential of one.
        draws = np.exp(draws)
        numbers = np.quantile(draws, [0.5, (1 - PROB) / 2, (1 + PROB) / 2], axis=1).T
    shares = table.reindex(columns=["p_above", "mcse_p_above"]).to_numpy(dtype=float)
    count = len(table)
    ratio = question.scale == "ratio"
    contrasts = _texts(table, "contrast", count)
    return replace(
        question,
        contrasts=tuple(one.replace(" - ", " / ") for one in contrasts) if ratio else contrasts,
        levels=_texts(table, question.by, count),
        categories=_texts(table, "category", count),
        draws=draws,
        table=np.column_stack([numbers, shares]),
    )


def _moved(fit: Fit, question: Question) -> Any:
    if question.effect == "slope":
        return question.of
    levels = next(one.levels for one in fit._model.predictors if one.name == question.of)
    ends: tuple[Any, ...] = (question.start, question.end)
    match question.contrast:
        case "typed":
            return {question.of: tuple(levels[int(one)] for one in ends) if levels else ends}
        case "pairwise":
            return {question.of: "pairwise"}
    return question.of


def _threshold(question: Question) -> dict[str, float]:
    if question.above is None:
        return {}
    return {"above": float(np.log(question.above)) if question.scale == "ratio" else question.above}


def _texts(table: pd.DataFrame, name: str, count: int) -> tuple[str, ...]:
    return tuple(map(str, table[name])) if name in table else ("",) * count


def made(text: str, family: str | None, link: str | None, questions: Sequence[Question]) -> Case:
    """Fit, and ask everything."""
    fit = fitted(text, family, link)
    draws, predictor = fit.view.draws, fit.view.predictor
    assert isinstance(draws, DrawsView), draws
    assert isinstance(predictor, PredictorView), predictor
    return Case(
        name=f"{text} [{family or 'gaussian'}{f', {link}' if link else ''}]",
        draws=draws,
        predictor=predictor,
        questions=tuple(answered(fit, one) for one in questions),
    )


def cases() -> Iterator[Case]:
    """Make every case of a family that this Bambi has."""
    for text, family, link, questions in ROWS:
        if family is None or family in BUILTIN_FAMILIES:
            yield made(text, family, link, questions)


def effects_json() -> str:
    """Encode all cases as the text of `EFFECTS`: ``{"schema", "buffer"}``, the buffer in base64."""
    payload = encode(Cases(cases=tuple(cases())))
    lines = ",\n".join(
        json.dumps(one, allow_nan=False, separators=(",", ":")) for one in payload.schema["cases"]
    )
    buffer = json.dumps(base64.b64encode(payload.buffer).decode("ascii"))
    return f'{{"schema": {{"version": 2, "cases": [\n{lines}\n]}},\n"buffer": {buffer}}}\n'


if __name__ == "__main__":
    missing = {family for _, family, _, _ in ROWS if family} - set(BUILTIN_FAMILIES)
    if missing:
        sys.exit(f"this Bambi lacks {', '.join(sorted(missing))}: write the file with a newer one")
    write(EFFECTS, effects_json().encode("utf-8"))
