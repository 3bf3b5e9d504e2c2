"""The tabs of the panel as matplotlib figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from glm_magic.errors import ModelError
from glm_magic.request.options import check_value
from glm_magic.views.along import view_along
from glm_magic.views.panel import FitView

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from glm_magic.fit import Fit


def plot_data(fit: Fit, x: str | None = None, *, ax: Axes | None = None) -> Figure:
    """Draw the observations against any predictor.

    Parameters
    ----------
    x : str, optional
        The predictor; the first if none is named.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.figure.Figure
        The new one, or that of `ax`.

    Raises
    ------
    ModelError
        If there is no such predictor, nothing to draw, or `ax` is no Axes.

    See Also
    --------
    Fit.plot_fan : Sizes, colours and text in SVG and PDF.
    """
    from glm_magic.figures import data_figure

    return data_figure(_along(fit, x, n_lines=0), x, ax)


def plot_trace(fit: Fit, *, ax: Sequence[Axes] | NDArray[Any] | None = None) -> Figure:
    """Draw densities and chains of every number that the Trace tab shows.

    Parameters
    ----------
    ax : array or list of matplotlib.axes.Axes, optional
        Two for each number, density and chains, row by row, as ``plt.subplots(n, 2)`` gives them; a new figure
        if left out, whose height is for two numbers that of ``rcParams["figure.figsize"]``, less a quarter.

    Returns
    -------
    matplotlib.figure.Figure
        The new one, or that of `ax`.

    Raises
    ------
    ModelError
        If there is nothing to draw, or `ax` is not as many Axes.

    See Also
    --------
    Fit.plot_fan : Sizes, colours and text in SVG and PDF.
    """
    from glm_magic.figures import trace_figure

    return trace_figure(fit.view, ax)


def plot_fan(fit: Fit, x: str | None = None, lines: int | None = None, *, ax: Axes | None = None) -> Figure:
    """Draw posterior lines over any predictor.

    Parameters
    ----------
    x : str, optional
        The predictor; the first if none is named.
    lines : int, optional
        How many lines; as many as the panel shows at first if left out.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure if left out.

    Returns
    -------
    matplotlib.figure.Figure
        The new one, or that of `ax`.

    Raises
    ------
    ModelError
        If there is no such predictor, there are not so many lines, or `ax` is no Axes.

    Notes
    -----
    Sizes of the figure and of its text are those of matplotlib's ``rcParams``, and so is the width of lines; a cycle
    of colours that you have chosen takes the place of the panel's colours.

    A new figure keeps its text as text when it is saved as SVG, PDF or PostScript. A figure of your own does so
    under ``matplotlib.rc_context({"svg.fonttype": "none", "pdf.fonttype": 42})``.

    Examples
    --------
    >>> with plt.rc_context({"figure.figsize": (3.3, 2.5), "font.size": 8}):  # doctest: +SKIP
    ...     fit.plot_fan("x").savefig("fan.pdf")
    """
    from glm_magic.figures import fan_figure

    if lines is not None:
        lines = int(str(check_value("lines", lines, label="lines", error=ModelError)))
    return fan_figure(_along(fit, x, n_lines=lines or 0), x, lines, ax)


def _along(fit: Fit, x: str | None, *, n_lines: int) -> FitView:
    """Give a view that holds a predictor, and as many lines, where the panel's own does not."""
    if x is not None and not isinstance(x, str):
        raise ModelError(
            f"x must be the name of a predictor, not {x!r:.60}", remedy="Write x='age', for example."
        )
    return view_along(fit.view, fit._make_along, x, n_lines)
