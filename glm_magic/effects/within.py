"""Each effect in each draw: of every row, or averaged over rows within the draw.

A difference and a slope are linear in the mean, so that the average of differences is the difference of averages. A
ratio of averages is that of marginaleffects' ``"ratioavg"``, which ``avg_comparisons(comparison="ratio")`` of the same
package uses: the average risk with the predictor at one value against that at the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray
from numpy.typing import NDArray

from glm_magic.effects import Scale
from glm_magic.effects.contrasts import Moved
from glm_magic.effects.grid import Groups
from glm_magic.effects.scale import drawn_at
from glm_magic.model import FormulaSource
from glm_magic.predict.new_groups import parts_of
from glm_magic.predict.rows import Rows
from glm_magic.predict.summary import Evaluated
from glm_magic.predictor.formula.expectation import Effect

Block = tuple[NDArray[np.intp], list[tuple[str, NDArray[np.float64]]]]
"""Places of rows or groups; and by category the mean at each setting, shape (n_settings, n_places, n_samples)."""


def evaluated(
    source: FormulaSource,
    rows: Rows,
    samples: xarray.Dataset,
    terms: Sequence[Effect],
    scale: Scale,
    seed: int,
) -> Iterator[Evaluated]:
    """Evaluate the draws at rows, part by part.

    Parameters
    ----------
    source : FormulaSource
    rows : Rows
    samples : xarray.Dataset
        The posterior draws, dim ``sample`` first.
    terms : sequence of Effect
        The group-specific terms that matter.
    scale : {"response", "link"}
    seed : int
        Of the effects of new levels.

    Yields
    ------
    Evaluated
    """
    for part in parts_of(source, rows, samples, terms, seed):
        yield part.places, drawn_at(source, part, rows, scale)


def of_rows(parts: Iterator[Evaluated], moved: Moved) -> Iterator[Block]:
    """Bring the settings of each row together.

    Parameters
    ----------
    parts : iterator of Evaluated
        Of `rows_moved`, in any order.
    moved : Moved

    Yields
    ------
    Block
    """
    settings = moved.settings
    # Settings whose row is not complete yet, by place.
    waiting: dict[int, list[NDArray[np.float64]]] = {}
    for places, drawn in parts:
        by_category = [np.asarray(one.draws.T, dtype=float) for one in drawn]
        for index, place in enumerate(places.tolist()):
            waiting[place] = [values[index] for values in by_category]
        rows = np.unique(places // settings)
        complete = [
            int(row) for row in rows if all(row * settings + one in waiting for one in range(settings))
        ]
        if not complete:
            continue
        found = [[waiting.pop(row * settings + setting) for row in complete] for setting in range(settings)]
        yield (
            np.array(complete),
            [
                (one.category, np.array([[row[number] for row in setting] for setting in found]))
                for number, one in enumerate(drawn)
            ],
        )


def of_groups(parts: Iterator[Evaluated], moved: Moved, groups: Groups) -> Iterator[Block]:
    """Average the rows of each group within each draw.

    Parameters
    ----------
    parts : iterator of Evaluated
        Of `rows_moved`, in any order.
    moved : Moved
    groups : Groups

    Yields
    ------
    Block
        One, of all groups.
    """
    settings, count = moved.settings, len(groups.labels)
    totals: dict[str, NDArray[np.float64]] = {}
    for places, drawn in parts:
        # Each setting of each group has a place of its own.
        targets = (places % settings) * count + groups.codes[places // settings]
        order = np.argsort(targets, kind="stable")
        found, starts = np.unique(targets[order], return_index=True)
        shares = groups.shares[places // settings][order, np.newaxis]
        for one in drawn:
            total = totals.setdefault(one.category, np.zeros((settings * count, len(one.draws))))
            # Where the link has no inverse, the mean is infinite or no number, and so is the average.
            with np.errstate(invalid="ignore"):
                values = np.asarray(one.draws.T, dtype=float)[order] * shares
                total[found] += np.add.reduceat(values, starts, axis=0)
    yield (
        np.arange(count),
        [(name, total.reshape(settings, count, -1)) for name, total in totals.items()],
    )
