"""A formula and its data -> predictor tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters, bambi_response_term
from glm_magic.model import FormulaSource, Model
from glm_magic.model.names import known_labels, label_of, variable_of
from glm_magic.predictor.formula.axes import common_columns
from glm_magic.predictor.formula.exposure import exposure_of
from glm_magic.predictor.formula.group import average
from glm_magic.predictor.ratios import ratios_of
from glm_magic.predictor.tables import DesignColumn, GroupTerm, NoTables, Parameter, PredictorTables
from glm_magic.predictor.tables.check import differing
from glm_magic.predictor.tables.entries import Entries, NoValueError
from glm_magic.predictor.tables.groups import arguments_of
from glm_magic.predictor.tables.means import CATEGORIES, inputs_of, mean_of
from glm_magic.predictor.tables.observed import observation_of
from glm_magic.predictor.words import modelled, scale_of, why_still, ylabel


def tables_of(model: Model, rows: NDArray[np.intp] | None = None) -> PredictorTables | NoTables:
    """Tabulate the predictors of a formula.

    A variable that cannot be moved keeps its reference, and says why; the others move. The tables are compared
    with formulae's own design before they are given.

    Parameters
    ----------
    model : Model
        With a `FormulaSource`.
    rows : ndarray of int, shape (n_rows,), optional
        Rows of the data over which means can be averaged; none when not given.

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
    chosen = np.zeros(0, dtype=np.intp) if rows is None else rows
    while True:
        try:
            made = _Tabulation(model, source, Entries(model, source, fixed, chosen)).tables()
            found = differing(model, source, made)
        except NoValueError as problem:
            found = dict.fromkeys(problem.names, problem.reason)
        if not found:
            return made
        if not found.keys() - fixed.keys():
            return NoTables(reason=next(iter(found.values())))
        fixed |= {name: reason for name, reason in found.items() if name not in fixed}


class _Tabulation:
    """Tables of a formula.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    entries : Entries
        Empty; filled as the terms are read.
    """

    def __init__(self, model: Model, source: FormulaSource, entries: Entries) -> None:
        self.model = model
        self.source = source
        self.entries = entries
        self.labels = known_labels(model)

    def tables(self) -> PredictorTables:
        """Tabulate every parameter, the main one first."""
        source = self.source
        main = source.bambi.family.likelihood.parent
        with_formula = bambi_parameters(source.bambi)
        names = [main, *(name for name in with_formula if name != main)]
        parameters = [self._parameter(name, with_formula[name]) for name in names]
        for name, prior in bambi_marginal_parameters(source.bambi).items():
            parameters.append(self._number(name, prior))
        exposure = exposure_of(source)
        mean, reason = mean_of(source)
        levels = bambi_response_term(source.bambi).levels if mean in CATEGORIES else ()
        return PredictorTables(
            variables=tuple(
                replace(one, unmoved=self.entries.shifts.unmoved.get(one.name, ""))
                for one in self.entries.variables.values()
            ),
            tables=tuple(self.entries.tables),
            parameters=tuple(parameters),
            family=source.family,
            mean=mean,
            reason=reason,
            inputs=inputs_of(mean, main, [one.name for one in parameters]),
            categories=tuple(map(str, levels)),
            ylabel=ylabel(source, exposure),
            exposure=tuple(exposure),
            population=average(source, ()),
            modelled=modelled(source, {}),
            scale=scale_of(source),
            ratios=ratios_of(source),
            common=tuple(one.name for one in common_columns(self.model, source) if one.name not in exposure),
            observation=observation_of(source),
            n_rows=len(self.entries.rows),
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
            constant = self.entries.constant(prior)
            columns = (DesignColumn(term=name, labels=(), tables=(constant,)),)
        else:
            columns = (DesignColumn(term=name, labels=tuple(self.labels[label_of(name)])),)
        return Parameter(name=name, link="identity", columns=columns)

    def _common(self, parameter: str, name: str, term: Any) -> Iterator[DesignColumn]:
        products = self.entries.products(
            getattr(term, "components", (term,) if term.kind == "offset" else ())
        )
        if term.kind == "offset":
            yield from (DesignColumn(term=name, labels=(), tables=own) for own in products)
            return
        labels = self._numbers(variable_of(self.source, parameter, name), len(products))
        for own, number in zip(products, labels, strict=True):
            yield DesignColumn(term=name, labels=number, tables=own)

    def _effect(self, parameter: str, name: str, term: Any) -> GroupTerm:
        columns = self.entries.products(getattr(term.expr, "components", ()))
        by = tuple(self.entries.grouping(part) for part in term.factor.components)
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
