"""Fewer rows, the same density."""

from __future__ import annotations

import numpy as np
import pytest

from glm_magic.engines.instant.bridge import kernel
from glm_magic.engines.instant.compress import compress
from glm_magic.engines.instant.program import (
    Constant,
    Factor,
    Group,
    LinearPredictor,
    Point,
    Program,
    Transform,
    Variable,
)

NOWHERE = np.zeros(0)
RNG = np.random.default_rng(8927)


def program(factor: Factor, size: int) -> Program:
    free = Transform(kind="identity", lower=NOWHERE, upper=NOWHERE)
    return Program(variables=(Variable(name="b", shape=(size,), start=0, transform=free),), factors=(factor,))


def linear(dense, link="identity", groups=(), offset=0.0) -> LinearPredictor:
    return LinearPredictor(
        offset=np.atleast_1d(np.asarray(offset, dtype=float)),
        columns=np.arange(len(dense)),
        dense=np.ascontiguousarray(dense, dtype=float),
        groups=tuple(groups),
        link=link,
    )


def value(numbers) -> Constant:
    return Constant(values=np.asarray(numbers, dtype=float))


def scale(position: int) -> Point:
    return Point(positions=np.array([position]), source="u", link="log")


def assert_same(factor: Factor, size: int, draws, *, exact: bool = True) -> Factor:
    """The compressed factor has the same density, up to a constant unless `exact`, and gradient."""
    small = compress(factor)
    whole, part = kernel(program(factor, size)), kernel(program(small, size))
    shifts = []
    for u in draws:
        expected, gradient = whole.log_density(u)
        found, slope = part.log_density(u)
        shifts.append((expected - found) / max(1.0, abs(expected)))
        np.testing.assert_allclose(slope, gradient, rtol=1e-9, atol=1e-10 * abs(gradient).max())
    assert (np.ptp(shifts) if not exact else np.abs(shifts).max()) < 1e-10
    return small


@pytest.mark.parametrize("n", [1, 2, 7, 300, 40_000])
def test_a_normal_regression_becomes_as_many_rows_as_columns(n):
    x = RNG.normal(size=(3, n))
    factor = Factor(
        distribution="normal",
        rows=n,
        slots=(value(RNG.normal(size=n)), linear(x, offset=RNG.normal(size=n)), scale(3)),
    )
    small = assert_same(factor, 4, RNG.normal(size=(5, 4)))
    assert small.rows == (3 if n > 6 else n)


def test_a_mean_that_dwarfs_the_noise_loses_no_digits():
    n = 1_000
    x = np.array([np.ones(n), 1e8 + RNG.normal(size=n), 1e-8 * RNG.normal(size=n)])
    y = 1e6 + 2 * x[1] + 1e-3 * RNG.normal(size=n)
    factor = Factor(distribution="normal", rows=n, slots=(value(y), linear(x), scale(3)))
    best = np.linalg.lstsq(x.T / [1, 1e8, 1e-8], y, rcond=None)[0] / [1, 1e8, 1e-8]
    small = compress(factor)
    mu, found = small.slots[1], small.slots[0].values
    residual = np.sum((found - best @ mu.dense) ** 2) + small.rows * small.slots[4].values[0]
    np.testing.assert_allclose(residual, np.sum((y - best @ x) ** 2), rtol=1e-4)


def test_columns_that_repeat_each_other():
    n = 200
    x = RNG.normal(size=n)
    factor = Factor(
        distribution="normal", rows=n, slots=(value(RNG.normal(size=n)), linear([x, x, 0 * x]), scale(3))
    )
    assert assert_same(factor, 4, RNG.normal(size=(4, 4))).rows == 3


@pytest.mark.parametrize("sizes", ["equal", "unequal"])
def test_normal_groups_keep_their_groups(sizes):
    n = 600
    index = np.arange(n) % 5 if sizes == "equal" else RNG.choice(6, n, p=[0.5, 0.3, 0.17, 0.02, 0.005, 0.005])
    other = RNG.integers(0, 2, n)
    groups = [
        Group(multiplier=np.ones(n), index=4 + index, scale=3),
        Group(multiplier=RNG.normal(size=n), index=10 + other, scale=-1),
    ]
    factor = Factor(
        distribution="normal",
        rows=n,
        slots=(value(RNG.normal(size=n)), linear(RNG.normal(size=(2, n)), groups=groups), scale(2)),
    )
    small = assert_same(factor, 12, RNG.normal(size=(4, 12)))
    assert small.distribution == "normal_summary"
    assert small.rows <= 6 * 2 * 4


def test_groups_too_small_to_pay_stay_as_they_are():
    n = 100
    group = Group(multiplier=np.ones(n), index=2 + np.arange(n) // 2, scale=-1)
    factor = Factor(
        distribution="normal",
        rows=n,
        slots=(value(RNG.normal(size=n)), linear(RNG.normal(size=(1, n)), groups=[group]), scale(1)),
    )
    assert compress(factor) is factor


DUMMIES = np.array([np.ones(500), np.arange(500) % 2, np.arange(500) % 3 == 1])
ALIKE = {
    "bernoulli": ("binomial", lambda mu: (value(np.arange(500) % 7 < 3), mu("logit"))),
    "binomial": (
        "binomial",
        lambda mu: (value(np.arange(500) % 4), value(4 + np.arange(500) % 5), mu("logit")),
    ),
    "poisson": ("poisson", lambda mu: (value(np.arange(500) % 5), mu("log"))),
    "negative_binomial": (
        "negative_binomial",
        lambda mu: (value(np.arange(500) % 5), mu("log"), scale(3)),
    ),
    "student_t": (
        "student_t",
        lambda mu: (value(np.arange(500) % 5), value([4.0]), mu("identity"), scale(3)),
    ),
}


@pytest.mark.parametrize("name", ALIKE)
def test_equal_rows_are_counted(name):
    becomes, slots = ALIKE[name]
    factor = Factor(distribution=name, rows=500, slots=slots(lambda link: linear(DUMMIES, link)))
    small = assert_same(factor, 4, 0.3 * RNG.normal(size=(5, 4)), exact=False)
    assert small.distribution == becomes
    assert small.rows <= 60


def test_minus_zero_is_zero_and_groups_are_told_apart():
    index = 1 + np.tile([0, 1], 50)
    group = Group(multiplier=np.where(np.arange(100) % 4 < 2, 0.0, -0.0), index=index, scale=-1)
    factor = Factor(
        distribution="poisson",
        rows=100,
        slots=(value(np.ones(100)), linear([np.ones(100)], "log", groups=[group])),
    )
    assert compress(factor).rows == 2


def test_rows_that_differ_are_left_alone():
    for n in (50, 30_000):
        factor = Factor(
            distribution="bernoulli",
            rows=n,
            slots=(value(np.arange(n) % 2), linear(RNG.normal(size=(2, n)), "logit")),
        )
        assert compress(factor) is factor


def test_many_rows_in_many_classes_are_still_found():
    n = 60_000
    x = RNG.integers(0, 10_000, n).astype(float)
    factor = Factor(
        distribution="poisson", rows=n, slots=(value(RNG.poisson(2, n)), linear([1e-5 * x], "log"))
    )
    small = assert_same(factor, 1, RNG.normal(size=(3, 1)), exact=False)
    assert small.rows == len(np.unique(x))
    assert small.weights.sum() == n


def test_effects_of_groups_that_repeat_the_population_s_cost_no_rows():
    """Of [1, x - mean, 1, x] two columns are a basis, so that two rows per group are left."""
    n = 600
    x = 5 + RNG.normal(size=n)
    index = np.arange(n) % 20
    groups = [
        Group(multiplier=np.ones(n), index=4 + index, scale=2),
        Group(multiplier=x, index=24 + index, scale=3),
    ]
    design = linear([np.ones(n), x - x.mean()], groups=groups)
    factor = Factor(distribution="normal", rows=n, slots=(value(3 + RNG.normal(size=n)), design, scale(44)))
    assert assert_same(factor, 45, RNG.normal(size=(4, 45))).rows == 40


def test_a_design_without_anything_in_it_is_no_basis():
    n = 200
    groups = [Group(multiplier=np.zeros(n), index=1 + np.arange(n) % 4, scale=-1)]
    design = linear([np.zeros(n)], groups=groups)
    factor = Factor(distribution="normal", rows=n, slots=(value(RNG.normal(size=n)), design, scale(5)))
    assert_same(factor, 6, RNG.normal(size=(4, 6)))


def test_a_basis_that_would_lose_digits_is_not_used():
    """Of 1e8 + noise, what differs from the mean has lost its last eight digits already."""
    n = 400
    x = 1e8 + RNG.normal(size=n)
    index = np.arange(n) % 10
    groups = [Group(multiplier=x, index=3 + index, scale=-1)]
    design = linear([np.ones(n), x - x.mean()], groups=groups)
    factor = Factor(distribution="normal", rows=n, slots=(value(RNG.normal(size=n)), design, scale(2)))
    draws = RNG.normal(size=(4, 13)) * np.r_[1, 1, 1, np.full(10, 1e-8)]
    assert_same(factor, 13, draws)
