"""E[y | parameters] for every Bambi family.

Where the family's main parameter is the mean (or the location) and its predictor is affine
in the draws, the browser gets design rows; everywhere else the closed forms below give the mean of
the parameters. Those come from design rows too, or from Bambi's own ``predict``, which knows Gaussian
processes and responses with categories.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args

import numpy as np
import pandas as pd
import xarray
from formulae.terms.call_resolver import LazyVariable
from numpy.typing import NDArray

from glm_magic._stack import (
    bambi_marginal_parameters,
    bambi_parameters,
    bambi_response_term,
    to_native,
)
from glm_magic.errors import ModelError
from glm_magic.model import FormulaSource
from glm_magic.model.families import CIRCULAR, FAMILIES, PER_CATEGORY, Mean
from glm_magic.model.names import variable_of
from glm_magic.predictor import Curves, Linear, Link
from glm_magic.predictor.formula.design import coefficients_of, linear, parent_of
from glm_magic.predictor.formula.frames import completed
from glm_magic.predictor.links import inverse_link

Evaluate = Callable[[xarray.Dataset], dict[str, NDArray[np.float64]]]


# E[y | parameters] where it is not the main parameter itself.
MEANS: dict[str, Mean] = {name: one.mean for name, one in FAMILIES.items() if one.mean is not None}


def means_over(
    source: FormulaSource, frame: pd.DataFrame, factors: Collection[str] = ()
) -> list[tuple[str, Linear | Curves]]:
    """Give the mean of the response at each row, as a function of the draws.

    Parameters
    ----------
    source : FormulaSource
    frame : pandas.DataFrame
        n_grid rows; a column for every variable on the right of every formula.
    factors : collection of str
        Grouping factors whose effects are included; others stay at the population.

    Returns
    -------
    list of (str, Linear or Curves)
        One pair; or one per category of the response, named by it.
    """
    if is_affine(source):
        return [("", linear(source, frame, factors))]
    evaluate = _Expectation(source, frame, factors)
    if source.family not in PER_CATEGORY:
        return [("", Curves(evaluate=evaluate, circular=source.family in CIRCULAR))]
    levels = [str(level) for level in bambi_response_term(source.bambi).levels]
    return [(level, Curves(evaluate=evaluate, category=place)) for place, level in enumerate(levels)]


def is_affine(source: FormulaSource) -> bool:
    """Tell whether design rows and draws are all that the mean needs."""
    special = source.family in {*MEANS, *PER_CATEGORY, *CIRCULAR} or bool(parent_of(source).hsgp_terms)
    return not special and source.link in get_args(Link)


def parameters_over(source: FormulaSource, frame: pd.DataFrame, factors: Collection[str] = ()) -> Evaluate:
    """Give every parameter of the family at each row, as a function of the draws.

    Parameters
    ----------
    source : FormulaSource
    frame : pandas.DataFrame
        n_grid rows; a column for every variable on the right of every formula.
    factors : collection of str
        Grouping factors whose effects are included; others stay at the population.

    Returns
    -------
    callable
        From a posterior Dataset with dim ``sample`` to arrays by parameter: of shape (n_samples, n_grid), or
        (n_samples, 1) without a formula; (n_samples, n_grid, n_categories) where the response has categories.
    """
    return _Expectation(source, frame, factors).parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A group-specific term.

    Attributes
    ----------
    parameter : str
        The parameter of the family whose formula it stands in.
    name : str
        As formulae writes it, ``"x|school"``.
    variable : str
        Of the posterior.
    factors : frozenset of str
        The variables of its grouping factor.
    slopes : frozenset of str
        The variables whose effect differs between groups.
    words : mapping of str to str
        What the groups of each variable of the factor are called: ``{"x": "C(x > 0)"}``.
    """

    parameter: str
    name: str
    variable: str
    factors: frozenset[str]
    slopes: frozenset[str]
    words: Mapping[str, str] = field(default_factory=dict)


def every_effect(source: FormulaSource) -> Iterator[Effect]:
    """List the group-specific terms of every parameter.

    Parameters
    ----------
    source : FormulaSource

    Yields
    ------
    Effect
    """
    for parameter, component in bambi_parameters(source.bambi).items():
        if component.design.group is None:
            continue
        for name, term in component.design.group.terms.items():
            yield Effect(
                parameter=parameter,
                name=name,
                variable=variable_of(source, parameter, name),
                factors=frozenset(term.factor.var_names),
                slopes=frozenset(term.expr.var_names),
                words={own: _groups_of(part) for part in term.factor.components for own in part.var_names},
            )


def _groups_of(part: Any) -> str:
    """Say what makes the groups: a variable, by itself or in ``C(x)``, or what a function makes of it."""
    call = getattr(part, "call", None)
    if call is not None and call.callee == "C" and isinstance(call.args[0], LazyVariable):
        return str(call.args[0])
    return str(part.name)


def effects(source: FormulaSource) -> Iterator[Effect]:
    """List the group-specific terms that the mean depends on.

    Parameters
    ----------
    source : FormulaSource

    Yields
    ------
    Effect
    """
    parent = source.bambi.family.likelihood.parent
    # A model of sigma does not touch an affine mean.
    every = not is_affine(source)
    return (one for one in every_effect(source) if every or one.parameter == parent)


class _Expectation:
    """The parameters and the mean at fixed rows.

    Parameters
    ----------
    source : FormulaSource
    frame : pandas.DataFrame
        n_grid rows.
    factors : collection of str
        Grouping factors whose effects are included.
    """

    def __init__(self, source: FormulaSource, frame: pd.DataFrame, factors: Collection[str]) -> None:
        self.source = source
        self.frame = frame
        self.factors = frozenset(factors)

    def __call__(self, posterior: xarray.Dataset) -> NDArray[np.float64]:
        """Evaluate over draws: shape (n_samples, n_grid[, n_categories])."""
        parameters = self.parameters(posterior)
        parent = self.source.bambi.family.likelihood.parent
        mean_of: Mean = MEANS.get(self.source.family, lambda q: q[parent])
        return mean_of(parameters)

    def parameters(self, posterior: xarray.Dataset) -> dict[str, NDArray[np.float64]]:
        """Evaluate every parameter of the family: shape (n_samples, n_grid[, n_categories])."""
        values = self._predicted(posterior) if self._designs is None else self._multiplied(posterior)
        for name, parameter in bambi_marginal_parameters(self.source.bambi).items():
            # A parameter that is fixed at a number is in no draw.
            if isinstance(parameter.prior, int | float):
                values[name] = np.full((posterior.sizes["sample"], 1), float(parameter.prior))
        return values

    @cached_property
    def _designs(self) -> dict[str, Linear] | None:
        """Design rows of each parameter with a formula; None where Bambi's ``predict`` is needed."""
        model, family = self.source.bambi, self.source.family
        parameters = bambi_parameters(model)
        straight = family not in PER_CATEGORY | CIRCULAR and all(
            not one.hsgp_terms and model.family.link[name].name in get_args(Link)
            for name, one in parameters.items()
        )
        if straight:
            return {name: linear(self.source, self.frame, self.factors, name) for name in parameters}
        if any(len(one.offset_terms) > 1 for one in parameters.values()):
            raise ModelError(
                f"Bambi cannot predict for family {family!r} with more than one offset",
                remedy="Add them up in one, such as offset(log(a) + b).",
            )
        return None

    def _multiplied(self, posterior: xarray.Dataset) -> dict[str, NDArray[np.float64]]:
        values: dict[str, NDArray[np.float64]] = {}
        for name, design in (self._designs or {}).items():
            eta = design.rows @ coefficients_of(design, posterior).T + design.offset[:, np.newaxis]
            values[name] = inverse_link(design.link, eta).T
        for name in bambi_marginal_parameters(self.source.bambi):
            if name in posterior.data_vars:
                values[name] = posterior.variables[name].values[:, np.newaxis]
        return values

    def _predicted(self, posterior: xarray.Dataset) -> dict[str, NDArray[np.float64]]:
        model = self.source.bambi
        draws = self._without_other_effects(posterior)
        draws = draws.expand_dims("chain").rename(sample="draw")
        draws = draws.transpose("chain", "draw", ...)
        # ArviZ 0.23's InferenceData wants the numbers of chains and draws.
        numbered = draws.assign_coords(chain=[0], draw=np.arange(draws.sizes["draw"]))
        predicted = model.predict(
            to_native(xarray.DataTree.from_dict({"posterior": numbered})),
            kind="response_params",
            data=completed(self.source, self.frame),
            inplace=False,
            include_group_specific=bool(self.factors),
        )
        values: dict[str, NDArray[np.float64]] = {}
        for name in model.family.likelihood.params:
            if name in predicted["posterior"]:
                found = predicted["posterior"][name]
                # A parameter without a formula has no rows.
                rows = {"__obs__": slice(len(self.frame))} if "__obs__" in found.dims else {}
                array = np.asarray(found.isel(rows))[0]
                values[name] = array if array.ndim > 1 else array[:, np.newaxis]
        return values

    def _without_other_effects(self, posterior: xarray.Dataset) -> xarray.Dataset:
        """Put the effects of every factor that is not included at the population's zero."""
        others = [one.variable for one in every_effect(self.source) if not one.factors <= self.factors]
        return posterior.assign({variable: xarray.zeros_like(posterior[variable]) for variable in others})
