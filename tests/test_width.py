"""Models with hundreds of predictors and groups: what is shipped stays small, and the rest can be had."""

from __future__ import annotations

import base64

import numpy as np
import pandas as pd
import pymc as pm
import pytest

from glm_magic import api, load
from glm_magic.document import page_html
from glm_magic.errors import ModelError
from glm_magic.predictor import MOST_AXES
from glm_magic.views.fan import LEAST_LINES, MOST_HELD, MOST_NUMBERS, FanAxis, FanStratum, within_budget
from glm_magic.views.lines import AffineLines, CurveLines
from glm_magic.views.panel import payload_of

PREDICTORS = 300
MOST_BYTES = 5_000_000
"""Of the page of any model: section 5 of the design."""


@pytest.fixture(scope="module")
def wide(without_sampling):
    """300 numbers, a category and a group, drawn without sampling."""
    rng = np.random.default_rng(8927)
    frame = pd.DataFrame(rng.normal(size=(400, PREDICTORS)), columns=[f"x{i + 1}" for i in range(PREDICTORS)])
    frame["c"] = rng.choice(list("uvw"), 400)
    frame["g"] = [f"g{i}" for i in rng.integers(0, 12, 400)]
    frame["y"] = frame["x1"] - frame["x250"] + rng.normal(size=400)
    formula = f"y ~ {' + '.join(f'x{i + 1}' for i in range(PREDICTORS))} + c + (1|g)"
    with without_sampling():
        return api.glm(formula, frame, seed=1, draws=500, truth={"Intercept": 0.0})


def size_of(fit):
    """Bytes of the page, without the bundle that all pages share."""
    payload = payload_of(fit.view)
    return len(page_html(fit.view, payload)), len(base64.b64encode(payload.buffer))


def test_the_page_of_300_predictors_is_small(wide):
    page, buffer = size_of(wide)
    assert buffer < page < 3_500_000


def test_what_is_left_out_is_said_in_the_panel_and_in_text(wide):
    data, fan = wide.view.tabs.data, wide.view.tabs.fan
    assert data.left_out == (
        f"The first {MOST_AXES} of 300 numeric predictors are here; fit.plot_data('x31') draws any other.",
    )
    assert fan.left_out == (
        f"Lines over the first {MOST_AXES} of 300 numeric predictors; "
        "fit.plot_fan('x31') draws those over any other.",
    )
    for said in (*data.left_out, *fan.left_out):
        assert said in repr(wide)


def test_the_order_is_that_of_the_formula_and_no_kind_is_lost(wide):
    expected = [*(f"x{i + 1}" for i in range(MOST_AXES)), "c", "g"]
    assert list(wide.view.tabs.data.x) == expected
    assert [axis.label for axis in wide.view.tabs.fan.axes] == expected
    assert wide.view.tabs.data.colours == ("c", "g")


def test_held_predictors_are_named_up_to_a_dozen_and_then_counted(wide):
    held = wide.view.tabs.fan.axes[0].held
    assert [one.name for one in held[:2]] == ["x2", "x3"]
    assert held[-1].name == f"{PREDICTORS - MOST_HELD} others"
    assert len(held) == MOST_HELD + 1


def test_any_predictor_has_lines_and_points_of_its_own(wide):
    lines = wide.plot_fan("x250").axes[0]
    points = wide.plot_data("x250").axes[0]
    assert lines.get_xlabel() == points.get_xlabel() == "x250"
    assert len(points.lines[0].get_xdata()) == 400
    # The lines of x1, which is shipped, come from the panel itself.
    assert wide.plot_fan("x1").axes[0].get_xlabel() == "x1"


def test_a_predictor_that_is_not_there_is_an_error_that_names_it(wide):
    with pytest.raises(ModelError, match="no axis 'x2500'"):
        wide.plot_fan("x2500")
    with pytest.raises(ModelError, match="no predictor 'x2500'"):
        wide.plot_data("x2500")


@pytest.mark.parametrize("draw", ["plot_fan", "plot_data"])
@pytest.mark.parametrize("x", [3, ["x1"], np.nan, ("x1",)])
def test_what_is_no_name_of_a_predictor(wide, draw, x):
    with pytest.raises(ModelError, match=r"^x must be the name of a predictor, not"):
        getattr(wide, draw)(x)


def test_an_empty_name_is_no_first_predictor(wide):
    with pytest.raises(ModelError, match="no predictor ''"):
        wide.plot_data("")


@pytest.mark.parametrize("lines", [-1, 2.5, "3", True, np.nan])
def test_lines_are_a_whole_number(wide, lines):
    with pytest.raises(ModelError, match=r"^lines must be a whole number of at least 0, not"):
        wide.plot_fan("x1", lines=lines)


def test_lines_are_as_many_as_asked_for_or_refused(wide):
    (none, three) = (wide.plot_fan("x1", lines=count).axes[0] for count in (0, np.int64(3)))
    assert len(three.lines) - len(none.lines) == 3
    with pytest.raises(ModelError, match=r"lines=1000000000 is more than the \S+ lines that this fan has"):
        wide.plot_fan("x1", lines=10**9)


def test_a_loaded_formula_has_every_predictor(wide, tmp_path):
    wide.save(tmp_path / "wide.nc")
    loaded = load(tmp_path / "wide.nc")
    for name in ("x1", "x250"):
        theirs, own = (one.plot_fan(name, lines=3).axes[0] for one in (wide, loaded))
        assert own.get_xlabel() == name
        for line, other in zip(own.lines, theirs.lines, strict=True):
            np.testing.assert_allclose(line.get_ydata(), other.get_ydata(), rtol=1e-6)


def test_a_loaded_block_says_that_it_has_what_its_panel_shows(tmp_path):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(60, 40)), columns=[f"x{number}" for number in range(40)])
    with pm.Model() as model:
        mu = sum(pm.Normal(f"b{number}", 0, 1) * frame[f"x{number}"].to_numpy() for number in range(40))
        pm.Normal("y", mu, 1, observed=rng.normal(size=60))
    api.glm(model, frame, draws=50, tune=100, chains=2, seed=1).save(tmp_path / "block.nc")
    loaded = load(tmp_path / "block.nc")
    with pytest.raises(ModelError, match="nothing along 'x39'"):
        loaded.plot_fan("x39")


def test_lines_of_a_wide_model_are_those_of_its_draws(wide):
    """Folded or not, a line is the design row times the draw: at the held values but for x3."""
    axis = next(one for one in wide.view.tabs.fan.axes if one.label == "x3")
    (stratum,) = axis.strata
    assert stratum.lines.draws.shape[1] == 2
    mean = stratum.lines.draws @ stratum.lines.rows.T + stratum.lines.offset
    slopes = (mean[:, -1] - mean[:, 0]) / (axis.grid[-1] - axis.grid[0])
    drawn = wide.posterior["posterior"]["x3"].values.ravel()
    assert np.isclose(slopes[:, None], drawn[None, :], rtol=1e-9).any(axis=1).all()
    frame = wide.predict(
        {**{f"x{i + 1}": wide._model.predictors[i].values.mean() for i in range(300)}, "c": "u"}
    )
    low, high = np.searchsorted(axis.grid, wide._model.predictors[2].values.mean()) + np.array([-1, 0])
    assert min(stratum.mean[[low, high]]) <= frame["mean"][0] <= max(stratum.mean[[low, high]])


@pytest.mark.parametrize("terms", [("1|g",), ("1|g", "x|g")])
def test_the_page_of_1000_groups_is_small_and_says_what_it_leaves_out(no_sampling, tmp_path, terms):
    rng = np.random.default_rng(1)
    group = np.arange(6000) % 1000
    frame = pd.DataFrame({"x": rng.normal(size=6000), "g": [f"school {i}" for i in group]})
    frame["y"] = frame["x"] + rng.normal(size=1000)[group] + rng.normal(size=6000)
    fit = api.glm(f"y ~ x + ({terms[-1]})", frame, seed=1, draws=1000)
    fit.to_html(tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size < MOST_BYTES
    # Every draw that is shown is shown of every number.
    numbers = len(fit.summary())
    assert numbers == 3 + 1001 * len(terms)
    assert fit.view.draws.values.shape == (numbers, 4, 50)
    assert fit.view.draws.left_out == (
        "Pictures and effects are of every 20th of 1,000 draws of each chain; the Summary table is of all.",
    )
    assert fit.view.tabs.summary.notes == tuple(
        f"{term}: the first 200 of 1,000 levels are listed; fit.summary() has all of them." for term in terms
    )
    # What the panel shows of the coefficients is of all draws.
    rows = fit.view.tabs.trace.rows
    assert [row.label for row in rows if row.term is None and row.density is None] == []


def test_a_hand_written_model_draws_any_of_its_predictors(no_sampling):
    names = [f"x{i + 1}" for i in range(MOST_AXES + 5)]
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.normal(size=(60, len(names))), columns=names)
    frame["y"] = frame["x1"] + rng.normal(size=60)
    with pm.Model() as model:
        b = pm.Normal("b", shape=len(names))
        pm.Normal("y", frame[names].to_numpy() @ b, 1, observed=frame["y"])
    fit = api.glm(model, frame, seed=1, draws=20)
    assert [axis.label for axis in fit.view.tabs.fan.axes] == list(fit.view.tabs.data.x) == names[:MOST_AXES]
    assert "first 30 of 35 numeric predictors" in fit.view.tabs.fan.left_out[0]
    assert fit.plot_fan("x33").axes[0].get_xlabel() == fit.plot_data("x33").axes[0].get_xlabel() == "x33"


def axis_of(label, *, width, shared=None, n_lines=1000):
    """An axis of whole curves, or of columns that another axis has too."""
    grid = np.arange(width, dtype=float)
    lines = (
        CurveLines(values=np.zeros((n_lines, width)))
        if shared is None
        else AffineLines(draws=shared, rows=np.zeros((width, shared.shape[1])), offset=grid, link="identity")
    )
    return FanAxis(
        label=label, x=label, kind="numeric", grid=grid, levels=(), held=(), points=None, jitter=False,
        note=None, strata=(FanStratum(label="", lines=lines, mean=grid, truth=None),),
    )  # fmt: skip


def numbers(axes):
    return sum(one.strata[0].lines.values.size for one in axes)


def test_a_fan_within_its_budget_is_left_alone():
    shared = np.zeros((1000, 50))
    axes = tuple(axis_of(f"x{i}", width=100, shared=shared) for i in range(20))
    assert within_budget(axes, 1000).axes is axes


def test_a_fan_that_is_too_large_loses_lines_and_says_so():
    axes = tuple(axis_of(f"x{i}", width=100) for i in range(8))
    found = within_budget(axes, 1000)
    assert found.n_lines == MOST_NUMBERS // 800
    assert numbers(found.axes) <= MOST_NUMBERS
    assert found.left_out == ("500 lines are here; fit.plot_fan(lines=1000) draws more.",)


def test_a_fan_that_is_still_too_large_loses_its_last_axes():
    axes = tuple(axis_of(f"x{i}", width=100) for i in range(60))
    found = within_budget(axes, 1000)
    assert (found.n_lines, len(found.axes)) == (LEAST_LINES, 40)
    assert numbers(found.axes) <= MOST_NUMBERS
    assert found.left_out[1] == "Lines over 40 of 60 are here; fit.plot_fan('x40') draws others."
