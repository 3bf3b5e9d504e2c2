"""Whatever fails after the draws exist costs one tab or one finding, and never the fit."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pandas as pd
import pymc as pm
import pytest

import glm_magic
from glm_magic import api
from glm_magic import fit as fit_module
from glm_magic import text as text_module
from glm_magic.diagnose import every
from glm_magic.errors import GlmError, ModelError
from glm_magic.fit import shown as shown_module
from glm_magic.stages import Failure, Stages, together, unguarded
from glm_magic.views import Unavailable, compose
from tests.conftest import closed_form_draws, invented_draws

TABS = ("data", "trace", "summary", "fan")
REASON = "a stage was made to fail"

# Rooms whose functions make something of the draws.
AFTER = ("posterior", "diagnose", "predictor", "views", "text")
# What says that something failed: there is nothing behind it.
LAST = {"unfinished", "failed_findings", "failed_tab", "bare_panel", "bare_payload"}


class BrokenError(Exception):
    """An error that nobody expects."""


def broken(*_args, **_options):
    raise BrokenError(REASON)


def stage_functions():
    """Every function of these rooms that the pipeline calls by a name of its own."""
    for module in (api, shown_module, every, compose, fit_module, text_module):
        for name, thing in vars(module).items():
            room = getattr(thing, "__module__", "").split(".")[1:2]
            if inspect.isfunction(thing) and room and room[0] in AFTER and name not in LAST:
                yield pytest.param(module, name, id=f"{module.__name__.split('.', 1)[1]}.{name}")


def line(frame):
    return api.glm("y ~ x", frame, seed=8927, draws=150, truth={"Intercept": 1, "x": 2, "sigma": 0.5})


def by_hand(frame):
    group = np.arange(len(frame)) % 3
    with pm.Model() as model:
        a = pm.Normal("a", 0, 1, shape=3)
        b = pm.Normal("b", 0, 1)
        pm.Normal("y", a[group] + b * frame["x"].to_numpy(), 1.0, observed=frame["y"].to_numpy())
    return api.glm(model, frame, seed=1, draws=150)


FITS = {"a formula": (line, closed_form_draws), "a model by hand": (by_hand, invented_draws)}


def shown(fit):
    """Everything that a user sees of a fit, as text: the payload, the text, the page."""
    bundle, _ = fit.static()._repr_mimebundle_()
    return json.dumps(fit._payload.schema), bundle["text/plain"], bundle["text/html"]


def check_kept(fit, folder):
    """The fit can be shown, saved, loaded and published, and holds its draws."""
    assert fit.posterior["posterior"].sizes["draw"] == 150
    fit.save(folder / "fit.nc")
    again = glm_magic.load(folder / "fit.nc")
    assert again.view.tabs == again.view.tabs
    assert repr(again)
    fit.to_html(folder / "fit.html")
    assert fit.panel()
    return (folder / "fit.html").read_text("utf-8"), again


def missing_tabs(fit):
    return [name for name in TABS if isinstance(getattr(fit.view.tabs, name), Unavailable)]


@pytest.mark.parametrize("kind", FITS)
def test_nothing_fails_where_nothing_was_broken(kind, line_data, monkeypatch, tmp_path):
    make, draws = FITS[kind]
    monkeypatch.setattr(api, "sample", draws)
    fit = make(line_data)
    check_kept(fit, tmp_path)
    assert (missing_tabs(fit), fit.failures) == ([], ())


@pytest.mark.parametrize(("module", "name"), list(stage_functions()))
def test_a_function_that_fails_costs_what_it_makes(module, name, line_data, monkeypatch, tmp_path):
    kind = "a model by hand" if name == "read_graph" else "a formula"
    make, draws = FITS[kind]
    monkeypatch.setattr(api, "sample", draws)
    called = []

    def failing(*args, **options):
        called.append(name)
        broken()

    monkeypatch.setattr(module, name, failing)
    fit = make(line_data)
    page, again = check_kept(fit, tmp_path)
    payload, text, html = shown(fit)
    if not called:
        pytest.skip(f"{kind} does not need {name}")
    if module is fit_module:
        # It is called when a fit is loaded.
        assert REASON in repr(again)
    elif module is text_module:
        assert REASON in text
    else:
        assert [failure for failure in fit.failures if isinstance(failure.error, BrokenError)]
        assert all(REASON in one for one in (payload, text, html, page))
    # What two tabs have in common costs both.
    assert len(missing_tabs(fit)) <= (4 if name == "panel_view" else 2)


VIEWS = {"data_view": "data", "trace_view": "trace", "summary_view": "summary", "fan_view": "fan"}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_that_fails_costs_its_tab(name, line_data, monkeypatch):
    monkeypatch.setattr(api, "sample", closed_form_draws)
    monkeypatch.setattr(compose, name, broken)
    fit = line(line_data)
    assert missing_tabs(fit) == [VIEWS[name]]
    assert REASON in getattr(fit.view.tabs, VIEWS[name]).unavailable


def names_of_stages(monkeypatch, kind, frame):
    """Run a fit, and list the stages that were attempted."""
    names = []
    original = Stages.attempt

    def listening(self, stage, make, instead):
        names.append(stage)
        return original(self, stage, make, instead)

    make, draws = FITS[kind]
    with monkeypatch.context() as patch:
        patch.setattr(api, "sample", draws)
        patch.setattr(Stages, "attempt", listening)
        shown(make(frame))
    return list(dict.fromkeys(names))


def test_every_stage_may_fail(line_data, monkeypatch, tmp_path):
    make, draws = FITS["a formula"]
    original = Stages.attempt
    stages = names_of_stages(monkeypatch, "a formula", line_data)
    assert len(stages) > 20
    for broken_stage in stages:

        def failing(self, stage, make, instead, broken_stage=broken_stage):
            return original(self, stage, broken if stage == broken_stage else make, instead)

        with monkeypatch.context() as patch:
            patch.setattr(api, "sample", draws)
            patch.setattr(Stages, "attempt", failing)
            fit = make(line_data)
            _, text, html = shown(fit)
            assert REASON in text, broken_stage
            # The page has a table of its own.
            assert REASON in html or broken_stage == "the text", broken_stage
            assert len(missing_tabs(fit)) in ((4,) if broken_stage == "the panel" else (0, 1, 2)), (
                broken_stage
            )
            fit.save(tmp_path / "fit.nc")
            assert repr(glm_magic.load(tmp_path / "fit.nc"))


def test_an_interruption_is_not_a_failure():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Stages().attempt("the fan", interrupted, str)


def test_a_failure_names_error_and_place():
    stages = Stages()
    stages.attempt("the fan", lambda: {}["g"], str)
    (failure,) = stages.failures
    assert isinstance(failure.error, KeyError)
    assert str(failure) == "the fan could not be made: KeyError: 'g'"
    stages.attempt("the fan", lambda: text_module.as_text(None), str)
    assert "(glm_magic/text.py:" in stages.failures[1].reason
    assert "\n" not in Failure(stage="s", error=ValueError("one\ntwo" * 1000)).reason
    assert len(Failure(stage="s", error=ValueError("one\ntwo" * 1000)).reason) < 400
    assert Failure(stage="s", error=ModelError("no such column", remedy="Add it.")).reason.startswith(
        "no such"
    )


def test_failures_of_one_reason_are_one_finding():
    error = ValueError("no")
    assert together(Failure(stage=name, error=error) for name in "ab") == {"ValueError: no": ["a", "b"]}


def test_the_caller_of_a_room_gets_its_errors():
    with pytest.raises(BrokenError):
        unguarded("the fan", broken, str)


@pytest.fixture
def without_fan(line_data, monkeypatch):
    monkeypatch.setattr(api, "sample", closed_form_draws)
    monkeypatch.setattr(compose, "fan_view", broken)
    return line(line_data)


def test_a_figure_of_a_view_that_failed_is_a_short_error(without_fan):
    with pytest.raises(GlmError, match=REASON):
        without_fan.plot_fan()
    assert without_fan.plot_trace()
    assert without_fan.plot_data()


def test_numbers_under_raw_names_have_no_lines(line_data, monkeypatch, tmp_path):
    """The sampled intercept holds at the mean of x: lines over x would be wrong."""
    monkeypatch.setattr(api, "sample", closed_form_draws)
    monkeypatch.setattr(shown_module, "finish", broken)
    fit = line(line_data)
    assert missing_tabs(fit) == ["fan"]
    _, again = check_kept(fit, tmp_path)
    assert not again._record.finished
    assert fit.summary().loc["Intercept_centered", "mean"] == pytest.approx(2.0, abs=0.02)
    with pytest.raises(ModelError, match=REASON):
        fit.predict({"x": [0.0]})


def with_variable(values):
    """Draws of a line and of one variable more."""

    def draws(model, options, report, variables):
        from dataclasses import replace

        found = closed_form_draws(model, options, report, variables)
        extra = np.broadcast_to(values, (options.chains, options.draws, len(values)))
        return replace(found, posterior=found.posterior.assign(odd=(("chain", "draw", "k"), np.array(extra))))

    return draws


@pytest.mark.parametrize(
    "values",
    [
        np.array([np.inf, 1.0]),
        np.array([np.nan, 2.0]),
        np.array([1.0, 1.0 + 2e-16]),
        np.array([1e300, -1e300]),
    ],
    ids=["infinite", "no number", "rounding", "enormous"],
)
def test_numbers_of_any_kind_have_a_row(values, line_data, monkeypatch, tmp_path):
    monkeypatch.setattr(api, "sample", with_variable(values))
    monkeypatch.setattr(shown_module, "finish", lambda model, draws: shown_module.unfinished(model, draws))
    fit = line(line_data)
    check_kept(fit, tmp_path)
    assert (missing_tabs(fit)[:-1], fit.failures) == ([], ())
    assert len(fit.summary()) == 5


def test_a_variable_that_is_no_number_costs_its_rows(line_data, monkeypatch):
    monkeypatch.setattr(api, "sample", with_variable(np.array(["text", "more"])))
    monkeypatch.setattr(shown_module, "finish", lambda model, draws: shown_module.unfinished(model, draws))
    fit = line(line_data)
    assert list(fit.summary().index) == ["Intercept_centered", "x", "sigma"]
    assert "the numbers of odd" in repr(fit)


def test_a_chain_of_rounding_has_no_r_hat():
    rng = np.random.default_rng(1)
    from glm_magic.diagnose.estimates import moves

    assert not moves(1.0 + rng.integers(-2, 3, (4, 100)) * np.finfo(float).eps)
    assert moves(1.0 + rng.normal(size=(4, 100)) * 1e-9)
    assert not moves(np.array([[1.0, np.nan]]))


def test_frames_of_one_row_are_no_different(no_sampling, tmp_path):
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("a", 0, 1), 1.0, observed=pd.Series([1.0]).to_numpy())
    fit = api.glm(model, draws=150)
    check_kept(fit, tmp_path)
