"""The least curvature of a posterior, on closed forms; round, correlated and other posteriors are told apart."""

from __future__ import annotations

import numpy as np
import pytest

from glm_magic.engines.shape import RIDGE, ROUND, flattest, shape

ORIGIN = np.zeros(2)


def normal(precision, mean):
    """A normal density and its gradient; one matrix of precision and a mean."""
    return lambda u: (-0.5 * float((u - mean) @ precision @ (u - mean)), -precision @ (u - mean))


def regression(design, y, prior, sd=1.0):
    """The posterior of coefficients with normal priors about 0, and normal errors of known sd."""
    precision = design.T @ design / sd**2 + np.diag(1.0 / np.asarray(prior) ** 2)
    return normal(precision, np.linalg.solve(precision, design.T @ y / sd**2))


@pytest.mark.parametrize("r", [0.0, 0.5, -0.9, 0.999])
def test_the_least_curvature_is_that_of_the_correlation_whatever_the_units(r):
    """A pair with correlation r has the precision of one with correlation -r, up to scale: eigenvalues 1 +- r."""
    units = np.diag([1e4, 1e-3])
    precision = units @ np.array([[1.0, r], [r, 1.0]]) @ units
    mean = np.array([2e-4, -30.0])
    density = normal(precision, mean)
    assert flattest(density, mean) == pytest.approx(1 - abs(r), rel=1e-6)
    assert shape(density, [ORIGIN]) == ("round" if 1 - abs(r) >= ROUND else "correlated")


@pytest.mark.parametrize("n", [10, 100, 1000])
@pytest.mark.parametrize("level", [0.0, 300.0])
def test_intercepts_that_only_their_priors_tell_apart_are_a_ridge(n, level):
    """Statistical Rethinking, model 9.4: 1 - r, r = n / (n + 1 / t^2) for n observations of sd 1."""
    y = level + np.random.default_rng(n).normal(0, 1, n)
    density = regression(np.ones((n, 2)), y, (1000, 1000))
    assert flattest(density, np.full(2, level / 2)) == pytest.approx(1 / (1 + n * 1000**2), abs=0.2 * RIDGE)
    assert shape(density, [ORIGIN]) == "ridge"


@pytest.mark.parametrize("years", [(1990, 2020), (2010, 2019), (2015, 2019)])
@pytest.mark.parametrize("n", [20, 500])
def test_raw_calendar_years_are_no_ridge(years, n):
    """A line in x: 1 - |mean| / sqrt(mean^2 + sd^2), with priors that are vague beside the data."""
    x = np.linspace(*years, n).round()
    design, y = np.column_stack([np.ones(n), x]), 5 + 0.1 * (x - years[0])
    density = regression(design, y, (1e6, 1e3))
    theory = 1 - abs(x.mean()) / np.sqrt((x**2).mean())
    assert flattest(density, ORIGIN) == pytest.approx(theory, abs=0.2 * RIDGE)
    assert theory > RIDGE
    assert shape(density, [ORIGIN]) == "correlated"


@pytest.mark.parametrize("size", [1.0, 1e3, 1e5])
def test_coefficients_of_large_numbers_are_small_steps_apart(size):
    """Counts with a log link: the negative Hessian is X' diag(mu) X, and I / t^2 of the priors."""
    x = size * np.linspace(1, 2, 50)
    design, top = np.column_stack([np.ones(50), x]), np.array([1.0, 0.5 / size])
    prior = np.array([1e-2, 1e-2])

    def counts(u):
        mean = np.exp(design @ u)
        return float((5 * design @ u - mean).sum()), design.T @ (5 - mean) - prior * u

    hessian = design.T @ (np.exp(design @ top)[:, np.newaxis] * design) + np.diag(prior)
    scale = 1 / np.sqrt(np.diag(hessian))
    least = np.linalg.eigvalsh(hessian * np.outer(scale, scale))[0]
    assert flattest(counts, top) == pytest.approx(least, rel=1e-3)


def test_a_parameter_of_which_nothing_is_known_is_a_ridge_by_itself():
    density = normal(np.diag([1.0, 0.0]), ORIGIN)
    assert flattest(density, ORIGIN) == 0.0
    assert shape(density, [ORIGIN]) == "ridge"


def test_a_funnel_is_open():
    """Neal (2003), "Slice sampling", sec. 8, and an improper prior on v: the density grows without bound."""

    def funnel(u):
        v, x = u[0], u[1:]
        slope = np.r_[0.5 * (x**2).sum() * np.exp(-v) - 0.5 * len(x), -x * np.exp(-v)]
        return -0.5 * float((x**2).sum() * np.exp(-v)) - 0.5 * len(x) * v, slope

    assert shape(funnel, [np.array([0.5, 1.0, -1.0])]) == "open"


def test_the_climb_begins_at_the_first_start_that_is_finite():
    seen = []
    inner = normal(np.array([[1.0, 0.99], [0.99, 1.0]]), np.array([5.0, -5.0]))

    def walled(u):
        seen.append(tuple(u))
        return (-np.inf, np.full(2, np.nan)) if u[0] < 0 else inner(u)

    starts = [np.array([-1.0, 0.0]), np.array([1.0, 1.0]), np.array([2.0, 2.0])]
    assert shape(walled, starts) == "correlated"
    assert seen[:2] == [(-1.0, 0.0), (1.0, 1.0)]
    assert (2.0, 2.0) not in seen


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_nothing_is_told_where_the_density_or_its_curvature_is_not_finite(broken, recwarn):
    def nowhere(u):
        return broken, np.full(2, broken)

    def edge(u):
        """Finite on the way, but not around the top."""
        return inner(u) if abs(u).max() in (0.0, 1.0) else nowhere(u)

    inner = normal(np.array([[1.0, 0.99], [0.99, 1.0]]), ORIGIN)
    assert shape(nowhere, [ORIGIN, ORIGIN + 1]) == "unknown"
    with np.errstate(invalid="ignore"):
        assert np.isnan(flattest(edge, ORIGIN))
    assert shape(edge, [ORIGIN]) == "unknown"
    assert not recwarn.list
