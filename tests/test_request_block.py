"""PyMC blocks: how they are taken apart, and what they are refused for."""

from __future__ import annotations

import ast

import pytest

from glm_magic.errors import BlockError
from glm_magic.request import OPENED, SAMPLED, BlockCell
from glm_magic.request.bindings import read_names
from glm_magic.request.block import read_block
from glm_magic.request.cell import read_cell
from glm_magic.request.python import deeply

LAYOUTS = {
    # text: (whether it has a sample call, whether that ends the cell, what the cell shows beneath)
    "x = Normal('x', 0, 1)": (False, True, None),
    "x = Normal('x', 0, 1)\nx": (False, True, None),
    "x = 1\nidata = pm.sample()\nz = 2": (True, False, None),
    "x = 1\nsample(500)": (True, True, None),
    "idata = pm.sample()\naz.summary(idata)": (True, False, "az.summary(idata)"),
    "pm.sample().posterior": (True, False, "SAMPLED().posterior"),
    "az.summary(pm.sample())": (True, False, "az.summary(SAMPLED())"),
    "(idata := pm.sample())": (True, True, None),
    "idata: object = pm.sample()": (True, True, None),
    "idata.extend(pm.sample())": (True, False, "idata.extend(SAMPLED())"),
    "idata.update(pm.sample(), join='left')": (True, False, "idata.update(SAMPLED(), join='left')"),
    "traces['a'] = pm.sample()": (True, True, None),
    "res = [pm.sample()]": (True, False, None),
    "a, b = pm.sample()": (True, True, None),
    "a = b.c = pm.sample()": (True, True, None),
    "idata += pm.sample()": (True, True, None),
    "f(pm.sample(), [i for i in r])": (True, False, "f(SAMPLED(), [i for i in r])"),
    "x = pm.sample() or y": (True, False, None),
    "x = a if pm.sample() else b": (True, False, None),
    "for i in pm.sample().posterior: print(i)": (True, False, None),
    "with pm.Model():\n    idata = pm.sample()": (True, True, None),
    "with pm.Model():\n    idata = pm.sample()\n    az.summary(idata)": (True, False, None),
    "with pm.Model() as m, a:\n    with b:\n        idata = pm.sample()\nz": (True, False, "z"),
    "import pymc as foo\nwith foo.Model():\n    i = foo.sample()": (True, True, None),
    "from pymc import Model as M, sample as s\nwith M() as m:\n    i = s()": (True, True, None),
    "def sample(): return 1\nx = sample()\ny = sample()": (False, True, None),
    "idata.extend(pm.sample_prior_predictive())": (False, True, None),
    "a = pm.Model()\nwith a:\n    x = 1": (False, True, None),
    "with pm.Model() as a:\n    with pm.Model(name='part'): pass": (False, True, None),
    "with pm.Model() as a: pass\nwith pm.Model() as b: pass\nwith a: pm.sample()": (True, True, None),
    "async def f():\n    await g()": (False, True, None),
}  # fmt: skip


@pytest.mark.parametrize("text", LAYOUTS)
def test_layout(text: str) -> None:
    has_sample, ends, beneath = LAYOUTS[text]
    cell = read_block(text)
    assert (bool(cell.samples), cell.ends_sampling) == (has_sample, ends)
    shown = None if cell.value is None else ast.unparse(cell.value).replace(f"{SAMPLED}0", "SAMPLED")
    assert shown == beneath
    code = ast.unparse(cell.code) + (shown or "")
    assert code.replace(f"{SAMPLED}0", "SAMPLED").count("SAMPLED(") == has_sample
    assert OPENED in code or "with" not in text


def test_sample_arguments() -> None:
    cell = read_block("idata = pm.sample(500, tune=n, progressbar=False, step=None, **more)")
    (call,) = cell.samples
    assert {name: where.words() for name, where in call.places.items()} == {
        "draws": "500",
        "tune": "n",
        "progressbar": "False",
        "step": "None",
    }
    assert cell.loads == ("pm", "n", "more")
    assert cell.stores == ("idata",)


def test_lines_and_columns_are_the_users() -> None:
    text = "# model\n    é = 'é' + str(\n  1)\n\n    with pm.Model():\n        y = '''\\n  kept'''"
    code = read_block(text).code
    assert isinstance(code.body[1], ast.With)
    assert [statement.lineno for statement in (*code.body, *code.body[1].body)] == [2, 5, 6]
    assert code.body[0].col_offset == len("    ")
    assert isinstance(code.body[1].body[0], ast.Assign)
    assert ast.literal_eval(code.body[1].body[0].value) == "\n  kept"
    compile(code, "<cell>", "exec")


@pytest.mark.parametrize("terms", [1_000, 5_000])
def test_a_block_may_be_a_sum_of_thousands_of_terms(terms: int) -> None:
    total = " + ".join(f"b{place} * x" for place in range(terms))
    cell = read_cell(f"mu = {total}\nNormal('o', mu, 1, observed=y)\nidata = pm.sample()")
    assert isinstance(cell, BlockCell)
    assert len(cell.places) == terms + 4
    assert deeply(lambda: compile(cell.code, "<cell>", "exec"))


def test_what_python_cannot_read_is_a_short_error() -> None:
    with pytest.raises(BlockError) as caught:
        read_block("x = " + " + ".join(["y"] * 200_000))
    assert "nested too deeply" in caught.value.message
    assert len(str(caught.value)) < 300


NAMES = {
    # text: (loads, stores)
    "x = x + y\nz = x": ("x y", "x z"),
    "x += 1": ("x", "x"),
    "a, (b, *c) = d": ("d", "a b c"),
    "a[0] = b.c": ("b a", ""),
    "for i in r: s += i": ("r s", "i s"),
    "import a.b, c as d\nfrom e import f, g as h": ("", "a d f h"),
    "with o() as p: pass": ("o", "p"),
    "[i + k for i in r if (w := i)]": ("r i k", "w"),
    "{i: j for i in a for j in i}": ("a", ""),
    "f = lambda u, v=d: u + v + e": ("d e", "f"),
    "def f(u, *v, w=d, **k): t = u; return t + g + late\nlate = 1": ("d g", "f late"),
    "def f():\n    global q\n    q = 1": ("", "q f"),
    "def f():\n    def g(): return a + b\n    a = 1\n    return g": ("b", "f"),
    "class K(B):\n    p = 1\n    q = p\n    def m(self): return p": ("B p", "K"),
    "try: a = 1\nexcept E as e: b = e": ("E", "a e b"),
    "x: int = 1\ny: float": ("int float", "x"),
    "x = 1\ndel x": ("", ""),
    "print(n := 3)": ("print", "n"),
    "match m:\n    case {'k': v, **rest}: pass\n    case [a, *b]: pass": ("m", "rest v a b"),
}


@pytest.mark.parametrize("text", NAMES)
def test_names(text: str) -> None:
    names = read_names(ast.parse(text).body)
    expected_loads, expected_stores = NAMES[text]
    assert set(names.loads) - {"i"} == set(expected_loads.split()) - {"i"}
    assert set(names.stores) == set(expected_stores.split())


CERTAIN = {
    # text: names that are read whenever the statements run
    "x = a + b\nc(x)": "a b c",
    "with a as b: c": "a c",
    "for i in r: s": "r",
    "while a: b": "a",
    "if a: b\nelse: c": "a",
    "a if b else c": "b",
    "a and b": "a",
    "a < b < c": "a b",
    "assert a, b": "",
    "[a for i in b if c]": "b",
    "f = lambda x=a: b": "a",
    "@a\ndef f(x=b, y: c = 1) -> d: e": "a b",
    "class A(b): c = d": "b d",
    "x: a = b": "b",
    "try: a\nexcept NameError: b": "",
    "try: a\nexcept (OSError, Exception): b": "",
    "try: a\nexcept: b": "",
    "try: a\nexcept OSError: b\nfinally: c": "a c",
    "with suppress(NameError): a": "suppress NameError",
    "with contextlib.suppress(NameError): a": "contextlib NameError",
    "match a:\n    case b: c": "a",
    "if a: x = 1\nx": "a",
    "from m import *\nx": "",
    "exec(a)\nx": "",
    "'x' in globals()\nx": "",
    "del x": "x",
    "x = 1\ndel x\nx": "",
    "x += 1": "x",
    "df['colum']": "df",
    "f'{a}'": "a",
}


@pytest.mark.parametrize("text", CERTAIN)
def test_names_that_are_read_for_certain(text: str) -> None:
    assert set(read_names(ast.parse(text).body).certain) == set(CERTAIN[text].split())


ERRORS = {
    # text: (message, text above the carets, remedy)
    "x = (1,": ("'(' was never closed", "(", "formula"),
    "x = 1\n  y = 2": ("unexpected indent", None, "formula"),
    "  x = 1\ny = 2": ("indented more than a later one", "y = 2", "same indentation"),
    "  with a:\n  x = 1": ("on line 1", None, "formula"),
    "%time x = 1": ("IPython magics", "%", "cell of their own"),
    "x = 1\n!ls": ("IPython magics", "!", "cell of their own"),
    "x = await y": ("await does not work", "await y", "cell before"),
    "async with a: pass": ("await does not work", "async with a: pass", "cell before"),
    "z = [i async for i in a]": ("await does not work", "i", "cell before"),
    "return 1": ("return stands outside", "return 1", "without it"),
    "x = yield": ("yield stands outside", "yield", "without it"),
    "break": ("'break' outside loop", None, "formula"),
    "with pm.Model(): pass\nwith pm.Model(): pass": ("several models", "pm.Model()", "cell of its own"),
    "a = pm.Model()\nb = pm.Model()": ("several models", "pm.Model()", "cell of its own"),
    "pm.sample(1, 2)": ("one argument without a name", "2", "by name"),
    "pm.sample(1, draws=2)": ("draws is given twice", "2", "Keep one"),
    "pm.sample(drows=3)": ("no argument drows", "3", "'draws'"),
    "pm.sample(njobs=3)": ("no argument njobs", "3", "'cores'"),
    "pm.sample(start=a)": ("no argument start", "a", "'initvals'"),
}


@pytest.mark.parametrize("text", ERRORS)
def test_error(text: str) -> None:
    message, shown, remedy = ERRORS[text]
    with pytest.raises(BlockError) as caught:
        read_block(text)
    error = caught.value
    assert message in error.message
    assert remedy in error.remedy
    if shown is not None:
        assert error.where is not None
        assert text[error.where.start : error.where.end] == shown


SEVERAL = {
    # a block: (the calls as written, whether the last of them ends the cell)
    "pm.sample()\npm.sample(1)": (["pm.sample()", "pm.sample(1)"], True),
    "if a:\n    i = pm.sample()": (["pm.sample()"], False),
    "i = pm.sample() if a else b": (["pm.sample()"], False),
    "i = a or pm.sample()": (["pm.sample()"], False),
    "for m in ms:\n    i = pm.sample()": (["pm.sample()"], False),
    "while a:\n    with m: i = pm.sample()": (["pm.sample()"], False),
    "i = [pm.sample() for m in ms]": (["pm.sample()"], False),
    "try: i = pm.sample()\nfinally: a": (["pm.sample()"], False),
    "match a:\n    case 1: i = pm.sample()": (["pm.sample()"], False),
    "def f(): return pm.sample()\ni = f()": (["pm.sample()"], False),
    "f = lambda: pm.sample()": (["pm.sample()"], False),
    "class A:\n    i = pm.sample()": (["pm.sample()"], False),
    "with m:\n    i = pm.sample(1)\nwith k:\n    j = pm.sample(2)": (["pm.sample(1)", "pm.sample(2)"], True),
}


@pytest.mark.parametrize("text", SEVERAL)
def test_sampling_may_stand_anywhere_and_each_call_has_a_hook_of_its_own(text: str) -> None:
    written, ends = SEVERAL[text]
    cell = read_block(text)
    assert [call.where.words() for call in cell.samples] == written
    assert [call.ends for call in cell.samples] == [False] * (len(written) - 1) + [ends]
    assert cell.ends_sampling == ends
    called = [node.func.id for node in ast.walk(cell.code) if _calls_a_hook(node)]
    assert sorted(called) == [call.hook for call in cell.samples]


def _calls_a_hook(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith(SAMPLED)
