"""The linear predictor of a parameter, as statements."""

from __future__ import annotations

from typing import Any

import numpy as np

from glm_magic.code import Random
from glm_magic.code.calls import dims_text
from glm_magic.code.columns import design
from glm_magic.code.groups import group_summand
from glm_magic.code.literals import folded, numbers, text
from glm_magic.code.processes import process_summand
from glm_magic.code.sheet import Sheet
from glm_magic.model.as_written import AS_WRITTEN
from glm_magic.model.names import variable_of

CATEGORIES = ("multinomial", "dirichlet_multinomial", "categorical")
"""Families whose coefficients have a number for each category of the response."""


def linear_predictor(
    sheet: Sheet, parameter: str, component: Any, priors: dict[str, Random], called: str, formula: str
) -> str:
    """Write the priors of a formula's terms, and their sum.

    Parameters
    ----------
    sheet : Sheet
    parameter : str
        Of the family.
    component : object
        Bambi's record of the parameter.
    priors : dict of str to Random
        By variable; those that are written are taken out.
    called : str
        What the predictor is to be called.
    formula : str
        Right of the tilde.

    Returns
    -------
    str
        Its name in Python.
    """
    source = sheet.source
    wide = source.family in CATEGORIES and parameter == source.bambi.family.likelihood.parent
    variables = {name: variable_of(source, parameter, name) for name in component.terms}
    own_intercept = next(
        (name for name, term in component.terms.items() if term is component.intercept_term), None
    )
    centered = next((one for one in source.centered if one.name == variables.get(own_intercept)), None)
    summands: list[str] = []
    # What the centered intercept exceeds the one at zero by.
    at_mean: list[str] = []
    if own_intercept is not None:
        variable = variables[own_intercept]
        random = priors.pop(variable if centered is None else centered.sampled)
        summands.append(
            sheet.assign(random, "intercept" if variable == "Intercept" else f"{parameter}_intercept")
        )
    for term in component.offset_terms.values():
        summands.append(design(sheet, term.term, np.squeeze(term.data), None, term.name, formula))
    for name, term in component.common_terms.items():
        random = priors.pop(variables[name])
        dim = random.dims[0] if len(random.dims) > wide else None
        columns = design(sheet, term.term, term.data, dim, name, formula)
        wish = f"beta_{name}" if variables[name] == name else f"{parameter}_beta_{name}"
        own = horseshoe(sheet, random, wish) if random.family == "Horseshoe" else sheet.assign(random, wish)
        mean = f"{columns}.mean(axis=0)" if np.ndim(term.data) > 1 else f"{columns}.mean()"
        if np.ndim(term.data) > 1:
            summands.append(f"pm.math.dot({columns if centered is None else f'{columns} - {mean}'}, {own})")
            at_mean.append(f"pm.math.dot({mean}, {own})")
        else:
            one = own if dim is None else f"{own}[0]"
            column = columns if centered is None else f"({columns} - {mean})"
            summands.append(f"{one} * {column}{'[:, None]' if wide else ''}")
            at_mean.append(f"{mean} * {one}")
    for name, term in component.hsgp_terms.items():
        summands.append(process_summand(sheet, variables[name], name, term, priors))
    for name, term in component.group_specific_terms.items():
        summands.append(group_summand(sheet, parameter, name, term, priors, wide=wide, formula=formula))
    eta = sheet.identifiers.new(called)
    sheet.state(f"{eta} = {folded(summands or ['0'], '+')}")
    if sheet.kept and len(summands) > (own_intercept is not None):
        # Predictors are centered over all rows, as those of a refit are.
        sheet.state(f"{eta} = {eta}[{sheet.kept}]")
    if centered is not None:
        dims = tuple(sheet.model.pymc.named_vars_to_dims.get(centered.name) or ())
        sheet.dims(*dims)
        at_zero = folded([summands[0], *at_mean], "-")
        sheet.state(f"pm.Deterministic({text(centered.name)}, {at_zero}{dims_text(dims)})")
    return eta


def horseshoe(sheet: Sheet, random: Random, wish: str) -> str:
    """State coefficients with Bambi's horseshoe prior (``bambi.backend.utils.horseshoe``), and give their name.

    Parameters
    ----------
    sheet : Sheet
    random : Random
    wish : str

    Returns
    -------
    str
    """
    degrees = {"tau_nu": "3", "lam_nu": "1"} | {
        name: numbers(value) for name, value in random.arguments.items() if not isinstance(value, str)
    }
    variable, dims = random.variable, dims_text(random.dims)
    sheet.dims(*random.dims)
    tau, lam, raw, own = (sheet.identifiers.new(f"{wish}{part}") for part in ("_tau", "_lam", "_raw", ""))
    sheet.stated |= {f"{variable}_tau", f"{variable}_lam", f"{variable}_raw"}
    sheet.state(f"{tau} = pm.HalfStudentT({text(f'{variable}_tau')}, nu={degrees['tau_nu']})")
    sheet.state(f"{lam} = pm.HalfStudentT({text(f'{variable}_lam')}, nu={degrees['lam_nu']}{dims})")
    sheet.state(f"{raw} = pm.Normal({text(f'{variable}_raw')}, 0, 1{dims})")
    squared = "**2" if _squares(sheet, variable) else ""
    sheet.state(f"{own} = pm.Deterministic({text(variable)}, {raw} * {tau}{squared} * {lam}{squared}{dims})")
    return own


def _squares(sheet: Sheet, variable: str) -> bool:
    """Tell whether the scales of a horseshoe are squared, as in Bambi 0.17; 0.21 multiplies with them."""
    built = sheet.model.pymc
    tau, lam, raw = (built[f"{variable}_{part}"] for part in ("tau", "lam", "raw"))
    ones = np.ones(built.eval_rv_shapes()[raw.name])
    doubled = built[variable].eval({tau: np.float64(2.0), lam: ones, raw: ones}, mode=AS_WRITTEN)
    return bool(np.all(doubled == 4.0))
