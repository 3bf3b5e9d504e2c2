"""Levels of grouping factors that are not in the data: their effects are drawn from the group distribution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
import pymc
import xarray
from bambi.priors import Prior
from numpy.typing import NDArray

from glm_magic._stack import bambi_parameters
from glm_magic.errors import ModelError
from glm_magic.model import FormulaSource
from glm_magic.predict.drawing import drawn
from glm_magic.predict.rows import Rows
from glm_magic.predictor.formula.expectation import Effect
from glm_magic.predictor.formula.frames import completed

# Numbers that are held at once: 1,000 rows of 4,000 draws are 32 megabytes.
MOST_AT_ONCE = 4_000_000
FACTOR_DIM = "__factor_dim"

Key = tuple[str, ...]
"""The level of each variable of a grouping factor, in the variables' alphabetical order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Rows that are evaluated at once.

    Attributes
    ----------
    places : ndarray of int, shape (n_part,)
        Their places among all rows.
    frame : pandas.DataFrame
        n_part rows.
    samples : xarray.Dataset
        The posterior draws; new levels have the place of levels of the data that none of these rows has.
    """

    places: NDArray[np.intp]
    frame: pd.DataFrame
    samples: xarray.Dataset


def parts_of(
    source: FormulaSource,
    rows: Rows,
    samples: xarray.Dataset,
    terms: Sequence[Effect],
    seed: int,
) -> Iterator[Part]:
    """Divide rows into parts that design rows or Bambi can evaluate, with few numbers at once.

    Within a draw, a new level has the same effects in all of its rows, and of each term one of its own.

    Parameters
    ----------
    source : FormulaSource
    rows : Rows
    samples : xarray.Dataset
        The posterior draws, dim ``sample`` first.
    terms : sequence of Effect
        The group-specific terms that matter.
    seed : int
        Of the effects of new levels; those of a term do not depend on which other terms matter.

    Yields
    ------
    Part
    """
    most = max(1, MOST_AT_ONCE // samples.sizes["sample"])
    effects = _Drawn(source, samples, seed)
    for name in rows.fresh:
        # In the order of the rows, whatever part they come to stand in.
        effects.learn(rows, [term for term in terms if name in term.factors and term.factors <= rows.factors])
    for names, places in _alike(rows):
        for some in _few(source, rows, names, places, most):
            frame = rows.frame.iloc[some].reset_index(drop=True)
            if not names:
                yield Part(places=some, frame=frame, samples=samples)
                continue
            standing = frame.assign(
                **{name: _stand_ins(source, name, rows.given[name].iloc[some]) for name in names}
            )
            touched = [term for term in terms if term.factors & names and term.factors <= rows.factors]
            own = {term.variable: effects.placed(term, rows, some, standing) for term in touched}
            yield Part(places=some, frame=standing, samples=samples.assign(own))


def _alike(rows: Rows) -> Iterator[tuple[frozenset[str], NDArray[np.intp]]]:
    """Divide rows by the factors of which their level is new: a level of the data cannot stand for two."""
    count = len(rows.frame)
    if not rows.fresh:
        yield frozenset(), np.arange(count)
        return
    names = list(rows.fresh)
    kinds, which = np.unique(np.column_stack(list(rows.fresh.values())), axis=0, return_inverse=True)
    for number, kind in enumerate(kinds):
        chosen = np.flatnonzero(np.ravel(which) == number)
        yield frozenset(name for name, new in zip(names, kind, strict=True) if new), chosen


def _few(
    source: FormulaSource, rows: Rows, names: frozenset[str], places: NDArray[np.intp], most: int
) -> Iterator[NDArray[np.intp]]:
    """Take few rows at a time, with no more new levels of a factor than it has levels in the data."""
    if not names:
        yield from (places[start : start + most] for start in range(0, len(places), most))
        return
    room = {name: source.frame[name].nunique() for name in names}
    texts = {name: rows.given[name].astype(str).to_numpy() for name in names}
    # Rows of the same levels stand together.
    order = np.lexsort([texts[name][places] for name in sorted(names)])
    chosen: list[int] = []
    seen: dict[str, set[str]] = {name: set() for name in names}
    for place in places[order]:
        full = len(chosen) == most or any(
            len(seen[name]) == room[name] and texts[name][place] not in seen[name] for name in names
        )
        if full:
            yield np.array(chosen)
            chosen, seen = [], {name: set() for name in names}
        chosen.append(int(place))
        for name in names:
            seen[name].add(texts[name][place])
    yield np.array(chosen)


def _stand_ins(source: FormulaSource, name: str, given: pd.Series[Any]) -> pd.Series[Any]:
    """Write each new level as a level of the data."""
    own = source.frame[name]
    codes, _ = pd.factorize(given.astype(str))
    levels = list(own.unique())
    return pd.Series([levels[code] for code in codes], dtype=own.dtype)


class _Drawn:
    """The drawn effects of new levels.

    Parameters
    ----------
    source : FormulaSource
    samples : xarray.Dataset
    seed : int
    """

    def __init__(self, source: FormulaSource, samples: xarray.Dataset, seed: int) -> None:
        self.source = source
        self.samples = samples
        self.seed = seed
        self.effects: dict[str, dict[Key, NDArray[np.float64]]] = {}

    def learn(self, rows: Rows, terms: Sequence[Effect]) -> None:
        """Draw the effects of every new level that the rows have."""
        for term in terms:
            if term.variable in self.effects:
                continue
            new = np.logical_or.reduce([rows.fresh[name] for name in term.factors if name in rows.fresh])
            keys = list(dict.fromkeys(_keys(rows, term, np.flatnonzero(new))))
            rng = np.random.default_rng([self.seed, crc32(term.variable.encode())])
            effects = _from_group_distribution(self.source, term, self.samples, len(keys), rng)
            self.effects[term.variable] = dict(zip(keys, effects, strict=True))

    def placed(
        self, term: Effect, rows: Rows, some: NDArray[np.intp], standing: pd.DataFrame
    ) -> xarray.Variable:
        """Put the effects of new levels in the place of those of the levels that stand for them."""
        design = bambi_parameters(self.source.bambi)[term.parameter].design.group.terms[term.name]
        indicators = np.asarray(design.factor.eval_new_data(completed(self.source, standing)))[: len(some)]
        at = indicators.reshape(len(some), -1).argmax(axis=1)
        variable = self.samples.variables[term.variable].copy(deep=True)
        levels = variable.transpose(_factor_dim(variable), ...)
        values = levels.values
        placed = set(zip(at.tolist(), _keys(rows, term, some), strict=True))
        if len(placed) > len(set(at.tolist())):
            raise ModelError(
                f"{design.factor.name} is computed from {' and '.join(sorted(term.factors))}: which group a new "
                "level belongs to is not known",
                remedy="Add the group to the data as a column of its own.",
            )
        for level, key in placed:
            values[level] = self.effects[term.variable][key]
        return levels.transpose(*variable.dims)


def _keys(rows: Rows, term: Effect, places: NDArray[np.intp]) -> list[Key]:
    columns = [rows.given[name].iloc[places].astype(str) for name in sorted(term.factors)]
    return list(zip(*columns, strict=True))


def _factor_dim(variable: xarray.Variable) -> str:
    return next(str(dim) for dim in variable.dims if str(dim).endswith(FACTOR_DIM))


def _from_group_distribution(
    source: FormulaSource, term: Effect, samples: xarray.Dataset, count: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw effects from the prior of the term, at each draw of that prior's own parameters.

    Returns
    -------
    ndarray, shape (count, n_samples, ...)
        The last dims are those of the term's variable without its levels.
    """
    record = bambi_parameters(source.bambi)[term.parameter].terms[term.name]
    variable = samples.variables[term.variable]
    dims = [dim for dim in variable.dims if dim != _factor_dim(variable)]
    sizes = {dim: variable.sizes[dim] for dim in dims}
    arguments = {}
    for name, value in record.prior.args.items():
        if isinstance(value, Prior):
            own = samples.variables[f"{term.variable}_{record.hyperprior_alias.get(name, name)}"]
            # In the order of the effects' dims; of length 1 where it is the same for all of them.
            at = [own.sizes.get(dim, 1) for dim in dims]
            arguments[name] = own.transpose(*(dim for dim in dims if dim in own.dims)).values.reshape(at)
        else:
            arguments[name] = np.asarray(value)
    distribution = getattr(pymc, record.prior.name).dist(**arguments, shape=(count, *sizes.values()))
    return drawn(distribution, rng)
