"""Expressions of the PyMC graph as plain functions of the constrained point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pytensor import function
from pytensor.graph.basic import Constant

from glm_magic.engines.instant.program import Floats, Variable
from glm_magic.model.as_written import AS_WRITTEN


class Probe:
    """Evaluates expressions at constrained points.

    The graph runs as it is written, in Python: made in a few milliseconds, where compiling
    takes seconds.

    Parameters
    ----------
    free : sequence of (Variable, TensorVariable)
        The free variables that the expressions depend on.
    outputs : sequence of TensorVariable
    n_dim : int
        Length of the constrained point.
    """

    def __init__(self, free: Sequence[tuple[Variable, Any]], outputs: Sequence[Any], n_dim: int) -> None:
        self.variables = tuple(variable for variable, _ in free)
        self.n_dim = n_dim
        self.n_outputs = len(outputs)
        self._dtypes = [rv.dtype for _, rv in free]
        self._function = function(
            [rv for _, rv in free], list(outputs), mode=AS_WRITTEN, on_unused_input="ignore"
        )
        # What it is given below has the types that it asks for.
        self._function.trust_input = True

    def __call__(self, c: Floats) -> list[Floats]:
        """Evaluate at one point, shape (n_dim,); the caller may write on what it is given."""
        values = [
            c[variable.start : variable.start + variable.size].reshape(variable.shape).astype(dtype)
            for variable, dtype in zip(self.variables, self._dtypes, strict=True)
        ]
        # Points are tried that no sampler would visit: what overflows there is not meant.
        with np.errstate(all="ignore"):
            return [np.require(value, np.float64, "W") for value in self._function(*values)]


def constants(expressions: Sequence[Any]) -> list[Floats]:
    """Evaluate expressions that depend on no variable."""
    known = {
        place: np.asarray(expression.data, dtype=np.float64)
        for place, expression in enumerate(expressions)
        if isinstance(expression, Constant)
    }
    unknown = [place for place in range(len(expressions)) if place not in known]
    if unknown:
        found = function([], [expressions[place] for place in unknown], mode=AS_WRITTEN)()
        for place, value in zip(unknown, found, strict=True):
            known[place] = np.asarray(value, dtype=np.float64)
    return [known[place] for place in range(len(expressions))]


# Operations that keep a linear predictor one. Whatever else an expression uses may be where a
# link begins, so that its inputs are candidates. Only a shortcut: what counts is how they behave.
_KEEP = {
    "Add", "Sub", "Mul", "Neg", "Identity", "Cast", "DimShuffle", "Subtensor", "AdvancedSubtensor",
    "AdvancedSubtensor1", "Dot", "Reshape", "Join", "Alloc", "MakeVector", "SpecifyShape", "Blockwise",
    "Gemv", "CAReduceDtype", "Sum", "IncSubtensor", "AdvancedIncSubtensor1", "AdvancedIncSubtensor",
    "ExpandDims", "Squeeze", "TensorFromScalar", "Matmul", "ViewOp",
}  # fmt: skip
MOST_CANDIDATES = 8


def candidates(expression: Any, free: set[Any]) -> list[Any]:
    """List where a linear predictor may be found in an expression, the deepest first.

    Parameters
    ----------
    expression : TensorVariable
    free : set of TensorVariable
        The free variables; the walk ends at them.

    Returns
    -------
    list of TensorVariable
        Inputs of operations that are not linear, and the expression itself last.
    """
    depends: dict[Any, bool] = {}
    found: list[Any] = []

    def moves(variable: Any) -> bool:
        """Whether a variable depends on a free one; collects candidates on the way up."""
        if variable in depends:
            return depends[variable]
        depends[variable] = False
        if variable in free:
            depends[variable] = True
        elif variable.owner is not None:
            moving = [one for one in variable.owner.inputs if moves(one)]
            depends[variable] = bool(moving)
            if _kind(variable.owner.op) not in _KEEP:
                found.extend(one for one in moving if one not in found and one.dtype.startswith("float"))
        return depends[variable]

    moves(expression)
    if expression in found:
        found.remove(expression)
    return [*found[: MOST_CANDIDATES - 1], expression]


def _kind(op: Any) -> str:
    """Name an operation: an element-wise one by what it does to a number."""
    inner = getattr(op, "scalar_op", None)
    return type(op if inner is None else inner).__name__


def without_axes(expression: Any) -> Any:
    """Strip the operations that only add, drop or order axes."""
    while expression.owner is not None and _kind(expression.owner.op) in {
        "DimShuffle",
        "ExpandDims",
        "Squeeze",
    }:
        expression = expression.owner.inputs[0]
    return expression


def free_ancestors(expressions: Sequence[Any], free: Sequence[tuple[Variable, Any]]) -> list[Any]:
    """Give the free variables that expressions depend on directly, in the model's order."""
    own = {rv for _, rv in free}
    seen: set[Any] = set()
    stack = list(expressions)
    while stack:
        variable = stack.pop()
        if variable in seen:
            continue
        seen.add(variable)
        if variable not in own and variable.owner is not None:
            stack.extend(variable.owner.inputs)
    return [pair for pair in free if pair[1] in seen]


__all__ = ["MOST_CANDIDATES", "Probe", "candidates", "constants", "free_ancestors", "without_axes"]
