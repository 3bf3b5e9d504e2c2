"""Posterior -> plain arrays: what the panel, the page and the figures draw.

One tab is one file, and each has its twin in the browser's ``tabs``:

- `data`: the observations
- `trace`: densities and chains, by `density`
- `summary`: the table
- `fan`: posterior lines
- `draws`, `predictor`, `prior`: the draws, what makes means of them, and draws from the prior for the same
- `compose`: all of them, each by itself
"""

from __future__ import annotations

from dataclasses import dataclass

from glm_magic.stages import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """A view that cannot be drawn, and why.

    Attributes
    ----------
    unavailable : str
        The reason, and what to do about it.
    """

    unavailable: str


def failed_tab(failure: Failure) -> Unavailable:
    """Say in the place of a view, or of a part of it, why it is not there."""
    return Unavailable(
        unavailable=f"{failure}. The draws are kept, and nothing else depends on this. "
        "Please report it with the model; fit.failures has the error."
    )
