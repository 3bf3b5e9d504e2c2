"""New observations of families with a point mass at zero, and of families with categories.

PyMC's own draws of these take seconds, and those of hurdle families, which reject all numbers at once, more memory
than there is. Here a mixture is drawn as it is defined: whether there is a count, and the count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pymc
from numpy.typing import NDArray

from glm_magic.predict.drawing import drawn

Arguments = Mapping[str, NDArray[Any]]


def _positive_poisson(q: Arguments, rng: np.random.Generator) -> NDArray[Any]:
    """Draw a Poisson count given that it is above zero.

    It counts the events in [0, 1]: the first one is at T, which is before 1, and the others follow it at the same
    rate.
    """
    mu = q["mu"]
    first = _first_arrival(-np.expm1(-mu), lambda left: -np.log1p(-left) / mu, rng)
    return np.asarray(1 + rng.poisson(mu * (1 - first)))


def _positive_negative_binomial(q: Arguments, rng: np.random.Generator) -> NDArray[Any]:
    """Draw a negative binomial count given that it is above zero.

    It is a Poisson count whose rate has the distribution Gamma(alpha, alpha / mu). The first event then comes
    after t with the probability (alpha / (alpha + mu t))^alpha, and with an event at t the rate is
    Gamma(alpha + 1, alpha / mu + t).
    """
    mu, alpha = np.broadcast_arrays(q["mu"], q["alpha"])
    before_one = -np.expm1(-alpha * np.log1p(mu / alpha))
    first = _first_arrival(before_one, lambda left: np.expm1(-np.log1p(-left) / alpha) * alpha / mu, rng)
    rate = rng.gamma(alpha + 1, 1 / (alpha / mu + first))
    return np.asarray(1 + rng.poisson(rate * (1 - first)))


def _first_arrival(
    before_one: NDArray[Any], quantile: Callable[[NDArray[Any]], NDArray[Any]], rng: np.random.Generator
) -> NDArray[Any]:
    """Draw the time of the first event, given that it is before 1."""
    return np.asarray(np.minimum(quantile(rng.random(before_one.shape) * before_one), 1.0))


def _of(name: str) -> Callable[[Arguments, np.random.Generator], NDArray[Any]]:
    return lambda q, rng: drawn(getattr(pymc, name).dist(**q), rng)


# What is drawn where there is something, by family. A gamma and a lognormal variable are above zero already.
COUNTS: Mapping[str, Callable[[Arguments, np.random.Generator], NDArray[Any]]] = {
    "zero_inflated_poisson": _of("Poisson"),
    "zero_inflated_negativebinomial": _of("NegativeBinomial"),
    "zero_inflated_binomial": _of("Binomial"),
    "hurdle_poisson": _positive_poisson,
    "hurdle_negativebinomial": _positive_negative_binomial,
    "hurdle_gamma": _of("Gamma"),
    "hurdle_lognormal": _of("LogNormal"),
}


def with_zeros(family: str, arguments: Arguments, rng: np.random.Generator) -> NDArray[Any]:
    """Draw from a family with a point mass at zero.

    Parameters
    ----------
    family : str
        Of `COUNTS`.
    arguments : mapping of str to ndarray
        In PyMC's parameterisation: ``psi`` is the probability of the count part.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray
        Of the shape of all arguments together.
    """
    others = {name: value for name, value in arguments.items() if name != "psi"}
    found = COUNTS[family](others, rng)
    shape = np.broadcast_shapes(found.shape, arguments["psi"].shape)
    there = rng.random(shape) < arguments["psi"]
    return np.where(there, found, np.zeros((), found.dtype))


def category(probabilities: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw a category, by comparing one uniform number with the cumulative probabilities.

    Parameters
    ----------
    probabilities : ndarray, shape (..., n_categories)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, shape (...)
    """
    uniform = rng.random(probabilities.shape[:-1])
    found = np.zeros(uniform.shape, np.int64)
    total = np.zeros(uniform.shape)
    # The last is what is left, however its sum is rounded.
    for place in range(probabilities.shape[-1] - 1):
        total += probabilities[..., place]
        found += uniform >= total
    return found


def counts(
    trials: NDArray[np.int64], probabilities: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw multinomial counts, each binomial given those before it.

    Parameters
    ----------
    trials : ndarray, shape (n_rows,)
    probabilities : ndarray, shape (n_samples, n_rows, n_categories)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int, of the shape of the probabilities
    """
    found = np.zeros(probabilities.shape, np.int64)
    left = np.broadcast_to(trials, probabilities.shape[:-1]).copy()
    remaining = np.ones(left.shape)
    for place in range(probabilities.shape[-1] - 1):
        own = probabilities[..., place]
        # Rounding may leave a little less than is needed.
        share = np.divide(own, remaining, out=np.ones_like(own), where=remaining > own)
        found[..., place] = rng.binomial(left, share)
        left -= found[..., place]
        remaining -= own
    found[..., -1] = left
    return found


def dirichlet(concentrations: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw probabilities from Dirichlet distributions, as gamma variables divided by their sum.

    Parameters
    ----------
    concentrations : ndarray, shape (..., n_categories)
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, of that shape
    """
    # Gamma(a) is Gamma(a + 1) U^(1 / a), whose logarithm does not underflow where a is small.
    logs = (
        np.log(rng.gamma(concentrations + 1)) + np.log1p(-rng.random(concentrations.shape)) / concentrations
    )
    weights = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))
