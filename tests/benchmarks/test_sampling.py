"""Seconds, effective draws per second and per gradient, where sampling takes longest."""

from __future__ import annotations

import pytest
from measure import measure, times

ROUNDS = 3
"""Seeds: the smallest ESS of one fit is off by a tenth."""


@pytest.mark.parametrize(
    "case",
    [
        "line",
        "bernoulli, n = 10000, p = 5",
        "poisson, n = 10000, p = 5",
        "(1|g), 10 groups",
        "(1|g), 1000 groups",
        "(x|g), 10 groups",
        "(x|g), 1000 groups",
    ],
)
def test_against_nutpie(case, tmp_path):
    ours = measure("glm-magic", case, tmp_path, before="line", rounds=ROUNDS)
    theirs = measure("Bambi + nutpie", case, tmp_path, before="line", rounds=ROUNDS)
    print(f"\n{case}: {ours.seconds:.2f} s")
    print(times(ours.seconds, theirs.seconds, "Bambi + nutpie"))
    print(times(ours.sampling, theirs.sampling, "its sampler alone"))
    per_second = [one.ess / one.sampling for one in (ours, theirs)]
    print(f"   ESS per second of sampling: {per_second[0]:,.0f} against {per_second[1]:,.0f}")
    per_gradient = [one.ess / one.gradients for one in (ours, theirs)]
    print(f"   ESS per gradient: {per_gradient[0]:.4f} against {per_gradient[1]:.4f}")
