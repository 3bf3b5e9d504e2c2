"""`Fit.refit`: the same formula with other priors, some of the rows, or another response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glm_magic.engines import Progress, sample
from glm_magic.engines.instant import Change, NotInstant, Program, lower
from glm_magic.errors import ModelError
from glm_magic.fit.change.apply import changed_program, with_change, with_source
from glm_magic.fit.change.read import read_change
from glm_magic.fit.update import update
from glm_magic.model import FormulaSource, Model
from glm_magic.request.again import Asked
from glm_magic.request.what_if import WhatIf
from glm_magic.turns import Turn
from glm_magic.views.engine import constrained_draws, unconstrained_draws

if TYPE_CHECKING:
    from glm_magic.fit import Fit

POINTS = 200
"""Draws among which chains begin."""


def refit(
    fit: Fit,
    priors: Mapping[str, str] | None = None,
    rows: Sequence[int] | None = None,
    response: Sequence[float] | Mapping[int, float] | None = None,
    data: object = None,
) -> Fit:
    """Fit again with other priors, some of the rows or another response; what is not given stays, the seed too.

    A fit of the instant engine keeps its program, which is changed and sampled: no formula is read and nothing is
    lowered. The panel does the same in the browser: ``fit.refit(**panel.what_if)`` is what it shows.

    Parameters
    ----------
    priors : mapping of str to str, optional
        New priors by name, ``{"x": "Normal(0, 1)"}``: a family of the same support, with numbers. The others stay,
        those that Bambi chose too: it is not asked again.
    rows : sequence of int, optional
        Positions of the rows to keep, from 0. Predictors are centred and transformed as in the fit, and the means
        of effects over the rows of the data stay those over all.
    response : sequence of float or mapping of int to float, optional
        Another response: a number for every row, or numbers by row. Successes, where the response is of trials.
    data : frame, str or mapping of str to array, optional
        Other data. They need a new design, so Bambi makes the model anew, as for `Fit.update`.

    Returns
    -------
    Fit
        A new one; this one is not changed. `Fit.update` of it fits the formula to what is left of the data.

    Raises
    ------
    ModelError
        For a prior, a row or a response that the model cannot have.
    GlmError
        As `glm_magic.glm` does.

    Examples
    --------
    >>> fit.refit(priors={"x": "Normal(0, 0.5)"})  # doctest: +SKIP
    >>> fit.refit(rows=range(20))  # doctest: +SKIP
    >>> fit.refit(**panel.what_if)  # doctest: +SKIP
    """
    if data is not None:
        if rows is not None or response is not None:
            raise ModelError(
                "data come with their own rows and response", remedy="Change the data themselves."
            )
        return update(fit, data=data, priors=priors)
    from glm_magic.fit.shown import fit_of  # which makes a Fit

    model = fit._living("refit")
    with Turn():
        program = _program(fit, model)
        likelihood = None if program is None or len(program.likelihoods) != 1 else program.likelihoods[0]
        change = read_change(model, likelihood, priors, rows, response)
        if program is None:
            return _updated(fit, model, change)
        changed = changed_program(program, model, change)
        made, whole = with_change(model, change)
        options = replace(fit._options, seed=fit._record.seed)
        points = _points(program, fit)
        draws = sample(made.pymc, options, _silent, made.variables, Change(program=changed, points=points))
        return fit_of(made, draws, options, Asked(options=options), whole)


def _program(fit: Fit, model: Model) -> Program | None:
    """Give the program row by row; None for a fit of another engine."""
    if fit._record.engine != "instant":
        return None
    if fit._record.program is not None:
        return fit._record.program
    # The graph of a changed model may be one that cannot be read, and its program is the change of one that can.
    before = model if fit._model is not None else fit._file().unchanged("refit")
    read = lower(before.pymc)
    if isinstance(read, NotInstant):
        return None
    return read if model.change == before.change else changed_program(read, before, model.change or WhatIf())


def _updated(fit: Fit, model: Model, change: WhatIf) -> Fit:
    """Change the formula and the data, or the hand-written model, and fit it with its own engine."""
    made = copy(fit)
    match model.source:
        case FormulaSource():
            made._model = with_source(model, change)
        case _:
            made._model, _ = with_change(model, change)
    return update(made)


def _points(program: Program, fit: Fit) -> NDArray[np.float64]:
    """Choose draws, on the sampler's scale, where chains may begin."""
    drawn = unconstrained_draws(program, constrained_draws(program, fit._record)).reshape(-1, program.n_dim)
    some = drawn[:: max(1, len(drawn) // POINTS)]
    inside = some[np.isfinite(some).all(axis=1)]
    return inside if len(inside) else np.zeros((1, program.n_dim))


def _silent(progress: Progress) -> None:
    """Hear nothing."""
