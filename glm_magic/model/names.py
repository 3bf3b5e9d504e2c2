"""How a variable is called: by PyMC, in the posterior, and to the user.

A term has one name in the PyMC model, in the posterior and in what Bambi looks up: the user's own text, but
for two kinds of names (`glm_magic.model.aliases`). PyMC and DataTree refuse a slash, which is written as a
division sign. A term that is called like a dim, like a parameter of the family or like the response has
``(column)`` behind its name.

Bambi's model has its intercept at the mean of the predictors. There it is called ``Intercept_centered``, and
``Intercept`` is the intercept where the predictors are zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING

from glm_magic._stack import bambi_parameters

if TYPE_CHECKING:
    from glm_magic.model import FormulaSource, Model

SLASH = "÷"
# Dims of a posterior, of its draws in one row, and of Bambi's observations and design.
RESERVED = frozenset({"chain", "draw", "sample", "__obs__", "__variables__"})
COLUMN = " (column)"
CENTERED = "_centered"


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
    return f"{label}{COLUMN}" if label in RESERVED else label.replace("/", SLASH)


def label_of(name: str) -> str:
    """Write a name of the posterior as the user wrote it; the inverse of `posterior_name`."""
    own = name.removesuffix(COLUMN)
    return own if own in RESERVED else name.replace(SLASH, "/")


def dims_of(name: str, known: Sequence[str | None] | None, count: int) -> list[str]:
    """Name the dims of a variable; those that have no name are called ``name_dim_0``, as ArviZ calls them.

    Parameters
    ----------
    name : str
    known : sequence of str or None, or None
        Its dims in the model, where it has any.
    count : int
        How many dims it has.

    Returns
    -------
    list of str
    """
    return [
        str(dim) if dim is not None else f"{name}_dim_{place}"
        for place, dim in enumerate(known or [None] * count)
    ]


def variable_of(source: FormulaSource, parameter: str, term: str) -> str:
    """Name the variable of a term, in the PyMC model and in the posterior.

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
    return str(alias or label)


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
    variable = variable_of(source, parameter, term)
    dims = built.named_vars_to_dims.get(variable)
    label = label_of(variable)
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
    labels: dict[str, tuple[str, ...]] = {}
    computed = [intercept.name for intercept in getattr(model.source, "centered", ())]
    for name in (*computed, *(one for one in model.variables if one not in model.internal)):
        label = label_of(name)
        dims = model.pymc.named_vars_to_dims.get(name) or ()
        coords = [model.pymc.coords.get(dim) for dim in dims]
        if None in coords or len(coords) != model.pymc[name].ndim:
            labels[label] = ()
        elif not coords:
            labels[label] = (label,)
        else:
            labels[label] = tuple(f"{label}[{', '.join(map(str, place))}]" for place in product(*coords))
    return labels
