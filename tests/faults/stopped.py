"""Run as a program: cells in a real IPython shell, and SIGINT at given moments, as Jupyter sends it.

Reads ``{"before": [cell], "tries": [{"cell": cell, "stops": [seconds]}], "after": [cell]}`` from standard input, and
prints one JSON object for each cell.
"""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import sys
import threading
import time
import traceback
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

SETTLING_SECONDS = 5.0
"""So long may threads and processes of a stopped fit take to end."""


def made_shell() -> InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    config.GlmMagic.preload = False
    shell = InteractiveShell.instance(config=config)
    shell.run_line_magic("load_ext", "glm_magic")
    rng = np.random.default_rng(8927)
    x = rng.normal(size=200)
    shell.user_ns.update(df=pd.DataFrame({"x": x, "y": 1 + 2 * x + rng.normal(size=200)}), np=np, pd=pd)
    return shell


def run(shell: InteractiveShell, cell: str, stops: list[float]) -> dict:
    """Run one cell; between cells SIGINT is ignored, as in a kernel."""
    sent: list[float] = []
    done = threading.Event()
    began = time.monotonic()

    def send() -> None:
        for stop in stops:
            if done.wait(max(0.0, began + stop - time.monotonic())):
                return
            sent.append(time.monotonic() - began)
            os.kill(os.getpid(), signal.SIGINT)

    before = state(shell)
    sender = threading.Thread(target=send)
    sender.start()
    with capture_output() as captured:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            result = shell.run_cell(cell)
            error = result.error_in_exec or result.error_before_exec
        except KeyboardInterrupt as outside:
            # Of IPython itself, before or after the cell.
            error = outside
        handler = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = time.monotonic() - began
    done.set()
    sender.join()
    text = re.sub(r"\x1b\[[0-9;]*m", "", captured.stdout + captured.stderr)
    shown = "".join(output.data.get("text/plain", "") for output in captured.outputs)
    return {
        "cell": cell,
        "sent": sent,
        "seconds": ended,
        "error": None if error is None else type(error).__name__,
        "raised": raised(error),
        "lines": text.splitlines(),
        "shown": shown,
        "fit": bool(shell.user_ns.get("fit") is not None),
        "mean": None if "fit" not in shell.user_ns else means(shell.user_ns.pop("fit")),
        "restored": handler is signal.default_int_handler,
        "changed": changed(before, state(shell)),
        "left": left(),
    }


def raised(error: BaseException | None) -> list[str]:
    """Where the exception was raised that became this one."""
    while error is not None and error.__cause__ is not None:
        error = error.__cause__
    frames = [] if error is None else traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-8:]]


def means(fit) -> list[float]:
    return [float(value.mean()) for value in fit.posterior["posterior"].data_vars.values()]


def state(shell: InteractiveShell) -> dict:
    magics = shell.magics_manager.registry["GlmMagic"]
    own = {name for name in shell.user_ns if not name.startswith("_")} - {"fit"}
    return {
        "options": {name: repr(getattr(magics, name)) for name in magics.class_trait_names(config=True)},
        "loggers": [logging.getLogger(name).level for name in ("pymc", "pytensor.tensor.blas")],
        "filters": [len(logging.getLogger(name).filters) for name in ("pymc", "pytensor.tensor.blas")],
        "hook": repr(sys.unraisablehook),
        "names": sorted(own),
    }


def changed(before: dict, after: dict) -> list[str]:
    return [f"{key}: {before[key]} -> {after[key]}" for key in before if before[key] != after[key]]


def left() -> list[str]:
    """What still runs when the cell has ended: threads of Rust and processes of chains use the processor."""
    until = time.monotonic() + SETTLING_SECONDS
    while True:
        found = [*children(), *busy_threads()]
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.05)


def children() -> list[str]:
    import multiprocessing

    return [child.name for child in multiprocessing.active_children()]


def busy_threads() -> list[str]:
    """Threads other than this one that are running on a processor, not waiting."""
    found = []
    for task in Path("/proc/self/task").glob("[0-9]*"):
        if int(task.name) == threading.get_native_id():
            continue
        try:
            name, _, rest = task.joinpath("stat").read_text().rpartition(") ")
        except OSError:
            # It has just ended.
            continue
        if rest.startswith("R"):
            found.append(name)
    return found


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message=".*fork", category=DeprecationWarning)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    plan = json.load(sys.stdin)
    shell = made_shell()
    cells = [
        *((cell, []) for cell in plan["before"]),
        *((one["cell"], one["stops"]) for one in plan["tries"]),
        *((cell, []) for cell in plan["after"]),
    ]
    for cell, stops in cells:
        sys.stdout.write(json.dumps(run(shell, cell, stops)) + "\n")
        sys.stdout.flush()
