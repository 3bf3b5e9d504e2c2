"""How a variable is called: by PyMC, in the posterior, and to the user.

Bambi's terms keep the user's own text. Only where that text breaks PyMC or nutpie the term is
fitted under a safe name, and renamed afterwards; so is a term that is called like a parameter of
the family or like the response (`glm_magic.model.aliases`). A slash cannot stand in a DataTree, where
it separates groups: in the posterior it is written as a division sign. No variable of the posterior can be
called like one of its dims: ``chain`` is written ``chain (column)`` there.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING

import xarray

from glm_magic._stack import bambi_parameters

if TYPE_CHECKING:
    from glm_magic.model import FormulaSource, Model

SLASH = "÷"
# Dims of a posterior, of its draws in one row, and of Bambi's observations and design.
RESERVED = frozenset({"chain", "draw", "sample", "__obs__", "__variables__"})
_COLUMN = " (column)"


def posterior_name(label: str) -> str:
    """Write a label so that a DataTree and NetCDF can hold it.

    Parameters
    ----------
    label : str
        The user's own name, such as ``"I(x / 10)"``.

    Returns
    -------
    str
        ``"I(x ÷ 10)"``.
    """
    return f"{label}{_COLUMN}" if label in RESERVED else label.replace("/", SLASH)


def label_of(name: str) -> str:
    """Write a name of the posterior as the user wrote it; the inverse of `posterior_name`."""
    own = name.removesuffix(_COLUMN)
    return own if own in RESERVED else name.replace(SLASH, "/")


def own_names(draws: xarray.Dataset, aliases: Mapping[str, str]) -> xarray.Dataset:
    """Rename safe names to the user's own, in variables and in dims.

    Parameters
    ----------
    draws : xarray.Dataset
    aliases : mapping of str to str
        Safe name to own name.

    Returns
    -------
    xarray.Dataset
    """
    return draws.rename({name: _own_name(str(name), aliases) for name in (*draws.variables, *draws.dims)})


def safe_names(draws: xarray.Dataset, source: FormulaSource) -> xarray.Dataset:
    """Rename the user's own names to those of the PyMC model; the inverse of `own_names`.

    Parameters
    ----------
    draws : xarray.Dataset
    source : FormulaSource

    Returns
    -------
    xarray.Dataset
    """
    built = source.bambi.backend.model
    drawn = [variable.name for variable in (*built.free_RVs, *built.deterministics)]
    # Turned around name by name: an own name may be the beginning of another.
    own = {name: _own_name(name, source.aliases) for name in (*drawn, *built.coords)}
    back = {shown: name for name, shown in own.items() if shown != name}
    present = (*draws.variables, *draws.dims)
    return draws.rename({name: back.get(str(name), str(name)) for name in present})


def variable_of(source: FormulaSource, parameter: str, term: str) -> str:
    """Name the posterior variable of a term.

    Parameters
    ----------
    source : FormulaSource
    parameter : str
        The parameter of the family whose formula the term stands in.
    term : str
        As formulae writes it.

    Returns
    -------
    str
    """
    alias = bambi_parameters(source.bambi)[parameter].terms[term].alias
    label = term if parameter == source.bambi.family.likelihood.parent else f"{parameter}_{term}"
    return posterior_name(source.aliases.get(alias or "", label))


def column_labels(source: FormulaSource, parameter: str, term: str, width: int) -> list[str]:
    """Label the design columns of a common term as the summary labels their coefficients.

    Parameters
    ----------
    source : FormulaSource
    parameter : str
        The parameter of the family whose formula the term stands in.
    term : str
        As formulae writes it.
    width : int
        How many columns the term has.

    Returns
    -------
    list of str
        ``["school[S01]", "school[S02]"]``; ``["x"]`` for a term that is one number.
    """
    built = source.bambi.backend.model
    own = term if parameter == source.bambi.family.likelihood.parent else f"{parameter}_{term}"
    dims = built.named_vars_to_dims.get(bambi_parameters(source.bambi)[parameter].terms[term].alias or own)
    label = label_of(variable_of(source, parameter, term))
    # The columns run along the first dim; a response with categories has another for those.
    levels = built.coords[dims[0]] if dims else None
    if levels is not None and len(levels) == width:
        return [f"{label}[{level}]" for level in levels]
    return [label] if width == 1 else [f"{label}[{place}]" for place in range(width)]


def known_labels(model: Model) -> dict[str, tuple[str, ...]]:
    """Label the numbers of a model before any is drawn, as the summary will.

    Parameters
    ----------
    model : Model

    Returns
    -------
    dict of str to tuple of str
        The label of each variable, with those of its numbers: ``"school"`` with
        ``("school[S01]", "school[S02]")``, ``"sigma"`` with ``("sigma",)``; none where the
        length of a dimension is not known before the model runs.
    """
    aliases = getattr(model.source, "aliases", {})
    labels: dict[str, tuple[str, ...]] = {}
    for name in model.variables:
        label = label_of(_own_name(name, aliases))
        dims = model.pymc.named_vars_to_dims.get(name) or ()
        coords = [model.pymc.coords.get(dim) for dim in dims]
        if None in coords or len(coords) != model.pymc[name].ndim:
            labels[label] = ()
        elif not coords:
            labels[label] = (label,)
        else:
            labels[label] = tuple(f"{label}[{', '.join(map(str, place))}]" for place in product(*coords))
    return labels


def _own_name(name: str, aliases: Mapping[str, str]) -> str:
    for safe, own in aliases.items():
        # A term's dims and hyperparameters begin with its name.
        if name == safe or name.startswith(f"{safe}_"):
            return posterior_name(own) + name[len(safe) :]
    return name
