"""The only file that knows two generations of PyMC and ArviZ exist.

On Python 3.11 pip gives PyMC 5.28, Bambi 0.17, ArviZ 0.23 and nutpie 0.16.8; from 3.12
on it gives PyMC 6, Bambi 0.21, ArviZ 1 and nutpie 0.16.11. Each function tests the
object that it is given and never a version number, so that a release in between works.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray

Heard = Callable[[list[tuple[int, int, int]]], None]
"""Receives (draws finished, draws in total, divergences) of each chain, in chain order."""


def to_tree(result: Any) -> xarray.DataTree:
    """Turn what a sampler or a file gave into a DataTree.

    Parameters
    ----------
    result : arviz.InferenceData or xarray.DataTree
        ArviZ 0.23 has the first, ArviZ 1 the second.

    Returns
    -------
    xarray.DataTree
        The same groups; a DataTree is returned as it is.
    """
    import xarray

    if isinstance(result, xarray.DataTree):
        return result
    tree: xarray.DataTree = result.to_datatree()
    return tree


def to_native(tree: xarray.DataTree) -> Any:
    """Turn a DataTree into what this ArviZ, PyMC and Bambi take.

    Parameters
    ----------
    tree : xarray.DataTree
        A posterior and its other groups.

    Returns
    -------
    arviz.InferenceData or xarray.DataTree
        The first where ArviZ still has that class.
    """
    arviz: Any = importlib.import_module("arviz")
    # Not hasattr: ArviZ 1 answers with a warning about its migration.
    if "InferenceData" in vars(arviz):
        return arviz.from_datatree(tree)
    return tree


def group(result: Any, name: str) -> xarray.Dataset:
    """Read one group of a sampler's result as a Dataset.

    Parameters
    ----------
    result : arviz.InferenceData or xarray.DataTree
        What a sampler returned.
    name : str
        ``"posterior"``, ``"sample_stats"``, ...

    Returns
    -------
    xarray.Dataset
        The group: a copy of its index, not of its arrays.
    """
    found = result[name]
    dataset: xarray.Dataset = found.to_dataset() if hasattr(found, "to_dataset") else found
    return dataset


def bambi_parameters(model: Any) -> dict[str, Any]:
    """List the likelihood's parameters that have a linear predictor.

    Parameters
    ----------
    model : bambi.Model
        A model, built or not.

    Returns
    -------
    dict of str to object
        Parameter name (``"mu"``, ``"sigma"``) to Bambi's record of it, which has
        ``common_terms``, ``group_specific_terms``, ``intercept_term``, ``offset_terms``
        and ``hsgp_terms``.
    """
    name = _first_attribute(model, "conditional_parameters", "distributional_components")
    return dict(getattr(model, name))


def bambi_marginal_parameters(model: Any) -> dict[str, Any]:
    """List the likelihood's parameters that are one number each, such as ``sigma``.

    Parameters
    ----------
    model : bambi.Model
        A model, built or not.

    Returns
    -------
    dict of str to object
        Parameter name to Bambi's record of it, which has a ``prior``.
    """
    name = _first_attribute(model, "marginal_parameters", "constant_components")
    return dict(getattr(model, name))


def bambi_order(model: Any) -> None:
    """Put the parameters that are one number each in their family's order, before the model is built.

    Bambi takes them from a set of texts, so their order, and what a seed draws, changes with each process.
    """
    record = vars(model)[_first_attribute(model, "_components", "components")]
    single = bambi_marginal_parameters(model)
    record.update({name: record.pop(name) for name in model.family.likelihood.params if name in single})


def bambi_response_term(model: Any) -> Any:
    """Return Bambi's response term.

    Parameters
    ----------
    model : bambi.Model
        A model, built or not.

    Returns
    -------
    object
        It has ``name``, ``data`` and, for categories, ``levels``.
    """
    # The old name still exists where the new one does, but warns: ask for the new one first.
    if _has(model, "response_term"):
        return model.response_term
    return model.response_component.term


def bambi_centre(model: Any, centred: list[Any], terms: list[Any]) -> None:
    """Centre the effects of some group-specific terms, and leave the others as they are.

    Parameters
    ----------
    model : bambi.Model
        With its priors, not yet built.
    centred : list of bambi.terms.GroupSpecificTerm
        Those that are drawn from their prior itself, as are the parameters of their prior.
    terms : list of bambi.terms.GroupSpecificTerm
        All of them; the others are an offset times a scale.
    """
    if not centred:
        return
    if all(hasattr(term.prior, "noncentered") for term in centred):
        nested = [term.prior for term in centred]
        while nested:
            prior = nested.pop()
            prior.noncentered = False
            nested += [value for value in prior.args.values() if hasattr(value, "noncentered")]
        return
    # Bambi 0.17 has one setting for the whole model: the others get its non-centred form as their own.
    model.noncentered = False
    for term in terms:
        if term not in centred:
            term.prior.dist = _offset_times_scale


def _offset_times_scale(name: str, *, mu: Any, sigma: Any, dims: Any) -> Any:
    import pymc

    offset = pymc.Normal(f"{name}_offset", mu=mu, sigma=1, dims=dims)
    return pymc.Deterministic(name, offset * sigma, dims=dims)


def nutpie_start(compiled: Any, hear: Heard, *, rate_ms: int = 100, **settings: Any) -> Any:
    """Start nutpie in the background and listen to its progress.

    Parameters
    ----------
    compiled : nutpie.compile_pymc.CompiledPyMCModel
        A compiled model.
    hear : callable
        Called from nutpie's thread, about every `rate_ms` milliseconds.
    rate_ms : int
        Milliseconds between calls.
    **settings
        Passed to `nutpie.sample`.

    Returns
    -------
    object
        nutpie's handle, with ``wait(timeout=)``, ``abort()`` and ``cancel()``.
    """
    import nutpie

    # nutpie's own bar is off: it would print to the cell next to ours.
    common = {"progress_bar": False, "blocking": False, "progress_rate": rate_ms, **settings}
    if "progress_callback" in inspect.signature(nutpie.sample).parameters:

        def tell(chains: Iterable[Any]) -> None:
            hear([(one.finished_draws, one.total_draws, one.divergences) for one in chains])

        return nutpie.sample(compiled, progress_callback=tell, **common)
    return nutpie.sample(_TemplateProgress(compiled, hear, rate_ms), **common)


def nutpie_mass(kind: str) -> dict[str, Any]:
    """Give the setting of `nutpie.sample` for a mass matrix ``"low_rank"``, or ``"draw_diag"``, of draws alone."""
    import nutpie

    if "adaptation" in inspect.signature(nutpie.sample).parameters:
        return {"adaptation": kind}
    draws_alone = kind == "draw_diag"
    return {"use_grad_based_mass_matrix": False} if draws_alone else {"low_rank_modified_mass_matrix": True}


_TEMPLATE = (
    "{% for chain in chains %}"
    "{{ chain.finished_draws }} {{ chain.total_draws }} {{ chain.divergences }};"
    "{% endfor %}"
)


class _TemplateProgress:
    """A compiled model whose sampler reports progress, for a nutpie without a callback.

    nutpie 0.16.8 reports only through the text of its notebook display: a template that
    it fills in and hands to a callback. It builds the sampler by asking the compiled
    model, which is where this stand-in puts a template of plain numbers.
    """

    def __init__(self, compiled: Any, hear: Heard, rate_ms: int) -> None:
        self._compiled = compiled
        self._hear = hear
        self._rate_ms = rate_ms

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiled, name)

    def _tell(self, filled: str) -> None:
        rows = [row.split() for row in filled.split(";") if row.strip()]
        self._hear([(int(done), int(total), int(bad)) for done, total, bad in rows])

    def _make_sampler(self, settings: Any, init_mean: Any, cores: int, progress: Any, *rest: Any) -> Any:
        from nutpie import _lib

        if hasattr(_lib.ProgressType, "template_callback"):
            progress = _lib.ProgressType.template_callback(self._rate_ms, _TEMPLATE, cores, self._tell)
        return self._compiled._make_sampler(settings, init_mean, cores, progress, *rest)


def _has(thing: Any, name: str) -> bool:
    """Whether a class has an attribute, without running a property that would warn."""
    return hasattr(type(thing), name) or name in getattr(thing, "__dict__", {})


def _first_attribute(thing: Any, *names: str) -> str:
    """Find the first of several names that an object has; new names come first."""
    for name in names:
        if _has(thing, name):
            return name
    raise AttributeError(f"{type(thing).__name__} has none of {', '.join(names)}")


def takes_rows(op: object) -> bool:
    """Whether a PyTensor operation is an advanced indexing, as ``a[group]`` is.

    PyTensor 2 has a second class for one index vector, ``AdvancedSubtensor1``.
    """
    return type(op).__name__ in {"AdvancedSubtensor", "AdvancedSubtensor1"}


def inlined(node: Any) -> list[Any]:
    """Write out an operation that is itself a graph, such as a `pymc.CustomDist`.

    Parameters
    ----------
    node : pytensor.graph.basic.Apply
        Of an operation with an inner graph, ``fgraph``.

    Returns
    -------
    list of Variable
        Its outputs, computed from its inputs by that graph.
    """
    graph = node.op.fgraph
    # PyTensor 3 freezes inner graphs, and binds them to inputs itself.
    if hasattr(graph, "bind"):
        return list(graph.bind(dict(zip(graph.inputs, node.inputs, strict=True))))
    from pytensor.graph.replace import graph_replace

    # Not clone_replace: it would clone the random variables behind the inputs too.
    return list(graph_replace(graph.outputs, dict(zip(graph.inputs, node.inputs, strict=True)), strict=False))


def nutpie_data_names(compiled: Any) -> set[str]:
    """List the shared variables that a compiled model reads, by the names that its ``with_data`` takes."""
    # Old versions know them by name, new ones by variable.
    keys = getattr(compiled, "shared_var_keys", None)
    return set(compiled.shared_data) if keys is None else {variable.name for variable in keys}


def nutpie_model(**parts: Any) -> Any:
    """Make a model for nutpie from function pointers.

    Parameters
    ----------
    **parts
        Fields of `nutpie.compile_pymc.CompiledPyMCModel` that all versions have.

    Returns
    -------
    nutpie.compile_pymc.CompiledPyMCModel
        Fields that only newer versions have are empty.
    """
    from dataclasses import MISSING, fields

    from nutpie.compile_pymc import CompiledPyMCModel

    empty: dict[str, Any] = {"shared_var_keys": {}, "reparameterized_names": []}
    needed = {field.name for field in fields(CompiledPyMCModel) if field.default is MISSING}
    return CompiledPyMCModel(**parts, **{name: empty[name] for name in needed - set(parts)})
