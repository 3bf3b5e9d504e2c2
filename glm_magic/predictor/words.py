"""What a line of the fan is, in words: for axes, titles, tables and readers of the page."""

from __future__ import annotations

from collections.abc import Mapping

from glm_magic._stack import bambi_response_term
from glm_magic.model import FormulaSource, Model
from glm_magic.model.columns import inner_name, success_of
from glm_magic.predictor.expectation import DISPROPORTIONATE, LOCATIONS, PER_CATEGORY
from glm_magic.predictor.exposure import exposure_of, unit_of

GIVEN_X = " | x"


def ylabel(source: FormulaSource, exposure: Mapping[str, float]) -> str:
    """Say what a line of the fan is.

    Parameters
    ----------
    source : FormulaSource
    exposure : mapping of str to float
        Of `exposure_of`; empty when no exposure is held.

    Returns
    -------
    str
        ``"E[y | x]"`` and its kin.
    """
    term = bambi_response_term(source.bambi)
    name = inner_name(term)
    if source.family in ("multinomial", "dirichlet_multinomial"):
        return "P(category | x)"
    if source.family in PER_CATEGORY:
        return f"P({name} = category | x)"
    if source.family == "bernoulli":
        return f"P({name} = {success_of(source.bambi)} | x)"
    if source.family == "vonmises":
        return f"mean direction of {name} | x"
    where = ", before truncation" if term.is_truncated or term.is_constrained else ""
    latent = "latent " if term.is_censored else ""
    if exposure and source.family not in DISPROPORTIONATE:
        name = f"{name} per {unit_of(exposure)}"
    if source.family == "asymmetriclaplace":
        return f"quantile of {latent}{name} | x{where}, at kappa²/(1 + kappa²)"
    if source.family in LOCATIONS or where:
        return f"location of {latent}{name} | x{where}"
    return f"E[{latent}{name} | x]"


def modelled(source: FormulaSource, exposure: Mapping[str, float] | None = None) -> str:
    """Say what the formula models, without the x.

    Parameters
    ----------
    source : FormulaSource
    exposure : mapping of str to float, optional
        As for `ylabel`; that of the fan when not given.

    Returns
    -------
    str
        ``"E[y]"``, ``"P(outcome = alive)"``, ``"E[crashes per km]"``.
    """
    return ylabel(source, exposure_of(source) if exposure is None else exposure).replace(GIVEN_X, "", 1)


def worth_saying(model: Model) -> str:
    """Say what a model models where the formula alone does not.

    Parameters
    ----------
    model : Model

    Returns
    -------
    str
        ``"P(outcome = alive)"``; ``""`` for the mean of the response itself, and for a block,
        whose author wrote the distribution out.
    """
    source = model.source
    if not isinstance(source, FormulaSource):
        return ""
    words = modelled(source)
    return "" if words == f"E[{inner_name(bambi_response_term(source.bambi))}]" else words


def link_scale(model: Model) -> str:
    """Say what the coefficients of a formula are of, where it is not the mean of the response itself.

    Parameters
    ----------
    model : Model

    Returns
    -------
    str
        As `scale_of`; ``""`` for a block and for an identity link with nothing to say.
    """
    source = model.source
    if not isinstance(source, FormulaSource) or (source.link == "identity" and not worth_saying(model)):
        return ""
    return scale_of(source)


def scale_of(source: FormulaSource) -> str:
    """Say on what scale the coefficients of the main formula are.

    Parameters
    ----------
    source : FormulaSource

    Returns
    -------
    str
        ``"log odds of P(outcome = alive)"``, ``"log of E[crashes per km]"``, ``"E[y]"``.
    """
    words = modelled(source)
    match source.link:
        case "identity":
            return words
        case "logit" if source.family in ("bernoulli", "binomial"):
            return f"log odds of {words}"
        case "log":
            return f"log of {words}"
        case link:
            return f"{link} of {words}"


def no_value(source: FormulaSource) -> list[tuple[str, str]]:
    """Say which variables cannot be given new values, why, and what to do instead.

    Parameters
    ----------
    source : FormulaSource

    Returns
    -------
    list of (str, str)
        The variables of each function that computes with a whole column, ``"v and w"``, and a sentence
        without its full stop.
    """
    calls: dict[str, list[str]] = {}
    for name, call in source.whole.items():
        calls.setdefault(call, []).append(name)
    return [
        (
            " and ".join(names),
            f"{call} computes with the whole column and has no value at a new row; add its result to the data "
            "as a column, or use center() and scale(), which remember the mean of the fit",
        )
        for call, names in calls.items()
    ]
