"""Prior lines -> Bambi priors: `targets` says what they are of, `parts` what parts are, `written` reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import bambi
from bambi.terms import GroupSpecificTerm, HSGPTerm

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters
from glm_magic.errors import FormulaError, did_you_mean, nearest
from glm_magic.model.covariance import Covariance, set_covariance
from glm_magic.model.families import ORDINAL
from glm_magic.model.hierarchy import order_thresholds, parameterise
from glm_magic.model.parts import parts_of, set_part
from glm_magic.model.scales import own_scales
from glm_magic.model.targets import classes_of, targets_of
from glm_magic.request.prior import Call, Fixed, Prior

if TYPE_CHECKING:
    from bambi import Prior as BambiPrior
from glm_magic.model.written import to_bambi


def set_priors(model: bambi.Model, priors: Sequence[Prior]) -> None:
    """Give a Bambi model the priors that the user wrote.

    Parameters
    ----------
    model : bambi.Model
        Not yet built; its priors are those that Bambi would choose if it was made with these.
    priors : sequence of Prior
        Of terms and parameters and of their parts: `by_term` writes classes out.

    Raises
    ------
    FormulaError
        If a target is no term or parameter of the model, or a distribution or one of its
        arguments is unknown.
    """
    targets = targets_of(model)
    chosen = _chosen(model, priors, targets)
    if chosen:
        _forget(model)
        fixed = {
            name: _give(targets[name], value)
            for name, value in chosen.items()
            if not isinstance(targets[name], Covariance)
        }
        for prior in priors:
            if isinstance(target := targets.get(prior.target), Covariance):
                set_covariance(target, chosen, prior.where)
        # Without arguments it completes the priors: a default's scale depends on what else is chosen.
        with own_scales():
            model.set_priors()
        for name, arguments in fixed.items():
            if arguments is not None:
                targets[name].prior.args = dict(arguments)
        parameterise(model)


def _give(target: Any, prior: BambiPrior | float) -> Mapping[str, Any] | None:
    """Give a term or a parameter its prior.

    Bambi refuses effects of groups that have no distribution inside when it is given them, and builds them: they
    get a scale that is estimated, in whose place the returned arguments are to be put.
    """
    arguments = None
    if isinstance(target, GroupSpecificTerm) and isinstance(prior, bambi.Prior) and not _is_nested(prior):
        arguments = dict(prior.args)
        prior.args["sigma"] = bambi.Prior("HalfNormal", sigma=1.0)
    target.prior = prior
    return arguments


def _is_nested(prior: BambiPrior) -> bool:
    return any(isinstance(one, bambi.Prior) for one in prior.args.values())


def _chosen(model: bambi.Model, priors: Sequence[Prior], targets: Mapping[str, Any]) -> dict[str, Any]:
    """Read the user's priors, by the term or parameter that they are of."""
    chosen = {
        prior.target: _prior(prior, targets[prior.target], model)
        for prior in priors
        if prior.target in targets
    }
    parts = [prior for prior in priors if prior.target not in targets]
    # A part of a part comes after it: 1|g_sigma, then 1|g_sigma_sigma.
    for prior in sorted(parts, key=lambda one: len(one.target)):
        label = set_part(prior, model, targets, chosen, to_bambi)
        if label is None:
            known = [*targets, *parts_of(model, targets, chosen)]
            raise FormulaError(
                f"the model has no term or parameter {prior.target!r}",
                where=prior.where,
                remedy=nearest(prior.target, [*known, *classes_of(model)])
                or did_you_mean(prior.target, known),
            )
        if model.family.name in ORDINAL and label == "threshold":
            chosen[label] = order_thresholds(chosen[label], model, prior.where)
    return chosen


def _forget(model: bambi.Model) -> None:
    """Take Bambi's own priors back: it does not scale a prior a second time."""
    for component in bambi_parameters(model).values():
        for label, term in component.terms.items():
            if label not in component.offset_terms:
                term.prior = None
    for parameter in bambi_marginal_parameters(model).values():
        parameter.prior = None


def _prior(prior: Prior, target: Any, model: bambi.Model) -> BambiPrior | float:
    """Turn a line into what Bambi takes for its target."""
    parameter = isinstance(target, Covariance) or target in bambi_marginal_parameters(model).values()
    match prior.distribution:
        case Fixed() as fixed:
            _check_fixed(prior, fixed, model, parameter=parameter)
            return fixed.value
        case Call() as call:
            _check_nesting(prior, call, target)
            value = to_bambi(call)
            ordinal = parameter and not isinstance(target, Covariance) and model.family.name in ORDINAL
            return order_thresholds(value, model, call.where) if ordinal else value


def _check_fixed(prior: Prior, fixed: Fixed, model: bambi.Model, *, parameter: bool) -> None:
    if not parameter:
        raise FormulaError(
            f"{prior.target!r} is a coefficient, and Bambi fixes none at a number",
            where=fixed.where,
            remedy=f"Take the term out and write offset({fixed.value:g} * {prior.target}) if that is its effect, "
            "or write a prior: Normal(0, 1).",
        )
    if model.family.name in ORDINAL and prior.target == "threshold":
        raise FormulaError(
            "the thresholds between the categories cannot all be one number",
            where=fixed.where,
            remedy="Write a prior for them: threshold ~ Normal(0, 3).",
        )


def _check_nesting(prior: Prior, call: Call, target: Any) -> None:
    nested = [value for value in (*call.args, *call.kwargs.values()) if isinstance(value, Call)]
    grouped = isinstance(target, GroupSpecificTerm)
    if nested and not grouped:
        raise FormulaError(
            f"the prior of {prior.target!r} has a distribution inside",
            where=nested[0].where,
            remedy="Only the priors of group-specific terms such as 1|school may be nested; put a number here.",
        )
    if grouped and not nested:
        raise FormulaError(
            f"the prior of {prior.target!r} has no distribution inside",
            where=call.where,
            remedy="Effects of groups share a scale that is estimated: Normal(0, HalfNormal(2)).",
        )
    if isinstance(target, HSGPTerm):
        raise FormulaError(
            f"{prior.target!r} is a Gaussian process, whose scale and length have a prior each",
            where=prior.where,
            remedy=f"Write both: {prior.target}_sigma ~ Exponential(1), {prior.target}_ell ~ InverseGamma(3, 1).",
        )
