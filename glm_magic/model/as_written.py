"""How a graph is evaluated that is needed once: as it was written, in Python.

It takes a millisecond, where compiling takes seconds.
"""

from __future__ import annotations

from pytensor.compile.mode import Mode
from pytensor.graph.rewriting.db import RewriteDatabaseQuery

AS_WRITTEN = Mode(linker="py", optimizer=RewriteDatabaseQuery(include=[]))
