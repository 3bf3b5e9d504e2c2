"""The PyMC program of a fit, put together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters, bambi_response_term
from glm_magic.code import Program, Random
from glm_magic.code.calls import call_of
from glm_magic.code.expressions import python_of
from glm_magic.code.likelihood import distribution_of, inverse_of
from glm_magic.code.literals import number, text
from glm_magic.code.predictor import CATEGORIES, linear_predictor
from glm_magic.code.priors import priors_of
from glm_magic.code.response import Response, response_of
from glm_magic.code.rows import COMPLETE
from glm_magic.code.sheet import Sheet, unwritten
from glm_magic.model import FormulaSource, Model
from glm_magic.model.families import ORDINAL
from glm_magic.request import Options


def program_of(
    model: Model, options: Options, seed: int, priors: Sequence[Random] | None = None, path: str = ""
) -> Program:
    """Write the PyMC program of a model.

    Parameters
    ----------
    model : Model
    options : Options
        Of the fit.
    seed : int
        Of its sampler.
    priors : sequence of Random, optional
        Of `priors_of`, where they are known.
    path : str, optional
        A file to read the data from.

    Returns
    -------
    Program

    Raises
    ------
    ModelError
        If a part of the model cannot be written, or the model was given as an object, or its data were changed.
    """
    if model.change is not None and (model.change.rows is not None or model.change.response is not None):
        raise unwritten("the model", "its rows or its response were changed after its data were read")
    match model.source:
        case FormulaSource() as source:
            known = priors_of(model) if priors is None else priors
            return _of_formula(Sheet(model, source, path), known, sample_call(options, seed))
        case block if block.text and model.change is None:
            return Program(parts=(block.text,))
        case _:
            raise unwritten("the model", "it was given as an object, without its text")


def text_of(program: Program) -> str:
    """Write a program with all its priors.

    Parameters
    ----------
    program : Program

    Returns
    -------
    str
    """
    return "".join(part if isinstance(part, str) else call_of(part) for part in program.parts)


def sample_call(options: Options, seed: int) -> str:
    """Write the call that samples as the fit was sampled.

    Parameters
    ----------
    options : Options
    seed : int

    Returns
    -------
    str
    """
    arguments = [f"draws={options.draws}", f"tune={options.tune}", f"chains={options.chains}"]
    if options.target_accept is not None:
        arguments.append(f"target_accept={number(options.target_accept)}")
    return f"pm.sample({', '.join([*arguments, f'random_seed={seed}'])})"


def _of_formula(sheet: Sheet, priors: Sequence[Random], sample: str) -> Program:
    source = sheet.source
    left = {one.variable: one for one in priors}
    bambi = source.bambi
    parent = bambi.family.likelihood.parent
    parameters: dict[str, str] = {}
    response = response_of(sheet)
    for name, component in bambi_parameters(bambi).items():
        wish, formula = (
            ("eta", source.recipe.cell.bambi) if name == parent else (f"eta_{name}", _line(source, name))
        )
        link = bambi.family.link[name].name
        plain = link == "identity" and source.family not in (*ORDINAL, *CATEGORIES)
        eta = linear_predictor(
            sheet, name, component, left, name if plain else wish, formula.partition("~")[2].strip()
        )
        parameters[name] = eta if plain else _parameter(sheet, name, link, eta, response, left)
    for name, record in bambi_marginal_parameters(bambi).items():
        variable = record.alias or name
        if variable in left:
            parameters[name] = sheet.assign(left.pop(variable), name)
        elif variable not in sheet.python:
            parameters[name] = numbers_of(record.prior)
    free = {variable.name for variable in sheet.model.pymc.free_RVs}
    if free != sheet.stated:
        raise unwritten(", ".join(sorted(free ^ sheet.stated)), "its place in the model is not known")
    _likelihood(sheet, parameters, response)
    sheet.state(f"idata = {sample}")
    return Program(parts=tuple(_joined(sheet)))


def numbers_of(value: object) -> str:
    """Write the number at which a parameter is fixed."""
    if not isinstance(value, int | float):
        raise unwritten("a parameter", f"it is fixed at a {type(value).__name__}")
    return number(float(value))


def _line(source: FormulaSource, parameter: str) -> str:
    return next(line.bambi for line in source.recipe.cell.auxiliaries if line.parameter == parameter)


def _parameter(
    sheet: Sheet, name: str, link: str, eta: str, response: Response, left: dict[str, Random]
) -> str:
    """State a parameter of the family: the inverse link of its predictor."""
    family, parent = sheet.source.family, sheet.source.bambi.family.likelihood.parent
    if family in CATEGORIES and family != "dirichlet_multinomial" and name == parent:
        # The first category is the reference.
        sheet.state(f"{eta} = np.ones((len({response.observed}), 1)) * {eta}")
        sheet.state(f"{eta} = pm.math.concatenate([np.zeros((len({response.observed}), 1)), {eta}], axis=1)")
    if family in ORDINAL and name == parent:
        threshold = sheet.assign(left.pop("threshold"), "threshold")
        rows = f"np.zeros(len({response.observed}))" if not _moves(sheet) else eta
        sheet.state(f"{eta} = {threshold} - pt.shape_padright({rows})")
    own = sheet.identifiers.new(name)
    sheet.state(f"{own} = {inverse_of(link, eta)}")
    if family in ORDINAL and name == parent:
        sheet.state(f"{own} = pm.math.concatenate([{', '.join(_ordinal(sheet, own))}], axis=-1)")
    return own


def _moves(sheet: Sheet) -> bool:
    """Tell whether an ordinal model has predictors."""
    component = bambi_parameters(sheet.source.bambi)[sheet.source.bambi.family.likelihood.parent]
    return bool(component.terms)


def _ordinal(sheet: Sheet, own: str) -> list[str]:
    """Write the probability of each category by those of the thresholds."""
    if sheet.source.family == "cumulative":
        return [f"{own}[..., :1]", f"{own}[..., 1:] - {own}[..., :-1]", f"1 - {own}[..., -1:]"]
    count = len(bambi_response_term(sheet.source.bambi).levels) - 1
    passed = [
        f"{own}[..., {place}:{place + 1}] * pm.math.prod(1 - {own}[..., :{place}], axis=-1, keepdims=True)"
        for place in range(1, count)
    ]
    return [f"{own}[..., :1]", *passed, f"pm.math.prod(1 - {own}, axis=-1, keepdims=True)"]


def _likelihood(sheet: Sheet, parameters: dict[str, str], response: Response) -> None:
    """State the response."""
    source, observed = sheet.source, response.observed
    term = bambi_response_term(source.bambi)
    own = {
        name: one
        for name, one in parameters.items()
        if not (source.family in ORDINAL and name == "threshold")
    }
    trials = {"n": response.beside["n"]} if "n" in response.beside else {}
    name, arguments = distribution_of(source.family, source.bambi.family.likelihood.name, {**trials, **own})
    written = ", ".join(f"{key}={value}" for key, value in arguments.items())
    called = text(str(term.alias or term.name))
    bounds = "".join(f", {side}={value}" for side, value in response.beside.items())
    match response.kind:
        case "censored":
            open_ends = "".join(
                f", {side}=None" for side in ("lower", "upper") if side not in response.beside
            )
            sheet.state(
                f"pm.Censored({called}, pm.{name}.dist({written}){bounds}{open_ends}, observed={observed})"
            )
        case "truncated":
            sheet.state(f"pm.Truncated({called}, pm.{name}.dist({written}){bounds}, observed={observed})")
        case "weighted":
            sheet.arrays.append(_weighted(name, tuple(arguments), response.beside["weights"]))
            given = ", ".join(arguments.values())
            sheet.state(
                f"pm.CustomDist({called}, {given}, logp=weighted_logp, dist=drawn, observed={observed})"
            )
        case _:
            sheet.state(f"pm.{name}({called}, {written}, observed={observed})")


def _weighted(name: str, arguments: tuple[str, ...], weights: str) -> str:
    """Define the density in which each row counts as often as its weight."""
    listed = ", ".join(arguments)
    given = ", ".join(f"{one}={one}" for one in arguments)
    return (
        f"\n\ndef weighted_logp(value, {listed}):\n"
        f"    return {weights} * pm.logp(pm.{name}.dist({given}), value)\n\n\n"
        f"def drawn({listed}, size):\n"
        f"    return pm.{name}.dist({given}, size=size)\n\n"
    )


def _complete(sheet: Sheet) -> list[str]:
    """Write how rows are left out: those with a missing value, and those where a function has none."""
    dropped = sheet.model.dropped
    lines = list(sheet.rows.complete())
    if not lines or dropped is None:
        return lines
    for call in set(dropped.columns) - set(sheet.rows.columns):
        written = python_of(sheet, call, lambda name: f"{COMPLETE}[{text(name)}]")
        lines.append(f"{COMPLETE} = {COMPLETE}[pd.notna({written})]")
    if sheet.rows_left(lines) != len(sheet.source.frame):
        raise unwritten("the rows that are left out", "they are not those with a missing value")
    return lines


def _joined(sheet: Sheet) -> list[str | Random]:
    """Put the lines in their order."""
    body: list[str | Random] = []
    for statement in sheet.statements:
        body.append("    ")
        for part in statement:
            body.append(part if isinstance(part, str) or not part.fixed else call_of(part, sheet.python))
        body.append("\n")
    below = "\n".join([*sheet.arrays, *(part for part in body if isinstance(part, str))])
    # A way of writing that did not give the columns that were fitted leaves arrays that nobody uses.
    columns = [
        line for own, line in sheet.columns.items() if re.search(rf"(?<!\w){re.escape(own)}(?!\w)", below)
    ]
    above = [*sheet.rows.source(), *_complete(sheet), *columns, *sheet.arrays]
    if sheet.coords:
        listed = "".join(f"    {text(name)}: {values},\n" for name, values in sheet.coords.items())
        above.insert(len(above) - len(sheet.arrays), f"coords = {{\n{listed}}}")
    used = "".join([*above, *(part for part in body if isinstance(part, str))])
    imports = [
        *sorted(sheet.imports),
        "import numpy as np",
        *(["import pandas as pd"] if "pd." in used else []),
        "import pymc as pm",
        *(["import pytensor.tensor as pt"] if "pt." in used else []),
    ]
    notebook = sorted({name.partition(".")[0] for name in sheet.notebook} - {"np", "pd", "pm", "pt"})
    notes = [f"# Of the notebook: {', '.join(notebook)}"] if notebook else []
    opened = f"with pm.Model({'coords=coords' if sheet.coords else ''}) as model:\n"
    head = "\n".join([*imports, "", *notes, *above, "", opened])
    merged: list[str | Random] = [head]
    for part in body:
        if isinstance(part, str) and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return merged
