"""A fit that comes back, from a file or from a pickle: draws, summary and panel, without the model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from glm_magic import store
from glm_magic.diagnose.estimates import Estimate, estimates_of
from glm_magic.diagnose.failed import failed_findings
from glm_magic.fit import Fit
from glm_magic.stages import Stages
from glm_magic.store.door import Saved


def load(path: str | Path) -> Fit:
    """Read a fit that `Fit.save` wrote.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Fit
        With posterior, findings, summary, panel and page; without the model.

    Raises
    ------
    FileError
        If there is no such file, it is damaged or was changed since, or it is not a saved fit.
    """
    return _loaded(store.load(path))


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
    return _loaded(store.from_bytes(content, "the pickle"))


def _loaded(saved: Saved) -> Fit:
    view = saved.view
    stages = Stages()
    nothing: tuple[Estimate, ...] = ()
    estimates = stages.attempt(
        "the summary", lambda: estimates_of(saved.posterior, stages.attempt), lambda _: nothing
    )
    findings = (*view.findings, *failed_findings(stages.failures))
    return Fit(
        record=saved.posterior,
        model=None,
        estimates=estimates,
        view=lambda: replace(view, findings=findings),
        along=None,
        findings=findings,
        prob=view.prob,
        stages=stages,
    )
