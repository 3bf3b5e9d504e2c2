"""Draws from the prior against PyMC's own, without compiling."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
import pytest

pytest.importorskip("bambi")

from glm_magic.data import as_table
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.model.formula import formula_model
from glm_magic.model.forward import NoPrior, prior_draws
from glm_magic.model.ordered import RareOrderError, ascending
from glm_magic.request import DEFAULTS
from glm_magic.request.cell import read_cell

pytestmark = [
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
]

DRAWS = 2_000
SEED = 8927
RNG = np.random.default_rng(SEED)
N = 60
FRAME = pd.DataFrame(
    {
        "x": RNG.normal(2000.0, 3.0, N),
        "z": RNG.normal(size=N),
        "g": np.repeat(list("abcde"), N // 5),
        "y": RNG.normal(size=N),
        "hit": RNG.integers(0, 2, N),
        "grade": pd.Categorical(np.resize([1, 2, 3, 4], N), ordered=True),
        "kind": np.resize(["low", "middle", "high"], N),
    }
)
FORMULAS = {
    "line": ("y ~ x", None),
    "logistic": ("hit ~ x*z", "bernoulli"),
    "groups": ("y ~ x + (x|g)", None),
    "centred groups": ("y ~ x + (1|g)\n1|g ~ StudentT(4, Normal(0, 1), HalfNormal(2))", None),
    "distributional": ("y ~ x\nsigma ~ z + (1|g)", None),
    "splines": ("y ~ bs(z, df=5) + g", None),
    "categories": ("kind ~ x*g", "categorical"),
    "thresholds without order": ("grade ~ x", "sratio"),
    "other priors": ("y ~ x\nx ~ Laplace(1, 2)\nsigma ~ Exponential(3)\nIntercept ~ Uniform(-1, 4)", "t"),
}


def formula(text, family=None):
    return formula_model(read_cell(text), as_table(FRAME), {}, replace(DEFAULTS, family=family))


def names_of(model):
    return [*model.variables, *(one.name for one in model.source.centered)]


def by_pymc(model, names):
    """PyMC's forward sampling, in Python."""
    drawn = pm.sample_prior_predictive(
        DRAWS, model=model, var_names=names, random_seed=1, compile_kwargs={"mode": AS_WRITTEN}
    )
    group = drawn["prior"]
    return {name: group[name].values.reshape(DRAWS, *group[name].shape[2:]) for name in names}


def assert_same_distribution(own, other, name):
    """Means and standard deviations within 4 Monte Carlo standard errors, of numbers that have all moments."""
    scale = np.median(np.abs(other), axis=0) + 1e-300
    own, other = np.arcsinh(own / scale), np.arcsinh(other / scale)
    for moment in (lambda v: v, lambda v: (v - v.mean(axis=0)) ** 2):
        first, second = moment(own), moment(other)
        error = np.sqrt(first.var(axis=0) / len(first) + second.var(axis=0) / len(second))
        assert (np.abs(first.mean(axis=0) - second.mean(axis=0)) <= 4 * error + 1e-12).all(), name


@pytest.fixture
def no_compiling(monkeypatch):
    """Refuse whatever would compile a function."""
    from pytensor.compile.builders import OpFromGraph
    from pytensor.link.basic import Linker, PerformLinker, WrapLinker

    def refused(*_, **__):
        raise AssertionError("something is compiled")

    monkeypatch.setattr(OpFromGraph, "perform", refused)
    for linker in (Linker, PerformLinker, WrapLinker):
        monkeypatch.setattr(linker, "make_thunk", refused)
        monkeypatch.setattr(linker, "make_all", refused, raising=False)


@pytest.mark.parametrize("kind", FORMULAS)
def test_the_prior_is_that_of_pymc(kind, monkeypatch, request):
    model = formula(*FORMULAS[kind])
    names = names_of(model)
    request.getfixturevalue("no_compiling")
    with pytest.raises(AssertionError, match="something is compiled"):
        by_pymc(model.pymc, names)
    own = prior_draws(model.pymc, names, DRAWS, SEED)
    monkeypatch.undo()
    other = by_pymc(model.pymc, names)
    for name in names:
        assert own[name].shape == other[name].shape
        assert_same_distribution(own[name], other[name], name)


def test_the_draws_are_joint():
    model = formula("y ~ x + g + (x|g)")
    own = prior_draws(model.pymc, [*names_of(model), "x|g_offset"], DRAWS, SEED)
    (centred,) = model.source.centered
    at_zero = own["Intercept_centered"] - sum(
        own[name].reshape(DRAWS, -1) @ means for name, means in centred.means.items()
    )
    np.testing.assert_allclose(own["Intercept"], at_zero)
    np.testing.assert_allclose(own["x|g"], own["x|g_offset"] * own["x|g_sigma"][:, np.newaxis])


def test_a_seed_gives_its_draws():
    model = formula("y ~ x + (x|g)")
    first, again, other = (prior_draws(model.pymc, names_of(model), 50, seed)["x|g"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_ordered_thresholds_are_the_prior_where_it_ascends():
    model = formula("grade ~ x", "cumulative")
    own = prior_draws(model.pymc, ["threshold"], DRAWS, SEED)["threshold"]
    assert (np.diff(own, axis=1) > 0).all()
    # Bambi's own prior: standard normal around evenly spaced means.
    free = np.random.default_rng(1).normal(np.linspace(-2, 2, 3), 1, (4 * DRAWS, 3))
    assert_same_distribution(own, free[(np.diff(free, axis=1) > 0).all(axis=1)], "threshold")


def test_thresholds_with_one_prior_are_order_statistics():
    model = formula("grade ~ x\nthreshold ~ Normal(0, 2)", "cumulative")
    own = prior_draws(model.pymc, ["threshold"], DRAWS, SEED)["threshold"]
    free = np.random.default_rng(1).normal(0, 2, (20 * DRAWS, 3))
    assert_same_distribution(own, free[(np.diff(free, axis=1) > 0).all(axis=1)], "threshold")


def test_halves_in_order_are_a_whole_in_order():
    """Against plain rejection, for seven numbers of different distributions."""
    rng = np.random.default_rng(SEED)
    means, sds = np.linspace(-2, 2, 7), np.linspace(0.5, 1.5, 7)
    own = ascending([lambda n, m=m, s=s: rng.normal(m, s, n) for m, s in zip(means, sds, strict=True)], DRAWS)
    free = rng.normal(means, sds, (100_000, 7))
    assert_same_distribution(own, free[(np.diff(free, axis=1) > 0).all(axis=1)], "numbers")


def test_an_order_that_is_too_rare_is_told():
    with pytest.raises(RareOrderError, match="0 of 50,000 draws are in order, and 10 are needed"):
        ascending([lambda n: np.ones(n), lambda n: np.zeros(n)], 10)


def everything():
    """A model with operations of every kind, most of which no formula makes."""
    with pm.Model() as model:
        mu = pm.Normal("mu", 0, 1, shape=3)
        rate = pm.Gamma("rate", 2, 2)
        pm.Dirichlet("shares", np.array([1.0, 2.0, 3.0]))
        pm.Dirichlet("random shares", pt.exp(mu))
        pm.MvNormal("vector", mu, np.eye(3) + 0.5)
        pm.ZeroSumNormal("contrasts", rate, shape=4)
        pm.TruncatedNormal("positive", mu[0], rate, lower=0)
        pm.NormalMixture("mixture", [0.3, 0.7], mu[:2], [1.0, 0.5])
        matrix = pm.Normal("matrix", mu[:, None], rate, shape=(3, 2))
        pm.Deterministic("sum", matrix.sum(axis=0))
        pm.Deterministic("product", pt.dot(mu, matrix))
        pm.Deterministic("picked", matrix[np.array([2, 0])].T)
        pm.Deterministic("row", pt.concatenate([mu[None], matrix.T]))
        pm.Deterministic("constant", pt.as_tensor([1.0, 2.0]))
        pm.Bernoulli("hit", pm.math.invlogit(mu))
        pm.Beta("share", 1 + rate, 2, shape=2)
    return model


def test_every_operation_is_computed():
    model = everything()
    names = [one.name for one in (*model.free_RVs, *model.deterministics)]
    own = prior_draws(model, names, DRAWS, SEED)
    other = by_pymc(model, names)
    for name in names:
        assert own[name].shape == other[name].shape
        assert_same_distribution(own[name], other[name], name)


def with_flat():
    pm.Flat("x")


def with_own():
    pm.CustomDist("x", 0.0, logp=lambda value, mu: -abs(value - mu))


def with_bounds():
    pm.Normal("x", transform=pm.distributions.transforms.log)


def with_random_order():
    pm.Normal("x", pm.Normal("m"), shape=3, transform=pm.distributions.transforms.ordered, initval=[0, 1, 2])


def with_potential():
    pm.Potential("wall", pm.math.switch(pm.Normal("x") > 0, 0, -np.inf))


@pytest.mark.parametrize(
    ("write", "reason"),
    [
        (with_flat, "the prior of 'x' is flat"),
        (with_own, "the prior of 'x' cannot be drawn from"),
        (with_bounds, "'x' is sampled within bounds that its distribution does not have"),
        (with_random_order, "'x' is sampled within bounds that its distribution does not have"),
        (with_potential, "'wall'"),
    ],
)
def test_what_cannot_be_drawn_says_why(write, reason):
    with pm.Model() as model:
        write()
    found = prior_draws(model, ["x"], 10, SEED)
    assert isinstance(found, NoPrior)
    assert reason in found.reason
