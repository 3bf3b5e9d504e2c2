"""New values of the predictors, in the types of the data, and whose effects they add."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic.data import as_table
from glm_magic.errors import DataError, did_you_mean
from glm_magic.model import Column, FormulaSource, Model
from glm_magic.model.columns import undrawn_columns
from glm_magic.predictor.formula.axes import common_columns
from glm_magic.predictor.formula.expectation import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows at which something is predicted.

    Attributes
    ----------
    given : pandas.DataFrame
        As they are shown; numbered from 0.
    frame : pandas.DataFrame
        A column for each predictor, in the type of the data; a new level is written as a level of the data.
    factors : frozenset of str
        The grouping factors whose effects are included.
    fresh : mapping of str to ndarray of bool, shape (n_rows,)
        Of the factors with levels that are not in the data: the rows of those.
    outside : tuple of str
        What lies outside the data.
    notes : tuple of str
        What else there is to say about them.
    """

    given: pd.DataFrame
    frame: pd.DataFrame
    factors: frozenset[str]
    fresh: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    outside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def rows_of_the_data(
    model: Model, source: FormulaSource, factors: Collection[str], besides: Collection[str] = ()
) -> Rows:
    """Take the rows that were fitted, in their order.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    factors : collection of str
        Grouping factors whose effects are included.
    besides : collection of str
        Columns that are shown besides the predictors.

    Returns
    -------
    Rows
    """
    frame = source.frame.reset_index(drop=True)
    drawn = {column.name for column in model.predictors} | {*undrawn_columns(source.bambi, frame), *besides}
    given = frame[[name for name in frame.columns if name in drawn]]
    return Rows(given=given, frame=frame, factors=frozenset(factors))


def new_rows(
    model: Model,
    source: FormulaSource,
    new: Any,
    *,
    terms: Sequence[Effect],
    own: bool,
    sampled: bool,
) -> Rows:
    """Read new values of the predictors.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    new : frame, or mapping of str to array or to one value
    terms : sequence of Effect
        The group-specific terms that matter.
    own : bool
        Whether the grouping factors that are given add their effects.
    sampled : bool
        Whether a level that is not in the data has drawn ones.

    Returns
    -------
    Rows

    Raises
    ------
    DataError
        If a predictor is missing, or a level is unknown.
    """
    given = brought(new)
    fixed = {column.name for column in common_columns(model, source)}
    factors, notes = _factors(model, source, given, terms, sampled=sampled) if own else (frozenset[str](), ())
    needed = fixed | {name for term in terms if term.factors <= factors for name in term.slopes}
    needed |= set(undrawn_columns(source.bambi, source.frame))
    check_columns(given, [str(name) for name in source.frame.columns if name in needed])
    # The levels of a factor whose effects are left out are of no consequence.
    idle = {name for term in terms for name in term.factors} - needed - factors
    read = given.drop(columns=[name for name in given.columns if name in idle and not own])
    may_be_new = (factors - needed) if sampled else frozenset[str]()
    frame, fresh = _in_own_types(source, model.predictors, read, terms, may_be_new)
    return Rows(
        given=given,
        frame=frame,
        factors=factors,
        fresh=fresh,
        outside=tuple(outside(source, model.predictors, read)),
        notes=(*notes, *_new_levels(given, fresh)),
    )


def check_columns(given: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise `DataError` when the new rows lack columns, with all that they lack."""
    missing = [name for name in names if name not in given.columns]
    if missing:
        raise DataError(
            f"the new data lack {', '.join(map(repr, missing))}",
            remedy=did_you_mean(missing[0], [str(name) for name in given.columns]),
        )


def brought(new: Any) -> pd.DataFrame:
    """Bring new values to a frame: they are a frame of any kind, or columns in which one value is for all rows."""
    frame = None if isinstance(new, Mapping) else as_table(new, "the new data").frame
    named = new if frame is None else {name: frame[name] for name in frame.columns}
    columns = {str(name): np.atleast_1d(np.asarray(values)) for name, values in named.items()}
    for name, values in columns.items():
        if values.ndim > 1:
            raise DataError(f"{name} has {values.ndim} dimensions in the new data, and a column has one")
    lengths = {name: len(values) for name, values in columns.items() if len(values) != 1}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise DataError(
            f"the new columns differ in length: {listed}", remedy="Give one value, or one for each row."
        )
    rows = next(iter(lengths.values()), 1 if frame is None else len(frame))
    full = {
        name: values if len(values) == rows else np.repeat(values, rows) for name, values in columns.items()
    }
    if rows == 0:
        raise DataError("the new data have no rows", remedy="Give at least one.")
    return pd.DataFrame(full, index=range(rows))


def outside(source: FormulaSource, columns: Sequence[Column], given: pd.DataFrame) -> list[str]:
    """Say which new values lie outside the data, where the formula is followed without evidence.

    Parameters
    ----------
    source : FormulaSource
    columns : sequence of Column
        The predictors.
    given : pandas.DataFrame
        Numbers, or text that is one, in the columns of predictors without levels.

    Returns
    -------
    list of str
        A sentence for each predictor with such values.
    """
    notes = []
    for column in columns:
        if column.levels or column.name not in given:
            continue
        own = source.frame[column.name].to_numpy(dtype=float)
        low, high = own.min(), own.max()
        rounding = 1e-9 * max(abs(low), abs(high))
        values = pd.to_numeric(given[column.name]).to_numpy(dtype=float)
        beyond = list(dict.fromkeys(values[(values < low - rounding) | (values > high + rounding)]))
        if beyond:
            notes.append(
                f"{column.name} = {', '.join(f'{value:.4g}' for value in beyond[:3])}{' ...' * (len(beyond) > 3)} "
                f"is outside the data, where {column.name} is from {low:.4g} to {high:.4g}"
            )
    return notes


def _new_levels(given: pd.DataFrame, fresh: Mapping[str, NDArray[np.bool_]]) -> list[str]:
    notes = []
    for name, rows in fresh.items():
        levels = list(dict.fromkeys(given[name][rows].astype(str)))
        listed = ", ".join(levels[:3]) + " ..." * (len(levels) > 3)
        notes.append(f"{name} = {listed} is not in the data: its effects are drawn from those of all levels")
    return notes


def _factors(
    model: Model, source: FormulaSource, given: pd.DataFrame, terms: Sequence[Effect], *, sampled: bool
) -> tuple[frozenset[str], tuple[str, ...]]:
    """List the grouping factors that the new rows name; the others stay at the population.

    A number that is a predictor too, as in ``year + (1|year)``, may be given at values of no group: then
    it has no effects.
    """
    levelled = {column.name for column in model.predictors if column.levels}
    named = {name for term in terms for name in term.factors if name in given}
    notes = []
    for name in sorted(named - levelled):
        values = _numbers(name, given[name])
        other = ~values.isin(source.frame[name].astype(float))
        if not other.any():
            continue
        if sampled:
            raise DataError(
                f"{name} is a predictor and a grouping factor, and {values[other].iloc[0]:g} is not in the data: "
                "effects of a group cannot be drawn for it",
                remedy="Leave sample_new_groups out, and the rows stay at the population.",
            )
        named = named - {name}
        notes.append(f"{name} = {values[other].iloc[0]:g} is no group of the data: the population's mean")
    for name in sorted(named & levelled):
        if not any(name in term.factors and term.factors <= named for term in terms):
            partners = min((term.factors for term in terms if name in term.factors), key=len) - named
            raise DataError(
                f"{name} has effects only together with {' and '.join(sorted(partners))}",
                remedy="Give both, or neither for the population's mean.",
            )
    return frozenset(named), tuple(notes)


def _in_own_types(
    source: FormulaSource,
    columns: tuple[Column, ...],
    given: pd.DataFrame,
    terms: Sequence[Effect],
    may_be_new: Collection[str],
) -> tuple[pd.DataFrame, dict[str, NDArray[np.bool_]]]:
    """Give new values the dtypes of the data, and fill what the mean does not need."""
    made: dict[str, Any] = {}
    fresh: dict[str, NDArray[np.bool_]] = {}
    for name in undrawn_columns(source.bambi, source.frame):
        # A function takes it as it is.
        made[name] = given[name]
    for column in columns:
        own = source.frame[column.name]
        if column.name not in given:
            # Only grouping factors are left out; any level will do, for their effects are not used.
            made[column.name] = pd.Series([own.iloc[0]] * len(given), dtype=own.dtype)
            continue
        values = given[column.name]
        if not column.levels:
            made[column.name] = _numbers(column.name, values)
            continue
        if values.isna().any():
            raise DataError(
                f"{column.name} has a missing value in the new data",
                remedy="Give a level in every row.",
            )
        known = {str(level): level for level in own.unique()}
        texts = [str(value) for value in values]
        unknown = np.array([text not in known for text in texts], dtype=bool)
        if unknown.any():
            if column.name not in may_be_new:
                raise _no_level(column.name, texts[int(unknown.argmax())], known, terms)
            fresh[column.name] = unknown
        first = own.iloc[0]
        made[column.name] = pd.Series([known.get(text, first) for text in texts], dtype=own.dtype)
    return pd.DataFrame(made, index=given.index), fresh


def _no_level(name: str, text: str, known: Mapping[str, Any], terms: Sequence[Effect]) -> DataError:
    grouping = any(name in term.factors for term in terms)
    hint = " sample_new_groups=True draws the effects of a new level." if grouping else ""
    return DataError(f"{name} has no level {text!r}", remedy=f"{did_you_mean(text, known)}{hint}")


def _numbers(name: str, values: pd.Series[Any]) -> pd.Series[Any]:
    if values.dtype.kind == "c":
        raise DataError(f"{name} needs real numbers in the new data, not {values.iloc[0]}")
    numbers = pd.to_numeric(values, errors="coerce").astype(float)
    if not np.isfinite(numbers).all():
        raise DataError(
            f"{name} needs finite numbers in the new data, not {values[~np.isfinite(numbers)].iloc[0]}"
        )
    return numbers
