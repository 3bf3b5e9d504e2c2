"""How the mean of a response is made of its parameters, by family."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from glm_magic.model import FormulaSource
from glm_magic.model.families import CIRCULAR
from glm_magic.predictor import Link
from glm_magic.predictor.formula.expectation import MEANS, is_affine
from glm_magic.predictor.links import inverse_link

Array = NDArray[np.float64]


def mean_of(source: FormulaSource) -> tuple[str, str]:
    """Name the function that makes the mean of the parameters, or say why there is none.

    Parameters
    ----------
    source : FormulaSource

    Returns
    -------
    mean : str
        ``"main"`` or a family with a function of its own; empty where it is not tabulated.
    reason : str
        Why it is empty.
    """
    family, link = source.family, source.link
    if family in CATEGORIES or family in MEANS:
        return family, ""
    if family in CIRCULAR:
        return "", "the mean of angles is a direction, which is averaged on the circle"
    if not is_affine(source):
        return "", f"the link {link!r} is not one of {', '.join(get_args(Link))}"
    return "main", ""


def inputs_of(mean: str, main: str, names: list[str]) -> tuple[str, ...]:
    """Say which parameters a mean depends on, by what its function asks for.

    Parameters
    ----------
    mean : str
        Of `mean_of`.
    main : str
        The main parameter.
    names : list of str
        Every parameter.

    Returns
    -------
    tuple of str
    """
    if mean in CATEGORIES:
        return (main, *(name for name in names if name == "threshold"))
    if mean not in MEANS:
        return (main,) if mean else ()
    asked: list[str] = []

    class Asked(dict[str, NDArray[np.float64]]):
        def __getitem__(self, name: str) -> NDArray[np.float64]:
            asked.append(name)
            return super().__getitem__(name)

    MEANS[mean](Asked({name: np.full(1, 0.5) for name in names}))
    return tuple(dict.fromkeys(asked))


def _softmax(_link: str, eta: Array, _thresholds: Array | None) -> Array:
    """Multinomial logit, the reference category first at zero."""
    own = eta.reshape(len(eta), -1)
    return np.asarray(softmax(np.hstack([np.zeros((len(own), 1)), own]), axis=1))


def _below(link: str, eta: Array, thresholds: Array | None) -> Array:
    """Inverse link of thresholds minus the predictor: shape (n_draws, n_categories - 1)."""
    assert thresholds is not None
    return inverse_link(cast(Link, link), thresholds.reshape(len(eta), -1) - eta[:, np.newaxis])


def _cumulative(link: str, eta: Array, thresholds: Array | None) -> Array:
    """P(y = k) = F(t_k - eta) - F(t_(k-1) - eta) (Bürkner & Vuorre 2019, Ordinal Regression Models in Psychology)."""
    below = _below(link, eta, thresholds)
    ends = np.zeros((len(below), 1))
    return np.diff(np.hstack([ends, below, ends + 1]), axis=1)


def _stopping_ratio(link: str, eta: Array, thresholds: Array | None) -> Array:
    """P(y = k) = F(t_k - eta) times the probability of having passed all categories before (ibid.)."""
    stops = _below(link, eta, thresholds)
    ones = np.ones((len(stops), 1))
    passed = np.hstack([ones, np.cumprod(1 - stops, axis=1)])
    return np.hstack([stops, ones]) * passed


def _shares(link: str, eta: Array, _thresholds: Array | None) -> Array:
    """Concentrations of a Dirichlet distribution over their sum."""
    concentrations = inverse_link(cast(Link, link), eta)
    return np.asarray(concentrations / concentrations.sum(axis=1, keepdims=True))


CATEGORIES: dict[str, Callable[[str, Array, Array | None], Array]] = {
    "categorical": _softmax,
    "multinomial": _softmax,
    "cumulative": _cumulative,
    "sratio": _stopping_ratio,
    "dirichlet_multinomial": _shares,
}
