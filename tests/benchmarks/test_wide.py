"""Hundreds of predictors, and millions of rows: seconds, bytes of the page, and memory."""

from __future__ import annotations

import pytest
from measure import measure, times


@pytest.mark.parametrize("family", ["gaussian", "bernoulli", "poisson"])
def test_three_hundred_predictors(family, tmp_path):
    case = f"{family}, n = 1000, p = 300"
    ours = measure("glm-magic", case, tmp_path, before="line")
    print(
        f"\n{case}: {ours.seconds:.1f} s, {ours.sampling:.1f} of them sampling; page {ours.page / 1e6:.1f} MB"
    )
    theirs = measure("Bambi + nutpie", case, tmp_path, before="line")
    print(times(ours.seconds, theirs.seconds, "Bambi + nutpie, which only fits"))


@pytest.mark.parametrize("case", ["300 levels", "300 groups, 50 predictors"])
def test_three_hundred_levels(case, tmp_path):
    ours = measure("glm-magic", case, tmp_path, before="line")
    print(
        f"\n{case}: {ours.seconds:.1f} s, {ours.sampling:.1f} of them sampling; page {ours.page / 1e6:.1f} MB"
    )


@pytest.mark.parametrize("family", ["gaussian", "bernoulli", "poisson"])
def test_five_million_rows(family, tmp_path):
    case = f"five million, {family}"
    ours = measure("glm-magic", case, tmp_path, before="line")
    print(f"\n{case}: {ours.seconds:.1f} s, memory {ours.memory:.1f} times the data")
