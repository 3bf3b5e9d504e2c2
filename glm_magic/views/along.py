"""Data and Fan along a predictor that is not shipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from glm_magic.errors import ModelError
from glm_magic.model import Model
from glm_magic.posterior import Posterior
from glm_magic.predictor import Axis, NoPredictor, Predictor
from glm_magic.views import Unavailable
from glm_magic.views.data import data_view, shown_rows, true_lines
from glm_magic.views.fan import fan_view
from glm_magic.views.panel import FitView


def panel_along(
    panel: FitView,
    label: str,
    model: Model,
    predictor: Predictor | NoPredictor,
    posterior: Posterior,
    truth: Mapping[str, float],
) -> FitView:
    """Lay Data and Fan out along one predictor, with every line.

    Parameters
    ----------
    panel : FitView
    label : str
        Of an axis of the fan, or the name of a predictor.
    model : Model
    predictor : Predictor or NoPredictor
    posterior : Posterior
    truth : mapping of str to float
        True values by label.

    Returns
    -------
    FitView
        The panel itself where the model has neither.
    """
    axis = None if isinstance(predictor, NoPredictor) else _axis(predictor, label)
    name = label if axis is None else axis.x
    columns = tuple(column for column in model.predictors if column.name == name)
    if not columns:
        return panel
    rows = shown_rows(model, posterior.seed)
    fan = panel.tabs.fan
    if axis is not None and isinstance(predictor, Predictor):
        only = replace(predictor, axes=(axis,), others=(), left_out=())
        fan = fan_view(model, posterior, only, rows, truth)
    data = data_view(replace(model, predictors=columns), rows, true_lines(fan))
    return replace(panel, tabs=replace(panel.tabs, data=data, fan=fan))


def _axis(predictor: Predictor, label: str) -> Axis | None:
    made = next((axis for axis in predictor.axes if axis.label == label), None)
    later = next((one for one in predictor.others if one.label == label), None)
    return made if later is None else later.make()


def shows(panel: FitView, label: str) -> bool:
    """Tell whether a panel has an axis or a column of that name.

    Parameters
    ----------
    panel : FitView
    label : str

    Returns
    -------
    bool
    """
    data, fan = panel.tabs.data, panel.tabs.fan
    columns = () if isinstance(data, Unavailable) else data.x
    axes = () if isinstance(fan, Unavailable) else tuple(axis.label for axis in fan.axes)
    return label in columns or label in axes


def view_along(
    panel: FitView, make: Callable[[FitView, str], FitView] | None, x: str | None, n_lines: int
) -> FitView:
    """Give a panel that holds an axis with so many lines: the same where it does.

    Parameters
    ----------
    panel : FitView
    make : callable or None
        Lays a panel out along an axis; None for a fit that was loaded.
    x : str or None
        An axis; the first of the fan if None.
    n_lines : int

    Returns
    -------
    FitView

    Raises
    ------
    ModelError
        If the axis was not saved.
    """
    fan = panel.tabs.fan
    axes = () if isinstance(fan, Unavailable) else fan.axes
    label = axes[0].label if x is None and axes else x
    enough = isinstance(fan, Unavailable) or n_lines <= fan.n_draws
    if label is None or (enough and shows(panel, label)):
        return panel
    if make is not None:
        return make(panel, label)
    if shows(panel, label):
        return panel
    raise ModelError(
        f"the panel of this fit, which was loaded, holds nothing along {label!r}",
        remedy="A saved fit keeps what its panel shows. Fit it again to draw another predictor.",
    )
