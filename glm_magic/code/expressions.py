"""What a formula computes, as Python: ``I(x ** 2)`` -> ``x ** 2``."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping

from bambi.transformations import transformations_namespace

from glm_magic.code.sheet import Sheet
from glm_magic.model.arguments import BUILT_IN
from glm_magic.model.recipe import numpy_name

QUOTED = re.compile(r"`([^`]*)`")
# formulae's own functions that one line of NumPy computes, with its argument in the place of the brackets.
_PLAIN: Mapping[str, str] = {
    "I": "({})",
    "center": "({0} - np.mean({0}))",
    "scale": "(({0} - np.mean({0})) / np.std({0}))",
    "standardize": "(({0} - np.mean({0})) / np.std({0}))",
    "offset": "({})",
}


def python_of(sheet: Sheet, formula: str, column: Callable[[str], str] | None = None) -> str | None:
    """Write an expression of a formula as Python.

    Parameters
    ----------
    sheet : Sheet
    formula : str
        As formulae writes it.
    column : callable, optional
        Gives the text for a column; its array where left out.

    Returns
    -------
    str or None
        None where it has no such form, as a spline.
    """
    written = {value.text for value in sheet.source.recipe.cell.values}
    quoted: dict[str, str] = {}

    def unquoted(found: re.Match[str]) -> str:
        if found[1] in written:
            return f"({found[1]})"
        quoted[f"_quoted_{len(quoted)}"] = found[1]
        return list(quoted)[-1]

    text = QUOTED.sub(unquoted, formula)
    text = f"({text[1:-1]})" if text.startswith("{") else text
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError:
        return None
    try:
        return ast.unparse(_Translator(sheet, quoted, column).visit(tree))
    except _UnknownFunctionError:
        return None


class _UnknownFunctionError(Exception):
    """A function that has no form in NumPy."""


class _Translator(ast.NodeTransformer):
    """Puts arrays in the place of columns, and NumPy in that of formulae's functions."""

    def __init__(self, sheet: Sheet, quoted: Mapping[str, str], column: Callable[[str], str] | None) -> None:
        self.sheet, self.quoted = sheet, quoted
        self.column = column or self.array

    def array(self, name: str) -> str:
        """Give the array of a column: numbers, or whatever it holds."""
        kind = self.sheet.source.frame[name].dtype.kind
        return self.sheet.column(name, numeric=kind in "biuf")

    def visit_Name(self, node: ast.Name) -> ast.expr:  # ast's own name
        """Replace a column by its array."""
        name = self.quoted.get(node.id, node.id)
        if name not in self.sheet.source.frame.columns:
            return node
        return ast.parse(self.column(name), mode="eval").body

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Write a call of formulae's as NumPy does it."""
        name = ast.unparse(node.func)
        own = self.sheet.notebook.get(name)
        # Bambi lends names to functions of NumPy's, such as log.
        lent = transformations_namespace.get(name)
        own = lent if own is None and numpy_name(lent) is not None else own
        if name in BUILT_IN and own is None:
            if name not in _PLAIN or len(node.args) != 1 or node.keywords:
                raise _UnknownFunctionError
            inner = ast.unparse(self.visit(node.args[0]))
            return ast.parse(
                _PLAIN[name].format(inner if inner.isidentifier() else f"({inner})"), mode="eval"
            ).body
        numpy = numpy_name(own)
        func = node.func if numpy is None else ast.parse(f"np.{numpy}", mode="eval").body
        arguments = [self.visit(argument) for argument in node.args]
        keywords = [ast.keyword(arg=one.arg, value=self.visit(one.value)) for one in node.keywords]
        return ast.Call(func=func, args=arguments, keywords=keywords)
