"""The files that the command writes."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glm_magic import files
from glm_magic.errors import FileError, HeaderError, did_you_mean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from glm_magic.fit import Fit

TABS = ("data", "trace", "fan")
"""Those that can be drawn for paper."""
DEFAULT_TAB = "fan"
JSON_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnTab:
    """A tab, and the file that it is drawn to."""

    tab: str
    path: str

    @property
    def format(self) -> str:
        """The end of the file's name, by which matplotlib chooses: ``"svg"``."""
        return Path(self.path).suffix.removeprefix(".").lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What is to be written.

    Attributes
    ----------
    html, json, save : str or None
        Paths of the page, of the numbers, and of the fit itself.
    figures : tuple of DrawnTab
    """

    html: str | None = None
    json: str | None = None
    save: str | None = None
    figures: tuple[DrawnTab, ...] = field(default=())

    def check(self) -> None:
        """Refuse what could not be written, before anything is fitted.

        Raises
        ------
        FileError
            If a folder is missing, two outputs have one name, or a figure has an unknown format.
        """
        given = [self.html, self.json, self.save, *(figure.path for figure in self.figures)]
        paths = [files.named(path) for path in given if path is not None]
        for path in paths:
            if str(path) == "-":
                raise FileError(
                    "'-' is no name of an output", remedy="Write /dev/stdout for standard output."
                )
            if not path.parent.is_dir():
                raise FileError(
                    f"cannot write {str(path)!r}: there is no folder {str(path.parent)!r}",
                    remedy="Make the folder first, or choose another.",
                )
            if paths.count(path) > 1 and not str(path).startswith("/dev/"):
                raise FileError(
                    f"two outputs are called {str(path)!r}", remedy="Give each a name of its own."
                )
        if self.figures:
            self._check_formats()

    def _check_formats(self) -> None:
        from matplotlib.backend_bases import FigureCanvasBase

        known = FigureCanvasBase.get_supported_filetypes()
        for figure in self.figures:
            if figure.format not in known:
                raise FileError(
                    f"{figure.path!r} has no ending that a figure can have",
                    remedy=f"Known here: {', '.join(sorted(known))}.",
                )

    def write(self, fit: Fit) -> None:
        """Write all of it; what can fail without a disk is made first.

        Parameters
        ----------
        fit : Fit

        Raises
        ------
        GlmError
            If something cannot be drawn or written.
        """
        drawn = [(figure.path, _drawn(fit, figure)) for figure in self.figures]
        numbers = None if self.json is None else as_json(fit)
        if self.html is not None:
            fit.to_html(self.html)
        if self.json is not None and numbers is not None:
            files.write(self.json, numbers.encode("ascii"))
        for path, content in drawn:
            files.write(path, content)
        if self.save is not None:
            fit.save(self.save)


def read_figure(text: str) -> DrawnTab:
    """Read ``[TAB=]FILE``.

    Parameters
    ----------
    text : str

    Returns
    -------
    DrawnTab
        Without a tab, the one that the file is named after, else the fan.

    Raises
    ------
    HeaderError
        If there is no such tab, or no file.
    """
    tab, equals, path = text.partition("=")
    if not equals:
        stem = Path(text).stem
        tab, path = stem if stem in TABS else DEFAULT_TAB, text
    if tab not in TABS:
        raise HeaderError(
            f"--figure knows no tab {tab!r:.60}",
            remedy=did_you_mean(tab, TABS) + " Write --figure fan=fan.svg, for example.",
        )
    if not path.strip():
        raise HeaderError("--figure names no file", remedy=f"Write --figure {tab}={tab}.svg, for example.")
    return DrawnTab(tab=tab, path=path)


def _drawn(fit: Fit, figure: DrawnTab) -> bytes:
    draw: Mapping[str, Callable[[], Figure]]
    draw = {"data": fit.plot_data, "trace": fit.plot_trace, "fan": fit.plot_fan}
    content = io.BytesIO()
    draw[figure.tab]().savefig(content, format=figure.format)
    return content.getvalue()


def as_json(fit: Fit) -> str:
    """Write what a fit says as JSON.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    str
        An object with the keys version, title, modelled, footer, engine, seed, chains, draws (per chain), prob,
        findings and summary. A number that cannot be computed is null.
    """
    view, record, table = fit.view, fit._record, fit.summary()
    low, high = table.columns[2:4]
    rows: list[dict[str, Any]] = [
        {
            "parameter": str(label),
            "mean": _number(row["mean"]),
            "sd": _number(row["sd"]),
            "interval": [_number(row[low]), _number(row[high])],
            **{name: _number(row[name]) for name in ("ess_bulk", "ess_tail", "r_hat", "mcse_mean")},
        }
        for label, row in table.iterrows()
    ]
    findings = [
        {
            "rule": one.rule,
            "severity": one.severity,
            "message": one.message,
            "advice": one.advice,
            "value": one.value,
            "threshold": one.threshold,
            "source": one.source,
        }
        for one in fit.findings
    ]
    content = {
        "version": JSON_VERSION,
        "title": view.title,
        "modelled": view.modelled,
        "footer": view.footer,
        "engine": record.engine,
        "seed": record.seed,
        "chains": record.draws.sizes["chain"],
        "draws": record.draws.sizes["draw"],
        "prob": view.prob,
        "findings": findings,
        "summary": rows,
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
