"""Which numbers a table is about, and what is computed of their draws first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from glm_magic.diagnose.estimates import Estimate, summarise
from glm_magic.errors import ModelError, did_you_mean
from glm_magic.model.names import label_of
from glm_magic.posterior import Posterior, Scalar
from glm_magic.request.labels import Labels
from glm_magic.tables.functions import BY_NAME

Kind = Literal["all", "population", "groups"]
KINDS = ("all", "population", "groups")
Transform = str | Callable[[NDArray[np.float64]], Any]


def labels_of(scalars: Sequence[Scalar]) -> Labels:
    """Know numbers by the labels of the summary, and by those of their variables.

    Parameters
    ----------
    scalars : sequence of Scalar

    Returns
    -------
    Labels
    """
    return Labels((one.label, label_of(one.variable)) for one in scalars)


def chosen(
    estimates: Sequence[Estimate], posterior: Posterior, kind: Kind, names: str | Sequence[str] | None
) -> tuple[Estimate, ...]:
    """Choose the rows of a summary.

    Parameters
    ----------
    estimates : sequence of Estimate
    posterior : Posterior
        Knows which variables are levels of groups.
    kind : {"all", "population", "groups"}
    names : str or sequence of str or None
        Numbers, or variables with all their numbers; None for all.

    Returns
    -------
    tuple of Estimate
        In the order of the names, else in that of the summary.

    Raises
    ------
    ModelError
        If the kind is unknown, or nothing is of it.
    FormulaError
        If a name is unknown.
    """
    if kind not in KINDS:
        raise ModelError(f"kind must be one of {', '.join(KINDS)}, not {kind!r:.60}")
    levels = posterior.group_terms
    kept = [
        one for one in estimates if kind == "all" or (one.scalar.variable in levels) == (kind == "groups")
    ]
    if not kept and kind == "groups":
        raise ModelError(
            "the model has no group-specific levels that it knows of",
            remedy="They come from terms such as (1|school) in a formula; names= chooses those of a block.",
        )
    if names is None:
        return tuple(kept)
    wanted: Any = [names] if isinstance(names, str) else names
    if (
        not isinstance(wanted, Iterable)
        or not (wanted := list(wanted))
        or not all(isinstance(name, str) for name in wanted)
    ):
        raise ModelError(
            f"names must be a parameter, or a list of them, not {names!r:.60}",
            remedy="Write names=['x', 'sigma'], for example.",
        )
    labels = labels_of([one.scalar for one in kept])
    places = dict.fromkeys(place for name in wanted for place in labels.named(name))
    return tuple(kept[place] for place in places)


def transformed(estimates: Sequence[Estimate], transform: Transform) -> tuple[tuple[Estimate, ...], str]:
    """Transform draws, and summarise what that gives: the mean of exp(x), not exp of the mean of x.

    R-hat and effective sample sizes are those of the transformed draws. Under an increasing function bulk and
    tail ESS, which go by ranks, do not change, and R-hat does where it is that of the spread; the Monte
    Carlo error of the mean does.

    Parameters
    ----------
    estimates : sequence of Estimate
    transform : str or callable
        A name of `BY_NAME`, or a function of an array of draws, shape (n_chains, n_draws).

    Returns
    -------
    (tuple of Estimate, str)
        And the name of the function.

    Raises
    ------
    ModelError
        If there is no such function, or it gives something else than a finite or infinite number per draw.
    """
    if isinstance(transform, str):
        if transform not in BY_NAME:
            raise ModelError(
                f"no transform is called {transform!r:.60}", remedy=did_you_mean(transform, BY_NAME)
            )
        function, name = BY_NAME[transform], transform
    elif callable(transform):
        function, name = transform, str(getattr(transform, "__name__", type(transform).__name__))
    else:
        raise ModelError(
            f"transform must be a function or its name, not {transform!r:.60}",
            remedy="Write transform='exp', for example.",
        )
    scalars = [
        # Of an angle too it is a number on a line.
        replace(one.scalar, draws=_applied(function, name, one.scalar), circular=False)
        for one in estimates
    ]
    return summarise(scalars), name


def _applied(function: Callable[[Any], Any], name: str, scalar: Scalar) -> NDArray[np.float64]:
    try:
        # A logarithm of a negative draw is counted below.
        with np.errstate(all="ignore"):
            found = np.asarray(function(scalar.draws.copy()), dtype=float)
    # It is the user's own function, and may raise anything.
    except Exception as problem:
        raise ModelError(
            f"transform {name} fails for {scalar.label}: {type(problem).__name__}: {problem}",
            remedy="It is given an array of draws, chain by draw, and gives another of that shape.",
        ) from problem
    if found.shape != scalar.draws.shape:
        raise ModelError(
            f"transform {name} gives an array of shape {found.shape} for draws of shape {scalar.draws.shape}",
            remedy="It must give one number per draw, as np.exp does.",
        )
    lost = int((np.isnan(found) & ~np.isnan(scalar.draws)).sum())
    if lost:
        raise ModelError(
            f"{name} of {scalar.label} is no number in {lost:,} of {found.size:,} draws",
            remedy="Choose the parameters that it is for: names=['x'].",
        )
    return found
