"""The line that asks for a fit again is complete, and changes what it says and nothing else."""

from __future__ import annotations

import ast

import pytest

from glm_magic.request import DEFAULTS, HeaderLine
from glm_magic.request.again import Asked, asked_by_call, change_of, line_with, priors_with
from glm_magic.request.block import read_block
from glm_magic.request.header import read_header, split_line

MORE = {"target_accept": 0.95, "draws": 2000}


def asked_by(line, magic="%%glm"):
    """What `magic.py` keeps of a line."""
    end, header = len(line), line
    if magic == "%glm":
        _, _, start = split_line(line)
        end = max(start - 1, 0)
        read = read_header(line, DEFAULTS, end=end)
    else:
        read = read_header(header, DEFAULTS)
    return Asked(options=read.options, written=HeaderLine(magic=magic, text=line, end=end), given=read.given)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("df", "%%glm df --target-accept 0.95 --draws 2000"),
        ("", "%%glm --target-accept 0.95 --draws 2000"),
        ("df -f poisson --seed 1", "%%glm df -f poisson --seed 1 --target-accept 0.95 --draws 2000"),
        ("df --draws 500 --out fit", "%%glm df --draws 2000 --out fit --target-accept 0.95"),
        ("df --draws=500 --target-accept=0.9", "%%glm df --draws=2000 --target-accept=0.95"),
        ("'my data.csv' --target-accept '0.9'", "%%glm 'my data.csv' --target-accept 0.95 --draws 2000"),
        ("df  # the second try", "%%glm df --target-accept 0.95 --draws 2000  # the second try"),
        ("df --truth 'x=1'", "%%glm df --truth 'x=1' --target-accept 0.95 --draws 2000"),
    ],
)
def test_the_header_keeps_its_own_options_and_gets_the_new_ones(line, expected):
    asked = asked_by(line)
    written = line_with(asked, MORE)
    assert written == expected
    again = read_header(written.removeprefix("%%glm"), DEFAULTS)
    before = read_header(line, DEFAULTS)
    assert (again.options.draws, again.options.target_accept) == (2000, 0.95)
    assert (again.data, again.out) == (before.data, before.out)
    assert change_of(asked, MORE) == "--target-accept 0.95 --draws 2000"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("df: y ~ x", "%glm df --target-accept 0.95 --draws 2000: y ~ x"),
        ("df --draws 500: y ~ x", "%glm df --draws 2000 --target-accept 0.95: y ~ x"),
        (": y ~ x", "%glm --target-accept 0.95 --draws 2000: y ~ x"),
        ("y ~ x + g:z", "%glm --target-accept 0.95 --draws 2000: y ~ x + g:z"),
    ],
)
def test_a_line_magic_keeps_its_formula(line, expected):
    written = line_with(asked_by(line, "%glm"), MORE)
    assert written == expected
    header, formula, _ = split_line(written.removeprefix("%glm "))
    assert formula.strip().startswith("y ~ x")
    assert read_header(header, DEFAULTS).options.draws == 2000


def test_the_arguments_of_sample_are_changed_where_they_stand():
    cell = read_block(
        "with Model() as m:\n    a = Normal('a')\n    idata = pm.sample(500, tune=n, random_seed=1)"
    )
    asked = Asked(written=HeaderLine(magic="%%glm", text="", end=0), call=cell.samples[0])
    assert line_with(asked, {"draws": 2000, "engine": "pymc"}) == (
        "idata = pm.sample(draws=2000, tune=n, random_seed=1, nuts_sampler='pymc')"
    )
    assert change_of(asked, {"draws": 2000}) == "draws=2000"
    # What the call does not give stands in the header.
    assert line_with(asked, {"target_accept": 0.95}) == "%%glm --target-accept 0.95"


def test_a_call_is_written_whole_where_all_of_it_is_known():
    options = read_header("-f poisson --seed 3 --draws 500", DEFAULTS).options
    asked = asked_by_call("y ~ x", "trees.csv", {"x": "Normal(0, 1)"}, options, complete=True)
    line = line_with(asked, MORE)
    call = ast.parse(line, mode="eval").body
    arguments = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    assert ast.literal_eval(call.args[0]) == "y ~ x"
    assert arguments == {
        "data": "trees.csv", "priors": {"x": "Normal(0, 1)"}, "family": "poisson", "seed": 3, **MORE
    }  # fmt: skip
    assert change_of(asked, MORE) == "target_accept=0.95, draws=2000"
    in_memory = asked_by_call("y ~ x", object(), None, options, complete=True)
    assert line_with(in_memory, MORE) == "target_accept=0.95, draws=2000"


def test_priors_are_lines_of_a_cell_and_an_argument_of_a_call():
    priors = {"x": "Normal(0, 0.5)", "z": "Normal(0, 1)"}
    assert priors_with(asked_by("df"), priors)[1] == "x ~ Normal(0, 0.5)\nz ~ Normal(0, 1)"
    asked = asked_by_call("y ~ x", object(), {"w": "Normal(0, 2)"}, DEFAULTS, complete=True)
    change, line = priors_with(asked, priors)
    assert change == line == f"priors={ {'w': 'Normal(0, 2)', **priors}!r}"
