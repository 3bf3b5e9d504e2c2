"""Damaged files of compiled models, in PyTensor's folder: removed with a note, or named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from glm_magic.engines import damage
from glm_magic.engines.draws import Draws
from glm_magic.errors import EngineError

LONGEST = 300

FIT = """
import json, sys, numpy as np, pymc as pm
from glm_magic import engines
from glm_magic.errors import EngineError
from glm_magic.request import Options
with pm.Model() as model:
    pm.Normal("a", 0, 1)
options = Options(engine="nutpie", draws=20, tune=20, chains=1, seed=1)
drawn = engines.sample(model, options, lambda progress: None)
print(json.dumps({"mean": float(drawn.posterior["a"].mean()), "notes": drawn.notes}))
"""


def fit(folder: Path) -> dict:
    """Compile and sample in a new process, with PyTensor's cache in a folder."""
    flags = f"base_compiledir={folder}"
    done = subprocess.run(
        [sys.executable, "-c", FIT],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
        env={**os.environ, "PYTENSOR_FLAGS": flags},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_damaged_files_are_compiled_again_with_a_note(tmp_path):
    whole = fit(tmp_path)
    assert whole["notes"] == []
    # Each costs another attempt: those of the whole function, one cut as by a full disk and one empty.
    code, index = (min((tmp_path / "numba").glob(f"*funcified*.{kind}")) for kind in ("nbc", "nbi"))
    code.write_bytes(code.read_bytes()[: code.stat().st_size // 2])
    index.write_bytes(b"")
    mended = fit(tmp_path)
    assert mended["mean"] == whole["mean"]
    assert mended["notes"] == [damage.NOTE]
    assert index.stat().st_size > 0


def test_other_errors_are_not_taken_for_damage():
    def fail() -> Draws:
        raise EOFError("of the user's own file")

    with pytest.raises(EOFError):
        damage.with_a_whole_cache(fail)


def test_a_module_that_cannot_be_imported_is_named(tmp_path):
    from pytensor.link.c.cmodule import dlimport

    module = tmp_path / "m0" / "module.so"
    module.parent.mkdir()
    module.write_bytes(b"\x7fELF cut")

    with pytest.raises(EngineError, match="m0"):
        damage.with_a_whole_cache(lambda: dlimport(str(module)))
