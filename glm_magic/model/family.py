"""The family, its link and the parameters that may have a formula: looked up in Bambi's table."""

from __future__ import annotations

from collections.abc import Mapping

from bambi.defaults.families import BUILTIN_FAMILIES

from glm_magic.data import Table
from glm_magic.errors import NOWHERE, FormulaError, ModelError, Where, did_you_mean
from glm_magic.request import FormulaCell


def check_family(family: str, link: str | None, places: Mapping[str, Where] = NOWHERE) -> str:
    """Look a family and its link up.

    Parameters
    ----------
    family : str
        Any capitals; ``"normal"`` and ``"binary"`` are not Bambi's words and are not guessed.
    link : str or None
    places : mapping of str to Where, optional
        Where the header gives them.

    Returns
    -------
    str
        Bambi's name of the family.

    Raises
    ------
    ModelError
        With the near or the known names.
    """
    name = family.lower()
    if name not in BUILTIN_FAMILIES:
        raise ModelError(
            f"no family named {family!r}",
            where=places.get("family"),
            remedy=did_you_mean(name, BUILTIN_FAMILIES),
        )
    entry = BUILTIN_FAMILIES[name]
    links = entry["family"].SUPPORTED_LINKS[entry["likelihood"]["parent"]]
    if link is not None and link not in links:
        raise ModelError(
            f"family {name!r} has no link {link!r}",
            where=places.get("link"),
            remedy=did_you_mean(link, links),
        )
    return name


def parent_of(family: str) -> str:
    """Name the parameter that the main formula of a family is of: ``"mu"``."""
    return str(BUILTIN_FAMILIES[family]["likelihood"]["parent"])


def check_auxiliaries(cell: FormulaCell, family: str, table: Table) -> None:
    """Tell an auxiliary formula from a second model.

    Parameters
    ----------
    cell : FormulaCell
    family : str
    table : Table

    Raises
    ------
    FormulaError
        If a line names a column, or no parameter of the family.
    """
    likelihood = BUILTIN_FAMILIES[family]["likelihood"]
    known = [name for name in likelihood["params"] if name != likelihood["parent"]]
    for line in cell.auxiliaries:
        if line.parameter in known:
            continue
        if line.parameter in table.columns or not line.parameter.isidentifier():
            raise FormulaError(
                "a cell holds one model, and this line begins a second",
                where=line.where,
                remedy="Put the second model in a cell of its own.",
            )
        raise FormulaError(
            f"family {family!r} has no parameter {line.parameter!r}",
            where=line.where,
            remedy=did_you_mean(line.parameter, known)
            or f"{family!r} has no parameter with a formula of its own.",
        )
