"""The priors of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from glm_magic.interrupts import Answered, Listening
from glm_magic.tables.priors import priors_frame
from glm_magic.turns import Turn

if TYPE_CHECKING:
    from glm_magic.fit import Fit


def priors(fit: Fit) -> pd.DataFrame:
    """List every prior: its text, who chose it, and where it holds.

    Returns
    -------
    pandas.DataFrame
        A row per number, named as in the summary, or one for all levels of a group-specific term.

        - prior: ``"Normal(0, 2.5)"``, which a line of a formula or ``priors=`` would take; numbers have 4 digits
        - chosen_by: ``"you"`` or ``"Bambi"``
        - holds: for an intercept, at which values of the predictors; for a coefficient, on which scale

    Raises
    ------
    ModelError
        For a fit from a file that does not hold what its model is made from.

    Examples
    --------
    >>> fit.priors()  # doctest: +SKIP
    """
    model = fit._living("priors")
    with Listening(), Answered("before the priors were listed"), Turn():
        return priors_frame(model)
