"""fit.predict and the predictive groups, against Bambi, PyMC, closed forms and the panel."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from threading import Thread

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray

from glm_magic import glm
from glm_magic._stack import to_native
from glm_magic.errors import DataError, Extrapolation, ModelError
from glm_magic.posterior import stacked
from glm_magic.predict import new_groups
from glm_magic.predict.quiet import unannounced
from glm_magic.predict.summary import summary_of
from glm_magic.predictor.response import response_over

N = 60
FEW = {"draws": 40, "tune": 200, "chains": 2, "seed": 1}

pytestmark = [
    # What compiles first, maybe outside a fit, looks for a BLAS, which is about speed.
    pytest.mark.filterwarnings("ignore:PyTensor could not link to a BLAS"),
    pytest.mark.filterwarnings("ignore::glm_magic.errors.Extrapolation"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x, z = rng.normal(3, 1, N), rng.normal(size=N)
    g = np.resize(list("abcdef"), N)
    own = np.resize(rng.normal(0, 4, 6), N)
    return pd.DataFrame(
        {
            "x": x,
            "z": z,
            "g": g,
            "town": np.resize(["ayr", "bonn"], N),
            "y": 280 + 5 * x + own + rng.normal(0, 3, N),
            "n": rng.integers(1, 9, N),
            "e": rng.uniform(0.5, 2.0, N),
            "count": rng.poisson(np.exp(0.3 * x)),
            "hit": (rng.random(N) < 0.4).astype(int),
            "kind": rng.choice(["low", "middle", "high"], N),
            "grade": pd.Categorical(rng.integers(1, 5, N), ordered=True),
            "share": rng.beta(2, 3, N),
            "time": rng.gamma(2, 2, N),
            "status": rng.choice(["none", "right"], N),
        }
    )


KINDS = {
    "line": ("y ~ x * z", {}),
    "slopes": ("y ~ x + (z|g)", {}),
    "categorical slopes": ("y ~ x + (0 + town|g)", {}),
    "sigma": ("y ~ x + (1|g)\nsigma ~ z + (1|town)", {}),
    "offset": ("count ~ x + offset(log(n))", {"family": "negativebinomial"}),
    "trials": ("p(hit, n) ~ x + (1|g)", {"family": "binomial"}),
    "beta": ("share ~ x", {"family": "beta"}),
    "gamma": ("time ~ x", {"family": "gamma", "link": "log"}),
    "zeros": ("count ~ x + (1|g)\npsi ~ z", {"family": "zero_inflated_poisson"}),
    "process": ("y ~ hsgp(x, m=5, c=1.5)", {}),
    "categories": ("kind ~ x + (1|g)", {"family": "categorical"}),
    "ordered": ("grade ~ x", {"family": "cumulative"}),
}


# nutpie would compile these for a minute each, and any draws can be predicted from. test_agree.py samples such models,
# and below, two offsets are of one with zeros.
INVENTED = {"zeros", "process", "categories", "ordered"}


@pytest.fixture(scope="module", params=KINDS, ids=str)
def fit(request, frame, without_sampling):
    formula, options = KINDS[request.param]
    with without_sampling() if request.param in INVENTED else nullcontext():
        return glm(formula, frame, **options, **FEW)


@pytest.fixture(scope="module")
def grouped(frame):
    return glm("y ~ x + (x|g)", frame, draws=500, tune=300, chains=2, seed=3)


def of_bambi(fit, **options):
    draws = fit.posterior["posterior"].to_dataset()
    # Bambi's predict needs the levels behind the categories of the response.
    levels = [dim for dim in draws.dims if str(dim).endswith("__factor_dim")]
    own = [dim for dim in draws.dims if dim not in ("chain", "draw", *levels)]
    ordered = draws.transpose("chain", "draw", *own, *levels)
    return fit.bambi.predict(
        to_native(xarray.DataTree.from_dict({"posterior": ordered})), inplace=False, **options
    )


def draws_of(fit, name):
    return fit.posterior["posterior"][name]


@pytest.mark.parametrize("groups", ["as given", "population"])
@pytest.mark.parametrize("rows", [None, [5, 3, 11]])
def test_parameters_are_those_that_bambi_predicts(fit, frame, rows, groups):
    data = frame if rows is None else frame.iloc[rows].reset_index(drop=True)
    found = fit.predict(None if rows is None else data, kind="parameters", groups=groups, draws=True)
    expected = of_bambi(fit, data=data, kind="response_params", include_group_specific=groups == "as given")
    names = set(fit.bambi.family.likelihood.params) - {"threshold"}
    assert set(found.data_vars) == names
    for name in names:
        theirs = np.asarray(expected["posterior"][name].transpose("chain", "draw", ...))
        np.testing.assert_allclose(found[name].to_numpy(), theirs, rtol=1e-9, atol=1e-12)
        assert found[name].dims[2:] == ("__obs__", "category")[: theirs.ndim - 2]


def test_the_table_of_parameters_has_a_row_for_each(frame):
    fit = glm("y ~ x + (1|g)\nsigma ~ z + (1|town)", frame, **FEW)
    new = frame.iloc[:3]
    table = fit.predict(new, kind="parameters")
    assert list(table["parameter"]) == ["mu"] * 3 + ["sigma"] * 3
    draws = fit.predict(new, kind="parameters", draws=True)
    np.testing.assert_allclose(table["mean"][3:], draws["sigma"].mean(("chain", "draw")))
    assert table.columns.name == "parameters of family gaussian"
    without = fit.predict(new.drop(columns="town"), kind="parameters")
    assert without.attrs["population"] == "an average town"
    assert fit.predict({"x": 1.0, "z": 0.0, "g": "a"}).attrs["population"] == ""


def test_the_mean_at_the_rows_of_the_data_is_that_of_bambi(fit):
    parent = fit.bambi.family.likelihood.parent
    if fit.bambi.family.name == "zero_inflated_poisson":
        pytest.skip("the mean is no parameter")
    expected = of_bambi(fit, kind="response_params")["posterior"][parent].transpose("chain", "draw", ...)
    np.testing.assert_allclose(fit.predict(draws=True).to_numpy(), np.asarray(expected), rtol=1e-9)
    means = np.asarray(expected).mean(axis=(0, 1))
    np.testing.assert_allclose(fit.predict()["mean"], means.T.ravel(), rtol=1e-9)


def test_new_observations_are_of_the_familys_distribution(fit):
    """Against Bambi's own: means of rows within 4 standard errors of their difference, for 80 draws of each row."""
    ours = fit.predict(kind="response", draws=True)
    again = fit.predict(kind="response", draws=True)
    xarray.testing.assert_identical(ours, again)
    name = next(iter(fit.model.observed_RVs)).name
    theirs = of_bambi(fit, kind="response", random_seed=5)["posterior_predictive"][name]
    theirs = np.asarray(theirs.transpose("chain", "draw", ...))
    assert ours.shape == theirs.shape
    assert ours.dtype.kind == theirs.dtype.kind
    difference = ours.to_numpy().mean(axis=(0, 1)) - theirs.mean(axis=(0, 1))
    error = np.sqrt((ours.to_numpy().var(axis=(0, 1)) + theirs.var(axis=(0, 1))) / 80)
    z = difference[error > 0] / error[error > 0]
    # Of 60 independent rows the largest of |z| exceeds 4.5 in one of 2,500 runs; draws share their parameters.
    assert np.abs(z).max() < 4.5
    assert abs(z.mean()) * np.sqrt(len(z)) < 4


def test_observations_of_a_line_have_the_variance_of_mean_and_error(grouped):
    rows = {"x": np.array([1.0, 3.0, 5.0]), "g": "c"}
    mu = grouped.predict(rows, draws=True).to_numpy().reshape(-1, 3)
    sigma = draws_of(grouped, "sigma").to_numpy().ravel()
    expected = mu.var(axis=0) + (sigma**2).mean()
    found = grouped.predict(rows, kind="response", draws=True).to_numpy().reshape(-1, 3)
    error = sigma.mean() / np.sqrt(len(sigma))
    assert (np.abs(found.mean(axis=0) - mu.mean(axis=0)) < 4 * error).all()
    # The standard error of a variance of normal values: variance * sqrt(2 / n).
    assert (np.abs(found.var(axis=0) / expected - 1) < 4 * np.sqrt(2 / len(sigma))).all()
    table = grouped.predict(rows, kind="response")
    np.testing.assert_allclose(table["mean"], found.mean(axis=0))
    assert table.columns.name == "new y"
    assert (table["sd"] > grouped.predict(rows)["sd"]).all()


def test_observations_of_counts_have_the_variance_of_poisson_and_the_exposure_given(frame):
    fit = glm("count ~ x + offset(log(n))", frame, family="poisson", draws=1000, chains=2, seed=2)
    rows = {"x": 3.0, "n": [1, 4]}
    mu = fit.predict(rows, draws=True).to_numpy().reshape(-1, 2)
    found = fit.predict(rows, kind="response", draws=True).to_numpy().reshape(-1, 2)
    assert found.dtype.kind == "i"
    error = np.sqrt(mu.mean(axis=0) / len(mu))
    assert (np.abs(found.mean(axis=0) - mu.mean(axis=0)) < 4 * error).all()
    expected = mu.mean(axis=0) + mu.var(axis=0)
    # That of a Poisson variable's variance: sqrt((2 mu^2 + mu) / n).
    error = np.sqrt((2 * mu.mean(axis=0) ** 2 + mu.mean(axis=0)) / len(mu))
    assert (np.abs(found.var(axis=0) - expected) < 4 * error).all()


def test_trials_are_those_that_are_given(frame):
    fit = glm("p(hit, n) ~ x", frame, family="binomial", **FEW)
    table = fit.predict({"x": 3.0, "n": [0, 10, 1000]}, kind="response")
    assert table["mean"][0] == 0
    assert table["mean"][2] > 50 * table["mean"][1]
    assert "n" in fit.predict(kind="response")
    assert (fit.predict(kind="response", draws=True).max(("chain", "draw")) <= frame["n"].to_numpy()).all()
    with pytest.raises(DataError, match="lack 'n'"):
        fit.predict({"x": 3.0}, kind="response")
    with pytest.raises(DataError, match="trials must be a whole number"):
        fit.predict({"x": 3.0, "n": 1.5}, kind="response")
    # A proportion does not need them.
    assert fit.predict({"x": 3.0})["mean"].between(0, 1).all()


def test_a_category_is_given_with_its_probability(frame, no_sampling):
    fit = glm("kind ~ x", frame, family="categorical", **FEW)
    table = fit.predict({"x": [2.0, 4.0]}, kind="response")
    np.testing.assert_allclose(table.groupby("x")["probability"].sum(), 1.0)
    drawn = fit.predict({"x": [2.0, 4.0]}, kind="response", draws=True)
    levels = drawn.attrs["levels"]
    np.testing.assert_allclose(
        table[table["category"] == levels[1]]["probability"], (drawn == 1).mean(("chain", "draw"))
    )


def test_a_constrained_response_stays_within_its_bounds_and_keeps_its_seed(frame, no_sampling):
    fit = glm("constrained(share, 0, 1) ~ x", frame, **FEW)
    drawn = fit.predict(kind="response", draws=True, seed=4)
    assert float(drawn.min()) >= 0
    assert float(drawn.max()) <= 1
    xarray.testing.assert_identical(drawn, fit.predict(kind="response", draws=True, seed=4))
    assert not drawn.equals(fit.predict(kind="response", draws=True, seed=5))


def test_a_new_level_is_an_error_that_says_how_to_draw_one(grouped):
    with pytest.raises(DataError, match="g has no level 'q'") as error:
        grouped.predict({"x": 3.0, "g": "q"})
    assert "sample_new_groups=True" in str(error.value)
    # Of no consequence to the population.
    assert grouped.predict({"x": 3.0, "g": "q"}, groups="population")["mean"][0] == pytest.approx(
        grouped.predict({"x": 3.0})["mean"][0]
    )


def test_effects_of_a_new_level_have_the_variance_of_the_group_distribution(grouped):
    """Var(effect) = E[sigma^2], for intercept and slope: brms's sample_new_levels = "gaussian"."""
    levels = [f"new{number}" for number in range(200)]
    at = {"x": np.tile([0.0, 1.0], 200), "g": np.repeat(levels, 2)}
    with_effects = grouped.predict(at, sample_new_groups=True, draws=True)
    effects = (with_effects - grouped.predict(at, groups="population", draws=True)).to_numpy()
    own = effects.reshape(-1, 200, 2)
    for values, name in ((own[..., 0], "1|g_sigma"), (own[..., 1] - own[..., 0], "x|g_sigma")):
        sigma = draws_of(grouped, name).to_numpy().ravel()
        standard = values / sigma[:, np.newaxis]
        n = standard.size
        assert abs(standard.mean()) < 4 / np.sqrt(n)
        assert abs(standard.var() - 1) < 4 * np.sqrt(2 / n)
        assert values.var() == pytest.approx((sigma**2).mean(), rel=0.05)
    # Independent between levels, which have the places of six of the data in turn.
    correlation = np.corrcoef(standard.T)
    assert np.abs(correlation[np.triu_indices(200, 1)]).max() < 6 / np.sqrt(len(standard))


def test_a_new_level_has_the_same_effects_in_all_of_its_rows_and_for_every_kind(grouped, monkeypatch):
    rows = {"x": [1.0, 1.0, 2.0, 1.0], "g": ["q", "a", "q", "q"]}
    drawn = grouped.predict(rows, sample_new_groups=True, draws=True)
    np.testing.assert_array_equal(drawn.isel(__obs__=0), drawn.isel(__obs__=3))
    np.testing.assert_array_equal(
        drawn.isel(__obs__=1), grouped.predict({"x": 1.0, "g": "a"}, draws=True).isel(__obs__=0)
    )
    mu = grouped.predict(rows, kind="parameters", sample_new_groups=True, draws=True)["mu"]
    np.testing.assert_allclose(mu, drawn, rtol=1e-12)
    # However few rows are evaluated at once.
    monkeypatch.setattr(new_groups, "MOST_AT_ONCE", 2000)
    np.testing.assert_allclose(grouped.predict(rows, sample_new_groups=True, draws=True), drawn, rtol=1e-12)
    assert "g = q is not in the data" in grouped.predict(rows, sample_new_groups=True).attrs["notes"][0]


def test_a_new_level_has_the_same_effects_whichever_parameters_matter(frame):
    fit = glm("y ~ x + (1|g)\nsigma ~ (1|g)", frame, **FEW)
    rows = {"x": 3.0, "g": ["q", "r"]}
    mean = fit.predict(rows, sample_new_groups=True, draws=True)
    both = fit.predict(rows, kind="parameters", sample_new_groups=True, draws=True)
    np.testing.assert_allclose(both["mu"], mean, rtol=1e-12)
    # The level's effects on mean and sigma are not one draw.
    effects = (mean.isel(__obs__=0) - fit.predict({"x": 3.0}, draws=True).isel(__obs__=0)).to_numpy().ravel()
    spread = np.log(both["sigma"].isel(__obs__=0).to_numpy().ravel())
    assert abs(np.corrcoef(effects, spread)[0, 1]) < 0.5


def test_new_levels_of_nested_factors_and_of_a_categorical_response(frame, without_sampling):
    fit = glm("y ~ x + (1|town/g)", frame, **FEW)
    rows = {"x": 3.0, "town": ["ayr", "ayr", "york", "york"], "g": ["a", "q", "a", "q"]}
    drawn = fit.predict(rows, sample_new_groups=True, draws=True)
    town = draws_of(fit, "1|town").to_numpy()[..., 0]
    assert not np.allclose(drawn[..., 1], drawn[..., 0])
    at_town = fit.predict({"x": 3.0}, draws=True).to_numpy()[..., 0] + town
    own = (drawn.to_numpy()[..., 1] - at_town) / draws_of(fit, "1|town:g_sigma").to_numpy()
    # A new group in a town of the data: the town's own effect, and a drawn one.
    assert abs(own.std() - 1) < 4 / np.sqrt(2 * own.size)
    with without_sampling():
        fit = glm("kind ~ x + (1|g)", frame, family="categorical", **FEW)
    drawn = fit.predict({"x": 3.0, "g": ["q", "q", "r"]}, sample_new_groups=True, draws=True)
    np.testing.assert_allclose(drawn.sum("category"), 1.0)
    np.testing.assert_array_equal(drawn.isel(__obs__=0), drawn.isel(__obs__=1))
    assert not np.allclose(drawn.isel(__obs__=0), drawn.isel(__obs__=2))


def test_a_new_level_is_drawn_from_the_prior_that_the_user_wrote(frame):
    fit = glm("y ~ x + (1|g)", frame, priors={"1|g": "StudentT(3, 0, HalfNormal(5))"}, **FEW)
    levels = [f"new{number}" for number in range(500)]
    at = fit.predict({"x": 3.0, "g": levels}, sample_new_groups=True, draws=True)
    effects = at - fit.predict({"x": 3.0}, draws=True).isel(__obs__=0)
    standard = effects / draws_of(fit, "1|g_sigma")
    # P(|t| > 3.182) = 0.05 with 3 degrees of freedom, and 0.0015 of a normal variable.
    assert float((np.abs(standard) > 3.182).mean()) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 / 40000))


def test_a_level_that_is_a_predictor_too_cannot_be_new(frame):
    fit = glm("y ~ g + (1|g)", frame, **FEW)
    with pytest.raises(DataError, match="g has no level 'q'"):
        fit.predict({"g": "q"}, sample_new_groups=True)


def test_a_number_that_is_a_group_too_has_its_effects_where_it_is_a_group(frame):
    years = frame.assign(year=np.resize([2000.0, 2001.0, 2002.0, 2003.0], N))
    fit = glm("y ~ year + (1|year)", years, **FEW)
    expected = of_bambi(fit, kind="response_params")["posterior"]["mu"].transpose("chain", "draw", ...)
    np.testing.assert_allclose(fit.predict(draws=True), np.asarray(expected), rtol=1e-9)
    np.testing.assert_allclose(fit.predict(years[["year"]], draws=True), np.asarray(expected), rtol=1e-9)
    ahead = fit.predict({"year": 2010.0})
    assert ahead["mean"][0] == pytest.approx(fit.predict({"year": 2010.0}, groups="population")["mean"][0])
    assert "year = 2010 is no group of the data" in " ".join(ahead.attrs["notes"])
    with pytest.raises(DataError, match="cannot be drawn"):
        fit.predict({"year": 2010.0}, sample_new_groups=True)


def test_two_offsets_add_up_where_bambi_takes_one(frame):
    fit = glm("count ~ x + offset(log(n)) + offset(log(e)) + z", frame, family="zero_inflated_poisson", **FEW)
    one, two = {"x": 3.0, "z": 0.0, "n": 1.0, "e": 1.0}, {"x": 3.0, "z": 0.0, "n": 2.0, "e": 3.0}
    np.testing.assert_allclose(fit.predict(two, draws=True), 6 * fit.predict(one, draws=True), rtol=1e-9)


def test_a_warning_stands_at_the_line_that_predicts(grouped):
    with pytest.warns(Extrapolation) as caught:
        grouped.predict({"x": 100.0})
    assert caught[0].filename == __file__


def test_nothing_is_logged_and_the_logger_is_as_it_was(frame, caplog, no_sampling):
    fit = glm("censored(time, status) ~ x", frame, family="exponential", link="log", **FEW)
    logger = logging.getLogger("pymc.sampling.forward")
    before = (logger.level, list(logger.filters), logger.disabled)
    with caplog.at_level(logging.INFO, "pymc"):
        fit.posterior_predictive()
        fit.prior_predictive(10)
        assert not caplog.records
        with unannounced():
            logger.info("Sampling: [y]")
            logger.info("Something else")
            other = Thread(target=lambda: logger.info("Sampling: [z]"))
            other.start()
            other.join()
        logger.info("Sampling: [w]")
    heard = [record.getMessage() for record in caplog.records]
    assert heard == ["Something else", "Sampling: [z]", "Sampling: [w]"]
    assert before == (logger.level, list(logger.filters), logger.disabled)


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "pps"},
        {"groups": "all"},
        {"seed": -1},
        {"seed": "x"},
        {"draws": "yes"},
        {"sample_new_groups": 1},
    ],
)
def test_a_word_that_is_none_is_refused(grouped, options):
    with pytest.raises(ModelError, match=next(iter(options))):
        grouped.predict({"x": 1.0}, **options)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ({"x": [], "g": []}, "the new data have no rows"),
        ({"x": 1j}, "x needs real numbers"),
        ({"x": 1.0, "g": ["a", None]}, "g has a missing value"),
        ({"x": 1.0, "g": np.nan}, "g has a missing value"),
    ],
)
def test_new_rows_that_are_none_are_refused(grouped, new, message):
    with pytest.raises(DataError, match=message):
        grouped.predict(new, sample_new_groups=True)


def test_quantiles_are_those_of_numpy():
    draws = np.random.default_rng(1).normal(size=(101, 7))
    draws[3, 2], draws[5, 4] = np.nan, np.inf
    with np.errstate(invalid="ignore"):
        found = summary_of(draws, 0.89)
    finite = [0, 1, 3, 5, 6]
    for name, at in (("5.5%", 0.055), ("94.5%", 0.945)):
        np.testing.assert_allclose(found[name][finite], np.quantile(draws[:, finite], at, axis=0))
        assert np.isnan(found[name][2])


def test_the_fan_of_the_panel_and_predict_agree(grouped, frame):
    for axis in grouped.view.tabs.fan.axes:
        at = axis.levels or axis.grid
        rows = {"x": frame["x"].mean(), axis.x: list(at)}
        for stratum in axis.strata:
            np.testing.assert_allclose(grouped.predict(rows)["mean"], stratum.mean, rtol=1e-6)
    assert {axis.x for axis in grouped.view.tabs.fan.axes} == {"x", "g"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_fan_of_every_kind_shows_what_predict_computes(kind, frame, no_sampling):
    formula, options = KINDS[kind]
    # Lines at several values of z are told apart by a label alone.
    fit = glm(formula.replace("x * z", "x + z"), frame, **options, **FEW)
    axes = fit.view.tabs.fan.axes
    assert axes
    for axis in axes:
        # Where the others stand is written to be read: "3.22 (mean)", "a (reference)".
        held = {one.name: one.value.split(" (") for one in axis.held}
        rows = {
            name: frame[name].mean() if words[1].startswith("mean") else words[0]
            for name, words in held.items()
        }
        numbers = {
            name: float(value) if frame[name].dtype.kind in "if" else value for name, value in rows.items()
        }
        table = fit.predict({**numbers, axis.x: list(axis.levels) or list(axis.grid)})
        expected = table["mean"].to_numpy().reshape(len(axis.strata), -1)
        np.testing.assert_allclose([one.mean for one in axis.strata], expected, rtol=1e-5, atol=1e-9)


def test_posterior_predictive_is_a_group_as_arviz_has_it(fit):
    before = set(fit.posterior.children)
    tree = fit.posterior_predictive()
    assert set(fit.posterior.children) == before
    drawn, observed = tree["posterior_predictive"].to_dataset(), tree["observed_data"].to_dataset()
    assert set(drawn.data_vars) == set(observed.data_vars)
    for name, array in drawn.data_vars.items():
        assert array.dims == ("chain", "draw", *observed[name].dims)
        if observed[name].dtype.kind in "iu":
            assert array.dtype.kind in "iu"
    name = next(iter(drawn.data_vars))
    if fit.bambi.family.name != "categorical":
        np.testing.assert_array_equal(drawn[name], fit.predict(kind="response", draws=True))


def test_censored_responses_are_drawn_as_they_were_observed(frame, no_sampling):
    fit = glm("censored(time, status) ~ x", frame, family="exponential", link="log", **FEW)
    tree = fit.posterior_predictive(seed=2)
    (name,) = tree["posterior_predictive"].data_vars
    ended = (frame["status"] == "right").to_numpy()
    most = tree["posterior_predictive"][name].max(("chain", "draw")).to_numpy()
    assert (most[ended] <= frame["time"][ended] + 1e-9).all()
    whole = fit.predict(kind="response", draws=True).max(("chain", "draw")).to_numpy()
    assert (whole[ended] > frame["time"][ended]).any()


def test_the_prior_has_the_intercept_at_zero_and_the_data_it_implies(frame):
    fit = glm("y ~ x + (1|g)", frame, **FEW)
    tree = fit.prior_predictive(200, seed=4)
    assert {"prior", "prior_predictive", "observed_data"} <= set(tree.children)
    prior = tree["prior"].to_dataset()
    assert set(prior.data_vars) == set(fit.posterior["posterior"].data_vars)
    np.testing.assert_allclose(
        prior["Intercept"], prior["Intercept_centered"] - frame["x"].mean() * prior["x"], rtol=1e-9
    )
    assert tree["prior_predictive"]["y"].shape == (1, 200, N)
    xarray.testing.assert_identical(
        prior.drop_attrs(), fit.prior_predictive(200, seed=4)["prior"].to_dataset().drop_attrs()
    )


def test_a_block_has_predictive_groups_and_says_what_predict_needs(frame):
    with pm.Model() as model:
        slope = pm.Normal("slope", 0, 5)
        pm.Poisson("count", pm.math.exp(slope * frame["x"].to_numpy()), observed=frame["count"].to_numpy())
    fit = glm(model, **FEW)
    with pytest.raises(ModelError, match="predict needs a formula") as error:
        fit.predict()
    assert "pm.set_data" in str(error.value)
    drawn = fit.posterior_predictive()["posterior_predictive"]["count"]
    assert drawn.shape == (2, 40, N)
    assert drawn.dtype.kind == "i"
    mu = np.exp(draws_of(fit, "slope").to_numpy()[..., np.newaxis] * frame["x"].to_numpy())
    z = (drawn.to_numpy() - mu).sum() / np.sqrt(mu.sum())
    assert abs(z) < 4
    assert fit.prior_predictive(7)["prior"]["slope"].shape == (1, 7)


def test_what_cannot_be_drawn_says_why(frame):
    with pm.Model() as model:
        slope = pm.Flat("slope")
        pm.Normal("y", slope * frame["x"].to_numpy(), 1, observed=frame["y"].to_numpy())
    with pytest.raises(ModelError, match="the prior cannot be drawn from"):
        glm(model, **FEW).prior_predictive(5)
    with pm.Model() as model:
        pm.Normal("a")
    with pytest.raises(ModelError, match="no observed variable"):
        glm(model, **FEW).posterior_predictive()


def test_lines_of_the_fan_are_made_of_the_design_that_predicts(grouped):
    """One design for both: a line at rows of the data is the mean there."""
    from glm_magic.predictor.formula.design import linear

    source = grouped._model.source
    mean = linear(source, source.frame, {"g"})
    lines = response_over(mean, stacked(grouped.posterior["posterior"].to_dataset()))
    np.testing.assert_allclose(lines, grouped.predict(draws=True).to_numpy().reshape(lines.shape), rtol=1e-12)
