"""Where the means of a fan are evaluated, and what its axes have in common there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import xarray
from numpy.typing import NDArray

from glm_magic.predictor import Curves, Linear
from glm_magic.predictor.formula.design import coefficients_of
from glm_magic.predictor.response import one_of

# Of the draws of coefficients, which are kept while a fan is made: those of all axes, and of a group's.
MOST_MATRICES = 2

Coefficients = tuple[tuple[str, tuple[int, ...]], ...]
Evaluate = Callable[[xarray.Dataset], NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Points of a posterior at which means are evaluated, and the coefficients that were taken there.

    Attributes
    ----------
    dataset : xarray.Dataset
        Dim ``sample`` first.
    """

    dataset: xarray.Dataset
    _matrices: dict[Coefficients, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of points."""
        return int(self.dataset.sizes["sample"])

    def coefficients(self, mean: Linear) -> NDArray[np.float64]:
        """Take the draws of a mean's coefficients: the axes of a fan have most of them in common."""
        if mean.coefficients not in self._matrices:
            if len(self._matrices) >= MOST_MATRICES:
                self._matrices.clear()
            self._matrices[mean.coefficients] = coefficients_of(mean, self.dataset)
        return self._matrices[mean.coefficients]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatedCurves:
    """Whole curves at a sample; the categories of a response are one evaluation.

    Attributes
    ----------
    sample : Sample
    """

    sample: Sample
    _found: dict[Evaluate, NDArray[np.float64]] = field(default_factory=dict)

    def curves(self, mean: Curves) -> NDArray[np.float64]:
        """Evaluate a mean, or look it up."""
        if mean.evaluate not in self._found:
            self._found[mean.evaluate] = mean.evaluate(self.sample.dataset)
        return one_of(mean, self._found[mean.evaluate])
