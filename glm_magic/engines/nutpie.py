"""Any continuous PyMC model through nutpie: compiled by numba, sampled in Rust threads."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm

from glm_magic import _stack, interrupts
from glm_magic.engines.adaptation import CAREFUL_ACCEPTANCE, adaptation, asked
from glm_magic.engines.approach import Density, approach
from glm_magic.engines.arrival import lost_chains, mended
from glm_magic.engines.draws import Draws, own_variables, statistics
from glm_magic.engines.job import Job
from glm_magic.engines.progress import ChainProgress, Progress
from glm_magic.engines.reuse import compiled_model, flat, pointer
from glm_magic.engines.starts import possible
from glm_magic.engines.trace import Trace, collected
from glm_magic.errors import EngineError, Interrupted, StartError
from glm_magic.request import Options
from glm_magic.turns import Elsewhere

POLL_SECONDS = 0.1
"""How often progress is reported; a finished or interrupted fit does not wait for it."""

PATHS = 8
"""Starts from which a climb may begin: with two modes, all of them miss the higher one in 1 of 256."""


def compiled_draws(job: Job) -> Draws:
    """Compile a model and sample it with nutpie.

    Parameters
    ----------
    job : Job
        Of a model without discrete free variables.

    Returns
    -------
    Draws
        The draws, incomplete after an interruption.
    """
    model = job.model
    with interrupts.Answered("while compiling; nothing was drawn"):
        compiled = _possible(compiled_model(model, job.variables), model)
    ready = time.perf_counter()
    trace = run(compiled, job)
    done = time.perf_counter()
    posterior = trace.dataset(model.named_vars_to_dims, compiled.coords)
    return Draws(
        posterior=own_variables(posterior, model, job.variables),
        sample_stats=statistics(trace.statistics),
        engine="nutpie",
        seed=job.seed,
        seconds_compiling=ready - job.began,
        seconds_sampling=done - ready,
        incomplete=trace.incomplete,
        requested=job.options.draws,
        lost=trace.lost,
        begun_again=trace.begun_again,
    )


def run(compiled: Any, job: Job, meanwhile: Callable[[], None] = lambda: None) -> Trace:
    """Sample a compiled model; begin chains again that are lost, and keep what a stop leaves.

    Parameters
    ----------
    compiled : nutpie.compile_pymc.CompiledPyMCModel
        Compiled by nutpie, or made by hand with the same attributes.
    job : Job
    meanwhile : callable
        Called once, when the threads sample and Python has nothing to do.

    Returns
    -------
    Trace
        Incomplete after an interruption.

    Raises
    ------
    StartError
        No start was found.
    Interrupted
        Before any draw was kept.
    """
    options = job.options
    starts = (np.asarray(compiled.initial_point_func(job.seed + path)) for path in range(PATHS))
    settings = adaptation(_density(compiled), starts, options, wide=compiled.n_dim) | asked(options)
    trace = _sampled(compiled, job, settings, meanwhile)
    lost = lost_chains(trace)
    if not lost:
        return trace
    again = replace(
        options, chains=len(lost), target_accept=max(options.target_accept or 0.0, CAREFUL_ACCEPTANCE)
    )
    fresh = int(np.random.SeedSequence([job.seed, len(lost)]).generate_state(1)[0])
    try:
        # Where the gradient is large and the chain has yet to move, a mass matrix from gradients keeps it
        # from moving; one from draws does not.
        settings = asked(again) | _stack.nutpie_mass("draw_diag")
        new = _sampled(_from_nearby(compiled), replace(job, options=again, seed=fresh), settings)
    except Interrupted:
        return replace(trace, lost=lost)
    return replace(trace, lost=lost) if new.incomplete else mended(trace, lost, new)


def _possible(compiled: Any, model: pm.Model) -> Any:
    """Let the chains of a compiled model begin where its density is finite, as far as that is found."""
    centre = flat(model.initial_point(), model, compiled.n_dim)
    return replace(
        compiled, initial_point_func=possible(_density(compiled), compiled.initial_point_func, centre)
    )


def _from_nearby(compiled: Any) -> Any:
    """Let the chains of a compiled model begin where the best of several paths from its starts led."""
    density = _density(compiled)

    def start(seed: Any) -> Any:
        return approach(density, [compiled.initial_point_func(seed + path) for path in range(PATHS)], seed)

    return replace(compiled, initial_point_func=start)


def _density(compiled: Any) -> Density:
    """Make a function of the machine code that nutpie calls."""
    call = compiled.compiled_logp_func.ctypes
    data = ctypes.cast(compiled.user_data.ctypes.data, call.argtypes[-1])

    def density(u: Any) -> tuple[float, Any]:
        u = np.ascontiguousarray(u, dtype=np.float64)
        gradient, value = np.empty_like(u), np.empty(1)
        refused = call(len(u), *(pointer(array) for array in (u, gradient, value)), data)
        return (-np.inf if refused else float(value[0])), gradient

    return density


def _sampled(
    compiled: Any, job: Job, settings: Mapping[str, Any], meanwhile: Callable[[], None] = lambda: None
) -> Trace:
    """Sample once; on KeyboardInterrupt stop and keep what was drawn."""
    options = job.options
    heard: list[list[tuple[int, int, int]]] = [[(0, 0, 0)] * options.chains]

    def tell() -> None:
        job.report(_progress(heard[0], options, job.elapsed))

    handle = result = None
    try:
        # A stop in the midst of it would leave threads that nobody can reach.
        interrupts.hold()
        handle = _start(compiled, job, heard, settings=settings)
        interrupts.collect_after_a_stop()
        interrupts.release()
        tell()
        meanwhile()
        with Elsewhere(lambda _seconds: tell()):
            result = _waited(handle, tell)
        done = [(options.draws + _tune(options), 0, chain[2]) for chain in heard[0]]
        job.report(_progress(done, options, job.elapsed))
    except Interrupted:
        raise
    except KeyboardInterrupt as stop:
        if handle is None:
            raise Interrupted("before any draw was kept") from stop
        interrupts.postpone()
        if result is None:
            result = _stop(handle)
    except BaseException as error:
        # Rust's panic is no Exception, and no module exports its class.
        panicked = type(error).__name__ == "PanicException"
        if panicked:
            handle = None  # nothing can be asked of it any more, not even to end
        if _no_start(error):
            raise StartError(
                "nutpie found no point to start from: the log density or its gradient is not finite",
                remedy="Give the parameters narrower priors or an initval, or try --engine pymc",
            ) from error
        if panicked:
            raise EngineError(f"nutpie failed: {error}", remedy="Try --engine pymc") from error
        raise
    finally:
        if handle is not None:
            handle.cancel()
    return collected(result, options.chains, options.draws)


def _waited(handle: Any, tell: Callable[[], None]) -> Any:
    """Wait for the threads, or for a stop; give what they drew."""
    result = None
    try:
        while result is None:
            tell()
            # A stop that fell between the draws and their name here would lose them.
            interrupts.hold()
            # Still sampling when it times out: look at the progress, and wait again.
            with suppress(TimeoutError):
                result = handle.wait(timeout=POLL_SECONDS)
            if result is None:
                interrupts.release()
    except KeyboardInterrupt:
        interrupts.postpone()
        if result is None:
            result = _stop(handle)
    return result


def _start(
    compiled: Any, job: Job, heard: list[list[tuple[int, int, int]]], *, settings: Mapping[str, Any]
) -> Any:
    """Start nutpie's threads; `heard` holds the last progress, replaced as a whole."""

    def hear(chains: list[tuple[int, int, int]]) -> None:
        heard[0] = chains

    return _stack.nutpie_start(
        compiled,
        hear,
        rate_ms=int(1000 * POLL_SECONDS),
        draws=job.options.draws,
        tune=_tune(job.options),
        chains=job.options.chains,
        cores=job.cores,
        seed=job.seed,
        return_raw_trace=True,
        **settings,
    )


def _tune(options: Options) -> int:
    """Draws of tuning: at least one, since nuts-rs fails an assertion without."""
    return max(options.tune, 1)


def _stop(handle: Any) -> Any:
    """Stop the threads and take what they drew."""
    try:
        return handle.abort()
    except (RuntimeError, ValueError) as error:
        # Already taken, when the stop fell while the draws were being unpacked.
        raise Interrupted("while the draws were collected; they are lost") from error


def _no_start(error: BaseException) -> bool:
    """Whether nutpie says that every start failed; it has no class of its own for that."""
    text = str(error).lower()
    return "initialization points failed" in text or "bad initial gradient" in text


def _progress(heard: list[tuple[int, int, int]], options: Options, elapsed: float) -> Progress:
    """Make our record of what nutpie said last."""
    total = _tune(options) + options.draws
    return Progress(
        chains=tuple(
            ChainProgress(
                finished=done,
                total=total,
                tuning=done < _tune(options),
                divergences=divergences,
            )
            for done, _, divergences in heard
        ),
        stage="sampling",
        elapsed=elapsed,
    )
