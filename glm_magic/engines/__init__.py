"""A model and options in, draws out: which engine, and why.

- `auto` (the default): `instant` where it can, else `nutpie`; `pymc` for discrete variables
- `instant`: precompiled densities of regressions; an answer before the thought is gone
- `nutpie`: any continuous model; compiles it, which takes seconds
- `pymc`: PyMC's own NUTS; slower, but samples discrete variables too, and is the second
  opinion when nutpie's chains do not agree
- `numpyro`, `blackjax`: through JAX, for those who have it (and a GPU)
"""

from __future__ import annotations

import logging
import os
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pymc as pm

from glm_magic import interrupts
from glm_magic.engines import checks, instant, nutpie
from glm_magic.engines import pymc as pymc_engine
from glm_magic.engines.damage import with_a_whole_cache
from glm_magic.engines.draws import Draws
from glm_magic.engines.job import Job
from glm_magic.engines.progress import ChainProgress, Progress, as_html, as_text
from glm_magic.errors import EngineError, Interrupted
from glm_magic.interrupts import Listening, Sampling
from glm_magic.request import ENGINES, Options
from glm_magic.turns import Turn

__all__ = [
    "ChainProgress",
    "Draws",
    "Progress",
    "as_html",
    "as_text",
    "check",
    "fresh_seed",
    "sample",
]


def sample(
    model: pm.Model,
    options: Options,
    report: Callable[[Progress], None],
    variables: Sequence[str] | None = None,
    change: instant.Change | None = None,
) -> Draws:
    """Sample a model.

    Parameters
    ----------
    model : pymc.Model
        The model.
    options : Options
        Engine, draws, tune, chains, cores, seed and target acceptance rate.
    report : callable
        Called with a `Progress` when the fit begins and about ten times a second, always
        in the calling thread.
    variables : sequence of str, optional
        Free and deterministic variables to keep; None keeps all.
    change : instant.Change, optional
        What the instant engine samples instead, a change of the model that it has read.

    Returns
    -------
    Draws
        With the engine that drew, and why. Exactly ``options.draws`` draws of each chain, or fewer and
        ``incomplete`` when the user interrupted.

    Raises
    ------
    EngineError
        The engine is missing, cannot sample this model, or found no start.
    Interrupted
        The user interrupted before any draw was kept.
    """
    if options.engine not in ENGINES:
        raise EngineError(
            f"There is no engine {options.engine!r}", remedy=f"Known here: {', '.join(ENGINES)}."
        )
    checks.check_installed(options.engine)
    seed = fresh_seed() if options.seed is None else options.seed
    cores = min(options.chains, options.cores or os.cpu_count() or 1)
    kept = [variable.name for variable in model.unobserved_RVs] if variables is None else variables
    job = Job(
        model=model,
        options=options,
        report=report,
        variables=tuple(kept),
        seed=seed,
        cores=cores,
        began=time.perf_counter(),
    )
    run = _Run(job, change)
    with Listening(), Turn(run.waiting), _QUIET, Sampling():
        try:
            drawn = run.draws()
        except Interrupted:
            raise
        except KeyboardInterrupt as stop:
            # Between the stages that answer it: before sampling, or so long after that it was not held back.
            raise Interrupted("before the draws were kept") from stop
        if drawn.incomplete:
            # The stop has been answered, and so have those that followed it in impatience.
            interrupts.taken()
            run.summarising()
        return drawn


class _Run:
    """One fit: chooses the engine, and tells how far it is.

    Parameters
    ----------
    job : Job
    change : instant.Change or None
    """

    def __init__(self, job: Job, change: instant.Change | None) -> None:
        self._job = job
        self._change = change

    def waiting(self, seconds: float) -> None:
        """Tell that another fit has the turn."""
        self._job.report(Progress(chains=(), stage="waiting", elapsed=seconds))

    def summarising(self) -> None:
        """Tell what comes after a stop, for many draws take a while."""
        self._job.report(Progress(chains=(), stage="summarising", elapsed=self._job.elapsed))

    def draws(self) -> Draws:
        """Sample with the engine that was asked for."""
        engine = self._job.options.engine
        with interrupts.Answered("while compiling; nothing was drawn"):
            self._job.report(Progress(chains=(), stage="compiling", elapsed=0.0))
            if self._change is not None:
                drawn = instant.changed_draws(self._change, self._job)
                return replace(drawn, why="a change of what agrees with PyMC")
            if engine == "auto" and (discrete := checks.discrete_variables(self._job.model)):
                return self._discrete(discrete)
            if engine in ("auto", "instant"):
                checks.check_variables(self._job.model, engine)
                read = instant.lowered(self._job.model)
            else:
                check(self._job.model, engine)
                read = None
        match read:
            case None:
                return self._with(engine)
            case instant.NotInstant(reason=reason):
                return self._compiled(
                    why=f"not instant: {reason}", refusal=f"it cannot fit this model: {reason}"
                )
            case _:
                return self._instant(read)

    def _discrete(self, names: Sequence[str]) -> Draws:
        """Sample with PyMC what has no gradient."""
        check(self._job.model, "pymc")
        return replace(self._with("pymc"), why=f"no gradient by the discrete {', '.join(names)}")

    def _instant(self, read: instant.Lowered) -> Draws:
        match instant.instant_draws(read, self._job):
            case Draws() as found:
                return replace(found, why="agrees with PyMC")
            case instant.Disagreement() as found:
                problem = f"the instant engine did not agree with PyMC ({found})"
                drawn = self._compiled(why="not instant: it did not agree with PyMC", refusal=str(found))
                return replace(drawn, fallback=problem)

    def _compiled(self, *, why: str, refusal: str) -> Draws:
        """Sample with nutpie what the instant engine did not, unless the user insists on it."""
        if self._job.options.engine == "instant":
            raise EngineError(
                f"The instant engine was asked for, but {refusal}",
                remedy="Leave --engine out: nutpie then compiles the model, which takes some seconds.",
            )
        check(self._job.model, "nutpie")
        return replace(self._with("nutpie"), why=why)

    def _with(self, engine: str) -> Draws:
        draw = _engine(engine)
        return with_a_whole_cache(lambda: draw(self._job))


def check(model: pm.Model, engine: str) -> None:
    """Raise `EngineError` when it can be told beforehand that an engine cannot sample a model.

    Parameters
    ----------
    model : pymc.Model
        The model.
    engine : str
        One of `glm_magic.request.ENGINES`.
    """
    checks.check_variables(model, engine)
    checks.check_start(model)


def fresh_seed() -> int:
    """Draw a seed from the operating system.

    Returns
    -------
    int
        In 0 to 2**32 - 1, which every engine takes.
    """
    return int(np.random.SeedSequence().generate_state(1)[0])


def _engine(name: str) -> Callable[[Job], Draws]:
    match name:
        case "nutpie":
            return nutpie.compiled_draws
        case "pymc":
            return pymc_engine.pymc_draws
        case _:
            return pymc_engine.jax_draws


# What is silenced while a fit runs, and why; errors and other warnings still pass.
_LOGGERS = (
    "pymc",  # "Initializing NUTS", "Sampling 4 chains for ...": the progress says it.
    "pytensor.tensor.blas",  # "Using NumPy C-API ...": nobody can act on it in a cell.
)
_WARNINGS = (
    # The same, when PyTensor looks for a BLAS; it is about speed, and nutpie has no use for it.
    "PyTensor could not link to a BLAS installation",
)


class _Quiet:
    """Keeps lines that our own progress and findings replace out of the cell while any fit runs.

    Filters, which are taken away again, rather than levels and `warnings.catch_warnings`, which are restored: fits in
    two threads overlap, and the second to end would restore what the first had set.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fits: Counter[int] = Counter()
        self._warnings: list[Any] = []

    def __enter__(self) -> None:
        with self._lock:
            if not self._fits.total():
                for name in _LOGGERS:
                    logging.getLogger(name).addFilter(self)
                before = list(warnings.filters)
                for message in _WARNINGS:
                    warnings.filterwarnings("ignore", message=message)
                # Not those that the user has set too.
                self._warnings = [entry for entry in warnings.filters if entry not in before]
            self._fits[threading.get_ident()] += 1

    def __exit__(self, *problem: object) -> None:
        with self._lock:
            self._fits[threading.get_ident()] -= 1
            if not self._fits.total():
                for name in _LOGGERS:
                    logging.getLogger(name).removeFilter(self)
                for entry in self._warnings:
                    # Somebody may have replaced all filters meanwhile.
                    with suppress(ValueError):
                        cast("list[Any]", warnings.filters).remove(entry)

    def filter(self, record: logging.LogRecord) -> bool:
        """Let errors pass, and what threads without a fit have to say."""
        return record.levelno >= logging.ERROR or not self._fits[record.thread or 0]


_QUIET = _Quiet()
