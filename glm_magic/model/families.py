"""What is known of each family beyond Bambi's own table: its response and its mean.

CONTRIBUTING, "Adding a family", names what else one needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Parameters = Mapping[str, NDArray[np.float64]]
"""Parameters of a family by name, of any shapes that broadcast."""
Mean = Callable[[Parameters], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Values that a family's response may take.

    Attributes
    ----------
    holds : callable
        From values, shape (n_rows,), to booleans of the same shape.
    words : str
        The support in words: ``"counts: 0, 1, 2, ..."``.
    remedy : str
        What to do when it is not met.
    """

    holds: Callable[[NDArray[np.float64]], NDArray[np.bool_]]
    words: str
    remedy: str


def whole(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which numbers are whole.

    Parameters
    ----------
    values : ndarray

    Returns
    -------
    ndarray of bool
        Of the same shape.
    """
    return np.equal(np.mod(values, 1), 0)


BINARY = Support(
    holds=lambda y: (y == 0) | (y == 1),
    words="0 or 1",
    remedy="For more than two categories use --family categorical or cumulative; for counts poisson.",
)
COUNTS = Support(
    holds=lambda y: (y >= 0) & whole(y),
    words="counts (0, 1, 2, ...)",
    remedy="Use --family gaussian for real numbers, gamma for positive ones.",
)
POSITIVE = Support(
    holds=lambda y: y > 0,
    words="positive numbers",
    remedy="Use a hurdle family where zeros are real zeros, or --family gaussian.",
)
NON_NEGATIVE = Support(
    holds=lambda y: y >= 0,
    words="numbers from 0 up",
    remedy="Use --family gaussian for a response that can be negative.",
)
UNIT = Support(
    holds=lambda y: (y > 0) & (y < 1),
    words="numbers between 0 and 1, both excluded",
    remedy="For proportions of counts write p(successes, trials) ~ ... with --family binomial.",
)
ANGLE = Support(
    holds=lambda y: np.abs(y) <= np.pi,
    words="angles in radians, from -pi to pi",
    remedy="Convert the angles: np.deg2rad for degrees, (y + np.pi) % (2 * np.pi) - np.pi to wrap them.",
)
REAL = Support(holds=np.isfinite, words="finite numbers", remedy="Drop or mend those rows.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of Bambi's.

    Attributes
    ----------
    support : Support
        The values of a response that is one column: those of PyMC's distribution.
    response : {"numbers", "trials", "categories", "columns"}
        How Bambi reads the response: numbers, ``p(successes, trials)``, categories, or ``c(...)`` of several columns.
    thresholds : bool
        Whether it has thresholds in the place of an intercept.
    per_category : bool
        Whether the mean is a probability, or a share, of each category.
    mean : callable or None
        E[y | parameters] in PyMC's parameterisation (its API reference, "Mixture" and "Continuous"); None where it is
        the main parameter itself, or the probabilities of categories.
    proportional : bool
        Whether the mean doubles with the exposure.
    location : bool
        Whether the main parameter is a location and not a mean, which need not exist.
    circular : bool
        Whether the response is an angle, whose mean is a direction.
    """

    support: Support = REAL
    response: Literal["numbers", "trials", "categories", "columns"] = "numbers"
    thresholds: bool = False
    per_category: bool = False
    mean: Mean | None = None
    proportional: bool = True
    location: bool = False
    circular: bool = False


def _zero_truncated(q: Parameters) -> NDArray[np.float64]:
    """Divide mu by P(count > 0): Cameron & Trivedi 2013, Regression Analysis of Count Data, 4.3."""
    none = np.exp(q["alpha"] * (np.log(q["alpha"]) - np.log(q["alpha"] + q["mu"])))
    mean: NDArray[np.float64] = q["mu"] / (1 - none)
    return mean


def _count_part(q: Parameters) -> NDArray[np.float64]:
    """Weigh the mean of the counts by psi, their probability."""
    mean: NDArray[np.float64] = q["psi"] * q["mu"]
    return mean


# In hurdles one count is enough to pass; a lognormal's mu is the mean of the logarithm, and an exgaussian's only one of
# two summands: these means do not double with the exposure.
FAMILIES: dict[str, Family] = {
    "asymmetriclaplace": Family(),
    "bernoulli": Family(support=BINARY, response="categories"),
    "beta": Family(support=UNIT),
    "beta_binomial": Family(response="trials"),
    "binomial": Family(response="trials"),
    "categorical": Family(response="categories", per_category=True),
    "cumulative": Family(response="categories", thresholds=True, per_category=True),
    "dirichlet_multinomial": Family(
        response="columns", per_category=True, mean=lambda q: q["a"] / q["a"].sum(axis=-1, keepdims=True)
    ),
    "exgaussian": Family(mean=lambda q: q["mu"] + q["nu"], proportional=False),
    "exponential": Family(support=NON_NEGATIVE),
    "gamma": Family(support=POSITIVE),
    "gaussian": Family(),
    "hurdle_gamma": Family(support=NON_NEGATIVE, mean=_count_part),
    "hurdle_lognormal": Family(
        support=NON_NEGATIVE,
        mean=lambda q: q["psi"] * np.exp(q["mu"] + q["sigma"] ** 2 / 2),
        proportional=False,
    ),
    "hurdle_negativebinomial": Family(
        support=COUNTS, mean=lambda q: q["psi"] * _zero_truncated(q), proportional=False
    ),
    "hurdle_poisson": Family(
        support=COUNTS, mean=lambda q: q["psi"] * q["mu"] / -np.expm1(-q["mu"]), proportional=False
    ),
    "laplace": Family(location=True),
    "lognormal": Family(
        support=POSITIVE, mean=lambda q: np.exp(q["mu"] + q["sigma"] ** 2 / 2), proportional=False
    ),
    "multinomial": Family(response="columns", per_category=True),
    "negativebinomial": Family(support=COUNTS),
    "poisson": Family(support=COUNTS),
    "sratio": Family(response="categories", thresholds=True, per_category=True),
    "t": Family(location=True),
    "vonmises": Family(support=ANGLE, circular=True),
    "wald": Family(support=POSITIVE),
    "weibull": Family(support=POSITIVE),
    "zero_inflated_binomial": Family(response="trials", mean=lambda q: q["psi"] * q["p"]),
    "zero_inflated_negativebinomial": Family(support=COUNTS, mean=_count_part),
    "zero_inflated_poisson": Family(support=COUNTS, mean=_count_part),
}


def family_of(name: str) -> Family:
    """Look a family up.

    Parameters
    ----------
    name : str

    Returns
    -------
    Family
        One that Bambi gains later is taken for a family of real numbers with its main parameter for a mean.
    """
    return FAMILIES.get(name, Family())


def _those(holds: Callable[[Family], bool]) -> frozenset[str]:
    return frozenset(name for name, family in FAMILIES.items() if holds(family))


TRIALS = _those(lambda family: family.response == "trials")
CATEGORICAL = _those(lambda family: family.response == "categories")
COLUMNS = _those(lambda family: family.response == "columns")
ORDINAL = _those(lambda family: family.thresholds)
PER_CATEGORY = _those(lambda family: family.per_category)
DISPROPORTIONATE = _those(lambda family: not family.proportional)
LOCATIONS = _those(lambda family: family.location)
CIRCULAR = _those(lambda family: family.circular)
