"""What the ``sample(...)`` call of a PyMC block asks for beyond the options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that was asked for and has no meaning here, or that changed how the model is fitted.

    Attributes
    ----------
    message : str
        A clause.
    advice : str
        What to do about it, a clause too.
    """

    message: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the ``sample(...)`` call of a PyMC block asks for beyond the options.

    Attributes
    ----------
    max_treedepth : int or None
        Greatest depth of NUTS' trees; None means the engine's default.
    initvals : mapping or None
        Where every chain begins, by variable or its name.
    var_names : tuple of str or None
        The variables that the bound draws hold; None means all.
    groups : mapping of str to object
        What is computed after the sampling: ``"log_likelihood"`` or ``"log_prior"`` to True or to names
        of variables.
    labels : mapping of str to mapping
        ``"dims"``: names of dimensions by variable, ``"coords"``: labels by dimension, for the bound draws.
    progress : bool
        Whether the progress is shown.
    pymc : mapping of str to object
        Further arguments of `pymc.sample`, for when PyMC's own sampler draws.
    engine : mapping of str to object
        Further settings of nutpie, numpyro or blackjax, for when one of them was chosen.
    notes : tuple of Note
    """

    max_treedepth: int | None = None
    initvals: Mapping[object, object] | None = None
    var_names: tuple[str, ...] | None = None
    groups: Mapping[str, object] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    progress: bool = True
    pymc: Mapping[str, object] = field(default_factory=dict)
    engine: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
