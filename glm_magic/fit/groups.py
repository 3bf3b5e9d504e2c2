"""What a fit says of its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glm_magic.fit.whole import finished, probability, summarised
from glm_magic.tables.groups import Groups, groups_of

if TYPE_CHECKING:
    from glm_magic.fit import Fit


def groups(fit: Fit, prob: float | None = None) -> Groups:
    """Give standard deviations, levels and correlations of group-specific effects, as brms's VarCorr and ranef.

    Parameters
    ----------
    prob : float, optional
        Probability of the equal-tailed intervals; as in the panel when not given.

    Returns
    -------
    Groups
        Frames `sd` and `levels`, for terms of auxiliary formulas too, and `correlation`; it prints as tables. Terms
        such as ``(x|g)`` have no correlation in Bambi. Of a hand-written model there are the standard deviations and
        correlations of every `pymc.LKJCholeskyCov` with ``compute_corr=True``, its default.

    Raises
    ------
    ModelError
        If the model has no group-specific term of a formula, and no LKJCholeskyCov.

    Examples
    --------
    >>> fit.groups().sd  # doctest: +SKIP
    >>> fit.groups().levels.query("term == 'Days'")["mean"].plot.hist()  # doctest: +SKIP
    """
    return groups_of(finished(fit), summarised(fit), probability(fit, prob))
