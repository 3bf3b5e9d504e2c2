"""Panels of the first version of the payload, which held one fit and what each tab showed of it."""

from __future__ import annotations

from typing import Any

from glm_magic.views.panel import VERSION


def upgraded(schema: dict[str, Any]) -> dict[str, Any]:
    """Write the panel of a file as panels are written today; the draws are in the file besides.

    Parameters
    ----------
    schema : dict
        Of any version.

    Returns
    -------
    dict
        The same one unless its version is 1.
    """
    version = schema.get("version")
    if isinstance(version, bool) or version != 1:
        return schema
    fit = {name: value for name, value in schema.items() if name != "version"}
    match fit.get("tabs"):
        case {"trace": {"rows": list() as rows} as trace, **others}:
            kept = {"rows": [_without_chain(row) for row in rows], "notes": _notes(trace)}
            fit["tabs"] = {**others, "trace": kept}
    match fit.get("tabs"):
        # Without the meanings of its columns a table cannot be laid out today; those of today are taken.
        case {"summary": {"columns": [], **table}, **others}:
            fit["tabs"] = {**others, "summary": table}
    return {"version": VERSION, "fits": [fit]}


def _without_chain(row: Any) -> Any:
    return {name: value for name, value in row.items() if name != "trace"} if isinstance(row, dict) else row


def _notes(trace: dict[str, Any]) -> list[Any]:
    """Keep the notes but the one on which draws the chains show: they are all here again."""
    notes = trace.get("notes", [])
    if not isinstance(notes, list):
        return [notes]
    return [one for one in notes if not (isinstance(one, str) and one.startswith("Chains show every"))]
