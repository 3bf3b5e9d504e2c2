"""The README's table of hosts is what the tests of the hosts recorded."""

from __future__ import annotations

import runpy
from pathlib import Path

TABLE = runpy.run_path(str(Path(__file__).parent / "browser" / "hosts" / "table.py"))


def test_the_readme_shows_what_was_recorded():
    readme = TABLE["README"].read_text("utf-8")
    assert TABLE["with_table"](readme, TABLE["recorded"]()) == readme


def test_every_host_was_tried():
    assert set(TABLE["recorded"]()) == set(TABLE["ORDER"])


def test_what_failed_is_not_called_alive():
    seen = {"version": "1", "how": "`x`", "shows": "page", "alive": False}
    assert "| **no** |" in TABLE["table"]({"nbconvert": seen})
