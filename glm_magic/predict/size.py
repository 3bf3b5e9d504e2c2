"""How large an answer may be, and how draws are thinned."""

from __future__ import annotations

import numpy as np
import xarray

from glm_magic.errors import ModelError

MOST_NUMBERS = 500_000_000
"""Numbers of an answer that holds one for each draw and row: 4 GB."""


def check_size(what: str, rows: int, draws: int, remedy: str) -> None:
    """Refuse an answer that would not fit into memory, before any of it is computed.

    Parameters
    ----------
    what : str
        What there would be for each row and draw.
    rows, draws : int
    remedy : str

    Raises
    ------
    ModelError
        If there are more than `MOST_NUMBERS`.
    """
    if rows * draws > MOST_NUMBERS:
        raise ModelError(
            f"{what} for {rows:,} rows and {draws:,} draws would take {rows * draws * 8 / 1e9:.0f} GB, and at most "
            f"{MOST_NUMBERS * 8 / 1e9:.0f} GB are given",
            remedy=remedy,
        )


def thinned(posterior: xarray.Dataset, draws: int | None) -> xarray.Dataset:
    """Take some draws of each chain, evenly spread.

    Parameters
    ----------
    posterior : xarray.Dataset
        Dims ``(chain, draw, ...)``.
    draws : int or None
        Of all chains together; all of them when None.

    Returns
    -------
    xarray.Dataset
        As many of each chain, at least one, and all where there are no more.
    """
    there = posterior.sizes["draw"]
    each = there if draws is None else max(1, draws // posterior.sizes["chain"])
    if each >= there:
        return posterior
    return posterior.isel(draw=np.unique(np.linspace(0, there - 1, each).round().astype(int)))
