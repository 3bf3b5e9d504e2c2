"""Var[y | parameters] for the Bambi families whose response is a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import xarray
from numpy.typing import NDArray
from scipy.special import gamma

from glm_magic._stack import bambi_parameters, bambi_response_term
from glm_magic.model import FormulaSource
from glm_magic.model.families import Parameters, family_of
from glm_magic.predictor.formula.expectation import MEANS, parameters_over

Moment = Callable[[Parameters], NDArray[np.float64]]

TRIALS = "trials"
"""Under this name the number of trials stands among the parameters; the response is then the proportion."""


def _negative_binomial(q: Parameters) -> NDArray[np.float64]:
    variance: NDArray[np.float64] = q["mu"] + q["mu"] ** 2 / q["alpha"]
    return variance


def _counts(q: Parameters) -> NDArray[np.float64]:
    """Second moment of a negative binomial."""
    moment: NDArray[np.float64] = _negative_binomial(q) + q["mu"] ** 2
    return moment


def _none_of_negative_binomial(q: Parameters) -> NDArray[np.float64]:
    """Give the chance of a count of 0."""
    chance: NDArray[np.float64] = np.exp(q["alpha"] * (np.log(q["alpha"]) - np.log(q["alpha"] + q["mu"])))
    return chance


def _student_t(q: Parameters) -> NDArray[np.float64]:
    """Infinite with 2 degrees of freedom or fewer."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(q["nu"] > 2, q["sigma"] ** 2 * q["nu"] / (q["nu"] - 2), np.inf)


def _weibull(q: Parameters) -> NDArray[np.float64]:
    ratio = gamma(1 + 2 / q["alpha"]) / gamma(1 + 1 / q["alpha"]) ** 2
    variance: NDArray[np.float64] = q["mu"] ** 2 * (ratio - 1)
    return variance


# Johnson, Kotz and Balakrishnan 1994/95, Continuous Univariate Distributions; Johnson, Kemp and Kotz 2005,
# Univariate Discrete Distributions; parameters as in PyMC and Bambi.
VARIANCES: Mapping[str, Moment] = {
    "gaussian": lambda q: q["sigma"] ** 2,
    "t": _student_t,
    "laplace": lambda q: 2 * q["b"] ** 2,
    "exgaussian": lambda q: q["sigma"] ** 2 + q["nu"] ** 2,
    "lognormal": lambda q: np.expm1(q["sigma"] ** 2) * np.exp(2 * q["mu"] + q["sigma"] ** 2),
    "gamma": lambda q: q["mu"] ** 2 / q["alpha"],
    "exponential": lambda q: q["mu"] ** 2,
    "weibull": _weibull,
    "wald": lambda q: q["mu"] ** 3 / q["lam"],
    "beta": lambda q: q["mu"] * (1 - q["mu"]) / (1 + q["kappa"]),
    "bernoulli": lambda q: q["p"] * (1 - q["p"]),
    "binomial": lambda q: q["p"] * (1 - q["p"]) / q[TRIALS],
    "beta_binomial": lambda q: q["mu"] * (1 - q["mu"]) / q[TRIALS] * (1 + (q[TRIALS] - 1) / (q["kappa"] + 1)),
    "poisson": lambda q: q["mu"],
    "negativebinomial": _negative_binomial,
}

# E[y**2 | parameters] where a share of the responses is 0: that of the others, times their share.
SECOND_MOMENTS: Mapping[str, Moment] = {
    "zero_inflated_poisson": lambda q: q["psi"] * (q["mu"] + q["mu"] ** 2),
    "zero_inflated_negativebinomial": lambda q: q["psi"] * _counts(q),
    "zero_inflated_binomial": lambda q: q["psi"] * (q["p"] * (1 - q["p"]) / q[TRIALS] + q["p"] ** 2),
    "hurdle_poisson": lambda q: q["psi"] * (q["mu"] + q["mu"] ** 2) / -np.expm1(-q["mu"]),
    "hurdle_negativebinomial": lambda q: q["psi"] * _counts(q) / (1 - _none_of_negative_binomial(q)),
    "hurdle_gamma": lambda q: q["psi"] * q["mu"] ** 2 * (1 + 1 / q["alpha"]),
    "hurdle_lognormal": lambda q: q["psi"] * np.exp(2 * q["mu"] + 2 * q["sigma"] ** 2),
}


def has_variance(family: str) -> bool:
    """Tell whether mean and variance of a family's response are known."""
    return family in VARIANCES or family in SECOND_MOMENTS


def moments_at_data(
    source: FormulaSource, samples: xarray.Dataset
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give mean and variance of the response at each row of the data, given the parameters.

    Parameters
    ----------
    source : FormulaSource
        Of a family that `has_variance`.
    samples : xarray.Dataset
        Draws, dim ``sample`` first.

    Returns
    -------
    mean, variance : ndarray, shape (n_samples, n_rows)
        Of the proportion, where the response is a number of trials.
    """
    grouped = [part.design.group for part in bambi_parameters(source.bambi).values()]
    terms = [term for group in grouped if group is not None for term in group.terms.values()]
    factors = {name for term in terms for name in term.factor.var_names}
    parameters = dict(parameters_over(source, source.frame, factors)(samples))
    response = np.asarray(bambi_response_term(source.bambi).data)
    if family_of(source.family).response == "trials":
        parameters[TRIALS] = response[:, 1].astype(float)
    return moments(source.family, source.bambi.family.likelihood.parent, parameters)


def moments(
    family: str, parent: str, parameters: Parameters
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give mean and variance of a family's response.

    Parameters
    ----------
    family : str
    parent : str
        The main parameter.
    parameters : mapping of str to ndarray
        By name; `TRIALS` where the response is a proportion of trials.

    Returns
    -------
    mean, variance : ndarray
    """
    mean_of: Moment = MEANS.get(family, lambda q: q[parent])
    mean = mean_of(parameters)
    if family in VARIANCES:
        return mean, VARIANCES[family](parameters)
    return mean, SECOND_MOMENTS[family](parameters) - mean**2
