"""Draws in, a fit out: posterior, summary, findings, and what makes the panel."""

from __future__ import annotations

from glm_magic.diagnose import Finding, by_severity
from glm_magic.diagnose.estimates import Estimate, estimates_of
from glm_magic.diagnose.every import all_findings
from glm_magic.diagnose.failed import failed_findings
from glm_magic.engines import Draws
from glm_magic.fit import Fit
from glm_magic.fit.predictors import predictor_of, with_predictors
from glm_magic.model import Model
from glm_magic.posterior import finish, unfinished
from glm_magic.request import Options
from glm_magic.request.again import Asked
from glm_magic.stages import Failure, Stages
from glm_magic.views.along import panel_along
from glm_magic.views.compose import panel_view


def fit_of(model: Model, draws: Draws, options: Options, asked: Asked, whole: Model | None = None) -> Fit:
    """Make everything that is shown of the draws; what fails here costs itself, and says so.

    Parameters
    ----------
    model : Model
    draws : Draws
    options : Options
    asked : Asked
        How the fit was asked for.
    whole : Model, optional
        The same model with all rows, where some are left out: lines are drawn along its predictors.

    Returns
    -------
    Fit
    """
    stages = Stages()
    attempt = stages.attempt
    posterior = attempt("the posterior", lambda: finish(model, draws), lambda _: unfinished(model, draws))
    nothing: tuple[Estimate, ...] = ()
    estimates = attempt("the summary", lambda: estimates_of(posterior, attempt), lambda _: nothing)
    none: tuple[Finding, ...] = ()
    notes = options.settings.notes
    findings = attempt(
        "the findings",
        lambda: all_findings(model, posterior, estimates, asked, notes, attempt),
        lambda _: none,
    )
    predictor = predictor_of(whole or model, posterior, stages)
    shown = attempt(
        "the predictors of the Data tab", lambda: with_predictors(model, predictor), lambda _: model
    )
    every = (*findings, *failed_findings(stages.failures))

    def unsorted(failure: Failure) -> tuple[Finding, ...]:
        return (*every, *failed_findings([failure]))

    findings = attempt("the order of the findings", lambda: by_severity(every), unsorted)

    return Fit(
        record=posterior,
        model=shown,
        estimates=estimates,
        view=lambda: panel_view(shown, predictor, posterior, estimates, findings, options, stages),
        along=lambda panel, x: panel_along(panel, x, shown, predictor, posterior, options.truth),
        findings=findings,
        options=options,
        stages=stages,
    )
