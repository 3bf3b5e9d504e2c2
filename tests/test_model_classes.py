"""Priors of classes and of parts of terms are those that a user of Bambi would give term by term."""

from __future__ import annotations

import bambi
import numpy as np
import pandas as pd
import pytest

from glm_magic import glm
from glm_magic._stack import bambi_marginal_parameters, bambi_parameters
from glm_magic.data import as_table
from glm_magic.diagnose.data import data_findings
from glm_magic.errors import FormulaError, ModelError
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.model.formula import formula_model
from glm_magic.model.given import written_priors
from glm_magic.model.names import known_labels
from glm_magic.request import Options
from glm_magic.request.cell import read_cell

N = 24
P = bambi.Prior
HALF = P("HalfNormal", sigma=1)


def model_of(text, data, **options):
    return formula_model(read_cell(text), as_table(data, "df"), {}, Options(**options))


def assert_same(ours, theirs):
    """The densities of two models of the same variables are equal up to a constant, at random points."""
    start = ours.initial_point()
    assert sorted(start) == sorted(theirs.initial_point())
    rng = np.random.default_rng(8927)
    densities = [model.compile_logp(mode=AS_WRITTEN) for model in (ours, theirs)]
    apart = []
    for _ in range(4):
        point = {
            name: np.asarray(value + rng.normal(scale=0.3, size=np.shape(value)))
            for name, value in start.items()
        }
        one, other = (float(density(point)) for density in densities)
        apart.append(one - other)
    np.testing.assert_allclose(apart, apart[0], atol=1e-8)


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x = rng.normal(size=N)
    return pd.DataFrame(
        {
            "x": x,
            "z": 3 + rng.normal(size=N),
            "y": 1 + 2 * x + rng.normal(size=N),
            "g": list("abcd") * (N // 4),
            "h": list("uvw") * (N // 3),
            "common": x**2,
            "level": pd.Categorical(list("lmhx") * (N // 4), categories=list("lmhx"), ordered=True),
        }
    )


def one():
    return P("Normal", mu=0, sigma=1)


def effects(sigma=1):
    return P("Normal", mu=0, sigma=P("HalfNormal", sigma=sigma))


# cell -> (auxiliary formulas, the priors by hand)
CLASSES = {
    "y ~ x + g\ncommon ~ Normal(0, 1)": ((), {"x": one(), "g": one()}),
    "y ~ x + g\nx ~ Normal(0, 7)\ncommon ~ Normal(0, 1)": (
        (), {"x": P("Normal", mu=0, sigma=7), "g": one()},
    ),
    "y ~ x + g\ncommon ~ Normal(0, 1)\nx ~ Normal(0, 7)": (
        (), {"x": P("Normal", mu=0, sigma=7), "g": one()},
    ),
    "y ~ x*z + (x|h)\ngroup_specific ~ Normal(0, HalfNormal(1))": ((), {"1|h": effects(), "x|h": effects()}),
    "y ~ (x|h)\n1|h_sigma ~ HalfNormal(2)\ngroup_specific ~ Normal(0, HalfNormal(1))": (
        (), {"1|h": effects(2), "x|h": effects()},
    ),
    "y ~ (x|h)\n1|h_sigma ~ HalfNormal(2)": ((), {"1|h": effects(2)}),
    "y ~ (1|C(h, levels=['u', 'v', 'w']))\n1|C(h, levels=['u','v','w'])_sigma ~ HalfNormal(2)": (
        (), {"1|h": effects(2)},
    ),
    "y ~ x\nsigma ~ z + (1|h)\nsigma_common ~ Normal(0, 3)\nsigma_1|h_sigma ~ HalfNormal(2)": (
        ("sigma ~ z + (1|h)",), {"sigma": {"z": P("Normal", mu=0, sigma=3), "1|h": effects(2)}},
    ),
    "y ~ g\ng ~ Normal(0, 1)\ng[c] ~ Normal(2, 3)": (
        (), {"g": P("Normal", mu=np.array([0, 2, 0]), sigma=np.array([1, 3, 1]))},
    ),
    "y ~ poly(x, 2)\npoly(x,2)[1] ~ Normal(0, 3)\npoly(x, 2)[0] ~ Normal(1, 2)": (
        (), {"poly(x, 2)": P("Normal", mu=np.array([1, 0]), sigma=np.array([2, 3]))},
    ),
}  # fmt: skip


@pytest.mark.parametrize("cell", CLASSES)
def test_the_model_is_that_of_bambi_with_a_prior_for_each_term(frame, cell):
    lines, priors = CLASSES[cell]
    formula = cell.split("\n")[0].replace("C(h, levels=['u', 'v', 'w'])", "h")
    theirs = bambi.Model(bambi.Formula(formula, *lines), frame, priors=priors)
    assert_same(model_of(cell, frame).pymc, built(theirs, "C(h" in cell))


def built(theirs, called=False):
    """Build Bambi's model under the names that ours has."""
    for component in bambi_parameters(theirs).values():
        for name, term in component.terms.items():
            prefix = "" if component.name == "mu" else f"{component.name}_"
            if name == "Intercept" and component.common_terms:
                term.alias = f"{prefix}Intercept_centered"
            if name == "1|h" and called:
                term.alias = "1|C(h, levels=['u', 'v', 'w'])"
    theirs.build()
    return theirs.backend.model


@pytest.mark.filterwarnings("ignore:The intercept is omitted")
def test_a_threshold_may_have_a_prior_of_its_own_and_keeps_its_order(frame):
    text = "level ~ x\nthreshold ~ Normal(0, 3)\nthreshold[1] ~ Normal(1, 2)"
    model = model_of(text, frame, family="cumulative")
    prior = bambi_marginal_parameters(model.source.bambi)["threshold"].prior
    np.testing.assert_array_equal(prior.args["mu"], [0, 1, 0])
    np.testing.assert_array_equal(prior.args["sigma"], [3, 2, 3])
    assert_same(
        model.pymc,
        model_of("level ~ x\nthreshold ~ Normal([0, 1, 0], [3, 2, 3])", frame, family="cumulative").pymc,
    )
    assert np.isfinite(float(model.pymc.compile_logp(mode=AS_WRITTEN)(model.pymc.initial_point())))


# formula -> family: every variable that the summary prints, but for effects of groups and levels, is a target
PRINTED = {
    "y ~ x*g + poly(z, 2) + (x|h)\nsigma ~ z + (1|g)": "gaussian",
    "y ~ 0 + Intercept + x + (1|g:h)": "t",
    "level ~ x + (1|g)": "cumulative",
    "y ~ hsgp(x, m=5, c=2)": "gaussian",
}


@pytest.mark.parametrize("formula", PRINTED)
@pytest.mark.filterwarnings("ignore:The intercept is omitted")
def test_every_name_that_the_summary_prints_is_a_target(frame, formula):
    family = PRINTED[formula]
    for label, numbers in known_labels(model_of(formula, frame, family=family)).items():
        if "weights" in label or label.startswith("hsgp"):
            continue
        dist = "HalfNormal(2)" if label.endswith("sigma") else "Normal(0, 1)"
        grouped = "|" in label and not label.endswith("_sigma")
        prior = "Normal(0, HalfNormal(1))" if grouped else dist
        labels = {label} | (set() if grouped else set(numbers))
        for one_label in labels:
            model = model_of(f"{formula}\n{one_label} ~ {prior}", frame, family=family)
            assert one_label in model.source.own_priors


REFUSED = {
    "y ~ 1\ncommon ~ Normal(0, 1)": ("the formula has none", "common"),
    "y ~ x\ngroup_specific ~ Normal(0, HalfNormal(1))": ("the formula has none", "group_specific"),
    "y ~ (1|h)\n1|h_b ~ HalfNormal(1)": ("no term or parameter", "1|h_b"),
    "y ~ (1|h)\n1|h_sigma ~ -2.0": ("Normal needs sigma > 0", "-2.0"),
    "y ~ g\ng[a] ~ Normal(0, 1)": ("no term or parameter 'g[a]'", "g[a]"),
    "y ~ g\ng[b] ~ StudentT(3, 0, 1)": ("share one kind of distribution, here Normal", "StudentT(3, 0, 1)"),
    "y ~ g\ng[b] ~ Normal(0, HalfNormal(1))": ("one number", "Normal(0, HalfNormal(1))"),
    "y ~ g\ng[b] ~ Normal([0, 1], 1)": ("one number", "Normal([0, 1], 1)"),
    "y ~ x\ncommon ~ 2.5": ("fixes none", "2.5"),
    "y ~ x + (1|h)\ngroup_specific ~ Normal(0, 1)": ("no distribution inside", "Normal(0, 1)"),
}


@pytest.mark.parametrize("cell", REFUSED)
def test_what_cannot_be_says_so(frame, cell):
    message, place = REFUSED[cell]
    with pytest.raises(FormulaError) as caught:
        model_of(cell, frame)
    assert message in caught.value.message
    assert caught.value.where.words() == place


def test_a_column_called_like_a_class_wins_and_a_note_says_so(frame):
    model = model_of("y ~ common + x\ncommon ~ Normal(0, 1)", frame)
    terms = bambi_parameters(model.source.bambi)["mu"].terms
    assert (str(terms["common"].prior), str(terms["x"].prior) == str(one())) == (str(one()), False)
    notes = {found.rule: found for found in data_findings(model)}
    assert "column common, not of all common terms" in notes["class_prior"].message
    assert notes["class_prior"].severity == "note"
    rules = {one.rule for one in data_findings(model_of("y ~ z + x\ncommon ~ Normal(0, 1)", frame))}
    assert "class_prior" not in rules


GIVEN = {
    "x": (P("Normal", mu=0.1, sigma=1 / 3), "Normal(mu=0.1, sigma=0.3333333333333333)"),
    "g": (P("Normal", mu=[0, 1, 2], sigma=np.array([1, 2, 3.5])), "Normal(mu=[0, 1, 2], sigma=[1, 2, 3.5])"),
    "1|h": (
        P("StudentT", nu=P("Gamma", alpha=2, beta=0.1), mu=0, sigma=HALF),
        "StudentT(nu=Gamma(alpha=2, beta=0.1), mu=0, sigma=HalfNormal(sigma=1))",
    ),
    "sigma": (P("HalfNormal", sigma=np.float64(2)), "HalfNormal(sigma=2)"),
    "z": (P("Uniform", lower=-np.inf, upper=np.inf), "Uniform(lower=-inf, upper=inf)"),
}


@pytest.mark.parametrize("target", GIVEN)
def test_a_prior_of_bambi_is_written_as_a_line(target):
    prior, text = GIVEN[target]
    assert written_priors({target: prior}) == {target: text}


@pytest.mark.usefixtures("no_sampling")
def test_priors_of_bambi_are_taken_as_objects_and_shown_as_text(frame):
    priors = {"common": one(), "1|h": effects(2), "sigma": 0.5, "z": "Normal(0, 3)"}
    fit = glm("y ~ x + z + (1|h)", frame, priors=priors, draws=9, tune=9, chains=2, seed=1)
    theirs = bambi.Model(
        "y ~ x + z + (1|h)",
        frame,
        priors={"x": one(), "z": P("Normal", mu=0, sigma=3), "1|h": effects(2), "sigma": 0.5},
    )
    assert_same(fit.model, built(theirs))
    assert "common ~ Normal(mu=0, sigma=1)" in fit.view.title


@pytest.mark.parametrize(
    ("prior", "message"),
    [
        (P("mine", dist=lambda name, **_: name), "dist= function"),
        ([1, 2], "type list"),
        (None, "type NoneType"),
        (True, "type bool"),
        (P("MvNormal", mu=0, cov=np.eye(2)), "no number"),
    ],
)
def test_other_objects_are_refused_in_one_sentence(frame, prior, message):
    with pytest.raises(ModelError, match=message):
        glm("y ~ x", frame, priors={"x": prior})


@pytest.mark.usefixtures("no_sampling")
def test_the_table_of_priors_says_who_chose_each_number(frame):
    text = "y ~ x + g + (x|h)\ng[c] ~ Normal(2, 3)\n1|h_sigma ~ HalfNormal(2)"
    chosen = glm(text, frame, draws=9, tune=9, chains=2, seed=1).priors()["chosen_by"]
    yours = {name for name, who in chosen.items() if who == "you"}
    assert yours == {"g[c]", "1|h_sigma"}
    every = glm("y ~ x + g\ncommon ~ Normal(0, 1)", frame, draws=9, tune=9, chains=2, seed=1).priors()
    assert set(every.index[every["chosen_by"] == "you"]) == {"x", "g[b]", "g[c]", "g[d]"}
