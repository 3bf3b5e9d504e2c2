"""What is a column of a formula, and what an argument of its functions."""

from __future__ import annotations

import math
from types import SimpleNamespace

import bambi
import numpy as np
import pandas as pd
import pytest

from glm_magic import glm
from glm_magic._stack import bambi_parameters
from glm_magic.data import as_table, no_table
from glm_magic.errors import DataError, FormulaError
from glm_magic.model.formula import formula_model
from glm_magic.model.rows import used_columns
from glm_magic.request import Options
from glm_magic.request.cell import read_cell

N = 24


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x = rng.normal(size=N)
    return pd.DataFrame(
        {
            "x": x,
            "y": 1 + 2 * x + rng.normal(size=N),
            "z": rng.normal(size=N),
            "g": list("abcd") * (N // 4),
            "when": pd.date_range("2020-01-01", periods=N),
        }
    )


@pytest.fixture(scope="module")
def names(frame):
    rng = np.random.default_rng(1)
    return {
        "knots": np.array([-0.5, 0.0, 0.5]),
        "few": [-0.5, 0.5],
        "one": np.array([0.2]),
        "bins": [-1, 0, 1],
        "order": list("dcba"),
        "low": -9.0,
        "k": 4,
        "settings": SimpleNamespace(knots=[0.0, 0.5], k=5),
        "table": {"bins": [-1, 0, 1]},
        "heights": {"a": 1.5, "b": 0.5, "c": 3.0, "d": 2.0},
        "looked_up": lambda values, heights: values.map(heights),
        "added": lambda first, second: first + second,
        "lagged": lambda values: np.r_[0.0, np.asarray(values)[:-1]],
        "days": lambda dates: (dates - dates.min()).dt.days,
        "w": rng.uniform(1, 2, N),
        "v": list(rng.uniform(1, 2, N)),
        # as many as there are rows
        "xp": np.linspace(-4, 4, N),
        "fp": np.linspace(-4, 4, N) ** 2,
        "whole": np.arange(N),
        "matrix": rng.normal(size=(N, 2)),
        "math": math,
        "pd": pd,
        "c": 3,
        "log": 7,
    }


def model_of(text, data, namespace=None, **options):
    return formula_model(read_cell(text), as_table(data, "df"), namespace or {}, Options(**options))


# formula -> the columns on its right, and the arguments of the call by name
ARGUMENTS = {
    "y ~ bs(x, knots=knots)": "x",
    "y ~ bs(x, knots=few)": "x",
    "y ~ bs(x, knots=one)": "x",
    "y ~ bs(x, df=k, lower_bound=low)": "x",
    "y ~ bs(x, knots=settings.knots)": "x",
    "y ~ bs(x, df=settings.k)": "x",
    "y ~ np.digitize(x, bins)": "x",
    "y ~ C(np.digitize(x, bins)) + z": "x z",
    "y ~ C(g, levels=order)": "g",
    "y ~ C(g, Treatment('b'), order) + x": "g x",
    "y ~ T(g, 'b', order) * x": "g x",
    "y ~ S(g, levels=order) + z": "g z",
    "y ~ z + (z|C(g, levels=order))": "g z",
    "y ~ looked_up(g, heights)": "g",
    "y ~ np.interp(x, xp, fp)": "x",
    "y ~ np.isin(np.round(x), whole) + z": "x z",
    "y ~ w": "w",
    "y ~ np.log(w)": "w",
    "y ~ log(v) + x": "v x",
    "y ~ added(x, w)": "x w",
    "y ~ added(added(x, w), v)": "x w v",
    "y ~ lagged(w)": "w",
    "y ~ x:w": "x w",
    "y ~ (w|g)": "w g",
    "y ~ I(matrix) + x": "x",
    "y ~ days(when) + x": "when x",
}
LISTS = {
    "y ~ bs(x, knots=[-0.5, 0, 0.5])": "y ~ bs(x, knots=knots)",
    "y ~ bs(x, knots=(-0.5, 0.5))": "y ~ bs(x, knots=few)",
    "y ~ np.digitize(x, [-1, 0, 1])": "y ~ np.digitize(x, bins)",
    "y ~ np.digitize(x, table['bins'])": "y ~ np.digitize(x, bins)",
    "y ~ bs(x, knots=knots[1:])": "y ~ bs(x, knots=settings.knots)",
    "y ~ C(g, levels=['d', 'c', 'b', 'a'])": "y ~ C(g, levels=order)",
    "y ~ looked_up(g, {'a': 1.5, 'b': 0.5, 'c': 3, 'd': 2})": "y ~ looked_up(g, heights)",
    "y ~ bs(x, df=4, lower_bound=-9e0)": "y ~ bs(x, df=k, lower_bound=low)",
    "y ~ bs(x, knots=[few[0], 0.5])": "y ~ bs(x, knots=few)",
}


FANS = [
    formula
    for formula in ARGUMENTS
    if not any(word in formula for word in ("matrix", "lagged", "days", ": ", "(w|g)"))
]


def design_of(model):
    return np.asarray(bambi_parameters(model.source.bambi)["mu"].design.common.design_matrix)


@pytest.mark.parametrize("formula", ARGUMENTS)
def test_arguments_are_no_columns_and_the_design_is_bambis(frame, names, formula):
    model = model_of(formula, frame, names)
    assert {column.name for column in model.predictors} == set(ARGUMENTS[formula].split())
    given = frame.assign(**{name: names[name] for name in ARGUMENTS[formula].split() if name in names})
    functions = {name: value for name, value in names.items() if name not in ("c", "log", "settings")}
    if "settings" not in formula:
        theirs = bambi.Model(formula, given, extra_namespace=functions)
        np.testing.assert_allclose(
            design_of(model), bambi_parameters(theirs)["mu"].design.common.design_matrix
        )


@pytest.mark.parametrize("formula", LISTS)
def test_a_written_list_is_what_its_name_would_be(frame, names, formula):
    written, named = (model_of(text, frame, names) for text in (formula, LISTS[formula]))
    np.testing.assert_array_equal(design_of(written), design_of(named))
    (term,) = (name for name in bambi_parameters(written.source.bambi)["mu"].terms if name != "Intercept")
    assert "`" not in term
    assert written.title == formula.replace("-9e0", "-9.0")


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize("formula", [*FANS, *LISTS])
def test_fan_and_predict_know_the_arguments(frame, names, formula):
    fit = glm(formula, frame, namespace=names, draws=20, tune=10, chains=2, seed=1)
    assert fit.view.tabs.fan.axes
    rows = frame.assign(**{name: names[name] for name in "wv"})[[c.name for c in fit._model.predictors]]
    one, all_of_them = fit.predict(rows.iloc[[3]]), fit.predict(rows)
    np.testing.assert_allclose(one["mean"].iloc[0], all_of_them["mean"].iloc[3])


def test_a_column_wins_over_a_value_of_the_same_name(frame, names):
    both = {**names, "x": "hidden", "z": [1, 2, 3]}
    model = model_of("y ~ bs(x, df=4) + np.exp(z)", frame, both)
    np.testing.assert_allclose(design_of(model)[:, -1], np.exp(frame["z"]))


def test_rows_are_left_out_for_what_columns_lack_only(frame, names):
    holed = frame.assign(x=frame["x"].mask(frame.index == 3))
    knots = np.linspace(-0.5, 0.5, N)
    gaps = np.where(np.arange(N) == 5, np.nan, names["w"])
    model = model_of(
        "y ~ bs(x, knots=knots) + log(w) + I(matrix)", holed, {**names, "knots": knots, "w": gaps}
    )
    assert (model.dropped.rows, dict(model.dropped.columns)) == (2, {"x": 1, "w": 1})
    kept = np.delete(np.arange(N), [3, 5])
    np.testing.assert_array_equal(design_of(model)[:, -2:], names["matrix"][kept])


def test_arrays_of_the_notebook_are_the_data_where_there_is_no_frame(names):
    rng = np.random.default_rng(2)
    arrays = {
        "a": np.arange(9.0),
        "b": list(rng.normal(size=9)),
        "c": pd.Series(list("uvw") * 3, index=range(8, 17), dtype="category"),
        "knots": [2.0, 5.0],
        "e": 3,
    }
    columns = used_columns(read_cell("b ~ bs(a, knots=knots, degree=e) + c"), no_table(), arrays)
    assert list(columns) == ["b", "a", "c"]
    assert isinstance(columns["c"].dtype, pd.CategoricalDtype)
    logged = used_columns(read_cell("I(b * 2) ~ log(a) + f(knots, a)"), no_table(), {**arrays, "f": max})
    assert list(logged) == ["b", "a"]
    with pytest.raises(DataError, match="b has 9, knots has 2"):
        used_columns(read_cell("b ~ knots"), no_table(), arrays)


def test_an_array_of_another_length_is_named_when_it_does_not_fit(frame):
    with pytest.raises(FormulaError) as caught:
        model_of("y ~ log(short) + x", frame, {"short": [1.0, 2.0, 3.0]})
    assert "24 rows, and short has 3" in caught.value.remedy


BAD_VALUES = {
    "y ~ np.digitize(x, [0, nothing])": ("the notebook has no 'nothing'", "nothing"),
    "y ~ np.select([x], [z])": ("the notebook has no 'x'", "x"),
    "y ~ x + np.digitize(x, [z])": ("the notebook has no 'z'", "z"),
    "y ~ z + np.digitize(x, [z])": ("'z' is a column, and a list holds values", "z"),
    "y ~ np.digitize(x, table['no'])": ("has no value: KeyError", "table['no']"),
}


@pytest.mark.parametrize("formula", BAD_VALUES)
def test_a_list_that_has_no_value_points_at_itself(frame, names, formula):
    message, place = BAD_VALUES[formula]
    with pytest.raises(FormulaError) as caught:
        model_of(formula, frame, names)
    assert message in caught.value.message
    assert caught.value.where.words() == place


@pytest.mark.parametrize("formula", ["y ~ C(g):C(np.digitize(x, [0]))", "y ~ g:C(pd.cut(x, 2))"])
def test_modules_may_be_used_where_formulae_copies_its_names(frame, names, formula):
    # formulae adds terms to an interaction of categories, by a deep copy of all that it was given
    wide = pd.concat([frame.assign(x=-frame["x"]), frame], ignore_index=True)
    assert model_of(formula, wide, names).predictors


def test_a_function_that_fails_is_shown_with_its_own_words(frame):
    """Asking whether a vector is a column evaluates the user's function, and hears nothing of its errors."""

    def fails(values, weights):
        raise ZeroDivisionError("of the user")

    with pytest.raises(FormulaError, match="ZeroDivisionError: of the user"):
        model_of("y ~ fails(x, w)", frame, {"fails": fails, "w": np.ones(N)})
