"""A fit that comes back from a file is whole: it predicts, and its model is that of before."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pymc as pm
import pytest

import glm_magic
from glm_magic import store
from glm_magic.errors import DataError, FileError, GlmError, ModelError
from glm_magic.request import Options
from glm_magic.store import request
from glm_magic.store.arrays import Arrays, Unstorable
from glm_magic.store.columns import restored, stored
from glm_magic.store.constants import read, written
from glm_magic.store.digests import digest
from glm_magic.store.door import UnsoundError
from glm_magic.store.request import packed_request, unpacked_request
from glm_magic.views.panel import kept_payload

ROOT = Path(__file__).parents[1]


def frame(rows=60):
    rng = np.random.default_rng(1)
    x = rng.normal(size=rows)
    made = pd.DataFrame(
        {
            "y": 1 + x + 0.3 * rng.normal(size=rows),
            "x": x,
            "w": rng.normal(size=rows),
            "n": rng.integers(1, 9, rows).astype("int32"),
            "b": rng.random(rows) < 0.5,
            "g": pd.Categorical(rng.choice(list("cab"), rows), categories=["c", "a", "b"], ordered=True),
            "h": rng.choice(["Åre / North", "ü\0x", "☃", "a,b"], rows),
            "o": pd.Series([None if i % 9 == 1 else bool(i % 2) for i in range(rows)], dtype=object),
            "i": pd.array([None if i == 4 else i % 5 for i in range(rows)], dtype="Int64"),
            "my col": rng.normal(size=rows),
        }
    )
    made["cut"] = pd.cut(made["w"], [-9, -1, 1, 9])
    made.loc[[3, 7], "w"] = np.nan
    made["k"] = rng.poisson(2, rows)
    return made


KNOTS = np.array([-1.0, 0.0, 1.0])
FITS = {
    "a line": ("y ~ x", {}, {}),
    "ordered categories": ("y ~ g + x:g", {"prior": "Normal(0, 1)"}, {}),
    "a chosen reference": ("y ~ C(h, Treatment('☃')) + x", {}, {}),
    "groups": ("y ~ x + (x|h)", {}, {}),
    "rows without values": ("y ~ w + o + i", {}, {}),
    "truth values and counts": ("k ~ b + n + (1|g)", {"family": "poisson"}, {}),
    "intervals": ("y ~ cut", {}, {}),
    "a name with a space": ("y ~ `my col` + x\n`my col` ~ Normal(0, 2)", {}, {}),
    "functions with statistics of the data": ("y ~ scale(x) + poly(n, 2) + bs(x, knots=knots)", {}, {"knots": KNOTS}),
    "functions of NumPy's": ("y ~ np.exp(x) + np.where(b, n, 0) + lg(n)", {}, {"lg": np.log}),
    "constants": ("y ~ I(x * s.scale) + bs(x, knots=at[1:], degree=2)", {}, {"s": None, "at": [-2.0, -1.0, 1.0]}),
    "auxiliary formulas": ("y ~ x\nsigma ~ w\nsigma_w ~ Normal(0, 0.1)", {"family": "t"}, {}),
    "trials": ("p(k, m) ~ x", {"family": "binomial"}, {"m": np.full(60, 20)}),
    "an offset": ("k ~ x + offset(log(n))", {"family": "poisson"}, {}),
    "a Gaussian process": ("y ~ hsgp(x, m=5, c=2)", {}, {}),
    "two levels": ("h2['yes'] ~ x", {"family": "bernoulli"}, {"h2": np.where(np.arange(60) % 3, "yes", "no")}),
    "many levels": ("h ~ x", {"family": "categorical"}, {}),
}  # fmt: skip


class Settings:
    scale = 2.5


@pytest.fixture
def fitted(request, no_sampling):
    formula, options, names = FITS[request.param]
    if "s" in names:
        names = {**names, "s": Settings()}
    options = {name: value for name, value in options.items() if name != "prior"}
    return glm_magic.glm(formula, frame(), draws=20, chains=2, seed=1, namespace=names, **options)


def whole(fit):
    """Give what a fit predicts, and what its model is."""
    rows = fit.bambi.data.drop(columns=["y"], errors="ignore").iloc[:10]
    return fit.predict(rows).select_dtypes("number"), {
        name: fit.model[name].shape.eval().tolist() for name in fit._living("x").variables
    }


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("fitted", FITS, indirect=True)
def test_predictions_and_model_come_back(fitted, tmp_path):
    fitted.save(tmp_path / "fit.nc")
    back = glm_magic.load(tmp_path / "fit.nc")
    assert back._again._made is None
    means, shapes = whole(fitted)
    again, others = whole(back)
    pd.testing.assert_frame_equal(again, means, rtol=0, atol=1e-12)
    assert others == shapes
    assert [one.levels for one in back._living("x").predictors] == [
        one.levels for one in fitted._living("x").predictors
    ]
    assert back.bambi.data.equals(fitted.bambi.data.astype(back.bambi.data.dtypes))
    # The same point has the same density: priors, data and link are the same.
    point = fitted.model.initial_point()
    np.testing.assert_allclose(
        back.model.compile_logp()(point), fitted.model.compile_logp()(point), rtol=1e-12
    )
    # What is saved again is the same file, whether the model was made or not.
    back.save(tmp_path / "again.nc")
    assert repr(glm_magic.load(tmp_path / "again.nc").update()) == repr(fitted.update())


@pytest.mark.parametrize("way", [lambda fit: pickle.loads(pickle.dumps(fit)), copy.deepcopy, copy.copy])
def test_a_copy_is_whole(way, no_sampling):
    fit = glm_magic.glm("y ~ x + g", frame(), draws=20, chains=2, seed=1)
    once = way(fit)
    pd.testing.assert_frame_equal(whole(way(once))[0], whole(fit)[0], rtol=0, atol=1e-12)


def test_a_loaded_fit_draws_along_any_predictor(no_sampling, tmp_path):
    names = [f"x{place}" for place in range(12)]
    rng = np.random.default_rng(1)
    data = pd.DataFrame({name: rng.normal(size=30) for name in ["y", *names]})
    fit = glm_magic.glm(f"y ~ {' + '.join(names)}", data, draws=20, chains=2, seed=1)
    fit.save(tmp_path / "fit.nc")
    back = glm_magic.load(tmp_path / "fit.nc")
    for name in (names[0], names[-1]):
        before, after = (one.plot_fan(name, lines=40).axes[0] for one in (fit, back))
        for one, other in zip(before.lines, after.lines, strict=True):
            # What the panel holds has 32 bits in the file.
            np.testing.assert_allclose(other.get_ydata(), one.get_ydata(), rtol=1e-5, atol=1e-6)


def test_the_model_of_a_block_is_not_stored(no_sampling, tmp_path):
    with pm.Model() as model:
        pm.Normal("y", pm.Normal("a"), 1, observed=np.zeros(5))
    glm_magic.glm(model, draws=5, chains=2).save(tmp_path / "fit.nc")
    back = glm_magic.load(tmp_path / "fit.nc")
    for use in (lambda: back.model, lambda: back.predict({"x": 1}), back.update):
        with pytest.raises(ModelError, match="written by hand, and a file holds draws, not code"):
            use()
    assert repr(back)


def test_a_function_is_named_and_can_be_given_back(no_sampling, tmp_path):
    def bend(x):
        return x**2

    fit = glm_magic.glm("y ~ bend(x)", frame(), draws=20, chains=2, seed=1, namespace={"bend": bend})
    fit.save(tmp_path / "fit.nc")
    back = glm_magic.load(tmp_path / "fit.nc")
    for use in (lambda: back.model, lambda: back.predict({"x": 1}), back.update):
        with pytest.raises(ModelError, match=r"names 'bend', a function, which the file does not hold"):
            use()
    assert back.update(". ~ x")._record.title == "y ~ x"
    assert back.update(namespace={"bend": bend})._record.title == "y ~ bend(x)"
    given = glm_magic.load(tmp_path / "fit.nc", namespace={"bend": bend})
    pd.testing.assert_frame_equal(whole(given)[0], whole(fit)[0], rtol=0, atol=1e-12)
    with pytest.raises(ModelError, match="of shape"):
        glm_magic.load(tmp_path / "fit.nc", namespace={"bend": lambda x: np.column_stack([x, x**2])}).predict(
            {"x": 1}
        )


def test_large_data_are_left_out_and_can_be_given_back(no_sampling, tmp_path, monkeypatch):
    monkeypatch.setattr(request, "LARGEST_DATA", 300)
    data = frame()
    fit = glm_magic.glm("y ~ x", data, draws=20, chains=2, seed=1)
    fit.save(tmp_path / "fit.nc")
    back = glm_magic.load(tmp_path / "fit.nc")
    for use in (lambda: back.model, lambda: back.predict({"x": 1}), back.update):
        with pytest.raises(ModelError, match=r"does not hold column 'y'; the data have .* MB"):
            use()
    assert back.update(data=data)._record.title == "y ~ x"
    given = glm_magic.load(tmp_path / "fit.nc", data=data)
    pd.testing.assert_frame_equal(whole(given)[0], whole(fit)[0], rtol=0, atol=1e-12)
    given.save(tmp_path / "again.nc")
    assert glm_magic.load(tmp_path / "again.nc", data=data).model
    for other, said in {
        "column 'x' differs": data.assign(x=data.x + 1e-9),
        "columns 'y', 'x' differ": data.iloc[::-1],
        "the data lack 'x'": data.drop(columns="x"),
    }.items():
        with pytest.raises(DataError, match=other):
            glm_magic.load(tmp_path / "fit.nc", data=said)


COLUMNS = {
    "floats": pd.Series([1.5, np.nan, np.inf, -0.0]),
    "single precision": pd.Series([0.1, np.nan], dtype="float32"),
    "half precision": pd.Series([0.5, 1.0], dtype="float16"),
    "large whole numbers": pd.Series([2**63 - 1, 2**63 - 2]),
    "unsigned": pd.Series([2**64 - 1, 0], dtype="uint64"),
    "bytes": pd.Series([1, 255], dtype="uint8"),
    "big-endian": pd.Series(np.array([1.0, 2.0], dtype=">f8")),
    "truth values": pd.Series([True, False]),
    "truth values and nothing": pd.Series([True, None, False], dtype=object),
    "nullable truth values": pd.Series([True, None], dtype="boolean"),
    "nullable whole numbers": pd.Series([1, None, 2**62 + 1], dtype="Int64"),
    "nullable floats": pd.Series([1.5, None], dtype="Float64"),
    "numbers as objects": pd.Series([1, None, 3], dtype=object),
    "text": pd.Series(["a", "☃", "b\0c", "a"]),
    "half a letter": pd.Series(["a", "\ud800"], dtype=object),
    "text as objects": pd.Series(["a", None, "b"], dtype=object),
    "text with NA": pd.Series(["a", None, "b"], dtype="string"),
    "dates": pd.Series(pd.to_datetime(["2020-01-01", None, "5000-01-01"], format="ISO8601")).astype("datetime64[s]"),
    "durations": pd.Series(pd.to_timedelta([1, 2], "h")),
    "categories in an order": pd.Series(pd.Categorical(["b", None, "a"], ["c", "b", "a"], ordered=True)),
    "categories of numbers": pd.Series(pd.Categorical([3, 1, 3])),
    "categories of truth values": pd.Series(pd.Categorical([True, False])),
    "intervals": pd.Series(pd.cut([0.5, 1.5, np.nan], [0, 1, 2])),
    "nothing": pd.Series([], dtype=float),
}  # fmt: skip


@pytest.mark.parametrize("values", COLUMNS.values(), ids=COLUMNS)
def test_columns_of_every_kind_come_back(values):
    arrays = Arrays()
    column = stored(values, arrays)
    back = restored(column, arrays)
    wanted = values.astype("=f8") if values.dtype == np.dtype(">f8") else values
    pd.testing.assert_series_equal(back, wanted, check_exact=True)
    assert digest(back) == digest(values)
    assert len(values) == 0 or digest(values) != digest(values.iloc[1:])


def test_a_digest_is_of_the_content():
    assert (
        digest(pd.Series([1, 2]))
        == digest(pd.Series([1.0, 2.0], dtype="float32"))
        == digest(pd.Series([1, 2], dtype="Int8"))
    )
    assert digest(pd.Series(["a", "b"], dtype=object)) == digest(pd.Series(["a", "b"], dtype="string"))
    assert digest(pd.Series([1, 2])) != digest(pd.Series([2, 1]))
    assert digest(pd.Series(["a", "b"])) != digest(pd.Series(["a", "b"], dtype="category"))


REFUSED = {
    "lists": pd.Series([[1], [2, 3]]),
    "a mixture": pd.Series(["a", 1], dtype=object),
    "complex numbers": pd.Series([1j, 2.0]),
    "dates with a zone": pd.Series(pd.date_range("2020", periods=2, tz="UTC")),
    "periods": pd.Series(pd.period_range("2020", periods=2, freq="M")),
    "code": pd.Series([print, len]),
}


@pytest.mark.parametrize("values", REFUSED.values(), ids=REFUSED)
def test_other_columns_are_refused(values):
    with pytest.raises(Unstorable):
        stored(values, Arrays())


CONSTANTS = [
    None, True, 3, -(10**30), 0.1, np.inf, "☃\0", [1, [2.5, "a"]], (1, (2,)), {"a": 1, 2: (3,)}, np.float32(0.1),
    np.arange(6).reshape(2, 3), np.array(["a", "ü"]), np.array([True, False]), np.zeros((2, 0)), np.array(2.0),
    np.log, np.where, pd.Series([1.0, 2.0]), np.array(["a", "b"], dtype=object),
]  # fmt: skip


@pytest.mark.parametrize("value", CONSTANTS, ids=range(len(CONSTANTS)))
def test_values_of_every_kind_come_back(value):
    arrays = Arrays()
    back = read(json.loads(json.dumps(written(value, arrays))), arrays)
    assert type(back) is type(value)
    if isinstance(value, pd.Series):
        pd.testing.assert_series_equal(back, value)
    elif isinstance(value, np.ndarray | np.generic):
        np.testing.assert_array_equal(back, value, strict=True)
    else:
        assert back == value


@pytest.mark.parametrize(
    "value",
    [print, lambda x: x, object(), np, np.load, 1j, {1, 2}, pd.DataFrame(), [object()]],
    # Not ids=str: an address in memory differs between the workers that share the tests.
    ids=["built-in", "function", "object", "module", "file", "complex", "set", "frame", "list"],
)
def test_other_values_are_refused(value):
    with pytest.raises(Unstorable):
        written(value, Arrays())


HOSTILE = [
    "y ~ np.load('no.npy')", "y ~ np.f2py.os.getcwd(x)", "y ~ eval('1')", "y ~ x.to_csv('no')", "y ~ os.system('no')",
    "y ~ bs(x, knots=np.lib.format.magic)", "y ~ bs(x, knots=np.core[0])", "y ~ np.save(x)",
]  # fmt: skip


def edited(fit, tmp_path, change):
    """Save a fit whose request was changed, with the checksum of what was written."""
    kept = fit._remembered()
    made = replace(kept, written=change(kept.written))
    store.save(tmp_path / "edited.nc", fit._record, kept_payload(fit.view), made)
    return tmp_path / "edited.nc"


@pytest.mark.parametrize("formula", HOSTILE)
def test_a_formula_of_a_file_reaches_no_more_than_functions_that_compute(line_fit, tmp_path, formula):
    path = edited(line_fit, tmp_path, lambda made: replace(made, lines=(formula,)))
    back = glm_magic.load(path)
    for use in (lambda: back.model, back.update):
        with pytest.raises(GlmError, match="which the file does not hold"):
            use()


EDITS = {
    "no formula": lambda made: replace(made, lines=()),
    "a block": lambda made: replace(made, lines=("import os",)),
    "a prior of code": lambda made: replace(made, priors={"x": "__import__('os')"}),
    "another column": lambda made: replace(made, columns={"x": made.columns["y"], "y": made.columns["x"]}),
    "a column that is not there": lambda made: replace(
        made, columns={"x": replace(made.columns["x"], values=99)}
    ),
    "a type that is none": lambda made: replace(made, columns={"x": replace(made.columns["x"], dtype="O")}),
    "a long type": lambda made: replace(made, columns={"x": replace(made.columns["x"], dtype="V99")}),
    "held as objects of code": lambda made: replace(
        made, columns={"x": replace(made.columns["x"], held="eval")}
    ),
    "a text without texts": lambda made: replace(
        made, columns={"x": replace(made.columns["x"], kind="text")}
    ),
    "a category without levels": lambda made: replace(
        made, columns={"x": replace(made.columns["x"], kind="category")}
    ),
    "a digest of something else": lambda made: replace(made, digests={**made.digests, "x": "0"}),
    "values that are none": lambda made: replace(made, values='{"k": {"pickle": "no"}}'),
    "a function that reads files": lambda made: replace(made, values='{"f": {"numpy": "load"}}'),
}


@pytest.mark.parametrize("change", EDITS.values(), ids=EDITS)
def test_a_request_that_is_none_is_refused(line_fit, tmp_path, change):
    with pytest.raises(FileError, match=r"edited\.nc"):
        glm_magic.load(edited(line_fit, tmp_path, change))


@pytest.mark.parametrize("options", [{"draws": "many"}, {"settings": {}}, [], {"family": 1}])
def test_options_that_are_none_are_refused(line_fit, options):
    dataset = packed_request(line_fit._remembered())
    record = json.loads(dataset.attrs["record"])
    dataset.attrs["record"] = json.dumps({**record, "options": options})
    with pytest.raises(UnsoundError):
        unpacked_request(dataset)


def test_the_options_come_back(line_fit, tmp_path):
    line_fit.save(tmp_path / "fit.nc")
    assert glm_magic.load(tmp_path / "fit.nc")._options == line_fit._options != Options()


def test_a_fit_of_an_earlier_version_says_what_it_lacks(no_sampling, tmp_path):
    fit = glm_magic.glm("y ~ x", frame(), draws=5, chains=2)
    store.save(tmp_path / "fit.nc", fit._record, kept_payload(fit.view))
    back = glm_magic.load(tmp_path / "fit.nc")
    for use in (lambda: back.model, lambda: back.predict({"x": 1}), back.update):
        with pytest.raises(ModelError, match="written by an earlier glm-magic"):
            use()


def other_interpreters():
    here = Path(sys.prefix)
    return sorted({path.parents[1] for path in here.parent.glob(".venv*/bin/python")} - {here})


SCRIPT = """
import sys; sys.path.insert(0, {root!r})
import json, glm_magic
fit = glm_magic.load("fit.nc")
means = fit.predict(json.load(open("rows.json"))).select_dtypes("number")
json.dump(means.to_numpy().tolist(), open("means.json", "w"))
fit.save("back.nc")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "fitted", ["groups", "functions with statistics of the data", "ordered categories"], indirect=True
)
def test_the_other_generation_predicts_the_same(fitted, tmp_path):
    others = other_interpreters()
    if not others:
        pytest.skip("there is no second environment beside this one")
    fitted.save(tmp_path / "fit.nc")
    rows = fitted.bambi.data.drop(columns="y").iloc[:8]
    rows = rows.assign(**{name: rows[name].astype(str) for name in rows if rows[name].dtype == "category"})
    given = {name: rows[name].tolist() for name in rows}
    (tmp_path / "rows.json").write_text(json.dumps(given), "utf-8")
    for other in others:
        done = subprocess.run(
            [other / "bin" / "python", "-c", SCRIPT.format(root=str(ROOT))],
            cwd=tmp_path, capture_output=True, text=True, check=False,
            env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8", "HOME": str(tmp_path)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        means = np.array(json.loads((tmp_path / "means.json").read_text("utf-8")))
        here = fitted.predict(given).select_dtypes("number")
        np.testing.assert_allclose(means, here.to_numpy(), rtol=0, atol=1e-12)
        written_here = fitted._remembered()
        written_there = glm_magic.load(tmp_path / "back.nc")._again.remembered
        assert written_there.written == written_here.written
        for one, two in zip(written_there.arrays.all, written_here.arrays.all, strict=True):
            np.testing.assert_array_equal(one, two, strict=True)
