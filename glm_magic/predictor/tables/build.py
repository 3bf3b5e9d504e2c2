"""A formula and its data -> predictor tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters, bambi_response_term
from glm_magic.model import FormulaSource, Model
from glm_magic.model.names import known_labels, label_of, variable_of
from glm_magic.predictor.exposure import exposure_of
from glm_magic.predictor.frames import completed, frame_at
from glm_magic.predictor.group import average
from glm_magic.predictor.places import reference_of
from glm_magic.predictor.tables import (
    DesignColumn,
    Grouping,
    GroupTerm,
    NoTables,
    Parameter,
    PredictorTables,
    Table,
)
from glm_magic.predictor.tables.check import differing
from glm_magic.predictor.tables.groups import arguments_of
from glm_magic.predictor.tables.means import CATEGORIES, inputs_of, mean_of
from glm_magic.predictor.tables.variables import held_variable
from glm_magic.predictor.words import why_still, ylabel

MOST_CELLS = 20_000
"""Combinations of values over which a function of several predictors is tabulated, 80 kB as 4-byte numbers."""


class _NoValueError(Exception):
    """A part of a formula that could not be evaluated over the grids of the variables `names`."""

    def __init__(self, names: tuple[str, ...], reason: str) -> None:
        self.names = names
        self.reason = reason
        super().__init__(reason)


def tables_of(model: Model) -> PredictorTables | NoTables:
    """Tabulate the predictors of a formula.

    A variable that cannot be moved keeps its reference, and says why; the others move. The tables are compared
    with formulae's own design before they are given.

    Parameters
    ----------
    model : Model
        With a `FormulaSource`.

    Returns
    -------
    PredictorTables or NoTables
    """
    source = model.source
    assert isinstance(source, FormulaSource)
    for component in bambi_parameters(source.bambi).values():
        if component.hsgp_terms:
            names = ", ".join(component.hsgp_terms)
            return NoTables(
                reason=f"{names} is a Gaussian process, whose basis changes with its length scale, so that "
                "its design is no table"
            )
    fixed = {name: why_still(call) for name, call in source.whole.items()}
    while True:
        try:
            made = _Tabulation(model, source, fixed).tables()
            found = differing(model, source, made)
        except _NoValueError as problem:
            found = dict.fromkeys(problem.names, problem.reason)
        if not found:
            return made
        if not found.keys() - fixed.keys():
            return NoTables(reason=next(iter(found.values())))
        fixed |= {name: reason for name, reason in found.items() if name not in fixed}


class _Tabulation:
    """Tables of a formula, with some of its variables kept at their reference.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    fixed : mapping of str to str
        Variables that cannot be moved, and why.
    """

    def __init__(self, model: Model, source: FormulaSource, fixed: Mapping[str, str]) -> None:
        self.model = model
        self.source = source
        self.exposure = exposure_of(source)
        reference = reference_of(model.predictors, self.exposure)
        self.columns = {column.name: column for column in model.predictors}
        self.variables = {
            name: held_variable(
                column,
                reference[name],
                fixed.get(name, ""),
                whole=pd.api.types.is_integer_dtype(source.frame[name]),
            )
            for name, column in self.columns.items()
        }
        # The grid of a factor that cannot be moved is its reference alone.
        self.first = {
            name: float(column.levels.index(self.variables[name].levels[0])) if column.levels else 0.0
            for name, column in self.columns.items()
        }
        self.labels = known_labels(model)
        self.made: dict[tuple[tuple[str, ...], bytes], int] = {}
        self.entries: list[Table] = []

    def tables(self) -> PredictorTables:
        """Tabulate every parameter, the main one first."""
        source = self.source
        main = source.bambi.family.likelihood.parent
        with_formula = bambi_parameters(source.bambi)
        names = [main, *(name for name in with_formula if name != main)]
        parameters = [self._parameter(name, with_formula[name]) for name in names]
        for name, prior in bambi_marginal_parameters(source.bambi).items():
            parameters.append(self._number(name, prior))
        mean, reason = mean_of(source)
        levels = bambi_response_term(source.bambi).levels if mean in CATEGORIES else ()
        return PredictorTables(
            variables=tuple(self.variables.values()),
            tables=tuple(self.entries),
            parameters=tuple(parameters),
            family=source.family,
            mean=mean,
            reason=reason,
            inputs=inputs_of(mean, main, [one.name for one in parameters]),
            categories=tuple(map(str, levels)),
            ylabel=ylabel(source, self.exposure),
            exposure=tuple(self.exposure),
            population=average(source, ()),
        )

    def _parameter(self, name: str, component: Any) -> Parameter:
        common, group = component.design.common, component.design.group
        terms = {} if common is None else common.terms
        columns = [column for term, part in terms.items() for column in self._common(name, term, part)]
        # Ordinal families have thresholds in the place of an intercept.
        effects = {} if group is None else group.terms
        return Parameter(
            name=name,
            link=str(self.source.bambi.family.link[name].name),
            columns=tuple(columns),
            groups=tuple(self._effect(name, term, part) for term, part in effects.items()),
        )

    def _number(self, name: str, component: Any) -> Parameter:
        """Write a parameter without a formula as an intercept, or as the number that it is fixed at."""
        prior = component.prior
        if isinstance(prior, int | float):
            constant = self._place((), np.asarray(float(prior)))
            columns = (DesignColumn(term=name, labels=(), tables=(constant,)),)
        else:
            columns = (DesignColumn(term=name, labels=tuple(self.labels[label_of(name)])),)
        return Parameter(name=name, link="identity", columns=columns)

    def _common(self, parameter: str, name: str, term: Any) -> Iterator[DesignColumn]:
        products = self._products(getattr(term, "components", (term,) if term.kind == "offset" else ()))
        if term.kind == "offset":
            yield from (DesignColumn(term=name, labels=(), tables=own) for own in products)
            return
        labels = self._numbers(variable_of(self.source, parameter, name), len(products))
        for own, number in zip(products, labels, strict=True):
            yield DesignColumn(term=name, labels=number, tables=own)

    def _effect(self, parameter: str, name: str, term: Any) -> GroupTerm:
        columns = self._products(getattr(term.expr, "components", ()))
        by = tuple(self._grouping(part) for part in term.factor.components)
        variable = variable_of(self.source, parameter, name)
        # formulae orders the columns by level, then by the term's own columns, as PyMC's dims are.
        numbers = self._numbers(variable, len(term.groups) * len(columns))
        record = bambi_parameters(self.source.bambi)[parameter].terms[name]
        shape = (len(columns), len(numbers[0]))
        return GroupTerm(
            term=name,
            by=by,
            groups=tuple(map(str, term.groups)),
            columns=tuple(columns),
            labels=tuple(tuple(numbers[place :: len(columns)]) for place in range(len(columns))),
            distribution=str(record.prior.name),
            arguments=arguments_of(self.model, self.labels, record, variable, shape),
        )

    def _numbers(self, variable: str, count: int) -> list[tuple[str, ...]]:
        """Label the coefficients of a term's columns; the categories of the response are the last dim."""
        flat = self.labels[label_of(variable)]
        width = len(flat) // count
        return [tuple(flat[place * width : (place + 1) * width]) for place in range(count)]

    def _products(self, parts: Iterable[Any]) -> list[tuple[int, ...]]:
        """Multiply the parts of a term: for each of its columns, a table of each part.

        The columns of the last part vary fastest, as in formulae's ``get_interaction_matrix``.
        """
        products: list[tuple[int, ...]] = [()]
        for part in parts:
            own = self._part(part)
            products = [(*before, place) for before in products for place in own]
        return products

    def _part(self, part: Any) -> list[int]:
        """Tabulate a variable or a call, column by column."""
        names = self._names(part)
        sizes = [len(self.variables[name].grid) for name in names]
        if prod(sizes) > MOST_CELLS:
            raise _NoValueError(
                names,
                f"{part.name} computes with {_listed(names)} together, and has a value for each of "
                f"{prod(sizes):,} combinations, too many for a table",
            )
        values = self._over(names, part.name, part.eval_new_data)
        columns = values.reshape(len(values), -1).T
        return [self._place(names, column.reshape(sizes)) for column in columns]

    def _over(
        self, names: tuple[str, ...], part: str, evaluate: Callable[[pd.DataFrame], Any]
    ) -> NDArray[np.float64]:
        """Evaluate a part of the formula at every combination of the values of its variables."""
        count = prod(len(self.variables[name].grid) for name in names)
        rows = self._each if len(names) == 1 else completed(self.source, self._together(names))
        try:
            with np.errstate(all="ignore"):
                values = np.asarray(evaluate(rows), dtype=float)
        # The user's own function may raise anything for values that it was not written for.
        except Exception as problem:
            why = f"{type(problem).__name__}: {problem}".splitlines()[0]
            raise _NoValueError(names, f"{part} has no value between those of the data ({why})") from problem
        return values[:count]

    @cached_property
    def _each(self) -> pd.DataFrame:
        """Rows in which every variable moves along its own grid, and stands at its end where others have more values.

        One frame for all of them, because there may be hundreds.
        """
        longest = max(len(one.grid) for one in self.variables.values())
        values = {
            name: one.grid[np.minimum(np.arange(longest), len(one.grid) - 1)] + self.first[name]
            for name, one in self.variables.items()
        }
        return completed(self.source, frame_at(self.source, self.columns.values(), values))

    def _together(self, names: tuple[str, ...]) -> pd.DataFrame:
        if not names:
            return self.source.frame.iloc[[0]]
        meshes = np.meshgrid(*(self.variables[name].grid + self.first[name] for name in names), indexing="ij")
        values = {name: mesh.ravel() for name, mesh in zip(names, meshes, strict=True)}
        return frame_at(self.source, [self.columns[name] for name in names], values)

    def _names(self, part: Any) -> tuple[str, ...]:
        return tuple(name for name in self.columns if name in part.var_names)

    def _place(self, names: tuple[str, ...], values: NDArray[np.float64]) -> int:
        """Keep a table, unless there is an equal one."""
        values = np.array(values, dtype=float, order="C")
        place = self.made.setdefault((names, values.tobytes()), len(self.entries))
        if place == len(self.entries):
            self.entries.append(Table(variables=names, values=values))
        return place

    def _grouping(self, part: Any) -> Grouping:
        """Tell the groups of a grouping factor, or of a part of a nested one, apart."""
        names = self._names(part)
        if len(names) != 1:
            raise _NoValueError(names, f"the groups of {part.name} are not those of one variable")
        grid = self.variables[names[0]].grid
        codes = np.full(len(grid), -1, dtype=np.int32)
        call = getattr(part, "call", None)
        own = self.columns[names[0]].values
        # A number that is a grouping factor too has no group between the values of the data.
        known = np.isin(grid, own) if call is None or call.callee == "C" else np.ones(len(grid), dtype=bool)

        chosen = np.flatnonzero(known)
        rows = self._each.iloc[[*chosen, *range(len(grid), len(self._each))]].reset_index(drop=True)
        found = np.asarray(part.eval_new_data(rows))[: len(chosen)]
        codes[known] = np.where(found.any(axis=1), found.argmax(axis=1), -1)
        return Grouping(variable=names[0], codes=codes, n_groups=found.shape[1])


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
