"""Hypotheses are read, with their parameters' own names, and never evaluated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glm_magic.errors import FormulaError, GlmError
from glm_magic.request.hypothesis import read_hypothesis
from glm_magic.request.labels import Labels
from glm_magic.request.statement import Comparison, Hypothesis

NUMBERS = [
    ("Intercept", "Intercept"),
    ("x", "x"),
    ("Days", "Days"),
    ("g[b]", "g"),
    ("g[c]", "g"),
    ("g[a - b]", "g"),
    ("I(x / 10)", "I(x / 10)"),
    ("poly(x, 2)[0]", "poly(x, 2)"),
    ("poly(x, 2)[1]", "poly(x, 2)"),
    ("log(x)", "log(x)"),
    ("C(g, Treatment('b c'))[a]", "C(g, Treatment('b c'))"),
    ("x:g[b]", "x:g"),
    ("1|school_sigma", "1|school_sigma"),
    ("1|school[7]", "1|school"),
    ("1|school[70]", "1|school"),
    ("and", "and"),
    ("two words", "two words"),
]
LABELS = Labels(NUMBERS)


def written(steps):
    """An expression with a bracket around each step."""
    stack = []
    for step in steps:
        match step.kind:
            case "number" | "parameter":
                stack.append(f"{step.value:g}" if step.kind == "number" else f"<{step.value}>")
            case "negative":
                stack.append(f"(-{stack.pop()})")
            case "function":
                stack.append(f"{step.value}({stack.pop()})")
            case "operator":
                second = stack.pop()
                stack.append(f"({stack.pop()} {step.value} {second})")
    (whole,) = stack
    return whole


def read(text):
    stack = []
    for part in read_hypothesis(text, LABELS).parts:
        if isinstance(part, Comparison):
            stack.append(f"{written(part.left)} {part.sign} {written(part.right)}")
        else:
            second = stack.pop()
            stack.append(f"[{stack.pop()} {part} {second}]")
    (whole,) = stack
    return whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Days > 8", "<Days> > 8"),
        ("Days>8", "<Days> > 8"),
        ("8 >= Days", "8 >= <Days>"),
        ("x == 0", "<x> = 0"),
        ("x = 1e-3", "<x> = 0.001"),
        ("x + Days * 2 < 1", "(<x> + (<Days> * 2)) < 1"),
        ("(x + Days) * 2 < 1", "((<x> + <Days>) * 2) < 1"),
        ("x - Days - 1 < 0", "((<x> - <Days>) - 1) < 0"),
        ("-x ** 2 < 0", "(-(<x> ** 2)) < 0"),
        ("2 ** x ** 3 > 1", "(2 ** (<x> ** 3)) > 1"),
        ("2 ** -x > 1", "(2 ** (-<x>)) > 1"),
        ("x - -Days > 0", "(<x> - (-<Days>)) > 0"),
        ("g[b] - g[c] > 0", "(<g[b]> - <g[c]>) > 0"),
        ("g[a - b] > 0", "<g[a - b]> > 0"),
        ("g[a-b] > 0", "<g[a - b]> > 0"),
        ("1|school[7] > 1 | school[70]", "<1|school[7]> > <1|school[70]>"),
        ("1|school_sigma > 1", "<1|school_sigma> > 1"),
        ("1 < 1|school_sigma", "1 < <1|school_sigma>"),
        ("I(x/10) + x > 0", "(<I(x / 10)> + <x>) > 0"),
        ("poly(x,2)[1] / poly(x, 2)[0] > 0", "(<poly(x, 2)[1]> / <poly(x, 2)[0]>) > 0"),
        ("C(g, Treatment('b c'))[a] > x:g[b]", "<C(g, Treatment('b c'))[a]> > <x:g[b]>"),
        ("log(x) > 0", "<log(x)> > 0"),
        ("log((x)) > 0", "log(<x>) > 0"),
        ("log(Days) > expit(x) - abs (g[b])", "log(<Days>) > (expit(<x>) - abs(<g[b]>))"),
        ("`x` > `g[b]`", "<x> > <g[b]>"),
        ("two words > and", "<two words> > <and>"),
        ("0 < x < 1", "[0 < <x> and <x> < 1]"),
        ("x > 0 or x < 1 and Days > 2", "[<x> > 0 or [<x> < 1 and <Days> > 2]]"),
        ("(x > 0 or x < 1) and Days > 2", "[[<x> > 0 or <x> < 1] and <Days> > 2]"),
        ("((x)) > ((0))", "<x> > 0"),
        ("x >\n 0", "<x> > 0"),
    ],
)
def test_a_hypothesis_means_what_is_written(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "stretch", "words"),
    [
        ("Dyas > 8", "Dyas", "Did you mean 'Days'?"),
        ("1|schol[7] > 0", "1|schol[7]", "Did you mean '1|school[7]'"),
        ("g > 0", "g", "'g' is 3 numbers"),
        ("poly(x,2) > 0", "poly(x,2)", "Write which: poly(x, 2)[0], poly(x, 2)[1]."),
        ("Days", "Days", "a hypothesis compares"),
        ("x > 0 && x < 1", "&&", "Write and between conditions."),
        ("x^2 > 1", "^", "Write ** for a power."),
        ("not x > 0", "not", "Turn the comparison round"),
        ("(x > 0", "(", "( is not closed"),
        ("x > 0)", ")", "cannot stand here"),
        ("x 3 > 0", "3", "cannot stand here"),
        ("`x > 0", "`", "a backquote is not closed"),
        ("`xy` > 0", "xy", "no parameter is called 'xy'"),
        ("exp(x > 0) > 1", "x > 0", "exp takes numbers"),
        ("x and Days > 1", "x", "and joins conditions"),
        ("x = 0 and Days > 1", "x = 0", "= stands alone"),
        ("0 = x = 1", "0 = x", "= stands alone"),
        ("1 < 2", "1 < 2", "this compares no parameter"),
        ("exq(x) > 0", "exq", "Did you mean 'exp'"),
        ("x != 0", "!=", "write < or >"),
        ("x > __import__('os')", "__import__('os')", "no parameter is called"),
        ("x.mean() > 0", "x.mean()", "no parameter is called"),
    ],
)
def test_a_mistake_is_told_with_a_caret_under_it(text, stretch, words):
    with pytest.raises(FormulaError) as caught:
        read_hypothesis(text, LABELS)
    assert caught.value.where.words() == stretch
    assert words in str(caught.value)


def test_labels_that_differ_in_spaces_are_told_apart_by_them():
    labels = Labels([("g[a b]", "g"), ("g[a-b]", "g"), ("g[a - b]", "g")])
    for label in ("g[a-b]", "g[a - b]"):
        (part,) = read_hypothesis(f"{label} > 0", labels).parts
        assert part.left[0].value == label
    with pytest.raises(FormulaError, match="differ in their spaces only"):
        read_hypothesis("g[a -b] > 0", labels)


def test_two_numbers_of_one_label_are_not_told_apart_silently():
    with pytest.raises(FormulaError, match="2 numbers are called 'g\\[1\\]'"):
        read_hypothesis("g[1] > 0", Labels([("g[1]", "g"), ("g[1]", "g")]))


PIECES = st.sampled_from(
    [label for label, _ in NUMBERS]
    + ["exp(", "log (", "(", ")", "[", "]", "`", "<", ">", "<=", "==", "=", "+", "-", "*", "/", "**"]
    + [" ", "\n", "and", " or ", "not", "1", "2.5e3", ".", "|", ":", "'", "\\", "\x00", "é", "²", "𝟏"]
)


def result_of(text):
    try:
        return read_hypothesis(text, LABELS)
    except GlmError as problem:
        return problem


@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
def test_any_text_is_a_hypothesis_or_an_error_that_points_into_it(text):
    found = result_of(text)
    if isinstance(found, GlmError):
        assert found.where is None or found.where.end <= len(text)
        assert str(found)
    else:
        assert isinstance(found, Hypothesis)
        # Each part takes two from the stack and leaves one.
        comparisons = sum(isinstance(part, Comparison) for part in found.parts)
        assert 2 * comparisons == len(found.parts) + 1


@pytest.mark.parametrize(
    "text", ["(" * 5000, "x" + "+x" * 5000 + ">0", "-" * 5000 + "x>0", "2**" * 5000 + "x>0"]
)
def test_long_and_deep_texts_are_read_or_refused(text):
    found = result_of(text)
    assert isinstance(found, Hypothesis) or "levels of brackets" in found.message
