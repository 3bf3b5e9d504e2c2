"""What a prior is of: the name left of its tilde, as the summary prints it.

A name is that of a term (``x``, ``1|school``, ``Intercept``), of a parameter of the family (``sigma``), of
a term of an auxiliary formula (``sigma_x``), of a parameter of a Gaussian process
(``hsgp(x, m=5, c=2)_ell``) or of a group's distribution (``1|school_sigma``), of one number of a term
(``g[b]``), or of a class of terms (``common``), as in brms's ``set_prior(class = "b")`` and in Bambi's
``priors={"common": ...}``. The more specific line wins, in whatever order the lines stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import bambi
from bambi.terms import CommonTerm, GroupSpecificTerm, HSGPTerm

from glm_magic._stack import bambi_marginal_parameters, bambi_parameters
from glm_magic.errors import FormulaError
from glm_magic.model.covariance import covariances_of
from glm_magic.request.prior import Prior

COMMON = "common"
GROUP_SPECIFIC = "group_specific"


def targets_of(model: bambi.Model) -> dict[str, Any]:
    """Map each name that a prior line may have to what holds its prior.

    Parameters
    ----------
    model : bambi.Model
        Not yet built.

    Returns
    -------
    dict of str to object
        A term, a parameter without a formula, or a `Covariance`. Classes, and parts of a term's prior, are
        left out.
    """
    targets: dict[str, Any] = {}
    for prefix, component in components_of(model):
        targets |= {
            f"{prefix}{label}": term
            for label, term in component.terms.items()
            if label not in component.offset_terms
        }
        targets |= covariances_of(component, prefix)
    return targets | bambi_marginal_parameters(model)


def classes_of(model: bambi.Model) -> dict[str, tuple[str, ...]]:
    """Name the terms of each class.

    The intercept is in none, as in brms, where it is not of class ``b``; Bambi gives it the prior of
    ``common`` too. A Gaussian process has no coefficients, and is in none either.

    Parameters
    ----------
    model : bambi.Model

    Returns
    -------
    dict of str to tuple of str
        ``common`` and ``group_specific`` of the main formula, ``sigma_common`` of an auxiliary one.
    """
    classes: dict[str, tuple[str, ...]] = {}
    for prefix, component in components_of(model):
        members: dict[str, list[str]] = {COMMON: [], GROUP_SPECIFIC: []}
        for label, term in component.terms.items():
            match term:
                case GroupSpecificTerm():
                    members[GROUP_SPECIFIC].append(f"{prefix}{label}")
                case HSGPTerm() | CommonTerm(kind="intercept"):
                    pass
                case CommonTerm():
                    members[COMMON].append(f"{prefix}{label}")
        classes |= {f"{prefix}{kind}": tuple(names) for kind, names in members.items()}
    return classes


def shadowed_classes(model: bambi.Model) -> dict[str, str]:
    """Name the columns that are called like a class of terms: a prior line of that name is the column's.

    Parameters
    ----------
    model : bambi.Model

    Returns
    -------
    dict of str to str
        The target, with what the class is: ``{"common": "all common terms"}``.
    """
    words = {COMMON: "all common terms", GROUP_SPECIFIC: "all group-specific terms"}
    targets = targets_of(model)
    return {
        f"{prefix}{kind}": said
        for prefix, _ in components_of(model)
        for kind, said in words.items()
        if f"{prefix}{kind}" in targets
    }


def by_term(model: bambi.Model, priors: Sequence[Prior]) -> tuple[Prior, ...]:
    """Write the priors of classes out, one for each term that has none of its own.

    Parameters
    ----------
    model : bambi.Model
        Not yet built.
    priors : sequence of Prior
        As the user wrote them.

    Returns
    -------
    tuple of Prior

    Raises
    ------
    FormulaError
        If a class has no term.
    """
    targets, classes = targets_of(model), classes_of(model)
    # A term called like a class is the more specific of the two.
    classes = {name: members for name, members in classes.items() if name not in targets}
    own = {prior.target for prior in priors}
    found: list[Prior] = []
    for prior in priors:
        if prior.target not in classes:
            found.append(prior)
            continue
        members = classes[prior.target]
        if not members:
            kind = "group-specific" if prior.target.endswith(GROUP_SPECIFIC) else "common"
            raise FormulaError(
                f"{prior.target} stands for {kind} terms, and the formula has none",
                where=prior.where,
                remedy="Take the line away, or write the prior of one of: " + ", ".join(targets) + ".",
            )
        found += [replace(prior, target=name) for name in members if name not in own]
    return tuple(found)


def hyperparameters(label: str, prior: Any) -> Iterator[tuple[str, Any, str]]:
    """Name the parameters of a group's distribution that have a distribution themselves.

    Parameters
    ----------
    label : str
        The group-specific term, as the summary names it.
    prior : bambi.Prior
        Of its effects.

    Yields
    ------
    name : str
        ``"1|school_sigma"``.
    holder : bambi.Prior
    argument : str
        Of the holder.
    """
    for argument, value in prior.args.items():
        if isinstance(value, bambi.Prior):
            yield f"{label}_{argument}", prior, argument
            yield from hyperparameters(f"{label}_{argument}", value)


def components_of(model: bambi.Model) -> Iterator[tuple[str, Any]]:
    """Yield each parameter that has a formula, with what stands before the names of its terms.

    Parameters
    ----------
    model : bambi.Model

    Yields
    ------
    prefix : str
        Empty for the main formula, ``"sigma_"`` for an auxiliary one.
    component : object
        Bambi's record of the parameter.
    """
    parent = model.family.likelihood.parent
    for name, component in bambi_parameters(model).items():
        yield "" if name == parent else f"{name}_", component
