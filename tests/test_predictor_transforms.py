"""A row has the design that it had in the fit, whatever rows are beside it on the grid."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from glm_magic import api
from glm_magic.errors import FormulaError, ModelError
from glm_magic.predictor.formula.axes import read_formula
from glm_magic.predictor.formula.design import parent_of
from glm_magic.predictor.formula.expectation import means_over

N = 60
RNG = np.random.default_rng(4)
FRAME = pd.DataFrame(
    {
        "y": RNG.normal(size=N),
        "x": RNG.normal(2, 1, N),
        "z": RNG.uniform(1, 3, N),
        "two": np.tile(["a", "b"], N // 2),
        "three": pd.Categorical(np.tile(["u", "v", "w"], N // 3), ["w", "u", "v"], ordered=True),
        "yes": np.tile([True, False], N // 2),
        "k": np.tile([1, 2, 3], N // 3),
        "g": np.tile(list("pqrst"), N // 5),
        "count": RNG.poisson(2.0, N),
    }
)
NAMES = {
    "np": np,
    "first": lambda values: (values == sorted(values.unique())[0]).astype(int),
    "coded": lambda values: pd.factorize(values, sort=True)[0],
    "thirds": lambda values: pd.cut(values, 3, labels=False),
    "share": lambda values: (values - values.min()) / (values.max() - values.min()),
    "by_hand": lambda values: (values - values.mean()) / values.std(),
    "ranks": lambda values: values.rank(),
    "own_mean": lambda values, groups: values.groupby(groups).transform("mean"),
    "half": lambda values: pd.Series(np.where(values > values.median(), "high", "low")),
    "series": pd.Series(RNG.normal(size=N)),
}
FORMULAS = [
    "y ~ x + binary(two, 'b')",
    "y ~ x + binary(two)",
    "y ~ x * binary(two, 'b') + three",
    "y ~ binary(two, 'b') : binary(three, 'v')",
    "y ~ binary(k, 2) + x",
    "y ~ first(two) * x",
    "y ~ coded(three) + x",
    "y ~ thirds(x) + z",
    "y ~ share(x) * share(z)",
    "y ~ C(k) + S(three) + T(two, ref='b')",
    "y ~ scale(x) + center(z)",
    "y ~ bs(x, df=4) + poly(z, 2)",
    "y ~ x + yes",
    "y ~ I(x - np.mean(x)) + z",
    "y ~ I((x - np.mean(x)) / np.std(x)) * z",
    "y ~ by_hand(x) * two",
    "y ~ np.square(by_hand(x)) + poly(by_hand(z), 2)",
    "y ~ np.digitize(x, np.quantile(x, [0.3, 0.6])) + z",
    "y ~ np.round(x, 1) + np.clip(z, 1.5, 2.5)",
]


@pytest.fixture
def fitted(no_sampling):
    return lambda formula, **options: api.glm(formula, FRAME, namespace=NAMES, draws=20, chains=2, **options)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_row_by_itself_has_the_design_it_had_in_the_fit(formula, fitted):
    fit = fitted(formula)
    source = fit._model.source
    common = parent_of(source).design.common
    for row in (0, 1, 2, 31, 59):
        ((_, mean),) = means_over(source, source.frame.iloc[[row]].reset_index(drop=True))
        np.testing.assert_allclose(mean.rows, common.design_matrix[[row]], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("formula", FORMULAS)
def test_every_predictor_has_its_lines(formula, fitted):
    fit = fitted(formula)
    predictor = read_formula(fit._model)
    assert {axis.x for axis in predictor.axes} == {column.name for column in fit._model.predictors}
    assert fit.failures == ()
    assert len(fit.view.tabs.fan.axes) == len(predictor.axes)


def test_lines_over_a_level_that_the_grid_has_not(fitted):
    fit = fitted("y ~ x + binary(two, 'b')")
    over = {axis.x: axis.strata[0].mean.rows for axis in read_formula(fit._model).axes}
    grid = np.linspace(FRAME["x"].min(), FRAME["x"].max(), 100)
    np.testing.assert_allclose(over["x"], np.column_stack([np.ones(100), grid, np.zeros(100)]))
    np.testing.assert_allclose(over["two"], [[1, FRAME["x"].mean(), 0], [1, FRAME["x"].mean(), 1]])
    predicted = fit.predict({"x": [1.0], "two": ["a"]})
    draws = fit.posterior["posterior"]
    np.testing.assert_allclose(predicted["mean"], float((draws["Intercept"] + draws["x"]).mean()))


# Bambi says so of every cumulative model.
@pytest.mark.filterwarnings("ignore:The intercept is omitted in ordinal families")
@pytest.mark.parametrize(
    ("formula", "family"),
    [("three ~ x + binary(two, 'b')", "cumulative"), ("count ~ z + first(two)", "zero_inflated_poisson")],
)
def test_means_that_bambi_predicts(formula, family, fitted):
    fit = fitted(formula, family=family)
    assert fit.failures == ()
    alone = fit.predict({"x": [1.0], "z": [2.0], "two": ["b"]})
    beside = fit.predict({"x": [2.0, 1.0], "z": [1.5, 2.0], "two": ["a", "b"]})
    np.testing.assert_allclose(alone["mean"], beside["mean"][1::2], rtol=1e-12)


def test_slopes_of_groups(fitted):
    fit = fitted("y ~ x + (binary(two, 'b')|g)")
    assert fit.failures == ()
    assert [axis.label for axis in fit.view.tabs.fan.axes] == ["x", "g"]


def test_offsets_and_slopes_that_centre_by_hand(fitted):
    fit = fitted("y ~ z + offset(by_hand(x)) + (by_hand(x)|g)")
    assert fit.failures == ()
    mean, sd = FRAME["x"].mean(), FRAME["x"].std()
    here, there = fit.predict({"x": [mean, mean + sd], "z": 2.0})["mean"]
    assert there - here == pytest.approx(1.0)


WHOLE = {
    "y ~ np.argsort(x) + z": ("np.argsort(x)", {"x"}),
    "y ~ ranks(x) * z": ("ranks(x)", {"x"}),
    "y ~ I(x - ranks(x)) + z": ("I(x - ranks(x))", {"x"}),
    "y ~ poly(ranks(x), 2) + z": ("poly(ranks(x), 2)", {"x"}),
    "y ~ z + offset(ranks(x))": ("offset(ranks(x))", {"x"}),
    "y ~ half(x) * z": ("half(x)", {"x"}),
    "y ~ own_mean(x, g) + z": ("own_mean(x, g)", {"x", "g"}),
    "y ~ series.rank() + z": ("series.rank()", {"series"}),
    "y ~ z + (1|half(x))": ("half(x)", {"x"}),
    "y ~ z + (ranks(x)|g)": ("ranks(x)", {"x"}),
}


@pytest.mark.parametrize("formula", WHOLE)
def test_a_function_of_a_whole_column_has_no_lines_and_no_predictions(formula, fitted):
    fit = fitted(formula)
    call, names = WHOLE[formula]
    assert set(fit._model.source.whole.items()) == {(name, call) for name in names}
    predictor = read_formula(fit._model)
    assert "z" in {axis.x for axis in predictor.axes}
    assert not names & {axis.x for axis in predictor.axes}
    assert any(f"{call} computes with the whole column" in text for text in predictor.left_out)
    with pytest.raises(ModelError, match="computes with the whole column and has no value at a new row"):
        fit.predict({"x": 1.0, "z": 2.0, "g": "p"})
    assert fit.failures == ()


def test_other_lines_hold_such_a_function_at_its_mean(fitted):
    fit = fitted("y ~ ranks(x) * z")
    (axis,) = read_formula(fit._model).axes
    grid = np.linspace(FRAME["z"].min(), FRAME["z"].max(), 100)
    middle = (N + 1) / 2
    np.testing.assert_allclose(
        axis.strata[0].mean.rows, np.column_stack([np.ones(100), np.full(100, middle), grid, middle * grid])
    )
    assert [held.value for held in axis.held] == [
        f"{FRAME['x'].mean():.4g} (mean), ranks(x) where it is on average"
    ]


def test_only_such_functions_leave_no_lines(fitted):
    nothing = read_formula(fitted("y ~ ranks(x)")._model)
    assert nothing.reason.startswith("No lines over x: ranks(x) computes with the whole column")


@pytest.mark.parametrize(
    ("formula", "remedy"),
    [
        ("y ~ I(x - x.mean())", r"Write np\.mean\(x\)\."),
        ("y ~ x.rank()", "Define a function of x in the notebook"),
    ],
)
def test_a_method_of_a_column_is_named(formula, remedy, fitted):
    with pytest.raises(FormulaError, match=rf"is a method of a column[\s\S]*{remedy}"):
        fitted(formula)
