"""What is written so far: lines that make arrays of the data, and statements of the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glm_magic.code import Random
from glm_magic.code.arrays import Arrays
from glm_magic.code.identifiers import Identifiers
from glm_magic.code.literals import levels
from glm_magic.code.rows import COMPLETE, rows_of
from glm_magic.errors import ModelError
from glm_magic.model import FormulaSource, Model
from glm_magic.model.recipe import values_of

SHORT = 12
"""Levels that are listed although the data give them."""


class Sheet:
    """The program of a formula, line by line.

    Parameters
    ----------
    model : Model
    source : FormulaSource
    path : str, optional
        A file to read the data from.
    """

    def __init__(self, model: Model, source: FormulaSource, path: str = "") -> None:
        self.model, self.source = model, source
        # What the formula uses of the notebook keeps its name.
        self.notebook = values_of(source.recipe)
        roots = {name.partition(".")[0] for name in self.notebook}
        self.rows = rows_of(source, path)
        # A cell that ran would otherwise leave another array in the place of the notebook's own.
        arrays = set(self.rows.columns) - self.rows.of_table
        self.identifiers = Identifiers(*roots, *arrays, source.recipe.table.name, COMPLETE)
        self.computed = Arrays(source.frame, _roots(source, roots), model.pymc.coords)
        self.columns: dict[str, str] = {}
        self.arrays: list[str] = []
        self.statements: list[tuple[str | Random, ...]] = []
        self.coords: dict[str, str] = {}
        self.imports: set[str] = set()
        self.known: dict[tuple[str, bool], str] = {}
        # Python's names of random variables, and of the arrays of each row's group.
        self.python: dict[str, str] = {}
        self.indexes: dict[str, str] = {}
        # The free variables that are written.
        self.stated: set[str] = set()
        # The array of the rows that a refit kept; empty where it has all.
        self.kept = "" if model.used is None else self.define("kept", f"np.array({model.used.tolist()})")

    def column(self, name: str, *, numeric: bool = True) -> str:
        """Give the Python name of a column, which becomes an array."""
        if (name, numeric) not in self.known:
            own = self.identifiers.new(name)
            self.known[name, numeric] = own
            kind = ", dtype=float" if numeric else ""
            self.columns[own] = f"{own} = np.asarray({self.rows.place(name)}{kind})"
            self.computed.add_column(own, name, numeric=numeric)
        return self.known[name, numeric]

    def define(self, wish: str, expression: str) -> str:
        """Give an array a name of its own, unless it has one."""
        if expression.isidentifier():
            return expression
        own = self.identifiers.new(wish)
        self.computed.define(own, expression)
        self.arrays.append(f"{own} = {expression}")
        return own

    def rows_left(self, lines: Sequence[str]) -> int:
        """Count the rows that lines about missing values leave."""
        recipe = self.source.recipe
        names = {name: recipe.rows[name] for name in recipe.rows.columns if name not in recipe.table.columns}
        namespace = {**self.computed.names, **names, self.rows.table: recipe.table.frame}
        with np.errstate(all="ignore"):
            exec("\n".join(lines), namespace)
        return len(namespace[COMPLETE])

    def state(self, *parts: str | Random) -> None:
        """Add a statement of the model."""
        self.statements.append(parts)

    def assign(self, random: Random, wish: str) -> str:
        """State a random variable, and give its name in Python."""
        own = self.identifiers.new(wish)
        self.python[random.variable] = own
        self.stated.add(random.variable)
        self.dims(*random.dims)
        self.state(f"{own} = ", random)
        return own

    def levels_of(self, dim: str, values: str) -> None:
        """List the levels of a dim by the values of its factor, where there are many and the values give them."""
        coords = self.model.pymc.coords.get(dim)
        if dim in self.coords or coords is None or len(coords) <= SHORT:
            return
        column = self.computed.columns.get(values)
        if column is None:
            return
        every = sorted(self.source.frame[column[0]].unique().tolist())
        for found, written in ((every, f"np.unique({values})"), (every[1:], f"np.unique({values})[1:]")):
            if found == list(coords):
                self.coords[dim] = written

    def dims(self, *names: str) -> None:
        """List the coordinates of dims."""
        built = self.model.pymc
        for name in names:
            values = built.coords.get(name)
            if name in self.coords or values is None:
                continue
            written = levels(values)
            if written is None:
                written = levels(map(str, values))
            self.coords[name] = str(written)


def _roots(source: FormulaSource, roots: set[str]) -> dict[str, Any]:
    namespace = source.recipe.namespace
    return {root: namespace[root] for root in roots if root in namespace}


def unwritten(what: str, why: str) -> ModelError:
    """Say what of a model cannot be written as a program."""
    return ModelError(
        f"{what} cannot be written as PyMC code: {why}",
        remedy="fit.model is the PyMC model itself.",
    )
