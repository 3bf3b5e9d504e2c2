"""The instant engine as the user meets it: chosen, checked, refused, interrupted."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray
from numba import carray

from glm_magic import engines, glm
from glm_magic.engines import Draws, instant, nutpie
from glm_magic.engines.instant import NotInstant, Program, bridge, forms, links, lower, pack
from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.layout import BLOCK_ROWS, CHUNK, FIRST_PARAMETER, GA, LOGP, VALUE, A, B
from glm_magic.engines.instant.program import LinearPredictor
from glm_magic.errors import EngineError, Interrupted
from glm_magic.request import Options

RNG = np.random.default_rng(8927)
N = 60
X = RNG.normal(size=N)
COUNT = RNG.poisson(np.exp(0.3 + 0.5 * X))
GROUP = np.arange(N) % 20


def silent(progress):
    """Hear nothing."""


def poisson_model() -> pm.Model:
    with pm.Model() as model:
        a, b = pm.Normal("a", 0, 2), pm.Normal("b", 0, 2)
        pm.Deterministic("twice", 2 * b)
        pm.Poisson("y", pm.math.exp(a + b * X), observed=COUNT)
    return model


@pytest.fixture
def compiled(monkeypatch):
    """nutpie's compiled path, without compiling: says that it ran."""

    def drawn(job):
        shape = (job.options.chains, job.options.draws)
        data = {name: (("chain", "draw"), np.zeros(shape)) for name in ("a", "b")}
        return Draws(
            posterior=xarray.Dataset(data), sample_stats=xarray.Dataset(), engine="nutpie", seed=job.seed,
            seconds_compiling=0.0, seconds_sampling=0.0, incomplete=False, requested=job.options.draws,
        )  # fmt: skip

    monkeypatch.setattr(nutpie, "compiled_draws", drawn)


# What is chosen, and why


def test_a_regression_is_instant_and_says_so():
    fit = glm("y ~ x", pd.DataFrame({"x": X, "y": X + RNG.normal(size=N)}), seed=1)
    assert "instant (agrees with PyMC)" in fit.view.footer
    attributes = fit.posterior["posterior"].attrs
    assert attributes["engine"] == "instant"
    assert attributes["engine_check"].startswith("4 points, relative error")
    assert not [finding for finding in fit.findings if finding.rule == "fallback"]


def with_a_potential():
    with pm.Model() as model:
        b = pm.Normal("b", 0, 1)
        pm.Potential("penalty", -(b**2))
        pm.Normal("y", b * X, 1, observed=X)
    return model


def with_a_product_of_three():
    with pm.Model() as model:
        s, t, z = pm.HalfNormal("s", 1), pm.HalfNormal("t", 1), pm.Normal("z", 0, 1, shape=20)
        pm.Normal("y", (s * t * z)[GROUP], 1, observed=X)
    return model


def with_a_curve():
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("a", 0, 1) * pm.math.exp(pm.Normal("b", 0, 1) * X), 1, observed=X)
    return model


def with_another_transform():
    with pm.Model() as model:
        cut = pm.Normal("cut", [0.0, 1.0], 1, shape=2, transform=pm.distributions.transforms.ordered)
        pm.Normal("y", cut[GROUP % 2], 1, observed=X)
    return model


def with_missing_values():
    with pm.Model() as model, pytest.warns(pm.exceptions.ImputationWarning):
        pm.Normal("y", pm.Normal("b", 0, 1) * X, 1, observed=np.ma.masked_less(X, -1.5))
    return model


def test_missing_values_are_variables_like_any_other():
    drawn = engines.sample(with_missing_values(), Options(draws=50, seed=1), silent)
    assert drawn.engine == "instant"
    missing = int((X < -1.5).sum())
    assert drawn.posterior["y_unobserved"].shape == (4, 50, missing)
    np.testing.assert_array_equal(drawn.posterior["y"].values[..., X >= -1.5][0, 0], X[X >= -1.5])


def without_data():
    with pm.Model() as model:
        pm.Normal("b", 0, 1)
    return model


def with_ordered_categories():
    with pm.Model() as model:
        p = pm.math.softmax(pm.math.stack([0.0, pm.Normal("b", 0, 1)]))
        pm.Categorical("y", p, observed=GROUP % 2)
    return model


NOT_INSTANT = {
    "Potential, 'penalty'": with_a_potential,
    "parameter is no inverse link of a linear predictor": with_a_curve,
    "no inverse link": with_a_product_of_three,
    "the transform Ordered": with_another_transform,
    "has no data": without_data,
    "no kernel for the distribution Categorical": with_ordered_categories,
}


@pytest.mark.parametrize("reason", NOT_INSTANT)
def test_what_is_not_instant_has_a_reason(reason):
    found = lower(NOT_INSTANT[reason]())
    assert isinstance(found, NotInstant)
    assert re.search(reason, found.reason), found.reason


def test_what_is_not_instant_is_compiled_and_the_footer_says_why(compiled):
    drawn = engines.sample(with_a_potential(), Options(draws=10), silent)
    assert drawn.engine == "nutpie"
    assert drawn.why == "not instant: the model has a Potential, 'penalty'"
    assert drawn.fallback == ""


def test_to_insist_on_the_instant_engine_is_to_be_told_why_not(compiled):
    with pytest.raises(EngineError, match=r"instant engine was asked for, but .* Potential") as caught:
        engines.sample(with_a_potential(), Options(engine="instant"), silent)
    assert "Leave --engine out" in caught.value.remedy


# What is read


def test_a_group_index_is_never_a_dense_matrix():
    groups = np.arange(3_000) % 1_000
    with pm.Model() as model:
        effect = pm.Normal("z", 0, 1, shape=1_000) * pm.HalfNormal("s", 1)
        pm.Normal("y", pm.Normal("a", 0, 1) + effect[groups], 1, observed=np.zeros(3_000))
    program = lower(model)
    assert isinstance(program, Program)
    mu = program.factors[0].slots[1]
    assert isinstance(mu, LinearPredictor)
    assert mu.dense.shape == (1, 3_000)
    (group,) = mu.groups
    np.testing.assert_array_equal(group.index - group.index.min(), groups)
    assert program.variables[0].name == "z"
    assert group.scale == 1_000


def test_dims_coordinates_and_deterministics_are_those_of_the_model():
    coords = {"school": list("abcde")}
    with pm.Model(coords=coords) as model:
        z = pm.Normal("z", 0, 1, dims="school")
        pm.Deterministic("effect", 3 * z, dims="school")
        pm.Deterministic("sum", z.sum())
        bare = pm.Normal("bare", 0, 1, shape=2)
        pm.Deterministic("is_up", bare > 0)
        pm.Normal("y", z[GROUP % 5] + bare[GROUP % 2], 1, observed=X)
    drawn = engines.sample(model, Options(draws=50, tune=50, seed=1, engine="instant"), silent)
    posterior = drawn.posterior
    assert set(posterior.data_vars) == {"z", "bare", "effect", "sum", "is_up"}
    assert list(posterior["z"].coords["school"].values) == coords["school"]
    assert posterior["bare"].dims == ("chain", "draw", "bare_dim_0")
    np.testing.assert_allclose(posterior["effect"], 3 * posterior["z"])
    np.testing.assert_allclose(posterior["sum"], posterior["z"].sum("school"))
    assert posterior["is_up"].dtype == bool
    np.testing.assert_array_equal(posterior["is_up"], posterior["bare"] > 0)


def test_the_log_density_of_a_draw_is_pymc_s_own():
    model = poisson_model()
    drawn = engines.sample(model, Options(draws=20, tune=100, seed=1, engine="instant"), silent)
    evaluate = model.compile_logp(mode="FAST_COMPILE")
    for draw in (0, 7, 19):
        point = {name: drawn.posterior[name].values[1, draw] for name in ("a", "b")}
        np.testing.assert_allclose(drawn.sample_stats["lp"].values[1, draw], evaluate(point), rtol=1e-9)


def test_only_the_variables_asked_for_are_kept():
    drawn = engines.sample(poisson_model(), Options(draws=10, tune=10, engine="instant"), silent, ["twice"])
    assert set(drawn.posterior.data_vars) == {"twice"}


def test_a_seed_repeats_a_fit():
    once, again, other = (
        engines.sample(poisson_model(), Options(draws=20, tune=20, seed=seed), silent).posterior["b"]
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(once, again)
    assert (once != other).any()


# The check bites: a kernel, a prior, a link


def assert_caught():
    drawn = engines.sample(poisson_model(), Options(draws=20, tune=20, seed=1), silent)
    assert drawn.engine == "nutpie"
    assert "did not agree with PyMC" in drawn.fallback
    assert "did not agree with PyMC" in drawn.why
    with pytest.raises(EngineError, match="log density"):
        engines.sample(poisson_model(), Options(engine="instant", draws=20, tune=20, seed=1), silent)


def wrong_poisson(n, block_):
    """A Poisson whose gradient forgets the mean by one in a million."""
    block = carray(block_, (BLOCK_ROWS, CHUNK))
    for i in range(n):
        y, mu = block[VALUE + A, i], block[FIRST_PARAMETER + A, i]
        block[LOGP, i] = y * block[FIRST_PARAMETER + B, i] - mu
        block[FIRST_PARAMETER + GA, i] = y - mu * 1.0001


def test_a_wrong_kernel_is_caught(compiled, monkeypatch):
    wrong = replace(DISTRIBUTIONS["poisson"], kernel=wrong_poisson)
    monkeypatch.setattr(pack, "DISTRIBUTIONS", {**DISTRIBUTIONS, "poisson": wrong})
    assert_caught()


def test_a_wrong_prior_is_caught(compiled, monkeypatch):
    wrong = forms.Form(distribution="normal", slots=lambda mu, sigma: (mu, 1.001 * sigma))
    monkeypatch.setattr(lower_module(), "FORMS", {**forms.FORMS, "normal": (wrong,)})
    assert_caught()


def test_a_wrong_link_is_caught(compiled, monkeypatch):
    wrong = replace(links.LINKS["positive", "log"], kernel=links.positive_softplus)
    monkeypatch.setattr(pack, "LINKS", {**links.LINKS, ("positive", "log"): wrong})
    assert_caught()


def lower_module():
    """The module, whose name in the package is that of its function."""
    import sys

    return sys.modules["glm_magic.engines.instant.lower"]


def test_a_caught_program_is_a_finding(compiled, monkeypatch):
    from glm_magic.diagnose.sampler import sampler_findings
    from glm_magic.model.block import block_model
    from glm_magic.posterior import finish

    wrong = replace(DISTRIBUTIONS["poisson"], kernel=wrong_poisson)
    monkeypatch.setattr(pack, "DISTRIBUTIONS", {**DISTRIBUTIONS, "poisson": wrong})
    model = block_model(poisson_model(), None, {}, "PyMC model")
    posterior = finish(model, engines.sample(model.pymc, Options(draws=100, tune=20, seed=1), silent))
    (finding,) = [one for one in sampler_findings(posterior) if one.rule == "fallback"]
    assert "did not agree with PyMC" in finding.message
    assert "nutpie drew these instead" in finding.message


# What goes wrong while it runs


def test_an_interrupt_keeps_what_was_drawn_and_leaves_no_thread():
    import threading

    begun = threading.active_count()
    heard = []

    def stop(progress):
        heard.append(progress)
        if progress.chains and progress.chains[0].finished > 50:
            raise KeyboardInterrupt

    with pm.Model() as model:
        b = pm.Normal("b", 0, 1, shape=20)
        pm.Bernoulli(
            "y", logit_p=pm.math.dot(RNG.normal(size=(40_000, 20)), b), observed=np.arange(40_000) % 2
        )
    try:
        drawn = engines.sample(model, Options(draws=5_000, tune=20, seed=1, chains=2), stop)
    except Interrupted:
        pass  # The stop came before the first draw after tuning.
    else:
        assert drawn.incomplete
        assert drawn.engine == "instant"
    assert threading.active_count() == begun


def test_where_the_model_does_not_exist_the_sampler_diverges():
    """A mean below 0 is impossible; next to it is where most of this posterior lies."""
    with pm.Model() as model:
        b = pm.Normal("b", 1, 1)
        pm.Poisson("y", b * np.array([1.0, 2.0, 3.0]), observed=[0, 0, 0])
    drawn = engines.sample(model, Options(engine="instant", draws=200, tune=200, seed=1), silent)
    assert drawn.sample_stats["diverging"].values.any()
    assert (drawn.posterior["b"] > 0).all()


def test_an_impossible_start_is_told_in_pymc_s_words():
    with pm.Model() as model:
        pm.Gamma("y", alpha=2, beta=pm.HalfNormal("b", 1), observed=[1.0, 0.0, 2.0])
    with pytest.raises(EngineError, match=r"log density of 'y' is -inf"):
        engines.sample(model, Options(), silent)


def test_separated_data_and_one_row_are_fitted():
    separated = pd.DataFrame({"x": np.arange(20.0), "y": np.arange(20) > 9})
    fit = glm("y ~ x", separated, family="bernoulli", seed=1, draws=200)
    assert "instant" in fit.view.footer
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("a", 0, 1), pm.HalfNormal("s", 1), observed=[0.3])
    assert engines.sample(model, Options(draws=50, seed=1), silent).engine == "instant"


def test_a_refit_with_other_numbers_derives_and_compiles_nothing(monkeypatch):
    def fit(seed):
        data = np.random.default_rng(seed).normal(size=(2, 30))
        frame = pd.DataFrame({"x": data[0], "y": data[1]})
        return glm("y ~ x", frame, priors={"x": f"Normal({seed}, 2)"}, seed=seed, draws=50, tune=50)

    fit(1)

    def refuse(*args, **kwargs):
        raise AssertionError("derived or compiled again")

    monkeypatch.setattr(pm.Model, "logp", refuse)
    for name in ("density.law_of", "density.function_of", "instant.witness._derived"):
        monkeypatch.setattr(f"glm_magic.engines.{name}", refuse)
    monkeypatch.setattr("glm_magic.engines.instant.compiling.CachedKernel", refuse)
    assert "instant" in fit(2).view.footer


def test_the_layout_of_both_generations_of_nutpie_is_filled():
    program = lower(poisson_model())
    assert isinstance(program, Program)
    made = bridge.nutpie_model(bridge.kernel(program), lambda seed: np.zeros(2))
    assert made.n_dim == 2
    assert instant.unconstrained(program.variables[0], np.array([0.5])) == 0.5
