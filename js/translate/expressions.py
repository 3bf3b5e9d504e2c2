"""Expressions. Parentheses are written wherever they might be needed; the minifier takes out those that are not."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from translate.source import Function, Number
from translate.views import Views

OWN: Mapping[str, str] = {
    "exp": "Math.exp",
    "log1p_of_unit": "Math.log1p",
    "abs": "Math.abs",
    "min": "Math.min",
    "max": "Math.max",
}
"""What the browser has itself: `special.exp` and `special.log1p_of_unit` are for vector registers, which it has not."""
NEVER = ("in_a_row",)
"""What is never so in the browser: branches that are for vector registers alone."""
MATH = ("exp", "expm1", "log", "log1p", "sqrt")
NOT_MATH = {"lgamma": "use special.lgamma", "erfc": "use special.erfcx", "erf": "use special.erfcx"}
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
COMPARISONS = {ast.Eq: "===", ast.NotEq: "!==", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """An array and where it begins; ``start`` is empty where it is whole."""

    name: str
    start: str = ""

    def at(self, place: str) -> str:
        """Write one of its numbers."""
        return f"{self.name}[{added(self.start, place)}]"

    @property
    def arguments(self) -> str:
        """Write it for a function that expects an offset."""
        return f"{self.name}, {self.start or '0'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What names mean in a function."""

    function: Function
    views: Views
    arrays: dict[str, Array] = field(default_factory=dict)
    block: Array | None = None
    """In a kernel, the block: rows of `CHUNK` numbers."""


def number(value: Number) -> str:
    """Write a number: the shortest text that is the same in double precision."""
    text = repr(float(value))
    return text.removesuffix(".0").replace("e-0", "e-").replace("e+", "e")


def added(left: str, right: str) -> str:
    """Write a sum of two whole numbers."""
    if left in ("", "0"):
        return right
    return left if right == "0" else f"{left} + {right}"


def constant(scope: Scope, node: ast.expr) -> Number | None:
    """Evaluate whole numbers that are known, such as ``(FIRST + 2) * CHUNK``, and names of constants."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.Name(id=name) if name not in scope.arrays:
            return scope.function.module.constants.get(name)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            one, other = constant(scope, left), constant(scope, right)
            if isinstance(one, int) and isinstance(other, int) and not isinstance(operator, ast.Div):
                return {ast.Add: one + other, ast.Sub: one - other, ast.Mult: one * other}[type(operator)]
    return None


def expression(scope: Scope, node: ast.expr) -> str:
    """Translate an expression."""
    known = constant(scope, node)
    if known is not None:
        return number(known)
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="np"), attr="nan" | "inf" as name):
            return {"nan": "NaN", "inf": "Infinity"}[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"(-{expression(scope, operand)})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return f"!{expression(scope, operand)}"
        case ast.BinOp(left=left, op=operator, right=right):
            return _operation(scope, node, expression(scope, left), operator, expression(scope, right))
        case ast.BoolOp(op=operator, values=values):
            sign = " && " if isinstance(operator, ast.And) else " || "
            return f"({sign.join(expression(scope, value) for value in values)})"
        case ast.Compare():
            return _comparison(scope, node)
        case ast.IfExp(test=test, body=body, orelse=other):
            return f"({expression(scope, test)} ? {expression(scope, body)} : {expression(scope, other)})"
        case ast.Subscript():
            return element(scope, node)
        case ast.Call():
            return call(scope, node)
    raise scope.function.refused(
        node, f"`{ast.unparse(node)}`", "use arithmetic, comparisons, elements and calls"
    )


def _operation(scope: Scope, node: ast.expr, left: str, operator: ast.operator, right: str) -> str:
    match operator:
        case ast.FloorDiv():
            return f"({left} / {right} | 0)"
        case ast.Mod():
            return f"({left} % {right})"
        case ast.Add() if right == "0" or left == "0":
            return added(left, right)
    if type(operator) in OPERATORS:
        return f"({left} {OPERATORS[type(operator)]} {right})"
    raise scope.function.refused(
        node, f"`{ast.unparse(node)}`", "use + - * / and, of whole numbers from 0, // %"
    )


def _comparison(scope: Scope, node: ast.Compare) -> str:
    operands = [node.left, *node.comparators]
    parts = []
    for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
        one = expression(scope, left)
        match operator, right:
            case ast.In(), ast.Tuple(elts=elements):
                parts.append(
                    f"({' || '.join(f'{one} === {expression(scope, other)}' for other in elements)})"
                )
            case _ if type(operator) in COMPARISONS:
                parts.append(f"{one} {COMPARISONS[type(operator)]} {expression(scope, right)}")
            case _:
                raise scope.function.refused(
                    node, f"`{ast.unparse(node)}`", "use < <= == != > >= and `in (A, B)`"
                )
    return f"({' && '.join(parts)})"


def element(scope: Scope, node: ast.Subscript) -> str:
    """Translate an element of an array, or of a row of the block."""
    match node.value, node.slice:
        case ast.Name(id=name), ast.Tuple(elts=[row, ast.Name(id="i")]) if (
            scope.block and name == scope.block.name
        ):
            whole = constant(scope, row)
            chunk = scope.function.module.constants.get("CHUNK")
            if isinstance(whole, int) and isinstance(chunk, int):
                return scope.block.at(number(whole * chunk))
        case ast.Name(id=name), (ast.Name() | ast.Constant() | ast.BinOp() | ast.Subscript()) as place:
            if name in scope.arrays:
                return scope.arrays[name].at(expression(scope, place))
    instead = (
        "write block[ROW, i] in a kernel, and array[place] elsewhere, of an argument or of part(array, start)"
    )
    raise scope.function.refused(node, f"`{ast.unparse(node)}`", instead)


def array(scope: Scope, node: ast.expr) -> Array:
    """Translate an array, or a part of one, that is bound to a name or given to a function."""
    match node:
        case ast.Name(id=name) if name in scope.arrays:
            return scope.arrays[name]
        case ast.Call(func=ast.Name(id="part"), args=[source, start]):
            whole = array(scope, source)
            return Array(name=whole.name, start=added(whole.start, expression(scope, start)))
    raise scope.function.refused(
        node, f"`{ast.unparse(node)}`", "name an argument or write part(array, start)"
    )


def call(scope: Scope, node: ast.Call) -> str:
    """Translate a call."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="math"), attr=name), args=[one]):
            if name in MATH:
                return f"Math.{name}({expression(scope, one)})"
            instead = NOT_MATH.get(name, f"use math.{', math.'.join(MATH)} or a function of special.py")
            raise scope.function.refused(node, f"`math.{name}`", instead)
        case ast.Call(func=ast.Name(id=name), args=arguments) if name in OWN:
            return f"{OWN[name]}({', '.join(expression(scope, one) for one in arguments)})"
        case ast.Call(func=ast.Name(id="call"), args=[kernel, rows, block]):
            where = array(scope, block).arguments
            return f"kernels[{expression(scope, kernel)}]({expression(scope, rows)}, {where})"
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            called = scope.function.module.functions.get(name)
            if called is not None and len(arguments) == len(called.parameters):
                given = zip(called.parameters, arguments, strict=True)
                return f"{called.name}({', '.join(_argument(scope, called, *one) for one in given)})"
    raise scope.function.refused(
        node, f"`{ast.unparse(node)}`", "call functions of math, special.py or the driver by position"
    )


def _argument(scope: Scope, called: Function, parameter: str, node: ast.expr) -> str:
    if (called.name, parameter) not in scope.views.arrays:
        return expression(scope, node)
    given = array(scope, node)
    return given.arguments if (called.name, parameter) in scope.views.offset else given.name
