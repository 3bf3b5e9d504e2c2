"""Which arguments of a function are arrays, and which of these begin at an offset.

Python passes a part of an array as a pointer. Here it is an array and an offset, and the offset is passed only to
functions that are ever given one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from translate.source import Function, calls

Argument = tuple[str, str]
"""A function and one of its arguments."""

INTEGERS = "words"
"""The argument that holds whole numbers; other arrays hold numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """What is known of the arguments of all functions.

    Attributes
    ----------
    arrays : set of Argument
        Those that are arrays.
    offset : set of Argument
        Those that begin at an offset.
    """

    arrays: frozenset[Argument]
    offset: frozenset[Argument]


def views_of(functions: Iterable[Function]) -> Views:
    """Find both, until nothing more is found: what a function passes on is what it was given."""
    functions = tuple(functions)
    arrays: set[Argument] = set()
    offset: set[Argument] = set()
    known = -1
    while known < len(arrays) + len(offset):
        known = len(arrays) + len(offset)
        for function in functions:
            arrays.update((function.name, name) for name in _arrays(function, arrays))
            offset.update(_offset(function, arrays, offset))
    return Views(arrays=frozenset(arrays), offset=frozenset(offset))


def _arrays(function: Function, arrays: set[Argument]) -> Iterator[str]:
    """Yield arguments that are indexed, of which a part is taken, or that are passed on as arrays."""
    for node in ast.walk(function.node):
        match node:
            case ast.Subscript(value=ast.Name(id=name)) if name in function.parameters:
                yield name
            case ast.Call(func=ast.Name(id="part"), args=[ast.Name(id=name), _]) if (
                name in function.parameters
            ):
                yield name
            case ast.IfExp(body=ast.Name(id=one), orelse=ast.Name(id=other)):
                sources = {one, other} & set(function.parameters)
                yield from (
                    name
                    for name in sources
                    if (function.name, one) in arrays or (function.name, other) in arrays
                )
    for call, called in calls(function):
        for argument, parameter in zip(call.args, called.parameters, strict=False):
            if (called.name, parameter) in arrays and isinstance(argument, ast.Name):
                yield argument.id


def _offset(function: Function, arrays: set[Argument], offset: set[Argument]) -> Iterator[tuple[str, str]]:
    """Yield arguments of other functions that this one gives a part of an array."""
    parts = {name for name, _ in parts_of(function)}
    parts |= {name for name in function.parameters if (function.name, name) in offset}
    for call, called in calls(function):
        for argument, parameter in zip(call.args, called.parameters, strict=False):
            whole = isinstance(argument, ast.Name) and argument.id not in parts
            if (called.name, parameter) in arrays and not whole:
                yield called.name, parameter


def parts_of(function: Function) -> Iterator[tuple[str, ast.Call]]:
    """Yield the local names that are bound to parts of arrays."""
    for node in ast.walk(function.node):
        if isinstance(node, ast.Assign):
            for target, value in pairs(node):
                match target, value:
                    case ast.Name(id=name), ast.Call(func=ast.Name(id="part")):
                        yield name, value


def pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield targets with their values: ``a, b = x, y`` has two."""
    (target,) = node.targets
    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
        yield from zip(target.elts, node.value.elts, strict=True)
    else:
        yield target, node.value
