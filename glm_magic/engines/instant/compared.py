"""One factor of a program at several points, and what PyMC says of it there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from glm_magic.engines.instant.program import Factor, Floats

GRADIENT_TOLERANCE = 1e-6
"""Of the derivative along a direction, relative to the sum of its parts. A central difference at the first
of `STEPS` is off by about 1e-10 of them by truncation, and 1e-11 of the value by rounding."""
STEPS = (1e-5, 1e-4, 1e-6, 1e-7, 1e-8)
"""Of differences. A difference over the kink of an absolute value is wrong at one step, and rounding may spoil
another; a gradient that is not the derivative agrees at none."""
ROUNDING = 64 * np.finfo(np.float64).eps
"""What the value itself may be off by, relatively."""


@dataclass(slots=True, kw_only=True)
class Compared:
    """One factor, or the Jacobian of the transforms, and what PyMC says of it.

    Attributes
    ----------
    kind : str
        ``"prior"``, ``"likelihood"`` or ``"transforms"``.
    variables : tuple of str
    factor : Factor or None
        None where the program has none: its density is a constant.
    evaluate : callable or None
        From a point to value and gradient.
    beside : callable
        What `evaluate` adds to the value, and PyMC does not.
    values : list of (float, float)
        Of the program and of PyMC.
    gradient_error : float
    """

    kind: str
    variables: tuple[str, ...]
    factor: Factor | None
    evaluate: Callable[[Floats], tuple[float, Floats]] | None
    beside: Callable[[Floats], float]
    values: list[tuple[float, float]] = field(default_factory=list)
    gradient_error: float = 0.0

    def compare(self, u: Floats, theirs: Mapping[str, float], directions: Iterable[Floats]) -> None:
        """Compare at one point, unless one of both has no value there."""
        own = [theirs.get(name, np.nan) for name in self.variables]
        value, gradient = (0.0, np.zeros(len(u))) if self.evaluate is None else self.evaluate(u)
        if not (np.isfinite(own).all() and np.isfinite(value) and np.isfinite(gradient).all()):
            return
        self.values.append((value - self.beside(u), float(sum(own))))
        if self.evaluate is not None:
            errors = [_gradient_error(self.evaluate, u, gradient, one) for one in directions]
            self.gradient_error = max(self.gradient_error, *errors)

    @property
    def constant(self) -> float:
        """PyMC's value minus the program's, where both are smallest: there it has the most digits."""
        ours, theirs = min(self.values, key=lambda pair: abs(pair[0]) + abs(pair[1]))
        return theirs - ours

    @property
    def value_error(self) -> float:
        """The largest difference beside the constant, relative to the size of what is compared there."""
        least = min(abs(ours) + abs(theirs) for ours, theirs in self.values)
        return max(
            abs(theirs - ours - self.constant) / max(1.0, least, abs(ours) + abs(theirs))
            for ours, theirs in self.values
        )


def _gradient_error(
    evaluate: Callable[[Floats], tuple[float, Floats]], u: Floats, gradient: Floats, direction: Floats
) -> float:
    """Compare a gradient with a central difference: the relative error, at the step that suits best."""
    expected = float(gradient @ direction)
    parts = float(abs(gradient) @ abs(direction))
    least = np.inf
    for step in STEPS:
        above, below = evaluate(u + step * direction)[0], evaluate(u - step * direction)[0]
        if not (np.isfinite(above) and np.isfinite(below)):
            continue
        rounding = ROUNDING * (abs(above) + abs(below)) / step
        size = max(parts, rounding / GRADIENT_TOLERANCE, np.finfo(np.float64).tiny)
        least = min(least, abs((above - below) / (2 * step) - expected) / size)
        if least <= GRADIENT_TOLERANCE / 10:
            break
    return least
