"""Write ``tests/wire/changes.json``: changes of the fits of `laboratory.json`, and PyMC's log density of each.

``python tests/wire/write_changes.py``. ``{"changes": [{"fit", "what_if", "points", "values", "gradients"}]}``: PyMC's
log density and its gradient, of the model that `Fit.refit` would sample, at points of the fit's posterior.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from write_laboratory import fits

from glm_magic.engines.instant import NotInstant, lower
from glm_magic.engines.instant.witness import witness
from glm_magic.files import write
from glm_magic.fit import Fit
from glm_magic.fit.change.apply import with_change
from glm_magic.fit.change.read import read_change
from glm_magic.views.engine import EngineView
from glm_magic.views.panel import PanelView
from glm_magic.wire import decode

Floats = NDArray[np.float64]

CHANGES = Path(__file__).parent / "changes.json"

WHAT_IFS: Mapping[str, tuple[Mapping[str, object], ...]] = {
    "line": (
        {"priors": {"x": "Normal(1, 0.5)", "sigma": "Exponential(2)"}},
        {"rows": list(range(0, 200, 7))},
        {"response": [round(0.1 * row - 3, 1) for row in range(200)], "rows": list(range(150))},
    ),
    "logistic": ({"response": [row % 2 for row in range(200)]}, {"priors": {"Intercept": "Cauchy(0, 1)"}}),
    "groups": ({"priors": {"1|g_sigma": "Gamma(2, 4)"}, "rows": list(range(120))},),
    "priors": ({"priors": {"x": "Normal(0, 1)", "kind": "StudentT(3, 0, 1)"}},),
}
"""By fit."""


def density_of(fit: Fit, what_if: Mapping[str, object], points: Floats) -> tuple[Floats, Floats]:
    """Give PyMC's log density of a changed model, and its gradient, at points."""
    model, program = fit._living("refit"), fit._record.program
    assert program is not None
    given = {"priors": None, "rows": None, "response": None, **what_if}
    made, _ = with_change(model, read_change(model, program.likelihoods[0], **given))  # type: ignore[arg-type]
    lowered = lower(made.pymc)
    assert not isinstance(lowered, NotInstant), lowered.reason
    return witness(made.pymc, lowered, points)


def changes_json() -> str:
    """Encode all changes as the text of `CHANGES`."""
    written = []
    for name, fit in fits():
        engine = decode(PanelView, fit._payload).fits[0].engine
        assert isinstance(engine, EngineView)
        for what_if in WHAT_IFS[name]:
            values, gradients = density_of(fit, what_if, engine.points)
            arrays = {"points": engine.points, "values": values, "gradients": gradients}
            lists = {key: array.tolist() for key, array in arrays.items()}
            written.append(json.dumps({"fit": name, "what_if": what_if, **lists}, separators=(",", ":")))
    return '{"changes": [\n' + ",\n".join(written) + "\n]}\n"


if __name__ == "__main__":
    write(CHANGES, changes_json().encode("utf-8"))
