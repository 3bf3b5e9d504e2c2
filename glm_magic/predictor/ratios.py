"""What exponentiated coefficients are, under the links that make ratios of them."""

from __future__ import annotations

from dataclasses import dataclass

from glm_magic.model import FormulaSource
from glm_magic.model.families import LOCATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratios:
    """The words for exponentiated linear predictors and their differences.

    Attributes
    ----------
    ratio : str
        Of a difference: ``"odds ratio"``.
    base : str
        Of the linear predictor itself, an intercept's: ``"odds"``.
    """

    ratio: str
    base: str


def ratios_of(source: FormulaSource) -> Ratios | None:
    """Say what the exponentiated coefficients of the main formula are.

    Parameters
    ----------
    source : FormulaSource

    Returns
    -------
    Ratios or None
        None where the link is neither a logarithm nor a logit. Those of the categories of a multinomial response are
        against its reference, those of an ordinal one are of a category above a threshold against one below (Agresti
        2010, Analysis of Ordinal Categorical Data, 2nd edition, section 3.2.2).
    """
    family = source.family
    match source.link:
        case "logit" | "softmax":
            return Ratios(ratio="odds ratio", base="odds")
        case "log":
            name = _of_log(family)
            return Ratios(ratio=f"{name} ratio" if name in _SHORT else f"ratio of {name}s", base=name)
    return None


_SHORT = ("rate", "risk")


def _of_log(family: str) -> str:
    if "poisson" in family or "negativebinomial" in family:
        return "rate"
    if family in ("bernoulli", "binomial", "beta_binomial", "zero_inflated_binomial"):
        return "risk"
    if family == "dirichlet_multinomial":
        return "concentration"
    return "location" if family in LOCATIONS or family == "asymmetriclaplace" else "mean"
