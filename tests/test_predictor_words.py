"""What is modelled is said, in the same words on every surface."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("bambi")

from bambi.defaults.families import BUILTIN_FAMILIES

from glm_magic import api
from glm_magic.diagnose.convergence import thresholds
from glm_magic.document import table_html
from glm_magic.errors import ModelError
from glm_magic.predictor.formula.exposure import exposure_of
from glm_magic.views.glossary import COLUMNS, PARAMETERS
from glm_magic.views.summary import LIMITS, headings

N = 60
RNG = np.random.default_rng(11)
FRAME = pd.DataFrame(
    {
        "y": RNG.normal(size=N),
        "crashes": RNG.poisson(5, N),
        "x": RNG.normal(3, 1, N),
        "z": RNG.normal(size=N),
        "km": RNG.uniform(500, 2000, N),
        "hours": RNG.uniform(1, 9, N),
        "outcome": np.resize(["dead", "alive", "alive"], N).astype(object),
        "kind": pd.Categorical(np.resize(["b", "a", "b", "a", "b"], N)),
        "won": np.resize([True, False, False], N),
        "hit": np.resize([1, 0, 0, 1, 0], N),
        "k": RNG.integers(0, 10, N),
        "n": np.full(N, 10),
        "school": np.resize(["s1", "s2", "s3"], N).astype(object),
        "town": np.repeat(["ayr", "bonn"], N // 2).astype(object),
    }
)
FRAME["log_km"] = np.log(FRAME["km"])


@pytest.fixture(autouse=True)
def _without_sampling(no_sampling):
    """Fit without sampling."""


def fit(text, family=None, **options):
    return api.glm(text, FRAME, family=family, draws=100, chains=2, seed=1, engine="nutpie", **options)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("outcome ~ x", "P(outcome = alive)"),
        ("outcome['dead'] ~ x", "P(outcome = dead)"),
        ("outcome[dead] ~ x", "P(outcome = dead)"),
        ("outcome ~ 1", "P(outcome = alive)"),
        ("kind ~ x", "P(kind = a)"),
        ("kind['b'] ~ x", "P(kind = b)"),
        ("won ~ x", "P(won = True)"),
        ("won['False'] ~ x", "P(won = False)"),
        ("hit ~ x", "P(hit = 1)"),
        ("hit['0'] ~ x", "P(hit = 0)"),
    ],
)
def test_the_level_whose_probability_is_modelled_is_named_everywhere(text, words):
    made = fit(text, "bernoulli")
    view = made.view
    assert view.modelled == words
    assert f"modelled: {words}" in repr(made)
    assert words in table_html(view)
    assert view.tabs.summary.scale == f"log odds of {words}"
    assert f"The model is of {words}." in view.tabs.data.notes
    if "~ 1" not in text:
        assert view.tabs.fan.ylabel == words.replace(")", " | x)")
        assert view.tabs.fan.title.endswith(f": {words}")
        assert made.plot_fan().axes[0].get_title() == view.tabs.fan.title
        assert made.plot_data().axes[0].get_title() == words
        assert made.predict({"x": [3.0]}).columns.name == words


@pytest.mark.parametrize(
    ("text", "column", "level"),
    [
        ("won['False'] ~ x", "won", False),
        ("hit['0'] ~ x", "hit", 0),
        ("won ~ x", "won", True),
        ("outcome ~ x", "outcome", "alive"),
    ],
)
def test_the_level_that_is_named_is_the_one_that_is_fitted(text, column, level):
    made = fit(text, "bernoulli")
    observed = made.model.rvs_to_values[made.model[column]]
    np.testing.assert_array_equal(np.asarray(observed.data), FRAME[column] == level)


def test_a_level_that_does_not_occur_is_refused():
    with pytest.raises(ModelError, match="'won' has no level 'Fasle'"):
        fit("won['Fasle'] ~ x", "bernoulli")


@pytest.mark.parametrize(
    ("offset", "unit", "exposure"),
    [
        ("offset(log(km))", "km", {"km": 1.0}),
        ("offset(np.log(km))", "km", {"km": 1.0}),
        ("offset(log(km / 1000))", "1,000 km", {"km": 1000.0}),
        ("offset(log_km)", "exp(log_km)", {"log_km": 0.0}),
        ("offset(log(km)) + offset(log(hours))", "km per hours", {"km": 1.0, "hours": 1.0}),
        ("offset(log(km * hours))", "km per hours", {"km": 1.0, "hours": 1.0}),
    ],
)
def test_an_exposure_makes_the_axis_a_rate(offset, unit, exposure):
    made = fit(f"crashes ~ x + {offset}", "poisson")
    fan = made.view.tabs.fan
    assert made.view.modelled == f"E[crashes per {unit}]"
    assert fan.ylabel == f"E[crashes per {unit} | x]"
    assert f"crashes per {unit}" in fan.notes[0]
    # The rate itself: exp(Intercept + slope x), times what one unit of exposure is.
    draws = made.posterior["posterior"].to_dataset().stack(sample=("chain", "draw"))
    (axis,) = fan.axes
    rate = np.exp(draws["Intercept"].values[:, None] + draws["x"].values[:, None] * axis.grid).mean(axis=0)
    np.testing.assert_allclose(axis.strata[0].mean, rate, rtol=1e-6)
    amount = {name: np.exp(FRAME[name]) if at == 0 else FRAME[name] / at for name, at in exposure.items()}
    np.testing.assert_allclose(axis.points.y, FRAME["crashes"] / np.prod(list(amount.values()), axis=0))


@pytest.mark.parametrize(
    ("text", "family", "held"),
    [
        ("y ~ x + offset(z)", "gaussian", {"z": f"{FRAME['z'].mean():.4g} (mean)"}),
        ("crashes ~ x + offset(z)", "poisson", {"z": "0 (exposure: rates)"}),
        ("crashes ~ x + offset(2 * log(km))", "poisson", {"km": f"{FRAME['km'].mean():.4g} (mean)"}),
        ("crashes ~ x + offset(log(km / hours))", "poisson", None),
        ("crashes ~ x + km + offset(log(km))", "poisson", None),
    ],
)
def test_an_offset_that_is_no_exposure_is_held_and_said(text, family, held):
    made = fit(text, family)
    fan = made.view.tabs.fan
    axis = next(one for one in fan.axes if one.label == "x")
    found = {one.name: one.value for one in axis.held}
    if held is None:
        assert exposure_of(made._model.source) == {}
        held = {name: f"{FRAME[name].mean():.4g} (mean)" for name in found}
        assert "km" in held
    assert found == held
    assert (" per " in fan.ylabel) == ("exposure" in "".join(held.values()))


def test_proportions_name_successes_and_trials():
    made = fit("p(k, n) ~ x", "binomial")
    assert made.view.tabs.fan.ylabel == "E[k / n | x]"
    assert made.view.tabs.summary.scale == "log odds of E[k / n]"


@pytest.mark.parametrize(
    ("text", "options", "lines", "scale"),
    [
        ("km ~ x", {"family": "lognormal"}, "E[km | x]", "E[log(km)]"),
        ("np.log(km) ~ x", {}, "E[np.log(km) | x]", "E[np.log(km)]"),
        ("y ~ x", {"family": "exgaussian"}, "E[y | x]", "the mean of y without its exponential part"),
        (
            "crashes ~ x",
            {"family": "zero_inflated_poisson"},
            "E[crashes | x]",
            "log of the mean of crashes without the excess zeros",
        ),
        (
            "crashes ~ x + offset(log(km))",
            {"family": "zero_inflated_poisson"},
            "E[crashes per km | x]",
            "log of the mean of crashes per km without the excess zeros",
        ),
        (
            "crashes ~ x",
            {"family": "hurdle_negativebinomial"},
            "E[crashes | x]",
            "log of the mean of crashes before zeros are cut off",
        ),
        ("km ~ x", {"family": "hurdle_gamma"}, "E[km | x]", "log of E[km | km > 0]"),
        ("km ~ x", {"family": "hurdle_lognormal"}, "E[km | x]", "E[log(km) | km > 0]"),
        (
            "y ~ x",
            {"family": "asymmetriclaplace", "priors": {"kappa": 3}},
            "0.9 quantile of y | x",
            "0.9 quantile of y",
        ),
        (
            "kind ~ x",
            {"family": "categorical"},
            "P(kind = category | x)",
            "log odds of P(kind = category) against kind = a",
        ),
        ("kind ~ x", {"family": "cumulative"}, "P(kind = category | x)", "log odds of P(kind above category)"),
        (
            "kind ~ x",
            {"family": "cumulative", "link": "probit"},
            "P(kind = category | x)",
            "probit of P(kind above category)",
        ),
        (
            "kind ~ x",
            {"family": "cumulative", "link": "cloglog"},
            "P(kind = category | x)",
            "cloglog of P(kind at most category), with the other sign",
        ),
        (
            "kind ~ x",
            {"family": "sratio"},
            "P(kind = category | x)",
            "log odds of P(kind above category | kind at least category)",
        ),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:The intercept is omitted in ordinal families")
@pytest.mark.filterwarnings("ignore:Scan return signature will change")
def test_the_lines_and_the_coefficients_say_what_they_are_of(text, options, lines, scale):
    if options.get("family", "gaussian") not in BUILTIN_FAMILIES:
        pytest.skip("Bambi 0.17 has no such family")
    made = fit(text, **options)
    assert made.view.tabs.fan.ylabel == lines
    assert made.plot_fan().axes[0].get_ylabel() == lines
    assert made.view.tabs.summary.scale == ("" if text.startswith("np.log") else scale)
    words = {one.name: one.words for one in made.view.tabs.summary.parameters}
    assert words["x"] == f"Change for one more of x, on the scale of {scale}"


def test_the_mean_itself_needs_no_words():
    made = fit("y ~ x")
    assert (made.view.modelled, made.view.tabs.summary.scale) == ("", "")
    assert made.view.tabs.fan.title == "Posterior regression lines"


@pytest.mark.parametrize(
    ("text", "populations"),
    [
        ("y ~ x", {"x": ""}),
        ("y ~ x + (1|school)", {"x": "an average school", "school": ""}),
        ("y ~ x + (1|town/school)", {"x": "an average town and school", "town": "an average school"}),
        # The school is held at its reference level, not at an average one.
        ("y ~ x + school + (x|school)", {"x": "", "school": "", "school (own effects)": ""}),
        ("y ~ x + (1|C(school))", {"x": "an average school", "school": ""}),
        # The groups are not the values of x, and x moves along the axis.
        ("y ~ x + (1|C(x > 0))", {"x": "an average C(x > 0)"}),
        (
            "y ~ x + (1|school) + (1|town)",
            {"x": "an average school and town", "school": "an average town", "town": "an average school"},
        ),
    ],
)
def test_the_fan_says_whom_its_lines_are_for(text, populations):
    made = fit(text)
    assert {axis.label: axis.population for axis in made.view.tabs.fan.axes} == populations
    for label, whom in populations.items():
        title = made.plot_fan(label).axes[0].get_title()
        assert title.endswith(f", for {whom}" if whom else "lines")


def test_parameters_are_explained():
    made = fit("crashes ~ x + school + (x|town) + offset(log(km))", "negativebinomial")
    words = {one.name: one.words for one in made.view.tabs.summary.parameters}
    assert words["alpha"] == PARAMETERS["negativebinomial", "alpha"]
    assert (
        words["1|town_sigma"] == "How much the intercept differs between levels of town: a standard deviation"
    )
    assert words["x|town_sigma"].startswith("How much the slope of x differs between levels of town")
    assert words["school"].startswith("Difference of each level of school from the reference level s1")
    assert words["x"] == "Change for one more of x, on the scale of log of E[crashes per km]"
    labels = {row.label.partition("[")[0] for row in made.view.tabs.summary.rows}
    assert labels == set(words)


def test_every_parameter_of_a_family_is_explained():
    for family, entry in BUILTIN_FAMILIES.items():
        likelihood = entry["likelihood"]
        own = {name for name in likelihood["params"] if name != likelihood["parent"]}
        assert {(family, name) for name in own} <= PARAMETERS.keys()


def test_the_docstring_of_the_summary_explains_the_columns_as_the_panel_does():
    from glm_magic import Fit

    names = {"ESS bulk": "ess_bulk", "ESS tail": "ess_tail", "R-hat": "r_hat", "MCSE": "mcse_mean"}
    for name, words in COLUMNS.items():
        if name != "parameter":
            assert f"- {names.get(name, name)}: {words}" in Fit.summary.__doc__
    html = table_html(fit("y ~ x").view)
    assert f'title="{COLUMNS["R-hat"]}"' in html


@pytest.mark.parametrize(
    ("text", "family", "words"),
    [
        (
            "hit ~ x*z + (x|school)",
            "bernoulli",
            {
                "Intercept": "baseline odds", "x": "odds ratio", "z": "odds ratio", "x:z": "odds ratio",
                "1|school[s1]": "odds ratio", "x|school[s1]": "odds ratio", "1|school_sigma": "",
            },
        ),
        ("hit ~ 0 + school + x", "bernoulli", {"school[s1]": "baseline odds", "x": "odds ratio"}),
        ("hit ~ school", "bernoulli", {"Intercept": "baseline odds", "school[s2]": "odds ratio"}),
        (
            "crashes ~ x + offset(np.log(km))",
            "negativebinomial",
            {"Intercept": "baseline rate", "x": "rate ratio", "alpha": ""},
        ),
        ("y ~ x", None, {"Intercept": "", "x": "", "sigma": ""}),
    ],
)  # fmt: skip
def test_rows_of_the_summary_say_what_their_exponential_is(text, family, words):
    rows = {row.label: row.exponential for row in fit(text, family).view.tabs.summary.rows}
    assert {label: rows[label] for label in words} == words


def test_the_limits_of_the_summary_are_those_of_the_findings():
    found = {one.column: (one.side, one.value * (4 if one.per_chain else 1)) for one in LIMITS}
    named = {"R-hat": "r_hat", "ESS bulk": "ess_bulk", "ESS tail": "ess_tail"}
    known = {one.name: (one.side, one.careful) for one in thresholds(4)}
    assert found == {column: known[name] for column, name in named.items()}
    assert set(headings(0.89)) >= set(found)
