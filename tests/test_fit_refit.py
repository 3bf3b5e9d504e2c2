"""`Fit.refit`: the program of a fit with a change, sampled again."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pymc as pm
import pytest

pytest.importorskip("bambi")

from glm_magic import glm, load
from glm_magic.engines.instant import NotInstant, lower
from glm_magic.engines.instant.bridge import kernel
from glm_magic.engines.instant.program import Constant
from glm_magic.errors import FormulaError, GlmError, ModelError
from glm_magic.request.what_if import WhatIf
from glm_magic.views.engine import EngineView

N = 80
RANDOM = np.random.default_rng(8927)
X = RANDOM.normal(size=N)
FRAME = pd.DataFrame(
    {
        "x": X,
        "g": np.resize(["a", "b", "d", "e"], N),
        "y": 1 + 2 * X + RANDOM.normal(size=N),
        "hit": (RANDOM.random(N) < 1 / (1 + np.exp(-X))).astype(int),
        "word": np.where(RANDOM.random(N) < 0.5, "yes", "no"),
        "count": RANDOM.poisson(3, N),
        "k": RANDOM.integers(1, 9, N),
        "n": RANDOM.integers(9, 12, N),
        "w": RANDOM.uniform(0.5, 2, N),
        "time": RANDOM.gamma(2, 2, N),
    }
)
OPTIONS = {"draws": 100, "tune": 300, "chains": 4, "seed": 1}
CASES = [
    ("y ~ x", {}),
    ("y ~ x + (x|g)", {}),
    ("y ~ g + x\nsigma ~ x", {}),
    ("weighted(y, w) ~ x", {}),
    ("count ~ x + offset(w)", {"family": "poisson"}),
    ("p(k, n) ~ x", {"family": "binomial"}),
    ("hit ~ x", {"family": "bernoulli"}),
    ("time ~ x", {"family": "gamma", "link": "log"}),
    ("y ~ x", {"family": "t", "priors": {"x": "Laplace(0, 1)", "sigma": "Exponential(1)"}}),
]
IDS = [" ".join([text.replace("\n", " / "), *map(str, options.values())]) for text, options in CASES]
ROWS = range(5, 75)


@pytest.fixture(scope="module", params=CASES, ids=IDS)
def fit(request):
    text, options = request.param
    return glm(text, FRAME, **OPTIONS, **options)


@pytest.fixture(scope="module")
def line():
    return glm("y ~ x", FRAME, **{**OPTIONS, "draws": 1000})


def observed(fit):
    (values,) = fit.posterior["observed_data"].to_dataset().data_vars.values()
    return values.values


def response_of(fit):
    """Turn the observed values around."""
    (likelihood,) = fit._record.program.likelihoods
    values = likelihood.slots[0]
    assert isinstance(values, Constant)
    return values.values[::-1]


def agrees_with_pymc(fit):
    """The page's own check: PyMC's density of the changed model is that of the changed program."""
    engine = fit.view.engine
    assert isinstance(engine, EngineView), engine.unavailable
    machine = kernel(engine.program)
    own = [machine.log_density(u) for u in engine.points]
    apart = np.array([value for value, _ in own]) - engine.values
    assert np.ptp(apart) <= 1e-9 * max(1.0, abs(engine.values).max())
    for (_, gradient), theirs in zip(own, engine.gradients, strict=True):
        np.testing.assert_allclose(gradient, theirs, atol=1e-9 * max(1.0, abs(theirs).max()))


def same_posterior(one, other):
    first, second = one.summary(), other.summary()
    assert list(first.index) == list(second.index)
    error = np.hypot(first["sd"] / np.sqrt(first["ess_bulk"]), second["sd"] / np.sqrt(second["ess_bulk"]))
    assert (abs(first["mean"] - second["mean"]) <= 4 * error).all()


class TestEveryModel:
    def test_another_prior(self, fit):
        made = fit.refit(priors={"x": "StudentT(3, 1, 0.2)"})
        agrees_with_pymc(made)
        assert "x ~ StudentT(3, 1, 0.2)" in made.view.title
        assert not fit.priors().prior["x"].startswith("StudentT")
        assert made.priors().loc["x", ["prior", "chosen_by"]].tolist() == ["StudentT(3, 1, sigma=0.2)", "you"]

    def test_some_rows(self, fit):
        made = fit.refit(rows=ROWS)
        agrees_with_pymc(made)
        np.testing.assert_array_equal(observed(made), observed(fit)[5:75])
        assert made.view.tabs.data.n_rows == len(ROWS)
        assert "70 of 80 rows are used." in made.view.tabs.data.notes

    def test_another_response(self, fit):
        made = fit.refit(response=response_of(fit))
        agrees_with_pymc(made)
        np.testing.assert_array_equal(observed(made), observed(fit)[::-1])

    def test_all_at_once_and_one_after_the_other_are_the_same(self, fit):
        response = response_of(fit)
        once = fit.refit(priors={"x": "Normal(0, 0.5)"}, rows=ROWS, response=response)
        agrees_with_pymc(once)
        steps = fit.refit(response=response).refit(rows=range(3, 78)).refit(rows=range(2, 72))
        steps = steps.refit(priors={"x": "Normal(0, 0.5)"})
        u = once.view.engine.points[0]
        ours, theirs = (kernel(one._record.program).log_density(u) for one in (once, steps))
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-12)
        np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-9, atol=1e-9)
        assert once.view.title == steps.view.title

    def test_a_file_gives_the_same_model_back(self, fit, tmp_path):
        made = fit.refit(priors={"x": "Normal(0, 0.5)"}, rows=ROWS, response=response_of(fit))
        made.save(tmp_path / "fit.nc")
        back = load(tmp_path / "fit.nc")
        name = [rv.name for rv in made.model.observed_RVs]
        point = made.model.initial_point()
        ours, theirs = (model.compile_logp(mode="FAST_COMPILE")(point) for model in (made.model, back.model))
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
        assert [rv.name for rv in back.model.observed_RVs] == name
        np.testing.assert_array_equal(back.refit(rows=range(20))._model.used, np.arange(5, 25))

    def test_an_update_fits_what_is_left_of_the_data(self, fit):
        made = fit.refit(rows=ROWS, response=response_of(fit), priors={"x": "Normal(0, 0.5)"})
        again = made.update(draws=60, tune=100)
        np.testing.assert_array_equal(observed(again), observed(made))
        assert again.priors().prior["x"] == "Normal(0, 0.5)"


class TestPosterior:
    PRIORS = {"Intercept": "Normal(0, 3)", "sigma": "HalfNormal(2)"}  # noqa: RUF012

    def test_new_priors_give_the_posterior_of_the_model_with_these_priors(self):
        old = glm("y ~ x", FRAME, priors={**self.PRIORS, "x": "Normal(0, 5)"}, seed=1)
        new = {"x": "Laplace(0, 0.1)", "sigma": "Exponential(4)"}
        made = old.refit(priors=new)
        asked = glm("y ~ x", FRAME, priors={**self.PRIORS, **new}, seed=2)
        same_posterior(made, asked)
        program = lower(asked.model)
        assert not isinstance(program, NotInstant)
        ours, theirs = kernel(made._record.program), kernel(program)
        points = [np.array([0.1, 1.0, 2.0]), np.array([-0.3, 0.5, 1.0]), np.array([0.6, -1.0, -2.0])]
        apart = [ours.log_density(u)[0] - theirs.log_density(u)[0] for u in points]
        np.testing.assert_allclose(apart, apart[0], atol=1e-9 * 200)

    def test_the_rows_that_are_left_give_their_posterior(self, line):
        priors = {"Intercept": "Normal(0, 3)", "x": "Normal(0, 2)", "sigma": "HalfNormal(2)"}
        # Without an intercept nothing is centred, and the model of the rows is that of their data.
        old = glm("y ~ 0 + x", FRAME, priors={name: priors[name] for name in ("x", "sigma")}, seed=1)
        same_posterior(old.refit(rows=ROWS), old.update(data=FRAME.iloc[5:75], seed=2))

    def test_a_row_may_be_moved(self, line):
        made = line.refit(response={3: 40.0})
        assert observed(made)[3] == 40.0
        assert (observed(made) != observed(line)).sum() == 1
        assert made.summary().loc["sigma", "mean"] > 2 * line.summary().loc["sigma", "mean"]
        assert made.view.title == "y ~ x · another response"

    def test_the_first_fit_stays_as_it_is(self, line):
        before = line.posterior["posterior"]["x"].values.copy()
        line.refit(priors={"x": "Normal(0, 0.01)"}, rows=range(10), response=list(FRAME.y + 1))
        np.testing.assert_array_equal(line.posterior["posterior"]["x"].values, before)
        np.testing.assert_array_equal(observed(line), FRAME.y)
        assert line.view.title == "y ~ x"

    def test_the_same_seed_gives_the_same_draws(self, line):
        first, second = (line.refit(priors={"x": "Normal(0, 1)"}) for _ in range(2))
        np.testing.assert_array_equal(first.draws(), second.draws())

    def test_an_intercept_has_its_prior_at_the_mean_of_the_predictors(self, line):
        made = line.refit(priors={"Intercept": "Normal(7, 0.001)"})
        drawn = made.draws()
        np.testing.assert_allclose(drawn["Intercept"] + drawn["x"] * FRAME.x.mean(), 7, atol=0.01)

    def test_a_finding_of_the_new_draws_is_in_the_new_fit(self, line):
        assert {one.rule for one in line.refit(rows=range(2)).findings} - {one.rule for one in line.findings}

    def test_its_posterior_predictive_is_of_the_rows_that_are_left(self, line):
        made = line.refit(rows=range(12))
        assert made.log_likelihood()["y"].shape[-1] == 12
        assert made.posterior_predictive()["posterior_predictive"]["y"].shape[-1] == 12


@pytest.fixture(scope="module")
def block():
    with pm.Model() as model:
        a, b = pm.Normal("a", 0, 5), pm.Normal("b", 0, 5)
        sigma = pm.HalfNormal("sigma", 2)
        mu = pm.Deterministic("mu", a + b * X)
        pm.Normal("y", mu, sigma, observed=FRAME.y)
    return glm(model, FRAME, **OPTIONS)


class TestBlock:
    def test_every_change_agrees_with_pymc(self, block):
        made = block.refit(priors={"b": "Cauchy(0, 0.1)"}, rows=ROWS, response={7: 3.0})
        agrees_with_pymc(made)
        assert made.view.title.endswith("b ~ Cauchy(0, 0.1) · 70 of 80 rows · another response")
        assert made.posterior["posterior"]["mu"].shape[-1] == N

    def test_it_can_be_updated(self, block):
        made = block.refit(rows=ROWS).update(draws=50, tune=100)
        np.testing.assert_array_equal(observed(made), FRAME.y[5:75])


class TestOtherEngines:
    def test_the_changed_data_are_fitted_by_the_same_engine(self, no_sampling):
        fit = glm("y ~ x", FRAME, **OPTIONS)
        assert fit._record.engine != "instant"
        made = fit.refit(priors={"x": "Normal(0, 1)"}, rows=ROWS, response={5: 3.0})
        assert made._record.engine == fit._record.engine
        np.testing.assert_array_equal(observed(made), [3.0, *FRAME.y[6:75]])
        assert made.priors().prior["x"] == "Normal(0, 1)"


class TestPanel:
    def test_what_the_browser_sets_is_what_refit_takes(self, line):
        panel = line.panel()
        change = {"priors": {"x": "Normal(0, 0.5)"}, "rows": list(range(40)), "response": list(FRAME.y + 1)}
        panel.what_if = json.loads(json.dumps(change))
        made = line.refit(**panel.what_if)
        np.testing.assert_array_equal(observed(made), (FRAME.y + 1)[:40])
        assert made._model.change == WhatIf(
            priors=change["priors"], rows=tuple(range(40)), response=tuple(FRAME.y + 1)
        )

    def test_nothing_changed_is_the_same_posterior(self, line):
        same_posterior(line.refit(**line.panel().what_if), line)


def test_other_data_need_the_formula_again(line):
    other = FRAME.assign(y=-FRAME.y)
    made = line.refit(data=other, priors={"x": "Normal(0, 1)"})
    np.testing.assert_array_equal(observed(made), -FRAME.y)
    with pytest.raises(ModelError, match="data come with their own rows"):
        line.refit(data=other, rows=range(3))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"priors": {"z": "Normal(0, 1)"}}, "the model has no prior of z"),
        ({"priors": {"x": "Normal(0, 0)"}}, "sigma of the prior of x is 0, and has to be positive"),
        ({"priors": {"x": "StudentT(-1, 0, 1)"}}, "nu of the prior of x is -1"),
        ({"priors": {"x": "Normal(0, 1e308)"}}, "sigma of the prior of x is not a number of moderate size"),
        ({"priors": {"x": "Normal(0, HalfNormal(1))"}}, "sigma of the prior of x is not a number"),
        ({"priors": {"x": "Normal(0)"}}, "Normal takes mu and sigma"),
        ({"priors": {"x": "Normal(0, 1, 2)"}}, "Normal takes mu and sigma"),
        ({"priors": {"x": "Normal(0, mu=1)"}}, "Normal takes mu and sigma"),
        ({"priors": {"x": "Uniform(0, 1)"}}, "a refit knows no Uniform prior, but Normal"),
        (
            {"priors": {"x": "HalfNormal(1)"}},
            "a HalfNormal prior is of a positive number, and x is any number",
        ),
        ({"priors": {"sigma": "Normal(0, 1)"}}, "a Normal prior is of any number, and sigma is a positive"),
        ({"priors": {"sigma": "3"}}, "the prior of sigma is a number"),
        ({"priors": {"x": 3}}, "the prior of x is 3, and not text"),
        ({"priors": {"x": "mad"}}, "neither a distribution nor a number"),
        ({"rows": []}, "0 rows for 2 coefficients"),
        ({"rows": [1]}, "1 row for 2 coefficients"),
        ({"rows": [0, 1, 80]}, "there is no row 80: the fit has rows 0 to 79"),
        ({"rows": [-1, 0, 1]}, "there is no row -1"),
        ({"rows": [1, 1, 2]}, "a row is given twice"),
        ({"rows": [0.5, 1, 2]}, "rows are positions"),
        ({"response": [1.0]}, "a number for each of 80 rows, and 1 were given"),
        ({"response": {90: 1.0}}, "there is no row 90"),
        ({"response": {1: float("nan")}}, "the response of row 1 would be nan"),
        ({"response": {1: "a"}}, "a response is a number for each row"),
        ({"response": [[1.0]]}, r"an array of shape \(1, 1\)"),
    ],
)
def test_what_cannot_be_is_refused(line, change, message):
    with pytest.raises(GlmError, match=message):
        line.refit(**change)


@pytest.mark.parametrize(
    ("text", "family", "value", "support"),
    [
        ("hit ~ x", "bernoulli", 0.5, "0 or 1"),
        ("count ~ x", "poisson", -1, "a count"),
        ("p(k, n) ~ x", "binomial", 20, "a count of at most its trials"),
        ("time ~ x", "gamma", 0, "positive"),
    ],
)
def test_a_response_is_one_that_the_family_has(text, family, value, support):
    fit = glm(text, FRAME, family=family, link="log" if family == "gamma" else None, **OPTIONS)
    with pytest.raises(ModelError, match=f"row 2 would be {value:g}, and the model's is {support}"):
        fit.refit(response={2: value})


def test_a_parameter_within_bounds_keeps_its_prior():
    fit = glm("y ~ x", FRAME, priors={"sigma": "Uniform(0, 9)"}, **OPTIONS)
    with pytest.raises(ModelError, match="sigma"):
        fit.refit(priors={"sigma": "HalfNormal(1)"})


def test_effects_of_groups_have_the_prior_of_their_spread():
    fit = glm("y ~ x + (1|g)", FRAME, **OPTIONS)
    agrees_with_pymc(fit.refit(priors={"1|g_sigma": "Exponential(5)"}))
    with pytest.raises(ModelError, match=r"1\|g_sigma"):
        fit.refit(priors={"1|g": "Normal(0, 1)"})


def test_a_response_that_is_computed_cannot_be_written_into_the_data():
    fit = glm("np.log(time) ~ x", FRAME, namespace={"np": np}, **OPTIONS)
    made = fit.refit(response={1: 0.5})
    assert observed(made)[1] == 0.5
    with pytest.raises(ModelError, match="is computed"):
        made.update(draws=50)


def test_words_of_a_response_are_written_into_the_data():
    fit = glm("word['yes'] ~ x", FRAME, family="bernoulli", **OPTIONS)
    turned = 1 - observed(fit)
    made = fit.refit(response=turned).update(draws=50)
    np.testing.assert_array_equal(observed(made), turned)


def test_a_formula_error_points_at_the_prior(line):
    with pytest.raises((FormulaError, ModelError)) as caught:
        line.refit(priors={"x": "Normal(0"})
    assert caught.value.where is not None
