"""The functions and operators inside the calls of a formula, to be evaluated one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from bambi.transformations import transformations_namespace
from formulae.categorical import ENCODINGS
from formulae.environment import Environment
from formulae.terms.call_resolver import LazyCall, LazyOperator, get_function_from_module
from formulae.transforms import TRANSFORMS

BY_ROW = {id(function) for function in {**TRANSFORMS, **ENCODINGS, **transformations_namespace}.values()}
"""formulae's and Bambi's own functions, which remember what they need."""


def environment(given: Mapping[str, Any]) -> Environment:
    """Make the names that formulae looks up besides the columns.

    Parameters
    ----------
    given : mapping of str to object
        What `glm_magic.model.arguments.arguments_of` gives.

    Returns
    -------
    formulae.environment.Environment
    """
    return Environment(({**TRANSFORMS, **ENCODINGS}, {**transformations_namespace, **given}))


def inside(node: Any) -> list[Any]:
    """List what a call or an operator is made of."""
    return [*getattr(node, "args", ()), *getattr(node, "kwargs", {}).values()]


def operations(node: Any, env: Environment) -> Iterator[Any]:
    """Yield the operators and the functions that are not formulae's own, the inner ones first.

    Parameters
    ----------
    node : object
        formulae's lazy call, operator, variable or value.
    env : formulae.environment.Environment

    Yields
    ------
    LazyCall or LazyOperator
    """
    for part in inside(node):
        yield from operations(part, env)
    match node:
        case LazyOperator():
            yield node
        case LazyCall():
            function = get_function_from_module(node.callee, env)
            # formulae lends names to ufuncs of NumPy's, such as log.
            if isinstance(function, np.ufunc) or id(function) not in BY_ROW:
                yield node


def value_of(node: Any, frame: pd.DataFrame, env: Environment) -> Any:
    """Evaluate a call or an operator; None when it fails.

    Parameters
    ----------
    node : LazyCall or LazyOperator
    frame : pandas.DataFrame
    env : formulae.environment.Environment

    Returns
    -------
    object
    """
    try:
        with np.errstate(all="ignore"):
            return node.eval(frame, env)
    # The user's own function may raise anything; Bambi evaluates the call again, and its error is shown.
    except Exception:  # noqa: BLE001
        return None
