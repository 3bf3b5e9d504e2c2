"""Posterior -> plain arrays: what the panel, the page and the figures draw.

One tab is one file, and each has its twin in the browser's ``tabs``:

- `data`: the observations
- `trace`: densities and chains
- `summary`: the table
- `fan`: posterior lines
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """A view that cannot be drawn, and why.

    Attributes
    ----------
    unavailable : str
        The reason, and what to do about it.
    """

    unavailable: str
