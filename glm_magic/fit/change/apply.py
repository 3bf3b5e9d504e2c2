"""A change, applied to a program and to a model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from glm_magic._stack import bambi_response_term
from glm_magic.engines.instant import Program, edit
from glm_magic.engines.instant.priors import PRIORS, Prior
from glm_magic.engines.instant.program import Variable
from glm_magic.errors import ModelError
from glm_magic.fit.change.priors import OTHERS, SUPPORTS, read_new_prior
from glm_magic.model import FormulaSource, Model
from glm_magic.model.changed import changed_model
from glm_magic.model.formula import title_of
from glm_magic.request import FormulaCell
from glm_magic.request.prior_lines import read_prior
from glm_magic.request.what_if import WhatIf


def changed_program(program: Program, model: Model, change: WhatIf) -> Program:
    """Apply a change to a program.

    Parameters
    ----------
    program : Program
        Row by row.
    model : Model
    change : WhatIf

    Returns
    -------
    Program

    Raises
    ------
    ModelError
        If a prior has another support than its parameter.
    """
    variables = {one.name: one for one in program.variables}
    for name, text in change.priors.items():
        variable, given = read_new_prior(model, name, text)
        _check_support(name, variables[variable], given.family)
        program = edit.with_prior(program, variables[variable], given.family, given.values)
    if change.response is not None:
        program = edit.with_response(program, np.array(change.response))
    if change.rows is not None:
        program = edit.with_rows(program, np.array(change.rows, dtype=np.intp))
    return program


def _check_support(name: str, variable: Variable, family: Prior) -> None:
    support = edit.SUPPORTS.get(variable.transform.kind)
    if support is None:
        raise ModelError(f"{name} is sampled within bounds, which belong to its prior", remedy=OTHERS)
    if family.support != support:
        known = ", ".join(one.name for one in PRIORS if one.support == support)
        raise ModelError(
            f"a {family.name} prior is of {SUPPORTS[family.support]}, and {name} is {SUPPORTS[support]}",
            remedy=f"Choose among {known}.",
        )


def with_change(model: Model, change: WhatIf) -> tuple[Model, Model]:
    """Apply a change to a model.

    Parameters
    ----------
    model : Model
    change : WhatIf

    Returns
    -------
    changed : Model
    whole : Model
        The same with all rows.

    Raises
    ------
    GlmError
        If a prior cannot be read, or PyMC cannot copy the model.
    """
    priors = {
        variable: given.record
        for variable, given in (read_new_prior(model, name, text) for name, text in change.priors.items())
    }
    response = None if change.response is None else np.array(change.response)
    rows = None if change.rows is None else np.array(change.rows, dtype=np.intp)
    used, shown = model.used, model.response
    if shown is not None and response is not None:
        values = shown.values.copy()
        values[... if used is None else used] = _as_shown(model, response)
        shown = replace(shown, values=values)
    whole = replace(
        with_source(model, change),
        pymc=changed_model(model.pymc, priors, None, response),
        response=shown,
        new_priors={**model.new_priors, **priors},
    )
    whole = replace(whole, title=_title(whole))
    if rows is None:
        return whole, whole
    kept = rows if used is None else used[rows]
    return replace(whole, pymc=changed_model(whole.pymc, {}, rows, None), used=kept), whole


def _as_shown(model: Model, response: NDArray[np.float64]) -> NDArray[np.float64]:
    """Write successes as the proportions that are drawn, where they are."""
    assert model.response is not None
    trials = trials_of(model)
    return response if trials is None else response / (trials if model.used is None else trials[model.used])


def trials_of(model: Model) -> NDArray[np.float64] | None:
    """Give the trials of a formula ``p(k, n) ~ ...``, shape (n_rows,); None of any other response."""
    if not isinstance(model.source, FormulaSource):
        return None
    term = bambi_response_term(model.source.bambi)
    data = np.asarray(term.data)
    described = term.is_censored or term.is_truncated or term.is_weighted or term.is_constrained
    return data[:, 1].astype(float) if data.ndim == 2 and data.shape[1] == 2 and not described else None


def with_source(model: Model, change: WhatIf) -> Model:
    """Write a change down, beside the formula and in it.

    Parameters
    ----------
    model : Model
    change : WhatIf

    Returns
    -------
    Model
        Whose PyMC model is not changed.
    """
    n_rows = 0 if model.response is None else len(model.response.values)
    made = replace(model, change=(model.change or WhatIf()).then(change, n_rows))
    if not isinstance(model.source, FormulaSource):
        return made
    recipe = model.source.recipe
    recipe = replace(recipe, cell=cell_with(recipe.cell, change), original=recipe.original or recipe.cell)
    own = model.source.own_priors | change.priors.keys()
    return replace(made, source=replace(model.source, recipe=recipe, own_priors=own))


def cell_with(cell: FormulaCell, change: WhatIf) -> FormulaCell:
    """Give a formula the priors of a change."""
    new = tuple(read_prior(target, text) for target, text in change.priors.items())
    targets = {prior.target for prior in new}
    return replace(cell, priors=(*(one for one in cell.priors if one.target not in targets), *new))


def _title(model: Model) -> str:
    """Say what was changed, behind the formula."""
    change = model.change or WhatIf()
    match model.source:
        case FormulaSource(recipe=recipe):
            said = [title_of(recipe.cell)]
        case _:
            priors = (f"{name} ~ {text}" for name, text in change.priors.items())
            said = [model.title.split(SEPARATOR)[0], *priors]
    if change.rows is not None and model.response is not None:
        said.append(f"{len(change.rows):,} of {len(model.response.values):,} rows")
    return SEPARATOR.join([*said, *([] if change.response is None else ["another response"])])


SEPARATOR = " · "
