"""New observations within bounds: of ``truncated(y, lb, ub)`` and ``constrained(y, lb, ub)``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic import interrupts
from glm_magic._stack import bambi_response_term
from glm_magic.errors import DataError, ModelError
from glm_magic.model import FormulaSource
from glm_magic.predict.rows import brought, check_columns

MOST_TRIED = 1_000_000
"""Draws of one number, of which none is within the bounds."""
AT_ONCE = 4_000_000

Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]
"""The lower and the upper one, shape (n_rows,) or (1,); infinite where there is none."""
Draw = Callable[[Mapping[str, NDArray[Any]]], NDArray[Any]]


def bounds_of(source: FormulaSource, new: Any) -> Bounds | None:
    """Give the bounds of each row, as in the data or as given.

    Parameters
    ----------
    source : FormulaSource
    new : frame, mapping of str to array or to one value, or None
        The new rows; the data when None.

    Returns
    -------
    tuple of ndarray, or None
        None for a response without bounds.

    Raises
    ------
    DataError
        If the new rows lack a column with bounds, or a lower bound is not below the upper one.
    """
    term = bambi_response_term(source.bambi)
    if not (term.is_truncated or term.is_constrained):
        return None
    data = np.asarray(term.data, dtype=float)[:, 1:]
    names = columns_of_bounds(source)
    if new is None or not names:
        data = data if new is None else data[:1]
        return data[:, 0], data[:, 1]
    given = brought(new)
    check_columns(given, names)
    (call,) = term.term.components
    # What is drawn is the response: its own column is of no consequence.
    values = {name: given[name] if name in names else np.zeros(len(given)) for name in call.var_names if name}
    data = np.asarray(call.eval_new_data(pd.DataFrame(values)), dtype=float)[:, 1:]
    # Not a number is no bound either.
    bad = ~(data[:, 0] < data[:, 1])
    if bad.any():
        low, high = data[int(bad.argmax())]
        raise DataError(
            f"the lower bound must be below the upper one, and they are {low:g} and {high:g} in row "
            f"{int(bad.argmax())} of the new data",
            remedy=f"Change {' or '.join(map(repr, names))} there.",
        )
    return data[:, 0], data[:, 1]


def columns_of_bounds(source: FormulaSource) -> list[str]:
    """Name the columns that bounds are computed from: ``low`` of ``truncated(y, low)``.

    Parameters
    ----------
    source : FormulaSource

    Returns
    -------
    list of str
    """
    term = bambi_response_term(source.bambi)
    if not term.is_truncated:
        return []
    (call,) = term.term.components
    arguments = [*call.call.args[1:], *call.call.kwargs.values()]
    used = {name for argument in arguments for name in _names(argument)}
    return [str(name) for name in source.frame.columns if name in used]


def _names(argument: Any) -> Iterator[str]:
    """Name the variables of an argument as formulae reads it: a variable, a value, a sum, a call."""
    if hasattr(argument, "name"):
        yield str(argument.name)
    for part in (*getattr(argument, "args", ()), *getattr(argument, "kwargs", {}).values()):
        yield from _names(part)


def within(
    draw: Draw, arguments: Mapping[str, NDArray[Any]], bounds: Bounds, shape: tuple[int, int]
) -> NDArray[Any]:
    """Draw numbers within bounds, both included: those outside are drawn again.

    Parameters
    ----------
    draw : callable
        From arguments to one number for each of their elements.
    arguments : mapping of str to ndarray
        Of shapes that go with `shape`.
    bounds : tuple of ndarray
        Shape (n_rows,) or (1,).
    shape : tuple of int
        (n_samples, n_rows).

    Returns
    -------
    ndarray, of that shape

    Raises
    ------
    ModelError
        If a row has next to no probability within its bounds.
    """
    whole = {name: np.broadcast_to(value, shape) for name, value in arguments.items()}
    low, high = (np.broadcast_to(bound, shape) for bound in bounds)
    found = np.broadcast_to(draw(arguments), shape).copy()
    outside = (found < low) | (found > high)
    tries = 1
    while outside.any():
        interrupts.look()
        left = np.nonzero(outside)
        # As many again as were drawn of each: few rounds, however improbable the numbers are.
        several = max(1, min(tries, AT_ONCE // len(left[0])))
        own = {name: np.broadcast_to(value[left], (several, len(left[0]))) for name, value in whole.items()}
        drawn = draw(own)
        fits = (drawn >= low[left]) & (drawn <= high[left])
        first = fits.argmax(axis=0)
        done = fits[first, np.arange(len(first))]
        found[left] = np.where(done, drawn[first, np.arange(len(first))], found[left])
        outside[left] = ~done
        tries += several
        if tries > MOST_TRIED and outside.any():
            row = int(np.nonzero(outside)[1][0])
            raise ModelError(
                f"in row {row} next to no new observation lies within the bounds: none of {MOST_TRIED:,} draws",
                remedy="Predict nearer to the data, or use kind='parameters', which needs no draws of the response.",
            )
    return found
