"""The response, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from glm_magic._stack import bambi_response_term
from glm_magic.code.columns import factor_of
from glm_magic.code.expressions import python_of
from glm_magic.code.literals import levels, number, numbers, text
from glm_magic.code.sheet import Sheet, unwritten
from glm_magic.model.columns import arguments_in
from glm_magic.model.families import COLUMNS, TRIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The observed values.

    Attributes
    ----------
    observed : str
        Their array.
    kind : {"plain", "censored", "truncated", "weighted"}
    beside : mapping of str to str
        What the distribution has besides: ``n``, ``lower`` and ``upper``, ``weights``.
    """

    observed: str
    kind: str = "plain"
    beside: Mapping[str, str] = field(default_factory=dict)


def response_of(sheet: Sheet) -> Response:
    """Write the observed values of a formula.

    Parameters
    ----------
    sheet : Sheet

    Returns
    -------
    Response

    Raises
    ------
    ModelError
        If they cannot be written.
    """
    whole, change = _of_data(sheet), sheet.source.recipe.change
    if change is not None and change.response is not None:
        whole = replace(whole, observed=sheet.define("observed", f"np.array({numbers(change.response)})"))
    if not sheet.kept:
        return whole
    beside = {name: _kept(sheet, value) for name, value in whole.beside.items()}
    return replace(whole, observed=_kept(sheet, whole.observed), beside=beside)


def _kept(sheet: Sheet, written: str) -> str:
    """Take the rows that a refit kept, of an array."""
    if np.ndim(sheet.computed.value(written)) == 0:
        return written
    return sheet.define(
        "kept_values", f"{written if written.isidentifier() else f'({written})'}[{sheet.kept}]"
    )


def _of_data(sheet: Sheet) -> Response:
    """Write the values that the data have."""
    term = bambi_response_term(sheet.source.bambi)
    data = np.squeeze(np.asarray(term.data))
    parts = arguments_in(str(term.name))
    if term.is_censored:
        return _censored(sheet, parts, data)
    if term.is_truncated or term.is_constrained:
        observed = _array(sheet, parts[0], data[:, 0])
        beside = {
            name: written
            for place, name in ((1, "lower"), (2, "upper"))
            if (written := _bound(sheet, parts[1:], data[:, place], name, place - 1)) is not None
        }
        return Response(observed=observed, kind="truncated", beside=beside)
    if term.is_weighted:
        observed, weights = _array(sheet, parts[0], data[:, 0]), _array(sheet, parts[1], data[:, 1])
        return Response(observed=observed, kind="weighted", beside={"weights": weights})
    if sheet.source.family in TRIALS:
        observed, trials = _array(sheet, parts[0], data[:, 0]), _array(sheet, parts[1], data[:, 1])
        return Response(observed=observed, beside={"n": trials})
    if sheet.source.family in COLUMNS:
        columns = [_array(sheet, part, data[:, place]) for place, part in enumerate(parts)]
        observed = sheet.define(f"{sheet.source.family}_counts", f"np.column_stack([{', '.join(columns)}])")
        return Response(observed=observed, beside={"n": f"{observed}.sum(axis=1)"})
    if term.categorical:
        return Response(observed=_categories(sheet, term, data))
    return Response(observed=_array(sheet, str(term.name), data))


def _array(sheet: Sheet, formula: str, wanted: Any) -> str:
    """Write one array of the response."""
    whole = np.asarray(wanted).dtype.kind in "iu"
    name = formula.strip("`")
    plain = name in sheet.source.frame.columns
    written = sheet.column(name, numeric=not whole) if plain else python_of(sheet, formula)
    if written is not None:
        for tried in (written, f"np.full({len(wanted)}, {written})"):
            if sheet.computed.gives(tried, wanted):
                return sheet.define(formula, tried)
    raise unwritten(f"the response {formula}", "its values are no expression of NumPy's")


def _categories(sheet: Sheet, term: Any, data: Any) -> str:
    """Write a response of categories: 0 and 1, or places in a list of levels."""
    (part,) = term.term.components
    name = str(term.name)
    factor = (
        factor_of(sheet, part) if part.name in sheet.source.frame.columns or hasattr(part, "call") else None
    )
    if factor is not None:
        every = levels(term.levels or ())
        wish = f"{part.name}_code"
        if sheet.source.family == "bernoulli":
            success = levels([term.success])
            written = f"({factor} == {'' if success is None else success[1:-1]}).astype(int)"
        else:
            written = f"pd.Categorical({factor}, categories={every}).codes"
        if sheet.computed.gives(written, data):
            return sheet.define(wish, written)
    raise unwritten(f"the response {name}", "its categories cannot be listed")


def _censored(sheet: Sheet, parts: list[str], data: Any) -> Response:
    """Write values that are bounds: below, or above, which the response lies."""
    observed = _array(sheet, parts[0], data[:, 0])
    status = python_of(sheet, parts[-1], lambda name: sheet.column(name, numeric=False))
    if status is None:
        raise unwritten("the censoring", "its status is no expression of NumPy's")
    beside = {}
    for side, code, none in (("lower", -1, "-np.inf"), ("upper", 1, "np.inf")):
        word = text("left" if code < 0 else "right")
        written = f"np.where({status} == {word}, {observed}, {none})"
        wanted = np.where(data[:, 1] == code, data[:, 0], -np.inf if code < 0 else np.inf)
        if not sheet.computed.gives(written, wanted):
            raise unwritten("the censoring", "its status is no column of words")
        if np.isfinite(wanted).any():
            beside[side] = written
    return Response(observed=observed, kind="censored", beside=beside)


def _bound(sheet: Sheet, parts: list[str], values: Any, name: str, place: int) -> str | None:
    """Write a bound: a number, an array, or nothing."""
    if not np.isfinite(values).any():
        return None
    if (values == values[0]).all():
        return number(float(values[0]))
    short = {"lower": "lb", "upper": "ub"}[name]
    named = [part.partition("=")[2].strip() for part in parts if part.partition("=")[0].strip() == short]
    return _array(sheet, named[0] if named else parts[place], values)
