"""The model of a fit that comes from a file: made of the file's formula and data, when it is first needed."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from glm_magic.data import Table
from glm_magic.errors import DataError, ModelError, did_you_mean
from glm_magic.fit.change.apply import with_change
from glm_magic.model import Model
from glm_magic.model.arguments import BUILT_IN, MISSING, look_up
from glm_magic.model.formula import formula_model
from glm_magic.model.recipe import names_of, nested
from glm_magic.posterior import Posterior
from glm_magic.request import DEFAULTS, FormulaCell
from glm_magic.store.request import Remembered, unlike
from glm_magic.turns import Turn

HAND_WRITTEN = "it was written by hand, and a file holds draws, not code"
EARLIER = "its file was written by an earlier glm-magic, which kept draws and no formula"


class FromFile:
    """What a fit from a file can be made of again.

    Parameters
    ----------
    remembered : Remembered or None
        What the file holds; None for a file of an earlier version.
    posterior : Posterior
    table : Table or None
        The data, given back by the user.
    namespace : mapping of str to object
        What the formula names and the file does not hold, given back by the user.

    Raises
    ------
    DataError
        If the data that are given back are not those of the fit.
    """

    def __init__(
        self,
        remembered: Remembered | None,
        posterior: Posterior,
        table: Table | None,
        namespace: Mapping[str, Any],
    ) -> None:
        self.remembered = remembered
        self._posterior = posterior
        self._table = table
        self._namespace = dict(namespace)
        self._rows = pd.DataFrame() if remembered is None else _rows(remembered, table)
        self._before: Model | None = None
        self._made: Model | None = None

    def model(self, name: str) -> Model:
        """Make the model, or give the one that was made.

        Parameters
        ----------
        name : str
            What it is needed for, for the message.

        Returns
        -------
        Model

        Raises
        ------
        GlmError
            If the file does not hold all that it takes, or the model has not the variables of the draws.
        """
        with Turn():
            if self._made is None:
                made = self.unchanged(name)
                change = None if self.remembered is None else self.remembered.change
                self._made = made if change is None else with_change(made, change)[0]
            return self._made

    def unchanged(self, name: str) -> Model:
        """Make the model of the file's formula and data, as it was before `Fit.refit` changed it.

        Parameters and errors are those of `model`.
        """
        with Turn():
            if self._before is None:
                cell, table = self.cell(name), self.table(name)
                names = self.names(cell, {}, name)
                options = self.remembered.options if self.remembered else DEFAULTS
                self._before = formula_model(cell, table, names, options)
                _check_variables(self._before, self._posterior)
            return self._before

    def cell(self, name: str) -> FormulaCell:
        """Give the formula.

        Parameters
        ----------
        name : str
            What it is needed for, for the message.

        Returns
        -------
        FormulaCell

        Raises
        ------
        ModelError
            If the file holds none.
        """
        kept = self.remembered
        if kept is None or kept.cell is None:
            reason = EARLIER if kept is None else HAND_WRITTEN
            raise ModelError(f"the loaded fit has no {name}: {reason}", remedy="Fit it again.")
        return kept.cell

    def table(self, name: str) -> Table:
        """Give the data: those that were given back, else the columns that the file holds.

        Parameters
        ----------
        name : str
            What they are needed for, for the message.

        Returns
        -------
        Table

        Raises
        ------
        ModelError
            If the file does not hold them.
        """
        made = self.remembered.written if self.remembered else None
        if made is None:
            raise ModelError(f"the loaded fit has no {name}: {EARLIER}", remedy="Fit it again.")
        lacking = {one: why for one, why in made.left_out.items() if one not in self._rows}
        for column, why in lacking.items():
            raise ModelError(
                f"the loaded fit has no {name}: its file does not hold column {column!r}; {why}",
                remedy="Give the data back: glm_magic.load(path, data=df).",
            )
        columns = {one: self._rows[one] for one in self._rows.columns}
        return Table(
            frame=self._rows if self._table is None else self._table.frame.assign(**columns),
            name=made.data if self._table is None else self._table.name,
        )

    def names(self, cell: FormulaCell, namespace: Mapping[str, Any], name: str) -> dict[str, Any]:
        """Give what the names of a formula stand for, and nothing else.

        Without this a formula from a file could reach any function of NumPy's, those that read and write files
        among them.

        Parameters
        ----------
        cell : FormulaCell
            The formula of the file, or the user's change of it.
        namespace : mapping of str to object
            What the user gives now.
        name : str
            What it is needed for, for the message.

        Returns
        -------
        dict of str to object

        Raises
        ------
        ModelError
            If the formula of the file names what neither the file nor the user gives.
        """
        kept = self.remembered
        if kept is None or kept.written is None:
            return {}
        columns = [*kept.written.columns, *kept.written.left_out]
        own = names_of(self.cell(name), columns)
        values = dict(kept.values)
        given = {**self._namespace, **namespace}
        for one, called in names_of(cell, columns).items():
            if one in values or (called and one in BUILT_IN and one not in kept.written.absent):
                continue
            # What the user has typed may use all of NumPy.
            typed = given if one in own or "np" in given else {**given, "np": np}
            value = look_up(one, typed) if one.split(".")[0] in typed else MISSING
            if value is not MISSING:
                values[one] = value
            elif one in own:
                what = kept.written.absent.get(one, "a function" if called else "a value")
                root = one.split(".")[0]
                raise ModelError(
                    f"the loaded fit has no {name}: its formula names {one!r}, {what}, which the file does not hold",
                    remedy=f'Give it: glm_magic.load(path, namespace={{"{root}": {root}}}).',
                )
        return {"np": SimpleNamespace(), **nested(values)}


def _rows(remembered: Remembered, table: Table | None) -> pd.DataFrame:
    """Take the columns of the formula from the data that are given back, else from the file."""
    made = remembered.written
    if table is None or made is None:
        return remembered.rows
    names = [*made.columns, *made.left_out]
    lacking = [name for name in names if name not in table.columns and name not in made.columns]
    if lacking:
        raise DataError(
            f"the data lack {lacking[0]!r}, which the formula of the fit uses",
            remedy=did_you_mean(lacking[0], table.columns),
        )
    columns = {name: table.frame[name] if name in table.columns else remembered.rows[name] for name in names}
    if len({len(values) for values in columns.values()}) > 1:
        raise DataError("the data have another number of rows than those of the fit", remedy=_OTHER)
    rows = pd.DataFrame(columns)
    others = unlike(made, rows)
    if others:
        listed = ", ".join(map(repr, others))
        verb = f"column {listed} differs" if len(others) == 1 else f"columns {listed} differ"
        raise DataError(f"these are not the data of the fit: {verb}", remedy=_OTHER)
    return rows


_OTHER = "Give the same rows in the same order; fit.update(data=df) fits the model to other data."


def _check_variables(model: Model, posterior: Posterior) -> None:
    """Check that the model which was made has the variables that were drawn."""
    draws = posterior.tree["posterior"].dataset
    for name in model.variables:
        shape = tuple(int(size) for size in model.pymc[name].shape.eval())
        drawn = tuple(draws[name].shape[2:]) if name in draws else None
        if drawn != shape:
            found = "no draws" if drawn is None else f"draws of shape {drawn}"
            raise ModelError(
                f"the model that is made of the file's formula has {name!r} of shape {shape}, of which the file "
                f"has {found}",
                remedy="A function that the formula calls has changed, or another Bambi made the fit: fit it again.",
            )
