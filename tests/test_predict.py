"""fit.predict: the mean of the response at new values, against numbers written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray

pytest.importorskip("bambi")

from glm_magic.data import as_table
from glm_magic.engines import Draws
from glm_magic.errors import DataError, Extrapolation, ModelError
from glm_magic.model import BlockSource, Model
from glm_magic.model.formula import formula_model
from glm_magic.posterior import Posterior, finish
from glm_magic.predict import predict
from glm_magic.request import Options
from glm_magic.request.cell import read_cell

# What Bambi and formulae themselves warn about while a model is built.
pytestmark = [
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
    # New values are round numbers, wherever the data are; a test below is about this warning.
    pytest.mark.filterwarnings("ignore::glm_magic.errors.Extrapolation"),
]

N = 40
RNG = np.random.default_rng(7)
FRAME = pd.DataFrame(
    {
        "y": RNG.normal(size=N),
        "count": RNG.poisson(2.0, N),
        "x": RNG.normal(3.0, 1.0, N),
        "z": RNG.normal(1.0, 1.0, N),
        "k": np.resize([1, 2, 3], N),
        "g": np.resize(["a", "b", "c"], N).astype(object),
        "town": np.repeat(["ayr", "bonn"], N // 2).astype(object),
        "school": np.resize(["s0", "s1", "s2", "s3"], N).astype(object),
        "e": RNG.uniform(0.5, 2.0, N),
        "angle": RNG.vonmises(0.0, 1.0, N),
        "grade": pd.Categorical(np.resize(["bad", "fair", "good"], N), ["bad", "fair", "good"], ordered=True),
    }
)
CHAINS, DRAWS = 2, 50


def fitted(text: str, family: str | None = None, **values: Any) -> tuple[Model, Posterior]:
    """A model with made-up draws: small noise, and the values that are given, intercepts at the mean."""
    model = formula_model(read_cell(text), as_table(FRAME, "df"), {}, Options(family=family))
    rng = np.random.default_rng(3)
    arrays = {}
    for name in model.variables:
        dims = model.pymc.named_vars_to_dims.get(name) or ()
        shape = (CHAINS, DRAWS, *(len(model.pymc.coords[dim]) for dim in dims))
        given = values.get(name.removesuffix("_centered"))
        noise = rng.normal(0.0, 0.2, shape) if given is None else np.broadcast_to(given, shape)
        arrays[name] = (("chain", "draw", *dims), np.abs(noise) if "sigma" in name else noise)
    used = {dim for names, _ in arrays.values() for dim in names[2:]}
    coords = {dim: list(model.pymc.coords[dim]) for dim in used}
    draws = Draws(
        posterior=xarray.Dataset(arrays, coords=coords), sample_stats=xarray.Dataset(), engine="none", seed=1,
        seconds_compiling=0.0, seconds_sampling=0.0, incomplete=False, requested=DRAWS,
    )  # fmt: skip
    return model, finish(model, draws)


def draws_of(posterior: Posterior, name: str, *index: int) -> np.ndarray:
    values = posterior.draws[name].values
    return values[(slice(None), slice(None), *index)].reshape(-1, 1)


def check(table: pd.DataFrame, lines: np.ndarray, prob: float = 0.89) -> None:
    """Compare a summary with the one NumPy makes of the lines, shape (n_samples, n_rows)."""
    low, high = (1 - prob) / 2, (1 + prob) / 2
    np.testing.assert_allclose(table["mean"], lines.mean(axis=0))
    np.testing.assert_allclose(table["sd"], lines.std(axis=0, ddof=1))
    np.testing.assert_allclose(table[f"{100 * low:g}%"], np.quantile(lines, low, axis=0))
    np.testing.assert_allclose(table[f"{100 * high:g}%"], np.quantile(lines, high, axis=0))


def test_the_mean_at_new_rows_is_that_of_the_formula():
    model, posterior = fitted("y ~ x + g")
    table = predict(model, posterior, {"x": [0.0, 10.0], "g": ["a", "c"]}, 0.89)
    a, b, c = (draws_of(posterior, *place) for place in (("Intercept",), ("x",), ("g", 1)))
    check(table, np.hstack([a, a + 10 * b + c]))
    assert list(table.columns) == ["x", "g", "mean", "sd", "5.5%", "94.5%"]


def test_the_interval_has_the_probability_that_is_asked_for():
    model, posterior = fitted("y ~ x")
    table = predict(model, posterior, {"x": [1.0]}, 0.5)
    check(table, draws_of(posterior, "Intercept") + draws_of(posterior, "x"), prob=0.5)


def test_exposure_counts_at_the_value_that_is_given():
    model, posterior = fitted("count ~ x + offset(log(e))", "poisson")
    table = predict(model, posterior, pd.DataFrame({"x": [1.0, 1.0], "e": [1.0, 2.0]}), 0.89)
    assert table["mean"][1] == pytest.approx(2 * table["mean"][0])


def test_the_table_says_what_it_is_the_mean_of_and_for_whom():
    model, posterior = fitted("y ~ x + (1|school) + (1|town)")
    both = predict(model, posterior, {"x": [3.0]}, 0.89)
    assert both.columns.name == "E[y], for an average school and town"
    assert "E[y], for an average school and town" in both.to_html()
    own = predict(model, posterior, {"x": [3.0], "school": ["s1"]}, 0.89)
    assert own.attrs == {"modelled": "E[y]", "population": "an average town", "notes": []}
    # At an exposure that is given the mean is no rate.
    model, posterior = fitted("count ~ x + offset(log(e))", "poisson")
    assert predict(model, posterior, {"x": [3.0], "e": [1.0]}, 0.89).columns.name == "E[count]"
    model, posterior = fitted("town ~ x", "bernoulli")
    assert predict(model, posterior, {"x": [3.0]}, 0.89).columns.name == "P(town = ayr)"


@pytest.mark.filterwarnings("error")
@pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning")
def test_values_outside_the_data_are_told_with_the_range():
    model, posterior = fitted("y ~ x + g")
    low, high = FRAME["x"].min(), FRAME["x"].max()
    words = f"x = 100 is outside the data, where x is from {low:.4g} to {high:.4g}"
    with pytest.warns(Extrapolation, match=words):
        table = predict(model, posterior, {"x": [low, high, 100.0], "g": list("aab")}, 0.89)
    assert table.attrs["notes"] == [words]
    assert predict(model, posterior, {"x": [low, high], "g": list("ab")}, 0.89).attrs["notes"] == []


def test_an_ordinal_response_has_a_row_for_each_category():
    model, posterior = fitted("grade ~ x", "cumulative", threshold=np.array([-1.0, 1.0]))
    table = predict(model, posterior, {"x": [1.0, 2.0]}, 0.89)
    assert list(table["category"]) == ["bad", "bad", "fair", "fair", "good", "good"]
    np.testing.assert_allclose(table.groupby("x")["mean"].sum(), 1.0)
    below = 1 / (1 + np.exp(-(-1.0 - draws_of(posterior, "x") * np.array([1.0, 2.0]))))
    check(table[table["category"] == "bad"], below)


@pytest.mark.parametrize("right", ["x + offset(z)", "offset(z) + x"])
def test_an_ordinal_response_has_its_offset(right):
    model, posterior = fitted(f"grade ~ {right}", "cumulative", threshold=np.array([-1.0, 1.0]))
    table = predict(model, posterior, {"x": [1.0, 2.0], "z": [0.5, 2.0]}, 0.89)
    eta = draws_of(posterior, "x") * np.array([1.0, 2.0]) + np.array([0.5, 2.0])
    check(table[table["category"] == "bad"], 1 / (1 + np.exp(1.0 + eta)))


def test_without_the_group_it_is_the_population_and_with_it_the_groups_own():
    model, posterior = fitted("y ~ x + (1|school)")
    a, b = draws_of(posterior, "Intercept"), draws_of(posterior, "x")
    check(predict(model, posterior, {"x": [2.0]}, 0.89), a + 2 * b)
    own = draws_of(posterior, "1|school", 2)
    check(predict(model, posterior, {"x": [2.0], "school": ["s2"]}, 0.89), a + 2 * b + own)


def test_groups_have_effects_under_a_mean_that_is_not_affine():
    model, posterior = fitted("count ~ x + (1|school)", "zero_inflated_poisson", psi=0.5)
    table = predict(model, posterior, {"x": [2.0], "school": ["s2"]}, 0.89)
    eta = draws_of(posterior, "Intercept") + 2 * draws_of(posterior, "x") + draws_of(posterior, "1|school", 2)
    check(table, 0.5 * np.exp(eta))


def test_a_slope_by_group_needs_its_variable():
    model, posterior = fitted("y ~ (x|school)")
    with pytest.raises(DataError, match="lack 'x'"):
        predict(model, posterior, {"school": ["s1"]}, 0.89)
    table = predict(model, posterior, {"school": ["s1"], "x": [2.0]}, 0.89)
    own = draws_of(posterior, "1|school", 1) + 2 * draws_of(posterior, "x|school", 1)
    check(table, draws_of(posterior, "Intercept") + own)


def test_a_nested_factor_needs_the_one_it_is_nested_in():
    model, posterior = fitted("y ~ x + (1|town/school)")
    with pytest.raises(DataError, match="school has effects only together with town"):
        predict(model, posterior, {"x": [0.0], "school": ["s1"]}, 0.89)
    town = predict(model, posterior, {"x": [0.0], "town": ["bonn"]}, 0.89)
    check(town, draws_of(posterior, "Intercept") + draws_of(posterior, "1|town", 1))
    both = predict(model, posterior, {"x": [0.0], "town": ["bonn"], "school": ["s1"]}, 0.89)
    levels = list(posterior.draws["1|town:school"].coords[posterior.draws["1|town:school"].dims[-1]].values)
    school = draws_of(posterior, "1|town:school", levels.index("bonn:s1"))
    check(both, draws_of(posterior, "Intercept") + draws_of(posterior, "1|town", 1) + school)


def test_a_missing_column_is_refused_even_if_a_variable_has_its_name():
    model, posterior = fitted("y ~ x + z")
    z = np.array([100.0])  # noqa: F841  formulae would take it from a calling frame
    with pytest.raises(DataError, match="the new data lack 'z'"):
        predict(model, posterior, {"x": [0.0]}, 0.89)


def test_an_unknown_level_is_refused_with_the_known_ones():
    model, posterior = fitted("y ~ g")
    with pytest.raises(DataError, match="g has no level 'd'"):
        predict(model, posterior, {"g": ["d"]}, 0.89)


@pytest.mark.parametrize("value", ["much", np.nan, np.inf])
def test_a_number_must_be_one(value):
    model, posterior = fitted("y ~ x")
    with pytest.raises(DataError, match="x needs finite numbers"):
        predict(model, posterior, {"x": [value]}, 0.89)


def test_categories_coded_as_numbers_keep_their_type():
    model, posterior = fitted("y ~ C(k)")
    table = predict(model, posterior, {"k": [1, 3]}, 0.89)
    a, own = draws_of(posterior, "Intercept"), draws_of(posterior, "C(k)", 1)
    check(table, np.hstack([a, a + own]))


def test_directions_are_summarised_on_the_circle():
    model, posterior = fitted("angle ~ x", "vonmises", Intercept=3.1, x=0.0)
    noise = np.random.default_rng(2).normal(0.0, 0.2, (CHAINS, DRAWS))
    whole = posterior.tree["posterior"].to_dataset()
    draws = whole.assign(Intercept=whole["Intercept"] * 0 + 3.1 + noise)
    posterior.tree["posterior"] = xarray.DataTree(draws)
    table = predict(model, posterior, {"x": [0.0]}, 0.89)
    assert np.cos(table["mean"][0] - 3.1) > np.cos(4 * 0.2 / np.sqrt(CHAINS * DRAWS))
    assert table["sd"][0] == pytest.approx(0.2, rel=0.3)
    assert table["5.5%"][0] < table["mean"][0] < table["94.5%"][0]
    assert table["94.5%"][0] - table["5.5%"][0] < 1.0


def test_a_hand_written_model_is_told_what_to_use_instead():
    _, posterior = fitted("y ~ x")
    block = Model(pymc=None, source=BlockSource(vectors={}), title="m", variables=(), response=None)
    with pytest.raises(ModelError, match="predict needs a formula"):
        predict(block, posterior, {"x": [0.0]}, 0.89)


def test_one_value_is_for_all_rows_and_any_frame_is_taken():
    polars = pytest.importorskip("polars")
    model, posterior = fitted("y ~ x + g")
    rows = {"x": [0.0, 1.0, 2.0], "g": ["a", "a", "a"]}
    expected = predict(model, posterior, rows, 0.89)
    for new in (
        {"x": [0.0, 1.0, 2.0], "g": "a"},
        pd.DataFrame(rows, index=[7, 3, 5]),
        polars.DataFrame(rows),
    ):
        pd.testing.assert_frame_equal(predict(model, posterior, new, 0.89), expected)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ({"x": [0.0, 1.0, 2.0], "g": ["a", "b"]}, "differ in length: x has 3, g has 2"),
        ({"x": np.zeros((2, 2)), "g": ["a", "b"]}, "x has 2 dimensions"),
        ([{"x": 0.0, "g": "a"}], "the new data"),
    ],
)
def test_new_data_of_another_shape_are_refused(new, message):
    model, posterior = fitted("y ~ x + g")
    with pytest.raises(DataError, match=message):
        predict(model, posterior, new, 0.89)


@pytest.mark.parametrize("new", [{"x": [0.0, 1.0]}, {"anything": ["a", "b"]}])
def test_an_intercept_alone_is_given_for_each_row(new):
    model, posterior = fitted("y ~ 1")
    a = draws_of(posterior, "Intercept")
    check(predict(model, posterior, new, 0.89), np.hstack([a, a]))


def test_a_predictor_called_mean_keeps_its_values(monkeypatch):
    monkeypatch.setitem(globals(), "FRAME", FRAME.rename(columns={"x": "mean"}))
    model, posterior = fitted("y ~ mean")
    table = predict(model, posterior, {"mean": [0.0, 1.0]}, 0.89)
    assert list(table["mean (given)"]) == [0.0, 1.0]
    check(table, draws_of(posterior, "Intercept") + draws_of(posterior, "mean") * np.array([0.0, 1.0]))


@pytest.mark.parametrize("prob", [0.0, 1.0, 2, 95, "0.9"])
def test_a_probability_must_be_one(prob):
    model, posterior = fitted("y ~ x")
    with pytest.raises(ModelError, match="prob"):
        predict(model, posterior, {"x": [0.0]}, prob)
