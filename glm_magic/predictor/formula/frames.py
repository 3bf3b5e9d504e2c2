"""Rows for Bambi, made from numbers and level positions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic.model import Column, FormulaSource
from glm_magic.model.beside import rows_beside
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


def is_plain_number(part: Any) -> bool:
    """Tell whether a part of a formula is a column of numbers as it stands, so that its values are its own.

    Parameters
    ----------
    part : formulae variable or call

    Returns
    -------
    bool
    """
    return part.kind == "numeric" and not hasattr(part, "call")


def completed(source: FormulaSource, frame: pd.DataFrame) -> pd.DataFrame:
    """Append rows of the data, so that transforms meet the values that they met in the fit.

    Parameters
    ----------
    source : FormulaSource
    frame : pandas.DataFrame
        n_grid rows, a column per predictor.

    Returns
    -------
    pandas.DataFrame
        The rows of `frame` first, then those that `rows_beside` chooses.
    """
    chosen = rows_beside(source.bambi, source.frame, frame.columns)
    if not chosen:
        return frame
    rows = source.frame.iloc[chosen][list(frame.columns)]
    return pd.concat([frame, rows], ignore_index=True)
