"""A prior is changed in a page: milliseconds until its posterior is on screen, and ESS per second beside nutpie's.

``make bench PYTEST='-k page_refit'``. The page's ESS is the smallest of bulk and tail, nutpie's that of the bulk; the
seconds are those of the sampler, with its warm-up and without compiling.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import pytest
from cases import Case, dense, line
from child import effective
from contestants import bambi_nutpie

from glm_magic import glm

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
MACHINE = importlib.import_module("chromium")
SCRIPT = Path(__file__).with_name("refit.js").read_text("utf-8")
ROUNDS = 15
pytestmark = pytest.mark.skipif(MACHINE.CHROMIUM is None, reason="no Chromium found")


def small() -> pd.DataFrame:
    """200 rows with a response for each family."""
    rng = np.random.default_rng(8927)
    a, b, g = rng.normal(size=200), rng.normal(size=200), rng.integers(0, 10, 200)
    eta = 0.3 + 0.5 * a - 0.4 * b
    chance = 1 / (1 + np.exp(-2 * eta))
    frame = pd.DataFrame({"a": a, "b": b, "g": [f"g{one}" for one in g]})
    frame["hit"] = rng.binomial(1, chance)
    frame["count"] = rng.poisson(np.exp(eta))
    frame["more"] = rng.negative_binomial(2, 2 / (2 + np.exp(eta)))
    frame["positive"] = rng.gamma(2, np.exp(eta) / 2)
    frame["share"] = rng.beta(4 * chance + 0.2, 4 * (1 - chance) + 0.2).clip(0.001, 0.999)
    frame["heavy"] = eta + 0.5 * rng.standard_t(4, size=200)
    slopes, starts = rng.normal(0, 0.3, 10), rng.normal(0, 0.5, 10)
    frame["grouped"] = 1 + starts[g] + (0.8 + slopes[g]) * a + rng.normal(0, 0.5, 200)
    return frame


def wide() -> pd.DataFrame:
    """2,000 rows and 12 predictors."""
    return dense(2_000, 12)


def two(response: str, family: str, link: str | None = None) -> Case:
    """A regression on two numbers, with three parameters of its mean."""
    return Case(formula=f"{response} ~ a + b", family=family, link=link, data=small)


MODELS = {
    "line": (Case(formula="y ~ x", family="gaussian", data=lambda: line(200)), "x"),
    "Poisson": (two("count", "poisson"), "a"),
    "logistic": (two("hit", "bernoulli"), "a"),
    "gamma": (two("positive", "gamma", "log"), "a"),
    "(x|g), 10 groups": (Case(formula="grouped ~ a + (a|g)", family="gaussian", data=small), "a"),
    "negative binomial": (two("more", "negativebinomial"), "a"),
    "t": (two("heavy", "t"), "a"),
    "beta": (two("share", "beta"), "a"),
    "probit": (two("hit", "bernoulli", "probit"), "a"),
    "logistic, 2,000 x 12": (
        Case(formula=f"bernoulli ~ {' + '.join(f'x{i}' for i in range(12))}", family="bernoulli", data=wide),
        "x0",
    ),
}


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=MACHINE.CHROMIUM, args=MACHINE.ARGUMENTS)


@pytest.mark.parametrize("name", MODELS)
def test_page_refit(chromium, tmp_path, name):
    case, parameter = MODELS[name]
    data = case.data()
    fit = glm(case.formula, data, family=case.family, link=case.link, seed=8927)
    fit.to_html(tmp_path / "fit.html")
    page = chromium.new_page(viewport={"width": 900, "height": 1000})
    page.goto((tmp_path / "fit.html").as_uri())
    page.get_by_role("tab", name="Model").click()
    page.wait_for_timeout(1_000)
    values = [f"{0.3 + 0.05 * place:.2f}" for place in range(ROUNDS)]
    found = page.evaluate(SCRIPT, [f"{parameter} sigma", values])
    page.close()

    theirs = [bambi_nutpie(case, data, 1_000, seed) for seed in (1, 2, 3)]
    own = [one["ess"] / one["sampling"] * 1_000 for one in found["rounds"]]
    nutpies = median(effective(one) / one.sampling for one in theirs)
    print(
        f"\n{name}: on screen after {told(found, 'seen')} ms, of which {told(found, 'sampling')} sampling; "
        f"the first answer in {told(found, 'first')} ms; long tasks {[round(one) for one in found['long']]}\n"
        f"ESS per second {median(own):,.0f} in the page, {nutpies:,.0f} by nutpie: {median(own) / nutpies:.1f}x"
    )
    assert len(found["rounds"]) == ROUNDS


def told(found: dict, name: str) -> str:
    """Median, and the range."""
    values = [one[name] for one in found["rounds"]]
    return f"{median(values):.0f} ({min(values):.0f} to {max(values):.0f})"
