"""Do the chains arrive? The share of sound fits on twenty posteriors, against PyMC's own NUTS.

``make bench PYTEST='-k arrival'`` takes half an hour, nearly all of it PyMC's.
"""

from __future__ import annotations

import pytest
from posteriors import NAMES, model

from glm_magic.api import glm

SEEDS = range(10)
ROUNDING = 2
"""Fits by which two equal shares of ten may differ by chance: their standard error at 0.9 is 1.3."""


def sound(fit) -> bool:
    """Whether nothing was found but notes."""
    return all(finding.severity == "note" for finding in fit.findings)


@pytest.mark.parametrize("name", NAMES)
def test_as_many_sound_fits_as_with_pymc(name):
    built = model(name)
    ours = [glm(built, seed=seed) for seed in SEEDS]
    theirs = [glm(built, seed=seed, engine="pymc") for seed in SEEDS]
    shares = [sum(map(sound, fits)) for fits in (ours, theirs)]
    print(f"\n{name}: {shares[0]} of {len(SEEDS)} sound, {shares[1]} with PyMC")
    assert shares[0] >= shares[1] - ROUNDING
