"""A fit survives its file; what is not a fit is refused; a failed save harms nothing."""

from __future__ import annotations

import numpy as np
import pytest
import xarray

import glm_magic
from glm_magic import GlmError
from glm_magic.errors import FileError, ModelError
from glm_magic.wire import encode


@pytest.fixture
def saved(line_fit, tmp_path):
    path = tmp_path / "fit.nc"
    line_fit.save(path)
    return path


def test_everything_the_panel_needs_comes_back(line_fit, saved):
    back = glm_magic.load(saved)
    # Float32 columns: what is written again is what was read.
    assert encode(back.view) == encode(line_fit.view)
    assert back.findings == line_fit.findings
    assert repr(back) == repr(line_fit)
    xarray.testing.assert_equal(
        back.posterior["posterior"].to_dataset(), line_fit.posterior["posterior"].to_dataset()
    )
    np.testing.assert_allclose(back.summary(0.5), line_fit.summary(0.5))
    assert back.plot_fan().axes[0].get_title() == "Posterior predictive regression lines"


def test_a_loaded_fit_says_that_it_has_no_model(saved):
    with pytest.raises(ModelError, match="no model"):
        _ = glm_magic.load(saved).model


def test_other_tools_can_read_the_posterior(saved):
    with xarray.open_datatree(saved, engine="h5netcdf") as tree:
        assert set(tree["posterior"].data_vars) == {"Intercept", "x", "sigma"}


def test_saving_again_replaces_the_file_and_leaves_nothing_else(line_fit, saved):
    line_fit.save(saved)
    assert [path.name for path in saved.parent.iterdir()] == ["fit.nc"]
    assert saved.stat().st_mode & 0o777 == (saved.parent / "fit.nc").stat().st_mode & 0o777


def test_a_failed_save_keeps_the_old_file(line_fit, saved, monkeypatch):
    before = saved.read_bytes()

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xarray.DataTree, "to_netcdf", full)
    with pytest.raises(FileError, match="No space left"):
        line_fit.save(saved)
    assert saved.read_bytes() == before
    assert len(list(saved.parent.iterdir())) == 1


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
