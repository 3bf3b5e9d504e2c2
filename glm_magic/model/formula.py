"""A formula cell and a table -> Model, through Bambi."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import bambi
import numpy as np
import pandas as pd
from bambi.defaults.families import BUILTIN_FAMILIES
from bambi.transformations import transformations_namespace
from formulae.transforms import TRANSFORMS

from glm_magic._stack import bambi_parameters, bambi_response_term
from glm_magic.data import Table
from glm_magic.errors import FormulaError, GlmError, ModelError, Where, did_you_mean, nearest
from glm_magic.model import FormulaSource, Model
from glm_magic.model.columns import predictor_columns, response_column
from glm_magic.model.names import posterior_name
from glm_magic.model.priors import set_priors
from glm_magic.model.rows import check_design, check_values, complete_rows, used_columns
from glm_magic.model.support import TRIALS, check_response, check_trials
from glm_magic.request import FormulaCell, Options

# PyMC refuses "/" in the name of a variable, and nutpie splits the names of dims at commas.
BREAKING = frozenset(",/")


def formula_model(cell: FormulaCell, table: Table, namespace: Mapping[str, Any], options: Options) -> Model:
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
    family = check_family(options.family or "gaussian", options.link)
    _check_auxiliaries(cell, family, table)
    _check_calls(cell, namespace)
    whole = used_columns(cell, table, namespace)
    frame, dropped = complete_rows(whole, table.name)
    check_values(frame)
    model = _read(cell, frame, family, options.link, namespace)
    check_design(model)
    response = response_column(model)
    _check_response(model, family)
    set_priors(model, cell.priors)
    aliases = _alias(model)
    _build(model, cell)
    parent = model.family.likelihood.parent
    return Model(
        pymc=model.backend.model,
        source=FormulaSource(
            bambi=model,
            frame=frame,
            family=family,
            link=model.family.link[parent].name,
            aliases=aliases,
            own_priors=frozenset(prior.target for prior in cell.priors),
        ),
        title=" · ".join([cell.formula, *(line.formula for line in cell.auxiliaries)]),
        variables=_variables(model),
        response=response,
        predictors=predictor_columns(model, frame),
        group_terms=_group_terms(model, aliases),
        censored=_censored(model),
        circular=frozenset({"Intercept"}) if family == "vonmises" else frozenset(),
        dropped=dropped,
    )


def check_family(family: str, link: str | None) -> str:
    """Look a family and its link up.

    Parameters
    ----------
    family : str
        Any capitals; ``"normal"`` and ``"binary"`` are not Bambi's words and are not guessed.
    link : str or None

    Returns
    -------
    str
        Bambi's name of the family.

    Raises
    ------
    ModelError
        With the near or the known names.
    """
    name = family.lower()
    if name not in BUILTIN_FAMILIES:
        raise ModelError(f"no family named {family!r}", remedy=did_you_mean(name, BUILTIN_FAMILIES))
    entry = BUILTIN_FAMILIES[name]
    links = entry["family"].SUPPORTED_LINKS[entry["likelihood"]["parent"]]
    if link is not None and link not in links:
        raise ModelError(f"family {name!r} has no link {link!r}", remedy=did_you_mean(link, links))
    return name


def _check_auxiliaries(cell: FormulaCell, family: str, table: Table) -> None:
    """Tell an auxiliary formula from a second model."""
    likelihood = BUILTIN_FAMILIES[family]["likelihood"]
    known = [name for name in likelihood["params"] if name != likelihood["parent"]]
    for line in cell.auxiliaries:
        if line.parameter in known:
            continue
        if line.parameter in table.columns or not line.parameter.isidentifier():
            raise FormulaError(
                "a cell holds one model, and this line begins a second",
                where=line.where,
                remedy="Put the second model in a cell of its own.",
            )
        raise FormulaError(
            f"family {family!r} has no parameter {line.parameter!r}",
            where=line.where,
            remedy=did_you_mean(line.parameter, known)
            or f"{family!r} has no parameter with a formula of its own.",
        )


def _check_calls(cell: FormulaCell, namespace: Mapping[str, Any]) -> None:
    built_in = TRANSFORMS.keys() | transformations_namespace.keys()
    for name, where in cell.calls:
        root = name.split(".")[0]
        if name in built_in or root in namespace or root == "np":
            continue
        functions = [key for key, value in namespace.items() if callable(value) and not key.startswith("_")]
        raise FormulaError(
            f"the formula calls {name!r}, which is no function here",
            where=where,
            remedy=nearest(name, [*built_in, *functions])
            or f"Define {root!r} in the notebook before this cell.",
        )


def _read(
    cell: FormulaCell, frame: pd.DataFrame, family: str, link: str | None, namespace: Mapping[str, Any]
) -> bambi.Model:
    """Give the formula to Bambi, in a calling frame that holds nothing of ours."""
    roots = {name.split(".")[0] for name, _ in (*cell.calls, *cell.names)}
    extra = {"np": np} | {root: namespace[root] for root in roots if root in namespace}
    arguments = {
        "formula": bambi.Formula(cell.formula, *(line.formula for line in cell.auxiliaries)),
        "data": frame,
        "family": family,
        "link": link,
        "extra_namespace": {name: value for name, value in extra.items() if name not in frame.columns},
    }
    # formulae looks names up in the frame that calls bambi.Model, before the names it is
    # given: the expression is evaluated in one that holds these two only.
    try:
        # Bambi divides by the spread of a column; `check_design` names those that have none.
        with np.errstate(divide="ignore"):
            return eval("build(**arguments)", {"build": bambi.Model, "arguments": arguments})
    except GlmError:
        raise
    # Bambi and formulae raise whatever their scanner, pandas or numpy raised; each means that
    # this formula and these data do not go together, and the cause is kept.
    except Exception as problem:
        raise FormulaError(
            f"Bambi cannot read this formula: {_first_line(problem)}", where=_whole_formula(cell)
        ) from problem


def _build(model: bambi.Model, cell: FormulaCell) -> None:
    try:
        model.build()
    # As above: PyMC raises many kinds while a model is written, and the cause is kept.
    except Exception as problem:
        raise ModelError(
            f"PyMC cannot build this model: {_first_line(problem)}", where=_whole_formula(cell)
        ) from problem


def _whole_formula(cell: FormulaCell) -> Where:
    end = cell.text.find("\n", cell.start)
    return Where(text=cell.text, start=cell.start, end=len(cell.text) if end < 0 else end)


def _first_line(problem: Exception) -> str:
    lines = str(problem).strip().splitlines()
    return f"{type(problem).__name__}: {lines[0]}" if lines else type(problem).__name__


CATEGORICAL = frozenset({"bernoulli", "categorical", "cumulative", "sratio"})


def _check_response(model: bambi.Model, family: str) -> None:
    term = bambi_response_term(model)
    if term.categorical:
        if family not in CATEGORICAL:
            raise ModelError(
                f"family {family!r} needs numbers, but {term.name!r} is text",
                remedy="Use --family bernoulli for two categories, categorical or cumulative for more.",
            )
        if family == "bernoulli" and not term.binary:
            raise ModelError(
                f"family 'bernoulli' needs two categories, but {term.name!r} has {len(term.levels)}",
                remedy="Use --family categorical, or cumulative when they are ordered.",
            )
        return
    data = np.asarray(term.data, dtype=float)
    if family in TRIALS:
        if data.ndim != 2:
            raise ModelError(
                f"family {family!r} needs successes and trials",
                remedy="Write p(successes, trials) ~ ..., or use --family bernoulli for 0/1.",
            )
        check_trials(term.name, data[:, 0], data[:, 1])
    elif family not in ("categorical", "cumulative", "sratio", "multinomial", "dirichlet_multinomial"):
        check_response(term.name, data if data.ndim == 1 else data[:, 0], family)


def _alias(model: bambi.Model) -> dict[str, str]:
    """Give terms whose names break PyMC or nutpie a safe name; return safe name -> own name."""
    aliases: dict[str, str] = {}
    parent = model.family.likelihood.parent
    for parameter, component in bambi_parameters(model).items():
        for name, term in component.terms.items():
            if BREAKING & set(name):
                safe = f"term{len(aliases) + 1}"
                term.alias = safe
                aliases[safe] = name if parameter == parent else f"{parameter}_{name}"
    response = bambi_response_term(model)
    if BREAKING & set(response.name):
        response.alias = "response"
        aliases["response"] = response.name
    return aliases


def _variables(model: bambi.Model) -> tuple[str, ...]:
    """Name what to keep: not the response's parameters (one per row), not non-centred offsets."""
    built = model.backend.model
    parameters = {component.alias or name for name, component in bambi_parameters(model).items()}
    return tuple(
        variable.name
        for variable in (*built.free_RVs, *built.deterministics)
        if variable.name not in parameters and not variable.name.endswith("_offset")
    )


def _group_terms(model: bambi.Model, aliases: Mapping[str, str]) -> dict[str, str]:
    terms: dict[str, str] = {}
    parent = model.family.likelihood.parent
    for parameter, component in bambi_parameters(model).items():
        for name, term in component.group_specific_terms.items():
            label = name if parameter == parent else f"{parameter}_{name}"
            terms[posterior_name(aliases.get(term.alias or "", label))] = label
    return terms


def _censored(model: bambi.Model) -> Any:
    term = bambi_response_term(model)
    return np.asarray(term.data)[:, -1] != 0 if term.is_censored else None
