"""Distributions as users write them: ``Normal(0, sigma=HalfNormal(2))``.

The text is Python's, so Python's own parser reads it; it is never run.
"""

from __future__ import annotations

import ast
import math
from typing import NoReturn

from glm_magic.errors import FormulaError, Where
from glm_magic.request.prior import Argument, Call
from glm_magic.request.scan import one_line

_MODULES = ("pm", "pymc")
_CONSTANTS = {
    "inf": math.inf, "np.inf": math.inf, "numpy.inf": math.inf, "math.inf": math.inf,
    "pi": math.pi, "np.pi": math.pi, "numpy.pi": math.pi, "math.pi": math.pi,
}  # fmt: skip
_ONLY = "Only numbers, lists of numbers and distributions may stand here, as in Normal(0, HalfNormal(2))."
_LARGEST_EXACT = 2**53


def distribution_name(name: str) -> str | None:
    """Read the name of a PyMC distribution.

    Parameters
    ----------
    name : str
        What stands before the bracket, dots included.

    Returns
    -------
    str or None
        ``Normal`` for ``Normal``, ``pm.Normal`` or ``pm.Normal.dist``. None for anything else, such as
        formulae's functions of one capital letter (``I``, ``C``, ``S``).
    """
    parts = name.split(".")
    if parts[0] in _MODULES:
        parts = parts[1:]
    if len(parts) > 1 and parts[-1] == "dist":
        parts = parts[:-1]
    if len(parts) != 1 or len(parts[0]) == 1 or not parts[0][:1].isupper():
        return None
    return parts[0]


def read_distribution(text: str, start: int, end: int) -> Call:
    """Read a call of a distribution.

    Parameters
    ----------
    text : str
        The whole cell.
    start, end : int
        Where the call stands in it, brackets included.

    Returns
    -------
    Call

    Raises
    ------
    FormulaError
        When it is not a call whose arguments are numbers and distributions.
    """
    source = one_line(text, start, end)
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        at = min(start + max((error.offset or 1) - 1, 0), end)
        place = Where(text=text, start=at, end=min(at + 1, end))
        message = f"Python does not understand this: {error.msg}"
        raise FormulaError(message, where=place, remedy=_ONLY) from None
    except (ValueError, RecursionError, MemoryError):
        message = "Python does not understand this"
        raise FormulaError(message, where=Where(text=text, start=start, end=end), remedy=_ONLY) from None
    return _Reader(text, start, source).call(tree)


class _Reader:
    """Turns Python's tree into `Call` and numbers."""

    def __init__(self, text: str, start: int, source: str) -> None:
        self.text = text
        self.start = start
        self.source = source.encode()

    def where(self, node: ast.expr) -> Where:
        # ast counts bytes of UTF-8; the user counts letters.
        begin = len(self.source[: node.col_offset].decode())
        end = len(self.source[: node.end_col_offset].decode())
        return Where(text=self.text, start=self.start + begin, end=self.start + end)

    def refuse(self, node: ast.expr, message: str = "", remedy: str = _ONLY) -> NoReturn:
        place = self.where(node)
        raise FormulaError(
            message or f"{self.text[place.start : place.end]} is neither a number nor a distribution",
            where=place,
            remedy=remedy,
        )

    def call(self, node: ast.expr) -> Call:
        if not isinstance(node, ast.Call):
            self.refuse(node)
        name = distribution_name(_dotted(node.func))
        if name is None:
            self.refuse(node)
        for keyword in node.keywords:
            if keyword.arg is None:
                self.refuse(keyword.value)
        return Call(
            name=name,
            args=tuple(self.argument(argument) for argument in node.args),
            kwargs={str(keyword.arg): self.argument(keyword.value) for keyword in node.keywords},
            where=self.where(node),
        )

    def argument(self, node: ast.expr) -> Argument:
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, (ast.Tuple, ast.List)):
            return tuple(self.number(element) for element in node.elts)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            self.refuse(node, "a prior line has no name or text inside", "Write x ~ Normal(0, 1).")
        return self.number(node)

    def number(self, node: ast.expr) -> float | int:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return node.value  # type: ignore[return-value]
        if isinstance(node, (ast.Name, ast.Attribute)) and _dotted(node) in _CONSTANTS:
            return _CONSTANTS[_dotted(node)]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.UAdd, ast.USub)):
            value = self.number(node.operand)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            return self.arithmetic(node)
        return self.refuse(node)

    def arithmetic(self, node: ast.BinOp) -> float | int:
        left, right = self.number(node.left), self.number(node.right)
        try:
            result = _compute(left, node.op, right)
        except (ArithmeticError, ValueError):
            self.refuse(node, "this has no finite value", "Write the number itself.")
        if result is None:
            self.refuse(node)
        if math.isnan(result):
            self.refuse(node, "this has no finite value", "Write the number itself.")
        return result


def _compute(left: float, operator: ast.operator, right: float) -> float | int | None:
    """Arithmetic in floats (``9**9**9`` must not take forever); exact whole numbers stay whole."""
    x, y = float(left), float(right)
    if isinstance(operator, ast.Add):
        result = x + y
    elif isinstance(operator, ast.Sub):
        result = x - y
    elif isinstance(operator, ast.Mult):
        result = x * y
    elif isinstance(operator, ast.Div):
        return x / y
    elif isinstance(operator, ast.Pow):
        result = math.pow(x, y)
    else:
        return None
    whole = isinstance(left, int) and isinstance(right, int) and result.is_integer()
    return int(result) if whole and abs(result) < _LARGEST_EXACT else result


def _dotted(node: ast.expr) -> str:
    """``pm.Normal`` of a name or of attributes of a name; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""
