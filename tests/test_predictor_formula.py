"""The fan of every kind of formula, against Bambi's own ``predict`` on the same draws.

Nothing is sampled: a model is built, its variables get made-up draws on their own supports,
and Bambi's ``_clean_results`` and ``predict`` say what the lines must be.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from copy import copy
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray

bambi = pytest.importorskip("bambi")
import pymc as pm  # noqa: E402
from pymc.distributions.moments import mean as moment  # noqa: E402
from scipy import special  # noqa: E402

from glm_magic import _stack  # noqa: E402
from glm_magic.data import as_table  # noqa: E402
from glm_magic.engines import Draws  # noqa: E402
from glm_magic.model import Model  # noqa: E402
from glm_magic.model.families import FAMILIES as FAMILY_TABLE  # noqa: E402
from glm_magic.model.formula import formula_model  # noqa: E402
from glm_magic.posterior import (  # noqa: E402
    Posterior,
    finish,
    stacked,
)
from glm_magic.predictor import Axis, NoPredictor, Predictor  # noqa: E402
from glm_magic.predictor.formula.axes import read_formula  # noqa: E402
from glm_magic.predictor.formula.expectation import MEANS, means_over  # noqa: E402
from glm_magic.predictor.response import response_over  # noqa: E402
from glm_magic.request import Options  # noqa: E402
from glm_magic.request.cell import read_cell  # noqa: E402

# What Bambi, formulae and PyTensor themselves warn about while a model is built.
pytestmark = [
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Scan return signature:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
    pytest.mark.filterwarnings("ignore:Using 'c\\(:FutureWarning"),
]

N = 60
RNG = np.random.default_rng(8927)
X = RNG.normal(2.0, 1.0, N)
E = RNG.uniform(0.5, 3.0, N)
TRIALS = RNG.integers(4, 12, N)
FRAME = pd.DataFrame(
    {
        "x": X,
        "z": RNG.normal(-1.0, 2.0, N),
        "pos": RNG.lognormal(0.5, 0.4, N),
        "wide": RNG.lognormal(0.0, 1.5, N),
        "g": RNG.permutation(np.resize(["b", "a", "c"], N)).astype(object),
        # Unordered: formulae sorts its levels, whatever their own order is.
        "h": pd.Categorical(RNG.permutation(np.resize(["low", "high"], N)), categories=["low", "high"]),
        "o": pd.Categorical(
            RNG.permutation(np.resize(["low", "mid", "high"], N)), ["low", "mid", "high"], ordered=True
        ),
        "k": RNG.permutation(np.resize([1, 2, 3], N)),
        "flag": RNG.permutation(np.resize([True, False], N)),
        "school": RNG.permutation(np.resize([f"s{i}" for i in range(5)], N)).astype(object),
        "town": RNG.permutation(np.resize(["ayr", "bonn", "cork"], N)).astype(object),
        "e": E,
        "log_e": np.log(E),
        "n": TRIALS,
        "s": RNG.binomial(TRIALS, 0.4),
        "y": RNG.normal(0.0, 1.0, N),
        "count": RNG.poisson(3.0, N),
        "amount": RNG.gamma(2.0, 1.0, N),
        "spiked": RNG.gamma(2.0, 1.0, N) * RNG.binomial(1, 0.7, N),
        "share": RNG.uniform(0.1, 0.9, N),
        "binary": RNG.permutation(np.resize([0, 1], N)),
        "answer": RNG.permutation(np.resize(["yes", "no"], N)).astype(object),
        "kind": RNG.permutation(np.resize(["red", "blue", "green"], N)).astype(object),
        "grade": pd.Categorical(
            RNG.permutation(np.resize(["poor", "fair", "good", "best"], N)),
            ["poor", "fair", "good", "best"],
            ordered=True,
        ),
        "status": RNG.permutation(np.resize(["none", "right", "none", "left"], N)).astype(object),
        "c1": RNG.poisson(3.0, N) + 1,
        "c2": RNG.poisson(2.0, N),
        "c3": RNG.poisson(4.0, N),
        "angle": RNG.vonmises(1.0, 2.0, N),
        "my col": RNG.normal(5.0, 1.0, N),
        "sigma": RNG.normal(1.0, 0.5, N),
        "mu": RNG.normal(0.0, 0.5, N),
        "x_1": RNG.normal(3.0, 0.5, N),
        "y_hat": RNG.normal(-3.0, 0.5, N),
        "df": RNG.normal(1.0, 1.0, N),
        "frame": RNG.normal(1.0, 1.0, N),
        "means_over": RNG.normal(0.0, 1.0, N),
    }
)
"""What every model here is fitted to."""

LEVELS: Mapping[str, list[Any]] = {
    "g": ["a", "b", "c"],
    "h": ["low", "high"],
    "o": ["low", "mid", "high"],
    "k": [1, 2, 3],
    "flag": [False, True],
    "school": [f"s{i}" for i in range(5)],
    "town": ["ayr", "bonn", "cork"],
}
"""Levels in the model's order, the reference first."""

CHAINS, DRAWS = 2, 20


def build(
    text: str,
    family: str | None = None,
    link: str | None = None,
    frame: pd.DataFrame = FRAME,
    namespace: Mapping[str, Any] | None = None,
) -> Model:
    options = Options(family=family, link=link)
    return formula_model(read_cell(text), as_table(frame, "df"), namespace or {}, options)


def made_up(model: Model, seed: int = 5) -> Draws:
    """Draws of every variable on its own support, small enough for every link."""
    rng = np.random.default_rng(seed)
    arrays: dict[str, Any] = {}
    for name in model.variables:
        variable = model.pymc[name]
        dims = model.pymc.named_vars_to_dims.get(name) or ()
        shape = (CHAINS, DRAWS, *(len(model.pymc.coords[dim]) for dim in dims))
        if not dims:
            shape += tuple(size or 1 for size in variable.type.shape)
        noise = rng.normal(0.0, 0.3, shape)
        names = ("chain", "draw", *(dims or [f"{name}_{i}" for i in range(len(shape) - 2)]))
        arrays[name] = (names, _on_support(model, variable, noise))
    coords = {dim: list(values) for dim, values in model.pymc.coords.items() if values is not None}
    used = {dim for names, _ in arrays.values() for dim in names}
    posterior = xarray.Dataset(
        arrays,
        coords={dim: values for dim, values in coords.items() if dim in used}
        | {"chain": np.arange(CHAINS), "draw": np.arange(DRAWS)},
    )
    return Draws(
        posterior=posterior, sample_stats=posterior[[]], engine="none", seed=1, seconds_compiling=0.0,
        seconds_sampling=0.0, incomplete=False, requested=DRAWS,
    )  # fmt: skip


def _on_support(model: Model, variable: Any, noise: np.ndarray) -> np.ndarray:
    transform = model.pymc.rvs_to_transforms.get(variable)
    match type(transform).__name__:
        case "NoneType":
            return noise
        case "LogTransform":
            return np.exp(noise)
        case "LogOddsTransform" | "Interval":
            return special.expit(noise)
        case "Ordered":
            return np.cumsum(np.exp(noise), axis=-1) - 1.5
        case other:
            raise NotImplementedError(other)


@cache
def fitted(text: str, family: str | None = None, link: str | None = None) -> tuple[Model, Posterior, Any]:
    """A model, the posterior of made-up draws, and the same draws as Bambi reports them."""
    model = build(text, family, link)
    draws = made_up(model)
    own = draws.posterior.rename({one.sampled: one.name for one in model.source.centered})
    tree = xarray.DataTree.from_dict({"posterior": own})
    # As Bambi moves the intercepts of a model that it built by itself.
    backend = copy(model.source.bambi.backend)
    backend.spec = model.source.bambi
    native = backend._clean_results(_stack.to_native(tree), True, False)
    return model, finish(model, draws), native


def predicted(model: Model, native: Any, rows: pd.DataFrame, groups: bool = False) -> dict[str, np.ndarray]:
    """Every parameter of the family at some rows, by Bambi: (n_samples, n_rows[, n_categories])."""
    found = model.source.bambi.predict(
        native, kind="response_params", data=rows, inplace=False, include_group_specific=groups
    )
    posterior = _stack.group(found, "posterior")
    values = {}
    for name in model.source.bambi.family.likelihood.params:
        if name in posterior:
            array = np.asarray(posterior[name].transpose("chain", "draw", ...))
            array = array.reshape(CHAINS * DRAWS, *array.shape[2:])
            values[name] = array if array.ndim > 1 else array[:, np.newaxis]
    return values


# --- what the lines must be -------------------------------------------------------------------


def rows_at(model: Model, moving: Mapping[str, Any]) -> pd.DataFrame:
    """Rows as brms holds them, written down without the code under test."""
    length = len(next(iter(moving.values())))
    rows = {}
    for name in model.source.frame.columns:
        if name in moving:
            rows[name] = moving[name]
        elif name in LEVELS and (name != "k" or "C(k" in model.title):
            rows[name] = [REFERENCE.get(model.title, {}).get(name, LEVELS[name][0])] * length
        elif name == "e" and model.source.link == "log":
            rows[name] = np.ones(length)
        elif name == "log_e":
            rows[name] = np.zeros(length)
        elif pd.api.types.is_numeric_dtype(FRAME[name]):
            rows[name] = np.full(length, FRAME[name].mean())
        else:
            rows[name] = [FRAME[name].iloc[0]] * length
    return pd.DataFrame(rows)


REFERENCE: Mapping[str, Mapping[str, Any]] = {
    "y ~ C(g, Treatment('b')) + x": {"g": "b"},
    "y ~ C(k, Treatment(2)) + x": {"k": 2},
}
"""Reference levels that the formula itself chooses."""


def moved(axis: Axis) -> Any:
    """The values of x along the axis."""
    if not axis.levels:
        return axis.grid
    by_label = {str(level): level for level in LEVELS[axis.x]}
    return [by_label[label] for label in axis.levels]


def places_of(by: str, model: Model) -> list[tuple[str, Any]]:
    """Where a second predictor stands, and what its fan is called."""
    if by in LEVELS:
        return [(f"{by} = {level}", level) for level in LEVELS[by]]
    values = FRAME[by]
    mean, sd = values.mean(), values.std()
    low = (mean - sd, "mean - sd") if mean - sd >= values.min() else (values.min(), "smallest")
    return [
        (f"{by} = {value:.3g} ({word})", value)
        for value, word in (low, (mean, "mean"), (mean + sd, "mean + sd"))
    ]


def negative_binomial_zero(mu: Any, alpha: Any) -> Any:
    return (alpha / (alpha + mu)) ** alpha


WITNESS = {
    "zero_inflated_poisson": lambda q: q["psi"] * q["mu"],
    "zero_inflated_negativebinomial": lambda q: q["psi"] * q["mu"],
    "zero_inflated_binomial": lambda q: q["psi"] * q["p"],
    "hurdle_poisson": lambda q: q["psi"] * q["mu"] / (1 - np.exp(-q["mu"])),
    "hurdle_negativebinomial": lambda q: (
        q["psi"] * q["mu"] / (1 - negative_binomial_zero(q["mu"], q["alpha"]))
    ),
    "hurdle_gamma": lambda q: q["psi"] * q["mu"],
    "hurdle_lognormal": lambda q: q["psi"] * np.exp(q["mu"] + q["sigma"] ** 2 / 2),
    "lognormal": lambda q: np.exp(q["mu"] + q["sigma"] ** 2 / 2),
    "exgaussian": lambda q: q["mu"] + q["nu"],
    "dirichlet_multinomial": lambda q: q["a"] / q["a"].sum(axis=-1, keepdims=True),
}
"""E[y] where it is not the main parameter; `test_means_are_those_of_pymc` draws from PyMC itself."""


def witnessed(model: Model, native: Any, rows: pd.DataFrame, groups: bool = False) -> np.ndarray:
    family = model.source.bambi.family
    parameters = predicted(model, native, rows, groups)
    return WITNESS.get(family.name, lambda q: q[family.likelihood.parent])(parameters)


def only_effects_of(model: Model, native: Any, factor: str) -> Any:
    """The same draws with every effect at zero that is not the factor's own."""
    tree = _stack.to_tree(native)
    draws = tree["posterior"].to_dataset()
    drop = {}
    for parameter, component in _stack.bambi_parameters(model.source.bambi).items():
        for name, term in component.group_specific_terms.items():
            if name.partition("|")[2] != factor:
                drop[term.alias or (name if component.is_parent else f"{parameter}_{name}")] = 0.0
    zeroed = draws.assign({name: draws[name] * 0.0 for name in drop})
    return _stack.to_native(xarray.DataTree.from_dict({"posterior": zeroed}))


def check_axis(model: Model, posterior: Posterior, native: Any, axis: Axis) -> None:
    """Compare every fan of an axis with Bambi's predict."""
    by = axis.label.removeprefix(f"{axis.x} by ") if axis.label.startswith(f"{axis.x} by ") else None
    own = "own effects" in axis.note
    if own:
        native = only_effects_of(model, native, axis.x)
    places: list[tuple[str, Any]] = [("", None)] if by is None else places_of(by, model)
    strata = iter(axis.strata)
    for label, place in places:
        moving = {axis.x: moved(axis)} | ({} if by is None else {by: [place] * len(axis.grid)})
        # The default link of wald has no inverse below 0, where made-up draws may be.
        with np.errstate(invalid="ignore"):
            expected = witnessed(model, native, rows_at(model, moving), own)
        categories = [None] if expected.ndim == 2 else list(range(expected.shape[-1]))
        names = [""] if expected.ndim == 2 else [str(level) for level in levels_of_response(model)]
        for category, name, stratum in zip(
            categories, names, itertools.islice(strata, len(names)), strict=True
        ):
            lines = response_over(stratum.mean, stacked(posterior.draws))
            wanted = expected if category is None else expected[..., category]
            assert stratum.label == ", ".join(filter(None, (label, name)))
            np.testing.assert_allclose(lines, wanted, rtol=1e-9, atol=1e-12)
            assert np.nanmax(lines) - np.nanmin(lines) > 1e-6, "lines that do not differ test nothing"
    assert next(strata, None) is None


def levels_of_response(model: Model) -> list[Any]:
    term = _stack.bambi_response_term(model.source.bambi)
    if model.source.family in ("multinomial", "dirichlet_multinomial"):
        return ["c1", "c2", "c3"]
    return ["poor", "fair", "good", "best"] if term.name == "grade" else ["blue", "green", "red"]


GAUSSIAN = [
    ("y ~ x + z + g", "x, z, g"),
    ("y ~ x + h + o", "x, h, o"),
    ("y ~ x + C(k) + flag", "x, k, flag"),
    ("y ~ x + k", "x, k"),
    ("y ~ x + k + C(k)", "x, k"),
    ("y ~ C(g, Treatment('b')) + x", "g, x"),
    ("y ~ C(k, Treatment(2)) + x", "k, x"),
    ("y ~ C(g, Sum) + x", "g, x"),
    ("y ~ x * g", "x, g, x by g"),
    ("y ~ g * x + z", "g, x, z, x by g"),
    ("y ~ x * z", "x, z, x by z"),
    ("y ~ x * wide", "x, wide, x by wide"),
    ("y ~ x * log(wide)", "x, wide, x by wide"),
    ("y ~ g * h", "g, h, g by h"),
    ("y ~ x:g", "x, g, x by g"),
    ("y ~ 0 + x", "x"),
    ("y ~ 0 + g", "g"),
    ("y ~ 0 + g:h", "g, h, g by h"),
    ("y ~ x + offset(z)", "x, z"),
    ("y ~ x + offset(log(e))", "x, e"),
    ("y ~ x + (1|school)", "x, school"),
    ("y ~ x + (x|school)", "x, school"),
    ("y ~ x + (z|school)", "x, school"),
    ("y ~ x + (1|town/school)", "x, town"),
    ("y ~ x + (1|school:town)", "x"),
    ("y ~ x + (1|school) + (1|town)", "x, school, town"),
    ("y ~ x + (1|school) + (1|town) + (1|school:town)", "x, school, town"),
    ("y ~ x + (g|school)", "x, school"),
    ("y ~ x + (0 + g|school)", "x, school"),
    ("y ~ (1|school)", "school"),
    ("y ~ x + (C(k)|school)", "x, school"),
    ("y ~ k + (C(k)|school)", "k, school"),
    ("y ~ (x|school)", "school"),
    ("y ~ g + (1|g)", "g, g (own effects)"),
    ("y ~ bs(x, df=5)", "x"),
    ("y ~ bs(x, df=4) + (bs(x, df=4)|school)", "x, school"),
    ("y ~ x * bs(wide, df=4)", "x, wide, x by wide"),
    ("y ~ poly(x, 2)", "x"),
    ("y ~ poly(x, 2, raw=True) + z", "x, z"),
    ("y ~ hsgp(x, m=5, c=1.5)", "x"),
    ("y ~ hsgp(x, m=5, c=1.5, by=g)", "x, g, x by g"),
    ("y ~ hsgp(x, m=5, c=1.5) + g + (1|school)", "x, g, school"),
    ("y ~ scale(x) + center(z) + standardize(pos)", "x, z, pos"),
    ("y ~ x + I(x**2)", "x"),
    ("y ~ np.log(pos)", "pos"),
    ("y ~ log(pos) + I(x / 10)", "pos, x"),
    ("y ~ log(pos / e)", "pos, e, pos by e"),
    ("log(amount + 1) ~ x", "x"),
    ("log(amount / pos) ~ x", "x"),
    ("y ~ `my col` * x", "my col, x, my col by x"),
    ("y ~ sigma + mu + x_1 + y_hat + df", "sigma, mu, x_1, y_hat, df"),
    ("y ~ sigma\nsigma ~ x", "sigma, x"),
    ("y ~ x\nsigma ~ sigma", "x, sigma"),
    ("sigma ~ x", "x"),
    ("y ~ frame + means_over", "frame, means_over"),
    ("y ~ x\nsigma ~ z", "x, z"),
    ("y ~ x\nsigma ~ (1|school)", "x"),
    ("truncated(y, -4, 4) ~ x", "x"),
    ("constrained(y, -4, 4) ~ x", "x"),
    ("weighted(y, pos) ~ x", "x"),
]
FAMILIES = [
    ("y ~ x", "gaussian", "log", "x"),
    ("y ~ x", "gaussian", "inverse", "x"),
    ("binary ~ x + g", "bernoulli", None, "x, g"),
    ("binary ~ x + g", "bernoulli", "probit", "x, g"),
    ("binary ~ x + g", "bernoulli", "cloglog", "x, g"),
    ("binary ~ x", "bernoulli", "identity", "x"),
    ("answer ~ x", "bernoulli", None, "x"),
    ("answer['yes'] ~ x", "bernoulli", None, "x"),
    ("flag ~ x", "bernoulli", None, "x"),
    ("p(s, n) ~ x + g", "binomial", None, "x, g"),
    ("p(s, 12) ~ x", "binomial", "probit", "x"),
    ("proportion(s, n) ~ x", "beta_binomial", None, "x"),
    ("count ~ x + offset(log(e))", "poisson", None, "x"),
    ("count ~ x + offset(np.log(e)) + (1|school)", "negativebinomial", None, "x, school"),
    ("count ~ x + offset(log_e)", "poisson", None, "x"),
    ("count ~ offset(log(e))", "poisson", None, "e"),
    ("amount ~ x", "gamma", None, "x"),
    ("amount ~ x", "gamma", "log", "x"),
    ("share ~ x", "beta", None, "x"),
    ("share ~ x\nkappa ~ z", "beta", "probit", "x, z"),
    ("share ~ x", "beta", "cloglog", "x"),
    ("amount ~ x", "weibull", None, "x"),
    ("amount ~ x", "exponential", None, "x"),
    ("amount ~ x", "wald", None, "x"),
    ("amount ~ x", "wald", "log", "x"),
    ("amount ~ x + g", "lognormal", None, "x, g"),
    ("amount ~ x + g", "exgaussian", None, "x, g"),
    ("y ~ x", "t", None, "x"),
    ("y ~ x", "laplace", None, "x"),
    ("y ~ x", "asymmetriclaplace", None, "x"),
    ("censored(amount, status) ~ x", "weibull", None, "x"),
    ("angle ~ x", "vonmises", None, "x"),
    ("angle ~ x + (1|school)", "vonmises", None, "x, school"),
    ("count ~ x\nalpha ~ x", "negativebinomial", None, "x"),
    ("count ~ x + (1|school)", "zero_inflated_poisson", None, "x, school"),
    ("count ~ x\npsi ~ z", "zero_inflated_poisson", None, "x, z"),
    ("count ~ x\npsi ~ (1|school)", "zero_inflated_poisson", None, "x, school"),
    ("count ~ x + offset(log(e))", "zero_inflated_poisson", None, "x"),
    ("count ~ x * g", "zero_inflated_negativebinomial", None, "x, g, x by g"),
    ("p(s, n) ~ x", "zero_inflated_binomial", None, "x"),
    ("count ~ x", "hurdle_poisson", None, "x"),
    ("count ~ x", "hurdle_negativebinomial", None, "x"),
    ("spiked ~ x", "hurdle_gamma", None, "x"),
    ("spiked ~ x", "hurdle_lognormal", None, "x"),
    ("grade ~ x * g", "cumulative", None, "x, g, x by g"),
    ("grade ~ x + (1|school)", "cumulative", "probit", "x, school"),
    ("grade ~ (1|school)", "cumulative", None, "school"),
    ("grade ~ x + g", "sratio", None, "x, g"),
    ("kind ~ x + g", "categorical", None, "x, g"),
    ("kind ~ bs(x, df=4) + (1|school) + (1|town)", "categorical", None, "x, school, town"),
    ("c(c1, c2, c3) ~ x + g", "multinomial", None, "x, g"),
    ("c(c1, c2, c3) ~ x + (1|school)", "dirichlet_multinomial", None, "x, school"),
]
NEW_IN_BAMBI_0_18 = {"lognormal", "exgaussian"}
ROWS = [(text, None, None, axes) for text, axes in GAUSSIAN] + FAMILIES


@pytest.mark.parametrize(
    ("text", "family", "link", "axes"), ROWS, ids=["-".join(map(str, filter(None, row[:3]))) for row in ROWS]
)
def test_every_line_of_every_axis_is_what_bambi_predicts(text, family, link, axes):
    if family in NEW_IN_BAMBI_0_18 and family not in bambi.defaults.families.BUILTIN_FAMILIES:
        pytest.skip(f"this Bambi has no family {family}")
    model, posterior, native = fitted(text, family, link)
    predictor = read_formula(model)
    assert isinstance(predictor, Predictor), predictor
    assert ", ".join(axis.label for axis in predictor.axes) == axes
    for axis in predictor.axes:
        check_axis(model, posterior, native, axis)


def predictor_of(text: str, family: str | None = None, link: str | None = None, **options: Any) -> Predictor:
    found = read_formula(build(text, family, link, **options))
    assert isinstance(found, Predictor), found
    return found


def axis_of(predictor: Predictor, label: str) -> Axis:
    return next(axis for axis in predictor.axes if axis.label == label)


# --- closed forms, written without Bambi --------------------------------------------------------


def numbers(posterior: Posterior, name: str) -> np.ndarray:
    """One scalar variable, to be broadcast against a grid."""
    return stacked(posterior.draws)[name].values.reshape(CHAINS * DRAWS, 1)


@pytest.mark.parametrize(
    ("text", "family", "closed"),
    [
        ("y ~ x", "gaussian", lambda a, b, x: a + b * x),
        ("binary ~ x", "bernoulli", lambda a, b, x: 1 / (1 + np.exp(-(a + b * x)))),
        ("count ~ x + offset(log(e))", "poisson", lambda a, b, x: np.exp(a + b * x)),
    ],
)
def test_lines_are_the_closed_form_of_the_reported_coefficients(text, family, closed):
    model, posterior, _ = fitted(text, family)
    axis = axis_of(read_formula(model), "x")
    lines = response_over(axis.strata[0].mean, stacked(posterior.draws))
    expected = closed(numbers(posterior, "Intercept"), numbers(posterior, "x"), axis.grid)
    np.testing.assert_allclose(lines, expected, rtol=1e-12)


def test_the_reported_intercept_is_at_zero_of_the_predictors():
    model, posterior, _ = fitted("y ~ x + z", None)
    raw = made_up(model).posterior
    expected = raw["Intercept_centered"] - raw["x"] * FRAME["x"].mean() - raw["z"] * FRAME["z"].mean()
    np.testing.assert_allclose(posterior.draws["Intercept"], expected, rtol=1e-12)


def pymc_draws(name: str, parameters: Mapping[str, float]) -> np.ndarray:
    """Draw from PyMC's own distribution of a family, in Bambi's parameters."""
    own = dict(parameters)
    kinds = {
        "zero_inflated_poisson": pm.ZeroInflatedPoisson,
        "zero_inflated_negativebinomial": pm.ZeroInflatedNegativeBinomial,
        "zero_inflated_binomial": pm.ZeroInflatedBinomial,
        "hurdle_poisson": pm.HurdlePoisson,
        "hurdle_negativebinomial": pm.HurdleNegativeBinomial,
        "hurdle_gamma": pm.HurdleGamma,
        "hurdle_lognormal": pm.HurdleLogNormal,
        "lognormal": pm.LogNormal,
        "exgaussian": pm.ExGaussian,
    }
    if name == "hurdle_gamma":
        # As Bambi hands it over: sigma = mu / sqrt(alpha).
        own["sigma"] = own["mu"] / own.pop("alpha") ** 0.5
    distribution = kinds[name].dist(**own)
    return np.asarray(pm.draw(distribution, draws=4_000, random_seed=8927))


@pytest.mark.parametrize(
    ("family", "parameters"),
    [
        ("zero_inflated_poisson", {"psi": 0.7, "mu": 2.0}),
        ("zero_inflated_negativebinomial", {"psi": 0.7, "mu": 2.0, "alpha": 1.5}),
        ("zero_inflated_binomial", {"psi": 0.7, "p": 0.4, "n": 1}),
        ("hurdle_poisson", {"psi": 0.7, "mu": 0.8}),
        ("hurdle_negativebinomial", {"psi": 0.7, "mu": 0.8, "alpha": 1.5}),
        ("hurdle_gamma", {"psi": 0.7, "mu": 2.0, "alpha": 3.0}),
        ("hurdle_lognormal", {"psi": 0.7, "mu": 0.5, "sigma": 0.6}),
        ("lognormal", {"mu": 0.5, "sigma": 0.6}),
        ("exgaussian", {"mu": 0.5, "sigma": 0.6, "nu": 1.5}),
    ],
)
def test_means_are_those_of_pymc(family, parameters):
    # Seed 8927, 4 Monte Carlo standard errors of 4,000 draws.
    drawn = pymc_draws(family, parameters)
    given = {name: np.array([[value]]) for name, value in parameters.items()}
    mean = float(MEANS[family](given)[0, 0])
    assert abs(drawn.mean() - mean) < 4 * drawn.std() / np.sqrt(len(drawn))


def test_every_family_has_a_mean_or_a_word_for_its_location():
    of_main_parameter = {
        "gaussian", "bernoulli", "binomial", "beta", "beta_binomial", "poisson", "negativebinomial", "gamma",
        "exponential", "weibull", "wald", "categorical", "cumulative", "sratio", "multinomial",
        "t", "laplace", "asymmetriclaplace", "vonmises",
    }  # fmt: skip
    known = of_main_parameter | set(MEANS)
    assert set(bambi.defaults.families.BUILTIN_FAMILIES) <= known == set(FAMILY_TABLE)


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("y ~ x + bs(z, df=4)", "gaussian"),
        ("y ~ x * g\nsigma ~ z", "gaussian"),
        ("binary ~ x + g", "bernoulli"),
        ("count ~ x + g + offset(log(e))", "poisson"),
        ("count ~ x * z", "negativebinomial"),
        ("amount ~ x", "gamma log"),
        ("amount ~ x + g", "weibull"),
        ("amount ~ x", "exponential"),
        ("share ~ x + poly(z, 2)", "beta"),
        ("count ~ x\npsi ~ z", "zero_inflated_poisson"),
        ("amount ~ x + g", "lognormal"),
        ("amount ~ x", "exgaussian"),
    ],
)
def test_the_mean_of_the_rows_is_pymcs_own_of_the_response_as_it_was_built(text, family):
    if family in NEW_IN_BAMBI_0_18 and family not in bambi.defaults.families.BUILTIN_FAMILIES:
        pytest.skip(f"this Bambi has no family {family}")
    model, posterior, _ = fitted(text, *family.split())
    raw = made_up(model).posterior
    chain, draw = 1, 7
    values = {variable: raw[variable.name].values[chain, draw] for variable in model.pymc.free_RVs}
    expected = moment(model.pymc.observed_RVs[0]).eval(values, mode="FAST_COMPILE")
    ((_, mean),) = means_over(model.source, model.source.frame)
    lines = response_over(mean, stacked(posterior.draws))[chain * DRAWS + draw]
    np.testing.assert_allclose(lines, expected, rtol=1e-9)


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "family", "label"),
    [
        ("y ~ x", "gaussian", "E[y | x]"),
        ("log(amount + 1) ~ x", "gaussian", "E[log(amount + 1) | x]"),
        ("binary ~ x", "bernoulli", "P(binary = 1 | x)"),
        ("answer['yes'] ~ x", "bernoulli", "P(answer = yes | x)"),
        ("p(s, n) ~ x", "binomial", "E[s / n | x]"),
        ("y ~ x", "t", "location of y | x"),
        ("y ~ x", "laplace", "location of y | x"),
        ("y ~ x", "asymmetriclaplace", "quantile of y | x, at kappa²/(1 + kappa²)"),
        ("angle ~ x", "vonmises", "mean direction of angle | x"),
        ("censored(amount, status) ~ x", "weibull", "E[latent amount | x]"),
        ("truncated(y, -4, 4) ~ x", "gaussian", "location of y | x, before truncation"),
        ("constrained(y, -4, 4) ~ x", "gaussian", "location of y | x, before truncation"),
        ("weighted(y, pos) ~ x", "gaussian", "E[y | x]"),
        ("grade ~ x", "cumulative", "P(grade = category | x)"),
        ("c(c1, c2, c3) ~ x", "multinomial", "P(category | x)"),
    ],
)
def test_the_label_says_what_the_lines_are(text, family, label):
    assert predictor_of(text, family).ylabel == label


def test_text_without_a_level_is_modelled_as_bambi_codes_it():
    model, _, _ = fitted("answer ~ x", "bernoulli")
    observed = np.asarray(model.pymc.rvs_to_values[model.pymc["answer"]].data)
    success = {"answer[yes]": "yes", "answer[no]": "no"}[model.response.name]
    np.testing.assert_array_equal(observed, FRAME["answer"] == success)
    np.testing.assert_array_equal(model.response.values, observed)
    assert read_formula(model).ylabel == f"P(answer = {success} | x)"


@pytest.mark.parametrize(
    ("text", "family", "axis", "held"),
    [
        ("y ~ x + z", "gaussian", "x", {"z": f"{FRAME['z'].mean():.4g} (mean)"}),
        ("y ~ x + g", "gaussian", "x", {"g": "a (reference)"}),
        # Unordered categories keep their own order, in which low is the first.
        ("y ~ x + h", "gaussian", "x", {"h": "low (reference)"}),
        ("y ~ x + o", "gaussian", "x", {"o": "low (reference)"}),
        ("y ~ x + C(k)", "gaussian", "x", {"k": "1 (reference)"}),
        ("y ~ x + C(k, Treatment(2))", "gaussian", "x", {"k": "2 (reference)"}),
        ("y ~ x + C(g, Treatment('c'))", "gaussian", "x", {"g": "c (reference)"}),
        ("y ~ x + flag", "gaussian", "x", {"flag": "False (reference)"}),
        ("y ~ x + (1|school)", "gaussian", "x", {}),
        ("y ~ x + (z|school)", "gaussian", "school", {
            "x": f"{FRAME['x'].mean():.4g} (mean)", "z": f"{FRAME['z'].mean():.4g} (mean)"
        }),
        ("count ~ x + offset(log(e))", "poisson", "x", {"e": "1 (exposure: rates)"}),
        ("count ~ x + offset(log_e)", "poisson", "x", {"log_e": "0 (exposure: rates)"}),
        ("count ~ x + e + offset(log(e))", "poisson", "x", {"e": f"{FRAME['e'].mean():.4g} (mean)"}),
    ],
)  # fmt: skip
def test_what_is_held_is_said(text, family, axis, held):
    found = axis_of(predictor_of(text, family), axis)
    assert {one.name: one.value for one in found.held} == held


@pytest.mark.parametrize(
    ("text", "family", "expected"),
    [
        ("y ~ x", "gaussian", FRAME["y"]),
        ("p(s, n) ~ x", "binomial", FRAME["s"] / FRAME["n"]),
        ("count ~ x + offset(log(e))", "poisson", FRAME["count"] / FRAME["e"]),
        ("count ~ x + offset(log_e)", "negativebinomial", FRAME["count"] / FRAME["e"]),
        ("count ~ x + offset(log(e))", "zero_inflated_poisson", FRAME["count"] / FRAME["e"]),
        ("y ~ x + offset(z)", "gaussian", FRAME["y"]),
        ("weighted(y, pos) ~ x", "gaussian", FRAME["y"]),
        ("log(amount / pos) ~ x", "gaussian", np.log(FRAME["amount"] / FRAME["pos"])),
        ("censored(amount, status) ~ x", "weibull", FRAME["amount"]),
    ],
)
def test_points_stand_on_the_scale_of_the_lines(text, family, expected):
    np.testing.assert_allclose(predictor_of(text, family).observed_y, expected)


def test_points_that_cannot_be_put_on_the_scale_of_the_lines_are_left_out():
    # The mean of a hurdle is not proportional to exposure, and a category is not a probability.
    hurdle = predictor_of("count ~ x + offset(log(e))", "hurdle_poisson")
    assert np.isnan(hurdle.observed_y).all()
    assert any("not proportional" in note for note in hurdle.notes)
    assert np.isnan(predictor_of("grade ~ x", "cumulative").observed_y).all()


def test_censored_points_are_hollow():
    model, _, _ = fitted("censored(amount, status) ~ x", "weibull")
    np.testing.assert_array_equal(model.censored, FRAME["status"] != "none")
    assert any("latent" in note for note in read_formula(model).notes)


def test_a_predictor_of_sigma_alone_says_that_the_mean_is_flat():
    predictor = predictor_of("y ~ x\nsigma ~ z")
    assert axis_of(predictor, "z").note == "z is not in the formula of the mean: the lines are flat."
    assert axis_of(predictor, "x").note == ""


def test_a_grid_spans_the_data_in_their_own_unit():
    for text in ("y ~ scale(x)", "y ~ poly(x, 2)", "y ~ bs(x, df=5)", "y ~ log(pos)"):
        axis = predictor_of(text).axes[0]
        values = FRAME[axis.x]
        assert (axis.grid[0], axis.grid[-1]) == (values.min(), values.max())
        np.testing.assert_array_equal(axis.observed_x, values)


@pytest.mark.parametrize(("text", "family"), [("y ~ 1", None), ("grade ~ 1", "cumulative")])
def test_without_a_predictor_there_is_a_reason_instead_of_a_fan(text, family):
    found = read_formula(build(text, family))
    assert isinstance(found, NoPredictor)
    assert "no predictor" in found.reason
    assert "Summary" in found.reason


def test_two_offsets_under_bambis_predict_have_a_reason_instead_of_a_fan():
    found = read_formula(build("count ~ x + offset(z) + offset(e)", "zero_inflated_poisson"))
    assert isinstance(found, NoPredictor)
    assert "more than one offset" in found.reason


def test_two_offsets_are_added_where_the_mean_is_affine():
    # Bambi's own predict cannot do these.
    model, posterior, _ = fitted("y ~ offset(z) + x + offset(e)")
    axis = axis_of(read_formula(model), "x")
    lines = response_over(axis.strata[0].mean, stacked(posterior.draws))
    expected = numbers(posterior, "Intercept") + numbers(posterior, "x") * axis.grid
    np.testing.assert_allclose(lines, expected + FRAME["z"].mean() + FRAME["e"].mean(), rtol=1e-12)


def test_many_levels_are_a_note_and_not_a_wall_of_fans():
    frame = FRAME.assign(many=[f"m{i % 10}" for i in range(N)], crowd=[f"c{i % 40:02}" for i in range(N)])
    predictor = predictor_of("y ~ x * many + (1|crowd)", frame=frame)
    assert [axis.label for axis in predictor.axes] == ["x", "many"]
    assert [note.partition(",")[0] for note in predictor.notes] == [
        "many has 10 levels",
        "crowd has 40 levels",
    ]


def test_a_column_never_comes_from_a_variable_of_the_same_name():
    other = np.full(N, 1e6)
    x = other  # noqa: F841  in the calling frame
    predictor = read_formula(build("y ~ x + f(z)", namespace={"x": other, "z": other, "f": lambda v: 2 * v}))
    axis = axis_of(predictor, "x")
    assert axis.grid[-1] == FRAME["x"].max()
    assert [one.value for one in axis.held] == [f"{FRAME['z'].mean():.4g} (mean)"]
    assert axis.strata[0].mean.rows[:, -1] == pytest.approx(2 * FRAME["z"].mean())


def test_a_column_called_like_a_parameter_keeps_both_apart():
    _, posterior, _ = fitted("y ~ sigma + mu + x_1 + y_hat + df")
    assert list(posterior.draws) == [
        "Intercept",
        "sigma (column)",
        "mu (column)",
        "x_1",
        "y_hat",
        "df",
        "sigma",
    ]
