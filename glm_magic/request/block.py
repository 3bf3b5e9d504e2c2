"""PyMC blocks: bare statements, or a full ``with pm.Model():`` as tutorials write it.

::

    text -> parse -> find the sample calls -> the same statements, with hooks where they sample

The text is never searched and never run here: `ast` says what stands in it. The statements run
later as Python runs them, so that contexts, functions and the order of evaluation are Python's own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from glm_magic.errors import BlockError, Where
from glm_magic.request import OPENED, SAMPLED, BlockCell, SampleCall
from glm_magic.request.arguments import check_arguments
from glm_magic.request.bindings import read_names
from glm_magic.request.python import deeply, parse, place, walk_scope

_OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spellings:
    """How this block spells PyMC's own names."""

    modules: frozenset[str]
    models: frozenset[str]
    samples: frozenset[str]

    def is_model(self, node: ast.AST) -> bool:
        """Whether it is ``pm.Model(...)``."""
        return isinstance(node, ast.Call) and self._is(node.func, self.models, "Model")

    def is_sample(self, node: ast.AST) -> bool:
        """Whether it is ``pm.sample(...)``."""
        return isinstance(node, ast.Call) and self._is(node.func, self.samples, "sample")

    def _is(self, function: ast.expr, names: frozenset[str], attribute: str) -> bool:
        if isinstance(function, ast.Name):
            return function.id in names
        owner = function.value if isinstance(function, ast.Attribute) and function.attr == attribute else None
        return isinstance(owner, ast.Name) and owner.id in self.modules


def read_block(text: str) -> BlockCell:
    """Read a PyMC block.

    Parameters
    ----------
    text : str
        The cell as typed.

    Returns
    -------
    BlockCell
        Its nodes keep the lines and columns of `text`.

    Raises
    ------
    BlockError
        When it is not Python, or makes several models and samples none of them.
    """
    return deeply(lambda: _read(text))


def _read(text: str) -> BlockCell:
    tree = parse(text)
    if not tree.body:
        raise BlockError("the cell is empty", remedy="Write the statements of a PyMC model.")
    names = read_names(tree.body)
    spellings = _spellings(tree, frozenset(names.stores))
    calls_of_sample = _sample_calls(tree, spellings)
    samples = tuple(_described(text, tree, call, index) for index, call in enumerate(calls_of_sample))
    if not samples:
        _refuse_several_models(text, tree, spellings)
    ends_sampling = not samples or any(one.ends for one in samples)
    makes_model = any(spellings.is_model(node) for node in walk_scope(tree))
    calls = tuple(dict.fromkeys(_calls_outside_contexts(tree)))
    value = None if ends_sampling else _last_value(tree)
    opens = _hook_contexts(tree)
    for call, one in zip(calls_of_sample, samples, strict=True):
        call.func = ast.copy_location(ast.Name(id=one.hook, ctx=ast.Load()), call.func)
    return BlockCell(
        text=text,
        code=tree,
        value=value,
        samples=samples,
        ends_sampling=ends_sampling,
        makes_model=makes_model or any(one.names_model for one in samples),
        may_make_model=opens or any(spellings.is_model(node) for node in ast.walk(tree)),
        calls=calls,
        loads=names.loads,
        stores=names.stores,
        places={name: place(text, node) for name, node in names.certain.items()},
    )


def _spellings(tree: ast.Module, stores: frozenset[str]) -> _Spellings:
    """Follow imports; a name that the block assigns itself is not PyMC's."""
    modules, models, samples = {"pm", "pymc"}, {"Model"} - stores, {"sample"} - stores
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name for alias in node.names if alias.name == "pymc"}
        if isinstance(node, ast.ImportFrom) and node.module == "pymc":
            models |= {alias.asname or alias.name for alias in node.names if alias.name == "Model"}
            samples |= {alias.asname or alias.name for alias in node.names if alias.name == "sample"}
    return _Spellings(modules=frozenset(modules), models=frozenset(models), samples=frozenset(samples))


def _sample_calls(tree: ast.Module, spellings: _Spellings) -> list[ast.Call]:
    """Find the calls of ``sample``, in the order they are written."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and spellings.is_sample(node)]
    return sorted(calls, key=lambda node: (node.lineno, node.col_offset))


def _around(tree: ast.Module, node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes around a node, the innermost first."""
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    while node is not tree:
        node = parents[node]
        yield node


def _described(text: str, tree: ast.Module, call: ast.Call, index: int) -> SampleCall:
    """Record the arguments that are written by name; those behind * and ** are known when it runs."""
    arguments = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    first = call.args[0] if call.args and not isinstance(call.args[0], ast.Starred) else None
    if len(call.args) > 1:
        raise BlockError(
            "sample(...) takes one argument without a name, the draws",
            where=place(text, call.args[1]),
            remedy="Write the others by name: pm.sample(1000, tune=1000).",
        )
    if first is not None and "draws" in arguments:
        where = place(text, arguments["draws"])
        raise BlockError("draws is given twice", where=where, remedy="Keep one of the two.")
    if first is not None:
        arguments = {"draws": first, **arguments}
    places: Mapping[str, Where] = {name: place(text, node) for name, node in arguments.items()}
    check_arguments(places)
    names_model = "model" in arguments and not _is_none(arguments["model"])
    statement = next(node for node in _around(tree, call) if isinstance(node, ast.stmt))
    stars = [node for node in call.args if isinstance(node, ast.Starred)]
    unpacked = [keyword for keyword in call.keywords if keyword.arg is None]
    return SampleCall(
        hook=f"{SAMPLED}{index}",
        ends=_assigned(_final(tree)) is call,
        places=places,
        names_model=names_model,
        where=place(text, call),
        target=_name_of(statement) if getattr(statement, "value", None) is call else None,
        rest=tuple(place(text, node) for node in (*stars, *unpacked)),
    )


def _name_of(statement: ast.stmt) -> str | None:
    """Give the one name that a statement assigns."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _refuse_several_models(text: str, tree: ast.Module, spellings: _Spellings) -> None:
    """Refuse several models of which none is sampled; a model inside another is part of it."""
    made = [node for node in _outermost(tree) if spellings.is_model(node)]
    if len(made) > 1:
        raise BlockError(
            "several models in one cell",
            where=place(text, made[-1]),
            remedy="Put each model into a cell of its own, or sample one: idata = pm.sample(model=...).",
        )


def _outermost(tree: ast.Module) -> Iterator[ast.expr]:
    """Yield what top-level ``with`` statements open and top-level assignments assign."""
    for statement in tree.body:
        match statement:
            case ast.With(items=items):
                yield from (item.context_expr for item in items)
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                yield value


def _final(tree: ast.Module) -> ast.stmt:
    """Find the statement that runs last, inside the ``with`` statements that end the cell."""
    last = tree.body[-1]
    while isinstance(last, ast.With):
        last = last.body[-1]
    return last


def _assigned(statement: ast.stmt) -> ast.expr | None:
    """Give what a statement assigns, or evaluates."""
    value = getattr(statement, "value", None)
    while isinstance(value, ast.NamedExpr):
        value = value.value
    return value


def _last_value(tree: ast.Module) -> ast.Expression | None:
    """Take a last expression at the top level off the statements: the cell shows its value."""
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        return None
    tree.body.pop()
    return ast.Expression(body=last.value)


def _calls_outside_contexts(tree: ast.Module) -> Iterator[tuple[str, ...]]:
    """Yield the dotted names that are called outside every ``with`` and every scope of its own."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and (dotted := _dotted(node.func)):
            yield dotted
        if not isinstance(node, (ast.With, *_OWN_SCOPE)):
            waiting.extend(ast.iter_child_nodes(node))


def _dotted(node: ast.expr) -> tuple[str, ...]:
    """Read ``pm.Normal`` as its words; empty for anything else."""
    words: list[str] = []
    while isinstance(node, ast.Attribute):
        words.insert(0, node.attr)
        node = node.value
    return (node.id, *words) if isinstance(node, ast.Name) else ()


def _hook_contexts(tree: ast.Module) -> bool:
    """Let every ``with`` outside functions report what it opens; tell whether there is one."""
    found = [node for node in walk_scope(tree) if isinstance(node, ast.With)]
    for item in (item for node in found for item in node.items):
        opened = item.context_expr
        hook = ast.Call(func=ast.Name(id=OPENED, ctx=ast.Load()), args=[opened], keywords=[])
        item.context_expr = ast.copy_location(hook, opened)
        ast.copy_location(hook.func, opened)
    return bool(found)
