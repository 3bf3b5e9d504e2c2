"""Messages with a place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glm_magic import errors
from glm_magic.errors import Extrapolation, GlmError, Interrupted, Where, did_you_mean, nearest, own_lines


def test_message_pointer_and_remedy_stand_apart():
    error = errors.FormulaError(
        "no column 'z'", where=Where(text="y ~ z\nx ~ w", start=4, end=5), remedy="Drop it."
    )
    assert str(error) == "no column 'z'\n\n    y ~ z\n        ^\n\nDrop it."
    assert error._render_traceback_()[0] == "FormulaError: no column 'z'"


def test_every_error_is_in_the_tree_of_the_docstring():
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, BaseException)
    ]
    assert all(kind.__name__ in errors.__doc__ for kind in kinds)
    assert {kind for kind in kinds if not issubclass(kind, GlmError)} == {Interrupted, Extrapolation}
    assert issubclass(Interrupted, KeyboardInterrupt)


POINTERS = {
    ("abc", 1, 2): "    abc\n     ^",
    ("a\nbcd\ne", 3, 5): "    bcd\n     ^^",
    ("\tab", 1, 3): "    \tab\n    \t^^",
    ("a\nbc", 0, 4): "    a\n    ^",
    ("", 0, 0): "    \n    ^",
}


@pytest.mark.parametrize("given_", POINTERS)
def test_pointer(given_):
    text, start, end = given_
    assert Where(text=text, start=start, end=end).pointer() == POINTERS[given_]


@given(st.text(max_size=30), st.data())
def test_a_pointer_is_two_lines_of_which_the_first_is_the_users(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    line, carets = Where(text=text, start=start, end=end).pointer().split("\n")
    assert line[4:] in text
    assert carets.strip(" \t").strip("^") == ""


def test_a_place_is_narrowed_to_a_part():
    where = Where(text='df --truth "xx=1"', start=12, end=16)
    assert where.narrowed("xx") == Where(text=where.text, start=12, end=14)
    assert where.narrowed("nope") == where


def test_suggestions():
    assert nearest("wieght", ["weight", "height"]) == "Did you mean 'weight' or 'height'?"
    assert nearest("WEIGHT", ["weight"]) == "Did you mean 'weight'?"
    assert nearest("q", ["weight"]) == ""
    assert did_you_mean("q", ["b", "a"]) == "Known here: a, b."
    assert did_you_mean("q", []) == ""
    assert did_you_mean("q", [f"c{i:02}" for i in range(20)]).endswith("c11 and 8 more.")
    assert did_you_mean("q", ["a\nb"]) == "Known here: a b."


def test_a_traceback_begins_in_the_users_own_lines():
    code = compile("def f():\n    1 / 0\nf()\n", "<glm cell 1>", "exec")
    with pytest.raises(ZeroDivisionError) as caught:
        exec(code, {})
    own = own_lines(caught.value.__traceback__, "<glm cell 1>")
    assert own.tb_lineno == 3
    assert own.tb_next.tb_lineno == 2
    assert own_lines(caught.value.__traceback__, "<glm cell 2>") is None
