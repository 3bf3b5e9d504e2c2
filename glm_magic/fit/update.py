"""`Fit.update`: fit again with some things changed."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import pandas as pd
from bambi.defaults.families import BUILTIN_FAMILIES
from formulae import model_description

from glm_magic.diagnose import Finding, by_severity, finding
from glm_magic.errors import ModelError
from glm_magic.fit.change.data import changed_frame
from glm_magic.model import BlockSource, FormulaSource, Model
from glm_magic.model.recipe import lines_of, priors_of
from glm_magic.request import FormulaCell
from glm_magic.request.options import FITTING
from glm_magic.request.settings import Settings
from glm_magic.request.update import changed
from glm_magic.views.panel import FitView

if TYPE_CHECKING:
    from glm_magic.fit import Fit
    from glm_magic.model.recipe import Recipe

GAUSSIAN = "gaussian"


def update(
    fit: Fit,
    formula: str | None = None,
    data: object = None,
    *,
    priors: Mapping[str, str | float | None] | None = None,
    family: str | None = None,
    link: str | None = None,
    draws: int | None = None,
    tune: int | None = None,
    chains: int | None = None,
    cores: int | None = None,
    seed: int | None = None,
    target_accept: float | None = None,
    engine: str | None = None,
    prob: float | None = None,
    lines: int | None = None,
    truth: Mapping[str, float] | None = None,
    ask_truth: bool | None = None,
    namespace: Mapping[str, Any] | None = None,
) -> Fit:
    """Fit again with some things changed; what is not given stays, the seed too.

    Parameters
    ----------
    formula : str, optional
        A new formula, in which a dot stands for the old side, as in R: ``". ~ . + z"``. Auxiliary formulas
        stay, unless a further line has another for the same parameter. Priors stay, too; those of terms
        that are gone are dropped, and a finding names them.
    data : frame, str or mapping of str to array, optional
        Other data.
    priors : mapping of str to str, float or None, optional
        New priors by target; the others stay, and None takes one back.
    family, link : str, optional
        A new family has its own link, unless one is given.
    draws, tune, chains, cores, seed, target_accept, engine, prob, lines, truth, ask_truth : optional
        As for `glm_magic.glm`.
    namespace : mapping of str to object, optional
        Functions and constants that the formula names, besides those that it was fitted with.

    Returns
    -------
    Fit
        A new one; this one is not changed.

    Raises
    ------
    ModelError
        For a formula, priors, a family or a link where the model was written by hand, and for a fit from a
        file that does not hold what is needed.
    GlmError
        As `glm_magic.glm` does.

    Examples
    --------
    >>> fit.update(". ~ . + z", priors={"z": "Normal(0, 1)"})  # doctest: +SKIP
    >>> fit.update(draws=4000)  # doctest: +SKIP
    """
    # The front door: it alone may open the room to the right, and only when somebody knocks.
    from glm_magic import glm

    given = {
        "family": family, "link": link, "draws": draws, "tune": tune, "chains": chains, "cores": cores, "seed": seed,
        "target_accept": target_accept, "engine": engine, "prob": prob, "lines": lines, "truth": truth,
        "ask_truth": ask_truth,
    }  # fmt: skip
    options = {name: getattr(fit._options, name) for name in FITTING} | {"seed": fit._record.seed}
    options |= {name: value for name, value in given.items() if value is not None}
    own = dict(namespace or {})
    model = fit._model
    if model is not None and isinstance(model.source, BlockSource):
        _refuse(formula=formula, priors=priors, family=family, link=link)
        names = {**model.source.vectors, **own}
        made = glm(model.pymc, data, namespace=names, **_hidden(options, asked=ask_truth))
        return _noted(made, _not_repeated(fit._options.settings))
    old = _cell(fit)
    if family is not None and link is None:
        options["link"] = None
    cell, kept = changed(lines_of(old), priors_of(old), formula, priors or {})
    formulas = [line for line in cell.auxiliaries if line.parameter not in _parameters(options["family"])]
    lost = [line for line in formulas if line.parameter in _parameters(fit._options.family)]
    cell = replace(cell, auxiliaries=tuple(line for line in cell.auxiliaries if line not in lost))
    change = _Change(before=_known(old, fit._options.family), after=_known(cell, options["family"]))
    dropped = [target for target in kept if change.drops(target) and target not in (priors or {})]
    if truth is None:
        options["truth"] = {name: value for name, value in options["truth"].items() if not change.drops(name)}
    stay = {name: prior for name, prior in kept.items() if name not in dropped}
    made = glm(
        "\n".join([cell.formula, *(line.formula for line in cell.auxiliaries)]),
        _frame(fit) if data is None else data,
        priors={**stay, **priors_of(cell)},
        namespace={**_names(fit, cell, own), **own},
        **_hidden(options, asked=ask_truth),
    )
    return _noted(made, _dropped(dropped, [line.parameter for line in lost]))


def _hidden(options: Mapping[str, Any], *, asked: bool | None) -> dict[str, Any]:
    """Hide true values as before, unless none is left."""
    ask = asked if asked is not None else bool(options["ask_truth"] and options["truth"])
    return {**options, "ask_truth": ask}


def _made(fit: Fit) -> Model | None:
    """Give the model in memory; None for a fit from a file that was not changed, whose own words do."""
    again = fit._again
    changed = again is not None and again.remembered is not None and again.remembered.change is not None
    return fit._living("update") if changed else fit._model


def _recipe(fit: Fit) -> Recipe | None:
    """Give what the model was made from; None for a fit from a file."""
    made = _made(fit)
    return made.source.recipe if made is not None and isinstance(made.source, FormulaSource) else None


def _cell(fit: Fit) -> FormulaCell:
    recipe = _recipe(fit)
    return recipe.cell if recipe is not None else fit._file().cell("update")


def _frame(fit: Fit) -> pd.DataFrame:
    made = _made(fit)
    if made is None or not isinstance(made.source, FormulaSource):
        return fit._file().table("update").frame
    return changed_frame(made.source, made.change)


def _names(fit: Fit, cell: FormulaCell, own: Mapping[str, Any]) -> Mapping[str, Any]:
    recipe = _recipe(fit)
    return recipe.namespace if recipe is not None else fit._file().names(cell, own, "update")


def _refuse(**given: object) -> None:
    """Refuse what belongs to a formula."""
    for name, value in given.items():
        if value is not None:
            raise ModelError(
                f"{name} belongs to a formula, and this model was written by hand",
                remedy="Change the model itself and fit it again; data, draws and other options can be updated.",
            )


def _not_repeated(settings: Settings) -> list[Finding]:
    """Say which arguments of a block's ``sample(...)`` an update does not repeat."""
    default = Settings()
    names = [
        one.name
        for one in fields(Settings)
        if one.name not in ("notes", "progress") and getattr(settings, one.name) != getattr(default, one.name)
    ]
    if not names:
        return []
    message = f"the update does not repeat {', '.join(names)} of the block's sample(...)"
    return [_note(message, "Change the call in the block itself to keep them")]


def _dropped(priors: list[str], auxiliaries: list[str]) -> list[Finding]:
    """Say what of the old formula has no place in the new one."""
    found = []
    if priors:
        listed = ", ".join(priors)
        verb = f"priors of {listed} were" if len(priors) > 1 else f"prior of {listed} was"
        found.append(
            _note(
                f"the {verb} dropped, for the new model has no such term",
                "Give it under the name that the summary has, if it belongs to another term",
            )
        )
    if auxiliaries:
        found.append(
            _note(
                f"the formula of {', '.join(auxiliaries)} was dropped, for the new family has no such parameter",
                "Give a formula for a parameter of the new family, if one is needed",
            )
        )
    return found


def _note(message: str, advice: str) -> Finding:
    return finding("update", severity="note", message=message, advice=advice)


def _noted(fit: Fit, notes: list[Finding]) -> Fit:
    """Give a fit whose findings and panel hold some notes more."""
    if not notes:
        return fit
    made, before = copy(fit), fit._make_view

    def view() -> FitView:
        panel = before()
        return replace(panel, findings=by_severity((*panel.findings, *notes)))

    made._make_view = view
    made.findings = by_severity((*fit.findings, *notes))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """The names of terms and parameters before and after, as the summary has them."""

    before: frozenset[str]
    after: frozenset[str]

    def drops(self, target: str) -> bool:
        """Tell whether a prior or a true value is of what is gone, or of a part of it."""
        plain = target.replace("`", "").strip("()")
        own = [
            name
            for name in self.before | self.after
            if plain == name or plain.startswith((f"{name}[", f"{name}_"))
        ]
        return bool(own) and max(own, key=len) not in self.after


def _known(cell: FormulaCell, family: str | None) -> frozenset[str]:
    """Name the terms and parameters of a model without building it."""
    parameters = _parameters(family)
    known = set(_terms(cell.bambi))
    for line in cell.auxiliaries:
        known |= {f"{line.parameter}_{term}" for term in _terms(line.bambi)}
    # A parameter with a formula has no prior of its own.
    return frozenset(known | (parameters - {line.parameter for line in cell.auxiliaries}))


def _terms(formula: str) -> set[str]:
    """Name the terms of a formula, and their classes."""
    names = {str(term.name) for term in model_description(formula).terms}
    classes = {"group_specific" if "|" in name else "common" for name in names - {"Intercept"}}
    return names | classes


def _parameters(family: str | None) -> set[str]:
    """Name the parameters of a family besides its main one; none where there is no such family."""
    entry = BUILTIN_FAMILIES.get((family or GAUSSIAN).lower())
    if entry is None:
        return set()
    likelihood = entry["likelihood"]
    return {name for name in likelihood["params"] if name != likelihood["parent"]}
