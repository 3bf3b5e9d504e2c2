"""What is written so far: lines that make arrays of the data, and statements of the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from glm_magic.code import Random
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

    Every array that it names is computed here, too, so that what is written can be compared with what was fitted.

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
        self.namespace: dict[str, Any] = {"np": np, "pd": pd, **_roots(source, roots)}
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
            frame = self.source.frame
            own = self.identifiers.new(name)
            self.known[name, numeric] = own
            kind = ", dtype=float" if numeric else ""
            self.columns[own] = f"{own} = np.asarray({self.rows.place(name)}{kind})"
            self.namespace[own] = np.asarray(frame[name], dtype=float if numeric else None)
        return self.known[name, numeric]

    def define(self, wish: str, expression: str) -> str:
        """Give an array a name of its own, unless it has one."""
        if expression.isidentifier():
            return expression
        own = self.identifiers.new(wish)
        self.namespace[own] = self.value(expression)
        self.arrays.append(f"{own} = {expression}")
        return own

    def value(self, expression: str) -> Any:
        """Compute what is written; None where Python cannot."""
        try:
            with np.errstate(all="ignore"):
                return eval(expression, {**self.namespace, "coords": _Coords(self)})
        # The user's functions raise what they like; what cannot be computed is not written in this way.
        except Exception:  # noqa: BLE001
            return None

    def gives(self, expression: str, wanted: Any) -> bool:
        """Tell whether what is written is the array that was fitted."""
        found, array = self.value(expression), np.asarray(wanted)
        if found is None or np.shape(found) != array.shape or np.asarray(found).dtype.kind not in "biuf":
            return False
        return bool(np.allclose(np.asarray(found, float), array.astype(float), rtol=1e-12, atol=1e-14))

    def rows_left(self, lines: Sequence[str]) -> int:
        """Count the rows that lines about missing values leave."""
        recipe = self.source.recipe
        names = {name: recipe.rows[name] for name in recipe.rows.columns if name not in recipe.table.columns}
        namespace = {**self.namespace, **names, self.rows.table: recipe.table.frame}
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
        for written in (f"np.unique({values})", f"np.unique({values})[1:]"):
            found = self.value(written)
            if found is not None and np.asarray(found).tolist() == list(coords):
                self.coords[dim] = written
                return

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


class _Coords:
    """The coordinates as they are looked up in an expression."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def __getitem__(self, name: str) -> Any:
        return list(self.sheet.model.pymc.coords[name])


def _roots(source: FormulaSource, roots: set[str]) -> dict[str, Any]:
    namespace = source.recipe.namespace
    return {root: namespace[root] for root in roots if root in namespace}


def unwritten(what: str, why: str) -> ModelError:
    """Say what of a model cannot be written as a program."""
    return ModelError(
        f"{what} cannot be written as PyMC code: {why}",
        remedy="fit.model is the PyMC model itself.",
    )
