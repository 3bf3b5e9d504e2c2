"""The Model tab: the model in mathematics, its priors, and the code that gives the same posterior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glm_magic.code import Program, Random
from glm_magic.code.calls import rest_of
from glm_magic.code.priors import priors_of
from glm_magic.code.program import program_of
from glm_magic.errors import ModelError
from glm_magic.model import FormulaSource, Model
from glm_magic.model.names import known_labels, label_of
from glm_magic.model.recipe import lines_of
from glm_magic.model.targets import classes_of
from glm_magic.request import FormulaCell, Options
from glm_magic.request.header_text import header_text
from glm_magic.request.prior import Prior
from glm_magic.views.equations import equations_of
from glm_magic.views.mathml import mathml, plain
from glm_magic.views.summary import MOST_PER_TERM
from glm_magic.wire import EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorArgument:
    """One argument of a prior.

    Attributes
    ----------
    name : str
        PyMC's.
    values : ndarray, shape (1,) or (n_labels,)
    """

    name: str
    values: NDArray[np.float64] = field(metadata=EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorRecord:
    """The prior of one random variable.

    Attributes
    ----------
    name : str
        As `Fit.refit` takes it, and as a line of a cell names it: ``"x"``, ``"1|school_sigma"``.
    variable : str
        The PyMC variable.
    labels : tuple of str
        The numbers of the posterior whose prior this is, as the summary labels them.
    shift : tuple of PriorArgument
        The prior of a centered intercept is that of the number plus these multiples of others, by label: the means
        of the predictors.
    family : str
        ``"Normal"``.
    arguments : tuple of PriorArgument
        In PyMC's order.
    rest : str
        What follows the arguments in PyMC's call.
    given : str or None
        The line of the cell that gives it; None where Bambi chose it.
    fixed : str
        Why it cannot be changed in the panel; empty where it can.
    """

    name: str
    variable: str
    labels: tuple[str, ...]
    shift: tuple[PriorArgument, ...]
    family: str
    arguments: tuple[PriorArgument, ...]
    rest: str
    given: str | None
    fixed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelView:
    """The Model tab.

    Attributes
    ----------
    mathml : tuple of str
        A ``<math>`` element for each line of the model.
    lines : tuple of str
        The same lines as plain text.
    priors : tuple of PriorRecord
    code : tuple of str or int
        A PyMC program. A number is the place of the prior whose call belongs there.
    cell : str
        The ``%%glm`` cell without lines of priors that can be changed; empty where there is none.
    notes : tuple of str
    """

    mathml: tuple[str, ...]
    lines: tuple[str, ...]
    priors: tuple[PriorRecord, ...]
    code: tuple[str | int, ...]
    cell: str
    notes: tuple[str, ...]


def model_view(model: Model, options: Options, seed: int) -> ModelView:
    """Make the Model tab.

    Parameters
    ----------
    model : Model
    options : Options
        Of the fit.
    seed : int
        Of its sampler.

    Returns
    -------
    ModelView
        Without code where the model cannot be written; a note says why.
    """
    priors = priors_of(model)
    lines = equations_of(model, priors)
    notes: tuple[str, ...] = ()
    try:
        program = program_of(model, options, seed, priors)
    except ModelError as problem:
        program, notes = Program(parts=()), (f"There is no PyMC code: {problem.message}.",)
    given = _given(model.source.recipe.cell, model.source) if isinstance(model.source, FormulaSource) else {}
    labels = known_labels(model)
    shifts = _shifts(model, labels)
    return ModelView(
        mathml=tuple(mathml(line) for line in lines),
        lines=tuple(plain(line) for line in lines),
        priors=tuple(
            PriorRecord(
                name=one.name,
                variable=one.variable,
                labels=_some(labels.get(one.label, ()), one),
                shift=shifts.get(one.variable, ()),
                family=one.family,
                arguments=tuple(
                    PriorArgument(name=name, values=np.ravel(values))
                    for name, values in one.arguments.items()
                    if not isinstance(values, str)
                ),
                rest=rest_of(one),
                given=given.get(one.target),
                fixed=one.fixed,
            )
            for one in priors
        ),
        code=_code(program, priors),
        cell=_cell(model, options, priors),
        notes=notes,
    )


def _some(labels: tuple[str, ...], random: Random) -> tuple[str, ...]:
    """Leave labels out where there are very many numbers, and all have the same prior."""
    same = all(isinstance(value, str) or value.size == 1 for value in random.arguments.values())
    return labels[:MOST_PER_TERM] if same else labels


def _code(program: Program, priors: Sequence[Random]) -> tuple[str | int, ...]:
    places = {one.variable: place for place, one in enumerate(priors)}
    return tuple(part if isinstance(part, str) else places[part.variable] for part in program.parts)


def _shifts(model: Model, labels: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[PriorArgument, ...]]:
    """Give the multiples of other numbers that a centered intercept has, by its variable."""
    found: dict[str, tuple[PriorArgument, ...]] = {}
    for intercept in getattr(model.source, "centered", ()):
        if len(labels.get(intercept.name, ())) != 1:
            continue
        found[intercept.sampled] = tuple(
            PriorArgument(name=label, values=np.array([mean]))
            for variable, means in intercept.means.items()
            for label, mean in zip(labels.get(label_of(variable), ()), means, strict=False)
        )
    return found


def _given(cell: FormulaCell, source: FormulaSource) -> dict[str, str]:
    """Give the distribution that each line of the cell writes, by the name of the prior."""
    classes = classes_of(source.bambi)
    every: dict[str, str] = {}
    for prior in cell.priors:
        words = prior.distribution.where.words()
        for name in (*classes.get(prior.target, ()), prior.target):
            every.setdefault(name, words)
    return {**every, **{prior.target: prior.distribution.where.words() for prior in cell.priors}}


def _cell(model: Model, options: Options, priors: Sequence[Random]) -> str:
    """Write the cell, without the lines of priors that can be changed."""
    match model.source:
        case FormulaSource() as source:
            recipe = source.recipe
            data = recipe.table.path or ("" if not recipe.table.columns else recipe.table.name)
            kept = [prior for prior in recipe.cell.priors if not _changeable(prior, source, priors)]
            lines = [
                f"{' '.join(prior.where.words().split())} ~ {prior.distribution.where.words()}"
                for prior in kept
            ]
            return "\n".join([header_text(data, options), *lines_of(recipe.cell), *lines])
        case _:
            return ""


def _changeable(prior: Prior, source: FormulaSource, priors: Sequence[Random]) -> bool:
    """Tell whether a line gives priors that the panel writes anew."""
    named = {prior.target, *classes_of(source.bambi).get(prior.target, ())}
    own = [one for one in priors if one.target in named or prior.target.startswith(f"{one.target}[")]
    return bool(own) and not any(one.fixed for one in own)
