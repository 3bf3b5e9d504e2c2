"""A PyMC cell, run: the user's statements in the user's names, with our fit where they sample.

Names resolve in the order of the cell's design: assigned in the block, columns of DATA, the
user's namespace, PyMC's public names, ``pm``, ``np`` and ``pt``. What the block assigns is
kept apart until the fit has succeeded, so that a cell that fails before binds nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pymc

from glm_magic import interrupts
from glm_magic.data import Table
from glm_magic.errors import BlockError, innermost
from glm_magic.model.located import FILENAME, compiled, last_line, list_lines, place_of
from glm_magic.model.sampled import BlockRun, Sampled, Sampling
from glm_magic.model.scope import is_bare, refuse_unknown, unknown_name, visible
from glm_magic.request import OPENED, BlockCell, SampleCall


class _Interrupted(BaseException):  # no error: it leaves the user's statements
    """The fit was interrupted: what follows the sampling is not run."""


def run_block(
    cell: BlockCell,
    table: Table | None,
    namespace: Mapping[str, Any],
    fit: Callable[[Sampling], Sampled],
    filename: str = FILENAME,
) -> BlockRun:
    """Run a block, and fit its model where it samples, or at its end.

    Parameters
    ----------
    cell : BlockCell
    table : Table or None
        DATA; its columns hide names of the notebook.
    namespace : mapping of str to object
        The notebook's names; not changed.
    fit : callable
        Fits a model, each time that the block samples. Once it has, nothing raises any more: what the
        statements that follow raise is part of the result.
    filename : str
        How tracebacks name the cell.

    Returns
    -------
    BlockRun

    Raises
    ------
    BlockError
        If a name is unknown, or the block makes no model with an observed variable.

    Notes
    -----
    A function that the block defines keeps the names as they are now: it does not see what the
    notebook assigns later. Where such a function samples, it is this fit while the block runs, and
    PyMC's own sampling when it is called afterwards.
    """
    list_lines(cell.text, filename)
    names = visible(cell, table, namespace)
    refuse_unknown(cell, names)
    return _Run(cell=cell, names=names, fit=fit, filename=filename).run()


@dataclass(slots=True, kw_only=True)
class _Run:
    """The statements of one cell, as they run."""

    cell: BlockCell
    names: dict[str, Any]
    fit: Callable[[Sampling], Sampled]
    filename: str
    before: dict[str, Any] = field(init=False)
    own: pymc.Model | None = None
    opened: list[pymc.Model] = field(default_factory=list)
    done: Sampled | None = None
    fits: int = 0
    began: bool = False
    ended: bool = False
    contexts: ExitStack = field(default_factory=ExitStack)

    def run(self) -> BlockRun:
        """Run them; keep the fit whatever comes after it."""
        self.before = dict(self.names)
        hooks = {call.hook: partial(self.sample, call) for call in self.cell.samples}
        self.names.update({**hooks, OPENED: self.open})
        value, error = None, None
        with self.contexts:
            if is_bare(self.cell, self.names):
                self.own = self.contexts.enter_context(pymc.Model())
            try:
                value = self.statements()
            except _Interrupted:
                assert self.done is not None
                # What an earlier fit of the cell gave is whole, and is bound.
                return BlockRun(fit=self.done.fit, names=self.assigned(whole=False) if self.fits else {})
            # Whatever the user's own statements raise, a stop included, the magic raises it again when
            # it has shown and bound the fit.
            except BaseException as raised:
                if self.done is None:
                    self.explain(raised)
                    raise
                error = raised
            finally:
                self.ended = True
        if self.done is None:
            raise self.unsampled()
        return BlockRun(fit=self.done.fit, names=self.assigned(whole=error is None), value=value, error=error)

    def statements(self) -> Any:
        """Execute them, and fit at the end what was not sampled before."""
        exec(compiled(self.cell.code, self.filename), self.names)
        if not self.cell.samples:
            self.sample_model(self.only_model(None), {}, None, self.names)
        return None if self.cell.value is None else eval(compiled(self.cell.value, self.filename), self.names)

    def open(self, context: Any) -> Any:
        """Hear what a ``with`` opens."""
        if isinstance(context, pymc.Model):
            self.opened.append(context)
        elif not (hasattr(type(context), "__enter__") and hasattr(type(context), "__exit__")):
            raise BlockError(
                f"the block's `with` opens something of type {type(context).__name__}, not a PyMC model",
                where=place_of(sys._getframe(1), self.cell.text),
                remedy="Write: with pm.Model() as model:",
            )
        return context

    def sample(self, call: SampleCall, *args: Any, **kwargs: Any) -> Any:
        """Stand in for ``pm.sample``, while the block runs."""
        if self.ended:
            return pymc.sample(*args, **kwargs)
        self.began = True
        if len(args) > 1 or (args and "draws" in kwargs):
            raise BlockError(
                "sample(...) takes one argument without a name, the draws",
                where=call.where,
                remedy="Write the others by name: pm.sample(1000, tune=1000).",
            )
        arguments = {**({"draws": args[0]} if args else {}), **kwargs}
        # A function's own names tell what its data are, too.
        seen = {**self.names, **sys._getframe(1).f_locals}
        return self.sample_model(self.model(arguments.get("model"), call), arguments, call, seen)

    def sample_model(
        self,
        model: pymc.Model,
        arguments: Mapping[str, Any],
        call: SampleCall | None,
        seen: Mapping[str, Any],
    ) -> Any:
        if call is None and not model.observed_RVs and not model.potentials:
            raise BlockError(
                "the model has no observed variable",
                where=last_line(self.cell.text),
                remedy='Give the response its data: Normal("y", mu=..., sigma=..., observed=y).',
            )
        sampling = Sampling(
            model=model,
            title=_title(model, seen),
            names=seen,
            arguments=arguments,
            call=call,
            before=self.fits,
        )
        with _outside_models():
            self.done = self.fit(sampling)
            if not self.done.whole:
                raise _Interrupted
            self.fits += 1
            bound = self.done.bind()
        if call is not None and not call.ends:
            # The user's own statements may take for ever: they are stopped at once.
            interrupts.release_soon()
        return bound

    def model(self, named: Any, call: SampleCall) -> pymc.Model:
        """Find the model to sample: the one named, else the one around the call, else the only one."""
        if named is not None and not isinstance(named, pymc.Model):
            raise BlockError(
                f"model= is of type {type(named).__name__}, not a PyMC model",
                where=call.places.get("model", call.where),
                remedy="Leave model= out to sample the model of the `with` around it.",
            )
        around = pymc.Model.get_context(error_if_none=False) if named is None else named
        # What follows a sample(...) outside of `with` may need the model as well.
        return self.contexts.enter_context(self.only_model(call)) if around is None else around

    def only_model(self, call: SampleCall | None) -> pymc.Model:
        """Find the one model of the cell."""
        if self.own is not None:
            return self.own
        assigned = [value for value in self.assigned(whole=False).values() if isinstance(value, pymc.Model)]
        found = {id(model): model for model in (*self.opened, *assigned) if model.isroot}
        if len(found) > 1:
            raise BlockError(
                "several models in one cell",
                where=None if call is None else call.where,
                remedy="Put each model into a cell of its own, or sample one: idata = pm.sample(model=...).",
            )
        for model in found.values():
            return model
        raise BlockError(
            "there is no PyMC model to sample" + ("" if call is None else " where sample(...) runs"),
            where=None if call is None else call.where,
            remedy="Write: with pm.Model() as model:",
        )

    def unsampled(self) -> BlockError:
        """Say why a block that samples has no fit."""
        where = self.cell.samples[0].where
        if self.began:
            return BlockError("sample(...) did not run to its end", where=where, remedy="Let its error pass.")
        return BlockError(
            "the cell samples nothing: no sample(...) of it ran",
            where=where,
            remedy="Call the function that samples, or let the condition or loop around sample(...) reach it.",
        )

    def assigned(self, *, whole: bool) -> dict[str, Any]:
        """Collect what the statements have assigned: all of it, or what can be told to be new."""
        hooks = {*(call.hook for call in self.cell.samples), OPENED, "__builtins__"}
        return {
            name: value
            for name, value in self.names.items()
            if name not in hooks
            and (
                name not in self.before
                or value is not self.before[name]
                or (whole and name in self.cell.stores)
            )
        }

    def explain(self, error: BaseException) -> None:
        """Point at an unknown name that only running could find, such as one in a loop."""
        frame = innermost(error.__traceback__)
        if (
            type(error) is not NameError
            or frame is None
            or frame.tb_frame.f_code.co_filename != self.filename
        ):
            return
        where = place_of(frame.tb_frame, self.cell.text, frame.tb_lasti)
        if where is None:
            return
        if where.words() == error.name and error.name not in self.names:
            raise unknown_name(error.name, where, {*self.names, *self.cell.stores}) from error


@contextmanager
def _outside_models() -> Iterator[None]:
    """Leave every model's context for a while: a model that is made in one becomes a part of it."""
    left = []
    while (model := pymc.Model.get_context(error_if_none=False)) is not None:
        model.__exit__(None, None, None)
        left.append(model)
    try:
        yield
    finally:
        for model in reversed(left):
            model.__enter__()


def _title(model: pymc.Model, names: Mapping[str, Any]) -> str:
    """Give the model the name that the user gave it, unless that is just "model"."""
    named = [
        name
        for name, value in names.items()
        if value is model and not name.startswith("_") and name != "model"
    ]
    return " ".join(["PyMC model", *named[:1]])
