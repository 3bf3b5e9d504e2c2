"""``0 + Intercept``: an intercept whose prior holds where the predictors are zero.

As in brms (Bürkner 2017, J. Stat. Softw. 80(1); its help page ``brmsformula``): there an intercept is
sampled at the mean of the predictors, and its prior holds there, unless it is written as the predictor
``Intercept`` of a formula without one. Bambi has one switch for that, ``center_predictors``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from glm_magic.data import Table, is_vector
from glm_magic.errors import FormulaError
from glm_magic.model.arguments import MISSING, look_up
from glm_magic.request import FormulaCell
from glm_magic.request.scan import Kind, Token, outer, scan

INTERCEPT = "Intercept"


def plain_intercepts(
    cell: FormulaCell, table: Table, namespace: Mapping[str, Any], parent: str
) -> tuple[FormulaCell, frozenset[str]]:
    """Write ``0 + Intercept`` as Bambi's intercept, and say which intercepts are not to be centered.

    Parameters
    ----------
    cell : FormulaCell
    table : Table
        A column of that name is a column.
    namespace : mapping of str to object
        So is an array.
    parent : str
        The parameter of the family that the main formula is of.

    Returns
    -------
    cell : FormulaCell
        What the user reads of it, `FormulaCell.formula`, stays as it was.
    uncentered : frozenset of str
        Parameters of the family whose formula has such an intercept.

    Raises
    ------
    FormulaError
        If ``Intercept`` stands in a formula that has an intercept already.
    """
    places = dict(cell.names)
    value = look_up(INTERCEPT, namespace)
    if INTERCEPT not in places or INTERCEPT in table.columns or (value is not MISSING and is_vector(value)):
        return cell, frozenset()
    main = _rewritten(cell.bambi)
    rewritten = {line.parameter: _rewritten(line.bambi) for line in cell.auxiliaries}
    uncentered = {name for name, text in {parent: main, **rewritten}.items() if text is not None}
    if not uncentered:
        raise FormulaError(
            "Intercept stands in a formula that has an intercept already",
            where=places[INTERCEPT],
            remedy="Take it out; or write 0 + Intercept for one whose prior holds where the predictors are zero.",
        )
    return replace(
        cell,
        bambi=main or cell.bambi,
        auxiliaries=tuple(
            replace(line, bambi=rewritten[line.parameter] or line.bambi) for line in cell.auxiliaries
        ),
        names=tuple(pair for pair in cell.names if pair[0] != INTERCEPT),
        terms=cell.terms - {INTERCEPT},
    ), frozenset(uncentered)


def _rewritten(formula: str) -> str | None:
    """Put ``1`` in the place of ``0`` and of ``Intercept``; None where one of them is missing."""
    line = list(scan(formula))
    outside = [index for index, token in outer(line)]
    tilde = next(index for index in outside if line[index].is_operator("~"))
    right = [index for index in outside if index > tilde and _is_summand(line, index)]
    written = [index for index in right if line[index].text == INTERCEPT and not _is_taken(line, index)]
    without = [index for index in right if _removes(line, index)]
    if not written or not without:
        return None
    edits = {line[index]: "1" for index in (*written, *without)}
    for index in without:
        if line[index].text == "1":
            # `x - 1`, or `-1 + x`, where nothing stands before the sign.
            edits[line[index - 1]] = " " if index - 1 == tilde + 1 else "+"
    for token, text in sorted(edits.items(), key=lambda edit: -edit[0].start):
        formula = formula[: token.start] + text + formula[token.end :]
    return formula


def _is_summand(line: Sequence[Token], index: int) -> bool:
    """Tell whether a name or a number is a term of its own, added or taken away."""
    after = line[index + 1] if index + 1 < len(line) else None
    alone = after is None or after.is_operator("+", "-")
    operand = line[index].kind in (Kind.NAME, Kind.NUMBER)
    return operand and alone and line[index - 1].is_operator("~", "+", "-")


def _is_taken(line: Sequence[Token], index: int) -> bool:
    return line[index - 1].is_operator("-")


def _removes(line: Sequence[Token], index: int) -> bool:
    """Tell whether it is the ``0`` or the ``- 1`` of a formula without an intercept."""
    return line[index].text == ("1" if _is_taken(line, index) else "0")
