"""Figures for paper hold the panel's numbers, and look as matplotlib's rcParams say."""

from __future__ import annotations

import io
import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import same_color, to_rgba
from matplotlib.figure import Figure

from glm_magic import api
from glm_magic.errors import ModelError
from glm_magic.figures import line_values
from glm_magic.figures.paper import PALETTE
from glm_magic.views.data import CategoryColumn
from glm_magic.views.density import densities
from glm_magic.views.panel import payload_of

DRAW = ("plot_data", "plot_trace", "plot_fan")


@pytest.fixture(autouse=True)
def own_parameters():
    """Tests change rcParams; none reaches the next, and figures of pyplot are closed."""
    with mpl.rc_context():
        mpl.rcdefaults()
        yield
        plt.close("all")


@pytest.fixture(scope="module")
def fits(frame, line_fit, without_sampling):
    """A fit of each kind of view: numeric, categories, strata, curves, a categorical response, censored rows."""
    seen = frame.assign(time=np.exp(frame["y"]), over=["none", "right"] * 30)
    with without_sampling():
        made = {
            "x * f": api.glm("y ~ x * f", seen, draws=60),
            "hit": api.glm("hit ~ x + f", seen, family="bernoulli", draws=60),
            "kind": api.glm("kind ~ x", seen, family="categorical", draws=60),
            "time": api.glm("censored(time, over) ~ x", seen, family="exponential", link="log", draws=60),
        }
    return {"line": line_fit, **made}


KINDS = ("line", "x * f", "hit", "kind", "time")


def numbers(line):
    return np.asarray(line.get_xdata(), dtype=float), np.asarray(line.get_ydata(), dtype=float)


def labelled(axes, label):
    return [line for line in axes.lines if line.get_label() == label]


def positions(column):
    if not isinstance(column, CategoryColumn):
        return column.values
    return np.where(column.codes == 0xFFFFFFFF, np.nan, column.codes)


@pytest.mark.parametrize("kind", KINDS)
def test_the_data_figure_holds_the_points_of_the_data_tab(fits, kind):
    fit = fits[kind]
    data = fit.view.tabs.data
    columns = {column.name: column for column in data.columns}
    for name in data.x:
        (axes,) = fit.plot_data(name).axes
        drawn = [numbers(line) for label in ("observed", "censored") for line in labelled(axes, label)]
        x, y = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
        expected = np.stack([positions(columns[name]), positions(columns[data.response])])
        order = np.lexsort(expected)
        np.testing.assert_array_equal(np.stack([x, y])[:, np.lexsort([x, y])], expected[:, order])
        if data.hollow:
            (censored,) = labelled(axes, "censored")
            assert len(censored.get_xdata()) == (columns[data.hollow].codes == 1).sum() > 0
        truth = [line for line in data.truth if line.x == name]
        for line, true in zip(labelled(axes, "true regression line"), truth, strict=True):
            np.testing.assert_array_equal(numbers(line), (true.grid, true.y))


@pytest.mark.parametrize("kind", KINDS)
def test_the_trace_figure_holds_densities_and_chains_of_the_trace_tab(fits, kind):
    fit = fits[kind]
    trace, draws = fit.view.tabs.trace, fit.view.draws
    grid = np.reshape(fit.plot_trace().axes, (-1, 2))
    assert len(grid) == len(trace.rows)
    for (left, right), row in zip(grid, trace.rows, strict=True):
        chains = left.lines[: draws.n_chains]
        drawn = draws.column(row.label).reshape(draws.n_chains, draws.n_shown)
        # What the browser estimates, from the draws that it has.
        expected = densities(drawn, circular=False)
        assert row.density is None
        np.testing.assert_array_equal([numbers(line)[1] for line in chains], expected.y)
        np.testing.assert_array_equal([numbers(line)[0] for line in chains], [expected.x] * len(chains))
        np.testing.assert_array_equal([numbers(line)[1] for line in right.lines], drawn)
        at = np.arange(draws.n_shown) * draws.every
        np.testing.assert_array_equal([numbers(line)[0] for line in right.lines], [at] * draws.n_chains)
        assert [line.get_xdata()[0] for line in left.lines[draws.n_chains :]] == (
            [] if row.truth is None else [row.truth]
        )
        assert left.get_title() == row.label


@pytest.mark.parametrize("kind", KINDS)
def test_the_fan_figure_holds_lines_means_and_points_of_the_fan_tab(fits, kind):
    fit = fits[kind]
    fan = fit.view.tabs.fan
    for axis in fan.axes:
        (axes,) = fit.plot_fan(axis.label, lines=7).axes
        rest = list(axes.lines)
        for stratum in axis.strata:
            values = line_values(stratum.lines)[:7]
            lines = [numbers(rest.pop(0)) for _ in range(7)]
            np.testing.assert_array_equal([y for _, y in lines], values)
            np.testing.assert_array_equal([x for x, _ in lines], [axis.grid] * 7)
            np.testing.assert_array_equal(numbers(rest.pop(0)), (axis.grid, stratum.mean))
            if stratum.truth is not None:
                np.testing.assert_array_equal(numbers(rest.pop(0)), (axis.grid, stratum.truth))
        if axis.points is None:
            assert rest == []
            continue
        x, y = (np.concatenate(parts) for parts in zip(*map(numbers, rest), strict=True))
        expected = np.stack([axis.points.x, axis.points.y])
        order = np.lexsort(expected)
        np.testing.assert_array_equal(np.stack([x, y])[:, np.lexsort([x, y])], expected[:, order])


def test_what_the_figure_draws_is_what_the_browser_is_sent(fits):
    """The payload's own bytes, read by their place in the schema, against the artists."""
    fit = fits["x * f"]
    payload = payload_of(fit.view)
    shown = payload.schema["fits"][0]["tabs"]["data"]["columns"][0]["values"]
    kind, (n,), start = shown["$"]
    sent = np.frombuffer(payload.buffer, f"<{kind}", n, start)
    (observed,) = labelled(fit.plot_fan().axes[0], "observed")
    np.testing.assert_array_equal(sent, np.asarray(observed.get_ydata(), np.float32))


def test_strata_are_told_apart_in_the_legend(fits):
    (axes,) = fits["x * f"].plot_fan("x by f").axes
    entries = [entry for entry in axes.get_legend().get_lines() if entry.get_label() != "observed"]
    assert len(entries) == 3
    assert len({(to_rgba(entry.get_color()), entry.get_linestyle()) for entry in entries}) == 3


# The user's axes


@pytest.mark.parametrize("draw", ["plot_data", "plot_fan"])
def test_one_axes_is_drawn_into(fits, draw):
    figure, (left, right) = plt.subplots(1, 2)
    assert getattr(fits["line"], draw)(ax=right) is figure
    assert right.lines
    assert not left.lines
    assert getattr(fits["line"], draw)(ax=[left]) is figure
    inner = plt.figure().subfigures(1, 2)[0].subplots()
    assert getattr(fits["line"], draw)(ax=inner) is plt.gcf()


@pytest.mark.parametrize("shape", ["grid", "flat", "list", "rows"])
def test_the_trace_takes_two_axes_for_each_number(fits, shape):
    figure, grid = plt.subplots(3, 2)
    ax = {"grid": grid, "flat": grid.ravel(), "list": list(grid.flat), "rows": [list(row) for row in grid]}[
        shape
    ]
    assert fits["line"].plot_trace(ax=ax) is figure
    assert [axes.get_title() for axes in grid[:, 0]] == ["Intercept", "x", "sigma"]
    assert all(len(axes.lines) >= 4 for axes in grid.flat)


@pytest.mark.parametrize("draw", DRAW)
@pytest.mark.parametrize("wrong", ["four", "none", 3, "text", "figure"])
def test_axes_that_are_not_as_many_or_none_are_refused(fits, draw, wrong):
    figure, grid = plt.subplots(2, 2)
    ax = {"four": grid, "none": [], "text": "ax", "figure": figure}.get(wrong, wrong)
    need = "6 matplotlib Axes, two for each of 3 numbers" if draw == "plot_trace" else "one matplotlib Axes"
    found = {"four": "4", "none": "0", 3: "int", "text": "str", "figure": "Figure"}[wrong]
    with pytest.raises(ModelError, match=f"^ax must be {need}, not {found}\n") as caught:
        getattr(fits["line"], draw)(ax=ax)
    assert "plt.subplots(" in caught.value.remedy
    assert not any(axes.lines for axes in grid.flat)


# rcParams


@pytest.mark.parametrize("draw", DRAW)
def test_sizes_are_those_of_rcparams(fits, draw):
    before = getattr(fits["line"], draw)()
    mpl.rcParams.update({"figure.figsize": (3.2, 2.0), "font.size": 7, "lines.linewidth": 0.6})
    small = getattr(fits["line"], draw)()
    assert small.get_figwidth() == 3.2
    assert small.get_figheight() == pytest.approx(before.get_figheight() * 2 / 4.8)

    def texts(figure):
        figure.draw_without_rendering()
        return [text.get_fontsize() for text in figure.findobj(mpl.text.Text) if text.get_text()]

    np.testing.assert_allclose(texts(small)[0], texts(before)[0] * 0.7)
    assert max(texts(small)) < 9
    widths = [[line.get_linewidth() for axes in one.axes for line in axes.lines] for one in (before, small)]
    np.testing.assert_allclose(widths[1], np.multiply(widths[0], 0.6 / 1.5))


def test_colours_are_the_panels_unless_the_user_has_chosen_some(fits):
    def of_chains():
        return [line.get_color() for line in fits["line"].plot_trace().axes[1].lines]

    assert of_chains() == list(PALETTE[:4])
    mpl.rcParams["axes.prop_cycle"] = mpl.cycler(color=["0.2", "crimson"])
    assert of_chains() == ["0.2", "crimson"] * 2
    mpl.rcParams["axes.prop_cycle"] = mpl.cycler(linestyle=["-", ":"])
    assert of_chains() == list(PALETTE[:4])


def test_the_mean_is_seen_on_a_dark_background(fits):
    with plt.style.context("dark_background"):
        (mean,) = labelled(fits["line"].plot_fan().axes[0], "mean")
    assert same_color(mean.get_color(), "white")


# Text


def saved(figure, kind):
    content = io.BytesIO()
    figure.savefig(content, format=kind)
    return content.getvalue()


@pytest.mark.parametrize("draw", DRAW)
def test_text_stays_text_in_svg(fits, draw):
    before = dict(mpl.rcParams)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", saved(getattr(fits["line"], draw)(), "svg").decode())
    assert {"plot_data": "observed", "plot_trace": "sigma", "plot_fan": "mean"}[draw] in texts
    assert dict(mpl.rcParams) == before


def test_text_stays_text_in_pdf_and_postscript(fits):
    figure = fits["line"].plot_fan()
    # Type 42 is TrueType as it is; type 3 draws each letter.
    pdf = saved(figure, "pdf")
    assert b"/CIDFontType2" in pdf or b"/TrueType" in pdf
    assert b"/Type3" not in pdf
    assert b"/FontType 42" in saved(figure, "ps")


def test_a_figure_of_the_users_own_is_saved_as_the_user_says(fits):
    figure, axes = plt.subplots()
    fits["line"].plot_fan(ax=axes)
    assert b"<text" not in saved(figure, "svg")
    with mpl.rc_context({"svg.fonttype": "none"}):
        assert b"<text" in saved(figure, "svg")


def test_nothing_is_left_open_for_pyplot(fits):
    for draw in DRAW:
        assert isinstance(getattr(fits["line"], draw)(), Figure)
    assert plt.get_fignums() == []


def test_names_with_dollars_are_no_mathematics(without_sampling):
    rng = np.random.default_rng(1)
    data = pd.DataFrame(
        {"a$x$b": rng.normal(size=40), "y": rng.normal(size=40), "g": ["$1 \\frac$", "$2"] * 20}
    )
    with without_sampling():
        fit = api.glm("y ~ `a$x$b` + g", data, draws=20)
    for draw in DRAW:
        text = saved(getattr(fit, draw)(), "svg").decode()
        assert "$x$" in text.replace("</tspan>", "") or draw == "plot_data"
    assert "$1 \\frac$" in saved(fit.plot_fan("g"), "svg").decode()
    assert isinstance(fit.plot_data("g").axes[0], Axes)


def test_a_category_that_is_not_known_is_no_point(fits):
    from dataclasses import replace

    from glm_magic.figures import data_figure
    from glm_magic.views.data import MISSING

    view = fits["x * f"].view
    data = view.tabs.data
    columns = [
        replace(one, codes=np.where(np.arange(len(one.codes)) == 3, MISSING, one.codes))
        if isinstance(one, CategoryColumn)
        else one
        for one in data.columns
    ]
    changed = replace(view, tabs=replace(view.tabs, data=replace(data, columns=tuple(columns))))
    (points,) = labelled(data_figure(changed, "f").axes[0], "observed")
    assert np.isnan(points.get_xdata()[3])
    assert np.nanmax(points.get_xdata()) == 2


def test_a_notebook_shows_a_figure_without_pyplot(line_fit):
    from IPython.core.formatters import DisplayFormatter

    shown, _ = DisplayFormatter().format(line_fit.plot_fan(lines=3).figure)
    assert shown["image/png"].startswith(b"\x89PNG")
