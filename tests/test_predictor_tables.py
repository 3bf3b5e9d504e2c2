"""Predictor tables against fit.predict, and against Bambi's own predict."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("bambi")

import bambi

from glm_magic._stack import bambi_parameters, to_native
from glm_magic.model import FormulaSource
from glm_magic.posterior import scalars
from glm_magic.predictor.tables import NoTables, PredictorTables, entries, shifts
from glm_magic.predictor.tables.build import tables_of
from glm_magic.predictor.tables.evaluate import averaged, evaluate
from glm_magic.predictor.tables.rows import with_rows

# What Bambi and formulae themselves warn about while a model is built, and values beyond the data: an exposure of 1.
pytestmark = [
    pytest.mark.filterwarnings("ignore:For backward compatibility, 'str' dtypes:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Using 'c\\(:FutureWarning"),
    pytest.mark.filterwarnings("ignore:Scan return signature:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning"),
    pytest.mark.filterwarnings("ignore::glm_magic.errors.Extrapolation"),
]

N = 60
RNG = np.random.default_rng(8927)
FRAME = pd.DataFrame(
    {
        "x": RNG.gamma(4.0, 0.5, N) + 0.1,
        "z": RNG.normal(1.0, 0.5, N),
        "w": RNG.uniform(-1.0, 1.0, N),
        "k": RNG.integers(0, 6, N),
        "e": RNG.uniform(0.5, 20.0, N),
        "g": RNG.choice(list("abc"), N),
        "h": RNG.choice(["one", "two"], N),
        "flag": RNG.random(N) < 0.5,
        "size": pd.Categorical(
            RNG.choice(["small", "middle", "large"], N), ["small", "middle", "large"], ordered=True
        ),
        "town": np.repeat(["ayr", "bonn", "cork"], N // 3),
        "school": np.resize(["s0", "s1"], N),
        "my col": RNG.normal(size=N),
        "loose": pd.Categorical(RNG.choice(["u", "v"], N), ["v", "u", "never"]),
        "counts": pd.array(RNG.integers(0, 200, N), dtype="Int64"),
        "draw": RNG.normal(size=N),
        "c1": RNG.integers(1, 5, N),
        "c2": RNG.integers(1, 5, N),
        "c3": RNG.integers(1, 5, N),
        "y": RNG.normal(size=N),
        "positive": RNG.gamma(2.0, 1.0, N),
        "hit": RNG.integers(0, 2, N),
        "count": RNG.poisson(2.0, N),
        "share": RNG.uniform(0.05, 0.95, N),
        "won": RNG.binomial(8, 0.4, N),
        "n": np.full(N, 8),
        "kind": np.resize(["low", "middle", "high"], N),
        "grade": pd.Categorical(np.resize([1, 2, 3, 4], N), ordered=True),
        "side": np.resize(["left", "right"], N),
        "angle": RNG.uniform(-3, 3, N),
    }
)
COMBINATIONS = 6


def fitted(text, family=None, link=None, priors=None, **names):
    """A fit of few draws that were not sampled; formulas may call what is named."""
    from glm_magic import api

    names = {"np": np, "pd": pd, **names}
    return api.glm(
        text, FRAME, family=family, link=link, priors=priors, draws=5, chains=2, seed=1, namespace=names
    )


def source_of(fit) -> FormulaSource:
    assert isinstance(fit._model.source, FormulaSource)
    return fit._model.source


def made(fit) -> PredictorTables:
    tables = tables_of(fit._model)
    assert isinstance(tables, PredictorTables), tables
    return tables


def draws_of(fit):
    return {one.label: one.draws.ravel() for one in scalars(fit._record)}


def combinations(tables, groups):
    """Positions at random, as the user's own values and as positions; the first is the reference."""
    rng = np.random.default_rng(5)
    inside = {one.variable: one.codes for p in tables.parameters for term in p.groups for one in term.by}
    for place in range(COMBINATIONS):
        held, values = {}, {}
        for one in tables.variables:
            allowed = np.arange(len(one.grid))
            if one.name in groups:
                allowed = np.flatnonzero(inside[one.name] >= 0)
            at = one.start if place == 0 and one.start in allowed else int(rng.choice(allowed))
            held[one.name] = at
            values[one.name] = [one.levels[at] if one.levels else one.grid[at]]
        yield held, values


def only_grouping(fit):
    """Variables that stand in grouping factors alone."""
    common = set()
    for component in bambi_parameters(source_of(fit).bambi).values():
        if component.design.common is not None:
            for term in component.design.common.terms.values():
                common |= set(getattr(term, "var_names", None) or ())
        if component.design.group is not None:
            for term in component.design.group.terms.values():
                common |= set(getattr(term.expr, "var_names", None) or ())
    return {column.name for column in fit._model.predictors} - common


def check(fit, groups=()):
    """The tables give what fit.predict gives, for draws of the mean at random held values."""
    tables, draws = made(fit), draws_of(fit)
    left_out = only_grouping(fit) - set(groups)
    for held, values in combinations(tables, groups):
        new = {name: value for name, value in values.items() if name not in left_out} or pd.DataFrame(
            index=range(1)
        )
        expected = fit.predict(new, draws=True, groups="as given" if groups else "population")
        found = evaluate(tables, draws, held, groups)
        assert found.mean is not None, tables.reason
        np.testing.assert_allclose(
            found.mean.reshape(10, -1), expected.values.reshape(10, -1), rtol=1e-9, atol=1e-12
        )
    return tables


PREDICTORS = [
    "x", "x + z", "x + I(x**2)", "poly(x, 3)", "poly(x, 2, raw=True)", "bs(x, df=5)", "bs(x, df=4)*g",
    "np.log(x)", "np.log(x)*z", "x*z", "x*g", "g*h", "x*z*g", "x:g", "g/x", "x*g*h", "g", "k", "flag", "x*flag",
    "size", "x*size", "0 + g", "0 + g + x", "0 + g*h", "0 + g:x", "C(g, levels=['c', 'a', 'b'])",
    "C(g, Treatment('b'))",
    "x*C(g, Sum)", "C(k)", "x*C(k)", "C(x > 2)*z", "scale(x)", "scale(x)*z", "center(x)*g", "center(x):center(z)",
    "x + offset(z)", "x + offset(np.log(e))", "x + offset(np.log(e)) + offset(np.exp(w))",
    "x:np.log(x)", "x:C(x > 2)", "poly(x, 2):z", "bs(x, df=4):poly(z, 2)", "k + C(k)", "`my col`*x", "power(x, a)*g",
    "I(a*x) + z", "x + offset(2)", "0 + x", "np.log(x + z + 3)", "loose*x", "counts + x", "{x**2}*h",
    "I(x / 10)*z", "draw*x", "x - np.mean(x)", "I(x - np.mean(x))*z",
    "np.exp(-x) + np.sqrt(e)", "pd.cut(x, 3)*z", "np.maximum(x, z)*g", "I(x*z) + w",
    "I(x / (z + 9)) + x", "binary(g, 'b')*x", "x + (1|g)",
]  # fmt: skip


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize("right", PREDICTORS)
def test_a_gaussian_mean_is_a_product_of_tables(right):
    check(fitted(f"y ~ {right}", power=np.power, a=1.5))


@pytest.mark.usefixtures("no_sampling")
def test_an_intercept_alone_is_its_own_mean():
    fit = fitted("y ~ 1")
    tables, draws = made(fit), draws_of(fit)
    assert (tables.variables, tables.tables) == ((), ())
    np.testing.assert_array_equal(evaluate(tables, draws).mean, draws["Intercept"])


FAMILIES = [
    ("hit ~ x*z", "bernoulli"), ("count ~ x + g", "poisson"), ("positive ~ x + bs(z, df=4)", "gamma"),
    ("count ~ x*g", "negativebinomial"), ("share ~ x", "beta"), ("p(won, n) ~ x*g", "binomial"), ("y ~ x + z", "t"),
    ("y ~ x", "laplace"), ("y ~ x", "asymmetriclaplace"), ("positive ~ x", "wald"), ("positive ~ x", "weibull"),
    ("positive ~ x", "exponential"), ("p(won, n) ~ x", "beta_binomial"), ("count ~ x", "zero_inflated_poisson"),
    ("count ~ x", "zero_inflated_negativebinomial"), ("p(won, n) ~ x", "zero_inflated_binomial"),
    ("count ~ x", "hurdle_poisson"), ("count ~ x", "hurdle_negativebinomial"), ("positive ~ x", "hurdle_gamma"),
    ("positive ~ x", "hurdle_lognormal"), ("positive ~ x", "lognormal"), ("y ~ x", "exgaussian"),
    ("count ~ x + offset(np.log(e))", "poisson"), ("count ~ x*z + offset(np.log(e / 10))", "negativebinomial"),
    ("kind ~ x*g", "categorical"), ("kind ~ 1 + bs(x, df=4)", "categorical"), ("grade ~ x*g", "cumulative"),
    ("grade ~ x + poly(z, 2)", "sratio"), ("side ~ x", "categorical"), ("c(c1, c2, c3) ~ x*g", "multinomial"),
    ("c(c1, c2, c3) ~ x + (1|g)", "dirichlet_multinomial"), ("grade ~ offset(z) + x", "cumulative"),
  ("grade ~ x + (x|g)\n", "sratio"),
    ("y ~ x\nsigma ~ x", "gaussian"), ("count ~ x\npsi ~ z*g", "zero_inflated_poisson"),
    ("positive ~ x\nsigma ~ bs(z, df=4)", "lognormal"), ("count ~ x + (1|g)\npsi ~ (x|h)", "hurdle_poisson"),
]  # fmt: skip


NEW_IN_BAMBI_0_18 = {"lognormal", "exgaussian"}


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(("text", "family"), FAMILIES)
def test_every_family_has_its_mean(text, family):
    if family in NEW_IN_BAMBI_0_18 and family not in bambi.defaults.families.BUILTIN_FAMILIES:
        pytest.skip(f"this Bambi has no family {family}")
    check(fitted(text, family))


LINKS = [
    ("hit ~ x + z", "bernoulli", "probit"), ("hit ~ x + z", "bernoulli", "cloglog"), ("y ~ x", "gaussian", "log"),
    ("y ~ x", "gaussian", "inverse"), ("grade ~ x*g", "cumulative", "probit"), ("grade ~ x", "sratio", "cloglog"),
    ("positive ~ x", "gamma", "inverse"), ("positive ~ x", "wald", "inverse_squared"),
]  # fmt: skip


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(("text", "family", "link"), LINKS)
def test_every_link_has_its_mean(text, family, link):
    assert check(fitted(text, family, link)).parameters[0].link == link


@pytest.mark.usefixtures("no_sampling")
def test_a_parameter_that_is_fixed_at_a_number_is_a_constant():
    tables = check(fitted("count ~ x", "zero_inflated_poisson", priors={"psi": 0.25}))
    psi = tables.parameters[1]
    assert (psi.name, psi.columns[0].labels) == ("psi", ())
    assert tables.tables[psi.columns[0].tables[0]].values == 0.25


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("y ~ x\nsigma ~ z*g", "gaussian"), ("count ~ x\npsi ~ z", "zero_inflated_poisson"),
        ("y ~ x\nnu ~ g", "t"), ("share ~ x\nkappa ~ bs(z, df=4)", "beta"),
    ],
)  # fmt: skip
def test_every_parameter_is_what_predict_gives(text, family):
    fit = fitted(text, family)
    tables, draws = made(fit), draws_of(fit)
    for held, values in combinations(tables, ()):
        expected = fit.predict(values, draws=True, kind="parameters")
        found = evaluate(tables, draws, held).parameters
        assert set(found) == set(expected.data_vars)
        for name, own in found.items():
            np.testing.assert_allclose(own, expected[name].values.ravel(), rtol=1e-9)


GROUPS = [
    ("y ~ x + (1|g)", None, ["g"]), ("y ~ (x|g)", None, ["g"]), ("y ~ x + (0 + x|g)", None, ["g"]),
    ("y ~ x + (1|town/school)", None, ["town", "school"]), ("y ~ x + (x|town/school)", None, ["town", "school"]),
    ("y ~ x + (1|town/school)", None, ["town"]), ("y ~ x*h + (h|g)", None, ["g"]),
    ("y ~ x + (bs(x, df=4)|g)", None, ["g"]), ("y ~ (x:h|g)", None, ["g"]), ("y ~ x + (1|g) + (z|h)", None, ["h"]),
    ("y ~ k + (1|k)", None, ["k"]), ("y ~ g*x + (x|g)", None, ["g"]),
    ("hit ~ x + (x|g)", "bernoulli", ["g"]), ("count ~ x + (1|g)\npsi ~ (x|h)", "hurdle_poisson", ["g", "h"]),
    ("grade ~ x + (1|g)", "cumulative", ["g"]), ("kind ~ x + (x|g)", "categorical", ["g"]),
    ("kind ~ x + (h|g)", "categorical", ["g"]), ("count ~ x + (1|g) + offset(np.log(e))", "poisson", ["g"]),
]  # fmt: skip


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(("text", "family", "groups"), GROUPS)
def test_groups_add_their_own_effects(text, family, groups):
    fit = fitted(text, family)
    check(fit, groups)
    check(fit)


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("y ~ x*z + bs(w, df=4) + C(g, Treatment('b'))", None), ("hit ~ x*g", "bernoulli"),
        ("count ~ x + offset(np.log(e))", "poisson"), ("kind ~ x", "categorical"), ("grade ~ x*g", "cumulative"),
        ("y ~ x + (x|g)", None),
    ],
)  # fmt: skip
def test_bambi_itself_gives_the_same(text, family):
    fit = fitted(text, family)
    tables, draws = made(fit), draws_of(fit)
    groups = {one.variable for term in tables.parameters[0].groups for one in term.by}
    model = source_of(fit).bambi
    for held, values in combinations(tables, groups):
        own = pd.DataFrame(values).astype(
            {name: dtype for name, dtype in FRAME.dtypes.items() if name in values and dtype.kind == "O"}
        )
        predicted = model.predict(
            to_native(fit.posterior),
            kind="response_params",
            data=own,
            inplace=False,
            include_group_specific=bool(groups),
        )["posterior"][model.family.likelihood.parent]
        found = evaluate(tables, draws, held, groups).mean
        np.testing.assert_allclose(
            found.reshape(10, -1), np.asarray(predicted).reshape(10, -1), rtol=1e-9, atol=1e-12
        )


@pytest.mark.usefixtures("no_sampling")
def test_the_record_of_an_interaction():
    tables = made(fitted("y ~ x*g"))
    (mu, sigma) = tables.parameters
    assert [column.labels for column in mu.columns] == [
        ("Intercept",), ("x",), ("g[b]",), ("g[c]",), ("x:g[b]",), ("x:g[c]",)
    ]  # fmt: skip
    assert [column.tables for column in mu.columns] == [(), (0,), (1,), (2,), (0, 1), (0, 2)]
    assert [table.variables for table in tables.tables] == [("x",), ("g",), ("g",)]
    assert [list(table.values) for table in tables.tables[1:]] == [[0, 1, 0], [0, 0, 1]]
    x = tables.variable("x")
    np.testing.assert_array_equal(tables.tables[0].values, x.grid)
    assert x.grid[x.start] == FRAME["x"].mean()
    assert (x.grid[0], x.grid[-1], len(x.grid)) == (FRAME["x"].min(), FRAME["x"].max(), 103)
    spread = [FRAME["x"].mean() + by * FRAME["x"].std() for by in (-1, 0, 1)]
    assert [name for name, _ in x.places] == ["mean - sd", "mean", "mean + sd"]
    np.testing.assert_allclose([x.grid[at] for _, at in x.places], spread, rtol=1e-12)
    assert tables.variable("g").levels == ("a", "b", "c")
    assert (sigma.name, [column.labels for column in sigma.columns]) == ("sigma", [("sigma",)])
    assert (tables.mean, tables.inputs, tables.ylabel) == ("main", ("mu",), "E[y | x]")


@pytest.mark.usefixtures("no_sampling")
def test_whole_numbers_stop_at_their_values_and_at_the_mean():
    k = made(fitted("y ~ k")).variable("k")
    assert list(k.grid[k.stops]) == sorted([*range(6), FRAME["k"].mean()])
    assert len(k.grid) > 103


@pytest.mark.usefixtures("no_sampling")
def test_an_exposure_starts_at_one_even_outside_the_data():
    tables = made(fitted("count ~ x + offset(np.log(e / 100))", "poisson"))
    e = tables.variable("e")
    assert e.grid[e.start] == 100.0 > FRAME["e"].max()
    assert (tables.exposure, tables.ylabel) == (("e",), "E[count per 100 e | x]")
    offset = next(column for column in tables.parameters[0].columns if not column.labels)
    assert tables.tables[offset.tables[0]].values[e.start] == 0.0


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(
    ("family", "inputs"),
    [
        ("zero_inflated_poisson", {"mu", "psi"}), ("hurdle_negativebinomial", {"mu", "psi", "alpha"}),
        ("negativebinomial", {"mu"}),
    ],
)  # fmt: skip
def test_the_record_says_what_the_mean_depends_on(family, inputs):
    tables = made(fitted("count ~ x", family))
    assert set(tables.inputs) == inputs
    assert tables.mean == ("main" if family == "negativebinomial" else family)


@pytest.mark.usefixtures("no_sampling")
def test_groups_that_a_function_makes_of_a_number():
    fit = fitted("y ~ x + (1|C(z > 1))")
    tables, draws = made(fit), draws_of(fit)
    z = tables.variable("z")
    values = [float(level) for level in z.levels]
    for at in (3, len(values) - 3):
        own = draws[f"1|C(z > 1)[{values[at] > 1}]"]
        expected = draws["Intercept"] + draws["x"] * tables.variable("x").grid[7] + own
        found = evaluate(tables, draws, {"x": 7, "z": at}, ["z"]).mean
        np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.usefixtures("no_sampling")
def test_a_nested_group_has_a_code_for_each_part():
    (term,) = [
        one for one in made(fitted("y ~ x + (x|town:school)")).parameters[0].groups if one.term[0] == "x"
    ]
    assert [(one.variable, list(one.codes), one.n_groups) for one in term.by] == [
        ("town", [0, 1, 2], 3), ("school", [0, 1], 2),
    ]  # fmt: skip
    assert term.groups[:2] == ("ayr:s0", "ayr:s1")
    assert term.labels[0][1] == ("x|town:school[ayr:s1]",)
    assert len(term.columns) == 1


@pytest.mark.usefixtures("no_sampling")
def test_the_distribution_of_new_groups_is_named():
    terms = made(fitted("y ~ x + (x|g) + (bs(x, df=4)|h)")).parameters[0].groups
    for term in terms:
        assert term.distribution == "Normal"
        mu, sigma = sorted(term.arguments, key=lambda one: one.name)
        assert (mu.name, mu.labels, sigma.name) == ("mu", (), "sigma")
        assert mu.values.shape == (len(term.columns), 1)
        assert not mu.values.any()
    assert [[own for (own,) in one.labels] for term in terms for one in term.arguments if one.labels] == [
        ["1|g_sigma"], ["x|g_sigma"], ["1|h_sigma"], [f"bs(x, df=4)|h_sigma[{place}]" for place in range(4)],
    ]  # fmt: skip


@pytest.mark.usefixtures("no_sampling")
def test_the_distribution_of_new_groups_is_that_of_the_users_prior():
    (term,) = (
        made(fitted("y ~ x + (1|g)", priors={"1|g": "StudentT(nu=4, mu=0, sigma=HalfNormal(1))"}))
        .parameters[0]
        .groups
    )
    named = {one.name: one for one in term.arguments}
    assert term.distribution == "StudentT"
    assert named["nu"].values == [[4.0]]
    assert named["sigma"].labels == (("1|g_sigma",),)


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(
    ("text", "family", "groups"),
    [
        ("hit ~ x*z*g", "bernoulli", ()),
        ("count ~ bs(x, df=4) + np.maximum(z, w)*k + offset(np.log(e))", "poisson", ()),
        ("count ~ x*g\npsi ~ z", "zero_inflated_poisson", ()), ("grade ~ x*z", "cumulative", ()),
        ("kind ~ x*g + z", "categorical", ()), ("hit ~ x*z + (x|g) + (1|town/school)", "bernoulli", ()),
        ("hit ~ x*z + (x|g) + (1|town/school)", "bernoulli", ("g", "town", "school")),
    ],
)  # fmt: skip
def test_a_mean_is_averaged_over_the_rows_of_the_data(text, family, groups):
    fit = fitted(text, family)
    chosen = np.array([3, 50, 11, 12, 13, 40])
    tables = tables_of(fit._model, chosen)
    x = tables.variable("x")
    rows = FRAME.iloc[chosen].assign(x=x.grid[70])
    expected = fit.predict(rows, draws=True, groups="as given" if groups else "population").values
    expected = expected.reshape(10, len(chosen), -1).mean(axis=1)
    found = averaged(tables, draws_of(fit), {"x": 70}, groups)
    np.testing.assert_allclose(found.reshape(10, -1), expected, rtol=1e-9)


@pytest.mark.usefixtures("no_sampling")
def test_variables_of_one_function_are_averaged_together():
    fit = fitted("y ~ np.maximum(x, z)")
    tables = tables_of(fit._model, np.arange(5))
    with pytest.raises(ValueError, match="x and z stand in one function"):
        averaged(tables, draws_of(fit), {"x": 3})


def between(x, table=None):
    """A function that knows the values of the data alone."""
    known = {value: value / 2 for value in FRAME["x"]} if table is None else table
    return np.array([known[value] for value in np.asarray(x)])


@pytest.mark.usefixtures("no_sampling")
def test_a_function_without_values_between_the_data_has_no_tables():
    tables = tables_of(fitted("y ~ between(x) + z", between=between)._model)
    assert isinstance(tables, NoTables)
    assert tables.reason.startswith("between(x) has no value between those of the data (KeyError")


@pytest.mark.usefixtures("no_sampling")
def test_three_numbers_in_one_function_cannot_be_moved_and_the_others_can():
    fit = fitted("y ~ np.maximum(np.maximum(x, z), w) + x + e")
    tables, draws = made(fit), draws_of(fit)
    reasons = {one.name: one.reason for one in tables.variables}
    words = "np.maximum(np.maximum(x, z), w) computes with x, z and w together, and has a value for each of"
    assert all(reasons[name].startswith(words) for name in "xzw")
    assert reasons["e"] == ""
    assert [len(tables.variable(name).grid) for name in "xzwe"] == [1, 1, 1, 103]
    e = tables.variable("e").grid[3]
    new = {name: FRAME[name].mean() for name in "xzw"} | {"e": e}
    found = evaluate(tables, draws, {"e": 3}).mean
    np.testing.assert_allclose(found, fit.predict(new, draws=True).values.ravel(), rtol=1e-9)


@pytest.mark.usefixtures("no_sampling")
def test_a_function_of_a_whole_column_cannot_be_moved():
    tables = made(fitted("y ~ np.argsort(x) + z"))
    assert "np.argsort(x) computes with the whole column" in tables.variable("x").reason
    assert tables.variable("z").reason == ""


@pytest.mark.usefixtures("no_sampling")
def test_a_gaussian_process_has_no_tables():
    tables = tables_of(fitted("y ~ hsgp(x, m=5, c=2)")._model)
    assert isinstance(tables, NoTables)
    assert tables.reason.startswith("hsgp(x, m=5, c=2) is a Gaussian process")


@pytest.mark.usefixtures("no_sampling")
def test_a_direction_has_a_linear_predictor_and_a_reason():
    fit = fitted("angle ~ x", "vonmises")
    tables = made(fit)
    assert tables.mean == ""
    assert "averaged on the circle" in tables.reason
    assert evaluate(tables, draws_of(fit)).mean is None


@pytest.mark.usefixtures("no_sampling")
def test_a_wrong_table_is_found_and_its_variable_is_held(monkeypatch):
    fit = fitted("y ~ np.exp(x)*z")
    common = bambi_parameters(source_of(fit).bambi)["mu"].design.common
    part = common.terms["np.exp(x)"].components[0]
    whole = type(part).eval_new_data

    def misled(self, data):
        """Give another function of x in a column of many rows, but for the mean of x."""
        found = whole(self, data)
        right = len(data) < 50 or data["x"] == FRAME["x"].mean()
        return np.where(right, found, found + 1e-6)

    monkeypatch.setattr(type(part), "eval_new_data", misled)
    tables = made(fit)
    assert tables.variable("x").reason == (
        "np.exp(x) depends on more than the values of its own variables, so that a table of it would be wrong"
    )
    assert tables.variable("z").reason == ""
    assert [len(one.grid) for one in tables.variables] == [1, 103]


ROWS = np.array([3, 50, 11, 12, 13, 40])


def shift_of(right, variable, function=0):
    """What a function of the formula changes by; `function` is its place."""
    table = tables_of(fitted(f"y ~ {right}")._model, ROWS).tables[function]
    (shift,) = [one for one in table.shifts if one.variable == variable]
    return shift


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(
    ("right", "variable", "one", "slope"),
    [
        ("x", "x", lambda x, _: [1.0], lambda x, _: [1.0]),
        ("scale(x)", "x", lambda x, _: [1 / FRAME["x"].std(ddof=0)], lambda x, _: [1 / FRAME["x"].std(ddof=0)]),
        ("I(x**2)", "x", lambda x, _: 2 * x + 1, lambda x, _: 2 * x),
        ("np.log(x)", "x", lambda x, _: np.log1p(1 / x), lambda x, _: 1 / x),
        ("I(x*z)", "x", lambda x, z: z, lambda x, z: z),
        ("I(x*z)", "z", lambda x, z: x, lambda x, z: x),
        ("C(x > 2):z", "x", lambda x, z: (x + 1 > 2).astype(float) - (x > 2), lambda x, z: 0 * x),
    ],
)  # fmt: skip
def test_functions_change_as_their_number_moves(right, variable, one, slope):
    own = FRAME.iloc[ROWS]
    x, z = own["x"].to_numpy(), own["z"].to_numpy()
    # C(x > 2) has a column for each of its two values; the second is the one that tells.
    found = shift_of(right, variable, 1 if right.startswith("C(") else 0)
    for own, expected in ((found.one, one(x, z)), (found.slope, slope(x, z))):
        # Once where all rows change alike.
        assert len(own) == (1 if np.ptp(expected) == 0 else len(ROWS))
        np.testing.assert_allclose(*np.broadcast_arrays(own, expected), rtol=1e-6, atol=1e-9)


@pytest.mark.usefixtures("no_sampling")
def test_a_column_as_it_stands_is_its_own_table(monkeypatch):
    """Frames of new rows cost more time than all else: without functions only the check needs them."""
    fit = fitted("y ~ x*z + k + counts")

    def refused(*_):
        raise AssertionError("a frame was made")

    for place in (entries, shifts):
        monkeypatch.setattr(place, "completed", refused)
    tables = tables_of(fit._model, ROWS)
    assert [one.variables for one in tables.tables] == [("x",), ("z",), ("k",), ("counts",)]
    for one in tables.tables:
        np.testing.assert_array_equal(one.values, tables.variable(*one.variables).grid)
        np.testing.assert_array_equal(one.observed, FRAME[one.variables[0]].to_numpy(dtype=float)[ROWS])
        (shift,) = one.shifts
        assert (shift.one.tolist(), shift.slope.tolist()) == ([1.0], [1.0])


@pytest.mark.usefixtures("no_sampling")
def test_rows_are_not_moved_along_groups_or_where_a_function_has_no_value():
    def small(x):
        if (x > FRAME["x"].max()).any():
            raise ValueError("too large")
        return x

    rows = np.append(ROWS, FRAME["x"].argmax())
    tables = tables_of(fitted("y ~ small(x) + z + k + (1|k)", small=small)._model, rows)
    assert tables.variable("x").unmoved == "small(x) has no value where x is moved: it raises ValueError"
    assert tables.variable("k").unmoved == "k tells groups apart, and other values have none"
    assert not tables.variable("z").unmoved


@pytest.mark.usefixtures("no_sampling")
def test_variables_keep_their_values_at_the_rows():
    tables = tables_of(fitted("hit ~ x + g + k", "bernoulli")._model, ROWS)
    own = FRAME.iloc[ROWS]
    np.testing.assert_array_equal(tables.variable("x").observed, own["x"])
    assert [tables.variable("g").levels[int(at)] for at in tables.variable("g").observed] == list(own["g"])
    assert not tables.variable("k").indicator
    assert tables_of(fitted("y ~ hit")._model, ROWS).variable("hit").indicator


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(
    ("text", "family", "link", "words"),
    [
        ("hit ~ x", "bernoulli", None, ("odds ratio", "odds")), ("hit ~ x", "bernoulli", "probit", None),
        ("count ~ x", "poisson", None, ("rate ratio", "rate")),
        ("grade ~ x", "cumulative", None, ("odds ratio", "odds")),
        ("kind ~ x", "categorical", None, ("odds ratio", "odds")), ("y ~ x", "gaussian", None, None),
        ("positive ~ x", "gamma", "log", ("ratio of means", "mean")),
    ],
)  # fmt: skip
def test_exponentiated_coefficients_have_a_name(text, family, link, words):
    found = made(fitted(text, family, link)).ratios
    assert (None if found is None else (found.ratio, found.base)) == words


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(
    ("text", "family", "trials", "bounds", "reason"),
    [
        ("y ~ x", None, 0, None, ""),
        ("p(won, n) ~ x", "binomial", 8, None, ""),
        ("p(won, 8) ~ x", "beta_binomial", 8, None, ""),
        (
            "p(hit, c1) ~ x",
            "binomial",
            2,
            None,
            "of 1 to 4 trials, and a new observation is of 2, their median",
        ),
        (
            "c(c1, c2, c3) ~ x",
            "multinomial",
            0,
            None,
            "trials, and of how many a new observation is, is not known",
        ),
        ("truncated(positive, lb=0) ~ x", "gaussian", 0, [0.0, np.inf], ""),
        ("constrained(positive, ub=99) ~ x", "gaussian", 0, [-np.inf, 99.0], ""),
        ("truncated(c1, lb=w) ~ x", "gaussian", 0, None, "the bounds of the response differ between rows"),
    ],
)
def test_what_a_new_observation_is(text, family, trials, bounds, reason):
    found = made(fitted(text, family)).observation
    assert found.trials == trials
    assert (None if found.bounds is None else found.bounds.tolist()) == bounds
    assert reason in found.reason
    assert bool(found.reason) == bool(reason)


def leaves(value):
    """Arrays and plain values of records, in order."""
    if isinstance(value, tuple):
        return [leaf for one in value for leaf in leaves(one)]
    if is_dataclass(value):
        return [leaf for one in fields(value) for leaf in leaves(getattr(value, one.name))]
    return [value]


@pytest.mark.parametrize("formula", ["y ~ bs(x, df=5) + np.log(z + 5) * g + (x|g)", "y ~ x"])
@pytest.mark.usefixtures("no_sampling")
def test_fewer_rows_are_those_that_were_asked_for_alone(formula):
    model = fitted(formula)._model
    kept = np.arange(40) % 3 == 0
    fewer = leaves(with_rows(tables_of(model, np.arange(40)), kept))
    for found, expected in zip(fewer, leaves(tables_of(model, np.flatnonzero(kept))), strict=True):
        if isinstance(expected, np.ndarray):
            np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)
        else:
            assert found == expected
