"""Priors as the user wrote them: records, made by `priors`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from glm_magic.errors import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A distribution as the user wrote it: ``Normal(0, sigma=HalfNormal(2))``.

    Attributes
    ----------
    name : str
        Name of a PyMC distribution, not yet looked up.
    args : tuple
        Positional arguments: numbers, tuples of numbers, or `Call`.
    kwargs : mapping
        Keyword arguments, of the same kinds.
    where : Where
        The text of the call.
    """

    name: str
    args: tuple[Argument, ...] = ()
    kwargs: Mapping[str, Argument] = field(default_factory=dict)
    where: Where


Argument = float | int | tuple[float, ...] | Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A number in the place of a distribution: ``nu ~ 4``.

    Attributes
    ----------
    value : float
    where : Where
        The text of the number.
    """

    value: float
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value written in a formula that formulae cannot read: ``[1, 2]``, ``1e-3``, ``bins[1:]``.

    Attributes
    ----------
    text : str
        As Python's `ast.unparse` writes it; formulae looks the value up under this name.
    where : Where
        Its first place.
    """

    text: str
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A prior line: ``NAME ~ Dist(args)``, or ``NAME ~ number`` for a parameter that is known.

    Attributes
    ----------
    target : str
        A term as the summary names it (``x``, ``1|school``, ``sigma``, ``sigma_x``), with
        the spacing of formulae (``I(x ** 2)``).
    distribution : Call or Fixed
        The distribution, or the number at which the parameter is fixed.
    where : Where
        The text of the target.
    """

    target: str
    distribution: Call | Fixed
    where: Where


def text_of(distribution: Call | Fixed) -> str:
    """Write a prior so that it can be read again, in one line.

    Parameters
    ----------
    distribution : Call or Fixed

    Returns
    -------
    str
        ``"Normal(0, sigma=HalfNormal(2))"``.
    """
    return _text(distribution.value if isinstance(distribution, Fixed) else distribution)


def _text(argument: Argument) -> str:
    match argument:
        case Call():
            given = [
                *map(_text, argument.args),
                *(f"{name}={_text(own)}" for name, own in argument.kwargs.items()),
            ]
            return f"{argument.name}({', '.join(given)})"
        case tuple():
            return f"[{', '.join(map(_text, argument))}]"
        case float() if math.isinf(argument):
            return "inf" if argument > 0 else "-inf"
        case _:
            return repr(argument)
