"""`Fit.to_arviz` is what the functions of ArviZ, PyMC and Bambi take."""

from __future__ import annotations

import arviz as az
import bambi as bmb
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray

from glm_magic import glm, load
from glm_magic._stack import group, to_tree
from glm_magic.errors import ModelError
from glm_magic.fit import to_arviz

N = 60
FEW = {"draws": 300, "tune": 300, "chains": 4, "seed": 1}


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x, z = rng.normal(3, 1, N), rng.normal(size=N)
    g = rng.choice(list("abcd"), N)
    return pd.DataFrame(
        {
            "x": x,
            "z": z,
            "g": g,
            "h": np.resize(["one", "two"], N),
            "kind": np.resize(["low", "middle", "high", "low"], N),
            "y": 280 + 5 * x + rng.normal(0, 3, N),
            "k": rng.poisson(np.exp(0.3 * x)),
        }
    )


@pytest.fixture(scope="module")
def line(frame):
    return glm("y ~ x + g", frame, **FEW)


@pytest.fixture(scope="module")
def counts(frame):
    return glm("k ~ x + z + (1|g)", frame, family="poisson", **FEW)


def test_it_is_what_this_arviz_has(line):
    found = line.to_arviz()
    expected = vars(az).get("InferenceData", xarray.DataTree)
    assert isinstance(found, expected)
    assert set(to_tree(found).children) == {"posterior", "sample_stats", "observed_data"}


def test_groups_on_request(line):
    found = line.to_arviz(groups=("log_likelihood",))
    xarray.testing.assert_identical(group(found, "log_likelihood"), line.log_likelihood())
    assert set(to_tree(line.to_arviz("posterior")).children) == {"posterior", "sample_stats", "observed_data"}
    for wrong in (3, [3], None):
        with pytest.raises(ModelError, match="groups must be a list of names"):
            line.to_arviz(groups=wrong)
    with pytest.raises(ModelError, match="there is no group 'log_likelyhood'"):
        line.to_arviz(groups=["log_likelyhood"])


def test_a_verb_that_gives_two_groups_runs_once(line, monkeypatch):
    asked = []

    def both(fit):
        asked.append(fit)
        values = xarray.Dataset({"y": ("__obs__", [1.0])})
        return xarray.DataTree.from_dict({"prior": values, "prior_predictive": 2 * values})

    monkeypatch.setattr(to_arviz, "ON_REQUEST", {"prior": both, "prior_predictive": both})
    found = line.to_arviz(groups=["prior", "prior_predictive"])
    assert asked == [line]
    assert float(group(found, "prior_predictive")["y"][0]) == 2


def test_what_is_added_stays_outside_the_fit(line):
    before = line.posterior.copy(deep=True)
    native = line.to_arviz()
    line.bambi.predict(native, kind="response", inplace=True)
    assert "posterior_predictive" in to_tree(native).children
    xarray.testing.assert_identical(line.posterior, before)


def test_loo_and_compare_of_arviz(line, frame):
    other = glm("y ~ g", frame, **FEW)
    both = {
        name: fit.to_arviz(groups=["log_likelihood"]) for name, fit in (("line", line), ("groups", other))
    }
    loo = az.loo(both["line"])
    # ArviZ 0.23 has both names in one.
    found = loo.elpd if hasattr(loo, "elpd") else loo.elpd_loo
    assert found == pytest.approx(line.loo().elpd, abs=0.05)
    assert list(az.compare(both).index) == ["line", "groups"]


def test_posterior_predictive_of_pymc(line, frame, counts):
    found = pm.sample_posterior_predictive(
        line.to_arviz(), model=line.model, progressbar=False, random_seed=1
    )
    predicted = group(found, "posterior_predictive")["y"]
    means = np.asarray(predicted.mean(("chain", "draw")))
    # Seed 1: the means of 1,200 draws around the lines, with an sd of 3, are within 0.5 of them.
    draws = line.posterior["posterior"].mean(("chain", "draw"))
    levels = {"a": 0.0, **{one: float(draws["g"].sel(g_dim=one)) for one in "bcd"}}
    fitted = float(draws["Intercept"]) + float(draws["x"]) * frame["x"] + frame["g"].map(levels)
    assert abs(means - fitted).max() < 0.5
    # The effects of groups are the posterior's, not drawn anew.
    again = pm.sample_posterior_predictive(
        counts.to_arviz(), model=counts.model, progressbar=False, random_seed=1
    )
    drawn = group(again, "posterior_predictive")["k"]
    assert drawn.dtype.kind == "i"
    assert abs(float(drawn.mean()) - frame["k"].mean()) < 0.5


def test_a_model_that_pymc_has_predicted_with_is_the_same_model(frame):
    """PyMC 5 then has its observed variables in a list twice."""
    with pm.Model() as model:
        slope = pm.Normal("slope", 0, 1)
        pm.Normal("y", slope * frame["x"].to_numpy(), 3, observed=frame["y"].to_numpy())
    first = glm(model, **FEW)
    first.posterior_predictive()
    assert len(model.observed_RVs) == 1
    pm.sample_posterior_predictive(first.to_arviz(), model=model, progressbar=False, random_seed=1)
    again = glm(model, **FEW)
    xarray.testing.assert_equal(again.posterior["posterior"], first.posterior["posterior"])
    xarray.testing.assert_equal(again.log_likelihood(), first.log_likelihood())
    assert list(group(again.posterior_predictive(), "posterior_predictive").data_vars) == ["y"]


def with_predictions(fit):
    native = fit.to_arviz()
    pm.sample_posterior_predictive(
        native, model=fit.model, progressbar=False, random_seed=1, extend_inferencedata=True
    )
    return native


def test_plots_of_predictive_checks(line, counts):
    """ArviZ 1 has a plot for each kind of response, and refuses counts that are no integers; 0.23 has one."""
    numbers, whole = with_predictions(line), with_predictions(counts)
    assert group(whole, "observed_data")["k"].dtype.kind == "i"
    if hasattr(az, "plot_ppc_rootogram"):
        az.plot_ppc_rootogram(whole, backend="matplotlib")
        az.plot_ppc_dist(numbers, backend="matplotlib")
    else:
        az.plot_ppc(whole)
        az.plot_ppc(numbers)
    plt.close("all")


def test_comparisons_and_slopes_of_bambi(line, counts):
    found = bmb.interpret.comparisons(line.bambi, line.to_arviz(), {"x": [2, 3]})
    slope = float(line.posterior["posterior"]["x"].mean())
    table = found if isinstance(found, pd.DataFrame) else found.summary
    np.testing.assert_allclose(table["estimate"], slope, rtol=1e-6)
    found = bmb.interpret.slopes(line.bambi, line.to_arviz(), "x")
    table = found if isinstance(found, pd.DataFrame) else found.summary
    np.testing.assert_allclose(table["estimate"], slope, rtol=1e-3)
    found = bmb.interpret.comparisons(counts.bambi, counts.to_arviz(), {"x": [2, 3]})
    table = found if isinstance(found, pd.DataFrame) else found.summary
    assert (table["estimate"] > 0).all()


def test_a_loaded_fit_answers_alike(line, tmp_path):
    line.save(tmp_path / "fit.nc")
    again = load(tmp_path / "fit.nc")
    xarray.testing.assert_equal(group(again.to_arviz(), "posterior"), group(line.to_arviz(), "posterior"))
    xarray.testing.assert_allclose(
        group(again.to_arviz(groups=["log_likelihood"]), "log_likelihood"),
        group(line.to_arviz(groups=["log_likelihood"]), "log_likelihood"),
        rtol=1e-12,
    )


@pytest.mark.parametrize(
    ("formula", "options"),
    [
        ("kind ~ x + (1|g)", {"family": "categorical"}),
        ("kind ~ x + (x + h|g)", {"family": "categorical"}),
        ("y ~ x + (0 + h|g)", {}),
    ],
)
def test_bambi_predicts_effects_of_groups(formula, options, frame, no_sampling):
    """Against design rows and draws, multiplied here; Bambi reads arrays by position, with the levels last."""
    fit = glm(formula, frame, **options, draws=20, chains=2, seed=1)
    parent = fit.bambi.family.likelihood.parent
    found = group(fit.bambi.predict(fit.to_arviz(), kind="response_params", inplace=False), "posterior")[
        parent
    ]
    draws = fit.posterior["posterior"].to_dataset()
    eta = draws["Intercept"] + draws["x"] * xarray.DataArray(frame["x"], dims="__obs__")
    rows = xarray.DataArray(frame["g"], dims="__obs__")
    own = xarray.DataArray(frame["h"], dims="__obs__")
    for name, column in (("1|g", 1.0), ("x|g", xarray.DataArray(frame["x"], dims="__obs__"))):
        if name in draws:
            eta = eta + draws[name].sel(g__factor_dim=rows) * column
    if "h|g" in draws:
        levels = [str(level) for level in draws["h__expr_dim"].values]
        effects = draws["h|g"].sel(g__factor_dim=rows)
        for level in levels:
            eta = eta + effects.sel(h__expr_dim=level, drop=True) * (own == level)
    if parent == "p":
        whole = np.concatenate(
            [np.zeros((*eta.transpose("chain", "draw", "__obs__", ...).shape[:3], 1)),
             eta.transpose("chain", "draw", "__obs__", ...)], axis=-1,
        )  # fmt: skip
        expected = np.exp(whole) / np.exp(whole).sum(axis=-1, keepdims=True)
    else:
        expected = eta.transpose("chain", "draw", "__obs__")
    np.testing.assert_allclose(found.transpose("chain", "draw", "__obs__", ...), expected, rtol=1e-9)


@pytest.mark.filterwarnings("ignore:.sample_new_groups. is deprecated:FutureWarning")
@pytest.mark.filterwarnings("ignore:Constructing a Categorical with a dtype:DeprecationWarning")
def test_bambi_draws_new_groups_from_those_of_the_data(frame, no_sampling):
    """Of a new group Bambi takes the effects of one of the groups, in each draw of another."""
    fit = glm("y ~ x + (0 + h|g)", frame, draws=20, chains=2, seed=1)
    new = pd.DataFrame({"x": [0.0, 0.0], "h": ["one", "two"], "g": ["q", "q"]})
    native = fit.bambi.predict(
        fit.to_arviz(), data=new, kind="response_params", inplace=False, sample_new_groups=True, random_seed=1
    )
    draws = fit.posterior["posterior"].to_dataset()
    effects = (group(native, "posterior")["mu"] - draws["Intercept"]).transpose("chain", "draw", "__obs__")
    own = draws["h|g"].transpose("chain", "draw", "g__factor_dim", "h__expr_dim").to_numpy()
    apart = np.abs(own - effects.to_numpy()[:, :, np.newaxis]).max(axis=-1)
    assert apart.min(axis=-1).max() < 1e-9
