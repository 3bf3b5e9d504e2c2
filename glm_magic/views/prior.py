"""Draws from the prior, of the numbers that predictor tables multiply: the same fan before the data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from glm_magic.model import Model
from glm_magic.model.forward import NoPrior, prior_draws
from glm_magic.model.names import known_labels, label_of
from glm_magic.predictor.tables import PredictorTables
from glm_magic.views import Unavailable
from glm_magic.views.draws import centres
from glm_magic.views.predictor import PredictorView, labels_of, linear_at_start
from glm_magic.wire import EXACT

MOST_DRAWS = 500
LEAST_DRAWS = 50
MOST_NUMBERS = 50_000
"""Of all columns together, 0.2 MB, unless that leaves fewer than `LEAST_DRAWS`."""
NO_FAN = "There is no fan of the prior"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorView:
    """Joint draws from the prior.

    Attributes
    ----------
    labels : tuple of str
        The numbers, as the summary labels those of the posterior: what the predictor tables multiply, and the
        parameters of the distributions of groups' effects.
    centre : ndarray, shape (n_labels,)
        Of each number, in double precision.
    values : ndarray, shape (n_labels, n_draws)
        What is added to the centre. Draws are independent.
    linear : tuple of ndarray, shape (n_draws,) or (n_draws, n_categories)
        As `PredictorView.linear`, of these draws.
    """

    labels: tuple[str, ...]
    centre: NDArray[np.float64] = field(metadata=EXACT)
    values: NDArray[np.float64]
    linear: tuple[NDArray[np.float64], ...] = field(metadata=EXACT)

    @property
    def n_draws(self) -> int:
        """How many draws there are."""
        return int(self.values.shape[1])


def prior_view(model: Model, predictor: PredictorView | Unavailable, seed: int) -> PriorView | Unavailable:
    """Draw the numbers of the predictor tables from the prior.

    Parameters
    ----------
    model : Model
    predictor : PredictorView or Unavailable
    seed : int

    Returns
    -------
    PriorView or Unavailable
        `MOST_DRAWS` draws; fewer of very many numbers.
    """
    if isinstance(predictor, Unavailable):
        return Unavailable(unavailable=f"{NO_FAN}. {predictor.unavailable}")
    tables = predictor.tables
    wanted = labels_of(tables) | _arguments(tables)
    own = known_labels(model)
    centered = (one.name for one in getattr(model.source, "centered", ()))
    names = [
        name for name in (*centered, *model.variables) if not wanted.isdisjoint(own.get(label_of(name), ()))
    ]
    count = max(LEAST_DRAWS, min(MOST_DRAWS, MOST_NUMBERS // max(1, len(wanted))))
    drawn = prior_draws(model.pymc, names, count, seed)
    if isinstance(drawn, NoPrior):
        return Unavailable(unavailable=f"{NO_FAN}: {drawn.reason}.")
    numbers: dict[str, NDArray[np.float64]] = {}
    for name in names:
        columns = np.asarray(drawn[name], dtype=np.float64).reshape(count, -1).T
        found = zip(own[label_of(name)], columns, strict=True)
        numbers |= {label: column for label, column in found if label in wanted}
    return _view(tables, numbers, count)


def _arguments(tables: PredictorTables) -> set[str]:
    """Name the parameters of the distributions of groups' effects."""
    terms = [term for one in tables.parameters for term in one.groups]
    arguments = [argument.labels for term in terms for argument in term.arguments]
    return {label for labels in arguments for column in labels for label in column}


def _view(tables: PredictorTables, numbers: dict[str, NDArray[np.float64]], count: int) -> PriorView:
    values = np.array(list(numbers.values())).reshape(len(numbers), count)
    centre = centres(values)
    with np.errstate(all="ignore"):  # draws of a wide prior may be infinite
        values = values - centre[:, np.newaxis]
        largest = dict(zip(numbers, np.abs(values).max(axis=1), strict=True))
        linear = linear_at_start(tables, numbers, largest)
    return PriorView(labels=tuple(numbers), centre=centre, values=values, linear=linear)


def fewer_prior_draws(view: PriorView, share: float) -> PriorView:
    """Leave draws out for a page with little room.

    Parameters
    ----------
    view : PriorView
    share : float
        Of the draws, in (0, 1].

    Returns
    -------
    PriorView
        With the first draws, `LEAST_DRAWS` at least.
    """
    kept = max(LEAST_DRAWS, int(view.n_draws * share))
    return replace(view, values=view.values[:, :kept], linear=tuple(one[:kept] for one in view.linear))
