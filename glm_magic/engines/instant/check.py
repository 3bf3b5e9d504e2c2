"""Is a program what PyMC means? Asked at every fit, before any draw is shown.

Each factor of the packed program, with the data and the machine code that were sampled, is compared with
PyMC's own log density of its random variables (`pymc.logp`), evaluated as written. A constant may differ.

- **Values.** Each factor by itself: so an error in the prior of one coefficient cannot hide behind a million
  rows of data. The points (`points`) differ in every coordinate: some near the initial point with
  coefficients that suit their columns, some where chains began, some draws, some beside draws. A factor with
  another parameter, column, offset, link or distribution is another function, and two different functions
  of these families, none of which is constant in a coordinate, agree at such points only by a coincidence of
  seven digits.
- **Gradients.** At the same points each is compared with central differences of the program's own value,
  along directions in which few coordinates move, each by its own size. The value is PyMC's, and the gradient
  is its derivative: so the gradient is PyMC's too, which would take most of the time of a fit to derive.
- **The sum.** What was sampled is the factors and the transforms together, no more and no less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from pymc.logprob.utils import ParameterValueError

from glm_magic.engines.density import Point
from glm_magic.engines.density import Terms as PyMCTerms
from glm_magic.engines.instant.bridge import Kernel
from glm_magic.engines.instant.compared import GRADIENT_TOLERANCE, Compared
from glm_magic.engines.instant.points import Scales, is_exact
from glm_magic.engines.instant.program import Floats
from glm_magic.engines.instant.terms import Terms

VALUE_TOLERANCE = 1e-7
"""Of the log density of a factor, relative to the sizes of what is compared. PyTensor holds a constant such
as 2.0 in 32 bits, and PyMC then takes its logarithm in 32."""
SUM_TOLERANCE = 1e-9
"""Of the whole, relative to the sizes of its parts: both are added in 64 bits."""

ENOUGH = 4
"""Points at which a factor is compared: PyMC's density costs as much as the data are many."""
LEAST = 3
"""Points without which it is not: one is needed for the constant."""
BLOCKS = 6
"""Directions at each point, which share the coordinates among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the check found.

    Attributes
    ----------
    points : int
        Points at which each factor was compared, at least.
    constant : float
        PyMC's log density minus the program's: what the program leaves out.
    value_error, gradient_error : float
        The largest relative errors.
    variables : tuple of str
        The random variables of the factor that agrees least, or was not compared at `LEAST` points.
    """

    points: int
    constant: float
    value_error: float
    gradient_error: float
    variables: tuple[str, ...]

    @property
    def compared(self) -> bool:
        """Whether every factor could be compared."""
        return self.points >= LEAST

    @property
    def holds(self) -> bool:
        """Whether the program may be shown."""
        return (
            self.compared
            and self.value_error <= VALUE_TOLERANCE
            and self.gradient_error <= GRADIENT_TOLERANCE
        )


def candidates(
    scales: Scales, starts: Sequence[Floats], draws: Sequence[Floats], random: np.random.Generator
) -> Iterator[Floats]:
    """Yield points to compare at, of different kinds in turn.

    Parameters
    ----------
    scales : Scales
    starts, draws : sequence of ndarray, shape (n_dim,)
        Where chains began, and where they were; unconstrained.
    random : numpy.random.Generator

    Yields
    ------
    ndarray, shape (n_dim,)
        Unconstrained.
    """
    for place in range(max(len(starts), len(draws))):
        if place < len(starts):
            yield scales.moderate(starts[place], random)
            yield scales.spread(starts[place], random)
        if place < len(draws):
            yield draws[place]
            yield scales.displaced(draws[place], random)
        if place < len(starts):
            yield starts[place]


def compare(
    kernel: Kernel, pymc: PyMCTerms, names: Sequence[str], starts: Sequence[Floats], draws: Sequence[Floats]
) -> Agreement:
    """Compare a program with PyMC.

    Parameters
    ----------
    kernel : Kernel
    pymc : Terms
        PyMC's log density, by random variable.
    names : sequence of str
        Value variables, in the order of the program's variables.
    starts, draws : sequence of ndarray, shape (n_dim,)
        Unconstrained points where chains began, and where they were.

    Returns
    -------
    Agreement
    """
    terms, scales = Terms(kernel), Scales(kernel.program)
    random = np.random.default_rng(8927)
    compared = _compared(terms, kernel)
    sum_error = 0.0
    for u in candidates(scales, starts, draws, random):
        open_ = [one for one in compared if len(one.values) < ENOUGH]
        if not open_:
            break
        c = kernel.constrained(u)
        exact = [one for one in open_ if one.factor is None or is_exact(one.factor, c)]
        theirs = _theirs(pymc, _point(kernel, names, u), {one.kind for one in exact})
        directions = list(scales.directions(u, BLOCKS, random))
        for one in exact:
            one.compare(u, theirs, directions)
        sum_error = max(sum_error, _sum_error(terms, u))
    return _agreement(compared, sum_error)


TRANSFORMS = "the transforms"


def _compared(terms: Terms, kernel: Kernel) -> list[Compared]:
    """List what is compared."""
    free = [variable.name for variable in kernel.program.variables]
    known = {name for factor in terms.factors for name in factor.variables}

    def jacobian(u: Floats) -> float:
        return terms.jacobian(u)[0]

    def nothing(_: Floats) -> float:
        return 0.0

    compared = [
        Compared(
            kind="prior" if set(factor.variables) <= set(free) else "likelihood",
            variables=factor.variables,
            factor=factor,
            evaluate=partial(terms.with_jacobian, place),
            beside=jacobian,
        )
        for place, factor in enumerate(terms.factors)
    ]
    without = tuple(name for name in free if name not in known)
    if without:
        compared.append(Compared(kind="prior", variables=without, factor=None, evaluate=None, beside=nothing))
    return [
        *compared,
        Compared(
            kind="transforms", variables=(TRANSFORMS,), factor=None, evaluate=terms.jacobian, beside=nothing
        ),
    ]


def _point(kernel: Kernel, names: Sequence[str], u: Floats) -> Point:
    return {
        name: u[one.start : one.start + one.size].reshape(one.shape)
        for name, one in zip(names, kernel.program.variables, strict=True)
    }


def _theirs(pymc: PyMCTerms, point: Point, kinds: set[str]) -> Mapping[str, float]:
    """Evaluate PyMC's log densities of some kinds, by variable."""
    with np.errstate(all="ignore"):
        constrained = pymc.constrain(point)
        found = {TRANSFORMS: float(constrained[-1])}
        for kind, evaluate in (("prior", pymc.priors), ("likelihood", pymc.likelihoods)):
            # As written, a density may refuse a parameter that has rounded to its bound, where ours does not;
            # then there is nothing to compare.
            try:
                found.update(evaluate(constrained) if kind in kinds else {})
            except ParameterValueError:
                continue
    return found


def _sum_error(terms: Terms, u: Floats) -> float:
    """Compare the whole with the sum of its terms: value and gradient."""
    whole, whole_gradient = terms.whole(u)
    jacobian, jacobian_gradient = terms.jacobian(u)
    total, size = jacobian, abs(jacobian)
    gradient, gradient_size = jacobian_gradient, abs(jacobian_gradient)
    for place in range(len(terms.factors)):
        value, own = terms.with_jacobian(place, u)
        total, size = total + value - jacobian, size + abs(value - jacobian)
        gradient, gradient_size = gradient + own - jacobian_gradient, gradient_size + abs(own)
    if not (np.isfinite(total) and np.isfinite(gradient).all()):
        return 0.0
    error = abs(whole - total) / max(1.0, size)
    gradient_error = abs(whole_gradient - gradient) / np.maximum(1.0, gradient_size)
    return float(max(error, gradient_error.max(initial=0.0)))


def _agreement(compared: Sequence[Compared], sum_error: float) -> Agreement:
    fewest = min(compared, key=lambda one: len(one.values))
    points = len(fewest.values)
    if points < LEAST:
        return Agreement(
            points=points, constant=0.0, value_error=np.inf, gradient_error=np.inf, variables=fewest.variables
        )
    worst = max(
        compared,
        key=lambda one: max(one.value_error / VALUE_TOLERANCE, one.gradient_error / GRADIENT_TOLERANCE),
    )
    # The sum is as wrong as any part would be.
    wrong_sum = np.inf if sum_error > SUM_TOLERANCE else 0.0
    return Agreement(
        points=points,
        constant=sum(one.constant for one in compared),
        value_error=max(worst.value_error, wrong_sum, *(one.value_error for one in compared)),
        gradient_error=max(one.gradient_error for one in compared),
        variables=worst.variables,
    )
