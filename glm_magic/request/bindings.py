"""The names that statements read and assign, with Python's scopes.

Statements are followed in the order they run. What a function body reads counts only if the
whole cell never assigns it, because the body runs later.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def read_names(statements: Iterable[ast.stmt]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find what statements read from outside, and what they assign.

    Parameters
    ----------
    statements : iterable of ast.stmt
        In the order they run.

    Returns
    -------
    loads : tuple of str
        Names read and not assigned before, built-in names included.
    stores : tuple of str
        Names assigned at the top level and not deleted.
    """
    reader = _Reader()
    for statement in statements:
        reader.visit(statement)
    loads = reader.loads | {name: None for name in reader.later if name not in reader.bound}
    return tuple(loads), tuple(reader.stores)


class _Bindings(ast.NodeVisitor):
    """Collects the names that one scope binds, without entering inner scopes."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.outside: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store | ast.Del):
            self.names.add(node.id)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """Enter no inner scope."""

    def visit_FunctionDef(self, node: _Function | ast.ClassDef) -> None:
        self.names.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815
    visit_ClassDef = visit_FunctionDef  # noqa: N815

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        self.outside.update(node.names)

    visit_Nonlocal = visit_Global  # noqa: N815

    def visit_ListComp(self, node: _Comprehension) -> None:
        # Only a walrus leaves a comprehension.
        for inner in ast.walk(node):
            if isinstance(inner, ast.NamedExpr):
                self.names.add(inner.target.id)

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # noqa: N815

    def generic_visit(self, node: ast.AST) -> None:
        self.names.update(_named(node))
        super().generic_visit(node)


def _named(node: ast.AST) -> list[str]:
    """Names that a node binds as plain text: imports, handlers, patterns."""
    if isinstance(node, ast.alias):
        return [] if node.name == "*" else [node.asname or node.name.partition(".")[0]]
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return [node.name] if node.name else []
    if isinstance(node, ast.MatchMapping):
        return [node.rest] if node.rest else []
    return []


class _Reader(ast.NodeVisitor):
    """Follows statements in the order they run."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.stores: dict[str, None] = {}
        self.loads: dict[str, None] = {}
        self.later: dict[str, None] = {}
        self.hidden: list[set[str]] = []
        self.in_class: list[bool] = []
        self.in_function = 0

    def bind(self, name: str) -> None:
        if self.hidden:
            self.hidden[-1].add(name)
            return
        self.bound.add(name)
        self.stores[name] = None

    def read(self, name: str) -> None:
        if any(name in names for names in self.hidden):
            return
        if self.in_function:
            self.later[name] = None
        elif name not in self.bound:
            self.loads[name] = None

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        for name in _named(node):
            self.bind(name)
        super().generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.read(node.id)
        elif isinstance(node.ctx, ast.Store):
            self.bind(node.id)
        else:
            self.read(node.id)
            self.stores.pop(node.id, None)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit_all([node.value, *node.targets])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.read(node.target.id)
        self.visit_all([node.value, node.target])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit_all([node.annotation, node.value])
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit_all([node.value, node.target])

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit_all([node.iter, node.target, *node.body, *node.orelse])

    visit_AsyncFor = visit_For  # noqa: N815

    def visit_FunctionDef(self, node: _Function) -> None:
        self.visit_all([*node.decorator_list, node.returns, *_annotations(node.args)])
        self.bind(node.name)
        self._function(node.args, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node.args, [node.body])

    def _function(self, arguments: ast.arguments, body: Iterable[ast.AST]) -> None:
        self.visit_all([*arguments.defaults, *arguments.kw_defaults])
        bindings = _Bindings()
        for node in body:
            bindings.visit(node)
        names = {argument.arg for argument in _arguments(arguments)} | bindings.names
        for name in bindings.outside & bindings.names:
            self.bound.add(name)
            self.stores[name] = None
        hidden, in_class = self.hidden, self.in_class
        # A function does not see the names of a class around it.
        self.hidden = [scope for scope, of_class in zip(hidden, in_class, strict=True) if not of_class]
        self.hidden = [*self.hidden, names - bindings.outside]
        self.in_class = [False] * len(self.hidden)
        self.in_function += 1
        self.visit_all(body)
        self.in_function -= 1
        self.hidden, self.in_class = hidden, in_class

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.visit_all([*node.decorator_list, *node.bases, *node.keywords])
        self.bind(node.name)
        self.hidden.append(set())
        self.in_class.append(True)
        self.visit_all(node.body)
        self.hidden.pop()
        self.in_class.pop()

    def visit_ListComp(self, node: _Comprehension) -> None:
        self.visit(node.generators[0].iter)
        bindings = _Bindings()
        for generator in node.generators:
            bindings.visit(generator.target)
        walrus = _Bindings()
        walrus.visit(node)
        self.hidden.append(bindings.names)
        self.in_class.append(False)
        for index, generator in enumerate(node.generators):
            self.visit_all([generator.iter if index else None, *generator.ifs])
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        self.visit_all(elements)
        self.hidden.pop()
        self.in_class.pop()
        for name in walrus.names:
            self.bind(name)

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # noqa: N815


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]


def _annotations(arguments: ast.arguments) -> list[ast.expr | None]:
    return [argument.annotation for argument in _arguments(arguments)]
