"""Whether the response fits the family.

The supports are those of PyMC's distributions; the check comes before any sampling, so that
the user hears "counts cannot be negative" rather than "initial evaluation failed".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glm_magic.errors import ModelError, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Values that a family's response may take.

    Attributes
    ----------
    holds : callable
        From values, shape (n_rows,), to booleans of the same shape.
    words : str
        The support in words: ``"counts: 0, 1, 2, ..."``.
    remedy : str
        What to do when it is not met.
    """

    holds: Callable[[NDArray[np.float64]], NDArray[np.bool_]]
    words: str
    remedy: str


def _whole(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.equal(np.mod(values, 1), 0)


BINARY = Support(
    holds=lambda y: (y == 0) | (y == 1),
    words="0 or 1",
    remedy="For more than two categories use --family categorical or cumulative; for counts poisson.",
)
COUNTS = Support(
    holds=lambda y: (y >= 0) & _whole(y),
    words="counts (0, 1, 2, ...)",
    remedy="Use --family gaussian for real numbers, gamma for positive ones.",
)
POSITIVE = Support(
    holds=lambda y: y > 0,
    words="positive numbers",
    remedy="Use a hurdle family where zeros are real zeros, or --family gaussian.",
)
NON_NEGATIVE = Support(
    holds=lambda y: y >= 0,
    words="numbers from 0 up",
    remedy="Use --family gaussian for a response that can be negative.",
)
UNIT = Support(
    holds=lambda y: (y > 0) & (y < 1),
    words="numbers between 0 and 1, both excluded",
    remedy="For proportions of counts write p(successes, trials) ~ ... with --family binomial.",
)
ANGLE = Support(
    holds=lambda y: np.abs(y) <= np.pi,
    words="angles in radians, from -pi to pi",
    remedy="Convert the angles: np.deg2rad for degrees, (y + np.pi) % (2 * np.pi) - np.pi to wrap them.",
)
REAL = Support(holds=np.isfinite, words="finite numbers", remedy="Drop or mend those rows.")

FAMILIES: dict[str, Support] = {
    "bernoulli": BINARY,
    "poisson": COUNTS,
    "negativebinomial": COUNTS,
    "zero_inflated_poisson": COUNTS,
    "zero_inflated_negativebinomial": COUNTS,
    "hurdle_poisson": COUNTS,
    "hurdle_negativebinomial": COUNTS,
    "gamma": POSITIVE,
    "weibull": POSITIVE,
    "wald": POSITIVE,
    "lognormal": POSITIVE,
    "exponential": NON_NEGATIVE,
    "hurdle_gamma": NON_NEGATIVE,
    "hurdle_lognormal": NON_NEGATIVE,
    "beta": UNIT,
    "vonmises": ANGLE,
}
TRIALS = frozenset({"binomial", "beta_binomial", "zero_inflated_binomial"})


def check_response(name: str, values: NDArray[np.float64], family: str, where: Where | None = None) -> None:
    """Check each value of the response against the family's support.

    Parameters
    ----------
    name : str
        The response, for the message.
    values : ndarray, shape (n_rows,)
        On the data's scale.
    family : str
        A Bambi family; families without a listed support take any finite number.
    where : Where, optional
        The response in the formula.

    Raises
    ------
    ModelError
        Naming the first bad value and its row.
    """
    support = FAMILIES.get(family, REAL)
    bad = ~support.holds(values)
    if bad.any():
        row = int(np.argmax(bad))
        raise ModelError(
            f"family {family!r} needs a response of {support.words}, but {name} is {values[row]:g} in row {row}"
            f" ({_count(bad)} of {len(values)} rows)",
            where=where,
            remedy=support.remedy,
        )
    if support is REAL and np.ptp(values) == 0:
        raise ModelError(
            f"{name} is {values[0]:g} in every row, so there is nothing to explain",
            where=where,
            remedy="Check the response, or the rows that were selected.",
        )


def check_trials(
    name: str, successes: NDArray[np.float64], trials: NDArray[np.float64], where: Where | None = None
) -> None:
    """Check that successes are counts between 0 and their trials.

    Parameters
    ----------
    name : str
        The response as written, ``p(y, n)``.
    successes, trials : ndarray, shape (n_rows,)
    where : Where, optional
        The response in the formula.

    Raises
    ------
    ModelError
        Naming the first bad row.
    """
    bad = ~((successes >= 0) & (successes <= trials) & _whole(successes) & _whole(trials))
    if bad.any():
        row = int(np.argmax(bad))
        raise ModelError(
            f"{name}: row {row} has {successes[row]:g} successes in {trials[row]:g} trials",
            where=where,
            remedy="Write p(successes, trials) with whole numbers, successes from 0 to trials.",
        )


def _count(bad: NDArray[np.bool_]) -> str:
    return f"{int(bad.sum()):,}"
