"""The data: a name, a path or a frame becomes one pandas table.

Bambi reads pandas, so every frame that narwhals understands is brought there once. Without
DATA the columns are the one-dimensional arrays of the namespace that the cell names: which of them,
`glm_magic.model.rows` decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import narwhals as nw
import numpy as np
import pandas as pd
from narwhals.exceptions import NarwhalsError
from numpy.typing import NDArray

from glm_magic.errors import DataError, Where, did_you_mean, nearest

READERS = {
    ".csv": pd.read_csv,
    ".tsv": partial(pd.read_csv, sep="\t"),
    ".parquet": pd.read_parquet,
    ".feather": pd.read_feather,
    ".json": pd.read_json,
}
ENDINGS = ".csv, .tsv, .parquet, .feather or .json"
"""Of the files that are read; as pandas reads them by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The data of a fit.

    Attributes
    ----------
    frame : pandas.DataFrame
        Unique column names, a plain row index.
    name : str
        What to call it in messages: ``"df"``, ``"trees.csv"``, or ``"the notebook"``.
    path : str
        The file that it was read from, as typed; empty where it was in memory.
    """

    frame: pd.DataFrame
    name: str
    path: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(self.frame.columns)


def find_table(name: str, namespace: Mapping[str, Any], where: Where | None = None) -> Table:
    """Look DATA up: a name in the namespace, or a path to a file.

    Parameters
    ----------
    name : str
        As typed; it is looked up, never evaluated.
    namespace : mapping of str to object
        The notebook's names.
    where : Where, optional
        Its place in the header, for the caret.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        If there is no such name or file, or it is not a table.
    """
    if name in namespace:
        return as_table(namespace[name], name, where)
    path = Path(name).expanduser()
    if path.suffix.lower() in READERS:
        return _read_file(path, where)
    frames = [key for key, value in namespace.items() if not key.startswith("_") and _is_frame(value)]
    if path.suffix or path.exists():
        remedy = nearest(name, frames) or f"A path ends in {ENDINGS}; read other files with pandas first."
    else:
        remedy = (
            did_you_mean(name, frames)
            or f"No data frame is defined yet; a path that ends in {ENDINGS} works too."
        )
    raise DataError(f"no data frame named {name!r}", where=where, remedy=remedy)


def as_table(data: object, name: str = "data", where: Where | None = None) -> Table:
    """Bring a frame to pandas and check its columns.

    Parameters
    ----------
    data : object
        pandas, polars, pyarrow or any eager frame that narwhals reads; or a mapping of names
        to one-dimensional arrays.
    name : str
        What to call it in messages.
    where : Where, optional
        For the caret.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        If it is not a frame, has no rows, or two columns share a name.
    """
    frame = _to_pandas(data, name, where)
    frame.columns = [str(column) for column in frame.columns]
    repeated = sorted(set(frame.columns[frame.columns.duplicated()]))
    if repeated:
        raise DataError(
            f"{name} has more than one column named {', '.join(map(repr, repeated))}",
            where=where,
            remedy="Rename or drop the copies, so that each name means one column.",
        )
    return Table(frame=frame.reset_index(drop=True), name=name)


def _to_pandas(data: object, name: str, where: Where | None) -> pd.DataFrame:
    match data:
        case pd.DataFrame():
            return data.copy(deep=False)
        case Mapping():
            return _from_columns(data, name, where)
    try:
        frame = nw.from_native(cast(Any, data))
    except NarwhalsError as problem:
        raise DataError(f"{name} cannot be read: {problem}", where=where) from problem
    except TypeError:
        raise DataError(
            f"{name} is of type {type(data).__name__}, not a table",
            where=where,
            remedy=f"DATA is a data frame (pandas, polars, pyarrow), or a path that ends in {ENDINGS}.",
        ) from None
    eager = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
    columns = [str(column) for column in eager.columns]
    if len(set(columns)) < len(columns):
        # Left to the caller's check, which names the copies.
        return pd.DataFrame([], columns=pd.Index(columns))
    try:
        return _in_order(eager)
    except ImportError as missing:
        raise DataError(
            f"{name} cannot become a pandas frame: {missing}",
            where=where,
            remedy='pip install "glm-magic[polars]"',
        ) from missing


def _in_order(frame: nw.DataFrame[Any]) -> pd.DataFrame:
    """Bring a frame to pandas, categories without an order of their own sorted.

    Those of polars' Categorical and of Arrow's dictionaries are numbered as they appear, which is no
    order; pandas would keep it as one. An Enum has the order that it was given.
    """
    made = frame.to_pandas()
    for name, dtype in frame.schema.items():
        if dtype == nw.Categorical and not made[name].cat.ordered:
            made[name] = made[name].cat.reorder_categories(sorted(made[name].cat.categories))
    return made


def _from_columns(data: Mapping[Any, Any], name: str, where: Where | None) -> pd.DataFrame:
    """Put columns given by name side by side."""
    columns = {str(key): as_column(value) for key, value in data.items()}
    scalars = [key for key, values in columns.items() if np.ndim(values) != 1]
    if scalars:
        raise DataError(
            f"{name} is a mapping, and its {scalars[0]!r} is no one-dimensional array",
            where=where,
            remedy='Give each column one array or list: {"x": [1, 2], "y": [3, 4]}.',
        )
    check_lengths(columns, where)
    return pd.DataFrame(columns)


def as_column(values: Any) -> Any:
    """Give a Series its own dtype (categories), whatever its index; a polars one its numbers."""
    return values.array if isinstance(values, pd.Series) else np.asarray(values)


def check_lengths(columns: Mapping[str, Any], where: Where | None = None) -> None:
    """Refuse columns of differing length.

    Parameters
    ----------
    columns : mapping of str to array
    where : Where, optional
        For the caret.

    Raises
    ------
    DataError
    """
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length:,}" for name, length in lengths.items())
        raise DataError(
            f"the columns differ in length: {listed}",
            where=where,
            remedy="Columns of one model need one length.",
        )


def _is_frame(value: object) -> bool:
    try:
        nw.from_native(cast(Any, value))
    except (TypeError, AttributeError):
        return False
    except NarwhalsError:
        # A frame, if one that narwhals will not read: two columns share a name.
        return True
    return True


def _read_file(path: Path, where: Where | None) -> Table:
    try:
        frame = READERS[path.suffix.lower()](path)
    except FileNotFoundError:
        neighbours = (
            [other.name for other in path.parent.glob(f"*{path.suffix}")] if path.parent.is_dir() else []
        )
        remedy = did_you_mean(path.name, neighbours) or f"Looked in {path.parent.resolve()}."
        raise DataError(f"no file {str(path)!r}", where=where, remedy=remedy) from None
    except ImportError as missing:
        raise DataError(
            f"cannot read {path.suffix} files: {missing}",
            where=where,
            remedy="pip install pyarrow",
        ) from missing
    except (OSError, ValueError) as problem:
        raise DataError(f"cannot read {str(path)!r}: {problem}", where=where) from problem
    return replace(as_table(frame, path.name, where), path=str(path))


def no_table() -> Table:
    """Stand in for DATA where there is none: every column is an array of the notebook."""
    return Table(frame=pd.DataFrame(), name="the notebook")


def is_vector(value: object) -> bool:
    """Tell whether a value can be a column: a one-dimensional array, Series or list of scalars."""
    match value:
        case np.ndarray() | pd.Series() | pd.Categorical():
            return value.ndim == 1
        case list() | tuple():
            return len(value) > 1 and all(
                isinstance(item, int | float | str | bool | np.generic) for item in value
            )
    try:
        nw.from_native(cast(Any, value), series_only=True)
    except (TypeError, AttributeError, NarwhalsError):
        return False
    return True


def vectors_of(table: Table | None, namespace: Mapping[str, Any], length: int) -> dict[str, NDArray[Any]]:
    """Name every array of a given length that the user can see.

    Parameters
    ----------
    table : Table or None
        Its columns come first.
    namespace : mapping of str to object
        Then arrays, then the columns of data frames.
    length : int

    Returns
    -------
    dict of str to ndarray, shape (length,)
        Text and categories are left as objects. Names that begin with an underscore are left out.
    """
    vectors: dict[str, NDArray[Any]] = {}
    if table is not None and len(table.frame) == length:
        vectors |= {name: table.frame[name].to_numpy() for name in table.columns}
    visible = {name: value for name, value in namespace.items() if not name.startswith("_")}
    for name, value in visible.items():
        if name not in vectors and is_vector(value) and len(value) == length:
            vectors[name] = np.asarray(value)
    for value in visible.values():
        if isinstance(value, pd.DataFrame) and len(value) == length:
            for column in value.columns:
                vectors.setdefault(str(column), value[column].to_numpy())
    return vectors
