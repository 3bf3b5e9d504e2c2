"""What makes a figure fit for paper: text that stays text, the user's axes, sizes and colours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Any

import numpy as np
from matplotlib import rc_context, rcParams, rcParamsDefault
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from glm_magic.errors import ModelError

# Okabe & Ito 2008, a palette that colour-blind readers tell apart.
ORANGE, SKY, GREEN, BLUE, VERMILION, PURPLE = "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#d55e00", "#cc79a7"
PALETTE = (ORANGE, SKY, GREEN, PURPLE, VERMILION, BLUE)
TEXT_STAYS_TEXT = MappingProxyType({"svg.fonttype": "none", "pdf.fonttype": 42, "ps.fonttype": 42})
"""Letters, not outlines: they can be searched, edited and read aloud. 42 is TrueType, which journals ask for."""


class PaperFigure(Figure):
    """A figure whose text stays text in SVG, PDF and PostScript, whatever rcParams say elsewhere.

    Matplotlib reads these parameters when a figure is saved, so that is when they are set, and no longer.
    """

    def savefig(self, fname: Any, *, transparent: bool | None = None, **kwargs: Any) -> None:
        """Save the figure; the arguments are matplotlib's."""
        with rc_context(dict(TEXT_STAYS_TEXT)):
            super().savefig(fname, transparent=transparent, **kwargs)

    def _repr_png_(self) -> bytes:
        """Show the figure in a notebook; IPython asks only where pyplot has not told it how figures are shown."""
        content = BytesIO()
        self.savefig(content, format="png", bbox_inches="tight")
        return content.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pens:
    """Colours and line widths.

    Attributes
    ----------
    palette : tuple of str
        One colour after the other, for chains and strata.
    ink : str
        What stands out against the background.
    width : float
        Of a line, in points; the widths of all lines are multiples of it.
    """

    palette: tuple[Any, ...]
    ink: Any
    width: float

    @property
    def observed(self) -> Any:
        """Colour of observations."""
        return self.palette[-1]

    @property
    def truth(self) -> Any:
        """Colour of what is known to be true."""
        return self.palette[2 % len(self.palette)]

    def colour(self, place: int) -> Any:
        """Give the colour of a chain or a stratum."""
        return self.palette[place % len(self.palette)]


def pens() -> Pens:
    """Take colours and widths from rcParams.

    Returns
    -------
    Pens
        The panel's palette, unless the user has chosen a cycle of colours.
    """
    cycle = rcParams["axes.prop_cycle"]
    own = cycle.by_key().get("color", []) if cycle != rcParamsDefault["axes.prop_cycle"] else []
    return Pens(palette=tuple(own) or PALETTE, ink=rcParams["text.color"], width=rcParams["lines.linewidth"])


def as_written(text: str) -> str:
    """Keep a dollar sign in a name from beginning mathematics."""
    return text.replace("$", r"\$")


def one_axes(ax: Any) -> Axes:
    """Give the axes to draw into, those of a new figure when there are none.

    Parameters
    ----------
    ax : Axes or None

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ModelError
        If it is something else.
    """
    if ax is None:
        return PaperFigure(layout="constrained").subplots()
    (found,) = _axes(ax, 1, "ax must be one matplotlib Axes", "fig, ax = plt.subplots()")
    return found


def grid_of_axes(ax: Any, rows: int) -> list[tuple[Axes, Axes]]:
    """Give two axes a row, those of a new figure when there are none.

    Parameters
    ----------
    ax : array of Axes, sequence of Axes or None
        Row by row.
    rows : int

    Returns
    -------
    list of (Axes, Axes)

    Raises
    ------
    ModelError
        If they are not as many, or something else.
    """
    if ax is None:
        width, height = rcParams["figure.figsize"]
        # Eight rows are as high as three figures of one plot each.
        figure = PaperFigure(figsize=(width, 0.375 * height * rows), layout="constrained")
        ax = figure.subplots(rows, 2, squeeze=False)
    need = f"ax must be {2 * rows} matplotlib Axes, two for each of {rows} numbers"
    found = _axes(ax, 2 * rows, need, f"fig, ax = plt.subplots({rows}, 2)")
    return list(zip(found[::2], found[1::2], strict=True))


def _axes(ax: Any, count: int, need: str, example: str) -> list[Axes]:
    found: list[Any]
    if isinstance(ax, Axes):
        found = [ax]
    elif isinstance(ax, np.ndarray):
        found = list(ax.flat)
    else:
        found = list(_flat(ax)) if isinstance(ax, Iterable) and not isinstance(ax, str) else [ax]
    strangers = [one for one in found if not isinstance(one, Axes)]
    if strangers:
        raise ModelError(
            f"{need}, not {type(strangers[0]).__name__}", remedy=f"Write {example}, for example."
        )
    if len(found) != count:
        raise ModelError(f"{need}, not {len(found)}", remedy=f"Write {example}, for example.")
    return found


def _flat(rows: Iterable[Any]) -> Iterable[Any]:
    """Read rows of axes as one sequence."""
    for row in rows:
        if isinstance(row, list | tuple | np.ndarray):
            yield from row
        else:
            yield row


def figure_of(axes: Axes) -> Figure:
    """Give the figure that holds axes, of a subfigure the whole one."""
    figure = axes.figure.figure
    assert isinstance(figure, Figure)
    return figure
