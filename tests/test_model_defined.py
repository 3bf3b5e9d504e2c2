"""Rows in which a function has no value are left out; whole numbers do not wrap around."""

from __future__ import annotations

import bambi
import numpy as np
import pandas as pd
import pytest

from glm_magic._stack import bambi_parameters, bambi_response_term
from glm_magic.data import as_table
from glm_magic.errors import DataError
from glm_magic.model.formula import formula_model
from glm_magic.request import Options
from glm_magic.request.cell import read_cell

N = 40
BINS = [-1.0, 0.0, 1.0]


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8927)
    large = rng.integers(2_000_000_000, 6_000_000_000, N)
    return pd.DataFrame(
        {
            "x": rng.normal(size=N),
            "z": rng.normal(size=N),
            "g": list("abcd") * (N // 4),
            "y": rng.normal(size=N),
            "large": large,
            "other": large[::-1] * 2,
            "middling": rng.integers(1_000_000, 3_000_000, N),
            "nullable": pd.array(large, dtype="Int64"),
            "whole": rng.integers(0, 4, N),
            "nanoseconds": 1_700_000_000_000_000_000 + rng.integers(0, 10**6, N),
        }
    )


def model_of(text, data, **names):
    return formula_model(read_cell(text), as_table(data, "df"), {"pd": pd, "np": np, **names}, Options())


def lookup(values):
    return pd.Series(values).map({"a": 1.0, "b": 2.0, "c": 3.5})


def lag(values):
    return pd.Series(np.asarray(values)).shift(1)


MISSING = {
    "y ~ pd.cut(x, bins)": ("pd.cut(x, bins)", lambda df: pd.cut(df.x, BINS).notna()),
    "y ~ C(pd.cut(x, bins))": ("pd.cut(x, bins)", lambda df: pd.cut(df.x, BINS).notna()),
    "y ~ z + (1|pd.cut(x, bins))": ("pd.cut(x, bins)", lambda df: pd.cut(df.x, BINS).notna()),
    "y ~ np.log(x)": ("np.log(x)", lambda df: df.x > 0),
    "y ~ log(x)": ("log(x)", lambda df: df.x > 0),
    "y ~ scale(np.sqrt(x))": ("np.sqrt(x)", lambda df: df.x > 0),
    "y ~ bs(np.log(x), df=4)": ("np.log(x)", lambda df: df.x > 0),
    "y ~ I(x ** 0.5):z": ("x ** 0.5", lambda df: df.x > 0),
    "y ~ I(x * whole / whole) + z": ("x * whole / whole", lambda df: df.whole > 0),
    "y ~ lookup(g)": ("lookup(g)", lambda df: df.g != "d"),
    "y ~ z\nsigma ~ np.log(x)": ("np.log(x)", lambda df: df.x > 0),
    "np.log(x) ~ z": ("np.log(x)", lambda df: df.x > 0),
    "y ~ z + offset(np.log(x))": ("np.log(x)", lambda df: df.x > 0),
}


@pytest.mark.parametrize("text", MISSING)
def test_rows_in_which_a_function_has_no_value_are_left_out(frame, text):
    name, kept = MISSING[text]
    rows = kept(frame).to_numpy()
    model = model_of(text, frame, bins=BINS, lookup=lookup)
    assert model.dropped is not None
    assert (model.dropped.rows, model.dropped.of) == (N - rows.sum(), N)
    assert list(model.dropped.columns) == [name]
    for column in model.source.frame:
        assert list(model.source.frame[column]) == list(frame[column][rows])


def test_the_design_is_that_of_bambi_on_the_complete_rows(frame):
    model = model_of("y ~ scale(np.sqrt(x)) + pd.cut(z, bins)", frame, bins=BINS)
    kept = frame[(frame.x > 0) & pd.cut(frame.z, BINS).notna()].reset_index(drop=True)
    theirs = bambi.Model(
        "y ~ scale(np.sqrt(x)) + pd.cut(z, bins)", kept, extra_namespace={"pd": pd, "bins": BINS}
    )
    ours, expected = (bambi_parameters(one)["mu"].design.common for one in (model.source.bambi, theirs))
    np.testing.assert_array_equal(np.asarray(ours), np.asarray(expected))
    assert set(model.dropped.columns) == {"np.sqrt(x)", "pd.cut(z, bins)"}


def test_missing_values_of_columns_and_functions_are_counted_together(frame):
    data = frame.assign(z=frame.z.mask(frame.index < 3))
    model = model_of("y ~ np.log(x) + z", data)
    assert model.dropped.columns == {"z": 3, "np.log(x)": int((frame.x[3:] < 0).sum())}
    assert model.dropped.rows == N - len(model.source.frame)


def test_matrices_lose_the_same_rows(frame):
    matrix = np.random.default_rng(1).normal(size=(N, 3))
    data = frame.assign(z=frame.z.mask(frame.index < 3))
    model = model_of("y ~ np.log(x) + z + np.asarray(M[:, 1])", data, M=matrix)
    kept = ((frame.x > 0) & (frame.index >= 3)).to_numpy()
    common = bambi_parameters(model.source.bambi)["mu"].design.common
    np.testing.assert_array_equal(np.ravel(common["np.asarray(M[:, 1])"]), matrix[kept, 1])


def test_a_function_of_other_rows_is_no_matter_of_leaving_rows_out(frame):
    with pytest.raises(
        DataError, match=r"lag\(x\) has missing values, and new ones once their rows"
    ) as caught:
        model_of("y ~ lag(x)", frame, lag=lag)
    assert "Add its result to the data" in str(caught.value)


def test_a_function_without_any_value_is_an_error(frame):
    with pytest.raises(DataError, match=r"0 of 40 rows .* np.log\(w\) has none in 40"):
        model_of("y ~ np.log(w)", frame.assign(w=-1.0 - frame.x**2))


def test_an_infinite_value_is_no_missing_one(frame):
    with pytest.raises(DataError, match="not a finite number"):
        model_of("y ~ np.log(whole)", frame)


def squared(values):
    return values * values


FUNCTIONS = {
    "I(large ** 2)": lambda df: df.large.astype(float) ** 2,
    "I(large * other)": lambda df: df.large.astype(float) * df.other,
    "I(middling ** 3)": lambda df: df.middling.astype(float) ** 3,
    "np.square(nullable)": lambda df: df.large.astype(float) ** 2,
    "I(nullable ** 2)": lambda df: df.large.astype(float) ** 2,
    "squared(large)": lambda df: df.large.astype(float) ** 2,
    "large:other": lambda df: df.large.astype(float) * df.other,
    "I(large ** 2 / np.sum(large ** 2))": lambda df: df.large.astype(float) ** 2 / (df.large.astype(float) ** 2).sum(),
    "I(large - np.mean(large ** 2) / 1000000000.0)": lambda df: df.large - (df.large.astype(float) ** 2).mean() / 1e9,
}  # fmt: skip


@pytest.mark.parametrize("term", FUNCTIONS)
def test_whole_numbers_do_not_wrap_around(frame, term):
    model = model_of(f"y ~ {term}", frame, squared=squared)
    common = bambi_parameters(model.source.bambi)["mu"].design.common
    np.testing.assert_allclose(np.ravel(common[term]), FUNCTIONS[term](frame), rtol=1e-12)


def test_whole_numbers_of_a_response_do_not_wrap_around(frame):
    model = model_of("I(large ** 2) ~ x", frame)
    np.testing.assert_allclose(bambi_response_term(model.source.bambi).data, frame.large.astype(float) ** 2)


@pytest.mark.parametrize(
    "text",
    [
        "y ~ large",
        "y ~ x + (1|large)",
        "y ~ C(whole)",
        "y ~ I(whole ** 2)",
        "y ~ whole:x",
        "y ~ np.mod(nanoseconds, 2)",
    ],
)
def test_whole_numbers_that_fit_stay_whole(frame, text):
    model = model_of(text, frame)
    name = next(name for name in ("large", "whole", "nanoseconds") if name in text)
    assert model.source.frame[name].dtype == np.int64
