"""The mean of an observed variable of a PyMC model, as a PyTensor graph."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.distributions import timeseries
from pymc.distributions.censored import CensoredRV
from pymc.distributions.continuous import AsymmetricLaplaceRV
from pymc.distributions.custom import CustomDistRV, CustomSymbolicDistRV
from pymc.distributions.mixture import MixtureRV
from pymc.distributions.moments import mean as moment
from pymc.distributions.truncated import TruncatedRV
from pymc.exceptions import UndefinedMomentException
from pytensor.compile.ops import ViewOp
from pytensor.graph.basic import Constant
from pytensor.graph.traversal import ancestors
from pytensor.tensor.basic import Alloc
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.random.basic import (
    BernoulliRV,
    BetaBinomialRV,
    BinomialRV,
    CategoricalRV,
    CauchyRV,
    LaplaceRV,
    NormalRV,
    StudentTRV,
    VonMisesRV,
)

from glm_magic._stack import takes_rows
from glm_magic.predictor import Link, NoPredictor
from glm_magic.predictor.graph.cuts import is_random
from glm_magic.predictor.graph.leaves import MODE

# PyTensor variables have no useful static type for us: their attributes are made at run time.
Variable = Any

_LINKS: dict[str, Link] = {"exp": "log", "sigmoid": "logit", "softplus": "softplus"}
# Distributions whose location is regressed: the mean may not exist, or is something else.
_LOCATED = (StudentTRV, LaplaceRV, CauchyRV, AsymmetricLaplaceRV)
_REAL_LINE = (NormalRV, VonMisesRV)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseMean:
    """What the lines of a fan are, before any predictor is known.

    Attributes
    ----------
    graph : pytensor variable
        The linear predictor if `link` is not ``"identity"``, else the mean. Its shape broadcasts
        to (n_rows,), or to (n_rows, n_categories) if `categories` is true.
    link : Link
        The mean is the inverse link of `graph`.
    ylabel : str
        What the lines are, with places for the names of the response ``{y}`` and its ``{trials}``.
    categories : bool
        Whether the last dimension runs over the categories of the response.
    trials : pytensor variable or None
        The number of trials of a binomial response; `graph` is then about proportions.
    positive : bool
        Whether the response is a count or a positive amount, so that it can be a rate.
    rows : ndarray of bool, shape (n_rows,), or None
        Which rows were observed, if some are missing.
    notes : tuple of str
    """

    graph: Variable
    link: Link = "identity"
    ylabel: str = "E[{y} | x]"
    categories: bool = False
    trials: Variable | None = None
    positive: bool = False
    rows: NDArray[np.bool_] | None = None
    notes: tuple[str, ...] = ()

    @property
    def trials_known(self) -> bool:
        """Whether the number of trials is data."""
        return self.trials is not None and not _has_random(self.trials)


def response_mean(rv: Variable) -> ResponseMean | NoPredictor:
    """Read the mean of an observed variable.

    Parameters
    ----------
    rv : pytensor variable
        One of ``model.observed_RVs``.

    Returns
    -------
    ResponseMean or NoPredictor
        `NoPredictor` for distributions that have no mean, or whose mean PyMC does not know.
    """
    try:
        found = _mean_of(rv)
    except (NotImplementedError, UndefinedMomentException) as error:
        return NoPredictor(reason=_no_mean(rv, error))
    return _peel_link(_peel_shape(found))


def _no_mean(rv: Variable, error: Exception) -> str:
    """Say why a distribution has no lines, and what there is instead."""
    op = rv.owner.op
    name = str(getattr(op, "_print_name", (type(op).__name__,))[0])
    if type(op).__module__ == timeseries.__name__:
        return (
            f"each value of {rv.name!r} depends on the values before it ({name}), so a row has no mean of its own. "
            "Data, Trace and Summary are whole"
        )
    if isinstance(op, CustomDistRV | CustomSymbolicDistRV):
        return (
            f"PyMC does not know the mean of a CustomDist, and {rv.name!r} is one. Data, Trace and Summary are whole; "
            "for lines, write the likelihood with one of PyMC's own distributions"
        )
    return (
        f"the mean of {rv.name!r} is not known for its distribution ({name}): {str(error).rstrip('.')}. "
        "To get lines, write the likelihood as a PyMC distribution that has a mean"
    )


def _mean_of(rv: Variable) -> ResponseMean:
    """Find the mean of one distribution, with the special cases that `moments.mean` does not know."""
    op = rv.owner.op
    if isinstance(op, CategoricalRV):
        return ResponseMean(graph=op.dist_params(rv.owner)[0], ylabel="P({y} = k | x)", categories=True)
    if isinstance(op, BernoulliRV):
        return ResponseMean(graph=moment(rv), ylabel="P({y} = 1 | x)")
    if isinstance(op, BinomialRV | BetaBinomialRV):
        parameters: Variable = op.dist_params(rv.owner)
        trials, first, *second = parameters
        share = first / (first + second[0]) if second else first
        return ResponseMean(graph=share, ylabel="E[{y} / {trials} | x]", trials=trials, positive=True)
    if isinstance(op, CensoredRV):
        note = "The lines are the mean before censoring; censored rows stand at their limit."
        inner = _mean_of(rv.owner.inputs[0])
        return replace(inner, ylabel="latent mean of {y} (uncensored)", notes=(*inner.notes, note))
    if isinstance(op, TruncatedRV):
        note = "The lines are the mean before truncation, which differs from the mean of the data."
        inner = _mean_of(_untruncated(rv))
        return replace(inner, ylabel="latent mean of {y} (untruncated)", notes=(*inner.notes, note))
    if type(op).__name__ == "TruncatedNormalRV":
        note = "The lines are the location before truncation, which differs from the mean of the data."
        return ResponseMean(
            graph=op.dist_params(rv.owner)[0], ylabel="latent location of {y} (untruncated)", notes=(note,)
        )
    if type(op).__name__ == "_HurdleRV" or isinstance(op, MixtureRV):
        return _mixture(rv)
    if isinstance(op, _LOCATED):
        return _location(rv)
    return ResponseMean(graph=_expectation(rv), positive=not isinstance(op, _REAL_LINE))


def _expectation(rv: Variable) -> Variable:
    """PyMC's own mean, but for four distributions.

    The means of PyMC 5.28 lack nu for ExGaussian (it adds sigma instead), sigma for SkewStudentT,
    alpha for Wald, and take b for nu in Rice; PyMC 6.4 has them right.
    """
    op, params = rv.owner.op, rv.owner.op.dist_params(rv.owner) if hasattr(rv.owner.op, "dist_params") else ()
    match type(op).__name__, params:
        case "ExGaussianRV", (mu, _, nu):
            return mu + nu
        case "WaldRV", (mu, _, alpha):
            return mu + alpha
        case "SkewStudentTRV", (a, b, mu, sigma):
            # PyMC holds numbers like a=3.0 in single precision.
            a, b = pt.cast(a, "float64"), pt.cast(b, "float64")
            log_ratio = pt.gammaln(a - 0.5) - pt.gammaln(a) + pt.gammaln(b - 0.5) - pt.gammaln(b)
            return mu + sigma * (a - b) * pt.sqrt(a + b) * pt.exp(log_ratio) / 2
        case "RiceRV", (b, sigma):
            t = b**2 / 4
            return sigma * np.sqrt(np.pi / 2) * ((1 + 2 * t) * pt.ive(0, t) + 2 * t * pt.ive(1, t))
        case _:
            return moment(rv)


def _location(rv: Variable) -> ResponseMean:
    """Location instead of mean: the mean may not exist, or is not what is regressed."""
    op = rv.owner.op
    if not isinstance(op, AsymmetricLaplaceRV):
        position = 1 if isinstance(op, StudentTRV) else 0
        return ResponseMean(graph=op.dist_params(rv.owner)[position], ylabel="location of {y}")
    _, kappa, mu = op.dist_params(rv.owner)
    # P(y < mu) = kappa^2 / (1 + kappa^2)
    label = "location of {y}"
    if not _has_random(kappa):
        square = float(np.ravel(kappa.eval(mode=MODE))[0]) ** 2
        label = f"{square / (1 + square):.3g} quantile of {{y}}"
    return ResponseMean(graph=mu, ylabel=label)


def _mixture(rv: Variable) -> ResponseMean:
    """Full mean of a mixture: zero-inflated and hurdle distributions among them."""
    _, weights, *components = rv.owner.inputs
    if components[0].owner.op.ndim_supp:
        raise NotImplementedError("a mixture of multivariate distributions")
    if len(components) == 1:
        only = _component(components[0])
        # PyMC 5 broadcasts the mean to a shape that it reads off the component before it was resized, which is
        # no variable of the model.
        graph = (weights * _unbroadcast(only.graph)).sum(axis=-1)
        return ResponseMean(graph=graph, positive=only.positive)
    parts = [_component(component) for component in components]
    trials = [part.trials for part in parts if part.trials is not None]
    total = sum(weights[..., k] * part.graph for k, part in enumerate(parts))
    if len(trials) > 1:
        raise NotImplementedError("a mixture of several binomial distributions")
    return ResponseMean(
        graph=total,
        ylabel="E[{y} / {trials} | x]" if trials else "E[{y} | x]",
        trials=trials[0] if trials else None,
        positive=all(part.positive for part in parts),
    )


def _component(rv: Variable) -> ResponseMean:
    """Mean of one component, where a truncated one must be exact."""
    op = rv.owner.op
    if isinstance(op, TruncatedRV):
        # The count part of a hurdle: truncated below at 1, where E[Y; Y >= 1] = E[Y].
        base, lower = _untruncated(rv), rv.owner.inputs[-2]
        inner = _mean_of(base)
        return replace(inner, graph=inner.graph / -pt.expm1(pm.logcdf(base, lower - 1)), notes=())
    if isinstance(op, _LOCATED):
        return ResponseMean(graph=moment(rv))
    return _mean_of(rv)


def _untruncated(rv: Variable) -> Variable:
    """Rebuild the distribution that was truncated."""
    *inputs, _, _ = rv.owner.inputs
    return rv.owner.op.base_rv_op.make_node(*inputs).default_output()


def _has_random(variable: Variable) -> bool:
    """Whether a graph contains a random variable."""
    return any(is_random(v) for v in ancestors([variable]))


def _unbroadcast(graph: Variable) -> Variable:
    """Remove what only broadcasts."""
    while graph.owner is not None:
        op, inputs = graph.owner.op, graph.owner.inputs
        if isinstance(op, Alloc | ViewOp):
            graph = inputs[0]
        elif isinstance(op, Elemwise) and op.scalar_op.name == "second":
            graph = inputs[1]
        elif isinstance(op, Elemwise) and op.scalar_op.name == "identity":
            graph = inputs[0]
        else:
            break
    return graph


def _peel_shape(found: ResponseMean) -> ResponseMean:
    """Remove what only broadcasts, and the selection of observed rows.

    NumPy broadcasts in the end, so that the graph holds the number of rows as rarely as possible.
    """
    graph, rows = _unbroadcast(found.graph), found.rows
    if rows is None and not found.categories and graph.owner is not None:
        rows = _mask(graph)
        graph = graph if rows is None else _unbroadcast(graph.owner.inputs[0])
    return replace(found, graph=graph, rows=rows)


def _mask(graph: Variable) -> NDArray[np.bool_] | None:
    """Find the rows with a response: PyMC selects them with a constant mask when some are missing."""
    op, inputs = graph.owner.op, graph.owner.inputs
    if not takes_rows(op) or len(inputs) != 2:
        return None
    index = inputs[1]
    if not isinstance(index, Constant) or getattr(index.type, "dtype", "") != "bool" or index.type.ndim != 1:
        return None
    return np.asarray(index.data)


def _peel_link(found: ResponseMean) -> ResponseMean:
    """Step from the mean to the linear predictor if a known inverse link is all between them."""
    node = found.graph.owner
    if found.categories or node is None or not isinstance(node.op, Elemwise):
        return found
    link = _LINKS.get(str(node.op.scalar_op.name or type(node.op.scalar_op).__name__).lower())
    return found if link is None else _peel_shape(replace(found, graph=node.inputs[0], link=link))
