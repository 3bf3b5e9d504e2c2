"""What every test may use."""

from __future__ import annotations

import os

import hypothesis

# Figures are drawn to memory; read when matplotlib is first imported.
os.environ.setdefault("MPLBACKEND", "agg")

# The same examples in every run, and no timing asserts: the machine may be busy.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None)
hypothesis.settings.load_profile("house")
