"""Effects of groups that are written together, and that lme4 and brms would give a correlation."""

from __future__ import annotations

from collections.abc import Iterator

import bambi
import numpy as np
from formulae import model_description

from glm_magic._stack import bambi_parameters
from glm_magic.request import FormulaCell
from glm_magic.request.scan import Kind, Token, outer, scan


def correlated(cell: FormulaCell, model: bambi.Model) -> tuple[tuple[str, ...], ...]:
    """List the effects that stand together left of a ``|``.

    In lme4 and brms the effects of ``(x|g)``, an intercept and a slope for each level of g, have a covariance
    matrix (Bates, Mächler, Bolker & Walker 2015, J. Stat. Softw. 67(1), section 2.2); in Bambi each is
    independent of the other, as those of ``(1|g) + (0 + x|g)`` are everywhere.

    Parameters
    ----------
    cell : FormulaCell
    model : bambi.Model

    Returns
    -------
    tuple of tuple of str
        The terms of each such bracket, as the summary names them: ``(("1|g", "x|g"),)``.
    """
    parent = model.family.likelihood.parent
    formulas = {parent: cell.bambi, **{line.parameter: line.bambi for line in cell.auxiliaries}}
    found: list[tuple[str, ...]] = []
    for parameter, formula in formulas.items():
        terms = bambi_parameters(model)[parameter].group_specific_terms
        prefix = "" if parameter == parent else f"{parameter}_"
        for bracket in _brackets(formula):
            # A bracket with two grouping factors, (x|g/h), has one covariance for each.
            by_factor: dict[str, list[str]] = {}
            for term in model_description(f"0 + {bracket}").group_terms:
                if term.name in terms:
                    by_factor.setdefault(term.factor.name, []).append(term.name)
            for names in by_factor.values():
                if sum(_width(terms[name].predictor) for name in names) > 1:
                    found.append(tuple(f"{prefix}{name}" for name in names))
    return tuple(dict.fromkeys(found))


def _width(predictor: np.ndarray) -> int:
    return 1 if predictor.ndim == 1 else int(predictor.shape[1])


def _brackets(formula: str) -> Iterator[str]:
    """Yield each bracket that holds a ``|``, itself included."""
    line: list[Token] = list(scan(formula))
    opened: list[int] = []
    for index, token in enumerate(line):
        if token.kind is Kind.OPEN:
            opened.append(index)
        elif token.kind is Kind.CLOSE:
            start = opened.pop()
            inside = line[start + 1 : index]
            if any(part.is_operator("|") for _, part in outer(inside)):
                yield formula[line[start].start : token.end]
