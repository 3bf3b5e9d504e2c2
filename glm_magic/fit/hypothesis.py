"""Probabilities of statements about the parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray
from numpy.typing import NDArray

from glm_magic.errors import ModelError
from glm_magic.fit.prior_predictive import prior_predictive
from glm_magic.fit.whole import finished, probability
from glm_magic.posterior import Posterior, scalars
from glm_magic.request.hypothesis import read_hypothesis
from glm_magic.tables.choose import labels_of
from glm_magic.tables.hypotheses import hypotheses_frame

if TYPE_CHECKING:
    from glm_magic.fit import Fit

PRIOR_DRAWS = 10_000


def hypothesis(fit: Fit, hypotheses: str | Sequence[str], prob: float | None = None) -> pd.DataFrame:
    """Give the posterior probability of statements about the parameters, and the evidence for them.

    Parameters
    ----------
    hypotheses : str or list of str
        ``"Days > 8"``, ``"g[b] - g[c] > 0"``, ``"0 < x < 1"``, ``"a > 0 and b > 0"``, ``"abs(x) < 0.1"``.
        Parameters are named as in the summary, in backquotes if need be; there are + - * / ** and brackets,
        and exp, expm1, log, sqrt, abs, expit and logit. Where a term is itself called ``exp(x)``, that is the
        term. The text is read and never evaluated.
    prob : float, optional
        Probability of the equal-tailed interval; as in the panel when not given. (brms's is 90 % for < and >.)

    Returns
    -------
    pandas.DataFrame
        A row per hypothesis, with columns

        - estimate, sd and the interval's ends, of the left side less the right; missing where there are
          several comparisons
        - probability: the share of the draws in which it holds
        - mcse_probability: its Monte Carlo standard error; missing where all draws agree
        - evidence_ratio: probability / (1 - probability), the posterior odds
        - note: where all draws agree, how far the evidence ratio can be told

        For ``=`` the evidence ratio is the Savage-Dickey ratio, the density of the posterior at this point
        to that of the prior, and the probability is ratio / (1 + ratio), as in brms. The prior is drawn from as
        `Fit.prior_predictive` does.

    Raises
    ------
    FormulaError
        If a hypothesis cannot be read, with a caret under what is wrong.
    ModelError
        If it is about a point, ``x = 0``, and the prior cannot be drawn from, such as a flat one.

    See Also
    --------
    Fit.summary : Means and intervals of single parameters.

    Examples
    --------
    >>> fit.hypothesis("Days > 8")  # doctest: +SKIP
    >>> fit.hypothesis(["x > 0", "g[b] > g[c]"])  # doctest: +SKIP
    """
    record = finished(fit)
    given: Any = hypotheses
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, Sequence) or not texts or not all(isinstance(text, str) for text in texts):
        raise ModelError(
            f"a hypothesis is a text, not {hypotheses!r:.60}", remedy='Write "Days > 8", or a list of texts.'
        )
    prob = probability(fit, prob)
    numbers = scalars(record)
    labels = labels_of(numbers)
    read = [read_hypothesis(text, labels) for text in texts]
    return hypotheses_frame(read, numbers, prob, lambda: _prior_of(fit, record))


def _prior_of(fit: Fit, record: Posterior) -> Mapping[str, NDArray[np.float64]]:
    """Give draws of the prior, by the same labels as those of the posterior."""
    groups = record.tree
    if "prior" not in groups.children:
        try:
            groups = prior_predictive(fit, draws=PRIOR_DRAWS)
        except ModelError as problem:
            raise ModelError(
                f"= needs draws of the prior: {problem.message}",
                remedy="Write an interval instead: abs(x) < 0.1.",
            ) from problem
    tree = xarray.DataTree.from_dict({"posterior": groups["prior"].to_dataset()})
    return {one.label: one.draws for one in scalars(replace(record, tree=tree, internal=frozenset()))}
