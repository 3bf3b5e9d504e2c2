"""A notebook cell that answers a regression question.

    %load_ext glm_magic

    %%glm df --family bernoulli --seed 8927
    passed ~ hours + (1|school)

`glm` does the same from plain Python; both give a `Fit`, which displays as a panel.
Nothing heavy is imported until something is fitted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glm_magic.errors import GlmError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from glm_magic.api import glm
    from glm_magic.fit import Fit
    from glm_magic.fit.compare import compare
    from glm_magic.fit.loaded import load
    from glm_magic.lesson import page

__all__ = [
    "Fit",
    "GlmError",
    "compare",
    "glm",
    "load",
    "load_ipython_extension",
    "page",
    "unload_ipython_extension",
]
__version__ = "0.1.0"

_ROOMS = {
    "glm": "glm_magic.api",
    "Fit": "glm_magic.fit",
    "compare": "glm_magic.fit.compare",
    "load": "glm_magic.fit.loaded",
    "page": "glm_magic.lesson",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted(__all__)


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register ``%%glm``, ``%glm`` and their completion: ``%load_ext glm_magic``."""
    from glm_magic.magic import register

    register(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take the magics and their completion away again: ``%unload_ext glm_magic``."""
    from glm_magic.magic import unregister

    unregister(shell)
