"""What the functions of a formula are given besides columns: constants, lists and arrays of the notebook."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from bambi.transformations import transformations_namespace
from formulae import model_description
from formulae.categorical import ENCODINGS, CategoricalBox
from formulae.terms.call import Call
from formulae.transforms import TRANSFORMS, Offset, Proportion
from numpy.typing import NDArray

from glm_magic.data import as_column
from glm_magic.errors import FormulaError, did_you_mean
from glm_magic.model.calls import environment, value_of
from glm_magic.request import FormulaCell
from glm_magic.request.prior import Value

BUILT_IN = TRANSFORMS.keys() | ENCODINGS.keys() | transformations_namespace.keys()
MISSING = object()
"""What `look_up` gives for a name that does not exist; None is a value."""
# As many rows tell a column from an argument, and a formula with millions costs no more.
MOST_ROWS_ASKED = 1000


def look_up(name: str, namespace: Mapping[str, Any]) -> Any:
    """Look a name up, dots included: ``k``, ``np.log``, ``settings.knots``.

    Parameters
    ----------
    name : str
    namespace : mapping of str to object
        ``np`` is there even where it was not imported.

    Returns
    -------
    object
        `MISSING` when there is no such thing.
    """
    root, *attributes = name.split(".")
    value = namespace.get(root, np if root == "np" else MISSING)
    for attribute in attributes:
        value = MISSING if value is MISSING else getattr(value, attribute, MISSING)
    return value


def arguments_of(cell: FormulaCell, frame: pd.DataFrame, namespace: Mapping[str, Any]) -> dict[str, Any]:
    """Gather what formulae looks up besides the columns.

    Parameters
    ----------
    cell : FormulaCell
    frame : pandas.DataFrame
        The columns; a name among them means the column.
    namespace : mapping of str to object

    Returns
    -------
    dict of str to object
        Functions by the first part of their name, variables and written values by their whole text.

    Raises
    ------
    FormulaError
        If a list names something that is not in the notebook.
    """
    functions = {name.split(".")[0] for name, _ in cell.calls}
    found = {
        name: look_up(name, namespace)
        for name in functions
        if name not in BUILT_IN or callable(namespace.get(name))
    }
    found |= {name: look_up(name, namespace) for name, _ in cell.names if name not in frame.columns}
    given = {
        name: _Module(value) if isinstance(value, ModuleType) else value for name, value in found.items()
    }
    given |= {value.text: _written(value, frame, namespace) for value in cell.values}
    return {name: value for name, value in given.items() if value is not MISSING}


def rows_kept(given: Mapping[str, Any], kept: NDArray[np.bool_]) -> dict[str, Any]:
    """Leave out of matrices, and of their columns, the rows that are left out of the columns of the data.

    Parameters
    ----------
    given : mapping of str to object
        What `arguments_of` gives.
    kept : ndarray of bool, shape (n_rows,)
        Which rows stay.

    Returns
    -------
    dict of str to object
    """

    def rows_of(name: str, value: Any) -> Any:
        array = isinstance(value, np.ndarray | pd.DataFrame | pd.Series)
        # A vector of a name is an argument, such as the knots of a spline; a part of something, M[:, 1], is not.
        of_rows = array and (value.ndim == 2 or (value.ndim == 1 and "[" in name)) and len(value) == len(kept)
        return value[kept] if of_rows else value

    return {name: rows_of(name, value) for name, value in given.items()}


class _Module:
    """A module that can be copied, as formulae copies what it was given with some interactions."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)

    def __deepcopy__(self, memo: object) -> _Module:
        return self


def _written(value: Value, frame: pd.DataFrame, namespace: Mapping[str, Any]) -> Any:
    """Evaluate a written value; its names are looked up and nothing is called."""

    def evaluate(node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=constant):
                return constant
            case ast.List(elts=parts):
                return [evaluate(part) for part in parts]
            case ast.Tuple(elts=parts):
                return tuple(evaluate(part) for part in parts)
            case ast.Dict(keys=keys, values=values):
                # `{**other}` has a key of None.
                pairs = [(key, part) for key, part in zip(keys, values, strict=True) if key is not None]
                return {evaluate(key): evaluate(part) for key, part in pairs}
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -evaluate(operand)
            case ast.UnaryOp(operand=operand):
                return +evaluate(operand)
            case ast.Slice(lower=lower, upper=upper, step=step):
                # Alone, knots[1:], or among others, M[:, 1].
                return slice(*(None if end is None else evaluate(end) for end in (lower, upper, step)))
            case ast.Subscript(value=whole, slice=place):
                return evaluate(whole)[evaluate(place)]
        return named(ast.unparse(node))

    def named(name: str) -> Any:
        found = look_up(name, namespace)
        if name in frame.columns or found is MISSING:
            raise FormulaError(
                f"{name!r} is a column, and a list holds values" if name in frame.columns
                else f"the notebook has no {name!r}, and a list holds no columns",
                where=value.where.narrowed(name),
                remedy="Define the list in the notebook before this cell." if name in frame.columns
                else did_you_mean(name, [key for key in namespace if not key.startswith("_")]),
            )  # fmt: skip
        return found

    try:
        return evaluate(ast.parse(value.text, mode="eval").body)
    except (TypeError, LookupError) as problem:
        raise FormulaError(
            f"{value.text} has no value: {type(problem).__name__}: {problem}",
            where=value.where,
            remedy="Compute it in the notebook first and write its name.",
        ) from problem


def following_rows(
    cell: FormulaCell, columns: Mapping[str, Any], doubtful: Mapping[str, Any], namespace: Mapping[str, Any]
) -> set[str]:
    """Tell which vectors in the brackets of functions are columns, of those with a value for each row.

    A function of columns gives the rows of its value in another order when the rows are put in that
    order; an argument, such as the knots of a spline, keeps its own order meanwhile. Both are tried, in
    favour of arguments. Where neither holds (``lag(x)``), an array is a column and a list an argument.

    Parameters
    ----------
    cell : FormulaCell
    columns : mapping of str to array, shape (n_rows,)
        What is known to be a column.
    doubtful : mapping of str to array or list, shape (n_rows,)
    namespace : mapping of str to object

    Returns
    -------
    set of str
        Those of `doubtful` that are columns.
    """
    if not doubtful:
        return set()
    known = pd.DataFrame(dict(columns))
    vectors = pd.DataFrame({name: as_column(value) for name, value in doubtful.items()})
    complete = pd.concat([known, vectors], axis=1).dropna().index[:MOST_ROWS_ASKED]
    order = np.random.default_rng(0).permutation(len(complete))
    given = arguments_of(cell, known, namespace)
    found: set[str] = set()
    for place, names in enumerate(_names_of_calls(cell)):
        named = sorted(names & doubtful.keys())

        def evaluated(rows: pd.Index[Any], chosen: Sequence[str], place: int = place) -> NDArray[Any] | None:
            mask = pd.concat([known, vectors[list(chosen)]], axis=1).loc[rows].reset_index(drop=True)
            return _evaluated(cell, place, mask, given)

        for chosen in chain.from_iterable(combinations(named, size) for size in range(len(named) + 1)):
            before, after = evaluated(complete, chosen), evaluated(complete[order], chosen)
            if before is not None and after is not None and _same(before, after, order):
                found |= set(chosen)
                break
        else:
            found |= {name for name in named if not isinstance(doubtful[name], list | tuple)}
    return found


def calls_of(cell: FormulaCell) -> Iterator[Call]:
    """Yield the outermost calls of all formulas, as formulae reads them: new objects each time.

    Parameters
    ----------
    cell : FormulaCell

    Yields
    ------
    formulae.terms.call.Call
    """
    for formula in (cell.bambi, *(line.bambi for line in cell.auxiliaries)):
        model = model_description(formula)
        terms = [
            *model.common_terms,
            *(part for term in model.group_terms for part in (term.expr, term.factor)),
        ]
        if model.response is not None:
            terms.append(model.response.term)
        for term in terms:
            yield from (part for part in getattr(term, "components", ()) if isinstance(part, Call))


def _names_of_calls(cell: FormulaCell) -> list[set[str]]:
    return [set(call.var_names) for call in calls_of(cell)]


def _evaluated(
    cell: FormulaCell, place: int, mask: pd.DataFrame, given: Mapping[str, Any]
) -> NDArray[Any] | None:
    """Evaluate one call; None when it fails or does not give a value for each row."""
    value = value_of(list(calls_of(cell))[place].call, mask, environment(given))
    match value:
        case CategoricalBox():
            value = value.data
        case Offset():
            value = value.x
        case Proportion():
            value = value.eval()
    array = np.asarray(value)
    return array if array.ndim and len(array) == len(mask) else None


def _same(before: NDArray[Any], after: NDArray[Any], order: NDArray[np.intp]) -> bool:
    """Tell whether the values are those from before in the new order."""
    if before.shape != after.shape:
        return False
    if before.dtype.kind in "biufc" and after.dtype.kind in "biufc":
        return bool(np.allclose(before[order], after, rtol=1e-9, atol=1e-12, equal_nan=True))
    return bool(np.all(before[order] == after))
