"""Fitting again with some things changed: what is not given stays, and what is lost is named."""

from __future__ import annotations

import inspect

import numpy as np
import pandas as pd
import pymc as pm
import pytest

import glm_magic
from glm_magic import api
from glm_magic._stack import bambi_parameters
from glm_magic.errors import DataError, FormulaError, GlmError, ModelError
from glm_magic.request.update import with_dots


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(1)
    n = 60
    made = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n), "g": rng.choice(list("abc"), n)})
    return made.assign(y=1 + made.x + rng.normal(size=n), x_2=made.x**2)


@pytest.fixture(scope="module")
def fit(data, without_sampling):
    with without_sampling():
        return glm_magic.glm(
            "y ~ x + x_2 + (1|g)\nsigma ~ z\nx ~ Normal(0, 1)",
            data,
            priors={"x_2": "Normal(0, 0.5)", "1|g": "Normal(0, HalfNormal(2))"},
            draws=30,
            chains=2,
            seed=3,
            prob=0.5,
            engine="pymc",
            truth={"x": 1.0, "x_2": 0.0},
        )


def terms(fit):
    return bambi_parameters(fit.bambi)["mu"].terms


def notes(fit):
    return [finding.message for finding in fit.findings if finding.rule == "update"]


def test_every_argument_of_glm_is_one_of_update():
    of_glm = inspect.signature(api.glm).parameters
    of_update = inspect.signature(glm_magic.Fit.update).parameters
    assert list(of_glm)[1:] == list(of_update)[2:]
    assert list(of_update)[:2] == ["fit", "formula"]
    assert all(one.default is None for one in list(of_update.values())[1:])
    assert {name: one.kind for name, one in of_glm.items() if name != "model"} == {
        name: one.kind for name, one in of_update.items() if name not in ("fit", "formula")
    }


def test_nothing_given_is_the_same_fit(fit, no_sampling):
    again = fit.update()
    assert repr(again) == repr(fit)
    assert again._options == fit._options
    assert again.update()._record.title == fit._record.title
    np.testing.assert_array_equal(again.summary(), fit.summary())


def test_every_option_can_be_changed(fit, no_sampling):
    given = {
        "draws": 20, "tune": 7, "chains": 3, "cores": 1, "seed": 4, "target_accept": 0.9, "engine": "nutpie",
        "prob": 0.8, "lines": 5, "truth": {"x": 2.0}, "ask_truth": True, "family": "t", "link": "log",
    }  # fmt: skip
    for name, value in given.items():
        changed = fit.update(**{name: value})
        others = {one for one in given if one not in (name, *(("link",) if name == "family" else ()))}
        assert getattr(changed._options, name) == value
        kept = {one: getattr(fit._options, one) for one in others}
        assert {one: getattr(changed._options, one) for one in others} == kept
    assert fit.update(draws=20).posterior["posterior"].sizes["draw"] == 20


def test_a_seed_that_was_drawn_stays(data, no_sampling):
    once = glm_magic.glm("y ~ x", data, draws=5, chains=2)
    assert once._options.seed is None
    assert once.update(draws=6)._options.seed == once._record.seed


def test_other_data(fit, data, no_sampling):
    half = fit.update(data=data.iloc[:30])
    assert len(half.bambi.data) == 30
    with pytest.raises(GlmError, match="no column 'x_2'"):
        fit.update(data=data.drop(columns="x_2"))


def test_priors_are_changed_one_by_one(fit, no_sampling):
    changed = fit.update(priors={"x": "Normal(0, 3)", "x_2": None, "Intercept": "Normal(0, 9)"})
    assert set(changed._record.title.split(" · ")) == {
        "y ~ x + x_2 + (1|g)", "sigma ~ z", "1|g ~ Normal(0, HalfNormal(2))", "x ~ Normal(0, 3)",
        "Intercept ~ Normal(0, 9)",
    }  # fmt: skip
    assert terms(changed)["x"].prior.args["sigma"] == 3
    assert notes(changed) == []


def test_a_new_formula_keeps_the_priors_of_its_terms_and_names_the_others(fit, no_sampling):
    changed = fit.update("y ~ x + z")
    assert changed._record.title == "y ~ x + z · sigma ~ z · x ~ Normal(0, 1)"
    assert notes(changed) == ["the priors of x_2, 1|g were dropped, for the new model has no such term"]
    assert "the priors of x_2, 1|g were dropped" in repr(changed)
    assert changed._options.truth == {"x": 1.0}
    # x_2 is a column of its own, and no part of the prior of x.
    without = fit.update(". ~ . - x")
    assert notes(without) == ["the prior of x was dropped, for the new model has no such term"]
    assert "x_2 ~ Normal(0, 0.5)" in without._record.title


def test_a_new_formula_may_bring_priors_and_auxiliary_formulas(fit, no_sampling):
    changed = fit.update("y ~ x + z\nsigma ~ 1 + x\nx ~ Normal(0, 7)", priors={"z": "Normal(0, 2)"})
    assert set(changed._record.title.split(" · ")) == {
        "y ~ x + z", "sigma ~ 1 + x", "x ~ Normal(0, 7)", "z ~ Normal(0, 2)",
    }  # fmt: skip


def test_a_new_family_drops_what_the_old_one_had(data, no_sampling):
    counts = data.assign(y=np.arange(len(data)) % 5)
    fit = glm_magic.glm(
        "y ~ x\nsigma ~ z", counts, draws=5, chains=2, link="log", priors={"sigma_z": "Normal(0, 1)"}
    )
    changed = fit.update(family="poisson")
    assert changed._record.title == "y ~ x"
    assert changed._options.link is None
    assert notes(changed) == [
        "the prior of sigma_z was dropped, for the new model has no such term",
        "the formula of sigma was dropped, for the new family has no such parameter",
    ]
    # A new column comes from the data as they were.
    assert "z" in terms(changed.update(". ~ . + z"))


DOTS = {
    ". ~ . + z": "y ~ x + w + z",
    ".~.+z": "y~x + w+z",
    "log(.) ~ .": "log(y) ~ x + w",
    ". ~ . - x": "y ~ w",
    ". ~ . - x - w": "y ~ 1",
    ". ~ . - v": "y ~ x + w - v",
    ". ~ .:z": "y ~ (x + w):z",
    ". ~ z * .": "y ~ z * (x + w)",
    ". ~ z - .": "y ~ z - (x + w)",
    "v ~ 0.5 + a.b + `. x`": "v ~ 0.5 + a.b + `. x`",
    ". ~ (.|g)": "y ~ ((x + w)|g)",
    ". ~ z\nsigma ~ x": "y ~ z\nsigma ~ x",
}


@pytest.mark.parametrize(("given", "written"), DOTS.items())
def test_dots_stand_for_the_old_sides(given, written):
    assert with_dots(given, "y ~ x + w") == written


def test_terms_in_brackets_are_taken_away_whole():
    assert with_dots(". ~ . - (1 | g)", "y ~ x + (1|g)") == "y ~ x"
    assert with_dots(". ~ . + x", "y ~ -1 + w") == "y ~ -1 + w + x"
    assert with_dots(". ~ x + .", "y ~ -1 + w") == "y ~ x + (-1 + w)"


def test_what_is_no_formula_is_refused(fit):
    with pytest.raises(FormulaError, match="not a PyMC block"):
        fit.update("Normal('x', 0, 1)")


def test_names_of_the_notebook_stay_and_can_be_added(data, no_sampling):
    fit = glm_magic.glm("y ~ f(x)", data, draws=5, chains=2, namespace={"f": np.square})
    assert fit.update()._record.title == "y ~ f(x)"
    changed = fit.update(". ~ . + h(z)", namespace={"h": np.tanh})
    assert set(terms(changed)) == {"Intercept", "f(x)", "h(z)"}


def test_arrays_of_the_notebook_stay_columns(no_sampling):
    rng = np.random.default_rng(2)
    names = {"y": rng.normal(size=20), "x": rng.normal(size=20), "z": rng.normal(size=20)}
    fit = glm_magic.glm("y ~ x", namespace=names, draws=5, chains=2)
    before = fit.bambi.data["x"].copy()
    names["x"][:] = 0.0
    np.testing.assert_array_equal(fit.update().bambi.data["x"], before)
    assert "z" in fit.update(". ~ . + z").bambi.data


def test_a_hand_written_model_keeps_its_formula_to_itself(no_sampling):
    with pm.Model() as model:
        a = pm.Normal("a")
        pm.Normal("y", a * np.arange(5.0), 1, observed=np.zeros(5))
    fit = glm_magic.glm(model, {"x": np.arange(5.0)}, draws=5, chains=2, seed=1)
    changed = fit.update(draws=7, prob=0.5)
    assert changed.model is model
    assert changed.posterior["posterior"].sizes["draw"] == 7
    assert changed._model.source.vectors.keys() == fit._model.source.vectors.keys()
    for name, value in {"formula": "y ~ x", "priors": {"a": 1}, "family": "t", "link": "log"}.items():
        with pytest.raises(ModelError, match=f"{name} belongs to a formula"):
            fit.update(**{name: value})


def test_a_fit_from_a_file_is_updated_as_the_fit_itself(fit, tmp_path, no_sampling, data):
    fit.save(tmp_path / "fit.nc")
    back = glm_magic.load(tmp_path / "fit.nc")
    for changes in ({}, {"formula": ". ~ . - x"}, {"priors": {"x": None}}, {"draws": 11, "data": data[:40]}):
        assert repr(back.update(**changes)) == repr(fit.update(**changes))
    with pytest.raises(FormulaError, match="no column 'v'"):
        back.update(". ~ . + v")
    with pytest.raises(DataError, match="not the data of the fit: column 'x' differs"):
        glm_magic.load(tmp_path / "fit.nc", data=data.assign(x=0.0))
    whole = data.assign(v=data.z + 1)
    assert "v" in glm_magic.load(tmp_path / "fit.nc", data=whole).update(". ~ . + v").bambi.data
