"""Write ``tests/wire/laboratory.json``: whole panels of real fits, which the page can sample again, for vitest.

``python tests/wire/write_laboratory.py``. ``{"fits": [{"name", "schema", "buffer"}]}``, each a panel as `fit.panel()`
sends it, the buffer in base64. ``tests/test_wire_laboratory.py`` compares the file with what is written today.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from glm_magic import glm
from glm_magic.files import write
from glm_magic.fit import Fit

LABORATORY = Path(__file__).parent / "laboratory.json"
N, SEED = 200, 8927
OPTIONS = {"draws": 250, "tune": 500, "chains": 4, "seed": SEED}


def data() -> pd.DataFrame:
    """Draw the data: a line, zeros and ones, and ten groups."""
    rng = np.random.default_rng(SEED)
    x, z, noise = rng.normal(size=(3, N))
    group, effects = np.arange(N) % 10, rng.normal(0, 0.8, size=10)
    return pd.DataFrame(
        {
            "x": x,
            "z": z,
            "y": 1 + 2 * x + noise,
            "hit": (rng.random(N) < 1 / (1 + np.exp(0.5 - 1.2 * x))).astype(int),
            "g": [f"g{place}" for place in group],
            "w": 0.5 + effects[group] + 1.5 * x + rng.normal(size=N),
            "kind": np.array(["a", "b", "c"])[rng.integers(0, 3, N)],
            "v": 0.3 * x - 0.6 * z + rng.standard_t(4, size=N),
        }
    )


def fits() -> Iterator[tuple[str, Fit]]:
    """Fit each model, by name."""
    frame = data()
    yield "line", glm("y ~ x", data=frame, **OPTIONS)
    yield (
        "logistic",
        glm("hit ~ x", data=frame, family="bernoulli", truth={"Intercept": -0.5, "x": 1.2}, **OPTIONS),
    )
    yield "groups", glm("w ~ x + (1|g)", data=frame, **OPTIONS)
    yield (
        "priors",
        glm(
            "v ~ x + z + kind",
            data=frame,
            family="t",
            priors={"x": "Laplace(0, 1)", "z": "StudentT(3, 0, 1)", "sigma": "Exponential(1)"},
            **OPTIONS,
        ),
    )


def laboratory_json() -> str:
    """Encode all fits as the text of `LABORATORY`."""
    written = []
    for name, fit in fits():
        payload = fit._payload
        buffer = base64.b64encode(payload.buffer).decode("ascii")
        one = {"name": name, "schema": payload.schema, "buffer": buffer}
        written.append(json.dumps(one, allow_nan=False, separators=(",", ":")))
    return '{"fits": [\n' + ",\n".join(written) + "\n]}\n"


if __name__ == "__main__":
    write(LABORATORY, laboratory_json().encode("utf-8"))
