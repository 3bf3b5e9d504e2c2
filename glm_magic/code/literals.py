"""Python values as Python text."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

WIDEST = 90
"""Letters of a line that is not folded."""


def text(value: str) -> str:
    """Write text as a literal in double quotes.

    Parameters
    ----------
    value : str

    Returns
    -------
    str
    """
    # JSON's escapes are Python's.
    return json.dumps(value, ensure_ascii=False)


def number(value: float) -> str:
    """Write a number with every digit that it has.

    Parameters
    ----------
    value : float

    Returns
    -------
    str
        As a browser writes it, too: ``"2"``, ``"0.1"``; ``"np.inf"``.
    """
    if not math.isfinite(value):
        return "np.nan" if math.isnan(value) else "np.inf" if value > 0 else "-np.inf"
    return repr(float(value)).removesuffix(".0")


def numbers(values: Any) -> str:
    """Write an array: its one number, or lists.

    Parameters
    ----------
    values : array_like

    Returns
    -------
    str
    """
    array = np.asarray(values, dtype=float)
    if array.size == 1 and array.ndim <= 1:
        return number(float(array.reshape(-1)[0]))
    return _nested(array)


def _nested(array: Any) -> str:
    if array.ndim == 0:
        return number(float(array))
    return f"[{', '.join(_nested(one) for one in array)}]"


def folded(parts: Sequence[str], operator: str) -> str:
    """Join the parts of a sum, each in a line of its own where they are too long for one.

    Parameters
    ----------
    parts : sequence of str
    operator : str

    Returns
    -------
    str
        For a statement that is indented by four spaces.
    """
    one_line = f" {operator} ".join(parts)
    if len(one_line) <= WIDEST:
        return one_line
    lines = f"\n        {operator} ".join(parts)
    return f"(\n        {lines}\n    )"


def levels(values: Iterable[Any]) -> str | None:
    """Write the levels of a factor as a list.

    Parameters
    ----------
    values : iterable

    Returns
    -------
    str or None
        None where a level is no text, number or truth value.
    """
    written = [_level(value.item() if isinstance(value, np.generic) else value) for value in values]
    return None if None in written else f"[{', '.join(map(str, written))}]"


def _level(value: Any) -> str | None:
    match value:
        case bool():
            return str(value)
        case str():
            return text(value)
        case int():
            return str(value)
        case float() if not pd.isna(value):
            return repr(value)
        case _:
            return None
