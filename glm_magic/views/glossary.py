"""One line on every column and every kind of parameter of the summary.

The panel shows them on hover and on focus, the page and the text take them from here too, and the
docstring of ``Fit.summary`` holds the columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters
from glm_magic.model import FormulaSource, Model
from glm_magic.model.names import label_of, variable_of
from glm_magic.predictor.words import scale_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a name in the summary means.

    Attributes
    ----------
    name : str
        A column, or a parameter: ``"1|school"`` stands for ``1|school[7]`` too.
    words : str
        One line.
    """

    name: str
    words: str


COLUMNS: dict[str, str] = {
    "parameter": "What the number belongs to, as the formula or the model names it",
    "mean": "Mean of all draws",
    "sd": "Standard deviation of all draws: how uncertain the parameter is",
    "interval": "Equal-tailed interval: as much of the posterior lies below it as above",
    "ESS bulk": "How many independent draws the mean is worth; 100 per chain or more are advised",
    "ESS tail": "How many independent draws the ends of the interval are worth; 100 per chain or more are advised",
    "R-hat": "How far the chains disagree: 1 when they agree, above 1.01 draw more",
    "MCSE": "Monte Carlo standard error: how far the mean would move if the sampling were repeated",
}

# What the other parameters of a family are, in Bambi's and PyMC's parameterisation (PyMC's API
# reference, "Distributions"); mu is the mean that the formula models.
_SIGMA = "Standard deviation of the response around its mean"
_SHAPE_OF_COUNTS = (
    "Shape: the variance is mu + mu²/alpha, so that a small alpha means more spread than Poisson's"
)
_SHAPE_OF_GAMMA = "Shape: the variance is mu²/alpha, so that a large alpha means less spread"
_COUNT_PART = "Probability of a row of the count part; 1 - psi is the share of additional zeros"
_HURDLE = "Probability that the response is above zero"
_THRESHOLD = "Cut point between a category and the next, on the scale of the linear predictor"
PARAMETERS: dict[tuple[str, str], str] = {
    ("gaussian", "sigma"): _SIGMA,
    ("t", "sigma"): "Scale of the response around its location; the standard deviation is larger",
    ("t", "nu"): "Degrees of freedom: small means heavy tails, above 30 close to a normal distribution",
    ("laplace", "b"): "Scale: the mean distance of the response from its location",
    ("asymmetriclaplace", "b"): "Rate of the two exponential tails around the quantile",
    ("asymmetriclaplace", "kappa"): "Asymmetry: the lines are the quantile at kappa²/(1 + kappa²)",
    ("lognormal", "sigma"): "Standard deviation of the logarithm of the response",
    ("exgaussian", "sigma"): "Standard deviation of the normal part; the exponential part adds to it",
    ("exgaussian", "nu"): "Mean of the exponential part, which draws the right tail out",
    ("negativebinomial", "alpha"): _SHAPE_OF_COUNTS,
    ("zero_inflated_negativebinomial", "alpha"): _SHAPE_OF_COUNTS,
    ("hurdle_negativebinomial", "alpha"): _SHAPE_OF_COUNTS,
    ("gamma", "alpha"): _SHAPE_OF_GAMMA,
    ("hurdle_gamma", "alpha"): _SHAPE_OF_GAMMA,
    ("weibull", "alpha"): "Shape: above 1 the hazard rises with time, below 1 it falls",
    ("wald", "lam"): "Shape: the variance is mu³/lam",
    ("beta", "kappa"): "Precision: the variance is mu (1 - mu)/(1 + kappa)",
    ("beta_binomial", "kappa"): "Precision: a small kappa means more spread than the binomial's",
    ("vonmises", "kappa"): "Concentration: a large kappa means directions close to their mean",
    ("hurdle_lognormal", "sigma"): "Standard deviation of the logarithm of the values above zero",
    ("zero_inflated_poisson", "psi"): _COUNT_PART,
    ("zero_inflated_negativebinomial", "psi"): _COUNT_PART,
    ("zero_inflated_binomial", "psi"): _COUNT_PART,
    ("hurdle_poisson", "psi"): _HURDLE,
    ("hurdle_negativebinomial", "psi"): _HURDLE,
    ("hurdle_gamma", "psi"): _HURDLE,
    ("hurdle_lognormal", "psi"): _HURDLE,
    ("cumulative", "threshold"): _THRESHOLD,
    ("sratio", "threshold"): _THRESHOLD,
}


def column_meanings() -> tuple[Meaning, ...]:
    """List the columns of the summary with what they mean."""
    return tuple(Meaning(name=name, words=words) for name, words in COLUMNS.items())


def parameter_meanings(model: Model) -> tuple[Meaning, ...]:
    """Explain the parameters of a formula, variable by variable.

    Parameters
    ----------
    model : Model

    Returns
    -------
    tuple of Meaning
        Empty for a hand-written model, whose author named its parameters.
    """
    source = model.source
    if not isinstance(source, FormulaSource):
        return ()
    found = [*_coefficients(source), *_constants(source)]
    return tuple(Meaning(name=name, words=words) for name, words in found)


def _coefficients(source: FormulaSource) -> Iterator[tuple[str, str]]:
    parent = source.bambi.family.likelihood.parent
    for parameter, component in bambi_parameters(source.bambi).items():
        scale = scale_of(source) if parameter == parent else f"the linear predictor of {parameter}"
        for name, term in component.terms.items():
            label = label_of(variable_of(source, parameter, name))
            if name in component.hsgp_terms:
                yield f"{label}_sigma", f"How far the smooth function {label} moves, on the scale of {scale}"
                yield (
                    f"{label}_ell",
                    f"Length scale: how far apart in x the function {label} forgets its value",
                )
                yield label, f"The smooth function {label} at each row, on the scale of {scale}"
            elif name in component.group_specific_terms:
                yield from _groups(label, name, scale)
            elif name not in component.offset_terms:
                yield label, _common(component, name, term, scale)


def _common(component: Any, name: str, term: Any, scale: str) -> str:
    """Explain the coefficient, or the coefficients, of a common term."""
    if term.kind == "intercept":
        return f"Where every predictor is zero and every factor at its reference level: {scale}"
    own = component.design.common.terms[name]
    if term.kind == "interaction":
        return f"How the effects of {' and '.join(_parts(own))} depend on each other, on the scale of {scale}"
    if term.kind == "categoric" and own.spans_intercept:
        return f"Each level of {name}: {scale}, where the other predictors are zero"
    reference = _reference(own)
    if term.kind == "categoric":
        against = f"the reference level {reference}" if reference else "what its coding compares it with"
        return f"Difference of each level of {name} from {against}, on the scale of {scale}"
    if term.shape[1:] and term.shape[1] > 1:
        return f"Weight of each column of {name}, on the scale of {scale}"
    return f"Change for one more of {name}, on the scale of {scale}"


def _parts(term: Any) -> list[str]:
    return [str(part.name) for part in term.components]


def _reference(term: Any) -> str:
    """Name the level whose row of the contrast matrix is zero, as in treatment coding."""
    (part,) = term.components if len(term.components) == 1 else (None,)
    if part is None or getattr(part, "contrast_matrix", None) is None:
        return ""
    coding = np.asarray(part.contrast_matrix.matrix)
    return next((str(level) for level, row in zip(part.levels, coding, strict=True) if not row.any()), "")


def _groups(label: str, name: str, scale: str) -> Iterator[tuple[str, str]]:
    expression, _, factor = name.partition("|")
    what = "intercept" if expression == "1" else f"slope of {expression}"
    yield f"{label}_sigma", f"How much the {what} differs between levels of {factor}: a standard deviation"
    yield label, f"How far the {what} of each level of {factor} is from the average, on the scale of {scale}"


def _constants(source: FormulaSource) -> Iterator[tuple[str, str]]:
    for name in bambi_marginal_parameters(source.bambi):
        words = PARAMETERS.get((source.family, name))
        if words:
            yield name, words
