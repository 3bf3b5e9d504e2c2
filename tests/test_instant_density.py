"""Precompiled densities are PyMC's: every likelihood, link and prior, against PyMC itself."""

from __future__ import annotations

import bambi
import numpy as np
import pandas as pd
import pymc as pm
import pytensor
import pytest
from pymc.logprob.utils import ParameterValueError
from scipy import special, stats

from glm_magic.engines.instant import NotInstant, Program, lower
from glm_magic.engines.instant.bridge import Kernel, kernel
from glm_magic.engines.instant.compress import compress
from glm_magic.engines.instant.links import LINKS
from glm_magic.model.as_written import AS_WRITTEN

N = 40
RNG = np.random.default_rng(8927)
X = RNG.uniform(0.2, 1.0, size=N)
Z = RNG.normal(size=N)
REAL = 1 + X + 0.3 * RNG.normal(size=N)
POSITIVE = np.exp(0.3 * RNG.normal(size=N))
COUNT = RNG.poisson(2, size=N)
HIT = RNG.integers(0, 2, size=N)
SHARE = RNG.uniform(0.1, 0.9, size=N)
TRIALS = COUNT + RNG.integers(1, 5, size=N)


def flat(model: pm.Model) -> list:
    return [model.rvs_to_values[rv] for rv in model.free_RVs]


def pymc_density(model: pm.Model):
    """PyMC's own log density and gradient, as functions of one vector."""
    values = flat(model)
    logp = model.logp()
    evaluate = pytensor.function(
        values, [logp, *pytensor.grad(logp, values)], mode=AS_WRITTEN, on_unused_input="ignore"
    )
    shapes = [model.initial_point()[value.name].shape for value in values]
    ends = np.cumsum([int(np.prod(shape, dtype=int)) for shape in shapes])[:-1]

    def density(u):
        parts = [part.reshape(shape) for part, shape in zip(np.split(u, ends), shapes, strict=True)]
        # As written, PyMC's density overflows in places that its sum does not need.
        try:
            with np.errstate(all="ignore"):
                value, *gradient = evaluate(*parts)
        except ParameterValueError:
            return -np.inf, np.zeros(len(u))
        return float(value), np.concatenate([np.ravel(part) for part in gradient])

    return density


def start(model: pm.Model) -> np.ndarray:
    initial = model.initial_point()
    return np.concatenate([np.ravel(initial[value.name]).astype(float) for value in flat(model)])


def assert_same(model: pm.Model, points: int = 4, around: float = 0.4) -> Program:
    """Compare log density, up to a constant, and gradient; also of the compressed program."""
    program = lower(model)
    assert isinstance(program, Program), program
    small = Program(variables=program.variables, factors=tuple(map(compress, program.factors)))
    theirs, centre = pymc_density(model), start(model)
    rng = np.random.default_rng(1)
    where = [centre + rng.uniform(-around, around, len(centre)) for _ in range(points)]
    expected = [theirs(u) for u in where]
    finite = [place for place, (value, _) in enumerate(expected) if np.isfinite(value)]
    assert len(finite) >= 2
    for machine in (kernel(program), kernel(small)):
        found = [machine.log_density(u) for u in where]
        shifts = [expected[place][0] - found[place][0] for place in finite]
        assert np.ptp(shifts) <= 1e-9 * max(abs(expected[place][0]) for place in finite)
        for place in finite:
            size = abs(expected[place][1]).max()
            np.testing.assert_allclose(found[place][1], expected[place][1], rtol=1e-9, atol=1e-9 * size)
    return program


# PyMC's priors: on one coefficient each, and on a vector
PRIORS = {
    "Normal": lambda name, **k: pm.Normal(name, 0.2, 0.7, **k),
    "StudentT": lambda name, **k: pm.StudentT(name, nu=4, mu=0.1, sigma=0.7, **k),
    "Cauchy": lambda name, **k: pm.Cauchy(name, 0.1, 0.7, **k),
    "Laplace": lambda name, **k: pm.Laplace(name, 0.1, 0.7, **k),
    "Uniform": lambda name, **k: pm.Uniform(name, -2, 3, **k),
    "Flat": lambda name, **k: pm.Flat(name, **k),
    "HalfNormal": lambda name, **k: pm.HalfNormal(name, 0.7, **k),
    "HalfCauchy": lambda name, **k: pm.HalfCauchy(name, 0.7, **k),
    "HalfStudentT": lambda name, **k: pm.HalfStudentT(name, nu=4, sigma=0.7, **k),
    "HalfFlat": lambda name, **k: pm.HalfFlat(name, **k),
    "Exponential": lambda name, **k: pm.Exponential(name, 2.0, **k),
    "Gamma": lambda name, **k: pm.Gamma(name, alpha=2.0, beta=3.0, **k),
    "InverseGamma": lambda name, **k: pm.InverseGamma(name, alpha=3.0, beta=1.0, **k),
    "LogNormal": lambda name, **k: pm.LogNormal(name, -1.0, 0.7, **k),
    "Beta": lambda name, **k: pm.Beta(name, 2.0, 3.0, **k),
}


def predictor(vector: bool):
    """A linear predictor whose coefficients have every prior there is."""
    total = 0.0
    for place, (name, prior) in enumerate(PRIORS.items()):
        if vector:
            total = total + pm.math.dot(0.02 * np.column_stack([X, X * (1 + place)]), prior(name, shape=2))
        else:
            total = total + 0.03 * (X + place * X**2) * prior(name)
    return total


def inverse(link: str, eta):
    """The inverse links, as a user would write them."""
    match link:
        case "identity":
            return eta
        case "log":
            return pm.math.exp(eta)
        case "inverse":
            return 1 / eta
        case "inverse_squared":
            return eta**-0.5
        case "logit":
            return pm.math.invlogit(eta)
        case "probit":
            return pm.math.invprobit(eta)
        case "softplus":
            return pm.math.log1pexp(eta)
        case _:
            return 1 - pm.math.exp(-pm.math.exp(eta))


LOCATION, RATE, CHANCE = (
    ("identity", "log", "inverse"),
    ("identity", "log", "inverse"),
    ("identity", "logit", "probit", "cloglog"),
)
LIKELIHOODS = {
    "Normal": (LOCATION, lambda mu: pm.Normal("y", mu, 0.7, observed=REAL)),
    "StudentT": (LOCATION, lambda mu: pm.StudentT("y", nu=4, mu=mu, sigma=0.7, observed=REAL)),
    "Laplace": (LOCATION, lambda mu: pm.Laplace("y", mu, 0.7, observed=REAL)),
    "AsymmetricLaplace": (
        LOCATION,
        lambda mu: pm.AsymmetricLaplace("y", b=1.5, kappa=0.8, mu=mu, observed=REAL),
    ),
    "LogNormal": (LOCATION, lambda mu: pm.LogNormal("y", mu, 0.7, observed=POSITIVE)),
    "Bernoulli": (CHANCE, lambda p: pm.Bernoulli("y", p=p, observed=HIT)),
    "Binomial": (CHANCE, lambda p: pm.Binomial("y", n=TRIALS, p=p, observed=COUNT)),
    "BetaBinomial": (
        CHANCE,
        lambda p: pm.BetaBinomial("y", n=TRIALS, alpha=p * 3.0, beta=(1 - p) * 3.0, observed=COUNT),
    ),
    "Beta": (CHANCE, lambda p: pm.Beta("y", alpha=p * 3.0, beta=(1 - p) * 3.0, observed=SHARE)),
    "Poisson": ((*RATE, "softplus"), lambda mu: pm.Poisson("y", mu, observed=COUNT)),
    "NegativeBinomial": (
        (*RATE, "cloglog"),
        lambda mu: pm.NegativeBinomial("y", mu=mu, alpha=1.7, observed=COUNT),
    ),
    "Gamma": (RATE, lambda mu: pm.Gamma("y", alpha=1.7, beta=1.7 / mu, observed=POSITIVE)),
    "Exponential": (RATE, lambda mu: pm.Exponential("y", lam=1 / mu, observed=POSITIVE)),
    "Weibull": (
        RATE,
        lambda mu: pm.Weibull("y", alpha=1.7, beta=mu / special.gamma(1 + 1 / 1.7), observed=POSITIVE),
    ),
    "InverseGaussian": (
        (*RATE, "inverse_squared"),
        lambda mu: pm.Wald("y", mu=mu, lam=1.7, observed=POSITIVE),
    ),
}
CROSSED = [(name, link) for name, (links, _) in LIKELIHOODS.items() for link in links]


@pytest.mark.parametrize(("name", "link"), CROSSED)
def test_a_likelihood_with_a_link_and_every_prior(name, link):
    _, likelihood = LIKELIHOODS[name]
    with pm.Model() as model:
        # Inside every link's domain: 0.2 to 0.8.
        likelihood(inverse(link, 0.2 + predictor(vector=False) / 3))
    program = assert_same(model)
    own = program.factors[0]
    assert link in [slot.link for slot in own.slots if hasattr(slot, "link")]


@pytest.mark.parametrize("vector", [False, True])
def test_every_prior_of_numbers_and_of_vectors(vector):
    with pm.Model() as model:
        pm.Normal("y", predictor(vector), 0.5, observed=REAL)
    assert_same(model, around=1.0)


HYPERPRIORS = {
    "Normal": lambda m, s: pm.Normal("b", m, s, shape=5),
    "StudentT": lambda m, s: pm.StudentT("b", nu=1 + s, mu=m, sigma=s, shape=5),
    "Cauchy": lambda m, s: pm.Cauchy("b", m, s, shape=5),
    "Laplace": lambda m, s: pm.Laplace("b", m, s, shape=5),
    "AsymmetricLaplace": lambda m, s: pm.AsymmetricLaplace("b", b=s, kappa=s, mu=m, shape=5),
    "HalfNormal": lambda m, s: pm.HalfNormal("b", s, shape=5),
    "HalfCauchy": lambda m, s: pm.HalfCauchy("b", s, shape=5),
    "HalfStudentT": lambda m, s: pm.HalfStudentT("b", nu=s, sigma=s, shape=5),
    "Exponential": lambda m, s: pm.Exponential("b", s, shape=5),
    "Gamma": lambda m, s: pm.Gamma("b", alpha=s, beta=s, shape=5),
    "InverseGamma": lambda m, s: pm.InverseGamma("b", alpha=s, beta=s, shape=5),
    "LogNormal": lambda m, s: pm.LogNormal("b", m, s, shape=5),
    "Weibull": lambda m, s: pm.Weibull("b", alpha=s, beta=s, shape=5),
    "Beta": lambda m, s: pm.Beta("b", alpha=s, beta=s, shape=5),
    "Wald": lambda m, s: pm.Wald("b", mu=s, lam=s, shape=5),
}


@pytest.mark.parametrize("name", HYPERPRIORS)
def test_a_prior_whose_parameters_have_priors(name):
    """By every parameter, the gradient too: these serve as likelihoods with auxiliary parameters."""
    group = np.arange(N) % 5
    with pm.Model() as model:
        b = HYPERPRIORS[name](pm.Normal("m", 0, 1), pm.HalfNormal("s", 1))
        pm.Normal("y", b[group] * X, 0.5, observed=REAL)
    assert_same(model)


AUXILIARY = {
    "BetaBinomial": lambda k: pm.BetaBinomial("y", n=TRIALS, alpha=0.3 * k, beta=0.7 * k, observed=COUNT),
    "BetaBinomial shapes": lambda k: pm.BetaBinomial("y", n=TRIALS, alpha=k, beta=1.5, observed=COUNT),
    "NegativeBinomial": lambda k: pm.NegativeBinomial("y", mu=2.0, alpha=k, observed=COUNT),
    "Gamma": lambda k: pm.Gamma("y", alpha=k, beta=k / 2.0, observed=POSITIVE),
    # A plain 2.0 would be held in 32 bits, and so would its logarithm.
    "Gamma rate": lambda k: pm.Gamma("y", alpha=k, beta=np.array(2.0), observed=POSITIVE),
    "Weibull": lambda k: pm.Weibull("y", alpha=k, beta=2.0, observed=POSITIVE),
    "Wald": lambda k: pm.Wald("y", mu=2.0, lam=k, observed=POSITIVE),
    "Beta": lambda k: pm.Beta("y", mu=0.4, nu=k, observed=SHARE),
}


@pytest.mark.parametrize("name", AUXILIARY)
@pytest.mark.parametrize("varies", [False, True])
def test_an_auxiliary_parameter(name, varies):
    with pm.Model() as model:
        k = pm.HalfNormal("k", 1)
        AUXILIARY[name](pm.math.exp(0.3 * pm.Normal("a", 0, 1) * X + k) if varies else k)
    assert_same(model)


@pytest.mark.parametrize(("of", "name"), LINKS)
def test_links_and_their_inverses(of, name):
    eta = np.linspace(0.1, 0.9, 9)
    link = LINKS[of, name]
    np.testing.assert_allclose(link.forward(link.inverse(eta)), eta, rtol=1e-12)


def machine(likelihood, eta_scale: float) -> tuple[Kernel, np.ndarray]:
    """A model of one flat slope, whose predictor is the slope times plus and minus `eta_scale`."""
    with pm.Model() as model:
        likelihood(pm.Flat("b") * np.array([eta_scale, -eta_scale]))
    program = lower(model)
    assert isinstance(program, Program), program
    return kernel(program), np.ones(1)


@pytest.mark.parametrize("eta", [30.0, 300.0, 700.0])
def test_predictors_far_out_neither_overflow_nor_lose_digits(eta):
    hit = np.array([1, 0])
    wrong = np.array([0, 1])
    for y, expected in ((hit, 2 * special.log_expit(eta)), (wrong, 2 * special.log_expit(-eta))):
        own, one = machine(lambda e, y=y: pm.Bernoulli("y", logit_p=e, observed=y), eta)
        value, gradient = own.log_density(one)
        np.testing.assert_allclose(value, expected, rtol=1e-13)
        slope = 2 * eta * special.expit(-eta if y is hit else eta) * (1 if y is hit else -1)
        np.testing.assert_allclose(gradient, [slope], rtol=1e-12)
    own, one = machine(lambda e: pm.Poisson("y", pm.math.exp(e), observed=[3, 2]), eta)
    value, gradient = own.log_density(one)
    np.testing.assert_allclose(value, eta - np.exp(eta) - np.exp(-eta), rtol=1e-13)
    np.testing.assert_allclose(gradient, [eta - eta * np.exp(eta) + eta * np.exp(-eta)], rtol=1e-12)
    own, one = machine(lambda e: pm.NegativeBinomial("y", mu=pm.math.exp(e), alpha=2.0, observed=[3, 2]), eta)
    value, gradient = own.log_density(one)
    assert np.isfinite(value)
    np.testing.assert_allclose(gradient, [-4 * eta], rtol=1e-9)


@pytest.mark.parametrize("eta", [-300.0, -35.0, -8.0, 0.0, 8.0, 35.0])
def test_probit_and_cloglog_in_the_tails(eta):
    with pm.Model() as model:
        # pm.math.invprobit divides by a square root of 2 that it holds in 32 bits.
        eta_of = pm.Flat("b") * np.array([1.0, 1.0])
        pm.Bernoulli("y", p=0.5 * pm.math.erfc(-eta_of / np.sqrt(2)), observed=[1, 1])
    value, gradient = kernel(lower(model)).log_density(np.array([eta]))
    np.testing.assert_allclose(value, 2 * stats.norm.logcdf(eta), rtol=1e-12)
    ratio = np.exp(stats.norm.logpdf(eta) - stats.norm.logcdf(eta))
    np.testing.assert_allclose(gradient, [2 * ratio], rtol=1e-9)
    with pm.Model() as model:
        p = 1 - pm.math.exp(-pm.math.exp(pm.Flat("b") * np.array([1.0, 1.0])))
        pm.Bernoulli("y", p=p, observed=[1, 1])
    value, _ = kernel(lower(model)).log_density(np.array([eta]))
    expected = eta if eta < -30 else np.log(-np.expm1(-np.exp(eta)))
    np.testing.assert_allclose(value, 2 * expected, rtol=1e-12, atol=1e-300)


def test_an_impossible_point_is_reported_not_raised():
    own, _ = machine(lambda e: pm.Normal("y", e, 1.0, observed=[1.0, 2.0]), 1.0)
    value, _ = own.log_density(np.array([1e200]))
    assert not np.isfinite(value)


FRAME = pd.DataFrame(
    {
        "x": X, "z": Z, "y": REAL, "p": POSITIVE, "k": COUNT, "b": HIT, "s": SHARE, "n": TRIALS,
        "g": np.tile(list("abcde"), N // 5), "h": np.repeat(list("uvwxyzst"), N // 8),
        "c": np.tile(list("pqrs"), N // 4), "w": np.arange(N) % 4 / 2,
    }
)  # fmt: skip
BAMBI = [
    ("y ~ x", "gaussian", "log"), ("y ~ x", "gaussian", "inverse"), ("y ~ x", "t", "identity"),
    ("y ~ x", "laplace", "identity"), ("y ~ x", "asymmetriclaplace", "identity"),
    ("b ~ x", "bernoulli", "logit"), ("b ~ x", "bernoulli", "probit"), ("b ~ x", "bernoulli", "cloglog"),
    ("p(k, n) ~ x", "binomial", "logit"), ("p(k, n) ~ x", "beta_binomial", "logit"),
    ("k ~ x + offset(z)", "poisson", "log"), ("k ~ x", "negativebinomial", "log"),
    ("k ~ x", "negativebinomial", "cloglog"), ("p ~ x", "gamma", "log"), ("p ~ x", "gamma", "inverse"),
    ("p ~ x", "exponential", "log"), ("p ~ x", "weibull", "log"), ("p ~ x", "wald", "log"),
    ("p ~ x", "wald", "inverse_squared"), ("s ~ x", "beta", "logit"), ("s ~ x", "beta", "probit"),
    ("y ~ x + z:c", "gaussian", "identity"), ("y ~ bs(x, df=5) + c", "gaussian", "identity"),
    ("y ~ x + (1|g)", "gaussian", "identity"), ("k ~ x + (x|g) + (1|h)", "poisson", "log"),
    ("y ~ x + (c|g)", "gaussian", "identity"), ("y ~ 1 + (1|g/c)", "gaussian", "identity"),
    ("weighted(y, w) ~ x + (1|g)", "gaussian", "identity"), ("weighted(p, w) ~ x", "wald", "inverse_squared"),
    ("weighted(k, w) ~ c", "poisson", "log"), ("y ~ 0 + c", "gaussian", "identity"),
    ("b ~ x*z + (0 + x|h)", "bernoulli", "logit"),
]  # fmt: skip


WRITTEN = [(*row, True) for row in BAMBI] + [(*row, False) for row in BAMBI if "|" in row[0]]


@pytest.mark.parametrize(("formula", "family", "link", "noncentered"), WRITTEN)
def test_a_formula(formula, family, link, noncentered):
    model = bambi.Model(formula, FRAME, family=family, link=link, noncentered=noncentered)
    model.build()
    assert_same(model.backend.model)


def test_a_distributional_formula():
    model = bambi.Model(bambi.Formula("y ~ x + (1|g)", "sigma ~ z"), FRAME)
    model.build()
    assert_same(model.backend.model)


def doubled(logp):
    """A user's own distribution: what `logp` makes of that of a Poisson."""
    with pm.Model() as model:
        pm.CustomDist(
            "y", pm.math.exp(pm.Normal("a", 0, 1) + X * pm.Normal("b", 0, 1)),
            logp=lambda value, mu: logp(pm.logp(pm.Poisson.dist(mu), value), mu),
            dist=lambda mu, size: pm.Poisson.dist(mu, size=size), observed=COUNT,
        )  # fmt: skip
    return model


def test_weights_are_told_from_other_densities():
    program = assert_same(doubled(lambda one, mu: 2.0 * one))
    np.testing.assert_allclose(program.factors[0].weights, 2.0, rtol=1e-12)
    found = lower(doubled(lambda one, mu: 2.0 * one - 0.01 * mu))
    assert isinstance(found, NotInstant)
    assert "no kernel for the distribution" in found.reason


def test_columns_of_any_scale_and_type():
    wide = np.column_stack([1e8 * X, 1e-8 * Z, X > 0.5, np.float32(Z), COUNT])
    with pm.Model() as model:
        b = pm.Normal("b", 0, [1e-8, 1e8, 1, 1, 1], shape=5)
        pm.Bernoulli("y", logit_p=5.0 + pm.math.dot(wide, b), observed=HIT)
    program = assert_same(model, around=1e-9)
    np.testing.assert_allclose(program.factors[0].slots[1].dense, wide.T, rtol=1e-15)


@pytest.mark.parametrize("n", [1, 3])
def test_fewer_rows_than_columns(n):
    with pm.Model() as model:
        b = pm.Normal("b", 0, 1, shape=6)
        pm.Normal("y", pm.math.dot(RNG.normal(size=(n, 6)), b), pm.HalfNormal("s", 1), observed=REAL[:n])
    assert_same(model)


@pytest.mark.parametrize("family", ["normal", "bernoulli"])
def test_one_mean_for_all_rows(family):
    """A predictor without rows of its own: sums, products and elements of vectors."""
    with pm.Model() as model:
        a, s = pm.Normal("a", 0, 1, shape=3), pm.HalfNormal("s", 1)
        mean = a[0] + a[1] + s * a[2]
        if family == "normal":
            pm.Normal("y", mean, 0.5, observed=REAL)
        else:
            pm.Bernoulli("y", logit_p=mean, observed=HIT)
    assert_same(model)


def test_no_kernel_is_a_reason():
    with pm.Model() as model:
        pm.Gumbel("y", pm.Normal("a", 0, 1), 1, observed=REAL)
    found = lower(model)
    assert isinstance(found, NotInstant)
    assert "no kernel for the distribution Gumbel" in found.reason
