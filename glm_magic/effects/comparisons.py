"""How the mean differs between values of a predictor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import pandas as pd
import xarray

from glm_magic.effects import Asked, Comparison
from glm_magic.effects.answers import answer
from glm_magic.effects.contrasts import CENTRES, Moved, chosen, moved_by, predictors
from glm_magic.model import FormulaSource, Model
from glm_magic.posterior import Posterior
from glm_magic.predict import check_choice

_WORDS = {"difference": "difference in {}", "ratio": "ratio of {}", "lnratio": "log ratio of {}"}
_AVERAGED = {
    "difference": "average difference in {}",
    "ratio": "ratio of averages of {}",
    "lnratio": "log ratio of averages of {}",
}


def comparisons(
    model: Model, posterior: Posterior, asked: Asked, variables: Any, comparison: Comparison
) -> pd.DataFrame | xarray.DataArray:
    """Compare the mean between values of predictors; `glm_magic.fit.comparisons` has the arguments.

    Parameters
    ----------
    model : Model
    posterior : Posterior
    asked : Asked
    variables : str, list of str, mapping of str to contrast, or None
    comparison : {"difference", "ratio", "lnratio"}

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
    """
    check_choice("comparison", comparison, get_args(Comparison))
    averaged = asked.by is not None
    mean = "mean({})" if averaged and comparison != "difference" else "{}"

    def read(source: FormulaSource) -> tuple[Sequence[Moved], Sequence[str]]:
        moved = chosen(model, source, variables, predictors(model, source))
        return [moved_by(column, contrast, comparison, mean) for column, contrast in moved], ()

    above = CENTRES[comparison] if asked.above is None else asked.above
    words = (_AVERAGED if averaged else _WORDS)[comparison]
    return answer(model, posterior, replace(asked, above=above), read, words)
