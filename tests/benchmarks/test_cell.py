"""From a formula to a payload, against Bambi with nutpie and ArviZ's summary, in one warm process.

``make bench`` prints ratios; nothing is asserted, for the machines are shared.
"""

from __future__ import annotations

import statistics
import time

import bambi
import numpy as np
import pandas as pd
import pytest

from glm_magic import glm
from glm_magic.wire import encode

ROUNDS = 3


def seconds(run):
    """The median time of a few calls, after one that warms up."""
    run()
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


@pytest.mark.parametrize("n", [200, 10_000])
def test_a_line(n):
    import arviz

    rng = np.random.default_rng(8927)
    x = np.linspace(0, 1, n)
    data = pd.DataFrame({"x": x, "y": 1 + 2 * x + rng.normal(scale=0.5, size=n)})

    def ours():
        encode(glm("y ~ x", data, seed=1).view)

    def peer():
        model = bambi.Model("y ~ x", data)
        arviz.summary(model.fit(inference_method="nutpie", random_seed=1, chains=4, progressbar=False))

    mine, other = seconds(ours), seconds(peer)
    print(
        f"\ny ~ x, n = {n:,}: {mine:.2f} s here, {other:.2f} s with Bambi, nutpie and az.summary: {other / mine:.2f}x"
    )
