"""A change of the fit in JupyterLab: what the page samples, the kernel samples too, and each hears of the other."""

from __future__ import annotations

import ast
import json
import math
import re

import pytest
from panels import PanelOnPage, eventually
from playwright.sync_api import expect

ROWS = 200

CELL = """import json
import glm_magic
fit = glm_magic.load({path!r})
def again():
    table = fit.refit(**p.what_if).summary()
    return json.dumps(table[["mean", "sd", "ess_bulk"]].rename(columns={{"ess_bulk": "ess"}}).to_dict("index"))
p = fit.panel()
p"""


@pytest.fixture(scope="module")
def notebook(jupyterlab, window, watched, saved_fit):
    """A notebook with one panel, which the tests share as they share its kernel."""
    context = window()
    page = context.new_page()
    with watched(page):
        jupyterlab.open(page, jupyterlab.write("refit", [CELL.format(path=str(saved_fit))]))
        jupyterlab.run(page)
        assert jupyterlab.errors(page) == []
        yield page
    context.close()


@pytest.fixture
def ask(jupyterlab, notebook):
    """Evaluate an expression in the kernel."""

    def asked(code: str):
        said = jupyterlab.ask(notebook, code)
        assert said, f"the kernel has no answer to {code}"
        return ast.literal_eval(said)

    return asked


@pytest.fixture
def panel(notebook, ask):
    """The panel, of which nothing is changed before nor after."""
    panel = PanelOnPage(notebook.locator(".jp-NotebookPanel .glm-panel"))
    expect(panel.refit).to_be_hidden()
    yield panel
    reset = panel.root.get_by_role("button", name="Reset", exact=True)
    if reset.is_visible():
        reset.click()
    eventually(lambda: ask("p.what_if") == {})


def tighten(panel):
    panel.tighten("x", "0.2")


def use_fifty(panel):
    panel.choose("Data")
    panel.front.get_by_role("slider", name="Rows used").fill("50")


def move_a_row(panel):
    panel.choose("Data")
    rows = panel.front.get_by_role("application", name="Rows of the data")
    rows.press("Home")
    for _ in range(3):
        rows.press("+")


def simulate(panel):
    panel.choose("Data")
    panel.front.get_by_role("button", name="Simulate again").click()


def is_tight(what_if):
    return what_if == {"priors": {"x": "Normal(0, 0.2)"}}


def has_fifty(what_if):
    return what_if == {"rows": list(range(50))}


def has_a_response(what_if):
    response = what_if.get("response", [])
    return list(what_if) == ["response"] and len(response) == ROWS and all(map(math.isfinite, response))


@pytest.mark.parametrize(
    ("change", "holds"),
    [(tighten, is_tight), (use_fifty, has_fifty), (move_a_row, has_a_response), (simulate, has_a_response)],
)
def test_the_kernel_samples_the_posterior_of_the_page(change, holds, panel, ask):
    before = panel.numbers()
    change(panel)
    panel.sampled_again()
    eventually(lambda: holds(ask("p.what_if")))
    in_page, in_kernel = panel.numbers(), json.loads(ask("again()"))
    assert list(in_page) == list(in_kernel)
    assert in_page != before
    for label, here in in_page.items():
        there = in_kernel[label]
        error = math.hypot(*(one["sd"] / math.sqrt(one["ess"]) for one in (here, there)))
        assert abs(here["mean"] - there["mean"]) <= 4 * error, label


def test_what_python_changes_is_sampled_in_the_page(panel, ask):
    before = panel.numbers()
    ask("p.set_trait('what_if', dict(priors={'x': 'Normal(0, 0.3)'}, rows=range(60))) or p.what_if")
    panel.sampled_again()
    panel.choose("Model")
    expect(panel.front.get_by_label("x sigma", exact=True)).to_have_value("0.3")
    panel.choose("Data")
    expect(panel.front.get_by_role("slider", name="Rows used")).to_have_value("60")
    assert panel.numbers()["x"]["sd"] > before["x"]["sd"]
    ask("p.set_trait('what_if', {}) or p.what_if")
    expect(panel.refit).to_be_hidden()
    assert panel.numbers() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"priors": {"x": "Normal(0, wide)"}}, "sigma"),
        ({"priors": {"z": "Normal(0, 1)"}}, "The model has no prior of z"),
        ({"rows": [500]}, "Rows are numbers from 0 to 199"),
        ({"response": [1.0]}, "A response has 200 values"),
    ],
)
def test_what_the_page_cannot_change_is_answered_in_a_sentence(change, words, panel, ask):
    before = panel.numbers()
    ask(f"p.set_trait('what_if', {change!r}) or p.what_if")
    expect(panel.refit).to_have_text(re.compile(f"^Not changed: .*{words}"))
    assert panel.numbers() == before
