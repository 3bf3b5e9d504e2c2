"""%%glm and %glm: IPython in, glm() out; no logic."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand, output_can_be_silenced
from IPython.display import display
from traitlets import Float, Int, Unicode

from glm_magic import complete
from glm_magic.errors import HeaderError, Interrupted
from glm_magic.request import DEFAULTS, Options, Request
from glm_magic.request.cell import read_cell
from glm_magic.request.header import Header, help_text, read_header, split_line
from glm_magic.request.options import check_options
from glm_magic.watch import Watch

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


@magics_class
class GlmMagic(Magics):
    """Defaults of ``%%glm``: ``%config GlmMagic.draws = 2000``."""

    family = Unicode(None, allow_none=True, help="A Bambi family (gaussian).").tag(config=True)
    link = Unicode(None, allow_none=True, help="Link of the family's main parameter.").tag(config=True)
    draws = Int(DEFAULTS.draws, min=1, help="Draws kept per chain.").tag(config=True)
    tune = Int(DEFAULTS.tune, min=0, help="Draws of warm-up per chain.").tag(config=True)
    chains = Int(DEFAULTS.chains, min=1, help="Number of chains.").tag(config=True)
    cores = Int(None, allow_none=True, min=1, help="Chains that run at once.").tag(config=True)
    seed = Int(None, allow_none=True, min=0, help="Seed of the sampler.").tag(config=True)
    target_accept = Float(None, allow_none=True, help="Target acceptance rate.").tag(config=True)
    engine = Unicode(DEFAULTS.engine, help="nutpie, pymc, numpyro or blackjax.").tag(config=True)
    prob = Float(DEFAULTS.prob, help="Probability of the intervals.").tag(config=True)
    lines = Int(DEFAULTS.lines, min=0, help="Fan lines shown at first.").tag(config=True)

    @no_var_expand
    @output_can_be_silenced
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
        )
        fit, names = self._fit(request, header)
        if fit.incomplete:
            display(fit)
            raise Interrupted("the panel above shows the draws that were kept; no name was bound")
        self._shell.push(names)
        if header.out is not None:
            self._shell.push({header.out: fit})
        if header.quiet:
            return None
        return fit.static() if header.static else fit

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
        configured = {
            field.name: getattr(self, field.name) for field in fields(Options) if self.has_trait(field.name)
        }
        return check_options(replace(DEFAULTS, **configured))

    def _fit(self, request: Request, header: Header) -> tuple[Any, dict[str, Any]]:
        with Watch(self._shell, quiet=header.quiet) as watch:
            if "pymc" not in sys.modules:
                watch.say("Importing PyMC, Bambi and ArviZ: once per session.")
            from glm_magic.api import fit_request

            return fit_request(request, self._shell.user_ns, watch)


def register(shell: InteractiveShell) -> None:
    """Register the magics and their completion.

    Parameters
    ----------
    shell : InteractiveShell
    """
    GlmMagic.glm.__doc__ = help_text()
    shell.register_magics(GlmMagic)
    complete.register(shell)


def unregister(shell: InteractiveShell) -> None:
    """Take the magics and their completion away.

    Parameters
    ----------
    shell : InteractiveShell
    """
    complete.unregister(shell)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("glm", None)
    registry = shell.magics_manager.registry
    magics = registry.pop(GlmMagic.__name__, None)
    if magics in shell.configurables:
        shell.configurables.remove(magics)
