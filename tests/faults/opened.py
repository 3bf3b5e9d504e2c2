"""Files of the first version, and what a user does with a loaded fit."""

from __future__ import annotations

import warnings
from pathlib import Path

import glm_magic
from glm_magic.errors import FileError
from glm_magic.views.panel import kept_payload

HERE = Path(__file__).parent
# As the code wrote them that had no checksum, under each generation of PyMC.
OLD_FILES = (HERE / "version-1-pymc5.nc", HERE / "version-1-pymc6.nc")
# As the code wrote it that kept draws and panel, and no request.
WITHOUT_REQUEST = HERE / "version-2.nc"


def everything(fit):
    """Use all that a loaded fit offers; give what a user would read."""
    frame = fit.summary(0.5)
    fit.static()._repr_mimebundle_()
    fit._repr_mimebundle_()
    fit.plot_data()
    fit.plot_trace()
    fit.plot_fan()
    return repr(fit), kept_payload(fit.view), frame.to_csv()


def opened(path):
    """Load a damaged file and use the fit: give what it says, or its FileError; nothing else may be raised."""
    with warnings.catch_warnings():
        # A damaged file may hold anything, and NumPy may warn of it.
        warnings.simplefilter("ignore")
        try:
            fit = glm_magic.load(path)
        except FileError as problem:
            return problem
        return everything(fit)
