"""Each rule fires on draws or data made to break it, and on nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray
from scipy.optimize import linprog

from glm_magic import api
from glm_magic.data import as_table
from glm_magic.diagnose import Finding, Remedy, by_severity
from glm_magic.diagnose.convergence import convergence_findings
from glm_magic.diagnose.data import collinear, data_findings, separates
from glm_magic.diagnose.estimates import summarise
from glm_magic.diagnose.overlap import separated
from glm_magic.diagnose.remedies import remedy
from glm_magic.diagnose.sampler import sampler_findings
from glm_magic.errors import DataError, FormulaError
from glm_magic.model.formula import formula_model
from glm_magic.posterior import Posterior, Scalar
from glm_magic.request import DEFAULTS, HeaderLine, Options
from glm_magic.request.again import Asked
from glm_magic.request.formula import read_formula


def scalar(draws, *, circular=False):
    return Scalar(
        label="x", variable="x", index=(), term=None, circular=circular, draws=np.asarray(draws, float)
    )


def posterior(draws=None, *, engine="nutpie", incomplete=False, requested=1000, **statistics):
    chains = np.random.default_rng(1).normal(size=(4, 1000)) if draws is None else np.asarray(draws, float)
    groups = {
        "posterior": xarray.Dataset({"x": (("chain", "draw"), chains)}),
        "sample_stats": xarray.Dataset({k: (("chain", "draw"), v) for k, v in statistics.items()}),
    }
    return Posterior(
        tree=xarray.DataTree.from_dict(groups),
        title="t",
        engine=engine,
        seed=1,
        requested=requested,
        incomplete=incomplete,
        seconds=0.1,
        group_terms={},
        circular=frozenset(),
    )


def rules(findings):
    return {finding.rule: finding.severity for finding in findings}


def good():
    return np.random.default_rng(2).normal(size=(4, 1000))


def walk(rho, shape=(4, 1000)):
    """Autoregressive chains: few effective draws."""
    rng = np.random.default_rng(3)
    noise = rng.normal(size=shape) * np.sqrt(1 - rho**2)
    chains = np.zeros(shape)
    for t in range(1, shape[1]):
        chains[:, t] = rho * chains[:, t - 1] + noise[:, t]
    return chains


def test_good_chains_have_no_findings():
    assert convergence_findings(summarise([scalar(good())]), 4, "nutpie") == []
    assert sampler_findings(posterior()) == []


def test_mean_sd_and_monte_carlo_error_of_independent_draws():
    draws = 3 + 2 * good()
    (one,) = summarise([scalar(draws)])
    assert one.mean == pytest.approx(draws.mean())
    assert one.sd == pytest.approx(draws.std(ddof=1))
    # Independent draws: the error is sd / sqrt(4000), and the effective size about 4,000.
    assert one.mcse_mean == pytest.approx(one.sd / np.sqrt(4000), rel=0.1)
    assert 3300 < one.ess_bulk < 4700
    assert one.r_hat == pytest.approx(1, abs=0.005)
    assert one.digits == 2


@pytest.mark.parametrize(("shift", "severity"), [(0.4, "warning"), (3.0, "error")])
def test_chains_that_disagree(shift, severity):
    draws = good()
    draws[0] += shift
    found = rules(convergence_findings(summarise([scalar(draws)]), 4, "nutpie"))
    assert found["r_hat"] == severity


def estimates_with(count, of=40, **values):
    """Estimates of good chains, the first `count` of them with other diagnostics."""
    (good_one,) = summarise([scalar(good())])
    sound = {"r_hat": 1.001, "ess_bulk": 3000.0, "ess_tail": 3000.0, "mcse_mean": 0.01}
    one = replace(good_one, **sound)
    return [replace(one, **values)] * count + [one] * (of - count)


@pytest.mark.parametrize(
    ("values", "count", "severity", "words"),
    [
        ({"r_hat": 1.0099}, 1, None, ""),
        ({"r_hat": 1.012}, 1, "note", "R-hat: a little above 1.01 for 1 of 40 numbers: x (1.012)"),
        ({"r_hat": 1.012}, 3, "warning", "R-hat: a little above 1.01 for 3 of 40 numbers: x (1.012)"),
        ({"r_hat": 1.03}, 1, "warning", "R-hat: the chains do not agree yet about x (1.03)"),
        ({"r_hat": 1.051}, 1, "error", "R-hat: the chains disagree about x (1.051)"),
        ({"ess_bulk": 401.0}, 1, None, ""),
        (
            {"ess_bulk": 390.0},
            2,
            "note",
            "bulk ESS: a little below 400 for the mean of 2 of 40 numbers: x (390)",
        ),
        ({"ess_tail": 390.0}, 40, "warning", "tail ESS: a little below 400 for the interval of 40 of 40"),
        ({"ess_tail": 250.0}, 1, "warning", "tail ESS: few effective draws for the interval of x (250)"),
        ({"ess_bulk": 99.0}, 1, "error", "bulk ESS: too few effective draws for the mean of x (99)"),
    ],
)
def test_words_and_severity_go_by_size(values, count, severity, words):
    found = convergence_findings(estimates_with(count, **values), 4, "nutpie")
    assert [one.severity for one in found] == ([severity] if severity else [])
    assert all(one.message.startswith(words) for one in found)
    assert all(("More draws would settle it" in one.advice) == ("a little" in words) for one in found)


@pytest.mark.parametrize(
    ("begun_again", "severity", "outcome"),
    [(True, "note", "began again from another start"), (False, "warning", "were not replaced")],
)
def test_lost_chains_are_named_with_what_became_of_them(begun_again, severity, outcome):
    (finding,) = sampler_findings(replace(posterior(), lost=(0, 2), begun_again=begun_again))
    assert (finding.rule, finding.severity) == ("lost_chains", severity)
    assert finding.message.startswith("chains 1, 3 never came near")
    assert outcome in finding.message


@pytest.mark.parametrize(
    ("lost", "begun_again", "severity", "message"),
    [
        (
            (0, 2, 3),
            False,
            "warning",
            "chains 1, 3, 4 never came near the log density of chain 2, and were not replaced: the chains are in "
            "different modes, or that one is caught in a narrow place",
        ),
        (
            (0, 2, 3),
            True,
            "warning",
            "chains 1, 3, 4 never came near the log density of chain 2, and began again from another start, and "
            "arrived",
        ),
        (
            (0, 1, 2, 3),
            False,
            "warning",
            "no two chains had a log density in common: each was in a mode of its own, or on its way; they were not "
            "replaced",
        ),
        (
            (0, 1, 2, 3),
            True,
            "warning",
            "no two chains had a log density in common: each was in a mode of its own, or on its way; all began again "
            "from another start, and arrived",
        ),
    ],
)
def test_most_chains_lost_means_that_there_may_be_modes(lost, begun_again, severity, message):
    (finding,) = sampler_findings(replace(posterior(), lost=lost, begun_again=begun_again))
    assert (finding.severity, finding.message) == (severity, message)
    assert "second mode" in finding.advice


def test_a_fallback_of_ours_is_no_fault_of_the_user():
    (finding,) = sampler_findings(replace(posterior(), fallback="the instant engine did not agree with PyMC"))
    assert finding.severity == "note"
    assert "which only took longer" in finding.message
    assert "report" not in str(finding)


def test_effective_draws_below_a_hundred_per_chain_and_below_a_hundred():
    careful = rules(convergence_findings(summarise([scalar(walk(0.85))]), 4, "nutpie"))
    assert careful["ess_bulk"] == "warning"
    stop = rules(convergence_findings(summarise([scalar(walk(0.99))]), 4, "nutpie"))
    assert stop["ess_bulk"] == "error"
    assert stop["mcse"] == "warning"


def test_the_tail_has_a_rule_of_its_own():
    # The bulk mixes, the tails come in two long excursions: only the tail size is small.
    rng = np.random.default_rng(4)
    draws = np.clip(rng.normal(size=(4, 1000)), -1.2, 1.2)
    draws[:, 400:460] = rng.uniform(1.3, 1.5, size=(4, 60))
    found = rules(convergence_findings(summarise([scalar(draws)]), 4, "nutpie"))
    assert "ess_tail" in found


def test_bad_nutpie_chains_are_sent_to_pymc_and_bad_pymc_chains_are_not():
    draws = good()
    draws[0] += 3
    (of_nutpie, *_) = convergence_findings(summarise([scalar(draws)]), 4, "nutpie")
    (of_pymc, *_) = convergence_findings(summarise([scalar(draws)]), 4, "pymc")
    assert "--engine pymc --target-accept 0.99" in of_nutpie.advice
    assert "--engine" not in of_pymc.advice


def test_an_angle_that_wraps_is_no_false_alarm():
    angles = np.angle(np.exp(1j * (np.pi + 0.2 * good())))
    linear = rules(
        convergence_findings(summarise([scalar(np.abs(angles) * [[1], [1], [-1], [-1]])]), 4, "nutpie")
    )
    assert linear["r_hat"] == "error"
    (one,) = summarise([scalar(angles, circular=True)])
    assert rules(convergence_findings([one], 4, "nutpie")) == {"circular": "note"}
    assert abs(np.angle(np.exp(1j * (one.mean - np.pi)))) < 0.02
    # Mardia & Jupp: for small spread the circular deviation is the linear one.
    assert one.sd == pytest.approx(0.2, rel=0.05)


def test_one_chain_is_compared_with_itself():
    drift = np.linspace(0, 5, 1000)[np.newaxis] + np.random.default_rng(5).normal(size=(1, 1000))
    assert summarise([scalar(drift)])[0].r_hat > 1.05
    assert rules(sampler_findings(posterior(drift)))["chains"] == "error"


def test_a_chain_that_never_moved():
    draws = good()
    draws[2] = 0.5
    assert summarise([scalar(draws)])[0].r_hat == np.inf


def test_constant_numbers_are_not_judged():
    (one,) = summarise([scalar(np.ones((4, 100)))])
    assert np.isnan(one.r_hat)
    assert convergence_findings([one], 4, "nutpie") == []


@pytest.mark.parametrize(("count", "severity"), [(1, "warning"), (40, "error")])
def test_divergences(count, severity):
    diverging = np.zeros((4, 1000), bool)
    diverging.flat[:count] = True
    (finding,) = sampler_findings(posterior(diverging=diverging))
    assert (finding.rule, finding.severity, finding.value) == ("divergences", severity, str(count))


def test_tree_depth_above_a_twentieth_of_a_chain():
    saturated = np.zeros((4, 1000), bool)
    saturated[1, :50] = True
    assert sampler_findings(posterior(reached_max_treedepth=saturated)) == []
    saturated[1, :51] = True
    assert rules(sampler_findings(posterior(reached_max_treedepth=saturated))) == {"tree_depth": "warning"}


@pytest.mark.parametrize(
    ("rho", "expected"), [(0.0, {}), (0.88, {"energy": "warning"}), (0.97, {"energy": "error"})]
)
def test_energy(rho, expected):
    # E-BFMI of an autoregressive energy is 2 (1 - rho).
    assert (
        rules(sampler_findings(posterior(energy=walk(rho, (4, 20000))[:, :1000] if rho else good())))
        == expected
    )


def test_chains_draws_and_interruption():
    assert rules(sampler_findings(posterior(good()[:2]))) == {"chains": "warning"}
    assert rules(sampler_findings(posterior(good()[:, :50]))) == {"draws": "error"}
    (finding,) = sampler_findings(posterior(good()[:, :300], incomplete=True))
    assert finding.rule == "incomplete"
    assert "300 of 1,000" in finding.message


def model_of(text, data, **options):
    return formula_model(read_formula(text), as_table(pd.DataFrame(data)), {}, Options(**options))


def data_rules(text, data, **options):
    return rules(data_findings(model_of(text, data, **options)))


N = 60
RNG = np.random.default_rng(6)
X, Z, Y = RNG.normal(size=(3, N))


def test_clean_data_have_no_findings():
    assert data_rules("y ~ x + z", {"x": X, "z": Z, "y": Y}) == {}


def test_dropped_rows_name_their_columns():
    x = X.copy()
    x[:3] = np.nan
    (finding,) = data_findings(model_of("y ~ x", {"x": x, "y": Y, "unused": np.nan}))
    assert finding.rule == "dropped"
    assert "3 of 60" in finding.message
    assert "x (3)" in finding.message
    assert "unused" not in finding.message


def test_constant_predictors_are_refused_by_name():
    # No row is both b and v: that cell of the interaction is zero throughout.
    g, h = np.repeat(["a", "a", "b"], N // 3), np.r_[np.tile(["u", "v"], N // 3), np.repeat("u", N // 3)]
    with pytest.raises(DataError, match=r"'g\[b\]:h\[v\]' is 0 in every row"):
        model_of("y ~ 0 + g:h", {"g": g, "h": h, "y": Y})
    with pytest.raises(FormulaError, match="'c' is constant"):
        model_of("y ~ x + c", {"x": X, "c": np.full(N, 2.0), "y": Y})


@pytest.mark.parametrize(
    ("formula", "family", "priors"),
    [
        ("y ~ 0 + C(g, Sum)", "gaussian", {"C(g, Sum)": "Normal(0, 10)"}),
        ("y ~ 0 + x + S(g)", "gaussian", {"S(g)": "Normal(0, 10)"}),
        # Bambi does not scale these by the spread.
        ("b ~ 0 + S(g)", "bernoulli", {}),
        ("y ~ x\nsigma ~ 0 + S(g)", "gaussian", {}),
    ],
)
def test_a_column_that_stands_in_for_the_intercept_is_fitted(formula, family, priors, no_sampling):
    frame = pd.DataFrame({"x": X, "y": Y, "b": Y > 0, "g": np.resize(["p", "q", "r"], N)})
    fit = api.glm(formula, frame, family=family, priors=priors, draws=100, seed=1)
    assert [name for name in fit.summary().index if name.endswith("[mean]")]
    assert fit.failures == ()


def test_collinear_predictors():
    assert data_rules("y ~ x + z", {"x": X, "z": 3 * X - 1, "y": Y}) == {"collinear": "warning"}


def test_collinear_names_only_those_that_take_part():
    design = np.column_stack([X, Z, X + 0.5 * Z, X - 2 * RNG.normal(size=N)])
    assert collinear(["a", "b", "c", "d"], design) == ["a", "b", "c"]
    assert collinear(["a", "b"], np.column_stack([X, X + 0.1 * Z])) == []


G, H = np.resize(["a", "b", "c"], N), np.repeat(["u", "v"], N // 2)
DUMMIES = {"d1": (G == "a") * 1.0, "d2": (G == "b") * 1.0, "d3": (G == "c") * 1.0}
DESIGNS = {
    "x": X, "z": Z, "y": Y, "g": G, "h": H, **DUMMIES, "twice": 2 * X, "shifted": 2 * X + 1, "year": 2000 + X,
    "near": X + 1e-6 * Z, "far": 1e6 + X, "farther": 1e6 + Z, "u": (H == "u") * 1.0,
    "grade": np.resize(["bad", "fair", "good"], N),
}  # fmt: skip


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ 0 + g",
        "y ~ 0 + g + x",
        "y ~ 0 + g:x",
        "y ~ 0 + g + g:x",
        "y ~ 0 + g:h",
        "y ~ 0 + g*h",
        "y ~ -1 + x",
        "y ~ 0 + x + shifted",
        "y ~ 0 + x + year",
        "y ~ 0 + d1 + d2 + d3",
        "y ~ 0 + g + far + farther",
        "y ~ x + far:z",
        "y ~ x\nsigma ~ 0 + g",
        "y ~ x\nsigma ~ 0 + g + x",
        "y ~ 0 + g + (x|h)",
        "y ~ (0 + g|h)",
        "y ~ x + hsgp(x, m=5, c=1.5)",
    ],
)
def test_a_design_of_full_rank_is_not_accused(formula):
    assert "collinear" not in data_rules(formula, DESIGNS)


@pytest.mark.parametrize(
    ("formula", "family", "tied"),
    [
        ("y ~ d1 + d2 + d3", None, "d1, d2, d3"),
        ("y ~ x + shifted", None, "x, shifted"),
        ("y ~ 0 + x + twice + z", None, "x, twice"),
        ("y ~ 0 + x + near", None, "x, near"),
        ("y ~ 0 + far + I(2 * far)", None, "far, I(2 * far)"),
        ("y ~ 0 + g + x + shifted", None, "g[a], g[b], g[c], x, shifted"),
        ("y ~ 0 + g + d1", None, "g[a], d1"),
        ("y ~ g + d2 + d3", None, "g[b], g[c], d2, d3"),
        ("y ~ 0 + g:h + d1", None, "g:h[a, u], g:h[a, v], d1"),
        ("y ~ 0 + g + h + u", None, "g[a], g[b], g[c], h[v], u"),
        ("y ~ z\nsigma ~ x + twice", None, "sigma_x, sigma_twice"),
        ("grade ~ d1 + d2 + d3", "cumulative", "d1, d2, d3"),
    ],
)
@pytest.mark.filterwarnings("ignore:The intercept is omitted:UserWarning")  # Bambi's, about ordinal families
def test_columns_that_are_tied_are_named_as_the_summary_names_them(formula, family, tied):
    (finding,) = (
        one for one in data_findings(model_of(formula, DESIGNS, family=family)) if one.rule == "collinear"
    )
    assert finding.message == f"{tied} cannot be told apart: each is a combination of the others"


def test_separation_complete_quasi_and_none():
    response = (X > 0).astype(float)
    ones = np.ones(N)
    assert separates(np.column_stack([ones, X]), response)
    assert separates(np.column_stack([ones, X * 1e8]), response)
    level = np.r_[np.ones(10), np.zeros(N - 10)]
    # Quasi-complete: every row of one level is a 1, the others are mixed.
    mixed = np.r_[np.ones(10), np.tile([0.0, 1.0], (N - 10) // 2)]
    assert separates(np.column_stack([ones, level]), mixed)
    noisy = response.copy()
    noisy[[np.argmin(X), np.argmax(X)]] = [1, 0]
    assert not separates(np.column_stack([ones, X]), noisy)


@pytest.mark.parametrize("n_columns", [1, 3, 8])
def test_maximum_likelihood_tells_separation_as_the_linear_programme_does(n_columns):
    rng = np.random.default_rng(n_columns)
    told = {True: 0, False: 0, None: 0}
    for _ in range(60):
        n_rows = int(rng.integers(2, 5 * n_columns + 4))
        design = np.column_stack([np.ones(n_rows), rng.normal(size=(n_rows, n_columns)).round(1)])
        response = rng.integers(0, 2, n_rows).astype(float)
        signed = (2 * response - 1)[:, None] * (design / abs(design).max(axis=0))
        programme = linprog(
            -signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(n_rows), bounds=(-1, 1), method="highs"
        )
        found = separated(signed)
        told[found] += 1
        assert found is None or found == (-programme.fun > 1e-7)
        assert separates(design, response) == (-programme.fun > 1e-7)
    # Each answer was given, or the comparison shows nothing.
    assert min(told.values()) > 0


def test_hundreds_of_numbers_need_no_linear_programme(monkeypatch):
    def refuse(*args, **options):
        raise AssertionError("the programme takes minutes at this size")

    monkeypatch.setattr("glm_magic.diagnose.data.linprog", refuse)
    rng = np.random.default_rng(1)
    design = np.column_stack([np.ones(600), rng.normal(size=(600, 150))])
    response = (rng.random(600) < 1 / (1 + np.exp(-design[:, 1]))).astype(float)
    assert not separates(design, response)
    assert separates(design, (design[:, 1] > 0).astype(float))


def test_separation_is_told_for_logistic_models_only():
    data = {"x": X, "y": (X > 0).astype(int)}
    assert data_rules("y ~ x", data, family="bernoulli") == {"separation": "warning"}
    assert "separation" not in data_rules("y ~ x", data)


def test_a_response_of_another_family_is_a_note():
    assert data_rules("y ~ x", {"x": X, "y": (Y > 0).astype(int)}) == {"family": "note"}
    assert data_rules("y ~ x", {"x": X, "y": RNG.poisson(2, N)}) == {"family": "note"}
    assert data_rules("y ~ x", {"x": X, "y": 100 + RNG.poisson(2, N)}) == {}
    assert data_rules("y ~ x", {"x": X, "y": RNG.poisson(2, N)}, family="poisson") == {}


def test_a_prior_of_the_intercept_is_explained():
    assert data_rules("y ~ x\nIntercept ~ Normal(0, 1)", {"x": X, "y": Y}) == {"intercept_prior": "note"}


def asked(line, **options):
    return Asked(
        options=replace(DEFAULTS, **options), written=HeaderLine(magic="%%glm", text=line, end=len(line))
    )


def test_what_a_setting_would_mend_carries_the_line():
    diverging = np.zeros((4, 1000), bool)
    diverging.flat[:40] = True
    (finding,) = sampler_findings(posterior(diverging=diverging), asked("df"))
    assert finding.remedy == Remedy(change="--target-accept 0.95", line="%%glm df --target-accept 0.95")
    assert str(finding).endswith("\n    %%glm df --target-accept 0.95")
    (finding,) = sampler_findings(posterior(diverging=diverging), asked("df", target_accept=0.95))
    assert finding.remedy.change == "--target-accept 0.99"
    (finding,) = sampler_findings(posterior(good()[:2]), Asked(options=replace(DEFAULTS, chains=2)))
    assert finding.remedy == Remedy(change="--chains 4", line="--chains 4")


@pytest.mark.parametrize(
    ("values", "engine", "options", "change"),
    [
        ({"r_hat": 1.03}, "nutpie", {}, "--draws 2000 --tune 2000"),
        ({"r_hat": 1.2}, "instant", {}, "--engine pymc --target-accept 0.99"),
        ({"r_hat": 1.2}, "pymc", {"engine": "pymc"}, "--tune 4000 --target-accept 0.99"),
        (
            {"r_hat": 1.2},
            "pymc",
            {"engine": "pymc", "target_accept": 0.99, "tune": 4000},
            "--tune 8000",
        ),
        ({"ess_bulk": 250.0}, "nutpie", {"draws": 500}, "--draws 1000 --tune 2000"),
    ],
)
def test_the_remedy_goes_beyond_what_was_tried(values, engine, options, change):
    (finding,) = convergence_findings(estimates_with(1, **values), 4, engine, asked("df", **options))
    assert finding.remedy.change == change


def test_a_setting_that_is_there_already_is_not_offered():
    assert remedy(asked("df", draws=1000), {"draws": 1000}) is None


def test_the_priors_against_separation_can_be_pasted():
    data = {"x": X, "z": 10 * Z, "g": np.resize(["a", "b"], N), "y": (X > 0).astype(int)}
    (finding,) = (
        one
        for one in data_findings(model_of("y ~ x + z + g", data, family="bernoulli"), asked("df"))
        if one.rule == "separation"
    )
    again = model_of(f"y ~ x + z + g\n{finding.remedy.line}", data, family="bernoulli")
    assert again.source.own_priors == {"x", "z", "g"}
    sd = again.pymc["z"].owner.inputs[-1].eval()
    assert sd == pytest.approx(1 / (10 * Z).std(), rel=0.05)


def test_the_worst_comes_first():
    order = [Finding(rule=s, severity=s, message="m", advice="a") for s in ("note", "error", "warning")]
    assert [finding.severity for finding in by_severity(order)] == ["error", "warning", "note"]
