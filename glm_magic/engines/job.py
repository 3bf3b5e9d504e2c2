"""What every engine is given."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pymc as pm

from glm_magic.engines.progress import Progress
from glm_magic.request import Options

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A model to sample.

    Attributes
    ----------
    model : pymc.Model
    options : Options
        Draws, tune, chains and target acceptance rate.
    report : callable
        Called with a `Progress`, in the calling thread.
    variables : tuple of str
        Free and deterministic variables to keep.
    seed : int
        Of the sampler.
    cores : int
        Chains that run at once.
    began : float
        `time.perf_counter` when the fit began.
    """

    model: pm.Model
    options: Options
    report: Report
    variables: tuple[str, ...]
    seed: int
    cores: int
    began: float

    @property
    def elapsed(self) -> float:
        """Seconds since the fit began."""
        return time.perf_counter() - self.began
