"""The dims of group-specific effects, in the order that Bambi's predict counts on.

In the PyMC model that Bambi builds the levels of the grouping factor are the first dim of an effect, and PyMC's
functions take a posterior in the order of the model. Bambi's ``predict`` reads the same arrays by position, with
the levels last, as its own ``fit`` transposes them (``PyMCModel._clean_results``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import bambi
import xarray

from glm_magic._stack import bambi_parameters

FACTOR_DIM = "__factor_dim"
EXPRESSION_DIM = "__expr_dim"


def predict_with_levels_last(model: bambi.Model) -> None:
    """Have Bambi's predict take a posterior whose dims are in the order of its PyMC model.

    Parameters
    ----------
    model : bambi.Model
    """
    for component in bambi_parameters(model).values():
        if component.group_specific_terms:
            component.predict_group_specific = partial(_levels_last, component.predict_group_specific)


def _levels_last(predict: Callable[..., Any], *, posterior: Any, **options: Any) -> Any:
    dataset = posterior if isinstance(posterior, xarray.Dataset) else posterior.to_dataset()
    levels = [dim for dim in dataset.dims if str(dim).endswith(FACTOR_DIM)]
    columns = [dim for dim in dataset.dims if str(dim).endswith(EXPRESSION_DIM)]
    others = [dim for dim in dataset.dims if dim not in ("chain", "draw", *columns, *levels)]
    return predict(posterior=dataset.transpose("chain", "draw", *others, *columns, *levels), **options)
