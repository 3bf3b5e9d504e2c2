"""A formula cell and a table become a model."""

from __future__ import annotations

import bambi
import numpy as np
import pandas as pd
import pytest

from glm_magic._stack import bambi_parameters
from glm_magic.data import as_table, no_table
from glm_magic.errors import DataError, FormulaError, ModelError, Where
from glm_magic.model.formula import formula_model
from glm_magic.request import Options
from glm_magic.request.cell import read_cell

N = 24


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x = rng.normal(size=N)
    frame = pd.DataFrame({"x": x, "y": 1 + 2 * x + rng.normal(size=N), "z": rng.normal(size=N)})
    binary = rng.permutation([0, 1] * (N // 2))
    frame = frame.assign(
        g=list("abcd") * (N // 4),
        binary=binary,
        flag=binary.astype(bool),
        count=rng.poisson(3, N),
        positive=np.exp(x),
        unit=rng.uniform(0.1, 0.9, N),
        single=x.astype("float32"),
        integers=pd.array(rng.integers(0, 9, N), dtype="Int64"),
        floats=pd.array(x, dtype="Float64"),
        flags=pd.array(binary.astype(bool), dtype="boolean"),
        strings=pd.array(list("uvwx") * (N // 4), dtype="string"),
        objects=pd.Series(list(x), dtype=object),
        digits=[str(value) for value in binary],
        level=pd.Categorical(list("lmh") * (N // 3), categories=["l", "m", "h"], ordered=True),
    )
    frame["holes"] = frame["integers"].mask(frame.index == 3)
    frame["gaps"] = frame["strings"].mask(frame.index == 5)
    return frame


def model_of(text, data, namespace=None, **options):
    return formula_model(read_cell(text), as_table(data, "df"), namespace or {}, Options(**options))


COLUMNS = [
    "single",
    "integers",
    "floats",
    "flags",
    "flag",
    "strings",
    "objects",
    "digits",
    "level",
    "holes",
    "gaps",
]


@pytest.mark.parametrize("name", COLUMNS)
def test_every_kind_of_column_can_be_a_predictor(frame, name):
    model = model_of(f"y ~ {name}", frame)
    (column,) = model.predictors
    categorical = name in ("flags", "flag", "strings", "digits", "level", "gaps")
    assert bool(column.levels) is categorical
    assert np.isfinite(column.values).all()
    assert (model.dropped is not None) == (name in ("holes", "gaps"))
    if model.dropped:
        assert (model.dropped.rows, model.dropped.of, dict(model.dropped.columns)) == (1, N, {name: 1})


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "uint32", "uint64", "int8", "float16", "float32"])
def test_functions_of_narrow_numbers_do_not_wrap_around(frame, dtype):
    small = frame.assign(n=(frame["count"] + 100).clip(upper=126).astype(dtype))
    design = bambi_parameters(model_of("y ~ I(n - 127) + I(n * 3)", small).source.bambi)["mu"].design.common
    n = small["n"].to_numpy(dtype=float)
    np.testing.assert_array_equal(design.design_matrix[:, 1:], np.column_stack([n - 127, n * 3]))


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("y ~ (C(k)|g)", True),
        ("y ~ k + (C(k)|g)", True),
        ("y ~ (x:C(k)|g)", True),
        ("y ~ (1|g)\nsigma ~ (C(k)|g)", True),
        ("y ~ (k|g)", False),
        ("y ~ k + (1|k)", False),
        ("y ~ (C(k > 2)|g)", False),
        ("y ~ (1|k)", True),
    ],
)
def test_numbers_are_categories_where_any_term_takes_them_so(frame, text, categories):
    columns = model_of(text, frame.assign(k=[1, 2, 3] * (N // 3))).predictors
    assert next(column for column in columns if column.name == "k").levels == ("1", "2", "3") * categories


def test_a_response_in_the_brackets_of_c_says_what_to_write(frame):
    with pytest.raises(ModelError, match=r"needs a column of categories, not C\(binary\)"):
        model_of("C(binary) ~ x", frame, family="bernoulli")


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("integers", "poisson"),
        ("floats", "gaussian"),
        ("flags", "bernoulli"),
        ("objects", "gaussian"),
        ("holes", "t"),
    ],
)
def test_nullable_columns_can_be_the_response(frame, name, family):
    model = model_of(f"{name} ~ x", frame, family=family)
    assert model.source.family == family
    assert np.isfinite(model.response.values).all()


FAMILIES = {
    "gaussian": "y", "t": "y", "bernoulli": "binary", "poisson": "count", "negativebinomial": "count",
    "gamma": "positive", "beta": "unit", "exponential": "positive", "categorical": "g", "cumulative": "level",
}  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.filterwarnings("ignore:The intercept is omitted")
def test_a_response_within_the_support_is_taken(frame, family):
    assert model_of(f"{FAMILIES[family]} ~ x", frame, family=family).source.family == family


def test_a_weighted_gamma_is_refused(frame):
    with pytest.raises(ModelError, match="mistakes the parameters of a weighted gamma"):
        model_of("weighted(positive, unit) ~ x", frame, family="gamma")


def test_bambi_still_mistakes_the_parameters_of_a_weighted_gamma(frame):
    """With weights of 1 its density should be that without weights; once it is, refuse no longer."""
    densities = []
    for formula in ("positive ~ x", "weighted(positive, one) ~ x"):
        model = bambi.Model(formula, frame.assign(one=1.0), family="gamma", link="log")
        model.build()
        built = model.backend.model
        evaluate = built.compile_logp(built.observed_RVs, mode="FAST_COMPILE")
        densities.append(
            float(evaluate({name: 0.4 + value for name, value in built.initial_point().items()}))
        )
    assert densities[0] != pytest.approx(densities[1], rel=1e-3)


ONE_COLUMN = ["x:z|g", "x:flag|g", "poly(x, 1)|g"]


@pytest.mark.parametrize("term", ONE_COLUMN)
def test_a_slope_of_one_column_is_of_its_own_row(frame, term):
    """The predictor is formulae's own design matrix times the effects."""
    model = model_of(f"y ~ 1 + (0 + {term})", frame)
    mean, effects = model.pymc["mu"], np.linspace(-1, 2, 4)
    found = mean.eval({model.pymc["Intercept"]: 0.5, model.pymc[term]: effects})
    (group,) = bambi_parameters(model.source.bambi)["mu"].design.group.terms.values()
    np.testing.assert_allclose(found, 0.5 + np.asarray(group.data.todense()) @ effects, rtol=1e-12)


@pytest.mark.parametrize("term", ONE_COLUMN)
def test_bambi_still_adds_the_effects_of_other_rows(frame, term):
    """Once it does not, `glm_magic.model.design._flatten` can go."""
    model = bambi.Model(f"y ~ 1 + (0 + {term})", frame)
    model.build()
    built, effects = model.backend.model, np.linspace(-1, 2, 4)
    found = built["mu"].eval({built["Intercept"]: 0.5, built[term]: effects})
    (group,) = bambi_parameters(model)["mu"].design.group.terms.values()
    assert not np.allclose(found, 0.5 + np.asarray(group.data.todense()) @ effects, rtol=1e-3)


def test_family_and_link_point_into_the_header():
    frame = pd.DataFrame({"x": [1.0, 2, 3], "y": [1.0, 3, 2]})
    where = Where(text="df -f poison", start=6, end=12)
    with pytest.raises(ModelError) as caught:
        formula_model(read_cell("y ~ x"), as_table(frame), {}, Options(family="poison"), {"family": where})
    assert caught.value.where == where


def test_names_that_pymc_refuses_are_written_otherwise_and_shown_as_written(frame):
    odd = frame.rename(columns={"x": "a/b", "z": "a, b", "g": "<script>", "count": "🙂"})
    model = model_of("y ~ `a/b` + `a, b` + `<script>` + `🙂`", odd)
    assert {"a÷b", "a, b", "<script>", "🙂"} <= set(model.variables)
    assert [column.name for column in model.predictors] == ["a/b", "a, b", "<script>", "🙂"]


def test_functions_and_constants_come_from_the_notebook(frame):
    names = {"twice": lambda v: 2 * v, "k": 4, "x": "hidden by the column", "build": 1, "arguments": 2}
    model = model_of("y ~ twice(x) + bs(z, df=k) + np.exp(x)", frame, names)
    design = bambi_parameters(model.source.bambi)["mu"].design.common
    np.testing.assert_allclose(np.asarray(design["twice(x)"]).squeeze(), 2 * frame["x"])


def test_columns_may_be_called_as_functions_are(frame):
    shadow = frame.assign(log=frame["z"], scale=frame["x"], np=frame["x"])
    model = model_of("y ~ log(positive) + log + scale(x)", shadow)
    assert {column.name for column in model.predictors} == {"log", "positive", "x"}


def test_arrays_of_the_notebook_join_the_frame(frame):
    model = model_of("y ~ x + w", frame, {"w": np.linspace(0, 1, N)})
    assert [column.name for column in model.predictors] == ["x", "w"]
    with pytest.raises(DataError, match="w has 3"):
        model_of("y ~ x + w", frame, {"w": [1, 2, 3]})
    cell = read_cell("b ~ a")
    names = {"a": np.arange(5.0), "b": [1.0, 3, 2, 5, 4]}
    assert formula_model(cell, no_table(), names, Options()).predictors[0].name == "a"


def test_priors_reach_their_terms(frame):
    model = model_of(
        "y ~ x + (1|g)\nx ~ Normal(0, 3)\nsigma ~ HalfNormal(2)\n1|g ~ Normal(0, HalfNormal(4))", frame
    )
    terms = bambi_parameters(model.source.bambi)["mu"].terms
    assert terms["x"].prior.args["sigma"] == 3
    assert terms["1|g"].prior.args["sigma"].args["sigma"] == 4
    assert model.source.own_priors == {"x", "sigma", "1|g"}


PRIORS = {
    "Normal(0, -1)": "Normal needs sigma > 0",
    "Uniform(2, 1)": "Uniform needs lower <= upper",
    "Normal(0, 1, 2)": "PyMC cannot make this Normal",
    "Censored(1)": "PyMC cannot make this Censored",
    "Normal(0, 1, 2, 3)": "Normal takes 3 arguments, not 4",
    "Normal(mean=0)": "Normal has no argument 'mean'",
    "Normal(0, mu=1)": "Normal got 'mu' twice",
    "Normal(0, HalfNormal(1))": "has a distribution inside",
    "Nomal(0, 1)": "PyMC has no distribution 'Nomal'",
    "Model(0, 1)": "PyMC has no distribution 'Model'",
}


@pytest.mark.parametrize("prior", PRIORS)
def test_a_prior_that_cannot_be_points_at_itself(frame, prior):
    with pytest.raises(FormulaError) as caught:
        model_of(f"y ~ x\nx ~ {prior}", frame)
    assert PRIORS[prior] in caught.value.message
    place = caught.value.where
    assert place.text[place.start : place.end] in prior
    assert place.start > len("y ~ x")


@pytest.mark.parametrize(
    "prior", ["Flat()", "StudentT(3, 0, 2.5)", "TruncatedNormal(0, 1, lower=0)", "SkewNormal(0, 1, 2)"]
)
def test_other_priors_are_taken(frame, prior):
    assert model_of(f"y ~ x\nx ~ {prior}", frame).source.own_priors == {"x"}


@pytest.mark.parametrize(
    "order", [sorted, lambda names: sorted(names, reverse=True)], ids=["a to z", "z to a"]
)
def test_the_order_of_parameters_is_not_that_of_a_set(frame, monkeypatch, order):
    """Python's hashes of texts change with each process: so would the draws of a seed."""
    theirs = bambi.Family.auxiliary_parameters.fget
    monkeypatch.setattr(bambi.Family, "auxiliary_parameters", property(lambda family: order(theirs(family))))
    model = model_of("y ~ x", frame, family="t")
    # Student's t has mu, sigma and nu, in this order, in Bambi's table of likelihoods.
    assert [variable.name for variable in model.pymc.free_RVs] == ["sigma", "nu", "Intercept_centered", "x"]
    model = model_of("y ~ x\nsigma ~ x", frame, family="t")
    names = [variable.name for variable in model.pymc.free_RVs]
    assert names == ["nu", "Intercept_centered", "x", "sigma_Intercept_centered", "sigma_x"]


def test_arrow_types_of_pandas_are_read(frame):
    pytest.importorskip("pyarrow")
    plain = frame[["y", "x", "g", "count", "flag"]].assign(
        count=frame["count"].astype("Int64").mask(frame.index == 3)
    )
    arrow = plain.convert_dtypes(dtype_backend="pyarrow")
    assert all(isinstance(dtype, pd.ArrowDtype) for dtype in arrow.dtypes)
    text = "y ~ x + g + count + flag + (1|g)"
    ours, expected = (model_of(text, data) for data in (arrow, plain))
    designs = [bambi_parameters(one.source.bambi)["mu"].design.common for one in (ours, expected)]
    np.testing.assert_array_equal(*(np.asarray(design) for design in designs))
    assert ours.dropped == expected.dropped
    assert [(c.name, c.levels) for c in ours.predictors] == [(c.name, c.levels) for c in expected.predictors]
