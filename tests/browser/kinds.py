"""Small fits of the kinds of model whose panels differ: what axes, legends, tables and findings hold."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

import glm_magic

SHORT = {"draws": 150, "tune": 150, "chains": 2, "seed": 8927}


def line() -> glm_magic.Fit:
    """A line with a known truth and a handful of draws, so that a finding stands above the tabs."""
    rng = np.random.default_rng(8927)
    x = np.linspace(0, 1, 100)
    y = 1 + 2 * x + rng.normal(scale=0.5, size=100)
    truth = {"Intercept": 1.0, "x": 2.0, "sigma": 0.5}
    return glm_magic.glm("y ~ x", {"x": x, "y": y}, truth=truth, **{**SHORT, "draws": 20})


def logistic() -> glm_magic.Fit:
    """Zeros and ones, a fan for each level of an interaction, and long names."""
    rng = np.random.default_rng(1)
    hours, course = rng.uniform(0, 9, 240), rng.choice(["algebra", "analysis", "statistics"], 240)
    slope = np.where(course == "analysis", 0.3, 0.8)
    passed = rng.random(240) < 1 / (1 + np.exp(-(slope * hours - 2)))
    table = pd.DataFrame({"hours_of_preparation": hours, "course": course, "passed": passed.astype(int)})
    return glm_magic.glm("passed ~ hours_of_preparation * course", table, family="bernoulli", **SHORT)


def counts() -> glm_magic.Fit:
    """Counts up to many thousands, whose labels are long, over exposures that are an offset."""
    rng = np.random.default_rng(2)
    x, days = rng.uniform(0, 2, 150), rng.uniform(1, 10, 150)
    table = pd.DataFrame({"x": x, "days": days, "n": rng.poisson(days * np.exp(7 + 2 * x))})
    return glm_magic.glm("n ~ x + offset(log(days))", table, family="poisson", **SHORT)


def groups() -> glm_magic.Fit:
    """Group-specific effects, which tables and traces fold."""
    rng = np.random.default_rng(3)
    school = rng.integers(0, 8, 240)
    x = rng.normal(size=240)
    y = 1 + rng.normal(size=8)[school] + (1 + 0.5 * rng.normal(size=8)[school]) * x + rng.normal(size=240)
    table = pd.DataFrame({"x": x, "y": y, "school": [f"school {i}" for i in school]})
    return glm_magic.glm("y ~ x + (x|school)", table, **SHORT)


def ordinal() -> glm_magic.Fit:
    """Ordered answers: a response of categories, and a line for each."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=200)
    answer = np.digitize(x + rng.logistic(size=200), [-1, 1])
    answers = pd.Categorical.from_codes(answer, ["disagree", "neither", "agree"], ordered=True)
    table = pd.DataFrame({"x": x, "answer": answers})
    return glm_magic.glm("answer ~ 0 + x", table, family="cumulative", **SHORT)


def many() -> glm_magic.Fit:
    """More predictors than have a control each at once."""
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.normal(size=(200, 11)), columns=list("abcdefghijk"))
    table["y"] = table.sum(axis=1) + rng.normal(size=200)
    return glm_magic.glm(f"y ~ {' + '.join('abcdefghijk')}", table, **SHORT)


KINDS = {one.__name__: one for one in (line, logistic, counts, groups, ordinal)}


@cache
def fit_of(kind: str) -> glm_magic.Fit:
    """Fit a model of that kind, once for all test files: the ordinal one compiles for half a minute."""
    return {**KINDS, "many": many}[kind]()
