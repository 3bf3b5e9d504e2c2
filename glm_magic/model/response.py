"""The response of a formula against the family, with a caret under it."""

from __future__ import annotations

import re
from typing import Any

import bambi
import numpy as np
import pandas as pd
from formulae.categorical import CategoricalBox

from glm_magic._stack import bambi_parameters, bambi_response_term
from glm_magic.errors import ModelError, Where, did_you_mean
from glm_magic.model.families import CATEGORICAL, COLUMNS, ORDINAL, TRIALS
from glm_magic.model.rows import numbers_as_text
from glm_magic.model.support import check_response, check_trials
from glm_magic.request import FormulaCell

# A response with a level of it: formulae takes a string or a name in the brackets.
LEVEL = re.compile(r"(?P<name>`[^`]+`|[^\W\d][\w.]*)\s*\[\s*(?P<level>'[^']*'|\"[^\"]*\"|\w+)\s*\]")
# Bambi reads these responses as categories or as several columns, with no room for a status or weights.
_UNDESCRIBED = CATEGORICAL | COLUMNS | TRIALS


def whole_formula(cell: FormulaCell) -> Where:
    """Point at the line that the model begins on."""
    end = cell.text.find("\n", cell.start)
    return Where(text=cell.text, start=cell.start, end=len(cell.text) if end < 0 else end)


def response_where(cell: FormulaCell) -> Where:
    """Point at the response, as far as it stands on one line."""
    tilde = cell.text.index("~", cell.start)
    response = cell.text[cell.start : tilde].rstrip()
    return Where(text=cell.text, start=cell.start, end=cell.start + len(response))


def check_plain_response(cell: FormulaCell, frame: pd.DataFrame, family: str) -> None:
    """Check a response that is a column of its own before Bambi reads it, in better words.

    Parameters
    ----------
    cell : FormulaCell
    frame : pandas.DataFrame
        The rows that are fitted.
    family : str

    Raises
    ------
    ModelError
        If its values are not what the family needs.
    """
    name = cell.response.strip("`")
    if name not in frame or not pd.api.types.is_numeric_dtype(frame[name]):
        return
    where = response_where(cell)
    if family in COLUMNS:
        raise ModelError(
            f"family {family!r} needs a column of counts per category",
            where=where,
            remedy="Write c(first, second, third) ~ ..., one column for each category.",
        )
    if family in CATEGORICAL - {"bernoulli"}:
        raise ModelError(
            f"family {family!r} needs categories, but {name!r} holds numbers",
            where=where,
            remedy=f"Make categories of them first: df[{name!r}] = df[{name!r}].astype('category').",
        )
    if family not in TRIALS:
        check_response(name, frame[name].to_numpy(dtype=float), family, where)


def with_levels(cell: FormulaCell, frame: pd.DataFrame) -> pd.DataFrame:
    """Write numbers and booleans as text where the formula picks a level of them, as in ``y['False']``.

    formulae ignores the level of a response that is not text, and would model ``y`` itself.

    Parameters
    ----------
    cell : FormulaCell
    frame : pandas.DataFrame
        The rows that are fitted.

    Returns
    -------
    pandas.DataFrame
        The same frame where nothing is to be done.

    Raises
    ------
    ModelError
        If there is no such level.
    """
    picked = LEVEL.fullmatch(cell.response)
    name = picked["name"].strip("`") if picked else ""
    if picked is None or name not in frame or not pd.api.types.is_numeric_dtype(frame[name]):
        return frame
    column, level = frame[name], picked["level"].strip("'\"")
    known = sorted({str(value) for value in column.unique()})
    if level not in known:
        raise ModelError(
            f"{name!r} has no level {level!r}", where=response_where(cell), remedy=did_you_mean(level, known)
        )
    return frame.assign(**{name: column.astype(str)})


def check_response_call(cell: FormulaCell, family: str) -> None:
    """Check a response that is a call of Bambi's against the family, before Bambi reads it.

    Parameters
    ----------
    cell : FormulaCell
    family : str

    Raises
    ------
    ModelError
        If the family has no such response: ``p(k, n)`` under ``"gaussian"``.
    """
    name, bracket, _ = cell.response.partition("(")
    if not bracket:
        return
    match name.strip():
        case "p" | "prop" | "proportion" if family not in TRIALS:
            message = f"{cell.response} is successes in trials, and family {family!r} takes another response"
            remedy = "Use --family binomial, beta_binomial or zero_inflated_binomial."
        case "c" | "counts" if family not in COLUMNS | TRIALS:
            message = f"{cell.response} is several columns, and family {family!r} takes one"
            remedy = "Use --family multinomial or dirichlet_multinomial for counts of categories."
        case "censored" | "truncated" | "constrained" | "weighted" as kind if family in _UNDESCRIBED:
            message = f"family {family!r} takes no {kind} response"
            remedy = "Use another family, or write the model as a PyMC block."
        case _:
            return
    raise ModelError(message, where=response_where(cell), remedy=remedy)


def check_response_term(model: bambi.Model, frame: pd.DataFrame, family: str, where: Where) -> None:
    """Check the response that Bambi has read.

    Parameters
    ----------
    model : bambi.Model
    frame : pandas.DataFrame
        The rows that are fitted.
    family : str
    where : Where
        The response in the formula.

    Raises
    ------
    ModelError
        If its values are not what the family needs.
    """
    term = bambi_response_term(model)
    if term.is_weighted and family == "gamma":
        # It hands mean and sd to PyMC by position, where the shape and the rate stand (Bambi 0.17 and 0.21).
        raise ModelError(
            "Bambi mistakes the parameters of a weighted gamma, so that its posterior would be wrong",
            where=where,
            remedy="Use --family wald or a log-transformed gaussian, or write the model as a PyMC block.",
        )
    if term.categorical:
        _check_categories(term, frame, family, where)
        return
    if family in CATEGORICAL - {"bernoulli"}:
        raise ModelError(
            f"family {family!r} needs categories, but {term.name} is numbers",
            where=where,
            remedy="Make categories of them first: df['rating'] = df['x'].astype('category').",
        )
    data = np.asarray(term.data, dtype=float)
    described = term.is_censored or term.is_truncated or term.is_weighted or term.is_constrained
    if data.ndim == 2 and data.shape[1] > 1 and family not in COLUMNS | TRIALS and not described:
        raise ModelError(
            f"{term.name} has {data.shape[1]} columns, and family {family!r} takes one",
            where=where,
            remedy="Use --family multinomial for counts of categories, or one column.",
        )
    if family in TRIALS:
        if data.ndim != 2 or data.shape[1] != 2:
            raise ModelError(
                f"family {family!r} needs successes and trials",
                where=where,
                remedy="Write p(successes, trials) ~ ..., or use --family bernoulli for 0/1.",
            )
        check_trials(term.name, data[:, 0], data[:, 1], where)
    elif family not in CATEGORICAL | COLUMNS or family == "bernoulli":
        check_response(term.name, data if data.ndim == 1 else data[:, 0], family, where)


def _check_categories(term: Any, frame: pd.DataFrame, family: str, where: Where) -> None:
    if family not in CATEGORICAL:
        written = term.name in frame and numbers_as_text(frame[term.name])
        raise ModelError(
            f"family {family!r} needs numbers, but {term.name!r} holds "
            + ("text, although every value is a number" if written else "categories"),
            where=where,
            remedy=f"Convert it: df[{term.name!r}] = pd.to_numeric(df[{term.name!r}])."
            if written
            else "Use --family bernoulli for two categories, categorical or cumulative for more.",
        )
    # Bambi looks for the reference in the contrast of ``C(x)``, which has none.
    box = getattr(term.term.components[0], "_intermediate_data", None)
    looked_for = family in ("bernoulli", "categorical")
    if looked_for and isinstance(box, CategoricalBox) and box.contrast is None:
        raise ModelError(
            f"family {family!r} needs a column of categories, not {term.name}",
            where=where,
            remedy="Make the column first: df['kind'] = df['x'].astype('category').",
        )
    if family == "bernoulli" and np.ptp(np.asarray(term.data, dtype=float)) == 0:
        raise ModelError(
            f"{term.name} is the same in every row, so there is nothing to explain",
            where=where,
            remedy="Check the level in the brackets, or the rows that were selected.",
        )
    if family == "bernoulli" and not term.binary and term.levels is not None:
        raise ModelError(
            f"family 'bernoulli' needs two categories, but {term.name!r} has {len(term.levels)}",
            where=where,
            remedy="Use --family categorical, or cumulative when they are ordered.",
        )


def check_terms(model: bambi.Model, cell: FormulaCell) -> None:
    """Refuse a formula without a term, and a response that is among its own predictors.

    Parameters
    ----------
    model : bambi.Model
    cell : FormulaCell

    Raises
    ------
    ModelError
    """
    response = bambi_response_term(model).name
    components = bambi_parameters(model)
    # Bambi leaves the intercept of ordinal families to their thresholds.
    ordinal = model.family.name in ORDINAL
    if not components[model.family.likelihood.parent].terms and not ordinal:
        raise ModelError(
            "the formula has no term, and no intercept either",
            where=whole_formula(cell),
            remedy="For an intercept alone write y ~ 1.",
        )
    for name, component in components.items():
        if not component.terms and not ordinal:
            raise ModelError(
                f"the formula of {name!r} has no term, and no intercept either",
                where=next((line.where for line in cell.auxiliaries if line.parameter == name), None),
                remedy=f"For an intercept alone write {name} ~ 1; to fix it at a number write it with a point.",
            )
        if response in component.terms:
            raise ModelError(
                f"the response {response!r} stands among its own predictors",
                where=whole_formula(cell),
                remedy="Take it out on one side of the ~.",
            )
