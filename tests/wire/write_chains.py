"""Write ``tests/wire/chains.json``: chains, and what arviz-stats and SciPy make of them, for vitest to read.

``python tests/wire/write_chains.py``. The browser estimates densities, ranks, autocorrelations and effective sample
sizes itself, and must find the same.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from scipy import stats

from glm_magic.files import write
from glm_magic.views.bandwidth import bandwidth
from glm_magic.views.draws import DrawColumn, DrawsView
from glm_magic.views.trace import TraceRow, TraceView, drawn_rows

CHAINS = Path(__file__).parent / "chains.json"
N_CHAINS, N_DRAWS, MOST_LAGS, STEPS = 4, 120, 10, 5
DIGITS = 6
GAMMA = 0.01


def chains_of(kind: str) -> NDArray[np.float64]:
    """Make chains by hand, with few digits so that the file stays small."""
    rng = np.random.default_rng(7)
    noise = rng.normal(size=(N_CHAINS, N_DRAWS))
    match kind:
        case "sticky":
            draws = np.zeros_like(noise)
            for t in range(N_DRAWS):
                draws[:, t] = 0.8 * draws[:, t - 1] + noise[:, t]
        case "antithetic":
            draws = np.zeros_like(noise)
            for t in range(N_DRAWS):
                draws[:, t] = -0.6 * draws[:, t - 1] + noise[:, t]
        case "skewed, one chain apart":
            draws = np.exp(noise) + np.array([[0.0], [0.0], [0.0], [2.0]])
        case "whole numbers":
            draws = np.round(3 * noise)
        case "far from zero":
            draws = 1e5 + noise
    return np.round(draws, DIGITS)


KINDS = ("sticky", "antithetic", "skewed, one chain apart", "whole numbers", "far from zero")


def expected(draws: NDArray[np.float64]) -> dict[str, Any]:
    """Compute with arviz-stats what the browser must find."""
    every = draws.ravel()
    width = bandwidth(every)
    x, y, _ = array_stats.kde_linear(every, bw=width)
    sizes = [round((step + 1) * N_DRAWS / STEPS) for step in range(STEPS)]
    ranks = stats.rankdata(draws, axis=None).reshape(draws.shape)
    places = np.round(np.arange(101) * every.size / 100)
    shares = [np.mean(chain[:, None] <= places, axis=0) - places / every.size for chain in ranks]
    shipped = shipped_of(draws)
    row = TraceRow(label="x", term=None, mean=0.0, truth=None)
    (drawn,) = drawn_rows(TraceView(rows=(row,), drawn=("x",)), shipped)
    by_chain = drawn.density
    return {
        "draws": draws,
        "bandwidth": width,
        "density": {"x": x[::32], "y": y[::32]},
        "shipped": {"centre": shipped.centre, "values": shipped.values.astype(np.float32)},
        "by_chain": {"x": by_chain.x[::9], "y": by_chain.y[:, ::9]},
        "ess": {
            "at": sizes,
            "bulk": [array_stats.ess(draws[:, :size], method="bulk") for size in sizes],
            "tail": [array_stats.ess(draws[:, :size], method="tail", prob=(0.05, 0.95)) for size in sizes],
        },
        "r_hat": [array_stats.rhat(draws[:, :size]) for size in sizes],
        "autocorrelation": [array_stats.autocorr(chain)[: MOST_LAGS + 1] for chain in draws],
        "rank_differences": [share[::10] for share in shares],
    }


def shipped_of(draws: NDArray[np.float64]) -> DrawsView:
    """Put chains on the wire: single precision about a centre, which the file holds to the last digit."""
    centre = np.round([draws.mean()], DIGITS)
    return DrawsView(
        n_chains=N_CHAINS,
        n_draws=N_DRAWS,
        every=1,
        columns=(DrawColumn(label="x", term=None, truth=None),),
        centre=centre,
        values=(draws - centre)[np.newaxis],
        order=np.arange(draws.size, dtype=np.uint32),
        divergent=np.zeros(0, dtype=np.uint32),
    )


def bounds() -> dict[str, Any]:
    """Give the pointwise bounds of a hypergeometric count, as shares less the expected ones."""
    places = np.round(np.arange(101) * N_CHAINS * N_DRAWS / 100)
    found = [stats.hypergeom(N_CHAINS * N_DRAWS, int(place), N_DRAWS) for place in places]
    uniform = places / (N_CHAINS * N_DRAWS)
    return {
        "gamma": GAMMA,
        "low": np.array([one.ppf(GAMMA / 2) for one in found]) / N_DRAWS - uniform,
        "high": np.array([one.ppf(1 - GAMMA / 2) for one in found]) / N_DRAWS - uniform,
    }


def weighted(kind: str) -> dict[str, Any]:
    """Smooth weights with arviz-stats; the largest and every seventh are kept."""
    rng = np.random.default_rng(8)
    match kind:
        case "close":
            ratios = 0.3 * rng.normal(size=400)
        case "far":
            ratios = 3.0 * rng.normal(size=400)
        case "Pareto":
            ratios = 0.6 * rng.exponential(size=1000) - 400
        case "bounded":
            ratios = np.log(rng.uniform(0.5, 1.5, size=300))
        case "few":
            ratios = rng.normal(size=60)
    ratios = np.round(ratios, DIGITS)
    # arviz-stats takes the log densities that are divided by.
    weights, k = array_stats.psislw(-ratios)
    return {"ratios": ratios, "k": k, "largest": np.exp(weights.max()), "weights": np.exp(weights[::7])}


WEIGHTS = ("close", "far", "Pareto", "bounded", "few")


def chains() -> dict[str, Any]:
    """Give the content of `CHAINS`."""
    return plain(
        {
            "kinds": {kind: expected(chains_of(kind)) for kind in KINDS},
            "bounds": bounds(),
            "psis": {kind: weighted(kind) for kind in WEIGHTS},
        }
    )


def plain(value: Any) -> Any:
    """Turn arrays into lists, with twelve figures."""
    match value:
        case dict():
            return {name: plain(one) for name, one in value.items()}
        case np.ndarray() if value.ndim == 0:
            return plain(value.item())
        case list() | tuple() | np.ndarray():
            return [plain(one) for one in value]
        case int() | np.integer():
            return int(value)
        case _:
            return float(f"{float(value):.12g}")


if __name__ == "__main__":
    write(CHAINS, (json.dumps(chains(), allow_nan=False) + "\n").encode("utf-8"))
