"""What the sampler itself reported."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray

from glm_magic.diagnose import Finding, finding
from glm_magic.diagnose.failed import apply_rules
from glm_magic.diagnose.remedies import next_target, remedy
from glm_magic.posterior import Posterior
from glm_magic.request.again import Asked
from glm_magic.request.settings import Note
from glm_magic.stages import Attempt, unguarded

UNKNOWN = Asked()


def sampler_findings(
    posterior: Posterior, asked: Asked = UNKNOWN, attempt: Attempt = unguarded
) -> list[Finding]:
    """Apply the rules on divergences, tree depth, energy, chains and draws.

    Parameters
    ----------
    posterior : Posterior
    asked : Asked, optional
        How the fit was asked for.
    attempt : Attempt
        How each rule is run.

    Returns
    -------
    list of Finding
    """
    n_chains, n_draws = (posterior.draws.sizes[dim] for dim in ("chain", "draw"))
    rules = (
        ("the end of the run", lambda: _interrupted(posterior, n_draws)),
        ("the engine", lambda: _fallback(posterior)),
        ("lost chains", lambda: _lost(posterior)),
        ("the number of draws", lambda: _draws(n_draws, asked)),
        ("the number of chains", lambda: _chains(n_chains, asked)),
        ("divergences", lambda: _divergences(posterior, asked)),
        ("tree depth", lambda: _tree_depth(posterior)),
        ("energy", lambda: _energy(posterior, n_draws, asked)),
        ("the engine's notes", lambda: _kernel_cache(posterior)),
    )
    return apply_rules(rules, attempt)


def argument_findings(notes: Sequence[Note]) -> list[Finding]:
    """Say what became of arguments of ``pm.sample(...)`` that have no meaning here.

    Parameters
    ----------
    notes : sequence of Note

    Returns
    -------
    list of Finding
    """
    return [
        finding(
            "argument",
            severity="note",
            message=note.message,
            advice=note.advice,
        )
        for note in notes
    ]


def _interrupted(posterior: Posterior, n_draws: int) -> Finding | None:
    if not posterior.incomplete:
        return None
    return finding(
        "incomplete",
        severity="warning",
        message=f"the run was interrupted: {n_draws:,} of {posterior.requested:,} draws per chain were kept",
        advice="Run the cell again to the end before you report these numbers",
        value=f"{n_draws:,}",
        threshold=f"below {posterior.requested:,}",
    )


def _fallback(posterior: Posterior) -> Finding | None:
    if not posterior.fallback:
        return None
    return finding(
        "fallback",
        severity="note",
        message=f"{posterior.fallback}; {posterior.engine} drew these instead, which only took longer",
        advice=f"Nothing is to be done: the draws are {posterior.engine}'s, of the density that PyMC itself computes",
    )


def _lost(posterior: Posterior) -> Finding | None:
    """Say which chains never arrived, and where most did not, that the posterior may have several modes."""
    if not posterior.lost:
        return None
    n_chains = posterior.draws.sizes["chain"]
    others = [chain for chain in range(n_chains) if chain not in posterior.lost]
    chains = _chains_named(posterior.lost)
    most = len(posterior.lost) > n_chains / 2
    match others:
        case []:
            what = "no two chains had a log density in common: each was in a mode of its own, or on its way"
        case [one]:
            what = f"{chains} never came near the log density of chain {one + 1}"
        case _:
            what = f"{chains} never came near the log density of the others"
    if posterior.begun_again:
        outcome = "all began again" if not others else "began again"
        message = f"{what}{';' if not others else ', and'} {outcome} from another start, and arrived"
        advice = "Check that no second mode was left behind: another --seed should give the same numbers"
    else:
        replaced = "were not replaced" if len(posterior.lost) > 1 else "was not replaced"
        message = f"{what}; they were not replaced" if not others else f"{what}, and {replaced}"
        if len(others) == 1:
            message += ": the chains are in different modes, or that one is caught in a narrow place"
        advice = "Do not trust these numbers: look for a second mode, and at starts far from the data"
    return finding(
        "lost_chains",
        # What most chains find first is there, and may weigh something.
        severity="warning" if most or not posterior.begun_again else "note",
        message=message,
        advice=advice,
        value=str(len(posterior.lost)),
        threshold="log density below the lowest percent of half of the chains, or of the one above all others",
    )


def _chains_named(chains: Sequence[int]) -> str:
    numbers = [str(chain + 1) for chain in chains]
    return f"chain {numbers[0]}" if len(numbers) == 1 else f"chains {', '.join(numbers)}"


def _kernel_cache(posterior: Posterior) -> list[Finding]:
    return [
        finding(
            "kernel_cache",
            severity="note",
            message=note,
            advice="The draws are not affected; if it happens again, let NUMBA_CACHE_DIR name a folder with room",
        )
        for note in posterior.notes
    ]


def _draws(n_draws: int, asked: Asked) -> Finding | None:
    if n_draws >= 100:
        return None
    return finding(
        "draws",
        severity="error",
        message=f"{n_draws} draws per chain are too few to tell whether the chains agree",
        advice="Use --draws 1000",
        value=str(n_draws),
        threshold="below 100",
        remedy=remedy(asked, {"draws": 1000}),
    )


def _chains(n_chains: int, asked: Asked) -> Finding | None:
    if n_chains >= 4:
        return None
    return finding(
        "chains",
        severity="error" if n_chains == 1 else "warning",
        message=f"{n_chains} chain{'s' * (n_chains > 1)} cannot show whether independent runs agree",
        advice="Use --chains 4",
        value=str(n_chains),
        threshold="below 4",
        remedy=remedy(asked, {"chains": 4}),
    )


def _statistic(posterior: Posterior, name: str) -> NDArray[np.float64] | None:
    """One sampler statistic, shape (n_chains, n_draws), if the engine gave it."""
    statistics = posterior.statistics
    return np.asarray(statistics[name].values, dtype=float) if name in statistics else None


# The page says the same of draws that it makes itself (`said`): in braces stands what was measured.
DIVERGED_SHARE = 0.01
DIVERGED = "{count} of {of} draws diverged: part of the posterior may have been missed"
UNEXPLORED = "{count} of {of} draws diverged: part of the posterior was not explored"
DEEP = "{share} of the draws reached the maximum tree depth: the chains move slowly"
DEEP_ADVICE = "Look for predictors that cannot be told apart; centre and rescale them, or use tighter priors"
ENERGY = "E-BFMI {worst}: the sampler could not reach the tails, so intervals may be too short"
ENERGY_ADVICE = (
    "Use a tighter prior on scales, or the non-centred form of a hierarchy; then draw more (--tune 2000)"
)


def _divergences(posterior: Posterior, asked: Asked) -> Finding | None:
    diverging = _statistic(posterior, "diverging")
    if diverging is None or not diverging.sum():
        return None
    count, share = int(diverging.sum()), float(diverging.mean())
    target = next_target(asked.options)
    other = " or --engine pymc" if posterior.engine in ("instant", "nutpie") else ""
    grouped = "; for a hand-written hierarchy use the non-centred form" if not posterior.group_terms else ""
    return finding(
        "divergences",
        severity="error" if share >= DIVERGED_SHARE else "warning",
        message=(UNEXPLORED if share >= DIVERGED_SHARE else DIVERGED).format(
            count=f"{count:,}", of=f"{diverging.size:,}"
        ),
        advice=f"Refit with --target-accept {target}{other}{grouped}",
        value=f"{count:,}",
        threshold="above 0",
        remedy=remedy(asked, {"target_accept": target}),
    )


def _tree_depth(posterior: Posterior) -> Finding | None:
    saturated = _statistic(posterior, "reached_max_treedepth")
    if saturated is None:
        return None
    worst = float(saturated.mean(axis=1).max())
    if worst <= 0.05:
        return None
    return finding(
        "tree_depth",
        severity="warning",
        message=DEEP.format(share=f"{saturated.mean():.0%}"),
        advice=DEEP_ADVICE,
        value=f"{worst:.1%} of a chain",
        threshold="above 5% of a chain",
    )


def _energy(posterior: Posterior, n_draws: int, asked: Asked) -> Finding | None:
    """Estimated Bayesian fraction of missing information: Betancourt 2016, arXiv:1604.00695, eq. 3."""
    energy = _statistic(posterior, "energy")
    if energy is None or n_draws < 4 or not np.isfinite(energy).all() or (np.ptp(energy, axis=1) == 0).any():
        return None
    worst = float(np.min(array_stats.bfmi(energy, chain_axis=0, draw_axis=1)))
    if worst >= 0.3:
        return None
    return finding(
        "energy",
        severity="error" if worst < 0.2 else "warning",
        message=ENERGY.format(worst=f"{worst:.2f}"),
        advice=ENERGY_ADVICE,
        value=f"{worst:.3f}",
        threshold="below 0.3",
        remedy=remedy(asked, {"tune": max(2000, 2 * asked.options.tune)}),
    )
