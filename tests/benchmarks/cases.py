"""What is measured: data, a formula and a family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One regression.

    Attributes
    ----------
    formula, family : str
    data : callable
        Makes the frame.
    link : str or None
    """

    formula: str
    family: str
    data: Callable[[], pd.DataFrame]
    link: str | None = None


def line(n: int) -> pd.DataFrame:
    """The tutorial's points on a line, with a second number and a group beside."""
    rng = np.random.default_rng(8927)
    x = np.linspace(0, 1, n)
    y = 1 + 2 * x + rng.normal(scale=0.5, size=n)
    frame = pd.DataFrame({"x": x, "y": y, "z": rng.normal(size=n), "g": rng.choice(list("abcde"), n)})
    return frame.assign(hit=(rng.random(n) < 1 / (1 + np.exp(1 - 2 * x))).astype(int))


def dense(n: int, p: int) -> pd.DataFrame:
    """Standard normal predictors x0, x1, ..., and a response for each family."""
    rng = np.random.default_rng(8927)
    frame = pd.DataFrame(rng.normal(size=(n, p)), columns=[f"x{i}" for i in range(p)])
    eta = 0.3 + frame.to_numpy() @ np.linspace(0.5, -0.5, p) / np.sqrt(p / 5)
    frame["gaussian"] = eta + rng.normal(scale=0.5, size=n)
    frame["bernoulli"] = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int)
    frame["poisson"] = rng.poisson(np.exp(0.5 * eta))
    return frame


def of(family: str, n: int, p: int) -> Case:
    """A regression on p numbers."""
    right = " + ".join(f"x{i}" for i in range(p))
    columns = [f"x{i}" for i in range(p)]
    return Case(
        formula=f"{family} ~ {right}", family=family, data=lambda: dense(n, p)[[*columns, family]].copy()
    )


def categories(n: int) -> pd.DataFrame:
    """Three categorical predictors of four levels."""
    rng = np.random.default_rng(8927)
    frame = pd.DataFrame({name: rng.choice(list("abcd"), n) for name in ("u", "v", "w")})
    chance = 0.2 + 0.2 * (frame["u"] == "a") + 0.3 * (frame["v"] == "b")
    frame["hit"] = (rng.random(n) < chance).astype(int)
    return frame


def grouped(n: int, groups: int) -> pd.DataFrame:
    """Intercepts and slopes that vary by group."""
    rng = np.random.default_rng(8927)
    x, g = rng.normal(size=n), rng.integers(0, groups, n)
    y = 1 + 0.5 * rng.normal(size=groups)[g] + (2 + 0.3 * rng.normal(size=groups)[g]) * x
    return pd.DataFrame({"x": x, "y": y + rng.normal(scale=0.5, size=n), "g": g.astype(str)})


def group_effects(effect: str, groups: int) -> Case:
    """A line with effects by group."""
    return Case(formula=f"y ~ x + {effect}", family="gaussian", data=lambda: grouped(10_000, groups))


def levels(n: int, groups: int, p: int) -> pd.DataFrame:
    """A category of many levels, and numbers beside it."""
    frame = dense(n, p)[[*(f"x{i}" for i in range(p)), "gaussian"]].copy()
    rng = np.random.default_rng(8927)
    g = rng.integers(0, groups, n)
    frame["gaussian"] += rng.normal(size=groups)[g]
    return frame.assign(g=[f"level {one}" for one in g])


def few_values(n: int) -> pd.DataFrame:
    """One number of ten values, and a response for each family."""
    rng = np.random.default_rng(8927)
    x = rng.integers(0, 10, n).astype(float)
    eta = 0.2 * x - 1
    return pd.DataFrame(
        {
            "x": x,
            "gaussian": eta + rng.normal(size=n),
            "bernoulli": (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int),
            "poisson": rng.poisson(np.exp(0.5 * eta)),
        }
    )


CASES = {
    "line": Case(formula="y ~ x", family="gaussian", data=lambda: line(200)),
    "line of 10,000": Case(formula="y ~ x", family="gaussian", data=lambda: line(10_000)),
    "new: two predictors": Case(formula="y ~ x + z", family="gaussian", data=lambda: line(200)),
    "new: interaction": Case(formula="y ~ x * g", family="gaussian", data=lambda: line(200)),
    "new: logistic": Case(formula="hit ~ x + z", family="bernoulli", data=lambda: line(200)),
    "new: groups": Case(formula="y ~ x + (1|g)", family="gaussian", data=lambda: line(200)),
    "million, gaussian": of("gaussian", 1_000_000, 5),
    "million, categories": Case(
        formula="hit ~ u + v + w", family="bernoulli", data=lambda: categories(1_000_000)
    ),
    **{
        f"{effect}, {groups} groups": group_effects(effect, groups)
        for effect in ("(1|g)", "(x|g)")
        for groups in (10, 1000)
    },
    **{f"{family}, n = 1000, p = 300": of(family, 1000, 300) for family in ("gaussian", "bernoulli", "poisson")},
    "300 levels": Case(formula="gaussian ~ x0 + g", family="gaussian", data=lambda: levels(3000, 300, 1)),
    "300 groups, 50 predictors": Case(
        formula=f"gaussian ~ {' + '.join(f'x{i}' for i in range(50))} + (1|g)",
        family="gaussian",
        data=lambda: levels(3000, 300, 50),
    ),
    **{
        f"five million, {family}": Case(
            formula=f"{family} ~ x", family=family, data=lambda: few_values(5_000_000)
        )
        for family in ("gaussian", "bernoulli", "poisson")
    },
    **{
        f"{family}, n = {n}, p = {p}": of(family, n, p)
        for family in ("gaussian", "bernoulli", "poisson")
        for n in (200, 10_000, 1_000_000)
        for p in (1, 5, 50)
    },
}  # fmt: skip
