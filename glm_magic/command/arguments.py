"""The words of the command: its own options, and every option of the magic, from the magic's own table."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from glm_magic.command.outputs import DEFAULT_TAB, TABS, Outputs, read_figure
from glm_magic.errors import HeaderError, Where, nearest
from glm_magic.request import DEFAULTS, Options
from glm_magic.request.header import read_header
from glm_magic.request.options import FITTING, OPTIONS, Option
from glm_magic.request.usage import LINES

PROGRAM = "glm-magic"
STDIN = "-"
DESCRIPTION = """\
Fit a Bayesian regression, print its summary, and write its page, its numbers and its figures.

The model is a formula in Bambi's language, "weight ~ height", or is read from a file: formula lines, or a PyMC block,
which is run as Python. DATA is a .csv, .tsv, .parquet, .feather or .json file, as pandas reads it."""
EPILOG = f"""\
{LINES}
Exit codes: 0 all is well, 1 wrong input, 2 the fit should not be trusted (files are written), 130 interrupted.
Without a fit no file is touched. Progress is shown on a terminal only.

Examples:
  {PROGRAM} "y ~ x" data.csv --seed 8927 --html out.html --json out.json --figure fan.svg
  {PROGRAM} --file model.txt data.parquet --save fit.nc --figure trace=chains.pdf
"""
_HELP_OF_THE_MAGIC = {
    "out": "write the fit to FILE, which glm_magic.load reads",
    "static": "accepted as in a notebook: everything that is written needs no kernel",
    "quiet": "show neither progress nor the summary; errors and error findings are still reported",
    "help": "show this text",
}
"""What the options of the magic alone mean to a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The command, read.

    Attributes
    ----------
    formula, file : str or None
        The formula, or the file that holds the model; exactly one is given.
    data : str or None
    options : Options
    given : mapping of str to Where
        The options of the fit that were given, with their places in `line`.
    line : str
        The command without its name, the options of the fit first.
    options_end : int
        Where these end in `line`.
    outputs : Outputs
    quiet : bool
    """

    formula: str | None
    file: str | None
    data: str | None
    options: Options
    given: Mapping[str, Where]
    line: str
    options_end: int
    outputs: Outputs
    quiet: bool


class _Parser(argparse.ArgumentParser):
    """Raises an error of the house where argparse would exit with 2, which here means something else."""

    def error(self, message: str) -> NoReturn:
        raise HeaderError(message, remedy=f"{PROGRAM} --help lists the options.")


class _Once(argparse.Action):
    """Keeps a value that is given once."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002  # argparse gives it
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        if getattr(namespace, self.dest) is not None:
            raise HeaderError(f"{option_string} is given twice", remedy="Keep one of the two.")
        setattr(namespace, self.dest, values)


def make_parser() -> argparse.ArgumentParser:
    """Make the parser.

    Returns
    -------
    argparse.ArgumentParser
    """
    parser = _Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [options] FORMULA [DATA]\n       {PROGRAM} [options] --file FILE [DATA]",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument("positional", nargs="*", help=argparse.SUPPRESS)
    own = parser.add_argument_group("Model and files")
    own.add_argument(
        "--file", metavar="FILE", action=_Once, help="read the model from FILE; - is standard input"
    )
    own.add_argument("--html", metavar="FILE", action=_Once, help="write the panel as a page of its own")
    own.add_argument(
        "--json", metavar="FILE", action=_Once, help="write summary and findings, which a program can read"
    )
    own.add_argument(
        "--figure",
        metavar="[TAB=]FILE",
        action="append",
        default=[],
        help=f"draw a tab for paper ({', '.join(TABS)}); FILE alone is the tab that it is named after, else the "
        f"{DEFAULT_TAB}; may be repeated",
    )
    groups = {"magic": own}
    for option in OPTIONS:
        if option.group not in groups:
            groups[option.group] = parser.add_argument_group(f"{option.group.capitalize()} options")
        _add(groups[option.group], option)
    return parser


def _add(group: Any, option: Option) -> None:
    words = _HELP_OF_THE_MAGIC.get(option.name, option.help + _default(option)).replace("%", "%%")
    if option.name == "help":
        group.add_argument(*option.flags, action="help", help=words)
    elif option.name == "out":
        group.add_argument(*option.flags, "--save", dest="save", metavar="FILE", action=_Once, help=words)
    elif option.metavar:
        group.add_argument(*option.flags, dest=option.name, metavar=option.metavar, action=_Once, help=words)
    else:
        group.add_argument(*option.flags, dest=option.name, action="store_true", help=words)


def _default(option: Option) -> str:
    value = getattr(DEFAULTS, option.name, None)
    return f" (default {value})" if value and option.name != "truth" else ""


def read_arguments(words: Sequence[str]) -> Arguments:
    """Read the command.

    Parameters
    ----------
    words : sequence of str
        Without the command's name.

    Returns
    -------
    Arguments

    Raises
    ------
    HeaderError
        If a word is not understood, or a value breaks its option's rule.
    """
    parser = make_parser()
    # Positional words may come before, between and after options.
    found, unknown = parser.parse_known_intermixed_args(list(words))
    if unknown:
        flags = [flag for action in parser._actions for flag in action.option_strings]
        remedy = nearest(unknown[0].partition("=")[0], flags) or f"{PROGRAM} --help lists the options."
        raise HeaderError(f"unknown option {unknown[0]}", remedy=remedy)
    formula, data = _positional(found.positional, found.file)
    typed = [
        _word(option, getattr(found, option.name))
        for option in OPTIONS
        if option.name in FITTING and getattr(found, option.name) not in (None, False)
    ]
    head = " ".join(typed)
    line = " ".join([*typed, *_rest(found)])
    header = read_header(line, DEFAULTS, end=len(head))
    return Arguments(
        formula=formula,
        file=found.file,
        data=data,
        options=header.options,
        given=header.given,
        line=line,
        options_end=len(head),
        outputs=Outputs(
            html=found.html,
            json=found.json,
            save=found.save,
            figures=tuple(read_figure(text) for text in found.figure),
        ),
        quiet=found.quiet,
    )


def _word(option: Option, value: str) -> str:
    if not option.metavar:
        return option.flags[-1]
    # A value that begins with a hyphen would be read as a flag.
    return f"{option.flags[-1]}{'=' if value.startswith('-') else ' '}{shlex.quote(value)}"


def _rest(found: argparse.Namespace) -> list[str]:
    """Write what is no option of the fit, so that findings can offer the command with other settings."""
    named = {"--file": found.file, "--html": found.html, "--json": found.json, "--save": found.save}
    every = [*named.items(), *(("--figure", text) for text in found.figure)]
    written = [shlex.quote(word) for word in found.positional]
    return written + [f"{flag} {shlex.quote(value)}" for flag, value in every if value is not None]


def _positional(words: list[str], file: str | None) -> tuple[str | None, str | None]:
    """Tell formula and data apart: with a file for the model, only the data are left."""
    most = 2 if file is None else 1
    if len(words) > most:
        raise HeaderError(
            f"{shlex.quote(words[most])} is one word too many",
            remedy="Put the formula in quotes, and name one file of data."
            if file is None
            else "With --file the model is in that file, and one file of data may follow.",
        )
    if file is not None:
        return None, words[0] if words else None
    if not words:
        raise HeaderError(
            "there is no model", remedy=f'Write {PROGRAM} "y ~ x" data.csv, or --file model.txt.'
        )
    if "~" not in words[0]:
        raise HeaderError(
            f"{shlex.quote(words[0])} is no formula: it has no ~",
            remedy=f'Write {PROGRAM} "y ~ x" data.csv, or --file FILE for a model in a file.',
        )
    return words[0], words[1] if len(words) > 1 else None
