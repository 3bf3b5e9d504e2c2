"""Whether a fit has what a table needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from glm_magic.diagnose.estimates import Estimate
from glm_magic.errors import ModelError
from glm_magic.posterior import Posterior
from glm_magic.request.options import check_value

if TYPE_CHECKING:
    from glm_magic.fit import Fit


def finished(fit: Fit) -> Posterior:
    """Give the posterior of a fit, in the user's names.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Posterior

    Raises
    ------
    ModelError
        If it could not be made of the draws.
    """
    if not fit._record.finished:
        raise ModelError(
            " ".join(["the posterior could not be made:", *(one.reason for one in fit.failures[:1])]),
            remedy="The draws are in fit.posterior, under PyMC's names.",
        )
    return fit._record


def summarised(fit: Fit) -> Sequence[Estimate]:
    """Give what is known of each number of a fit.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    sequence of Estimate

    Raises
    ------
    ModelError
        If no number can be summarised.
    """
    if not fit._estimates:
        raise ModelError(
            " ".join(["no number of the posterior can be summarised", *map(str, fit._stages.failures)]),
            remedy="The draws are in fit.posterior.",
        )
    return fit._estimates


def probability(fit: Fit, prob: float | None) -> float:
    """Give the probability of intervals: the fit's own when none is asked for.

    Parameters
    ----------
    fit : Fit
    prob : float or None

    Returns
    -------
    float

    Raises
    ------
    ModelError
        If it is not between 0 and 1.
    """
    if prob is None:
        return fit._prob
    check_value("prob", prob, label="prob", error=ModelError)
    return float(prob)
