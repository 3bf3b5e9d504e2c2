"""R-hat and effective sample sizes of many numbers at once are those of arviz-stats."""

from __future__ import annotations

import numpy as np
import pytest
from arviz_stats.base import array_stats

from glm_magic.diagnose.chains import AT_ONCE, diagnostics

AXES = {"chain_axis": 0, "draw_axis": 1}
N = 4


def chains(n_chains: int, n_draws: int, correlation: float) -> np.ndarray:
    rng = np.random.default_rng(8927)
    draws = rng.normal(size=(N, n_chains, n_draws))
    for t in range(1, n_draws):
        draws[..., t] += correlation * draws[..., t - 1]
    return draws


def expected(draws: np.ndarray) -> list[float]:
    """From arviz-stats: ESS of the mean, by its Monte Carlo error, of bulk and tail, and R-hat."""
    half = draws.shape[1] // 2
    apart = draws if len(draws) > 1 else np.vstack([draws[:, :half], draws[:, half : 2 * half]])
    return [
        float(draws.var(ddof=1) / array_stats.mcse(draws, method="mean", **AXES) ** 2),
        float(array_stats.ess(draws, method="bulk", **AXES)),
        float(array_stats.ess(draws, method="tail", prob=(0.05, 0.95), **AXES)),
        float(array_stats.rhat(apart, **AXES)),
    ]


KINDS = {
    "as they are": lambda draws: draws,
    "rounded, so that some are alike": lambda draws: np.round(draws, 1),
    "heavy tails": lambda draws: np.sinh(3 * draws),
    "apart": lambda draws: draws + 0.7 * np.arange(draws.shape[1])[:, None],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("correlation", [-0.9, 0.0, 0.5, 0.97])
@pytest.mark.parametrize(
    ("n_chains", "n_draws"), [(1, 50), (2, 8), (2, 9), (3, 20), (4, 7), (4, 101), (4, 1000)]
)
def test_they_are_those_of_arviz_stats(n_chains, n_draws, correlation, kind):
    draws = KINDS[kind](chains(n_chains, n_draws, correlation))
    found = diagnostics(draws)
    rows = np.column_stack([found.ess_mean, found.ess_bulk, found.ess_tail, found.r_hat])
    np.testing.assert_allclose(rows, [expected(one) for one in draws], rtol=1e-8)


def test_numbers_keep_their_order_however_many_there_are():
    many = np.repeat(chains(4, 40, 0.5), AT_ONCE, axis=0)
    found = diagnostics(many)
    np.testing.assert_allclose(found.ess_bulk, np.repeat(diagnostics(many[::AT_ONCE]).ess_bulk, AT_ONCE))


def test_a_chain_that_never_moved_agrees_with_no_other():
    draws = chains(4, 100, 0.0)
    draws[1, 2] = 0.3
    assert list(np.isinf(diagnostics(draws).r_hat)) == [False, True, False, False]


def test_no_numbers_have_no_diagnostics():
    assert diagnostics(np.zeros((0, 4, 100))).r_hat.shape == (0,)
