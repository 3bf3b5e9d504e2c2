"""Write ``tests/wire/changes.json``: changes of the fits of `laboratory.json`, and PyMC's log density of each.

``python tests/wire/write_changes.py``. ``{"changes": [{"fit", "what_if", "values", "gradients"}]}``: PyMC's log density
and its gradient, of the model that `Fit.refit` would sample, at the points of the fit's `EngineView`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from write_laboratory import fits

from glm_magic.engines.instant import NotInstant, lower
from glm_magic.engines.instant.witness import witness
from glm_magic.files import write
from glm_magic.fit.change.apply import with_change
from glm_magic.fit.change.read import read_change
from glm_magic.views.engine import EngineView
from glm_magic.views.panel import PanelView
from glm_magic.wire import decode

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


def changes_json() -> str:
    """Encode all changes as the text of `CHANGES`."""
    written = []
    for name, fit in fits():
        model = fit._living("refit")
        program = fit._record.program
        assert program is not None
        engine = decode(PanelView, fit._payload).fits[0].engine
        assert isinstance(engine, EngineView)
        for what_if in WHAT_IFS[name]:
            given = {"priors": None, "rows": None, "response": None, **what_if}
            change = read_change(model, program.likelihoods[0], **given)  # type: ignore[arg-type]
            made, _ = with_change(model, change)
            lowered = lower(made.pymc)
            assert not isinstance(lowered, NotInstant), lowered.reason
            values, gradients = witness(made.pymc, lowered, engine.points)
            written.append(
                json.dumps(
                    {
                        "fit": name,
                        "what_if": what_if,
                        "values": values.tolist(),
                        "gradients": gradients.tolist(),
                    },
                    separators=(",", ":"),
                )
            )
    return '{"changes": [\n' + ",\n".join(written) + "\n]}\n"


if __name__ == "__main__":
    write(CHANGES, changes_json().encode("utf-8"))
