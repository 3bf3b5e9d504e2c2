"""fit.hypothesis() against the draws themselves, ArviZ and brms's definitions."""

from __future__ import annotations

import importlib
import math

import numpy as np
import pandas as pd
import pymc
import pytest
import xarray
from scipy import special, stats

import glm_magic
from glm_magic import glm, store
from glm_magic.errors import FormulaError, ModelError
from glm_magic.views.panel import kept_payload

N = 60


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x = rng.normal(3, 1, N)
    return pd.DataFrame(
        {
            "x": x,
            "g": rng.choice(list("abc"), N),
            "school": rng.integers(7, 9, N),
            "y": x + rng.normal(size=N),
        }
    )


@pytest.fixture(scope="module")
def fit(frame):
    """A fit that is sampled: its chains have autocorrelation."""
    return glm("y ~ x + g + (1|school)", frame, draws=150, tune=300, chains=2, seed=1)


def estimate_of(indicator):
    """The Monte Carlo error of a mean by ArviZ, whichever of its generations is here."""
    try:
        stats_of = importlib.import_module("arviz_stats.base").array_stats
        return float(stats_of.mcse(indicator, chain_axis=0, draw_axis=1, method="mean"))
    except ImportError:
        import arviz

        return float(arviz.mcse(indicator, method="mean"))


def draws_of(fit, name, **place):
    return fit.posterior["posterior"].dataset[name].sel(place).values


def test_a_single_comparison_is_what_brms_reports(fit):
    """brms: the estimate is that of left - right; Evid.Ratio = P / (1 - P); Post.Prob = P."""
    difference = draws_of(fit, "g", g_dim="b") - draws_of(fit, "g", g_dim="c")
    (row,) = fit.hypothesis("g[b] > g[c]", prob=0.9).to_dict("records")
    share = (difference > 0).mean()
    assert 0 < share < 1
    assert row["estimate"] == pytest.approx(difference.mean())
    assert row["sd"] == pytest.approx(difference.std(ddof=1))
    assert [row["5%"], row["95%"]] == pytest.approx(list(np.quantile(difference, [0.05, 0.95])))
    assert row["probability"] == pytest.approx(share)
    assert row["evidence_ratio"] == pytest.approx(share / (1 - share))
    assert row["note"] == ""


def test_the_monte_carlo_error_is_that_of_arviz_for_the_indicator(fit):
    holds = (draws_of(fit, "x") > 1).astype(float)
    row = fit.hypothesis("x > 1").iloc[0]
    assert row["mcse_probability"] == pytest.approx(estimate_of(holds), rel=1e-6)


EXPRESSIONS = {
    "x + g[b] * 2 - 1 < 1": lambda d: d["x"] + d["g[b]"] * 2 - 1 < 1,
    "-x ** 2 + g[b] / g[c] >= -1": lambda d: -(d["x"] ** 2) + d["g[b]"] / d["g[c]"] >= -1,
    "exp(x) - expit(g[b]) > 2": lambda d: np.exp(d["x"]) - special.expit(d["g[b]"]) > 2,
    "log(sigma) <= log(1.02)": lambda d: np.log(d["sigma"]) <= np.log(1.02),
    "abs(g[b]) < 0.2": lambda d: abs(d["g[b]"]) < 0.2,
    "sqrt(expm1(sigma)) > 1.3": lambda d: np.sqrt(np.expm1(d["sigma"])) > 1.3,
    "logit(expit(x)) > 1": lambda d: d["x"] > 1,
    "0.9 < x < 1.1": lambda d: (d["x"] > 0.9) & (d["x"] < 1.1),
    "x > 1 and g[b] > 0 or g[c] > 0": lambda d: (d["x"] > 1) & (d["g[b]"] > 0) | (d["g[c]"] > 0),
    "x > 1 and (g[b] > 0 or g[c] > 0)": lambda d: (d["x"] > 1) & ((d["g[b]"] > 0) | (d["g[c]"] > 0)),
    "1|school[7] > 1|school[8]": lambda d: d["1|school[7]"] > d["1|school[8]"],
    "Intercept + 1|school[7] > 0": lambda d: d["Intercept"] + d["1|school[7]"] > 0,
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expressions_are_what_pandas_computes(fit, text):
    expected = EXPRESSIONS[text](fit.draws()).mean()
    assert fit.hypothesis(text).loc[text, "probability"] == pytest.approx(expected)


def test_several_hypotheses_are_several_rows(fit):
    texts = ["x > 1", "0 < x < 1"]
    table = fit.hypothesis(texts)
    assert list(table.index) == texts
    assert np.isfinite(table.loc["x > 1", "estimate"])
    assert math.isnan(table.loc["0 < x < 1", "estimate"])


def test_where_all_draws_agree_the_ratio_is_said_to_be_larger(fit):
    table = fit.hypothesis(["x > 0", "x < 0"])
    assert list(table["probability"]) == [1, 0]
    assert list(table["evidence_ratio"]) == [math.inf, 0]
    assert "> 300" in table["note"].iloc[0]
    assert "< 1/300" in table["note"].iloc[1]
    assert table["mcse_probability"].isna().all()


def test_a_loaded_fit_answers_alike(fit, tmp_path):
    fit.save(tmp_path / "fit.nc")
    loaded = glm_magic.load(tmp_path / "fit.nc")
    pd.testing.assert_frame_equal(loaded.hypothesis(["x > 1"]), fit.hypothesis(["x > 1"]))


def test_a_point_without_draws_of_the_prior_says_what_to_write(fit, tmp_path):
    fit.save(tmp_path / "fit.nc")
    loaded = glm_magic.load(tmp_path / "fit.nc")
    pd.testing.assert_frame_equal(loaded.hypothesis("x = 0"), fit.hypothesis("x = 0"))
    store.save(tmp_path / "earlier.nc", fit._record, kept_payload(fit.view))
    with pytest.raises(ModelError, match="draws of the prior") as caught:
        glm_magic.load(tmp_path / "earlier.nc").hypothesis("x = 0")
    assert "abs(x) < 0.1" in str(caught.value)


def test_the_prior_of_a_point_is_that_of_the_model(frame):
    """Savage-Dickey ratio, with the prior written down and a normal posterior."""
    fit = glm("y ~ x", frame, priors={"x": "Normal(0, 2)"}, draws=500, tune=300, chains=4, seed=1)
    draws = fit.draws()["x"]
    at = draws.mean() + draws.std()
    expected = stats.norm.pdf(at, draws.mean(), draws.std()) / stats.norm.pdf(at, 0, 2)
    # Both densities are smoothed, of 2,000 and 10,000 draws.
    assert fit.hypothesis(f"x = {at}")["evidence_ratio"].iloc[0] == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("log(-x) > 0", "log(-x) is no number in 300 of 300 draws"),
        ("x > logit(2)", "logit(2) is no number"),
        ("x > xx", "Did you mean 'x'"),
        ("g > 0", "Write which: g[b], g[c]."),
        ("1|school > 0", "Write which: 1|school[7], 1|school[8]."),
        ("Intercept_centered > 0", "no parameter is called"),
    ],
)
def test_what_cannot_be_answered_is_told(fit, text, words):
    with pytest.raises(FormulaError) as caught:
        fit.hypothesis(text)
    assert words in str(caught.value)
    assert "^" in str(caught.value)


@pytest.mark.parametrize("given", [3, [], [3], None, ["x > 1", None]])
def test_what_is_no_text_is_refused(fit, given):
    with pytest.raises(ModelError, match="a hypothesis is a text"):
        fit.hypothesis(given)


def test_the_text_is_never_evaluated(fit, tmp_path):
    for text in (f"__import__('pathlib').Path({str(tmp_path / 'made')!r}).touch() > x", "x.__class__ > 1"):
        with pytest.raises(FormulaError):
            fit.hypothesis(text)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def block(no_sampling):
    with pymc.Model() as model:
        slope = pymc.Normal("slope", 0, 1)
        pymc.Deterministic("twice", 2 * slope)
        pymc.VonMises("angle", 0, 1)
        pymc.Normal("y", slope, 1, observed=np.zeros(5))
    return glm(model, draws=100, chains=2, seed=1)


def test_deterministic_variables_of_a_block_are_known(block):
    expected = (draws_of(block, "twice") - draws_of(block, "slope") > 0).mean()
    assert block.hypothesis("twice > slope")["probability"].iloc[0] == pytest.approx(expected)


def test_the_savage_dickey_ratio_of_a_point_is_the_closed_form(block):
    """Prior Normal(0, 1), posterior Normal(0.3, 0.4): the ratio of their densities at 0.2."""
    rng = np.random.default_rng(8927)
    dims = ("chain", "draw")
    drawn = xarray.Dataset({"slope": (dims, rng.normal(0.3, 0.4, (4, 5000)))})
    prior = xarray.Dataset({"slope": (dims, rng.normal(0, 1, (1, 20000)))})
    block._record.tree["posterior"] = xarray.DataTree(drawn)
    block._record.tree["prior"] = xarray.DataTree(prior)
    row = block.hypothesis("slope = 0.2").iloc[0]
    expected = stats.norm.pdf(0.2, 0.3, 0.4) / stats.norm.pdf(0.2, 0, 1)
    # The densities are smoothed: Scott's bandwidth widens each by 1 %, and their Monte Carlo error is 2 %.
    assert row["evidence_ratio"] == pytest.approx(expected, rel=0.06)
    assert row["probability"] == pytest.approx(row["evidence_ratio"] / (1 + row["evidence_ratio"]))
    assert "Savage-Dickey" in row["note"]
    block._record.tree["posterior"] = xarray.DataTree(drawn.assign(other=drawn["slope"]))
    with pytest.raises(ModelError, match="the draws of the prior have no other"):
        block.hypothesis("other = 0")
