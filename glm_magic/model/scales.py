"""Scales of the automatic priors: Bambi's, but where its own cannot be computed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bambi
import numpy as np
from bambi import models
from bambi.priors.scaler import PriorScaler

from glm_magic._stack import bambi_response_term

PROBABILITIES = ("bernoulli", "binomial")
LINKS = ("logit", "probit")


@contextmanager
def own_scales() -> Iterator[None]:
    """Let Bambi scale automatic priors by the class below, for which it has no other door.

    One thread at a time builds models (`glm_magic.turns`); another that builds one by Bambi alone gets the same scales,
    or an answer in place of an error.
    """
    theirs = models.PriorScaler
    models.PriorScaler = _Scaler
    try:
        # Bambi divides by the spread of a column; `check_design` names those that have none. It takes the spread of
        # bounds too, which may be infinite, before they are left out here.
        with np.errstate(divide="ignore", invalid="ignore"):
            yield
    finally:
        models.PriorScaler = theirs


class _Scaler(PriorScaler):  # type: ignore[misc]  # Bambi has no types
    """Bambi's scales, for a bounded response without its bounds, and for each column of a term by itself."""

    def __init__(self, model: bambi.Model) -> None:
        super().__init__(model)
        response = bambi_response_term(model)
        if (response.is_truncated or response.is_constrained) and model.family.name in ("gaussian", "t"):
            values = np.asarray(response.data)[:, 0]
            self.response_mean, self.response_std = np.mean(values), np.std(values)

    def scale_common(self, term: Any) -> None:
        """Scale the prior of a common term.

        Where the response is a probability, Bambi (0.17 to 0.21) gives a numeric column the scale 1 / sd, and a term of
        several such columns, a spline or a polynomial, the scales of all columns in the place of each, which fails.
        """
        if not self._fails(term):
            super().scale_common(term)
            return
        columns = np.asarray(term.data)
        mu, sigma = np.zeros(columns.shape[1]), 1 / np.std(columns, axis=0)
        self.priors.update({term.name: {"mu": mu, "sigma": sigma}})
        term.prior.update(mu=mu, sigma=sigma)

    def _fails(self, term: Any) -> bool:
        probability = self.model.family.name in PROBABILITIES and self.model.family.link["p"].name in LINKS
        several = np.ndim(term.data) > 1 and term.kind != "interaction" and not term.categorical
        return probability and several and term.prior.name == "Normal"
