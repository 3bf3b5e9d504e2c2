"""What a new observation of the response is besides its parameters: of how many trials, and within which bounds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glm_magic._stack import bambi_response_term
from glm_magic.model import FormulaSource
from glm_magic.wire import EXACT

COUNTED = frozenset({"multinomial", "dirichlet_multinomial"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What observations of all rows have in common.

    Attributes
    ----------
    trials : int
        Of how many trials a new observation is: as many as each row, or where they differ, the median of the rows of a
        proportion; 0 where the family has none, or that is not known.
    bounds : ndarray, shape (2,), or None
        Between which a truncated or constrained response is observed, infinite where there is no bound; None
        where it is any number.
    reason : str
        Why it is not known what a new observation is, or how `trials` were chosen, without a full stop; empty where
        it is as every row is.
    """

    trials: int = 0
    bounds: NDArray[np.float64] | None = field(default=None, metadata=EXACT)
    reason: str = ""


def observation_of(source: FormulaSource) -> Observation:
    """Read the trials and the bounds of the rows.

    A censored response is observed as it is, not as what is known of it.

    Parameters
    ----------
    source : FormulaSource

    Returns
    -------
    Observation
    """
    term = bambi_response_term(source.bambi)
    data = np.asarray(term.data)
    if source.family in COUNTED or term.term.kind == "proportion":
        trials = np.unique(data.sum(axis=1) if source.family in COUNTED else data[:, 1])
        if len(trials) > 1:
            rows = f"the rows are of {trials.min():,.0f} to {trials.max():,.0f} trials, "
            if source.family in COUNTED:
                return Observation(reason=f"{rows}and of how many a new observation is, is not known")
            usual = max(1, round(float(np.median(data[:, 1]))))
            return Observation(
                trials=usual, reason=f"{rows}and a new observation is of {usual:,}, their median"
            )
        return Observation(trials=int(trials[0]))
    if term.is_truncated or term.is_constrained:
        bounds = np.unique(data[:, 1:].astype(float), axis=0)
        if len(bounds) > 1:
            return Observation(reason="the bounds of the response differ between rows")
        return Observation(bounds=bounds[0])
    return Observation()
