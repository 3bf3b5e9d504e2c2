"""A cell, carried out: Request -> fit, and the names it gives to the notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from glm_magic.api import fit_model
from glm_magic.data import Table, find_table, no_table
from glm_magic.engines import Progress
from glm_magic.errors import ModelError, Where
from glm_magic.fit import Fit
from glm_magic.idata import bound
from glm_magic.model.block import beginning_at, block_model, earlier, keeping, left_out
from glm_magic.model.formula import formula_model
from glm_magic.model.run import run_block
from glm_magic.model.sampled import Sampled, Sampling
from glm_magic.request import BlockCell, FormulaCell, Request, SampleCall
from glm_magic.request.again import Asked
from glm_magic.request.sampling import sample_options

Report = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a cell.

    Attributes
    ----------
    fit : Fit
    names : dict of str to object
        What a PyMC block assigned, for the notebook; empty when the run was interrupted.
    value : object
        Of the expression that ends a block after its sampling; None without one.
    error : BaseException or None
        What ended the block after its sampling; the fit and the names assigned until then are there.
    """

    fit: Fit
    names: dict[str, Any] = field(default_factory=dict)
    value: Any = None
    error: BaseException | None = None


def fit_request(request: Request, namespace: Mapping[str, Any], report: Report | None = None) -> Outcome:
    """Carry a cell out.

    Parameters
    ----------
    request : Request
    namespace : mapping of str to object
        The notebook's names; not changed.
    report : callable, optional
        Hears the progress.

    Returns
    -------
    Outcome
    """
    table = None if request.data is None else find_table(request.data, namespace, request.data_where)
    match request.cell:
        case FormulaCell() as cell:
            model = formula_model(cell, table or no_table(), namespace, request.options, request.given)
            asked = Asked(options=request.options, written=request.header, given=request.given)
            return Outcome(fit=fit_model(model, request.options, report, request.given, asked))
        case BlockCell() as cell:
            _refuse_family(request.given)
            block = _Block(request=request, table=table, report=report)
            run = run_block(cell, table, namespace, block.fit, request.name)
            return Outcome(fit=run.fit, names=run.names, value=run.value, error=run.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """How the model of a block is fitted."""

    request: Request
    table: Table | None
    report: Report | None

    def fit(self, sampling: Sampling) -> Sampled:
        """Fit what a block samples, as its ``sample(...)`` asks."""
        call, options = sampling.call, self.request.options
        if call is not None:
            options = sample_options(call, sampling.arguments, self.request.given, options)
        notes = (*options.settings.notes, *left_out(sampling.model), *earlier(sampling.before))
        settings = replace(options.settings, notes=notes)
        options, given = replace(options, settings=settings), self.request.given
        asked = Asked(options=options, written=self.request.header, call=call, given=given)
        text = self.request.cell.text
        model = block_model(sampling.model, self.table, sampling.names, sampling.title, text)
        model = keeping(model, settings.var_names, _place(call, "var_names"))
        report = self.report if settings.progress else None
        with beginning_at(model.pymc, settings.initvals, _place(call, "initvals")):
            fit = fit_model(model, options, report, given, asked)
        return Sampled(
            fit=fit,
            whole=not fit.incomplete,
            bind=lambda: bound(fit.posterior, model.pymc, settings),
        )


def _place(call: SampleCall | None, argument: str) -> Where | None:
    return None if call is None else call.places.get(argument, call.where)


def _refuse_family(given: Mapping[str, Where]) -> None:
    for name in ("family", "link"):
        if name in given:
            raise ModelError(
                f"--{name} belongs to a formula, and this cell is a PyMC block",
                where=given[name],
                remedy="Write the distribution of the response in the block, and leave the option out.",
            )
