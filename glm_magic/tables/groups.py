"""Group-specific terms: how much groups differ, and by how much each does, as brms's VarCorr and ranef."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from glm_magic.diagnose.estimates import Estimate
from glm_magic.diagnose.interval import equal_tailed
from glm_magic.errors import ModelError
from glm_magic.posterior import Posterior

MOST_LEVELS = 12
"""Levels of a term that are printed."""
FACTOR = "__factor_dim"
"""How Bambi ends the name of the dim along which the levels of a grouping factor run."""
CORRELATION, DEVIATION = "_corr", "_stds"
"""How `pymc.LKJCholeskyCov` ends the names of what it computes besides the Cholesky factor."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """What a fit says of its groups; it prints as tables.

    Attributes
    ----------
    sd : pandas.DataFrame
        A row for each standard deviation between groups, ``1|school_sigma`` as in the summary, with the
        group and the term, mean, sd and interval. Where the user's prior of the effects is not normal,
        the parameters of that prior.
    levels : pandas.DataFrame
        A row for each level of each term, ``1|school[7]``, with group, term and level, mean, sd and interval:
        how far the level is from the population. None of a hand-written model, which does not say what its
        levels are.
    correlation : pandas.DataFrame
        A row for each pair of effects of a `pymc.LKJCholeskyCov`, ``g_chol_corr[0, 1]``, with the variable as the
        group and the two places as the terms. Empty for a formula, whose effects have none in Bambi.
    """

    sd: pd.DataFrame
    levels: pd.DataFrame
    correlation: pd.DataFrame
    _digits: dict[str, int] = field(repr=False)

    def __repr__(self) -> str:
        """Write the tables as text."""
        return "\n\n".join(f"{title}\n{self._text(table)}" for title, table in self._tables())

    def _repr_html_(self) -> str:
        """Write the tables for a notebook."""
        return "".join(
            f"<p>{escape(title)}</p>{self._written(table).to_html()}" for title, table in self._tables()
        )

    def _tables(self) -> Iterator[tuple[str, pd.DataFrame]]:
        yield "How much groups differ (.sd)", self.sd
        if len(self.correlation):
            yield "How their effects go together (.correlation)", self.correlation
        if not len(self.levels):
            return
        first = self.levels.groupby(["group", "term"], sort=False).cumcount() < MOST_LEVELS
        more = len(self.levels) - int(first.sum())
        title = "How far each level is from the population (.levels)"
        yield f"{title}, {more:,} more" if more else title, self.levels[first.to_numpy()]

    def _text(self, table: pd.DataFrame) -> str:
        return str(self._written(table).to_string())

    def _written(self, table: pd.DataFrame) -> pd.DataFrame:
        """Round each row as the summary does, by its Monte Carlo error."""
        digits = [self._digits[label] for label in table.index]
        made: dict[str, Any] = {}
        for name in table.columns:
            cells = table[name]
            if cells.dtype.kind == "f":
                made[name] = [f"{cell:,.{places}f}" for cell, places in zip(cells, digits, strict=True)]
            else:
                made[name] = list(cells)
        return pd.DataFrame(made, index=table.index)


def groups_of(posterior: Posterior, estimates: Sequence[Estimate], prob: float) -> Groups:
    """Gather what the posterior says of each group-specific term.

    Parameters
    ----------
    posterior : Posterior
    estimates : sequence of Estimate
    prob : float
        Probability of the equal-tailed intervals.

    Returns
    -------
    Groups

    Raises
    ------
    ModelError
        If there is no such term.
    """
    covariances = _covariances(posterior)
    if not posterior.group_terms and not covariances:
        raise ModelError(
            "the fit has no group-specific term of a formula, and no LKJCholeskyCov",
            remedy="Write (1|school) in a formula; of a block, fit.summary(names=[...]) shows what it calls so.",
        )
    owners = {name: _owner(name, posterior) for name in posterior.draws.data_vars}
    sd, levels, correlation = [], [], []
    for one in estimates:
        owner = owners.get(one.scalar.variable)
        if one.scalar.variable in covariances:
            terms = [label for _, label in _place(posterior, one)]
            row = {"group": covariances[one.scalar.variable], "term": terms[0]}
            if len(terms) == 1:
                sd.append((one, row))
            elif one.scalar.index[0] < one.scalar.index[1]:
                correlation.append((one, {**row, "with": terms[1]}))
            continue
        if owner is None:
            continue
        expression, _, group = posterior.group_terms[owner].partition("|")
        place = _place(posterior, one)
        level = [label for dim, label in place if dim.endswith(FACTOR)]
        rest = ", ".join(label for dim, label in place if not dim.endswith(FACTOR))
        row = {"group": group, "term": f"{expression}[{rest}]" if rest else expression}
        if owner == one.scalar.variable:
            levels.append((one, {**row, "level": ", ".join(level)}))
        else:
            sd.append((one, row))
    digits = {one.scalar.label: one.digits for one, _ in (*sd, *levels, *correlation)}
    frames = {"sd": sd, "levels": levels, "correlation": correlation}
    return Groups(**{name: _frame(rows, prob) for name, rows in frames.items()}, _digits=digits)


def _covariances(posterior: Posterior) -> dict[str, str]:
    """Map the correlations and standard deviations of each LKJCholeskyCov to its name.

    They are known by their names and shapes, so that a loaded fit, which has no model, has them too.
    """
    draws = posterior.draws
    shapes = {str(name): array.shape[2:] for name, array in draws.data_vars.items()}
    found: dict[str, str] = {}
    for name, shape in shapes.items():
        size = shape[0] if len(shape) == 1 else 0
        whole = name.removesuffix(DEVIATION)
        packed = shapes.get(whole) == (size * (size + 1) // 2,)
        if name.endswith(DEVIATION) and packed and shapes.get(f"{whole}{CORRELATION}") == (size, size):
            found |= {name: whole, f"{whole}{CORRELATION}": whole}
    return found


def _owner(name: object, posterior: Posterior) -> str | None:
    """Name the term whose levels, or whose standard deviation, a variable holds."""
    terms = posterior.group_terms
    if name in terms:
        return str(name)
    # A term may be called as another one begins: the longer name is its own.
    return max((term for term in terms if str(name).startswith(f"{term}_")), key=len, default=None)


def _place(posterior: Posterior, one: Estimate) -> list[tuple[str, str]]:
    """Name the place of a number in its variable: each dim, and the label there."""
    array = posterior.tree["posterior"].dataset[one.scalar.variable].transpose("chain", "draw", ...)
    return [
        (str(dim), str(array.coords[dim].values[at] if dim in array.coords else at))
        for dim, at in zip(array.dims[2:], one.scalar.index, strict=True)
    ]


def _frame(rows: Sequence[tuple[Estimate, dict[str, str]]], prob: float) -> pd.DataFrame:
    interval = equal_tailed(prob)
    made = []
    for one, row in rows:
        # Between infinite draws there is no quantile.
        with np.errstate(invalid="ignore"):
            ends = np.quantile(one.scalar.draws, interval.ends)
        own = dict(zip(interval.names, ends, strict=True))
        made.append({**row, "mean": one.mean, "sd": one.sd, **own})
    return pd.DataFrame(made, index=pd.Index([one.scalar.label for one, _ in rows], name="parameter"))
