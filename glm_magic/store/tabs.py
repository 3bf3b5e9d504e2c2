"""A panel of which a part cannot be written."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import partial
from typing import Any

from glm_magic.diagnose.failed import failed_findings
from glm_magic.stages import Attempt, Failure
from glm_magic.views import Unavailable, failed_tab
from glm_magic.views.panel import FitView, Tabs, payload_of
from glm_magic.wire import Payload, encode


def encode_tab_by_tab(view: FitView, attempt: Attempt, failure: Failure) -> tuple[FitView, Payload]:
    """Leave out the tabs that cannot be encoded.

    Parameters
    ----------
    view : FitView
    attempt : Attempt
        How each tab is encoded.
    failure : Failure
        Of the whole panel, for its findings.

    Returns
    -------
    view : FitView
        As it is shown.
    payload : Payload
        The same, encoded.
    """
    tabs: dict[str, Any] = {one.name: getattr(view.tabs, one.name) for one in fields(Tabs)}
    for name, tab in tabs.items():
        made = attempt(f"the {name} tab", partial(encode, tab), failed_tab)
        tabs[name] = made if isinstance(made, Unavailable) else tab
    findings = (*view.findings, *failed_findings([failure]))
    draws = attempt("the draws", partial(encode, view.draws), failed_tab)
    predictor = attempt("the predictors that can be moved", partial(encode, view.predictor), failed_tab)
    prior = attempt("the draws from the prior", partial(encode, view.prior), failed_tab)
    engine = attempt("what the page samples again", partial(encode, view.engine), failed_tab)
    shown = replace(
        view,
        tabs=Tabs(**tabs),
        draws=draws if isinstance(draws, Unavailable) else view.draws,
        predictor=predictor if isinstance(predictor, Unavailable) else view.predictor,
        prior=prior if isinstance(prior, Unavailable) else view.prior,
        engine=engine if isinstance(engine, Unavailable) else view.engine,
        findings=findings,
    )
    return shown, payload_of(shown)
