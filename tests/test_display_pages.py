"""The budget of the pages in a notebook: beyond it they hold less, and say so."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import IPython
import numpy as np
import pytest

from glm_magic import display
from glm_magic.display import MAX_PAGE_BYTES, limit_pages, pages
from glm_magic.display.pages import page, room_of, size_of, within
from glm_magic.document import bundled, page_html
from glm_magic.errors import FileError
from glm_magic.views import Unavailable
from glm_magic.views.data import CategoryColumn, NumericColumn
from glm_magic.views.fewer import LEAST_ROWS, Room, fewer, sample
from glm_magic.views.panel import payload_of
from glm_magic.views.trace import drawn_rows

ROOM = Room(size=0, reason="It is full", advice="Make room")


@pytest.fixture(autouse=True)
def an_empty_notebook(monkeypatch):
    for name, value in {"display": "auto", "max_page_bytes": MAX_PAGE_BYTES, "carried": False}.items():
        monkeypatch.setattr(display._Notebook, name, value)
    monkeypatch.setattr(display._Notebook, "written", {})
    for name in ("VSCODE_PID", "SERVER_SOFTWARE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def execute(monkeypatch):
    """Pretend that a kernel executes a cell."""

    def cell(message: str, cell_id: str | None = None, *, person: bool = False) -> None:
        parent = {
            "header": {"msg_id": message},
            "metadata": {} if cell_id is None else {"cellId": cell_id},
            "content": {"allow_stdin": person},
        }
        kernel = SimpleNamespace(get_parent=lambda: parent)
        monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=kernel))

    return cell


@pytest.fixture
def large(line_fit):
    """The panel of a fit of a million rows, of which 5,000 are drawn."""
    view = line_fit.view
    rows = np.arange(5_000)
    columns = (
        NumericColumn(name="y", values=np.sin(rows)),
        NumericColumn(name="x", values=rows / 5_000),
        CategoryColumn(name="g", levels=("a", "b"), codes=(rows % 2).astype(np.uint32)),
    )
    data = replace(
        view.tabs.data,
        n_rows=1_000_000,
        n_shown=5_000,
        columns=columns,
        notes=("5,000 of 1,000,000 rows drawn.",),
    )
    axis = view.tabs.fan.axes[0]
    points = replace(axis.points, x=columns[1].values, y=columns[0].values)
    fan = replace(view.tabs.fan, axes=(replace(axis, points=points),))
    return replace(view, tabs=replace(view.tabs, data=data, fan=fan))


def last(view):
    *_, least = fewer(view, ROOM)
    return least


def finding(view):
    (found,) = [one for one in view.findings if one.rule == "page_size"]
    return found


def test_a_panel_that_holds_less_says_what_it_holds(large):
    least = last(large)
    assert least.tabs.fan.n_draws == 100
    assert all(len(one.lines.draws) == 100 for axis in least.tabs.fan.axes for one in axis.strata)
    assert least.tabs.fan.left_out == ("100 lines are here; fit.plot_fan(lines=1000) draws more.",)
    assert least.draws.values.shape[1:] == (4, 50)
    assert least.draws.every == 10
    assert least.draws.left_out == (
        "Pictures and effects are of every 10th of 500 draws of each chain; the Summary table is of all.",
    )
    assert least.tabs.data.n_shown == LEAST_ROWS
    assert least.tabs.data.notes == ("500 of 1,000,000 rows drawn.",)
    assert finding(least).message == (
        "It is full, so this page holds 100 of 1,000 lines, every 10th draw of the chains, "
        "50 of 500 draws from the prior, 500 of 1,000,000 observations; the table is of all draws"
    )


def test_a_page_with_fewer_draws_has_the_densities_of_all(large):
    assert all(row.density is None for row in large.tabs.trace.rows)
    least = last(large)
    for row, drawn in zip(least.tabs.trace.rows, drawn_rows(large.tabs.trace, large.draws), strict=True):
        np.testing.assert_array_equal(row.density.y, drawn.density.y)


def drawn(draws, place):
    """The number in the fit of a shipped draw."""
    chain, at = divmod(int(place), draws.n_shown)
    return chain * draws.n_draws + at * draws.every


def test_what_is_kept_is_a_part_of_what_there_was(large):
    half, *_ = fewer(large, ROOM)
    line, whole = (view.tabs.fan.axes[0].strata[0].lines.draws for view in (half, large))
    np.testing.assert_array_equal(line, whole[:500])
    np.testing.assert_array_equal(half.draws.values, large.draws.values[:, :, :: half.draws.every])
    lines = [[drawn(view.draws, place) for place in view.draws.order] for view in (half, large)]
    assert lines[0] == [line for line in lines[1] if line in set(lines[0])]
    assert half.tabs.summary is large.tabs.summary


def test_data_and_fan_keep_the_same_observations(large):
    for view in fewer(large, ROOM):
        y, x, _ = view.tabs.data.columns
        np.testing.assert_array_equal(y.values, view.tabs.fan.axes[0].points.y)
        np.testing.assert_array_equal(x.values, view.tabs.fan.axes[0].points.x)


def test_observations_are_kept_at_random():
    # 5 standard deviations of a hypergeometric count: a row in k would be all or nothing.
    kept = sample(5_000, 0.25)
    for period in range(2, 60):
        counts = np.bincount(kept % period, minlength=period)
        spread = np.sqrt(len(kept) * 0.75 / period)
        assert abs(counts - len(kept) / period).max() <= 5 * spread


def test_a_smaller_share_is_a_part_of_a_larger_one():
    assert set(sample(5_000, 0.2)) < set(sample(5_000, 0.4))


def test_a_fit_that_is_small_already_is_left_whole(line_fit):
    least = last(line_fit.view)
    assert list(fewer(least, ROOM)) == []


def test_observations_that_the_data_tab_does_not_have_are_counted_in_the_fan(large):
    least = last(replace(large, tabs=replace(large.tabs, data=Unavailable(unavailable="no scatter"))))
    assert "500 of 5,000 observations" in finding(least).message


def test_the_largest_page_that_fits_is_taken(large):
    whole = page_html(large, payload_of(large))
    sizes = [size_of(page_html(view, payload_of(view))) for view in fewer(large, ROOM)]
    assert sizes == sorted(sizes, reverse=True)
    # The script and the styles are in all of them.
    bundle = sum(len(bundled(name)) for name in ("page.js", "widget.css"))
    assert sizes[-1] - bundle < 0.3 * (size_of(whole) - bundle)
    assert within(room_of(size_of(whole)), page_html, large, payload_of(large)) == whole
    assert size_of(within(room_of(sizes[1]), page_html, large, payload_of(large))) <= sizes[1]
    assert size_of(within(room_of(0), page_html, large, payload_of(large))) <= sizes[-1] + 300


def test_pages_are_whole_until_the_budget_is_spent(line_fit, execute):
    sizes, told = [], []
    for number in range(5):
        execute(f"message {number}")
        html = line_fit._repr_mimebundle_()[0]["text/html"]
        sizes.append(len(html))
        told.append("would exceed their budget" in html)
        if number == 1:
            limit_pages(sum(sizes) + 1_000)
    assert told == [False, False, True, True, True]
    assert max(sizes[2:]) < 0.75 * sizes[1]
    assert "<table" in html


def test_forty_fits_carry_the_script_once(line_fit, execute):
    pages = []
    for number in range(40):
        execute(f"message {number}")
        pages.append(line_fit._repr_mimebundle_()[0]["text/html"])
    assert sum('class="glm-template"' in html for html in pages) == 1
    assert len({size_of(html) for html in pages[1:]}) == 1
    assert size_of("".join(pages)) < 40 * 0.6 * size_of(page_html(line_fit.view, line_fit._payload))


def test_a_cell_that_is_executed_again_replaces_its_page(line_fit, execute):
    limit_pages(600_000)
    for number in range(5):
        execute(f"message {number}", "one cell", person=True)
        html = line_fit._repr_mimebundle_()[0]["text/html"]
        assert "would exceed" not in html
    left = display.bytes_left()
    execute("another message", "another cell", person=True)
    assert display.bytes_left() == left


def test_several_fits_of_a_cell_are_counted(line_fit, execute):
    execute("a message", "a cell", person=True)
    sizes = [size_of(page("page", line_fit.view, line_fit._payload)) for _ in range(3)]
    assert display.bytes_left() == MAX_PAGE_BYTES - sum(sizes)


def test_the_live_panel_is_whole_whatever_the_budget(line_fit, execute):
    limit_pages(0)
    execute("a message", "a cell", person=True)
    panel = line_fit.panel()
    assert "would exceed" in panel._repr_mimebundle_()[0]["text/html"]
    assert panel.buffer == line_fit._payload.buffer


@pytest.mark.parametrize("limit", [None, 0])
def test_no_limit_is_kept_without_a_notebook(line_fit, monkeypatch, limit):
    limit_pages(limit)
    monkeypatch.setattr(IPython, "get_ipython", lambda: None)
    assert "would exceed" not in line_fit._repr_mimebundle_()[0]["text/html"]


def test_none_is_no_limit(line_fit, execute):
    limit_pages(None)
    execute("a message")
    assert "would exceed" not in line_fit._repr_mimebundle_()[0]["text/html"]


def test_a_page_that_cannot_be_made_smaller_is_whole_and_says_so(line_fit, monkeypatch):
    def broken(*_):
        raise ValueError("no")

    monkeypatch.setattr(pages, "fewer", broken)
    html = within(room_of(0), page_html, line_fit.view, line_fit._payload)
    assert "a page with fewer draws could not be made" in html
    assert size_of(html) >= size_of(page_html(line_fit.view, line_fit._payload))


def test_a_script_that_was_not_written_is_not_carried(line_fit, execute, monkeypatch):
    execute("a message")

    def broken(*_, **__):
        raise ValueError("no")

    with monkeypatch.context() as patched:
        patched.setattr(pages, "shared_html", broken)
        assert "could not be made" in line_fit._repr_mimebundle_()[0]["text/html"]
    assert 'class="glm-template"' in line_fit._repr_mimebundle_()[0]["text/html"]


def test_a_file_has_a_limit_of_its_own(line_fit, tmp_path):
    line_fit.to_html(tmp_path / "whole.html")
    line_fit.to_html(tmp_path / "fewer.html", max_bytes=260_000)
    whole, less = ((tmp_path / name).read_text("utf-8") for name in ("whole.html", "fewer.html"))
    assert "would exceed" not in whole
    assert len(less.encode()) <= 260_000 < len(whole.encode())
    assert "The page would exceed 260,000 bytes, so this page holds" in less


def test_config_sets_the_budget(notebook):
    notebook.run("%config GlmMagic.max_page_bytes = 5_000_000")
    assert display.max_page_bytes() == 5_000_000
    notebook.run("%config GlmMagic.max_page_bytes = None")
    assert display.max_page_bytes() is None


@pytest.mark.parametrize("max_bytes", ["2 MB", 1e6, -1, True])
def test_a_limit_that_is_no_number_of_bytes_is_refused_and_nothing_is_written(line_fit, tmp_path, max_bytes):
    path = tmp_path / "fit.html"
    with pytest.raises(FileError, match="whole number of bytes"):
        line_fit.to_html(path, max_bytes=max_bytes)
    assert not path.exists()
