"""PyMC blocks: how they are taken apart, and what they are refused for."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from glm_magic.errors import BlockError
from glm_magic.request import BlockCell, Options
from glm_magic.request.bindings import read_names
from glm_magic.request.block import read_block, sample_options


def _parts(cell: BlockCell) -> tuple[str, ...]:
    return tuple(ast.unparse(part).replace("\n", "; ") for part in (cell.before, cell.model, cell.after))


LAYOUTS = {
    # text: (before, model, after, context, context name, target of the sample)
    "x = Normal('x', 0, 1)": ("", "x = Normal('x', 0, 1)", "", None, None, None),
    "x = 1\nidata = pm.sample()\nz = 2": ("", "x = 1", "z = 2", None, None, "idata"),
    "x = 1\nsample(500)": ("", "x = 1", "", None, None, None),
    "import pymc as pm\nn = 3\nwith pm.Model(coords=c) as model:\n x = 1\n idata = pm.sample()\n z = 2\nw = 3": (
        "import pymc as pm; n = 3", "x = 1", "z = 2; w = 3", "pm.Model(coords=c)", "model", "idata",
    ),
    "with Model():\n    x = 1\ntrace = sample()": ("", "x = 1", "", "Model()", None, "trace"),
    "with pm.Model() as m:\n    x = 1\nwith m:\n    y = 2\n    idata = pm.sample()\n    z = 3\nwith m:\n    w = 4": (
        "", "x = 1; y = 2", "z = 3; w = 4", "pm.Model()", "m", "idata",
    ),
    "m = pm.Model()\nwith m:\n    x = 1\nidata = pm.sample(model=m)": (
        "m = pm.Model()", "x = 1", "", "m", None, "idata",
    ),
    "with model:\n    idata = pm.sample()": ("", "", "", "model", None, "idata"),
    "import pymc as foo\nwith foo.Model():\n    idata: object = foo.sample()": (
        "import pymc as foo", "", "", "foo.Model()", None, "idata",
    ),
    "from pymc import Model as M, sample as s\nwith M() as m:\n    i = s()": (
        "from pymc import Model as M, sample as s", "", "", "M()", "m", "i",
    ),
    "def sample(): return 1\nx = sample()\ny = sample()": (
        "", "def sample():;     return 1; x = sample(); y = sample()", "", None, None, None,
    ),
    "with pm.Model() as m:\n    x = 1\nw = 2\nwith m:\n    q = 3\nk = 4": (
        "", "x = 1; w = 2; q = 3", "k = 4", "pm.Model()", "m", None,
    ),
    "idata.extend(pm.sample_prior_predictive())": (
        "", "idata.extend(pm.sample_prior_predictive())", "", None, None, None,
    ),
    "async def f():\n    await g()": ("", "async def f():;     await g()", "", None, None, None),
}  # fmt: skip


@pytest.mark.parametrize("text", LAYOUTS)
def test_layout(text: str) -> None:
    before, model, after, context, name, target = LAYOUTS[text]
    cell = read_block(text)
    assert _parts(cell) == (before, model, after)
    assert (None if cell.context is None else ast.unparse(cell.context)) == context
    assert cell.context_name == name
    assert (cell.sample.target if cell.sample else None) == target


def test_sample_arguments() -> None:
    cell = read_block("idata = pm.sample(500, tune=n, progressbar=False, step=None)")
    assert cell.sample is not None
    assert list(cell.sample.arguments) == ["draws", "tune", "progressbar", "step"]
    assert cell.loads == ("pm", "n")
    assert cell.stores == ("idata",)


def test_lines_and_columns_are_the_users() -> None:
    text = "# model\n    é = 'é' + str(\n  1)\n\n    with pm.Model():\n        y = '''\n  kept'''"
    cell = read_block(text)
    assert [statement.lineno for statement in (*cell.before.body, *cell.model.body)] == [2, 6]
    assert cell.before.body[0].col_offset == len("    ")
    assert isinstance(cell.model.body[0], ast.Assign)
    assert ast.literal_eval(cell.model.body[0].value) == "\n  kept"
    compile(cell.before, "<cell>", "exec")


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
    loads, stores = read_names(ast.parse(text).body)
    expected_loads, expected_stores = NAMES[text]
    assert set(loads) - {"i"} == set(expected_loads.split()) - {"i"}
    assert set(stores) == set(expected_stores.split())


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
    "with pm.Model():\n    with pm.Model(): pass": ("several models", "pm.Model()", "cell of its own"),
    "a = pm.Model()\nb = pm.Model()": ("several models", None, "cell of its own"),
    "if a:\n    with pm.Model(): pass": ("top level", "pm.Model()", "Take"),
    "with pm.Model() as m, a: pass": ("something else", "a", "by itself"),
    "with pm.Model() as (m,): pass": ("not assigned to one name", "(m,)", "as model"),
    "pm.sample()\npm.sample(1)": ("several sample", "pm.sample(1)", "Keep one"),
    "az.summary(pm.sample())": ("inside another expression", "pm.sample()", "idata = pm.sample()"),
    "if a:\n    i = pm.sample()": ("inside another", "pm.sample()", "idata = pm.sample()"),
    "def f(): return pm.sample()": ("inside another", "pm.sample()", "idata = pm.sample()"),
    "i = pm.sample()\nwith pm.Model(): pass": ("before the model", "pm.sample()", "line of its own"),
    "a, b = pm.sample()": ("not assigned to one name", "a, b", "idata = pm.sample()"),
    "a = b = pm.sample()": ("not assigned to one name", "b", "idata = pm.sample()"),
    "a.b = pm.sample()": ("not assigned to one name", "a.b", "idata = pm.sample()"),
    "pm.sample(*a)": ("no * or **", "*a", "by name"),
    "pm.sample(**a)": ("no * or **", "a", "by name"),
    "pm.sample(1, 2)": ("one argument without a name", "2", "by name"),
    "pm.sample(1, draws=2)": ("draws is given twice", "2", "Keep one"),
    "pm.sample(step=pm.NUTS())": ("no argument step", "pm.NUTS()", "NUTS"),
    "pm.sample(init='adapt_diag')": ("no argument init", "'adapt_diag'", "engine"),
    "pm.sample(drows=3)": ("no argument drows", "3", "'draws'"),
    "pm.sample(model=m)": ("another model", "m", "Leave out model="),
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


def _options(arguments: str, values: dict[str, object], given: str = "", **header: object) -> Options:
    cell = read_block(f"idata = pm.sample({arguments})")
    assert cell.sample is not None
    return sample_options(cell.sample, values, frozenset(given.split()), Options(**header))  # type: ignore[arg-type]


def test_sample_options_are_honoured() -> None:
    values = {
        "draws": np.int64(5),
        "random_seed": 3,
        "nuts_sampler": "pymc",
        "tune": None,
        "progressbar": False,
    }
    text = "a, random_seed=b, nuts_sampler=c, tune=None, progressbar=False"
    options = _options(text, values, given="lines", lines=7)
    assert options == Options(draws=5, seed=3, engine="pymc", lines=7)
    assert type(options.draws) is int


def test_seed_from_a_generator() -> None:
    first = _options("random_seed=r", {"random_seed": np.random.default_rng(1)})
    again = _options("random_seed=r", {"random_seed": np.random.default_rng(1)})
    assert first.seed is not None
    assert first.seed == again.seed


@pytest.mark.parametrize(
    ("arguments", "values", "message"),
    [
        ("d", {"draws": 3000}, "draws is given twice: 3000 in sample(...) and 500 in the header"),
        ("d", {"draws": 500}, "draws is given twice"),
        ("tune=t", {"tune": -1}, "tune must be a whole number of at least 0, not -1"),
        ("random_seed=s", {"random_seed": [1, 2]}, "random_seed must be a whole number"),
        ("nuts_sampler=s", {"nuts_sampler": "stan"}, "nuts_sampler must be one of"),
        (
            "return_inferencedata=v",
            {"return_inferencedata": False},
            "return_inferencedata=False does not work",
        ),
    ],
)
def test_sample_options_error(arguments: str, values: dict[str, object], message: str) -> None:
    with pytest.raises(BlockError) as caught:
        _options(arguments, values, given="draws", draws=500)
    assert message in caught.value.message
    assert caught.value.where is not None
    where = caught.value.where
    assert where.text[where.start : where.end] == arguments.partition("=")[2] or arguments
