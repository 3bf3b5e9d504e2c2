"""Statements and functions."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from translate.expressions import NEVER, OPERATORS, OWN, Array, Scope, array, constant, element, expression
from translate.source import Function, calls
from translate.views import INTEGERS, Views, pairs, views_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """The lines of a function, and the names it declares."""

    scope: Scope
    lines: list[str] = field(default_factory=list)
    declared: dict[str, None] = field(default_factory=dict)

    def refused(self, node: ast.AST, instead: str) -> Exception:
        """Refuse a statement."""
        text = ast.unparse(node).partition("\n")[0]
        return self.scope.function.refused(node, f"`{text}`", instead)

    def block(self, nodes: Iterable[ast.stmt]) -> None:
        """Translate statements."""
        for node in nodes:
            self.statement(node)

    def statement(self, node: ast.stmt) -> None:
        """Translate a statement."""
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                return  # a docstring
            case ast.Expr(value=ast.Call() as call):
                self.lines.append(f"{expression(self.scope, call)};")
            case ast.Assign(targets=[_]):
                self.assign(node)
            case ast.AugAssign(target=target, op=operator, value=value) if type(operator) in OPERATORS:
                sign = OPERATORS[type(operator)]
                self.lines.append(f"{self.target(target)} {sign}= {expression(self.scope, value)};")
            case ast.If(test=ast.Call(func=ast.Name(id=name)), orelse=other) if name in NEVER:
                self.block(other)
            case ast.If(test=test, body=body, orelse=other):
                self.lines.append(f"if ({expression(self.scope, test)}) {{")
                self.block(body)
                if other:
                    self.lines.append("} else {")
                    self.block(other)
                self.lines.append("}")
            case ast.For(
                target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range")) as over, orelse=[]
            ):
                self.loop(node, name, over.args)
            case ast.While(test=test, body=body, orelse=[]):
                self.lines.append(f"while ({expression(self.scope, test)}) {{")
                self.block(body)
                self.lines.append("}")
            case ast.Return(value=None):
                self.lines.append("return;")
            case ast.Return(value=ast.Tuple()):
                raise self.refused(node, "return one number: a pair would be an object for each row")
            case ast.Return(value=ast.expr() as value):
                self.lines.append(f"return {expression(self.scope, value)};")
            case ast.Continue():
                self.lines.append("continue;")
            case _:
                raise self.refused(node, "use assignments, if, for ... in range, while, return and calls")

    def target(self, node: ast.expr) -> str:
        """Translate what is assigned to."""
        match node:
            case ast.Subscript():
                return element(self.scope, node)
            case ast.Name(id=name):
                if name not in self.scope.function.parameters:
                    self.declared[name] = None
                return name
        raise self.refused(node, "assign to names and elements")

    def assign(self, node: ast.Assign) -> None:
        """Translate assignments one by one: none may read what an earlier one of the same statement wrote."""
        written: set[str] = set()
        for target, value in pairs(node):
            names = {ast.dump(inner).replace("Store", "Load") for inner in ast.walk(value)}
            if names & written:
                raise self.refused(
                    node, "assign in separate statements: a value is read that has just been changed"
                )
            written.add(ast.dump(target).replace("Store", "Load"))
            if isinstance(target, ast.Name) and self.bind(target.id, value):
                continue
            if isinstance(target, ast.Tuple):
                raise self.refused(node, "write one value for each name")
            self.lines.append(f"{self.target(target)} = {expression(self.scope, value)};")

    def bind(self, name: str, value: ast.expr) -> bool:
        """Bind a name to an array; False where the value is a number."""
        match value:
            case ast.Call(func=ast.Name(id="part")):
                found = array(self.scope, value)
                known = self.scope.arrays.get(name)
                if known is not None and known.name != found.name:
                    raise self.refused(value, "give parts of two arrays two names")
                self.scope.arrays[name] = Array(name=found.name, start=name)
                self.declared[name] = None
                self.lines.append(f"{name} = {found.start or '0'};")
                return True
            case ast.IfExp(test=test, body=ast.Name(id=one), orelse=ast.Name(id=other)):
                if {one, other} <= self.scope.arrays.keys():
                    if self.scope.arrays[one].start or self.scope.arrays[other].start:
                        raise self.refused(value, "choose between whole arrays")
                    self.scope.arrays[name] = Array(name=name)
                    self.declared[name] = None
                    self.lines.append(f"{name} = {expression(self.scope, test)} ? {one} : {other};")
                    return True
        return False

    def loop(self, node: ast.For, name: str, over: list[ast.expr]) -> None:
        """Translate ``for name in range(...)``; its end is computed once."""
        first, last = (ast.Constant(0), over[0]) if len(over) == 1 else over[:2]
        by = constant(self.scope, over[2]) if len(over) == 3 else 1
        if not isinstance(by, int) or by < 1:
            raise self.refused(node, "step by a constant above 0")
        if name in _assigned(node.body):
            raise self.refused(node, f"leave {name} alone in its loop")
        end = expression(self.scope, last)
        begin = f"{self.target(ast.Name(name))} = {expression(self.scope, first)}"
        if not (isinstance(last, ast.Name) or constant(self.scope, last) is not None):
            limit = f"{name}End"
            self.declared[limit] = None
            begin, end = f"{begin}, {limit} = {end}", limit
        more = f"{name}++" if by == 1 else f"{name} += {by}"
        self.lines.append(f"for ({begin}; {name} < {end}; {more}) {{")
        self.block(node.body)
        self.lines.append("}")


def _assigned(body: Iterable[ast.stmt]) -> set[str]:
    """List names that statements assign to."""
    names = [node for one in body for node in ast.walk(one) if isinstance(node, ast.Name)]
    return {node.id for node in names if isinstance(node.ctx, ast.Store)}


def function(source: Function, views: Views) -> str:
    """Translate a function of numbers and arrays."""
    if source.node.args.kwonlyargs or source.node.args.defaults or source.node.args.vararg:
        raise source.refused(source.node, f"`{source.name}`", "give it arguments by position alone")
    arrays, parameters = {}, []
    for name in source.parameters:
        if (source.name, name) not in views.arrays:
            parameters.append(f"{name}: number")
            continue
        parameters.append(f"{name}: {'Int32Array' if name == INTEGERS else 'Float64Array'}")
        start = f"{name}At" if (source.name, name) in views.offset else ""
        parameters += [f"{start}: number"] if start else []
        arrays[name] = Array(name=name, start=start)
    writer = Writer(scope=Scope(function=source, views=views, arrays=arrays))
    writer.block(source.node.body)
    return _text(source.name, parameters, writer)


def kernel(source: Function, views: Views) -> str:
    """Translate a kernel: one loop over the rows of a block."""
    match [node for node in source.node.body if not isinstance(node, ast.Expr)]:
        case [
            ast.Assign(targets=[ast.Name(id=block)], value=ast.Call(func=ast.Name(id="carray"))),
            *before,
            ast.For(
                target=ast.Name(id="i"), iter=ast.Call(func=ast.Name(id="range"), args=[ast.Name(id="n")])
            ) as loop,
        ]:
            pass
        case _:
            instead = "write block = carray(block_, (BLOCK_ROWS, CHUNK)), then one loop `for i in range(n)`"
            raise source.refused(source.node, f"the kernel `{source.name}`", instead)
    # The row is counted by the offset itself: block[A, i] is block[at + A * CHUNK].
    scope = Scope(function=source, views=views, block=Array(name=block, start="at"))
    writer = Writer(scope=scope)
    writer.block(before)
    writer.lines.append("for (n += at; at < n; at++) {")
    writer.block(loop.body)
    writer.lines.append("}")
    if any(isinstance(node, ast.Name) and node.id == "n" for one in loop.body for node in ast.walk(one)):
        raise source.refused(loop, "`n` within the loop", "leave the number of rows to the loop")
    return _text(source.name, ["n: number", f"{block}: Float64Array", "at: number"], writer)


def _text(name: str, parameters: list[str], writer: Writer) -> str:
    names = f"let {', '.join(writer.declared)};\n" if writer.declared else ""
    lines = "\n".join(writer.lines)
    return f"function {name}({', '.join(parameters)}) {{\n{names}{lines}\n}}\n"


def reached(roots: Iterable[Function]) -> list[Function]:
    """List functions with those that they call, in the order in which they are first called."""
    found: dict[str, Function] = {}
    waiting = list(roots)
    while waiting:
        one = waiting.pop(0)
        known = found.setdefault(one.name, one)
        if known is not one:
            if known.node is not one.node:
                raise one.refused(one.node, f"a second function `{one.name}`", "give it a name of its own")
            continue
        waiting += [called for call, called in calls(one) if not _own(call)]
    return list(found.values())


def _own(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in {*OWN, *NEVER, "part", "call"}


def program(kernels: list[Function], roots: list[Function]) -> str:
    """Translate kernels, which are called by their places, and functions, with all that they call."""
    functions = [one for one in reached([*kernels, *roots]) if one not in kernels]
    views = views_of(functions)
    texts = [function(one, views) for one in functions] + [kernel(one, views) for one in kernels]
    return "\n".join(texts)
