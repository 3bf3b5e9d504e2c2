"""How far a fit has come, and how that reads in a notebook or a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Literal

Stage = Literal["waiting", "compiling", "sampling", "summarising"]
_STAGES: dict[Stage, str] = {
    "waiting": "Waiting for another fit",
    "compiling": "Compiling",
    "sampling": "Sampling",
    "summarising": "Summarising the draws that were kept (another stop drops them)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainProgress:
    """How far one chain has come.

    Attributes
    ----------
    finished : int
        Draws made, tuning included.
    total : int
        Draws to make, tuning included.
    tuning : bool
        Whether the chain still tunes.
    divergences : int
        Divergent transitions after tuning.
    """

    finished: int
    total: int
    tuning: bool
    divergences: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a fit has come.

    Attributes
    ----------
    chains : tuple of ChainProgress
        One per chain; empty while compiling, and for engines that do not tell.
    stage : str
        ``"waiting"`` for a fit in another thread, ``"compiling"``, ``"sampling"`` or ``"summarising"``.
    elapsed : float
        Seconds since the fit began, or since it waits.
    """

    chains: tuple[ChainProgress, ...]
    stage: Stage
    elapsed: float


# Okabe and Ito's blue, and their vermilion: both keep a contrast of 3:1 on white and on
# JupyterLab's dark background, where text and track take the page's own colours.
_BLUE, _VERMILION = "#0072b2", "#d55e00"


def as_html(progress: Progress) -> str:
    """Draw the progress of each chain as a small piece of HTML.

    Parameters
    ----------
    progress : Progress
        How far the fit has come.

    Returns
    -------
    str
        One ``div`` with inline styles; a ``role="progressbar"`` per chain.
    """
    rows = "".join(_chain_html(number, chain) for number, chain in enumerate(progress.chains, start=1))
    return (
        '<div class="glm-progress" role="group" aria-label="Progress of the fit" '
        'style="font-size:13px;line-height:1.5;max-width:36em;color:inherit">'
        f"<div>{escape(_headline(progress))}</div>{rows}</div>"
    )


def as_text(progress: Progress, width: int) -> str:
    """Say the progress of all chains in one line of a terminal.

    Parameters
    ----------
    progress : Progress
        How far the fit has come.
    width : int
        Columns of the terminal.

    Returns
    -------
    str
        At most `width` characters, without a line break.
    """
    line = _headline(progress)
    total = sum(chain.total for chain in progress.chains)
    if total:
        done = sum(chain.finished for chain in progress.chains)
        bar = "#" * (10 * done // total)
        line = f"[{bar:<10}] {line}: {done:,} of {total:,} draws"
        divergences = sum(chain.divergences for chain in progress.chains)
        if divergences:
            line += f", {divergences:,} divergent"
    if len(line) <= width:
        return line
    return line[: width - 1] + "…" if width > 1 else line[: max(width, 0)]


def _headline(progress: Progress) -> str:
    """Say the stage and the time: ``Sampling 4 chains, 1.2 s``."""
    count = len(progress.chains)
    chains = "" if count == 0 else f" {count} chain{'' if count == 1 else 's'}"
    return f"{_STAGES[progress.stage]}{chains}, {_duration(progress.elapsed)}"


def _duration(seconds: float) -> str:
    """``1.2 s`` or ``2 min 05 s``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def _chain_html(number: int, chain: ChainProgress) -> str:
    """One chain: a bar, and beside it the words that say the same."""
    total = max(chain.total, 1)
    finished = min(max(chain.finished, 0), total)
    state = f"Chain {number}: {finished:,} of {chain.total:,}"
    if chain.tuning:
        state += " (tuning)"
    if chain.divergences:
        state += f", {chain.divergences:,} divergent"
    colour = _VERMILION if chain.divergences else _BLUE
    return (
        '<div style="display:flex;align-items:center;gap:.75em">'
        f'<div role="progressbar" aria-valuemin="0" aria-valuemax="{total}" '
        f'aria-valuenow="{finished}" aria-label="Chain {number}" '
        f'aria-valuetext="{escape(state, quote=True)}" '
        'style="flex:0 0 10em;height:.6em;border:1px solid currentColor;border-radius:.3em;'
        'overflow:hidden">'
        f'<div style="width:{100 * finished / total:.1f}%;height:100%;background:{colour}">'
        "</div></div>"
        f'<span aria-hidden="true">{escape(state)}</span></div>'
    )
