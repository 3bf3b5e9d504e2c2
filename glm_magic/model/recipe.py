"""What the model of a formula is made from, so that it can be made again."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from glm_magic.data import Table
from glm_magic.model.arguments import BUILT_IN, MISSING, look_up
from glm_magic.request import FormulaCell, Options
from glm_magic.request.prior import Prior, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What `glm_magic.model.formula.formula_model` was given.

    Attributes
    ----------
    cell : FormulaCell
    table : Table
        The data, with the columns that the formula does not use.
    namespace : mapping of str to object
        The user's names.
    options : Options
        Family and link.
    rows : pandas.DataFrame
        The columns that the formula uses, from the table and from the namespace, with every row of the data.
    original : FormulaCell or None
        The cell before the model was changed; None where it was not.
    """

    cell: FormulaCell
    table: Table
    namespace: Mapping[str, Any]
    options: Options
    rows: pd.DataFrame
    original: FormulaCell | None = None

    @property
    def data(self) -> Table:
        """The whole table, with the columns that were arrays of the namespace."""
        columns = {name: self.rows[name] for name in self.rows.columns}
        frame = self.table.frame.assign(**columns) if self.table.columns else self.rows
        return replace(self.table, frame=frame)


def lines_of(cell: FormulaCell) -> tuple[str, ...]:
    """Write the formula of a cell and its auxiliary formulas, a line each.

    Parameters
    ----------
    cell : FormulaCell

    Returns
    -------
    tuple of str
    """
    return (cell.formula, *(line.formula for line in cell.auxiliaries))


def priors_of(cell: FormulaCell) -> dict[str, str]:
    """Write the priors of a cell, so that they can be read again.

    Parameters
    ----------
    cell : FormulaCell

    Returns
    -------
    dict of str to str
        Target and distribution.
    """
    return {_target(prior): text_of(prior.distribution) for prior in cell.priors}


def _target(prior: Prior) -> str:
    # The label has no backquotes, which a name with spaces needs.
    return " ".join(prior.where.words().split())


def names_of(cell: FormulaCell, columns: Iterable[str]) -> dict[str, bool]:
    """List the names of the notebook that a formula needs, by how they are used.

    Parameters
    ----------
    cell : FormulaCell
    columns : iterable of str
        Names that are columns.

    Returns
    -------
    dict of str to bool
        Dotted names (``log``, ``np.log``, ``settings.knots``), with whether each is called.
    """
    own = set(columns)
    needed: dict[str, bool] = {name: True for name, _ in cell.calls}
    # `0 + Intercept` has an intercept of its own, which is no name of the notebook.
    needed |= {name: False for name, _ in cell.names if name not in own | {"Intercept"}}
    for value in cell.values:
        needed |= dict.fromkeys(_names_in(ast.parse(value.text, mode="eval").body), False)
    return needed


def _names_in(node: ast.AST) -> Iterator[str]:
    """Yield the dotted names of a written value, each as a whole."""
    if isinstance(node, ast.Name | ast.Attribute):
        yield ast.unparse(node)
        return
    for part in ast.iter_child_nodes(node):
        yield from _names_in(part)


def values_of(recipe: Recipe) -> dict[str, Any]:
    """Give what the notebook's names of a formula stand for.

    Parameters
    ----------
    recipe : Recipe

    Returns
    -------
    dict of str to object
        By dotted name. Functions of formulae and of Bambi are left out, unless the notebook has its own.
    """
    found: dict[str, Any] = {}
    for name, called in names_of(recipe.cell, recipe.rows.columns).items():
        value = look_up(name, recipe.namespace)
        if value is MISSING or (called and name in BUILT_IN and not callable(recipe.namespace.get(name))):
            continue
        found[name] = value
    return found


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Make a namespace in which dotted names are looked up, and in which there is nothing else.

    Parameters
    ----------
    values : mapping of str to object
        By dotted name.

    Returns
    -------
    dict of str to object
        ``{"np": SimpleNamespace(log=np.log)}`` of ``{"np.log": np.log}``.
    """
    made: dict[str, Any] = {}
    for name, value in sorted(values.items()):
        root, *path = name.split(".")
        if not path:
            made[root] = value
            continue
        at = made.setdefault(root, SimpleNamespace())
        for part in path[:-1]:
            at = vars(at).setdefault(part, SimpleNamespace()) if isinstance(at, SimpleNamespace) else at
        # The value of `settings` has its own `settings.knots`.
        if isinstance(at, SimpleNamespace):
            setattr(at, path[-1], value)
    return made


# Functions of NumPy's besides its ufuncs that compute with numbers alone. A file may name these: others read and
# write files, or lead to modules that do.
_COMPUTING = (
    "where", "clip", "round", "around", "cumsum", "cumprod", "diff", "gradient", "digitize", "interp", "argsort",
    "sort", "mean", "median", "std", "var", "min", "max", "sum", "prod", "quantile", "percentile", "ptp",
    "nan_to_num", "real", "imag", "roll", "asarray", "array", "column_stack", "vstack", "hstack", "stack", "tile",
    "repeat", "linspace", "arange", "isin", "unique", "searchsorted", "minimum", "maximum", "dot", "outer", "vander",
    "zeros_like", "ones_like", "full_like", "average", "nanmean", "nanstd", "nanmedian", "cov", "polyval", "i0", "sinc",
)  # fmt: skip


def numpy_function(name: str) -> Any:
    """Look a function up among those of NumPy's that a file may name.

    Parameters
    ----------
    name : str
        Without NumPy's own name: ``"log"``.

    Returns
    -------
    callable or None
        None when it is another, or there is none.
    """
    found = getattr(np, name, None) if name.isidentifier() and not name.startswith("_") else None
    return found if isinstance(found, np.ufunc) or name in _COMPUTING else None


def numpy_name(value: Any) -> str | None:
    """Name a function of NumPy's that a file may name; None for any other value."""
    name = getattr(value, "__name__", None) if callable(value) else None
    return name if isinstance(name, str) and numpy_function(name) is value and value is not None else None
