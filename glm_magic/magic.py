"""%%glm and %glm: IPython in, glm() out; no logic."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from tokenize import TokenError
from typing import TYPE_CHECKING, Any

from IPython.core.displayhook import DisplayHook
from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand
from IPython.display import display
from traitlets import Bool, Enum, Float, Int, TraitError, TraitType, Unicode, observe, validate

from glm_magic import complete, interrupts
from glm_magic.display import DISPLAYS, MAX_PAGE_BYTES, ask_for, limit_pages
from glm_magic.errors import GlmError, HeaderError, Interrupted, own_lines
from glm_magic.interrupts import Answered, Listening
from glm_magic.preload import PRELOAD
from glm_magic.request import DEFAULTS, ENGINES, BlockCell, HeaderLine, Options, Request
from glm_magic.request.cell import read_cell
from glm_magic.request.header import Header, help_text, read_header, split_line
from glm_magic.request.options import BY_NAME, FITTING, Option, check_options, check_value
from glm_magic.turns import Turn
from glm_magic.watch import Watch

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from glm_magic.cells import Outcome

EMPTY_CELL = re.compile(r"\s*%%glm(?!\S).*\s*$")
WAITING = "Waiting for the fit of another thread: {:.0f} s so far."
# `truth` belongs to one model.
CONFIGURABLE = tuple(name for name in FITTING if name != "truth")
KINDS: Mapping[object, Callable[..., TraitType[Any, Any]]] = {int: Int, float: Float, str: Unicode}


def trait_of(option: Option) -> TraitType[Any, Any]:
    """Make what ``%config`` sets of an option.

    Parameters
    ----------
    option : Option

    Returns
    -------
    TraitType
        With the option's own default and words.
    """
    default = getattr(DEFAULTS, option.name)
    words = f"{option.help[0].upper()}{option.help[1:]}."
    made: TraitType[Any, Any]
    if option.name == "engine":
        made = Enum(ENGINES, default, help=words)
    elif not option.metavar:
        made = Bool(default, help=words)
    else:
        made = KINDS[option.read](default, allow_none=default is None, help=words)
    made.tag(config=True)
    return made


@magics_class
class GlmMagic(Magics):
    """Defaults of ``%%glm``: ``%config GlmMagic.draws = 2000``."""

    # A class body is a mapping: the options are the traits that the table of options says.
    vars().update({name: trait_of(BY_NAME[name]) for name in CONFIGURABLE})
    display = Enum(DISPLAYS, "auto", help="How fits are shown: auto chooses by the host.").tag(config=True)
    max_page_bytes = Int(
        MAX_PAGE_BYTES,
        min=0,
        allow_none=True,
        help="Budget of all pages in the notebook; beyond it they hold fewer draws. None is no limit.",
    ).tag(config=True)
    preload = Bool(default_value=True, help="Import and warm up in the background after %load_ext.").tag(
        config=True
    )

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._numbers = count(1)

    @no_var_expand
    @line_cell_magic
    def glm(self, line: str, cell: str | None = None) -> Any:
        """Fit a Bayesian regression; `register` puts the help text here."""
        header, text, start = self._read(line, cell)
        if header.help:
            sys.stdout.write(help_text(self._defaults()))
            return None
        if text is None:
            raise HeaderError(
                "there is no formula", remedy="%glm DATA [options]: y ~ x, or a %%glm cell. See %glm?"
            )
        request = Request(
            data=header.data,
            data_where=header.data_where,
            options=header.options,
            given=header.given,
            cell=read_cell(text, start),
            name=f"<glm cell {next(self._numbers)}>",
            header=HeaderLine(
                magic="%glm" if cell is None else "%%glm",
                text=line,
                end=max(start - 1, 0) if cell is None else len(line),
            ),
        )
        try:
            with Listening(), Answered("before the fit was finished; no name was bound"):
                done = self._fit(request, header)
                shown = self._bound(done, request, header, silenced=is_silenced(text))
                stopped = interrupts.taken()
            return self._answer(done, shown, stopped=stopped, silenced=is_silenced(text))
        except BaseException as error:  # the user's own statements may raise anything
            own = own_lines(error.__traceback__, request.name)
            if own is None:
                raise
            # An error of the user's own block is told from the user's own line on.
            __tracebackhide__ = True
            raise error.with_traceback(own)  # noqa: B904  # the same error, its causes kept

    def _bound(self, done: Outcome, request: Request, header: Header, *, silenced: bool) -> Any:
        """Bind the names, and give the panel to show.

        A semicolon silences what the last statement shows: the panel when the sampling ends the cell,
        else the value of an expression that follows it, which is shown beneath the panel.
        """
        fit = done.fit
        after = isinstance(request.cell, BlockCell) and not request.cell.ends_sampling
        hidden = header.quiet or (silenced and not after)
        shown = None if hidden else fit.static() if header.static else fit
        if fit.incomplete:
            if shown is not None:
                display(shown)
            # Those of earlier fits of the cell, if there are any.
            self._shell.push(done.names)
            bound = "the names assigned until then are bound" if done.names else "no name was bound"
            raise Interrupted(f"the panel above shows the draws that were kept; {bound}")
        self._shell.push(done.names if header.out is None else {**done.names, header.out: fit})
        return shown

    def _answer(self, done: Outcome, shown: Any, *, stopped: bool, silenced: bool) -> Any:
        """Give what the cell shows, or raise what ended it after the sampling."""
        beneath = None if silenced else done.value
        if done.error is None and beneath is None and not stopped:
            return shown
        if shown is not None:
            display(shown)
        match done.error:
            case KeyboardInterrupt():
                raise Interrupted("after the sampling; the fit and the names assigned until then are bound")
            case BaseException() as error:
                raise error
        if stopped:
            # It came when all draws were there, and waited.
            raise Interrupted("after the last draw; the fit is whole, and its names are bound")
        return beneath

    def _read(self, line: str, cell: str | None) -> tuple[Header, str | None, int]:
        """Find header, body, and where the body begins: a line magic holds both in one line."""
        defaults = self._defaults()
        if cell is not None:
            return read_header(line, defaults), cell, 0
        _, formula, start = split_line(line)
        if formula is None:
            return read_header(line, defaults), None, 0
        # The whole line is handed on, so that carets stand under what the user typed.
        return read_header(line, defaults, end=max(start - 1, 0)), line, start

    @property
    def _shell(self) -> InteractiveShell:
        """The shell that registered these magics; a Magics without one is IPython's affair."""
        assert self.shell is not None
        return self.shell

    def _defaults(self) -> Options:
        """Take the defaults from %config."""
        return check_options(replace(DEFAULTS, **{name: getattr(self, name) for name in CONFIGURABLE}))

    @validate(*CONFIGURABLE)
    def _check(self, proposal: Any) -> Any:
        """Hold %config to the rules of the header."""
        name, value = proposal["trait"].name, proposal["value"]
        if value is None:
            return value
        try:
            return check_value(name, value, label=f"GlmMagic.{name}")
        except GlmError as error:
            raise TraitError(error.message) from None

    @observe("display")
    def _ask(self, _change: object) -> None:
        """Show fits so from now on."""
        ask_for(self.display)

    @observe("max_page_bytes")
    def _limit(self, _change: object) -> None:
        """Keep pages within this from now on."""
        limit_pages(self.max_page_bytes)

    @observe("preload")
    def _preload(self, _change: object) -> None:
        """Begin or end to import in the background."""
        if self.preload:
            PRELOAD.start()
        else:
            PRELOAD.stop()

    @observe(*CONFIGURABLE)
    def _describe(self, _change: object) -> None:
        """Keep the defaults in ``%glm?`` true."""
        GlmMagic.glm.__doc__ = help_text(self._defaults())

    def _fit(self, request: Request, header: Header) -> Outcome:
        with Watch(self._shell, quiet=header.quiet) as watch:
            PRELOAD.bring(watch.say)
            from glm_magic.cells import fit_request

            with PRELOAD.paused(), Turn(lambda seconds: watch.say(WAITING.format(seconds))):
                return fit_request(request, self._shell.user_ns, watch)


def is_silenced(text: str) -> bool:
    """Tell whether a cell ends with a semicolon.

    IPython's `output_can_be_silenced` would tell it, but stumbles over an apostrophe in a
    column's name, and only after the fit.
    """
    try:
        return bool(DisplayHook.semicolon_at_end_of_expression(text))
    except (TokenError, SyntaxError):
        return text.rstrip().endswith(";")


def with_a_body(lines: list[str]) -> list[str]:
    """Give an empty cell one empty line: without it IPython answers for us, and not in our words."""
    return [f"{lines[0].rstrip()}\n", "\n"] if len(lines) == 1 and EMPTY_CELL.match(lines[0]) else lines


# IPython runs such transforms only on cells that are executed, not on those still being typed:
# in a terminal the second line decides whether a cell is complete.
with_a_body.has_side_effects = True  # type: ignore[attr-defined]


def register(shell: InteractiveShell) -> None:
    """Register the magics and their completion, once.

    Parameters
    ----------
    shell : InteractiveShell
    """
    unregister(shell)
    GlmMagic.glm.__doc__ = help_text()
    shell.register_magics(GlmMagic)
    if shell.magics_manager.registry[GlmMagic.__name__].preload:
        PRELOAD.start()
    shell.input_transformers_cleanup.append(with_a_body)
    complete.register(shell)


def unregister(shell: InteractiveShell) -> None:
    """Take the magics and their completion away.

    Parameters
    ----------
    shell : InteractiveShell
    """
    PRELOAD.stop()
    complete.unregister(shell)
    if with_a_body in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.remove(with_a_body)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("glm", None)
    magics = shell.magics_manager.registry.pop(GlmMagic.__name__, None)
    if magics in shell.configurables:
        shell.configurables.remove(magics)
