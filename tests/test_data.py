"""The data: names, paths and frames become one pandas table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars
import pyarrow
import pytest

from glm_magic.data import as_table, find_table, is_vector, vectors_of
from glm_magic.errors import DataError, Where

COLUMNS = {"x": [1.0, 2.0, 3.0], "g": ["a", "b", "a"]}

FRAMES = {
    "pandas": pd.DataFrame(COLUMNS),
    "pandas with an index": pd.DataFrame(COLUMNS, index=[7, 8, 9]),
    "polars": polars.DataFrame(COLUMNS),
    "polars lazy": polars.DataFrame(COLUMNS).lazy(),
    "pyarrow": pyarrow.table(COLUMNS),
    "mapping": COLUMNS,
    "mapping of arrays": {name: np.array(values) for name, values in COLUMNS.items()},
    "mapping of Series, indexed otherwise": {
        "x": pd.Series(COLUMNS["x"], index=[2, 1, 0]),
        "g": pd.Series(COLUMNS["g"], index=[5, 6, 7]),
    },
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_frame_becomes_the_same_table(kind):
    table = as_table(FRAMES[kind], "df")
    assert table.columns == ("x", "g")
    assert table.frame.index.tolist() == [0, 1, 2]
    assert table.frame["x"].tolist() == COLUMNS["x"]
    assert table.frame["g"].tolist() == COLUMNS["g"]


def test_the_users_frame_is_not_changed():
    frame = pd.DataFrame({0: [1, 2], ("a", "b"): [3, 4]}, index=[5, 6])
    assert as_table(frame).columns == ("0", "('a', 'b')")
    assert frame.columns.tolist() == [0, ("a", "b")]
    assert frame.index.tolist() == [5, 6]


REFUSED = {
    "number": (3, "of type int, not a table"),
    "class": (pd.DataFrame, "not a table"),
    "series": (pd.Series([1.0, 2.0]), "of type Series, not a table"),
    "text": ("y ~ x", "of type str, not a table"),
    "copies": (pd.DataFrame([[1, 2]], columns=["x", "x"]), "more than one column named 'x'"),
    "copies once they are text": (pd.DataFrame([[1, 2]], columns=[1, "1"]), "more than one column named '1'"),
    "scalars": ({"x": 1}, "its 'x' is no one-dimensional array"),
    "matrix": ({"x": np.zeros((2, 2))}, "its 'x' is no one-dimensional array"),
    "lengths": ({"x": [1], "y": [1, 2]}, "the columns differ in length: x has 1, y has 2"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_table_is_refused_under_its_name(kind):
    data, message = REFUSED[kind]
    where = Where(text="df", start=0, end=2)
    with pytest.raises(DataError, match=r".") as caught:
        find_table("df", {"df": data}, where)
    assert message in caught.value.message
    assert caught.value.where == where
    assert caught.value.remedy


def test_files(tmp_path, monkeypatch):
    frame = pd.DataFrame(COLUMNS)
    frame.to_csv(tmp_path / "trees.csv", index=False)
    frame.to_parquet(tmp_path / "trees.PARQUET")
    for name in ("trees.csv", "trees.PARQUET"):
        assert find_table(str(tmp_path / name), {}).frame["x"].tolist() == COLUMNS["x"]
    monkeypatch.chdir(tmp_path)
    assert find_table("trees.csv", {}).name == "trees.csv"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_table("~/trees.csv", {}).columns == ("x", "g")


UNREADABLE = {
    "missing.csv": "no file 'missing.csv'",
    "tree.csv": "no file 'tree.csv'",
    "empty.csv": "cannot read 'empty.csv'",
    "binary.csv": "cannot read 'binary.csv'",
    "broken.parquet": "cannot read 'broken.parquet'",
    "folder.csv": "cannot read 'folder.csv'",
    "book.xlsx": "no data frame named 'book.xlsx'",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_is_named(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trees.csv").write_text("x\n1\n")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00a")
    (tmp_path / "broken.parquet").write_text("no")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "book.xlsx").touch()
    with pytest.raises(DataError) as caught:
        find_table(name, {"df": pd.DataFrame(COLUMNS)})
    assert UNREADABLE[name] in caught.value.message
    assert name != "tree.csv" or caught.value.remedy == "Did you mean 'trees.csv'?"
    assert name != "book.xlsx" or ".parquet" in caught.value.remedy


@pytest.mark.parametrize("ending", [".tsv", ".feather", ".json"])
def test_other_files_are_read_by_their_ending(ending, tmp_path):
    frame = pd.DataFrame({"x": [1.5, 2.0], "g": ["a", "b, c"]})
    path = tmp_path / f"trees{ending}"
    write = {
        ".tsv": lambda: frame.to_csv(path, sep="\t", index=False),
        ".feather": lambda: frame.to_feather(path),
        ".json": lambda: frame.to_json(path, orient="records"),
    }
    write[ending]()
    pd.testing.assert_frame_equal(find_table(str(path), {}).frame, frame)
    path.write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(DataError, match="cannot read"):
        find_table(str(path), {})


def test_a_name_is_looked_up_and_never_evaluated():
    class Trap(dict):
        def __missing__(self, key):
            raise AssertionError(key)

    with pytest.raises(DataError, match="no data frame named"):
        find_table("__import__('os').abort()", Trap())


def test_the_near_frames_are_suggested_even_beside_odd_things():
    class Odd:
        def __getattr__(self, name):
            raise AttributeError(name)

    copies = pd.DataFrame([[1, 2]], columns=["x", "x"])
    with pytest.raises(DataError) as caught:
        find_table("peple", {"people": copies, "odd": Odd(), "kind": int, "_people": copies})
    assert caught.value.remedy == "Did you mean 'people'?"


VECTORS = {
    "array": (np.arange(3), True),
    "matrix": (np.zeros((2, 2)), False),
    "scalar array": (np.array(1.0), False),
    "list": ([1, 2], True),
    "tuple of text": (("a", "b"), True),
    "list of lists": ([[1], [2]], False),
    "one number": ([1], False),
    "text": ("ab", False),
    "Series": (pd.Series([1, 2]), True),
    "Categorical": (pd.Categorical(["a", "b"]), True),
    "polars Series": (polars.Series([1, 2]), True),
    "pyarrow": (pyarrow.chunked_array([[1, 2]]), True),
    "frame": (pd.DataFrame({"x": [1, 2]}), False),
    "mapping": ({"x": [1]}, False),
    "range": (range(3), False),
}


@pytest.mark.parametrize("kind", VECTORS)
def test_what_can_be_a_column(kind):
    value, expected = VECTORS[kind]
    assert is_vector(value) is expected


def test_vectors_of_a_length():
    table = as_table({"x": [1, 2, 3], "y": [4, 5, 6]}, "df")
    other = pd.DataFrame({"w": [0, 0, 1]})
    names = {"x": np.zeros(3), "z": [7, 8, 9], "short": [1, 2], "_z": [1, 2, 3], "other": other}
    vectors = vectors_of(table, names, 3)
    assert set(vectors) == {"x", "y", "z", "w"}
    assert vectors["x"].tolist() == [1, 2, 3]
