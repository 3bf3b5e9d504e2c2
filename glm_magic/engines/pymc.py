"""PyMC's own NUTS in processes of its own, and numpyro and blackjax through PyMC."""

from __future__ import annotations

import time
from typing import Any

import pymc as pm
from pymc.exceptions import SamplingError
from pymc.sampling.parallel import ParallelSamplingError

from glm_magic import _stack, interrupts
from glm_magic.engines.draws import Draws, own_variables, statistics
from glm_magic.engines.job import Job
from glm_magic.engines.progress import ChainProgress, Progress
from glm_magic.errors import EngineError, Interrupted
from glm_magic.request import Options

REPORT_SECONDS = 0.1
"""PyMC calls back at every draw; this often it is passed on."""


def pymc_draws(job: Job) -> Draws:
    """Sample with PyMC's own steps: NUTS, and others for discrete variables.

    Parameters
    ----------
    job : Job
        Of any model.

    Returns
    -------
    Draws
        The draws, incomplete after an interruption.
    """
    options = job.options
    watch = _Watch(job)
    try:
        result = pm.sample(
            draws=options.draws,
            tune=options.tune,
            chains=options.chains,
            cores=job.cores,
            random_seed=job.seed,
            model=job.model,
            var_names=list(job.variables),
            # PyMC 6 would pick nutpie.
            nuts_sampler="pymc",
            callback=watch,
            progressbar=False,
            quiet=True,
            # Our own findings say this, with what to do.
            compute_convergence_checks=False,
            **_asked_of_pymc(options),
        )
    except KeyboardInterrupt as stop:
        raise Interrupted(watch.stopped_before()) from stop
    except ValueError as error:
        if watch.begun is not None and "Not enough samples" in str(error):
            raise Interrupted("before any draw was kept") from error
        raise
    except (SamplingError, ParallelSamplingError) as error:
        if interrupts.taken():
            # The stop reached the processes of the chains before it reached this one.
            raise Interrupted(watch.stopped_before()) from error
        raise _translated(error) from error
    if interrupts.taken():
        # PyMC has answered it.
        interrupts.postpone()
    posterior = _stack.group(result, "posterior")
    done, begun = time.perf_counter(), watch.begun or job.began
    return Draws(
        posterior=own_variables(posterior, job.model, job.variables),
        sample_stats=statistics(_stack.group(result, "sample_stats")),
        engine="pymc",
        seed=job.seed,
        seconds_compiling=begun - job.began,
        seconds_sampling=done - begun,
        incomplete=not watch.enough
        and (posterior.sizes["chain"] < options.chains or posterior.sizes["draw"] < options.draws),
        requested=options.draws,
    )


def _asked_of_pymc(options: Options) -> dict[str, Any]:
    """Give the arguments that the user asks of `pymc.sample`; their callback is called by ours."""
    settings = options.settings
    own = {name: value for name, value in settings.pymc.items() if name != "callback"}
    nuts = dict(own.pop("nuts", {}))  # type: ignore[call-overload]
    if settings.max_treedepth is not None:
        nuts["max_treedepth"] = settings.max_treedepth
    if options.target_accept is not None:
        nuts["target_accept"] = options.target_accept
    return {**own, "nuts": nuts} if nuts else own


def jax_draws(job: Job) -> Draws:
    """Sample with numpyro or blackjax.

    Parameters
    ----------
    job : Job
        Of a model without discrete free variables. Its report is called once with a `Progress` without chains, for
        JAX does not tell; and JAX decides on its own how many cores it uses.

    Returns
    -------
    Draws
        All draws: JAX gives nothing back when it is interrupted.
    """
    from pymc.sampling.jax import sample_jax_nuts

    options = job.options
    ready = time.perf_counter()
    job.report(Progress(chains=(), stage="sampling", elapsed=ready - job.began))
    accept = {} if options.target_accept is None else {"target_accept": options.target_accept}
    try:
        result = sample_jax_nuts(
            draws=options.draws,
            tune=options.tune,
            chains=options.chains,
            random_seed=job.seed,
            model=job.model,
            var_names=list(job.variables),
            nuts_sampler=options.engine,
            # "parallel" needs one JAX device per chain, and a CPU is one device.
            chain_method="vectorized",
            progressbar=False,
            quiet=True,
            # Our own findings say this, with what to do.
            compute_convergence_checks=False,
            nuts_kwargs=_asked_of_jax(options),
            **accept,
        )
    except KeyboardInterrupt as stop:
        raise Interrupted(
            f"before any draw was kept ({options.engine} keeps none when it is stopped)"
        ) from stop
    except TypeError as error:
        # pymc-devs/pymc#8367: PyMC passes on a flag that blackjax took away in 1.6.
        if options.engine == "blackjax" and "'progress_bar'" in str(error):
            raise EngineError(
                "This PyMC cannot drive this blackjax",
                remedy='Install an older one with: pip install "blackjax<1.6"',
            ) from error
        raise
    return Draws(
        posterior=own_variables(_stack.group(result, "posterior"), job.model, job.variables),
        sample_stats=statistics(_stack.group(result, "sample_stats")),
        engine=options.engine,
        seed=job.seed,
        seconds_compiling=ready - job.began,
        seconds_sampling=time.perf_counter() - ready,
        incomplete=False,
        requested=options.draws,
    )


def _asked_of_jax(options: Options) -> dict[str, Any]:
    """Give the settings of NUTS that the user asks for, under the names of numpyro or blackjax."""
    settings = options.settings
    depth = "max_tree_depth" if options.engine == "numpyro" else "max_num_doublings"
    given = {} if settings.max_treedepth is None else {depth: settings.max_treedepth}
    return {**given, **settings.engine}


class _Watch:
    """Counts the draws that `pymc.sample` calls back with, and ends a stopped fit.

    Attributes
    ----------
    begun : float or None
        `time.perf_counter` at the first draw.
    enough : bool
        Whether the user's own callback has ended the sampling.
    """

    def __init__(self, job: Job) -> None:
        options = job.options
        self.begun: float | None = None
        self.enough = False
        self._users: Any = options.settings.pymc.get("callback")
        self._job = job
        self._reported = 0.0
        self._tune = options.tune
        self._total = options.tune + options.draws
        self._in_turn = job.cores == 1
        self._finished = [0] * options.chains
        self._divergences = [0] * options.chains

    def __call__(self, trace: Any, draw: Any) -> None:
        """Count one draw; PyMC calls this in the process and thread of the user."""
        now = time.perf_counter()
        if self.begun is None:
            self.begun = now
            interrupts.collect_after_a_stop()
        # A stop that was lost while PyMC compiled, or that ended only the chain before.
        interrupts.look()
        chain = int(draw.chain)
        if self._in_turn and any(done < self._total for done in self._finished[:chain]):
            # When chains run one after the other, PyMC takes a stop as the end of the present
            # chain only and begins the next: this chain should not have begun.
            raise KeyboardInterrupt
        self._finished[chain] += 1
        if not draw.tuning:
            self._divergences[chain] += any(step.get("diverging", False) for step in draw.stats)
        last = sum(self._finished) == self._total * len(self._finished)
        if last or now - self._reported >= REPORT_SECONDS:
            self._reported = now
            self._job.report(self.progress(now))
        if self._users is not None:
            try:
                self._users(trace=trace, draw=draw)
            except KeyboardInterrupt:  # PyMC's way for a callback to end the sampling
                self.enough = True
                raise
        if last:
            interrupts.hold()

    def progress(self, now: float) -> Progress:
        """Make our record of what has been counted."""
        return Progress(
            chains=tuple(
                ChainProgress(
                    finished=done,
                    total=self._total,
                    tuning=done < self._tune,
                    divergences=divergences,
                )
                for done, divergences in zip(self._finished, self._divergences, strict=True)
            ),
            stage="sampling",
            elapsed=now - self._job.began,
        )

    def stopped_before(self) -> str:
        """Say what a stop that PyMC did not catch has cost."""
        if self.begun is None:
            return "while compiling; nothing was drawn"
        return "while the draws were collected; they are lost"


def _translated(error: Exception) -> EngineError:
    """PyMC's errors while it samples: its first line, without the numbers that follow."""
    first = str(error).strip().split("\n", 1)[0].rstrip(".:! ")
    return EngineError(
        f"PyMC could not sample the model: {first}",
        remedy="Look at the data and the priors: the log density must be finite at the start.",
    )
