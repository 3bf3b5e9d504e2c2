"""Chains that never reach the posterior are found, and begin again where its mass is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pymc as pm
import pytest
import xarray

from glm_magic import _stack
from glm_magic.api import glm
from glm_magic.engines import adaptation, nutpie
from glm_magic.engines.approach import approach
from glm_magic.engines.arrival import lost_chains, mended
from glm_magic.engines.starts import TRIES, possible
from glm_magic.engines.trace import Trace
from glm_magic.errors import Interrupted
from glm_magic.request import Options
from glm_magic.request.settings import Settings

LOW_RANK = _stack.nutpie_mass("low_rank")
CAREFUL = {"target_accept": 0.9, **LOW_RANK}


def trace(levels, steps=None, draws=200, seed=1) -> Trace:
    """Chains whose log density is that of a normal posterior in 10 dimensions, plus a level each."""
    rng = np.random.default_rng(seed)
    logp = np.array(levels)[:, np.newaxis] - 0.5 * rng.chisquare(10, size=(len(levels), draws))
    sizes = np.ones(len(levels)) if steps is None else np.array(steps)
    dims = ("chain", "draw")
    return Trace(
        variables={"x": np.broadcast_to(np.array(levels)[:, None], logp.shape)},
        statistics=xarray.Dataset(
            {"logp": (dims, logp), "step_size": (dims, np.repeat(sizes[:, None], draws, axis=1))},
            coords={"chain": np.arange(len(levels)), "draw": np.arange(draws)},
        ),
        incomplete=False,
    )


@pytest.mark.parametrize(
    ("levels", "lost"),
    [
        ((0, 0, 0, 0), ()),
        ((0, 0, -100, 0), (2,)),
        ((-100, 0, -300, 0), (0, 2)),
        # Two and two: the higher two are half of all.
        ((0, 0, -100, -100), (2, 3)),
        # A single higher chain may be the one that is caught: the others are begun again, and stay if they miss it.
        ((0, -100, -100, -100), (1, 2, 3)),
        ((-100, 0, -150, -100), (0, 2, 3)),
        ((0, -100, -100), (1, 2)),
        ((0, -100, -200, -300), (0, 1, 2, 3)),
        ((0, -100), ()),
        ((0, 0, -100), (2,)),
        ((0,), ()),
    ],
)
def test_a_lost_chain_is_told_by_its_density(levels, lost):
    assert lost_chains(trace(levels)) == lost


def test_a_frozen_chain_is_lost_however_high_its_density():
    assert lost_chains(trace((0, 30, 0, 0), steps=(0.7, 5e-14, 0.8, 0.8))) == (1,)


def test_short_and_incomplete_runs_are_not_judged():
    assert lost_chains(trace((0, 0, -100, 0), draws=40)) == ()
    stopped = trace((0, 0, -100, 0))
    assert lost_chains(Trace(variables={}, statistics=stopped.statistics, incomplete=True)) == ()


def test_new_chains_take_the_place_of_lost_ones():
    before, again = trace((0, 0, -100, 0)), trace((0,), seed=2)
    after = mended(before, (2,), again)
    np.testing.assert_array_equal(after.variables["x"][2], again.variables["x"][0])
    np.testing.assert_array_equal(after.variables["x"][[0, 1, 3]], before.variables["x"][[0, 1, 3]])
    np.testing.assert_array_equal(after.statistics["logp"][2], again.statistics["logp"][0])
    assert after.lost == (2,)
    assert after.begun_again
    assert before.statistics["logp"].values[2].max() < -90  # not changed


def test_new_chains_may_have_other_statistics():
    """They have another mass matrix than the one that the user may have chosen."""
    before, again = trace((0, 0, -100, 0)), trace((0,), seed=2)
    own = before.statistics.assign(num_eigenvalues=before.statistics["logp"])
    after = mended(replace(before, statistics=own), (2,), again)
    assert set(after.statistics) == {"logp", "step_size"}


def test_chains_that_are_lost_twice_stay():
    before = trace((0, 0, -100, -100))
    after = mended(before, (2, 3), trace((-100, 0), seed=2))
    np.testing.assert_array_equal(after.statistics["logp"], before.statistics["logp"])
    assert after.lost == (2, 3)
    assert not after.begun_again


def test_all_but_one_begin_again_and_reach_it_or_stay():
    before = trace((0, -100, -100, -100))
    arrived = mended(before, (1, 2, 3), trace((0, 0, 0), seed=2))
    assert (arrived.lost, arrived.begun_again) == ((1, 2, 3), True)
    missed = mended(before, (1, 2, 3), trace((-100, -100, -100), seed=2))
    assert (missed.lost, missed.begun_again) == ((1, 2, 3), False)
    np.testing.assert_array_equal(missed.statistics["logp"], before.statistics["logp"])


def two_locations() -> pm.Model:
    """Cauchy errors about two locations of unequal weight: the lower mode is 40 below the other and holds chains."""
    with pm.Model() as model:
        mu = pm.Normal("mu", 0, 1)
        pm.Cauchy("y", mu, 0.01, observed=np.r_[np.full(12, 0.7), np.full(8, -0.7)])
    return model


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["instant", "nutpie"])
def test_a_lost_chain_begins_again_and_arrives(engine):
    """Half of the starts lie on the wrong side of 0."""
    model, begun = two_locations(), 0
    for seed in range(6):
        fit = glm(model, engine=engine, draws=200, tune=300, seed=seed)
        mu = fit.posterior["posterior"]["mu"].values.mean(axis=1)
        notes = [finding for finding in fit.findings if finding.rule == "lost_chains"]
        begun += len(notes)
        if notes and notes[0].severity == "note":
            # 4 posterior sds, about 0.01 / sqrt(12 / 2) each.
            assert (abs(mu - 0.7) < 0.02).all()
    assert begun > 0


@pytest.mark.slow
def test_a_model_without_trouble_is_sampled_once(monkeypatch, line_data):
    calls = []
    start = nutpie._start
    monkeypatch.setattr(nutpie, "_start", lambda *args, **given: calls.append(1) or start(*args, **given))
    fit = glm("y ~ x", line_data, draws=200, tune=300, seed=1)
    assert calls == [1]
    assert all(finding.rule != "lost_chains" for finding in fit.findings)


def uncentred() -> pm.Model:
    rng = np.random.default_rng(3)
    weight = rng.normal(45, 6, 200)
    with pm.Model() as model:
        mu = pm.Normal("a", 178, 100) + pm.Normal("b", 0, 10) * weight
        pm.Normal("y", mu, pm.HalfNormal("s", 50), observed=113 + 0.9 * weight + rng.normal(0, 5, 200))
    return model


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["instant", "nutpie"])
def test_coefficients_of_predictors_that_are_not_centred_mix(engine):
    """With a diagonal mass matrix the least bulk ESS of these 4,000 draws is about 700."""
    summary = glm(uncentred(), engine=engine, seed=1).summary()
    assert (summary["ess_bulk"] > 2000).all()


@pytest.mark.parametrize(
    ("told", "wide", "asked", "chosen"),
    [
        ("correlated", adaptation.WIDEST, {}, CAREFUL),
        ("correlated", adaptation.WIDEST + 1, {}, {}),
        ("open", 3, {}, LOW_RANK),
        ("round", 3, {}, {}),
        ("ridge", 3, {}, {}),
        ("unknown", 3, {}, {}),
        ("correlated", 3, {"max_energy_error": 500.0}, CAREFUL),
        ("correlated", 3, {"adaptation": "diag"}, {}),
        ("correlated", 3, {"use_grad_based_mass_matrix": False}, {}),
        ("correlated", 3, {"transform_adapt": True}, {}),
    ],
)
def test_the_mass_matrix_has_correlations_where_the_posterior_does(monkeypatch, told, wide, asked, chosen):
    monkeypatch.setattr(adaptation, "shape", lambda density, starts: told)
    options = Options(settings=Settings(engine=asked))
    assert adaptation.adaptation(lambda u: (0.0, u), [], options, wide=wide) == chosen


@pytest.mark.parametrize("engine", ["instant", "nutpie"])
def test_what_the_user_asks_for_goes_before_what_is_chosen(monkeypatch, engine):
    settings = []
    start = nutpie._start
    watched = lambda *args, **given: settings.append(given["settings"]) or start(*args, **given)  # noqa: E731
    monkeypatch.setattr(nutpie, "_start", watched)
    for given in ({}, {"target_accept": 0.85}):
        glm(uncentred(), engine=engine, draws=100, tune=200, seed=1, **given)
    assert settings == [CAREFUL, CAREFUL | {"target_accept": 0.85}]


def test_the_same_seed_gives_the_same_draws_where_parameters_are_correlated():
    one, two = (glm(uncentred(), draws=200, seed=4).posterior["posterior"]["b"].values for _ in range(2))
    assert np.array_equal(one, two)


def test_a_stop_during_the_climb_is_answered(monkeypatch):
    def stopped(density, starts):
        raise KeyboardInterrupt

    monkeypatch.setattr(adaptation, "shape", stopped)
    with pytest.raises(Interrupted, match="before the draws were kept"):
        glm(uncentred(), draws=200, seed=4)


def normal(mean, sd):
    return lambda u: (-0.5 * float((((u - mean) / sd) ** 2).sum()), -(u - mean) / sd**2)


def test_an_approach_ends_in_the_bulk_of_a_normal():
    mean, sd = np.array([1e4, -3.0, 0.01]), np.array([50.0, 1.0, 1e-3])
    z = np.array([(approach(normal(mean, sd), [np.zeros(3)], seed) - mean) / sd for seed in range(20)])
    # 4 standard errors of a mean of 20; draws are the likeliest of a few, so their spread is below 1.
    assert (abs(z.mean(axis=0)) < 4 / np.sqrt(20)).all()
    assert (abs(z) < 4).all()


def test_an_approach_does_not_climb_into_the_neck_of_a_funnel():
    """Neal (2003), "Slice sampling", sec. 8: the density grows without bound towards small scales."""

    def funnel(u):
        v, x = u[0], u[1:]
        value = -0.5 * v**2 / 9 - 0.5 * len(x) * v - 0.5 * np.exp(-v) * float(x @ x)
        by_v = -v / 9 - 0.5 * len(x) + 0.5 * np.exp(-v) * float(x @ x)
        return float(value), np.concatenate([[by_v], -x * np.exp(-v)])

    found = [approach(funnel, [np.r_[0.5, np.ones(9)]], seed)[0] for seed in range(10)]
    # The mode along the path of x = 0 is at v = -40.5; 99 of 100 draws of v are above -7.
    assert min(found) > -9


def test_of_several_starts_the_best_path_counts():
    def two_modes(u):
        high, low = -0.5 * ((u[0] - 5) / 0.1) ** 2, -0.5 * ((u[0] + 5) / 0.1) ** 2 - 200
        share = 1 / (1 + np.exp(np.clip(low - high, -700, 700)))
        slope = -share * (u[0] - 5) / 0.01 - (1 - share) * (u[0] + 5) / 0.01
        return float(np.logaddexp(high, low)), np.array([slope])

    starts = [np.array([at]) for at in (-6.0, -4.0, 4.0, -5.0)]
    assert abs(approach(two_modes, starts, 1)[0] - 5) < 0.5


def test_an_approach_that_cannot_climb_stays():
    start = np.array([2.0, 3.0])
    assert (approach(lambda u: (-np.inf, np.full(2, np.nan)), [start], 1) == start).all()


def test_a_search_for_a_start_that_is_in_vain_is_not_repeated():
    """A sampler asks for hundreds of starts before it gives up."""
    asked = []

    def start(seed):
        asked.append(seed)
        return np.zeros(1)

    begin = possible(lambda u: (-np.inf, u), start, np.zeros(1))
    begin(1)
    assert len(asked) == TRIES
    begin(2)
    assert len(asked) == TRIES + 1
