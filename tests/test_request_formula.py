"""Formula cells: the grammar as tables."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glm_magic.errors import FormulaError, GlmError
from glm_magic.request.formula import read_formula
from glm_magic.request.prior import Call, Fixed
from glm_magic.request.prior_lines import read_prior

MODELS = {
    # text: (formula, response, names, calls)
    "y ~ x": ("y ~ x", "y", "y x", ""),
    "y~x": ("y~x", "y", "y x", ""),
    "# a comment\n\ny ~ x  # more": ("y ~ x", "y", "y x", ""),
    "y ~ x +\n  z": ("y ~ x + z", "y", "y x z", ""),
    "y ~ x  # why\n  + z\n\n  + w": ("y ~ x + z + w", "y", "y x z w", ""),
    "y ~ (\n x\n + z # c )\n)": ("y ~ ( x + z )", "y", "y x z", ""),
    "y ~ x;": ("y ~ x", "y", "y x", ""),
    "y ~ 0 + a*b - a:b": ("y ~ 0 + a*b - a:b", "y", "y a b", ""),
    "y ~ 1": ("y ~ 1", "y", "y", ""),
    "y ~ -1 + x": ("y ~ -1 + x", "y", "y x", ""),
    "y ~ x + (1|g) + (0 + x|g/h)": ("y ~ x + (1|g) + (0 + x|g/h)", "y", "y x g h", ""),
    "p(y, n) ~ x": ("p(y, n) ~ x", "p(y, n)", "y n x", "p"),
    "y ~ np.log(x) + log(x)": ("y ~ np.log(x) + log(x)", "y", "y x", "np.log log"),
    "y ~ bs(x, df=5, degree=k)": ("y ~ bs(x, df=5, degree=k)", "y", "y x k", "bs"),
    "y ~ hsgp(x, m=10, c=2, by=g, share_cov=True)": (
        "y ~ hsgp(x, m=10, c=2, by=g, share_cov=True)", "y", "y x g", "hsgp",
    ),
    "y ~ I(x**2) + {x + 1}": ("y ~ I(x**2) + {x + 1}", "y", "y x", "I"),
    "y ~ C(g, Treatment('a # b'))": ("y ~ C(g, Treatment('a # b'))", "y", "y g", "C Treatment"),
    "`my y` ~ `a ~ b`:c": ("`my y` ~ `a ~ b`:c", "`my y`", "my y|a ~ b|c", ""),
    "y['a'] ~ x": ("y['a'] ~ x", "y['a']", "y x", ""),
    "y[a] ~ x": ("y[a] ~ x", "y[a]", "y x", ""),
    "y ~ Sepal.Length": ("y ~ Sepal.Length", "y", "y Sepal.Length", ""),
    "y ~ f(x == 1)": ("y ~ f(x == 1)", "y", "y x", "f"),
    "censored(t, s) ~ 1": ("censored(t, s) ~ 1", "censored(t, s)", "t s", "censored"),
    "y ~ offset(log(n))": ("y ~ offset(log(n))", "y", "y n", "offset log"),
    "y ~ Standardize(x)": ("y ~ Standardize(x)", "y", "y x", "Standardize"),
    "größe ~ länge": ("größe ~ länge", "größe", "größe länge", ""),
}  # fmt: skip


@pytest.mark.parametrize("text", MODELS)
def test_model_line(text: str) -> None:
    formula, response, names, calls = MODELS[text]
    cell = read_formula(text)
    assert (cell.formula, cell.response) == (formula, response)
    assert [name for name, _ in cell.names] == names.split("|" if "|" in names else None)
    assert [name for name, _ in cell.calls] == calls.split()
    for name, where in (*cell.names, *cell.calls):
        assert where.text == text
        assert text[where.start : where.end].strip("`") == name


TARGETS = {
    "x": "x",
    "Intercept": "Intercept",
    "I(x**2)": "I(x ** 2)",
    "{x**2}": "I(x ** 2)",
    "(1|school)": "1|school",
    "1 | school": "1|school",
    "1|school_sigma": "1|school_sigma",
    "a : b": "a:b",
    "bs(x,df=5)": "bs(x, df=5)",
    "np.log( x )": "np.log(x)",
    "log(a/b)": "log(a / b)",
    "I(-x)": "I(-x)",
    "I((x+1)*2)": "I(x + 1 * 2)",
    "f(x, 1.50)": "f(x, 1.5)",
    "`my x`": "my x",
    "(I(x**2)|g:h)": "I(x ** 2)|g:h",
    "C(g, Treatment('b'))": "C(g, Treatment('b'))",
}


@pytest.mark.parametrize("target", TARGETS)
def test_prior_targets_are_spelled_as_formulae_spells_terms(target: str) -> None:
    cell = read_formula(f"y ~ x\n{target} ~ Normal(0, 1)")
    assert [prior.target for prior in cell.priors] == [TARGETS[target]]
    assert read_prior(target, "Normal(0, 1)").target == TARGETS[target]


@pytest.mark.parametrize(
    "term", ["I(x**2)", "bs(x,df=5)", "np.log( x )", "log(a/b)", "I(-x)", "I((x+1)*2)", "f(x, 1.50)", "a : b",
             "f(x==1, b=-2)", "{x+1}", "f('a', True)", "scale(np.log(x))"],
)  # fmt: skip
def test_targets_are_the_labels_of_formulae(term: str) -> None:
    formulae = pytest.importorskip("formulae")
    labels = [item.name for item in formulae.model_description(f"y ~ 0 + {term}").terms]
    assert [read_prior(term, "Normal(0, 1)").target] == labels


VALUES = {
    # text: (what Bambi reads, the values)
    "y ~ bs(x, knots=[1,2 , 3.50])": ("y ~ bs(x, knots=`[1, 2, 3.5]`)", ["[1, 2, 3.5]"]),
    "y ~ bs(x, knots=[\n 1, # one\n 2])": ("y ~ bs(x, knots=`[1, 2]`)", ["[1, 2]"]),
    "y ~ C(g, levels=('b', \"a\"))": ("y ~ C(g, levels=`('b', 'a')`)", ["('b', 'a')"]),
    "y ~ f(x, {'a': 1, 'b': [2]})": ("y ~ f(x, `{'a': 1, 'b': [2]}`)", ["{'a': 1, 'b': [2]}"]),
    "y ~ np.digitize(x, bins[1:]) + z": ("y ~ np.digitize(x, `bins[1:]`) + z", ["bins[1:]"]),
    "y ~ f(x, d['k'], [lo, -hi])": ("y ~ f(x, `d['k']`, `[lo, -hi]`)", ["d['k']", "[lo, -hi]"]),
    "y ~ f(g(x, [1]), 2)": ("y ~ f(g(x, `[1]`), 2)", ["[1]"]),
    "y ~ I(x * 1e-3) + {x / 2.}": ("y ~ I(x * `0.001`) + {x / `2.0`}", ["0.001", "2.0"]),
    "y ~ f(x, \"it's\")": ('y ~ f(x, `"it\'s"`)', ['"it\'s"']),
    "y ~ f(`a b`, [1])": ("y ~ f(`a b`, `[1]`)", ["[1]"]),
    "p(y, [1]) ~ x": ("p(y, `[1]`) ~ x", ["[1]"]),
    # formulae reads these itself
    "y['a'] ~ f((x + z) * 2, {x + 1}, -1)": ("y['a'] ~ f((x + z) * 2, {x + 1}, -1)", []),
}  # fmt: skip


@pytest.mark.parametrize("text", VALUES)
def test_values_that_formulae_cannot_read_are_names_in_backquotes(text: str) -> None:
    bambi, values = VALUES[text]
    cell = read_formula(text)
    assert cell.bambi == bambi
    assert cell.formula.replace("`", "") == bambi.replace("`", "")
    assert [value.text for value in cell.values] == values
    auxiliary = read_formula(f"y ~ x\nsigma {text[text.index('~') :]}").auxiliaries[0]
    assert auxiliary.bambi == f"sigma {bambi[bambi.index('~') :]}"


def test_a_label_holds_the_list_as_python_writes_it() -> None:
    assert read_prior("bs( x,knots=[1,2] )", "Flat()").target == "bs(x, knots=[1, 2])"


TERMS = {
    "y ~ x + (z|g) + log(w)": "y x z g",
    "log(y) ~ bs(x, knots=k) + x": "y x",
    "p(y, n) ~ f(x)*z": "y z",
    "y ~ (f(x)|g)": "y g",
    "y ~ (x + {z})": "y x",
}


@pytest.mark.parametrize("text", TERMS)
def test_names_outside_functions_are_columns(text: str) -> None:
    assert read_formula(text).terms == set(TERMS[text].split())


NUMBERS = {"9": 9.0, "0.5": 0.5, "1.0": 1.0, "-2": -2.0, "1e3": 1000.0, "+4": 4.0, "0.0": 0.0}


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_fixes_a_parameter(number: str) -> None:
    text = f"y ~ x\nnu ~ {number}"
    (prior,) = read_formula(text).priors
    assert prior.target == "nu"
    assert isinstance(prior.distribution, Fixed)
    assert prior.distribution.value == NUMBERS[number]
    assert prior.distribution.where.words() == number


@pytest.mark.parametrize("formula", ["0", "1", "-1", "+1", "1 + 0", "2 * x"])
def test_an_intercept_is_a_formula(formula: str) -> None:
    cell = read_formula(f"y ~ x\nsigma ~ {formula}")
    assert [line.parameter for line in cell.auxiliaries] == ["sigma"]


@pytest.mark.parametrize("number", [1, 0.5, "1", " 0.5"])
def test_priors_of_glm_take_numbers(number: str | float) -> None:
    distribution = read_prior("kappa", number).distribution
    assert isinstance(distribution, Fixed)
    assert distribution.value == float(number)


PRIORS: dict[str, tuple[str, tuple[object, ...], dict[str, object]]] = {
    "Normal(0, 1)": ("Normal", (0, 1), {}),
    "pm.Normal(mu=0, sigma=1.5)": ("Normal", (), {"mu": 0, "sigma": 1.5}),
    "HalfCauchy(10)": ("HalfCauchy", (10,), {}),
    "Normal(-1, 2**0.5)": ("Normal", (-1, 2**0.5), {}),
    "Normal(1/3, +2**3)": ("Normal", (1 / 3, 8), {}),
    "Normal(1e-3, .5)": ("Normal", (0.001, 0.5), {}),
    "TruncatedNormal(0, 1, upper=np.inf)": ("TruncatedNormal", (0, 1), {"upper": math.inf}),
    "Normal([0, 1], (2, 3.5))": ("Normal", ((0, 1), (2, 3.5)), {}),
    "StudentT(\n  3, # dof\n  0, 1)": ("StudentT", (3, 0, 1), {}),
    "Flat()": ("Flat", (), {}),
}


@pytest.mark.parametrize("text", PRIORS)
def test_distribution(text: str) -> None:
    for distribution in (
        read_formula(f"y ~ x\nx ~ {text}").priors[0].distribution,
        read_prior("x", text).distribution,
    ):
        assert isinstance(distribution, Call)
        assert (distribution.name, distribution.args, dict(distribution.kwargs)) == PRIORS[text]
        where = distribution.where
        assert where.text[where.start : where.end] == text


def test_nested_distribution() -> None:
    text = "y ~ x + (1|é)\n1|é ~ Normal(0, sigma=HalfNormal(2))"
    outer = read_formula(text).priors[0].distribution
    assert isinstance(outer, Call)
    nested = outer.kwargs["sigma"]
    assert isinstance(nested, Call)
    assert (nested.name, nested.args) == ("HalfNormal", (2,))
    assert text[nested.where.start : nested.where.end] == "HalfNormal(2)"


def test_auxiliary_formulas() -> None:
    cell = read_formula("y ~ x\nsigma ~ z +\n  (1|g)\nsigma_z ~ Normal(0, 1)")
    assert [(item.parameter, item.formula) for item in cell.auxiliaries] == [("sigma", "sigma ~ z + (1|g)")]
    assert [prior.target for prior in cell.priors] == ["sigma_z"]
    assert [name for name, _ in cell.names] == ["y", "x", "z", "g"]


def test_functions_of_one_letter_are_no_distributions() -> None:
    cell = read_formula("y ~ x\nsigma ~ C(g)\nnu ~ S(g)")
    assert [item.parameter for item in cell.auxiliaries] == ["sigma", "nu"]


def test_formula_after_a_header() -> None:
    line = "df: y ~ x z"
    assert read_formula("df: y ~ x", 3).start == len("df: ")
    with pytest.raises(FormulaError) as caught:
        read_formula(line, 3)
    assert caught.value.where is not None
    assert caught.value.where.text == line


ERRORS = {
    # text: (message, text above the carets, remedy)
    "": ("the cell is empty", None, "y ~ x"),
    "# only this": ("the cell is empty", None, "Normal('x', 0, 1)"),
    "y x": ("no ~ in this line", "y x", "y ~ x"),
    "x + z": ("no ~ in this line", "x + z", "y ~ x"),
    "~ x": ("nothing stands left of ~", "~", "y ~ x"),
    "y ~": ("nothing stands right of ~", "~", "y ~ 1"),
    "y ~ x ~ z": ("two ~ in one line", "~", "its own line"),
    "y ~ x +\nx ~ Normal(0, 1)": ("two ~ in one line", "~", "line before"),
    "y ~ (x": ("( is not closed", "(", "Add )"),
    "y ~ x)": (") closes nothing", ")", "Take it away"),
    "y ~ f(x]": ("] does not match (", "]", "Close ( with ) first"),
    "y ~ (x ~ z)": ("~ stands inside brackets", "~", "Close ("),
    "y ~ `x": ("a backquote is not closed", "`", "Add `"),
    "y ~ f('a\n')": ("a string is not closed", "'", "Add '"),
    "y ~ x +": ("a term is missing after +", "+", "Write a term"),
    "y ~ x + * z": ("a term is missing before *", "*", "take it away"),
    "y ~ f(x,)": ("a term is missing after ,", ",", "Write a term"),
    "y ~ x z": ("an operator is missing between x and z", "x z", "Write +"),
    "y ~ x (1|g)": ("| cannot stand inside a function", "|", "x + (1|group)"),
    "y ~ x | g": ("a group-specific term needs brackets", "|", "(1|group)"),
    "y ~ x % 2": ("% has no meaning", "%", "Compute it"),
    "y ~ x^2": ("^ has no meaning", "^", "I(x ** 2)"),
    "y ~ x ? z": ("'?' has no meaning in a formula", "?", "backquotes"),
    "y ~ f(x, [z + 1])": ("z + 1 cannot be computed inside a list", "[z + 1]", "notebook first"),
    "y ~ f(x, [g(1)])": ("g(1) cannot be computed inside a list", "[g(1)]", "notebook first"),
    "y ~ f(x, [1 2])": ("Python does not understand this value", "[1 2]", "notebook first"),
    "y ~ [1, 2]": (", cannot stand here", ",", "brackets of a function"),
    "y ~ x, z": (", cannot stand here", ",", "brackets of a function"),
    "y = x ~ z": ("= cannot stand here", "=", "brackets of a function"),
    "y ~ _x": ("a name in a formula cannot begin with _", "_x", "`_x`"),
    "y ~ 1e-3*x": ("a number in a formula cannot have an exponent", "1e-3", "0.001"),
    'y["it\'s"] ~ x': ("a string in a formula cannot hold a quote", '"it\'s"', "Rename"),
    "x ~ Normal(0, 1)": ("the first line must be the model", "x ~ Normal(0, 1)", "model first"),
    "y ~ x\nx ~ Normal(0, 1)\nx ~ Normal(0, 2)": ("x stands left of ~ twice", "x", "keep one"),
    "y ~ x\nsigma ~ x\nsigma ~ z": ("sigma stands left of ~ twice", "sigma", "keep one"),
    "y ~ x\ny ~ z": ("y stands left of ~ twice", "y", "response"),
    "y ~ x\nx ~ Normal(0, foo)": ("foo is neither a number nor a distribution", "foo", "Only numbers"),
    "y ~ x\nx ~ Normal(0, log(2))": ("log(2) is neither", "log(2)", "Only numbers"),
    "y ~ x\nx ~ Normal(0, [[1]])": ("[1] is neither", "[1]", "Only numbers"),
    "y ~ x\nx ~ Normal(0, True)": ("True is neither", "True", "Only numbers"),
    "y ~ x\nx ~ Normal('x', 0)": ("a prior line has no name", "'x'", "x ~ Normal(0, 1)"),
    "y ~ x\nx ~ Normal(1/0)": ("this has no finite value", "1/0", "the number itself"),
    "y ~ x\nx ~ Normal(9**9**9**9)": ("this has no finite value", "9**9**9", "the number itself"),
    "y ~ x\nx ~ Normal(*a)": ("*a is neither", "*a", "Only numbers"),
    "y ~ x\nx ~ Normal(0 1)": ("Python does not understand this", None, "Only numbers"),
    "y ~ x\nx ~ Normal(0, 1) + z": ("a prior is one distribution", "+ z", "Take the rest away"),
    "y ~ x\nx + z ~ Normal(0, 1)": ("a prior belongs to one term", "+", "for each term"),
    "y ~ x\nx ~ normal(0, 1)": ("normal is not a PyMC distribution", "normal", "capital"),
    "y ~ x\nx ~ bmb.Prior('Normal')": ("bmb.Prior is not a PyMC", "bmb.Prior", "capital"),
    "y ~ x\nx": ("no ~ in this line", "x", "y ~ x"),
    "y ~ x\nz = 3": ("this line is Python", "z = 3", "its own cell"),
    "y ~ x\nwith pm.Model(): pass": ("this line is Python", "with pm.Model(): pass", "its own cell"),
}


@pytest.mark.parametrize("text", ERRORS)
def test_error(text: str) -> None:
    message, shown, remedy = ERRORS[text]
    with pytest.raises(FormulaError) as caught:
        read_formula(text)
    error = caught.value
    assert message in error.message
    assert remedy in error.remedy
    if error.where is None:
        assert shown is None
    elif shown is not None:
        assert error.where.text == text
        assert text[error.where.start : error.where.end] == shown


@pytest.mark.parametrize(
    ("target", "text"),
    [("x", ""), ("", "Normal(0, 1)"), ("x", "z"), ("x", "Normal(0, 1)\nz"), ("x z", "Flat()")],
)
def test_wrong_priors_of_glm(target: str, text: str) -> None:
    with pytest.raises(FormulaError):
        read_prior(target, text)


_PIECES = [
    "y",
    "x",
    " ~ ",
    "+",
    "(",
    ")",
    "|",
    "\n",
    "Normal(",
    "0",
    ", ",
    "1e3",
    "`a`",
    "'s'",
    "#",
    ":",
    "**",
    "{",
    "}",
    "[",
    "]",
    "=",
    ";",
    "inf",
]


@given(
    st.text()
    | st.lists(st.sampled_from(_PIECES)).map(lambda pieces: "y ~ x\n" + "".join(pieces))
    | st.lists(st.sampled_from(_PIECES)).map("".join)
)
def test_any_text_gives_a_cell_or_an_error(text: str) -> None:
    error = cell = None
    try:
        cell = read_formula(text)
    except GlmError as caught:
        error = caught
    if error is not None:
        assert error.where is None or 0 <= error.where.start <= error.where.end <= len(error.where.text)
        assert str(error)
    if cell is not None:
        assert "\n" not in cell.formula
        assert "~" in cell.formula
