"""Whether the response fits the family.

The check comes before any sampling, so that the user hears "counts cannot be negative" rather than "initial evaluation
failed".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glm_magic.errors import ModelError, Where
from glm_magic.model.families import REAL, family_of, whole


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
    support = family_of(family).support
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
    bad = ~((successes >= 0) & (successes <= trials) & whole(successes) & whole(trials))
    if bad.any():
        row = int(np.argmax(bad))
        raise ModelError(
            f"{name}: row {row} has {successes[row]:g} successes in {trials[row]:g} trials",
            where=where,
            remedy="Write p(successes, trials) with whole numbers, successes from 0 to trials.",
        )


def _count(bad: NDArray[np.bool_]) -> str:
    return f"{int(bad.sum()):,}"
