"""PyMC blocks: bare statements, or a full ``with pm.Model():`` as tutorials write it.

::

    text -> parse -> find the model and the sample call -> before | model | sample | after

The text is never searched and never run here: `ast` says what stands in it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glm_magic.errors import BlockError
from glm_magic.request import BlockCell, SampleCall
from glm_magic.request.bindings import read_names
from glm_magic.request.python import parse, place, walk_scope
from glm_magic.request.sampling import SAMPLE_ARGUMENTS, check_arguments, sample_options

__all__ = ["SAMPLE_ARGUMENTS", "read_block", "sample_options"]

_ASSIGN = "Give it a line of its own: idata = pm.sample()."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spellings:
    """How this block spells PyMC's own names."""

    modules: frozenset[str]
    models: frozenset[str]
    samples: frozenset[str]

    def is_model(self, node: ast.expr) -> bool:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """The block in four parts, and the context of the model."""

    before: Sequence[ast.stmt]
    model: Sequence[ast.stmt]
    sample: ast.stmt | None
    after: Sequence[ast.stmt]
    context: ast.expr | None = None
    context_name: str | None = None
    names: frozenset[str] = frozenset()


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
        When it is not Python, or not one model with at most one ``sample(...)``.
    """
    tree = parse(text)
    if not tree.body:
        raise BlockError("the cell is empty", remedy="Write the statements of a PyMC model.")
    spellings = _spellings(tree)
    calls = [node for node in ast.walk(tree) if spellings.is_sample(node)]
    if len(calls) > 1:
        second = max(calls, key=lambda node: getattr(node, "lineno", 0))
        raise BlockError(
            "several sample(...) calls in one cell",
            where=place(text, second),
            remedy="Keep one; each %%glm cell fits one model once.",
        )
    layout = _layout(text, tree, spellings)
    if calls and layout.sample is None:
        raise _misplaced(text, calls[0])
    sample = None if layout.sample is None else _sample_call(text, layout)
    loads, stores = read_names(tree.body)
    return BlockCell(
        text=text,
        before=_module(layout.before),
        model=_module(layout.model),
        context=layout.context,
        context_name=layout.context_name,
        after=_module(layout.after),
        sample=sample,
        loads=loads,
        stores=stores,
    )


def _module(statements: Sequence[ast.stmt]) -> ast.Module:
    return ast.Module(body=list(statements), type_ignores=[])


def _spellings(tree: ast.Module) -> _Spellings:
    """Follow imports; a name that the block assigns itself is not PyMC's."""
    _, stores = read_names(tree.body)
    modules, models, samples = {"pm", "pymc"}, {"Model"} - set(stores), {"sample"} - set(stores)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name for alias in node.names if alias.name == "pymc"}
        if isinstance(node, ast.ImportFrom) and node.module == "pymc":
            models |= {alias.asname or alias.name for alias in node.names if alias.name == "Model"}
            samples |= {alias.asname or alias.name for alias in node.names if alias.name == "sample"}
    return _Spellings(modules=frozenset(modules), models=frozenset(models), samples=frozenset(samples))


def _layout(text: str, tree: ast.Module, spellings: _Spellings) -> _Layout:
    built = {
        target.id
        for statement in tree.body
        if isinstance(statement, ast.Assign) and spellings.is_model(statement.value)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    opening = _opening(text, tree, spellings, built)
    if opening is None:
        return _bare(tree.body, spellings)
    return _with_model(text, tree, opening, spellings)


def _opening(text: str, tree: ast.Module, spellings: _Spellings, built: set[str]) -> ast.With | None:
    """Find the ``with`` that opens the model."""
    opened = [node for node in walk_scope(tree) if isinstance(node, ast.With) and _opens(node, spellings)]
    if len(opened) + len(built) > 1:
        raise BlockError(
            "several models in one cell",
            where=None if not opened else place(text, opened[-1].items[0].context_expr),
            remedy="Put each model into a cell of its own.",
        )
    if opened and opened[0] not in tree.body:
        raise BlockError(
            "the model does not stand at the top level of the cell",
            where=place(text, opened[0].items[0].context_expr),
            remedy="Take `with pm.Model():` out of the statement around it.",
        )
    if not opened:
        # `with model:` over a model made by name, here or in an earlier cell
        named = [node for node in tree.body if isinstance(node, ast.With) and _single_name(node)]
        ours = [node for node in named if _single_name(node) in built]
        _, stores = read_names(tree.body)
        foreign = [node for node in named if _single_name(node) not in stores]
        opened = ours or foreign
    if opened and len(opened[0].items) > 1:
        raise BlockError(
            "the model's `with` opens something else too",
            where=place(text, opened[0].items[1].context_expr),
            remedy="Open the model by itself: with pm.Model() as model:",
        )
    return opened[0] if opened else None


def _opens(node: ast.With, spellings: _Spellings) -> bool:
    return any(spellings.is_model(item.context_expr) for item in node.items)


def _single_name(node: ast.With) -> str | None:
    item = node.items[0]
    plain = len(node.items) == 1 and item.optional_vars is None and isinstance(item.context_expr, ast.Name)
    return item.context_expr.id if plain and isinstance(item.context_expr, ast.Name) else None


def _bare(body: Sequence[ast.stmt], spellings: _Spellings) -> _Layout:
    at = _find_sample(body, spellings)
    if at is None:
        return _Layout(before=[], model=body, sample=None, after=[])
    return _Layout(before=[], model=body[:at], sample=body[at], after=body[at + 1 :])


def _with_model(text: str, tree: ast.Module, opening: ast.With, spellings: _Spellings) -> _Layout:
    """Split at the sampling; what stands before it belongs to the model.

    ``with model:`` over the same name again, as tutorials write it, is the same context.
    """
    item = opening.items[0]
    if item.optional_vars is not None and not isinstance(item.optional_vars, ast.Name):
        raise BlockError(
            "the model is not assigned to one name",
            where=place(text, item.optional_vars),
            remedy="Write: with pm.Model() as model:",
        )
    name = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else None
    again = name or _single_name(opening)
    first = tree.body.index(opening)
    inside = list(_flatten(tree.body[first:], opening, again))
    at = _find_sample([statement for statement, _ in inside], spellings)
    if at is None:
        last = max(index for index, (_, in_model) in enumerate(inside) if in_model)
        model, sample, after = inside[: last + 1], None, inside[last + 1 :]
    else:
        model, sample, after = inside[:at], inside[at][0], inside[at + 1 :]
    return _Layout(
        before=tree.body[:first],
        model=[statement for statement, _ in model],
        sample=sample,
        after=[statement for statement, _ in after],
        context=item.context_expr,
        context_name=name,
        names=frozenset([again] if again else []),
    )


def _flatten(
    body: Sequence[ast.stmt], opening: ast.With, again: str | None
) -> Iterator[tuple[ast.stmt, bool]]:
    """Statements in order, each with whether it stands inside the model's ``with``."""
    for statement in body:
        same = isinstance(statement, ast.With) and again is not None and _single_name(statement) == again
        if isinstance(statement, ast.With) and (statement is opening or same):
            for inner in statement.body:
                yield inner, True
        else:
            yield statement, False


def _find_sample(body: Sequence[ast.stmt], spellings: _Spellings) -> int | None:
    for index, statement in enumerate(body):
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr) else None
        if value is not None and spellings.is_sample(value):
            return index
    return None


def _misplaced(text: str, call: ast.AST) -> BlockError:
    return BlockError(
        "sample(...) stands inside another expression or statement, or before the model",
        where=place(text, call),
        remedy=_ASSIGN,
    )


def _sample_call(text: str, layout: _Layout) -> SampleCall:
    statement = layout.sample
    assert isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr)
    call = statement.value
    assert isinstance(call, ast.Call)
    target, arguments = _target(text, statement), _arguments(text, call)
    sample = SampleCall(target=target, arguments=arguments, where=place(text, call))
    check_arguments(sample)
    model = sample.arguments.get("model")
    if model is not None and not (isinstance(model, ast.Name) and model.id in layout.names):
        raise BlockError(
            "sample(...) names another model than the block's",
            where=place(text, model),
            remedy="Leave out model=: the block's own model is sampled.",
        )
    return sample


def _target(text: str, statement: ast.Assign | ast.AnnAssign | ast.Expr) -> str | None:
    if isinstance(statement, ast.Expr):
        return None
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    if len(targets) == 1 and isinstance(targets[0], ast.Name):
        return targets[0].id
    wrong = next((target for target in targets if not isinstance(target, ast.Name)), targets[-1])
    raise BlockError("sample(...) is not assigned to one name", where=place(text, wrong), remedy=_ASSIGN)


def _arguments(text: str, call: ast.Call) -> dict[str, ast.expr]:
    """Keyword arguments; the one positional argument of PyMC's is ``draws``."""
    unpacked = [node for node in call.args if isinstance(node, ast.Starred)]
    unpacked_keywords = [keyword.value for keyword in call.keywords if keyword.arg is None]
    for node in [*unpacked, *unpacked_keywords]:
        raise BlockError(
            "sample(...) inside %%glm takes no * or ** arguments",
            where=place(text, node),
            remedy="Write the arguments by name: pm.sample(draws=1000, tune=1000).",
        )
    if len(call.args) > 1:
        raise BlockError(
            "sample(...) takes one argument without a name, the draws",
            where=place(text, call.args[1]),
            remedy="Write the others by name: pm.sample(1000, tune=1000).",
        )
    arguments = {str(keyword.arg): keyword.value for keyword in call.keywords}
    if call.args and "draws" in arguments:
        where = place(text, arguments["draws"])
        raise BlockError("draws is given twice", where=where, remedy="Keep one of the two.")
    return ({"draws": call.args[0]} if call.args else {}) | arguments
