"""True values that a panel hides until they are asked for: the option on its way to every form of the panel."""

from __future__ import annotations

import json
import pickle
from html import unescape

import pytest

import glm_magic
from glm_magic import errors
from glm_magic.complete import suggestions
from glm_magic.display.pages import page
from glm_magic.request import DEFAULTS, HeaderLine
from glm_magic.request.again import Asked, block_header
from glm_magic.request.header import read_header
from glm_magic.views.panel import payload_of

TRUTH = {"Intercept": 1.0, "x": 2.0}


@pytest.fixture(scope="module")
def fit(frame, without_sampling):
    with without_sampling():
        return glm_magic.glm("y ~ x", frame, draws=20, truth=TRUTH, ask_truth=True)


def opened(html: str) -> list[bool]:
    """Whether each panel of a page opens with true values."""
    parts = unescape(html).split('class="glm-payload">')[1:]
    return [json.loads(part.partition("</script>")[0])["show_truth"] for part in parts]


def test_every_form_of_the_panel_opens_without_them(fit, line_fit, tmp_path):
    assert (fit.panel().show_truth, line_fit.panel().show_truth) == (False, True)
    assert payload_of(fit.view).schema["fits"][0]["show_truth"] is False
    for one, shown in ((fit, False), (line_fit, True)):
        one.to_html(tmp_path / "page.html")
        assert opened((tmp_path / "page.html").read_text("utf-8")) == [shown]
        assert opened(one.static()._repr_mimebundle_()[0]["text/html"]) == [shown]
        assert opened(page("shared", one.view, one._payload)) == [shown]
        glm_magic.page([one, line_fit], tmp_path / "lesson.html", title="A lesson")
        assert opened((tmp_path / "lesson.html").read_text("utf-8")) == [shown, True]


def test_a_smaller_page_hides_them_too(fit, tmp_path):
    fit.to_html(tmp_path / "page.html", max_bytes=0)
    assert opened((tmp_path / "page.html").read_text("utf-8")) == [False]


def test_figures_show_them(fit):
    assert "true regression line" in [line.get_label() for line in fit.plot_fan().axes[0].lines]


def test_a_saved_fit_hides_them(fit, tmp_path):
    fit.save(tmp_path / "fit.nc")
    for back in (glm_magic.load(tmp_path / "fit.nc"), pickle.loads(pickle.dumps(fit))):
        assert back.view.show_truth is False
        assert back.panel().show_truth is False
        assert back._options.ask_truth is True


def test_fitting_again_hides_them_as_long_as_there_are_any(fit, no_sampling):
    assert fit.update(draws=10)._options.ask_truth
    assert not fit.update(ask_truth=False)._options.ask_truth
    assert not fit.update(truth={})._options.ask_truth
    with pytest.raises(errors.HeaderError, match="ask_truth needs truth"):
        fit.update(truth={}, ask_truth=True)


def test_without_true_values_it_is_an_error_that_says_what_to_do(frame):
    with pytest.raises(errors.HeaderError) as caught:
        glm_magic.glm("y ~ x", frame, ask_truth=True)
    assert caught.value.message == "ask_truth needs truth: without true values there is nothing to hide"
    assert caught.value.remedy == 'Write truth={"Intercept": 1, "x": 2}, for example, or leave ask_truth out.'
    with pytest.raises(errors.HeaderError, match="ask_truth must be True or False, not 'yes'"):
        glm_magic.glm("y ~ x", frame, truth=TRUTH, ask_truth="yes")


def test_in_a_notebook_it_is_a_flag_or_a_default(notebook, frame, no_sampling):
    notebook.names["df"] = frame
    cell = '%%glm df --draws 20 --truth "x=2"{}\ny ~ x'
    assert notebook.run(cell.format("")).value.view.show_truth
    assert not notebook.run(cell.format(" --ask-truth")).value.view.show_truth
    assert "^" in notebook.run("%%glm df --ask-truth\ny ~ x").text
    # A lesson hides all of them, and its other fits have nothing to hide.
    notebook.run("%config GlmMagic.ask_truth = True")
    assert not notebook.run(cell.format("")).value.view.show_truth
    assert notebook.run("%%glm df --draws 20\ny ~ x").value.view.show_truth


def test_completion_offers_it(frame):
    assert "--ask-truth" in suggestions("%%glm df --as", {"df": frame}).words


@pytest.mark.parametrize(
    "flag", ["--ask-truth --truth 'x=1'", "--truth='x=1' --ask-truth", "--truth 'x=1' --ask-truth"]
)
def test_the_header_of_a_block_leaves_both_out(flag):
    text = f"df --seed 1 {flag} --draws 5"
    header = read_header(text, DEFAULTS)
    written = HeaderLine(magic="%%glm", text=text, end=len(text))
    asked = Asked(options=header.options, written=written, given=header.given)
    assert block_header(asked) == "%%glm df --seed 1 --draws 5"
