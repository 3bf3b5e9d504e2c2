"""Whole numbers too large for what a formula computes with them.

NumPy's integers of 64 bits wrap around without a word: the square of 4,000,000,000 is negative. Where a
function, an operator or an interaction of the formula goes that far, its columns become 64-bit floats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from formulae import model_description
from formulae.environment import Environment
from numpy.typing import NDArray

from glm_magic.model.arguments import calls_of
from glm_magic.model.calls import environment, operations, value_of
from glm_magic.request import FormulaCell

LIMIT = 2.0**63
"""From here on a 64-bit integer wraps around."""
EXACT = 2.0**53
"""Up to here a 64-bit float holds every whole number."""
ROUNDING = 1e-6
"""Of the size of a value: more than floats differ from whole numbers, and far less than a number that wrapped."""


def without_overflow(cell: FormulaCell, frame: pd.DataFrame, given: Mapping[str, Any]) -> pd.DataFrame:
    """Make floats of the whole numbers that would wrap around in the formula.

    Parameters
    ----------
    cell : FormulaCell
    frame : pandas.DataFrame
        The rows that are fitted.
    given : mapping of str to object
        What the functions are given besides columns.

    Returns
    -------
    pandas.DataFrame
        The same frame where nothing wraps around.
    """
    whole = [str(name) for name in frame.columns if _is_whole(frame[name])]
    if not whole:
        return frame
    floats = frame.astype(dict.fromkeys(whole, "float64"))
    largest = {name: float(floats[name].abs().max()) for name in whole}
    env = environment(given)
    wrapping = set(_in_calls(cell, frame, floats, largest, env)) | set(_in_interactions(cell, largest))
    return frame.assign(**{name: floats[name] for name in whole if name in wrapping}) if wrapping else frame


def _is_whole(values: pd.Series[Any]) -> bool:
    kinds = pd.api.types
    return kinds.is_integer_dtype(values) and not isinstance(values.dtype, pd.CategoricalDtype)


def _in_calls(
    cell: FormulaCell,
    frame: pd.DataFrame,
    floats: pd.DataFrame,
    largest: Mapping[str, float],
    env: Environment,
) -> Iterator[str]:
    """Yield the columns of calls that give another value when they are given floats."""
    # Two readings of the formula: what formulae's transforms remember of one must not reach the other.
    for call, again in zip(calls_of(cell), calls_of(cell), strict=True):
        names = sorted(call.var_names & largest.keys())
        if not names:
            continue
        exact = all(largest[name] <= EXACT for name in names)
        nodes = zip(
            [*operations(call.call, env), call.call], [*operations(again.call, env), again.call], strict=True
        )
        for node, twin in nodes:
            wrapped, meant = _numbers(value_of(node, frame, env)), _numbers(value_of(twin, floats, env))
            if wrapped is not None and meant is not None and _wrapped(wrapped, meant, exact=exact):
                yield from names
                break


def _numbers(value: Any) -> NDArray[Any] | None:
    array = np.asarray(value)
    return array if array.dtype.kind in "iuf" and array.size else None


def _wrapped(value: NDArray[Any], meant: NDArray[Any], *, exact: bool) -> bool:
    """Tell whether a value of whole numbers has wrapped around, beside the one of floats."""
    if value.dtype.kind in "iu" and float(np.abs(meant).max(initial=0.0)) >= LIMIT:
        return True
    if not exact or value.shape != meant.shape:
        # A remainder of numbers that floats do not hold differs too.
        return False
    # The logarithm of 0 is as infinite either way.
    finite = np.isfinite(value) & np.isfinite(meant)
    apart, size = np.abs(value[finite].astype(float) - meant[finite]), np.abs(meant[finite])
    return bool(apart.size and float(apart.max()) > ROUNDING * float(size.max()))


def _in_interactions(cell: FormulaCell, largest: Mapping[str, float]) -> Iterator[str]:
    """Yield the columns whose product, as in ``x:z``, may not fit into 64 bits."""
    for formula in (cell.bambi, *(line.bambi for line in cell.auxiliaries)):
        description = model_description(formula)
        for term in (*description.common_terms, *(term.expr for term in description.group_terms)):
            names = [part.name for part in getattr(term, "components", ()) if part.name in largest]
            if len(names) > 1 and np.prod([largest[name] for name in names]) >= LIMIT:
                yield from names
