"""The mean of the first number in each chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glm_magic.diagnose.estimates import Estimate
from glm_magic.views import Unavailable

NO_CHAINS = Unavailable(unavailable="The fit was saved before there was this tab.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainsView:
    """The chains tab.

    Attributes
    ----------
    label : str
    means : ndarray, shape (n_chains,)
        In the number's own unit.
    """

    label: str
    means: NDArray[np.float64]


def chains_view(estimates: Sequence[Estimate]) -> ChainsView:
    """Collect the means.

    Parameters
    ----------
    estimates : sequence of Estimate

    Returns
    -------
    ChainsView
    """
    scalar = estimates[0].scalar
    return ChainsView(label=scalar.label, means=scalar.draws.mean(axis=1))
