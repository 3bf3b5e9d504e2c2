"""Special functions of the kernels, against mpmath's values."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from glm_magic.engines.instant import special

STORED = json.loads((Path(__file__).parent / "wire" / "special.json").read_text("utf-8"))


@pytest.mark.parametrize("name", STORED)
def test_a_special_function_is_exact_to_14_digits(name):
    """Beside the zeros of log Gamma and digamma, too."""
    points, values = np.transpose(STORED[name])
    found = [getattr(special, name)(x) for x in points]
    np.testing.assert_allclose(found, values, rtol=1e-14, atol=0)
    assert len(points) > 100
