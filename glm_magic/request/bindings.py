"""The names that statements read and assign, with Python's scopes.

Statements are followed in the order they run. What a function body reads counts only if the
whole cell never assigns it, because the body runs later.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from glm_magic.request.scopes import Bindings, Comprehension, Function, annotations_of, arguments_of, named

_DEFINES_UNSEEN = frozenset(["exec", "eval", "globals", "locals", "vars"])
_HANDLE_UNKNOWN = frozenset(["NameError", "Exception", "BaseException"])
_SUPPRESS = frozenset(["suppress", "raises"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of some statements.

    Attributes
    ----------
    loads : tuple of str
        Read and not assigned before, built-in names included.
    stores : tuple of str
        Assigned at the top level and not deleted.
    certain : mapping of str to ast.Name
        Those of `loads` that are read whenever the statements run, each with its first place: not in a
        branch, in the body of a loop or a function, or where a `try` expects it. Empty when the
        statements may define names unseen (``from m import *``, ``exec``, ``globals``).
    """

    loads: tuple[str, ...]
    stores: tuple[str, ...]
    certain: Mapping[str, ast.Name]


def read_names(statements: Iterable[ast.stmt]) -> Names:
    """Find what statements read from outside, and what they assign.

    Parameters
    ----------
    statements : iterable of ast.stmt
        In the order they run.

    Returns
    -------
    Names
    """
    reader = _Reader()
    for statement in statements:
        reader.visit(statement)
    loads = reader.loads | {name: None for name in reader.later if name not in reader.bound}
    unseen = reader.star or not _DEFINES_UNSEEN.isdisjoint(loads)
    return Names(loads=tuple(loads), stores=tuple(reader.stores), certain={} if unseen else reader.certain)


class _Reader(ast.NodeVisitor):
    """Follows statements in the order they run."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.stores: dict[str, None] = {}
        self.loads: dict[str, None] = {}
        self.later: dict[str, None] = {}
        self.certain: dict[str, ast.Name] = {}
        self.star = False
        self.doubts = 0
        self.hidden: list[set[str]] = []
        self.in_class: list[bool] = []
        self.in_function = 0

    def bind(self, name: str) -> None:
        if self.hidden:
            self.hidden[-1].add(name)
            return
        self.bound.add(name)
        self.stores[name] = None

    def read(self, node: ast.Name) -> None:
        name = node.id
        if any(name in names for names in self.hidden):
            return
        if self.in_function:
            self.later[name] = None
        elif name not in self.bound:
            self.loads[name] = None
            if not self.doubts:
                self.certain.setdefault(name, node)

    @contextmanager
    def _perhaps(self) -> Iterator[None]:
        """Follow what may not run, or may fail without harm."""
        self.doubts += 1
        yield
        self.doubts -= 1

    def visit_perhaps(self, nodes: Iterable[ast.AST | None]) -> None:
        with self._perhaps():
            self.visit_all(nodes)

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        self.star = self.star or (isinstance(node, ast.alias) and node.name == "*")
        for name in named(node):
            self.bind(name)
        super().generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.read(node)
        elif isinstance(node.ctx, ast.Store):
            self.bind(node.id)
        else:
            self.read(node)
            self.stores.pop(node.id, None)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit_all([node.value, *node.targets])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.read(node.target)
        self.visit_all([node.value, node.target])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit_perhaps([node.annotation])
        self.visit_all([node.value])
        if node.value is not None or not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit_all([node.value, node.target])

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit_all([node.iter, node.target])
        self.visit_perhaps([*node.body, *node.orelse])

    visit_AsyncFor = visit_For  # noqa: N815

    def visit_While(self, node: ast.While | ast.If) -> None:
        self.visit(node.test)
        self.visit_perhaps([*node.body, *node.orelse])

    visit_If = visit_While  # noqa: N815

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        self.visit_perhaps([node.body, node.orelse])

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        self.visit(node.values[0])
        self.visit_perhaps(node.values[1:])

    def visit_Compare(self, node: ast.Compare) -> None:
        self.visit_all([node.left, node.comparators[0]])
        self.visit_perhaps(node.comparators[1:])

    def visit_Assert(self, node: ast.Assert) -> None:
        self.visit_perhaps([node.test, node.msg])

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        self.visit_perhaps(node.cases)

    def visit_Try(self, node: ast.Try) -> None:
        if any(_handles_unknown(handler) for handler in node.handlers):
            self.visit_perhaps(node.body)
        else:
            self.visit_all(node.body)
        self.visit_perhaps([*node.handlers, *node.orelse])
        self.visit_all(node.finalbody)

    def visit_TryStar(self, node: ast.AST) -> None:
        with self._perhaps():
            super().generic_visit(node)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        self.visit_all(node.items)
        if any(_suppresses(item.context_expr) for item in node.items):
            self.visit_perhaps(node.body)
        else:
            self.visit_all(node.body)

    visit_AsyncWith = visit_With  # noqa: N815

    def visit_FunctionDef(self, node: Function) -> None:
        self.visit_all(node.decorator_list)
        self.visit_perhaps([node.returns, *annotations_of(node.args)])
        self.bind(node.name)
        self._function(node.args, node.body)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node.args, [node.body])

    def _function(self, arguments: ast.arguments, body: Iterable[ast.AST]) -> None:
        self.visit_all([*arguments.defaults, *arguments.kw_defaults])
        bindings = Bindings()
        for node in body:
            bindings.visit(node)
        names = {argument.arg for argument in arguments_of(arguments)} | bindings.names
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
        self.visit_all(node.decorator_list)
        # The type parameters of Python 3.12 are names for the bases alone.
        visit_bases = self.visit_perhaps if getattr(node, "type_params", ()) else self.visit_all
        visit_bases([*node.bases, *node.keywords])
        self.bind(node.name)
        self.hidden.append(set())
        self.in_class.append(True)
        self.visit_all(node.body)
        self.hidden.pop()
        self.in_class.pop()

    def visit_TypeAlias(self, node: ast.AST) -> None:
        with self._perhaps():
            super().generic_visit(node)

    def visit_ListComp(self, node: Comprehension) -> None:
        self.visit(node.generators[0].iter)
        bindings = Bindings()
        for generator in node.generators:
            bindings.visit(generator.target)
        walrus = Bindings()
        walrus.visit(node)
        self.hidden.append(bindings.names)
        self.in_class.append(False)
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        with self._perhaps():
            for index, generator in enumerate(node.generators):
                self.visit_all([generator.iter if index else None, *generator.ifs])
            self.visit_all(elements)
        self.hidden.pop()
        self.in_class.pop()
        for name in walrus.names:
            self.bind(name)

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # noqa: N815


def _handles_unknown(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches the error of an unknown name."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or _last_word(kind) in _HANDLE_UNKNOWN for kind in kinds)


def _suppresses(context: ast.expr) -> bool:
    """Whether a ``with`` is there to let errors pass, such as ``suppress(NameError)``."""
    return isinstance(context, ast.Call) and _last_word(context.func) in _SUPPRESS


def _last_word(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
