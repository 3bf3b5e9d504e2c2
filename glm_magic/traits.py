"""What a user can change in the panel, and its tabs: one table, which the browser's bundle reads too.

``js/src/state/traits.ts`` imports the same `traits.json`, so that a default or a bound is written once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLE = json.loads((Path(__file__).parent / "traits.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """One thing that a user can change.

    Attributes
    ----------
    type : {"tab", "int", "float", "bool", "text", "names", "values", "change"}
        What its values are; ``"names"`` is a list of text, ``"values"`` a mapping of names to numbers or text,
        ``"change"`` keywords of `Fit.refit`.
    default : object
        Its value until somebody changes it.
    synced : bool
        Whether the kernel knows it, as a trait of the `Panel`; what is not synced belongs to one view of a panel.
    help : str
        One sentence.
    min, max : float
        The least and the largest value of a number; infinite where there is no bound.
    step : float or None
        Of the control that changes a number.
    """

    type: str
    default: Any
    synced: bool
    help: str
    min: float = -math.inf
    max: float = math.inf
    step: float | None = None

    def holds(self, number: float) -> bool:
        """Tell whether a number is within the bounds; NaN is not.

        Parameters
        ----------
        number : float

        Returns
        -------
        bool
        """
        return self.min <= number <= self.max

    def nearest(self, number: float) -> float:
        """Give the number within the bounds that is nearest.

        Parameters
        ----------
        number : float

        Returns
        -------
        float
        """
        return min(max(number, self.min), self.max)


TABS: Mapping[str, str] = _TABLE["tabs"]
"""The title of each tab by its name, in the order of the panel."""

TRAITS: Mapping[str, Trait] = {name: Trait(**row) for name, row in _TABLE["traits"].items()}
"""What a user can change, by name."""

PROB = TRAITS["prob"]
N_LINES = TRAITS["n_lines"]


def first_state(*, n_lines: int, prob: float, show_truth: bool) -> dict[str, Any]:
    """Give every synced trait the value with which a panel opens.

    Parameters
    ----------
    n_lines : int
        Fan lines shown at first.
    prob : float
        Probability of the intervals shown at first.
    show_truth : bool
        Whether true values are shown at first.

    Returns
    -------
    dict
    """
    defaults = {name: trait.default for name, trait in TRAITS.items() if trait.synced}
    return {**defaults, "n_lines": n_lines, "prob": prob, "show_truth": show_truth}
