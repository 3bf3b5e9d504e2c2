"""Is a program what PyMC means? Asked at every fit, before any draw is shown.

PyMC's own log density and gradient, evaluated as written, are compared with the program's at
points where the chains began and at draws of theirs. So the engine can be wrong only loudly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pymc.logprob.utils import ParameterValueError

from glm_magic.engines.instant.bridge import Kernel
from glm_magic.engines.instant.program import Floats

VALUE_TOLERANCE = 1e-7
"""Of the log density, relative to the sizes of what is compared. PyTensor holds a constant such as 2.0 in
32 bits, and PyMC then takes its logarithm in 32."""
GRADIENT_TOLERANCE = 1e-6
"""Of the gradient, relative to its largest element: PyMC's own is evaluated unsimplified, and loses digits."""

ENOUGH = 3
"""Points that are compared: PyMC's density costs as much as the data are many."""

LogDensity = Callable[[Mapping[str, Any]], tuple[float, Sequence[Any]]]
"""PyMC's: from a point by value variable to the log density and its gradient by each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the check found.

    Attributes
    ----------
    points : int
        Points at which both could be compared; two are needed, for a constant is free.
    constant : float
        PyMC's log density minus the program's: what the program leaves out.
    value_error, gradient_error : float
        The largest relative errors.
    """

    points: int
    constant: float
    value_error: float
    gradient_error: float

    @property
    def holds(self) -> bool:
        """Whether the program may be shown."""
        return (
            self.points > 1
            and self.value_error <= VALUE_TOLERANCE
            and self.gradient_error <= GRADIENT_TOLERANCE
        )


def compare(kernel: Kernel, pymc: LogDensity, names: Sequence[str], points: Sequence[Floats]) -> Agreement:
    """Compare a program with PyMC at some points.

    Parameters
    ----------
    kernel : Kernel
    pymc : callable
        PyMC's log density and gradient.
    names : sequence of str
        Value variables, in the order of the program's variables.
    points : sequence of ndarray, shape (n_dim,)
        Unconstrained points, of which the first three are compared at which both densities are finite.

    Returns
    -------
    Agreement
    """
    values: list[tuple[float, float]] = []
    gradient_error = 0.0
    for u in points:
        if len(values) == ENOUGH:
            break
        ours, our_gradient = kernel.log_density(u)
        if not np.isfinite(ours):
            continue
        point = {
            name: u[one.start : one.start + one.size].reshape(one.shape)
            for name, one in zip(names, kernel.program.variables, strict=True)
        }
        # As written, a density may overflow, or refuse a parameter that has rounded to its bound, where
        # ours does neither; then there is nothing to compare.
        try:
            with np.errstate(all="ignore"):
                theirs, gradients = pymc(point)
        except ParameterValueError:
            continue
        their_gradient = np.concatenate([np.ravel(one) for one in gradients])
        if not (np.isfinite(theirs) and np.isfinite(their_gradient).all()):
            continue
        values.append((ours, float(theirs)))
        size = max(abs(their_gradient).max(initial=0.0), 1.0)
        gradient_error = max(
            gradient_error, float(abs(our_gradient - their_gradient).max(initial=0.0) / size)
        )
    if not values:
        return Agreement(points=0, constant=0.0, value_error=np.inf, gradient_error=np.inf)
    differences = np.array([theirs - ours for ours, theirs in values])
    constant = float(np.median(differences))
    size = max(1.0, max(abs(ours) + abs(theirs) for ours, theirs in values))
    return Agreement(
        points=len(values),
        constant=constant,
        value_error=float(abs(differences - constant).max() / size),
        gradient_error=gradient_error,
    )
