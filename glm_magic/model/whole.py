"""Functions of a formula that compute with a whole column, such as ``v - np.mean(v)``, at rows that are new.

formulae's own transforms remember what they computed in the fit. Any other function is called again
with the new rows, and a mean would then be the mean of those. Here each function is asked for some rows of
the data by themselves; where it does not give what it gave in the fit, the statistics of the fit are kept if
they can be told, and otherwise the function has no value at new rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import bambi
import numpy as np
import pandas as pd
from formulae.terms.call_resolver import (
    LazyCall,
    LazyOperator,
    LazyValue,
    LazyVariable,
    get_function_from_module,
)
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters
from glm_magic.model.arguments import MOST_ROWS_ASKED
from glm_magic.model.beside import rows_beside
from glm_magic.model.calls import BY_ROW, inside

Asked = tuple[NDArray[np.intp], pd.DataFrame]
"""Places of some rows in the data, and these rows with the rows that stand beside any new row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affine:
    """A function that was ``intercept + slope * variable`` in the fit, and stays so.

    Attributes
    ----------
    variable : str
    intercept, slope : float
    """

    variable: str
    intercept: float
    slope: float

    def __call__(self, data: pd.DataFrame) -> NDArray[np.float64]:
        """Evaluate it at new rows: shape (n_rows,)."""
        return self.intercept + self.slope * np.asarray(data[self.variable], dtype=float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Still:
    """A function that has no value at new rows: it is held where it is on average.

    Attributes
    ----------
    row : ndarray, shape (n_columns,) or ()
        What it contributes to a design row.
    """

    row: NDArray[np.float64]

    def __call__(self, data: pd.DataFrame) -> NDArray[np.float64]:
        """Repeat the row: shape (n_rows[, n_columns])."""
        return np.repeat(self.row[np.newaxis], len(data), axis=0)


class _Kept:
    """An inner call of which the fit's affine map is kept, in the place of formulae's lazy call."""

    def __init__(self, call: LazyCall, affine: Affine) -> None:
        self.affine = affine
        self.name = str(call)

    def __str__(self) -> str:
        return self.name

    def accept(self, visitor: Any) -> Any:
        """Be visited as the variable that it is computed from: formulae asks for the names in a call."""
        return visitor.visitLazyVariable(LazyVariable(self.affine.variable))

    def eval(self, data_mask: pd.DataFrame, env: Any) -> pd.Series[float]:  # noqa: ARG002 (formulae's signature)
        # offset() takes nothing else.
        return pd.Series(self.affine(data_mask), index=data_mask.index)


def keep_statistics(model: bambi.Model, frame: pd.DataFrame) -> dict[str, str]:
    """Have every function of the formula use the statistics of the fit at new rows, where they can be told.

    An inner call that does not give a value for each row, such as ``np.mean(v)``, becomes the number that it was.
    A function of one variable that was affine in it, such as one that centres by hand, stays that
    affine function.

    Parameters
    ----------
    model : bambi.Model
        Changed.
    frame : pandas.DataFrame
        The rows that are fitted.

    Returns
    -------
    dict of str to str
        The variables of functions that have no value at new rows, and the first such function of each. Those
        functions are held still: at their mean, or at the reference level.
    """
    whole: dict[str, str] = {}
    suspects = [part for part in _calls(model) if _is_suspect(part.call, part.env)]
    if not suspects:
        return whole
    beside = rows_beside(model, frame, frame.columns)
    for part in suspects:
        names = sorted(part.var_names & set(frame.columns))
        asked = _asked(frame[names], beside)
        _settle(part.call, part.env, frame, asked)
        value = np.asarray(part.value)
        if not _is_suspect(part.call, part.env) or _by_row(part.eval_new_data, value, asked):
            continue
        affine = _affine(names, value, frame) if part.kind == "numeric" else None
        # On this object alone: formulae shares nothing else with the function's other uses.
        part.eval_new_data = affine or _still(part, value)
        if affine is None:
            # A method of an array in the notebook, v.rank(), has no argument.
            named = names or sorted(_roots(part.call))
            whole |= {name: part.name for name in named if name not in whole}
    return whole


def _calls(model: bambi.Model) -> Iterator[Any]:
    """Yield the calls on the right of every formula, each once."""
    seen: set[int] = set()
    for component in bambi_parameters(model).values():
        common, group = component.design.common, component.design.group
        terms = [*([] if common is None else common.terms.values())]
        for effect in [] if group is None else group.terms.values():
            terms += [effect.expr, effect.factor]
        for term in terms:
            for part in getattr(term, "components", ()):
                if hasattr(part, "call") and id(part) not in seen:
                    seen.add(id(part))
                    yield part


def _is_suspect(node: Any, env: Any) -> bool:
    """Tell whether a function in the call may look at other rows: NumPy's ufuncs and formulae's own do not."""
    if isinstance(node, LazyCall):
        function = get_function_from_module(node.callee, env)
        if not isinstance(function, np.ufunc) and id(function) not in BY_ROW:
            return True
    return any(_is_suspect(part, env) for part in inside(node))


def _settle(node: Any, env: Any, frame: pd.DataFrame, asked: list[Asked]) -> None:
    """Put numbers, or affine maps, in the place of the inner calls that look at a whole column."""

    def settled(part: Any) -> Any:
        if not isinstance(part, LazyCall | LazyOperator):
            return part
        _settle(part, env, frame, asked)
        if isinstance(part, LazyOperator) or not _is_suspect(part, env):
            return part
        value = part.eval(frame, env)
        if np.ndim(value) == 0 or len(value) != len(frame):
            return LazyValue(value, str(part))
        array = np.asarray(value)
        if array.ndim > 1 or array.dtype.kind not in "biuf":
            return part
        if _by_row(lambda rows: part.eval(rows, env), array, asked):
            return part
        names = sorted({name for name in _names(part) if name in frame.columns})
        affine = _affine(names, array, frame)
        return part if affine is None else _Kept(part, affine)

    if isinstance(node, LazyOperator):
        node.args = tuple(settled(part) for part in node.args)
    elif isinstance(node, LazyCall):
        node.args = [settled(part) for part in node.args]
        node.kwargs = {name: settled(part) for name, part in node.kwargs.items()}


def _names(node: Any) -> set[str]:
    own = {node.name} if isinstance(node, LazyVariable) else set()
    return own.union(*(_names(part) for part in inside(node)))


def _roots(node: Any) -> set[str]:
    own = {node.callee.split(".")[0]} if isinstance(node, LazyCall) and "." in node.callee else set()
    return own.union(*(_roots(part) for part in inside(node)))


def _asked(frame: pd.DataFrame, beside: list[int]) -> list[Asked]:
    """Choose rows to be asked for: some at random, and those with the least and the largest of each number.

    The mean, the spread and the ranks of such rows are not those of the data.
    """
    rows = min(max(len(frame) // 2, 1), MOST_ROWS_ASKED)
    chosen = [np.random.default_rng(0).permutation(len(frame))[:rows]]
    for name in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[name]):
            order = np.argsort(frame[name].to_numpy(), kind="stable")
            chosen += [order[:rows], order[-rows:][::-1]]
    return [(places, frame.iloc[[*places, *beside]].reset_index(drop=True)) for places in chosen]


def _by_row(evaluate: Callable[[pd.DataFrame], Any], value: NDArray[Any], asked: list[Asked]) -> bool:
    """Tell whether rows by themselves get the values that they had in the fit."""
    for places, mask in asked:
        try:
            found = np.asarray(evaluate(mask))
        # The user's own function may raise anything for rows that it was not written for.
        except Exception:  # noqa: BLE001
            return False
        if found.shape[:1] != (len(mask),) or found.shape[1:] != value.shape[1:]:
            return False
        if not np.allclose(found[: len(places)], value[places], rtol=1e-9, atol=1e-12, equal_nan=True):
            return False
    return True


def _affine(names: list[str], value: NDArray[Any], frame: pd.DataFrame) -> Affine | None:
    """Read the affine map of one number that gives every value of the fit; None if there is none."""
    if len(names) != 1 or not pd.api.types.is_numeric_dtype(frame[names[0]]) or value.ndim != 1:
        return None
    x, y = frame[names[0]].to_numpy(dtype=float), value.astype(float)
    low, high = int(x.argmin()), int(x.argmax())
    # Two values, as of a variable that is 0 or 1, are on a line whatever the function is.
    if len(np.unique(x[:MOST_ROWS_ASKED])) < 3:
        return None
    slope = (y[high] - y[low]) / (x[high] - x[low])
    intercept = y[low] - slope * x[low]
    if not np.allclose(intercept + slope * x, y, rtol=1e-9, atol=1e-9 * np.abs(y).max()):
        return None
    return Affine(variable=names[0], intercept=float(intercept), slope=float(slope))


def _still(part: Any, value: NDArray[Any]) -> Still:
    if part.kind == "categoric":
        return Still(row=np.asarray(part.contrast_matrix.matrix[0], dtype=float))
    return Still(row=np.asarray(value.astype(float).mean(axis=0)))
