"""The tables of distributions, links and priors."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass

from translate.source import ENGINE, Function, Module, Refused, Table, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A distribution with the domains of its slots, or a link with its own."""

    key: str
    kernel: Function
    domains: tuple[str, ...]


def distributions() -> list[Row]:
    """List distributions in the order of `DISTRIBUTIONS`, which is that of their kernels' ids."""
    joined = read(ENGINE / "distributions" / "__init__.py").tables
    rows: list[Row] = []
    for part in getattr(joined["DISTRIBUTIONS"].node, "values", []):
        if not isinstance(part, ast.Name) or part.id not in joined:
            table = joined["DISTRIBUTIONS"]
            raise Refused(
                table.module.path, part, "this part", "join tables by their names: {**REAL, **POSITIVE}"
            )
        table = joined[part.id]
        rows.extend(_distribution(table.module, key, call) for key, call in _entries(table))
    return rows


def _entries(table: Table) -> Iterator[tuple[ast.expr, ast.Call]]:
    if not isinstance(table.node, ast.Dict):
        raise Refused(table.module.path, table.node, "this table", "write a dict")
    for key, value in zip(table.node.keys, table.node.values, strict=True):
        if key is None or not isinstance(value, ast.Call):
            raise Refused(table.module.path, value, "this entry", "write a key and a call")
        yield key, value


def _distribution(module: Module, key: ast.expr, call: ast.Call) -> Row:
    domains = tuple(str(ast.literal_eval(keyword.value)) for keyword in call.keywords)
    return Row(key=str(ast.literal_eval(key)), kernel=_kernel(module, call.args[0]), domains=domains)


def links() -> list[Row]:
    """List links in the order of `LINKS`; their ids follow those of the distributions."""
    module = read(ENGINE / "links.py")
    rows = []
    for key, call in _entries(module.tables["LINKS"]):
        domain, name = ast.literal_eval(key)
        kernel = next(keyword.value for keyword in call.keywords if keyword.arg == "kernel")
        rows.append(Row(key=name, kernel=_kernel(module, kernel), domains=(domain,)))
    return rows


def _kernel(module: Module, node: ast.expr) -> Function:
    if isinstance(node, ast.Name) and node.id in module.functions:
        return module.functions[node.id]
    raise Refused(module.path, node, "this kernel", "name a function of the same file")


def priors() -> str:
    """Write the rows of `PRIORS` as TypeScript."""
    module = read(ENGINE / "priors.py")
    rows = getattr(module.tables["PRIORS"].node, "elts", [])
    return "".join(f"  {_prior(module, row)},\n" for row in rows)


def _prior(module: Module, row: ast.expr) -> str:
    """Write ``family("Normal", "normal", "real", "mu=0 sigma>1")``, and the slots unless they are the arguments."""
    given = {keyword.arg: keyword.value for keyword in getattr(row, "keywords", [])}
    texts = [str(ast.literal_eval(given[name])) for name in ("name", "distribution", "support")]
    texts.append(" ".join(_argument(module, one) for one in getattr(given["arguments"], "elts", [])))
    return f"family({', '.join(json.dumps(text) for text in texts)}{_slots(module, given['slots'])})"


def _argument(module: Module, node: ast.expr) -> str:
    """Write ``_positive("sigma", 1)``: there is a function for each domain."""
    match node:
        case ast.Call(
            func=ast.Name(id="_real"), args=[ast.Constant(str(name)), ast.Constant(int() | float() as start)]
        ):
            return f"{name}={start}"
        case ast.Call(
            func=ast.Name(id="_positive"),
            args=[ast.Constant(str(name)), ast.Constant(int() | float() as start)],
        ):
            return f"{name}>{start}"
    raise Refused(module.path, node, "this argument", 'write _real("mu", 0) or _positive("sigma", 1)')


def _slots(module: Module, node: ast.expr) -> str:
    """Write ``lambda lam: (1 / lam,)``."""
    match node:
        case ast.Lambda(args=ast.arguments(args=arguments), body=ast.Tuple(elts=elements)):
            for inner in (inner for element in elements for inner in ast.walk(element)):
                known = ast.Name | ast.Constant | ast.BinOp | ast.operator | ast.expr_context
                if not isinstance(inner, known) or isinstance(inner, ast.FloorDiv | ast.Mod | ast.Pow):
                    raise Refused(module.path, inner, "this slot", "use arguments, numbers and + - * / alone")
            names, values = ", ".join(one.arg for one in arguments), ", ".join(map(ast.unparse, elements))
            return "" if names == values else f", ([{names}]) => [{values}]"
    raise Refused(module.path, node, "this slot function", "write lambda mu, sigma: (mu, sigma)")
