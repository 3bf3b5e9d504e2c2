"""Effects as a table, or as xarray."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray
from numpy.typing import NDArray

from glm_magic.diagnose.estimates import errors_of_shares
from glm_magic.diagnose.interval import equal_tailed
from glm_magic.effects.contrasts import Moved
from glm_magic.effects.within import Block
from glm_magic.predict.summary import quantiles

DIM = "effect"
_TAKEN = ("chain", "draw", DIM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """The effects of one predictor.

    Attributes
    ----------
    moved : Moved
    labels : pandas.DataFrame
        n_places rows: what tells rows, or groups of them, apart.
    blocks : iterable of Block
        The mean at the settings of all places.
    """

    moved: Moved
    labels: pd.DataFrame
    blocks: Iterable[Block]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summaries:
    """How draws are summarised.

    Attributes
    ----------
    prob : float
        Probability of the equal-tailed interval.
    above : float or None
        What ``p_above`` is the probability to exceed; None for no such column.
    chains : int
    """

    prob: float
    above: float | None
    chains: int

    def of(self, draws: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Summarise draws, shape (n_places, n_samples): an array of shape (n_places,) for each column."""
        interval = equal_tailed(self.prob)
        low, high = interval.ends
        # Infinite draws have no deviation, and a quantile between two of them is no number.
        with np.errstate(invalid="ignore", over="ignore"):
            ends = quantiles(draws, (low, 0.5, high))
            sd = draws.std(axis=1, ddof=1) if draws.shape[1] > 1 else np.full(len(draws), np.nan)
            made = {"median": ends[1], "sd": sd}
            made |= dict(zip(interval.names, (ends[0], ends[2]), strict=True))
        if self.above is None:
            return made
        missing = np.isnan(draws).any(axis=1)
        holds = draws > self.above
        errors = errors_of_shares(holds.reshape(len(draws), self.chains, -1))
        return made | {
            "p_above": np.where(missing, np.nan, holds.mean(axis=1)),
            "mcse_p_above": np.where(missing, np.nan, errors),
        }


_Columns = dict[str, NDArray[np.float64]]
"""Of a table, by name; or all draws of its rows."""


def table_of(effects: Iterable[Effects], summaries: Summaries) -> pd.DataFrame:
    """Summarise effects, a row for each.

    Parameters
    ----------
    effects : iterable of Effects
    summaries : Summaries

    Returns
    -------
    pandas.DataFrame
        Columns term and contrast, those of the labels, category where the response has some, median, sd, the
        interval's ends, and ``p_above`` with its Monte Carlo error.
    """
    found = [one for each in effects for one in _filled(each, summaries.of)]
    names = {name for _, columns in found for name in columns}
    parts = [_apart(labels, names).assign(**columns) for labels, columns in found]
    return pd.concat(parts, ignore_index=True)


def draws_of(effects: Iterable[Effects], coords: Mapping[str, Any]) -> xarray.DataArray:
    """Give the draws of effects, in the order of the table's rows.

    Parameters
    ----------
    effects : iterable of Effects
    coords : mapping of str to array
        The chains and draws of the posterior.

    Returns
    -------
    xarray.DataArray
        Dims ``chain``, ``draw`` and ``effect``; the labels of the table are coordinates of ``effect``.
    """
    found = [one for each in effects for one in _filled(each, lambda draws: {"draws": draws})]
    labels = pd.concat([_apart(own, _TAKEN) for own, _ in found], ignore_index=True)
    values = np.concatenate([columns["draws"] for _, columns in found]).T
    sizes = (len(coords["chain"]), len(coords["draw"]), len(labels))
    beside = {
        str(column): (
            DIM,
            labels[column].to_numpy() if kind.kind in "biufM" else labels[column].to_numpy(object),
        )
        for column, kind in zip(labels.columns, labels.dtypes, strict=True)
    }
    return xarray.DataArray(values.reshape(sizes), dims=("chain", "draw", DIM), coords={**coords, **beside})


def _filled(
    effects: Effects, summary: Callable[[NDArray[np.float64]], _Columns]
) -> list[tuple[pd.DataFrame, _Columns]]:
    """Fill in a table for each contrast and category."""
    moved, count = effects.moved, len(effects.labels)
    made: dict[tuple[int, str], _Columns] = {}
    for places, by_category in effects.blocks:
        for category, means in by_category:
            for number, pair in enumerate(moved.pairs):
                # Divided by a mean of 0, it is infinite or no number, as the draws are shown.
                with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                    draws = pair.combine(means[pair.low], means[pair.high])
                columns = made.setdefault((number, category), {})
                for name, values in summary(draws).items():
                    whole = columns.setdefault(name, np.full((count, *values.shape[1:]), np.nan))
                    whole[places] = values
    return [
        (_labelled(effects, moved.pairs[number].label, category), made[number, category])
        for number, category in sorted(made, key=lambda key: key[0])
    ]


def _labelled(effects: Effects, contrast: str, category: str) -> pd.DataFrame:
    """Put term, contrast and category beside the labels of the rows."""
    own = {"term": effects.moved.name, "contrast": contrast} if effects.moved.name else {}
    after = {"category": category} if category else {}
    labels = _apart(effects.labels, [*own, *after])
    for place, (name, text) in enumerate(own.items()):
        labels.insert(place, name, text)
    return labels.assign(**after)


def _apart(labels: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Rename columns of the user that are called like one of the table."""
    return labels.rename(columns={name: f"{name} (given)" for name in names})


def infinite(table: pd.DataFrame) -> Sequence[str]:
    """Say how many effects have draws that are no finite number.

    Parameters
    ----------
    table : pandas.DataFrame
        Of more than one draw: a single one has no deviation.

    Returns
    -------
    sequence of str
    """
    count = int((~np.isfinite(table["sd"])).sum())
    return [f"{count:,} of {len(table):,} rows have draws that are no finite number"] if count else []
