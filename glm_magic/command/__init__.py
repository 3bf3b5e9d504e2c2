"""The command: ``python -m glm_magic "y ~ x" data.csv --html out.html``, also installed as ``glm-magic``.

::

    words -> Arguments -> Request -> Fit -> files

It is made for a Makefile. Files are written when the fit is there, each whole or not at all; messages go to
standard error, and the exit code tells what happened. Nothing heavy is imported before the words are understood.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glm_magic import files, interrupts
from glm_magic.command.arguments import PROGRAM, STDIN, Arguments, read_arguments
from glm_magic.command.messages import of_error, of_findings, of_own_error, said
from glm_magic.errors import FileError, GlmError, HeaderError, Interrupted, own_lines
from glm_magic.interrupts import Answered, Listening
from glm_magic.request import BlockCell, FormulaCell, HeaderLine, Request
from glm_magic.request.cell import read_cell
from glm_magic.turns import Turn
from glm_magic.watch import Watch

if TYPE_CHECKING:
    from glm_magic.fit import Fit

FINE, WRONG_INPUT, NOT_TRUSTED, INTERRUPTED = 0, 1, 2, 130
IMPORTING = "Importing PyMC, Bambi and ArviZ."
NO_FIT = "before the fit was finished; nothing was written"


def main(words: Sequence[str] | None = None) -> int:
    """Carry the command out.

    Parameters
    ----------
    words : sequence of str, optional
        What follows the command's name; ``sys.argv`` when left out.

    Returns
    -------
    int
        0, or 1 for wrong input, 2 for a fit that should not be trusted (its files are written), 130 for one
        that was interrupted.
    """
    model = ""
    try:
        arguments = read_arguments(sys.argv[1:] if words is None else words)
        model = _model_text(arguments)
        return _carried_out(arguments, model)
    except GlmError as error:
        file = _name(arguments) if model and arguments.file is not None else None
        said(sys.stderr, of_error(PROGRAM, error, model, file))
        return WRONG_INPUT
    except Interrupted as stop:
        said(sys.stderr, f"{PROGRAM}: interrupted: {stop.message}")
        return INTERRUPTED
    except KeyboardInterrupt:
        said(sys.stderr, f"{PROGRAM}: interrupted: {NO_FIT}")
        return INTERRUPTED
    except Exception as error:  # the user's own statements may raise anything
        own = own_lines(error.__traceback__, _name(arguments)) if model else None
        if own is None:
            raise
        said(sys.stderr, of_own_error(PROGRAM, error, own, model, _name(arguments)))
        return WRONG_INPUT


def _carried_out(arguments: Arguments, model: str) -> int:
    cell = _cell(arguments, model)
    arguments.outputs.check()
    # Not yet `Listening`: a stop ends the process, which need not be left whole, and imports take long.
    with Watch(None, quiet=arguments.quiet) as watch:
        watch.say(IMPORTING)
        names = _data(arguments)
        import_module("glm_magic.cells")
    with Listening(), Answered(NO_FIT):
        fit = _fit(arguments, cell, names)
        if fit.incomplete:
            raise Interrupted("while sampling; nothing was written")
        arguments.outputs.write(fit)
        interrupts.look()
    if not arguments.quiet:
        said(sys.stdout, repr(fit))
    wrong = [finding for finding in fit.findings if finding.severity == "error"]
    if wrong:
        said(sys.stderr, of_findings(PROGRAM, wrong))
    return NOT_TRUSTED if wrong else FINE


def _fit(arguments: Arguments, cell: FormulaCell | BlockCell, names: Mapping[str, Any]) -> Fit:
    from glm_magic.cells import fit_request

    with Watch(None, quiet=arguments.quiet) as watch, Turn():
        request = Request(
            data=arguments.data,
            options=arguments.options,
            given=arguments.given,
            cell=cell,
            name=_name(arguments),
            header=HeaderLine(magic=PROGRAM, text=arguments.line, end=arguments.options_end),
        )
        done = fit_request(request, names, watch)
    match done.error:
        case None:
            return done.fit
        case KeyboardInterrupt():
            raise Interrupted("after the sampling; nothing was written")
        case error:
            raise error


def _data(arguments: Arguments) -> dict[str, Any]:
    """Read the data before PyMC is imported, so that a wrong name is reported at once."""
    if arguments.data is None:
        return {}
    from glm_magic.data import find_table

    return {arguments.data: find_table(arguments.data, {}).frame}


def _cell(arguments: Arguments, model: str) -> FormulaCell | BlockCell:
    cell = read_cell(model)
    if arguments.file is None and isinstance(cell, BlockCell):
        raise HeaderError(
            "the model is Python, and on the command line only a formula is allowed",
            remedy=f"Put a PyMC block into a file: {PROGRAM} --file model.py DATA.",
        )
    return cell


def _model_text(arguments: Arguments) -> str:
    """Read the text of the formula or block."""
    if arguments.file is None:
        return arguments.formula or ""
    content = sys.stdin.buffer.read() if arguments.file == STDIN else files.read(arguments.file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise FileError(f"{_name(arguments)} is not UTF-8 text: {problem.reason}") from problem


def _name(arguments: Arguments) -> str:
    """Name the source of the model."""
    if arguments.file is None:
        return "<the command line>"
    return "<stdin>" if arguments.file == STDIN else str(Path(arguments.file))
