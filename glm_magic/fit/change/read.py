"""What `Fit.refit` is given, read and checked."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from glm_magic.engines.instant import edit
from glm_magic.engines.instant.program import Constant, Factor, LinearPredictor
from glm_magic.errors import ModelError
from glm_magic.model import Model
from glm_magic.model.observed import observed_variables
from glm_magic.request.what_if import WhatIf


def read_change(
    model: Model,
    likelihood: Factor | None,
    priors: Mapping[str, object] | None,
    rows: Sequence[int] | None,
    response: Sequence[float] | Mapping[int, float] | None,
) -> WhatIf:
    """Read and check what `Fit.refit` is given.

    Parameters
    ----------
    model : Model
    likelihood : Factor or None
        Of the program, which says what a response can be; None for other engines.
    priors, rows, response
        As for `Fit.refit`.

    Returns
    -------
    WhatIf

    Raises
    ------
    ModelError
    """
    texts = {name: _text(name, text) for name, text in (priors or {}).items()}
    if rows is None and response is None:
        return WhatIf(priors=texts)
    if model.response is None or len(observed_variables(model.pymc)) != 1:
        raise ModelError(
            "rows and response of a refit are those of one observed vector, which this model has not",
            remedy="Change the data, and fit them: fit.update(data=df).",
        )
    values = model.response.values if model.used is None else model.response.values[model.used]
    return WhatIf(
        priors=texts,
        rows=None if rows is None else _rows(rows, len(values), _coefficients(likelihood)),
        response=None if response is None else _response(response, values, likelihood),
    )


def _coefficients(likelihood: Factor | None) -> int:
    slots = () if likelihood is None else likelihood.slots
    return max([1, *(len(one.columns) for one in slots if isinstance(one, LinearPredictor))])


def _text(name: object, text: object) -> str:
    if not isinstance(name, str) or not isinstance(text, str):
        raise ModelError(
            f"the prior of {name} is {text!r}, and not text",
            remedy='Write it as text: {"x": "Normal(0, 1)"}.',
        )
    return text


def _rows(rows: Sequence[int], n_rows: int, least: int) -> tuple[int, ...]:
    try:
        found = sorted(operator.index(row) for row in rows)
    except TypeError as problem:
        raise ModelError(
            "rows are positions, whole numbers from 0", remedy="Give those to keep: rows=range(20)."
        ) from problem
    outside = next((row for row in found if not 0 <= row < n_rows), None)
    if outside is not None:
        raise ModelError(
            f"there is no row {outside:,}: the fit has rows 0 to {n_rows - 1:,}",
            remedy="Count from 0, without the rows that the fit left out.",
        )
    if len(set(found)) < len(found):
        raise ModelError("a row is given twice", remedy="Give each row that is kept once.")
    if len(found) < least:
        raise ModelError(
            f"{len(found)} row{'s' * (len(found) != 1)} for {least} coefficients",
            remedy=f"Keep {least} rows or more.",
        )
    return tuple(found)


def _response(
    response: Sequence[float] | Mapping[int, float],
    shown: NDArray[np.float64],
    likelihood: Factor | None,
) -> tuple[float, ...]:
    n_rows = len(shown)
    # Successes, where proportions are shown.
    observed = None if likelihood is None else likelihood.slots[0]
    own = observed.values if isinstance(observed, Constant) else shown
    values = np.array(np.broadcast_to(own, n_rows), dtype=float)
    try:
        if isinstance(response, Mapping):
            for row, value in response.items():
                if not 0 <= operator.index(row) < n_rows:
                    raise ModelError(
                        f"there is no row {row:,}: the fit has rows 0 to {n_rows - 1:,}",
                        remedy="Count from 0.",
                    )
                values[row] = value
        else:
            values = np.asarray(response, dtype=float)
    except (TypeError, ValueError) as problem:
        raise ModelError(
            "a response is a number for each row", remedy="Give all of them, or some by row: {3: 1.5}."
        ) from problem
    if values.shape != (n_rows,):
        size = f"{len(values):,}" if values.ndim == 1 else f"an array of shape {values.shape}"
        raise ModelError(
            f"the response has a number for each of {n_rows:,} rows, and {size} were given",
            remedy="Give as many, or some by row: {3: 1.5}.",
        )
    wrong = None if likelihood is None else edit.impossible(likelihood, values)
    if wrong is not None:
        raise ModelError(
            f"the response of row {wrong.row:,} would be {values[wrong.row]:g}, and the model's is {wrong.support}",
            remedy="Give another number.",
        )
    return tuple(values.tolist())
