"""Write ``tests/wire/special.json``: special functions to 17 digits, from mpmath's arithmetic of 60 digits.

``python tests/wire/write_special.py`` needs mpmath, which nothing else here does. ``tests/test_instant_special.py`` and
``js/test/engine/special.test.ts`` read the file. Points crowd around the zeros of log Gamma and digamma.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import mpmath

SPECIAL = Path(__file__).parent / "special.json"
NEAR = (1e-9, 1e-4, 0.01)
ZEROS = (1.0, 2.0, 1.4616321449683622)


def erfcx(x: Any) -> Any:
    """Give exp(x**2) erfc(x)."""
    return mpmath.exp(x * x) * mpmath.erfc(x)


def table(function: Callable[[Any], Any], points: Iterable[float]) -> list[list[float]]:
    """List points with values."""
    return [[x, float(function(mpmath.mpf(x)))] for x in sorted({float(f"{x:.17g}") for x in points})]


def special_json() -> str:
    """Write the text of `SPECIAL`: a function a line."""
    mpmath.mp.dps = 60
    steps = [0.35 + 0.13 * k for k in range(80)]
    gamma = (
        [10 ** (-8 + k / 4) for k in range(81)] + [round(x, 2) for x in steps] + [*ZEROS, 3.0, 9.999999, 10.0]
    )
    gamma += [zero + side * near for zero in ZEROS for near in NEAR for side in (-1, 1)]
    scaled = [0.0, *(10 ** (-6 + k / 6) for k in range(48)), *(round(0.09 * k, 2) for k in range(60))]
    found = {
        "lgamma": table(mpmath.loggamma, gamma),
        "digamma": table(mpmath.digamma, gamma),
        "erfcx": table(erfcx, scaled),
    }
    return "{\n" + ",\n".join(f'"{name}": {json.dumps(rows)}' for name, rows in found.items()) + "\n}\n"


if __name__ == "__main__":
    SPECIAL.write_text(special_json(), "utf-8")
