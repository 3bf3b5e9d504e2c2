"""Measures one contestant in a process of its own, and prints what it found as JSON.

python child.py CONTESTANT CASE [--before CASE] [--rounds N] [--draws N]
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import resource
import statistics
import sys
import time
from pathlib import Path

BEGIN = time.perf_counter()


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("contestant")
    parser.add_argument("case")
    parser.add_argument("--before", default="", help="a case that is fitted first, and not measured")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--draws", type=int, default=1000)
    options = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parent))
    from cases import CASES
    from contestants import CONTESTANTS

    contestant = CONTESTANTS[options.contestant]
    for module in contestant.imports:
        importlib.import_module(module)
    case = CASES[options.case]
    imports = time.perf_counter() - BEGIN
    if options.before:
        contestant.run(CASES[options.before], CASES[options.before].data(), options.draws, 1)
    data = case.data()
    gc.collect()
    before, seconds, samples = resident(), [], []
    for seed in range(1, options.rounds + 1):
        # Models refer to themselves: without this, peaks would be those of several.
        gc.collect()
        begin = time.perf_counter()
        samples.append(contestant.run(case, data, options.draws, seed))
        seconds.append(time.perf_counter() - begin)
    ended = time.time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = {
        "ended": ended,
        "imports": imports,
        "seconds": statistics.median(seconds),
        "sampling": statistics.median(sample.sampling for sample in samples),
        "memory": (peak - before) / float(data.memory_usage(deep=True).sum()),
        "page": max(sample.page for sample in samples),
        "ess": statistics.mean(effective(sample) for sample in samples),
        "gradients": statistics.mean(int(sample.sample_stats["n_steps"].sum()) for sample in samples),
    }
    print("\n" + json.dumps(found))


def resident() -> int:
    """Bytes of memory in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def effective(sample) -> float:
    """Give the smallest bulk ESS of the parameters that are not one of many."""
    from arviz_stats.base import array_stats

    few = {name: one for name, one in sample.posterior.data_vars.items() if one[0, 0].size <= 20}
    values = [one.values.reshape(*one.shape[:2], -1) for name, one in few.items() if name != "mu"]
    ess = [
        array_stats.ess(block[..., k], method="bulk", chain_axis=0, draw_axis=1)
        for block in values
        for k in range(block.shape[-1])
    ]
    return float(min(ess))


if __name__ == "__main__":
    main()
