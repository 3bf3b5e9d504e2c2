"""The arrays that a program names, computed: what is written is compared with what was fitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MOST_COMPARED = 2_000
"""Rows at which arrays are compared, where these are enough to compute them."""


class Arrays:
    """Arrays by their Python names.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows that are fitted.
    names : mapping of str to object
        What else expressions may use.
    coords : mapping of str to sequence
        Of the PyMC model.
    """

    def __init__(self, frame: pd.DataFrame, names: Mapping[str, Any], coords: Mapping[str, Any]) -> None:
        self.frame = frame
        self.names = {"np": np, "pd": pd, **names, "coords": _Lists(coords)}
        self.columns: dict[str, tuple[str, bool]] = {}
        self.defined: dict[str, Any] = {}
        n_rows = len(frame)
        few = n_rows <= MOST_COMPARED
        self.rows: NDArray[np.intp] | slice = (
            slice(None) if few else np.linspace(0, n_rows - 1, MOST_COMPARED).astype(np.intp)
        )
        self._some: dict[str, Any] = dict(self.names)

    def add_column(self, own: str, name: str, *, numeric: bool) -> None:
        """Take a column of the data in: as numbers, or as whatever it holds."""
        self.columns[own] = (name, numeric)
        self._some[own] = self._column(name, self.rows, numeric=numeric)

    def define(self, own: str, value: Any) -> None:
        """Take an array in: an expression, or its values."""
        self.defined[own] = value
        self._some[own] = self.value(value) if isinstance(value, str) else np.asarray(value)[self.rows]

    def value(self, expression: str) -> Any:
        """Compute an expression at some rows; None where Python cannot."""
        return _evaluated(expression, self._some)

    def at(self, expression: str, rows: NDArray[np.intp] | slice) -> Any:
        """Compute an expression of columns at other rows; None where Python cannot."""
        namespace = dict(self.names)
        for own, (name, numeric) in self.columns.items():
            namespace[own] = self._column(name, rows, numeric=numeric)
        for own, value in self.defined.items():
            namespace[own] = (
                _evaluated(value, namespace) if isinstance(value, str) else np.asarray(value)[rows]
            )
        return _evaluated(expression, namespace)

    def gives(self, expression: str, wanted: Any) -> bool:
        """Tell whether an expression is an array that was fitted."""
        array = np.asarray(wanted)
        if _same(self.value(expression), array[self.rows]):
            return True
        # A mean, or another function of a whole column, is not that of some rows.
        return not isinstance(self.rows, slice) and _same(self.at(expression, slice(None)), array)

    def _column(self, name: str, rows: NDArray[np.intp] | slice, *, numeric: bool) -> Any:
        return np.asarray(self.frame[name].iloc[rows], dtype=float if numeric else None)


class _Lists:
    """The coordinates, as a program has them."""

    def __init__(self, coords: Mapping[str, Any]) -> None:
        self.coords = coords

    def __getitem__(self, name: str) -> Any:
        return list(self.coords[name])


def _evaluated(expression: str, namespace: dict[str, Any]) -> Any:
    try:
        with np.errstate(all="ignore"):
            return eval(expression, dict(namespace))
    # The user's functions raise what they like; what cannot be computed is not written in this way.
    except Exception:  # noqa: BLE001
        return None


def _same(found: Any, wanted: NDArray[Any]) -> bool:
    if found is None or np.shape(found) != wanted.shape or np.asarray(found).dtype.kind not in "biuf":
        return False
    return bool(np.allclose(np.asarray(found, float), wanted.astype(float), rtol=1e-12, atol=1e-14))
