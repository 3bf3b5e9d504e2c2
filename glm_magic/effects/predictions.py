"""What the mean is at chosen values."""

from __future__ import annotations

import pandas as pd
import xarray

from glm_magic.effects import Asked
from glm_magic.effects.answers import answer
from glm_magic.effects.contrasts import Moved, Pair
from glm_magic.model import Model
from glm_magic.posterior import Posterior

AS_GIVEN = Moved(name="", pairs=(Pair(low=0, high=0, label="", combine=lambda _, mean: mean),))


def predictions(model: Model, posterior: Posterior, asked: Asked) -> pd.DataFrame | xarray.DataArray:
    """Give the mean of the response, or the linear predictor; `glm_magic.fit.predictions` has the arguments.

    Parameters
    ----------
    model : Model
    posterior : Posterior
    asked : Asked

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
    """
    words = "{}" if asked.by is None else "average {}"
    return answer(model, posterior, asked, lambda _: ([AS_GIVEN], ()), words)
