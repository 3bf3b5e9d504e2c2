"""The instant engine: precompiled log densities of regressions, read from the PyMC graph.

::

    pymc.Model -> lower -> Program -> compress -> pack -> nutpie's sampler -> posterior

The wait of a regression is compiling, not sampling. Here nothing is compiled per model: a program
is data, and the few kernels it uses are compiled once per machine. `check` compares every program
with PyMC's own density before its draws are shown.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import pymc as pm
import xarray

from glm_magic.engines import nutpie
from glm_magic.engines.checks import check_start
from glm_magic.engines.density import Terms, initial_point, log_densities
from glm_magic.engines.draws import Draws, own_variables, statistics
from glm_magic.engines.instant.bridge import Kernel, kernel, nutpie_model
from glm_magic.engines.instant.check import LEAST, Agreement, compare
from glm_magic.engines.instant.compiling import DENSITY, EXPAND, KERNEL, compiled, notes
from glm_magic.engines.instant.compress import compress
from glm_magic.engines.instant.distributions import DISTRIBUTIONS
from glm_magic.engines.instant.draw import posterior
from glm_magic.engines.instant.driver import density, expand
from glm_magic.engines.instant.links import LINKS
from glm_magic.engines.instant.lower import lower
from glm_magic.engines.instant.points import unconstrained
from glm_magic.engines.instant.program import (
    MOST_NUMBERS,
    Factor,
    Floats,
    Lowered,
    NotInstant,
    Program,
)
from glm_magic.engines.instant.witness import prepare
from glm_magic.engines.job import Job
from glm_magic.engines.starts import is_possible, possible
from glm_magic.engines.trace import Trace

__all__ = [
    "Change",
    "Disagreement",
    "Lowered",
    "NotInstant",
    "Program",
    "changed_draws",
    "compressed",
    "instant_draws",
    "lower",
    "lowered",
    "unconstrained",
    "warm",
]

CHECKED_STARTS = 6
CHECKED_CHAINS = 3
JITTER = 1.0
"""Chains begin within this of the initial point, in unconstrained units; PyMC's own rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A program that is not what PyMC means; its draws are thrown away.

    Attributes
    ----------
    agreement : Agreement
    """

    agreement: Agreement

    def __str__(self) -> str:
        """Say by how much, in words."""
        of = f"its log density of {', '.join(self.agreement.variables)}"
        if not self.agreement.compared:
            return f"{of} could not be compared at {LEAST} points"
        return (
            f"{of} differs by up to {self.agreement.value_error:.1e} and its gradient by up to "
            f"{self.agreement.gradient_error:.1e}, relatively"
        )


def lowered(model: pm.Model) -> Lowered | NotInstant:
    """Lower a model, and compress what was read: a large design is not kept while the chains run.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    Lowered or NotInstant
    """
    program = lower(model)
    if isinstance(program, NotInstant):
        return program
    whole = program if program.numbers <= MOST_NUMBERS else None
    return Lowered(small=compressed(program), whole=whole)


def compressed(program: Program) -> Program:
    """Give a program of the same density, up to a constant, with fewer rows."""
    return replace(program, factors=tuple(_compressed(factor) for factor in program.factors))


def instant_draws(read: Lowered, job: Job) -> Draws | Disagreement:
    """Sample a program, and check it against the model that it was lowered from.

    Parameters
    ----------
    read : Lowered
    job : Job

    Returns
    -------
    Draws or Disagreement
        Incomplete draws after an interruption.
    """
    program, model = read.small, job.model
    machine = kernel(program)
    names = [model.rvs_to_values[rv].name for rv in model.free_RVs]
    start = _starts(model, names, machine)
    begun = [start(job.seed + number) for number in range(CHECKED_STARTS)]
    pymc: list[Terms] = []

    def meanwhile() -> None:
        """Make PyMC's density in Python, while nutpie's threads sample; for the page with its gradient."""
        pymc.append(log_densities(model))
        # Whatever PyTensor raises here costs the page its engine, which derives it again and says so.
        if read.whole is not None:
            with suppress(Exception):
                prepare(model)

    ready = time.perf_counter()
    trace = nutpie.run(nutpie_model(machine, start), job, meanwhile=meanwhile)
    done = time.perf_counter()
    free = _free(program, trace)
    draws = _some(program, free)
    agreement = compare(machine, pymc[0] if pymc else log_densities(model), names, begun, draws)
    if not agreement.holds:
        return Disagreement(agreement=agreement)
    return replace(
        _draws(read, trace, job, free),
        sample_stats=_shifted(statistics(trace.statistics), agreement.constant),
        seconds_compiling=ready - job.began,
        seconds_sampling=done - ready,
        check=f"{agreement.points} points, relative error {agreement.value_error:.1e} of the log density, "
        f"{agreement.gradient_error:.1e} of its gradient",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of a program that was compared with PyMC.

    Attributes
    ----------
    program : Program
        Row by row.
    points : ndarray, shape (n_points, n_dim)
        Unconstrained; where chains may begin.
    """

    program: Program
    points: Floats


def changed_draws(change: Change, job: Job) -> Draws:
    """Sample a change of a program.

    Parameters
    ----------
    change : Change
    job : Job
        Of the model before the change, which has the same deterministic variables.

    Returns
    -------
    Draws
        Incomplete after an interruption.
    """
    program, points = change.program, change.points
    read = Lowered(small=compressed(program), whole=program if program.numbers <= MOST_NUMBERS else None)
    machine = kernel(read.small)

    def start(number: int) -> Floats:
        return np.asarray(points[np.random.default_rng(number).integers(len(points))])

    ready = time.perf_counter()
    trace = nutpie.run(nutpie_model(machine, possible(machine.log_density, start, points[0])), job)
    done = time.perf_counter()
    return replace(
        _draws(read, trace, job, _free(read.small, trace)),
        seconds_compiling=ready - job.began,
        seconds_sampling=done - ready,
    )


def _free(program: Program, trace: Trace) -> dict[str, Floats]:
    """Give the draws of each free variable."""
    return {one.name: trace.variables[f"v{place}"] for place, one in enumerate(program.variables)}


def _draws(read: Lowered, trace: Trace, job: Job, free: dict[str, Floats]) -> Draws:
    """Make the record, without what was measured."""
    return Draws(
        posterior=own_variables(posterior(job.model, free, job.variables), job.model, job.variables),
        sample_stats=statistics(trace.statistics),
        engine="instant",
        seed=job.seed,
        seconds_compiling=0.0,
        seconds_sampling=0.0,
        incomplete=trace.incomplete,
        requested=job.options.draws,
        lost=trace.lost,
        begun_again=trace.begun_again,
        notes=notes(),
        program=read.whole,
    )


def _compressed(factor: Factor) -> Factor:
    return replace(compress(factor), variables=factor.variables)


def warm(go_on: Callable[[], bool]) -> None:
    """Compile or load every kernel, those of the most common models first.

    Parameters
    ----------
    go_on : callable
        Asked before each; it may wait.
    """
    likely = ("normal_summary", "normal", "half_student_t", "half_normal", "bernoulli", "poisson")
    kernels = [
        (density, DENSITY),
        (expand, EXPAND),
        *((DISTRIBUTIONS[name].kernel, KERNEL) for name in likely),
        *((link.kernel, KERNEL) for link in LINKS.values()),
        *((one.kernel, KERNEL) for name, one in DISTRIBUTIONS.items() if name not in likely),
    ]
    for function, signature in kernels:
        if not go_on():
            return
        compiled(function, signature)


def _starts(model: pm.Model, names: Sequence[str], machine: Kernel) -> Callable[[int], Floats]:
    """Make the function that gives each chain its beginning: the initial point, jittered."""
    initial = initial_point(model)
    centre = np.concatenate([np.ravel(initial[name]).astype(np.float64) for name in names])

    def jittered(number: int) -> Floats:
        jitter = np.random.default_rng(number).uniform(-JITTER, JITTER, len(centre))
        return np.asarray(centre + jitter)

    start = possible(machine.log_density, jittered, centre)
    if not is_possible(machine.log_density, centre) and not is_possible(machine.log_density, start(0)):
        # It names the variable, or finds a point that is possible; nutpie then tries others.
        check_start(model)
    return start


def _some(program: Program, free: dict[str, Floats]) -> list[Floats]:
    """Take some draws back to the unconstrained scale: the last of the first chains, then earlier ones."""
    n_chains, n_draws = next(iter(free.values())).shape[:2]
    places = sorted({n_draws - 1, n_draws // 2, 0}, reverse=True)
    return [
        np.concatenate(
            [unconstrained(one, free[one.name][chain, place].ravel()) for one in program.variables]
        )
        for place in places
        for chain in range(min(CHECKED_CHAINS, n_chains))
    ]


def _shifted(stats: xarray.Dataset, constant: float) -> xarray.Dataset:
    """Give log density and energy the constants that the program leaves out, and PyMC does not."""
    known = stats.variables
    moved = {"lp": known["lp"] + constant} if "lp" in known else {}
    if "energy" in known:
        moved["energy"] = known["energy"] - constant
    return stats.assign(moved)
