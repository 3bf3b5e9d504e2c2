"""Execute a notebook and keep what can be read without a kernel.

``python examples/execute.py examples/pymc_401.ipynb build/pymc_401.ipynb``

Widget views are left out of the outputs: where no kernel runs, a reader that knows
widgets would show "model not found" instead of the page that stands beside them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from build_page import without_widgets
from nbclient import NotebookClient

from glm_magic.files import write

# The first fits on a machine compile; a cell that takes longer than this hangs.
SECONDS_PER_CELL = 1800


def execute(source: Path, target: Path) -> None:
    """Execute the notebook `source` in its own folder and write it to `target`."""
    notebook = nbformat.read(source, as_version=4)
    where = {"metadata": {"path": str(source.parent)}}
    NotebookClient(notebook, timeout=SECONDS_PER_CELL, kernel_name="python3", resources=where).execute()
    without_widgets(notebook)
    for cell in notebook.cells:
        # When each cell ran is different in every run, and of no use to a reader.
        cell.metadata.pop("execution", None)
    target.parent.mkdir(parents=True, exist_ok=True)
    write(target, f"{nbformat.writes(notebook).rstrip()}\n".encode())


if __name__ == "__main__":
    execute(Path(sys.argv[1]), Path(sys.argv[2]))
