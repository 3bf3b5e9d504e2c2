"""A Gaussian process by basis functions, as statements (``bambi.backend.terms.HSGPTerm``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from glm_magic.code import Random
from glm_magic.code.calls import dims_text
from glm_magic.code.expressions import python_of
from glm_magic.code.literals import number, numbers, text
from glm_magic.code.sheet import Sheet, unwritten


def process_summand(sheet: Sheet, variable: str, name: str, term: Any, priors: dict[str, Random]) -> str:
    """Write a Gaussian process with its priors.

    Parameters
    ----------
    sheet : Sheet
    variable : str
        Of the term, in the PyMC model.
    name : str
        The term, as the summary names it.
    term : bambi.terms.HSGPTerm
    priors : dict of str to Random
        By variable; those that are written are taken out.

    Returns
    -------
    str
        A summand.

    Raises
    ------
    ModelError
        If it is one for each group, or its predictors cannot be written.
    """
    if term.by_levels is not None or not term.iso:
        raise unwritten(name, "it has a covariance function for each group or predictor")
    data = _data(sheet, name, term)
    values = {
        parameter: _value(sheet, f"{variable}_{parameter}", prior, priors)
        for parameter, prior in term.prior.items()
    }
    process, phi, root = (sheet.identifiers.new(part) for part in ("process", "phi", "root"))
    count = term.shape[1]
    covariance = f"{values['sigma']}**2 * pm.gp.cov.{term.cov}({count}, ls={values['ell']})"
    sizes = f"m={[int(one) for one in term.m]}, L=[{', '.join(number(float(one)) for one in term.L[0])}]"
    sheet.state(f"{process} = pm.gp.HSGP({sizes}, drop_first={term.drop_first}, cov_func={covariance})")
    sheet.state(f"{phi}, {root} = {process}.prior_linearized({data})")
    weights = priors.pop(f"{variable}_weights{'' if term.centered else '_raw'}")
    if len(weights.dims) > 1:
        raise unwritten(name, "it has weights for each category")
    dims = dims_text(weights.dims)
    sheet.dims(*weights.dims)
    sheet.stated.add(weights.variable)
    own = sheet.identifiers.new("weights")
    if term.centered:
        sheet.state(f"{own} = pm.Normal({text(weights.variable)}, sigma={root}{dims})")
    else:
        raw = sheet.identifiers.new("weights_raw")
        sheet.state(f"{raw} = pm.Normal({text(weights.variable)}, 0, 1{dims})")
        sheet.state(f"{own} = pm.Deterministic({text(f'{variable}_weights')}, {raw} * {root}{dims})")
    return f"pm.math.dot({phi}, {own})"


def _data(sheet: Sheet, name: str, term: Any) -> str:
    """Write the predictors, centered and scaled."""
    inside = [str(argument) for argument in term.term.components[0].call.args]
    columns = [python_of(sheet, argument) for argument in inside]
    stacked = f"np.column_stack([{', '.join(str(one) for one in columns)}])"
    scale = f" / {number(float(term.maximum_distance))}" if term.scale_predictors else ""
    written = f"({stacked} - {numbers(np.ravel(term.mean))}){scale}"
    wanted = term.data_centered / (term.maximum_distance if term.scale_predictors else 1)
    if None in columns or not sheet.computed.gives(written, wanted):
        raise unwritten(name, "its predictors are no expressions of NumPy's")
    return sheet.define(name, written)


def _value(sheet: Sheet, variable: str, prior: Any, priors: dict[str, Random]) -> str:
    random = priors.pop(variable, None)
    return number(float(prior)) if random is None else sheet.assign(random, variable)
