"""The Model tab's view: mathematics, priors as records, the program and the cell."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pymc as pm
import pytest

from glm_magic import glm
from glm_magic.code.calls import call_of
from glm_magic.code.literals import numbers, text
from glm_magic.code.priors import named, priors_of
from glm_magic.data import as_table
from glm_magic.model.block import block_model
from glm_magic.model.formula import formula_model
from glm_magic.request import Options
from glm_magic.request.cell import read_cell
from glm_magic.request.header import read_header
from glm_magic.request.prior_lines import read_prior
from glm_magic.views.mathml import mathml, name, operator, plain
from glm_magic.views.model import ModelView, model_view
from glm_magic.wire import decode, encode
from tests.wire.write import HOSTILE

N = 40
RNG = np.random.default_rng(8927)
FRAME = pd.DataFrame(
    {
        "x": RNG.normal(2, 1, N), "y": RNG.normal(size=N), "k": RNG.poisson(3, N), "g": RNG.choice(list("abc"), N),
        "my column": RNG.normal(size=N), "sigma": RNG.normal(size=N),
    }
)  # fmt: skip


def view_of(cell: str, frame: pd.DataFrame = FRAME, **options) -> ModelView:
    asked = Options(**options)
    model = formula_model(read_cell(cell), as_table(frame, "df"), {"np": np}, asked)
    return model_view(model, asked, 8927)


def test_a_line():
    view = view_of("y ~ x\nx ~ Normal(0, 0.5)")
    assert view.lines[:4] == (
        "y ~ Normal(mu, sigma)",
        "mu = Intercept + beta[x] x",
        f"Intercept at the mean of the predictors ~ Normal({FRAME['y'].mean():.4g}, "
        f"{view.priors[0].arguments[1].values[0]:.4g})",
        "beta[x] ~ Normal(0, 0.5)",
    )
    intercept, slope, sigma = view.priors
    assert (intercept.name, intercept.variable, intercept.labels) == (
        "Intercept",
        "Intercept_centered",
        ("Intercept",),
    )
    assert [one.name for one in intercept.shift] == ["x"]
    assert intercept.shift[0].values == pytest.approx([FRAME["x"].mean()], rel=1e-15)
    assert (slope.given, intercept.given, sigma.given) == ("Normal(0, 0.5)", None, None)
    assert (sigma.family, [one.name for one in sigma.arguments]) == ("HalfStudentT", ["nu", "sigma"])
    assert view.cell == "%%glm df\ny ~ x"
    assert view.notes == ()


def test_priors_of_groups_and_of_levels():
    view = view_of(
        "y ~ g + (x|g)\n1|g ~ Normal(0, HalfNormal(2))\nx|g_sigma ~ Exponential(3)\ng[b] ~ Normal(1, 2)"
    )
    known = {one.name: one for one in view.priors}
    assert known["g"].labels == ("g[b]", "g[c]")
    assert known["g"].arguments[0].values.tolist() == [1, 0]
    assert known["g"].rest == ', dims="g_dim"'
    assert known["1|g"].fixed == "its spread is 1|g_sigma"
    assert known["1|g"].labels == ("1|g[a]", "1|g[b]", "1|g[c]")
    assert (known["1|g_sigma"].family, known["1|g_sigma"].fixed) == ("HalfNormal", "")
    assert known["x|g_sigma"].given == "Exponential(3)"
    # A line whose priors cannot be changed stays; the browser writes the others.
    assert view.cell == "%%glm df\ny ~ g + (x|g)\n1|g ~ Normal(0, HalfNormal(2))"


CELLS = [
    ("y ~ x + g\ncommon ~ Normal(0, 1)\nsigma ~ 2", {}),
    (
        "k ~ x + (1|g)",
        {"family": "poisson", "truth": {"x": 0.5, "1|g_sigma": 1.0}, "seed": 3, "ask_truth": True},
    ),
    (
        "y ~ `my column` + I(`my column` ** 2)\n`my column` ~ Normal(0, 1)",
        {"draws": 10, "target_accept": 0.9},
    ),
    ("y ~ x\nsigma ~ x + (1|g)\nsigma_x ~ Normal(0, 1)", {"family": "t", "prob": 0.9}),
]


@pytest.mark.parametrize(("cell", "options"), CELLS)
def test_the_cell_with_its_priors_is_the_model_again(cell, options):
    """A name with spaces has backquotes, and each line is read as it is written."""
    view = view_of(cell, **options)
    lines = [f"{one.name} ~ {one.given}" for one in view.priors if one.given and not one.fixed]
    header, _, rest = "\n".join([view.cell, *lines]).partition("\n")
    read = read_header(header.removeprefix("%%glm"), Options())
    assert read.data == "df"
    assert read.options == Options(**options)
    again = model_view(
        formula_model(read_cell(rest), as_table(FRAME, "df"), {"np": np}, read.options), read.options, 8927
    )
    assert again.lines == view.lines
    assert again.code == view.code


def test_every_name_is_read_back():
    cell = "y ~ `my column`*x + (`my column`|g) + bs(x, knots=[1, 2]) + sigma"
    model = formula_model(read_cell(cell), as_table(FRAME, "df"), {}, Options())
    priors = priors_of(model)
    assert len({one.name for one in priors}) == len(priors)
    known = named(model)
    for one in priors:
        if one.fixed:
            assert one.target not in known or known[one.target] != one.variable
        else:
            assert known[read_prior(one.name, "Normal(0, 1)").target] == one.variable
    (column,) = (one for one in priors if one.variable == "sigma (column)")
    assert column.fixed == "a line of sigma means the parameter"


def test_the_program_has_the_places_of_its_priors():
    view = view_of("y ~ x + g + (1|g)")
    written = "".join(part if isinstance(part, str) else _call(view.priors[part]) for part in view.code)
    fit = glm_without_sampling("y ~ x + g + (1|g)")
    assert written == fit


def _call(record) -> str:
    """Write a prior as the page does."""
    given = [f"{one.name}={numbers(one.values)}" for one in record.arguments]
    return f"pm.{record.family}({', '.join([text(record.variable), *given])}{record.rest})"


def glm_without_sampling(cell: str) -> str:
    from glm_magic.code.program import program_of, text_of

    return text_of(
        program_of(formula_model(read_cell(cell), as_table(FRAME, "df"), {}, Options()), Options(), 8927)
    )


def test_a_hand_written_model():
    with pm.Model(coords={"g": list("ab")}) as built:
        scale = pm.HalfNormal("scale", 2.0)
        pm.Normal("effect", 0, scale, dims="g")
        rate = pm.Exponential("rate", 4.0)
        pm.Normal("b", [0.0, 1.0], 2.0, shape=2)
        pm.Uniform("u", -1, 1)
        pm.Gamma("y", mu=rate, sigma=1.0, observed=[1.0, 2.0])
    view = model_view(block_model(built, None, {}, "PyMC model", "the text"), Options(), 1)
    known = {one.name: one for one in view.priors}
    assert known["rate"].arguments[0].values.tolist() == [4]
    assert known["effect"].fixed == "it depends on scale"
    assert known["u"].fixed == "the page has no Uniform to change"
    assert known["b"].arguments[0].values.tolist() == [0, 1]
    assert view.lines[0].startswith("y ~ Gamma(")
    assert view.code == ("the text",)
    assert view.cell == ""


def test_hostile_names_are_text():
    line = (name(f"y {HOSTILE}"), operator("~"), name("beta", HOSTILE))
    root = ET.fromstring(mathml(line).replace("&#160;", " "))
    assert [element.tag for element in root.iter()] == ["math", "mrow", "mi", "mo", "msub", "mi", "mi"]
    assert "".join(root.itertext()) == f"y {HOSTILE}~β{HOSTILE}".replace("\n", " ")
    assert plain(line) == f"y {HOSTILE} ~ beta[{HOSTILE}]".replace("\n", "\n")
    hostile = "</mi><script>x</script>"
    view = view_of(f"y ~ `{hostile}`", FRAME.rename(columns={"x": hostile}))
    for one in view.mathml:
        assert "script" not in {element.tag for element in ET.fromstring(one.replace("&#160;", " ")).iter()}


def test_the_view_crosses_the_wire():
    view = view_of("y ~ x + g + (1|g)\nx ~ Normal(0, 0.1234567890123456789)")
    read = decode(ModelView, encode(view))
    assert (read.code, read.lines, read.mathml, read.cell) == (view.code, view.lines, view.mathml, view.cell)
    for one, other in zip(read.priors, view.priors, strict=True):
        assert (one.name, one.labels, one.rest, one.given) == (
            other.name,
            other.labels,
            other.rest,
            other.given,
        )
        for mine, theirs in zip(one.arguments, other.arguments, strict=True):
            # Numbers of a prior keep every digit.
            assert mine.values.tolist() == theirs.values.tolist()


def test_call_of_writes_every_digit():
    model = formula_model(
        read_cell("y ~ x\nx ~ Normal(0.1, 0.30000000000000004)"), as_table(FRAME, "df"), {}, Options()
    )
    (one,) = (one for one in priors_of(model) if one.name == "x")
    assert call_of(one) == 'pm.Normal("x", mu=0.1, sigma=0.30000000000000004)'


def test_a_panel_has_it(no_sampling):
    assert isinstance(glm("y ~ x", FRAME).view.tabs.model, ModelView)
