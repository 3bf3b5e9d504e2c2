"""A formula cell and a table -> Model, through Bambi."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import bambi
import numpy as np
import pandas as pd
import pymc
from formulae import model_description

from glm_magic._stack import bambi_response_term
from glm_magic.data import Table, is_vector
from glm_magic.errors import NOWHERE, FormulaError, ModelError, Where, nearest
from glm_magic.model import FormulaSource, Model
from glm_magic.model.aliases import alias
from glm_magic.model.arguments import BUILT_IN, arguments_of, look_up, rows_kept
from glm_magic.model.centering import CenteredIntercept, build_centered
from glm_magic.model.columns import predictor_columns, response_column
from glm_magic.model.correlation import correlated
from glm_magic.model.defined import defined_rows
from glm_magic.model.design import check_design, check_levels, mended
from glm_magic.model.drawn import censored, group_terms, internal, variables_drawn
from glm_magic.model.families import CIRCULAR
from glm_magic.model.family import check_auxiliaries, check_family, parent_of
from glm_magic.model.intercept import plain_intercepts
from glm_magic.model.level_dims import predict_with_levels_last
from glm_magic.model.levels import in_own_order
from glm_magic.model.observed import observed_variables
from glm_magic.model.overflow import without_overflow
from glm_magic.model.priors import set_priors
from glm_magic.model.recipe import Recipe
from glm_magic.model.response import (
    check_plain_response,
    check_response_call,
    check_response_term,
    check_terms,
    response_where,
    whole_formula,
    with_levels,
)
from glm_magic.model.rows import check_values, complete_rows, used_columns
from glm_magic.model.scales import own_scales
from glm_magic.model.targets import by_term
from glm_magic.model.untraced import untraced
from glm_magic.model.whole import keep_statistics
from glm_magic.request import FormulaCell, Options


def formula_model(
    cell: FormulaCell,
    table: Table,
    namespace: Mapping[str, Any],
    options: Options,
    places: Mapping[str, Where] = NOWHERE,
) -> Model:
    """Build the model of a formula cell.

    Parameters
    ----------
    cell : FormulaCell
    table : Table
        The data; arrays of the namespace that the formula names are joined to it.
    namespace : mapping of str to object
        The user's names: functions and constants of the formula.
    options : Options
        Family and link.
    places : mapping of str to Where, optional
        Where the header gives them.

    Returns
    -------
    Model

    Raises
    ------
    FormulaError
        If the formula names something that does not exist, or Bambi cannot read it.
    DataError
        If the rows cannot be used: infinite or no values, text that should be numbers.
    ModelError
        If family, link and response do not fit together.
    """
    family = check_family(options.family or "gaussian", options.link, places)
    check_auxiliaries(cell, family, table)
    as_written = cell
    cell, uncentered = plain_intercepts(cell, table, namespace, parent_of(family))
    _check_calls(cell, table, namespace)
    _check_language(cell)
    every_row = used_columns(cell, table, namespace)
    recipe = Recipe(cell=as_written, table=table, namespace=namespace, options=options, rows=every_row)
    frame, dropped = complete_rows(every_row, table.name, dict(cell.names))
    check_values(frame, cell.terms, dict(cell.names))
    check_response_call(cell, family)
    check_plain_response(cell, frame, family)
    given = arguments_of(cell, frame, namespace)
    if dropped is not None:
        given = rows_kept(given, every_row.notna().all(axis=1).to_numpy())
    frame, given, dropped = defined_rows(cell, frame, given, dropped, whole_formula(cell))
    frame = without_overflow(cell, frame, given)
    frame, unused = in_own_order(with_levels(cell, frame))
    model = _read(cell, frame, family, options.link, given)
    check_terms(model, cell)
    priors = by_term(model, cell.priors)
    check_design(model, replace(cell, priors=priors), frame, whole_formula(cell))
    whole = keep_statistics(model, frame)
    check_response_term(model, frame, family, response_where(cell))
    response = response_column(model)
    set_priors(model, priors)
    alias(model)
    centered = _build(model, cell, uncentered)
    parent = model.family.likelihood.parent
    return Model(
        pymc=model.backend.model,
        source=FormulaSource(
            bambi=model,
            frame=frame,
            family=family,
            recipe=recipe,
            link=model.family.link[parent].name,
            centered=centered,
            own_priors=frozenset(prior.target for prior in priors),
            whole=whole,
            unused=unused,
            correlated=correlated(cell, model),
        ),
        title=title_of(cell),
        variables=variables_drawn(model, centered),
        response=response,
        predictors=predictor_columns(model, frame),
        group_terms=group_terms(model),
        internal=internal(model, centered),
        censored=censored(model),
        circular=frozenset({"Intercept"}) if family in CIRCULAR else frozenset(),
        dropped=dropped,
    )


def title_of(cell: FormulaCell) -> str:
    """Write a model in one line: formula, auxiliary formulas and the user's own priors.

    Parameters
    ----------
    cell : FormulaCell

    Returns
    -------
    str
    """
    priors = (f"{prior.target} ~ {prior.distribution.where.words()}" for prior in cell.priors)
    return " · ".join([cell.formula, *(line.formula for line in cell.auxiliaries), *priors])


def _check_calls(cell: FormulaCell, table: Table, namespace: Mapping[str, Any]) -> None:
    """Refuse a function that is neither formulae's, nor NumPy's, nor the notebook's."""
    for name, where in cell.calls:
        if name in BUILT_IN or callable(look_up(name, namespace)):
            continue
        root, _, method = name.partition(".")
        if method and root in table.frame.columns:
            raise FormulaError(
                f"{name!r} is a method of a column, and a formula calls functions",
                where=where,
                remedy=f"Write np.{method}({root})." if hasattr(np, method)
                else f"Define a function of {root} in the notebook, or add the result to the data.",
            )  # fmt: skip
        own = [key for key, value in namespace.items() if callable(value) and not key.startswith("_")]
        known = [f"np.{key}" for key in dir(np)] if root == "np" else [*BUILT_IN, *own]
        raise FormulaError(
            f"the formula calls {name!r}, which is no function here",
            where=where,
            remedy=nearest(name, known) or f"Define {name!r} in the notebook before this cell.",
        )


def _check_language(cell: FormulaCell) -> None:
    """Refuse what formulae's parser does not take, with the line to blame."""
    lines = [(cell.bambi, whole_formula(cell)), *((line.bambi, line.where) for line in cell.auxiliaries)]
    for formula, where in lines:
        try:
            model_description(formula)
        # formulae raises what its scanner, its parser and its operators raise, KeyError and TypeError among them.
        except Exception as problem:
            raise _unreadable(problem, where) from problem


def _unreadable(problem: Exception, where: Where, remedy: str = "") -> FormulaError:
    return FormulaError(
        f"Bambi cannot read this formula: {_first_line(problem)}",
        where=where,
        remedy=remedy or "The message is Bambi's own: look at the term or the values that it names.",
    )


def _read(
    cell: FormulaCell, frame: pd.DataFrame, family: str, link: str | None, given: dict[str, Any]
) -> bambi.Model:
    """Give the formula to Bambi, in a calling frame that holds nothing of ours."""
    arguments = {
        "formula": bambi.Formula(cell.bambi, *(line.bambi for line in cell.auxiliaries)),
        "data": frame,
        "family": family,
        "link": link,
        "extra_namespace": given,
    }
    # formulae looks names up in the frame that calls bambi.Model, before the names it is
    # given: the expression is evaluated in one that holds these only. It copies them too, at times,
    # and Python's own names, which it would add, cannot be copied.
    calling = {"__builtins__": {}, "__build__": bambi.Model, "__arguments__": arguments}
    try:
        with own_scales():
            return mended(eval("__build__(**__arguments__)", calling))
    except KeyError as problem:
        raise _no_column(cell, str(problem.args[0]), given) from problem
    # Bambi and formulae raise whatever their scanner, pandas or numpy raised; each means that
    # this formula and these data do not go together, and the cause is kept.
    except Exception as problem:
        check_levels(cell, frame)
        raise _unreadable(problem, whole_formula(cell), _of_other_length(given, len(frame))) from problem


def _of_other_length(given: Mapping[str, Any], rows: int) -> str:
    """Say which vectors are arguments because they do not have a value for each row."""
    lengths = {name: len(value) for name, value in given.items() if is_vector(value)}
    listed = ", ".join(f"{name} has {length:,}" for name, length in lengths.items() if length != rows)
    return f"The data have {rows:,} rows, and {listed} values: it is no column." if listed else ""


def _no_column(cell: FormulaCell, name: str, given: Mapping[str, Any]) -> FormulaError:
    """Say that something else stands where a column should."""
    if name in given and name in dict(cell.names):
        return FormulaError(
            f"{name!r} is no column, but a value of type {type(given[name]).__name__} in the notebook",
            where=dict(cell.names)[name],
            remedy="A term is a column; a single value belongs inside a function, such as bs(x, df=k).",
        )
    return FormulaError(
        f"{name!r} is no column", where=whole_formula(cell), remedy="Names are written without quotes: y ~ x."
    )


def _build(
    model: bambi.Model, cell: FormulaCell, uncentered: frozenset[str]
) -> tuple[CenteredIntercept, ...]:
    try:
        with untraced():
            centered = build_centered(model, uncentered)
        predict_with_levels_last(model)
        built = model.backend.model
        # Bambi numbers the rows, and PyMC keeps the numbers as a tuple: 40 bytes a row.
        built.coords["__obs__"] = range(len(built.coords["__obs__"]))
        if not _described(bambi_response_term(model)):
            return centered
        for response in observed_variables(built):
            # Its parameters are random here: only whether there is a density is asked.
            pymc.logp(response, built.rvs_to_values[response], warn_rvs=False)
        return centered
    except NotImplementedError as problem:
        raise ModelError(
            f"PyMC cannot censor or truncate family {model.family.name!r}: {_first_line(problem)}",
            where=response_where(cell),
            remedy="Use another family, or write the density in a PyMC block.",
        ) from problem
    # As above: PyMC raises many kinds while a model is written, and the cause is kept.
    except Exception as problem:
        raise ModelError(
            f"PyMC cannot build this model: {_first_line(problem)}",
            where=whole_formula(cell),
            remedy="The message is PyMC's own: look at the priors and at the values of the response.",
        ) from problem


def _described(term: Any) -> bool:
    """Tell whether the response is censored, truncated or constrained."""
    return bool(term.is_censored or term.is_truncated or term.is_constrained)


def _first_line(problem: Exception) -> str:
    lines = str(problem).strip().splitlines()
    return f"{type(problem).__name__}: {lines[0]}" if lines else type(problem).__name__
