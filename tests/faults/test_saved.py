"""A file that is damaged, foreign or edited is a FileError; every other file is the fit that was saved."""

from __future__ import annotations

import copy
import io
import json
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray
from opened import OLD_FILES, WITHOUT_REQUEST, everything, opened

import glm_magic
from glm_magic import _stack
from glm_magic.errors import FileError, ModelError
from glm_magic.views.panel import kept_payload

ROOT = Path(__file__).parents[2]


def of_position(content, position, bit):
    flipped = bytearray(content)
    flipped[position] ^= 1 << bit
    return bytes(flipped)


def test_every_flipped_bit_is_noticed(saved_bytes, tmp_path):
    path = tmp_path / "flipped.nc"
    rng = random.Random(1)
    # Everywhere, and close together in the checksum, which is the one part that it does not cover.
    places = rng.sample(range(len(saved_bytes)), 300) + list(range(len(saved_bytes) - 90, len(saved_bytes)))
    for place in places:
        path.write_bytes(of_position(saved_bytes, place, rng.randrange(8)))
        with pytest.raises(FileError):
            glm_magic.load(path)
    print(f"{len(places)} flipped bits, {len(places)} noticed")


def test_a_file_cut_short_or_overwritten_is_noticed(saved_bytes, tmp_path):
    path = tmp_path / "cut.nc"
    size = len(saved_bytes)
    rng = random.Random(2)
    cuts = [saved_bytes[:end] for end in (0, 1, 7, 8, 100, size - 1, size - 83, *rng.sample(range(size), 60))]
    zeros = [
        saved_bytes[:start] + bytes(4096) + saved_bytes[start + 4096 :]
        for start in range(0, size - 4096, 4096)
    ]
    longer = [saved_bytes + b"\n", saved_bytes * 2, b"\n" + saved_bytes]
    tries = [*cuts, *zeros, *longer]
    for content in tries:
        path.write_bytes(content)
        # A file that is twice in one is whole, twice.
        if content == saved_bytes * 2:
            continue
        with pytest.raises(FileError):
            glm_magic.load(path)
    print(f"{len(tries)} files cut or overwritten, all noticed")


def other_netcdf(path):
    xarray.Dataset({"a": ("x", [1.0])}).to_netcdf(path, engine="h5netcdf")


def hdf5_that_is_not_netcdf(path):
    with h5py.File(path, "w") as file:
        file["compound"] = np.zeros(3, dtype=[("a", "i4"), ("b", "f8")])
        file.attrs["format"] = "glm-magic fit"


def an_archive(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posterior", "no")


FOREIGN = {
    "text": lambda path: path.write_text("hello"),
    "empty": lambda path: path.touch(),
    "pdf": lambda path: path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
    "zeros": lambda path: path.write_bytes(bytes(10_000)),
    "noise": lambda path: path.write_bytes(np.random.default_rng(1).bytes(10_000)),
    "the signature of HDF5 alone": lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n"),
    "netCDF 3": lambda path: path.write_bytes(b"CDF\x01" + bytes(100)),
    "zip": an_archive,
    "folder": lambda path: path.mkdir(),
    "another NetCDF file": other_netcdf,
    "HDF5 that is not NetCDF": hdf5_that_is_not_netcdf,
    "nothing": lambda path: None,
}


@pytest.mark.parametrize("make", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_refused(make, tmp_path):
    make(tmp_path / "foreign.nc")
    with pytest.raises(FileError, match=r"foreign\.nc"):
        glm_magic.load(tmp_path / "foreign.nc")


def a_draw(file):
    file["posterior/x"][0, 0] += 1e-9


def a_coordinate(file):
    file["posterior"]["1|town__factor_dim" if "1|town__factor_dim" in file["posterior"] else "draw"].attrs[
        "k"
    ] = 1


EDITS = {
    "a draw": a_draw,
    "a divergence": lambda file: file["sample_stats/diverging"].write_direct(np.ones((2, 8), np.int8)),
    "an observation": lambda file: file["observed_data/y"].__setitem__(0, 3.0),
    "a coordinate": a_coordinate,
    "an attribute": lambda file: file["posterior"].attrs.__setitem__("seed", 2),
    "the title": lambda file: file.attrs.__setitem__("fit", file.attrs["fit"].replace("y ~ x", "y ~ z")),
    "a byte of the panel": lambda file: file["glm_magic/buffer"].__setitem__(0, 1),
    "one more group": lambda file: file.create_group("log_likelihood"),
    "nothing, but opened for writing": lambda file: file.attrs.__setitem__("version", file.attrs["version"]),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_number_changed_by_another_program_is_noticed(edit, saved_bytes, tmp_path):
    path = tmp_path / "edited.nc"
    path.write_bytes(saved_bytes)
    with h5py.File(path, "r+") as file:
        edit(file)
    with pytest.raises(FileError, match="checksum"):
        glm_magic.load(path)


def test_a_file_written_anew_by_xarray_is_noticed(saved_bytes, tmp_path):
    with xarray.open_datatree(io.BytesIO(saved_bytes), engine="h5netcdf") as tree:
        tree.load().to_netcdf(tmp_path / "anew.nc", engine="h5netcdf")
    with pytest.raises(FileError, match="its checksum is gone"):
        glm_magic.load(tmp_path / "anew.nc")


@pytest.mark.parametrize("old", [*OLD_FILES, WITHOUT_REQUEST], ids=lambda path: path.stem)
def test_files_of_earlier_versions_are_still_read(old, small_fit):
    fit = glm_magic.load(old)
    assert everything(fit) == everything(small_fit)
    assert "1|town[Åre / North]" in fit.summary().index
    with pytest.raises(ModelError, match="written by an earlier glm-magic, which kept draws and no formula"):
        _ = fit.model


@pytest.fixture
def edited(tmp_path):
    """A file of version 1, which has no checksum, after an edit."""

    def make(edit):
        path = shutil.copy(OLD_FILES[1], tmp_path / "edited.nc")
        with h5py.File(path, "r+") as file:
            edit(file)
        return path

    return make


def set_attribute(name, value, group="/"):
    return lambda file: file[group].attrs.__setitem__(name, value)


def remove(name):
    return lambda file: file.__delitem__(name)


def move_and_cut(file):
    group = file["posterior"]
    values = group["x"][:, :3]
    del group["x"]
    group["x"] = values


UNSOUND = {
    "no version": lambda file: file.attrs.__delitem__("version"),
    "version as text": set_attribute("version", "1"),
    "version as a fraction": set_attribute("version", 1.0),
    "version NaN": set_attribute("version", float("nan")),
    "version 0": set_attribute("version", 0),
    "two versions": set_attribute("version", np.array([1, 1])),
    "a newer version": set_attribute("version", 99),
    "another format": set_attribute("format", "glm-magic"),
    "the record a number": set_attribute("fit", 1.0),
    "the record no JSON": set_attribute("fit", "{"),
    "the record a list": set_attribute("fit", "[]"),
    "the record empty": set_attribute("fit", "{}"),
    "the record NaN": set_attribute("fit", "NaN"),
    "the record nested without end": set_attribute("fit", "[" * 100_000),
    "no panel": remove("glm_magic"),
    "no schema": lambda file: file["glm_magic"].attrs.__delitem__("schema"),
    "no bytes": remove("glm_magic/buffer"),
    "no draws": remove("posterior"),
    "no statistics": remove("sample_stats"),
    "a variable gone": remove("posterior/x"),
    "draws of another length": move_and_cut,
}


@pytest.mark.parametrize("edit", UNSOUND.values(), ids=UNSOUND)
def test_a_file_without_a_checksum_is_checked_at_the_door(edit, edited):
    with pytest.raises(FileError, match=r"edited\.nc"):
        glm_magic.load(edited(edit))


def rewritten(tmp_path, change):
    """A file of version 1 after a change of its tree."""
    with xarray.open_datatree(OLD_FILES[0], engine="h5netcdf") as opened_tree:
        tree = opened_tree.load()
    change(tree)
    for node in tree.subtree:
        node.dataset = node.to_dataset(inherit=False).drop_encoding()
    tree.to_netcdf(tmp_path / "edited.nc", engine="h5netcdf")
    return tmp_path / "edited.nc"


def posterior_of(change):
    def apply(tree):
        tree["posterior"] = xarray.DataTree(change(tree["posterior"].to_dataset()))

    return apply


CHANGES = {
    "chains": posterior_of(lambda draws: draws.isel(chain=[0])),
    "draws": posterior_of(lambda draws: draws.isel(draw=slice(4))),
    "no draws at all": posterior_of(lambda draws: draws.isel(draw=slice(0))),
    "draws as text": posterior_of(lambda draws: draws.assign(x=draws["x"].astype(str))),
    "draws without chains": posterior_of(lambda draws: draws.assign(x=draws["x"].isel(chain=0, drop=True))),
    "no variables": posterior_of(lambda draws: draws[[]]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_draws_that_do_not_fit_are_refused(change, tmp_path):
    with pytest.raises(FileError, match=r"edited\.nc"):
        glm_magic.load(rewritten(tmp_path, change))


def leaves(node, place=()):
    """Walk a JSON document."""
    if place:
        yield place
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, item in items:
        yield from leaves(item, (*place, key))


VALUES = (
    None,
    -1,
    0,
    3,
    10**9,
    10**30,
    0.5,
    -2.5,
    1e308,
    "",
    "x",
    "zzz",
    "category",
    True,
    [],
    {},
    ["x"],
    [1],
)


def mutated(document, rng):
    """Change one place of a JSON document: drop it, double it, or put something else there."""
    document = copy.deepcopy(document)
    *way, last = rng.choice(list(leaves(document)))
    at = document
    for key in way:
        at = at[key]
    kind = rng.randrange(4)
    if kind == 0:
        del at[last]
    elif kind == 1 and isinstance(at, list):
        at.append(copy.deepcopy(at[last]))
    else:
        same = [value for value in VALUES if type(value) is type(at[last])]
        at[last] = rng.choice(same or VALUES) if kind == 2 else rng.choice(VALUES)
    return document


def test_what_passes_the_door_can_be_used(tmp_path):
    """A file without a checksum, its panel or its record changed at random."""
    path, rng, refused, tries = tmp_path / "edited.nc", random.Random(3), 0, 40
    for number in range(tries):
        shutil.copy(OLD_FILES[number % 2], path)
        with h5py.File(path, "r+") as file:
            holder, name = (file, "fit") if number % 6 == 0 else (file["glm_magic"], "schema")
            holder.attrs[name] = json.dumps(mutated(json.loads(holder.attrs[name]), rng))
        refused += isinstance(opened(path), FileError)
    print(f"{tries} edited files: {refused} refused, {tries - refused} used")
    assert 0 < refused < tries


def test_flips_in_a_file_without_a_checksum_raise_nothing_else(tmp_path):
    """They may change a number, which nothing can tell; the file opens, or it is a FileError."""
    content, path, rng = OLD_FILES[0].read_bytes(), tmp_path / "flipped.nc", random.Random(4)
    refused, tries = 0, 40
    for _ in range(tries):
        path.write_bytes(of_position(content, rng.randrange(len(content)), rng.randrange(8)))
        refused += isinstance(opened(path), FileError)
    print(f"{tries} flips without a checksum: {refused} refused")
    assert 0 < refused < tries


def test_xarray_and_arviz_open_the_file(saved_bytes, small_fit, tmp_path):
    path = tmp_path / "fit.nc"
    path.write_bytes(saved_bytes)
    for engine in ("h5netcdf", None):
        with xarray.open_datatree(path, engine=engine) as tree:
            xarray.testing.assert_equal(
                tree["posterior"].to_dataset(), small_fit.posterior["posterior"].to_dataset()
            )
    import arviz

    assert set(_stack.group(arviz.from_netcdf(path), "posterior").data_vars) == set(
        small_fit.posterior["posterior"].data_vars
    )


def test_saving_what_was_loaded_changes_nothing(saved_bytes, small_fit, tmp_path):
    (tmp_path / "one.nc").write_bytes(saved_bytes)
    once = glm_magic.load(tmp_path / "one.nc")
    once.save(tmp_path / "two.nc")
    twice = glm_magic.load(tmp_path / "two.nc")
    assert kept_payload(twice.view) == kept_payload(small_fit.view)
    assert repr(twice) == repr(small_fit)
    xarray.testing.assert_identical(twice.posterior, once.posterior)


def other_interpreters():
    """Pythons beside this one with another generation of PyMC and ArviZ, as developers have them."""
    here = Path(sys.prefix)
    found = {path.parents[1] for path in here.parent.glob(".venv*/bin/python")} - {here}
    return sorted(found)


def test_the_other_generation_reads_the_file_and_is_read(saved_bytes, small_fit, tmp_path):
    others = other_interpreters()
    if not others:
        pytest.skip("there is no second environment beside this one")
    (tmp_path / "fit.nc").write_bytes(saved_bytes)
    script = "import glm_magic; fit = glm_magic.load('fit.nc'); fit.save('back.nc'); print(repr(fit))"
    for other in others:
        done = subprocess.run(
            [other / "bin" / "python", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {script}"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "", "PYTHONIOENCODING": "utf-8", "HOME": str(tmp_path)},
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.rstrip("\n") == repr(small_fit)
        assert everything(glm_magic.load(tmp_path / "back.nc")) == everything(small_fit)
