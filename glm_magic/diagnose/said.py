"""What the rules say of draws that the page makes: thresholds and sentences, for the browser to apply and fill in."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from glm_magic.diagnose.convergence import AGAIN, SETTLE, messages, severe_advice, thresholds
from glm_magic.diagnose.rules import BY_NAME
from glm_magic.diagnose.sampler import (
    DEEP,
    DEEP_ADVICE,
    DIVERGED,
    DIVERGED_SHARE,
    ENERGY,
    ENERGY_ADVICE,
    UNEXPLORED,
)
from glm_magic.wire import EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One rule.

    Attributes
    ----------
    rule : str
        Its name.
    side : {"above", "below"}
        On which side of the thresholds trouble lies.
    careful, slight : float
        Where a finding begins, and up to where the excess is small.
    stop : float or None
        Where an error begins; None where there is none.
    threshold : str
        Where it begins, in words.
    messages, advice : tuple of str
        For a small excess, a larger one, and an error. In braces stand what was measured: ``{named}``, ``{count}``,
        ``{of}``, ``{share}``, ``{worst}``.
    source : str
    """

    rule: str
    side: str
    careful: float = field(metadata=EXACT)
    slight: float = field(metadata=EXACT)
    stop: float | None = field(metadata=EXACT)
    threshold: str
    messages: tuple[str, str, str]
    advice: tuple[str, str, str]
    source: str


def said(n_chains: int) -> tuple[Said, ...]:
    """List what is said of new draws.

    Parameters
    ----------
    n_chains : int

    Returns
    -------
    tuple of Said
        The rules of `convergence` and of `sampler` that draws alone can break.
    """
    of_numbers = [
        Said(
            rule=one.name,
            side=one.side,
            careful=one.careful,
            slight=one.slight,
            stop=one.stop if math.isfinite(one.stop) else None,
            threshold=f"{one.side} {one.careful:g}",
            messages=messages(one),
            advice=(SETTLE, AGAIN, severe_advice("instant")),
            source=BY_NAME[one.name].source,
        )
        for one in thresholds(n_chains)
    ]
    higher = "Fit again with a higher --target-accept, or use a tighter prior"
    return (
        *of_numbers,
        # An error from this share on, and not above it.
        _of_draws(
            "divergences",
            "above",
            0,
            math.nextafter(DIVERGED_SHARE, 0),
            "above 0",
            DIVERGED,
            UNEXPLORED,
            higher,
        ),
        _of_draws("tree_depth", "above", 0.05, None, "above 5% of a chain", DEEP, DEEP, DEEP_ADVICE),
        _of_draws("energy", "below", 0.3, 0.2, "below 0.3", ENERGY, ENERGY, ENERGY_ADVICE),
    )


def _of_draws(
    rule: str,
    side: str,
    careful: float,
    stop: float | None,
    threshold: str,
    message: str,
    severe: str,
    advice: str,
) -> Said:
    return Said(
        rule=rule,
        side=side,
        careful=careful,
        slight=careful,
        stop=stop,
        threshold=threshold,
        messages=(message, message, severe),
        advice=(advice, advice, advice),
        source=BY_NAME[rule].source,
    )
