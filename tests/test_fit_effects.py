"""fit.predictions, comparisons, slopes and their averages, against closed forms and Bambi's own predicted draws."""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray
from scipy.special import expit

from glm_magic import glm, load
from glm_magic._stack import to_native
from glm_magic.errors import DataError, Extrapolation, ModelError
from glm_magic.fit import Fit
from glm_magic.predict import new_groups

N = 60
FEW = {"draws": 40, "chains": 2, "seed": 1}
VERBS = ("predictions", "comparisons", "slopes", "avg_predictions", "avg_comparisons", "avg_slopes")

pytestmark = [
    pytest.mark.usefixtures("no_sampling"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x = rng.uniform(1, 5, N)
    return pd.DataFrame(
        {
            "x": x,
            "z": rng.normal(size=N),
            "g": np.resize(list("abc"), N),
            "town": np.resize(["ayr", "bonn", "cork", "dijon"], N),
            "treated": rng.integers(0, 2, N),
            "old": rng.random(N) < 0.5,
            "y": rng.normal(size=N),
            "hit": (rng.random(N) < 0.4).astype(int),
            "count": rng.poisson(np.exp(0.3 * x)),
            "n": rng.integers(1, 9, N),
            "kind": rng.choice(["low", "middle", "high"], N),
            "grade": pd.Categorical(rng.integers(1, 5, N), ordered=True),
            "angle": rng.uniform(-3, 3, N),
        }
    )


def draws_of(fit, name, **at):
    return fit.posterior["posterior"][name].sel(**at).to_numpy()


def drawn(fit, verb, *arguments, **options):
    """Draws, shape (n_chains, n_draws, n_effects)."""
    return getattr(fit, verb)(*arguments, draws=True, **options).to_numpy()


def same(found, expected, rtol=1e-9):
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-12)


def near(found, expected):
    """Compare slopes: the mean is known to 2e-16 of 1, and its difference is divided by a step of 2e-5."""
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-10)


# Closed forms


@pytest.mark.parametrize(
    ("contrast", "size", "label"),
    [
        (None, lambda x: 1, "+1"),
        (2.5, lambda x: 2.5, "+2.5"),
        (-1, lambda x: -1, "-1"),
        ((2, 4.5), lambda x: 2.5, "4.5 - 2"),
        ([4, 2], lambda x: -2, "2 - 4"),
        (np.array([2.0, 3.0]), lambda x: 1, "3 - 2"),
        ("sd", lambda x: x.std(), "(mean + sd/2) - (mean - sd/2)"),
        ("iqr", lambda x: x.quantile(0.75) - x.quantile(0.25), "Q3 - Q1"),
        ("minmax", lambda x: x.max() - x.min(), "max - min"),
    ],
)
def test_of_a_line_a_comparison_is_the_coefficient_times_the_move(frame, contrast, size, label):
    fit = glm("y ~ x + z", frame, **FEW)
    expected = size(frame["x"]) * draws_of(fit, "x")[..., np.newaxis]
    for verb in ("comparisons", "avg_comparisons"):
        found = getattr(fit, verb)({"x": contrast}, draws=True)
        same(found.to_numpy(), np.broadcast_to(expected, found.shape))
        assert set(found["contrast"].to_numpy()) == {label}
    near(drawn(fit, "avg_slopes", ["z", "x"]), np.stack([draws_of(fit, "z"), draws_of(fit, "x")], -1))


def test_in_an_interaction_the_slope_of_a_level_is_the_sum_of_both_coefficients(frame):
    fit = glm("y ~ x * g", frame, **FEW)
    table = fit.avg_slopes("x", by="g")
    assert list(table["g"]) == ["a", "b", "c"]
    assert list(table.columns) == [
        "term", "contrast", "g", "median", "sd", "5.5%", "94.5%", "p_above", "mcse_p_above",
    ]  # fmt: skip
    own = fit.posterior["posterior"]["x:g"].transpose("chain", "draw", ...).to_numpy()
    expected = draws_of(fit, "x")[..., np.newaxis] + np.concatenate([np.zeros((2, 40, 1)), own], axis=-1)
    near(drawn(fit, "avg_slopes", "x", by="g"), expected)
    near(table["median"], np.median(expected, axis=(0, 1)))


def test_a_logistic_slope_is_averaged_over_the_rows_of_each_draw(frame):
    fit = glm("hit ~ x", frame, family="bernoulli", **FEW)
    b, a = draws_of(fit, "x")[..., np.newaxis], draws_of(fit, "Intercept")[..., np.newaxis]
    p = expit(a + b * frame["x"].to_numpy())
    near(drawn(fit, "slopes"), b * p * (1 - p))
    near(drawn(fit, "avg_slopes"), (b * p * (1 - p)).mean(-1, keepdims=True))
    moved = expit(a + b * (frame["x"].to_numpy() + 1))
    near(drawn(fit, "avg_comparisons"), (moved - p).mean(-1, keepdims=True))
    ratio = moved.mean(-1, keepdims=True) / p.mean(-1, keepdims=True)
    same(drawn(fit, "avg_comparisons", comparison="ratio"), ratio)
    same(drawn(fit, "avg_comparisons", comparison="lnratio"), np.log(ratio))
    same(drawn(fit, "comparisons", comparison="ratio"), moved / p)
    near(drawn(fit, "avg_slopes", scale="link"), b)
    same(drawn(fit, "avg_predictions"), p.mean(-1, keepdims=True))
    assert fit.avg_slopes(scale="link").columns.name == "average slope of log odds of P(hit = 1)"
    assert fit.avg_comparisons(comparison="ratio").columns.name == "ratio of averages of P(hit = 1)"


def test_under_a_log_link_a_ratio_is_exp_of_the_coefficient_whatever_the_exposure(frame):
    fit = glm("count ~ x + offset(log(n))", frame, family="poisson", **FEW)
    b = draws_of(fit, "x")[..., np.newaxis]
    for verb in ("comparisons", "avg_comparisons"):
        found = getattr(fit, verb)(comparison="ratio", draws=True)
        same(found.to_numpy(), np.broadcast_to(np.exp(b), found.shape))
        assert set(found["term"].to_numpy()) == {"x"}, "an exposure is not moved when none is named"
    same(drawn(fit, "avg_comparisons", scale="link"), b)
    for comparison, move in (("difference", 0), ("ratio", 1), ("lnratio", 0)):
        found = fit.avg_comparisons(comparison=comparison)
        assert found.attrs["above"] == move
        same(found["p_above"], fit.avg_comparisons(comparison=comparison, above=move)["p_above"])
        same(found["p_above"], (draws_of(fit, "x") > 0).mean())
    same(drawn(fit, "avg_comparisons", {"n": (2, 6)}, comparison="ratio"), np.full((2, 40, 1), 3.0))


@pytest.mark.parametrize(
    ("contrast", "pairs"),
    [
        (None, ["bonn - ayr", "cork - ayr", "dijon - ayr"]),
        ("reference", ["bonn - ayr", "cork - ayr", "dijon - ayr"]),
        ("sequential", ["bonn - ayr", "cork - bonn", "dijon - cork"]),
        (
            "pairwise",
            ["bonn - ayr", "cork - ayr", "dijon - ayr", "cork - bonn", "dijon - bonn", "dijon - cork"],
        ),
        (("dijon", "bonn"), ["bonn - dijon"]),
    ],
)
def test_levels_of_a_factor_are_compared(frame, contrast, pairs):
    fit = glm("y ~ x + town", frame, **FEW)
    own = fit.posterior["posterior"]["town"]
    (dim,) = set(own.dims) - {"chain", "draw"}
    of = {level: own.sel({dim: level}).to_numpy() for level in ("bonn", "cork", "dijon")} | {"ayr": 0.0}
    found = fit.avg_comparisons({"town": contrast}, draws=True)
    assert list(found["contrast"].to_numpy()) == pairs
    expected = [of[high] - of[low] for high, low in (pair.split(" - ") for pair in pairs)]
    same(found.to_numpy(), np.stack(expected, -1))


def test_the_reference_is_the_one_of_the_formula(frame):
    fit = glm("y ~ C(town, Treatment('cork'))", frame, **FEW)
    assert list(fit.avg_comparisons()["contrast"]) == ["ayr - cork", "bonn - cork", "dijon - cork"]


def test_a_number_that_is_0_or_1_and_a_boolean_have_one_comparison(frame):
    fit = glm("y ~ treated + old + x", frame, **FEW)
    table = fit.avg_comparisons()
    assert list(table["term"]) == ["treated", "old", "x"]
    assert list(table["contrast"]) == ["1 - 0", "True - False", "+1"]
    same(drawn(fit, "avg_comparisons", "treated")[..., 0], draws_of(fit, "treated"))
    slopes = fit.avg_slopes()
    assert list(slopes["term"]) == ["x"]
    assert slopes.attrs["notes"] == [
        f"{name} is compared by fit.comparisons, and no slope is given" for name in ("treated", "old")
    ]
    near(drawn(fit, "avg_slopes", "treated")[..., 0], draws_of(fit, "treated"))


@pytest.mark.parametrize(
    ("formula", "slope"),
    [
        ("y ~ x + I(x ** 2)", lambda of, x: of("x") + 2 * x * of("I(x ** 2)")),
        ("y ~ log(x)", lambda of, x: of("log(x)") / x),
        ("y ~ center(x)", lambda of, x: of("center(x)") + 0 * x),
    ],
)
def test_slopes_go_through_functions_of_a_predictor(frame, formula, slope):
    fit = glm(formula, frame, **FEW)
    found = drawn(fit, "slopes", "x", "mean", at={"x": [1.5, 3.0]})
    near(found, slope(lambda name: draws_of(fit, name)[..., np.newaxis], np.array([1.5, 3.0])))


def test_slopes_keep_their_digits_far_from_zero(frame):
    years = frame.assign(year=2000.0 + frame["x"] * 5)
    fit = glm("hit ~ year", years, family="bernoulli", **FEW)
    b, a = draws_of(fit, "year")[..., np.newaxis], draws_of(fit, "Intercept")[..., np.newaxis]
    p = expit(a + b * years["year"].to_numpy())
    near(drawn(fit, "avg_slopes"), (b * p * (1 - p)).mean(-1, keepdims=True))


# Averages


def test_rows_are_averaged_within_each_draw_and_not_after_they_are_summarised(frame):
    """The average of the ends of intervals, as in bambi#1004, is another interval: too wide in this case."""
    fit = glm("hit ~ x * g", frame, family="bernoulli", **FEW)
    means = drawn(fit, "predictions").reshape(80, N)
    of_rows = fit.predictions(prob=0.8)
    averaged = fit.avg_predictions(prob=0.8)
    low, high = np.quantile(means.mean(axis=1), [0.1, 0.9])
    same(averaged[["10%", "90%"]].to_numpy()[0], [low, high])
    same(averaged["median"], [np.median(means.mean(axis=1))])
    same(averaged["sd"], [means.mean(axis=1).std(ddof=1)])
    width = averaged["90%"][0] - averaged["10%"][0]
    assert (of_rows["90%"] - of_rows["10%"]).mean() > 1.2 * width


def test_averages_are_by_the_levels_of_columns_in_their_order(frame):
    fit = glm("y ~ x + C(g, Treatment('c')) + treated", frame, **FEW)
    means = drawn(fit, "predictions")
    found = fit.avg_predictions(by=["g", "treated"], draws=True)
    groups = list(zip(found["g"].to_numpy(), found["treated"].to_numpy(), strict=True))
    assert groups == [(g, t) for g in "cab" for t in (0, 1)]
    for place, (g, treated) in enumerate(groups):
        own = ((frame["g"] == g) & (frame["treated"] == treated)).to_numpy()
        same(found.to_numpy()[..., place], means[..., own].mean(-1))
    # A column of the rows need not be a predictor.
    new = frame.assign(half=np.repeat(["first", "second"], N // 2))
    found = fit.avg_predictions(new, by="half", draws=True)
    same(found.to_numpy()[..., 1], means[..., N // 2 :].mean(-1))


@pytest.mark.filterwarnings("ignore::glm_magic.errors.Extrapolation")
def test_averages_are_weighed_by_a_column(frame):
    fit = glm("hit ~ x + g", frame, family="bernoulli", **FEW)
    found = drawn(fit, "avg_comparisons", "x", frame, by="g", weights="n", comparison="ratio")
    low, high = (fit.predict(frame.assign(x=frame["x"] + move), draws=True).to_numpy() for move in (0, 1))
    for place, level in enumerate("abc"):
        own = (frame["g"] == level).to_numpy()
        weights = frame["n"][own]
        expected = [np.average(mean[..., own], axis=-1, weights=weights) for mean in (low, high)]
        same(found[..., place], expected[1] / expected[0])
    counted = glm("weighted(y, n) ~ x * g", frame, **FEW)
    same(drawn(counted, "avg_slopes", weights="n"), drawn(counted, "avg_slopes", "x", frame, weights="n"))
    for bad, message in ((-1, "a weight must be"), (np.nan, "a weight must be"), (0, "are all 0")):
        with pytest.raises(DataError, match=message):
            fit.avg_predictions(frame.assign(n=bad), weights="n")


def test_chosen_values_are_set_in_every_row(frame):
    fit = glm("hit ~ x * g", frame, family="bernoulli", **FEW)
    found = fit.avg_predictions(at={"x": [2, 4], "g": "b"}, draws=True)
    assert list(zip(found["x"].to_numpy(), found["g"].to_numpy(), strict=True)) == [(2, "b"), (4, "b")]
    for place, x in enumerate([2, 4]):
        expected = fit.predict(frame.assign(x=x, g="b"), draws=True).mean("__obs__")
        same(found.to_numpy()[..., place], expected)
    rows = fit.predictions(at={"x": [2, 4]})
    assert list(rows["x"]) == [2] * N + [4] * N
    assert list(rows["g"]) == [*frame["g"]] * 2


def test_typical_values_are_those_of_the_fan(frame):
    fit = glm("count ~ x * town + z + offset(log(n)) + (1|g)", frame, family="poisson", **FEW)
    table = fit.predictions("mean", prob=0.5)
    (row,) = table[["x", "town", "z", "n"]].to_dict("records")
    assert row == {"x": frame["x"].mean(), "town": "ayr", "z": frame["z"].mean(), "n": 1}
    (axis,) = (one for one in fit.view.tabs.fan.axes if one.label == "x")
    means = fit.predictions("mean", at={"x": [float(axis.grid[0])]}, draws=True)
    assert means.mean().item() == pytest.approx(axis.strata[0].mean[0], rel=1e-9)
    assert table.columns.name == "E[count], for an average g"
    assert table.attrs["population"] == "an average g"
    same(drawn(fit, "predictions", {"x": 2, "z": 0, "town": "cork", "n": 1}).ravel(),
         fit.predict({"x": 2, "z": 0, "town": "cork", "n": 1}, draws=True).to_numpy().ravel())  # fmt: skip


# Tables and draws


def test_a_table_summarises_the_draws_in_their_order(frame):
    fit = glm("kind ~ x + g", frame, family="categorical", **FEW)
    for verb in VERBS:
        table = getattr(fit, verb)(prob=0.9, above=0.02)
        found = getattr(fit, verb)(draws=True)
        assert found.dims == ("chain", "draw", "effect")
        assert found.name == table.columns.name
        flat = found.to_numpy().reshape(80, -1)
        same(table["median"], np.median(flat, axis=0))
        same(table["sd"], flat.std(axis=0, ddof=1))
        same(table[["5%", "95%"]].to_numpy().T, np.quantile(flat, [0.05, 0.95], axis=0))
        same(table["p_above"], (flat > 0.02).mean(axis=0))
        agree = table["p_above"].isin([0, 1])
        assert (table["mcse_p_above"].isna() == agree).all()
        for name in set(table.columns) & set(found.coords):
            assert list(found[name].to_numpy()) == list(table[name])


def test_the_error_of_a_probability_is_that_of_a_hypothesis(frame):
    fit = glm("y ~ x", frame, **FEW)
    found = fit.avg_comparisons(above=0.01).loc[0, ["p_above", "mcse_p_above"]]
    expected = fit.hypothesis("x > 0.01").loc["x > 0.01", ["probability", "mcse_probability"]]
    same(found.to_numpy(dtype=float), expected.to_numpy(dtype=float))
    assert "p_above" not in fit.predictions()


def test_a_response_with_categories_has_rows_for_each(frame):
    fit = glm("grade ~ x + g", frame, family="cumulative", **FEW)
    table = fit.avg_comparisons(["g", "x"])
    assert list(table["category"]) == list("1234") * 3
    assert list(table["contrast"]) == ["b - a"] * 4 + ["c - a"] * 4 + ["+1"] * 4
    sums = drawn(fit, "avg_comparisons", "x").sum(-1)
    np.testing.assert_allclose(sums, 0, atol=1e-12)
    assert table.columns.name == "average difference in P(grade = category)"
    with pytest.raises(ModelError, match="not one number for each category"):
        fit.avg_slopes(scale="link")


def test_columns_that_are_called_like_one_of_the_table_are_kept(frame):
    fit = glm(
        "y ~ median + term + effect", frame.rename(columns={"x": "median", "z": "term", "g": "effect"}), **FEW
    )
    table = fit.comparisons("median")
    assert set(table["term"]) == {"median"}
    assert set(table.columns) >= {"median (given)", "term (given)", "effect"}
    assert "effect (given)" in fit.comparisons("median", draws=True).coords


def test_draws_that_are_no_numbers_are_said(frame):
    fit = glm("y ~ 0 + x", frame, **FEW)
    with pytest.warns(Extrapolation):
        table = fit.comparisons({"x": (0, 1)}, "mean", comparison="ratio")
    assert table["sd"].isna().all()
    assert "1 of 1 rows have draws that are no finite number" in table.attrs["notes"]
    # A ratio below 0 has no logarithm.
    roots = glm("count ~ x", frame, family="poisson", **FEW)
    below = roots.avg_comparisons({"x": (2, 3)}, comparison="lnratio", scale="link")
    assert below["median"].isna().all()
    assert "1 of 1 rows have draws that are no finite number" in below.attrs["notes"]


# Groups, families and parts


def test_effects_of_groups_are_added_or_left_out(frame):
    fit = glm("y ~ x + (x|g)", frame, **FEW)
    own = fit.posterior["posterior"]["x|g"].transpose("chain", "draw", ...).to_numpy()
    b = draws_of(fit, "x")[..., np.newaxis]
    near(drawn(fit, "avg_slopes", by="g"), b + own)
    near(drawn(fit, "avg_slopes", by="g", groups="population"), np.broadcast_to(b, own.shape))
    assert fit.avg_slopes(groups="population").columns.name == "average slope of E[y], for an average g"
    assert list(fit.avg_comparisons()["term"]) == ["x"]
    intercepts = fit.posterior["posterior"]["1|g"].transpose("chain", "draw", ...).to_numpy()
    at_two = (intercepts + 2 * own)[..., 1] - (intercepts + 2 * own)[..., 0]
    near(drawn(fit, "comparisons", {"g": ("a", "b")}, {"x": 2.0})[..., 0], at_two)


def test_a_new_level_has_the_same_effects_before_and_after_the_move(frame):
    fit = glm("y ~ x + (1|g)", frame, **FEW)
    new = {"x": [2.0, 3.0], "g": ["new", "other"]}
    found = fit.comparisons("x", new, sample_new_groups=True, draws=True)
    near(found.to_numpy(), np.repeat(draws_of(fit, "x")[..., np.newaxis], 2, axis=-1))
    assert "are drawn from those of all levels" in " ".join(found.attrs["notes"])
    with pytest.raises(DataError, match="g has no level 'new'"):
        fit.comparisons("x", new)


def of_bambi(fit, data):
    """Draws of the mean at rows, as Bambi predicts them."""
    draws = fit.posterior["posterior"].to_dataset()
    levels = [dim for dim in draws.dims if str(dim).endswith("__factor_dim")]
    own = [dim for dim in draws.dims if dim not in ("chain", "draw", *levels)]
    native = to_native(
        xarray.DataTree.from_dict({"posterior": draws.transpose("chain", "draw", *own, *levels)})
    )
    found = fit.bambi.predict(native, data=data, kind="response_params", inplace=False)
    parent = fit.bambi.family.likelihood.parent
    return np.asarray(found["posterior"][parent].transpose("chain", "draw", "__obs__", ...))


@pytest.mark.parametrize(
    ("formula", "family"),
    [
        ("y ~ x * town + (z|g)", "gaussian"),
        ("p(hit, n) ~ x * z", "binomial"),
        ("y ~ bs(x, df=5)", "gaussian"),
        ("count ~ x * z + offset(log(n))", "negativebinomial"),
        ("y ~ x + z", "t"),
        ("kind ~ x + (1|g)", "categorical"),
        ("grade ~ poly(x, 2)", "cumulative"),
        ("y ~ hsgp(x, m=5, c=1.5)", "gaussian"),
    ],
)
@pytest.mark.filterwarnings("ignore::glm_magic.errors.Extrapolation")
def test_comparisons_are_those_of_the_means_that_bambi_predicts(frame, formula, family, monkeypatch):
    # Few rows at a time: a row's settings may stand in two parts.
    monkeypatch.setattr(new_groups, "MOST_AT_ONCE", 80 * 7)
    fit = glm(formula, frame, family=family, **FEW)
    low, high = (of_bambi(fit, frame.assign(x=x)) for x in (2.0, 3.5))
    # Categories one after the other, and the rows of each.
    difference = np.moveaxis((high - low).reshape(2, 40, N, -1), -1, 2)
    near(drawn(fit, "comparisons", {"x": (2.0, 3.5)}), difference.reshape(2, 40, -1))
    by_level = [difference[..., (frame["g"] == level).to_numpy()].mean(-1) for level in "abc"]
    found = drawn(fit, "avg_comparisons", {"x": (2.0, 3.5)}, frame, by="g")
    near(found, np.stack(by_level, -1).reshape(2, 40, -1))


def test_the_link_scale_is_the_linear_predictor_of_the_main_parameter(frame):
    zeros = glm("count ~ x\npsi ~ z", frame, family="zero_inflated_poisson", **FEW)
    same(drawn(zeros, "avg_comparisons", "x", scale="link")[..., 0], draws_of(zeros, "x"))
    process = glm("count ~ hsgp(x, m=5, c=1.5)", frame, family="poisson", **FEW)
    near(drawn(process, "predictions", scale="link"), np.log(drawn(process, "predictions")))
    direction = glm("angle ~ x", frame, family="vonmises", **FEW)
    near(drawn(direction, "avg_slopes", scale="link")[..., 0], draws_of(direction, "x"))
    with pytest.raises(ModelError, match="where the circle is cut"):
        direction.avg_predictions()


def test_a_grouping_factor_that_is_a_number_adds_its_effects_before_and_after_a_step(frame):
    years = frame.assign(year=np.resize([1, 2, 3, 5], N))
    fit = glm("y ~ year + (1|year)", years, **FEW)
    # 4 is no group, so that both sides stand at the population.
    found = fit.comparisons("year", {"year": 3}, draws=True)
    near(found.to_numpy()[..., 0], draws_of(fit, "year"))
    assert "year = 4 is no group of the data: the population's mean" in found.attrs["notes"]


# What is said, and what is refused


def test_chosen_values_outside_the_data_warn_where_the_verb_is_called(frame):
    fit = glm("y ~ x", frame, **FEW)
    for verb in VERBS:
        line = inspect.currentframe().f_lineno + 2
        with pytest.warns(Extrapolation, match="x = 9 is outside the data") as caught:
            found = getattr(fit, verb)(at={"x": 9})
        assert [(Path(one.filename).name, one.lineno) for one in caught] == [("test_fit_effects.py", line)]
        assert any("x = 9 is outside" in note for note in found.attrs["notes"])
    with pytest.warns(Extrapolation, match="x = -3 is outside the data"):
        fit.avg_comparisons({"x": (-3, 2)})


def test_steps_out_of_the_data_are_counted_and_do_not_warn(frame):
    fit = glm("y ~ x", frame, **FEW)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stepped, slope = fit.avg_comparisons(), fit.avg_slopes()
    beyond = int((frame["x"] + 1 > frame["x"].max()).sum())
    assert stepped.attrs["notes"][0].startswith(
        f"x +1 is outside the data in {beyond} of 60 rows, where x is from"
    )
    assert slope.attrs["notes"] == []


@pytest.mark.parametrize(
    ("verb", "arguments", "options", "error", "message"),
    [
        ("avg_comparisons", ["xx"], {}, DataError, "no predictor 'xx'"),
        ("avg_slopes", [["x", "tonw"]], {}, DataError, "Did you mean 'town'"),
        ("predictions", [], {"at": {"tow": 1}}, DataError, "no predictor 'tow'"),
        ("avg_comparisons", [{"x": 0}], {}, ModelError, "0 is no contrast of the number x"),
        ("avg_comparisons", [{"x": np.nan}], {}, ModelError, "nan is no contrast"),
        ("avg_comparisons", [{"x": True}], {}, ModelError, "True is no contrast"),
        ("avg_comparisons", [{"x": (2, 2)}], {}, ModelError, "no contrast of the number x"),
        ("avg_comparisons", [{"x": "pairwise"}], {}, ModelError, "'sd', 'iqr' or 'minmax'"),
        ("avg_comparisons", [{"town": "sd"}], {}, ModelError, "'reference', 'pairwise' or 'sequential'"),
        ("avg_comparisons", [{"town": ("ayr", "ayr")}], {}, ModelError, "two different levels"),
        (
            "avg_comparisons",
            [{"town": ("ayr", "bon")}],
            {},
            DataError,
            "town has no level 'bon'\n\nDid you mean 'bonn'",
        ),
        ("avg_comparisons", [3], {}, ModelError, "variables must be names of predictors, not 3"),
        ("avg_comparisons", [[]], {}, ModelError, "variables must be names"),
        ("avg_slopes", ["town"], {}, ModelError, "town has levels, between which there is no slope"),
        ("avg_slopes", [{"x": 2}], {}, ModelError, "the slope of x has no contrast"),
        ("avg_predictions", [], {"by": "tonw"}, DataError, "by needs a column 'tonw'"),
        ("avg_predictions", [], {"by": "n"}, DataError, "columns of its formula; new=data brings others"),
        ("avg_slopes", [], {"weights": "n"}, DataError, "weights needs a column 'n'"),
        ("avg_slopes", [], {"weights": [1, 2]}, ModelError, "weights must be the name of a column"),
        ("avg_predictions", [], {"by": 3}, ModelError, "by must be the name of a column"),
        ("predictions", ["median"], {}, ModelError, "new must be 'mean', a frame or a mapping"),
        ("predictions", [{"x": 1.0}], {}, DataError, "the new data lack 'town'"),
        ("comparisons", ["x", {"town": "ayr"}], {}, DataError, "the new data lack 'x'"),
        ("predictions", [], {"at": {"town": "rome"}}, DataError, "town has no level 'rome'"),
        ("predictions", [], {"at": {"x": "much"}}, DataError, "x needs finite numbers"),
        ("predictions", [], {"at": {"x": []}}, DataError, "at gives x no value"),
        ("predictions", [], {"at": ["x"]}, ModelError, "at must be a mapping"),
        ("predictions", [], {"scale": "log"}, ModelError, "scale must be 'response' or 'link', not 'log'"),
        ("predictions", [], {"groups": "none"}, ModelError, "groups must be"),
        ("predictions", [], {"above": "0"}, ModelError, "above must be a number, not '0'"),
        ("predictions", [], {"prob": 89}, ModelError, "prob"),
        ("avg_comparisons", [], {"comparison": "odds"}, ModelError, "comparison must be"),
        ("avg_comparisons", [], {"draws": 1}, ModelError, "draws must be True or False"),
    ],
)
def test_what_cannot_be_answered_says_why(frame, verb, arguments, options, error, message):
    fit = glm("y ~ x + town", frame, **FEW)
    with pytest.raises(error, match=message):
        getattr(fit, verb)(*arguments, **options)


def test_a_formula_without_predictors_has_predictions_alone(frame):
    fit = glm("y ~ 1", frame, **FEW)
    same(drawn(fit, "avg_predictions")[..., 0], draws_of(fit, "Intercept"))
    with pytest.raises(ModelError, match="no predictor that could be moved"):
        fit.avg_comparisons()


def test_too_large_an_answer_is_refused_before_it_is_computed(frame, monkeypatch):
    from glm_magic.predict import size

    fit = glm("y ~ x", frame, **FEW)
    monkeypatch.setattr(size, "MOST_NUMBERS", 80 * N)
    assert len(fit.comparisons()) == N
    with pytest.raises(ModelError, match="effects for 120 rows and 80 draws"):
        fit.comparisons(draws=True)


def test_a_fit_from_a_file_answers_alike(frame, tmp_path):
    fit = glm("hit ~ x * g", frame, family="bernoulli", **FEW)
    fit.save(tmp_path / "fit.nc")
    again = load(tmp_path / "fit.nc")
    pd.testing.assert_frame_equal(again.avg_comparisons(by="g"), fit.avg_comparisons(by="g"))


def test_a_single_draw_has_a_median_and_no_deviation(frame):
    fit = glm("y ~ x", frame, draws=1, chains=1, seed=1)
    table = fit.avg_comparisons()
    same(table["median"], draws_of(fit, "x").ravel())
    assert table[["sd", "mcse_p_above"]].isna().all(axis=None)
    assert not any("no finite number" in note for note in table.attrs["notes"])


def test_a_hand_written_model_is_refused(frame):
    with pm.Model() as model:
        b = pm.Normal("b")
        pm.Normal("y", mu=b * frame["x"].to_numpy(), sigma=1, observed=frame["y"].to_numpy())
    fit = glm(model, **FEW)
    for verb in VERBS:
        with pytest.raises(ModelError, match=f"{verb} needs a formula"):
            getattr(fit, verb)()


def test_the_verbs_have_the_same_arguments():
    names = {verb: list(inspect.signature(getattr(Fit, verb)).parameters) for verb in VERBS}
    common = ["new", "prob", "at", "scale", "groups", "sample_new_groups", "above", "draws", "seed"]
    for verb, arguments in names.items():
        own = {"comparisons": {"variables", "comparison"}, "slopes": {"variables"}, "predictions": set()}
        expected = own[verb.removeprefix("avg_")] | ({"by", "weights"} if verb.startswith("avg_") else set())
        assert [name for name in arguments if name in common] == common
        assert set(arguments) - {*common, "self", "fit"} == expected
