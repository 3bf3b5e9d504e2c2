"""Group-specific terms, as statements."""

from __future__ import annotations

from typing import Any

import numpy as np

from glm_magic.code import Random
from glm_magic.code.calls import dims_text
from glm_magic.code.columns import design, factor_of
from glm_magic.code.literals import levels, text
from glm_magic.code.sheet import Sheet, unwritten
from glm_magic.model.names import variable_of


def group_summand(
    sheet: Sheet, parameter: str, name: str, term: Any, priors: dict[str, Random], *, wide: bool, formula: str
) -> str:
    """Write the effects of groups with their priors, and what they add to a predictor.

    Parameters
    ----------
    sheet : Sheet
    parameter : str
        Of the family.
    name : str
        The term, as the summary names it.
    term : bambi.terms.GroupSpecificTerm
    priors : dict of str to Random
        By variable; those that are written are taken out.
    wide : bool
        Whether effects have a number for each category of the response.
    formula : str
        Right of the tilde.

    Returns
    -------
    str
        A summand.
    """
    variable = variable_of(sheet.source, parameter, name)
    expression, _, group = name.partition("|")
    wish = f"{group}_effect" if expression == "1" else f"{expression}_by_{group}"
    index = _index(sheet, term, group, variable)
    own = _effects(sheet, variable, wish if variable == name else f"{parameter}_{wish}", priors)
    at = f"{own}[{index}]"
    if expression == "1" and np.all(np.asarray(term.predictor) == 1):
        return at
    predictor = np.asarray(term.predictor)
    if wide and predictor.ndim > 1:
        raise unwritten(name, "it has several columns for each category")
    columns = design(sheet, term.term.expr, predictor, None, expression, formula)
    if predictor.ndim == 1:
        return f"{at} * {columns}{'[:, None]' if wide else ''}"
    return f"({at} * {columns}).sum(axis=1)"


def _effects(sheet: Sheet, variable: str, wish: str, priors: dict[str, Random]) -> str:
    """State the effects: an offset times its spread, or a distribution of their own."""
    offset = priors.pop(f"{variable}_offset", None)
    random = priors.pop(variable) if offset is None else offset
    inner = [name for name in priors if name.startswith(f"{variable}_")]
    # The prior of a prior comes first: 1|g_sigma_sigma, then 1|g_sigma.
    for name in sorted(inner, key=len, reverse=True):
        sheet.python[name] = sheet.assign(priors.pop(name), f"{wish}{name.removeprefix(variable)}")
    if offset is None:
        return sheet.assign(random, wish)
    scale = sheet.python.get(f"{variable}_sigma")
    if scale is None:
        raise unwritten(variable, "its spread has no prior")
    below, own = sheet.assign(offset, f"{wish}_offset"), sheet.identifiers.new(wish)
    dims = tuple(sheet.model.pymc.named_vars_to_dims.get(variable) or ())
    sheet.state(f"{own} = pm.Deterministic({text(variable)}, {below} * {scale}{dims_text(dims)})")
    return own


def _index(sheet: Sheet, term: Any, group: str, variable: str) -> str:
    """Name the array of each row's group."""
    wanted = np.asarray(term.group_index).reshape(-1)
    if group in sheet.indexes:
        return sheet.indexes[group]
    own = _written(sheet, term, wanted, f"{variable.partition('|')[2]}__factor_dim")
    if own is None:
        raise unwritten(f"the grouping {group}", "its levels cannot be listed")
    sheet.indexes[group] = sheet.define(f"{group}_index", own)
    return sheet.indexes[group]


def _written(sheet: Sheet, term: Any, wanted: Any, dim: str) -> str | None:
    factors = [factor_of(sheet, part) for part in term.term.factor.components]
    if None in factors:
        return None
    values = (
        ' + ":" + '.join(f"{one}.astype(str)" for one in factors) if len(factors) > 1 else str(factors[0])
    )
    places, rows = np.unique(wanted, return_index=True)
    found = sheet.computed.at(f"np.asarray({values})", rows)
    if found is None:
        return None
    first = dict(zip(places.tolist(), found.tolist(), strict=True))
    every = [first.get(place, name) for place, name in enumerate(term.groups)]
    coords = list(sheet.model.pymc.coords.get(dim) or ())
    sheet.levels_of(dim, values)
    sheet.dims(dim)
    listed = f"coords[{text(dim)}]" if coords == every and levels(every) else levels(every)
    written = f"pd.Categorical({values}, categories={listed}).codes"
    return written if listed is not None and sheet.computed.gives(written, wanted) else None
