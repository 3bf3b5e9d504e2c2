"""Bad input, through a real IPython shell: one short message, a failed cell, nothing left behind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glm_magic.errors import (
    BlockError,
    DataError,
    FormulaError,
    GlmError,
    HeaderError,
    ModelError,
    StartError,
)

N = 20
PRIOR = "m = Normal('m', 0, 1)\n"
DATA = "Normal('o', m, 1, observed=y)\n"


def example_frame() -> pd.DataFrame:
    rng = np.random.default_rng(8927)
    x = rng.normal(size=N)
    frame = pd.DataFrame({"x": x, "y": 1 + 2 * x + rng.normal(size=N), "z": rng.normal(size=N)})
    return frame.assign(
        g=list("abcd") * (N // 4),
        count=rng.poisson(3, N),
        below=-1,
        three=np.arange(N) % 3,
        zero=0.0,
        above=1.2,
        nothing=np.nan,
        same="a",
        total=20,
        status=["none", "right"] * (N // 2),
        angle=rng.uniform(-3, 3, N),
        positive=np.exp(x),
        infinite=np.r_[np.inf, x[1:]],
        constant=3.0,
        text=[str(value) for value in x],
        words=[f"w{row}" for row in range(N)],
        mixed=[1, "a"] * (N // 2),
        dates=pd.date_range("2020-01-01", periods=N),
        imaginary=x + 1j,
        lists=[[1, 2]] * N,
    )


@pytest.fixture
def names(notebook):
    frame = example_frame()
    notebook.names.update(
        df=frame,
        none=frame.iloc[:0],
        one=frame.iloc[:1],
        twice=pd.concat([frame[["x", "y"]], frame[["x"]]], axis=1),
        number=3,
        short=frame["x"].to_numpy()[:5],
    )
    return notebook


# The cell -> the error, its message, the text above the carets (None: no place), and what to do.
CASES = {
    # names
    "%%glm df\ny ~ xx": (FormulaError, "no column 'xx' in df", "xx", "Did you mean 'x'?"),
    "%%glm df\nyy ~ x": (FormulaError, "no column 'yy' in df", "yy", "Did you mean 'y'?"),
    "%%glm\nyy ~ xx": (FormulaError, "no column 'yy' in the notebook", "yy", "Name a data frame"),
    "%%glm dff\ny ~ x": (DataError, "no data frame named 'dff'", "dff", "Did you mean 'df'?"),
    "%%glm number\ny ~ x": (
        DataError,
        "number is of type int, not a table",
        "number",
        "DATA is a data frame",
    ),
    "%%glm df[:5]\ny ~ x": (DataError, "no data frame named 'df[:5]'", "df[:5]", "Known here: df"),
    "%%glm no.csv\ny ~ x": (DataError, "no file 'no.csv'", "no.csv", ""),
    "%%glm no.xlsx\ny ~ x": (
        DataError,
        "no data frame named 'no.xlsx'",
        "no.xlsx",
        "ends in .csv, .tsv, .parquet, .feather or .json",
    ),
    "%%glm df --famly t\ny ~ x": (HeaderError, "unknown option --famly", "--famly", "'--family'"),
    "%%glm df --family poison\ny ~ x": (ModelError, "no family named 'poison'", "poison", "'poisson'"),
    "%%glm df --link lgit\ny ~ x": (ModelError, "'gaussian' has no link 'lgit'", "lgit", "identity"),
    "%glm df --family poison: y ~ x": (ModelError, "no family named 'poison'", "poison", "'poisson'"),
    "%glm df: y ~ xx": (FormulaError, "no column 'xx'", "xx", "'x'"),
    "%glm df y ~ x": (HeaderError, "a colon is missing", "y", "%glm df: y"),
    "%%glm df\ny ~ x\nx ~ Nomal(0, 1)": (FormulaError, "no distribution 'Nomal'", "Nomal", "'Normal'"),
    "%%glm df\ny ~ x\nw ~ Normal(0, 1)": (
        FormulaError,
        "no term or parameter 'w'",
        "w",
        "Intercept, sigma, x",
    ),
    "%%glm df\ny ~ x\nx ~ Normal(0, sgma=1)": (FormulaError, "no argument 'sgma'", "sgma", "'sigma'"),
    "%%glm df\ny ~ x\nx ~ Normal(0, -1)": (FormulaError, "Normal needs sigma > 0", "Normal(0, -1)", "Change"),
    "%%glm df\ny ~ x\nx ~ Normal(0, 1, 2)": (
        FormulaError,
        "tau and sigma",
        "Normal(0, 1, 2)",
        "mu, sigma, tau",
    ),
    "%%glm df\ny ~ x\nalpha ~ z": (FormulaError, "has no parameter 'alpha'", "alpha", "sigma"),
    "%%glm df\ny ~ f(x)": (FormulaError, "calls 'f', which is no function here", "f", "Define 'f'"),
    "%%glm df\ny ~ np.lgo(x)": (FormulaError, "calls 'np.lgo'", "np.lgo", "'np.log'"),
    "%%glm df\ny ~ number": (FormulaError, "no column, but a value of type int", "number", "bs(x, df=k)"),
    "%%glm df\ny ~ 'x'": (FormulaError, "'x' is no column", "y ~ 'x'", "without quotes"),
    '%%glm df --truth "xx=1"\ny ~ x': (ModelError, "truth names 'xx'", "xx", "'x'"),
    '%%glm df --truth "g[z]=1"\ny ~ g': (ModelError, "truth names 'g[z]'", "g[z]", "g["),
    '%%glm df --truth "g=1"\ny ~ g': (ModelError, "a number for each level", "g", "one by one: g["),
    # shape of the cell
    "%%glm df": (FormulaError, "the cell is empty", None, "Write a formula"),
    "%%glm df\n": (FormulaError, "the cell is empty", None, "Write a formula"),
    "%%glm df\n# nothing": (FormulaError, "the cell is empty", None, "Write a formula"),
    "%glm df": (HeaderError, "there is no formula", None, "%glm DATA"),
    "%%glm df\ny + x": (FormulaError, "no ~ in this line", "y + x", "y ~ x"),
    "%%glm df\ny ~ (x + z": (FormulaError, "( is not closed", "(", "Add )"),
    "%%glm df\ny ~ x) + z": (FormulaError, ") closes nothing", ")", "Take it away"),
    "%%glm df\ny ~ x\nz ~ x": (FormulaError, "begins a second", "z", "cell of its own"),
    "%%glm df\ny ~ x\ny ~ z": (FormulaError, "y stands left of ~ twice", "y", "keep one"),
    "%%glm df\ny ~ 0": (ModelError, "the formula has no term", "y ~ 0", "y ~ 1"),
    "%%glm df\ny ~ y": (ModelError, "among its own predictors", "y ~ y", "Take it out"),
    # options
    "%%glm df --draws 0\ny ~ x": (HeaderError, "--draws must be", "0", "--draws 1000"),
    "%%glm df --draws -5\ny ~ x": (HeaderError, "--draws must be", "-5", "--draws 1000"),
    "%%glm df --draws 5 --draws 6\ny ~ x": (HeaderError, "--draws is given twice", "--draws", "Keep one"),
    "%%glm df --engine stan\ny ~ x": (HeaderError, "--engine must be one of", "stan", "instant"),
    "%%glm df --prob 89\ny ~ x": (HeaderError, "--prob must be a number", "89", "0.89"),
    "%%glm df --out 3x\ny ~ x": (HeaderError, "--out must be a Python name", "3x", "--out fit"),
    # the response and its family
    "%%glm df -f poisson\nbelow ~ x": (ModelError, "needs a response of counts", "below", "gaussian"),
    "%%glm df -f bernoulli\nthree ~ x": (ModelError, "needs a response of 0 or 1", "three", "categorical"),
    "%%glm df -f gamma\nzero ~ x": (ModelError, "needs a response of positive numbers", "zero", "hurdle"),
    "%%glm df -f beta\nabove ~ x": (ModelError, "between 0 and 1", "above", "binomial"),
    "%%glm df -f vonmises\nI(y * 9) ~ x": (ModelError, "angles in radians", "I(y * 9)", "deg2rad"),
    "%%glm df -f binomial\ncount ~ x": (ModelError, "needs successes and trials", "count", "p(successes"),
    "%%glm df\np(count, total) ~ x": (ModelError, "is successes in trials", "p(count, total)", "binomial"),
    "%%glm df -f poisson\nprop(count, 20) ~ x": (
        ModelError,
        "successes in trials",
        "prop(count, 20)",
        "binomial",
    ),
    "%%glm df -f bernoulli\np(count, total) ~ x": (ModelError, "in trials", "p(count, total)", "binomial"),
    "%%glm df -f cumulative\np(count, total) ~ x": (ModelError, "in trials", "p(count, total)", "binomial"),
    "%%glm df -f multinomial\np(count, total) ~ x": (ModelError, "in trials", "p(count, total)", "binomial"),
    "%%glm df\nc(count, three) ~ x": (ModelError, "several columns", "c(count, three)", "multinomial"),
    "%%glm df -f bernoulli\nc(count, three) ~ x": (
        ModelError,
        "several columns",
        "c(count, three)",
        "multinomial",
    ),
    "%%glm df -f binomial\nc(count, three, three) ~ x": (
        ModelError,
        "needs successes and trials",
        "c(count, three, three)",
        "p(successes",
    ),
    "%%glm df -f binomial\ncensored(positive, status) ~ x": (
        ModelError,
        "'binomial' takes no censored response",
        "censored(positive, status)",
        "PyMC block",
    ),
    "%%glm df -f cumulative\nweighted(three, positive) ~ x": (
        ModelError,
        "'cumulative' takes no weighted response",
        "weighted(three, positive)",
        "PyMC block",
    ),
    "%%glm df -f vonmises\ncensored(angle, status) ~ x": (
        ModelError,
        "PyMC cannot censor or truncate family 'vonmises'",
        "censored(angle, status)",
        "PyMC block",
    ),
    "%%glm df -f hurdle_gamma\ntruncated(positive, ub=99) ~ x": (
        ModelError,
        "PyMC cannot censor or truncate family 'hurdle_gamma'",
        "truncated(positive, ub=99)",
        "PyMC block",
    ),
    "%%glm df -f categorical\nC(three) ~ x": (ModelError, "not C(three)", "C(three)", "astype('category')"),
    "%%glm df -f categorical\ny ~ x": (ModelError, "needs categories", "y", "astype('category')"),
    "%%glm df -f bernoulli\ng ~ x": (ModelError, "needs two categories", "g", "categorical"),
    "%%glm df -f bernoulli\ng['q'] ~ x": (ModelError, "the same in every row", "g['q']", "level"),
    "%%glm df\nwords ~ x": (ModelError, "'words' holds categories", "words", "bernoulli"),
    "%%glm df\nconstant ~ x": (ModelError, "constant is 3 in every row", "constant", "Check"),
    # values
    "%%glm df\ntext ~ x": (
        ModelError,
        "'text' holds text, although every value is a number",
        "text",
        "pd.to_numeric",
    ),
    "%%glm df\ny ~ same": (ModelError, "'same' is a in every row", "same", "Take it out"),
    "%%glm df\ny ~ 0 + same": (ModelError, "'same' is a in every row", "same", "Take it out"),
    "%%glm df\ny ~ x + x:same:g": (ModelError, "'same' is a in every row", "same", "Take it out"),
    "%%glm df\ny ~ g * same": (ModelError, "'same' is a in every row", "same", "Take it out"),
    "%%glm df\ny ~ (same|g)": (ModelError, "'same' is a in every row", "same", "Take it out"),
    "%%glm df\ny ~ x + C(constant)": (
        ModelError,
        "'constant' is 3.0 in every row",
        "constant",
        "Take it out",
    ),
    "%%glm df\ny ~ 0 + C(g, Sum)": (
        ModelError,
        "'C(g, Sum)[mean]' is 1 in every row: it is the intercept",
        "y ~ 0 + C(g, Sum)",
        "Leave out the 0 for the same model with an intercept, or write C(g, Sum) ~ Normal(0, 10)",
    ),
    "%%glm df\ny ~ 0 + x + S(g)": (
        ModelError,
        "'S(g)[mean]' is 1 in every row",
        "y ~ 0 + x + S(g)",
        "Leave out",
    ),
    "%%glm df\ny ~ x\nsigma ~ same": (ModelError, "'same' is a in every row", "same", "Take it out"),
    "%%glm df\ny ~ mixed": (DataError, "'mixed' holds int and str", "mixed", "astype"),
    "%%glm df\ny ~ lists": (DataError, "'lists' holds list", "lists", "astype"),
    "%%glm df\ny ~ dates": (DataError, "'dates' holds dates or times", "dates", "days"),
    "%%glm df\ny ~ imaginary": (DataError, "'imaginary' holds complex", "imaginary", "real part"),
    "%%glm df\ny ~ nothing": (DataError, f"'nothing' has no values: all {N}", "nothing", "Fill"),
    "%%glm df\nnothing ~ x": (DataError, f"'nothing' has no values: all {N}", "nothing", "Fill"),
    "%%glm df\ny ~ infinite": (DataError, "'infinite' has 1 infinite value", "infinite", "Drop"),
    "%%glm df\ny ~ constant": (
        FormulaError,
        "The term 'constant' is constant",
        "y ~ constant",
        "Bambi's own",
    ),
    "%%glm df\ny ~ short": (
        DataError,
        "the columns differ in length: y has 20, short has 5",
        None,
        "one length",
    ),
    "%%glm none\ny ~ x": (DataError, "none has 0 rows to fit", None, "Check"),
    "%%glm one\ny ~ x": (DataError, "one has 1 row to fit", None, "Check"),
    "%%glm twice\ny ~ x": (DataError, "more than one column named 'x'", "twice", "Rename"),
    # PyMC blocks
    "%%glm df\nNormal('y', 0, 1": (BlockError, "was never closed", "(", "Correct it"),
    f"%%glm df\n{PRIOR}": (BlockError, "no observed variable", PRIOR.strip(), "observed=y"),
    f"%%glm df\n{PRIOR}Gamma('o', 1, 1, observed=below)": (
        StartError,
        "density of 'o' is -inf",
        None,
        "support",
    ),
    f"%%glm df\nm = Normal('m', 0, -1)\n{DATA}": (StartError, "'m' does not work: sigma > 0", None, "scale"),
    f"%%glm df\n{PRIOR}Normal('o', m * short, 1, observed=y)": (
        StartError,
        "'o' does not work",
        None,
        "shapes",
    ),
    f"%%glm df\n{PRIOR}Normal('o', m, 1, observed=await y)": (
        BlockError,
        "await does not work",
        "await y",
        "Await",
    ),
    f"%%glm df --draws 5\n{PRIOR}{DATA}pm.sample(9)": (
        BlockError,
        "draws is given twice",
        "9",
        "Take draws out",
    ),
    f"%%glm df\n{PRIOR}{DATA}pm.sample(draws=0)": (
        BlockError,
        "draws must be a whole number",
        "0",
        "draws=1000",
    ),
    f"%%glm df -f poisson\n{PRIOR}{DATA}": (ModelError, "--family belongs to a formula", "poisson", "leave"),
    "%%glm df\nwith number:\n    pass": (BlockError, "something of type int", "number", "pm.Model()"),
    "%%glm df\nNormal('o', 0, 1, observed=y)": (ModelError, "nothing to estimate", None, "Add one"),
    "%%glm df\n!ls": (BlockError, "shell commands do not work", "!", "cell of their own"),
}


@pytest.mark.filterwarnings("ignore:Casting complex values")
@pytest.mark.parametrize("cell", CASES)
def test_a_bad_cell_fails_with_one_message_and_leaves_nothing(names, cell):
    kind, message, pointed, remedy = CASES[cell]
    before = names.snapshot()
    done = names.run(cell)
    assert type(done.error) is kind, done.text
    assert message in done.error.message
    assert remedy in done.error.remedy
    place = done.error.where
    assert (None if place is None else place.text[place.start : place.end]) == pointed
    assert done.text.strip().startswith(f"{kind.__name__}: ")
    assert "Traceback" not in done.text
    assert len(done.text.strip().splitlines()) <= 9
    if pointed is not None:
        assert f"{'^' * len(pointed)}\n" in done.text
    assert names.snapshot() == before


GOOD = {
    "%%glm df\ny ~ (1|text)": [],
    "%%glm df\ny ~ x + (x|text)": [],
    "%%glm df\ny ~ C(three_text)": [],
    "%%glm df\ny ~ three_text": ["three_text is text that holds numbers; it is used as 3 categories"],
    "%%glm df\ny ~ x * three_text": ["three_text is text that holds numbers; it is used as 3 categories"],
    "%%glm df\ny ~ text": ["text is text that holds numbers; it is used as 20 categories"],
    "%%glm df\ny ~ x + (1|same)": [],
    "%%glm df\ny ~ (x|same)": [],
    "%%glm df -f beta_binomial\np(count, total) ~ x": [],
    "%%glm df -f zero_inflated_binomial\np(count, total) ~ x": [],
    "%%glm df -f negativebinomial\ncensored(count, status) ~ x": [],
    "%%glm df\ny ~ g / x": [],
    "%%glm df\ny ~ 0 + g * x": [],
    "%%glm df\ny ~ bs(x, knots=short[1:4])": [],
}


@pytest.mark.parametrize("cell", GOOD)
def test_what_looks_like_bad_input_and_is_none_is_fitted_and_shown(names, cell):
    names.names["df"] = names.names["df"].assign(three_text=[str(row % 3) for row in range(N)])
    done = names.run(f"{cell}\n")
    assert done.error is None, done.text
    fit = done.value
    assert fit.view.tabs.fan.axes
    assert [finding.message for finding in fit.findings if finding.rule == "text_numbers"] == GOOD[cell]


@pytest.mark.parametrize("option", ["draws = 0", "tune = -1", "prob = 1", "target_accept = 0.0", "seed = -1"])
def test_config_refuses_what_the_header_refuses(notebook, option, caplog):
    before = notebook.options()
    notebook.run(f"%config GlmMagic.{option}")
    assert f"GlmMagic.{option.split()[0]} must be" in caplog.text
    assert notebook.options() == before


def test_config_refuses_an_unknown_engine(notebook, caplog):
    notebook.run("%config GlmMagic.engine = 'stan'")
    assert "engine" in caplog.text
    assert notebook.options()["engine"] == "auto"


def test_a_list_of_known_names_stays_on_one_line(names):
    names.names["odd"] = pd.DataFrame({"a\nb": [1, 2], "<script>": [1, 2]})
    done = names.run("%%glm odd\n`a` ~ `<script>`")
    assert "Known here: <script>, a b." in done.error.remedy or "Did you mean" in done.error.remedy


_PIECES = [
    "y", "x", "g", " ~ ", "~", " + ", "*", ":", "|", "(", ")", "(1|g)", "\n", "log(", "np.exp(", "bs(x, df=4)",
    "C(g)", "I(x ** 2)", "0", "1", "-1", "sigma ~ x", "x ~ Normal(0, 1)", "HalfNormal(", "m = Normal('m', 0, 1)\n",
    "Normal('o', m, 1, observed=y)\n", "`", "'", "number", "short", "words", "nothing", "# c", ", ", "=", "[", "]",
    "with pm.Model() as m:\n    ", "sample()", ";", "é",
]  # fmt: skip


_TERMS = [
    "x", "z", "g", "x:g", "g:z", "x * z", "(1|g)", "(x|g)", "(0 + z|g)", "(1|words)", "0", "-1", "1", "I(x ** 2)",
    "np.abs(x)", "C(three)", "bs(x, df=4)", "poly(x, 2)", "scale(z)", "offset(z)", "words", "number", "log(x)", "g[a]",
]  # fmt: skip


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.filterwarnings("ignore")
@given(
    text=st.lists(st.sampled_from(_PIECES), min_size=1, max_size=9).map("".join)
    | st.lists(st.sampled_from(_TERMS), min_size=1, max_size=4).map(lambda terms: f"y ~ {' + '.join(terms)}")
    | st.text(max_size=20)
)
def test_any_cell_gives_a_fit_or_an_error_of_its_own(names, text):
    from glm_magic.fit import Fit

    magics = names.shell.magics_manager.registry["GlmMagic"]
    before = names.snapshot()
    try:
        fit = magics.glm("df", text)
    except GlmError as error:
        assert str(error)  # noqa: PT017  # either outcome is right
        assert names.snapshot() == before
    except Exception as error:  # noqa: BLE001  # whatever the user's own Python raises
        # The user's own Python raised, in the user's own lines.
        raised = error.__traceback__.tb_next.tb_next.tb_frame.f_code.co_filename
        assert raised.startswith("<glm cell"), text
        assert names.snapshot() == before
    else:
        assert fit is None or isinstance(fit, Fit)
        for name in set(names.snapshot()[0]) - set(before[0]):
            names.names.pop(name)
