"""The views hold what they say, whatever the size of the data."""

from __future__ import annotations

import json
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pymc as pm
import pytest
import xarray
from arviz_stats.base import array_stats

from glm_magic.diagnose.estimates import summarise
from glm_magic.model import BlockSource, Column, Model
from glm_magic.posterior import Posterior, Scalar, scalars
from glm_magic.tables.summary import summary_frame
from glm_magic.views import Unavailable, draws
from glm_magic.views.bandwidth import bandwidth
from glm_magic.views.data import chosen_rows, data_view
from glm_magic.views.density import GRID, densities
from glm_magic.views.summary import MOST_PER_TERM, PROBS, summary_view
from glm_magic.views.trace import (
    MOST_DRAWN,
    MOST_FOLDED_DRAWN,
    MOST_ROWS,
    drawn_rows,
    trace_view,
    with_densities,
)


def posterior_of(n_draws=1000, levels=0, diverging=()):
    rng = np.random.default_rng(1)
    variables = {"x": (("chain", "draw"), rng.normal(2, 0.1, size=(4, n_draws)))}
    if levels:
        variables["1|g"] = (("chain", "draw", "g__factor_dim"), rng.normal(size=(4, n_draws, levels)))
    flags = np.zeros((4, n_draws), bool)
    flags.flat[list(diverging)] = True
    groups = {
        "posterior": xarray.Dataset(
            variables, coords={"g__factor_dim": [f"l{i}" for i in range(levels)]} if levels else {}
        ),
        "sample_stats": xarray.Dataset({"diverging": (("chain", "draw"), flags)}),
    }
    return Posterior(
        tree=xarray.DataTree.from_dict(groups), title="t", engine="nutpie", seed=3, requested=n_draws,
        incomplete=False, seconds=1.0, group_terms={"1|g": "1|g"}, circular=frozenset(),
    )  # fmt: skip


def estimates_of(posterior):
    return summarise(scalars(posterior))


def test_the_table_is_the_frame():
    posterior = posterior_of()
    estimates = estimates_of(posterior)
    view, frame = summary_view(estimates), summary_frame(estimates, 0.89)
    (row,) = view.rows
    assert frame.loc["x", "mean"] == row.mean == pytest.approx(2, abs=0.01)
    assert frame.loc["x", "5.5%"] == pytest.approx(np.interp(0.055, PROBS, view.quantiles[0]))
    assert list(frame) == ["mean", "sd", "5.5%", "94.5%", "ess_bulk", "ess_tail", "r_hat", "mcse_mean"]
    # Equal-tailed interval of a normal: 1.598 sd to either side for 0.89.
    assert frame.loc["x", "94.5%"] - frame.loc["x", "5.5%"] == pytest.approx(2 * 1.598 * 0.1, rel=0.05)


def test_levels_are_folded_and_their_number_is_told():
    estimates = estimates_of(posterior_of(n_draws=100, levels=MOST_PER_TERM + 5))
    view = summary_view(estimates)
    assert [row.term for row in view.rows] == [None, *["1|g"] * MOST_PER_TERM]
    assert view.rows[1].label == "1|g[l0]"
    assert str(MOST_PER_TERM + 5) in view.notes[0]
    assert len(summary_frame(estimates, 0.9)) == MOST_PER_TERM + 6


def test_draws_are_thinned_and_it_is_said():
    posterior = posterior_of(n_draws=3000, levels=2, diverging=[1, 3000])
    estimates = estimates_of(posterior)
    view = draws.draws_view(posterior, estimates, {"x": 2.0}, most=3 * 4 * 500)
    assert (view.every, view.values.shape) == (6, (3, 4, 500))
    assert [one.truth for one in view.columns] == [2.0, None, None]
    assert view.left_out == (
        "Pictures and effects are of every 6th of 3,000 draws of each chain; the Summary table is of all.",
    )
    for one in estimates:
        shipped = one.scalar.draws[:, ::6].ravel()
        np.testing.assert_allclose(view.column(one.scalar.label), shipped, rtol=1e-6, atol=1e-6)
    # Lines are draws without repeats, of all chains alike.
    assert len(set(view.order.tolist())) == len(view.order) == 1000
    assert np.bincount(view.order // view.n_shown).tolist() == [250] * 4
    # A divergence of a draw that is not shown is counted all the same.
    assert view.divergent.tolist() == [1, 3000]


def test_columns_are_left_out_where_there_are_very_many(monkeypatch):
    monkeypatch.setattr(draws, "MOST_COLUMNS", 5)
    posterior = posterior_of(n_draws=60, levels=10)
    view = draws.draws_view(posterior, estimates_of(posterior), {})
    assert [one.label for one in view.columns] == ["x", *(f"1|g[l{i}]" for i in range(4))]
    assert view.left_out == ("The draws of 5 of 11 parameters are here; fit.posterior has all.",)


def test_each_chain_has_a_density_that_integrates_to_one():
    (estimate,) = estimates_of(posterior_of())
    density = densities(estimate.scalar.draws, circular=False)
    np.testing.assert_allclose(np.trapezoid(density.y, density.x, axis=1), 1, atol=0.02)


SHAPES = {
    "normal": lambda rng, n: rng.normal(size=n),
    "skewed": lambda rng, n: rng.exponential(size=n),
    "heavy tails": lambda rng, n: rng.standard_cauchy(n),
    "flat": lambda rng, n: rng.random(n),
    "two modes": lambda rng, n: rng.normal(size=n) + 20 * (np.arange(n) % 2),
    "far from zero": lambda rng, n: 1e8 + rng.normal(size=n),
    "small": lambda rng, n: 1e-8 * rng.normal(size=n),
    "rounded": lambda rng, n: np.round(rng.normal(size=n), 1),
    "two values": lambda _, n: np.arange(n) % 3 == 0,
    "one outlier": lambda _, n: np.arange(n) == 0,
}


@pytest.mark.parametrize("n", [3, 20, 1000, 4001])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_bandwidth_is_that_of_arviz(shape, n):
    draws = SHAPES[shape](np.random.default_rng(n), n).astype(float)
    with np.errstate(all="ignore"):
        expected = float(array_stats.kde(draws)[2])
    assert bandwidth(draws) == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize("spread", [1.0, 3.0])
@pytest.mark.parametrize("circular", [False, True])
def test_densities_are_those_of_arviz(circular, spread, monkeypatch):
    draws = np.random.default_rng(2).normal(0, 0.1, size=(4, 500)) * np.array([[1.0], [1.0], [1.0], [spread]])
    options = {"circular": circular}
    if spread == 1 and not circular:
        centred = draws - draws.mean(axis=1, keepdims=True)
        options["bw"] = float(array_stats.kde(centred.ravel())[2]) * 4**0.2
    grid = np.linspace(draws.min(), draws.max(), GRID)
    expected = [
        np.interp(grid, *array_stats.kde(chain, **options)[:2], left=0.0, right=0.0) for chain in draws
    ]
    # Its own search for a bandwidth is what took most of the time of a panel.
    monkeypatch.setattr(array_stats, "bw_isj", None)
    density = densities(draws, circular=circular)
    np.testing.assert_array_equal(density.x, grid)
    np.testing.assert_allclose(density.y, expected, rtol=1e-12, atol=1e-300)


def test_of_many_levels_the_worst_are_drawn_in_figures_and_all_have_rows():
    posterior = posterior_of(n_draws=100, levels=60)
    estimates = estimates_of(posterior)
    shipped = draws.draws_view(posterior, estimates, {})
    view = trace_view(estimates, {}, shipped)
    assert [row.label for row in view.rows] == [one.scalar.label for one in estimates]
    assert [row.density for row in view.rows] == [None] * 61
    worst = sorted((one for one in estimates if one.scalar.term), key=lambda one: -one.r_hat)
    expected = {"x", *(one.scalar.label for one in worst[:MOST_FOLDED_DRAWN])}
    assert {*view.drawn} == {one.row.label for one in drawn_rows(view, shipped)} == expected
    assert view.notes == ()


def test_thinned_draws_come_with_the_densities_of_all():
    posterior = posterior_of(levels=2)
    estimates = estimates_of(posterior)
    thinned = draws.draws_view(posterior, estimates, {}, most=3 * 4 * 100)
    assert thinned.every == 10
    view = trace_view(estimates, {}, thinned)
    for one, row, drawn in zip(estimates, view.rows, drawn_rows(view, thinned), strict=True):
        assert drawn.row is row
        assert drawn.density is row.density
        np.testing.assert_array_equal(row.density.y, densities(one.scalar.draws, circular=False).y)


def test_angles_have_the_densities_that_the_browser_has_not():
    posterior = replace(posterior_of(n_draws=100), circular=frozenset({"x"}))
    estimates = estimates_of(posterior)
    (row,) = trace_view(estimates, {}, draws.draws_view(posterior, estimates, {})).rows
    expected = densities(estimates[0].scalar.draws, circular=True)
    np.testing.assert_array_equal(row.density.y, expected.y)
    assert row.circular


def test_the_rows_of_older_files_are_drawn_with_the_densities_that_they_hold():
    posterior = posterior_of(n_draws=100, levels=3)
    estimates = estimates_of(posterior)
    whole = draws.draws_view(posterior, estimates, {})
    older = with_densities(trace_view(estimates, {}, whole), whole)
    rows = (*older.rows[:2], *(replace(row, density=None) for row in older.rows[2:]))
    older = replace(older, rows=rows, drawn=())
    assert [one.density for one in drawn_rows(older, whole)] == [row.density for row in older.rows[:2]]


NO_DRAWS = Unavailable(unavailable="no")


def numbered(n):
    draws = np.random.default_rng(1).normal(size=(2, 10))
    scalars = [
        Scalar(label=f"b[{i}]", variable="b", index=(i,), term=None, circular=False, draws=draws)
        for i in range(n)
    ]
    return summarise(scalars)


def test_parameters_beyond_those_of_a_figure_are_left_to_the_browser():
    view = trace_view(numbered(MOST_DRAWN + 2), {}, NO_DRAWS)
    assert view.drawn == tuple(row.label for row in view.rows[:MOST_DRAWN])
    assert len(view.rows) == MOST_DRAWN + 2


def test_the_trace_of_very_many_parameters_says_so():
    (estimate,) = numbered(1)
    view = trace_view([estimate] * (MOST_ROWS + 1), {}, NO_DRAWS)
    assert len(view.rows) == MOST_ROWS
    assert view.notes == ("The first 1,000 of 1,001 parameters; fit.posterior has all.",)


def model_of(response, *predictors, censored=None):
    return Model(
        pymc=None, source=BlockSource(vectors={}), title="t", variables=(), response=response,
        predictors=predictors, censored=censored,
    )  # fmt: skip


def numeric(name, n):
    return Column(name=name, values=np.arange(n, dtype=float))


def test_many_rows_are_chosen_by_seed_and_said():
    n = 12_000
    rows = chosen_rows(n, seed=5)
    assert len(set(rows.tolist())) == 5000
    assert rows.tolist() == sorted(rows.tolist()) == chosen_rows(n, seed=5).tolist()
    assert rows.tolist() != chosen_rows(n, seed=6).tolist()
    view = data_view(model_of(numeric("y", n), numeric("x", n)), rows, ())
    assert view.notes == ("5,000 of 12,000 rows drawn.",)
    assert len(view.columns[1].values) == 5000


def test_columns_and_their_roles():
    g = Column(name="g", values=np.array([0, 1, np.nan]), levels=("a", "b"))
    y = Column(name="y", values=np.array([0.0, 1.0, 1.0]))
    view = data_view(
        model_of(y, numeric("x", 3), g, censored=np.array([True, False, False])), np.arange(3), ()
    )
    assert (view.x, view.colours, view.jitter, view.hollow) == (("x", "g"), ("g",), True, "censored")
    assert view.columns[2].codes.tolist() == [0, 1, 0xFFFFFFFF]
    assert view.columns[3].codes.tolist() == [1, 0, 0]


def test_without_a_predictor_x_is_the_row():
    view = data_view(model_of(numeric("y", 4)), np.arange(4), ())
    assert view.x == ("row",)
    assert "no predictor" in view.notes[0]


def nothing_observed():
    pm.Normal("a", 0, 1)


def only_a_potential():
    pm.Potential("p", -(pm.Normal("a", 0, 1) ** 2))


def a_matrix():
    pm.Normal("y", pm.Normal("a", 0, 1), 1, observed=np.ones((4, 5)))


def two_matrices():
    a_matrix()
    pm.Normal("z", 0, 1, observed=np.ones((4, 5)))


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (nothing_observed, "The model has no observed variable, so there are no observations to draw."),
        (
            only_a_potential,
            "The model has no observed variable, and a pm.Potential has no rows, so there are no observations to draw.",
        ),
        (a_matrix, "The response is not one column of numbers, so there is no scatter of it."),
        (two_matrices, "None of y, z is one column of numbers, so there is no scatter of them."),
    ],
)
def test_without_a_response_there_is_a_reason(build, reason):
    with pm.Model() as model:
        build()
    view = data_view(replace(model_of(None), pymc=model), np.arange(0), ())
    assert view == Unavailable(unavailable=reason)


def test_the_stored_chains_are_what_arviz_makes_of_them_today():
    """The browser's tests read the same file; two generations of arviz-stats differ by rounding."""
    written = runpy.run_path(str(Path(__file__).parent / "wire" / "write_chains.py"))
    stored = flat(json.loads(written["CHAINS"].read_text("utf-8")))
    today = flat(written["chains"]())
    assert stored.keys() == today.keys()
    for name, numbers in stored.items():
        np.testing.assert_allclose(today[name], numbers, rtol=1e-7, atol=1e-9, err_msg=name)


def flat(tree, name=""):
    if not isinstance(tree, dict):
        return {name: tree}
    return {place: leaf for key, one in tree.items() for place, leaf in flat(one, f"{name}/{key}").items()}
