"""Formula or block: how a cell is told apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glm_magic.errors import BlockError, FormulaError, GlmError
from glm_magic.request import BlockCell, FormulaCell
from glm_magic.request.cell import read_cell

FORMULAS = [
    "y ~ x",
    "\n# comment\n  y ~ x\n  x ~ Normal(0, 1)\n",
    "p(y, n) ~ x",
    "`my y` ~ x",
    "y ~\n x",
    "y +\n z ~ x",
    "yield ~ rain + (1|field)",
    "class ~ hours",
    "y ~ x;",
]
BLOCKS = [
    "mask = ~flag",
    "x = a & ~b",
    "print(~x)",
    "if ~flag:\n    x = 1",
    "x = 5\n~flag",
    "import pymc as pm\nwith pm.Model():\n    x = 1",
    "'''doc\ny ~ x'''\nx = 1",
    "Normal('x', 0, 1)",
    "x: float = 1",
    "@f\ndef g(): pass",
    "x = [\n  1,\n]",
    "# y ~ x\nx = 1",
    "x = 1;",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_formula(text: str) -> None:
    assert isinstance(read_cell(text), FormulaCell)


@pytest.mark.parametrize("text", BLOCKS)
def test_block(text: str) -> None:
    assert isinstance(read_cell(text), BlockCell)


ERRORS = {
    "": (FormulaError, "the cell is empty", None),
    "\n # only this\n": (FormulaError, "the cell is empty", None),
    "y x": (FormulaError, "no ~", "y x"),
    "x + z": (FormulaError, "no ~", "x + z"),
    "x + (1|g)": (FormulaError, "no ~", "x + (1|g)"),
    "x +": (FormulaError, "no ~", "x +"),
    "~ x": (FormulaError, "nothing stands left of ~", "~"),
    "~": (FormulaError, "nothing stands left of ~", "~"),
    "y ~": (FormulaError, "nothing stands right of ~", "~"),
    "with pm.Model():\n    y ~ x": (BlockError, "a formula line stands in a PyMC block", "y ~ x"),
    "import numpy\ny ~ x + z": (BlockError, "a formula line stands in a PyMC block", "y ~ x + z"),
    "y ~ x\nwith pm.Model():\n    z = 1": (FormulaError, "this line is Python", None),
    "x = = 1": (BlockError, "Python does not understand", "="),
    "Normal('x', 0": (BlockError, "'(' was never closed", "("),
}


@pytest.mark.parametrize("text", ERRORS)
def test_error(text: str) -> None:
    kind, message, shown = ERRORS[text]
    with pytest.raises(kind) as caught:
        read_cell(text)
    assert message in caught.value.message
    assert caught.value.remedy
    if shown is not None:
        assert caught.value.where is not None
        assert text[caught.value.where.start : caught.value.where.end] == shown


def test_line_magic_points_into_the_whole_line() -> None:
    line = "df: y ~ x z"
    with pytest.raises(FormulaError) as caught:
        read_cell(line, len("df:"))
    assert caught.value.where is not None
    assert line[caught.value.where.start : caught.value.where.end] == "x z"


_PIECES = [
    "x", " = ", " ~ ", "~", "(", ")", "\n", "    ", "with pm.Model() as m:", "with m:", "pm.sample(", "1", ", ",
    "draws=", "import pymc", "def f(a):", "return ", "await ", "[", "]", " for i in ",
    "'s'", "'''", "#", ":", "\r", "é",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@given(st.text() | st.lists(st.sampled_from(_PIECES)).map("".join))
def test_any_text_gives_a_cell_or_an_error(text: str) -> None:
    error = cell = None
    try:
        cell = read_cell(text)
    except GlmError as caught:
        error = caught
    if error is not None:
        assert error.where is None or 0 <= error.where.start <= error.where.end <= len(text)
        assert str(error)
    else:
        assert isinstance(cell, FormulaCell | BlockCell)
