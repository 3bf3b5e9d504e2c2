"""A fit that comes back, from a file or from a pickle: draws, summary and panel, and the model when it is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from glm_magic import store
from glm_magic.data import Table, as_table, find_table
from glm_magic.diagnose.estimates import Estimate, estimates_of
from glm_magic.diagnose.failed import failed_findings
from glm_magic.fit import Fit
from glm_magic.fit.predictors import predictor_of, with_predictors
from glm_magic.fit.remade import FromFile
from glm_magic.request import DEFAULTS, Options
from glm_magic.stages import Stages
from glm_magic.store.door import Saved
from glm_magic.turns import Turn
from glm_magic.views import Unavailable, failed_tab
from glm_magic.views.along import panel_along
from glm_magic.views.draws import DrawsView, draws_view
from glm_magic.views.panel import FitView


def load(path: str | Path, data: object = None, namespace: Mapping[str, Any] | None = None) -> Fit:
    """Read a fit that `Fit.save` wrote.

    Parameters
    ----------
    path : str or Path
    data : frame, str or mapping of str to array, optional
        The data of the fit, where the file does not hold them; they are compared with what the file knows
        of them.
    namespace : mapping of str to object, optional
        Functions that the formula calls, by name: a file holds numbers and text, and no code. The formula may
        call whatever is given here, so give what it needs and not ``globals()`` for a file from elsewhere.

    Returns
    -------
    Fit
        With posterior, findings, summary, panel and page. Of a formula the model is made when it is first
        needed: for `Fit.predict`, `Fit.model`, `Fit.update` and for a line along another predictor.

    Raises
    ------
    FileError
        If there is no such file, it is damaged or was changed since, or it is not a saved fit.
    DataError
        If the data are not those of the fit.
    """
    names = dict(namespace or {})
    table = None
    if data is not None:
        table = find_table(data, names) if isinstance(data, str) else as_table(data)
    return _loaded(store.load(path), table, names)


def unpickled(content: bytes) -> Fit:
    """Read a fit from a pickle, which is checked as a file is.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    Fit

    Raises
    ------
    FileError
        If it is damaged.
    """
    return _loaded(store.from_bytes(content, "the pickle"), None, {})


def _loaded(saved: Saved, table: Table | None, namespace: Mapping[str, Any]) -> Fit:
    view = saved.view
    stages = Stages()
    nothing: tuple[Estimate, ...] = ()
    estimates = stages.attempt(
        "the summary", lambda: estimates_of(saved.posterior, stages.attempt), lambda _: nothing
    )
    kept = saved.remembered
    again = FromFile(kept, saved.posterior, table, namespace)
    asked = DEFAULTS if kept is None else kept.options
    draws = stages.attempt("the draws", lambda: _draws(saved, estimates, asked), failed_tab)
    findings = (*view.findings, *failed_findings(stages.failures))

    def along(panel: FitView, x: str) -> FitView:
        with Turn():
            model = again.model(f"line along {x!r}")
            predictor = predictor_of(model, saved.posterior, stages)
            shown = with_predictors(model, predictor)
            return panel_along(panel, x, shown, predictor, saved.posterior, asked.truth)

    return Fit(
        record=saved.posterior,
        model=None,
        estimates=estimates,
        view=lambda: replace(view, findings=findings, draws=draws),
        along=along if kept is not None and kept.written is not None else None,
        findings=findings,
        options=replace(asked, prob=view.prob, lines=view.n_lines),
        stages=stages,
        again=again,
    )


def _draws(saved: Saved, estimates: Sequence[Estimate], asked: Options) -> DrawsView | Unavailable:
    """Take the draws from the file's posterior, where the panel has pictures of them."""
    if isinstance(saved.view.tabs.trace, Unavailable):
        return saved.view.tabs.trace
    return draws_view(saved.posterior, estimates, _truth(saved.view, asked))


def _truth(view: FitView, asked: Options) -> dict[str, float]:
    """Collect the true values: a file without the request has those of the Trace tab."""
    trace = view.tabs.trace
    rows = () if isinstance(trace, Unavailable) else trace.rows
    return {row.label: row.truth for row in rows if row.truth is not None} | dict(asked.truth)
