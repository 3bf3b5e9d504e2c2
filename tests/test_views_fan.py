"""The lines of the fan: which draws, how they are shipped, and what their mean is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray
from hypothesis import given
from hypothesis import strategies as st

from glm_magic.model import BlockSource, Column, Model
from glm_magic.posterior import Posterior, stacked
from glm_magic.predictor import Axis, Curves, Linear, Link, NoPredictor, Predictor, Stratum
from glm_magic.predictor.links import INVERSE, inverse_link
from glm_magic.predictor.response import response_over
from glm_magic.views import Unavailable, lines
from glm_magic.views.data import true_lines
from glm_magic.views.factor import FEW, TOLERANCE, VISIBLE, _most_rounding, factor, holds_in_single
from glm_magic.views.fan import FanView, fan_view
from glm_magic.views.lines import (
    BLOCK,
    MOST_LINES,
    AffineLines,
    CurveLines,
    chosen_draws,
)

CHAINS, DRAWS = 2, 300
GRID = np.linspace(0.0, 4.0, 25)
N = 30


def posterior_of(**variables: np.ndarray) -> Posterior:
    """A posterior of scalars, shape (chain, draw)."""
    draws = xarray.Dataset({name: (("chain", "draw"), values) for name, values in variables.items()})
    return Posterior(
        tree=xarray.DataTree.from_dict({"posterior": draws}), title="y ~ x", engine="none", seed=8927,
        requested=DRAWS, incomplete=False, seconds=0.0, group_terms={}, circular=frozenset(),
    )  # fmt: skip


def normal(mean: float, sd: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, sd, (CHAINS, DRAWS))


POSTERIOR = posterior_of(Intercept=normal(0.5, 0.4, 1), x=normal(0.3, 0.2, 2), sigma=normal(1.0, 0.1, 3) ** 2)


def linear(link: Link = "identity", grid: np.ndarray = GRID) -> Linear:
    rows = np.stack([np.ones_like(grid), grid], axis=1)
    return Linear(coefficients=(("Intercept", ()), ("x", ())), rows=rows, offset=0 * grid, link=link)


def curves(function: Callable[[np.ndarray, np.ndarray], np.ndarray], **options: object) -> Curves:
    def evaluate(samples: xarray.Dataset) -> np.ndarray:
        return function(samples["Intercept"].values[:, None], samples["x"].values[:, None])

    return Curves(evaluate=evaluate, **options)


def fan_of(
    mean: Linear | Curves,
    posterior: Posterior = POSTERIOR,
    grid: np.ndarray = GRID,
    truth: dict[str, float] | None = None,
    censored: np.ndarray | None = None,
    rows: np.ndarray | None = None,
) -> FanView:
    x = np.linspace(grid[0], grid[-1], N)
    axis = Axis(label="x", x="x", grid=grid, observed_x=x, strata=(Stratum(label="", mean=mean),))
    model = Model(
        pymc=None, source=BlockSource(vectors={}), title="y ~ x", variables=(),
        response=Column(name="y", values=x + 1), censored=censored,
    )  # fmt: skip
    predictor = Predictor(axes=(axis,), ylabel="E[y | x]", observed_y=x + 1)
    fan = fan_view(model, posterior, predictor, np.arange(N) if rows is None else rows, truth or {})
    assert isinstance(fan, FanView)
    return fan


def shipped(lines: AffineLines | CurveLines) -> np.ndarray:
    """What the browser draws: 4-byte numbers, multiplied in 8."""

    def single(values: np.ndarray) -> np.ndarray:
        return values.astype(np.float32).astype(float)

    if isinstance(lines, CurveLines):
        return single(lines.values)
    return inverse_link(lines.link, single(lines.draws) @ single(lines.rows).T + single(lines.offset))


# --- which draws ---------------------------------------------------------------------------------


@given(st.integers(1, 6), st.integers(1, 40), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_any_first_lines_are_balanced_over_the_chains_and_repeat_nothing(chains, draws, most, seed):
    order = chosen_draws(chains, draws, most, seed)
    assert len(order) == min(most, chains * draws)
    assert len(set(order.tolist())) == len(order)
    for count in range(1, len(order) + 1):
        per_chain = np.bincount(order[:count] // draws, minlength=chains)
        assert per_chain.max() - per_chain.min() <= 1


@given(st.integers(1, 4), st.integers(2, 40), st.integers(1, 100), st.integers(0, 100))
def test_more_lines_only_add_lines(chains, draws, most, seed):
    fewer, more = chosen_draws(chains, draws, most, seed), chosen_draws(chains, draws, most + 7, seed)
    np.testing.assert_array_equal(more[: len(fewer)], fewer)


def test_the_seed_chooses_the_lines():
    first, again, other = (chosen_draws(2, 50, 100, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_joined_draws_are_those_that_xarray_stacks():
    rng = np.random.default_rng(1)
    levels = {"g": ["a", "b", "c"]}
    draws = xarray.Dataset(
        {
            "x": (("chain", "draw"), rng.normal(size=(CHAINS, DRAWS))),
            "g1": (("chain", "draw", "g"), rng.normal(size=(CHAINS, DRAWS, 3))),
            "turned": (("g", "draw", "chain"), rng.normal(size=(3, DRAWS, CHAINS))),
        },
        coords={"chain": np.arange(CHAINS), "draw": np.arange(DRAWS), **levels},
    )
    expected = draws.stack(sample=("chain", "draw")).drop_vars(("sample", "chain", "draw"))
    xarray.testing.assert_identical(stacked(draws), expected.transpose("sample", ...))


def test_a_mean_of_straight_lines_is_the_mean_of_all_lines():
    mean = linear()
    lines = response_over(mean, stacked(POSTERIOR.draws))
    (stratum,) = fan_of(mean).axes[0].strata
    np.testing.assert_allclose(stratum.mean, lines.mean(axis=0), rtol=1e-12)


def rounds(draws: np.ndarray, rows: np.ndarray, offset: np.ndarray) -> float:
    """What 4-byte numbers do to lines, at most."""
    single = [array.astype(np.float32).astype(float) for array in (draws, rows, offset)]
    return float(np.abs(single[0] @ single[1].T + single[2] - (draws @ rows.T + offset)).max())


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(-160, 60), st.integers(-160, 60))
def test_the_bound_on_rounding_is_one(seed, p, scale, other):
    rng = np.random.default_rng(seed)
    draws, rows = rng.normal(size=(40, p)) * 2.0**scale, rng.normal(size=(9, p)) * 2.0**other
    offset = rng.normal(size=9)
    assert rounds(draws, rows, offset) <= _most_rounding(draws, rows, offset)


@given(st.integers(0, 2**32 - 1), st.floats(-3, 9))
def test_lines_are_held_in_single_where_rounding_does_not_show(seed, exponent):
    rng = np.random.default_rng(seed)
    far = 10.0**exponent
    slopes = rng.normal(size=200)
    draws, rows = (
        np.stack([-far * slopes, slopes], axis=1),
        np.stack([np.ones(9), far + np.arange(9.0)], axis=1),
    )
    offset = np.zeros(9)
    expected = rounds(draws, rows, offset) <= VISIBLE * np.ptp(draws @ rows.T + offset)
    assert holds_in_single(draws, rows, offset) == expected


def test_lines_that_are_no_numbers_are_not_held_in_single():
    ones = np.ones((9, 1))
    for bad in (np.nan, np.inf, 1e39):
        with np.errstate(all="ignore"):
            assert not holds_in_single(np.full((200, 1), bad), ones, np.zeros(9))


def test_most_lines_are_held_in_single_without_computing_them():
    draws, rows, offset = np.random.default_rng(1).normal(size=(1000, 2)), linear().rows, np.zeros(len(GRID))
    draws[FEW:] = draws[:1]
    assert _most_rounding(draws, rows, offset) <= VISIBLE * np.ptp(draws[:FEW] @ rows.T + offset)


def test_lines_are_the_chosen_draws():
    (stratum,) = fan_of(linear()).axes[0].strata
    order = chosen_draws(CHAINS, DRAWS, MOST_LINES, POSTERIOR.seed)
    expected = response_over(linear(), stacked(POSTERIOR.draws))[order]
    np.testing.assert_allclose(shipped(stratum.lines), expected, atol=1e-6)


# --- their mean -----------------------------------------------------------------------------------


def test_the_mean_is_the_mean_of_the_lines_and_not_the_line_of_the_mean():
    (stratum,) = fan_of(linear("log")).axes[0].strata
    lines = response_over(linear("log"), stacked(POSTERIOR.draws))
    assert lines.shape == (CHAINS * DRAWS, len(GRID))
    np.testing.assert_allclose(stratum.mean, lines.mean(axis=0), rtol=1e-12)
    at_means = np.exp(float(POSTERIOR.draws["Intercept"].mean()) + float(POSTERIOR.draws["x"].mean()) * GRID)
    assert (stratum.mean > 1.02 * at_means).all()


def test_the_mean_is_over_every_draw_and_not_only_those_that_are_shipped():
    many = posterior_of(Intercept=np.arange(4000.0).reshape(2, 2000), x=np.zeros((2, 2000)))
    fan = fan_of(linear(), many)
    assert fan.n_draws == MOST_LINES
    np.testing.assert_allclose(fan.axes[0].strata[0].mean, 1999.5)


def test_lines_are_averaged_in_blocks(monkeypatch):
    """All of them at once are megabytes that leave the cache, and a product that waits for every processor."""
    sizes = []

    def seen(link: Link, eta: np.ndarray) -> np.ndarray:
        sizes.append(len(eta))
        return inverse_link(link, eta)

    monkeypatch.setattr(lines, "inverse_link", seen)
    fan_of(linear("logit"))
    assert sizes == [BLOCK, CHAINS * DRAWS - BLOCK]


def test_angles_are_averaged_on_the_circle():
    around = normal(np.pi, 0.1, 4)
    posterior = posterior_of(Intercept=np.angle(np.exp(1j * around)), x=np.zeros((CHAINS, DRAWS)))
    (stratum,) = fan_of(curves(lambda a, b: a + b * GRID, circular=True), posterior).axes[0].strata
    # Seed 4, 4 Monte Carlo standard errors.
    assert (np.abs(np.angle(np.exp(1j * (stratum.mean - np.pi)))) < 4 * 0.1 / np.sqrt(CHAINS * DRAWS)).all()


# --- how they are shipped --------------------------------------------------------------------------


@given(st.integers(1, 6), st.integers(20, 60), st.integers(0, 1000))
def test_factors_hold_the_curves_to_within_the_stated_tolerance(rank, n_grid, seed):
    rng = np.random.default_rng(seed)
    noise = 1e-8 * rng.normal(size=(80, n_grid))
    found = rng.normal(size=(80, rank)) @ rng.normal(size=(rank, n_grid)) + 5 + noise
    factors = factor(found)
    assert factors is not None
    assert factors.rows.shape[1] <= rank
    error = np.abs(factors.scores @ factors.rows.T + factors.centre - found).max()
    largest = np.linalg.svd(found - found.mean(axis=0), compute_uv=False)[0]
    assert error <= TOLERANCE * largest


def test_curves_that_no_few_columns_hold_are_shipped_whole():
    noise = np.random.default_rng(1).normal(size=(60, 40))
    assert factor(noise) is None
    holes = np.ones((60, 40))
    holes[3, 4] = np.nan
    assert factor(holes) is None


def test_whole_curves_of_an_affine_mean_are_shipped_as_columns():
    (stratum,) = fan_of(curves(lambda a, b: a + b * GRID, link="log")).axes[0].strata
    assert isinstance(stratum.lines, AffineLines)
    assert stratum.lines.rows.shape == (len(GRID), 2)
    expected = response_over(linear("log"), stacked(POSTERIOR.draws))
    order = chosen_draws(CHAINS, DRAWS, MOST_LINES, POSTERIOR.seed)
    np.testing.assert_allclose(shipped(stratum.lines), expected[order], rtol=1e-5)


@pytest.mark.parametrize("link", ["identity", "log", "logit"])
def test_four_bytes_hold_what_is_seen(link):
    (stratum,) = fan_of(linear(link)).axes[0].strata
    order = chosen_draws(CHAINS, DRAWS, MOST_LINES, POSTERIOR.seed)
    exact = response_over(linear(link), stacked(POSTERIOR.draws))[order]
    assert np.abs(shipped(stratum.lines) - exact).max() <= VISIBLE * np.ptp(exact)


def test_four_bytes_hold_lines_in_calendar_years():
    # y = a + b (year - 2000) + c (year - 2000)^2, expanded: large coefficients that cancel.
    years = np.linspace(1990.0, 2010.0, 61)
    a, b, c = normal(1.0, 0.1, 5), normal(0.02, 0.01, 6), normal(0.01, 0.001, 7)
    posterior = posterior_of(Intercept=a - 2000 * b + 2000**2 * c, x=b - 2 * 2000 * c, square=c)
    mean = Linear(
        coefficients=(("Intercept", ()), ("x", ()), ("square", ())),
        rows=np.stack([np.ones_like(years), years, years**2], axis=1),
        offset=0 * years,
        link="identity",
    )
    (stratum,) = fan_of(mean, posterior, years).axes[0].strata
    order = chosen_draws(CHAINS, DRAWS, MOST_LINES, posterior.seed)
    exact = response_over(mean, stacked(posterior.draws))[order]
    assert np.abs(shipped(stratum.lines) - exact).max() <= VISIBLE * np.ptp(exact)
    coefficients = AffineLines(
        draws=np.stack([stacked(posterior.draws)[name].values for name, _ in mean.coefficients], axis=1),
        rows=mean.rows, offset=mean.offset, link="identity",
    )  # fmt: skip
    naive = np.abs(shipped(coefficients) - response_over(mean, stacked(posterior.draws))).max()
    assert naive > 5 * VISIBLE * np.ptp(exact), "the case must need more than 4 bytes"


class TwoCategories:
    """A response of two categories, which remembers how many draws it was evaluated for."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    def lines(self, samples: xarray.Dataset) -> np.ndarray:
        self.calls.append(samples.sizes["sample"])
        p = inverse_link("logit", samples["Intercept"].values[:, None] + samples["x"].values[:, None] * GRID)
        return np.stack([p, 1 - p], axis=-1)


def test_the_categories_of_a_response_are_evaluated_once():
    response = TwoCategories()
    # Each category has a bound method of its own, equal to that of the other.
    strata = tuple(
        Stratum(label=label, mean=Curves(evaluate=response.lines, category=k)) for k, label in enumerate("ab")
    )
    axis = Axis(label="x", x="x", grid=GRID, observed_x=GRID, strata=strata)
    model = Model(pymc=None, source=BlockSource(vectors={}), title="y", variables=(), response=None)
    predictor = Predictor(axes=(axis,), ylabel="P", observed_y=np.full(len(GRID), np.nan))
    fan = fan_view(model, POSTERIOR, predictor, np.arange(0), {})
    assert isinstance(fan, FanView)
    assert response.calls == [CHAINS * DRAWS]
    first, second = fan.axes[0].strata
    np.testing.assert_allclose(first.mean + second.mean, 1.0)
    assert fan.axes[0].points is None


@pytest.mark.parametrize("link", sorted(INVERSE))
def test_an_inverse_link_gives_gaps_and_no_warning_outside_its_domain(link):
    values = inverse_link(link, np.array([-800.0, -1.0, 0.0, 1.0, 800.0]))
    assert values.shape == (5,)
    assert np.isfinite(values[3])


@pytest.mark.parametrize(
    ("link", "eta", "mean"),
    [
        ("identity", -2.5, -2.5), ("log", np.log(3), 3.0), ("logit", np.log(3), 0.75), ("probit", 1.959964, 0.975),
        ("cloglog", np.log(np.log(2)), 0.5), ("loglog", -np.log(np.log(2)), 0.5), ("inverse", 4.0, 0.25),
        ("inverse_squared", 4.0, 0.5), ("sqrt", 3.0, 9.0), ("softplus", np.log(np.e - 1), 1.0),
        ("cauchit", 1.0, 0.75), ("tan_2", 1.0, np.pi / 2),
    ],
)  # fmt: skip
def test_inverse_links_are_their_closed_forms(link, eta, mean):
    np.testing.assert_allclose(inverse_link(link, np.array(eta)), mean, rtol=1e-6)


# --- the true line, points and reasons ----------------------------------------------------------------


def test_the_true_line_needs_only_the_parameters_of_the_mean():
    (line,) = true_lines(fan_of(linear("log"), truth={"Intercept": 0.5, "x": 0.25}))
    np.testing.assert_allclose(line.y, np.exp(0.5 + 0.25 * GRID))
    assert (line.x, line.grid is not None) == ("x", True)


@pytest.mark.parametrize("truth", [{}, {"Intercept": 0.5}, {"sigma": 1.0}])
def test_without_every_parameter_of_the_mean_there_is_no_true_line(truth):
    assert true_lines(fan_of(linear(), truth=truth)) == ()


def test_points_are_the_shown_rows_and_hollow_where_censored():
    censored = np.arange(N) % 3 == 0
    points = fan_of(linear(), censored=censored, rows=np.array([0, 1, 5, 9])).axes[0].points
    assert points is not None
    np.testing.assert_array_equal(points.hollow, [1, 0, 0, 1])
    np.testing.assert_array_equal(points.y, points.x + 1)
    assert fan_of(linear()).axes[0].points.hollow is None


def test_without_a_predictor_the_tab_gives_the_reason():
    model = Model(pymc=None, source=BlockSource(vectors={}), title="y", variables=(), response=None)
    fan = fan_view(model, POSTERIOR, NoPredictor(reason="no line to draw"), np.arange(0), {})
    assert fan == Unavailable(unavailable="no line to draw")
    assert true_lines(fan) == ()
