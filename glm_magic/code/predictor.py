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
from glm_magic.model.names import variable_of

CATEGORIES = ("multinomial", "dirichlet_multinomial", "categorical")
"""Families whose coefficients have a number for each category of the response."""


def linear_predictor(
    sheet: Sheet, parameter: str, component: Any, priors: dict[str, Random], wish: str, formula: str
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
    wish : str
        What the predictor may be called.
    formula : str
        Right of the tilde.

    Returns
    -------
    str
        Its name in Python.
    """
    source = sheet.source
    wide = source.family in CATEGORIES and parameter == source.bambi.family.likelihood.parent
    summands: list[str] = []
    centered = {one.name: one for one in source.centered}
    intercept = centered.get(
        "" if component.intercept_term is None else variable_of(source, parameter, _name(component))
    )
    moved: list[str] = []
    if component.intercept_term is not None:
        variable = variable_of(source, parameter, _name(component))
        random = priors.pop(intercept.sampled if intercept else variable)
        own = sheet.assign(random, "intercept" if variable == "Intercept" else f"{parameter}_intercept")
        summands.append(own)
        moved.append(own)
    for term in component.offset_terms.values():
        summands.append(design(sheet, term.term, np.squeeze(term.data), None, term.name, formula))
    for name, term in component.common_terms.items():
        variable = variable_of(source, parameter, name)
        random = priors.pop(variable)
        dim = random.dims[0] if len(random.dims) > wide else None
        columns = design(sheet, term.term, term.data, dim, name, formula)
        wish_of_term = f"beta_{name}" if variable == name else f"{parameter}_beta_{name}"
        own = (
            horseshoe(sheet, random, wish_of_term)
            if random.family == "Horseshoe"
            else sheet.assign(random, wish_of_term)
        )
        has_dim = len(random.dims) > wide
        mean, whole = _centered(columns, np.ndim(term.data)) if intercept else ("", columns)
        summands.append(_times(own, whole, np.ndim(term.data), has_dim=has_dim, wide=wide))
        if intercept:
            one = f"{mean} * {_first(own, has_dim=has_dim)}"
            moved.append(f"pm.math.dot({mean}, {own})" if np.ndim(term.data) > 1 else one)
    for name, term in component.hsgp_terms.items():
        summands.append(process_summand(sheet, variable_of(source, parameter, name), name, term, priors))
    for name, term in component.group_specific_terms.items():
        summands.append(group_summand(sheet, parameter, name, term, priors, wide=wide, formula=formula))
    if not summands:
        summands = ["0"]
    eta = sheet.identifiers.new(wish)
    sheet.state(f"{eta} = {folded(summands, '+')}")
    if intercept:
        dims = tuple(sheet.model.pymc.named_vars_to_dims.get(intercept.name) or ())
        sheet.dims(*dims)
        sheet.state(f"pm.Deterministic({text(intercept.name)}, {folded(moved, '-')}{dims_text(dims)})")
    return eta


def _name(component: Any) -> str:
    """Name the intercept as the formula does."""
    return next(str(name) for name, term in component.terms.items() if term is component.intercept_term)


def _centered(columns: str, ndim: int) -> tuple[str, str]:
    mean = f"{columns}.mean(axis=0)" if ndim > 1 else f"{columns}.mean()"
    return mean, f"{columns} - {mean}"


def _first(own: str, *, has_dim: bool) -> str:
    return f"{own}[0]" if has_dim else own


def _times(own: str, columns: str, ndim: int, *, has_dim: bool, wide: bool) -> str:
    if ndim > 1:
        return f"pm.math.dot({columns}, {own})"
    bracketed = columns if columns.isidentifier() else f"({columns})"
    return f"{_first(own, has_dim=has_dim)} * {bracketed}{'[:, None]' if wide else ''}"


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
    sheet.state(f"{own} = pm.Deterministic({text(variable)}, {raw} * {tau}**2 * {lam}**2{dims})")
    return own
