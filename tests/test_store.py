"""A fit survives its file; what is not a fit is refused; a failed save harms nothing."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import pickletools

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray

import glm_magic
from glm_magic import GlmError, store
from glm_magic.errors import FileError
from glm_magic.posterior import Posterior
from glm_magic.store.door import Record
from glm_magic.views import Unavailable
from glm_magic.views.density import Density
from glm_magic.views.panel import Tabs, kept_payload


@pytest.fixture
def saved(line_fit, tmp_path):
    path = tmp_path / "fit.nc"
    line_fit.save(path)
    return path


def test_everything_the_panel_needs_comes_back(line_fit, saved):
    back = glm_magic.load(saved)
    # Float32 columns: what is written again is what was read.
    assert kept_payload(back.view) == kept_payload(line_fit.view)
    assert back.findings == line_fit.findings
    assert repr(back) == repr(line_fit)
    xarray.testing.assert_equal(
        back.posterior["posterior"].to_dataset(), line_fit.posterior["posterior"].to_dataset()
    )
    np.testing.assert_allclose(back.summary(0.5), line_fit.summary(0.5))
    assert back.plot_fan().axes[0].get_title() == "Posterior regression lines"


def test_a_loaded_fit_has_its_model_again(saved, line_fit):
    assert glm_magic.load(saved).model.named_vars.keys() == line_fit.model.named_vars.keys()


def test_other_tools_can_read_the_posterior(saved):
    with xarray.open_datatree(saved, engine="h5netcdf") as tree:
        assert set(tree["posterior"].data_vars) == {"Intercept", "x", "sigma", "Intercept_centered"}


def test_saving_again_replaces_the_file_and_leaves_nothing_else(line_fit, saved):
    line_fit.save(saved)
    assert [path.name for path in saved.parent.iterdir()] == ["fit.nc"]
    assert saved.stat().st_mode & 0o777 == (saved.parent / "fit.nc").stat().st_mode & 0o777


def test_what_netcdf_cannot_hold_is_refused_and_the_old_file_kept(line_fit, saved, monkeypatch):
    before = saved.read_bytes()

    def refuse(*args, **kwargs):
        raise ValueError("no such type")

    monkeypatch.setattr(xarray.DataTree, "to_netcdf", refuse)
    with pytest.raises(FileError, match=r"cannot write .*NetCDF cannot hold .*no such type"):
        line_fit.save(saved)
    assert saved.read_bytes() == before
    assert len(list(saved.parent.iterdir())) == 1


def test_a_fit_without_memory_for_its_file_is_refused(line_fit, saved, monkeypatch):
    def refuse(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr(xarray.DataTree, "to_netcdf", refuse)
    with pytest.raises(FileError, match="not enough memory"):
        line_fit.save(saved)


def test_the_record_holds_all_that_a_posterior_does():
    # The program is in the panel that the file keeps.
    fields = {field.name for field in dataclasses.fields(Posterior)} - {"tree", "program"}
    assert {field.name for field in dataclasses.fields(Record)} == fields


def test_a_folder_that_is_not_there(line_fit, tmp_path):
    with pytest.raises(FileError, match="cannot write"):
        line_fit.save(tmp_path / "none" / "fit.nc")
    with pytest.raises(FileError, match="cannot write"):
        line_fit.to_html(tmp_path / "none" / "fit.html")


def test_files_that_are_not_fits(saved, tmp_path):
    with pytest.raises(FileError, match="no file"):
        glm_magic.load(tmp_path / "missing.nc")
    text = tmp_path / "text.nc"
    text.write_text("hello")
    with pytest.raises(FileError, match="damaged, or is no NetCDF"):
        glm_magic.load(text)
    other = tmp_path / "other.nc"
    xarray.Dataset({"a": ("x", [1.0])}).to_netcdf(other, engine="h5netcdf")
    with pytest.raises(FileError, match="not a saved fit"):
        glm_magic.load(other)


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.6, 0.95])
def test_a_file_cut_short(saved, kept):
    whole = saved.read_bytes()
    saved.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(GlmError, match="damaged"):
        glm_magic.load(saved)


def test_levels_with_odd_names_survive(no_sampling, tmp_path):
    towns = ["Åre / North", "a,b", "☃", "1"] * 10
    rng = np.random.default_rng(1)
    data = {"y": rng.normal(size=40), "x": rng.normal(size=40), "town": towns}
    fit = glm_magic.glm("y ~ I(x / 2) + (x|town)", data, draws=20)
    fit.save(tmp_path / "fit.nc")
    back = glm_magic.load(tmp_path / "fit.nc")
    assert repr(back) == repr(fit)
    assert "1|town[Åre / North]" in back.summary().index
    xarray.testing.assert_equal(
        back.posterior["posterior"].to_dataset(), fit.posterior["posterior"].to_dataset()
    )


DAYS = pd.date_range("2020-01-01", periods=3)
COORDINATES = {
    "dates": DAYS,
    "days": DAYS.to_numpy().astype("datetime64[D]"),
    "nanoseconds": DAYS.to_numpy().astype("datetime64[ns]") + np.timedelta64(1, "ns"),
    "the far future": np.array(["5000-01-01", "99999-01-01", "2020-01-01"], "datetime64[s]"),
    "a missing date": [pd.NaT, *DAYS[:2]],
    "periods": pd.period_range("2020-01", periods=3, freq="M"),
    "durations": pd.to_timedelta([1, 2, 3], "h"),
    "with a time zone": DAYS.tz_localize("UTC"),
    "truth values": [True, False, True],
    "numbers": [0.1, 1 / 3, np.nan],
    "single precision": np.array([0.1, 0.2, 0.3], "f4"),
    "short numbers": np.array([1, 2, 3], "i1"),
    "categories": pd.Categorical(["b", "a", "c"]),
    "intervals": pd.IntervalIndex.from_breaks([0, 1, 2, 3]),
    "mixed": ["a", 1, None],
    "texts": ["", " ", "☃ / a,b"],
}


@pytest.mark.parametrize("labels", COORDINATES.values(), ids=COORDINATES)
def test_labels_of_every_kind_come_back(no_sampling, tmp_path, labels):
    with pm.Model(coords={"level": labels}) as model:
        a = pm.Normal("a", dims="level")
        pm.Normal("y", a, 1, observed=np.zeros(3))
    fit = glm_magic.glm(model, draws=5, chains=2)
    fit.posterior["posterior"]["a"].attrs.update(units="seconds", odd=object(), sure=True)
    fit.save(tmp_path / "fit.nc")
    back = glm_magic.load(tmp_path / "fit.nc")
    back.save(tmp_path / "again.nc")
    again = glm_magic.load(tmp_path / "again.nc")
    assert list(again.summary().index) == list(back.summary().index) == list(fit.summary().index)
    assert repr(again) == repr(back) == repr(fit)
    # Another program reads the file too, whatever it makes of the labels.
    with xarray.open_datatree(tmp_path / "fit.nc", engine="h5netcdf", decode_times=False) as tree:
        assert tree["posterior"]["a"].shape == (2, 5, 3)


def test_a_panel_without_arrays_is_saved(line_fit, tmp_path):
    nothing = Unavailable(unavailable="no")
    view = dataclasses.replace(
        line_fit.view,
        tabs=Tabs(data=nothing, trace=nothing, summary=nothing, fan=nothing),
        draws=nothing,
        predictor=nothing,
        prior=nothing,
    )
    store.save(tmp_path / "fit.nc", line_fit._record, kept_payload(view))
    assert glm_magic.load(tmp_path / "fit.nc").view == view


CONTRADICTIONS = {
    "probability": lambda view: dataclasses.replace(view, prob=1.5),
    "lines": lambda view: dataclasses.replace(view, n_lines=-1),
    "rows": lambda view: tabs(view, "data", n_shown=3),
    "response": lambda view: tabs(view, "data", response="z"),
    "predictors": lambda view: tabs(view, "data", x=()),
    "densities": lambda view: tabs(view, "trace", rows=(_with_half_a_density(view.tabs.trace.rows[0]),)),
    "tables": lambda view: tables(view, tables=()),
    "table sizes": lambda view: tables(view, n_rows=3),
    "start": lambda view: tables(view, variables=(dataclasses.replace(_x(view), start=999),)),
    "quantiles": lambda view: tabs(view, "summary", quantiles=view.tabs.summary.quantiles[:2]),
    "probabilities": lambda view: tabs(view, "summary", probs=np.zeros(0)),
    "axes": lambda view: tabs(view, "fan", axes=()),
    "drawn lines": lambda view: tabs(view, "fan", n_draws=3),
}


@pytest.mark.parametrize(("asked", "shown"), [(0.995, 0.99), (0.005, 0.01)])
def test_an_interval_that_older_fits_could_have_is_brought_into_the_range_and_said(
    line_fit, tmp_path, asked, shown
):
    view = dataclasses.replace(line_fit.view, prob=asked)
    store.save(tmp_path / "fit.nc", line_fit._record, kept_payload(view))
    loaded = glm_magic.load(tmp_path / "fit.nc")
    assert loaded.view.prob == shown
    assert (
        f"of probability {asked:g}; the nearest that can be shown is {shown:g}"
        in loaded.view.tabs.summary.notes[-1]
    )


def _with_half_a_density(row):
    return dataclasses.replace(row, density=Density(x=np.zeros(4), y=np.zeros((4, 3))))


def _x(view):
    return view.predictor.tables.variable("x")


def tables(view, **changes):
    changed = dataclasses.replace(view.predictor.tables, **changes)
    return dataclasses.replace(view, predictor=dataclasses.replace(view.predictor, tables=changed))


def tabs(view, name, **changes):
    tab = dataclasses.replace(getattr(view.tabs, name), **changes)
    return dataclasses.replace(view, tabs=dataclasses.replace(view.tabs, **{name: tab}))


@pytest.mark.parametrize("change", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_panel_that_contradicts_itself_is_not_written(line_fit, tmp_path, change):
    with pytest.raises(FileError, match="the panel contradicts itself"):
        store.save(tmp_path / "fit.nc", line_fit._record, kept_payload(change(line_fit.view)))
    assert list(tmp_path.iterdir()) == []


def test_variables_without_numbers_are_saved(no_sampling, tmp_path):
    with pm.Model() as model:
        pm.Normal("a", 0, 1)
        pm.Normal("b", 0, 1, shape=0)
        pm.Normal("c", 0, 1, shape=(3, 0))
        pm.Normal("y", model["a"], 1, observed=np.arange(5.0))
    fit = glm_magic.glm(model, draws=50, chains=2)
    assert fit.failures == ()
    fit.save(tmp_path / "fit.nc")
    back = glm_magic.load(tmp_path / "fit.nc")
    assert repr(back) == repr(fit)
    assert back.posterior["posterior"]["c"].shape == (2, 50, 3, 0)


def test_draws_without_chains_are_not_saved(line_fit, tmp_path):
    empty = line_fit._record.tree["posterior"].to_dataset().isel(draw=slice(0))
    record = dataclasses.replace(
        line_fit._record,
        tree=xarray.DataTree.from_dict({"posterior": empty, "sample_stats": xarray.Dataset()}),
    )
    with pytest.raises(FileError, match="has no chains or no draws"):
        store.save(tmp_path / "fit.nc", record, kept_payload(line_fit.view))


def test_a_pickle_is_a_saved_fit(line_fit):
    back = pickle.loads(pickle.dumps(line_fit))
    assert repr(back) == repr(line_fit)
    assert kept_payload(back.view) == kept_payload(line_fit.view)
    again = pickle.loads(pickle.dumps(back))
    assert repr(again) == repr(line_fit)
    assert again.model.named_vars.keys() == line_fit.model.named_vars.keys()


def test_a_pickle_runs_nothing_but_the_door(line_fit):
    opcodes = [
        (code.name, value) for code, value, _ in pickletools.genops(pickle.dumps(line_fit, protocol=2))
    ]
    named = [value for name, value in opcodes if name == "GLOBAL"]
    assert set(named) <= {"glm_magic.fit.loaded unpickled", "_codecs encode", "__builtin__ bytes"}
    load, (content,) = line_fit.__reduce__()
    damaged = bytearray(content)
    damaged[len(damaged) // 2] ^= 1
    with pytest.raises(FileError, match="the pickle"):
        load(bytes(damaged))


def test_copies_of_a_fit(line_fit):
    deep, shallow = copy.deepcopy(line_fit), copy.copy(line_fit)
    assert repr(deep) == repr(shallow) == repr(line_fit)
    assert deep.model is line_fit.model
    deep.posterior["posterior"]["x"].values[:] = 0.0
    assert float(line_fit.posterior["posterior"]["x"].mean()) > 1
    assert shallow.posterior is line_fit.posterior
