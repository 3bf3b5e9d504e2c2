"""What a line of the fan is, in words: for axes, titles, tables and readers of the page."""

from __future__ import annotations

from collections.abc import Mapping

from glm_magic._stack import bambi_marginal_parameters, bambi_response_term
from glm_magic.model import FormulaSource, Model
from glm_magic.model.columns import inner_name, success_of
from glm_magic.model.families import CIRCULAR, COLUMNS, DISPROPORTIONATE, LOCATIONS, PER_CATEGORY
from glm_magic.predictor.formula.exposure import exposure_of, unit_of

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
    if source.family in COLUMNS:
        return "P(category | x)"
    if source.family in PER_CATEGORY:
        return f"P({inner_name(term)} = category | x)"
    if source.family == "bernoulli":
        return f"P({inner_name(term)} = {success_of(source.bambi)} | x)"
    if source.family in CIRCULAR:
        return f"mean direction of {inner_name(term)} | x"
    where = ", before truncation" if term.is_truncated or term.is_constrained else ""
    name = _response(source, exposure)
    if source.family == "asymmetriclaplace":
        kappa = bambi_marginal_parameters(source.bambi).get("kappa")
        if kappa is not None and isinstance(kappa.prior, int | float):
            square = float(kappa.prior) ** 2
            return f"{square / (1 + square):.3g} quantile of {name} | x{where}"
        return f"quantile of {name} | x{where}, at kappa²/(1 + kappa²)"
    if source.family in LOCATIONS or where:
        return f"location of {name} | x{where}"
    return f"E[{name} | x]"


def _response(source: FormulaSource, exposure: Mapping[str, float]) -> str:
    """Name the response: per unit of its exposure, and latent where it is censored."""
    term = bambi_response_term(source.bambi)
    name = inner_name(term)
    if exposure and source.family not in DISPROPORTIONATE:
        name = f"{name} per {unit_of(exposure)}"
    return f"latent {name}" if term.is_censored else name


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
    if not isinstance(source, FormulaSource):
        return ""
    words = scale_of(source)
    return "" if words == f"E[{inner_name(bambi_response_term(source.bambi))}]" else words


def scale_of(source: FormulaSource) -> str:
    """Say on what scale the coefficients of the main formula are.

    Parameters
    ----------
    source : FormulaSource

    Returns
    -------
    str
        ``"log odds of P(outcome = alive)"``, ``"log of E[crashes per km]"``, ``"E[y]"``; for families whose
        main parameter is not what the lines are, such as lognormal, what that parameter is: ``"E[log(y)]"``.
    """
    words = _of_categories(source)
    if words:
        return words
    words = _main_parameter(source)
    match source.link:
        case "identity":
            return words
        case "logit" if source.family in ("bernoulli", "binomial"):
            return f"log odds of {words}"
        case "inverse_squared":
            return f"inverse square of {words}"
        case link:
            return f"{link} of {words}"


def _of_categories(source: FormulaSource) -> str:
    """Say what the linear predictor of a category is; ``""`` for a response without.

    The thresholds stand before the predictors with the other sign: P(y <= k) = F(threshold - x'b) for
    ``"cumulative"``, P(y = k | y >= k) for ``"sratio"`` (Bürkner & Vuorre 2019, Ordinal Regression Models in
    Psychology, Advances in Methods and Practices in Psychological Science 2(1), 77-101).
    """
    term = bambi_response_term(source.bambi)
    name = inner_name(term)
    match source.family:
        case "categorical":
            return f"log odds of P({name} = category) against {name} = {term.reference}"
        case "multinomial":
            return "log odds of P(category) against the first category"
        case "dirichlet_multinomial":
            return "log of the concentration of each category"
        case "cumulative" | "sratio" as family:
            given = f" | {name} at least category" if family == "sratio" else ""
            match source.link:
                case "logit":
                    return f"log odds of P({name} above category{given})"
                case "probit":
                    return f"probit of P({name} above category{given})"
            event = f"{name} = category{given}" if given else f"{name} at most category"
            return f"{source.link} of P({event}), with the other sign"
    return ""


def _main_parameter(source: FormulaSource) -> str:
    """Say what the main parameter of a family is, which need not be what the lines are."""
    exposure = exposure_of(source)
    name = _response(source, exposure)
    match source.family:
        case "lognormal":
            return f"E[log({name})]"
        case "hurdle_lognormal":
            return f"E[log({name}) | {name} > 0]"
        case "hurdle_gamma":
            return f"E[{name} | {name} > 0]"
        case "hurdle_poisson" | "hurdle_negativebinomial":
            return f"the mean of {name} before zeros are cut off"
        case "zero_inflated_poisson" | "zero_inflated_negativebinomial" | "zero_inflated_binomial":
            return f"the mean of {name} without the excess zeros"
        case "exgaussian":
            return f"the mean of {name} without its exponential part"
    return modelled(source, exposure)


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
    return [(" and ".join(names), why_still(call)) for call, names in calls.items()]


def why_still(call: str) -> str:
    """Say why the variables of a function cannot be given new values, without a full stop.

    Parameters
    ----------
    call : str
        The function, as it is written in the formula.

    Returns
    -------
    str
    """
    return (
        f"{call} computes with the whole column and has no value at a new row; add its result to the data "
        "as a column, or use center() and scale(), which remember the mean of the fit"
    )
