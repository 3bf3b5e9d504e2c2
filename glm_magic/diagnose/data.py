"""What the data themselves say against a fit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from glm_magic._stack import bambi_parameters
from glm_magic.diagnose import Finding, finding
from glm_magic.diagnose.failed import Rules, apply_rules
from glm_magic.diagnose.overlap import separated
from glm_magic.diagnose.reading import reading_rules
from glm_magic.diagnose.remedies import prior_remedy, remedy
from glm_magic.model import BlockSource, Dropped, FormulaSource, Model
from glm_magic.model.columns import plain_categories
from glm_magic.model.families import ORDINAL
from glm_magic.model.names import column_labels
from glm_magic.model.rows import numbers_as_text
from glm_magic.request.again import Asked
from glm_magic.stages import Attempt, unguarded

UNKNOWN = Asked()
# Variance, as a share of a column's own, below which a combination of columns does not vary.
FLAT = 1e-8
# The linear programme of `separates` takes about a second at this size.
MOST_SEPARATION_CELLS = 500_000


def data_findings(model: Model, asked: Asked = UNKNOWN, attempt: Attempt = unguarded) -> list[Finding]:
    """Apply the rules on rows, predictors and the response.

    Parameters
    ----------
    model : Model
    asked : Asked, optional
        How the fit was asked for.
    attempt : Attempt
        How each rule is run.

    Returns
    -------
    list of Finding
    """
    return apply_rules(_rules(model, asked), attempt)


def _rules(model: Model, asked: Asked) -> Rules:
    yield "dropped rows", lambda: _dropped(model.dropped)
    match model.source:
        case FormulaSource() as source:
            yield "collinear predictors", lambda: _predictors(source)
            yield "numbers as text", lambda: _numbers_as_text(source)
            yield "separation", lambda: _separation(model, source, asked)
            yield "the family", lambda: _family(model, source, asked)
            yield from reading_rules(source, model.title, asked)
        case BlockSource():
            yield "missing values", lambda: _imputed(model)


def _dropped(dropped: Dropped | None) -> Finding | None:
    if dropped is None:
        return None
    columns = ", ".join(f"{name} ({count:,})" for name, count in dropped.columns.items())
    return finding(
        "dropped",
        severity="warning",
        message=f"{dropped.rows:,} of {dropped.of:,} rows were left out: values are missing in {columns}",
        advice="Ask why they are missing; impute them if the reason depends on the response",
        value=f"{dropped.rows:,}",
        threshold="above 0",
    )


def _design(source: FormulaSource, parameter: str) -> tuple[list[str], NDArray[np.float64]]:
    """Labels and columns of a parameter's population-level design, as its coefficients multiply them.

    Offsets have no coefficient, and the columns of an HSGP are the places of its functions.
    """
    component = bambi_parameters(source.bambi)[parameter]
    common = component.design.common
    if common is None:
        return [], np.zeros((len(source.frame), 0))
    names: list[str] = []
    blocks: list[NDArray[np.float64]] = []
    for name, term in common.terms.items():
        if term.kind == "offset" or name in component.hsgp_terms:
            continue
        # Not the slices of the design matrix: Bambi takes the intercept of ordinal families out of it.
        block = np.asarray(term.data, dtype=float).reshape(len(source.frame), -1)
        names += column_labels(source, parameter, name, block.shape[1])
        blocks.append(block)
    return names, np.hstack(blocks) if blocks else np.zeros((len(source.frame), 0))


def _predictors(source: FormulaSource) -> Iterator[Finding]:
    tied: list[str] = []
    for parameter in bambi_parameters(source.bambi):
        names, design = _design(source, parameter)
        # The thresholds of an ordinal response take the part of the intercept.
        if source.family in ORDINAL and parameter == source.bambi.family.likelihood.parent:
            names, design = ["threshold", *names], np.column_stack([np.ones(len(design)), design])
        tied += collinear(names, design)
    if tied:
        yield finding(
            "collinear",
            severity="warning",
            message=f"{', '.join(tied)} cannot be told apart: each is a combination of the others",
            advice="Keep one of them; what the data say is about their combination only",
            value="1 - R² below 1e-8",
            threshold="1 - R² below 1e-8",
        )


def collinear(names: list[str], design: NDArray[np.float64]) -> list[str]:
    """Name the columns that are a linear combination of the others.

    Parameters
    ----------
    names : list of str
    design : ndarray, shape (n_rows, n_columns)
        Every column that has a coefficient; an intercept is a constant column among them.

    Returns
    -------
    list of str
        Empty when the design has full rank; constant columns are not named.

    Notes
    -----
    With an intercept the columns are centred, as Bambi samples them, which tells 2001 from 2002
    however far from zero they are. Without one, columns that add up to a constant, such as the
    levels of a factor in ``0 + g``, are told apart by that constant: of the combinations that do
    not vary between rows only those that are zero have no part in the likelihood.
    """
    varies = np.ptp(design, axis=0) > 0
    intercept = bool(design[0, ~varies].any()) if len(design) else False
    moving = design if varies.all() else design[:, varies]
    if moving.shape[1] < 2:
        return []
    means = moving.mean(axis=0)
    centred = moving - means
    products = centred.T @ centred
    length = np.sqrt(np.diag(products))
    correlation = products / np.outer(length, length)
    values, vectors = np.linalg.eigh(correlation)
    # A direction without variance: every column with weight in it takes part.
    flat = vectors[:, values < FLAT * moving.shape[1]]
    if not intercept:
        flat = _without_constant(flat, means / length)
    named = [name for name, moves in zip(names, varies, strict=True) if moves]
    return [name for name, weights in zip(named, flat, strict=True) if (np.abs(weights) > 1e-3).any()]


def _without_constant(flat: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out the one direction along which combinations of the columns are a constant other than zero.

    Parameters
    ----------
    flat : ndarray, shape (n_columns, n_directions)
        Orthonormal combinations that do not vary between rows.
    means : ndarray, shape (n_columns,)
        What each column adds to the constant of a combination.

    Returns
    -------
    ndarray, shape (n_columns, n_directions) or (n_columns, n_directions - 1)
    """
    along = flat.T @ means
    size = np.linalg.norm(along)
    if size == 0:
        return flat
    parts = flat @ (along / size) * means
    # Parts that cancel to within rounding, or to what `FLAT` would let pass, make no constant.
    if abs(parts.sum()) <= np.sqrt(FLAT) * np.abs(parts).sum():
        return flat
    turned, _ = np.linalg.qr(np.column_stack([along, np.eye(len(along))]))
    return np.asarray(flat @ turned[:, 1:])


def _numbers_as_text(source: FormulaSource) -> Iterator[Finding]:
    for name in plain_categories(source.bambi):
        if name in source.frame and numbers_as_text(source.frame[name]):
            levels = source.frame[name].nunique()
            yield finding(
                "text_numbers",
                severity="note",
                message=f"{name} is text that holds numbers; it is used as {levels:,} categories",
                advice=f"If it is a quantity, convert it: df[{name!r}] = pd.to_numeric(df[{name!r}])",
                value=f"{levels:,} categories",
                threshold="every value is a number",
            )


def _separation(model: Model, source: FormulaSource, asked: Asked) -> Iterator[Finding]:
    if source.family != "bernoulli" or model.response is None:
        return
    _, design = _design(source, source.bambi.family.likelihood.parent)
    if not 0 < design.size <= MOST_SEPARATION_CELLS or not separates(design, model.response.values):
        return
    yield finding(
        "separation",
        severity="warning",
        message="a combination of the predictors tells 0 from 1 without error: only the prior bounds it",
        advice="Put a prior you can defend on the slopes (x ~ Normal(0, 1)), or gather more data",
        value="separated",
        threshold="a separating direction exists",
        remedy=prior_remedy(asked, _tighter(source)),
    )


def _tighter(source: FormulaSource) -> dict[str, str]:
    """Write a prior for each slope that has none of the user's: a standard deviation of x moves eta by one.

    Gelman, Jakulin, Pittau & Su (2008), Annals of Applied Statistics 2(4), argue for logistic slopes
    of that order on standardised predictors.
    """
    component = bambi_parameters(source.bambi)[source.bambi.family.likelihood.parent]
    priors = {}
    for name, term in component.common_terms.items():
        columns = np.asarray(term.data, dtype=float)
        if name in source.own_priors:
            continue
        one = term.kind == "numeric" and (columns.ndim == 1 or columns.shape[1] == 1)
        priors[name] = f"Normal(0, {1 / columns.std():.2g})" if one else "Normal(0, 1)"
    return priors


def separates(design: NDArray[np.float64], response: NDArray[np.float64]) -> bool:
    """Tell whether a direction separates the responses, at least in part.

    Quasi-complete separation (Albert & Anderson 1984): some b has (2 y - 1) x'b >= 0 in
    every row and > 0 in one. Konis (2007) finds it by maximising the sum over |b| <= 1.

    Parameters
    ----------
    design : ndarray, shape (n_rows, n_columns)
        The intercept included.
    response : ndarray, shape (n_rows,)
        0 or 1.

    Returns
    -------
    bool
    """
    scale = np.abs(design).max(axis=0)
    signed = (2 * response - 1)[:, np.newaxis] * (design / np.where(scale > 0, scale, 1))
    # Quicker, and enough for nearly all data: the programme takes minutes for hundreds of numeric predictors.
    found = separated(signed)
    if found is not None:
        return found
    rows = np.unique(signed, axis=0)
    best = linprog(-rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1), method="highs")
    return bool(best.status == 0 and -best.fun > 1e-7)


def _family(model: Model, source: FormulaSource, asked: Asked) -> Iterator[Finding]:
    if source.family not in ("gaussian", "t") or model.response is None:
        return
    values = model.response.values
    whole = bool(np.equal(np.mod(values, 1), 0).all())
    if not whole or values.min() < 0:
        return
    if set(np.unique(values)) == {0.0, 1.0}:
        looks, family, first = "0 or 1 in every row", "bernoulli", "bernoulli"
    elif len(np.unique(values)) <= 30 and values.min() < 10:
        looks, family = "small whole numbers, like counts", "poisson or negativebinomial"
        first = "poisson"
    else:
        return
    yield finding(
        "family",
        severity="note",
        message=f"{model.response.name} is {looks}, and the family is {source.family}",
        advice=f"If that is what it is, use --family {family}",
        value=f"{len(np.unique(values))} different values",
        threshold="whole numbers from 0",
        # A link that was asked for may not go with another family.
        remedy=remedy(asked, {"family": first}) if asked.options.link is None else None,
    )


def _imputed(model: Model) -> Iterator[Finding]:
    names = [variable.name for variable in model.pymc.free_RVs if variable.name.endswith("_unobserved")]
    if names:
        yield finding(
            "imputed",
            severity="note",
            message=f"missing values of the response are parameters of the model: {', '.join(names)}",
            advice="They are drawn from the model; drop the rows to leave them out",
        )
