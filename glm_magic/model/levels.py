"""The order of a factor's levels: that of the data where they have one."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd


def in_own_order(frame: pd.DataFrame) -> tuple[pd.DataFrame, Mapping[str, tuple[str, ...]]]:
    """Give the categories of each column the order that the user gave them, and those alone that occur.

    formulae sorts the categories of an unordered Categorical, so that another than the first is the
    reference of treatment coding; those of an ordered one it keeps. A category without a row would be a
    column of zeros.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows that are fitted.

    Returns
    -------
    frame : pandas.DataFrame
        Each Categorical ordered.
    unused : mapping of str to tuple of str
        Column, with the categories that no row has.
    """
    ordered: dict[str, pd.Series] = {}
    unused: dict[str, tuple[str, ...]] = {}
    for name in frame.columns:
        column = frame[name]
        if not isinstance(column.dtype, pd.CategoricalDtype):
            continue
        kept = column.cat.remove_unused_categories()
        # Removal keeps the order; it sorts nothing.
        absent = [level for level in column.cat.categories if level not in set(kept.cat.categories)]
        if absent:
            unused[str(name)] = tuple(map(str, absent))
        if absent or not column.dtype.ordered:
            ordered[str(name)] = kept.cat.as_ordered()
    return (frame.assign(**ordered) if ordered else frame), unused
