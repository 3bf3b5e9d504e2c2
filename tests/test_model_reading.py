"""How a formula is read: uncentred intercepts, the order of levels, correlated effects, parts in brackets."""

from __future__ import annotations

import bambi
import numpy as np
import pandas as pd
import pymc
import pytest

from glm_magic import glm
from glm_magic.cells import fit_request
from glm_magic.data import as_table
from glm_magic.diagnose.correlation import correlated_block
from glm_magic.diagnose.data import data_findings
from glm_magic.errors import FormulaError
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.model.formula import formula_model
from glm_magic.request import Options, Request
from glm_magic.request.cell import read_cell

N = 48
FEW = {"draws": 30, "tune": 50, "chains": 2, "seed": 1}


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x = 2 + rng.normal(size=N)
    return pd.DataFrame(
        {
            "x": x,
            "z": 3 + rng.normal(size=N),
            "y": 1 + 2 * x + rng.normal(size=N),
            "g": pd.Categorical(list("abcd") * (N // 4), categories=list("dbxac")),
            "h": list("uvw") * (N // 3),
            "Days": x,
        }
    )


def model_of(text, data, namespace=None, **options):
    return formula_model(read_cell(text), as_table(data, "df"), namespace or {}, Options(**options))


def density(model, point):
    return float(model.compile_logp(mode=AS_WRITTEN)(point))


def points(model):
    rng, start = np.random.default_rng(8927), model.initial_point()
    return [
        {name: np.asarray(v + rng.normal(scale=0.3, size=np.shape(v))) for name, v in start.items()}
        for _ in range(3)
    ]


@pytest.mark.parametrize(
    "formula", ["y ~ 0 + Intercept + x + h", "y ~ x - 1 + Intercept + h", "y ~ -1 + x + h + Intercept"]
)
def test_an_intercept_of_a_formula_without_one_is_not_centered(frame, formula):
    ours = model_of(f"{formula}\nIntercept ~ Normal(0, 10)\nx ~ Normal(0, 1)\nh ~ Normal(0, 1)", frame)
    one = bambi.Prior("Normal", mu=0, sigma=1)
    priors = {"Intercept": bambi.Prior("Normal", mu=0, sigma=10), "x": one, "h": one}
    theirs = bambi.Model("y ~ x + h", frame, priors=priors, center_predictors=False)
    theirs.build()
    for point in points(ours.pymc):
        assert density(ours.pymc, point) == pytest.approx(density(theirs.backend.model, point), rel=1e-10)
    assert ours.title.startswith(formula)
    assert ours.source.centered == ()
    assert "intercept_prior" not in {one.rule for one in data_findings(ours)}


def test_each_parameter_has_its_own_kind_of_intercept(frame):
    """sigma ~ z is centered as it is without the other formula's ``0 + Intercept``."""
    ours = model_of("y ~ 0 + Intercept + x\nsigma ~ z\nsigma_Intercept ~ Normal(0, 1)", frame)
    assert [one.name for one in ours.source.centered] == ["sigma_Intercept"]
    notes = {one.rule: one.message for one in data_findings(ours)}
    assert "prior of the sigma_Intercept holds at the mean" in notes["intercept_prior"]
    plain = model_of("y ~ x\nsigma ~ z", frame)
    for point in points(ours.pymc):
        shifted = {name: value for name, value in point.items() if name != "Intercept"}
        shifted["Intercept_centered"] = point["Intercept"] + point["x"] * frame["x"].mean()
        observed = [
            float(model.compile_logp(model["y"], mode=AS_WRITTEN)(at))
            for model, at in ((ours.pymc, point), (plain.pymc, shifted))
        ]
        assert observed[0] == pytest.approx(observed[1], rel=1e-10)


@pytest.mark.usefixtures("no_sampling")
def test_summary_fan_and_predictions_agree_on_an_uncentered_intercept(frame):
    fit = glm("y ~ 0 + Intercept + x", frame, **FEW)
    draws = fit.posterior["posterior"].to_dataset()
    assert fit.summary().loc["Intercept", "mean"] == pytest.approx(float(draws["Intercept"].mean()))
    expected = float((draws["Intercept"] + 1.5 * draws["x"]).mean())
    assert fit.predict({"x": [1.5]})["mean"].iloc[0] == pytest.approx(expected)
    axis = fit.view.tabs.fan.axes[0]
    assert axis.x == "x"
    assert "0 + Intercept + x" in fit.view.title


def test_a_column_called_intercept_is_a_column(frame):
    named = frame.assign(Intercept=frame["z"] ** 2)
    model = model_of("y ~ 0 + Intercept + x", named)
    assert {variable.name for variable in model.pymc.free_RVs} == {"sigma", "Intercept", "x"}
    assert "Intercept" in model.source.frame


def test_an_intercept_beside_another_is_refused(frame):
    with pytest.raises(FormulaError, match="has an intercept already") as caught:
        model_of("y ~ Intercept + x", frame)
    assert "0 + Intercept" in caught.value.remedy


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize("formula", ["y ~ x + g", "y ~ x * C(g)", "y ~ x + (1|g)", "y ~ 0 + g"])
def test_levels_have_the_order_of_the_categorical(frame, formula):
    """The order is that of ``frame["g"].cat.categories``, without what no row has."""
    fit = glm(formula, frame, **FEW)
    assert [one.levels for one in fit._model.predictors if one.name == "g"] == [("d", "b", "a", "c")]
    unused = [one for one in fit.findings if one.rule == "unused_categories"]
    assert [one.severity for one in unused] == ["note"]
    assert "g: x" in unused[0].message
    labels = [
        label[-2]
        for label in fit.summary().index
        if "g" in label and label.endswith("]") and ":" not in label
    ]
    full = "|" in formula or "0 +" in formula
    assert labels == (["d"] if full else []) + ["b", "a", "c"]


@pytest.mark.usefixtures("no_sampling")
def test_the_first_category_is_the_reference_in_words_and_in_predictions(frame):
    fit = glm("y ~ g", frame, **FEW)
    draws = fit.posterior["posterior"].to_dataset()
    means = fit.predict({"g": ["d", "b"]})["mean"]
    assert means.iloc[0] == pytest.approx(float(draws["Intercept"].mean()))
    assert means.iloc[1] == pytest.approx(float((draws["Intercept"] + draws["g"].sel(g_dim="b")).mean()))
    meanings = {one.name: one.words for one in fit.view.tabs.summary.parameters}
    assert "reference level d" in meanings["g"]


def test_the_model_is_that_of_bambi_with_an_ordered_column(frame):
    ordered = frame.assign(g=pd.Categorical(frame["g"].astype(str), categories=list("dbac"), ordered=True))
    theirs = bambi.Model("y ~ 0 + g", ordered)
    theirs.build()
    ours = model_of("y ~ 0 + g", frame)
    for point in points(ours.pymc):
        assert density(ours.pymc, point) == pytest.approx(density(theirs.backend.model, point), rel=1e-10)


# formula -> the effects that lme4 would correlate
TOGETHER = {
    "y ~ x + (x|h)": (("1|h", "x|h"),),
    "y ~ x + (1 + x + z|h)": (("1|h", "x|h", "z|h"),),
    "y ~ x + (1|h) + (0 + x|h)": (),
    "y ~ x + (0 + x|h)": (),
    "y ~ x + (0 + g|h)": (("g|h",),),
    "y ~ x + (1|h)\nsigma ~ (x|h)": (("sigma_1|h", "sigma_x|h"),),
}


@pytest.mark.parametrize("formula", TOGETHER)
def test_a_note_names_the_effects_that_have_no_correlation(frame, formula):
    model = model_of(formula, frame)
    assert model.source.correlated == TOGETHER[formula]
    notes = [one for one in data_findings(model) if one.rule == "correlation"]
    assert len(notes) == (1 if TOGETHER[formula] else 0)
    assert all(name in notes[0].message for names in TOGETHER[formula] for name in names)


# LKJCholeskyCov multiplies matrices, and PyTensor says so where it finds no BLAS.
@pytest.mark.filterwarnings("ignore:PyTensor could not link to a BLAS")
@pytest.mark.usefixtures("no_sampling")
def test_the_block_runs_in_a_cell(frame):
    block = next(
        one.remedy.line
        for one in data_findings(model_of("y ~ x*z + (x + z|h) + (1|g)", frame.astype({"g": str})))
        if one.rule == "correlation"
    )
    header, _, text = block.partition("\n")
    assert header == "%%glm df"
    request = Request(data="df", options=Options(**FEW), cell=read_cell(text))
    fit = fit_request(request, {"df": frame.astype({"g": str})}).fit
    assert {"Intercept", "x", "x:z", "h_chol", "h_effects", "1|g_sigma"} <= set(fit.posterior["posterior"])
    assert fit.summary() is not None


def test_without_correlation_the_block_is_the_model_of_bambi(frame):
    """At a diagonal covariance its linear predictor is that of the formula."""
    model = model_of("y ~ x + (x|h)", frame)
    text = correlated_block(model.source, model.title)
    names = {name: frame[name].to_numpy() for name in ("x", "y", "h")}
    scope = {**vars(pymc), "np": np, "pt": pymc.math.pt, "pm": pymc, **names}
    with pymc.Model() as block:
        exec(text, scope)
    drawn = {"x": 0.7, "h_offset": np.arange(6.0).reshape(3, 2)}
    intercept = "Intercept_centered"
    sd, slope = 1.3, 0.4
    chol = np.array([np.log(sd), 0.0, np.log(slope)])
    values = {intercept: 1.1, **drawn, "h_chol_cholesky-cov-packed__": chol}
    inputs = [block.rvs_to_values[block[name]] for name in (intercept, "x", "h_offset")]
    eta = block.replace_rvs_by_values([scope["eta"]])[0]
    packed = block.rvs_to_values[block["h_chol"]] if "h_chol" in block.named_vars else None
    found = eta.eval(
        {**dict(zip(inputs, [values[intercept], 0.7, drawn["h_offset"]], strict=True)),
         **({} if packed is None else {packed: chol})}, mode=AS_WRITTEN
    )  # fmt: skip
    row = np.unique(frame["h"], return_inverse=True)[1]
    own = drawn["h_offset"][row]
    x = frame["x"].to_numpy()
    expected = 1.1 + 0.7 * (x - x.mean()) + sd * own[:, 0] + slope * own[:, 1] * x
    np.testing.assert_allclose(found, expected, rtol=1e-8)


@pytest.mark.parametrize("formula", ["y ~ f(x, z)[0]", "y ~ x[1, 2]", "y ~ g['b']", "y ~ I(f(x, z)[0])"])
def test_a_part_is_no_term(formula):
    with pytest.raises(FormulaError, match="takes a part"):
        read_cell(formula)


@pytest.mark.parametrize("formula", ["y ~ (x + z, h)", "y ~ (x, z)", "y ~ x, z", "y ~ (1|g, h)"])
def test_a_comma_between_terms_is_refused(formula):
    with pytest.raises(FormulaError, match=", cannot stand here") as caught:
        read_cell(formula)
    assert "Write + between terms" in caught.value.remedy


@pytest.mark.usefixtures("no_sampling")
def test_commas_in_brackets_belong_to_the_name(frame):
    matrix = np.column_stack([frame["x"], frame["z"]])
    truth = {"Intercept": 1, "poly(x, 2)[0]": 1, "poly(x, 2)[1]": 0, "I(M[:, 1])": 2, "sigma": 1}
    fit = glm("y ~ poly(x, 2) + I(M[:, 1])", frame, namespace={"M": matrix}, truth=truth, **FEW)
    assert set(truth) == set(fit.summary().index)
