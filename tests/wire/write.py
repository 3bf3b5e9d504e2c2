"""Write ``tests/wire/example.json``: a small panel as Python puts it on the wire, for vitest to read.

``python tests/wire/write.py``. Every string of the panel holds text that would run, break or vanish if
it were ever treated as markup; the browser tests show the same panel for that reason.
"""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from glm_magic.diagnose import Finding, Remedy
from glm_magic.files import write
from glm_magic.predictor import Held
from glm_magic.views.data import MISSING, CategoryColumn, DataView, NumericColumn, TruthLine
from glm_magic.views.density import Density
from glm_magic.views.draws import DrawColumn, DrawsView
from glm_magic.views.fan import FanAxis, FanView, Points
from glm_magic.views.glossary import Meaning, column_meanings
from glm_magic.views.lines import AffineLines, CurveLines, FanStratum
from glm_magic.views.mathml import mathml, name, operator, plain
from glm_magic.views.model import ModelView, PriorArgument, PriorRecord
from glm_magic.views.panel import FitView, Tabs, payload_of
from glm_magic.views.prior import PriorView
from glm_magic.views.summary import SummaryRow, SummaryView
from glm_magic.views.trace import TraceRow, TraceView

EXAMPLE = Path(__file__).parent / "example.json"
HOSTILE = '</script><script>hacked = 1</script><img src=x onerror="hacked = 2"> "q" \'a\' & \u2028 🎉\nline 2'
CHAINS, DRAWS, ROWS, GRID = 2, 6, 5, 3


def example_view() -> FitView:
    """Make the panel by hand: two plain parameters, one folded term, a fan over x and one over g."""
    return FitView(
        title=f"y ~ x + {HOSTILE}",
        tabs=Tabs(data=_data(), trace=_trace(), summary=_summary(), fan=_fan(), model=_model()),
        findings=tuple(
            Finding(
                rule="r_hat",
                severity=severity,
                message=f"{severity} of {HOSTILE}",
                advice=f"See {HOSTILE}",
                value=HOSTILE,
                threshold="1.01",
                source=HOSTILE,
                remedy=None
                if severity == "note"
                else Remedy(change=f"--draws {HOSTILE}", line=f"%%glm {HOSTILE}"),
            )
            for severity in ("error", "warning", "note")
        ),
        footer=f"{CHAINS} chains × {DRAWS} draws · {HOSTILE}",
        n_lines=4,
        prob=0.89,
        incomplete=True,
        modelled=f"P(y = {HOSTILE})",
        draws=_draws(),
        prior=_prior(),
    )


def _data() -> DataView:
    x = np.array([0.0, 0.25, np.nan, 0.75, 1.0])
    return DataView(
        n_rows=2 * ROWS,
        n_shown=ROWS,
        response=f"y {HOSTILE}",
        columns=(
            NumericColumn(name=f"y {HOSTILE}", values=1 + 2 * np.linspace(0, 1, ROWS)),
            NumericColumn(name="x", values=x),
            CategoryColumn(
                name=f"g {HOSTILE}",
                levels=("a", HOSTILE),
                codes=np.array([0, 1, 0, 1, MISSING], dtype=np.uint32),
            ),
            CategoryColumn(
                name="censored",
                levels=("observed", HOSTILE),
                codes=np.array([0, 0, 0, 0, 1], dtype=np.uint32),
            ),
        ),
        x=("x", f"g {HOSTILE}"),
        colours=(f"g {HOSTILE}",),
        jitter=False,
        hollow="censored",
        notes=(HOSTILE,),
        left_out=(HOSTILE,),
        truth=(TruthLine(x="x", grid=np.array([0.0, 1.0]), y=np.array([1.0, 3.0])),),
    )


# Parameters: what each is called and what it is folded under.
LABELS = (("Intercept", None), (f"b[{HOSTILE}]", None), (f"1|g[{HOSTILE}]", f"1|{HOSTILE}"))


def _model() -> ModelView:
    hostile = (
        name(f"y {HOSTILE}"),
        operator("~"),
        name("Normal"),
        operator("("),
        name("mu", HOSTILE),
        operator(")"),
    )
    prior = PriorRecord(
        name="Intercept",
        variable="Intercept_centered",
        labels=("Intercept",),
        shift=(PriorArgument(name=f"b[{HOSTILE}]", values=np.array([0.1])),),
        family="Normal",
        arguments=(
            PriorArgument(name="mu", values=np.array([0.1])),
            PriorArgument(name="sigma", values=np.array([2.5])),
        ),
        rest="",
        given="Normal(0.1, 2.5)",
        fixed="",
    )
    group = PriorRecord(
        name=f"1|{HOSTILE}",
        variable=f"1|{HOSTILE}_offset",
        labels=(f"1|g[{HOSTILE}]",),
        shift=(),
        family="Normal",
        arguments=(
            PriorArgument(name="mu", values=np.array([0.0])),
            PriorArgument(name="sigma", values=np.array([1.0])),
        ),
        rest=f", dims={HOSTILE!r}",
        given=None,
        fixed=f"its spread is {HOSTILE}",
    )
    return ModelView(
        mathml=(mathml(hostile),),
        lines=(plain(hostile),),
        priors=(prior, group),
        code=(f"with pm.Model() as model:  # {HOSTILE}\n    intercept = ", 0, "\n"),
        cell=f"%%glm df --family {HOSTILE}\ny ~ x",
        notes=(HOSTILE,),
    )


def _trace() -> TraceView:
    grid = np.linspace(-1, 1, GRID)
    density = Density(x=grid, y=np.array([[0.0, 1.0, 0.0], [0.0, 0.8, 0.0]]))
    rows = tuple(
        TraceRow(label=label, term=term, mean=0.5, truth=0.25, density=density) for label, term in LABELS
    )
    return TraceView(rows=rows, notes=(HOSTILE,))


def _draws() -> DrawsView:
    draws = np.sin(np.arange(CHAINS * DRAWS)).reshape(CHAINS, DRAWS)
    return DrawsView(
        n_chains=CHAINS,
        n_draws=DRAWS,
        every=1,
        columns=tuple(DrawColumn(label=label, term=term, truth=0.25) for label, term in LABELS),
        centre=np.zeros(len(LABELS)),
        values=np.stack([draws] * len(LABELS)),
        order=np.arange(CHAINS * DRAWS, dtype=np.uint32),
        divergent=np.array([1, DRAWS + 2], dtype=np.uint32),
        left_out=(HOSTILE,),
    )


def _prior() -> PriorView:
    values = np.cos(np.arange(len(LABELS) * DRAWS)).reshape(len(LABELS), DRAWS)
    labels = tuple(label for label, _ in LABELS)
    return PriorView(labels=labels, centre=np.arange(len(LABELS)), values=values, linear=())


def _summary() -> SummaryView:
    numbers = {"mean": 0.5, "sd": 0.1234, "mcse_mean": 0.01, "ess_bulk": 150.0, "ess_tail": 1234.0}
    return SummaryView(
        probs=np.array([0.05, 0.5, 0.95]),
        rows=tuple(
            SummaryRow(label=label, term=term, r_hat=None if term else 1.02, digits=2, **numbers)
            for label, term in LABELS
        ),
        quantiles=np.tile([0.0, 0.5, 1.0], (len(LABELS), 1)),
        notes=(HOSTILE,),
        scale=HOSTILE,
        columns=tuple(replace(one, words=HOSTILE) for one in column_meanings()),
        parameters=(Meaning(name="b", words=HOSTILE),),
    )


def _fan() -> FanView:
    grid = np.linspace(0, 1, GRID)
    draws = np.column_stack([1 + 0.1 * np.arange(DRAWS), 2 - 0.1 * np.arange(DRAWS)])
    rows = np.column_stack([np.ones(GRID), grid])
    lines = AffineLines(draws=draws, rows=rows, offset=np.zeros(GRID), link="identity")
    levels = CurveLines(values=np.column_stack([1 + 0.1 * np.arange(DRAWS), np.full(DRAWS, 2.0)]))
    hollow = np.array([0, 1], dtype=np.uint32)
    return FanView(
        title=HOSTILE,
        response=f"y {HOSTILE}",
        ylabel=f"E[y {HOSTILE} | x]",
        n_draws=DRAWS,
        axes=(
            FanAxis(
                label="x",
                x="x",
                kind="numeric",
                grid=grid,
                levels=(),
                held=(Held(name=f"g {HOSTILE}", value=HOSTILE),),
                points=Points(x=np.array([0.0, 1.0]), y=np.array([1.0, 3.0]), hollow=hollow),
                jitter=False,
                note=HOSTILE,
                population=HOSTILE,
                strata=(FanStratum(label="", lines=lines, mean=1.25 + 1.75 * grid, truth=1 + 2 * grid),),
            ),
            FanAxis(
                label=f"g {HOSTILE}",
                x=f"g {HOSTILE}",
                kind="category",
                grid=np.arange(2.0),
                levels=("a", HOSTILE),
                held=(),
                points=None,
                jitter=False,
                note=None,
                strata=tuple(
                    FanStratum(label=label, lines=levels, mean=np.array([1.25, 2.0]), truth=None)
                    for label in ("male", HOSTILE)
                ),
            ),
        ),
        notes=(HOSTILE,),
        left_out=(HOSTILE,),
    )


def example_json() -> str:
    """Encode the panel as the text of `EXAMPLE`: ``{"schema", "buffer"}``, the buffer in base64."""
    payload = payload_of(example_view())
    content = {"schema": payload.schema, "buffer": base64.b64encode(payload.buffer).decode("ascii")}
    return json.dumps(content, allow_nan=False, indent=1) + "\n"


if __name__ == "__main__":
    write(EXAMPLE, example_json().encode("utf-8"))
