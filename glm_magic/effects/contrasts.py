"""Between which values of a predictor the mean is compared.

The names and the directions are those of marginaleffects (its manual, "Comparisons"): a number moves forward by 1 from
where it stands, a number that is 0 or 1 from 0 to 1, and each level of a factor is compared with the reference.
``"sd"`` lies around the mean, ``"iqr"`` and ``"minmax"`` between quantiles of the rows that were fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic.effects import Comparison, is_number
from glm_magic.errors import DataError, ModelError, did_you_mean
from glm_magic.model import Column, FormulaSource, Model
from glm_magic.predictor.formula.axes import common_columns
from glm_magic.predictor.formula.exposure import exposure_of
from glm_magic.predictor.places import is_indicator

Draws = NDArray[np.float64]
Combine = Callable[[Draws, Draws], Draws]

COMBINED: Mapping[Comparison, Combine] = {
    "difference": lambda low, high: high - low,
    "ratio": lambda low, high: high / low,
    "lnratio": lambda low, high: np.log(high / low),
}
CENTRES: Mapping[Comparison, float] = {"difference": 0.0, "ratio": 1.0, "lnratio": 0.0}
"""What a comparison is where the predictor makes no difference."""
_FOR_NUMBERS = ("sd", "iqr", "minmax")
_FOR_FACTORS = ("reference", "pairwise", "sequential")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One comparison.

    Attributes
    ----------
    low, high : int
        Places of the two settings.
    label : str
        ``"+1"``, ``"b - a"``.
    combine : callable
        What is made of the mean at the two.
    """

    low: int
    high: int
    label: str
    combine: Combine


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A predictor, the settings to which it is moved in every row, and what is compared.

    Attributes
    ----------
    name : str
        The predictor; ``""`` where nothing is moved.
    steps : tuple of float
        Settings relative to the value of the row.
    values : tuple
        Settings that are the same in every row. There are steps or values.
    pairs : tuple of Pair
    """

    name: str
    pairs: tuple[Pair, ...]
    steps: tuple[float, ...] = ()
    values: tuple[Any, ...] = ()

    @property
    def settings(self) -> int:
        """How many settings there are."""
        return max(1, len(self.steps), len(self.values))

    def moved(self, own: pd.Series[Any] | None, rows: int) -> NDArray[Any]:
        """Give the values of the predictor: shape (n_rows, n_settings)."""
        if self.steps:
            numbers = pd.to_numeric(own, errors="coerce").to_numpy(dtype=float)
            return np.asarray(numbers[:, np.newaxis] + np.asarray(self.steps))
        values = pd.Series(list(self.values)).to_numpy()
        return np.tile(values, (rows, 1))


def chosen(
    model: Model, source: FormulaSource, variables: Any, default: Sequence[Column]
) -> list[tuple[Column, Any]]:
    """Read which predictors are asked for, and which contrast of each.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    variables : str, list of str, mapping of str to contrast, or None
    default : sequence of Column
        What None stands for.

    Returns
    -------
    list of (Column, object)
        With None for the default contrast.

    Raises
    ------
    DataError
        If there is no such predictor.
    ModelError
        If there is nothing to move, or `variables` is something else.
    """
    if variables is None:
        if not default:
            raise ModelError("the formula has no predictor that could be moved", remedy="Name one yourself.")
        return [(column, None) for column in default]
    given: Any = [variables] if isinstance(variables, str) else variables
    if not isinstance(given, Iterable) or not (names := list(given)):
        raise ModelError(
            f"variables must be names of predictors, not {variables!r:.60}",
            remedy='Write "x", ["x", "g"], or {"x": "sd", "g": "pairwise"}.',
        )
    contrasts = variables if isinstance(variables, Mapping) else {}
    return [(named(model, source, name), contrasts.get(name)) for name in names]


def named(model: Model, source: FormulaSource, name: Any) -> Column:
    """Find a predictor.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    name : object
        What the user wrote.

    Returns
    -------
    Column

    Raises
    ------
    DataError
        If the formula has no such predictor.
    """
    columns = {column.name: column for column in model.predictors if column.name not in source.whole}
    if name not in columns:
        raise DataError(f"the formula has no predictor {name!r:.60}", remedy=did_you_mean(str(name), columns))
    return columns[name]


def predictors(model: Model, source: FormulaSource) -> list[Column]:
    """List the predictors that are moved when none is named: those of common terms, without exposures."""
    exposure = exposure_of(source)
    return [column for column in common_columns(model, source) if column.name not in exposure]


def moved_by(column: Column, contrast: Any, comparison: Comparison, mean: str) -> Moved:
    """Read a contrast.

    Parameters
    ----------
    column : Column
        The predictor.
    contrast : object
        Of a number a step, two values, or ``"sd"``, ``"iqr"``, ``"minmax"``; of a factor two levels, or
        ``"reference"``, ``"pairwise"``, ``"sequential"``; None for the default.
    comparison : {"difference", "ratio", "lnratio"}
    mean : str
        What is compared, to be filled in: ``"{}"``, or ``"mean({})"`` for a ratio of averages.

    Returns
    -------
    Moved

    Raises
    ------
    ModelError
        If it is no contrast of such a predictor.
    DataError
        If there is no such level.
    """
    contrast = contrast.tolist() if isinstance(contrast, np.ndarray | pd.Series) else contrast
    values, pairs = _levels(column, contrast) if column.levels else _numbers(column, contrast)
    combine = COMBINED[comparison]
    made = tuple(
        Pair(low=low, high=high, label=label or _label(comparison, mean, texts), combine=combine)
        for low, high, label, *texts in pairs
    )
    if isinstance(values, float):
        return Moved(name=column.name, steps=(0.0, values), pairs=made)
    return Moved(name=column.name, values=tuple(values), pairs=made)


def _label(comparison: Comparison, mean: str, texts: Sequence[str]) -> str:
    low, high = texts
    match comparison:
        case "difference":
            return f"{_bracketed(high)} - {_bracketed(low)}"
        case "ratio":
            return f"{mean.format(high)} / {mean.format(low)}"
        case "lnratio":
            return f"ln({mean.format(high)} / {mean.format(low)})"


def _bracketed(text: str) -> str:
    """Put brackets round a sum, so that the difference of two can be read."""
    return f"({text})" if " " in text and text.startswith("mean") else text


_Pairs = list[tuple[Any, ...]]
"""Places of the low and the high setting, a label of their own or an empty one, and their texts."""


def _numbers(column: Column, contrast: Any) -> tuple[float | list[float], _Pairs]:
    if contrast is None:
        contrast = (0, 1) if is_indicator(column) else 1
    numbers = column.values
    if is_number(contrast) and contrast != 0:
        return float(contrast), [(0, 1, f"{contrast:+g}")]
    ends: Any = ()
    texts = ("", "")
    match contrast:
        case "sd":
            half = float(np.std(numbers, ddof=1)) / 2
            ends, texts = (numbers.mean() - half, numbers.mean() + half), ("mean - sd/2", "mean + sd/2")
        case "iqr":
            ends, texts = np.quantile(numbers, [0.25, 0.75]), ("Q1", "Q3")
        case "minmax":
            ends, texts = (numbers.min(), numbers.max()), ("min", "max")
        case (low, high) if is_number(low) and is_number(high):
            ends, texts = (low, high), (f"{low:.6g}", f"{high:.6g}")
    if len(ends) and ends[0] != ends[1]:
        return [float(end) for end in ends], [(0, 1, "", *texts)]
    raise ModelError(
        f"{contrast!r:.60} is no contrast of the number {column.name}",
        remedy=f"Write a step other than 0, two different values (from, to), or {_listed(_FOR_NUMBERS)}.",
    )


def _levels(column: Column, contrast: Any) -> tuple[list[str], _Pairs]:
    levels = column.levels
    match "reference" if contrast is None else contrast:
        case "reference":
            places = [(0, high) for high in range(1, len(levels))]
        case "pairwise":
            places = list(combinations(range(len(levels)), 2))
        case "sequential":
            places = list(pairwise(range(len(levels))))
        case (low, high) if str(low) != str(high):
            places = [(_place(column, low), _place(column, high))]
        case _:
            raise ModelError(
                f"{contrast!r:.60} is no contrast of {column.name}, which has levels",
                remedy=f"Write two different levels (from, to), or {_listed(_FOR_FACTORS)}.",
            )
    if not places:
        raise ModelError(f"{column.name} has one level alone, and nothing to compare it with")
    used = sorted({place for pair in places for place in pair})
    at = {place: index for index, place in enumerate(used)}
    pairs: _Pairs = [(at[low], at[high], "", levels[low], levels[high]) for low, high in places]
    return [levels[place] for place in used], pairs


def _place(column: Column, level: Any) -> int:
    if str(level) not in column.levels:
        raise DataError(
            f"{column.name} has no level {str(level)!r:.60}", remedy=did_you_mean(str(level), column.levels)
        )
    return column.levels.index(str(level))


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(map(repr, words[:-1]))} or {words[-1]!r}"
