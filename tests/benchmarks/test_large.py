"""A million rows, and how time grows with rows and columns."""

from __future__ import annotations

import pytest
from measure import measure

FEW = 100
"""Draws and tuning steps of the peer, whose million rows would take an hour; then time is scaled."""


@pytest.mark.parametrize("case", ["million, gaussian", "million, categories"])
def test_a_million_rows(case, tmp_path):
    ours = measure("glm-magic", case, tmp_path, before="line", rounds=3)
    print(f"\n{case}: {ours.seconds:.2f} s, memory {ours.memory:.1f} times the data")
    theirs = measure("Bambi + nutpie", case, tmp_path, before="line", draws=FEW)
    whole = theirs.seconds + theirs.sampling * (1000 / FEW - 1)
    print(
        f"{whole / ours.seconds:8.1f}x faster than Bambi + nutpie ({theirs.seconds:.0f} s with {FEW} draws, "
        f"{whole:.0f} s if 1,000 take {1000 // FEW} times as long), memory {theirs.memory:.1f} times the data"
    )


@pytest.mark.parametrize("family", ["gaussian", "bernoulli", "poisson"])
def test_growth(family, tmp_path):
    print(f"\n{family}: seconds of a warm cell (and of Bambi + nutpie, from the formula to the draws)")
    for n in (200, 10_000):
        for p in (1, 5, 50):
            case = f"{family}, n = {n}, p = {p}"
            ours = measure("glm-magic", case, tmp_path, before=case)
            theirs = measure("Bambi + nutpie", case, tmp_path, before="line")
            print(f"   n = {n:9,}, p = {p:2}: {ours.seconds:7.2f} ({theirs.seconds:7.2f})")


@pytest.mark.parametrize("p", [1, 5, 50])
def test_growth_to_a_million(p, tmp_path):
    ours = measure("glm-magic", f"gaussian, n = 1000000, p = {p}", tmp_path, before="line")
    print(
        f"\ngaussian, n = 1,000,000, p = {p}: {ours.seconds:.2f} s, memory {ours.memory:.1f} times the data"
    )


@pytest.mark.parametrize("family", ["bernoulli", "poisson"])
@pytest.mark.parametrize("p", [1, 5])
def test_a_million_different_rows(family, p, tmp_path):
    """Where nothing can be summed up, each gradient reads all rows."""
    case = f"{family}, n = 1000000, p = {p}"
    print(f"\n{case}, {FEW} draws:")
    for contestant in ("glm-magic", "Bambi + nutpie"):
        found = measure(contestant, case, tmp_path, before="line", draws=FEW)
        per_gradient = 1000 * found.sampling / found.gradients
        print(
            f"   {contestant}: {found.seconds:.0f} s, {per_gradient:.1f} ms of sampling per gradient of a kept draw, "
            f"memory {found.memory:.1f} times the data"
        )
