"""Starts contestants one after the other, and prints ratios."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one process found.

    Attributes
    ----------
    seconds : float
        Of a fit: the median of its rounds, each with a seed of its own.
    imports : float
    process : float
        Seconds from its start to the end of the last fit.
    sampling : float
        Seconds in the sampler, likewise.
    memory : float
        Peak above what it held before, in units of the data.
    page : int
        Bytes of the page; 0 for a contestant without one.
    ess : float
        The smallest bulk ESS, the mean of the rounds.
    gradients : float
        Of the draws that were kept, likewise.
    """

    seconds: float
    imports: float
    process: float
    sampling: float
    memory: float
    page: int
    ess: float
    gradients: float


def measure(
    contestant: str, case: str, caches: Path, *, before: str = "", rounds: int = 1, draws: int = 1000
) -> Measured:
    """Run a contestant in a process of its own.

    Parameters
    ----------
    contestant : str
        A key of `contestants.CONTESTANTS`.
    case : str
        A key of `cases.CASES`.
    caches : Path
        Where compiled code is kept: an empty folder is a new machine.
    before : str
        A case that is fitted first: the kernel is then warm.
    rounds : int
    draws : int
        Draws and tuning steps of each of 4 chains.

    Returns
    -------
    Measured
    """
    begin = time.time()
    output = subprocess.run(
        [
            sys.executable, str(CHILD), contestant, case,
            "--before", before, "--rounds", str(rounds), "--draws", str(draws),
        ],
        env=_environment(caches), check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found = json.loads(output.strip().splitlines()[-1])
    return Measured(process=found.pop("ended") - begin, **found)


def _environment(caches: Path) -> Mapping[str, str]:
    return {
        **os.environ,
        "NUMBA_CACHE_DIR": str(caches / "numba"),
        "PYTENSOR_FLAGS": f"base_compiledir={caches / 'pytensor'}",
        "MPLBACKEND": "agg",
    }


def times(ours: float, theirs: float, who: str) -> str:
    """Say how much faster we are."""
    return f"{theirs / ours:8.1f}x faster than {who} ({theirs:.2f} s)"
