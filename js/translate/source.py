"""Modules as syntax trees, with their constants evaluated."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "glm_magic" / "engines" / "instant"
PREFIX = "glm_magic.engines.instant."

Number = int | float


class Refused(Exception):  # noqa: N818  # it is an answer
    """Python that is outside the subset: where, what, and what to write instead."""

    def __init__(self, path: Path, node: ast.AST, what: str, instead: str) -> None:
        place = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
        super().__init__(f"{place}:{getattr(node, 'lineno', 1)}: {what} cannot be translated; {instead}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function, and the module that it sees."""

    node: ast.FunctionDef
    module: Module

    @property
    def name(self) -> str:
        """Its name, which is unique among all functions that are translated."""
        return self.node.name

    @property
    def parameters(self) -> list[str]:
        """Names of its arguments."""
        return [argument.arg for argument in self.node.args.args]

    def refused(self, node: ast.AST, what: str, instead: str) -> Refused:
        """Make the error for a node of this function."""
        return Refused(self.module.path, node, what, instead)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """What a module defines or imports from its neighbours."""

    path: Path
    constants: dict[str, Number] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a name of a module is bound to, and that module."""

    node: ast.expr
    module: Module


@cache
def read(path: Path) -> Module:
    """Read a module and those it imports from the engine."""
    module = Module(path=path)
    for node in ast.parse(path.read_text("utf-8"), str(path)).body:
        match node:
            case ast.ImportFrom(module=str(name)) if name.startswith(PREFIX):
                _import(module, _path(name), node)
            case ast.FunctionDef():
                module.functions[node.name] = Function(node=node, module=module)
            case ast.Assign(targets=[target], value=value):
                _assign(module, target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                _assign(module, target, value)
    return module


def _path(name: str) -> Path:
    parts = name.removeprefix(PREFIX).split(".")
    path = ENGINE.joinpath(*parts)
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _import(module: Module, path: Path, node: ast.ImportFrom) -> None:
    other = read(path)
    for alias in node.names:
        own = alias.asname or alias.name
        if alias.name in other.constants:
            module.constants[own] = other.constants[alias.name]
        if alias.name in other.functions:
            module.functions[own] = other.functions[alias.name]
        if alias.name in other.tables:
            module.tables[own] = other.tables[alias.name]


def _assign(module: Module, target: ast.expr, value: ast.expr) -> None:
    """Keep a constant as its number, and anything else as its tree."""
    names = [target] if isinstance(target, ast.Name) else getattr(target, "elts", [])
    try:
        code = compile(ast.Expression(value), str(module.path), "eval")
        # Arithmetic of constants and `range`; anything else needs a name that is not here.
        found = eval(code, {"__builtins__": {"range": range}, **module.constants})
        numbers = [found] if isinstance(target, ast.Name) else list(found)
    except (NameError, TypeError, ValueError):
        numbers = []
    for name, number in zip(names, numbers, strict=False):
        if isinstance(name, ast.Name) and isinstance(number, Number):
            module.constants[name.id] = number
    if isinstance(target, ast.Name) and target.id not in module.constants:
        module.tables[target.id] = Table(node=value, module=module)


def calls(function: Function) -> Iterator[tuple[ast.Call, Function]]:
    """Yield the calls of functions of the engine."""
    for node in ast.walk(function.node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = function.module.functions.get(node.func.id)
            if called is not None:
                yield node, called
