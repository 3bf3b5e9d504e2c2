"""A hypothesis about parameters: records, made by `hypothesis`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glm_magic.errors import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of an expression, which takes its operands from a stack and leaves its value there.

    Attributes
    ----------
    kind : {"number", "parameter", "negative", "operator", "function"}
    value : float or str
        The number, the parameter's label, the operator's sign or the function's name.
    where : Where
        What it is computed from, in the user's text.
    """

    kind: Literal["number", "parameter", "negative", "operator", "function"]
    value: float | str
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two expressions that are compared.

    Attributes
    ----------
    left, right : tuple of Step
    sign : {"<", ">", "<=", ">=", "="}
    where : Where
    """

    left: tuple[Step, ...]
    right: tuple[Step, ...]
    sign: str
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """A statement about parameters that each draw answers.

    Attributes
    ----------
    text : str
        As the user wrote it.
    parts : tuple of Comparison or str
        Comparisons, and ``"and"`` and ``"or"`` behind the two that they join.
    """

    text: str
    parts: tuple[Comparison | str, ...]


@dataclass(slots=True)
class Value:
    """A number, while the text is read: the steps of an arithmetic expression, and where it stands."""

    steps: list[Step]
    start: int
    end: int


@dataclass(slots=True)
class Truth:
    """A condition, while the text is read: the parts of a hypothesis, and where it stands."""

    parts: list[Comparison | str]
    start: int
    end: int


Node = Value | Truth
