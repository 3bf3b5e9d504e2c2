"""A fit as a PyMC program: the same density, and the same posterior."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pymc as pm
import pytensor
import pytest
from pymc.logprob.utils import ParameterValueError

from glm_magic.code.calls import call_of
from glm_magic.code.priors import priors_of
from glm_magic.code.program import program_of, text_of
from glm_magic.data import as_table, no_table
from glm_magic.engines.instant.priors import PRIORS
from glm_magic.model import Model
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.model.formula import formula_model
from glm_magic.request import Options
from glm_magic.request.cell import read_cell

pytestmark = [
    pytest.mark.filterwarnings("ignore:Scan return signature:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
    pytest.mark.filterwarnings("ignore:Using 'c\\(:FutureWarning"),
]
N = 60
RNG = np.random.default_rng(8927)
FRAME = pd.DataFrame(
    {
        "x": RNG.normal(size=N), "z": RNG.normal(size=N), "y": RNG.normal(size=N), "p": RNG.gamma(4, 0.25, N),
        "k": RNG.poisson(2, N), "b": RNG.integers(0, 2, N), "s": RNG.uniform(0.1, 0.9, N), "w": RNG.uniform(0.5, 2, N),
        "g": RNG.choice(list("abc"), N), "h": RNG.choice(["u", "v"], N), "angle": RNG.uniform(-3, 3, N),
        "t": RNG.integers(5, 9, N), "kind": RNG.choice(["low", "mid", "top"], N), "one": RNG.poisson(3, N),
        "two": RNG.poisson(3, N), "status": RNG.choice(["none", "left", "right"], N),
    }
).assign(
    n=lambda frame: frame["k"] + frame["t"],
    grade=lambda frame: pd.Categorical(frame["kind"], ordered=True),
    **{"my column": RNG.normal(size=N), "lambda": RNG.normal(size=N), "mu": RNG.normal(size=N)},
)  # fmt: skip


def twice(values):
    """Stand in for a function of the notebook."""
    return 2 * values


NOTEBOOK = {"np": np, "pd": pd, "twice": twice, "knots": [-0.5, 0.5], "v": RNG.normal(size=N)}


def model_of(cell: str, frame: pd.DataFrame | None = FRAME, **options) -> Model:
    table = no_table() if frame is None else as_table(frame, "df")
    return formula_model(read_cell(cell), table, NOTEBOOK, Options(**options))


def written(model: Model) -> str:
    return text_of(program_of(model, Options(), 8927))


def run(code: str, frame: pd.DataFrame | None = FRAME) -> pm.Model:
    """Run a program without its last statement, which samples."""
    statements, sampling = code.rsplit("    idata = ", 1)
    assert sampling.startswith("pm.sample(")
    names = {**NOTEBOOK, "df": frame, "data": frame}
    exec(compile(statements, "program", "exec"), names)
    return names["model"]


def density(model: pm.Model, order: list[str]):
    values = [model.rvs_to_values[model[name]] for name in order]
    return [value.name for value in values], pytensor.function(
        values, model.logp(), mode=AS_WRITTEN, on_unused_input="ignore"
    )


def assert_same_density(model: Model, frame: pd.DataFrame | None = FRAME) -> str:
    """Compare the log densities up to a constant, at points at which both are finite."""
    code = written(model)
    other = run(code, frame)
    names = [variable.name for variable in model.pymc.free_RVs]
    assert set(names) == {variable.name for variable in other.free_RVs}
    (values, ours), (same, theirs) = density(model.pymc, names), density(other, names)
    assert values == same
    start, rng = model.pymc.initial_point(), np.random.default_rng(1)
    found = []
    for trial in range(40):
        # Links without bounds need a mean that is possible: an intercept of about one half, and small slopes.
        middle = {name: 0.5 if name.startswith("Intercept") else start[name] for name in values}
        width = 0.4 if trial < 20 else 0.02
        point = [middle[name] + rng.uniform(-width, width, np.shape(start[name])) for name in values]
        try:
            with np.errstate(all="ignore"):
                pair = float(ours(*point)), float(theirs(*point))
        except ParameterValueError:
            continue
        if np.isfinite(pair).any():
            found.append(pair)
        if len(found) == 4:
            break
    assert len(found) == 4
    one, two = np.transpose(found)
    assert np.ptp(one - two) <= 1e-9 * np.abs(one).max()
    return code


# Every family of the instant engine with its links, then the others of Bambi.
FAMILIES = [
    ("y ~ x", "gaussian", "identity"), ("p ~ x", "gaussian", "log"), ("p ~ x", "gaussian", "inverse"),
    ("y ~ x", "t", "identity"), ("y ~ x", "laplace", "identity"), ("y ~ x", "asymmetriclaplace", "identity"),
    ("b ~ x", "bernoulli", "logit"), ("b ~ x", "bernoulli", "probit"), ("b ~ x", "bernoulli", "cloglog"),
    ("b ~ x", "bernoulli", "identity"), ("h ~ x", "bernoulli", "logit"), ("h['u'] ~ x", "bernoulli", "logit"),
    ("p(k, n) ~ x", "binomial", "logit"), ("p(k, 20) ~ x", "binomial", "probit"),
    ("p(k, n) ~ x", "beta_binomial", "logit"), ("k ~ x + offset(z)", "poisson", "log"),
    ("k ~ x + offset(np.log(p))", "poisson", "log"), ("k ~ x", "negativebinomial", "log"),
    ("k ~ x", "negativebinomial", "cloglog"), ("p ~ x", "gamma", "log"), ("p ~ x", "gamma", "inverse"),
    ("p ~ x", "exponential", "log"), ("p ~ x", "weibull", "log"), ("p ~ x", "wald", "log"),
    ("p ~ x", "wald", "inverse_squared"), ("s ~ x", "beta", "logit"), ("s ~ x", "beta", "probit"),
    ("s ~ x", "beta", "cloglog"), ("angle ~ x", "vonmises", None), ("k ~ x", "zero_inflated_poisson", None),
    ("k ~ x", "zero_inflated_negativebinomial", None), ("p(k, n) ~ x", "zero_inflated_binomial", None),
    ("k ~ x", "hurdle_poisson", None), ("k ~ x", "hurdle_negativebinomial", None), ("p ~ x", "hurdle_gamma", None),
    ("p ~ x", "hurdle_lognormal", None), ("kind ~ x + g + (1|h)", "categorical", None),
    ("kind ~ 1", "categorical", None), ("grade ~ x + g", "cumulative", None), ("grade ~ x", "sratio", None),
    ("c(one, two, k) ~ x + g", "multinomial", None), ("c(one, two, k) ~ x", "dirichlet_multinomial", None),
    ("censored(p, status) ~ x", "weibull", None), ("censored(y, status) ~ x", "gaussian", None),
    ("truncated(y, lb=-9) ~ x", "gaussian", None), ("constrained(y, -9, 9) ~ x", "gaussian", None),
    ("weighted(y, w) ~ x + (1|g)", "gaussian", None), ("weighted(k, w) ~ g", "poisson", None),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "family", "link"), FAMILIES)
def test_a_family_and_its_links(cell, family, link):
    assert_same_density(model_of(cell, family=family, link=link))


FORMULAS = [
    "y ~ 1", "y ~ 0 + x", "y ~ 0 + g", "y ~ 0 + Intercept + x", "y ~ x*z", "y ~ x*g", "y ~ g*h", "y ~ g:h",
    "y ~ x*g*h", "y ~ x:z + (x:z|g)", "y ~ bs(x, df=5) + g", "y ~ bs(z, knots=knots)", "y ~ poly(x, 2)",
    "y ~ x + I(x ** 2) + np.log(p) + log(p)", "y ~ {x + z} + I(x > 0)", "y ~ center(x) + scale(z)", "y ~ twice(x)",
    "y ~ np.exp(-x):g", "log(p) ~ x", "y ~ C(t)", "y ~ C(g, Sum)", "y ~ C(g, Treatment('b'))", "y ~ pd.cut(x, 3)",
    "y ~ (1|g)", "y ~ x + (x|g)", "y ~ x + (0 + x|g) + (1|h)", "y ~ (g|h)", "y ~ (1|g/h)", "y ~ (C(g)|t)",
    "y ~ `my column` + lambda + mu", "y ~ hsgp(x, m=5, c=2)", "y ~ x + (1|g)\nsigma ~ z + (1|h)", "y ~ x\nsigma ~ g",
]  # fmt: skip


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula(cell):
    assert_same_density(model_of(cell))


@pytest.mark.parametrize("prior", PRIORS, ids=[prior.name for prior in PRIORS])
def test_every_prior_of_the_page(prior):
    """On the coefficient that it fits, and on those of a group's spread where it is positive."""
    numbers = ", ".join(f"{argument.start + 0.123456789012345!r}" for argument in prior.arguments)
    target = {"real": "x", "positive": "sigma", "unit": "x"}[prior.support]
    call = f"{prior.name}({numbers})" if prior.name != "StudentT" else "StudentT(4.5, mu=0.1, sigma=0.7)"
    model = model_of(f"y ~ x + (1|g)\n{target} ~ {call}")
    code = assert_same_density(model)
    (random,) = (one for one in priors_of(model) if one.name == target)
    assert (random.fixed, random.family) == ("", prior.name)
    assert list(random.arguments) == [argument.name for argument in prior.arguments]
    assert call_of(random) in code
    if prior.support == "positive":
        assert_same_density(model_of(f"y ~ x + (1|g)\n1|g_sigma ~ {call}"))


OTHER_PRIORS = [
    "y ~ x\nx ~ Uniform(-3, 3)\nIntercept ~ Flat()", "y ~ x\nnu ~ 4", "y ~ x\nsigma ~ Gamma(mu=2, sigma=1)",
    "y ~ g\ng ~ Normal([0, 1], 2)", "y ~ g\ng[b] ~ Normal(1, 2)", "y ~ x\nx ~ Horseshoe(3, 1)",
    "y ~ g\ng ~ Horseshoe(3, 1)", "y ~ (1|g)\n1|g ~ StudentT(4, mu=0, sigma=HalfNormal(1))",
    "y ~ (1|g)\n1|g ~ Normal(0, HalfNormal(HalfNormal(1)))", "y ~ (1|g)\n1|g_sigma ~ 2",
    "y ~ (1|g)\n1|g ~ Normal(Normal(0, 1), HalfNormal(2))", "y ~ x + z\ncommon ~ Laplace(0, 0.3)",
]  # fmt: skip


@pytest.mark.parametrize("cell", OTHER_PRIORS)
def test_priors_of_the_user(cell):
    assert_same_density(model_of(cell, family="t" if "nu" in cell else None))


def test_thresholds_keep_their_order():
    assert_same_density(model_of("grade ~ x\nthreshold ~ Normal([-1, 1], 2)", family="cumulative"))


def test_many_levels_are_those_of_the_data():
    frame = FRAME.assign(m=[f"m{place % 20:02d}" for place in range(N)])
    for cell in ("y ~ x + (1|m)", "y ~ m", "y ~ x*m"):
        code = assert_same_density(model_of(cell, frame), frame)
        assert "np.unique(m)" in code


def test_many_rows_are_written_from_some(monkeypatch):
    """Functions of a whole column are still computed with all of it, and levels that few rows have are known."""
    monkeypatch.setattr("glm_magic.code.arrays.MOST_COMPARED", 7)
    frame = FRAME.assign(m=[f"m{place % 20:02d}" for place in range(N)], t=np.arange(N) // 4)
    for cell in (
        "y ~ center(x) + C(t)*z + (1|m) + (1|t)",
        "y ~ bs(x, df=4) + g:h",
        "p(k, 20) ~ np.cumsum(x)",
    ):
        assert_same_density(model_of(cell, frame, family="binomial" if "p(" in cell else None), frame)


def test_rows_with_missing_values_are_left_out():
    frame = FRAME.assign(x=FRAME["x"].mask(FRAME.index < 3), g=FRAME["g"].mask(FRAME.index == 7))
    code = assert_same_density(model_of("y ~ x + g + v", frame), frame)
    assert ".dropna()" in code
    with pytest.warns(RuntimeWarning, match="invalid value"):
        assert_same_density(model_of("y ~ x + np.log(z)", frame), frame)


def test_arrays_of_the_notebook_keep_their_names():
    NOTEBOOK.update(target=RNG.normal(size=N), level=list(FRAME["g"]))
    code = assert_same_density(model_of("target ~ v + level", None), None)
    assert "v = np" not in code.replace("v_2 = np", "")


def test_names_that_are_no_python():
    frame = FRAME.rename(columns={"x": 'a "b" \\ \n', "z": "np", "w": "größe", "p": "42"})
    model = model_of("y ~ np + größe + `42`", frame)
    code = assert_same_density(model, frame)
    assert 'pm.Normal("np"' in code
    assert 'pm.Normal("42"' in code
