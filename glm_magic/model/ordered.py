"""Independent random numbers, given that they ascend.

Thresholds between categories have a prior each, and the density that is sampled is the product of these where the
thresholds ascend. `pymc.sample_prior_predictive` draws them in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Element = Callable[[int], Floats]
"""From how many to draws of one number."""
MOST_PROPOSALS = 50_000


class RareOrderError(Exception):
    """Too few draws are in order to be found."""


def ascending(elements: Sequence[Element], count: int) -> Floats:
    """Draw independent numbers, given that they ascend.

    Parameters
    ----------
    elements : sequence of callable
        The distribution of each number.
    count : int
        Draws.

    Returns
    -------
    ndarray, shape (count, n_elements)

    Raises
    ------
    RareOrderError
        If `MOST_PROPOSALS` hold fewer.

    Notes
    -----
    By rejection, exactly: the first half of the numbers given that they ascend and the second half given that they
    ascend are independent, and all ascend where the last one of the first is below the first one of the second. So
    halves are drawn in the same manner, and ten numbers need thousands of proposals, not millions.
    """
    if len(elements) == 1:
        return elements[0](count)[:, np.newaxis]
    middle = len(elements) // 2
    kept: list[Floats] = []
    found = proposed = 0
    while found < count:
        if proposed >= MOST_PROPOSALS:
            raise RareOrderError(f"{found:,} of {proposed:,} draws are in order, and {count:,} are needed")
        # About as many as are missing, at the rate that was seen.
        rate = max(found, 1) / max(proposed, 2)
        more = min(MOST_PROPOSALS - proposed, int(1.2 * (count - found) / rate) + 10)
        first, second = ascending(elements[:middle], more), ascending(elements[middle:], more)
        holds = first[:, -1] < second[:, 0]
        kept.append(np.hstack([first[holds], second[holds]]))
        proposed += more
        found += int(holds.sum())
    return np.concatenate(kept)[:count]
