"""Operations of PyTensor 2 and of PyTensor 3."""

from __future__ import annotations

from typing import Any


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
