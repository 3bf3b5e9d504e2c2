"""The changed densities that the browser's tests compare with are those of PyMC today."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("bambi")

FOLDER = Path(__file__).parent / "wire"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_stored_changes_have_the_densities_of_today(monkeypatch):
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
    written = runpy.run_path(str(FOLDER / "write_changes.py"))
    stored = json.loads(written["CHANGES"].read_text("utf-8"))["changes"]
    assert [one["what_if"] for one in stored] == [
        dict(one) for own in written["WHAT_IFS"].values() for one in own
    ]
    fits = dict(written["fits"]())
    for one in stored:
        found = written["density_of"](fits[one["fit"]], one["what_if"], np.array(one["points"]))
        for now, before in zip(found, (one["values"], one["gradients"]), strict=True):
            np.testing.assert_allclose(now, before, rtol=1e-9, atol=1e-9, err_msg=one["fit"])
