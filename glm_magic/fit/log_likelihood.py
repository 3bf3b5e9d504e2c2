"""The log density of each observation at each draw."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pymc
import xarray

from glm_magic._stack import group, to_native
from glm_magic.engines.instant import NotInstant
from glm_magic.engines.instant.pointwise import Differs, log_likelihoods
from glm_magic.errors import ModelError
from glm_magic.idata import observed_data
from glm_magic.interrupts import Answered, Listening
from glm_magic.request.options import check_value
from glm_magic.turns import Turn

if TYPE_CHECKING:
    from glm_magic.fit import Fit


def log_likelihood(fit: Fit, draws: int | None = None) -> xarray.Dataset:
    """Compute the log density of each observation at each draw: what `pymc.compute_log_likelihood` gives.

    Parameters
    ----------
    draws : int, optional
        How many draws, spread evenly over the chains; all of them when not given.

    Returns
    -------
    xarray.Dataset
        A variable for each response, under its name in `model`, with dims ``(chain, draw, __obs__)``: in units of
        the natural logarithm. ``attrs["computed_by"]`` says what computed it.

    Raises
    ------
    ModelError
        For a fit without its model, and for an answer of more than 500 million numbers (4 GB).

    Warns
    -----
    UserWarning
        If the instant engine's densities are not PyMC's at some draws; then these are PyMC's.

    Notes
    -----
    Where the instant engine drew, its kernels compute this too, without compiling; at some draws the result is
    compared with PyMC's own density. The densities of other fits are compiled by PyMC.
    """
    from glm_magic.predict.size import MOST_NUMBERS, check_size, thinned

    model = fit._living("log_likelihood").pymc
    if draws is not None:
        check_value("draws", draws, label="draws", error=ModelError)
    posterior = thinned(fit.posterior["posterior"].to_dataset(), None if draws is None else int(draws))
    samples = posterior.sizes["chain"] * posterior.sizes["draw"]
    rows = sum(array.size for array in observed_data(model).data_vars.values())
    check_size(
        "log densities", rows, samples, f"Take fewer draws: draws={max(1, MOST_NUMBERS // max(rows, 1)):,}."
    )
    with Listening(), Answered("before the log likelihood was computed"), Turn():
        if fit._record.engine == "instant":
            match log_likelihoods(model, posterior):
                case Differs(variable=variable, error=error):
                    warnings.warn(
                        f"the instant engine's log likelihood of {variable} differs from PyMC's by up to "
                        f"{error:.1e}, relatively: PyMC computed it instead",
                        stacklevel=2,
                    )
                    why = ", because the instant engine did not agree with it"
                case NotInstant(reason=reason):
                    why = f", because it is not instant: {reason}"
                case found:
                    return _labelled(posterior, model, found)
        else:
            why = f", because the fit is not instant: {fit._record.engine} drew"
        return _of_pymc(posterior, model).assign_attrs(computed_by=f"PyMC{why}")


def _labelled(draws: xarray.Dataset, model: pymc.Model, found: Mapping[str, Any]) -> xarray.Dataset:
    """Give the log densities the dims and coordinates of their observations."""
    observed = observed_data(model)
    data = {name: (("chain", "draw", *observed[name].dims), array) for name, array in found.items()}
    # Positions where the model has no labels, as PyMC gives them.
    coords: dict[Any, Any] = {dim: np.arange(length) for dim, length in observed.sizes.items()}
    coords |= {dim: draws[dim].variable for dim in ("chain", "draw")} | dict(observed.coords)
    return xarray.Dataset(data, coords=coords, attrs={"computed_by": "the instant engine"})


def _of_pymc(posterior: xarray.Dataset, model: pymc.Model) -> xarray.Dataset:
    draws = to_native(xarray.DataTree.from_dict({"posterior": posterior}))
    found = pymc.compute_log_likelihood(draws, model=model, extend_inferencedata=False, progressbar=False)
    densities = found if isinstance(found, xarray.Dataset) else group(found, "log_likelihood")
    # PyMC 5 counts the draws anew.
    return densities.assign_coords({dim: posterior[dim].values for dim in ("chain", "draw")})
