"""The same likelihood in fewer rows.

- `summary`: sufficient statistics of normal observations
- `equal_rows`: rows that are alike, counted

Both are exact: the log density changes by a constant at most.
"""

from glm_magic.engines.instant.compress.equal_rows import counted
from glm_magic.engines.instant.compress.summary import summarised
from glm_magic.engines.instant.program import Constant, Factor

__all__ = ["compress"]


def compress(factor: Factor) -> Factor:
    """Give a factor with at most half the rows, or the same when there is none.

    Parameters
    ----------
    factor : Factor

    Returns
    -------
    Factor
    """
    value = factor.slots[0]
    if not isinstance(value, Constant) or factor.rows < 2:
        return factor
    return summarised(factor) or counted(factor) or factor
