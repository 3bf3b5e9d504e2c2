"""Finds the chains of a fit that never reached the posterior, from their log density.

Chains start far apart on purpose, so that their agreement is evidence. Occasionally one stays near its
start, or where rounding error holds it. Such a chain is begun again, and a finding reports it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from glm_magic.engines.trace import Trace

LOW = 0.01
"""Quantile of a chain's log density that another chain has to reach."""
FROZEN = 1e-6
"""Of the other chains' step size: a chain whose step is smaller than this share does not move."""
ENOUGH_DRAWS = 50
"""Shorter chains are not judged: their quantiles mean little."""


def lost_chains(trace: Trace) -> tuple[int, ...]:
    """Find the chains that never came near the others.

    A chain is lost when its log density never reached the lowest percent of that of two other chains,
    which are at least half of all; or when its step size collapsed. Half, because a single chain
    with a higher density may itself be the one that is caught, in the neck of a funnel. Where that one
    chain is above every other, the others are lost all the same: begun again near the bulk of the
    posterior, they reach it or they do not, and then nobody can say which is right. Where no two chains
    have a density in common, all are lost.

    Parameters
    ----------
    trace : Trace

    Returns
    -------
    tuple of int
        Positions of the chains, in order; empty for an incomplete trace, or one without a log density.
    """
    if trace.incomplete or "logp" not in trace.statistics:
        return ()
    logp = trace.statistics["logp"].transpose("chain", "draw").values
    n_chains, n_draws = logp.shape
    if n_chains < 2 or n_draws < ENOUGH_DRAWS:
        return ()
    low, high = np.quantile(logp, LOW, axis=1), logp.max(axis=1)
    if n_chains > 2 and not _overlap(low, high).any():
        return tuple(range(n_chains))
    above = (low[np.newaxis, :] > high[:, np.newaxis]).sum(axis=1)
    below = (above >= 2) & (above >= n_chains / 2)
    frozen = _frozen(trace)
    # One chain is above every other, and has moved.
    if n_chains > 2 and (above > 0).sum() == n_chains - 1 and not frozen[above == 0].any():
        below = above > 0
    return tuple(int(chain) for chain in np.flatnonzero(below | frozen))


def _overlap(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell for each pair of chains whether their ranges of log density meet; shape (n_pairs,)."""
    first, second = np.triu_indices(len(low), k=1)
    return np.asarray((low[first] <= high[second]) & (low[second] <= high[first]))


def _frozen(trace: Trace) -> NDArray[np.bool_]:
    """Tell which chains have a step size that is nothing beside that of the others."""
    n_chains = trace.statistics.sizes["chain"]
    if "step_size" not in trace.statistics:
        return np.zeros(n_chains, dtype=bool)
    last = trace.statistics["step_size"].transpose("chain", "draw").values[:, -1]
    return np.asarray(last < FROZEN * np.median(last))


def mended(trace: Trace, lost: Sequence[int], again: Trace) -> Trace:
    """Put chains that were begun again in the place of those that were lost.

    Parameters
    ----------
    trace : Trace
    lost : sequence of int
        Positions of the lost chains.
    again : Trace
        As many chains, as long.

    Returns
    -------
    Trace
        The lost chains stay where the new ones are lost in their turn: then the chains disagree, and the
        findings say so.
    """
    rows = list(lost)

    def put(old: NDArray[np.float64], new: NDArray[np.float64]) -> NDArray[np.float64]:
        values = old.copy()
        values[rows] = new
        return values

    variables = {name: put(values, again.variables[name]) for name, values in trace.variables.items()}
    # Another mass matrix has other statistics: those are kept that all chains have.
    both = [name for name in trace.statistics.data_vars if name in again.statistics]
    statistics = trace.statistics[both].copy()
    for name, one in statistics.data_vars.items():
        statistics[name] = one.copy(data=put(one.values, again.statistics[name].values))
    new = replace(trace, variables=variables, statistics=statistics, lost=tuple(lost), begun_again=True)
    return replace(trace, lost=tuple(lost)) if lost_chains(new) else new
