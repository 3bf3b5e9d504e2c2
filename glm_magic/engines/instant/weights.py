"""Weighted observations: a distribution of its own whose log density is another's, times a constant per row.

That is what Bambi makes of ``weighted(y, w)``. Like links, weights are told by the values of both
densities, never by how they were written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
from pymc.logprob.utils import ParameterValueError

from glm_magic import _stack
from glm_magic.engines.instant.probe import Probe, free_ancestors
from glm_magic.engines.instant.program import Floats
from glm_magic.engines.instant.slots import Names

SAME = 1e-9
"""Relative error below which a density is the weighted one; another is off by far more."""
POINTS = 3
TRIED = 60
"""Points at which densities are asked for, until they are finite at three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """A distribution with a weight for each row.

    Attributes
    ----------
    base : TensorVariable
        The random variable without weights.
    weights : ndarray, shape (n_rows,)
    """

    base: Any
    weights: Floats


def read_weighted(rv: Any, observed: Floats, forms: Mapping[str, Any], names: Names) -> Weighted | None:
    """Find out whether a likelihood is a known distribution with weights.

    Parameters
    ----------
    rv : TensorVariable
        With an operation that PyMC has no name for.
    observed : ndarray
        Its data.
    forms : mapping
        Distributions that are known, by name.
    names : Names

    Returns
    -------
    Weighted or None
    """
    if not hasattr(rv.owner.op, "fgraph"):
        return None
    base = _stack.inlined(rv.owner)[rv.owner.outputs.index(rv)]
    if base.owner is None or getattr(base.owner.op, "name", None) not in forms:
        return None
    densities = [pm.logp(one, observed, warn_rvs=False) for one in (rv, base)]
    free = free_ancestors(densities, names.free)
    seen = _finite(Probe(free, densities, names.n_dim), observed.shape)
    if len(seen) < POINTS:
        return None
    weighted, plain = np.stack(seen, axis=1)
    # At the point where a row's density is farthest from 0, which the weight is divided by.
    farthest = abs(plain).argmax(axis=0)[None]
    weights = (np.take_along_axis(weighted, farthest, 0) / np.take_along_axis(plain, farthest, 0))[0]
    if not np.isfinite(weights).all() or (weights < 0).any():
        return None
    if (abs(weighted - weights * plain) > SAME * abs(weighted).max(axis=0)).any():
        return None
    return Weighted(base=base, weights=weights)


def _finite(probe: Probe, shape: tuple[int, ...]) -> list[Floats]:
    """Evaluate both densities, shape (2, n_rows), at points where all rows have one."""
    random = np.random.default_rng(4)
    found: list[Floats] = []
    for _ in range(TRIED):
        # Positive, and some much larger than others: 1 / (a + b x) is a mean only where a prevails.
        point = 10.0 ** random.uniform(-3, 0, probe.n_dim)
        try:
            both = probe(point)
        except ParameterValueError:
            continue
        values = np.stack([np.broadcast_to(value, shape).ravel() for value in both])
        if np.isfinite(values).all():
            found.append(values)
        if len(found) == POINTS:
            break
    return found
