"""The columns of a formula model, as they are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bambi
import numpy as np
import pandas as pd

from glm_magic._stack import bambi_parameters, bambi_response_term
from glm_magic.model import Column


def response_column(model: bambi.Model) -> Column | None:
    """Read the response of a Bambi model.

    Parameters
    ----------
    model : bambi.Model

    Returns
    -------
    Column or None
        Trials become proportions, ``p(y, n)`` -> ``y / n``; censored, truncated and weighted
        responses their values; None for a response of several columns (multinomial).
    """
    term = bambi_response_term(model)
    data = np.asarray(term.data)
    if term.categorical:
        if model.family.name == "bernoulli":
            return Column(name=f"{term.name}[{term.success}]", values=data.astype(float))
        return Column(
            name=term.name, values=data.astype(float), levels=tuple(str(level) for level in term.levels)
        )
    if data.ndim == 1:
        return Column(name=term.name, values=data.astype(float, copy=False))
    if term.is_censored or term.is_truncated or term.is_weighted or term.is_constrained:
        return Column(name=inner_name(term), values=data[:, 0].astype(float, copy=False))
    if data.shape[1] == 2 and term.term.kind == "proportion":
        return Column(name=inner_name(term), values=data[:, 0] / data[:, 1])
    return None


def success_of(model: bambi.Model) -> str:
    """Name the level of a two-level response whose probability is modelled.

    Parameters
    ----------
    model : bambi.Model
        Of the bernoulli family.

    Returns
    -------
    str
        ``"alive"``; ``"True"`` for booleans and ``"1"`` for the numbers 0 and 1.
    """
    term = bambi_response_term(model)
    column = model.data.get(term.name)
    if not term.categorical and column is not None and pd.api.types.is_bool_dtype(column):
        return "True"
    return str(term.success)


def inner_name(term: Any) -> str:
    """Name what is drawn of a response, without the function that only describes it.

    Parameters
    ----------
    term : object
        Bambi's response term.

    Returns
    -------
    str
        ``time`` of ``censored(time, status)``, ``y / n`` of ``p(y, n)``, otherwise its own name.
    """
    name = str(term.name)
    arguments = arguments_in(name)
    if term.is_censored or term.is_truncated or term.is_weighted or term.is_constrained:
        return arguments[0]
    if term.term.kind == "proportion":
        return " / ".join(arguments)
    return name


def arguments_in(call: str) -> list[str]:
    """Split the arguments of a call at its own commas."""
    inside = call.partition("(")[2].removesuffix(")")
    parts, depth = [""], 0
    for letter in inside:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def predictor_columns(model: bambi.Model, frame: pd.DataFrame) -> tuple[Column, ...]:
    """Read the variables on the right of every formula of a Bambi model.

    Parameters
    ----------
    model : bambi.Model
    frame : pandas.DataFrame
        The rows that are fitted.

    Returns
    -------
    tuple of Column
        In the order of the formula.
    """
    naming, columns = _parts_by_name(model), set(model.data.columns)
    return tuple(
        _column(
            name,
            frame[name],
            categorical=_is_categorical(frame[name], name, naming[name]),
            reference=_reference(name, naming[name], columns),
        )
        for name in frame.columns
        if name in naming and _is_drawable(frame[name])
    )


def levels_of(values: pd.Series[Any]) -> list[Any]:
    """List the levels of a categorical variable as formulae orders them.

    Parameters
    ----------
    values : pandas.Series

    Returns
    -------
    list
        The categories that occur: in their own order when ordered, as those of a fit are
        (`glm_magic.model.levels`), else sorted.
    """
    if isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered:
        present = set(values.unique())
        return [level for level in values.dtype.categories if level in present]
    return sorted(values.unique())


def _column(name: str, values: pd.Series[Any], *, categorical: bool, reference: Any) -> Column:
    if not categorical:
        return Column(name=name, values=values.to_numpy(dtype=float))
    levels = levels_of(values)
    if reference in levels:
        levels = [reference, *(level for level in levels if level != reference)]
    # By way of the few distinct values: a million lookups take a second.
    found, distinct = pd.factorize(values)
    codes = np.array([levels.index(level) for level in distinct], dtype=float)
    return Column(name=name, values=codes[found], levels=tuple(str(level) for level in levels))


def _parts(model: bambi.Model) -> Iterator[Any]:
    """Yield everything that names variables: components of common terms, and group-specific terms."""
    for parameter in bambi_parameters(model).values():
        if parameter.design.common is not None:
            for term in parameter.design.common.terms.values():
                yield from getattr(term, "components", ())
        if parameter.design.group is not None:
            yield from parameter.design.group.terms.values()


def _is_drawable(values: pd.Series[Any]) -> bool:
    """Tell whether a column has an axis: numbers, or levels in an order. Lists, for a function, have none."""
    kinds = pd.api.types
    if kinds.is_numeric_dtype(values):
        return not kinds.is_complex_dtype(values)
    if isinstance(values.dtype, pd.CategoricalDtype) or not kinds.is_object_dtype(values):
        return True
    return len({type(value) for value in values} - {bool, np.bool_}) <= 1 and isinstance(
        values.iloc[0], str | bool | np.bool_
    )


def undrawn_columns(model: bambi.Model, frame: pd.DataFrame) -> list[str]:
    """Name the columns that a formula uses and `predictor_columns` leaves out.

    Parameters
    ----------
    model : bambi.Model
    frame : pandas.DataFrame
        The rows that are fitted.

    Returns
    -------
    list of str
    """
    names = {name for part in _parts(model) for name in part.var_names}
    return [name for name in frame.columns if name in names and not _is_drawable(frame[name])]


def plain_categories(model: bambi.Model) -> list[str]:
    """Name the columns that are categories in a common term by their own type, without ``C()``.

    Parameters
    ----------
    model : bambi.Model

    Returns
    -------
    list of str
    """
    parts = (part for part in _parts(model) if part.kind == "categoric")
    plain = (part.name for part in parts if not hasattr(part, "groups") and not hasattr(part, "call"))
    return list(dict.fromkeys(plain))


def _parts_by_name(model: bambi.Model) -> dict[str, list[Any]]:
    """List the parts that name each variable, in one pass: a model may have hundreds of both."""
    naming: dict[str, list[Any]] = {}
    for part in _parts(model):
        for name in part.var_names:
            naming.setdefault(name, []).append(part)
    return naming


def _is_categorical(values: pd.Series[Any], name: str, parts: list[Any]) -> bool:
    """Tell whether a variable is used as categories in any term, as itself or as a slope: it has no values between."""
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return True
    common = [part for part in parts if not hasattr(part, "groups")]
    slopes = [
        part for term in parts if hasattr(term, "groups") for part in getattr(term.expr, "components", ())
    ]
    if used := [*common, *(part for part in slopes if name in part.var_names)]:
        # A function that bins a number, such as pd.cut(x, 3), has fewer levels than it has values.
        return any(part.kind == "categoric" and len(part.levels) >= values.nunique() for part in used)
    # The grouping factor of (1|g).
    return True


def _reference(name: str, parts: list[Any], columns: set[str]) -> Any:
    """Find the reference level of treatment coding: the one whose row of the contrast matrix is zero."""
    for part in parts:
        # formulae counts Sum and '' among the names of C(g, Sum) and C(g, Treatment('b')).
        if hasattr(part, "groups") or part.kind != "categoric" or part.var_names & columns != {name}:
            continue
        coding = np.asarray(part.contrast_matrix.matrix)
        zero = [level for level, row in zip(part.levels, coding, strict=True) if not row.any()]
        if zero:
            return zero[0]
    return None
