"""The draws as a tidy frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from glm_magic.fit.whole import finished
from glm_magic.tables.draws import draws_frame

if TYPE_CHECKING:
    from glm_magic.fit import Fit


def draws(fit: Fit) -> pd.DataFrame:
    """Give the draws as a frame, a row per draw.

    Returns
    -------
    pandas.DataFrame
        Columns chain and draw, and one per number, labelled as in the summary. Angles, in radians, are
        written within pi of their mean direction.

    Raises
    ------
    ModelError
        If the posterior could not be made.

    See Also
    --------
    Fit.posterior : The same draws as arrays with dimensions, for ArviZ.

    Examples
    --------
    >>> fit.draws().plot.scatter("Intercept", "x")  # doctest: +SKIP
    """
    return draws_frame(finished(fit))
