"""PyMC's own log density and its gradient at points of the posterior.

They travel with the program, so that whoever samples it elsewhere can tell that it still is what PyMC means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from glm_magic.engines.derived import derived_once, function_of
from glm_magic.engines.instant.program import Floats, Program
from glm_magic.engines.kept import Kept

GRADIENTS = Kept(16)


def witness(model: pm.Model, program: Program, points: Floats) -> tuple[Floats, Floats]:
    """Evaluate PyMC's log density of a model, with its gradient, as PyMC writes them.

    Parameters
    ----------
    model : pymc.Model
    program : Program
        Lowered from it; says where its variables are in a point.
    points : ndarray, shape (n_points, n_dim)
        Unconstrained.

    Returns
    -------
    values : ndarray, shape (n_points,)
        With all constants, of which the program leaves out some.
    gradients : ndarray, shape (n_points, n_dim)
    """
    derived, numbers = derived_once(model, GRADIENTS, _derived)
    found = [
        derived.functions[0](
            *[u[one.start : one.start + one.size].reshape(one.shape) for one in program.variables], *numbers
        )
        for u in points
    ]
    values = np.array([float(value) for value, *_ in found])
    return values, np.array([np.concatenate([np.ravel(part) for part in parts]) for _, *parts in found])


def _derived(model: pm.Model, shared: Mapping[int, Any]) -> tuple[Any, ...]:
    values = [model.rvs_to_values[rv] for rv in model.free_RVs]
    value = model.logp()
    return (function_of(values, [value, *pt.grad(value, values)], shared),)
