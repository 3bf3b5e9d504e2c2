"""Damaged files of compiled kernels: compiled again, with a note, and never run."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numba
import numpy as np
import pytest

from glm_magic.engines.instant import compiling, links

TRIES = int(os.environ.get("GLM_MAGIC_FAULT_TRIES", "2"))


@pytest.fixture
def forget(monkeypatch, tmp_path):
    """Compile in a folder of this test; each call is a new process, as far as kernels go."""
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path))

    def forget() -> None:
        monkeypatch.setattr(compiling, "_done", {})
        monkeypatch.setattr(compiling, "_notes", [])

    return forget


def kernel():
    """Load or compile one kernel, and compute with it."""
    made = compiling.compiled(links.real_log, compiling.KERNEL)
    return made.cache_hits, made


def files(folder: Path) -> tuple[Path, Path]:
    (index,) = folder.rglob("*.nbi")
    (code,) = folder.rglob("*.nbc")
    return index, code


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path):
    path.write_bytes(b"")


def garbage(path):
    path.write_bytes(np.random.default_rng(1).bytes(path.stat().st_size))


def another_pickle(path):
    path.write_bytes(pickle.dumps(numba.__version__) + pickle.dumps("not what numba wrote"))


def folder_instead(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("part", [0, 1], ids=["index", "code"])
@pytest.mark.parametrize("damage", [cut, emptied, garbage, another_pickle])
def test_a_damaged_file_is_replaced_with_a_note(forget, tmp_path, damage, part):
    forget()
    kernel()
    damage(files(tmp_path)[part])
    forget()
    hits, made = kernel()
    assert (hits, bool(made.address)) == (0, True)
    (note,) = compiling.notes()
    assert "compiled again" in note
    forget()
    assert kernel()[0] == 1
    assert compiling.notes() == ()


def test_what_cannot_be_replaced_is_a_note_too(forget, tmp_path):
    forget()
    kernel()
    folder_instead(files(tmp_path)[0])
    forget()
    hits, made = kernel()
    assert (hits, bool(made.address)) == (0, True)
    (note,) = compiling.notes()
    assert "could not be kept on disk" in note


def test_a_missing_file_is_no_damage(forget, tmp_path):
    forget()
    kernel()
    files(tmp_path)[1].unlink()
    forget()
    assert kernel()[0] == 0
    assert compiling.notes() == ()


def test_no_flipped_bit_of_machine_code_is_run(forget, tmp_path):
    forget()
    kernel()
    whole = files(tmp_path)[1].read_bytes()
    rng = np.random.default_rng(8927)
    for _ in range(3 * TRIES):
        place, bit = int(rng.integers(len(whole))), int(rng.integers(8))
        flipped = bytearray(whole)
        flipped[place] ^= 1 << bit
        files(tmp_path)[1].write_bytes(bytes(flipped))
        forget()
        assert kernel()[0] == 0, f"bit {bit} of byte {place}"
        assert len(compiling.notes()) == 1


def test_an_error_of_the_compiler_is_raised(forget):
    forget()

    def wrong(n, block):
        return undefined_name  # noqa: F821

    with pytest.raises(Exception, match="undefined_name"):
        compiling.compiled(wrong, compiling.KERNEL)
    assert compiling.notes() == ()
