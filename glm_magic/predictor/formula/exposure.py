"""Exposures: what a rate is a rate of.

Under a log link ``offset(log(km))`` makes the mean proportional to ``km``, so that the lines are
rates, crashes per km. Which offsets do so is asked of their values, never of how they are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters
from glm_magic.model import FormulaSource
from glm_magic.predictor.formula.design import parent_of

# Every variable of an offset is multiplied by each of these, one after the other.
_FACTORS = (1.0, 2.0, 3.0, 5.0)


def exposure_of(source: FormulaSource) -> dict[str, float]:
    """Find the exposure variables, and the value that makes their offset vanish.

    Parameters
    ----------
    source : FormulaSource

    Returns
    -------
    dict of str to float
        ``offset(log(e))`` -> {e: 1}; ``offset(log(e / 1000))`` -> {e: 1000}; ``offset(e)`` under a
        log link, whose exposure is exp(e), -> {e: 0}. Other offsets are not exposures, and their
        variables are held like any other.
    """
    if source.link != "log":
        return {}
    found: dict[str, float] = {}
    elsewhere: set[str] = set()
    for term in common_terms(source):
        if term.kind == "offset":
            found |= _vanishing(source, term)
        else:
            elsewhere |= set(getattr(term, "var_names", None) or ())
    exposures = {name: value for name, value in found.items() if name not in elsewhere}
    predictors = {name for term in _every_term(source) for name in term.var_names if name in source.frame}
    # An exposure that is all there is to draw along is more use as x.
    return exposures if predictors - exposures.keys() else {}


def unit_of(exposure: Mapping[str, float]) -> str:
    """Say what a rate is per.

    Parameters
    ----------
    exposure : mapping of str to float
        Of `exposure_of`.

    Returns
    -------
    str
        ``"km"``, ``"1,000 km"``, ``"exp(log_km)"``; ``""`` without an exposure.
    """
    words = []
    for name, value in exposure.items():
        match value:
            case 1.0:
                words.append(name)
            case 0.0:
                words.append(f"exp({name})")
            case _:
                words.append(f"{value:,.6g} {name}")
    return " per ".join(words)


def exposed(source: FormulaSource, exposure: Mapping[str, float]) -> NDArray[np.float64]:
    """Give the exposure of each row, in the unit of `unit_of`: shape (n_rows,)."""
    amount = np.ones(len(source.frame))
    for name, value in exposure.items():
        numbers = source.frame[name].to_numpy(dtype=float)
        amount = amount * (np.exp(numbers) if value == 0.0 else numbers / value)
    return amount


def _vanishing(source: FormulaSource, term: Any) -> dict[str, float]:
    """Give the values of an offset's variables where the offset is 0, if they are exposures."""
    names = [name for name in source.frame.columns if name in term.var_names]
    numeric = all(pd.api.types.is_numeric_dtype(source.frame[name]) for name in names)
    # As arrays: a formula is asked for its exposures several times, and Series take most of the time of that.
    values = {name: source.frame[name].to_numpy(dtype=float) for name in names} if numeric else {}
    if not values or any((own <= 0).all() for own in values.values()):
        return _logarithm(source, term, names)
    base = {name: float(own[own > 0].mean()) for name, own in values.items()}
    # A point at the mean of every variable, and others with one of them multiplied.
    points = [base] + [{**base, name: base[name] * by} for name in names for by in _FACTORS[1:]]
    amount = np.exp(_offset_at(term, points))
    share = amount / np.array([np.prod(list(point.values())) for point in points])
    if not np.isfinite(share).all() or share[0] <= 0 or np.ptp(share) > 1e-9 * share[0]:
        return _logarithm(source, term, names)
    # What the offset multiplies by, as log(e / 1000) does by a thousandth, goes with the first of them.
    unit = float(f"{1 / share[0]:.12g}")
    return {name: unit if place == 0 else 1.0 for place, name in enumerate(names)}


def _logarithm(source: FormulaSource, term: Any, names: list[str]) -> dict[str, float]:
    """Read an offset that is its variable, the logarithm of an exposure."""
    if len(names) != 1 or not pd.api.types.is_numeric_dtype(source.frame[names[0]]):
        return {}
    points = [{names[0]: value} for value in (0.0, *_FACTORS)]
    same = np.allclose(_offset_at(term, points), [point[names[0]] for point in points], atol=1e-12)
    return {names[0]: 0.0} if same else {}


def _offset_at(term: Any, points: list[dict[str, float]]) -> NDArray[np.float64]:
    """Evaluate an offset with its variables at some values; NaN outside its domain."""
    with np.errstate(divide="ignore", invalid="ignore"):
        values = term.eval_new_data(pd.DataFrame({name: [at[name] for at in points] for name in points[0]}))
    return np.broadcast_to(np.asarray(values, dtype=float).ravel(), (len(points),))


def common_terms(source: FormulaSource) -> Iterable[Any]:
    """List formulae's common terms of the main parameter, offsets among them."""
    common = parent_of(source).design.common
    return () if common is None else common.terms.values()


def _every_term(source: FormulaSource) -> Iterable[Any]:
    """Yield the terms with variables, common and group-specific, of every parameter."""
    for parameter in bambi_parameters(source.bambi).values():
        for matrix in (parameter.design.common, parameter.design.group):
            if matrix is not None:
                yield from (term for term in matrix.terms.values() if getattr(term, "var_names", None))
