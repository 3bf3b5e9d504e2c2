"""What Bambi 0.17 and Bambi 0.21 call differently."""

from __future__ import annotations

from typing import Any


def bambi_parameters(model: Any) -> dict[str, Any]:
    """List the likelihood's parameters that have a linear predictor.

    Parameters
    ----------
    model : bambi.Model
        A model, built or not.

    Returns
    -------
    dict of str to object
        Parameter name (``"mu"``, ``"sigma"``) to Bambi's record of it, which has
        ``common_terms``, ``group_specific_terms``, ``intercept_term``, ``offset_terms``
        and ``hsgp_terms``.
    """
    name = _first_attribute(model, "conditional_parameters", "distributional_components")
    return dict(getattr(model, name))


def bambi_marginal_parameters(model: Any) -> dict[str, Any]:
    """List the likelihood's parameters that are one number each, such as ``sigma``.

    Parameters
    ----------
    model : bambi.Model
        A model, built or not.

    Returns
    -------
    dict of str to object
        Parameter name to Bambi's record of it, which has a ``prior``.
    """
    name = _first_attribute(model, "marginal_parameters", "constant_components")
    return dict(getattr(model, name))


def bambi_order(model: Any) -> None:
    """Put the parameters that are one number each in their family's order, before the model is built.

    Bambi takes them from a set of texts, so their order, and what a seed draws, changes with each process.
    """
    record = vars(model)[_first_attribute(model, "_components", "components")]
    single = bambi_marginal_parameters(model)
    record.update({name: record.pop(name) for name in model.family.likelihood.params if name in single})


def bambi_response_term(model: Any) -> Any:
    """Return Bambi's response term.

    Parameters
    ----------
    model : bambi.Model
        A model, built or not.

    Returns
    -------
    object
        It has ``name``, ``data`` and, for categories, ``levels``.
    """
    # The old name still exists where the new one does, but warns: ask for the new one first.
    if _has(model, "response_term"):
        return model.response_term
    return model.response_component.term


def bambi_centre(model: Any, centred: list[Any], terms: list[Any]) -> None:
    """Centre the effects of some group-specific terms, and leave the others as they are.

    Parameters
    ----------
    model : bambi.Model
        With its priors, not yet built.
    centred : list of bambi.terms.GroupSpecificTerm
        Those that are drawn from their prior itself, as are the parameters of their prior.
    terms : list of bambi.terms.GroupSpecificTerm
        All of them; the others are an offset times a scale.
    """
    if not centred:
        return
    if all(hasattr(term.prior, "noncentered") for term in centred):
        nested = [term.prior for term in centred]
        while nested:
            prior = nested.pop()
            prior.noncentered = False
            nested += [value for value in prior.args.values() if hasattr(value, "noncentered")]
        return
    # Bambi 0.17 has one setting for the whole model: the others get its non-centred form as their own.
    model.noncentered = False
    for term in terms:
        if term not in centred:
            term.prior.dist = _offset_times_scale


def _offset_times_scale(name: str, *, mu: Any, sigma: Any, dims: Any) -> Any:
    import pymc

    offset = pymc.Normal(f"{name}_offset", mu=mu, sigma=1, dims=dims)
    return pymc.Deterministic(name, offset * sigma, dims=dims)


def _has(thing: Any, name: str) -> bool:
    """Whether a class has an attribute, without running a property that would warn."""
    return hasattr(type(thing), name) or name in getattr(thing, "__dict__", {})


def _first_attribute(thing: Any, *names: str) -> str:
    """Find the first of several names that an object has; new names come first."""
    for name in names:
        if _has(thing, name):
            return name
    raise AttributeError(f"{type(thing).__name__} has none of {', '.join(names)}")
