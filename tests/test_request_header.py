"""The magic line: what it gives, and what it says when it cannot be read."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glm_magic.errors import GlmError, HeaderError
from glm_magic.request import Options
from glm_magic.request.header import Header, help_text, read_header, split_line
from glm_magic.request.options import BY_FLAG, OPTIONS, check_options

DEFAULTS = Options()

HEADERS: dict[str, dict[str, object]] = {
    "": {},
    "df": {"data": "df"},
    "df --draws 500": {"data": "df", "draws": 500},
    "df --draws=500 --tune 0": {"data": "df", "draws": 500, "tune": 0},
    "--seed 8927 df -f bernoulli": {"data": "df", "seed": 8927, "family": "bernoulli"},
    "--target-accept .95 --prob=0.5": {"target_accept": 0.95, "prob": 0.5},
    "--engine pymc --cores 2 --chains 3": {"engine": "pymc", "cores": 2, "chains": 3},
    "'my data.csv' --lines 0": {"data": "my data.csv", "lines": 0},
    "~/data.csv": {"data": "~/data.csv"},
    r"C:\new\x.csv --link log": {"data": r"C:\new\x.csv", "link": "log"},
    '--truth "x=1, sigma=0.5"': {"truth": {"x": 1.0, "sigma": 0.5}},
    '--truth "1|school_sigma=0.3, I(x ** 2)=1, a:b=2"': {
        "truth": {"1|school_sigma": 0.3, "I(x ** 2)": 1.0, "a:b": 2.0}
    },
    '--truth="bs(x, df=5)[0]=-1e3"': {"truth": {"bs(x, df=5)[0]": -1000.0}},
    '--ask-truth df --truth "x=1"': {"data": "df", "ask_truth": True, "truth": {"x": 1.0}},
    "df -o fit --static --quiet": {"data": "df", "out": "fit", "static": True, "quiet": True},
    "df # what it is": {"data": "df"},
}


@pytest.mark.parametrize("line", HEADERS)
def test_header(line: str) -> None:
    header = read_header(line, DEFAULTS)
    expected = HEADERS[line]
    of_options = {name: value for name, value in expected.items() if hasattr(DEFAULTS, name)}
    assert header.options == replace(DEFAULTS, **of_options)  # type: ignore[arg-type]
    assert set(header.given) == set(of_options)
    for name in ("data", "out", "static", "quiet"):
        assert getattr(header, name) == expected.get(name, getattr(Header(options=DEFAULTS), name))


ERRORS = {
    # line: (message, text above the carets, remedy)
    "--fam poisson": ("unknown option --fam", "--fam", "'--family'"),
    "--drws 5": ("unknown option --drws", "--drws", "Did you mean '--draws'"),
    "df -z": ("unknown option -z", "-z", "--help"),
    "a b": ("more than one DATA", "b", "belongs in the cell"),
    "df y ~ x": ("a formula does not belong in the header", "~", "first line of the cell"),
    "df 'it": ("a quote is not closed", "'", "Add '"),
    "df it's": ("a quote is not closed", "'", "Add '"),
    "--draws": ("--draws needs a value", "--draws", "--draws 1000"),
    "--draws --tune 3": ("--draws needs a value", "--draws", "--draws 1000"),
    "--draws abc": ("--draws must be a whole number of at least 1, not 'abc'", "abc", "--draws 1000"),
    "--draws=1.5": ("--draws must be a whole number of at least 1", "1.5", "--draws 1000"),
    "--draws 0": ("--draws must be a whole number of at least 1, not 0", "0", "--draws 1000"),
    "--draws -5": ("--draws must be a whole number of at least 1, not -5", "-5", "--draws 1000"),
    "--tune -1": ("--tune must be a whole number of at least 0", "-1", "--tune"),
    "--chains 0": ("--chains must be", "0", "--chains 4"),
    "--cores 0": ("--cores must be", "0", "--cores 2"),
    "--seed -1": ("--seed must be a whole number from 0 to 4294967295", "-1", "--seed 8927"),
    "--seed 4294967296": ("--seed must be", "4294967296", "--seed 8927"),
    "--prob 1": ("--prob must be a number from 0.01 to 0.99", "1", "--prob 0.89"),
    "--prob nan": ("--prob must be a number from 0.01 to 0.99", "nan", "--prob 0.89"),
    "--prob 0.995": ("--prob must be a number from 0.01 to 0.99", "0.995", "--prob 0.89"),
    "--target-accept 80": ("--target-accept must be", "80", "--target-accept 0.95"),
    "--lines -1": ("--lines must be", "-1", "--lines 100"),
    "--engine nutpi": (
        "--engine must be one of auto, instant, nutpie, pymc, numpyro, blackjax",
        "nutpi",
        "'nutpie'",
    ),
    "--draws 5 --draws 5": ("--draws is given twice", "--draws", "Keep one"),
    "-f a --family b": ("--family is given twice", "--family", "Keep one"),
    "-o for": ("-o must be a Python name", "for", "-o fit"),
    "--out 2x": ("--out must be a Python name", "2x", "--out fit"),
    "--static=1": ("--static takes no value", "--static=1", "--static alone"),
    '--truth "x"': ("--truth needs NAME=VALUE, not 'x'", "x", "--truth"),
    '--truth "x=1,"': ("--truth needs NAME=VALUE, not ''", '"x=1,"', "--truth"),
    '--truth "x=one"': ("--truth needs a number for x, not 'one'", "one", "--truth"),
    '--truth "x=1, x=2"': ("--truth gives x twice", "x=2", "Keep one"),
    "df --ask-truth": ("--ask-truth needs --truth: without", "--ask-truth", '--truth "Intercept=1'),
    '--ask-truth=1 --truth "x=1"': ("--ask-truth takes no value", "--ask-truth=1", "--ask-truth alone"),
    "''": ("DATA is empty", "''", "leave it out"),
    "--family ''": ("--family must be the name of a Bambi family", "''", "--family poisson"),
}


@pytest.mark.parametrize("line", ERRORS)
def test_error(line: str) -> None:
    message, shown, remedy = ERRORS[line]
    with pytest.raises(HeaderError) as caught:
        read_header(line, DEFAULTS)
    error = caught.value
    assert message in error.message
    assert error.where is not None
    assert error.where.text == line
    assert line[error.where.start : error.where.end] == shown
    assert remedy in error.remedy


def test_second_of_two_is_pointed_at() -> None:
    with pytest.raises(HeaderError) as caught:
        read_header("--draws 5 --draws 6", DEFAULTS)
    assert caught.value.where is not None
    assert caught.value.where.start == len("--draws 5 ")


def test_help_wins_over_errors() -> None:
    assert read_header("--help --nonsense a b c", DEFAULTS).help


def test_defaults_are_kept() -> None:
    assert read_header("--tune 5", replace(DEFAULTS, draws=7)).options.draws == 7


def test_true_values_are_asked_for_by_default_where_there_are_any() -> None:
    asking = replace(DEFAULTS, ask_truth=True)
    assert read_header('--truth "x=1"', asking).options.ask_truth
    assert not read_header("--draws 5", asking).options.ask_truth


LINES = {
    "df: y ~ x": ("df", " y ~ x"),
    "df --draws 5: y ~ a:b": ("df --draws 5", " y ~ a:b"),
    "y ~ a:b": ("", "y ~ a:b"),
    "C:/x.csv: y ~ x": ("C:/x.csv", " y ~ x"),
    "C:\\x.csv: y ~ x": ("C:\\x.csv", " y ~ x"),
    "--draws 5 d:/x.csv: y ~ x": ("--draws 5 d:/x.csv", " y ~ x"),
    "~/x.csv: y ~ x": ("~/x.csv", " y ~ x"),
    "'a:b.csv': y ~ x": ("'a:b.csv'", " y ~ x"),
    "--truth 'a:b=1': y ~ a:b": ("--truth 'a:b=1'", " y ~ a:b"),
    "--help": ("--help", None),
    "df": ("df", None),
    ": y ~ x": ("", " y ~ x"),
}


@pytest.mark.parametrize("line", LINES)
def test_split_line(line: str) -> None:
    header, formula, offset = split_line(line)
    assert (header, formula) == LINES[line]
    assert line[offset:] == (formula or "")


def test_options_are_those_of_the_record() -> None:
    # What only a block's sample(...) asks for is no option.
    fitting = {field.name for field in fields(Options)} - {"settings"}
    alone = {"out", "static", "quiet", "help"}
    assert {option.name for option in OPTIONS} == fitting | alone
    assert len(BY_FLAG) == sum(len(option.flags) for option in OPTIONS)


def test_help_text_names_every_option() -> None:
    text = help_text()
    assert all(flag in text for option in OPTIONS for flag in option.flags)
    assert "%%glm [DATA] [options]" in text
    assert "%glm DATA [options]: FORMULA" in text


def test_keywords_obey_the_same_rules() -> None:
    with pytest.raises(HeaderError, match="draws must be a whole number") as caught:
        check_options(Options(draws=0))
    assert caught.value.where is None
    assert caught.value.remedy == "Write draws=1000, for example."
    with pytest.raises(HeaderError, match="truth"):
        check_options(Options(truth={"x": float("nan")}))
    assert check_options(Options()) == Options()


@given(
    st.text()
    | st.text("df -=\"',:~#\\1xtruhwsa|()")
    | st.lists(st.sampled_from([*BY_FLAG, "df", "1", "=", "'"])).map(" ".join)
)
def test_any_line_gives_a_header_or_an_error(line: str) -> None:
    error = None
    try:
        header, _, _ = split_line(line)
        read_header(header, DEFAULTS)
        read_header(line, DEFAULTS)
    except GlmError as caught:
        error = caught
    if error is not None:
        assert error.where is not None
        assert 0 <= error.where.start <= error.where.end <= len(error.where.text)
        assert str(error)
