"""What the mean is at chosen values, how it changes with a predictor, and how sure that is.

- `predictions`, `comparisons`, `slopes`: the three questions
- `contrasts`: between which values of a predictor the mean is compared
- `grid`: the rows at which it is evaluated, and the groups over which it is averaged
- `scale`: the mean, or the linear predictor, of each draw
- `within`: each effect in each draw, averaged within the draw
- `estimates`: these draws as a table, or as xarray

An average is taken over the rows within each draw, and the averages of the draws are summarised. An average of medians,
or of the ends of intervals, is neither the median nor an interval of the average.

References
----------
Arel-Bundock, V., Greifer, N. & Heiss, A. (2024). How to interpret statistical models using marginaleffects for R and
Python. Journal of Statistical Software 111(9), 1-32.

Gelman, A. & Pardoe, I. (2007). Average predictive comparisons for models with nonlinearity, interactions, and variance
components. Sociological Methodology 37, 23-51.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from glm_magic.errors import ModelError
from glm_magic.predict import GROUPS, Groups, check_choice
from glm_magic.request.options import check_value

Scale = Literal["response", "link"]
Comparison = Literal["difference", "ratio", "lnratio"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every question about effects is asked with; `glm_magic.fit.effects` says what each argument means.

    Attributes
    ----------
    verb : str
        Of the fit, as it stands in errors: ``"avg_slopes"``.
    new : frame, mapping, "mean" or None
    at : mapping of str to value or to values
    by : tuple of str or None
        The columns over whose levels rows are averaged, ``()`` for all rows at once; None for no average.
    weights : str or None
        The column of the rows that weighs them in averages.
    prob : float
        Probability of the equal-tailed interval.
    scale : {"response", "link"}
    groups : {"as given", "population"}
    sample_new_groups : bool
    above : float or None
    draws : bool
    seed : int
    """

    verb: str
    new: Any
    at: Mapping[str, Any]
    by: tuple[str, ...] | None
    weights: str | None
    prob: float
    scale: Scale
    groups: Groups
    sample_new_groups: bool
    above: float | None
    draws: bool
    seed: int

    def __post_init__(self) -> None:
        check_value("prob", self.prob, label="prob", error=ModelError)
        check_value("seed", self.seed, label="seed", error=ModelError)
        check_choice("scale", self.scale, get_args(Scale))
        check_choice("groups", self.groups, GROUPS)
        check_choice("sample_new_groups", self.sample_new_groups, (True, False))
        check_choice("draws", self.draws, (True, False))
        if self.above is not None and not is_number(self.above):
            raise ModelError(
                f"above must be a number, not {self.above!r:.60}",
                remedy="P(> above) is the share of the draws that lie above it.",
            )
        if not isinstance(self.at, Mapping):
            raise ModelError(
                f"at must be a mapping of predictors to values, not {self.at!r:.60}",
                remedy='Write at={"x": 1}, or at={"x": [0, 1]}.',
            )


def is_number(value: object) -> bool:
    """Tell whether a value is a finite real number, which True is not."""
    numbers = (int, float, np.integer, np.floating)
    return isinstance(value, numbers) and not isinstance(value, bool) and bool(np.isfinite(value))
