"""The numbers of the posterior in the order in which their densities and chains are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from glm_magic.diagnose.estimates import Estimate
from glm_magic.views import Unavailable
from glm_magic.views.density import Density, densities
from glm_magic.views.draws import DrawsView

MOST_DRAWN = 60
"""Of numbers that are not folded, in a figure; so many have the densities of all draws where those are not shipped."""
MOST_FOLDED_DRAWN = 24
MOST_ROWS = 1_000
"""Of numbers that are not folded, and of those that are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRow:
    """One number; its chains are in `DrawsView`.

    Attributes
    ----------
    label : str
    term : str or None
        What it is folded under.
    mean : float
    truth : float or None
    density : Density or None
        None where it is estimated from the draws that are shipped, here and in the browser (`shown_densities`).
    circular : bool
        Whether the number is an angle.
    """

    label: str
    term: str | None
    mean: float
    truth: float | None
    density: Density | None = None
    circular: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceView:
    """The trace tab.

    Attributes
    ----------
    rows : tuple of TraceRow
    notes : tuple of str
    drawn : tuple of str
        Labels of the rows that a figure holds. It holds those with a density, too: older files name no others.
    """

    rows: tuple[TraceRow, ...]
    notes: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()


def trace_view(
    estimates: Sequence[Estimate], truth: Mapping[str, float], draws: DrawsView | Unavailable
) -> TraceView:
    """Lay the traces out.

    Parameters
    ----------
    estimates : sequence of Estimate
    truth : mapping of str to float
        True values by label.
    draws : DrawsView or Unavailable
        As they are shipped.

    Returns
    -------
    TraceView
        Of more than `MOST_ROWS` folded levels those whose chains agree least; a note says so. Rows have a density
        where the draws that are shipped do not tell it: of angles, and of draws that are thinned.
    """
    unfolded = [one for one in estimates if one.scalar.term is None]
    folded = [one for one in estimates if one.scalar.term is not None]
    shown = [*unfolded[:MOST_ROWS], *_worst(folded, MOST_ROWS)]
    drawn = [one.scalar.label for one in (*unfolded[:MOST_DRAWN], *_worst(folded, MOST_FOLDED_DRAWN))]
    thinned = {*drawn} if isinstance(draws, DrawsView) and draws.every > 1 else set()
    notes = []
    if len(unfolded) > MOST_ROWS:
        notes.append(f"The first {MOST_ROWS:,} of {len(unfolded):,} parameters; fit.posterior has all.")
    if len(folded) > MOST_ROWS:
        notes.append(
            f"Of {len(folded):,} folded values, the {MOST_ROWS:,} with the largest R-hat; fit.posterior has all."
        )
    return TraceView(
        rows=tuple(
            TraceRow(
                label=one.scalar.label,
                term=one.scalar.term,
                mean=one.mean,
                truth=truth.get(one.scalar.label),
                density=densities(one.scalar.draws, circular=one.scalar.circular)
                if one.scalar.circular or one.scalar.label in thinned
                else None,
                circular=one.scalar.circular,
            )
            for one in shown
        ),
        notes=tuple(notes),
        drawn=tuple(drawn),
    )


def _worst(estimates: Sequence[Estimate], most: int) -> list[Estimate]:
    """Keep those whose chains agree least, in the order in which they stand."""
    if len(estimates) <= most:
        return list(estimates)
    ranked = sorted(estimates, key=lambda one: -np.nan_to_num(one.r_hat, nan=0.0))
    kept = {one.scalar.label for one in ranked[:most]}
    return [one for one in estimates if one.scalar.label in kept]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRow:
    """A row as a figure draws it.

    Attributes
    ----------
    row : TraceRow
    density : Density
    chains : ndarray, shape (n_chains, n_shown)
    """

    row: TraceRow
    density: Density
    chains: NDArray[np.float64]


def drawn_rows(trace: TraceView, draws: DrawsView) -> Iterator[DrawnRow]:
    """Give the rows of a figure, with the densities that the browser shows.

    Parameters
    ----------
    trace : TraceView
    draws : DrawsView

    Yields
    ------
    DrawnRow
    """
    drawn, shipped = {*trace.drawn}, {one.label for one in draws.columns}
    for row in trace.rows:
        if row.label not in shipped or (row.density is None and row.label not in drawn):
            continue
        chains = draws.column(row.label).reshape(draws.n_chains, draws.n_shown)
        density = row.density or densities(chains, circular=row.circular)
        yield DrawnRow(row=row, density=density, chains=chains)


def with_densities(trace: TraceView, draws: DrawsView) -> TraceView:
    """Estimate the densities of a figure's rows before draws are left out.

    Parameters
    ----------
    trace : TraceView
    draws : DrawsView

    Returns
    -------
    TraceView
    """
    found = {one.row.label: one.density for one in drawn_rows(trace, draws)}
    rows = tuple(replace(row, density=found.get(row.label, row.density)) for row in trace.rows)
    return replace(trace, rows=rows)
