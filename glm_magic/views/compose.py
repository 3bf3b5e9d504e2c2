"""The views of a fit put together: a view that cannot be made says so, and the others are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from glm_magic.diagnose import Finding, by_severity
from glm_magic.diagnose.estimates import Estimate
from glm_magic.diagnose.failed import failed_findings
from glm_magic.model import FormulaSource, Model
from glm_magic.posterior import Posterior
from glm_magic.predictor import NoPredictor, Predictor
from glm_magic.predictor.ratios import exponentials
from glm_magic.predictor.words import link_scale, worth_saying
from glm_magic.request import Options
from glm_magic.stages import Failure, Stages
from glm_magic.traits import TABS
from glm_magic.views import Unavailable, failed_tab
from glm_magic.views.data import TruthLine, chosen_rows, data_view, shown_rows, true_lines
from glm_magic.views.draws import DrawsView, draws_view, exact_draws
from glm_magic.views.engine import engine_view
from glm_magic.views.fan import FanView, fan_view
from glm_magic.views.glossary import Meaning, parameter_meanings
from glm_magic.views.model import model_view
from glm_magic.views.panel import FitView, Tabs, footer
from glm_magic.views.predictor import PredictorView, predictor_view
from glm_magic.views.prior import prior_view
from glm_magic.views.summary import SummaryView, summary_view
from glm_magic.views.trace import trace_view

View = TypeVar("View")


def panel_view(
    model: Model,
    predictor: Predictor | NoPredictor,
    posterior: Posterior,
    estimates: Sequence[Estimate],
    findings: Sequence[Finding],
    options: Options,
    stages: Stages,
) -> FitView:
    """Make everything that the panel shows.

    Parameters
    ----------
    model : Model
    predictor : Predictor or NoPredictor
    posterior : Posterior
    estimates : sequence of Estimate
    findings : sequence of Finding
    options : Options
    stages : Stages
        Of this fit; hears what fails here.

    Returns
    -------
    FitView
        A view that failed is `Unavailable`, and a finding names it.
    """
    before = len(stages.failures)

    def part(name: str, make: Callable[[], View | Unavailable]) -> View | Unavailable:
        return stages.attempt(name, make, failed_tab)

    def tab(name: str, make: Callable[[], View | Unavailable]) -> View | Unavailable:
        return part(f"the {TABS[name]} tab", make)

    fan = tab("fan", lambda: _fan(model, posterior, predictor, options, stages))
    draws = part(
        "the draws", lambda: _no_numbers(estimates) or draws_view(posterior, estimates, options.truth)
    )
    moved = part(
        "the predictors that can be moved", lambda: _predictor(model, predictor, posterior, draws, estimates)
    )
    prior = part("the draws from the prior", lambda: prior_view(model, moved, posterior.seed))
    nothing: tuple[TruthLine, ...] = ()
    truth = stages.attempt("the true lines of the Data tab", lambda: true_lines(fan), lambda _: nothing)
    data = tab("data", lambda: data_view(model, _rows(model, posterior), truth))
    engine = part(
        "what the page samples again", lambda: engine_view(model, posterior, data, draws, estimates)
    )
    tabs = Tabs(
        data=data,
        trace=tab("trace", lambda: _no_numbers(estimates) or trace_view(estimates, options.truth, draws)),
        summary=tab("summary", lambda: _no_numbers(estimates) or _summary(model, estimates, stages)),
        fan=fan,
        model=tab("model", lambda: model_view(model, options, posterior.seed)),
    )
    last_line = stages.attempt("the footer", lambda: footer(model, posterior), lambda _: posterior.engine)
    modelled = stages.attempt("what is modelled", lambda: worth_saying(model), lambda _: "")
    every = (*findings, *failed_findings(stages.failures[before:]))

    def unsorted(failure: Failure) -> tuple[Finding, ...]:
        return (*every, *failed_findings([failure]))

    return FitView(
        title=model.title,
        tabs=tabs,
        findings=stages.attempt("the order of the findings", lambda: by_severity(every), unsorted),
        footer=last_line,
        n_lines=options.lines,
        prob=options.prob,
        incomplete=posterior.incomplete,
        modelled=modelled,
        draws=draws,
        predictor=moved,
        prior=prior,
        engine=engine,
        show_truth=not options.ask_truth,
    )


def _summary(model: Model, estimates: Sequence[Estimate], stages: Stages) -> SummaryView:
    """Make the table; without its words it is still the table."""
    scale = stages.attempt("the scale of the Summary tab", lambda: link_scale(model), lambda _: "")
    nothing: tuple[Meaning, ...] = ()
    meanings = stages.attempt(
        "the meanings of the Summary tab", lambda: parameter_meanings(model), lambda _: nothing
    )
    none: dict[str, str] = {}
    exponential = stages.attempt("the ratios of the Summary tab", lambda: exponentials(model), lambda _: none)
    return summary_view(estimates, scale, meanings, exponential)


def _fan(
    model: Model, posterior: Posterior, predictor: Predictor | NoPredictor, options: Options, stages: Stages
) -> FanView | Unavailable:
    rows = _rows(model, posterior)
    return fan_view(model, posterior, predictor, rows, options.truth, stages.attempt)


def _predictor(
    model: Model,
    predictor: Predictor | NoPredictor,
    posterior: Posterior,
    draws: DrawsView | Unavailable,
    estimates: Sequence[Estimate],
) -> PredictorView | Unavailable:
    if isinstance(predictor, NoPredictor) and not isinstance(model.source, FormulaSource):
        return Unavailable(unavailable=predictor.reason)
    if isinstance(draws, Unavailable):
        return draws
    exact = exact_draws(estimates, draws.every)
    shown = _rows(model, posterior)
    if isinstance(predictor, NoPredictor):
        # Without a line to draw, an intercept still has a mean to average.
        observed = np.full(0 if model.response is None else len(model.response.values), np.nan)
    else:
        observed = predictor.observed_y
    if model.response is None and isinstance(model.source, FormulaSource):
        # A response of several columns is not drawn, but its mean can be averaged over the rows of the predictors.
        shown = chosen_rows(len(model.source.frame), posterior.seed, len(model.predictors))
        observed = np.full(len(model.source.frame), np.nan)
    return predictor_view(model, observed, shown, draws, exact)


def _rows(model: Model, posterior: Posterior) -> NDArray[np.intp]:
    """Choose the observations that Data and Fan draw."""
    return shown_rows(model, posterior.seed, len(model.predictors))


def _no_numbers(estimates: Sequence[Estimate]) -> Unavailable | None:
    if estimates:
        return None
    return Unavailable(
        unavailable="No number of the posterior can be summarised; fit.posterior has the draws."
    )
