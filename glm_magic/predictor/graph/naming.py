"""Which column is each vector of data in a mean, and which vectors move together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray

from glm_magic.predictor.graph.leaves import Leaf, leaf_values
from glm_magic.predictor.graph.relations import Recipe, Vector, affine, close, interaction, rescaled, shaped
from glm_magic.predictor.graph.sources import Base, Source, index_base, matching, numeric_base, own_name

Relation = Callable[[Vector, Vector, float], Callable[[Vector], Vector] | None]
Step = Callable[[Vector, Mapping[str, Vector], "Layout", float], Recipe | None]

# Relative to the spread of the values; float32 data are as good as their seven digits.
TOLERANCE = {"float32": 1e-5}
MAX_PAIRS = 40


@dataclass(slots=True, kw_only=True)
class Layout:
    """How the leaves are made from the bases.

    Attributes
    ----------
    leaves : tuple of Leaf
    bases : dict of str to Base
        In the order in which they are offered.
    derived : dict of str to Recipe
        Columns that follow from the bases, in the order in which they are computed.
    recipes : list of list of Recipe
        For each leaf, for each of its columns.
    """

    leaves: tuple[Leaf, ...]
    bases: dict[str, Base] = field(default_factory=dict)
    derived: dict[str, Recipe] = field(default_factory=dict)
    recipes: list[list[Recipe]] = field(default_factory=list)

    def arrays(self, values: Mapping[str, Vector]) -> list[NDArray[Any]]:
        """Make the leaves from values of every base, each of shape (n_rows,)."""
        known = dict(values)
        for name, recipe in self.derived.items():
            known[name] = recipe(known)
        out = []
        for leaf, recipes in zip(self.leaves, self.recipes, strict=True):
            vectors = np.column_stack([recipe(known) for recipe in recipes])
            array = leaf.with_vectors(vectors)
            out.append(array.astype(leaf_values(leaf).dtype))
        return out


def lay_out(leaves: tuple[Leaf, ...], sources: Mapping[str, Source], model: pm.Model) -> Layout:
    """Name every vector of every leaf and find which vectors move together.

    Parameters
    ----------
    leaves : tuple of Leaf
    sources : mapping of str to Source
        In order of preference.
    model : pymc.Model
        For the labels of dims.

    Returns
    -------
    Layout
    """
    layout = Layout(leaves=leaves)
    done = _indexes(layout, sources, model)
    numbers = {
        name: source.values
        for name, source in sources.items()
        if not source.labels and name not in layout.bases
    }
    vectors = dict(_vectors(leaves))
    tolerance = {key: TOLERANCE.get(str(leaves[key[0]].values.dtype), 1e-9) for key in vectors}
    # Exact matches of all vectors come before any derivation, and simple derivations before others.
    for step in (_constant, _same, _by(rescaled), _by(shaped), _product, _by(affine)):
        for key, vector in vectors.items():
            if key not in done:
                recipe = step(vector, numbers, layout, tolerance[key])
                if recipe is not None:
                    done[key] = recipe
    for key, vector in vectors.items():
        if key not in done:
            name = own_name(leaves[key[0]], key[1], model, {*layout.bases, *sources})
            matrix = leaves[key[0]].name or "a matrix"
            several = leaves[key[0]].vectors().shape[1] > 1
            layout.bases[name] = numeric_base(name, vector, unmatched=matrix if several else "")
            done[key] = _take(name)
    layout.recipes = [[done[i, j] for j in range(_width(leaf))] for i, leaf in enumerate(leaves)]
    order = [*sources, *(name for name in layout.bases if name not in sources)]
    _tie(layout, order)
    return layout


def _indexes(layout: Layout, sources: Mapping[str, Source], model: pm.Model) -> dict[tuple[int, int], Recipe]:
    """Make the bases of group indexes: one for all leaves of equal codes; give each leaf's recipe."""
    together: dict[bytes, list[int]] = {}
    for i, leaf in enumerate(layout.leaves):
        if leaf.picks:
            together.setdefault(leaf.values.astype(np.float64).tobytes(), []).append(i)
    done: dict[tuple[int, int], Recipe] = {}
    for places in together.values():
        codes = layout.leaves[places[0]].values.astype(np.float64)
        recipe = _recoded(codes, layout, sources)
        if recipe is None:
            base = index_base(codes, [layout.leaves[i] for i in places], sources, model, layout.bases)
            layout.bases[base.name] = base
            recipe = _take(base.name)
        done |= {(i, 0): recipe for i in places}
    return done


def _recoded(codes: Vector, layout: Layout, sources: Mapping[str, Source]) -> Recipe | None:
    """Recognise an index that numbers the same column as another one, in another order."""
    exact, coded = matching(codes, sources)
    columns = [*exact, *coded]
    if not layout.bases.keys() >= {*columns}:
        return None  # another column names it
    for name in columns:
        base = layout.bases[name]
        if not base.is_index:
            continue
        table = dict(zip(base.values.astype(int).tolist(), codes.tolist(), strict=True))
        # A level without rows has no code here.
        if set(table) == set(range(len(base.levels))) and [table[c] for c in base.values] == codes.tolist():
            return _looked_up(np.array([table[level] for level in sorted(table)]), name)
    return None


def _looked_up(table: Vector, name: str) -> Recipe:
    """Give each code of a base another number."""
    return lambda known: np.asarray(table[known[name].astype(np.intp)])


def _width(leaf: Leaf) -> int:
    return int(leaf.vectors().shape[1])


def _vectors(leaves: tuple[Leaf, ...]) -> Iterator[tuple[tuple[int, int], Vector]]:
    """Columns of the leaves that are numbers, by leaf and column."""
    for i, leaf in enumerate(leaves):
        if not leaf.picks:
            for j, vector in enumerate(leaf.vectors().T):
                yield (i, j), vector.astype(np.float64)


def _constant(vector: Vector, _sources: Mapping[str, Vector], _layout: Layout, _tol: float) -> Recipe | None:
    """Recognise a column of ones, or of any one number."""
    if vector.min() != vector.max():
        return None
    value = float(vector[0])
    return lambda known: np.full(len(next(iter(known.values()))) if known else len(vector), value)


def _same(vector: Vector, sources: Mapping[str, Vector], layout: Layout, tol: float) -> Recipe | None:
    """Recognise a column as it is."""
    for name, values in {**{b.name: b.values for b in layout.bases.values()}, **sources}.items():
        if close(vector, values, tol):
            return _use(name, values, layout)
    return None


def _by(relation: Relation) -> Step:
    """Make a step that tries one relation to every base and column."""

    def step(vector: Vector, sources: Mapping[str, Vector], layout: Layout, tol: float) -> Recipe | None:
        for name, values in {**_numbers_used(layout), **sources}.items():
            function = relation(vector, values, tol)
            if function is not None:
                return _apply(function, _use(name, values, layout))
        return None

    return step


def _product(vector: Vector, sources: Mapping[str, Vector], layout: Layout, tol: float) -> Recipe | None:
    """Recognise a product of two columns, each perhaps centred."""
    used = _numbers_used(layout)
    pool = {**used, **dict(list(sources.items())[:MAX_PAIRS])}
    # Columns that the mean already uses come first; then those that it would not use otherwise.
    for names in (used, pool):
        for a, b in combinations(names, 2):
            function = interaction(vector, pool[a], pool[b], tol)
            if function is not None:
                return _apply2(function, _use(a, pool[a], layout), _use(b, pool[b], layout))
    return None


def _numbers_used(layout: Layout) -> dict[str, Vector]:
    """Bases but for group indices: codes of groups are no numbers to compute with."""
    return {name: base.values for name, base in layout.bases.items() if not base.is_index}


def _use(name: str, values: Vector, layout: Layout) -> Recipe:
    """Make a source a base, and take it."""
    layout.bases.setdefault(name, numeric_base(name, values))
    return _take(name)


def _take(name: str) -> Recipe:
    return lambda known: known[name]


def _apply(function: Callable[[Vector], Vector], a: Recipe) -> Recipe:
    return lambda known: function(a(known))


def _apply2(function: Callable[[Vector, Vector], Vector], a: Recipe, b: Recipe) -> Recipe:
    return lambda known: function(a(known), b(known))


def _tie(layout: Layout, order: list[str]) -> None:
    """Find bases that follow from others, so that they move together.

    Two passes, because a column may stand before the one that it follows from.
    """
    free = [name for name in order if name in layout.bases]
    for direction in (1, -1):
        for name in list(free):
            base = layout.bases[name]
            if base.is_index:
                continue
            others = [other for other in free if (order.index(other) - order.index(name)) * direction < 0]
            recipe = _follows(base.values, {other: layout.bases[other] for other in others})
            if recipe is not None:
                layout.derived[name] = recipe
                free.remove(name)
    # A recipe may use a base that was itself tied later: compute in an order that works.
    layout.derived = dict(reversed(layout.derived.items()))
    layout.bases = {name: layout.bases[name] for name in free}


def _follows(vector: Vector, others: dict[str, Base]) -> Recipe | None:
    """Make the recipe of a vector from one or two others."""
    for relation in (affine, shaped):
        for name, base in others.items():
            if relation is shaped and base.is_index:
                continue
            function = relation(vector, base.values, 1e-9)
            if function is not None:
                return _apply(function, _take(name))
    numbers = [name for name, base in others.items() if not base.is_index]
    for a, b in combinations(numbers, 2):
        product = interaction(vector, others[a].values, others[b].values, 1e-9)
        if product is not None:
            return _apply2(product, _take(a), _take(b))
    return None
