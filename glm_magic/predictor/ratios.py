"""What exponentiated coefficients are, under the links that make ratios of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from glm_magic._stack import bambi_parameters
from glm_magic.model import FormulaSource, Model
from glm_magic.model.families import LOCATIONS
from glm_magic.model.names import known_labels, label_of, variable_of


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


def exponentials(model: Model) -> dict[str, str]:
    """Say of each coefficient of the main formula what its exponential is.

    Parameters
    ----------
    model : Model

    Returns
    -------
    dict of str to str
        By label: ``{"Intercept": "baseline odds", "x": "odds ratio"}``; a coefficient that is a level's own linear
        predictor, of a factor in a formula without an intercept, is no ratio. Empty where there are no ratios.
    """
    source = model.source
    words = ratios_of(source) if isinstance(source, FormulaSource) else None
    if words is None:
        return {}
    assert isinstance(source, FormulaSource)
    main = source.bambi.family.likelihood.parent
    component = bambi_parameters(source.bambi)[main]
    labels = known_labels(model)
    found: dict[str, str] = {}
    for name, term in component.terms.items():
        if name in component.hsgp_terms or name in component.offset_terms:
            continue
        word = f"baseline {words.base}" if _is_base(component, name, term) else words.ratio
        found |= dict.fromkeys(labels.get(label_of(variable_of(source, main, name)), ()), word)
    return found


def _is_base(component: Any, name: str, term: Any) -> bool:
    if name in component.group_specific_terms:
        return False
    if term.kind == "intercept":
        return True
    parts = getattr(component.design.common.terms[name], "components", ())
    return bool(parts) and all(getattr(part, "spans_intercept", False) for part in parts)


_SHORT = ("rate", "risk")


def _of_log(family: str) -> str:
    if "poisson" in family or "negativebinomial" in family:
        return "rate"
    if family in ("bernoulli", "binomial", "beta_binomial", "zero_inflated_binomial"):
        return "risk"
    if family == "dirichlet_multinomial":
        return "concentration"
    return "location" if family in LOCATIONS or family == "asymmetriclaplace" else "mean"
