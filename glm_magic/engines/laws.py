"""PyMC's log density of a distribution, and its gradient, as functions of the value and the parameters alone.

They are the same in every model, so each is derived once per process.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pytensor.graph.basic import Constant
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import ancestors
from pytensor.tensor.type import TensorType

from glm_magic.engines.kept import Kept
from glm_magic.engines.structure import operation
from glm_magic.model.as_written import AS_WRITTEN

# Functions belong to the process, as compiled code does; these are the places that hold them.
LAWS = Kept(128)
SLOPES = Kept(128)

INTEGERS = {"int8": "int64", "int16": "int64", "int32": "int64"}
NARROW = {**INTEGERS, "float32": "float64"}
"""Types in which PyTensor holds constants, and those in which they are computed with."""

Law = Callable[..., Any]


def inputs_of(rv: Any) -> list[Any]:
    """List what a random variable's distribution is given as numbers: parameters, and its size."""
    return [one for one in rv.owner.inputs if isinstance(one.type, TensorType)]


def law_of(rv: Any, value: Any) -> Law | None:
    """Make PyMC's log density of a distribution as a function of value and inputs, of any length.

    Parameters
    ----------
    rv, value : TensorVariable

    Returns
    -------
    callable or None
        None where it depends on more: a user's own density may use other variables of the model.
    """
    return _kept(LAWS, rv, value, INTEGERS, lambda _, logp: logp)


def slope_of(rv: Any, value: Any) -> Law | None:
    """Make the log density with its derivatives by value and inputs, those that are real numbers.

    Parameters
    ----------
    rv, value : TensorVariable

    Returns
    -------
    callable or None
        As `law_of`; it gives the log density, and a derivative of the shape of each real argument.
    """

    def slopes(given: Sequence[Any], logp: Any) -> Any:
        real = [one for one in given if is_real(one)]
        (logp,) = widened([logp], {})
        return [logp, *pytensor.grad(logp, real, disconnected_inputs="ignore")]

    return _kept(SLOPES, rv, value, NARROW, slopes)


def is_real(variable: Any) -> bool:
    """Tell whether a variable has derivatives."""
    return str(variable.type.dtype).startswith("float")


def _kept(
    kept: Kept,
    rv: Any,
    value: Any,
    narrow: Mapping[str, str],
    outputs: Callable[[Sequence[Any], Any], Any],
) -> Law | None:
    node, own = rv.owner, inputs_of(rv)
    types = [value.type, *(one.type for one in own)]
    # A user's distribution has a class of its own in every model, and its shapes may matter.
    if getattr(node.op, "fgraph", None) is None:
        size = node.op.size_param(node)
        types = [one.type if one is size else _any_length(one.type) for one in (value, *own)]
    key: Hashable = (operation(node.op), tuple(types))
    law: Law | None = kept.get(key)
    if law is not None:
        return law
    given = [one() for one in types]
    places = dict(zip(own, given[1:], strict=True))
    remade = node.clone_with_new_inputs([places.get(one, one) for one in node.inputs], strict=False)
    logp = pm.logp(remade.outputs[node.outputs.index(rv)], given[0]).sum()
    if any(_of_the_model(one) for one in ancestors([logp], blockers=given) if one not in given):
        return None
    # PyTensor holds a constant 10 in 8 bits, in which nu * sigma**2 overflows where it is evaluated as written.
    wide = {
        one: TensorType(narrow[one.type.dtype], shape=one.type.shape)()
        for one in given
        if one.type.dtype in narrow
    }
    logp = clone_replace(logp, replace=wide, rebuild_strict=False) if wide else logp
    given = [wide.get(one, one) for one in given]
    law = pytensor.function(given, outputs(given, logp), mode=AS_WRITTEN, on_unused_input="ignore")
    kept.put(key, law)
    return law


def widened(outputs: Sequence[Any], replaced: Mapping[Any, Any]) -> list[Any]:
    """Compute in 64 bits what PyTensor would in 32, for it holds a 5.0 in these, and 1 / 5.0 is 0.2 to 8 digits.

    Parameters
    ----------
    outputs : sequence of Variable
    replaced : mapping of Variable to Variable
        What else is put in the place of variables.

    Returns
    -------
    list of Variable
    """
    narrow = {
        one: pt.constant(np.asarray(one.data, dtype="float64"))
        for one in ancestors(outputs)
        if isinstance(one, Constant) and getattr(one.type, "dtype", "") == "float32"
    }
    return list(clone_replace(list(outputs), replace={**narrow, **replaced}, rebuild_strict=False))


def _any_length(known: Any) -> Any:
    return TensorType(known.dtype, shape=tuple(1 if length == 1 else None for length in known.shape))


def _of_the_model(variable: Any) -> bool:
    """Whether a variable belongs to one model: it is random, or an input of the graph."""
    if variable.owner is None:
        return not isinstance(variable, Constant)
    return hasattr(variable.owner.op, "dist_params")
