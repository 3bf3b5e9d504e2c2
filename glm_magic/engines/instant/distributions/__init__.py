"""Distributions: log density and gradient, row by row.

One distribution is one kernel, with its formula and source, and one entry of its file's table.
They serve as likelihoods and as priors alike. Formulas are those of PyMC, so that PyMC's density
is the test; derivatives are by the natural coordinates of each slot (`layout`).
"""

from collections.abc import Mapping

from glm_magic.engines.instant.distributions.counts import COUNTS
from glm_magic.engines.instant.distributions.lifetimes import LIFETIMES
from glm_magic.engines.instant.distributions.positive import POSITIVE
from glm_magic.engines.instant.distributions.proportions import PROPORTIONS
from glm_magic.engines.instant.distributions.real import REAL
from glm_magic.engines.instant.distributions.record import Distribution

__all__ = ["DISTRIBUTIONS", "Distribution"]

DISTRIBUTIONS: Mapping[str, Distribution] = {**REAL, **POSITIVE, **LIFETIMES, **PROPORTIONS, **COUNTS}
"""Name to distribution."""
