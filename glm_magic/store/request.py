"""What a fit was asked for, as its file keeps it: options, formula, priors, data and constants.

Nothing of it is ever executed: the formula is parsed anew, and what it calls is looked up among the functions of
formulae and Bambi, those of NumPy's that compute, and those that the user gives by name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pandas as pd
import xarray

from glm_magic.errors import GlmError
from glm_magic.model.recipe import Recipe, lines_of, priors_of, values_of
from glm_magic.request import FormulaCell, Options
from glm_magic.request.cell import read_cell
from glm_magic.request.options import FITTING, check_options
from glm_magic.request.prior_lines import read_prior
from glm_magic.request.what_if import WhatIf
from glm_magic.store.arrays import Arrays, Unstorable
from glm_magic.store.columns import Stored, restored, stored
from glm_magic.store.constants import read, written
from glm_magic.store.digests import digest
from glm_magic.store.door import UnsoundError, decoded, json_of
from glm_magic.wire import Payload, encode

REQUEST = "request"
LARGEST_DATA = 50_000_000
"""Bytes of data that a file keeps: what the formula uses of a million rows and six columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A formula, as the file keeps it.

    Attributes
    ----------
    lines : tuple of str
        The formula and its auxiliary formulas.
    priors : dict of str to str
        Target and distribution.
    data : str
        What the data were called.
    columns : dict of str to Stored
        The columns that the formula uses, in its order.
    left_out : dict of str to str
        Those that the file does not hold, with the reason.
    digests : dict of str to str
        SHA-256 of what each column says.
    values : str
        What the notebook's names stood for, as JSON.
    absent : dict of str to str
        Names whose value the file does not hold, with what it is.
    """

    lines: tuple[str, ...]
    priors: dict[str, str]
    data: str
    columns: dict[str, Stored] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    values: str = "{}"
    absent: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What a fit was asked for.

    Attributes
    ----------
    options : Options
    written : Written or None
        None for a hand-written model, which no file holds.
    arrays : Arrays
        What `written` refers to.
    cell : FormulaCell or None
        The formula, read.
    rows : pandas.DataFrame
        The columns that the file holds.
    values : dict of str to object
        What the notebook's names stood for.
    change : WhatIf or None
        How the model that was made of these was changed.
    """

    options: Options
    written: Written | None = None
    arrays: Arrays = field(default_factory=Arrays)
    cell: FormulaCell | None = None
    rows: pd.DataFrame = field(default_factory=pd.DataFrame)
    values: dict[str, Any] = field(default_factory=dict)
    change: WhatIf | None = None


def remember(recipe: Recipe | None, options: Options, change: WhatIf | None = None) -> Remembered:
    """Write down what a fit was asked for.

    Parameters
    ----------
    recipe : Recipe or None
        None for a hand-written model.
    options : Options
    change : WhatIf, optional
        How the model was changed since.

    Returns
    -------
    Remembered
    """
    if recipe is None:
        return Remembered(options=options)
    arrays = Arrays()
    columns, left_out, digests = _columns(recipe.rows, arrays)
    values, absent = _values(recipe, arrays)
    cell = recipe.original or recipe.cell
    made = Written(
        lines=lines_of(cell),
        priors=priors_of(cell),
        data=recipe.table.name,
        columns=columns,
        left_out=left_out,
        digests=digests,
        values=json.dumps(values, allow_nan=False),
        absent=absent,
    )
    return Remembered(options=options, written=made, arrays=arrays, change=change)


def _columns(rows: pd.DataFrame, arrays: Arrays) -> tuple[dict[str, Stored], dict[str, str], dict[str, str]]:
    """Write the columns: those that are kept, why others are not, and the digests."""
    reasons: dict[str, str] = {}
    digests: dict[str, str] = {}
    kept, scratch = {}, Arrays()
    for name in rows.columns:
        try:
            kept[name] = stored(rows[name], scratch)
            digests[name] = digest(rows[name])
        except Unstorable as problem:
            reasons[name] = str(problem)
    if scratch.size > LARGEST_DATA:
        size = f"the data have {scratch.size / 1e6:,.0f} MB, and a file keeps {LARGEST_DATA / 1e6:,.0f}"
        return {}, {**dict.fromkeys(kept, size), **reasons}, digests
    arrays.all.extend(scratch.all)
    return kept, reasons, digests


def _values(recipe: Recipe, arrays: Arrays) -> tuple[dict[str, Any], dict[str, str]]:
    """Write what names stand for, and say what those are that cannot be written."""
    kept: dict[str, Any] = {}
    absent: dict[str, str] = {}
    for name, value in values_of(recipe).items():
        before = len(arrays.all)
        try:
            kept[name] = written(value, arrays)
            if sum(array.nbytes for array in arrays.all[before:]) > LARGEST_DATA:
                raise Unstorable("is large")
        except Unstorable as problem:
            del arrays.all[before:]
            kept.pop(name, None)
            absent[name] = "a function" if callable(value) else f"a value that {problem}"
    return kept, absent


def packed_request(remembered: Remembered) -> xarray.Dataset:
    """Lay a request out as the file holds it.

    Parameters
    ----------
    remembered : Remembered

    Returns
    -------
    xarray.Dataset
    """
    options = {name: getattr(remembered.options, name) for name in FITTING}
    record = {
        "options": {**options, "truth": dict(remembered.options.truth)},
        "formula": None if remembered.written is None else encode(remembered.written).schema,
        "change": None if remembered.change is None else encode(remembered.change).schema,
    }
    arrays = {f"array_{place}": (f"size_{place}", array) for place, array in enumerate(remembered.arrays.all)}
    return xarray.Dataset(arrays, attrs={"record": json.dumps(record, allow_nan=False)})


def unpacked_request(dataset: xarray.Dataset) -> Remembered:
    """Read a request off the file, and check it.

    Parameters
    ----------
    dataset : xarray.Dataset

    Returns
    -------
    Remembered

    Raises
    ------
    UnsoundError
        If it is none.
    """
    record = json_of(dataset.attrs.get("record"), "the request")
    options = _options(record.get("options"))
    if record.get("formula") is None:
        return Remembered(options=options)
    variables = [dataset.variables.get(f"array_{place}") for place in range(len(dataset.variables))]
    arrays = Arrays(tuple(variable.values for variable in variables if variable is not None))
    made = decoded(Written, Payload(schema=record["formula"], buffer=b""))
    values = json_of(made.values, "the values of the formula")
    return Remembered(
        options=options,
        written=made,
        arrays=arrays,
        cell=_cell(made),
        rows=_rows(made, arrays),
        values={name: read(value, arrays) for name, value in values.items()},
        change=_change(record.get("change")),
    )


def _change(record: Any) -> WhatIf | None:
    if record is None:
        return None
    change = decoded(WhatIf, Payload(schema=record, buffer=b""))
    rows = change.rows or ()
    if any(row < 0 for row in rows) or any(a >= b for a, b in pairwise(rows)):
        raise UnsoundError("the rows of its change are none")
    return change


def _options(values: Any) -> Options:
    if not isinstance(values, dict) or not values.keys() <= set(FITTING):
        raise UnsoundError("the options of the request are none")
    try:
        return check_options(replace(Options(), **values))
    except GlmError as problem:
        raise UnsoundError(f"the options of the request: {problem.message}") from problem


def _cell(made: Written) -> FormulaCell:
    """Read the formula."""
    try:
        cell = read_cell("\n".join(made.lines))
        priors = tuple(read_prior(target, text) for target, text in made.priors.items())
    except GlmError as problem:
        raise UnsoundError(f"its formula cannot be read: {problem.message}") from problem
    if not isinstance(cell, FormulaCell) or cell.priors:
        raise UnsoundError("its formula is none")
    return replace(cell, priors=priors)


def _rows(made: Written, arrays: Arrays) -> pd.DataFrame:
    try:
        columns = {name: restored(column, arrays) for name, column in made.columns.items()}
    # pandas raises what NumPy, its own arrays and its checks raise; the file is to blame for each.
    except (ValueError, TypeError, OverflowError, MemoryError) as problem:
        raise UnsoundError(f"its data cannot be read: {problem}") from problem
    if len({len(values) for values in columns.values()}) > 1:
        raise UnsoundError("the columns of its data differ in length")
    unlike = [name for name, values in columns.items() if _digest(values) != made.digests.get(name)]
    if unlike:
        raise UnsoundError(f"the digest of {unlike[0]!r} is not that of the column")
    return pd.DataFrame(columns)


def _digest(values: pd.Series[Any]) -> str | None:
    try:
        return digest(values)
    except Unstorable:
        return None


def unlike(made: Written, rows: pd.DataFrame) -> list[str]:
    """Name the columns that are not those of the fit.

    Parameters
    ----------
    made : Written
    rows : pandas.DataFrame

    Returns
    -------
    list of str
    """
    return [
        name for name in rows.columns if name in made.digests and _digest(rows[name]) != made.digests[name]
    ]
