"""Where the columns are: in the table by its name, in a file, or in the notebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from glm_magic.code.literals import text
from glm_magic.model import FormulaSource

READ: Mapping[str, str] = {
    ".csv": "pd.read_csv({})",
    ".tsv": 'pd.read_csv({}, sep="\\t")',
    ".parquet": "pd.read_parquet({})",
    ".feather": "pd.read_feather({})",
    ".json": "pd.read_json({})",
}
"""How `glm_magic.data` reads a file, by its ending."""
COMPLETE = "rows"
"""What the rows without missing values are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows that are fitted.

    Attributes
    ----------
    table : str
        What the table is called; empty where the columns are arrays of the notebook.
    path : str
        The file that it is read from; empty where it is in memory.
    columns : tuple of str
        What the formula uses.
    of_table : frozenset of str
        Those of them that the table has.
    missing : bool
        Whether rows are left out.
    """

    table: str
    path: str
    columns: tuple[str, ...]
    of_table: frozenset[str] = field(default_factory=frozenset)
    missing: bool = False

    def place(self, name: str) -> str:
        """Write where a column is."""
        return f"{COMPLETE}[{text(name)}]" if self.missing else self._source(name)

    def source(self) -> tuple[str, ...]:
        """Write how the table is read, or say what it is."""
        if self.path:
            return (f"{self.table} = {READ[Path(self.path).suffix.lower()].format(text(self.path))}",)
        return (f"# {self.table}: the data of the fit",) if self.table else ()

    def complete(self) -> tuple[str, ...]:
        """Write how rows with a missing value are left out."""
        if not self.missing:
            return ()
        every = ", ".join(f"{text(name)}: {self._source(name)}" for name in self.columns)
        return (f"{COMPLETE} = pd.DataFrame({{{every}}}).dropna()",)

    def _source(self, name: str) -> str:
        return f"{self.table}[{text(name)}]" if name in self.of_table else name


def rows_of(source: FormulaSource, path: str = "") -> Rows:
    """Find out where the columns of a formula are.

    Parameters
    ----------
    source : FormulaSource
    path : str, optional
        A file to read them from, in place of the table in memory.

    Returns
    -------
    Rows
    """
    table, every = source.recipe.table, source.recipe.rows
    known = frozenset(table.columns)
    file = path or table.path
    return Rows(
        table="" if not known else table.name if table.name.isidentifier() else "data",
        path=file if known else "",
        columns=tuple(map(str, every.columns)),
        of_table=known & frozenset(map(str, every.columns)),
        missing=len(source.frame) != len(every),
    )
