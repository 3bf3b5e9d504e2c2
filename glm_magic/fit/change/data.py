"""The data of a changed fit, as a table: the rows that are used, with the new response."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic._stack import bambi_response_term
from glm_magic.errors import ModelError
from glm_magic.model import FormulaSource
from glm_magic.model.recipe import Recipe
from glm_magic.request.what_if import WhatIf

DESCRIBED = re.compile(
    r"(?:p|prop|proportion|weighted|censored|truncated|constrained)\(\s*(?P<name>`[^`]+`|[^\W\d][\w.]*)\s*,.*"
)
"""A response that other columns describe: ``p(k, n)``."""


def changed_frame(source: FormulaSource, change: WhatIf | None) -> pd.DataFrame:
    """Give the data that a formula was fitted to, with what was changed since.

    Parameters
    ----------
    source : FormulaSource
    change : WhatIf or None

    Returns
    -------
    pandas.DataFrame
        The whole table where nothing was changed.

    Raises
    ------
    ModelError
        If the new response is of a column that is computed, or rows cannot be told.
    """
    recipe, frame = source.recipe, source.recipe.data.frame
    if change is None or (change.rows is None and change.response is None):
        return frame
    places = np.flatnonzero(recipe.rows.notna().all(axis=1).to_numpy())
    if len(places) != len(source.frame):
        raise ModelError(
            "rows of the data have no value in the formula, so those of the change cannot be told",
            remedy="Leave such rows out of the data, and fit them again.",
        )
    if change.response is not None:
        name, values = _column(recipe), _values(source, np.array(change.response))
        column = frame[name].astype(object).copy()
        column.iloc[places] = values
        frame = frame.assign(**{name: column.infer_objects()})
    return frame if change.rows is None else frame.iloc[places[list(change.rows)]]


def _column(recipe: Recipe) -> str:
    """Name the column that the response is read from."""
    text = recipe.cell.response.strip()
    described = DESCRIBED.fullmatch(text)
    name = (described["name"] if described else re.sub(r"\[[^\]]*\]$", "", text).strip()).strip("`")
    if name not in recipe.rows:
        raise ModelError(
            f"the response {text} is computed, so the data of its change cannot be written",
            remedy="Change the data themselves, and fit them again.",
        )
    return name


def _values(source: FormulaSource, response: NDArray[np.float64]) -> NDArray[np.object_] | list[object]:
    """Write a response as the column has it: levels, where it has two."""
    column = source.frame[_column(source.recipe)]
    if pd.api.types.is_bool_dtype(column):
        return [bool(value) for value in response]
    if pd.api.types.is_numeric_dtype(column):
        whole = pd.api.types.is_integer_dtype(column) and (response == np.floor(response)).all()
        return [int(value) if whole else float(value) for value in response]
    term = bambi_response_term(source.bambi)
    other = next(level for level in column.unique() if str(level) != str(term.success))
    success = next(level for level in column.unique() if str(level) == str(term.success))
    return [success if value == 1 else other for value in response]
