"""Rows of long vectors, a few at a time.

A comparison of two vectors makes several more of their length. Where the vectors are as long as the data are
many, that is what needs the most memory of a fit, and a block at a time needs none of it. It is no slower: a
block stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator

ROWS_AT_ONCE = 65_536


def blocks(n_rows: int) -> Iterator[slice]:
    """Yield slices that cover all rows, in order.

    Parameters
    ----------
    n_rows : int

    Yields
    ------
    slice
        Of at most `ROWS_AT_ONCE` rows.
    """
    for start in range(0, n_rows, ROWS_AT_ONCE):
        yield slice(start, min(start + ROWS_AT_ONCE, n_rows))
