"""The summary as a table of a paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from glm_magic.errors import ModelError, nearest
from glm_magic.fit.summary import asked_rows
from glm_magic.tables.choose import Kind, Transform
from glm_magic.tables.publish import WRITERS, Format, Published, rows_of
from glm_magic.views import Unavailable
from glm_magic.views.summary import headings

if TYPE_CHECKING:
    from glm_magic.fit import Fit

LABEL = re.compile(r"[A-Za-z][A-Za-z0-9:._-]*")
"""What a label of each of the formats may be."""


def table(
    fit: Fit,
    format: Format = "markdown",  # noqa: A002  # as in pandas and arviz, it is what users look for
    *,
    prob: float | None = None,
    kind: Kind = "all",
    names: str | Sequence[str] | None = None,
    transform: Transform | None = None,
    caption: str | None = None,
    label: str | None = None,
) -> str:
    r"""Write the summary as a table for a paper.

    Parameters
    ----------
    format : {"markdown", "latex", "html", "typst"}
        LaTeX needs the package booktabs.
    prob, kind, names, transform : optional
        Which numbers, what is computed of their draws first, and the probability of the interval, as in `Fit.summary`.
    caption : str, optional
        Text, shown as it is written.
    label : str, optional
        What the paper refers to the table by: ``\label{...}``, ``{#...}`` of Pandoc and Quarto, an id, ``<...>``. It
        needs a caption, but in HTML.

    Returns
    -------
    str

    Raises
    ------
    ModelError
        If the format is unknown, a label cannot be one or has no caption, or there is nothing to summarise.
    FormulaError
        If there is no number of a name.

    See Also
    --------
    Fit.summary : The same numbers, not rounded.

    Notes
    -----
    Numbers have as many decimals as in the panel: the last one is of the size of the Monte Carlo error. Notes
    below the table give the probability of the interval, the number of draws, the scale of the coefficients, and each
    finding of severity "error".

    Examples
    --------
    >>> text = fit.table("latex", kind="population", caption="A line.", label="tab:line")  # doctest: +SKIP
    """
    writer = next((write for name, write in WRITERS.items() if name == format), None)
    if writer is None:
        remedy = nearest(str(format), WRITERS) or "Write format='latex', for example."
        raise ModelError(f"format must be one of {', '.join(WRITERS)}, not {format!r:.60}", remedy=remedy)
    _check_label(format, caption, label)
    rows, prob, function = asked_rows(fit, prob, kind, names, transform)
    return writer(
        Published(
            header=headings(prob),
            rows=rows_of(rows, prob),
            notes=_notes(fit, prob, function),
            caption=caption,
            label=label,
        )
    )


def _check_label(format: Format, caption: object, label: object) -> None:  # noqa: A002  # as above
    if caption is not None and not isinstance(caption, str):
        raise ModelError(f"caption must be a text, not {caption!r:.60}")
    if label is None:
        return
    if not isinstance(label, str) or not LABEL.fullmatch(label):
        raise ModelError(
            f"label must be a name without spaces, not {label!r:.60}", remedy="Write label='tab:line'."
        )
    if caption is None and format != "html":
        raise ModelError(
            "a label refers to a caption, and there is none",
            remedy="Write caption='Posterior summary.', too.",
        )


def _notes(fit: Fit, prob: float, function: str | None) -> tuple[str, ...]:
    """Describe what the table holds, and what is wrong with it."""
    chains, draws = (fit._record.draws.sizes[dim] for dim in ("chain", "draw"))
    notes = [
        f"Posterior mean, standard deviation (sd) and {100 * prob:g}% equal-tailed interval, from {chains} "
        f"chain{'s' * (chains != 1)} × {draws:,} draws; ESS: effective sample size."
    ]
    summary = fit.view.tabs.summary
    if function is not None:
        notes.append(f"All numbers are those of {function}(parameter), computed of each draw.")
    elif not isinstance(summary, Unavailable) and summary.scale:
        notes.append(f"Coefficients are on the scale of {summary.scale}.")
    notes += [f"Do not interpret: {one.message}." for one in fit.findings if one.severity == "error"]
    return tuple(notes)
