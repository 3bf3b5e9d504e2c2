"""Twenty posteriors that are easy to state and, some of them, hard to reach from a start at random.

Data are those of textbooks where they are short enough to be written down, and simulated otherwise.
"""

from __future__ import annotations

from collections.abc import Callable

import bambi
import numpy as np
import pandas as pd
import pymc as pm

RNG = np.random.default_rng(11)

# Brownlee (1965), "Statistical Theory and Methodology", p. 454: air flow, water temperature, acid; stack loss.
AIR = [80, 80, 75, 62, 62, 62, 62, 62, 58, 58, 58, 58, 58, 58, 50, 50, 50, 50, 50, 56, 70]
WATER = [27, 27, 25, 24, 22, 23, 24, 24, 23, 18, 18, 17, 18, 19, 18, 18, 19, 19, 20, 20, 20]
ACID = [89, 88, 90, 87, 87, 87, 93, 93, 87, 80, 89, 88, 82, 93, 89, 86, 72, 79, 80, 82, 91]
LOSS = np.array([42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15.0])
STACK = np.column_stack([AIR, WATER, ACID]).astype(float)
STANDARD = (STACK - STACK.mean(axis=0)) / STACK.std(axis=0)
# Crowder (1978), Applied Statistics 27, table 3: seeds that germinated.
GERMINATED = np.array([10, 23, 23, 26, 17, 5, 53, 55, 32, 46, 10, 8, 10, 8, 23, 0, 3, 22, 15, 32, 3])
SEEDS = np.array([39, 62, 81, 51, 39, 6, 74, 72, 51, 79, 13, 16, 30, 28, 45, 4, 12, 41, 30, 51, 7])
KIND, ROOT = np.repeat([0, 1], [11, 10]), np.repeat([0, 1, 0, 1], [5, 6, 5, 5])
# Rubin (1981), Journal of Educational Statistics 6, table 1: coaching effects and standard errors.
EFFECTS, ERRORS = np.array([28, 8, -3, 7, -1, 1, 18, 12.0]), np.array([15, 10, 16, 11, 9, 11, 10, 18.0])
# Ratkowsky (1983), "Nonlinear Regression Modeling", p. 101: age and length of dugongs.
AGE = np.array([1, 1.5, 1.5, 1.5, 2.5, 4, 5, 5, 7, 8, 8.5, 9, 9.5, 9.5, 10, 12, 12, 13, 13, 14.5, 15.5, 15.5, 16.5,
                17, 22.5, 29, 31.5])  # fmt: skip
LENGTH = np.array([1.8, 1.85, 1.87, 1.77, 2.02, 2.27, 2.15, 2.26, 2.47, 2.19, 2.26, 2.4, 2.39, 2.41, 2.5, 2.32, 2.32,
                   2.43, 2.47, 2.56, 2.65, 2.47, 2.64, 2.56, 2.7, 2.72, 2.57])  # fmt: skip

X60 = RNG.normal(size=60)
UNDERDISPERSED = RNG.binomial(12, 1 / (1 + np.exp(-0.4 * X60)))
X200, GROUP = RNG.normal(size=200), np.repeat(np.arange(20), 10)
GROUPED = (
    1 + RNG.normal(0, 1, 20)[GROUP] + (0.5 + RNG.normal(0, 0.4, 20)[GROUP]) * X200 + RNG.normal(0, 0.7, 200)
)
YEARS = RNG.uniform(18, 90, 300)
ILL = RNG.binomial(1, 1 / (1 + np.exp(-(YEARS - 60) / 8)))
CALENDAR = np.arange(1990, 2021).astype(float)
ACCIDENTS = RNG.poisson(np.exp(3 - 0.03 * (CALENDAR - 2005)))
DOSE = RNG.uniform(0, 3, 80)
COST = RNG.gamma(4, np.exp(1 + 0.5 * DOSE) / 4)
WEIGHT = RNG.normal(45, 6, 200)
HEIGHT = 113 + 0.9 * WEIGHT + RNG.normal(0, 5, 200)
HEAVY = 1 + 2 * X200 + 0.3 * RNG.standard_cauchy(200)
FAR = 1e4 + 250 * X200 + RNG.laplace(0, 30, 200)
SHARE, X120 = RNG.beta(8, 4, 120), RNG.normal(size=120)

Build = Callable[[], None]
BLOCKS: dict[str, Build] = {}


def block(function: Build) -> Build:
    """Register the statements of a model under their function's name."""
    BLOCKS[function.__name__] = function
    return function


def stack(design: np.ndarray, likelihood: Callable[[object], None], wide: float) -> None:
    """Stack loss as the BUGS examples have it: vague coefficients, errors of some shape."""
    intercept, slopes = pm.Normal("a", 0, wide), pm.Normal("b", 0, wide, shape=3)
    likelihood(intercept + pm.math.dot(design, slopes))


@block
def stack_loss_laplace() -> None:
    stack(STACK, lambda mu: pm.Laplace("y", mu, pm.HalfCauchy("s", 25), observed=LOSS), 100)


@block
def stack_loss_laplace_standardised() -> None:
    stack(STANDARD, lambda mu: pm.Laplace("y", mu, pm.HalfCauchy("s", 25), observed=LOSS), 1000)


@block
def stack_loss_laplace_rate() -> None:
    stack(STANDARD, lambda mu: pm.Laplace("y", mu, 1 / pm.Gamma("t", 0.001, 0.001), observed=LOSS), 1000)


@block
def stack_loss_t() -> None:
    stack(
        STANDARD, lambda mu: pm.StudentT("y", nu=4, mu=mu, sigma=pm.HalfCauchy("s", 5), observed=LOSS), 1000
    )


def counts(shape: Build) -> None:
    """Counts less dispersed than Poisson's: the shape has no upper end in the likelihood."""
    mean = pm.math.exp(pm.Normal("a", 0, 10) + pm.Normal("b", 0, 10) * X60)
    pm.NegativeBinomial("y", mu=mean, alpha=shape(), observed=UNDERDISPERSED)


@block
def underdispersed_exponential() -> None:
    counts(lambda: pm.Exponential("alpha", 1))


@block
def underdispersed_cauchy() -> None:
    counts(lambda: pm.HalfCauchy("alpha", 5))


@block
def underdispersed_gamma() -> None:
    counts(lambda: pm.Gamma("alpha", 0.01, 0.01))


@block
def normal_data_t() -> None:
    """Normal errors under Student's t: the degrees of freedom have no upper end either."""
    mu = pm.Normal("a", 0, 100) + pm.Normal("b", 0, 10) * (WEIGHT - WEIGHT.mean())
    pm.StudentT("y", nu=pm.HalfCauchy("nu", 30), mu=mu, sigma=pm.HalfCauchy("s", 10), observed=HEIGHT)


@block
def eight_schools() -> None:
    effects = pm.Normal("mu", 0, 5) + pm.HalfCauchy("tau", 5) * pm.Normal("z", 0, 1, shape=8)
    pm.Normal("y", effects, ERRORS, observed=EFFECTS)


@block
def logistic_of_age() -> None:
    pm.Bernoulli("y", logit_p=pm.Normal("a", 0, 10) + pm.Normal("b", 0, 10) * YEARS, observed=ILL)


@block
def poisson_of_years() -> None:
    eta = pm.Normal("a", 0, 100) + pm.Normal("b", 0, 1) * (CALENDAR - CALENDAR.mean())
    pm.Poisson("y", pm.math.exp(eta), observed=ACCIDENTS)


@block
def gamma_of_dose() -> None:
    shape = pm.HalfCauchy("shape", 10)
    mean = pm.math.exp(pm.Normal("a", 0, 10) + pm.Normal("b", 0, 10) * DOSE)
    pm.Gamma("y", alpha=shape, beta=shape / mean, observed=COST)


@block
def slopes_of_groups() -> None:
    intercepts = pm.Normal("a", 0, 10) + pm.HalfCauchy("sa", 5) * pm.Normal("za", 0, 1, shape=20)[GROUP]
    slopes = pm.Normal("b", 0, 10) + pm.HalfCauchy("sb", 5) * pm.Normal("zb", 0, 1, shape=20)[GROUP]
    pm.Normal("y", intercepts + slopes * X200, pm.HalfCauchy("s", 5), observed=GROUPED)


@block
def height_uncentred() -> None:
    mu = pm.Normal("a", 178, 100) + pm.Normal("b", 0, 10) * WEIGHT
    pm.Normal("y", mu, pm.Uniform("s", 0, 50), observed=HEIGHT)


@block
def cauchy_errors() -> None:
    mu = pm.Normal("a", 0, 10) + pm.Normal("b", 0, 10) * X200
    pm.Cauchy("y", mu, pm.HalfCauchy("s", 1), observed=HEAVY)


@block
def far_from_zero() -> None:
    mu = pm.Normal("a", 0, 1e5) + pm.Normal("b", 0, 1e4) * X200
    pm.Laplace("y", mu, pm.HalfNormal("s", 1e3), observed=FAR)


@block
def beta_of_x() -> None:
    mean = pm.math.sigmoid(pm.Normal("a", 0, 5) + pm.Normal("b", 0, 5) * X120)
    kappa = pm.HalfCauchy("kappa", 10)
    pm.Beta("y", alpha=mean * kappa, beta=(1 - mean) * kappa, observed=SHARE)


@block
def germination() -> None:
    a = pm.Normal("a", 0, 10, shape=4)
    plates = pm.HalfCauchy("s", 1) * pm.Normal("z", 0, 1, shape=21)
    eta = a[0] + a[1] * KIND + a[2] * ROOT + a[3] * KIND * ROOT + plates
    pm.Binomial("y", n=SEEDS, logit_p=eta, observed=GERMINATED)


@block
def dugongs() -> None:
    curve = pm.Normal("alpha", 0, 100) - pm.Normal("beta", 0, 100) * pm.Uniform("lam", 0.5, 1) ** AGE
    pm.Normal("y", curve, pm.HalfCauchy("s", 1), observed=LENGTH)


def of_formula() -> pm.Model:
    """Underdispersed counts again, with Bambi's default priors."""
    frame = pd.DataFrame({"x": X60, "y": UNDERDISPERSED})
    model = bambi.Model("y ~ x", frame, family="negativebinomial")
    model.build()
    return model.backend.model


def model(name: str) -> pm.Model:
    """Build a posterior of `NAMES`."""
    if name == "underdispersed_formula":
        return of_formula()
    with pm.Model() as built:
        BLOCKS[name]()
    return built


NAMES = (*BLOCKS, "underdispersed_formula")
