"""The command does what the magic does, and speaks as a Makefile expects."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import glm_magic
from glm_magic import api
from glm_magic.command import IMPORTING, main
from glm_magic.command.arguments import make_parser, read_arguments
from glm_magic.command.messages import said
from glm_magic.errors import EngineError, HeaderError
from glm_magic.request import DEFAULTS, HeaderLine
from glm_magic.request.again import Asked, block_header, line_with
from glm_magic.request.header import read_header
from glm_magic.request.options import BY_NAME, FITTING, OPTIONS

ROOT = Path(__file__).parents[1]
BLOCK = """a = pm.Normal("a")
b = pm.Normal("b")
pm.Normal("y", a + b * x, 1, observed=y)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with data.csv, in which the command runs."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(8927)
    x = rng.normal(size=60)
    pd.DataFrame({"x": x, "y": 1 + 2 * x + rng.normal(size=60)}).to_csv("data.csv", index=False)
    return tmp_path


@pytest.fixture
def run(folder, no_sampling, capsys):
    """Run the command without sampling; give its exit code and what it wrote to both streams."""

    def command(*words):
        code = main(words)
        out, err = capsys.readouterr()
        return code, out, err

    return command


def made(folder):
    """The files that the command made."""
    return {path.name for path in folder.iterdir()} - {"data.csv", "model.txt", "model.py"}


# The options


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_of_the_magic_is_an_option_of_the_command(option):
    known = {flag for action in make_parser()._actions for flag in action.option_strings}
    assert set(option.flags) <= known


@pytest.mark.parametrize("name", FITTING)
def test_an_option_of_the_fit_means_what_it_means_in_the_magic(name):
    option = BY_NAME[name]
    example = option.example.strip('"') if option.metavar else ""
    # A switch may need another option.
    others = [] if option.metavar else ["--truth", "x=1"]
    for flag in option.flags:
        words = [flag, *filter(None, [example]), *others]
        found = read_arguments(["y ~ x", *words, "data.csv"])
        assert found.options == read_header(shlex.join(words), DEFAULTS).options
        assert found.given[name].words().strip("'\"") == (example or flag)
        assert (found.formula, found.data) == ("y ~ x", "data.csv")


def test_a_finding_offers_the_command_with_other_settings():
    words = [
        "y ~ x",
        "--html",
        "my page.html",
        "--truth=x=-2, sigma=1",
        "data.csv",
        "--draws",
        "50",
        "--ask-truth",
    ]
    words += ["--figure", "trace=t.pdf"]
    found = read_arguments(words)
    header = HeaderLine(magic="glm-magic", text=found.line, end=found.options_end)
    asked = Asked(options=found.options, written=header, given=found.given)
    line = line_with(asked, {"draws": 2000, "tune": 3000})
    program, *again = shlex.split(line)
    assert program == "glm-magic"
    other = read_arguments(again)
    assert (other.options.draws, other.options.tune) == (2000, 3000)
    assert other.options.truth == {"x": -2.0, "sigma": 1.0}
    assert other.options.ask_truth
    assert (other.formula, other.data, other.outputs) == (found.formula, found.data, found.outputs)
    assert block_header(asked) == "# glm-magic --file FILE"


def test_the_command_is_installed_under_its_name():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["scripts"] == {"glm-magic": "glm_magic.command:main"}


def test_help_imports_nothing_heavy():
    script = "import runpy, sys\nsys.argv = ['glm-magic', '--help']\n"
    script += "try:\n    runpy.run_module('glm_magic', run_name='__main__')\n"
    script += "except SystemExit as end:\n    code = end.code\nprint(code, *sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    *text, modules = done.stdout.splitlines()
    code, *imported = modules.split()
    assert code == "0"
    heavy = {
        "pymc",
        "pytensor",
        "bambi",
        "arviz",
        "pandas",
        "numpy",
        "matplotlib",
        "nutpie",
        "IPython",
        "xarray",
    }
    assert heavy.isdisjoint(imported)
    for option in OPTIONS:
        assert any(option.flags[-1] in line for line in text)
    assert "Exit codes: 0" in done.stdout


# What it writes


def test_a_fit_writes_its_files_and_prints_its_summary(run, folder):
    code, out, err = run(
        *("y ~ x", "--seed", "1", "data.csv", "--html", "out.html", "--json", "out.json"),
        *("--figure", "fan.svg", "--figure", "trace=chains.pdf", "--figure", "data.png", "--save", "fit.nc"),
    )
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "y ~ x"
    assert "R-hat" in out
    assert made(folder) == {"out.html", "out.json", "fan.svg", "chains.pdf", "data.png", "fit.nc"}
    assert Path("out.html").read_text("utf-8").startswith("<!doctype html>")
    assert Path("chains.pdf").read_bytes().startswith(b"%PDF")
    assert Path("data.png").read_bytes().startswith(b"\x89PNG")
    assert "<text" in Path("fan.svg").read_text("utf-8")
    fit = glm_magic.load("fit.nc")
    assert repr(fit).strip() == out.strip()
    found = json.loads(Path("out.json").read_text("utf-8"))
    assert (found["version"], found["title"], found["chains"], found["draws"]) == (1, "y ~ x", 4, 1000)
    assert (found["seed"], found["prob"]) == (1, 0.89)
    table = fit.summary()
    assert [row["parameter"] for row in found["summary"]] == list(table.index)
    np.testing.assert_array_equal([row["interval"] for row in found["summary"]], table[["5.5%", "94.5%"]])
    np.testing.assert_array_equal([row["mean"] for row in found["summary"]], table["mean"])


def test_numbers_that_cannot_be_computed_are_null(run):
    assert run("y ~ x", "data.csv", "--draws", "1", "--chains", "1", "--json", "out.json")[0] == 2
    found = json.loads(Path("out.json").read_text("utf-8"))
    assert found["summary"][0]["r_hat"] is None
    assert [one["rule"] for one in found["findings"] if one["severity"] == "error"]


def test_a_quiet_command_says_nothing(run, folder):
    assert run("y ~ x", "data.csv", "--quiet", "-o", "fit.nc") == (0, "", "")
    assert made(folder) == {"fit.nc"}


@pytest.mark.parametrize("text", ["y ~ x\n# a prior\nx ~ Normal(0, 1)\n", "\ufeffy ~ x\r\n"])
def test_a_formula_comes_from_a_file(run, text):
    Path("model.txt").write_text(text, "utf-8")
    code, out, _ = run("--file", "model.txt", "data.csv")
    assert (code, out.splitlines()[0].partition(" ·")[0]) == (0, "y ~ x")


def test_a_block_comes_from_a_file_or_from_standard_input(run, monkeypatch):
    Path("model.py").write_text(BLOCK, "utf-8")
    code, out, _ = run("data.csv", "--file", "model.py")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[3:5]] == ["a", "b"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BLOCK.encode())))
    assert run("--file", "-", "data.csv")[:2] == (0, out)


def test_progress_is_one_line_on_a_terminal_alone(run, monkeypatch):
    assert run("y ~ x", "data.csv")[2] == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _, out, err = run("y ~ x", "data.csv")
    assert IMPORTING in err
    assert "\n" not in err
    assert err.endswith("\r\x1b[K")
    assert IMPORTING not in out
    assert run("y ~ x", "data.csv", "--quiet")[1:] == ("", "")


# What goes wrong


@pytest.mark.parametrize(
    ("words", "message"),
    {
        "y ~ xx|data.csv": "error: no column 'xx' in data.csv\n    y ~ xx\n        ^^ Did you mean 'x'?",
        "y ~ x|dat.csv": "error: no file 'dat.csv'\n    Did you mean 'data.csv'?",
        "y ~ x|data": "error: no data frame named 'data'",
        "y ~ x|data.csv|--draws|none": "error: --draws must be a whole number of at least 1, not 'none'\n",
        "y ~ x|data.csv|--seed|-1": "error: --seed must be a whole number from 0 to",
        "y ~ x|data.csv|--seed": "error: argument --seed: expected one argument\n",
        "y ~ x|data.csv|--quiet=yes": "error: argument --quiet: ignored explicit argument 'yes'\n",
        "y ~ x|data.csv|--drawss|5": "error: unknown option --drawss\n    Did you mean '--draws'?",
        "y ~ x|data.csv|--dra|5": "error: unknown option --dra\n",
        "y ~ x|data.csv|--draws|5|--draws|6": "error: --draws is given twice\n",
        "y ~ x|data.csv|more.csv": "error: more.csv is one word too many\n",
        "--file|model.txt|y ~ x|data.csv": "error: data.csv is one word too many\n",
        "": "error: there is no model\n",
        "data.csv": "error: data.csv is no formula: it has no ~\n",
        "x = 1; y ~ x|data.csv": "error: ",
        "--file|none.txt|data.csv": "error: there is no file 'none.txt'\n",
        "--file|data.csv/x|data.csv": "error: cannot read 'data.csv/x': a part of the path is a file",
        "y ~ x|data.csv|--figure|fan.foo": "error: 'fan.foo' has no ending that a figure can have\n",
        "y ~ x|data.csv|--figure|fan": "error: 'fan' has no ending that a figure can have\n",
        "y ~ x|data.csv|--figure|fann=a.svg": "error: --figure knows no tab 'fann'\n    Did you mean 'fan'?",
        "y ~ x|data.csv|--figure|fan=": "error: --figure names no file\n",
        "y ~ x|data.csv|--html|none/out.html": "error: cannot write 'none/out.html': there is no folder 'none'\n",
        "y ~ x|data.csv|--html|a|--json|a": "error: two outputs are called 'a'\n",
        "y ~ x|data.csv|--json|-": "error: '-' is no name of an output\n",
        "y ~ x|data.csv|--family|poison": "error: no family named 'poison'\n",
        "y ~ x|data.csv|--truth|z=1": "error: truth names 'z', which is no parameter of the model\n",
    }.items(),
)
def test_wrong_input_is_told_in_three_lines_and_exits_with_1(run, folder, words, message):
    code, out, err = run(*filter(None, words.split("|")), *(["--save", "fit.nc"] if "|" in words else []))
    assert (code, out) == (1, "")
    assert err.startswith(f"glm-magic: {message}")
    assert 1 <= len(err.splitlines()) <= 3
    assert "Traceback" not in err
    assert made(folder) == set()


def test_a_mistake_in_a_file_is_told_by_its_line_and_column(run):
    Path("model.txt").write_text("y ~ x\nx ~ Nomal(0, 1)\n", "utf-8")
    assert run("--file", "model.txt", "data.csv") == (
        1,
        "",
        "glm-magic: error: model.txt:2:5: PyMC has no distribution 'Nomal'\n    x ~ Nomal(0, 1)\n        ^^^^^ "
        "Did you mean 'Normal' or 'MvNormal'?\n",
    )
    Path("model.txt").write_bytes(b"y ~ \xff")
    assert "model.txt is not UTF-8 text" in run("--file", "model.txt", "data.csv")[2]


def test_an_error_of_the_users_own_block_is_told_by_its_line(run, folder):
    Path("model.py").write_text("def f():\n    return 1 / 0\na = pm.Normal('a', f())\n" + BLOCK, "utf-8")
    code, out, err = run("--file", "model.py", "data.csv", "--save", "fit.nc")
    assert (code, out) == (1, "")
    assert err == "glm-magic: error: model.py:2: ZeroDivisionError: division by zero\n    return 1 / 0\n"
    Path("model.py").write_text(BLOCK + "trace = sample()\nint('x')\n", "utf-8")
    code, out, err = run("--file", "model.py", "data.csv", "--save", "fit.nc")
    assert code == 1
    assert err.startswith("glm-magic: error: model.py:5: ValueError: invalid literal")
    assert made(folder) == set()


def test_an_error_of_our_own_keeps_its_traceback(run, monkeypatch):
    def broken(*_):
        raise RuntimeError("a mistake of this package")

    monkeypatch.setattr(api, "sample", broken)
    with pytest.raises(RuntimeError, match="a mistake of this package"):
        run("y ~ x", "data.csv")


def test_python_on_the_command_line_is_not_run(run):
    code, _, err = run("pm.Normal('y', ~x)\nopen('made', 'w')", "data.csv")
    assert code == 1
    assert "only a formula is allowed" in err
    assert not Path("made").exists()


def test_a_fit_that_should_not_be_trusted_is_written_and_exits_with_2(run, folder):
    code, out, err = run("y ~ x", "data.csv", "--draws", "20", "--html", "out.html")
    assert code == 2
    assert "[error]" in out
    assert err.startswith("glm-magic: not to be trusted: 20 draws per chain are too few")
    assert len(err.splitlines()) <= 3
    assert made(folder) == {"out.html"}


def test_a_fit_that_fails_writes_nothing(run, folder, monkeypatch):
    def fails(*_):
        raise EngineError("it could not sample", remedy="Try another engine.")

    monkeypatch.setattr(api, "sample", fails)
    Path("out.html").write_text("old", "utf-8")
    code, out, err = run("y ~ x", "data.csv", "--html", "out.html", "--json", "out.json")
    assert (code, out) == (1, "")
    assert err == "glm-magic: error: it could not sample\n    Try another engine.\n"
    assert made(folder) == {"out.html"}
    assert Path("out.html").read_text("utf-8") == "old"


def test_a_tab_that_cannot_be_drawn_leaves_all_files_as_they_are(run, folder):
    Path("model.py").write_text("a = pm.Normal('a')\npm.Potential('p', -(a**2))\n", "utf-8")
    code, _, err = run("--file", "model.py", "--html", "out.html", "--figure", "data=data.svg")
    assert code == 1
    assert "no observations to draw" in err
    assert made(folder) == set()


def test_a_stop_exits_with_130_and_writes_nothing(run, folder, monkeypatch, stops_arrive):
    def stopped(*_):
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(api, "sample", stopped)
    code, out, err = run("y ~ x", "data.csv", "--html", "out.html")
    assert (code, out) == (130, "")
    assert err == "glm-magic: interrupted: before the fit was finished; nothing was written\n"
    assert made(folder) == set()


def test_an_incomplete_fit_counts_as_interrupted(run, folder, monkeypatch):
    whole = api.sample

    def incomplete(*arguments):
        from dataclasses import replace

        return replace(whole(*arguments), incomplete=True)

    monkeypatch.setattr(api, "sample", incomplete)
    code, out, err = run("y ~ x", "data.csv", "--html", "out.html")
    assert (code, out, err) == (130, "", "glm-magic: interrupted: while sampling; nothing was written\n")
    assert made(folder) == set()


def test_a_reader_that_stops_reading_is_no_error(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        said(stream, "a line that nobody reads")
        said(stream, "another one")


def test_letters_that_a_stream_does_not_know_are_replaced():
    content = io.BytesIO()
    stream = io.TextIOWrapper(content, encoding="ascii")
    said(stream, "4 × 1000 draws")
    assert content.getvalue().strip() == b"4 ? 1000 draws"


def test_usage_errors_are_errors_of_the_house():
    with pytest.raises(HeaderError, match="expected one argument"):
        read_arguments(["y ~ x", "--html"])


@pytest.mark.slow
def test_the_command_itself_runs_in_a_pipe_and_on_a_terminal(folder):
    command = [sys.executable, "-m", "glm_magic", "y ~ x", "data.csv", "--seed", "1", "--draws", "200"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Intercept" in done.stdout
    import pty

    ours, theirs = pty.openpty()
    shown = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=theirs, check=False)
    os.close(theirs)
    assert re.search(IMPORTING, os.read(ours, 1 << 16).decode())
    os.close(ours)
    assert shown.returncode == 0
    # The seconds that it took differ.
    assert shown.stdout.decode().splitlines()[:-1] == done.stdout.splitlines()[:-1]
