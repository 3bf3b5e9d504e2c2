"""Rows for Bambi, made from numbers and level positions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters
from glm_magic.model import Column, FormulaSource
from glm_magic.model.columns import undrawn_columns


def frame_at(
    source: FormulaSource, columns: Iterable[Column], values: Mapping[str, NDArray[np.float64]]
) -> pd.DataFrame:
    """Make rows in the user's own values from numbers and level positions.

    Parameters
    ----------
    source : FormulaSource
        Its frame gives each column its dtype.
    columns : iterable of Column
        The predictors.
    values : mapping of str to ndarray, shape (n_grid,)
        A number per row, or for a categorical predictor a position in its levels.

    Returns
    -------
    pandas.DataFrame
        n_grid rows, a column per predictor; of columns that have no axis, such as lists that a function takes, the
        value of the first row.
    """
    made: dict[str, Any] = {}
    length = len(next(iter(values.values()), ()))
    for name in undrawn_columns(source.bambi, source.frame):
        made[name] = pd.Series([source.frame[name].iloc[0]] * length)
    for column in columns:
        numbers = values[column.name]
        if not column.levels:
            # No Series: pandas compares the indexes of all of them, and there may be hundreds.
            made[column.name] = numbers
            continue
        own = source.frame[column.name]
        by_text = {str(level): level for level in own.unique()}
        levels = [by_text[column.levels[int(position)]] for position in numbers]
        made[column.name] = pd.Series(levels, dtype=own.dtype)
    return pd.DataFrame(made)


MOST_DISTINCT = 50


def completed(source: FormulaSource, frame: pd.DataFrame) -> pd.DataFrame:
    """Append rows of the data, so that transforms meet the values that they met in the fit.

    A function in a formula is given a whole column. ``binary(g, "b")`` refuses one without "b",
    ``binary(g)`` takes the first level that it sees, and ``pd.cut(x, 3)`` divides the range that it sees.

    Parameters
    ----------
    source : FormulaSource
    frame : pandas.DataFrame
        n_grid rows, a column per predictor.

    Returns
    -------
    pandas.DataFrame
        The rows of `frame` first, then rows with every level and whole number, and with the least and
        the largest value, of each column that is an argument of a function.
    """
    chosen: set[int] = set()
    for name in _arguments(source) & set(frame.columns) & set(source.frame.columns):
        own = source.frame[name]
        number = pd.api.types.is_numeric_dtype(own)
        if number:
            values = own.to_numpy(dtype=float)
            chosen |= {int(values.argmin()), int(values.argmax())}
        if not pd.api.types.is_float_dtype(own):
            codes, distinct = pd.factorize(own)
            if not number or len(distinct) <= MOST_DISTINCT:
                chosen.update(np.unique(codes, return_index=True)[1].tolist())
    if not chosen:
        return frame
    rows = source.frame.iloc[sorted(chosen)][list(frame.columns)]
    return pd.concat([frame, rows], ignore_index=True)


def _arguments(source: FormulaSource) -> set[str]:
    """Name the columns that are arguments of functions on the right of any formula."""
    found: set[str] = set()
    for parameter in bambi_parameters(source.bambi).values():
        common, group = parameter.design.common, parameter.design.group
        terms = [*([] if common is None else common.terms.values())]
        for term in [] if group is None else group.terms.values():
            terms += [term.expr, term.factor]
        for term in terms:
            for component in getattr(term, "components", ()):
                if hasattr(component, "call"):
                    found |= set(component.var_names)
    return found
