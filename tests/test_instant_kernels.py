"""Kernels by themselves: distributions against PyMC, links and special functions against SciPy."""

from __future__ import annotations

import ctypes
import math

import numba
import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import special, stats

from glm_magic.engines.instant.bridge import kernel
from glm_magic.engines.instant.compiling import DENSITY, KERNEL, compiled
from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.driver import density
from glm_magic.engines.instant.layout import BLOCK_ROWS, CHUNK, DA, DB, ETA, FIRST, GA, GB, LOGP, SLOT, A, B
from glm_magic.engines.instant.links import LINKS
from glm_magic.engines.instant.pack import coordinates
from glm_magic.engines.instant.program import Constant, Factor, LinearPredictor, Program, Transform, Variable
from glm_magic.engines.instant.special import digamma, digamma_rising, log1p_of_unit, log_rising
from glm_magic.model.as_written import AS_WRITTEN

ROWS = 60
UNTOUCHED = -77.0


def empty_block() -> np.ndarray:
    return np.full((BLOCK_ROWS, CHUNK), UNTOUCHED)


def run(function, block: np.ndarray, rows: int, first: int = 0) -> None:
    """Call a kernel as the driver does: a number of rows, and a pointer into the block."""
    pointer = block[first:].ctypes.data_as(ctypes.POINTER(ctypes.c_double))
    compiled(function, KERNEL).ctypes(rows, pointer)


def evaluate(name: str, values: tuple[np.ndarray, ...]) -> np.ndarray:
    """Give the block after a distribution has seen these values of its slots."""
    found, block = DISTRIBUTIONS[name], empty_block()
    rows = len(values[0])
    for s, (value, domain) in enumerate(zip(values, found.domains, strict=True)):
        first, second = coordinates(value, domain)
        block[FIRST + SLOT * s + A, :rows] = first
        if second is not None:
            block[FIRST + SLOT * s + B, :rows] = second
    run(found.kernel, block, rows)
    return block


def gradient(name: str, values: tuple[np.ndarray, ...], block: np.ndarray, s: int) -> np.ndarray:
    """Take derivatives by natural coordinates back to those by the slot itself."""
    rows, value = len(values[0]), values[s]
    by_first, by_second = (block[FIRST + SLOT * s + row, :rows] for row in (GA, GB))
    match DISTRIBUTIONS[name].domains[s]:
        case "real":
            return by_first
        case "positive":
            return by_first / value
        case _:
            return by_first / value - by_second / (1 - value)


def mean_of_weibull(mu, alpha):
    return pm.Weibull.dist(alpha=alpha, beta=mu / pt.gamma(1 + 1 / alpha))


# The parameters after the value, in the order of the slots.
PYMC = {
    "normal": lambda mu, sigma: pm.Normal.dist(mu, sigma),
    "student_t": lambda nu, mu, sigma: pm.StudentT.dist(nu=nu, mu=mu, sigma=sigma),
    "cauchy": lambda alpha, beta: pm.Cauchy.dist(alpha, beta),
    "laplace": lambda mu, b: pm.Laplace.dist(mu, b),
    "asymmetric_laplace": lambda b, kappa, mu: pm.AsymmetricLaplace.dist(b=b, kappa=kappa, mu=mu),
    "lognormal": lambda mu, sigma: pm.LogNormal.dist(mu, sigma),
    "half_normal": lambda sigma: pm.HalfNormal.dist(sigma),
    "half_cauchy": lambda beta: pm.HalfCauchy.dist(beta),
    "half_student_t": lambda nu, sigma: pm.HalfStudentT.dist(nu=nu, sigma=sigma),
    "exponential": lambda mu: pm.Exponential.dist(lam=1 / mu),
    "gamma": lambda mu, alpha: pm.Gamma.dist(alpha=alpha, beta=alpha / mu),
    "gamma_rate": lambda alpha, beta: pm.Gamma.dist(alpha=alpha, beta=beta),
    "inverse_gamma": lambda alpha, beta: pm.InverseGamma.dist(alpha=alpha, beta=beta),
    "weibull": mean_of_weibull,
    "weibull_scale": lambda alpha, beta: pm.Weibull.dist(alpha=alpha, beta=beta),
    "wald": lambda mu, lam: pm.Wald.dist(mu=mu, lam=lam),
    "beta": lambda mu, kappa: pm.Beta.dist(alpha=mu * kappa, beta=(1 - mu) * kappa),
    "beta_shapes": lambda alpha, beta: pm.Beta.dist(alpha=alpha, beta=beta),
    "bernoulli": lambda p: pm.Bernoulli.dist(p=p),
    "binomial": lambda n, p: pm.Binomial.dist(n=n, p=p),
    "beta_binomial": lambda n, mu, kappa: pm.BetaBinomial.dist(n=n, alpha=mu * kappa, beta=(1 - mu) * kappa),
    "beta_binomial_shapes": lambda n, alpha, beta: pm.BetaBinomial.dist(n=n, alpha=alpha, beta=beta),
    "poisson": lambda mu: pm.Poisson.dist(mu),
    "negative_binomial": lambda mu, alpha: pm.NegativeBinomial.dist(mu=mu, alpha=alpha),
}


def drawn(name: str, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Draw values of every slot; a positive parameter stays the same for a few rows, as chunks have it."""
    found, values = DISTRIBUTIONS[name], []
    for s, domain in enumerate(found.domains):
        match domain:
            case "real":
                values.append(rng.normal(size=ROWS))
            case "positive":
                scale = np.exp(rng.normal(size=ROWS))
                values.append(scale if s == 0 else np.repeat(scale[: ROWS // 4], 4))
            case "unit":
                values.append(rng.uniform(0.02, 0.98, size=ROWS))
            case _:
                values.append(np.floor(rng.uniform(0, 2 if name == "bernoulli" else 8, size=ROWS)))
    if "n" in found.slots:
        # From no success to nothing but successes.
        values[1] = values[0] + np.arange(ROWS) % 3
    return tuple(values)


@pytest.mark.parametrize("name", PYMC)
def test_a_distribution_is_that_of_pymc(name):
    found = DISTRIBUTIONS[name]
    inputs = [pt.dvector(slot) for slot in found.slots]
    logp = pm.logp(PYMC[name](*inputs[1:]), inputs[0])
    free = [s for s, domain in enumerate(found.domains) if domain != "fixed"]
    slopes = pytensor.grad(logp.sum(), [inputs[s] for s in free])
    theirs = pytensor.function(inputs, [logp, *slopes], mode=AS_WRITTEN)
    rng = np.random.default_rng(8927)
    left_out = []
    data = drawn(name, rng)
    for _ in range(3):
        again = drawn(name, rng)
        # The data stay, so that terms in the data alone are constant.
        values = tuple(data[s] if domain == "fixed" else again[s] for s, domain in enumerate(found.domains))
        expected, *gradients = theirs(*values)
        block = evaluate(name, values)
        left_out.append(expected - block[LOGP, :ROWS])
        for s, slope in zip(free, gradients, strict=True):
            own = gradient(name, values, block, s)
            np.testing.assert_allclose(
                own, slope, rtol=1e-9, atol=1e-11 * abs(slope).max(), err_msg=found.slots[s]
            )
        # PyTensor holds the 2 in PyMC's log(2) in 32 bits, wrong by 2e-9.
        size = np.maximum(2 if name.startswith("half") else 1, abs(expected))
        if found.domains[0] != "fixed":
            assert (abs(left_out[-1]) <= 1e-9 * size).all()
        assert (abs(left_out[-1] - left_out[0]) <= 1e-9 * size).all()
    if found.left_out is not None:
        fixed = [data[s] for s, domain in enumerate(found.domains) if domain == "fixed"]
        np.testing.assert_allclose(left_out[0], found.left_out(*fixed), rtol=1e-9, atol=1e-9)
    else:
        np.testing.assert_allclose(left_out[0], 0, atol=1e-8)


def test_every_distribution_is_compared():
    assert set(PYMC) | {"normal_summary"} == set(DISTRIBUTIONS)


def test_a_summary_of_normal_observations_is_their_sum():
    rng = np.random.default_rng(8927)
    count, mu, sigma = rng.integers(2, 9, size=ROWS), rng.normal(size=ROWS), np.exp(rng.normal(size=ROWS))
    samples = [rng.normal(size=k) for k in count]
    total = np.array([stats.norm.logpdf(y, m, s).sum() for y, m, s in zip(samples, mu, sigma, strict=True)])
    mean = np.array([y.mean() for y in samples])
    inside = np.array([y.var() for y in samples])
    # Means of k observations, in units that make their variance sigma**2: the value is sqrt(k) times them.
    root = np.sqrt(count)
    values = (root * mean, root * mu, sigma, count.astype(float), count * inside)
    block = evaluate("normal_summary", values)
    np.testing.assert_allclose(block[LOGP, :ROWS], total, rtol=1e-12)
    z = [(y - m) / s for y, m, s in zip(samples, mu, sigma, strict=True)]
    by_mu = np.array([one.sum() for one in z]) / sigma
    np.testing.assert_allclose(gradient("normal_summary", values, block, 1) * root, by_mu, rtol=1e-9)
    by_sigma = np.array([(one**2 - 1).sum() for one in z]) / sigma
    np.testing.assert_allclose(
        gradient("normal_summary", values, block, 2), by_sigma, rtol=1e-9, atol=1e-11 * abs(by_sigma).max()
    )


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("link", ["identity", "inverse"])
def test_a_parameter_outside_its_domain_is_never_likely(name, link):
    """PyMC's density is 0 there; a finite one would let the sampler go where the model does not exist."""
    found = DISTRIBUTIONS[name]
    values = drawn(name, np.random.default_rng(8927))
    # Without successes, and with failures: some terms are then left out.
    values = tuple(
        {"value": 0 * v, "n": v + 1}.get(slot, v) if domain == "fixed" else v
        for slot, domain, v in zip(found.slots, found.domains, values, strict=True)
    )
    for s, domain in enumerate(found.domains):
        if (domain, link) not in LINKS or domain == "real":
            continue
        for outside in (-0.5, -1.0, -2.5) if domain == "positive" else (-0.5, 1.5):
            block, first = evaluate(name, values), FIRST + SLOT * s
            block[first + ETA, :ROWS] = outside
            run(LINKS[domain, link].kernel, block, ROWS, first)
            run(found.kernel, block, ROWS)
            assert not np.isfinite(block[LOGP, :ROWS]).any(), (found.slots[s], outside)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_rows_after_the_last_are_left_alone(name):
    block = evaluate(name, tuple(value[:3] for value in drawn(name, np.random.default_rng(1))))
    assert (block[:, 3:] == UNTOUCHED).all()


def linked(key: tuple[str, str], eta: np.ndarray) -> np.ndarray:
    """Give the slot after its link has seen these predictors."""
    block = empty_block()
    block[FIRST + ETA, : len(eta)] = eta
    run(LINKS[key].kernel, block, len(eta), FIRST)
    return block[FIRST : FIRST + SLOT, : len(eta)]


SLOPES = {
    "identity": np.ones_like,
    "log": np.exp,
    "inverse": lambda eta: -1 / eta**2,
    "inverse_squared": lambda eta: -0.5 * eta**-1.5,
    "cloglog": lambda eta: np.exp(eta - np.exp(eta)),
    "softplus": special.expit,
    "logit": lambda eta: special.expit(eta) * special.expit(-eta),
    "probit": stats.norm.pdf,
}


@pytest.mark.parametrize(("domain", "name"), LINKS)
def test_a_link_is_its_inverse_function_and_its_slope(domain, name):
    everywhere = name in ("log", "cloglog", "softplus", "logit", "probit")
    eta = (
        np.linspace(-5, 5 if name != "cloglog" else 1.5, ROWS) if everywhere else np.linspace(0.1, 0.9, ROWS)
    )
    slot, link, slope = linked((domain, name), eta), LINKS[domain, name], SLOPES[name](eta)
    value = link.inverse(eta)
    match domain:
        case "real":
            np.testing.assert_allclose(slot[A], value, rtol=1e-14)
            np.testing.assert_allclose(slot[DA], slope, rtol=1e-14)
        case "positive":
            np.testing.assert_allclose(slot[A], value, rtol=1e-14)
            np.testing.assert_allclose(slot[B], np.log(value), rtol=1e-13, atol=1e-15)
            np.testing.assert_allclose(slot[DA], slope / value, rtol=1e-13)
        case _:
            # The inverse function itself loses what log p keeps near p = 1; `PROPORTIONS` below looks there.
            near = {"rtol": 1e-12, "atol": 1e-15}
            np.testing.assert_allclose(slot[A], np.log(value), **near)
            np.testing.assert_allclose(slot[B], np.log1p(-value), rtol=1e-9)
            np.testing.assert_allclose(slot[DA], slope / value, rtol=1e-12)
            np.testing.assert_allclose(slot[DB], -slope / (1 - value), rtol=1e-9)
    np.testing.assert_allclose(link.forward(value), eta, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("domain", "name"), LINKS)
def test_functions_of_links_give_nan_outside_without_a_warning(domain, name):
    wild = np.array([-np.inf, -800.0, -1.0, 0.0, 0.5, 1.0, 2.0, 800.0, np.inf, np.nan])
    for function in (LINKS[domain, name].inverse, LINKS[domain, name].forward):
        assert np.isnan(function(wild)[-1])


FAR = np.array([-700.0, -300.0, -38.0, -30.0, -29.9, 29.9, 30.0, 38.0, 300.0, 700.0])


def mills(x):
    """Normal density by distribution function, without the cancellation of their logarithms."""
    with np.errstate(over="ignore"):
        # erfcx is infinite, and the ratio 0, far to the right.
        return np.sqrt(2 / np.pi) / special.erfcx(-x / np.sqrt(2))


# Of each link, far out: log p, log(1 - p) and their slopes.
PROPORTIONS = {
    "logit": (
        special.log_expit,
        lambda eta: special.log_expit(-eta),
        lambda eta: special.expit(-eta),
        lambda eta: -special.expit(eta),
    ),
    "probit": (
        special.log_ndtr,
        lambda eta: special.log_ndtr(-eta),
        mills,
        lambda eta: -mills(-eta),
    ),
    "cloglog": (
        lambda eta: np.where(eta < -20, eta, 0.0),
        lambda eta: -np.exp(eta),
        lambda eta: np.where(eta < -20, 1.0, 0.0),
        lambda eta: -np.exp(eta),
    ),
}


@pytest.mark.parametrize("name", PROPORTIONS)
def test_links_of_proportions_far_out(name):
    slot = linked(("unit", name), FAR)
    assert np.isfinite(slot[[A, B, DA, DB]]).all()
    for row, function in zip((A, B, DA, DB), PROPORTIONS[name], strict=True):
        np.testing.assert_allclose(slot[row], function(FAR), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("name", ["log", "softplus", "cloglog"])
def test_links_of_positive_numbers_far_out(name):
    slot, left, e = linked(("positive", name), FAR), FAR < 0, np.exp(-abs(FAR))
    right = {"log": FAR, "softplus": np.log(abs(FAR)), "cloglog": 0 * FAR}[name]
    slope = {"log": 1.0 + 0 * FAR, "softplus": 1 / abs(FAR), "cloglog": 0 * FAR}[name]
    np.testing.assert_allclose(slot[A], np.where(left, e, np.exp(right)), rtol=1e-12)
    np.testing.assert_allclose(slot[B], np.where(left, FAR, right), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(slot[DA], np.where(left, 1.0, slope), rtol=1e-12, atol=1e-300)


def composed(name: str, link: str, eta: np.ndarray, value: float, rest: tuple[float, ...] = ()):
    """Give log density and slope by the predictor of a distribution's first parameter."""
    found = DISTRIBUTIONS[name]
    slots = [np.full(len(eta), number) for number in (value, 0.5, *rest)]
    block, rows = evaluate(name, tuple(slots)), len(eta)
    first = FIRST + SLOT
    block[first + ETA, :rows] = eta
    run(LINKS[found.domains[1], link].kernel, block, rows, first)
    run(found.kernel, block, rows)
    slope = block[first + GA, :rows] * block[first + DA, :rows]
    if found.domains[1] == "unit":
        slope = slope + block[first + GB, :rows] * block[first + DB, :rows]
    return block[LOGP, :rows], slope


def test_likelihoods_far_out():
    """In closed form, with what is lost beside a much larger term left out."""
    logp, slope = composed("bernoulli", "logit", FAR, 1.0)
    np.testing.assert_allclose(logp, special.log_expit(FAR), rtol=1e-13)
    np.testing.assert_allclose(slope, special.expit(-FAR), rtol=1e-13)
    logp, slope = composed("bernoulli", "probit", FAR, 0.0)
    np.testing.assert_allclose(logp, special.log_ndtr(-FAR), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(slope, -mills(-FAR), rtol=1e-12, atol=1e-300)
    logp, slope = composed("poisson", "log", FAR, 3.0)
    np.testing.assert_allclose(logp, 3 * FAR - np.exp(FAR), rtol=1e-13)
    np.testing.assert_allclose(slope, 3 - np.exp(FAR), rtol=1e-13)
    logp, slope = composed("negative_binomial", "log", FAR, 3.0, (2.0,))
    # Gamma(5) / Gamma(2), and mu / (2 + mu) and 2 / (2 + mu) by their odds.
    odds = FAR - np.log(2)
    expected = np.log(24) + 3 * special.log_expit(odds) + 2 * special.log_expit(-odds)
    np.testing.assert_allclose(logp, expected, rtol=1e-12)
    np.testing.assert_allclose(slope, 3 * special.expit(-odds) - 2 * special.expit(odds), rtol=1e-12)
    logp, slope = composed("gamma", "log", FAR, 1.5, (2.0,))
    expected = 2 * (np.log(2) - FAR + np.log(1.5) - 1.5 * np.exp(-FAR)) - np.log(1.5)
    np.testing.assert_allclose(logp, expected, rtol=1e-12)
    np.testing.assert_allclose(slope, 2 * (1.5 * np.exp(-FAR) - 1), rtol=1e-12)
    logp, slope = composed("normal", "identity", 1e150 * np.sign(FAR), 0.0, (1.0,))
    np.testing.assert_allclose(logp, -5e299, rtol=1e-14)
    np.testing.assert_allclose(slope, -1e150 * np.sign(FAR), rtol=1e-14)


@pytest.mark.parametrize("y", [0, 1, 2, 7, 40])
def test_rising_factorials_keep_their_digits(y):
    """Sums over the factors of a rising factorial are exact; differences of log Gamma are not."""
    for a in np.geomspace(1e-3, 1e16, 120):
        exact = math.fsum(math.log(a + k) for k in range(y))
        assert log_rising(a, float(y)) == pytest.approx(exact, rel=1e-13, abs=1e-13)
        slope = math.fsum(1 / (a + k) for k in range(y))
        assert a * digamma_rising(a, float(y)) == pytest.approx(a * slope, rel=1e-12, abs=1e-13)


def test_likelihoods_reach_their_limits():
    """Where a shape is large, a negative binomial is Poisson, and Student's t normal.

    With digits lost there, a chain finds a density higher than the posterior's and never leaves it.
    """
    shape = np.geomspace(1e9, 1e18, 40)
    y, mu = np.full(40, 7.0), np.full(40, 5.0)
    block = evaluate("negative_binomial", (y, mu, shape))
    # The kernel leaves out log y!, as that of Poisson does; the first difference is of order 1 / alpha.
    poisson = evaluate("poisson", (y, mu))
    np.testing.assert_allclose(block[LOGP, :40], poisson[LOGP, :40], rtol=0, atol=1e-8)
    np.testing.assert_allclose(gradient("negative_binomial", (y, mu, shape), block, 2) * shape, 0, atol=1e-8)
    z = np.full(40, 1.5)
    block = evaluate("student_t", (z, shape, np.zeros(40), np.ones(40)))
    np.testing.assert_allclose(block[LOGP, :40], stats.norm.logpdf(1.5), rtol=0, atol=1e-8)
    np.testing.assert_allclose(gradient("student_t", (z, shape, z, z), block, 1) * shape, 0, atol=1e-8)
    trials, p = np.full(40, 12.0), np.full(40, 0.4)
    block = evaluate("beta_binomial", (y, trials, p, shape))
    binomial = evaluate("binomial", (y, trials, p))
    np.testing.assert_allclose(block[LOGP, :40], binomial[LOGP, :40], rtol=0, atol=1e-7)
    np.testing.assert_allclose(
        gradient("beta_binomial", (y, trials, p, shape), block, 3) * shape, 0, atol=1e-7
    )


def test_impossible_data_are_impossible_and_certain_ones_are_not():
    """A probability of exactly 0 or 1 has an infinite logarithm, and 0 times that is not a number."""
    y, p = np.array([0.0, 1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0, 0.0])
    for name, values in (("bernoulli", (y, p)), ("binomial", (3 * y, np.full(4, 3.0), p))):
        np.testing.assert_array_equal(evaluate(name, values)[LOGP, :4], [0, 0, -np.inf, -np.inf])


def test_the_exponential_function():
    rng = np.random.default_rng(8927)
    for most in (1e-8, 1.0, 40.0, 708.0):
        x = rng.uniform(-most, most, size=CHUNK)
        exact = np.exp(x.astype(np.longdouble))
        assert (abs(linked(("real", "log"), x)[A] - exact) <= 4.5e-16 * exact).all()
    edges = np.array([0.0, -0.0, 710.0, -709.0, np.inf, -np.inf, np.nan])
    np.testing.assert_array_equal(linked(("real", "log"), edges)[A], [1, 1, np.inf, 0, np.inf, 0, np.nan])


def test_special_functions():
    x = np.geomspace(1e-300, 1, 200)
    np.testing.assert_allclose([log1p_of_unit(one) for one in x], np.log1p(x), rtol=4e-16)
    x = np.geomspace(1e-8, 1e12, 200)
    np.testing.assert_allclose([digamma(one) for one in x], special.digamma(x), rtol=1e-13, atol=1e-14)
    assert all(np.isnan(digamma(one)) for one in (0.0, -0.5, -1e300, -np.inf, np.nan))
    x = np.linspace(-60, 37, 250)
    slot = linked(("unit", "probit"), x)
    np.testing.assert_allclose(slot[A], special.log_ndtr(x), rtol=1e-12)
    np.testing.assert_allclose(slot[DA], mills(x), rtol=1e-12)


@pytest.mark.parametrize("name", ["normal", "bernoulli", "poisson"])
def test_a_weight_is_as_many_rows(name):
    """In more rows than a chunk holds."""
    rng, n = np.random.default_rng(8927), 2 * CHUNK + 7
    link = {"normal": "identity", "bernoulli": "logit", "poisson": "log"}[name]
    y, x = rng.integers(0, 2, size=n).astype(float), rng.normal(size=(2, n))
    weights = rng.integers(0, 4, size=n)

    def density(rows, weights=None):
        predictor = LinearPredictor(
            offset=np.zeros(1), columns=np.arange(2), dense=x[:, rows].copy(), groups=(), link=link
        )
        sigma = (Constant(values=np.array([0.7])),) if name == "normal" else ()
        slots = (Constant(values=y[rows]), predictor, *sigma)
        free = Transform(kind="identity", lower=np.zeros(2), upper=np.zeros(2))
        own = Factor(distribution=name, rows=len(rows), slots=slots, weights=weights)
        variables = (Variable(name="b", shape=(2,), start=0, transform=free),)
        return kernel(Program(variables=variables, factors=(own,))).log_density(np.array([0.3, -0.8]))

    value, slope = density(np.arange(n), weights.astype(float))
    expected, expected_slope = density(np.repeat(np.arange(n), weights))
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(slope, expected_slope, rtol=1e-10)


def test_the_density_allocates_once_and_counts_no_references():
    """Counting them took longer than a line's density; each array that is passed is counted at each call."""
    code = numba.cfunc(DENSITY, error_model="numpy")(density).inspect_llvm()
    calls = [line for line in code.splitlines() if " call " in line]
    assert not [line for line in calls if "NRT_incref" in line]
    assert sum("NRT_MemInfo_alloc" in line for line in calls) == 1
