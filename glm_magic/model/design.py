"""The design matrices that formulae made, mended where it errs and checked before anything is sampled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import copy
from itertools import product
from typing import Any

import bambi
import numpy as np
import pandas as pd
from formulae import model_description
from formulae.categorical import CategoricalBox

from glm_magic._stack import bambi_order, bambi_parameters
from glm_magic.errors import DataError, ModelError, Where
from glm_magic.request import FormulaCell


def mended(model: bambi.Model) -> bambi.Model:
    """Mend what would fail, or be wrong, when the design is evaluated at new rows, and the order of parameters.

    Parameters
    ----------
    model : bambi.Model
        Not yet built; changed.

    Returns
    -------
    bambi.Model
        The same.
    """
    for component in bambi_parameters(model).values():
        common = component.design.common
        if common is not None and not common.terms:
            # Ordinal families have an empty design when there is nothing but the intercept, which Bambi
            # leaves out; its ``predict`` cannot stack that.
            component.design.common = None
        elif common is not None:
            _renumber(common)
        _part_components(component.design)
        _flatten(component.design)
        for term in _terms(component.design):
            for part in term.components:
                _forget_levels(part)
    bambi_order(model)
    return model


def _terms(design: Any) -> Iterator[Any]:
    """Yield what is made of variables and calls: common terms, effects and grouping factors."""
    common = () if design.common is None else design.common.terms.values()
    group = () if design.group is None else design.group.terms.values()
    for term in (*common, *(part for effect in group for part in (effect.expr, effect.factor))):
        if hasattr(term, "components"):
            yield term


def _renumber(common: Any) -> None:
    """Give each term the places of its own columns.

    Bambi takes the intercept of an ordinal response out of the design (``remove_common_intercept``) and leaves the
    places of the other terms as they were; its ``predict`` cuts offsets and Gaussian processes out by place.
    """
    start = 0
    for name in common.terms:
        own = common.slices[name]
        common.slices[name] = slice(start, start + own.stop - own.start)
        start = common.slices[name].stop


def _part_components(design: Any) -> None:
    """Give each term its own variables.

    formulae shares them between the terms of ``g/x`` or ``0 + g*h``, where each term codes the levels of g in
    its own way: the terms keep their columns, and all have the levels and the coding of the last one.
    """
    terms = list(_terms(design))
    uses = Counter(id(part) for term in terms for part in term.components)
    for term in terms:
        coded = [part for part in term.components if part.kind == "categoric"]
        shared = any(uses[id(part)] > 1 for part in coded)
        if shared and (len(coded) > 1 or len(term.labels) != _width(term.data)):
            _recode(term, coded)


def _flatten(design: Any) -> None:
    """Give a group's effect of one column the shape of a number in each row.

    Where formulae has an axis of length 1, as in ``(x:z|g)`` and ``(poly(x, 1)|g)``, Bambi (0.17 to 0.21) multiplies
    each row with the effects of every row, and adds them up.
    """
    for effect in () if design.group is None else design.group.terms.values():
        data = np.asarray(effect.expr.data)
        # The one column of a factor of two levels is right: its effects have an axis of length 1, too.
        coded = any(part.kind == "categoric" for part in getattr(effect.expr, "components", ()))
        if data.ndim == 2 and data.shape[1] == 1 and not coded:
            effect.expr.data = data[:, 0]


def _width(data: Any) -> int:
    return int(np.prod(np.shape(data)[1:], dtype=int))


def _recode(term: Any, coded: list[Any]) -> None:
    """Find the coding that gives the columns that a term has."""
    data = term.data
    term.components = [copy(part) for part in term.components]
    for spans in product((False, True), repeat=len(coded)):
        term.set_data({part.name: spanning for part, spanning in zip(coded, spans, strict=True)})
        if np.array_equal(term.data, data):
            return


def _forget_levels(part: Any) -> None:
    """Take the levels out of ``C(g, levels=order)``: formulae remembers them, and asks new rows for each."""
    if isinstance(getattr(part, "_intermediate_data", None), CategoricalBox):
        part.call.kwargs.pop("levels", None)
        del part.call.args[2:]


def check_levels(cell: FormulaCell, frame: pd.DataFrame) -> None:
    """Refuse a factor of one level as a term: it has no contrast, or it is the intercept once more.

    As a grouping factor, ``(1|g)``, it is a model that Bambi fits.

    Parameters
    ----------
    cell : FormulaCell
    frame : pandas.DataFrame
        The rows that are fitted.

    Raises
    ------
    ModelError
    """
    places = dict(cell.names)
    for formula in (cell.bambi, *(line.bambi for line in cell.auxiliaries)):
        description = model_description(formula)
        for term in (*description.common_terms, *(term.expr for term in description.group_terms)):
            for part in getattr(term, "components", ()):
                for name in part.var_names & set(frame.columns):
                    if _is_factor(part, frame[name]) and frame[name].nunique() == 1:
                        raise ModelError(
                            f"{name!r} is {frame[name].iloc[0]} in every row, so it has no effect to estimate",
                            where=places.get(name),
                            remedy="Take it out of the formula, or check the rows that were selected.",
                        )


def _is_factor(part: Any, values: pd.Series[Any]) -> bool:
    """Tell whether a variable or a call such as ``C(x)`` is used as categories."""
    callee = part.call.callee if hasattr(part, "call") else ""
    return callee in ("C", "S", "T") or (not callee and not pd.api.types.is_numeric_dtype(values))


def check_design(model: bambi.Model, cell: FormulaCell, frame: pd.DataFrame, where: Where) -> None:
    """Refuse design columns that no coefficient can be given to.

    They are not finite (the log of a negative number), or the same in every row (a cell of an
    interaction that no row is in): Bambi scales a coefficient's prior by the column's spread. Without an intercept
    such a column may stand in for it, as the first of ``0 + C(g, Sum)`` does; where Bambi scales by the spread, it
    needs a prior of the user's.
    A factor of one level has no column at all.

    Parameters
    ----------
    model : bambi.Model
    cell : FormulaCell
    frame : pandas.DataFrame
        The rows that are fitted.
    where : Where
        The formula.

    Raises
    ------
    DataError, ModelError
    """
    parent, own_priors = model.family.likelihood.parent, {prior.target for prior in cell.priors}
    for parameter, component in bambi_parameters(model).items():
        common, group = component.design.common, component.design.group
        intercepts = _intercepts(common)
        for name, term in ({} if group is None else group.terms).items():
            _check_finite(name, np.asarray(term.expr.data, dtype=float), where)
        for name, term in ({} if common is None else common.terms).items():
            columns = np.asarray(term.data, dtype=float)
            columns = columns.reshape(len(columns), -1)
            if not columns.shape[1]:
                check_levels(cell, frame)
                raise ModelError(
                    f"the term {name!r} has no column: all its values are one level",
                    where=where,
                    remedy="Take it out of the formula, or check the rows that were selected.",
                )
            _check_finite(name, columns, where)
            constant = np.flatnonzero(np.ptp(columns, axis=0) == 0)
            if not len(constant) or term.kind in ("intercept", "offset"):
                continue
            first = columns[0, constant]
            place = int(constant[np.argmin(np.abs(first))])
            label, value = term.labels[place], columns[0, place]
            target = name if parameter == parent else f"{parameter}_{name}"
            if value == 0 or intercepts > 1:
                raise DataError(
                    f"{label!r} is {value:g} in every row",
                    where=where,
                    remedy="Its coefficient cannot be told from the intercept: drop the term or the empty level.",
                )
            if target not in own_priors and not _is_proper(component.terms[name].prior):
                raise ModelError(
                    f"{label!r} is {value:g} in every row: it is the intercept of a formula without one, and Bambi "
                    "has no default prior for it",
                    where=where,
                    remedy=f"Leave out the 0 for the same model with an intercept, or write {target} ~ Normal(0, 10).",
                )


def _is_proper(prior: Any) -> bool:
    """Tell whether each number of a prior is finite; Bambi divides by the spread of a column."""
    return all(
        np.isfinite(np.asarray(value, dtype=float)).all()
        for value in prior.args.values()
        if np.asarray(value).dtype.kind in "iuf"
    )


def _intercepts(common: Any) -> int:
    """Count the columns that are the same number, other than 0, in every row."""
    terms = () if common is None else common.terms.values()
    counted = 0
    for term in terms:
        columns = np.asarray(term.data, dtype=float)
        if term.kind != "offset" and columns.size:
            columns = columns.reshape(len(columns), -1)
            counted += int(((np.ptp(columns, axis=0) == 0) & (columns[0] != 0)).sum())
    return counted


def _check_finite(name: str, columns: Any, where: Where) -> None:
    finite = np.isfinite(columns).reshape(len(columns), -1).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise DataError(
            f"the term {name!r} is not a finite number in row {row} ({int((~finite).sum()):,} rows)",
            where=where,
            remedy="A function outside its domain gives NaN or inf: drop those rows or change the term.",
        )
