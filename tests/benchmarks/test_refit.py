"""Seconds from a changed prior to the new fit, beside the same model by `glm` and by Bambi with nutpie."""

from __future__ import annotations

import time
from statistics import median

import pytest
from cases import CASES
from measure import measure, times

from glm_magic import glm

ROUNDS = 9


@pytest.mark.parametrize("case", ["line", "bernoulli, n = 10000, p = 5", "(1|g), 10 groups"])
def test_against_bambi(case, tmp_path):
    made = CASES[case]
    fit = glm(made.formula, made.data(), family=made.family, seed=1)
    name = next(one for one in fit.priors().index if one not in ("Intercept", "sigma"))
    seconds, sampling = [], []
    for place in range(ROUNDS):
        began = time.perf_counter()
        again = fit.refit(priors={name: f"Normal(0, {1 + place / 10})"})
        seconds.append(time.perf_counter() - began)
        sampling.append(again._record.seconds)
    theirs = measure("Bambi + nutpie", case, tmp_path, before="line")
    print(f"\n{case}: {median(seconds):.3f} s, of which the sampler took {median(sampling):.3f} s")
    print(times(median(seconds), theirs.seconds, "Bambi + nutpie"))
