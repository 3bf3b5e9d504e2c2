"""Fit: what a cell evaluates to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property, partial
from html import escape
from typing import TYPE_CHECKING, Any

import xarray

from glm_magic import store
from glm_magic.diagnose import Finding
from glm_magic.diagnose.estimates import Estimate
from glm_magic.display import form
from glm_magic.display.pages import page
from glm_magic.errors import ModelError
from glm_magic.fit.avg_comparisons import avg_comparisons as _avg_comparisons
from glm_magic.fit.avg_predictions import avg_predictions as _avg_predictions
from glm_magic.fit.avg_slopes import avg_slopes as _avg_slopes
from glm_magic.fit.comparisons import comparisons as _comparisons
from glm_magic.fit.draws import draws as _draws
from glm_magic.fit.groups import groups as _groups
from glm_magic.fit.hypothesis import hypothesis as _hypothesis
from glm_magic.fit.log_likelihood import log_likelihood as _log_likelihood
from glm_magic.fit.loo import loo as _loo
from glm_magic.fit.plot import plot_data as _plot_data
from glm_magic.fit.plot import plot_fan as _plot_fan
from glm_magic.fit.plot import plot_trace as _plot_trace
from glm_magic.fit.posterior_predictive import posterior_predictive as _posterior_predictive
from glm_magic.fit.predict import predict as _predict
from glm_magic.fit.predictions import predictions as _predictions
from glm_magic.fit.prior_predictive import prior_predictive as _prior_predictive
from glm_magic.fit.priors import priors as _priors
from glm_magic.fit.r2 import r2 as _r2
from glm_magic.fit.refit import refit as _refit
from glm_magic.fit.save import save as _save
from glm_magic.fit.slopes import slopes as _slopes
from glm_magic.fit.summary import summary as _summary
from glm_magic.fit.table import table as _table
from glm_magic.fit.to_arviz import to_arviz as _to_arviz
from glm_magic.fit.to_html import to_html as _to_html
from glm_magic.fit.to_pymc import to_pymc as _to_pymc
from glm_magic.fit.update import update as _update
from glm_magic.interrupts import Answered, Listening
from glm_magic.model import FormulaSource, Model
from glm_magic.posterior import Posterior
from glm_magic.request import Options
from glm_magic.stages import Failure, Stages
from glm_magic.store.request import Remembered, remember
from glm_magic.store.tabs import encode_tab_by_tab
from glm_magic.turns import Turn
from glm_magic.views import Unavailable, failed_tab
from glm_magic.views.panel import FitView, bare_panel, bare_payload, kept_payload, payload_of
from glm_magic.views.whole import whole_view
from glm_magic.wire import Payload

if TYPE_CHECKING:
    import bambi
    import pymc

    from glm_magic.fit.remade import FromFile
    from glm_magic.panel import Panel

UNSHOWN = "while the panel was made; the fit itself is whole"


class Fit:
    """A fitted model; it displays as the panel.

    Made by `glm`, by a ``%%glm`` cell, or by `load`.

    Attributes
    ----------
    findings : tuple of Finding
        What should not be trusted, worst first; empty when nothing was found.
    """

    def __init__(
        self,
        *,
        record: Posterior,
        model: Model | None,
        estimates: Sequence[Estimate],
        view: Callable[[], FitView],
        along: Callable[[FitView, str], FitView] | None,
        findings: tuple[Finding, ...],
        options: Options,
        stages: Stages,
        again: FromFile | None = None,
    ) -> None:
        self._record = record
        self._model = model
        self._options = options
        self._again = again
        self._estimates = tuple(estimates)
        self._make_view = view
        self._make_along = along
        self._prob = options.prob
        self._stages = stages
        self.findings = findings
        self._live = True

    @property
    def posterior(self) -> xarray.DataTree:
        """Draws and sampler statistics: groups posterior, sample_stats, observed_data."""
        return self._record.tree

    @property
    def incomplete(self) -> bool:
        """Whether the run was interrupted."""
        return self._record.incomplete

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What could not be made of the draws, with the errors; more when the panel has been shown."""
        return tuple(self._stages.failures)

    @property
    def model(self) -> pymc.Model:
        """The PyMC model.

        Raises
        ------
        ModelError
            For a fit from a file that does not hold what the model was made from.
        """
        return self._living("model").pymc

    @property
    def bambi(self) -> bambi.Model | None:
        """The Bambi model of a formula; None for a hand-written model."""
        source = self._living("bambi").source
        return source.bambi if isinstance(source, FormulaSource) else None

    def _living(self, name: str) -> Model:
        """Give the model; that of a fit from a file is made when it is first needed."""
        if self._model is not None:
            return self._model
        return self._file().model(name)

    def _file(self) -> FromFile:
        """Give what the file held, of a fit that has no model yet."""
        if self._again is None:
            raise ModelError("this fit has no model", remedy="Fit it again.")
        return self._again

    draws = _draws
    summary = _summary
    table = _table
    hypothesis = _hypothesis
    groups = _groups
    priors = _priors

    update = _update
    refit = _refit
    predict = _predict
    posterior_predictive = _posterior_predictive
    prior_predictive = _prior_predictive

    predictions = _predictions
    comparisons = _comparisons
    slopes = _slopes
    avg_predictions = _avg_predictions
    avg_comparisons = _avg_comparisons
    avg_slopes = _avg_slopes

    def _predicting(self, name: str) -> Model:
        """Give the model, of a fit whose posterior could be made."""
        if not self._record.finished:
            why = next((f": {failure.reason}" for failure in self._stages.failures), "")
            raise ModelError(
                f"the posterior could not be made{why}",
                remedy="The draws are in fit.posterior, under PyMC's names.",
            )
        return self._living(name)

    log_likelihood = _log_likelihood
    loo = _loo
    r2 = _r2
    to_arviz = _to_arviz

    @property
    def view(self) -> FitView:
        """The panel's content, as plain arrays."""
        return self._shown[0]

    @property
    def _payload(self) -> Payload:
        return self._shown[1]

    @cached_property
    def _shown(self) -> tuple[FitView, Payload]:
        """The view and its payload, which show the same, whatever fails."""
        bare = partial(bare_panel, self._record, self.findings, self._prob)
        with Listening(), Answered(UNSHOWN), Turn():
            view = self._stages.attempt("the panel", self._make_view, bare)
        without = partial(encode_tab_by_tab, view, self._stages.attempt)
        return self._stages.attempt("the panel's payload", lambda: (view, payload_of(view)), without)

    def panel(self) -> Panel:
        """Make a live panel, an ipywidget with the traits tab, n_lines, x, colour, prob and show_truth."""
        from glm_magic.panel import Panel

        return Panel(self.view, self._payload, self._whole)

    def _whole(self) -> Payload | Unavailable:
        """Encode the panel with all draws, for a browser that asks for them."""

        def encoded() -> Payload | Unavailable:
            return payload_of(whole_view(self.view, self._record, self._estimates, self._options.truth))

        with Turn():
            return self._stages.attempt("the panel with all draws", encoded, failed_tab)

    def static(self) -> Fit:
        """Give the same fit, displayed as HTML alone: alive without a kernel, in any reader."""
        page = copy(self)
        page._live = False
        return page

    plot_data = _plot_data
    plot_trace = _plot_trace
    plot_fan = _plot_fan

    save = _save
    to_html = _to_html
    to_pymc = _to_pymc

    def _kept(self) -> Payload:
        """Give the panel of a file; where it cannot be encoded, its findings, which say so."""

        def findings(failure: Failure) -> Payload:
            return bare_payload(bare_panel(self._record, self.findings, self._prob, failure))

        return self._stages.attempt("the saved panel", lambda: kept_payload(self.view), findings)

    def _remembered(self) -> Remembered | None:
        """Give what a file keeps of the request."""
        if self._model is None:
            return None if self._again is None else self._again.remembered
        source = self._model.source
        recipe = source.recipe if isinstance(source, FormulaSource) else None
        return remember(recipe, self._options, self._model.change)

    def __copy__(self) -> Fit:
        """Copy the fit; the copy shares draws and model."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __deepcopy__(self, memo: object) -> Fit:
        """Copy the fit with its draws; the model, which nothing here changes, is shared."""
        made = copy(self)
        made._record = replace(self._record, tree=self._record.tree.copy(deep=True))
        return made

    def __reduce__(self) -> tuple[Callable[[bytes], Fit], tuple[bytes]]:
        """Pickle what `save` writes: a model cannot be pickled."""
        from glm_magic.fit.loaded import unpickled

        return unpickled, (store.to_bytes(self._record, self._kept(), self._remembered()),)

    def _display_(self) -> Panel:
        """Show the panel in marimo, which asks for this."""
        return self.panel()

    def __repr__(self) -> str:
        """Write the summary and the findings as text."""
        from glm_magic.text import as_text

        return self._stages.attempt("the text", lambda: as_text(self.view), self._failed_text)

    def _failed_text(self, failure: Failure) -> str:
        return f"{self._record.title}\n\n{failure}. The draws are in fit.posterior."

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Show the panel, its page or the summary, as `glm_magic.display` chooses."""
        chosen = form() if self._live else "page"

        def shown() -> Any:
            match chosen:
                case "text":
                    return {}, {}
                case "page" | "shared":
                    return {"text/html": page(chosen, self.view, self._payload)}, {}
                case "slot" | "widget":
                    return self.panel()._repr_mimebundle_(**kwargs)

        def failed(failure: Failure) -> Any:
            return {"text/html": f"<p>{escape(str(failure))}.</p>"}, {}

        with Listening(), Answered(UNSHOWN):
            data, metadata = self._stages.attempt("the panel", shown, failed)
            return {**data, "text/plain": repr(self)}, metadata
