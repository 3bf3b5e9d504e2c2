"""The call that states a random variable."""

from __future__ import annotations

from glm_magic.code import Random
from glm_magic.code.literals import numbers, text


def call_of(random: Random, python: dict[str, str] | None = None) -> str:
    """Write the call of a prior.

    Parameters
    ----------
    random : Random
    python : dict of str to str, optional
        What other variables are called in Python.

    Returns
    -------
    str
        ``pm.Normal("x", mu=0, sigma=1)``.
    """
    known = python or {}
    arguments = [
        f"{name}={known.get(value, value) if isinstance(value, str) else numbers(value)}"
        for name, value in random.arguments.items()
    ]
    return f"pm.{random.family}({', '.join([text(random.variable), *arguments])}{rest_of(random)})"


def rest_of(random: Random) -> str:
    """Write what follows the arguments of a prior: ``, dims="g_dim"`` or nothing.

    Parameters
    ----------
    random : Random

    Returns
    -------
    str
    """
    besides = "".join(f", {name}={value}" for name, value in random.computing.items())
    return f"{besides}{dims_text(random.dims)}"


def dims_text(dims: tuple[str, ...]) -> str:
    """Write the argument ``dims``, with the comma before it.

    Parameters
    ----------
    dims : tuple of str

    Returns
    -------
    str
    """
    if not dims:
        return ""
    written = text(dims[0]) if len(dims) == 1 else f"({', '.join(map(text, dims))})"
    return f", dims={written}"
