"""Progress where the panel will be: in the notebook as HTML, in a terminal as one line."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from glm_magic.display import is_watched

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from glm_magic.engines import Progress

SECONDS_BETWEEN = 0.2


class Watch:
    """Shows progress while its `with` block runs, and takes it away afterwards.

    Parameters
    ----------
    shell : InteractiveShell or None
        A kernel shows HTML; a terminal, also that of a command, which has no shell, shows a line on standard error,
        if that is a terminal.
    quiet : bool
        Show nothing.
    """

    def __init__(self, shell: InteractiveShell | None, *, quiet: bool) -> None:
        self._in_notebook = getattr(shell, "kernel", None) is not None
        # Of what a kernel shows an empty output is left, for which a notebook that a program executes has no use.
        self._quiet = quiet or not (is_watched() if self._in_notebook else sys.stderr.isatty())
        self._handle: Any = None
        self._last = 0.0
        self._stage = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._handle is not None:
            self._handle.update({"text/html": "", "text/plain": ""}, raw=True)
        elif self._last and not self._in_notebook:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def say(self, words: str) -> None:
        """Show a sentence."""
        if not self._quiet:
            self._show(f"<div>{words}</div>", words)

    def __call__(self, progress: Progress) -> None:
        """Show how far the chains are: a few times a second, and each new stage, which may last."""
        soon = time.monotonic() - self._last < SECONDS_BETWEEN
        if self._quiet or (soon and progress.stage == self._stage):
            return
        self._stage = progress.stage
        from glm_magic.engines import as_html, as_text

        self._show(as_html(progress), as_text(progress, shutil.get_terminal_size().columns))

    def _show(self, html: str, text: str) -> None:
        self._last = time.monotonic()
        if not self._in_notebook:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
            return
        from IPython.display import display

        bundle = {"text/html": html, "text/plain": text}
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)
        else:
            self._handle.update(bundle, raw=True)
