"""fit.priors() says what PyMC's graph holds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pymc
import pytest
from pymc.logprob.basic import logp
from scipy import stats

import glm_magic
from glm_magic import glm
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.model.written import to_bambi
from glm_magic.request.prior_lines import read_prior
from glm_magic.tables.distributions import variable_text

FEW = {"draws": 20, "chains": 2, "seed": 1}


KINDS = {
    "factor": ("y ~ x + f", {}),
    "sigma": ("y ~ x\nsigma ~ z + (1|g)", {}),
    "groups": ("y ~ x + (f|g)", {}),
    "spline": ("y ~ bs(x, df=4)", {}),
    "slash": ("y ~ 0 + I(x / 10)", {}),
    "logistic": ("hit ~ x", {"family": "bernoulli"}),
    "categories": ("kind ~ x + f", {"family": "categorical"}),
    "ordered": ("grade ~ x", {"family": "cumulative"}),
    "thresholds": ("grade ~ x\nthreshold ~ Normal([-1, 0, 1], 3)", {"family": "cumulative"}),
    "t": ("y ~ x\nx ~ StudentT(3, 0, 2)\nnu ~ Gamma(2, 0.1)", {"family": "t"}),
    "process": ("y ~ hsgp(x, m=5, c=1.5)", {}),
    "centred groups": ("y ~ x + (1|g)", {"priors": {"1|g": "StudentT(3, 0, HalfNormal(5))"}}),
}


def density_of_text(text, value):
    """The log density of a prior's text, which is read as a line of a formula is."""
    prior = to_bambi(read_prior("x", text).distribution)
    return float(logp(getattr(pymc, prior.name).dist(**prior.args), value).eval(mode=AS_WRITTEN))


@pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_the_text_has_the_density_of_the_models_own_variable(kind, frame, no_sampling):
    formula, options = KINDS[kind]
    fit = glm(formula, frame, **options, **FEW)
    table = fit.priors()
    compared = 0
    for variable in fit.model.free_RVs:
        own = variable.name.removesuffix("_centered").replace("÷", "/")
        rows = [label for label in table.index if label == own or label.startswith(f"{own}[")]
        if own.endswith("_offset") or (own in fit._record.group_terms):
            continue
        assert rows, own
        shape = tuple(variable.shape.eval())
        value = np.full(shape, 0.7)
        if "threshold" in own:
            value = np.linspace(-0.5, 0.7, shape[0])
        densities = np.broadcast_to(logp(variable, value).eval(mode=AS_WRITTEN), shape).ravel()
        texts = table.loc[rows, "prior"].tolist()
        texts = texts * (len(densities) if len(texts) == 1 else 1)
        for text, density, at in zip(texts, densities, value.ravel(), strict=True):
            # Numbers of the text have four digits.
            assert density_of_text(text, at) == pytest.approx(float(density), rel=2e-3, abs=2e-3), text
            compared += 1
    assert compared >= 2


def test_who_chose_each(frame, no_sampling):
    formula = "y ~ x + f + (1|g)\nsigma ~ z\nx ~ Normal(0, 1)\nsigma_z ~ Normal(0, 0.5)\n1|g ~ Normal(0, HalfNormal(2))"
    fit = glm(formula, frame, **FEW)
    chosen = fit.priors()["chosen_by"]
    assert set(chosen[chosen == "you"].index) == {"x", "sigma_z", "1|g", "1|g_sigma"}
    assert set(chosen[chosen == "Bambi"].index) == {"Intercept", "f[q]", "f[r]", "sigma_Intercept"}


def test_texts_are_those_that_were_written(frame, no_sampling):
    priors = {"x": "Normal(0, 2.5)", "1|g": "Normal(0, HalfNormal(2))", "sigma": "Exponential(0.12345678)"}
    table = glm("y ~ x + (1|g)", frame, priors=priors, **FEW).priors()
    assert table.loc["x", "prior"] == "Normal(0, 2.5)"
    assert table.loc["1|g", "prior"] == "Normal(0, HalfNormal(2))"
    assert table.loc["1|g_sigma", "prior"] == "HalfNormal(2)"
    assert table.loc["sigma", "prior"] == "Exponential(0.1235)"


@pytest.mark.parametrize("line", ["1|g_sigma ~ 2.0", "1|g ~ StudentT(3, 0, HalfNormal(5))\n1|g_sigma ~ 2.0"])
def test_the_sd_of_a_group_may_be_fixed(line, frame, no_sampling):
    fit = glm(f"y ~ x + (1|g)\n{line}", frame, draws=1000, chains=2, seed=1)
    assert "1|g_sigma" not in fit.model.named_vars
    own = stats.norm(0, 2) if "StudentT" not in line else stats.t(3, 0, 2)
    density = logp(fit.model["1|g"], np.array([-1.0, 0.0, 0.5, 6.0])).eval(mode=AS_WRITTEN)
    np.testing.assert_allclose(density, own.logpdf([-1.0, 0.0, 0.5, 6.0]))
    row = fit.priors().loc["1|g_sigma"]
    assert (row["prior"], row["chosen_by"], row["holds"]) == ("2", "you", "fixed")
    # A new group has effects of this distribution.
    at = fit.predict({"x": 3.0, "g": ["new"]}, sample_new_groups=True, draws=True)
    effects = at - fit.predict({"x": 3.0}, draws=True)
    assert stats.kstest(effects.to_numpy().ravel(), own.cdf).pvalue > 1e-3
    assert len(fit.groups().sd) == 0
    assert len(fit.groups().levels) == 4
    assert "1|g[a]" in repr(fit.groups())


def test_a_parameter_that_is_fixed_says_so(frame, no_sampling):
    row = glm("y ~ x", frame, family="t", priors={"nu": 4}, **FEW).priors().loc["nu"]
    assert (row["prior"], row["chosen_by"], row["holds"]) == ("4", "you", "fixed")


def test_where_each_holds(frame, no_sampling):
    holds = glm("hit ~ x + (1|g)", frame, family="bernoulli", **FEW).priors()["holds"]
    assert holds["Intercept"] == "at the mean of the predictors, on the scale of log odds of P(hit = 1)"
    assert holds["x"] == "on the scale of log odds of P(hit = 1)"
    assert holds["1|g_sigma"] == "between levels of g, on the scale of log odds of P(hit = 1)"
    alone = glm("y ~ 1\nsigma ~ z", frame, **FEW).priors()["holds"]
    assert alone["Intercept"] == "where the predictors are zero, on the scale of E[y]"
    assert alone["sigma_Intercept"] == "at the mean of the predictors, on the scale of log of sigma"


def test_priors_of_a_process_hold_in_the_unit_that_its_predictor_has(frame, no_sampling):
    own = {"hsgp(x, m=5, c=1.5)_sigma": "Exponential(1)", "hsgp(x, m=5, c=1.5)_ell": "InverseGamma(3, 1)"}
    by_you = glm("y ~ hsgp(x, m=5, c=1.5)", frame, priors=own, **FEW).priors()
    by_bambi = glm("y ~ hsgp(x, m=5, c=1.5)", frame, **FEW).priors()
    name = "hsgp(x, m=5, c=1.5)_ell"
    assert list(by_you.loc[name]) == ["InverseGamma(3, 1)", "you", "unit of the predictors"]
    assert by_bambi.loc[name, "chosen_by"] == "Bambi"
    assert "largest distance" in by_bambi.loc[name, "holds"]


@pytest.fixture
def block(no_sampling):
    with pymc.Model() as model:
        mean = pymc.Normal("mean", 0, 2.51234)
        spread = pymc.HalfNormal("spread", 1 / 3)
        pymc.Normal("effects", mean, spread, shape=3)
        pymc.Normal("shifted", mean + 1, spread)
        pymc.Gamma("shape", 2, 4)
        pymc.Exponential("rate", 5)
        pymc.HalfCauchy("wide", 2)
        pymc.StudentT("heavy", 3, 0, sigma=2)
        pymc.TruncatedNormal("cut", 1, 2, lower=0)
        pymc.LogNormal("size", 0.5, 0.25)
        pymc.Normal("different", [0, 1], 1)
        pymc.Normal("y", mean, 1, observed=np.zeros(5))
    return glm(model, **FEW)


def test_priors_of_a_block_are_those_that_were_written(block):
    table = block.priors()
    assert set(table["chosen_by"]) == {"you"}
    assert list(table.index) == [variable.name for variable in block.model.free_RVs]
    expected = {
        "mean": "Normal(0, 2.512)",
        "spread": "HalfNormal(0.3333)",
        "effects": "Normal(mean, spread)",
        "shifted": "Normal(f(mean), spread)",
        "shape": "Gamma(2, 4)",
        "rate": "Exponential(5)",
        "wide": "HalfCauchy(2)",
        "heavy": "StudentT(3, 0, sigma=2)",
        "cut": "TruncatedNormal(1, 2, lower=0, upper=inf)",
        "size": "LogNormal(0.5, 0.25)",
        "different": "Normal([0, 1], 1)",
    }
    assert table["prior"][list(expected)].to_dict() == expected


WRITTEN = [
    "AsymmetricLaplace(0.7, 0.2, 1.3)",
    "Beta(2, 3)",
    "BetaBinomial(2, 3, 5)",
    "Binomial(5, 0.3)",
    "Cauchy(0.1, 2)",
    "DiscreteUniform(0, 4)",
    "Exponential(4)",
    "Gamma(2, 4)",
    "Geometric(0.3)",
    "Gumbel(0.1, 2)",
    "HalfCauchy(2)",
    "HalfNormal(2)",
    "HalfStudentT(3, 2)",
    "InverseGamma(2, 3)",
    "Laplace(0.1, 2)",
    "Logistic(0.1, 2)",
    "LogNormal(0.1, 2)",
    "Moyal(0.1, 2)",
    "Normal(0.1, 2)",
    "Pareto(2, 0.3)",
    "Poisson(2)",
    "SkewNormal(3, 0.1, 2)",
    "StudentT(3, 0.1, sigma=2)",
    "Triangular(0, 2, 1.5)",
    "TruncatedNormal(0.1, 2, lower=0, upper=5)",
    "Uniform(0, 2)",
    "VonMises(0.1, 2)",
    "Weibull(2, 3)",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_distributions_of_a_block_are_written_as_they_were(text):
    """Their operations have other inputs than the distributions have arguments, and PyMC prints those."""
    prior = to_bambi(read_prior("x", text).distribution)
    with pymc.Model() as model:
        variable = getattr(pymc, prior.name)("one", **prior.args)
    assert variable_text(variable, model) == text


def test_distributions_that_can_be_written_in_two_ways_have_the_same_density():
    with pymc.Model() as model:
        both = [
            pymc.NegativeBinomial("counts", mu=2, alpha=3),
            pymc.Wald("times", mu=1, lam=2, alpha=0.1),
            pymc.Rice("amplitudes", nu=1, sigma=2),
            pymc.ChiSquared("squares", 3),
        ]
    for variable in both:
        text = variable_text(variable, model)
        density = float(logp(variable, 1).eval(mode=AS_WRITTEN))
        assert density_of_text(text, 1) == pytest.approx(density, rel=2e-3), text


def test_a_distribution_that_is_made_of_others_is_written_as_pymc_prints_it():
    with pymc.Model() as model:
        pymc.LKJCholeskyCov("chol", n=2, eta=2, sd_dist=pymc.Exponential.dist(1.0), compute_corr=False)
        pymc.ZeroInflatedPoisson("zeros", 0.3, 2)
    assert variable_text(model["chol"], model).startswith("LKJCholeskyCov(2, 2, ")
    assert "Poisson(2)" in variable_text(model["zeros"], model)


def test_the_rate_of_an_exponential_is_no_scale(block):
    """PyMC's operation has the scale, and prints it."""
    assert density_of_text(block.priors().loc["rate", "prior"], 0.7) == pytest.approx(
        stats.expon.logpdf(0.7, scale=1 / 5)
    )


def test_a_loaded_fit_has_the_same(frame, no_sampling, tmp_path):
    fit = glm("y ~ x", frame, priors={"x": "Normal(0, 3)"}, **FEW)
    fit.save(tmp_path / "fit.nc")
    pd.testing.assert_frame_equal(glm_magic.load(tmp_path / "fit.nc").priors(), fit.priors())
