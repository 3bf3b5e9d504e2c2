"""Request and names -> Model: a `pymc.Model`, and what the user sees in it.

- `formula`: formula cells, through Bambi
- `priors`: prior lines -> Bambi priors
- `support`: does the response fit the family?
- `block`: PyMC cells, run in the user's names
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

if TYPE_CHECKING:
    import bambi
    import pymc

    from glm_magic.model.centering import CenteredIntercept
    from glm_magic.model.recipe import Recipe
from glm_magic.request.what_if import WhatIf


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A variable of the data as it is drawn.

    Attributes
    ----------
    name : str
        The user's name for it.
    values : ndarray, shape (n_rows,)
        Numbers in the variable's own unit; for a categorical variable the positions in
        `levels`. NaN where missing.
    levels : tuple of str
        Names of the categories, the reference first as the model orders them; empty when numeric.
    """

    name: str
    values: NDArray[np.float64]
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Rows that were left out because a value is missing.

    Attributes
    ----------
    rows : int
        How many.
    of : int
        Rows before.
    columns : mapping of str to int
        Missing values per column.
    """

    rows: int
    of: int
    columns: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaSource:
    """A model that Bambi wrote.

    Attributes
    ----------
    bambi : bambi.Model
        Built. Terms whose names PyMC refuses have an alias.
    frame : pandas.DataFrame
        The rows that are fitted, the columns that the formula uses.
    family : str
    link : str
        Link of the main parameter.
    centered : tuple of CenteredIntercept
        The intercepts that are sampled at the mean of the predictors.
    own_priors : frozenset of str
        Targets of the priors that the user wrote; that of a class is written out for each term.
    whole : mapping of str to str
        Variables that have no fan, to the function that computes with the whole column: ``{"v": "np.argsort(v)"}``.
    unused : mapping of str to tuple of str
        Categories of the data that no row has, by column.
    correlated : tuple of tuple of str
        Effects of groups that are written together, ``(x|g)``, whose correlation Bambi leaves out:
        ``("1|g", "x|g")``.
    recipe : Recipe
        What the model was made from.
    """

    bambi: bambi.Model
    frame: pd.DataFrame
    family: str
    link: str
    recipe: Recipe
    centered: tuple[CenteredIntercept, ...] = ()
    own_priors: frozenset[str] = frozenset()
    whole: Mapping[str, str] = field(default_factory=dict)
    unused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    correlated: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSource:
    """A model that the user wrote.

    Attributes
    ----------
    vectors : mapping of str to ndarray, shape (n_rows,)
        Arrays that the user can see, by name: candidates for predictors.
    text : str
        The cell; empty where the model was given as an object.
    """

    vectors: Mapping[str, NDArray[Any]]
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPrior:
    """A prior with numbers, of all elements of a variable.

    Attributes
    ----------
    family : str
        As PyMC names it.
    arguments : mapping of str to float
    """

    family: str
    arguments: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that can be sampled and shown.

    Attributes
    ----------
    pymc : pymc.Model
    source : FormulaSource or BlockSource
    title : str
        The formula, or the name of a hand-written model.
    variables : tuple of str
        The PyMC variables to draw and keep: free ones and deterministic ones, without
        the response's own parameters, and without the intercepts of `FormulaSource.centered`.
    response : Column or None
        None when the response is not one vector.
    predictors : tuple of Column
    group_terms : mapping of str to str
        Posterior variable of group-specific levels -> the term it is folded under.
    censored : ndarray of bool, shape (n_rows,), or None
        Rows whose response is a bound.
    circular : frozenset of str
        Posterior variables that are angles.
    internal : frozenset of str
        Posterior variables of the parameterisation, which PyMC's functions need and nobody is shown:
        ``"Intercept_centered"``, ``"1|school_offset"``.
    dropped : Dropped or None
    used : ndarray of int, shape (n_used,), or None
        The rows that the likelihood has, by position; None where it has all.
    change : WhatIf or None
        How the model was changed since its data and its source were read.
    new_priors : mapping of str to NewPrior
        The priors of the change, by PyMC variable.
    """

    pymc: pymc.Model
    source: FormulaSource | BlockSource
    title: str
    variables: tuple[str, ...]
    response: Column | None
    predictors: tuple[Column, ...] = ()
    group_terms: Mapping[str, str] = field(default_factory=dict)
    censored: NDArray[np.bool_] | None = None
    circular: frozenset[str] = frozenset()
    internal: frozenset[str] = frozenset()
    dropped: Dropped | None = None
    used: NDArray[np.intp] | None = None
    change: WhatIf | None = None
    new_priors: Mapping[str, NewPrior] = field(default_factory=dict)
