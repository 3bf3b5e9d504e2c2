"""Columns and groups that data in a mean can be named after."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray

from glm_magic.predictor.graph.cuts import Picked
from glm_magic.predictor.graph.leaves import Leaf
from glm_magic.predictor.graph.relations import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A column that data of the mean can be named after.

    Attributes
    ----------
    values : ndarray, shape (n_rows,)
        Numbers, or codes of `labels`.
    labels : tuple of str
        What the codes stand for; empty for numbers.
    """

    values: Vector
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A predictor that can be moved by itself.

    Attributes
    ----------
    name : str
    values : ndarray, shape (n_rows,)
    levels : tuple of str
        Names of 0, 1, ... for a group index or a column of zeros and ones; empty if numeric.
    is_index : bool
        Whether it picks from a vector of parameters.
    unmatched : str
        The matrix of which it is an unnamed column; empty otherwise.
    """

    name: str
    values: Vector
    levels: tuple[str, ...] = ()
    is_index: bool = False
    unmatched: str = ""


def read_sources(
    columns: Mapping[str, NDArray[Any]], leaves: tuple[Leaf, ...], response: Vector
) -> dict[str, Source]:
    """Everything of the right length that has a name, the user's columns first.

    The response is left out: nothing in its own mean is named after it.
    """
    n_rows = len(response)
    found: dict[str, Source] = {}
    for name, column in columns.items():
        array = np.asarray(column)
        if array.shape == (n_rows,):
            found[name] = _source(array)
    for leaf in leaves:
        if leaf.name and leaf.values.ndim == 1 and leaf.name not in found:
            found[leaf.name] = _source(leaf.values)
    return {
        name: source
        for name, source in found.items()
        if source.labels or not np.array_equal(source.values, response, equal_nan=True)
    }


def _source(array: NDArray[Any]) -> Source:
    """Numbers as they are; anything else as codes of its sorted values."""
    if array.dtype.kind in "biuf":
        return Source(values=array.astype(np.float64))
    labels, codes = np.unique(array.astype(str), return_inverse=True)
    return Source(values=codes.astype(np.float64), labels=tuple(str(label) for label in labels))


def numeric_base(name: str, values: Vector, unmatched: str = "") -> Base:
    """Make a base of numbers; zeros and ones are two levels."""
    binary = set(np.unique(values)) == {0.0, 1.0}
    return Base(name=name, values=values, levels=("0", "1") if binary else (), unmatched=unmatched)


def index_base(
    codes: Vector,
    leaves: Sequence[Leaf],
    sources: Mapping[str, Source],
    model: pm.Model,
    taken: Mapping[str, Base],
) -> Base:
    """Make a base for a group index, named after the column that it codes.

    Parameters
    ----------
    codes : ndarray, shape (n_rows,)
    leaves : sequence of Leaf
        The leaves that hold these codes; they move together.
    sources : mapping of str to Source
    model : pymc.Model
        For the names and labels of dims.
    taken : mapping of str to Base
        Bases that were made before; the new one gets another name.

    Returns
    -------
    Base
        Named after a column, else the data of the model, else the dim or the variable that it
        indexes. Its levels are the labels of the indexed dim, else the values of that column.
    """
    exact, coded = matching(codes, sources)
    text = [name for name in coded if sources[name].labels]
    picks = [pick for leaf in leaves for pick in leaf.picks]
    dims = [found for pick in picks if (found := _dim_labels(pick, model))[0]]
    labels = next((found for _, found in dims if found), {})
    if not labels:
        labels = next((coded[key] for key in [*text, *exact, *coded] if key in coded), {})
    own = [name for name in (leaf.name for leaf in leaves) if name and name not in sources]
    own += [name for name, _ in dims if name not in sources or sources[name].labels]
    own += [f"index of {pick.name}" for pick in picks if pick.name]
    name = unused([*exact, *text, *coded, *(own[:1] or ["group"])], {*taken}, {*taken, *sources})
    # A level must exist in everything that the codes pick from.
    known = [pick.size for pick in picks if pick.size]
    n_levels = min(known) if known else int(codes.max()) + 1
    return Base(
        name=name, values=codes, levels=tuple(labels.get(k, str(k)) for k in range(n_levels)), is_index=True
    )


def unused(candidates: Sequence[str], taken: Container[str], numbered: Container[str]) -> str:
    """Choose the first name that is free, else number the last one until it is.

    Parameters
    ----------
    candidates : sequence of str
        In order of preference; at least one.
    taken : container of str
        Names that cannot be used.
    numbered : container of str
        Names that a numbered one may not be mistaken for.
    """
    for name in candidates:
        if name not in taken:
            return name
    return next(name for k in count(2) if (name := f"{candidates[-1]} ({k})") not in numbered)


def matching(codes: Vector, sources: Mapping[str, Source]) -> tuple[list[str], dict[str, dict[int, str]]]:
    """Find the columns that hold the codes of an index, and those whose values they number."""
    exact = [name for name, source in sources.items() if np.array_equal(source.values, codes)]
    return exact, {name: found for name, source in sources.items() if (found := _labels(source, codes))}


def _labels(source: Source, codes: Vector) -> dict[int, str]:
    """Find what each code stands for if the codes number the values of a column, else nothing."""
    values, first = np.unique(source.values, return_index=True)
    if len(values) != len(np.unique(codes)):
        return {}
    pairs = {int(codes[row]): value for row, value in zip(first, values, strict=True)}
    if len(pairs) != len(values) or not np.array_equal([pairs[int(c)] for c in codes], source.values):
        return {}
    # Codes are made in order of the values or of their appearance; any other agreement is an accident.
    in_order = sorted(pairs, key=lambda code: pairs[code]) == sorted(pairs)
    appearing = list(dict.fromkeys(int(c) for c in codes)) == sorted(pairs)
    if not (in_order or appearing):
        return {}
    return {
        code: source.labels[int(value)] if source.labels else f"{value:g}" for code, value in pairs.items()
    }


def _dim_labels(pick: Picked, model: pm.Model) -> tuple[str, dict[int, str]]:
    """Name and labels of the dim that is indexed; an empty name if it has none."""
    dims: tuple[str | None, ...] = tuple(model.named_vars_to_dims.get(pick.name) or ())
    dim = dims[pick.axis] if pick.axis < len(dims) else None
    if dim is None:
        return "", {}
    labels = model.coords.get(dim)
    return str(dim), {} if labels is None else {k: str(label) for k, label in enumerate(labels)}


def own_name(leaf: Leaf, column: int, model: pm.Model, taken: set[str]) -> str:
    """Make a name for a vector that is no known column: the variable's, or "data 1"."""
    several = leaf.vectors().shape[1] > 1
    if leaf.name and several:
        label = _dim_label(leaf, column, model)
        name = label if label and label not in taken else f"{leaf.name}[{column}]"
    elif leaf.name:
        name = leaf.name
    else:
        name = next(f"data {k}" for k in count(1) if f"data {k}" not in taken)
    return unused([name], taken, taken)


def _dim_label(leaf: Leaf, column: int, model: pm.Model) -> str:
    """Label of a column of `pm.Data` that has dims with coordinates."""
    dims: tuple[str | None, ...] = tuple(model.named_vars_to_dims.get(leaf.name) or ())
    if len(dims) != 2:
        return ""
    labels = model.coords.get(dims[1 - leaf.rows])
    return "" if labels is None else str(labels[column])
