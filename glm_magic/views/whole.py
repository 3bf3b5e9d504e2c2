"""The panel with all draws, for a browser that asks for those that were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from glm_magic.diagnose.estimates import Estimate
from glm_magic.posterior import Posterior
from glm_magic.views import Unavailable
from glm_magic.views.draws import MOST_ASKED, DrawsView, draws_view, exact_draws
from glm_magic.views.panel import FitView
from glm_magic.views.predictor import PredictorView, linear_of


def whole_view(
    view: FitView, posterior: Posterior, estimates: Sequence[Estimate], truth: Mapping[str, float]
) -> FitView:
    """Give a view all draws of its fit, up to `MOST_ASKED` numbers.

    Parameters
    ----------
    view : FitView
    posterior : Posterior
    estimates : sequence of Estimate
    truth : mapping of str to float
        True values by label.

    Returns
    -------
    FitView
        The same one where it has no draws.
    """
    if isinstance(view.draws, Unavailable):
        return view
    draws = draws_view(posterior, estimates, truth, MOST_ASKED)
    return replace(view, draws=draws, predictor=_predictor(view.predictor, draws, estimates))


def _predictor(
    predictor: PredictorView | Unavailable, draws: DrawsView, estimates: Sequence[Estimate]
) -> PredictorView | Unavailable:
    if isinstance(predictor, Unavailable):
        return predictor
    exact = exact_draws(estimates, draws.every)
    return replace(predictor, linear=linear_of(predictor.tables, draws, exact))
