"""A fit as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from glm_magic import store

if TYPE_CHECKING:
    from glm_magic.fit import Fit


def save(fit: Fit, path: str | Path) -> None:
    """Write the fit to one NetCDF file; `glm_magic.load` reads it.

    The file holds draws and panel, and of a formula what the model is made from: the text, the options,
    the columns that it uses, up to 50 MB, and the numbers and text that it names.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    FileError
        If it cannot be written there. What was there before is unchanged.
    """
    store.save(path, fit._record, fit._kept(), fit._remembered())
