"""What the README and the examples show runs as it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "examples" / "pymc_401.ipynb"
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])


@pytest.fixture
def reader(notebook, monkeypatch, tmp_path):
    """A notebook with the data that the README speaks of; fits take no time and mean nothing."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    x = rng.uniform(1, 3, 60)
    trees = pd.DataFrame({"girth": x, "volume": rng.gamma(2, x), "plot": np.tile(list("abc"), 20)})
    data = pd.DataFrame({"x": x, "y": 1 + x + rng.normal(size=60)})
    notebook.names.update(x=x, y=data["y"].to_numpy(), data=data, trees=trees)
    return notebook


def blocks(language):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


CELLS = [
    cell
    for block in blocks("")
    for cell in re.findall(r"^%%glm.*?(?=^%%glm|\Z)", block, re.DOTALL | re.MULTILINE)
]


@pytest.mark.parametrize("cell", CELLS, ids=[cell.split("\n")[0] for cell in CELLS])
def test_each_cell_of_the_readme_gives_a_fit(cell, reader):
    outcome = reader.run(cell)
    assert outcome.error is None, outcome.text
    assert type(outcome.value).__name__ == "Fit"


def test_the_python_of_the_readme_runs(reader):
    (code,) = blocks("python")
    assert reader.run(code).error is None
    assert {path.name for path in Path.cwd().iterdir()} == {"fit.nc", "fit.html"}


def test_the_readme_shows_the_panel_and_then_the_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    picture, demo, tests = text.index("![The panel"), text.index("make demo "), text.index("make test ")
    assert picture < demo < tests
    assert text[:picture].count("\n") < 25
    assert (ROOT / "examples" / "panel.png").stat().st_size < 300_000


@pytest.fixture(scope="module")
def tutorial():
    return nbformat.read(NOTEBOOK, as_version=4)


@every_notebook
def test_a_notebook_is_kept_executed_and_without_errors(path):
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]


def test_each_fit_of_the_tutorial_is_alive_without_a_kernel(tutorial):
    fits = [cell for cell in tutorial.cells if cell.source.startswith("%%glm")]
    assert len(fits) == 8
    for cell in fits:
        (result,) = (output for output in cell.outputs if output.output_type == "execute_result")
        assert "srcdoc" in result.data["text/html"]
        assert "R-hat" in result.data["text/plain"]


def test_the_tutorials_line_three_ways(tutorial):
    """Intercept 1.046 (0.074), slope 2.058 (0.128), sigma 0.523 (0.027), whichever way it is written."""
    fits = [cell for cell in tutorial.cells if cell.source.startswith("%%glm")][:3]
    for cell in fits:
        (result,) = (output for output in cell.outputs if output.output_type == "execute_result")
        rows = {
            line.split()[0]: line.split()[1:3]
            for line in result.data["text/plain"].splitlines()
            if line.split()
        }
        slope = rows.get("slope", rows.get("x"))
        for (mean, sd), (expected, spread) in zip(
            (rows["Intercept"], slope, rows["sigma"]),
            ((1.046, 0.074), (2.058, 0.128), (0.523, 0.027)),
            strict=True,
        ):
            assert float(mean) == pytest.approx(expected, abs=0.1 * spread)
            assert float(sd) == pytest.approx(spread, rel=0.06)
        assert "4 chains × 3,000 draws" in result.data["text/plain"]


@pytest.mark.slow
@every_notebook
def test_a_notebook_runs(path, tmp_path):
    nbclient = pytest.importorskip("nbclient")
    nbclient.NotebookClient(
        nbformat.read(path, as_version=4),
        timeout=900,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()
