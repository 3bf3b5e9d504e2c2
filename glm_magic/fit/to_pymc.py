"""The PyMC program of a fit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from glm_magic.code.program import program_of, text_of
from glm_magic.code.rows import READ
from glm_magic.data import ENDINGS
from glm_magic.errors import DataError
from glm_magic.interrupts import Answered, Listening
from glm_magic.turns import Turn

if TYPE_CHECKING:
    from glm_magic.fit import Fit


def to_pymc(fit: Fit, data: str | Path | None = None) -> str:
    """Write the model as a PyMC program with the same posterior.

    Parameters
    ----------
    data : str or Path, optional
        A file from which a script reads the data. Without it the program uses the data by the name or the path that
        the fit was given.

    Returns
    -------
    str
        It runs as it is in a ``%%glm`` cell, and as a script where its data are defined or read. Variables have the
        names of `fit.model`; priors are numbers with every digit. Of a PyMC block it is the block itself.

    Raises
    ------
    ModelError
        If a part of the model cannot be written, such as a Gaussian process for each group, or the model was given
        as an object.
    DataError
        If the file has another ending than those that are read.

    Examples
    --------
    >>> print(fit.to_pymc())  # doctest: +SKIP
    >>> Path("model.py").write_text(fit.to_pymc(data="trees.csv"))  # doctest: +SKIP
    """
    path = "" if data is None else str(data)
    if path and Path(path).suffix.lower() not in READ:
        raise DataError(f"no reader for {path!r}", remedy=f"The file ends in {ENDINGS}.")
    model = fit._living("to_pymc")
    with Listening(), Answered("before the program was written"), Turn():
        return text_of(program_of(model, fit._options, fit._record.seed, path=path))
