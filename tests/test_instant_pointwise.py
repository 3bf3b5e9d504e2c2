"""The log density of each row, by the instant engine's kernels, is PyMC's: every likelihood, link and family."""

from __future__ import annotations

from functools import partial

import bambi
import numpy as np
import pymc as pm
import pytest
import xarray
from pytensor.compile.mode import Mode
from scipy import special, stats

from glm_magic._stack import group, to_native
from glm_magic.engines.instant import NotInstant, Program, lower, pointwise
from glm_magic.engines.instant.bridge import kernel
from glm_magic.engines.instant.pointwise import Differs, log_likelihoods
from tests.test_instant_density import (
    AUXILIARY,
    BAMBI,
    COUNT,
    CROSSED,
    FRAME,
    HIT,
    LIKELIHOODS,
    REAL,
    TRIALS,
    X,
    doubled,
    inverse,
    start,
)

# What PyMC compiles, without the wait: its own rewrites, evaluated in Python.
REWRITTEN = Mode(linker="py", optimizer="fast_run")
SINGLE = 1e-7
"""PyTensor holds a 4 or a 2.0 in 8 or 32 bits, and PyMC takes its logarithm in 32: there ours has more digits, as
`test_where_pymc_computes_in_32_bits_ours_is_the_closed_form` shows."""


def drawn(model: pm.Model) -> xarray.Dataset:
    """Give two chains of three points around the initial one, as draws of the free variables."""
    program = lower(model)
    assert isinstance(program, Program), program
    machine, rng, centre = kernel(program), np.random.default_rng(1), start(model)
    tried = [centre + rng.uniform(-0.4, 0.4, len(centre)) for _ in range(60)]
    # Where every mean is in the domain of its link.
    points = [machine.constrained(u) for u in tried if np.isfinite(machine.log_density(u)[0])][:6]
    data = {
        one.name: (
            ("chain", "draw", *(f"{one.name}_{axis}" for axis in range(len(one.shape)))),
            np.reshape([c[one.start : one.start + one.size] for c in points], (2, 3, *one.shape)),
        )
        for one in program.variables
    }
    return xarray.Dataset(data, coords={"chain": [0, 1], "draw": [0, 1, 2]})


def of_pymc(model: pm.Model, draws: xarray.Dataset) -> xarray.Dataset:
    found = pm.compute_log_likelihood(
        to_native(xarray.DataTree.from_dict({"posterior": draws})),
        model=model,
        extend_inferencedata=False,
        progressbar=False,
        compile_kwargs={"mode": REWRITTEN},
    )
    return found if isinstance(found, xarray.Dataset) else group(found, "log_likelihood")


def assert_same(model: pm.Model, tolerance: float = 1e-10) -> None:
    draws = drawn(model)
    found = log_likelihoods(model, draws)
    assert not isinstance(found, NotInstant | Differs), found
    expected = of_pymc(model, draws)
    assert list(found) == [rv.name for rv in model.observed_RVs]
    for name, rows in found.items():
        theirs = np.asarray(expected[name].transpose("chain", "draw", ...))
        np.testing.assert_allclose(rows, theirs, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("name", "link"), CROSSED)
def test_a_likelihood_with_a_link(name, link):
    _, likelihood = LIKELIHOODS[name]
    with pm.Model() as model:
        # Inside every link's domain.
        likelihood(inverse(link, 0.5 + 0.05 * X * pm.Normal("a", 0, 1)))
    assert_same(model, SINGLE if name == "StudentT" else 1e-10)


@pytest.mark.parametrize("name", AUXILIARY)
@pytest.mark.parametrize("varies", [False, True])
def test_an_auxiliary_parameter(name, varies):
    with pm.Model() as model:
        k = pm.HalfNormal("k", 1)
        AUXILIARY[name](pm.math.exp(0.3 * pm.Normal("a", 0, 1) * X + k) if varies else k)
    assert_same(model, SINGLE if name in ("BetaBinomial shapes", "Weibull") else 1e-10)


@pytest.mark.parametrize(("formula", "family", "link"), BAMBI)
def test_a_formula(formula, family, link):
    model = bambi.Model(formula, FRAME, family=family, link=link)
    model.build()
    assert_same(model.backend.model, SINGLE if family in ("asymmetriclaplace", "weibull") else 1e-10)


def parameters(draws, name):
    return np.asarray(draws[name])[..., None]


CLOSED = {
    "t": lambda y, eta, q: stats.t.logpdf(y, q("nu"), eta, q("sigma")),
    "asymmetriclaplace": lambda y, eta, q: stats.laplace_asymmetric.logpdf(
        y, q("kappa"), loc=eta, scale=1 / q("b")
    ),
    "weibull": lambda y, eta, q: stats.weibull_min.logpdf(
        y, q("alpha"), scale=np.exp(eta) / special.gamma(1 + 1 / q("alpha"))
    ),
}


@pytest.mark.parametrize("family", CLOSED)
def test_where_pymc_computes_in_32_bits_ours_is_the_closed_form(family):
    name = "p" if family == "weibull" else "y"
    model = bambi.Model(f"{name} ~ x", FRAME, family=family, link="log" if family == "weibull" else None)
    model.build()
    draws = drawn(model.backend.model)
    eta = parameters(draws, "Intercept") + parameters(draws, "x") * (X - X.mean())
    expected = CLOSED[family](FRAME[name].to_numpy(), eta, partial(parameters, draws))
    found = log_likelihoods(model.backend.model, draws)
    np.testing.assert_allclose(found[name], expected, rtol=1e-12, atol=1e-13)


def test_shapes_of_beta_binomial_in_64_bits():
    with pm.Model() as model:
        pm.BetaBinomial("y", n=TRIALS, alpha=pm.HalfNormal("k", 1), beta=1.5, observed=COUNT)
    draws = drawn(model)
    expected = stats.betabinom.logpmf(COUNT, TRIALS, parameters(draws, "k"), 1.5)
    np.testing.assert_allclose(log_likelihoods(model, draws)["y"], expected, rtol=1e-11)


def test_parameters_with_bounds():
    with pm.Model() as model:
        pm.Binomial("hits", n=TRIALS, p=pm.Beta("p", 2, 2), observed=HIT)
        pm.Normal("y", pm.Normal("m", 0, 1), pm.Uniform("s", 0.5, 2), observed=REAL)
    assert_same(model)


def test_more_rows_than_a_chunk_and_a_shape_of_two_dimensions():
    y = np.random.default_rng(1).normal(size=(400, 3))
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("m", 0, 1, shape=3), pm.HalfNormal("s", 1), observed=y)
    assert_same(model)


def test_equal_rows_are_not_merged_and_weights_count():
    assert_same(doubled(lambda one, mu: 2.0 * one))
    with pm.Model() as model:
        pm.Poisson("y", pm.math.exp(pm.Normal("a", 0, 1)), observed=np.repeat([0, 3], 300))
    assert_same(model)


def test_what_is_not_pymcs_is_found(monkeypatch):
    model = bambi.Model("k ~ x", FRAME, family="poisson")
    model.build()
    draws = drawn(model.backend.model)
    right = pointwise._rows

    def wrong(*given):
        rows = right(*given)
        rows[:, 7] += 1e-5
        return rows

    monkeypatch.setattr(pointwise, "_rows", wrong)
    found = log_likelihoods(model.backend.model, draws)
    assert isinstance(found, Differs)
    assert found.variable == "k"
    assert found.error < 2e-5


def test_without_draws_to_compare_at_there_is_a_reason():
    with pm.Model() as model:
        pm.Bernoulli("y", logit_p=pm.Normal("a", 0, 1) * X, observed=HIT)
    draws = drawn(model)
    found = log_likelihoods(model, draws.assign(a=1e4 + draws["a"]))
    assert isinstance(found, NotInstant)
    assert "could be compared at 0 draws" in found.reason
