"""The observed variables of a PyMC model, each once."""

from __future__ import annotations

from typing import Any

import pymc as pm


def observed_variables(model: pm.Model) -> list[Any]:
    """List the observed variables of a model.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    list of TensorVariable

    Notes
    -----
    PyMC 5.28 appends to ``model.observed_RVs`` when it draws from the posterior predictive distribution, so that
    they are in that list twice.
    """
    return list(dict.fromkeys(model.observed_RVs))
