"""glm() and Fit: the whole pipeline on one screen.

::

    cell text -> Request -> Model -> Posterior -> Views -> payload -> panel | page | figures

`fit_model` is that line; everything else here brings a request to it or shows its result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pymc

from glm_magic.data import Table, as_table, find_table, no_table
from glm_magic.engines import Draws, Progress, sample
from glm_magic.errors import NOWHERE, ModelError, StartError, Where, did_you_mean
from glm_magic.fit import Fit
from glm_magic.fit.shown import fit_of
from glm_magic.model import Model
from glm_magic.model.block import block_model
from glm_magic.model.formula import formula_model
from glm_magic.model.given import written_priors
from glm_magic.model.names import known_labels
from glm_magic.model.start import explained
from glm_magic.request import DEFAULTS, FormulaCell, Options
from glm_magic.request.again import Asked, asked_by_call
from glm_magic.request.cell import read_cell
from glm_magic.request.options import asked_truth, check_options
from glm_magic.request.prior_lines import read_prior
from glm_magic.turns import in_turn

if TYPE_CHECKING:
    import bambi

    from glm_magic.request.prior import Prior

Report = Callable[[Progress], None]


@in_turn
def glm(
    model: str | pymc.Model,
    data: object = None,
    *,
    priors: Mapping[str, str | float | bambi.Prior] | None = None,
    family: str | None = None,
    link: str | None = None,
    draws: int = DEFAULTS.draws,
    tune: int = DEFAULTS.tune,
    chains: int = DEFAULTS.chains,
    cores: int | None = None,
    seed: int | None = None,
    target_accept: float | None = None,
    engine: str = DEFAULTS.engine,
    prob: float = DEFAULTS.prob,
    lines: int = DEFAULTS.lines,
    truth: Mapping[str, float] | None = None,
    ask_truth: bool = DEFAULTS.ask_truth,
    namespace: Mapping[str, Any] | None = None,
) -> Fit:
    """Fit a Bayesian regression.

    Parameters
    ----------
    model : str or pymc.Model
        A formula in Bambi's language, with further lines for priors and auxiliary formulas
        as in a ``%%glm`` cell; or a PyMC model.
    data : frame, str or mapping of str to array, optional
        pandas, polars, pyarrow or any frame that narwhals reads; a path to a .csv, .tsv, .parquet,
        .feather or .json file; or columns by name. For a PyMC model it names the data vectors.
    priors : mapping of str to str, float or bambi.Prior, optional
        ``{"x": "Normal(0, 1)", "nu": 4}``; targets are named as the summary names them, or a class:
        ``"common"``, ``"group_specific"``. A number fixes a parameter of the family.
    family, link : str, optional
        A Bambi family (``"gaussian"``) and the link of its main parameter.
    draws, tune, chains : int
        Draws kept and draws of warm-up, per chain, and chains.
    cores : int, optional
        Chains that run at once.
    seed : int, optional
        Seed of the sampler; one is drawn, and reported, when it is not given.
    target_accept : float, optional
        Target acceptance rate, in (0, 1). The engines' own is 0.8; the instant engine and nutpie take 0.9 for up
        to 60 parameters where these are correlated.
    engine : {"auto", "instant", "nutpie", "pymc", "numpyro", "blackjax"}
        What samples; ``"auto"`` is the instant engine where it can fit the model, else nutpie.
    prob : float
        Probability of the intervals shown, from 0.01 to 0.99.
    lines : int
        Fan lines shown at first.
    truth : mapping of str to float, optional
        True parameter values of simulated data.
    ask_truth : bool
        Whether the panel keeps the true values hidden until "Show truth" is switched on. Figures show them.
    namespace : mapping of str to object, optional
        Functions and constants that the formula names.

    Returns
    -------
    Fit

    Raises
    ------
    GlmError
        With what is wrong, where, and what to do.

    Examples
    --------
    >>> fit = glm("y ~ x", data=df, priors={"x": "Normal(0, 1)"}, seed=8927)  # doctest: +SKIP
    >>> fit.summary()  # doctest: +SKIP
    """
    options = check_options(
        Options(
            family=family, link=link, draws=draws, tune=tune, chains=chains, cores=cores, seed=seed,
            target_accept=target_accept, engine=engine, prob=prob, lines=lines, truth=dict(truth or {}),
            ask_truth=ask_truth,
        )
    )  # fmt: skip
    options = asked_truth(options, label="ask_truth")
    names = dict(namespace or {})
    table = _table(data, names)
    given = written_priors(priors or {})
    asked = asked_by_call(model, data, given, options, complete=not names)
    if isinstance(model, pymc.Model):
        if priors or family or link:
            raise ModelError("priors, family and link belong to a formula; a PyMC model has its own")
        return fit_model(block_model(model, table, names, "PyMC model"), options, asked=asked)
    cell = read_cell(model)
    if not isinstance(cell, FormulaCell):
        raise ModelError(
            "glm() takes a formula or a pymc.Model, not the text of a PyMC block",
            remedy="Build the model in Python and pass it: glm(model).",
        )
    written = tuple(read_prior(target, text) for target, text in given.items())
    cell = replace(cell, priors=_one_each(cell.priors, written))
    return fit_model(formula_model(cell, table or no_table(), names, options), options, asked=asked)


def _table(data: object, namespace: Mapping[str, Any]) -> Table | None:
    if data is None:
        return None
    return find_table(data, namespace) if isinstance(data, str) else as_table(data)


def _one_each(first: Sequence[Prior], second: Sequence[Prior]) -> tuple[Prior, ...]:
    twice = {prior.target for prior in first} & {prior.target for prior in second}
    if twice:
        raise ModelError(
            f"the prior of {', '.join(sorted(twice))} is given twice, in the formula and in priors="
        )
    return (*first, *second)


def fit_model(
    model: Model,
    options: Options,
    report: Report | None = None,
    places: Mapping[str, Where] = NOWHERE,
    asked: Asked | None = None,
) -> Fit:
    """Sample a model, and say what should not be trusted.

    Parameters
    ----------
    model : Model
    options : Options
    report : callable, optional
    places : mapping of str to Where, optional
        Where the header gives the options.
    asked : Asked, optional
        How the fit was asked for, so that findings can offer it with other settings.

    Returns
    -------
    Fit
        Marked incomplete when the user interrupted the run.
    """
    _check_truth(model, options, places.get("truth"))
    draws = _sampled(model, options, report or _silent)
    return fit_of(model, draws, options, asked or Asked(options=options))


def _sampled(model: Model, options: Options, report: Report) -> Draws:
    try:
        return sample(model.pymc, options, report, model.variables)
    except StartError as problem:
        raise explained(problem, model) from problem


def _silent(progress: Progress) -> None:
    """Hear nothing."""


def _check_truth(model: Model, options: Options, where: Where | None) -> None:
    """Refuse a true value of a parameter that the model has not, before anything is sampled."""
    known = known_labels(model)
    every = [label for labels in known.values() for label in labels]
    for label in options.truth:
        name = label.rpartition("[")[0]
        if label in every or known.get(name) == ():
            continue
        if label in known:
            example = next(iter(known[label]), f"{label}[0]")
            problem, remedy = "which has a number for each level", f"Name them one by one: {example}=..."
        else:
            problem, remedy = "which is no parameter of the model", did_you_mean(label, [*every, *known])
        raise ModelError(
            f"truth names {label!r}, {problem}",
            where=None if where is None else where.narrowed(label),
            remedy=remedy,
        )
