"""How steeply the mean changes with a predictor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import xarray
from numpy.typing import NDArray

from glm_magic.effects import Asked
from glm_magic.effects.answers import answer
from glm_magic.effects.contrasts import Moved, Pair, chosen, predictors
from glm_magic.errors import ModelError
from glm_magic.model import Column, FormulaSource, Model
from glm_magic.posterior import Posterior
from glm_magic.predictor.places import derivative_step, is_indicator


def slopes(
    model: Model, posterior: Posterior, asked: Asked, variables: Any
) -> pd.DataFrame | xarray.DataArray:
    """Differentiate the mean with respect to predictors; `glm_magic.fit.slopes` has the arguments.

    Parameters
    ----------
    model : Model
    posterior : Posterior
    asked : Asked
    variables : str, list of str, or None

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
    """

    def read(source: FormulaSource) -> tuple[Sequence[Moved], Sequence[str]]:
        every = predictors(model, source)
        numbers = [column for column in every if not column.levels and not is_indicator(column)]
        moved = [_along(column, contrast) for column, contrast in chosen(model, source, variables, numbers)]
        named = {column.name for column in numbers}
        without = [column.name for column in every if column.name not in named] if variables is None else []
        return moved, [f"{name} is compared by fit.comparisons, and no slope is given" for name in without]

    above = 0.0 if asked.above is None else asked.above
    words = "slope of {}" if asked.by is None else "average slope of {}"
    return answer(model, posterior, replace(asked, above=above), read, words)


def _along(column: Column, contrast: Any) -> Moved:
    """Step half of a small step to either side."""
    if column.levels:
        raise ModelError(
            f"{column.name} has levels, between which there is no slope",
            remedy="fit.comparisons and fit.avg_comparisons compare its levels.",
        )
    if contrast is not None:
        raise ModelError(
            f"the slope of {column.name} has no contrast",
            remedy="Name the predictors alone; fit.comparisons compares the mean between values.",
        )
    step = derivative_step(column.values)
    pair = Pair(low=0, high=1, label="dY/dX", combine=partial(_per_unit, step=step))
    return Moved(name=column.name, steps=(-step / 2, step / 2), pairs=(pair,))


def _per_unit(low: NDArray[np.float64], high: NDArray[np.float64], *, step: float) -> NDArray[np.float64]:
    return np.asarray((high - low) / step)
