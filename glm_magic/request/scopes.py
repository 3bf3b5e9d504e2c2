"""What one scope of Python binds by itself: its names, and the arguments of a function."""

from __future__ import annotations

import ast

Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Bindings(ast.NodeVisitor):
    """Collects the names that one scope binds, without entering inner scopes."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.outside: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        """Take a name that is assigned or deleted."""
        if isinstance(node.ctx, ast.Store | ast.Del):
            self.names.add(node.id)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Enter no inner scope."""

    def visit_FunctionDef(self, node: Function | ast.ClassDef) -> None:
        """Take the name, and enter no inner scope."""
        self.names.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815
    visit_ClassDef = visit_FunctionDef  # noqa: N815

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        """Take names of a scope further out."""
        self.outside.update(node.names)

    visit_Nonlocal = visit_Global  # noqa: N815

    def visit_ListComp(self, node: Comprehension) -> None:
        """Take what a walrus assigns: nothing else leaves a comprehension."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.NamedExpr):
                self.names.add(inner.target.id)

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # noqa: N815

    def generic_visit(self, node: ast.AST) -> None:
        """Take names that stand in a node as plain text."""
        self.names.update(named(node))
        super().generic_visit(node)


def named(node: ast.AST) -> list[str]:
    """Names that a node binds as plain text: imports, handlers, patterns."""
    if isinstance(node, ast.alias):
        return [] if node.name == "*" else [node.asname or node.name.partition(".")[0]]
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return [node.name] if node.name else []
    if isinstance(node, ast.MatchMapping):
        return [node.rest] if node.rest else []
    return []


def arguments_of(arguments: ast.arguments) -> list[ast.arg]:
    """List all arguments of a function."""
    extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]


def annotations_of(arguments: ast.arguments) -> list[ast.expr | None]:
    """List the annotations of a function's arguments."""
    return [argument.annotation for argument in arguments_of(arguments)]
