"""The summary as a table of a paper: LaTeX, Markdown, HTML and Typst.

Names and captions are text; what a format would read as markup is written so that it is shown literally.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Literal

import numpy as np

from glm_magic.diagnose.estimates import Estimate
from glm_magic.diagnose.interval import equal_tailed

Format = Literal["latex", "markdown", "html", "typst"]
NONE = "–"
"""Stands where there is no number."""
MINUS = "−"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A table, as text.

    Attributes
    ----------
    header : tuple of str
        The names' column first.
    rows : tuple of tuple of str
    notes : tuple of str
        Sentences, beneath the table.
    caption, label : str or None
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    caption: str | None
    label: str | None


def rows_of(estimates: Sequence[Estimate], prob: float) -> tuple[tuple[str, ...], ...]:
    """Write the numbers with the decimals that the panel shows: the last is of the size of the Monte Carlo error.

    Parameters
    ----------
    estimates : sequence of Estimate
    prob : float

    Returns
    -------
    tuple of tuple of str
    """
    rows = []
    for one in estimates:
        # Between infinite draws there is no quantile: it is NaN.
        with np.errstate(invalid="ignore"):
            low, high = np.quantile(one.scalar.draws, equal_tailed(prob).ends)
        numbers = [_written(value, f"z.{one.digits}f") for value in (one.mean, one.sd, low, high)]
        sizes = [_written(value, ",.0f") for value in (one.ess_bulk, one.ess_tail)]
        rows.append((one.scalar.label, *numbers, *sizes, _written(one.r_hat, ".3f")))
    return tuple(rows)


def _written(value: float, form: str) -> str:
    # z in a form: a negative number that rounds to zero is zero.
    return format(value, form).replace("-", MINUS) if math.isfinite(value) else NONE


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str, special: Mapping[str, str]) -> str:
    return "".join(special.get(letter, letter) for letter in text)


def _backslashed(letters: str) -> Mapping[str, str]:
    return MappingProxyType({letter: f"\\{letter}" for letter in letters})


_LATEX = MappingProxyType(
    {
        **_backslashed("_%&#{}$"),
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "|": r"\textbar{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "`": r"\textasciigrave{}",
        "'": r"\textquotesingle{}",
        MINUS: "$-$",
        "×": r"$\times$",
        NONE: "--",
    }
)
_MARKDOWN = _backslashed("\\`*_|<>[]#~&$!{}")
_TYPST = _backslashed("\\*_`$<>@#=+/~[]\"'")


def _typst(text: str) -> str:
    """Escape for Typst, where "1." and "-" may begin a list, and "...", "--", "-1" and "-?" are signs."""
    signs = r"(?<=\d)\.(?!\d)|(?<=\.)\.|\.(?=\.)|^-|(?<=-)-|-(?=[-?\d])"
    return re.sub(signs, r"\\\g<0>", _escaped(_one_line(text), _TYPST))


def _markdown(text: str) -> str:
    return _escaped(_one_line(text), _MARKDOWN)


def _latex(text: str) -> str:
    """Escape for LaTeX, where "--" is a dash."""
    return "-{}".join(_escaped(part, _LATEX) for part in re.split(r"-(?=-)", _one_line(text)))


def as_latex(table: Published) -> str:
    """Write a table with the rules of booktabs.

    Parameters
    ----------
    table : Published

    Returns
    -------
    str
    """

    def line(cells: Sequence[str]) -> str:
        # Behind the end of a row, or a rule, a bracket or a star would be an argument of it.
        written = re.sub(r"^[\[*]", r"{\g<0>}", " & ".join(map(_latex, cells)))
        return f"    {written} \\\\"

    caption = [] if table.caption is None else [rf"  \caption{{{_latex(table.caption)}}}"]
    label = [] if table.label is None else [rf"  \label{{{table.label}}}"]
    parts = [
        r"% \usepackage{booktabs}",
        r"\begin{table}",
        r"  \centering",
        *caption,
        *label,
        rf"  \begin{{tabular}}{{l{'r' * (len(table.header) - 1)}}}",
        r"    \toprule",
        line(table.header),
        r"    \midrule",
        *map(line, table.rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        "",
        r"  \smallskip",
        *(rf"  {{\footnotesize {_latex(note)}\par}}" for note in table.notes),
        r"\end{table}",
    ]
    return "\n".join(parts) + "\n"


def as_markdown(table: Published) -> str:
    """Write a pipe table, as GitHub, Pandoc and MyST read it.

    Parameters
    ----------
    table : Published

    Returns
    -------
    str
    """

    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(_markdown(cell) for cell in cells)} |"

    ruled = f"| {' | '.join([':---', *['---:'] * (len(table.header) - 1)])} |"
    parts = [line(table.header), ruled, *map(line, table.rows)]
    if table.caption is not None:
        caption = _markdown(table.caption)
        if table.label is None:
            # Text that begins as a list or a rule does is a paragraph all the same.
            parts = [re.sub(r"^(\d*)(?=[-+=.)])", r"\1\\", caption), "", *parts]
        else:
            parts += ["", f": {caption} {{#{table.label}}}"]
    return "\n\n".join(["\n".join(parts), *(_markdown(note) for note in table.notes)]) + "\n"


def as_html(table: Published) -> str:
    """Write a table element, its notes in the foot.

    Parameters
    ----------
    table : Published

    Returns
    -------
    str
    """

    def head(cells: Sequence[str]) -> str:
        return "".join(f'<th scope="col">{escape(_one_line(cell))}</th>' for cell in cells)

    def row(cells: Sequence[str]) -> str:
        numbers = "".join(
            f'<td style="text-align:right">{escape(_one_line(cell))}</td>' for cell in cells[1:]
        )
        return f'<tr><th scope="row">{escape(_one_line(cells[0]))}</th>{numbers}</tr>'

    notes = "<br>".join(escape(_one_line(note)) for note in table.notes)
    parts = [
        "<table>" if table.label is None else f'<table id="{table.label}">',
        *([] if table.caption is None else [f"<caption>{escape(_one_line(table.caption))}</caption>"]),
        f"<thead><tr>{head(table.header)}</tr></thead>",
        "<tbody>",
        *map(row, table.rows),
        "</tbody>",
        f'<tfoot><tr><td colspan="{len(table.header)}">{notes}</td></tr></tfoot>',
        "</table>",
    ]
    return "\n".join(parts) + "\n"


def as_typst(table: Published) -> str:
    """Write a figure that holds a table, with rules as booktabs has them.

    Parameters
    ----------
    table : Published

    Returns
    -------
    str
    """

    def line(cells: Sequence[str]) -> str:
        return ", ".join(f"[{_typst(cell)}]" for cell in cells)

    parts = [
        "#figure(",
        "  table(",
        f"    columns: {len(table.header)},",
        f"    align: (left, {', '.join(['right'] * (len(table.header) - 1))}),",
        "    stroke: none,",
        "    table.hline(),",
        f"    table.header({line(table.header)}),",
        "    table.hline(stroke: 0.5pt),",
        *(f"    {line(row)}," for row in table.rows),
        "    table.hline(),",
        "  ),",
        *([] if table.caption is None else [f"  caption: [{_typst(table.caption)}],"]),
        ")" if table.label is None else f") <{table.label}>",
        *(f"#text(size: 0.85em)[{_typst(note)}]" for note in table.notes),
    ]
    return "\n".join(parts) + "\n"


WRITERS: Mapping[Format, Callable[[Published], str]] = MappingProxyType(
    {"latex": as_latex, "markdown": as_markdown, "html": as_html, "typst": as_typst}
)
