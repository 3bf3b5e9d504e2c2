"""Where data enters the mean of a PyMC model, and the mean as a function of that data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray
from numpy.typing import NDArray
from pytensor.compile.mode import Mode
from pytensor.graph.basic import Constant
from pytensor.graph.replace import vectorize_graph
from pytensor.graph.traversal import io_toposort
from pytensor.tensor.shape import Shape, Shape_i

from glm_magic._stack import takes_rows
from glm_magic.predictor.graph.cuts import Picked, depending, find_cuts, is_random

Variable = Any

BLOCK_ELEMENTS = 2_000_000
# The Python linker starts in milliseconds, and NumPy works on whole blocks. No rewrites: they join a * b * c
# into one operation of three inputs, which PyTensor 2 computes element by element, a thousand times slower.
MODE = Mode(linker="py", optimizer=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One array of data in the graph of the mean, with a value per row.

    Attributes
    ----------
    variable : pytensor variable
        Where it stands in the graph.
    values : ndarray, shape (n_rows,) or (n_rows, p) or (p, n_rows)
        Its values.
    rows : int
        The dimension that runs over rows.
    name : str
        Name of the variable in the model, or of the one whose elements it repeats; or empty.
    picks : tuple of Picked
        What it indexes: one for each place where it is an index; empty if it is none.
    """

    variable: Variable
    values: NDArray[Any]
    rows: int
    name: str = ""
    picks: tuple[Picked, ...] = ()

    def vectors(self) -> NDArray[Any]:
        """Columns of the leaf, shape (n_rows, p)."""
        return np.moveaxis(self.values, self.rows, 0).reshape(self.values.shape[self.rows], -1)

    def with_vectors(self, vectors: NDArray[Any]) -> NDArray[Any]:
        """Shape an array like the leaf's own from columns of shape (n_rows, p)."""
        shape = np.moveaxis(self.values, self.rows, 0).shape
        return np.moveaxis(vectors.reshape(shape), 0, self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """The mean of every row as a function of the free variables and the leaves.

    Attributes
    ----------
    leaves : tuple of Leaf
    names : tuple of str
        Free variables that the mean depends on.
    n_rows : int
    n_categories : int
        Size of the last dimension of the mean; 0 if there is none.
    function : callable
        Compiled; takes the leaves and then the draws of each free variable.
    """

    leaves: tuple[Leaf, ...]
    names: tuple[str, ...]
    n_rows: int
    n_categories: int
    function: Any

    def rows(self, draws: dict[str, NDArray[Any]], leaves: list[NDArray[Any]]) -> NDArray[np.float64]:
        """Evaluate every row.

        Parameters
        ----------
        draws : mapping of str to ndarray, shape (n_samples, ...)
        leaves : list of ndarray
            One per leaf, of the leaf's shape.

        Returns
        -------
        ndarray, shape (n_samples, n_rows) or (n_samples, n_rows, n_categories)
        """
        n_samples = next(iter(draws.values())).shape[0] if draws else 1
        tail = (self.n_rows, self.n_categories) if self.n_categories else (self.n_rows,)
        block = max(1, BLOCK_ELEMENTS // int(np.prod(tail)))
        out = np.empty((n_samples, *tail))
        # A draw may leave the domain of the mean (a zero denominator): that line is then NaN.
        with np.errstate(all="ignore"):
            for start in range(0, n_samples, block):
                part = slice(start, start + block)
                value = self.function(*leaves, *(draws[name][part] for name in self.names))
                out[part] = np.broadcast_to(_align(np.asarray(value), len(tail)), out[part].shape)
        return out

    def read(self, posterior: xarray.Dataset) -> dict[str, NDArray[Any]]:
        """Take the free variables' draws, sample first, from a Dataset with one dimension ``sample``."""
        return {name: posterior[name].transpose("sample", ...).to_numpy() for name in self.names}


def _align(value: NDArray[Any], n_dimensions: int) -> NDArray[Any]:
    """Insert dimensions after the sample dimension, so that NumPy broadcasts rows to rows."""
    missing = n_dimensions + 1 - value.ndim
    return value.reshape(value.shape[0], *(1,) * missing, *value.shape[1:]) if missing > 0 else value


def find_surface(
    graph: Variable, model: pm.Model, n_rows: int, example: dict[str, NDArray[Any]], *, categories: bool
) -> Surface | str:
    """Cut the graph of the mean at its data, and compile what is left.

    The graph is cut at the free variables and at the lowest arrays of data from which each row is
    computed by itself. So ``(x - x.mean()) / x.std()`` is cut at x, at its mean and at its standard
    deviation, and only x is a leaf: the other two stay what they were in the fit.

    Parameters
    ----------
    graph : pytensor variable
    model : pymc.Model
    n_rows : int
    example : mapping of str to ndarray, shape (n_samples, ...)
        Any values of the free variables; the number of categories is read from them.
    categories : bool
        Whether the last dimension of the mean runs over categories.

    Returns
    -------
    Surface or str
        The reason if the graph cannot be evaluated from draws of the free variables.
    """
    graph = _observed_as_data(graph, model)
    free = list(model.free_RVs)
    depends = depending(graph, free)
    cuts = find_cuts(graph, depends)
    if any(is_random(cut) for cut in cuts):
        return (
            "the mean contains a random variable that the model did not draw "
            "(pm.Minibatch, or a distribution made with .dist())"
        )
    if any(is_random(v) and v not in free for v in depends):
        return "the mean contains a random variable that is not in the model"
    leaves, frozen = [], {}
    for cut, value in zip(cuts, data_values(list(cuts)), strict=True):
        leaf = _leaf(cut, value, n_rows, cuts[cut])
        if leaf is not None:
            leaves.append(leaf)
        elif not isinstance(cut, Constant):
            frozen[cut] = pt.constant(value, dtype=cut.type.dtype)
    used = [rv for rv in free if rv in depends]
    compiled = _compile(graph, leaves, used, frozen)
    n_categories = 0
    if categories:
        draws = [example[str(rv.name)] for rv in used]
        n_categories = int(compiled(*(leaf_values(leaf) for leaf in leaves), *draws).shape[-1])
    return Surface(
        leaves=tuple(leaves),
        names=tuple(str(rv.name) for rv in used),
        n_rows=n_rows,
        n_categories=n_categories,
        function=compiled,
    )


def _compile(
    graph: Variable, leaves: list[Leaf], used: list[Variable], frozen: dict[Variable, Variable]
) -> Any:
    """Compile a graph as a function of its leaves and of many draws of its free variables at once."""
    inputs = [_leaf_input(leaf) for leaf in leaves]
    single = [rv.type() for rv in used]
    swaps = {leaf.variable: new for leaf, new in zip(leaves, inputs, strict=True)}
    rebuilt = _rebuild(graph, {**swaps, **frozen, **dict(zip(used, single, strict=True))})
    batched = [pt.tensor(dtype=v.type.dtype, shape=(None, *v.type.shape)) for v in single]
    (output,) = vectorize_graph([rebuilt], dict(zip(single, batched, strict=True)))
    if output.type.ndim == rebuilt.type.ndim:  # nothing was drawn: the same for all draws
        output = pt.expand_dims(output, 0)
    return pm.compile([*inputs, *batched], output, mode=MODE, on_unused_input="ignore")


def leaf_values(leaf: Leaf) -> NDArray[Any]:
    """Return the values of the fit, in the type that the compiled function takes."""
    return np.asarray(leaf.values, dtype=_leaf_input(leaf).type.dtype)


def _observed_as_data(graph: Variable, model: pm.Model) -> Variable:
    """Where the mean uses another observed variable, use what was observed."""
    swaps = {rv: model.rvs_to_values[rv] for rv in model.observed_RVs}
    return _rebuild(graph, swaps)


def data_values(variables: list[Variable]) -> list[NDArray[Any]]:
    """Evaluate variables that depend on no free variable."""
    unknown = [v for v in variables if not isinstance(v, Constant)]
    known = pm.compile([], unknown, mode=MODE)() if unknown else []
    table = dict(zip(unknown, known, strict=True))
    return [np.asarray(v.data if isinstance(v, Constant) else table[v]) for v in variables]


def _leaf(cut: Variable, value: NDArray[Any], n_rows: int, picks: tuple[Picked, ...]) -> Leaf | None:
    """Describe a cut as a leaf if it has a value per row."""
    is_shape = cut.owner is not None and isinstance(cut.owner.op, Shape | Shape_i)
    if is_shape or value.ndim not in (1, 2) or n_rows not in value.shape:
        return None
    if picks and (value.ndim != 1 or value.dtype.kind not in "iu" or value.min() < 0):
        return None
    return Leaf(
        variable=cut, values=value, rows=value.shape.index(n_rows), name=_name_of(cut), picks=picks
    )  # fmt: skip


def _name_of(cut: Variable) -> str:
    """Name data after its variable; ``team_of[player]`` after ``team_of``."""
    if cut.owner is not None:
        cut = cut.owner.inputs[0] if takes_rows(cut.owner.op) else cut
    return str(cut.name) if cut.name and cut.owner is None else ""


def _leaf_input(leaf: Leaf) -> Variable:
    """Make an input of a leaf's shape; whole numbers become floats, because a grid has fractions."""
    dtype = str(leaf.values.dtype)
    keep = bool(leaf.picks) or leaf.values.dtype.kind in "fb"
    return pt.tensor(dtype=dtype if keep else "float64", shape=leaf.values.shape)


def _rebuild(graph: Variable, swaps: dict[Variable, Variable]) -> Variable:
    """Copy a graph with some variables replaced, types re-inferred along the way."""
    new = dict(swaps)
    for node in io_toposort(list(swaps), [graph]):
        inputs = [new.get(v, v) for v in node.inputs]
        if all(a is b for a, b in zip(inputs, node.inputs, strict=True)):
            continue
        copy = node.clone_with_new_inputs(inputs, strict=False)
        for old, fresh in zip(node.outputs, copy.outputs, strict=True):
            new.setdefault(old, fresh)
    return new.get(graph, graph)
