"""The functions that a transform and a hypothesis may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy import special

from glm_magic.request.hypothesis import FUNCTIONS

_KNOWN: Mapping[str, Callable[[Any], Any]] = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "expit": special.expit,
    "logit": special.logit,
}
BY_NAME: Mapping[str, Callable[[Any], Any]] = {name: _KNOWN[name] for name in FUNCTIONS}
