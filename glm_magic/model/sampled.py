"""What a PyMC block samples, and what came of it: the records of `model.run`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pymc

from glm_magic.request import SampleCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What a block samples, where it does.

    Attributes
    ----------
    model : pymc.Model
    title : str
    names : mapping of str to object
        What the block sees and has assigned.
    arguments : mapping of str to object
        The arguments of its ``sample(...)``.
    call : SampleCall or None
        Where it samples; None at the end of a block without such a call.
    before : int
        How many fits the cell has made before this one.
    """

    model: pymc.Model
    title: str
    names: Mapping[str, Any]
    arguments: Mapping[str, Any]
    call: SampleCall | None = None
    before: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """What came of it.

    Attributes
    ----------
    fit : object
    whole : bool
        Whether the user let it run to the end; if not, nothing that follows is run.
    bind : callable
        Gives what ``sample(...)`` evaluates to. It may fail: the fit is there all the same.
    """

    fit: Any
    whole: bool
    bind: Callable[[], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRun:
    """A block that has been run.

    Attributes
    ----------
    fit : object
        The last one, if the block samples several times.
    names : dict of str to object
        What the block assigned; empty when its first fit was interrupted.
    value : object
        Of the expression that ends the cell after the sampling; None without one.
    error : BaseException or None
        What ended the statements after the sampling.
    """

    fit: Any
    names: dict[str, Any]
    value: Any = None
    error: BaseException | None = None
