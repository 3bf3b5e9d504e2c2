"""The draws that the browser holds: every number of the posterior, chain by chain, with the identity of each draw."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from glm_magic.diagnose.estimates import Estimate
from glm_magic.posterior import Posterior
from glm_magic.views.lines import MOST_LINES, chosen_draws
from glm_magic.wire import EXACT

MOST_NUMBERS = 200_000
"""Of all columns together, 0.8 MB, unless that leaves fewer than `LEAST_DRAWS`."""
LEAST_DRAWS = 50
"""Of each chain."""
MOST_ASKED = 20_000_000
"""Likewise where the panel asks its kernel for all draws: 80 MB."""
MOST_COLUMNS = 2_100
"""A thousand groups with two effects each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawColumn:
    """One number of the posterior.

    Attributes
    ----------
    label : str
        As the summary writes it.
    term : str or None
        What it is folded under.
    truth : float or None
        Its true value, where the user gave one.
    """

    label: str
    term: str | None
    truth: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawsView:
    """The draws of a fit.

    A draw is known by its number in the fit, ``chain * n_draws + draw``. Its place among the shipped ones is
    ``chain * n_shown + draw / every``.

    Attributes
    ----------
    n_chains, n_draws : int
        Of the fit.
    every : int
        Every `every`-th draw of each chain is shipped.
    columns : tuple of DrawColumn
    centre : ndarray, shape (n_columns,)
        Of each column, in double precision.
    values : ndarray, shape (n_columns, n_chains, n_shown)
        What is added to the centre: single precision holds a deviation as precisely as its own size allows.
    order : ndarray of int, shape (n_lines,)
        Places of the shipped draws in the seeded order of the fan: line i is the draw at ``order[i]``.
    divergent : ndarray of int
        Numbers in the fit of every draw that diverged, shipped or not.
    left_out : tuple of str
        What is not shipped, and where it is.
    """

    n_chains: int
    n_draws: int
    every: int
    columns: tuple[DrawColumn, ...]
    centre: NDArray[np.float64] = field(metadata=EXACT)
    values: NDArray[np.float64]
    order: NDArray[np.uint32]
    divergent: NDArray[np.uint32]
    left_out: tuple[str, ...] = ()

    @property
    def n_shown(self) -> int:
        """Draws of each chain that are shipped."""
        return int(self.values.shape[2])

    def column(self, label: str) -> NDArray[np.float64]:
        """Give the shipped draws of a number, shape (n_chains * n_shown,), as the browser has them."""
        place = next(at for at, one in enumerate(self.columns) if one.label == label)
        single = self.values[place].astype(np.float32).astype(np.float64)
        return np.asarray(self.centre[place] + single).ravel()


def draws_view(
    posterior: Posterior,
    estimates: Sequence[Estimate],
    truth: Mapping[str, float],
    most: int = MOST_NUMBERS,
) -> DrawsView:
    """Collect the draws for the browser.

    Parameters
    ----------
    posterior : Posterior
    estimates : sequence of Estimate
        One for each number, whose draws they hold.
    truth : mapping of str to float
        True values by label.
    most : int
        Numbers, of all columns together.

    Returns
    -------
    DrawsView
        At most so many numbers: every k-th draw, and of very many columns the first.
    """
    n_chains, n_draws = (posterior.draws.sizes[dim] for dim in ("chain", "draw"))
    # What is not folded comes first.
    sorted_ = sorted(estimates, key=lambda one: one.scalar.term is not None)
    kept = [one.scalar for one in sorted_[:MOST_COLUMNS]]
    thinned = math.ceil(len(kept) * n_chains * n_draws / most)
    every = max(1, min(thinned, n_draws // LEAST_DRAWS))
    shown = np.array([one.draws[:, ::every] for one in kept], dtype=np.float64)
    shown = shown.reshape(len(kept), n_chains, math.ceil(n_draws / every))
    centre = centres(shown)
    return DrawsView(
        n_chains=n_chains,
        n_draws=n_draws,
        every=every,
        columns=tuple(DrawColumn(label=one.label, term=one.term, truth=truth.get(one.label)) for one in kept),
        centre=centre,
        values=shown - centre[:, np.newaxis, np.newaxis],
        order=chosen_draws(n_chains, shown.shape[2], MOST_LINES, posterior.seed).astype(np.uint32),
        divergent=divergent_draws(posterior),
        left_out=_left_out(every, n_draws, len(kept), len(estimates)),
    )


def exact_draws(estimates: Sequence[Estimate], every: int) -> dict[str, NDArray[np.float64]]:
    """Give every so many draws of each number, in double precision.

    Parameters
    ----------
    estimates : sequence of Estimate
    every : int

    Returns
    -------
    dict of str to ndarray, shape (n_chains * n_shown,)
        By label.
    """
    return {one.scalar.label: one.scalar.draws[:, ::every].ravel() for one in estimates}


def centres(shown: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each column's mean, or 0 where it has none.

    Parameters
    ----------
    shown : ndarray, shape (n_columns, ...)

    Returns
    -------
    ndarray, shape (n_columns,)
    """
    with np.errstate(all="ignore"):  # draws that are no finite numbers have no mean, and a finding names them
        means = shown.mean(axis=tuple(range(1, shown.ndim)))
    return np.where(np.isfinite(means), means, 0.0)


def divergent_draws(posterior: Posterior) -> NDArray[np.uint32]:
    """Give the numbers of the draws that diverged.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    ndarray of int
        ``chain * n_draws + draw`` of each.
    """
    if "diverging" not in posterior.statistics:
        return np.zeros(0, dtype=np.uint32)
    return np.flatnonzero(posterior.statistics["diverging"].values).astype(np.uint32)


def fewer_draws(view: DrawsView, share: float) -> DrawsView:
    """Leave draws out for a page with little room.

    Parameters
    ----------
    view : DrawsView
    share : float
        Of the shipped draws of each chain, in (0, 1].

    Returns
    -------
    DrawsView
        With at least `LEAST_DRAWS` of each chain; the same one if it has no more.
    """
    wanted = max(LEAST_DRAWS, int(view.n_shown * share))
    step = math.ceil(view.n_shown / wanted)
    if step <= 1:
        return view
    values = view.values[:, :, ::step]
    chain, draw = np.divmod(view.order, view.n_shown)
    kept = draw % step == 0
    return replace(
        view,
        every=view.every * step,
        values=values,
        order=(chain[kept] * values.shape[2] + draw[kept] // step).astype(np.uint32),
        left_out=(every_said(view.every * step, view.n_draws),),
    )


def every_said(every: int, n_draws: int) -> str:
    """Say which draws the browser computes with."""
    return (
        f"Pictures and effects are of every {ordinal(every)} of {n_draws:,} draws of each chain; "
        "the Summary table is of all."
    )


def ordinal(number: int) -> str:
    """Write 3 as ``"3rd"``."""
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _left_out(every: int, n_draws: int, n_kept: int, n_columns: int) -> tuple[str, ...]:
    said = [] if every == 1 else [every_said(every, n_draws)]
    if n_kept < n_columns:
        said.append(f"The draws of {n_kept:,} of {n_columns:,} parameters are here; fit.posterior has all.")
    return tuple(said)
