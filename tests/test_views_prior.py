"""The prior's draws that the panel gets, of the numbers that its predictor tables multiply."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pymc as pm
import pytest

pytest.importorskip("bambi")

import glm_magic
from glm_magic import api
from glm_magic.predictor.tables.evaluate import evaluate
from glm_magic.views import Unavailable, prior
from glm_magic.views.panel import NO_PRIOR, PanelView, kept_payload, payload_of
from glm_magic.views.predictor import labels_of
from glm_magic.views.prior import PriorView, fewer_prior_draws, prior_view
from glm_magic.wire import decode

pytestmark = [
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
    pytest.mark.usefixtures("no_sampling"),
]

N = 60
RNG = np.random.default_rng(8927)
FRAME = pd.DataFrame(
    {
        "x": RNG.normal(3.0, 1.0, N),
        "year": RNG.integers(1990, 2020, N),
        "z": RNG.normal(size=N),
        "g": np.repeat(list("abcde"), N // 5),
        "y": RNG.normal(size=N),
        "hit": RNG.integers(0, 2, N),
        "grade": pd.Categorical(np.resize([1, 2, 3, 4], N), ordered=True),
    }
)
MODELS = {
    "line": ("y ~ x", None),
    "logistic": ("hit ~ x*z", "bernoulli"),
    "groups": ("y ~ x + (x|g)", None),
    "distributional": ("y ~ x\nsigma ~ z", None),
    "ordinal": ("grade ~ x", "cumulative"),
    "splines": ("y ~ bs(z, df=5)", None),
}


def fitted(text, family=None, data=FRAME):
    return api.glm(text, data, family=family, draws=5, chains=2, seed=1)


def numbers(view):
    """What the browser has."""
    return dict(zip(view.labels, view.centre[:, None] + view.values.astype(np.float32), strict=True))


@pytest.mark.parametrize("kind", MODELS)
def test_every_number_of_the_predictor_has_draws(kind):
    fit = fitted(*MODELS[kind])
    view, tables = fit.view.prior, fit.view.predictor.tables
    assert fit.failures == ()
    assert view.values.shape == (len(view.labels), 500)
    assert labels_of(tables) <= {*view.labels} <= {*fit.summary().index}
    # They are what the tables are evaluated with, and nothing is missing.
    assert np.isfinite(evaluate(tables, numbers(view)).mean).all()


def test_draws_are_those_of_the_prior_predictive():
    """Means and standard deviations within 4 Monte Carlo standard errors of PyMC's own draws."""
    fit = fitted("hit ~ x*z", "bernoulli")
    drawn = fit.prior_predictive(draws=2_000, seed=2)["prior"]
    for label, own in numbers(fit.view.prior).items():
        other = drawn[label].values.ravel()
        for moment in (lambda v: v, lambda v: (v - v.mean()) ** 2):
            first, second = moment(own), moment(other)
            error = np.sqrt(first.var() / len(first) + second.var() / len(second))
            assert abs(first.mean() - second.mean()) <= 4 * error, label


@pytest.mark.parametrize(
    ("formula", "reference"), [("y ~ x", FRAME["x"].mean()), ("y ~ 0 + Intercept + x", 0.0)]
)
def test_the_prior_of_the_intercept_holds_where_bambi_has_it(formula, reference):
    """At the mean of the predictors, or where they are zero if it is written as a predictor."""
    own = numbers(fitted(f"{formula}\nIntercept ~ Normal(1, 0.5)\nx ~ Normal(0, 3)").view.prior)
    there = own["Intercept"] + own["x"] * reference
    assert abs(there.mean() - 1) <= 4 * 0.5 / np.sqrt(500)
    assert abs(there.std() - 0.5) <= 4 * 0.5 / np.sqrt(2 * 500)
    assert abs(np.corrcoef(there, own["x"])[0, 1]) <= 4 / np.sqrt(500)


YEARS = "y ~ year\nIntercept ~ Normal(0, 1)\nyear ~ Normal(0, 10)"


def test_a_calendar_year_keeps_its_precision():
    fit = fitted(YEARS)
    view, tables = fit.view.prior, fit.view.predictor.tables
    single = evaluate(tables, numbers(view)).linear["mu"]
    exact, _ = view.linear
    # Intercepts at the year 0 are as large as 50,000 and cancel: single precision of them is not enough.
    assert 1e-5 < abs(single - exact).max() < 0.02
    # The variable starts at the mean of the years, where the intercept has its prior.
    assert abs(exact.std() - 1) <= 4 / np.sqrt(2 * 500)


def test_effects_of_groups_come_with_the_parameters_of_their_distribution():
    own = numbers(fitted("y ~ x + (x|g)").view.prior)
    assert {"1|g_sigma", "x|g_sigma", "x|g[a]", "1|g[e]"} <= own.keys()
    # Given its scale an effect is normal: the ratio is a standard normal.
    ratio = own["x|g[a]"] / own["x|g_sigma"]
    assert abs(ratio.mean()) <= 4 / np.sqrt(500)
    assert abs(ratio.std() - 1) <= 4 / np.sqrt(2 * 500)


def test_of_many_groups_there_are_fewer_draws():
    data = pd.DataFrame({"y": np.arange(1_600.0), "g": np.repeat([f"g{i}" for i in range(800)], 2)})
    view = fitted("y ~ (1|g)", data=data).view.prior
    assert view.values.shape == (803, prior.MOST_NUMBERS // 803)


def test_a_flat_prior_is_told():
    view = fitted("y ~ x\nx ~ Flat()").view.prior
    assert (
        view.unavailable
        == "There is no fan of the prior: the prior of 'x' is flat, and cannot be drawn from."
    )


def test_a_block_has_none():
    with pm.Model() as model:
        slope = pm.Normal("slope")
        pm.Normal("y", slope * FRAME["x"].to_numpy(), 1, observed=FRAME["y"].to_numpy())
    view = api.glm(model, draws=5, chains=2).view
    assert view.prior.unavailable == f"There is no fan of the prior. {view.predictor.unavailable}"


def test_a_failure_costs_the_prior_alone(monkeypatch):
    def failing(*_):
        raise RuntimeError("no luck")

    monkeypatch.setattr("glm_magic.views.prior.prior_draws", failing)
    fit = fitted("y ~ x")
    assert "the draws from the prior could not be made: RuntimeError: no luck" in fit.view.prior.unavailable
    assert not isinstance(fit.view.predictor, Unavailable)


def test_a_file_keeps_the_prior(tmp_path):
    fit = fitted("y ~ x + (x|g)")
    fit.save(tmp_path / "fit.nc")
    back = glm_magic.load(tmp_path / "fit.nc").view.prior
    assert back.labels == fit.view.prior.labels
    np.testing.assert_array_equal(back.centre, fit.view.prior.centre)
    np.testing.assert_array_equal(back.values, fit.view.prior.values.astype(np.float32))


def test_a_panel_from_before_has_none():
    payload = payload_of(fitted("y ~ x").view)
    del payload.schema["fits"][0]["prior"]
    assert decode(PanelView, payload).fits[0].prior == NO_PRIOR


CONTRADICTIONS = {
    "numbers": lambda view: replace(view, labels=view.labels[1:]),
    "draws": lambda view: replace(view, values=view.values[0]),
    "centre": lambda view: replace(view, centre=view.centre[1:]),
    "linear": lambda view: replace(view, linear=(np.zeros(3),)),
    "predictor": lambda view: replace(
        view, labels=view.labels[1:], centre=view.centre[1:], values=view.values[1:]
    ),
}


@pytest.mark.parametrize("change", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_prior_that_contradicts_itself_is_not_written(change, tmp_path):
    fit = fitted("y ~ x")
    view = replace(fit.view, prior=change(fit.view.prior))
    with pytest.raises(glm_magic.errors.FileError, match="the panel contradicts itself"):
        glm_magic.store.save(tmp_path / "fit.nc", fit._record, kept_payload(view))


def test_a_page_with_little_room_has_the_first_draws():
    whole = fitted(YEARS).view.prior
    half = fewer_prior_draws(whole, 0.5)
    np.testing.assert_array_equal(half.values, whole.values[:, :250])
    np.testing.assert_array_equal(half.linear[0], whole.linear[0][:250])
    assert fewer_prior_draws(whole, 0.01).n_draws == prior.LEAST_DRAWS


def test_a_prior_has_its_seed():
    fit = fitted("y ~ x")
    views = [prior_view(fit._model, fit.view.predictor, seed) for seed in (1, 1, 2)]
    assert all(isinstance(view, PriorView) for view in views)
    np.testing.assert_array_equal(views[0].values, views[1].values)
    assert not np.array_equal(views[0].values, views[2].values)
