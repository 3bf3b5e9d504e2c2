"""The README's table of hosts, made from what the tests of this folder recorded.

``make hosts`` runs the tests, which write `results.json`, and then ``python tests/browser/hosts/table.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
README = HERE.parents[2] / "README.md"
BEGIN, END = "<!-- hosts: made by `make hosts` -->", "<!-- hosts: end -->"

ORDER = (
    "JupyterLab 4",
    "Notebook 7",
    "Voila",
    "marimo run",
    "marimo edit",
    "marimo, exported",
    "nbconvert",
    "nbconvert, classic",
    "nbconvert, slides",
    "nbconvert, webpdf",
    "papermill",
    "Sphinx with myst-nb",
    "Sphinx with nbsphinx",
    "Jupyter Book 1",
    "MkDocs with mkdocs-jupyter",
    "a web page or LMS",
    "Quarto",
    "MyST, Jupyter Book 2",
)
SHOWN = {"widget": "live panel", "page": "page, alive", "picture": "picture"}
UNTRIED = (
    "| VS Code | `%%glm` | live panel | not run here; that it is given the widget is tested | |",
    "| Colab | `%%glm` | live panel | not run here; that it is given the widget is tested | |",
)


def table(results: dict[str, dict[str, Any]]) -> str:
    """Write the table in Markdown, one row a host."""
    assert set(results) <= set(ORDER), set(results) - set(ORDER)
    rows = [_row(name, results[name]) for name in ORDER if name in results]
    return "\n".join(
        (
            "| Where | How | What a reader sees | With the network cut | Size |",
            "| --- | --- | --- | --- | --- |",
            *rows,
            *UNTRIED,
        )
    )


def _row(name: str, seen: dict[str, Any]) -> str:
    named = f"{name} ({seen['version']})" if seen["version"] else name
    size = f"{seen['bytes'] / 1e3:,.0f} kB" if "bytes" in seen else ""
    return f"| {named} | {seen['how']} | {SHOWN[seen['shows']]} | {_offline(seen)} | {size} |"


def _offline(seen: dict[str, Any]) -> str:
    if not seen["alive"]:
        return "**no**"
    if lacks := seen.get("lacks"):
        return f"no: it lacks {lacks}; alive with it"
    if seen.get("tried"):
        return f"not run here; {seen['tried']} is alive"
    asked = seen.get("own requests")
    return f"yes; without what the template itself fetches from {', '.join(asked)}" if asked else "yes"


def with_table(readme: str, results: dict[str, dict[str, Any]]) -> str:
    """Put the table between its two comments."""
    before, _, rest = readme.partition(BEGIN)
    _, found, after = rest.partition(END)
    assert found, f"README.md lacks {BEGIN} or {END}"
    return f"{before}{BEGIN}\n\n{table(results)}\n\n{END}{after}"


def recorded() -> dict[str, dict[str, Any]]:
    """Read what the tests recorded."""
    return json.loads(RESULTS.read_text("utf-8"))


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8"), recorded()), "utf-8")
