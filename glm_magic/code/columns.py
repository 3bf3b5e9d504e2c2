"""Design columns of a formula, as expressions of the data's columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from glm_magic.code.expressions import python_of
from glm_magic.code.literals import levels, numbers, text
from glm_magic.code.sheet import Sheet, unwritten
from glm_magic.model.recipe import nested


def design(sheet: Sheet, term: Any, wanted: Any, dim: str | None, name: str, formula: str) -> str:
    """Write the design columns of a term.

    Parameters
    ----------
    sheet : Sheet
    term : formulae.terms.Term
    wanted : ndarray, shape (n_rows,) or (n_rows, n_columns)
        Those that were fitted.
    dim : str or None
        The dim that the columns have, where they have one.
    name : str
        The term, as the summary names it.
    formula : str
        The formula that the term is of, for formulae.

    Returns
    -------
    str
        The name of an array of that shape.

    Raises
    ------
    ModelError
        If they cannot be written.
    """
    written = _product(sheet, [_component(sheet, part, dim) for part in term.components])
    if written is not None and sheet.computed.gives(written, wanted):
        return sheet.define(name, written)
    return _by_formulae(sheet, term, wanted, name, formula)


def _component(sheet: Sheet, part: Any, dim: str | None) -> str | None:
    """Write the columns of a variable or of a call."""
    if part.kind != "categoric":
        call = getattr(part, "call", None)
        if call is None:
            return sheet.column(part.name)
        written = python_of(sheet, part.name)
        if written is None:
            return None
        kind = np.asarray(sheet.computed.value(written)).dtype.kind
        return written if kind == "f" else f"np.asarray({written}, dtype=float)"
    factor = factor_of(sheet, part)
    return None if factor is None else _coded(sheet, part, factor, dim)


def factor_of(sheet: Sheet, part: Any) -> str | None:
    """Write the values of a categorical variable.

    Parameters
    ----------
    sheet : Sheet
    part : formulae Variable or Call

    Returns
    -------
    str or None
        None where they cannot be written.
    """
    call = getattr(part, "call", None)
    if call is None:
        return sheet.column(part.name, numeric=False)
    if call.callee in ("C", "S", "T"):
        inner = str(call.args[0])
        name = inner.strip("`")
        if name in sheet.source.frame.columns:
            return sheet.column(name, numeric=False)
        return None
    return python_of(sheet, part.name, lambda name: sheet.column(name, numeric=False))


def _coded(sheet: Sheet, part: Any, factor: str, dim: str | None) -> str | None:
    """Write the coding of a factor: its levels compared, or rows of its contrast matrix."""
    matrix = np.asarray(part.contrast_matrix.matrix, dtype=float)
    chosen = [level for level, row in zip(part.levels, matrix, strict=True) if row.any()]
    if set(np.unique(matrix)) <= {0.0, 1.0} and np.array_equal(
        matrix[matrix.any(axis=1)], np.eye(len(chosen))
    ):
        if dim is not None and len(sheet.model.pymc.coords.get(dim) or ()) == len(chosen):
            sheet.levels_of(dim, factor)
        listed = _listed(sheet, chosen, dim)
        if listed is None:
            return None
        one = listed[1:-1] if listed.startswith("[") else f"{listed}[0]"
        # Of one column there is no matrix: formulae's terms have an axis of length 1, and Bambi's none.
        compared = f"{factor} == {one}" if len(chosen) == 1 else f"{factor}[:, None] == {listed}"
        return f"({compared}).astype(float)"
    every = levels(part.levels)
    if every is None:
        return None
    codes = f"pd.Categorical({factor}, categories={every}).codes"
    return f"np.array({numbers(matrix[:, 0] if matrix.shape[1] == 1 else matrix)})[{codes}]"


def _listed(sheet: Sheet, chosen: list[Any], dim: str | None) -> str | None:
    """Name a list of levels: that of the dim, where it has the same."""
    if dim is not None and list(sheet.model.pymc.coords.get(dim) or ()) == chosen and levels(chosen):
        sheet.dims(dim)
        return f"coords[{text(dim)}]"
    return levels(chosen)


def _product(sheet: Sheet, parts: list[str | None]) -> str | None:
    """Multiply the columns of the variables of an interaction; those of the first vary slowest."""
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return None
    product, *others = known
    axes = np.ndim(sheet.computed.value(product))
    for part in others:
        more = np.ndim(sheet.computed.value(part))
        match axes, more:
            case 2, 2:
                pairs = f"{_bracketed(product)}[:, :, None] * {_bracketed(part)}[:, None, :]"
                product = f"({pairs}).reshape(len({_bracketed(part)}), -1)"
            case 2, 1:
                product = f"{_bracketed(product)} * {_bracketed(part)}[:, None]"
            case 1, 2:
                product = f"{_bracketed(product)}[:, None] * {_bracketed(part)}"
            case _:
                product = f"{_bracketed(product)} * {_bracketed(part)}"
        axes = max(axes, more)
    return product


def _bracketed(part: str) -> str:
    return part if part.isidentifier() or part.endswith(".astype(float)") else f"({part})"


def _by_formulae(sheet: Sheet, term: Any, wanted: Any, name: str, formula: str) -> str:
    """Let formulae compute the columns, of the same data."""
    from formulae import design_matrices

    if any("`" in part.name for part in term.components):
        raise unwritten(name, "its columns are no expression of NumPy's")
    frame = sheet.source.frame
    used = sorted({one for part in term.components for one in part.var_names} & set(frame.columns))
    rest = formula if any(part.kind == "categoric" for part in term.components) else f"0 + {term.name}"
    plain = {one: python_column(sheet, one) for one in used}
    try:
        made = design_matrices(rest, frame, extra_namespace=nested(sheet.notebook)).common[term.name]
    # formulae raises what its parser, pandas or the user's function raises.
    except Exception as problem:
        raise unwritten(name, f"formulae does not compute it alone: {problem}") from problem
    made = np.asarray(made)
    shape = np.shape(wanted)
    if made.size != int(np.prod(shape)) or not np.allclose(
        made.reshape(shape), wanted, rtol=1e-12, atol=1e-14
    ):
        raise unwritten(name, "formulae computes other columns alone")
    data = ", ".join(f"{text(one)}: {array}" for one, array in plain.items())
    sheet.imports.add("from formulae import design_matrices")
    own = sheet.identifiers.new(name)
    flat = "[:, 0]" if len(shape) == 1 else ""
    sheet.arrays.append(
        f"{own} = np.asarray(design_matrices({text(rest)}, pd.DataFrame({{{data}}})).common[{text(term.name)}]){flat}"
    )
    sheet.computed.define(own, np.asarray(wanted))
    return own


def python_column(sheet: Sheet, name: str) -> str:
    """Give the array of a column, of its own kind."""
    return sheet.column(name, numeric=sheet.source.frame[name].dtype.kind in "biuf")
