"""Rows of the data that stand beside new rows, so that transforms meet the values that they met in the fit."""

from __future__ import annotations

from collections.abc import Iterable

import bambi
import numpy as np
import pandas as pd

from glm_magic._stack import bambi_parameters

MOST_DISTINCT = 50


def rows_beside(model: bambi.Model, frame: pd.DataFrame, columns: Iterable[str]) -> list[int]:
    """Choose the rows that transforms must meet again.

    A function in a formula is given a whole column. ``binary(g, "b")`` refuses one without "b",
    ``binary(g)`` takes the first level that it sees, and ``pd.cut(x, 3)`` divides the range that it sees.

    Parameters
    ----------
    model : bambi.Model
    frame : pandas.DataFrame
        The rows that are fitted.
    columns : iterable of str
        Those that the new rows have.

    Returns
    -------
    list of int
        Positions of rows with every level and whole number, and with the least and the largest value, of
        each of these columns that is an argument of a function.
    """
    chosen: set[int] = set()
    for name in _arguments(model) & set(columns) & set(frame.columns):
        own = frame[name]
        number = pd.api.types.is_numeric_dtype(own)
        if number:
            values = own.to_numpy(dtype=float)
            chosen |= {int(values.argmin()), int(values.argmax())}
        if not pd.api.types.is_float_dtype(own):
            codes, distinct = pd.factorize(own)
            if not number or len(distinct) <= MOST_DISTINCT:
                chosen.update(np.unique(codes, return_index=True)[1].tolist())
    return sorted(chosen)


def _arguments(model: bambi.Model) -> set[str]:
    """Name the columns that are arguments of functions on the right of any formula."""
    found: set[str] = set()
    for parameter in bambi_parameters(model).values():
        common, group = parameter.design.common, parameter.design.group
        terms = [*([] if common is None else common.terms.values())]
        for term in [] if group is None else group.terms.values():
            terms += [term.expr, term.factor]
        for term in terms:
            for component in getattr(term, "components", ()):
                if hasattr(component, "call"):
                    found |= set(component.var_names)
    return found
