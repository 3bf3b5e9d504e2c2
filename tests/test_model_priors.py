"""Prior lines become the model that a user would write in PyMC, or with Bambi's own priors."""

from __future__ import annotations

import bambi
import numpy as np
import pandas as pd
import pymc as pm
import pytest
from pymc.distributions.transforms import ordered

from glm_magic import glm
from glm_magic._stack import bambi_marginal_parameters, bambi_parameters
from glm_magic.data import as_table
from glm_magic.errors import FormulaError, ModelError
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.model.formula import formula_model
from glm_magic.request import Options
from glm_magic.request.cell import read_cell

N = 24


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    x = rng.normal(size=N)
    frame = pd.DataFrame({"x": x, "y": 1 + 2 * x + rng.normal(size=N), "z": 3 + rng.normal(size=N)})
    return frame.assign(
        g=list("abcd") * (N // 4),
        h=list("uvw") * (N // 3),
        count=rng.poisson(3, N),
        trials=12,
        unit=rng.uniform(0.1, 0.9, N),
        angle=rng.uniform(-3, 3, N),
        level=pd.Categorical(list("lmhx") * (N // 4), categories=list("lmhx"), ordered=True),
        zeros=np.where(rng.random(N) < 0.3, 0, np.exp(x)),
    )


def model_of(text, data, **options):
    return formula_model(read_cell(text), as_table(data, "df"), {}, Options(**options))


def assert_same(ours, theirs):
    """The densities of two models of the same variables are equal up to a constant, at random points.

    Ours says of an intercept that it holds at the mean of the predictors.
    """
    start = {name.replace("_centered", ""): value for name, value in ours.initial_point().items()}
    assert sorted(start) == sorted(theirs.initial_point())
    called = {name.replace("_centered", ""): name for name in ours.initial_point()}
    rng = np.random.default_rng(8927)
    densities = [model.compile_logp(mode=AS_WRITTEN) for model in (ours, theirs)]
    apart = []
    for _ in range(4):
        point = {
            name: np.asarray(value + rng.normal(scale=0.3, size=np.shape(value)))
            for name, value in start.items()
        }
        renamed = {called[name]: value for name, value in point.items()}
        apart.append(float(densities[0](renamed)) - float(densities[1](point)))
    np.testing.assert_allclose(apart, apart[0], atol=1e-8)


# cell -> (family, the priors as Bambi takes them)
P = bambi.Prior
AS_BAMBI = {
    "y ~ x + z\nx ~ Normal(0, 3)": ("gaussian", {"x": P("Normal", mu=0, sigma=3)}),
    "y ~ x + z\nsigma ~ HalfNormal(2)": ("gaussian", {"sigma": P("HalfNormal", sigma=2)}),
    "y ~ x\nnu ~ 4": ("t", {"nu": 4.0}),
    "y ~ x\nsigma ~ 1.0\nx ~ Flat()": ("t", {"sigma": 1.0, "x": P("Flat")}),
    "unit ~ x\nkappa ~ 9": ("beta", {"kappa": 9.0}),
    "count ~ x\nalpha ~ 2.5": ("negativebinomial", {"alpha": 2.5}),
    "p(count, trials) ~ x\nkappa ~ 5": ("beta_binomial", {"kappa": 5.0}),
    "zeros ~ x\nsigma ~ 0.7": ("hurdle_lognormal", {"sigma": 0.7}),
    "y ~ x + z\nsigma ~ x\nx ~ Normal(0, 3)\nsigma_x ~ Normal(0, 2)": (
        "gaussian",
        {"mu": {"x": P("Normal", mu=0, sigma=3)}, "sigma": {"x": P("Normal", mu=0, sigma=2)}},
    ),
    "y ~ x\nsigma ~ 1": ("gaussian", {}),
    "y ~ g\ng ~ Normal([0, 1, 2], 1)": ("gaussian", {"g": P("Normal", mu=np.array([0.0, 1, 2]), sigma=1)}),
    "y ~ g + x\ng ~ Horseshoe(3, 2)": ("gaussian", {"g": P("Horseshoe", tau_nu=3, lam_nu=2)}),
    "y ~ (1|g)\n1|g ~ Normal(0, HalfNormal(4))": (
        "gaussian",
        {"1|g": P("Normal", mu=0, sigma=P("HalfNormal", sigma=4))},
    ),
}


@pytest.mark.parametrize("cell", AS_BAMBI)
def test_the_model_is_that_of_bambi_with_these_priors(frame, cell):
    family, priors = AS_BAMBI[cell]
    lines = [line for line in cell.split("\n")[1:] if line in ("sigma ~ x", "sigma ~ 1")]
    theirs = bambi.Model(bambi.Formula(cell.split("\n")[0], *lines), frame, family=family, priors=priors)
    theirs.build()
    assert_same(model_of(cell, frame, family=family).pymc, theirs.backend.model)


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(
    ("formula", "family", "priors"),
    [
        ("y ~ x", "gaussian", {"sigma": 0.5}),
        ("y ~ x", "t", {"nu": "4", "sigma": np.float64(1)}),
        ("zeros ~ x", "hurdle_lognormal", {"sigma": 0.7}),
        ("count ~ x", "zero_inflated_poisson", {"psi": 0.5}),
        ("angle ~ x", "vonmises", {"kappa": 1}),
    ],
)
def test_a_fixed_parameter_is_in_the_title_and_not_in_the_summary(frame, formula, family, priors):
    fit = glm(formula, frame, family=family, priors=priors, draws=20, tune=10, chains=2, seed=1)
    assert not set(fit.summary().index) & set(priors)
    for name, value in priors.items():
        assert f"{name} ~ {value}".removesuffix(".0") in fit.view.title
    assert fit.view.tabs.fan.axes
    assert np.isfinite(fit.predict({"x": [0.0, 1.0]})["mean"]).all()


@pytest.mark.usefixtures("no_sampling")
def test_a_fixed_parameter_moves_the_mean_as_if_it_had_been_drawn(frame):
    """E[y] of a hurdle log-normal is psi exp(mu + sigma² / 2)."""
    fit = glm("zeros ~ x\nsigma ~ 0.7", frame, family="hurdle_lognormal", draws=9, tune=9, chains=2, seed=1)
    draws = fit.posterior["posterior"].to_dataset()
    mean = draws["psi"] * np.exp(draws["Intercept"] + draws["x"] + 0.7**2 / 2)
    np.testing.assert_allclose(fit.predict({"x": [1.0]})["mean"].iloc[0], float(mean.mean()), rtol=1e-6)


@pytest.mark.parametrize(
    ("own", "sigma", "ell"),
    [
        ("", "Exponential(2)", "InverseGamma(mu=10, sigma=1)"),
        ("", "Exponential(2)", "1.5"),
        ("by=g, share_cov=False", "HalfNormal(2)", "Gamma(2, 1)"),
        ("scale=True", "Exponential(2)", "InverseGamma(3, 1)"),
    ],
)
def test_priors_of_a_gaussian_process_are_those_that_bambi_takes_as_a_dict(frame, own, sigma, ell):
    written = {
        "Exponential(2)": bambi.Prior("Exponential", lam=2),
        "HalfNormal(2)": bambi.Prior("HalfNormal", sigma=2),
        "InverseGamma(mu=10, sigma=1)": bambi.Prior("InverseGamma", mu=10, sigma=1),
        "InverseGamma(3, 1)": bambi.Prior("InverseGamma", alpha=3, beta=1),
        "Gamma(2, 1)": bambi.Prior("Gamma", alpha=2, beta=1),
        "1.5": 1.5,
    }
    term = f"hsgp(x, m=5, c=2{', ' * bool(own)}{own})"
    # The spacing is the user's own.
    tight = term.replace(" ", "")
    ours = model_of(f"y ~ {term}\n{tight}_sigma ~ {sigma}\n{term}_ell ~ {ell}", frame)
    theirs = bambi.Model(f"y ~ {term}", frame, priors={term: {"sigma": written[sigma], "ell": written[ell]}})
    theirs.build()
    assert_same(ours.pymc, theirs.backend.model)


def test_a_gaussian_process_of_another_parameter_has_priors_too(frame):
    term = "hsgp(x, m=5, c=2)"
    text = f"y ~ x\nsigma ~ {term}\nsigma_{term}_sigma ~ HalfNormal(2)\nsigma_{term}_ell ~ InverseGamma(3, 1)"
    prior = bambi_parameters(model_of(text, frame).source.bambi)["sigma"].terms[term].prior
    assert {name: value.name for name, value in prior.items()} == {
        "sigma": "HalfNormal",
        "ell": "InverseGamma",
    }


@pytest.mark.parametrize(
    ("prior", "written"),
    [
        ("LogitNormal(0, 1)", lambda: pm.LogitNormal("x", 0, 1)),
        ("ChiSquared(3)", lambda: pm.ChiSquared("x", 3)),
        ("Lognormal(0, 1)", lambda: pm.LogNormal("x", 0, 1)),
    ],
)
def test_distributions_that_pymc_makes_of_others_are_priors(frame, prior, written):
    ours = model_of(f"y ~ 0 + x\nx ~ {prior}", frame).pymc
    with pm.Model() as theirs:
        written()
    value = {name: np.asarray(0.3) for name in theirs.initial_point()}
    density, expected = (model.compile_logp(model["x"], mode=AS_WRITTEN) for model in (ours, theirs))
    np.testing.assert_allclose(density(value | {"sigma_log__": np.asarray(0.0)}), expected(value))


def test_effects_of_categories_may_sum_to_zero(frame):
    model = model_of("y ~ 0 + g\ng ~ ZeroSumNormal(1)", frame).pymc
    assert model["g"].eval().shape == (4,)
    np.testing.assert_allclose(model["g"].eval().sum(), 0.0, atol=1e-12)


REFUSED = {
    # cell: (family, message, text above the carets, remedy)
    "y ~ x\nx ~ 2": ("gaussian", "Bambi fixes none at a number", "2", "offset(2 * x)"),
    "y ~ x\nsigma ~ 0": ("gaussian", "has no term", "sigma", "with a point"),
    "y ~ x\nkappa ~ 2.0": ("gaussian", "no term or parameter 'kappa'", "kappa", "sigma"),
    "y ~ (1|g)\n1|g ~ 2.0": ("gaussian", "Bambi fixes none at a number", "2.0", "Normal(0, 1)"),
    "y ~ (1|g)\n1|g ~ Normal(0, 1)": ("gaussian", "no distribution inside", "Normal(0, 1)", "HalfNormal(2)"),
    "level ~ x\nthreshold ~ 1.5": ("cumulative", "cannot all be one number", "1.5", "Normal(0, 3)"),
    "level ~ x\nthreshold ~ Normal([0, 1], 1)": ("cumulative", "3 thresholds", "Normal([0, 1], 1)", "one for all"),
    "y ~ hsgp(x, m=5, c=2)\nhsgp(x, m=5, c=2) ~ Normal(0, 1)": (
        "gaussian", "Gaussian process", "hsgp(x, m=5, c=2)", "hsgp(x, m=5, c=2)_ell ~ InverseGamma(3, 1)",
    ),
    "y ~ hsgp(x, m=5, c=2)\nhsgp(x, m=5, c=2)_sigma ~ Exponential(1)": (
        "gaussian", "prior of sigma, and none of ell", "hsgp(x, m=5, c=2)_sigma", "hsgp(x, m=5, c=2)_ell ~",
    ),
    "y ~ hsgp(x, m=5, c=2)\nhsgp(x, m=5, c=2)_length ~ Exponential(1)": (
        "gaussian", "no term or parameter", "hsgp(x, m=5, c=2)_length", "_ell",
    ),
    "y ~ x\nx ~ ChiSquared(-3)": ("gaussian", "ChiSquared needs", "ChiSquared(-3)", "Change the numbers"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:The intercept is omitted")
@pytest.mark.parametrize("cell", REFUSED)
def test_a_prior_that_cannot_be_says_what_to_write(frame, cell):
    family, message, place, remedy = REFUSED[cell]
    with pytest.raises((FormulaError, ModelError)) as caught:
        model_of(cell, frame, family=family)
    assert message in caught.value.message
    assert caught.value.where.words() == place
    assert remedy in caught.value.remedy


def hierarchy(frame, effects):
    """y ~ 1 + effects of g, in PyMC; `effects` draws "1|g" under the dims of Bambi."""
    centre, spread = float(frame["y"].mean()), float(frame["y"].std(ddof=0))
    with pm.Model(coords={"g__factor_dim": list("abcd")}) as model:
        sigma = pm.HalfStudentT("sigma", nu=4, sigma=spread)
        intercept = pm.Normal("Intercept", centre, 2.5 * spread)
        mean = intercept + effects()[pd.factorize(frame["g"])[0]]
        pm.Normal("y", mean, sigma, observed=frame["y"])
    return model


D = "g__factor_dim"
EFFECTS = {
    "StudentT(3, 0, HalfNormal(1))": lambda: pm.StudentT(
        "1|g", nu=3, mu=0, sigma=pm.HalfNormal("1|g_sigma", 1), dims=D
    ),
    "Laplace(0, HalfNormal(1))": lambda: pm.Laplace("1|g", 0, pm.HalfNormal("1|g_b", 1), dims=D),
    "StudentT(Gamma(2, 0.1), 0, HalfNormal(1))": lambda: pm.StudentT(
        "1|g", nu=pm.Gamma("1|g_nu", 2, 0.1), mu=0, sigma=pm.HalfNormal("1|g_sigma", 1), dims=D
    ),
    "Normal(2, HalfNormal(1))": lambda: pm.Normal("1|g", 2, pm.HalfNormal("1|g_sigma", 1), dims=D),
    "Normal(Normal(0, 1), HalfNormal(1))": lambda: pm.Normal(
        "1|g", pm.Normal("1|g_mu", 0, 1), pm.HalfNormal("1|g_sigma", 1), dims=D
    ),
    "Normal(0, HalfNormal(HalfNormal(1)))": lambda: pm.Normal(
        "1|g", 0, pm.HalfNormal("1|g_sigma", pm.HalfNormal("1|g_sigma_sigma", 1)), dims=D
    ),
    "Normal(0, HalfNormal(1))": lambda: pm.Deterministic(
        "1|g", pm.HalfNormal("1|g_sigma", 1) * pm.Normal("1|g_offset", 0, 1, dims=D), dims=D
    ),
}


@pytest.mark.parametrize("prior", EFFECTS)
def test_effects_of_groups_have_the_prior_that_is_written(frame, prior):
    ours = model_of(f"y ~ (1|g)\n1|g ~ {prior}", frame).pymc
    assert_same(ours, hierarchy(frame, EFFECTS[prior]))


def test_only_the_terms_that_need_it_are_centred(frame):
    model = model_of(
        "y ~ (1|g) + (x|h)\n1|g ~ StudentT(3, 0, HalfNormal(1))\nx|h ~ Laplace(0, HalfNormal(1))", frame
    )
    free = {variable.name for variable in model.pymc.free_RVs}
    assert {"1|g", "x|h", "1|h_offset"} <= free
    assert not {"1|g_offset", "x|h_offset", "1|h"} & free
    assert {"1|g", "x|h", "1|h", "1|h_sigma", "x|h_b"} <= set(model.variables)
    assert model.internal == {"1|h_offset"}


def ordinal(frame, family, thresholds):
    """The cumulative and the sequential logit of the levels on x, in PyMC."""
    codes, eta = frame["level"].cat.codes.to_numpy(), (frame["x"] - frame["x"].mean()).to_numpy()
    with pm.Model(coords={"threshold_dim": range(3)}) as model:
        cut = thresholds()
        b = pm.Normal("x", 0, 2.5 / frame["x"].std(ddof=0))
        below = pm.math.sigmoid(cut - (eta * b)[:, None])
        if family == "cumulative":
            first, last = below[:, :1], 1 - below[:, -1:]
            p = pm.math.concatenate([first, below[:, 1:] - below[:, :-1], last], axis=1)
        else:
            beyond = [1.0 + 0 * below[:, 0]]
            for place in range(3):
                beyond.append(beyond[-1] * (1 - below[:, place]))
            p = pm.math.stack([*(below[:, k] * beyond[k] for k in range(3)), beyond[3]], axis=1)
        pm.Categorical("level", p=p, observed=codes)
    return model


T = {"dims": "threshold_dim"}
START = {"initval": np.array([-0.5, 0.0, 0.5]), **T}
THRESHOLDS = {
    ("cumulative", "Normal([-1, 0, 1], 1.5)"): lambda: pm.Normal(
        "threshold", [-1, 0, 1], 1.5, transform=ordered, **T
    ),
    ("cumulative", "Normal(0, 3)"): lambda: pm.Normal("threshold", 0, 3, transform=ordered, **START),
    ("cumulative", "StudentT(3, 0, 2)"): lambda: pm.StudentT(
        "threshold", nu=3, mu=0, sigma=2, transform=ordered, **START
    ),
    ("cumulative", "Uniform(-5, 5)"): lambda: pm.Uniform("threshold", -5, 5, transform=ordered, **START),
    ("cumulative", "Normal(0, 100)"): lambda: pm.Normal("threshold", 0, 100, transform=ordered, **START),
    ("sratio", "Normal([-1, 0, 1], 1.5)"): lambda: pm.Normal("threshold", [-1, 0, 1], 1.5, **T),
    ("sratio", "Normal(0, 3)"): lambda: pm.Normal("threshold", 0, 3, **T),
}


@pytest.mark.filterwarnings("ignore:The intercept is omitted")
@pytest.mark.parametrize(("family", "prior"), THRESHOLDS)
def test_thresholds_keep_their_order_under_any_prior(frame, family, prior):
    centred = frame.assign(x=frame["x"] - frame["x"].mean())
    ours = model_of(f"level ~ x\nthreshold ~ {prior}", centred, family=family).pymc
    assert_same(ours, ordinal(centred, family, THRESHOLDS[family, prior]))
    assert np.isfinite(float(ours.compile_logp(mode=AS_WRITTEN)(ours.initial_point())))


def test_a_bounded_response_gets_priors_of_its_own_scale(frame):
    """Bambi takes the mean and the spread of the values and of their bounds, infinite as they may be."""
    bounded, plain = (model_of(f"{y} ~ x", frame).source.bambi for y in ("truncated(y, lb=-50)", "y"))
    for name, term in bambi_parameters(plain)["mu"].terms.items():
        assert bambi_parameters(bounded)["mu"].terms[name].prior == term.prior
    assert (
        bambi_marginal_parameters(bounded)["sigma"].prior == bambi_marginal_parameters(plain)["sigma"].prior
    )


@pytest.mark.filterwarnings("ignore")
def test_means_under_the_users_own_process_are_those_of_the_rows_that_were_fitted(frame):
    term = "hsgp(x, m=5, c=2)"
    priors = {f"{term}_sigma": "Exponential(2)", f"{term}_ell": 1.5}
    fit = glm(f"y ~ {term}", frame, priors=priors, draws=20, tune=20, chains=1, seed=8927)
    draws = fit.posterior["posterior"].to_dataset()
    at_rows = (draws["Intercept"] + draws[term]).mean(("chain", "draw"))
    np.testing.assert_allclose(fit.predict(frame[["x"]])["mean"], at_rows, rtol=1e-8)
